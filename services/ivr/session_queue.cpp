// The part of a session that waits in acd's queue.
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "libs/base/log.h"
#include "services/ivr/session.h"

namespace hotline::ivr {
namespace {

namespace asio = rpc::asio;
using acd::v1::EnqueueRequest;
using acd::v1::EnqueueUpdate;
using Queues = rpc::Client<acd::v1::QueueService>;

acd::v1::OfferResult::Result ResultOf(ConnectResult result) {
  switch (result) {
    case ConnectResult::kAnswered: return acd::v1::OfferResult::RESULT_ANSWERED;
    case ConnectResult::kNoAnswer: return acd::v1::OfferResult::RESULT_NO_ANSWER;
    case ConnectResult::kRejected: return acd::v1::OfferResult::RESULT_REJECTED;
    case ConnectResult::kFailed: return acd::v1::OfferResult::RESULT_FAILED;
  }
  return acd::v1::OfferResult::RESULT_FAILED;
}

EnqueueRequest EnterMessage(const std::string& call_id, const EnterQueue& entry) {
  EnqueueRequest request;
  acd::v1::Enter& enter = *request.mutable_enter();
  enter.set_contact_id(call_id);
  enter.set_queue_id(entry.queue_id);
  const int64_t millis = absl::ToUnixMillis(entry.first_enqueue_time);
  enter.mutable_first_enqueue_time()->set_seconds(millis / 1000);
  enter.mutable_first_enqueue_time()->set_nanos(static_cast<int32_t>(millis % 1000) * 1'000'000);
  enter.set_first_in_line(entry.first_in_line);
  for (const std::string& agent : entry.excluded_agents) enter.add_excluded_agent_ids(agent);
  return request;
}

// Nobody would take this contact, however often it asks.
bool IsFinal(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsInvalidArgument(status) || absl::IsResourceExhausted(status) ||
         absl::IsPermissionDenied(status);
}

}  // namespace

asio::awaitable<void> Session::TellQueue(const TellOfferResult& result) {
  if (queue_stream_ == nullptr) co_return;
  EnqueueRequest request;
  request.mutable_offer_result()->set_offer_id(result.offer_id);
  request.mutable_offer_result()->set_result(ResultOf(result.result));
  // When the stream is broken, acd is gone and so is the offer: nothing is owed.
  co_await queue_stream_->Write(std::move(request));
}

// Reads one stream of acd until it ends or another place is wanted.
asio::awaitable<absl::Status> Session::ReadQueue(int stay) {
  EnqueueUpdate update;
  for (;;) {
    const bool more = co_await queue_stream_->Read(update);
    if (!more) break;
    if (stay != queue_stay_) continue;  // left meanwhile; what still comes is for nobody
    if (update.has_position()) {
      Post(Input(QueuePosition{update.position().position(), update.position().expected_wait_seconds()}));
    } else if (update.has_offer()) {
      Post(Input(QueueOffer{update.offer().offer_id(), update.offer().agent_id(), update.offer().ring_seconds()}));
    }
  }
  absl::Status status = co_await queue_stream_->Finish();
  co_return status;
}

// Stays in the queue, entering again with the first enqueue time whenever acd breaks away, until the dialogue wants
// another place or none, or the call has an agent.
asio::awaitable<void> Session::OneStay(EnterQueue entry) {
  const int stay = queue_stay_;
  absl::Time given_up = deps_.clock.Now() + kQueueGiveUp;
  while (stay == queue_stay_) {
    queue_stream_ = std::make_unique<QueueStream>(deps_.queues.Open(context_, &Queues::Api::Enqueue, {.as_service = true}));
    const bool entered = co_await queue_stream_->Write(EnterMessage(arrived_.call_id(), entry));
    absl::Status status = entered ? absl::OkStatus() : co_await queue_stream_->Finish();
    const absl::Time since = deps_.clock.Now();
    if (entered) status = co_await ReadQueue(stay);
    queue_stream_.reset();
    if (stay != queue_stay_ || dialogue_->phase() == Phase::kTalking || dialogue_->over()) co_return;
    if (IsFinal(status)) co_return Post(Input(QueueFailed{}));
    if (deps_.clock.Now() - since > kQueueGiveUp) given_up = deps_.clock.Now() + kQueueGiveUp;
    if (deps_.clock.Now() > given_up) co_return Post(Input(QueueFailed{}));
    // While an agent rings, acd's death changes nothing; what comes of it decides.
    do {
      co_await rpc::Sleep(kQueueRetry);
    } while (dialogue_->phase() == Phase::kRinging && stay == queue_stay_);
    if (dialogue_->phase() != Phase::kQueued) co_return;
    base::log::Info("entering the queue again", {{"call", arrived_.call_id()}, {"queue", entry.queue_id}});
  }
}

asio::awaitable<void> Session::WaitInQueue() {
  using namespace asio::experimental::awaitable_operators;
  for (;;) {
    if (!queue_entry_) {
      co_await Signalled(*queue_signal_);
      continue;
    }
    const EnterQueue entry = *queue_entry_;
    queue_entry_.reset();
    // Another wish ends the stay: the stream is dropped, which leaves the queue.
    co_await (OneStay(entry) || Signalled(*queue_signal_));
    queue_stream_.reset();
  }
}

}  // namespace hotline::ivr
