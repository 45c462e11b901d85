#include "services/acd/service.h"

#include "libs/base/error.h"
#include "libs/base/log.h"
#include "services/acd/convert.h"
#include "services/acd/domain/errors.h"

namespace hotline::acd {

using asio::experimental::awaitable_operators::operator||;

QueueService::QueueService(rpc::Node& node, Dispatcher& dispatcher)
    : Service(node, V1::service_full_name()), dispatcher_(dispatcher) {
  Handle("Enqueue", &QueueService::Enqueue);
  Handle("ListQueues", &QueueService::ListQueues);
  Handle("PutQueue", &QueueService::PutQueue);
  Handle("WatchQueues", &QueueService::WatchQueues);
}

QueueService::Done QueueService::Enqueue(rpc::Context& context, EnqueueStream& stream) {
  v1::EnqueueRequest first;
  const bool read = co_await stream.Read(first);
  if (!read) co_return absl::OkStatus();
  if (!first.has_enter()) co_return errors::EnterFirst();
  HOTLINE_CO_ASSIGN_OR_RETURN(const Entry entry, ParseEnter(first.enter()));
  Waiter waiter(context.executor());
  // However this ends, the contact leaves with it.
  struct Leaving {
    Dispatcher& dispatcher;
    Waiter& waiter;
    ~Leaving() { dispatcher.Leave(waiter); }
  } leaving{dispatcher_, waiter};
  HOTLINE_CO_RETURN_IF_ERROR(dispatcher_.Enter(entry, waiter));
  const auto ended = co_await (ReadResults(waiter, stream) || WriteUpdates(waiter, stream));
  co_return ended.index() == 0 ? std::get<0>(ended) : std::get<1>(ended);
}

// Ends when the contact was answered or left.
QueueService::Done QueueService::ReadResults(Waiter& waiter, EnqueueStream& stream) {
  for (v1::EnqueueRequest request;;) {
    const bool read = co_await stream.Read(request);
    if (!read) co_return absl::OkStatus();
    if (!request.has_offer_result()) co_return errors::EnteredAlready();
    HOTLINE_CO_ASSIGN_OR_RETURN(const Result result, ParseResult(request.offer_result()));
    const bool answered = dispatcher_.EndOffer(waiter, request.offer_result().offer_id(), result);
    if (answered) co_return absl::OkStatus();
  }
}

// Ends when the dispatcher puts the contact out, or the peer is gone.
QueueService::Done QueueService::WriteUpdates(Waiter& waiter, EnqueueStream& stream) {
  for (;;) {
    while (!waiter.out.empty()) {
      v1::EnqueueUpdate update = std::move(waiter.out.front());
      waiter.out.pop_front();
      const bool written = co_await stream.Write(std::move(update));
      if (!written) co_return absl::OkStatus();
    }
    if (waiter.ended) co_return *waiter.ended;
    co_await waiter.notice.Wait();
  }
}

QueueService::Done QueueService::ListQueues(rpc::Context&, const v1::ListQueuesRequest&, v1::ListQueuesResponse& response) {
  if (!dispatcher_.any_active()) co_return errors::NotActive();
  for (const auto& [id, queue] : dispatcher_.queues()) {
    *response.add_queues() = ToProto(queue);
    *response.add_figures() = ToProto(id, dispatcher_.FigureOf(queue));
  }
  co_return absl::OkStatus();
}

QueueService::Done QueueService::PutQueue(rpc::Context& context, const v1::PutQueueRequest& request, v1::Queue& response) {
  HOTLINE_CO_ASSIGN_OR_RETURN(Queue queue, ParseQueue(request.queue()));
  if (!dispatcher_.Serves(queue.group)) co_return errors::GroupNotServed(queue.group);
  HOTLINE_CO_ASSIGN_OR_RETURN(const Queue stored, co_await dispatcher_.PutQueue(std::move(queue)));
  base::log::Info("a queue was set", {{"queue", stored.id}, {"by", context.principal().user_id}, {"trace", context.trace_id()}});
  response = ToProto(stored);
  co_return absl::OkStatus();
}

v1::QueueFigures QueueService::Figures() const {
  v1::QueueFigures figures;
  for (const auto& [id, queue] : dispatcher_.queues()) *figures.add_figures() = ToProto(id, dispatcher_.FigureOf(queue));
  return figures;
}

QueueService::Done QueueService::WatchQueues(rpc::Context&, const v1::WatchQueuesRequest&, rpc::Writer<v1::QueueFigures>& out) {
  if (figure_streams_ >= kMaxFigureStreams) co_return base::ResourceExhausted("TOO_MANY_WATCHERS", "Too many followers of the figures.");
  struct Counted {
    size_t& count;
    explicit Counted(size_t& count) : count(count) { ++count; }
    ~Counted() { --count; }
  } counted(figure_streams_);
  std::string last;
  absl::Duration silent = kFiguresMax;
  for (;;) {
    if (!dispatcher_.any_active()) co_return errors::NotActive();
    v1::QueueFigures figures = Figures();
    const std::string now = figures.SerializeAsString();
    if (now != last || silent >= kFiguresMax) {
      last = now;
      silent = absl::ZeroDuration();
      figures.mutable_time()->set_seconds(absl::ToUnixSeconds(dispatcher_.now()));
      const bool written = co_await out.Write(std::move(figures));
      if (!written) co_return absl::OkStatus();
    }
    co_await rpc::Sleep(kFiguresMin);
    silent += kFiguresMin;
  }
}

}  // namespace hotline::acd
