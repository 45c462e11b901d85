#include "services/ticket/peers.h"

#include "hotline/directory/v1/directory.grpc.pb.h"
#include "hotline/telephony/v1/telephony.grpc.pb.h"
#include "libs/base/error.h"

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

}  // namespace hotline::ticket
