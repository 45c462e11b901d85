#include "services/sla_timer/events.h"

#include <concepts>
#include <string>
#include <utility>

#include "hotline/events/v1/sla.pb.h"
#include "hotline/events/v1/ticket.pb.h"
#include "libs/base/error.h"
#include "libs/events/event.h"
#include "services/sla_timer/clock_proto.h"

namespace hotline::sla_timer {
namespace {

namespace pb = hotline::events::v1;
namespace ticket_pb = hotline::ticket::v1;

absl::Time FromTimestamp(const google::protobuf::Timestamp& t) {
  return Micros(absl::FromUnixSeconds(t.seconds()) + absl::Nanoseconds(t.nanos()));
}

bool HasEnded(ticket_pb::TicketState state) {
  return state == ticket_pb::TICKET_STATE_CLOSED || state == ticket_pb::TICKET_STATE_ARCHIVED ||
         state == ticket_pb::TICKET_STATE_REFUSED;
}

// The leading group takes a ticket on without an event of its own (TKT-6).
Trigger TriggerOf(const pb::TicketFacts& facts, Trigger trigger) {
  return trigger == Trigger::kNone && facts.state() == ticket_pb::TICKET_STATE_COORDINATION ? Trigger::kCoordinated : trigger;
}

Trigger HandoverTrigger(const pb::TicketHandoverUpdated& data) {
  if (data.status() == "declined") return Trigger::kHandoverDeclined;
  return data.status() == "done" ? Trigger::kHandoverDone : Trigger::kNone;
}

TicketChange FromFacts(const pb::Event& event, const pb::TicketFacts& facts, Trigger trigger) {
  TicketChange change;
  change.ticket_id = facts.ticket_id();
  change.trigger = TriggerOf(facts, trigger);
  change.ended = HasEnded(facts.state());
  change.merged = facts.state() == ticket_pb::TICKET_STATE_MERGED;
  change.state = facts.state();
  change.awaits_dispatch = facts.state() == ticket_pb::TICKET_STATE_TRANSCRIBE || facts.state() == ticket_pb::TICKET_STATE_ACCEPTED;
  change.ticket = {facts.type(), facts.urgency(), facts.channel(), facts.category_id()};
  change.area_code = facts.area_code();
  change.unit_id = facts.unit_id();
  change.unit_path = facts.unit_path();
  change.time = FromTimestamp(event.time());
  return change;
}

using MaybeChange = absl::StatusOr<std::optional<TicketChange>>;

// Reads the event as a T, if it is one, and gives what it means; `trigger` says which trigger a T is.
template <class T, std::invocable<const T&> Fn>
std::optional<MaybeChange> TryAs(const pb::Event& event, Fn trigger) {
  if (!events::Is<T>(event)) return std::nullopt;
  const absl::StatusOr<T> data = events::Unpack<T>(event);
  if (!data.ok()) return MaybeChange(data.status());
  if (data->ticket().ticket_id().empty()) {
    return MaybeChange(base::InvalidField("data.ticket.ticket_id", "REQUIRED", "a ticket event names its ticket"));
  }
  return MaybeChange(std::optional<TicketChange>(FromFacts(event, data->ticket(), trigger(*data))));
}

template <class T>
std::optional<MaybeChange> TryAs(const pb::Event& event, Trigger trigger) {
  return TryAs<T>(event, [trigger](const T&) { return trigger; });
}

// An extension that was granted also says up to when.
std::optional<MaybeChange> TryExtension(const pb::Event& event) {
  std::optional<absl::Time> granted;
  std::optional<MaybeChange> change = TryAs<pb::TicketExtensionDecided>(event, [&](const pb::TicketExtensionDecided& data) {
    if (data.accepted() && data.has_due_time()) granted = FromTimestamp(data.due_time());
    return Trigger::kNone;
  });
  if (change && change->ok()) (**change)->granted = granted;
  return change;
}

// Events that say what they mean by their type alone.
std::optional<MaybeChange> TryPlain(const pb::Event& event) {
  std::optional<MaybeChange> found;
  const auto is = [&](std::optional<MaybeChange> tried) {
    if (tried) found = std::move(tried);
    return found.has_value();
  };
  (void)(is(TryAs<pb::TicketCreated>(event, Trigger::kCreated)) || is(TryAs<pb::TicketDispatched>(event, Trigger::kDispatched)) ||
         is(TryAs<pb::TicketSigned>(event, Trigger::kSigned)) || is(TryAs<pb::TicketReplied>(event, Trigger::kReplied)) ||
         is(TryAs<pb::TicketReturnRequested>(event, Trigger::kReturnRequested)) || is(TryAs<pb::TicketReworked>(event, Trigger::kReworked)) ||
         is(TryAs<pb::TicketProgressReported>(event, Trigger::kProgressReported)) ||
         is(TryAs<pb::TicketReportedUp>(event, Trigger::kReportedUp)) || is(TryAs<pb::TicketInstructed>(event, Trigger::kInstructed)) ||
         is(TryAs<pb::TicketHandedOver>(event, Trigger::kHandedOver)) || is(TryAs<pb::TicketMerged>(event, Trigger::kMerged)) ||
         is(TryAs<pb::TicketSplit>(event, Trigger::kSplit)) || is(TryAs<pb::TicketReopened>(event, Trigger::kReopened)) ||
         is(TryAs<pb::TicketDeferred>(event, Trigger::kDeferred)) || is(TryAs<pb::TicketClosed>(event, Trigger::kNone)) ||
         is(TryAs<pb::TicketRefused>(event, Trigger::kNone)) || is(TryAs<pb::TicketArchived>(event, Trigger::kNone)) ||
         is(TryAs<pb::TicketAmended>(event, Trigger::kNone)) || is(TryAs<pb::TicketSupervised>(event, Trigger::kNone)) ||
         is(TryAs<pb::TicketExtensionRequested>(event, Trigger::kNone)));
  return found;
}

void FillFacts(const Clock& clock, pb::SlaClockFacts* facts) {
  facts->set_clock_id(clock.clock_id);
  facts->set_ticket_id(clock.ticket_id);
  facts->set_step(clock.step);
  SetTimestamp(clock.start_time, facts->mutable_start_time());
  const bool paused = clock.state == ClockState::kPaused;
  if (!paused) SetTimestamp(clock.due_time, facts->mutable_due_time());
  if (!paused && !clock.window) SetTimestamp(clock.warn_time, facts->mutable_warn_time());
  facts->set_light(std::string(LightName(clock.light)));
  facts->set_paused(paused);
  facts->set_window(clock.window);
  facts->set_policy_id(clock.policy_id);
  facts->set_policy_version(clock.policy_version);
  facts->set_unit_id(clock.unit_id);
  facts->set_version(clock.version);
  facts->set_provisional(clock.provisional);
  facts->set_extensions(clock.extensions);
  facts->set_level(clock.level);
}

template <class T>
pb::Event Make(const Change& change, absl::Time now, std::string_view traceparent, T data) {
  FillFacts(change.clock, data.mutable_clock());
  return events::Make(kSource, change.clock.ticket_id, data, now, traceparent);
}

pb::SlaClockEscalated Escalated(const Change& change) {
  pb::SlaClockEscalated data;
  data.set_level(change.clock.level);
  data.set_measure(change.rung.measure);
  data.set_document(change.rung.document);
  for (const std::string& addressee : change.rung.addressees) data.add_addressees(addressee);
  return data;
}

pb::SlaClockStopped Stopped(const Change& change) {
  pb::SlaClockStopped data;
  SetTimestamp(change.clock.stop_time.value_or(change.clock.due_time), data.mutable_stop_time());
  data.set_reason(change.detail);
  data.set_on_time(change.on_time);
  data.set_elapsed_natural_seconds(absl::ToInt64Seconds(change.elapsed_natural));
  data.set_elapsed_working_seconds(absl::ToInt64Seconds(change.elapsed_working));
  return data;
}

}  // namespace

absl::Time Micros(absl::Time t) { return absl::FromUnixMicros(absl::ToUnixMicros(t)); }

std::string_view LightName(Light light) {
  if (light == Light::kGreen) return "green";
  return light == Light::kYellow ? "yellow" : "red";
}

absl::StatusOr<std::optional<TicketChange>> FromTicketEvent(const pb::Event& event) {
  std::optional<MaybeChange> found;
  const auto is = [&](std::optional<MaybeChange> tried) {
    if (tried) found = std::move(tried);
    return found.has_value();
  };
  if (is(TryPlain(event)) || is(TryExtension(event)) || is(TryAs<pb::TicketHandoverUpdated>(event, HandoverTrigger)) ||
      is(TryAs<pb::TicketReturnDecided>(event, [](const pb::TicketReturnDecided& data) {
        return data.accepted() ? Trigger::kReturnAccepted : Trigger::kReturnRefused;
      })) ||
      is(TryAs<pb::TicketReviewed>(event, [](const pb::TicketReviewed& data) {
        return data.accepted() ? Trigger::kReviewAccepted : Trigger::kReviewRejected;
      })) ||
      is(TryAs<pb::TicketCallbackRecorded>(event, [](const pb::TicketCallbackRecorded& data) {
        return data.reached() ? Trigger::kCallbackReached : Trigger::kCallbackUnreached;
      })) ||
      is(TryAs<pb::TicketContacted>(event, [](const pb::TicketContacted& data) {
        return data.reached() ? Trigger::kContacted : Trigger::kContactTried;
      }))) {
    return *std::move(found);
  }
  return std::optional<TicketChange>();  // CallRated, and types of newer versions.
}

std::optional<pb::Event> ToEvent(const Change& change, absl::Time now, std::string_view traceparent) {
  switch (change.kind) {
    case ChangeKind::kStarted:
    case ChangeKind::kReopened: {
      pb::SlaClockStarted data;
      data.set_reopened(change.kind == ChangeKind::kReopened);
      return Make(change, now, traceparent, std::move(data));
    }
    case ChangeKind::kWarned:
      return Make(change, now, traceparent, pb::SlaClockWarned());
    case ChangeKind::kOverdue: {
      pb::SlaClockOverdue data;
      data.set_measure(change.detail);
      return Make(change, now, traceparent, std::move(data));
    }
    case ChangeKind::kStopped:
      return Make(change, now, traceparent, Stopped(change));
    case ChangeKind::kMoved: {
      pb::SlaClockMoved data;
      data.set_cause(change.detail);
      return Make(change, now, traceparent, std::move(data));
    }
    case ChangeKind::kEscalated:
      return Make(change, now, traceparent, Escalated(change));
    case ChangeKind::kUpdated:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace hotline::sla_timer
