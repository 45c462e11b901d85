#include "services/gateway/desk/session.h"

#include <absl/strings/str_cat.h>

#include <array>

#include <nlohmann/json.hpp>

#include "libs/base/log.h"
#include "services/gateway/rest/json.h"

namespace hotline::gateway {
namespace {

using Json = nlohmann::json;
using access::v1::Role;

constexpr std::array<std::pair<std::string_view, Topic>, 5> kTopics = {{{"agent", Topic::kAgent},
                                                                        {"agents", Topic::kAgents},
                                                                        {"queues", Topic::kQueues},
                                                                        {"wallboard", Topic::kWallboard},
                                                                        {"tickets", Topic::kTickets}}};

// Who sees all tickets of the city. The rules are those of `ticket`'s own lists.
constexpr std::array<Role, 10> kCityWide = {Role::ROLE_AGENT,      Role::ROLE_REMOTE_AGENT, Role::ROLE_TEAM_LEAD, Role::ROLE_DISPATCHER,
                                            Role::ROLE_ENTRY_CLERK, Role::ROLE_SUPERVISOR,   Role::ROLE_LEADER,    Role::ROLE_INSPECTOR,
                                            Role::ROLE_ANALYST,     Role::ROLE_ADMIN};

// And whose roles make them hear of the tickets of their unit's subtree.
constexpr std::array<Role, 4> kOfUnits = {Role::ROLE_OFFICER, Role::ROLE_UNIT_LEAD, Role::ROLE_UNIT_HEAD, Role::ROLE_COUNTY_SUPERVISOR};

std::string Text(const Json& frame, const char* key) {
  const auto it = frame.find(key);
  return it != frame.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

unsigned Bit(Topic topic) { return static_cast<unsigned>(topic); }

}  // namespace

DeskSession::DeskSession(Desk& desk, std::unique_ptr<Frames> frames)
    : desk_(desk), frames_(std::move(frames)), notice_(desk.executor_), deadline_(desk.node_.clock().Now() + kAuthTimeout) {}

DeskSession::~DeskSession() = default;

asio::awaitable<void> DeskSession::Run() {
  struct Listed {
    explicit Listed(DeskSession& session) : session(session) {
      session.desk_.sessions_.insert(&session);
      session.desk_.open_.Increment();
    }
    ~Listed() {
      session.desk_.open_.Decrement();
      session.desk_.sessions_.erase(&session);
      session.End();
    }
    DeskSession& session;
  };
  const auto self = shared_from_this();
  Listed listed(*this);
  desk_.tasks_.Spawn(RunWriter(self));
  for (;;) {
    const std::optional<std::string> text = co_await frames_->Read();
    if (!text) co_return;
    if (close_) continue;  // what comes before the page has seen the close
    if (frame_rate_.Take("", absl::Now()) > absl::ZeroDuration()) {
      Close(CloseCode::kPolicy, "too many frames");
    } else {
      Handle(*text);
    }
  }
}

void DeskSession::End() {
  ended_ = true;
  if (line_ != nullptr) line_->End();
  if (caller_) {
    desk_.hub_.Remove(this);
    desk_.ForgetUser(caller_->claims->user_id);
  }
  notice_.Give();
}

void DeskSession::Close(CloseCode code, std::string reason) {
  if (close_) return;
  close_ = {code, std::move(reason)};
  notice_.Give();
}

// --- what the page says ---------------------------------------------------------------------------------------------------

void DeskSession::Handle(const std::string& text) {
  const Json frame = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!frame.is_object()) return Error("BAD_FRAME", "a JSON object is expected");
  const std::string type = Text(frame, "type");
  if (type == "auth") return Authenticate(frame);
  if (!caller_) return Close(CloseCode::kSignInAgain, "the first frame must be auth");
  if (type == "ping") return Control(R"({"type":"pong"})");
  if (type == "line") return LineFrame(frame);
  if (type == "subscribe") return Subscribe(frame);
  if (type == "refresh") return Refresh(frame);
  Error("UNKNOWN_FRAME", "there is no such type of frame");
}

void DeskSession::Authenticate(const Json& frame) {
  if (caller_) return Error("ALREADY_SIGNED_IN", "use refresh for a new token");
  absl::StatusOr<Caller> caller = desk_.authenticator_.VerifyToken(Text(frame, "token"));
  if (!caller.ok()) {
    Error(base::Reason(caller.status()), "sign in again");
    return Close(CloseCode::kSignInAgain, "not signed in");
  }
  tab_id_ = Text(frame, "tabId").substr(0, kMaxTabId);
  if (!desk_.CountUser(caller->claims->user_id)) {
    Error("TOO_MANY_DESKS", "you have too many pages open");
    return Close(CloseCode::kTooManyDesks, "too many pages");
  }
  caller_ = *std::move(caller);
  deadline_ = caller_->claims->expires_at;
  desk_.hub_.Add(this);
  Control(Dump({{"type", "ready"}, {"userId", caller_->claims->user_id}}));
}

void DeskSession::Refresh(const Json& frame) {
  absl::StatusOr<Caller> caller = desk_.authenticator_.VerifyToken(Text(frame, "token"));
  if (!caller.ok()) return Error(base::Reason(caller.status()), "the new token is not valid");
  if (caller->claims->user_id != caller_->claims->user_id) return Error("WRONG_USER", "the token is another user's");
  caller_ = *std::move(caller);
  deadline_ = caller_->claims->expires_at;
  for (const auto& [topic, access] : desk_.topic_access_) {
    if (!Allowed(access)) topics_ &= ~Bit(topic);
  }
  notice_.Give();
}

void DeskSession::Subscribe(const Json& frame) {
  const auto topics = frame.find("topics");
  if (topics == frame.end() || !topics->is_array()) return Error("BAD_FRAME", "topics must be a list");
  unsigned wanted = 0;
  for (const Json& name : *topics) {
    const auto known = std::find_if(kTopics.begin(), kTopics.end(), [&](const auto& t) { return name.is_string() && name == t.first; });
    if (known == kTopics.end()) {
      Error("UNKNOWN_TOPIC", "there is no such topic");
    } else if (!Allowed(desk_.topic_access_.at(known->second))) {
      Error("TOPIC_DENIED", absl::StrCat("the topic ", absl::string_view(known->first.data(), known->first.size()), " is not for your roles"));
    } else {
      wanted |= Bit(known->second);
    }
  }
  changed_ |= wanted & ~topics_;  // what is new begins with what is current
  topics_ = wanted;
  notice_.Give();
}

void DeskSession::LineFrame(const Json& frame) {
  if (!desk_.telephony_) return Error("SERVICE_NOT_CONFIGURED", "there is no telephony here");
  if (!Allowed(desk_.line_access_)) return Error("ACCESS_DENIED", "your roles have no line");
  telephony::v1::LineRequest request;
  const auto json = frame.find("request");
  const absl::Status parsed = json == frame.end() ? base::InvalidField("request", "REQUIRED", "is missing") : ParseJson(Dump(*json), request);
  if (!parsed.ok()) return Error(base::Reason(parsed), parsed.message().empty() ? "bad request" : std::string(parsed.message()));
  if (request.has_attach() && request.attach().tab_id().empty()) request.mutable_attach()->set_tab_id(tab_id_);
  if (line_ == nullptr) line_ = std::make_unique<Line>(desk_.executor_, *desk_.telephony_, MakeLineListener());
  line_->Send(std::move(request));
  if (line_->TakeNeedsRun()) desk_.tasks_.Spawn(RunLine(shared_from_this()));
}

LineListener DeskSession::MakeLineListener() {
  // The line is part of this session and is run by a coroutine that keeps it alive.
  return {.token = [this] { return caller_->token; },
          .event = [this](const telephony::v1::LineEvent& event) { Control(absl::StrCat(R"({"type":"line","event":)", ToJson(event), "}")); },
          .down = [this] { Control(R"({"type":"lineDown"})"); },
          .up = [this] { Control(R"({"type":"lineUp"})"); },
          .error = [this](std::string_view reason, std::string_view message) { Error(reason, message); }};
}

asio::awaitable<void> DeskSession::RunLine(std::shared_ptr<DeskSession> self) { co_await self->line_->Run(); }

// --- what the page is told ------------------------------------------------------------------------------------------------

void DeskSession::Control(std::string frame) {
  if (ended_) return;
  if (control_.size() >= kMaxControlFrames) return Close(CloseCode::kTooSlow, "the page does not read");
  control_.push_back(std::move(frame));
  notice_.Give();
}

void DeskSession::Error(std::string_view reason, std::string_view message) {
  Control(Dump({{"type", "error"}, {"reason", reason.empty() ? "INVALID" : reason}, {"message", message}}));
}

void DeskSession::OnAgents(const std::vector<std::string>& agent_ids, bool snapshot) {
  const bool mine = Has(Topic::kAgent) && (snapshot || std::find(agent_ids.begin(), agent_ids.end(), caller_->claims->user_id) != agent_ids.end());
  if (mine) changed_ |= Bit(Topic::kAgent);
  if (Has(Topic::kAgents)) {
    changed_agents_.insert(agent_ids.begin(), agent_ids.end());
    if (snapshot || changed_agents_.size() > kMaxChangedAgents) {
      changed_ |= Bit(Topic::kAgents);
      changed_agents_.clear();
    }
  }
  if (mine || Has(Topic::kAgents)) notice_.Give();
}

void DeskSession::OnChange(Topic topic) {
  if (!Has(topic)) return;
  changed_ |= Bit(topic);
  notice_.Give();
}

void DeskSession::OnTicket(const TicketEvent& event) {
  if (!Has(Topic::kTickets) || !MaySee(event)) return;
  if (tickets_.size() >= kMaxTicketFrames) {
    tickets_.pop_front();
    desk_.dropped_.Increment();
  }
  tickets_.push_back(event.frame);
  notice_.Give();
}

bool DeskSession::MaySee(const TicketEvent& event) const {
  const rpc::UserClaims& claims = *caller_->claims;
  const auto has = [&claims](const auto& roles) {
    return std::any_of(claims.roles.begin(), claims.roles.end(),
                       [&roles](const auto role) { return std::find(roles.begin(), roles.end(), role) != roles.end(); });
  };
  if (has(kCityWide)) return true;
  if (event.unit_id.empty() || !has(kOfUnits)) return false;
  return event.unit_id == claims.unit_id || caller_->ToPrincipal().CanSeeUnit(event.unit_path);
}

bool DeskSession::Allowed(const access::v1::Access& access) const { return rpc::CheckAccess(access, caller_->ToPrincipal()).ok(); }

asio::awaitable<void> DeskSession::RunWriter(std::shared_ptr<DeskSession> self) {
  co_await self->Write();
  self->frames_->Abort();  // so that the reader ends too
}

asio::awaitable<void> DeskSession::Write() {
  while (!ended_) {
    const absl::Time now = desk_.node_.clock().Now();
    if (now >= deadline_) Close(CloseCode::kSignInAgain, caller_ ? "the token has expired" : "no token in time");
    if (std::optional<std::string> frame = NextFrame()) {
      const bool written = co_await frames_->Write(*frame);
      if (!written) co_return;
    } else if (close_) {
      co_await frames_->Close(close_->first, close_->second);
      co_return;
    } else {
      co_await notice_.WaitFor(std::min(deadline_ - now, kDeskTick));
    }
  }
}

std::optional<std::string> DeskSession::NextFrame() {
  if (!control_.empty()) {
    std::string frame = std::move(control_.front());
    control_.pop_front();
    return frame;
  }
  if (close_ || !caller_) return std::nullopt;
  return NextLive();
}

// Live topics are written as they are at this moment, however often they changed while the page did not read.
std::optional<std::string> DeskSession::NextLive() {
  auto take = [this](Topic topic) {
    const bool changed = (changed_ & topics_ & Bit(topic)) != 0;
    changed_ &= ~Bit(topic);
    return changed;
  };
  if (take(Topic::kAgent)) {
    if (const auto frame = desk_.hub_.AgentFrame(caller_->claims->user_id)) return *frame;
  }
  if (!tickets_.empty()) {
    const auto frame = std::move(tickets_.front());
    tickets_.pop_front();
    return *frame;
  }
  if (take(Topic::kQueues)) {
    if (const auto frame = desk_.hub_.QueuesFrame()) return *frame;
  }
  if (take(Topic::kWallboard)) {
    if (const auto frame = desk_.hub_.WallboardFrame()) return *frame;
  }
  if (take(Topic::kAgents) && desk_.hub_.knows_agents()) {
    changed_agents_.clear();
    return desk_.hub_.AllAgentsFrame();
  }
  if (!changed_agents_.empty() && Has(Topic::kAgents)) return desk_.hub_.AgentsFrame(std::exchange(changed_agents_, {}));
  return std::nullopt;
}

}  // namespace hotline::gateway
