#include "services/ticket/peers.h"

#include "hotline/directory/v1/directory.grpc.pb.h"
#include "hotline/sla_timer/v1/sla_timer.grpc.pb.h"
#include "hotline/telephony/v1/telephony.grpc.pb.h"
#include "libs/base/error.h"
#include "services/ticket/convert.h"
#include "services/ticket/domain/errors.h"

namespace hotline::ticket {

UnitLookup AskDirectory(rpc::Peer directory) {
  using Client = rpc::Client<hotline::directory::v1::UnitService>;
  auto client = std::make_shared<Client>(std::move(directory));
  return [client](const rpc::Context& context, const std::string& unit_id) -> absl::StatusOr<domain::Unit> {
    hotline::directory::v1::GetUnitRequest request;
    request.set_unit_id(unit_id);
    HOTLINE_ASSIGN_OR_RETURN(const hotline::directory::v1::Unit unit,
                             rpc::SyncCall(*client, context, &Client::Blocking::GetUnit, request,
                                           {.timeout = kUnitLookupTimeout, .idempotent = true, .as_service = true}));
    return domain::Unit{unit.unit_id(), unit.parent_id(), unit.path(), unit.name(), unit.active(), unit.level(), unit.area_code(),
                        {unit.tags().begin(), unit.tags().end()}};
  };
}

CallLookup AskTelephony(rpc::Peer telephony) {
  using Client = rpc::Client<hotline::telephony::v1::CallService>;
  auto client = std::make_shared<Client>(std::move(telephony));
  return [client](const std::string& call_id) -> absl::StatusOr<CallerOfCall> {
    hotline::telephony::v1::GetCallRequest request;
    request.set_call_id(call_id);
    absl::StatusOr<hotline::telephony::v1::Call> call = absl::UnavailableError("not asked yet");
    for (int attempt = 0; attempt < kCallLookupAttempts; ++attempt) {
      const rpc::Context context;
      call = rpc::SyncCall(*client, context, &Client::Blocking::GetCall, request, {.timeout = kCallLookupTimeout, .as_service = true});
      if (call.ok() || absl::IsNotFound(call.status())) break;
    }
    if (!call.ok()) return call.status();
    return CallerOfCall{call->caller_number(), call->called_number()};
  };
}

ExtensionCheck AskSlaTimer(rpc::Peer sla_timer) {
  using Client = rpc::Client<hotline::sla_timer::v1::ClockService>;
  auto client = std::make_shared<Client>(std::move(sla_timer));
  return [client](const rpc::Context& context, const std::string& ticket_id, absl::Time due) -> absl::Status {
    hotline::sla_timer::v1::CheckExtensionRequest request;
    request.set_ticket_id(ticket_id);
    *request.mutable_due_time() = ToProto(due);
    const absl::Status status = rpc::SyncCall(*client, context, &Client::Blocking::CheckExtension, request,
                                              {.timeout = kExtensionCheckTimeout, .idempotent = true, .as_service = true}).status();
    // Without a limit there is nothing to hold the date against.
    if (base::HasReason(status, "CLOCK_NOT_FOUND")) return absl::OkStatus();
    const bool refused = absl::IsFailedPrecondition(status) || absl::IsInvalidArgument(status);
    return status.ok() || refused ? status : domain::LimitsUnknownNow();
  };
}

}  // namespace hotline::ticket
