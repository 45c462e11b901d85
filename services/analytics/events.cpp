#include "services/analytics/events.h"

#include <absl/strings/ascii.h>

#include "hotline/events/v1/agent.pb.h"
#include "hotline/events/v1/directory.pb.h"
#include "hotline/events/v1/sla.pb.h"
#include "hotline/events/v1/telephony.pb.h"
#include "hotline/events/v1/ticket.pb.h"
#include "libs/base/error.h"
#include "services/analytics/domain/errors.h"

namespace hotline::analytics {
namespace {

namespace ev = hotline::events::v1;
using events::Event;
using postgres::Transaction;

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}
absl::Time TimeOf(const Event& event) { return FromProto(event.time()); }
// An older source may leave the time to the envelope.
absl::Time TimeOr(bool has, const google::protobuf::Timestamp& time, const Event& event) {
  return has ? FromProto(time) : TimeOf(event);
}

// --- telephony ---

absl::Status Apply(Store& store, Transaction& tx, const Event& event, const ev::CallOffered& data) {
  if (data.call_id().empty()) return errors::FactWithoutId(event.type());
  CallFact fact{.call_id = data.call_id(), .direction = data.direction(), .line = data.called_line(), .trunk_id = data.trunk_id()};
  fact.offered = TimeOr(data.has_time(), data.time(), event);
  return store.PutCall(tx, fact);
}

absl::Status Apply(Store& store, Transaction& tx, const Event& event, const ev::CallConnected& data) {
  if (data.call_id().empty()) return errors::FactWithoutId(event.type());
  CallFact fact{.call_id = data.call_id(), .direction = data.direction(), .queue_id = data.queue_id(), .agent_id = data.agent_id()};
  fact.connected = TimeOr(data.has_time(), data.time(), event);
  fact.offered = *fact.connected - absl::Milliseconds(data.wait_ms());
  if (!data.queue_id().empty()) fact.enqueued = fact.offered;
  fact.wait_ms = data.wait_ms();
  return store.PutCall(tx, fact);
}

absl::Status Apply(Store& store, Transaction& tx, const Event& event, const ev::CallEnded& data) {
  if (data.call_id().empty()) return errors::FactWithoutId(event.type());
  CallFact fact{.call_id = data.call_id(), .direction = data.direction(), .line = data.called_line(), .trunk_id = data.trunk_id(),
                .queue_id = data.queue_id(), .agent_id = data.agent_id(), .ticket_id = data.ticket_id(), .outcome = data.outcome(),
                .end_reason = data.end_reason()};
  fact.ended = TimeOr(data.has_end_time(), data.end_time(), event);
  fact.offered = data.has_start_time() ? FromProto(data.start_time()) : *fact.ended;
  if (data.has_enqueue_time()) fact.enqueued = FromProto(data.enqueue_time());
  // The agent of an outbound call is there from the start; it was connected if they talked.
  const bool talked = data.direction() != "outbound" || data.talk_ms() > 0;
  if (data.has_agent_answer_time() && talked) fact.connected = FromProto(data.agent_answer_time());
  fact.wait_ms = data.wait_ms();
  fact.talk_ms = data.talk_ms();
  return store.PutCall(tx, fact);
}

absl::Status Apply(Store& store, Transaction& tx, const Event& event, const ev::MessageLeft& data) {
  if (data.recording_id().empty()) return errors::FactWithoutId(event.type());
  return store.AddMessage(tx, {data.recording_id(), data.call_id(), data.purpose(), data.duration_ms(),
                               TimeOr(data.has_time(), data.time(), event)});
}

// --- ticket ---

TicketFact FactOf(const ev::TicketFacts& facts, const Event& event) {
  namespace pb = hotline::ticket::v1;
  TicketFact fact;
  fact.ticket_id = facts.ticket_id();
  fact.history_sequence = facts.history_sequence();
  fact.type = EnumText(pb::TicketType_Name(facts.type()), "TICKET_TYPE_", facts.type());
  fact.state = EnumText(pb::TicketState_Name(facts.state()), "TICKET_STATE_", facts.state());
  fact.urgency = EnumText(pb::Urgency_Name(facts.urgency()), "URGENCY_", facts.urgency());
  fact.channel = EnumText(pb::Channel_Name(facts.channel()), "CHANNEL_", facts.channel());
  fact.category_id = facts.category_id();
  fact.area_code = facts.area_code();
  fact.unit_id = facts.unit_id();
  fact.unit_path = facts.unit_path();
  fact.line = facts.line();
  fact.call_id = facts.call_id();
  fact.rework_count = facts.rework_count();
  fact.created = TimeOr(facts.has_create_time(), facts.create_time(), event);
  return fact;
}

// `kind` names the step; what the event says beyond the facts is taken where it has it.
template <class T>
absl::Status ApplyTicket(Store& store, Transaction& tx, const Event& event, const T& data, const std::string& kind) {
  const ev::TicketFacts& facts = data.ticket();
  if (facts.ticket_id().empty()) return errors::FactWithoutId(event.type());
  TicketFact ticket = FactOf(facts, event);
  if (std::is_same_v<T, ev::TicketCreated>) ticket.created_by = facts.actor_id();
  HOTLINE_RETURN_IF_ERROR(store.PutTicket(tx, ticket));
  StepFact step{.event_id = event.id(), .ticket_id = facts.ticket_id(), .history_sequence = facts.history_sequence(), .kind = kind,
                .at = TimeOf(event), .unit_id = facts.unit_id(), .unit_path = facts.unit_path(), .actor_id = facts.actor_id()};
  if constexpr (requires { data.accepted(); }) step.accepted = data.accepted();
  if constexpr (requires { data.reached(); }) step.reached = data.reached();
  if constexpr (requires { data.solved(); }) step.solved = data.solved();
  if constexpr (requires { data.satisfaction(); }) step.satisfaction = data.satisfaction();
  return store.AddStep(tx, step);
}

template <class T>
void OnTicket(events::Handlers& handlers, Store& store, const std::string& kind) {
  handlers.On<T>([&store, kind](Transaction& tx, const Event& event, const T& data) { return ApplyTicket(store, tx, event, data, kind); });
}

absl::Status Apply(Store& store, Transaction& tx, const Event& event, const ev::CallRated& data) {
  if (data.call_id().empty()) return errors::FactWithoutId(event.type());
  return store.PutRating(tx, {data.call_id(), data.agent_id(), data.score(), TimeOr(data.has_time(), data.time(), event)});
}

// --- sla_timer ---

template <class T>
absl::Status ApplyClock(Store& store, Transaction& tx, const Event& event, const T& data) {
  const ev::SlaClockFacts& facts = data.clock();
  if (facts.clock_id().empty()) return errors::FactWithoutId(event.type());
  ClockFact fact{.clock_id = facts.clock_id(), .version = facts.version(), .ticket_id = facts.ticket_id(), .step = facts.step(),
                 .unit_id = facts.unit_id(), .light = facts.light(), .paused = facts.paused(), .window = facts.window()};
  fact.started = TimeOr(facts.has_start_time(), facts.start_time(), event);
  if (facts.has_due_time()) fact.due = FromProto(facts.due_time());
  if constexpr (std::is_same_v<T, ev::SlaClockStopped>) {
    fact.stopped = TimeOr(data.has_stop_time(), data.stop_time(), event);
    fact.stop_reason = data.reason();
    fact.on_time = data.on_time();
    fact.elapsed_working_seconds = data.elapsed_working_seconds();
  }
  return store.PutClock(tx, fact);
}

template <class T>
void OnClock(events::Handlers& handlers, Store& store) {
  handlers.On<T>([&store](Transaction& tx, const Event& event, const T& data) { return ApplyClock(store, tx, event, data); });
}

// --- agent_state, directory ---

absl::Status Apply(Store& store, Transaction& tx, const Event& event, const ev::AgentStateChanged& data) {
  namespace pb = hotline::agent_state::v1;
  if (data.agent_id().empty()) return errors::FactWithoutId(event.type());
  const bool working = data.previous_state() != pb::AGENT_STATE_UNSPECIFIED && data.previous_state() != pb::AGENT_STATE_SIGNED_OUT;
  if (!working) return absl::OkStatus();
  return store.AddAgentState(tx, {event.id(), data.agent_id(),
                                  EnumText(pb::AgentState_Name(data.previous_state()), "AGENT_STATE_", data.previous_state()),
                                  data.previous_duration_ms(), TimeOr(data.has_time(), data.time(), event)});
}

absl::Status Apply(Store& store, Transaction& tx, const Event& event, const ev::UnitChanged& data) {
  if (data.unit_id().empty()) return errors::FactWithoutId(event.type());
  return store.PutUnit(tx, {data.unit_id(), event.sequence(), data.parent_id(), data.path(), data.name(), data.active(),
                            data.level(), data.area_code()});
}

template <class T>
void On(events::Handlers& handlers, Store& store) {
  handlers.On<T>([&store](Transaction& tx, const Event& event, const T& data) { return Apply(store, tx, event, data); });
}

}  // namespace

