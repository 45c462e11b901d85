// QueueService over gRPC. Coroutines on the node's one io thread.
#pragma once

#include "hotline/acd/v1/acd.grpc.pb.h"
#include "libs/rpc/service.h"
#include "services/acd/dispatcher.h"

namespace hotline::acd {

inline constexpr size_t kMaxFigureStreams = 64;
inline constexpr absl::Duration kFiguresMin = absl::Seconds(1);
inline constexpr absl::Duration kFiguresMax = absl::Seconds(5);

class QueueService final : public rpc::Service {
 public:
  // The dispatcher is not owned and outlives the server. The node has one io thread.
  QueueService(rpc::Node& node, Dispatcher& dispatcher);

 private:
  using V1 = hotline::acd::v1::QueueService;
  using EnqueueStream = rpc::Stream<v1::EnqueueRequest, v1::EnqueueUpdate>;

  Done Enqueue(rpc::Context& context, EnqueueStream& stream);
  Done ListQueues(rpc::Context& context, const v1::ListQueuesRequest& request, v1::ListQueuesResponse& response);
  Done PutQueue(rpc::Context& context, const v1::PutQueueRequest& request, v1::Queue& response);
  Done WatchQueues(rpc::Context& context, const v1::WatchQueuesRequest& request, rpc::Writer<v1::QueueFigures>& out);

  Done ReadResults(Waiter& waiter, EnqueueStream& stream);
  Done WriteUpdates(Waiter& waiter, EnqueueStream& stream);
  v1::QueueFigures Figures() const;

  Dispatcher& dispatcher_;
  size_t figure_streams_ = 0;
};

}  // namespace hotline::acd
