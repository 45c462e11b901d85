#include "libs/rpc/gate.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "libs/base/error.h"
#include "libs/base/log.h"

namespace hotline::rpc {
namespace {

constexpr absl::Duration kSlowCall = absl::Seconds(1);

namespace log = base::log;

constexpr std::string_view kBearer = "Bearer ";
constexpr int kUnknownCode = 2;

size_t CodeIndex(absl::StatusCode code) {
  const int index = static_cast<int>(code);
  return static_cast<size_t>(index >= 0 && index <= 16 ? index : kUnknownCode);
}

std::string Kind(const Principal& principal) {
  switch (principal.kind) {
    case Principal::Kind::kAnyone: return "anyone";
    case Principal::Kind::kUser: return "user";
    case Principal::Kind::kService: return "service";
  }
  return "anyone";
}

bool IsServerFault(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown || code == absl::StatusCode::kDataLoss;
}

}  // namespace

Gate::Gate(std::shared_ptr<TokenVerifier> verifier, runtime::Metrics& metrics)
    : verifier_(std::move(verifier)), metrics_(metrics) {}

std::unique_ptr<MethodInfo> Gate::Describe(const google::protobuf::MethodDescriptor& method) {
  auto info = std::make_unique<MethodInfo>();
  info->full_name = method.service()->full_name() + "/" + method.name();
  info->path = "/" + info->full_name;
  info->has_access = method.options().HasExtension(access::v1::access);
  if (info->has_access) info->access = method.options().GetExtension(access::v1::access);
  const runtime::Labels labels{{"method", info->full_name}};
  for (size_t code = 0; code < info->calls.size(); ++code) {
    const auto name = absl::StatusCodeToString(static_cast<absl::StatusCode>(code));
    info->calls[code] = &metrics_.Counter("hotline_grpc_server_calls_total", "calls that ended, by status code",
                                          {{"method", info->full_name}, {"code", name}});
  }
  info->latency = &metrics_.Histogram("hotline_grpc_server_latency_seconds", "time from a call's start to its end", labels);
  info->active = &metrics_.Gauge("hotline_grpc_server_active_calls", "calls under way", labels);
  return info;
}

absl::Status CheckAccess(const access::v1::Access& access, const Principal& principal) {
  if (access.anyone()) return absl::OkStatus();
  switch (principal.kind) {
    case Principal::Kind::kAnyone:
      return base::Unauthenticated("TOKEN_MISSING", "sign in first");
    case Principal::Kind::kService: {
      const auto& services = access.services();
      if (std::find(services.begin(), services.end(), principal.calling_service) != services.end()) return absl::OkStatus();
      return base::PermissionDenied("ACCESS_DENIED", "this is not for the calling service", {{"service", principal.calling_service}});
    }
    case Principal::Kind::kUser:
      if (access.authenticated()) return absl::OkStatus();
      for (int role : access.roles()) {
        if (role != access::v1::ROLE_UNSPECIFIED && principal.HasRole(static_cast<Role>(role))) return absl::OkStatus();
      }
      if (access.roles().empty() && !access.services().empty()) {
        return base::PermissionDenied("ACCESS_DENIED", "this is for services on their own behalf, not for users");
      }
      return base::PermissionDenied("ACCESS_DENIED", "your roles do not allow this");
  }
  return base::PermissionDenied("ACCESS_DENIED", "not allowed");
}

absl::Status Gate::Identify(const MethodInfo& method, Context& context) const {
  Principal principal;
  context.SetPrincipal(principal);
  if (const auto token = context.Metadata(kServiceTokenKey); !token.empty()) {
    HOTLINE_ASSIGN_OR_RETURN(principal.calling_service, verifier_->VerifyService(token));
    principal.kind = Principal::Kind::kService;
    context.SetPrincipal(principal);
  }
  const auto header = context.Metadata(kAuthorizationKey);
  if (header.empty()) return absl::OkStatus();
  // Whoever signs in again may still send an old token along; it is not looked at twice.
  auto refuse = [&](absl::Status why) -> absl::Status {
    if (!method.access.anyone()) return why;
    principal.kind = Principal::Kind::kAnyone;
    context.SetPrincipal(principal);
    return absl::OkStatus();
  };
  if (!header.starts_with(kBearer)) return refuse(base::Unauthenticated("TOKEN_INVALID", "authorization must be a Bearer token"));
  if (principal.calling_service.empty()) {
    return refuse(base::Unauthenticated("SERVICE_TOKEN_MISSING", "a user's token counts only beside the token of a service"));
  }
  const auto token = header.substr(kBearer.size());
  auto user = verifier_->VerifyUser(token);
  if (!user.ok()) return refuse(user.status());
  const UserClaims& claims = **user;
  if (revoked_ && revoked_(claims)) return refuse(base::Unauthenticated("SESSION_REVOKED", "signed out: sign in again"));
  principal.kind = Principal::Kind::kUser;
  principal.user_id = claims.user_id;
  principal.session_id = claims.session_id;
  principal.name = claims.name;
  principal.roles = claims.roles;
  principal.unit_id = claims.unit_id;
  principal.unit_path = claims.unit_path;
  context.SetPrincipal(std::move(principal));
  context.ActFor(std::string(token));
  return absl::OkStatus();
}

absl::Status Gate::Admit(const MethodInfo& method, Context& context) const {
  method.active->Increment();
  context.SetTrace(Trace::Continue(context.Metadata(kTraceparentKey)));
  if (!method.has_access) return base::PermissionDenied("ACCESS_UNDECLARED", "the RPC does not say who may call it");
  HOTLINE_RETURN_IF_ERROR(Identify(method, context));
  return CheckAccess(method.access, context.principal());
}

void Gate::Ended(const MethodInfo& method, const Context& context, const absl::Status& status,
                 std::chrono::steady_clock::time_point started) const {
  const auto time = absl::FromChrono(std::chrono::steady_clock::now() - started);
  method.active->Decrement();
  method.calls[CodeIndex(status.code())]->Increment();
  method.latency->Observe(absl::ToDoubleSeconds(time));
  // What went well and quickly is in the metrics, and the gateway logs each request of a user: one line for each hop would
  // cost a tenth of the suite's CPU.
  const log::Level level = IsServerFault(status.code())            ? log::Level::kError
                           : status.ok() && time < kSlowCall       ? log::Level::kDebug
                                                                   : log::Level::kInfo;
  if (!log::Enabled(level)) return;
  const Principal& principal = context.principal();
  const std::string code = absl::StatusCodeToString(status.code());
  const std::string reason = base::Reason(status);
  log::Write(level, "call",
             {{"trace", context.trace_id()},
              {"method", method.full_name},
              {"code", code},
              {"reason", reason},
              {"ms", time},
              {"as", Kind(principal)},
              {"user", principal.user_id},
              {"from", principal.calling_service}});
}

absl::Status Gate::FromException(const MethodInfo& method, const Context& context, std::exception_ptr error) {
  std::string what = "unknown exception";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& caught) {
    what = caught.what();
  } catch (...) {
    // Not a std::exception: all that can be said is in `what`.
  }
  log::Error("a handler threw", {{"trace", context.trace_id()}, {"method", method.full_name}, {"what", what}});
  return base::Internal("INTERNAL", "internal error");
}

}  // namespace hotline::rpc
