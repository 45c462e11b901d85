// One call's conversation: brings together what telephony reports, what the queue says, timers and answers of other services,
// feeds the Dialogue, and carries out what it wants. Everything runs as coroutines of one call on one io thread.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <memory>
#include <optional>

#include "hotline/acd/v1/acd.grpc.pb.h"
#include "hotline/ivr/v1/dialogue.grpc.pb.h"
#include "hotline/ticket/v1/ticket_service.grpc.pb.h"
#include "libs/rpc/client.h"
#include "libs/rpc/service.h"
#include "services/ivr/domain/dialogue.h"
#include "services/ivr/flows.h"
#include "services/ivr/prompts.h"
#include "services/ivr/store.h"

namespace hotline::ivr {

namespace pb = hotline::ivr::v1;

inline constexpr size_t kMaxInbox = 256;  // events of a call that wait; more keys than that are dropped
inline constexpr absl::Duration kAskTimeout = absl::Seconds(5);
inline constexpr absl::Duration kQueueRetry = absl::Milliseconds(300);
// So long a caller waits on music while no acd can be reached, before the flow's way out is taken.
inline constexpr absl::Duration kQueueGiveUp = absl::Seconds(90);

// Waits until somebody cancels the timer; throws when the waiting coroutine is cancelled.
rpc::asio::awaitable<void> Signalled(rpc::asio::steady_timer& signal);

// What all sessions use; outlives them.
struct SessionDeps {
  FlowCache& flows;
  PromptLibrary& prompts;
  Store& store;
  rpc::Pool& pool;
  rpc::Client<acd::v1::QueueService>& queues;
  rpc::Client<ticket::v1::TicketService>& tickets;
  const base::Clock& clock;
  std::function<bool(absl::Time)> open_now;  // working hours
};

class Session {
 public:
  using Stream = rpc::Stream<pb::CallEvent, pb::Action>;
  Session(rpc::Context& context, Stream& stream, SessionDeps& deps) : context_(context), stream_(stream), deps_(deps) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Until the call is over. FAILED_PRECONDITION "NO_FLOW" when nothing serves the line.
  rpc::asio::awaitable<absl::Status> Run();

 private:
  template <class T = void>
  using awaitable = rpc::asio::awaitable<T>;
  struct CallOver {};
  using Event = std::variant<Input, CallOver>;
  using QueueStream = rpc::ClientStream<acd::v1::EnqueueRequest, acd::v1::EnqueueUpdate>;

  awaitable<absl::StatusOr<PublishedFlow>> FindFlow(const pb::Arrived& arrived, bool resumed);
  awaitable<> Main(Effects first);
  awaitable<> ReadCall();
  awaitable<> WaitInQueue();
  awaitable<> OneStay(EnterQueue entry);
  awaitable<> RunTimer();
  awaitable<absl::Status> ReadQueue(int stay);
  awaitable<bool> Apply(const Effect& effect);
  awaitable<> ApplyElsewhere(const Effect& effect);
  awaitable<bool> Send(pb::Action action);
  awaitable<bool> SendPlay(const DoPlay& play);
  awaitable<> AskForTicket(const MakeTicket& wanted);
  awaitable<> QueryTicket(const AskTicket& wanted);
  awaitable<> Rate(const StoreRating& rating);
  awaitable<> TellQueue(const TellOfferResult& result);
  awaitable<Event> NextEvent();
  void Post(Event event);
  void FromCall(const pb::CallEvent& event);

  rpc::Context& context_;
  Stream& stream_;
  SessionDeps& deps_;
  pb::Arrived arrived_;
  std::unique_ptr<Dialogue> dialogue_;
  std::deque<Event> inbox_;
  std::optional<rpc::asio::steady_timer> inbox_signal_;
  std::optional<rpc::asio::steady_timer> timer_signal_;
  std::optional<rpc::asio::steady_timer> queue_signal_;
  std::optional<SetTimer> timer_;
  std::optional<EnterQueue> queue_entry_;  // wanted place in a queue
  int queue_stay_ = 0;                     // grows with each change of it
  std::unique_ptr<QueueStream> queue_stream_;
};

}  // namespace hotline::ivr
