// EventSource.Replay, both ends: what every service that publishes serves from its outbox, and how a durable consumer asks
// for what the stream could not give it. Thread-safe.
#pragma once

#include "hotline/events/v1/source.grpc.pb.h"
#include "libs/events/consumer.h"
#include "libs/postgres/pool.h"
#include "libs/rpc/node.h"
#include "libs/rpc/plain_service.h"

namespace hotline::event_source {

inline constexpr int kDefaultReplayLimit = 1000;
inline constexpr int kMaxReplayLimit = 10'000;
// Read from the outbox and written to the caller at a time.
inline constexpr int kReplayChunk = 200;

// `database` is the service's own pool; not owned, must outlive the service.
class EventSourceService final : public rpc::PlainService {
 public:
  EventSourceService(rpc::Node& node, rpc::Pool& pool, postgres::Pool& database);

 private:
  absl::Status Replay(rpc::Context& context, const events::v1::ReplayRequest& request, rpc::PlainWriter<events::v1::Event>& writer);

  postgres::Pool& database_;
};

// For ConsumerOptions.replay: asks the peer named like the source. `node` must outlive what is returned.
events::Replay ReplayFromPeers(rpc::Node& node);

}  // namespace hotline::event_source
