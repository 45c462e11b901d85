// An agent's line: the page that shows it, the browser's audio, and the call on it. The call belongs to the line, not to
// the page or its connection: a reload, a second tab or a restarted gateway takes the running call over
// (docs/decisions/0008-nailed-up-lines.md). Io thread only.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "hotline/telephony/v1/telephony.pb.h"
#include "libs/rpc/notice.h"
#include "services/telephony/calls/io_timer.h"
#include "services/telephony/calls/leg_reporter.h"
#include "services/telephony/media/media_engine.h"

namespace hotline::telephony {

class Call;
class Exchange;

// One attached page: what it is to be told.
struct Tab {
  Tab(boost::asio::any_io_executor executor, std::string id) : notice(std::move(executor)), tab_id(std::move(id)) {}
  void Push(v1::LineEvent event);
  void Close() {
    closed = true;
    notice.Give();
  }
  rpc::Notice notice;
  const std::string tab_id;
  std::deque<v1::LineEvent> outbox;
  bool closed = false;  // sends what waits, then ends
};

class Line final : public std::enable_shared_from_this<Line> {
 public:
  Line(Exchange& exchange, std::string agent_id);

  const std::string& agent_id() const { return agent_id_; }
  media::LegId leg() const { return leg_; }
  bool connected() const { return connected_; }
  // Can be rung: audio is up, and a page is there or was a moment ago.
  bool up() const { return connected_ && (tab_ != nullptr || tab_grace_.running()); }
  bool busy() const { return !call_.expired(); }
  std::shared_ptr<Call> call() const { return call_.lock(); }

  // Pages.
  void Attach(std::shared_ptr<Tab> tab);
  void Detach(const std::shared_ptr<Tab>& tab);
  void OnRequest(const std::shared_ptr<Tab>& tab, const v1::LineRequest& request);

  // The call's view of the line. `view` is what the page shows; Publish tells it.
  void TakeCall(const std::shared_ptr<Call>& call, v1::LineCall view);
  v1::LineCall& view() { return view_; }
  void ReleaseCall();  // the view stays, as ended
  void Publish();
  // Reports the leg (phase, contact, reservation...) or, without one, the line alone.
  void Report(LegState leg);
  void ReportLine();

  // Media.
  void OnWebConnected(media::LegId leg);
  void OnWebLost(media::LegId leg);
  // Hangs up and says goodbye.
  void Close();

 private:
  void Offer(const std::shared_ptr<Tab>& tab, const v1::SdpOffer& offer);
  void TakeLeg(media::LegId leg);
  void Dial(const std::shared_ptr<Tab>& tab, const v1::Dial& request);
  boost::asio::awaitable<void> Reserve(std::shared_ptr<Line> self, std::shared_ptr<Tab> tab, v1::Dial request);
  void Refuse(const std::shared_ptr<Tab>& tab, const char* kind, const absl::Status& status);
  absl::Status Command(const v1::LineRequest& request);
  void MediaDown();
  void CheckGone();

  Exchange& x_;
  const std::string agent_id_;
  std::shared_ptr<Tab> tab_;
  IoTimer tab_grace_, media_grace_;
  media::LegId leg_;
  bool connected_ = false;
  bool closed_ = false;
  bool reported_up_ = false;
  bool dialling_ = false;
  std::weak_ptr<Call> call_;
  bool has_view_ = false;
  v1::LineCall view_;
  int64_t version_ = 0;
};

}  // namespace hotline::telephony