std::string EnumText(const std::string& name, std::string_view prefix, int number) {
  if (number == 0) return "";
  if (!name.starts_with(prefix)) return std::to_string(number);
  return absl::AsciiStrToLower(name.substr(prefix.size()));
}

events::Handlers MakeHandlers(Store& store) {
  events::Handlers handlers;
  On<ev::CallOffered>(handlers, store);
  On<ev::CallConnected>(handlers, store);
  On<ev::CallEnded>(handlers, store);
  On<ev::MessageLeft>(handlers, store);
  OnTicket<ev::TicketCreated>(handlers, store, "created");
  OnTicket<ev::TicketDispatched>(handlers, store, "dispatched");
  OnTicket<ev::TicketSigned>(handlers, store, "signed");
  OnTicket<ev::TicketReturnRequested>(handlers, store, "return_requested");
  OnTicket<ev::TicketReturnDecided>(handlers, store, "return_decided");
  OnTicket<ev::TicketReplied>(handlers, store, "replied");
  OnTicket<ev::TicketReviewed>(handlers, store, "reviewed");
  OnTicket<ev::TicketCallbackRecorded>(handlers, store, "callback");
  OnTicket<ev::TicketReworked>(handlers, store, "reworked");
  OnTicket<ev::TicketClosed>(handlers, store, "closed");
  OnTicket<ev::TicketRefused>(handlers, store, "refused");
  OnTicket<ev::TicketArchived>(handlers, store, "archived");
  OnTicket<ev::TicketAmended>(handlers, store, "amended");
  On<ev::CallRated>(handlers, store);
  OnClock<ev::SlaClockStarted>(handlers, store);
  OnClock<ev::SlaClockWarned>(handlers, store);
  OnClock<ev::SlaClockOverdue>(handlers, store);
  OnClock<ev::SlaClockMoved>(handlers, store);
  OnClock<ev::SlaClockStopped>(handlers, store);
  On<ev::AgentStateChanged>(handlers, store);
  On<ev::UnitChanged>(handlers, store);
  return handlers;
}

}  // namespace hotline::analytics
