// SipStack: the SIP side of one process. Listens on UDP and TCP, knows the trunks, turns INVITEs into sessions and dials.
//
// Thread-safety: Create, the destructor, endpoints() and counters() from any thread but the loop's; everything else on the
// SIP loop alone. The call layer posts to the loop: loop.Post([&stack, id] { if (auto* s = stack.Find(id)) s->Bye(); }).
// Ownership: owns sessions and trunks; loop and handler must outlive it. Destroying it hangs up every session (OnEnded with
// kShutdown).
//
// Limits: sessions, new calls a second, calls per trunk; beyond them 503 with Retry-After. See limits.h for the rest.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/telephony/loop/loop.h"
#include "services/telephony/loop/timer.h"
#include "services/telephony/sip/client_request.h"
#include "services/telephony/sip/handler.h"
#include "services/telephony/sip/session.h"
#include "services/telephony/sip/trunk.h"
#include "services/telephony/sip/types.h"

extern "C" {
struct sip_lsnr;
}

namespace hotline::telephony {

struct DialResult {
  SessionId session = 0;
  DialError error = DialError::kNone;
};

class SipStack {
 public:
  // Listens at once. INVALID_ARGUMENT names the field of a bad configuration; UNAVAILABLE says which address cannot be had.
  static absl::StatusOr<std::unique_ptr<SipStack>> Create(Loop& loop, StackConfig config, SipHandler& handler);
  ~SipStack();
  SipStack(const SipStack&) = delete;
  SipStack& operator=(const SipStack&) = delete;

  // The addresses listened on, ports filled in, in the order of the configuration.
  const std::vector<Endpoint>& endpoints() const { return endpoints_; }
  const SipCounters& counters() const { return counters_; }

  // Starts an outbound call. Without error the handler will hear of the session, at the earliest after Dial returned.
  DialResult Dial(const DialRequest& request);

  // The session, unless it has ended.
  SipSession* Find(SessionId id);

  // Whether a trunk answers (true before the first ping); false for unknown ones.
  bool TrunkUp(const std::string& id) const;

  // Refuses new calls from now on (503), so that a process can be drained.
  void StopTakingCalls() { taking_calls_ = false; }

 private:
  friend class SipSession;
  SipStack(Loop& loop, StackConfig config, SipHandler& handler);

  absl::Status Start();
  absl::Status Listen(const Endpoint& endpoint);
  void ShutDown();

  // stack_receive.cpp
  bool OnRequest(const sip_msg* request);
  bool OnResponse(const sip_msg* response);
  void OnInvite(const sip_msg* request, Trunk& trunk);
  void OnInDialog(const sip_msg* request);
  void OnOutOfDialog(const sip_msg* request, Trunk& trunk);
  bool RefuseUnsupported(const sip_msg* request);
  bool HasRoom(const sip_msg* request, Trunk& trunk);
  Trunk* TrunkOf(const sip_msg* request);

  SipSession* AddSession(Trunk& trunk, bool inbound);
  void Register(SipSession& session);
  void Ended(SipSession& session);   // no longer counts
  void Retire(SipSession& session);  // destroyed soon, outside its own calls
  static std::string Key(std::string_view call_id, std::string_view local_tag);

  Loop& loop_;
  const StackConfig config_;
  SipHandler& handler_;
  SipCore core_;
  sip_lsnr* request_listener_ = nullptr;
  sip_lsnr* response_listener_ = nullptr;
  std::vector<Endpoint> endpoints_;
  std::vector<std::unique_ptr<Trunk>> trunks_;
  SipCounters counters_;
  std::unordered_map<SessionId, std::unique_ptr<SipSession>> sessions_;
  std::unordered_map<std::string, SipSession*> by_dialog_;
  std::vector<std::unique_ptr<SipSession>> retired_;
  Timer retire_timer_;
  SessionId next_id_ = 1;
  std::size_t live_ = 0;
  bool taking_calls_ = true;
  CallRate rate_;
  RefusalLog refusals_;
};

}  // namespace hotline::telephony
