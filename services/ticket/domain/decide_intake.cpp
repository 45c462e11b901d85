// Registering, dispatching, and what the centre does before a unit has the matter.
#include <absl/strings/str_cat.h>

#include "libs/base/view.h"
#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/rights.h"

namespace hotline::ticket::domain {
namespace {

using base::Sv;

absl::Status CheckTarget(const Draft& draft, const UnitRef& lead, std::string_view field, const Unit& unit, bool downwards) {
  if (!unit.active) return UnitInactive(field, unit.id);
  if (downwards && (unit.id == lead.id || !InSubtree(unit.path, draft.actor().unit_path))) return UnitOutsideSubtree(unit.id);
  return absl::OkStatus();
}

absl::Status CheckTargets(const Draft& draft, const UnitRef& lead, const Dispatch& to, bool downwards) {
  HOTLINE_RETURN_IF_ERROR(CheckTarget(draft, lead, "unit_id", to.lead, downwards));
  for (size_t i = 0; i < to.co_units.size(); ++i)
    HOTLINE_RETURN_IF_ERROR(CheckTarget(draft, lead, absl::StrCat("co_unit_ids[", i, "]"), to.co_units[i], downwards));
  return absl::OkStatus();
}

void SendTo(Draft& draft, const Dispatch& to) {
  Ticket& ticket = draft.ticket();
  TakeFromUnit(ticket);
  ticket.unit = {to.lead.id, to.lead.path};
  for (const Unit& unit : to.co_units) ticket.co_units.push_back({unit.id, unit.path});
  // First asked stays responsible until another signs (STD-6).
  if (ticket.responsible.id.empty()) ticket.responsible = ticket.unit;
  if (ticket.handling == Handling::kUnspecified) ticket.handling = Handling::kPassOn;
  Step& step = draft.Add("dispatched", State::kDispatched, Fact::kDispatched, to.note);
  if (!to.rule.empty()) step.changes["rule"] = to.rule;
}

}  // namespace

absl::Status Apply(Draft& draft, const Dispatch& command) {
  Ticket& ticket = draft.ticket();
  // A unit passes a matter on only to its own second and third level (TKT-6), the centre before somebody has signed.
  const bool downwards = !IsCityWide(draft.actor());
  const bool with_unit = ticket.state == State::kDispatched || ticket.state == State::kSigned;
  if (downwards ? !with_unit : ticket.state == State::kSigned) return WrongState(ticket.state, "dispatch");
  HOTLINE_RETURN_IF_ERROR(CheckTargets(draft, ticket.unit, command, downwards));
  ProposeRepeat(draft, command.repeat);
  SendTo(draft, command);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Arbitrate& command) {
  Ticket& ticket = draft.ticket();
  HOTLINE_RETURN_IF_ERROR(CheckTargets(draft, ticket.unit, command.to, /*downwards=*/false));
  ticket.return_from = State::kNone;
  ticket.return_barred = true;
  Step& step = draft.Add("arbitrated", State::kDispatched, Fact::kReturnDecided, command.to.note);
  step.accepted = true;
  step.changes["improper"] = command.improper ? "true" : "false";
  step.changes["returned_by"] = ticket.unit.id;
  SendTo(draft, command.to);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Create& command) {
  Ticket& ticket = draft.ticket();
  ticket.created_by = draft.actor().id;
  ticket.create_time = draft.now();
  if (ticket.urgency == Urgency::kUnspecified) ticket.urgency = Urgency::kOrdinary;
  if (ticket.channel == Channel::kLeader) ticket.leader_instructed = true;  // handed down by the leaders (CH-11)
  const bool transcribe = draft.actor().service && !ticket.recording_id.empty();
  const State first = transcribe ? State::kTranscribe : command.answer_later ? State::kAnswerLater : State::kAccepted;
  if (command.answer_later && ticket.type != Type::kConsultation) return OnlyConsultations("defer");
  draft.Add("created", first, Fact::kCreated);
  draft.TellCitizen("receipt", absl::StrCat("您反映的事项已受理,受理号 ", ticket.acceptance_number, "。"));
  ProposeRepeat(draft, command.repeat);
  if (command.answer_later) draft.Add("deferred", State::kAnswerLater, Fact::kDeferred);
  if (!command.answer.empty()) {
    ticket.answer = command.answer;
    ticket.outcome = "explained";
    ticket.handling = Handling::kAnswer;
    Step& closed = Close(draft, "answered", /*solved=*/true);
    closed.answered_at_once = true;
    closed.note = command.answer;
    if (!command.article_id.empty()) closed.changes["article_id"] = command.article_id;
  } else if (command.dispatch) {
    if (transcribe) return WrongState(State::kTranscribe, "dispatch");
    return Apply(draft, *command.dispatch);
  }
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Amend& command) {
  Ticket& ticket = draft.ticket();
  // A recording is written down once it says what it is about.
  const bool written = !command.title.empty() && !command.content.empty();
  const State next = ticket.state == State::kTranscribe && written ? State::kAccepted : ticket.state;
  const auto put = [](std::string& field, const std::string& value) {
    if (!value.empty()) field = value;
  };
  if (command.type != Type::kUnspecified) {
    if (ticket.state == State::kAnswerLater && command.type != Type::kConsultation) return OnlyConsultations("defer");
    ticket.type = command.type;
    if (draft.process().type == command.type) ticket.process_version = draft.process().version;
  }
  if (command.urgency != Urgency::kUnspecified) ticket.urgency = command.urgency;
  put(ticket.title, command.title);
  put(ticket.content, command.content);
  put(ticket.category_id, command.category_id);
  put(ticket.area_code, command.area_code);
  put(ticket.place, command.place);
  put(ticket.caller.name, command.caller_name);
  put(ticket.caller.phone, command.caller_phone);
  put(ticket.party_complained_of, command.party_complained_of);
  if (!command.tags.empty()) ticket.tags = command.tags;
  if (command.longitude && command.latitude) SetPoint(ticket, *command.longitude, *command.latitude);
  for (const auto& [field, value] : command.extra) ticket.extra[field] = value;
  HOTLINE_RETURN_IF_ERROR(ToStatus(CheckForm(draft.process(), ticket, ticket.extra)));
  draft.Add("amended", next, Fact::kAmended, command.note);
  ProposeRepeat(draft, command.repeat);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Refuse& command) {
  Ticket& ticket = draft.ticket();
  ticket.refuse_reason = command.reason;
  ticket.close_time = draft.now();
  ticket.close_reason = "refused";
  StopClocks(ticket);
  Step& step = draft.Add("refused", State::kRefused, Fact::kRefused, command.note);
  step.reason = command.reason;
  if (!command.referred_to.empty()) step.changes["referred_to"] = command.referred_to;
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Defer& command) {
  if (draft.ticket().type != Type::kConsultation) return OnlyConsultations("defer");
  draft.Add("deferred", State::kAnswerLater, Fact::kDeferred, command.note);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Answer& command) {
  Ticket& ticket = draft.ticket();
  if (ticket.type != Type::kConsultation) return OnlyConsultations("answer");
  ticket.answer = command.text;
  ticket.outcome = "explained";
  ticket.handling = Handling::kAnswer;
  if (command.told) {
    Step& closed = Close(draft, "answered", /*solved=*/true);
    closed.note = command.text;
    if (!command.article_id.empty()) closed.changes["article_id"] = command.article_id;
    return absl::OkStatus();
  }
  // Somebody rings the citizen with it.
  Step& step = draft.Add("replied", State::kCallback, Fact::kReplied, command.text);
  if (!command.article_id.empty()) step.changes["article_id"] = command.article_id;
  SkipReview(draft);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Coordinate& command) {
  draft.ticket().handling = Handling::kCoordinate;
  draft.Add("coordinated", State::kCoordination, Fact::kAmended, command.note);
  draft.Notify("coordination", "leader", absl::StrCat("工单 ", draft.ticket().number, " 提请领导小组协调:", command.note));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const ReportUp& command) {
  draft.ticket().handling = Handling::kReportUp;
  Step& step = draft.Add("reported_up", State::kReportedUp, Fact::kReportedUp, command.text);
  if (!command.to.empty()) step.changes["to"] = command.to;
  draft.Notify("submission", "leader", absl::StrCat("呈阅:工单 ", draft.ticket().number, ",", command.text));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Instruct& command) {
  Ticket& ticket = draft.ticket();
  HOTLINE_RETURN_IF_ERROR(HasRoom(ticket));
  ticket.leader_instructed = true;
  const State next = ticket.state == State::kReportedUp ? State::kAccepted : ticket.state;
  draft.Add("instruction", next, Fact::kInstructed, command.text);
  if (!ticket.unit.id.empty()) draft.Notify("instruction", ticket.unit.id, absl::StrCat("工单 ", ticket.number, " 有领导批示:", command.text));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const HandOver& command) {
  Ticket& ticket = draft.ticket();
  TakeFromUnit(ticket);
  ticket.handover_body = command.body;
  ticket.handover_status = "sent";
  ticket.handover_reference.clear();
  Step& step = draft.Add("handed_over", State::kHandedOver, Fact::kHandedOver, command.note);
  step.body = command.body;
  draft.Notify("handover", absl::StrCat("body:", command.body), absl::StrCat("移交工单 ", ticket.number, ":", ticket.title));
  draft.TellCitizen("handover", absl::StrCat("您反映的事项(受理号 ", ticket.acceptance_number, ")已移交有关单位处理。"));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const UpdateHandover& command) {
  Ticket& ticket = draft.ticket();
  HOTLINE_RETURN_IF_ERROR(HasRoom(ticket));
  const bool done = command.status == "done";
  const bool declined = command.status == "declined";
  ticket.handover_status = command.status;
  if (!command.reference.empty()) ticket.handover_reference = command.reference;
  if (declined) ticket.handover_body.clear();
  if (done) {
    ticket.answer = command.note;
    ticket.outcome = "explained";
  }
  const State next = declined ? State::kAccepted : done ? State::kCallback : State::kHandedOver;
  Step& step = draft.Add("handover_updated", next, Fact::kHandoverUpdated, command.note);
  step.status = command.status;
  if (!done) return absl::OkStatus();
  SkipReview(draft);
  if (!draft.process().callback) Close(draft, "handed_over", /*solved=*/false);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const SetUrgency& command) {
  if (draft.ticket().urgency == command.urgency) return NothingToChange("urgency");
  draft.ticket().urgency = command.urgency;
  draft.Add("urgency_set", Fact::kAmended, command.note);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const SetConfidential& command) {
  if (draft.ticket().caller.confidential == command.confidential) return NothingToChange("confidential");
  draft.ticket().caller.confidential = command.confidential;
  draft.Add("confidential_set", Fact::kAmended, command.note);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Withdraw& command) {
  Ticket& ticket = draft.ticket();
  ticket.return_from = State::kNone;
  const std::string unit = ticket.unit.id;
  Close(draft, "withdrawn", /*solved=*/false).note = command.note;
  if (!unit.empty()) draft.Notify("withdrawn", unit, absl::StrCat("工单 ", Sv(ticket.number), " 已由诉求人撤回。"));
  return absl::OkStatus();
}

}  // namespace hotline::ticket::domain
