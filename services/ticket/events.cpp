#include "services/ticket/events.h"

#include <absl/strings/str_cat.h>

#include "hotline/events/v1/ticket.pb.h"
#include "libs/events/event.h"
#include "services/ticket/convert.h"

namespace hotline::ticket {
namespace {

namespace ev = hotline::events::v1;
using domain::Fact;
using domain::Step;

void FillFacts(const domain::Ticket& ticket, const Step& step, std::string_view actor_id, ev::TicketFacts& facts) {
  facts.set_ticket_id(ticket.id);
  facts.set_history_sequence(step.sequence);
  facts.set_type(static_cast<v1::TicketType>(ticket.type));
  facts.set_state(static_cast<v1::TicketState>(step.state));
  facts.set_urgency(static_cast<v1::Urgency>(ticket.urgency));
  facts.set_channel(static_cast<v1::Channel>(ticket.channel));
  facts.set_category_id(ticket.category_id);
  facts.set_area_code(ticket.area_code);
  facts.set_unit_id(step.unit.id);
  facts.set_unit_path(step.unit.path);
  facts.set_line(ticket.line);
  facts.set_actor_id(std::string(actor_id));
  *facts.mutable_create_time() = ToProto(ticket.create_time);
  facts.set_call_id(ticket.call_id);
  facts.set_rework_count(step.rework_count);
  facts.set_leader_instructed(ticket.leader_instructed);
  facts.set_group_ticket_id(ticket.group_id);
  facts.set_supervision_level(step.supervision_level);
  facts.set_repeat_mark(static_cast<v1::RepeatMark>(step.repeat_mark));
}

// Fills what the kinds of event have in common and makes the envelope.
class Maker {
 public:
  Maker(const domain::Change& change, std::string_view actor_id, absl::Time now, std::string_view traceparent)
      : change_(change), actor_id_(actor_id), now_(now), traceparent_(traceparent) {}

  template <class T>
  ev::Event Make(const Step& step, T data = {}) const {
    FillFacts(change_.after, step, actor_id_, *data.mutable_ticket());
    return events::Make(kSource, change_.after.id, data, now_, traceparent_);
  }

  ev::Event Of(const Step& step) const {
    switch (step.fact) {
      case Fact::kCreated: return Make<ev::TicketCreated>(step);
      case Fact::kDispatched: return Dispatched(step);
      case Fact::kSigned: return Make<ev::TicketSigned>(step);
      case Fact::kReturnRequested: return Make<ev::TicketReturnRequested>(step);
      case Fact::kReturnDecided: return Accepted<ev::TicketReturnDecided>(step);
      case Fact::kReplied: return Make<ev::TicketReplied>(step);
      case Fact::kReviewed: return Accepted<ev::TicketReviewed>(step);
      case Fact::kCallbackRecorded: return CalledBack(step);
      case Fact::kReworked: return Make<ev::TicketReworked>(step);
      case Fact::kClosed: return Closed(step);
      case Fact::kRefused: return Refused(step);
      case Fact::kArchived: return Make<ev::TicketArchived>(step);
      case Fact::kAmended: return Make<ev::TicketAmended>(step);
      case Fact::kExtensionRequested: return ExtensionRequested(step);
      case Fact::kExtensionDecided: return ExtensionDecided(step);
      case Fact::kContacted: return Contacted(step);
      case Fact::kProgressReported: return Make<ev::TicketProgressReported>(step);
      case Fact::kSupervised: return Supervised(step);
      case Fact::kHandedOver: return HandedOver(step);
      case Fact::kHandoverUpdated: return HandoverUpdated(step);
      case Fact::kMerged: return Make<ev::TicketMerged>(step);
      case Fact::kSplit: return Make<ev::TicketSplit>(step);
      case Fact::kReopened: return Make<ev::TicketReopened>(step);
      case Fact::kReportedUp: return Make<ev::TicketReportedUp>(step);
      case Fact::kInstructed: return Make<ev::TicketInstructed>(step);
      case Fact::kDeferred: return Make<ev::TicketDeferred>(step);
      case Fact::kRated: break;
    }
    return Rated(step);
  }

 private:
  ev::Event Dispatched(const Step& step) const {
    ev::TicketDispatched data;
    for (const domain::UnitRef& unit : change_.after.co_units) data.add_co_unit_ids(unit.id);
    return Make(step, std::move(data));
  }
  template <class T>
  ev::Event Accepted(const Step& step) const {
    T data;
    data.set_accepted(step.accepted);
    return Make(step, std::move(data));
  }
  ev::Event CalledBack(const Step& step) const {
    ev::TicketCallbackRecorded data;
    data.set_reached(step.reached);
    data.set_solved(step.solved);
    data.set_satisfaction(step.satisfaction);
    return Make(step, std::move(data));
  }
  ev::Event Closed(const Step& step) const {
    ev::TicketClosed data;
    data.set_answered_at_once(step.answered_at_once);
    data.set_solved(step.solved);
    return Make(step, std::move(data));
  }
  ev::Event Refused(const Step& step) const {
    ev::TicketRefused data;
    data.set_reason(step.reason);
    return Make(step, std::move(data));
  }
  ev::Event ExtensionRequested(const Step& step) const {
    ev::TicketExtensionRequested data;
    *data.mutable_due_time() = ToProto(step.due);
    return Make(step, std::move(data));
  }
  ev::Event ExtensionDecided(const Step& step) const {
    ev::TicketExtensionDecided data;
    data.set_accepted(step.accepted);
    if (step.accepted) *data.mutable_due_time() = ToProto(step.due);
    return Make(step, std::move(data));
  }
  ev::Event Contacted(const Step& step) const {
    ev::TicketContacted data;
    data.set_reached(step.reached);
    return Make(step, std::move(data));
  }
  ev::Event Supervised(const Step& step) const {
    ev::TicketSupervised data;
    data.set_measure(step.measure);
    data.set_clock_id(step.clock_id);
    return Make(step, std::move(data));
  }
  ev::Event HandedOver(const Step& step) const {
    ev::TicketHandedOver data;
    data.set_body(step.body);
    return Make(step, std::move(data));
  }
  ev::Event HandoverUpdated(const Step& step) const {
    ev::TicketHandoverUpdated data;
    data.set_status(step.status);
    return Make(step, std::move(data));
  }
  ev::Event Rated(const Step& step) const {
    ev::Event event = RatingEvent({step.call_id, step.agent_id, step.score}, now_, traceparent_);
    event.set_subject(change_.after.id);
    return event;
  }

  const domain::Change& change_;
  const std::string_view actor_id_;
  const absl::Time now_;
  const std::string_view traceparent_;
};

}  // namespace

std::vector<ev::Event> ToEvents(const domain::Change& change, std::string_view actor_id, absl::Time now, std::string_view traceparent) {
  const Maker maker(change, actor_id, now, traceparent);
  std::vector<ev::Event> made;
  for (const Step& step : change.steps) made.push_back(maker.Of(step));
  return made;
}

ev::Event RatingEvent(const domain::Rate& rating, absl::Time now, std::string_view traceparent) {
  ev::CallRated data;
  data.set_call_id(rating.call_id);
  data.set_agent_id(rating.agent_id);
  data.set_score(rating.score);
  *data.mutable_time() = ToProto(now);
  return events::Make(kSource, rating.call_id, data, now, traceparent);
}

}  // namespace hotline::ticket
