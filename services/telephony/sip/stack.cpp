#include "services/telephony/sip/stack.h"

#include <absl/strings/str_cat.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <set>

#include "services/telephony/sip/session_state.h"
#include "services/telephony/sip/strict_check.h"

namespace hotline::telephony {
namespace {

absl::Status Validate(const StackConfig& config) {
  if (config.listen.empty()) return absl::InvalidArgumentError("listen: at least one address is needed");
  for (const auto& endpoint : config.listen) {
    const auto bytes = ParseAddress(endpoint.address);
    if (!bytes) return absl::InvalidArgumentError(absl::StrCat("listen: not a numeric address: ", endpoint.address));
    // A wildcard would be written into Via and Contact, where peers cannot use it.
    if (std::all_of(bytes->begin(), bytes->end(), [](std::uint8_t b) { return b == 0; })) {
      return absl::InvalidArgumentError("listen: a specific address is needed, not a wildcard");
    }
  }
  if (!config.public_address.empty() && !ParseAddress(config.public_address)) {
    return absl::InvalidArgumentError("public_address: not a numeric address");
  }
  if (config.user_agent.empty() || CleanDisplay(config.user_agent, 64) != config.user_agent) {
    return absl::InvalidArgumentError("user_agent: 1 to 64 printable characters without quotes");
  }
  if (config.max_sessions == 0) return absl::InvalidArgumentError("max_sessions: must be above 0");
  if (!(config.max_new_calls_per_second >= 1)) return absl::InvalidArgumentError("max_new_calls_per_second: must be at least 1");
  if (config.session_expires_seconds != 0 && (config.session_expires_seconds < config.min_session_expires_seconds ||
                                              config.session_expires_seconds > kMaxSessionExpiresSeconds)) {
    return absl::InvalidArgumentError("session_expires_seconds: 0, or between min_session_expires_seconds and 7200");
  }
  if (config.health_interval_ms < 100) return absl::InvalidArgumentError("health_interval_ms: must be at least 100");
  if (config.trunks.size() > kMaxTrunks) return absl::InvalidArgumentError("trunks: too many");
  std::set<std::string> ids;
  for (const auto& trunk : config.trunks) {
    if (auto status = Trunk::Validate(trunk); !status.ok()) return status;
    if (!ids.insert(trunk.id).second) return absl::InvalidArgumentError(absl::StrCat("trunks: two have the id ", trunk.id));
  }
  return absl::OkStatus();
}

}  // namespace

void Reply(const SipCore& core, const sip_msg* request, int code, const char* reason, const std::string& headers, const Body& body) {
  const std::string rest = headers + BodyText(body);
  sip_treplyf(nullptr, nullptr, core.sip, request, false, static_cast<std::uint16_t>(code), reason, "%b", rest.data(), rest.size());
}

absl::StatusOr<std::unique_ptr<SipStack>> SipStack::Create(Loop& loop, StackConfig config, SipHandler& handler) {
  if (auto status = Validate(config); !status.ok()) return status;
  std::unique_ptr<SipStack> stack(new SipStack(loop, std::move(config), handler));
  absl::Status status = absl::UnavailableError("the SIP loop has stopped");
  // The constructor makes timers only; everything of libre's is made on the loop.
  loop.Run([&] { status = stack->Start(); });
  if (!status.ok()) return status;
  return stack;
}

SipStack::SipStack(Loop& loop, StackConfig config, SipHandler& handler)
    : loop_(loop), config_(std::move(config)), handler_(handler), rate_(config_.max_new_calls_per_second) {}

SipStack::~SipStack() {
  if (!loop_.Run([this] { ShutDown(); })) {
    // libre objects can be freed on their loop alone; a stack that outlives it has nothing running any more.
    spdlog::critical("telephony: the SIP stack was destroyed after its loop");
    std::abort();
  }
}

absl::Status SipStack::Start() {
  core_.user_agent = config_.user_agent;
  core_.public_address = config_.public_address;
  if (const int error = sip_alloc(&core_.sip, nullptr, kTransactionBuckets, kTransactionBuckets, kConnectionBuckets,
                                  core_.user_agent.c_str(), nullptr, nullptr)) {
    return absl::InternalError(absl::StrCat("sip_alloc: ", std::strerror(error)));
  }
  for (const auto& endpoint : config_.listen) {
    if (auto status = Listen(endpoint); !status.ok()) return status;
  }
  sip_listen(&request_listener_, core_.sip, true, [](const sip_msg* m, void* arg) { return static_cast<SipStack*>(arg)->OnRequest(m); }, this);
  sip_listen(&response_listener_, core_.sip, false, [](const sip_msg* m, void* arg) { return static_cast<SipStack*>(arg)->OnResponse(m); }, this);
  for (const auto& config : config_.trunks) trunks_.push_back(std::make_unique<Trunk>(config));
  for (const auto& trunk : trunks_) {
    trunk->StartHealth(core_, config_.health_interval_ms, [this, id = trunk->config.id](bool up) {
      spdlog::warn("telephony: trunk {} is {}", id, up ? "up" : "down");
      handler_.OnTrunkState(id, up);
    });
  }
  return absl::OkStatus();
}

absl::Status SipStack::Listen(const Endpoint& endpoint) {
  sa local;
  int error = sa_set_str(&local, endpoint.address.c_str(), endpoint.port);
  const sip_transp transport = ToRe(endpoint.transport);
  if (error == 0) error = sip_transp_add(core_.sip, transport, &local);
  if (error != 0) {
    return absl::UnavailableError(absl::StrCat("listen ", endpoint.address, ":", endpoint.port, ": ", std::strerror(error)));
  }
  // libre does not tell the port it got, but it tells the local address towards a peer of the same family.
  sa bound;
  if (endpoint.port == 0 && sip_transp_laddr(core_.sip, &bound, transport, &local) == 0) local = bound;
  endpoints_.push_back({endpoint.address, sa_port(&local), endpoint.transport});
  return absl::OkStatus();
}

void SipStack::ShutDown() {
  taking_calls_ = false;
  std::vector<SipSession*> live;
  for (auto& [id, session] : sessions_) live.push_back(session.get());
  for (auto* session : live) {
    if (!session->ended()) session->HangUp(EndReason::kShutdown);
  }
  retire_timer_.Cancel();
  by_dialog_.clear();
  sessions_.clear();
  retired_.clear();
  trunks_.clear();
  request_listener_ = static_cast<sip_lsnr*>(mem_deref(request_listener_));
  response_listener_ = static_cast<sip_lsnr*>(mem_deref(response_listener_));
  sip_close(core_.sip, true);
  core_.sip = static_cast<struct sip*>(mem_deref(core_.sip));
}

DialResult SipStack::Dial(const DialRequest& request) {
  Trunk* trunk = nullptr;
  for (const auto& candidate : trunks_) {
    if (candidate->config.id == request.trunk) trunk = candidate.get();
  }
  if (trunk == nullptr) return {0, DialError::kUnknownTrunk};
  if (!trunk->config.target) return {0, DialError::kNoTarget};
  if (!trunk->up) return {0, DialError::kTrunkDown};
  if (!IsDialable(request.number)) return {0, DialError::kBadNumber};
  if (!request.caller.empty() && CleanUser(request.caller) != request.caller) return {0, DialError::kBadCaller};
  const auto dialled = trunk->Dialled(request.number);
  if (!dialled) return {0, DialError::kNotAllowed};
  if (!taking_calls_ || live_ >= config_.max_sessions || !trunk->HasRoom()) return {0, DialError::kCapacity};
  SipSession* session = AddSession(*trunk, false);
  if (const auto error = session->StartOutbound(request, *dialled); error != DialError::kNone) {
    session->state_ = SipSession::State::kEnded;
    Ended(*session);
    Retire(*session);
    return {0, error};
  }
  ++counters_.invites_out;
  return {session->id(), DialError::kNone};
}

SipSession* SipStack::Find(SessionId id) {
  const auto found = sessions_.find(id);
  return found == sessions_.end() || found->second->ended() ? nullptr : found->second.get();
}

bool SipStack::TrunkUp(const std::string& id) const {
  for (const auto& trunk : trunks_) {
    if (trunk->config.id == id) return trunk->up;
  }
  return false;
}

SipSession* SipStack::AddSession(Trunk& trunk, bool inbound) {
  const SessionId id = next_id_++;
  auto [place, added] = sessions_.emplace(id, std::unique_ptr<SipSession>(new SipSession(*this, id, trunk, inbound)));
  ++live_;
  ++trunk.active;
  counters_.sessions = live_;
  return place->second.get();
}

void SipStack::Register(SipSession& session) { by_dialog_[Key(session.dialog_.call_id, session.dialog_.local_tag)] = &session; }

void SipStack::Ended(SipSession& session) {
  --live_;
  --session.trunk_.active;
  counters_.sessions = live_;
}

void SipStack::Retire(SipSession& session) {
  const auto found = sessions_.find(session.id());
  if (found == sessions_.end()) return;
  by_dialog_.erase(Key(session.dialog_.call_id, session.dialog_.local_tag));
  retired_.push_back(std::move(found->second));
  sessions_.erase(found);
  if (!retire_timer_.running()) {
    retire_timer_.Start(0, [this] {
      // Destroying a session cancels its requests, which may retire nothing further, but take no chance with the vector.
      const auto doomed = std::move(retired_);
      retired_.clear();
    });
  }
}

std::string SipStack::Key(std::string_view call_id, std::string_view local_tag) {
  std::string key(call_id);
  key.push_back('\0');
  key.append(local_tag);
  return key;
}

const char* EndReasonName(EndReason reason) {
  switch (reason) {
    case EndReason::kLocalHangup: return "LOCAL_HANGUP";
    case EndReason::kRemoteHangup: return "REMOTE_HANGUP";
    case EndReason::kCancelled: return "CANCELLED";
    case EndReason::kRejected: return "REJECTED";
    case EndReason::kNoAnswer: return "NO_ANSWER";
    case EndReason::kTimeout: return "TIMEOUT";
    case EndReason::kSessionExpired: return "SESSION_EXPIRED";
    case EndReason::kProtocol: return "PROTOCOL";
    case EndReason::kTransport: return "TRANSPORT";
    case EndReason::kShutdown: return "SHUTDOWN";
  }
  return "UNKNOWN";
}

const char* DialErrorName(DialError error) {
  switch (error) {
    case DialError::kNone: return "NONE";
    case DialError::kUnknownTrunk: return "TRUNK_UNKNOWN";
    case DialError::kNoTarget: return "TRUNK_INBOUND_ONLY";
    case DialError::kTrunkDown: return "TRUNK_DOWN";
    case DialError::kNotAllowed: return "NUMBER_NOT_ALLOWED";
    case DialError::kBadNumber: return "NUMBER_INVALID";
    case DialError::kBadCaller: return "CALLER_INVALID";
    case DialError::kCapacity: return "CAPACITY_EXCEEDED";
    case DialError::kTransport: return "TRANSPORT_FAILED";
  }
  return "UNKNOWN";
}

}  // namespace hotline::telephony
