#include "services/ticket/domain/decide.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <array>

#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/rights.h"
#include "services/ticket/domain/validate.h"

namespace hotline::ticket::domain {
namespace {

constexpr uint32_t kAll = ((1u << kStates) - 1) & ~Bit(State::kNone);
constexpr uint32_t kEnded = Bit(State::kClosed) | Bit(State::kArchived) | Bit(State::kRefused);

// The table of decide.h.
constexpr std::array<Rule, 14> kRules = {{
    {"create", Relation::kCentre, Bit(State::kNone)},
    {"amend", Relation::kCentre, Bit(State::kTranscribe) | Bit(State::kAccepted)},
    {"dispatch", Relation::kCentreOrLead, Bit(State::kAccepted) | Bit(State::kDispatched) | Bit(State::kSigned)},
    {"sign", Relation::kLead, Bit(State::kDispatched)},
    {"request_return", Relation::kLead, Bit(State::kDispatched) | Bit(State::kSigned)},
    {"decide_return", Relation::kCentre, Bit(State::kReturnRequested)},
    {"reply", Relation::kLead, Bit(State::kSigned)},
    {"review", Relation::kCentre, Bit(State::kReplied)},
    {"callback", Relation::kCentre, Bit(State::kCallback)},
    {"archive", Relation::kCentre, Bit(State::kClosed) | Bit(State::kRefused)},
    {"refuse", Relation::kCentre, Bit(State::kTranscribe) | Bit(State::kAccepted)},
    {"remark", Relation::kSees, kAll & ~Bit(State::kArchived)},
    {"rate", Relation::kService, kAll},
    {"alarm", Relation::kService, kAll & ~kEnded},
}};

// A change in the making: every step is written down with the state it leaves.
class Draft {
 public:
  Draft(const Ticket& before, const Actor& actor, absl::Time now) : actor_(actor), now_(now) {
    change_.after = before;
    change_.after.update_time = now;
    ++change_.after.version;
  }
  Ticket& ticket() { return change_.after; }
  const Actor& actor() const { return actor_; }
  absl::Time now() const { return now_; }

  // Moves to `state` and writes it down.
  Step& Add(std::string_view action, State state, Fact fact, std::string_view note = {}) {
    Ticket& ticket = change_.after;
    ticket.state = state;
    Step step;
    step.sequence = ++ticket.history_count;
    step.action = std::string(action);
    step.note = std::string(note);
    step.state = state;
    step.unit = ticket.unit;
    step.rework_count = ticket.rework_count;
    step.fact = fact;
    change_.steps.push_back(std::move(step));
    return change_.steps.back();
  }
  void Notify(std::string_view kind, std::string_view addressee, std::string text) {
    change_.notices.push_back({std::string(kind), std::string(addressee), std::move(text)});
  }
  Change Take() && { return std::move(change_); }

