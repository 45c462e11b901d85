// An agent at a desk for tests: a line attached over gRPC, and a real Chromium as its audio. Used by the test's thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "libs/rpc/testing.h"
#include "services/telephony/calls/line.h"
#include "services/telephony/tests/calls_harness.h"
#include "services/telephony/tests/web/browser.h"

namespace hotline::telephony::testing {

class AgentLine {
 public:
  AgentLine(rpc::TestNetwork& network, Telephony& telephony, std::string agent_id);
  ~AgentLine();

  // Opens a stream of a page; a former one of this object is left to telephony to supersede.
  void Attach(const std::string& tab_id);
  void Detach();  // the page's stream ends, its audio does not
  void OpenBrowser();
  Browser& browser() { return *browser_; }

  void Send(const std::function<void(v1::LineRequest&)>& fill);
  v1::LineState State() const;  // the last one told
  bool Reaches(const std::function<bool(const v1::LineState&)>& predicate);
  bool GetsError(const std::string& reason);
  bool Superseded() const;
  // The page hears this tone, or nothing.
  bool PageHears(double hertz);

 private:
  struct Stream;
  std::string OnOffer(const std::string& sdp);

  rpc::TestNetwork& network_;
  const std::string agent_id_;
  rpc::TestNode node_;
  rpc::Client<v1::LineService> client_;
  mutable std::mutex mutex_;
  std::vector<v1::LineEvent> events_;
  std::shared_ptr<Stream> stream_;
  int offers_ = 0;
  std::unique_ptr<Browser> browser_;
};

}  // namespace hotline::telephony::testing
