#include "libs/event_source/event_source.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

#include "libs/base/error.h"
#include "libs/postgres/outbox.h"
#include "libs/rpc/client.h"

namespace hotline::event_source {
namespace {

using Api = events::v1::EventSource;

constexpr absl::Duration kReplayTimeout = absl::Seconds(20);

}  // namespace

EventSourceService::EventSourceService(rpc::Node& node, rpc::Pool& pool, postgres::Pool& database)
    : PlainService(node, pool, Api::service_full_name()), database_(database) {
  Handle("Replay", &EventSourceService::Replay);
}

absl::Status EventSourceService::Replay(rpc::Context& context, const events::v1::ReplayRequest& request,
                                        rpc::PlainWriter<events::v1::Event>& writer) {
  if (request.limit() < 0 || request.limit() > kMaxReplayLimit) {
    return base::Error(absl::StatusCode::kInvalidArgument, "EVENT_LIMIT_INVALID", "limit is 0 to 10000",
                       {{"limit", "OUT_OF_RANGE", "0 to 10000"}});
  }
  if (request.after_sequence() < 0) {
    return base::Error(absl::StatusCode::kInvalidArgument, "EVENT_SEQUENCE_INVALID", "after_sequence is not negative",
                       {{"after_sequence", "OUT_OF_RANGE", "not negative"}});
  }
  HOTLINE_ASSIGN_OR_RETURN(const postgres::OutboxState state, postgres::Outbox::State(database_));
  if (request.after_sequence() > state.last_sequence) {
    return base::Error(absl::StatusCode::kOutOfRange, "EVENT_SEQUENCE_AHEAD", "no event has had this sequence");
  }
  int left = request.limit() == 0 ? kDefaultReplayLimit : request.limit();
  int64_t after = request.after_sequence();
  while (left > 0 && !context.cancelled()) {
    const int chunk = std::min(left, kReplayChunk);
    HOTLINE_ASSIGN_OR_RETURN(std::vector<events::v1::Event> found, postgres::Outbox::ReadAfter(database_, after, chunk));
    for (events::v1::Event& event : found) {
      after = event.sequence();
      if (!writer.Write(std::move(event))) return absl::CancelledError("the caller is gone");
    }
    left -= static_cast<int>(found.size());
    if (found.size() < static_cast<size_t>(chunk)) break;
  }
  return absl::OkStatus();
}

events::Replay ReplayFromPeers(rpc::Node& node) {
  return [&node](const std::string& source, int64_t after, int limit) -> absl::StatusOr<std::vector<events::Event>> {
    const auto& peers = node.channels().all();
    const auto peer = peers.find(source);
    if (peer == peers.end()) return base::FailedPrecondition("PEER_NOT_CONFIGURED", "no address for this source", {{"source", source}});
    const rpc::Client<Api> client(peer->second);
    rpc::Context context;
    grpc::ClientContext out;
    client.Prepare(context, out, {.timeout = kReplayTimeout, .as_service = true}, kReplayTimeout);
    events::v1::ReplayRequest request;
    request.set_after_sequence(after);
    request.set_limit(std::min(limit, kMaxReplayLimit));
    std::vector<events::Event> found;
    events::Event event;
    auto reader = client.stub().Replay(&out, request);
    while (reader->Read(&event)) found.push_back(std::move(event));
    HOTLINE_RETURN_IF_ERROR(rpc::FromGrpc(reader->Finish()));
    return found;
  };
}

}  // namespace hotline::event_source
