// One page's connection: frames in, frames out, and what the page has subscribed to. Kept alive by the coroutines that
// serve it; used on one executor.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "libs/rpc/notice.h"
#include "services/gateway/desk/desk.h"

namespace hotline::gateway {

inline constexpr absl::Duration kAuthTimeout = absl::Seconds(5);
inline constexpr absl::Duration kDeskTick = absl::Seconds(30);
inline constexpr size_t kMaxControlFrames = 256;  // what may not be dropped: more means the page does not read
inline constexpr size_t kMaxTicketFrames = 256;   // the oldest go: the page's next refresh shows them
inline constexpr size_t kMaxChangedAgents = 2000;  // more are a snapshot
inline constexpr RateLimit kFrameRate{.per_second = 50, .burst = 200};
inline constexpr size_t kMaxTabId = 64;

class DeskSession final : public Screen, public std::enable_shared_from_this<DeskSession> {
 public:
  DeskSession(Desk& desk, std::unique_ptr<Frames> frames);
  ~DeskSession() override;

  // Reads until the connection is over.
  asio::awaitable<void> Run();
  void Close(CloseCode code, std::string reason);
  // Empty until signed in.
  std::string session_id() const { return caller_ ? caller_->claims->session_id : std::string(); }

  void OnAgents(const std::vector<std::string>& agent_ids, bool snapshot) override;
  void OnChange(Topic topic) override;
  void OnTicket(const TicketEvent& event) override;

 private:
  static asio::awaitable<void> RunWriter(std::shared_ptr<DeskSession> self);
  static asio::awaitable<void> RunLine(std::shared_ptr<DeskSession> self);
  asio::awaitable<void> Write();
  std::optional<std::string> NextFrame();
  std::optional<std::string> NextLive();

  void Handle(const std::string& text);
  void Authenticate(const nlohmann::json& frame);
  void Refresh(const nlohmann::json& frame);
  void Subscribe(const nlohmann::json& frame);
  void LineFrame(const nlohmann::json& frame);
  void Control(std::string frame);
  void Error(std::string_view reason, std::string_view message);
  void End();

  bool Has(Topic topic) const { return (topics_ & static_cast<unsigned>(topic)) != 0; }
  bool MaySee(const TicketEvent& event) const;
  bool Allowed(const access::v1::Access& access) const;
  LineListener MakeLineListener();

  Desk& desk_;
  const std::unique_ptr<Frames> frames_;
  rpc::Notice notice_;
  RateLimiter frame_rate_{kFrameRate, 1};
  std::optional<Caller> caller_;
  std::string tab_id_;
  absl::Time deadline_;  // until signed in, then until the token ends
  std::optional<std::pair<CloseCode, std::string>> close_;
  bool ended_ = false;
  std::unique_ptr<Line> line_;

  unsigned topics_ = 0;
  unsigned changed_ = 0;  // topics whose current state is to be sent
  std::set<std::string> changed_agents_;
  std::deque<std::string> control_;
  std::deque<std::shared_ptr<const std::string>> tickets_;
};

}  // namespace hotline::gateway
