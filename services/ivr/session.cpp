#include "services/ivr/session.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>

#include "libs/base/id.h"
#include "libs/base/log.h"

namespace hotline::ivr {
namespace {

namespace asio = rpc::asio;
using Tickets = rpc::Client<ticket::v1::TicketService>;

constexpr size_t kMaxPlayPrompts = 64;

void SetTime(absl::Time time, google::protobuf::Timestamp& out) {
  const int64_t nanos = absl::ToUnixNanos(time);
  out.set_seconds(nanos / 1'000'000'000);
  out.set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
}

ConnectResult ResultOf(pb::ConnectDone::Result result) {
  switch (result) {
    case pb::ConnectDone::RESULT_ANSWERED: return ConnectResult::kAnswered;
    case pb::ConnectDone::RESULT_NO_ANSWER: return ConnectResult::kNoAnswer;
    case pb::ConnectDone::RESULT_REJECTED: return ConnectResult::kRejected;
    default: return ConnectResult::kFailed;
  }
}

asio::awaitable<void> Forever() {
  asio::steady_timer never(co_await asio::this_coro::executor);
  for (;;) co_await Signalled(never);
}

}  // namespace

asio::awaitable<void> Signalled(asio::steady_timer& signal) {
  boost::system::error_code error;
  signal.expires_at(asio::steady_timer::time_point::max());
  co_await signal.async_wait(asio::redirect_error(asio::use_awaitable, error));
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) throw boost::system::system_error(asio::error::operation_aborted);
}

void Session::Post(Event event) {
  if (inbox_.size() >= kMaxInbox && !std::holds_alternative<CallOver>(event)) return;
  inbox_.push_back(std::move(event));
  inbox_signal_->cancel();
}

asio::awaitable<Session::Event> Session::NextEvent() {
  while (inbox_.empty()) co_await Signalled(*inbox_signal_);
  Event event = std::move(inbox_.front());
  inbox_.pop_front();
  co_return event;
}

void Session::FromCall(const pb::CallEvent& event) {
  switch (event.kind_case()) {
    case pb::CallEvent::kDigit:
      if (!event.digit().digit().empty()) Post(Input(Digit{event.digit().digit()[0]}));
      return;
    case pb::CallEvent::kPlayDone:
      if (!event.play_done().interrupted()) Post(Input(PlayEnded{event.play_done().action_id()}));
      return;
    case pb::CallEvent::kRecordDone:
      if (event.record_done().end_reason() == "hangup") return;  // telephony tells of the message itself
      return Post(Input(RecordEnded{event.record_done().action_id(), event.record_done().recording_id(), event.record_done().duration_ms()}));
    case pb::CallEvent::kConnectDone:
      return Post(Input(ConnectEnded{event.connect_done().offer_id(), ResultOf(event.connect_done().result())}));
    case pb::CallEvent::kAgentLeft:
      return Post(Input(AgentLeft{event.agent_left().agent_id(), event.agent_left().to_rating(), event.agent_left().reason() == "line_lost"}));
    case pb::CallEvent::kHungUp:
      return Post(CallOver{});
    default:
      return;  // of a newer telephony
  }
}

asio::awaitable<void> Session::ReadCall() {
  pb::CallEvent event;
  while (co_await stream_.Read(event)) FromCall(event);
  Post(CallOver{});
  co_await Forever();
}

asio::awaitable<void> Session::RunTimer() {
  asio::steady_timer wait(co_await asio::this_coro::executor);
  for (;;) {
    while (!timer_) co_await Signalled(*timer_signal_);
    const SetTimer timer = *timer_;
    timer_.reset();
    // A newer timer ends the wait for this one.
    using namespace asio::experimental::awaitable_operators;
    const auto first = co_await (rpc::Sleep(absl::Seconds(timer.seconds)) || Signalled(*timer_signal_));
    if (first.index() == 0) Post(Input(TimerFired{timer.timer}));
  }
}

asio::awaitable<absl::StatusOr<PublishedFlow>> Session::FindFlow(const pb::Arrived& arrived, bool resumed) {
  if (resumed) {
    const auto call = Dialogue::CallOf(arrived.checkpoint());
    if (call.ok()) {
      auto known = deps_.flows.Version(call->flow_id, call->version);
      if (known.ok()) co_return known;
      const auto load = [this, &call] { return deps_.flows.Load(call->flow_id, call->version); };
      auto loaded = co_await deps_.pool.Run(load);
      if (loaded.ok()) co_return loaded;
    }
    base::log::Warn("checkpoint without its flow; the call begins anew", {{"call", arrived.call_id()}});
  }
  co_return deps_.flows.ForLine(arrived.called_number());
}

asio::awaitable<absl::Status> Session::Run() {
  const auto executor = co_await asio::this_coro::executor;
  inbox_signal_.emplace(executor);
  timer_signal_.emplace(executor);
  queue_signal_.emplace(executor);
  pb::CallEvent event;
  if (!co_await stream_.Read(event)) co_return absl::OkStatus();
  if (event.kind_case() != pb::CallEvent::kArrived || event.arrived().call_id().empty()) {
    co_return base::InvalidField("arrived", "REQUIRED", "the first message of a conversation");
  }
  arrived_ = event.arrived();
  const bool resumed = !arrived_.checkpoint().empty();
  const auto flow = co_await FindFlow(arrived_, resumed);
  if (!flow.ok()) co_return flow.status();
  dialogue_ = std::make_unique<Dialogue>(flow->flow, Dialogue::Call{flow->flow_id, flow->version});
  const absl::Time now = deps_.clock.Now();
  Effects first = resumed ? dialogue_->Resume(arrived_.checkpoint(), arrived_.agent_connected(), !arrived_.playing_action_id().empty(), now)
                          : dialogue_->Begin(now);
  base::log::Info(resumed ? "call resumed" : "call taken", {{"call", arrived_.call_id()}, {"flow", flow->flow_id}, {"step", dialogue_->step()}});
  using namespace asio::experimental::awaitable_operators;
  co_await (Main(std::move(first)) || ReadCall() || WaitInQueue() || RunTimer());
  co_return absl::OkStatus();
}

asio::awaitable<void> Session::Main(Effects first) {
  for (const Effect& effect : first) {
    const bool sent = co_await Apply(effect);
    if (!sent) co_return;
  }
  while (!dialogue_->over()) {
    const Event event = co_await NextEvent();
    if (std::holds_alternative<CallOver>(event)) co_return;
    const Effects effects = dialogue_->Handle(std::get<Input>(event), deps_.clock.Now());
    for (const Effect& effect : effects) {
      const bool sent = co_await Apply(effect);
      if (!sent) co_return;
    }
  }
}

asio::awaitable<bool> Session::Send(pb::Action action) {
  if (action.action_id().empty()) action.set_action_id(base::NewId());
  action.set_checkpoint(dialogue_->Checkpoint());
  const bool sent = co_await stream_.Write(std::move(action));
  co_return sent;
}

asio::awaitable<bool> Session::SendPlay(const DoPlay& play) {
  pb::Action action;
  action.set_action_id(play.action_id);
  for (const std::string& prompt : play.prompts) {
    if (action.play().prompt_ids_size() >= static_cast<int>(kMaxPlayPrompts)) break;
    if (!prompt.starts_with("text:")) {
      action.mutable_play()->add_prompt_ids(prompt);
      continue;
    }
    const auto speak = [this, text = prompt.substr(5)] { return deps_.prompts.Speak(text); };
    const auto spoken = co_await deps_.pool.Run(speak);
    if (spoken.ok()) action.mutable_play()->add_prompt_ids(*spoken);
    if (!spoken.ok()) base::log::Warn("text not spoken", {{"call", arrived_.call_id()}, {"reason", base::Reason(spoken.status())}});
  }
  action.mutable_play()->set_interruptible(play.interruptible);
  action.mutable_play()->set_then_music(play.then_music);
  const bool sent = co_await Send(std::move(action));
  co_return sent;
}

asio::awaitable<bool> Session::Apply(const Effect& effect) {
  pb::Action action;
  if (std::holds_alternative<DoAnswer>(effect)) {
    action.mutable_answer();
  } else if (const auto* play = std::get_if<DoPlay>(&effect)) {
    const bool sent = co_await SendPlay(*play);
    co_return sent;
  } else if (const auto* record = std::get_if<DoRecord>(&effect)) {
    action.set_action_id(record->action_id);
    action.mutable_record()->set_max_seconds(record->max_seconds);
    action.mutable_record()->set_end_digits(record->end_digits);
    action.mutable_record()->set_silence_seconds(record->silence_seconds);
    action.mutable_record()->set_beep(record->beep);
    action.mutable_record()->set_purpose(record->purpose);
  } else if (std::holds_alternative<DoMusic>(effect)) {
    action.mutable_music();
  } else if (std::holds_alternative<DoHangUp>(effect)) {
    action.mutable_hang_up();
  } else if (const auto* connect = std::get_if<DoConnect>(&effect)) {
    action.mutable_connect()->set_offer_id(connect->offer_id);
    action.mutable_connect()->set_agent_id(connect->agent_id);
    action.mutable_connect()->set_ring_seconds(connect->ring_seconds);
    action.mutable_connect()->set_queue_id(connect->queue_id);
    SetTime(connect->enqueue_time, *action.mutable_connect()->mutable_enqueue_time());
  } else if (const auto* cancel = std::get_if<CancelConnect>(&effect)) {
    action.mutable_cancel_connect()->set_offer_id(cancel->offer_id);
  } else if (const auto* note = std::get_if<DoNote>(&effect)) {
    action.mutable_note()->set_outcome(note->outcome);
    action.mutable_note()->set_queue_id(note->queue_id);
    if (!note->queue_id.empty()) SetTime(note->enqueue_time, *action.mutable_note()->mutable_enqueue_time());
    action.mutable_note()->set_left_queue(note->left_queue);
    action.mutable_note()->set_ticket_id(note->ticket_id);
  } else {
    co_await ApplyElsewhere(effect);
    co_return true;
  }
  const bool sent = co_await Send(std::move(action));
  co_return sent;
}

// Effects that are not for telephony.
asio::awaitable<void> Session::ApplyElsewhere(const Effect& effect) {
  if (const auto* timer = std::get_if<SetTimer>(&effect)) {
    timer_ = *timer;
    timer_signal_->cancel();
  } else if (const auto* ticket = std::get_if<MakeTicket>(&effect)) {
    co_await AskForTicket(*ticket);
  } else if (const auto* query = std::get_if<AskTicket>(&effect)) {
    co_await QueryTicket(*query);
  } else if (const auto* entry = std::get_if<EnterQueue>(&effect)) {
    queue_entry_ = *entry;
    ++queue_stay_;
    queue_signal_->cancel();
  } else if (std::holds_alternative<LeaveQueue>(effect)) {
    queue_entry_.reset();
    ++queue_stay_;
    queue_signal_->cancel();
  } else if (const auto* result = std::get_if<TellOfferResult>(&effect)) {
    co_await TellQueue(*result);
  } else if (const auto* rating = std::get_if<StoreRating>(&effect)) {
    co_await Rate(*rating);
  } else if (const auto* poll = std::get_if<StorePoll>(&effect)) {
    const auto add = [this, poll = *poll] {
      return deps_.store.AddPollAnswer(poll.poll, poll.question, arrived_.call_id(), std::string(1, poll.key), deps_.clock.Now());
    };
    const absl::Status added = co_await deps_.pool.Run(add);
    if (!added.ok()) base::log::Warn("poll answer lost", {{"call", arrived_.call_id()}, {"reason", base::Reason(added)}});
  } else if (std::holds_alternative<AskHours>(effect)) {
    Post(Input(HoursAnswer{deps_.open_now(deps_.clock.Now())}));
  }
}

asio::awaitable<void> Session::AskForTicket(const MakeTicket& wanted) {
  ticket::v1::CreateTicketRequest request;
  const bool complaint = wanted.purpose == "complaint";
  ticket::v1::Ticket& ticket = *request.mutable_ticket();
  ticket.set_type(complaint ? ticket::v1::TICKET_TYPE_COMPLAINT : ticket::v1::TICKET_TYPE_HELP);
  ticket.set_channel(complaint ? ticket::v1::CHANNEL_IVR : ticket::v1::CHANNEL_MAILBOX);
  ticket.set_title(complaint ? "自动投诉录音" : "市长信箱留言");
  ticket.set_recording_id(wanted.recording_id);
  ticket.set_call_id(arrived_.call_id());
  ticket.set_line(arrived_.called_number());
  ticket.mutable_caller()->set_phone(arrived_.caller_number());
  request.set_request_id("recording:" + wanted.recording_id);
  const auto made = co_await deps_.tickets.Call(context_, &Tickets::Api::CreateTicket, request,
                                                {.timeout = kAskTimeout, .idempotent = true, .as_service = true});
  if (made.ok()) {
    Post(Input(TicketMade{made->ticket().acceptance_number(), made->query_pin(), made->ticket().ticket_id()}));
  } else {
    // Telephony's event of the message makes the ticket later; the caller just does not hear its number.
    base::log::Warn("ticket not made in the call", {{"call", arrived_.call_id()}, {"reason", base::Reason(made.status())}});
    Post(Input(TicketFailed{}));
  }
}

asio::awaitable<void> Session::QueryTicket(const AskTicket& wanted) {
  ticket::v1::QueryTicketRequest request;
  request.set_acceptance_number(wanted.number);
  request.set_caller_phone(arrived_.caller_number());
  request.set_query_pin(wanted.pin);
  request.set_call_id(arrived_.call_id());
  const auto answer = co_await deps_.tickets.Call(context_, &Tickets::Api::QueryTicket, request,
                                                  {.timeout = kAskTimeout, .as_service = true});
  if (answer.ok()) {
    Post(Input(QueryAnswered{answer->pin_required(), answer->spoken_state(), answer->reply(), answer->ticket_id()}));
  } else {
    Post(Input(QueryFailed{base::HasReason(answer.status(), "TOO_MANY_ATTEMPTS")}));
  }
}

asio::awaitable<void> Session::Rate(const StoreRating& rating) {
  ticket::v1::RecordCallRatingRequest request;
  request.set_call_id(arrived_.call_id());
  request.set_agent_id(rating.agent_id);
  request.set_score(rating.score);
  const auto stored = co_await deps_.tickets.Call(context_, &Tickets::Api::RecordCallRating, request,
                                                  {.timeout = kAskTimeout, .idempotent = true, .as_service = true});
  if (!stored.ok()) base::log::Warn("rating lost", {{"call", arrived_.call_id()}, {"reason", base::Reason(stored.status())}});
}

}  // namespace hotline::ivr
