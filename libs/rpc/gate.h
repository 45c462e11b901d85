// The one hook where every call starts and ends: who calls, may they, how long did it take. Thread-safe.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <google/protobuf/descriptor.h>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "hotline/access/v1/access.pb.h"
#include "libs/rpc/auth.h"
#include "libs/rpc/context.h"
#include "libs/runtime/metrics.h"

namespace hotline::rpc {

// One RPC as the gate sees it; made when its handler is registered, lives as long as the service.
struct MethodInfo {
  std::string full_name;  // "hotline.ticket.v1.TicketService/CreateTicket"
  std::string path;       // with a leading slash, as on the wire
  bool has_access = false;
  access::v1::Access access;
  std::array<prometheus::Counter*, 17> calls{};  // by status code
  prometheus::Histogram* latency = nullptr;
  prometheus::Gauge* active = nullptr;
};

class Gate {
 public:
  Gate(std::shared_ptr<TokenVerifier> verifier, runtime::Metrics& metrics);

  std::unique_ptr<MethodInfo> Describe(const google::protobuf::MethodDescriptor& method);

  // Fills principal and trace of a call that has come in, and lets it in or not: UNAUTHENTICATED (TOKEN_MISSING,
  // TOKEN_INVALID, TOKEN_EXPIRED, SERVICE_TOKEN_MISSING, SESSION_REVOKED) or PERMISSION_DENIED (ACCESS_DENIED,
  // ACCESS_UNDECLARED). Each Admit is followed by one Ended.
  absl::Status Admit(const MethodInfo& method, Context& context) const;
  void Ended(const MethodInfo& method, const Context& context, const absl::Status& status,
             std::chrono::steady_clock::time_point started) const;

  // Asked for each call of a user; true refuses it. Must be quick and thread-safe. Set before the server starts.
  void SetRevocationCheck(std::function<bool(const UserClaims&)> revoked) { revoked_ = std::move(revoked); }

  // What a handler's exception becomes: logged with its text, which the client does not see.
  static absl::Status FromException(const MethodInfo& method, const Context& context, std::exception_ptr error);

 private:
  absl::Status Identify(const MethodInfo& method, Context& context) const;

  const std::shared_ptr<TokenVerifier> verifier_;
  runtime::Metrics& metrics_;
  std::function<bool(const UserClaims&)> revoked_;
};

// The rule itself, pure: whether `access` lets `principal` in.
absl::Status CheckAccess(const access::v1::Access& access, const Principal& principal);

}  // namespace hotline::rpc