 private:
  const Actor& actor_;
  const absl::Time now_;
  Change change_;
};

std::string CoUnitIds(const Ticket& ticket) {
  return absl::StrJoin(ticket.co_units, ",", [](std::string* out, const UnitRef& unit) { out->append(unit.id); });
}

// An ended ticket has no limits; sla_timer's last word about its clocks may still be under way.
void StopClocks(Ticket& ticket) {
  ticket.limits.clear();
  ticket.light = Light::kUnspecified;
  ticket.due_time = absl::InfiniteFuture();
}

Step& Close(Draft& draft, bool answered_at_once, bool solved) {
  Ticket& ticket = draft.ticket();
  ticket.solved = solved;
  ticket.close_time = draft.now();
  StopClocks(ticket);
  Step& step = draft.Add("closed", State::kClosed, Fact::kClosed);
  step.answered_at_once = answered_at_once;
  step.solved = solved;
  step.changes["solved"] = solved ? "true" : "false";
  draft.Notify("result", "citizen", absl::StrCat("您反映的事项(受理号 ", ticket.acceptance_number, ")已办结,可凭受理号查询结果。"));
  return step;
}

absl::Status CheckTarget(const Draft& draft, const Ticket& before, std::string_view field, const Unit& unit, bool downwards) {
  if (!unit.active) return UnitInactive(field, unit.id);
  if (downwards && (unit.id == before.unit.id || !InSubtree(unit.path, draft.actor().unit_path))) return UnitOutsideSubtree(unit.id);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Dispatch& command) {
  Ticket& ticket = draft.ticket();
  // A unit passes a matter on only to its own second and third level (TKT-6), the centre before somebody has signed.
  const bool downwards = !IsCityWide(draft.actor());
  if (downwards ? ticket.state == State::kAccepted : ticket.state == State::kSigned) return WrongState(ticket.state, "dispatch");
  HOTLINE_RETURN_IF_ERROR(CheckTarget(draft, ticket, "unit_id", command.lead, downwards));
  for (size_t i = 0; i < command.co_units.size(); ++i)
    HOTLINE_RETURN_IF_ERROR(CheckTarget(draft, ticket, absl::StrCat("co_unit_ids[", i, "]"), command.co_units[i], downwards));
  ticket.unit = {command.lead.id, command.lead.path};
  ticket.co_units.clear();
  for (const Unit& unit : command.co_units) ticket.co_units.push_back({unit.id, unit.path});
  if (ticket.handling == Handling::kUnspecified) ticket.handling = Handling::kPassOn;
  Step& step = draft.Add("dispatched", State::kDispatched, Fact::kDispatched, command.note);
  step.changes["unit_id"] = ticket.unit.id;
  if (!ticket.co_units.empty()) step.changes["co_unit_ids"] = CoUnitIds(ticket);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Create& command) {
  Ticket& ticket = draft.ticket();
  ticket.created_by = draft.actor().id;
  ticket.create_time = draft.now();
  if (ticket.urgency == Urgency::kUnspecified) ticket.urgency = Urgency::kOrdinary;
  const bool transcribe = draft.actor().service && !ticket.recording_id.empty();
  Step& created = draft.Add("created", transcribe ? State::kTranscribe : State::kAccepted, Fact::kCreated);
  created.changes["channel"] = absl::StrCat(static_cast<int>(ticket.channel));
  created.changes["type"] = absl::StrCat(static_cast<int>(ticket.type));
  if (!ticket.category_id.empty()) created.changes["category_id"] = ticket.category_id;
  draft.Notify("receipt", "citizen", absl::StrCat("您反映的事项已受理,受理号 ", ticket.acceptance_number, "。"));
  if (!command.answer.empty()) {
    ticket.answer = command.answer;
    ticket.handling = Handling::kAnswer;
    Step& closed = Close(draft, /*answered_at_once=*/true, /*solved=*/true);
    closed.note = command.answer;
    if (!command.article_id.empty()) closed.changes["article_id"] = command.article_id;
  } else if (command.dispatch) {
    if (transcribe) return WrongState(State::kTranscribe, "dispatch");
    return Apply(draft, *command.dispatch);
  }
  return absl::OkStatus();
}

template <class T>
void Replace(T& field, const T& value, Step& step, std::string_view name, std::string text) {
  if (field == value) return;
  field = value;
  step.changes[std::string(name)] = std::move(text);
}

absl::Status Apply(Draft& draft, const Amend& command) {
  Ticket& ticket = draft.ticket();
  // A recording is written down once it says what it is about.
  const bool written = !command.title.empty() && !command.content.empty();
  const State next = ticket.state == State::kTranscribe && !written ? State::kTranscribe : State::kAccepted;
  Step& step = draft.Add("amended", next, Fact::kAmended, command.note);
  if (command.type != Type::kUnspecified) Replace(ticket.type, command.type, step, "type", absl::StrCat(static_cast<int>(command.type)));
  if (!command.title.empty()) Replace(ticket.title, command.title, step, "title", command.title);
  if (!command.content.empty()) Replace(ticket.content, command.content, step, "content", command.content);
  if (!command.category_id.empty()) Replace(ticket.category_id, command.category_id, step, "category_id", command.category_id);
  if (command.urgency != Urgency::kUnspecified) Replace(ticket.urgency, command.urgency, step, "urgency", absl::StrCat(static_cast<int>(command.urgency)));
  if (!command.area_code.empty()) Replace(ticket.area_code, command.area_code, step, "area_code", command.area_code);
  // An exact address is personal: that it changed is told, what it is lies encrypted with the ticket.
  if (!command.place.empty()) Replace(ticket.place, command.place, step, "place", "*");
  if (!command.tags.empty()) Replace(ticket.tags, command.tags, step, "tags", absl::StrJoin(command.tags, ","));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Sign&) {
  draft.Add("signed", State::kSigned, Fact::kSigned);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const RequestReturn& command) {
  draft.ticket().return_from = draft.ticket().state;
  Step& step = draft.Add("returned", State::kReturnRequested, Fact::kReturnRequested, command.reason);
  if (!command.suggested_unit_id.empty()) step.changes["suggested_unit_id"] = command.suggested_unit_id;
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const DecideReturn& command) {
  Ticket& ticket = draft.ticket();
  const State back = ticket.return_from == State::kNone ? State::kSigned : ticket.return_from;
  ticket.return_from = State::kNone;
  if (command.accepted) {
    ticket.unit = {};
    ticket.co_units.clear();
  }
  Step& step = draft.Add("return_decided", command.accepted ? State::kAccepted : back, Fact::kReturnDecided, command.note);
  step.accepted = command.accepted;
  step.changes["accepted"] = command.accepted ? "true" : "false";
  if (command.accepted) step.changes["unit_id"] = "";
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Reply& command) {
  draft.ticket().answer = command.text;
  Step& step = draft.Add("replied", State::kReplied, Fact::kReplied, command.text);
  if (!command.internal_note.empty()) step.changes["internal_note"] = command.internal_note;
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Review& command) {
  Step& step = draft.Add("reviewed", command.accepted ? State::kCallback : State::kSigned, Fact::kReviewed, command.note);
  step.accepted = command.accepted;
  step.changes["accepted"] = command.accepted ? "true" : "false";
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Callback& command) {
  Ticket& ticket = draft.ticket();
  if (!command.reached && ticket.history_count >= kMaxFreeHistoryEntries) return HistoryFull(ticket.id);
  Step& step = draft.Add("callback", State::kCallback, Fact::kCallbackRecorded, command.note);
  step.reached = command.reached;
  step.solved = command.solved;
  step.satisfaction = command.satisfaction;
  step.changes["reached"] = command.reached ? "true" : "false";
  if (!command.call_id.empty()) step.changes["call_id"] = command.call_id;
  if (!command.reached) return absl::OkStatus();
  step.changes["solved"] = command.solved ? "true" : "false";
  step.changes["satisfaction"] = command.satisfaction;
  ticket.solved = command.solved;
  ticket.satisfaction = command.satisfaction;
  const bool bad = !command.solved || command.satisfaction == "dissatisfied" || command.satisfaction == "very_dissatisfied";
  if (bad && ticket.rework_count < kMaxRework && !ticket.unit.id.empty()) {
    ++ticket.rework_count;
    draft.Add("reworked", State::kSigned, Fact::kReworked).changes["rework_count"] = absl::StrCat(ticket.rework_count);
    return absl::OkStatus();
  }
  // After the second handling a matter closes as it stands: unsolved if the citizen says so.
  Close(draft, /*answered_at_once=*/false, command.solved);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Archive&) {
  draft.Add("archived", State::kArchived, Fact::kArchived);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Refuse& command) {
  Ticket& ticket = draft.ticket();
  ticket.refuse_reason = command.reason;
  ticket.close_time = draft.now();
  StopClocks(ticket);
  Step& step = draft.Add("refused", State::kRefused, Fact::kRefused, command.note);
  step.reason = command.reason;
  step.changes["refuse_reason"] = command.reason;
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Remark& command) {
  Ticket& ticket = draft.ticket();
  if (!MayRemark(draft.actor(), command.kind)) return RemarkNotAllowed();
  if (ticket.history_count >= kMaxFreeHistoryEntries) return HistoryFull(ticket.id);
  draft.Add(command.kind, ticket.state, Fact::kAmended, command.text);
  if (command.kind == "urging" && !ticket.unit.id.empty())
    draft.Notify("urging", ticket.unit.id, absl::StrCat("工单 ", ticket.number, " 被催办:", command.text));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Rate& command) {
  Ticket& ticket = draft.ticket();
  --ticket.version;  // not a command of a person who holds the ticket open: the etag stays
  Step& step = draft.Add("rated", ticket.state, Fact::kRated);
  step.call_id = command.call_id;
  step.agent_id = command.agent_id;
  step.score = command.score;
  step.changes["score"] = absl::StrCat(command.score);
  step.changes["call_id"] = command.call_id;
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Alarm& command) {
  Ticket& ticket = draft.ticket();
  --ticket.version;  // as above: a passing limit must not make an officer's reply fail
  const bool red = command.limit.light == Light::kRed;
  Step& step = draft.Add(red ? "overdue" : "warned", ticket.state, Fact::kAmended);
  step.changes["step"] = command.limit.step;
  step.changes["clock_id"] = command.limit.clock_id;
  if (command.limit.due != absl::InfiniteFuture()) step.changes["due_time"] = absl::FormatTime(absl::RFC3339_sec, command.limit.due, absl::UTCTimeZone());
  const std::string addressee = ticket.unit.id.empty() ? "centre" : ticket.unit.id;
  draft.Notify(red ? "overdue" : "warning", addressee,
               absl::StrCat("工单 ", ticket.number, red ? " 已超时限,请立即办理。" : " 即将到时限,请及时办理。"));
  if (red && !ticket.unit.id.empty())
    draft.Notify("overdue", absl::StrCat("unit_lead:", ticket.unit.id), absl::StrCat("抄送:工单 ", ticket.number, " 已超时限。"));
  return absl::OkStatus();
}

absl::Status CheckRelation(Relation relation, const Actor& actor, const Ticket& ticket) {
  bool allowed = false;
  switch (relation) {
    case Relation::kCentre: allowed = IsCityWide(actor); break;
    case Relation::kLead: allowed = LeadsTicket(actor, ticket); break;
    case Relation::kCentreOrLead: allowed = IsCityWide(actor) || LeadsTicket(actor, ticket); break;
    case Relation::kSees: allowed = MaySee(actor, ticket); break;
    case Relation::kService: allowed = actor.service; break;
  }
  return allowed ? absl::OkStatus() : WrongUnit(ticket.id);
}

}  // namespace

std::span<const Rule> Rules() { return kRules; }

std::string_view CommandName(const Command& command) { return kRules[command.index()].command; }

absl::StatusOr<Change> Decide(const Ticket* current, const Command& command, const Actor& actor, absl::Time now) {
  static_assert(std::variant_size_v<Command> == kRules.size());
  const Rule& rule = kRules[command.index()];
  const Create* create = std::get_if<Create>(&command);
  Ticket fresh;
  if (create != nullptr) {
    fresh = create->draft;
    fresh.state = State::kNone;
    fresh.unit = {};
    fresh.co_units.clear();
    fresh.limits.clear();
    fresh.version = fresh.history_count = fresh.rework_count = 0;
  }
  const Ticket& before = create != nullptr ? fresh : *current;
  HOTLINE_RETURN_IF_ERROR(CheckRelation(rule.by, actor, before));
  Violations found = std::visit([](const auto& c) { return Check(c); }, command);
  if (create != nullptr && create->dispatch) {
    Violations more = Check(*create->dispatch);
    for (base::FieldViolation& violation : more) violation.field = "dispatch_" + violation.field;
    found.insert(found.end(), more.begin(), more.end());
  }
  HOTLINE_RETURN_IF_ERROR(ToStatus(std::move(found)));
  if ((rule.from & Bit(before.state)) == 0) return WrongState(before.state, rule.command);
  Draft draft(before, actor, now);
  HOTLINE_RETURN_IF_ERROR(std::visit([&](const auto& c) { return Apply(draft, c); }, command));
  return std::move(draft).Take();
}

}  // namespace hotline::ticket::domain
