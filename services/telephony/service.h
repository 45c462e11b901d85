// telephony's gRPC services: agents' lines, and calls, recordings and trunks for screens. Handlers run on the node's io
// thread, where calls and lines live; the database and files are read on the pool.
#pragma once

#include <atomic>
#include <string>

#include "hotline/telephony/v1/telephony.grpc.pb.h"
#include "libs/rpc/service.h"
#include "services/telephony/calls/exchange.h"
#include "services/telephony/store.h"

namespace hotline::telephony {

class LineService final : public rpc::Service {
 public:
  LineService(rpc::Node& node, Exchange& exchange);

 private:
  using Done = boost::asio::awaitable<absl::Status>;
  Done Attach(rpc::Context& context, rpc::Stream<v1::LineRequest, v1::LineEvent>& stream);

  Exchange& x_;
};

class CallService final : public rpc::Service {
 public:
  // `store_ready` becomes true when the database has its tables; until then what needs it is UNAVAILABLE.
  CallService(rpc::Node& node, Exchange& exchange, rpc::Pool& pool, Store& store, const std::atomic<bool>& store_ready);

 private:
  using Done = boost::asio::awaitable<absl::Status>;
  Done GetCall(rpc::Context& context, const v1::GetCallRequest& request, v1::Call& response);
  Done ListCalls(rpc::Context& context, const v1::ListCallsRequest& request, v1::ListCallsResponse& response);
  Done ListActiveCalls(rpc::Context& context, const v1::ListActiveCallsRequest& request, v1::ListActiveCallsResponse& response);
  Done ListRecordings(rpc::Context& context, const v1::ListRecordingsRequest& request, v1::ListRecordingsResponse& response);
  Done ReadRecording(rpc::Context& context, const v1::ReadRecordingRequest& request, rpc::Writer<v1::ReadRecordingResponse>& out);
  Done ListTrunks(rpc::Context& context, const v1::ListTrunksRequest& request, v1::ListTrunksResponse& response);
  absl::Status Ready() const;

  Exchange& x_;
  rpc::Pool& pool_;
  Store& store_;
  const std::atomic<bool>& store_ready_;
};

// What a caller may see of a call's numbers: the agent who talked, team leads, supervisors, entry clerks and services see
// them whole, the others masked.
void MaskCall(const rpc::Principal& principal, v1::Call& call);
// Whether the caller may hear it: agents hear their own calls, and messages.
bool MayHear(const rpc::Principal& principal, const KeptRecording& kept);

}  // namespace hotline::telephony
