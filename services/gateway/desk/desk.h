// The WebSocket /v1/desk: signs pages in, limits how many there are, and ends them when their session ends. The protocol is
// described in README.md. Used on the executor of the gateway.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "libs/rpc/node.h"
#include "services/gateway/auth.h"
#include "services/gateway/config.h"
#include "services/gateway/desk/hub.h"
#include "services/gateway/desk/line.h"
#include "services/gateway/http/frames.h"

namespace hotline::gateway {

class DeskSession;

class Desk {
 public:
  Desk(rpc::Node& node, asio::any_io_executor executor, Authenticator& authenticator, Hub& hub, rpc::Tasks& tasks, const LimitsConfig& limits);
  ~Desk();

  // Serves one page until its connection is over.
  asio::awaitable<void> Serve(std::unique_ptr<Frames> frames, Request request);
  // Ends all pages: they come back by themselves, to another replica or after the restart.
  void CloseAll();
  // Ends the pages of sessions that were ended.
  void CloseRevoked();
  bool full() const { return sessions_.size() >= limits_.max_desks; }

 private:
  friend class DeskSession;
  // False if the user has too many already.
  bool CountUser(const std::string& user_id);
  void ForgetUser(const std::string& user_id);

  rpc::Node& node_;
  const asio::any_io_executor executor_;
  Authenticator& authenticator_;
  Hub& hub_;
  rpc::Tasks& tasks_;
  const LimitsConfig limits_;
  const std::map<Topic, access::v1::Access> topic_access_;
  const access::v1::Access line_access_;
  std::optional<Line::Client> telephony_;
  std::set<DeskSession*> sessions_;
  std::map<std::string, size_t> users_;  // user id -> pages
  prometheus::Gauge& open_;
  prometheus::Counter& dropped_;
};

}  // namespace hotline::gateway
