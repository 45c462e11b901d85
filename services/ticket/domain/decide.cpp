#include "services/ticket/domain/decide.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <array>

#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/rights.h"
#include "services/ticket/domain/validate.h"

namespace hotline::ticket::domain {
namespace {

template <class... States>
constexpr uint32_t In(States... states) {
  return (Bit(states) | ...);
}

using enum State;
constexpr uint32_t kOpen = kEveryState & ~kEndedStates;
constexpr uint32_t kIntake = In(kTranscribe, kAccepted);
constexpr uint32_t kAtUnit = In(kDispatched, kSigned);
constexpr uint32_t kEndOfReply = In(kReplied, kCallback, kClosed);

// One row a command, in the order of Command's alternatives.
constexpr std::array<Rule, 50> kRules = {{
    {"create", Relation::kCentre, Bit(kNone), In(kTranscribe, kAccepted, kAnswerLater, kDispatched, kClosed), "register; answer or dispatch at once (TKT-4, TKT-5)"},
    {"amend", Relation::kCentre, kIntake | In(kAnswerLater), In(kTranscribe, kAccepted, kAnswerLater), "complete what was registered (TKT-23)"},
    {"dispatch", Relation::kCentreOrLead, In(kAccepted, kCoordination, kAnswerLater) | kAtUnit, In(kDispatched), "send to the lead unit; a unit sends downwards (TKT-6)"},
    {"refuse", Relation::kCentre, kIntake | In(kAnswerLater, kCoordination), In(kRefused), "do not accept, with the reason told (TKT-3)"},
    {"defer", Relation::kCentre, kIntake, In(kAnswerLater), "take a consultation down, to be answered later (TKT-19)"},
    {"answer", Relation::kCentre, In(kAccepted, kAnswerLater), In(kClosed, kCallback), "answer a consultation (TKT-5, TKT-19)"},
    {"coordinate", Relation::kCentre, In(kAccepted, kReportedUp), In(kCoordination), "bring before the leading group (TKT-6)"},
    {"report_up", Relation::kCentre, In(kAccepted, kCoordination), In(kReportedUp), "report up to the leaders (TKT-5)"},
    {"instruct", Relation::kLeader, kOpen, kOpen & ~In(kReportedUp), "a leader's instruction; ends the reporting up (CH-11)"},
    {"hand_over", Relation::kCentreOrLead, In(kAccepted, kSigned), In(kHandedOver), "give to a body outside (TKT-12, TKT-24)"},
    {"update_handover", Relation::kCentre, In(kHandedOver), In(kHandedOver, kAccepted, kCallback, kClosed), "what the body outside tells (TKT-12)"},
    {"set_urgency", Relation::kCentre, kOpen, 0, "more or less urgent"},
    {"set_confidential", Relation::kCentre, kEveryState & ~Bit(kArchived), 0, "keep the caller from the units, or no longer (STD-10)"},
    {"withdraw", Relation::kCentre, kOpen & ~In(kHandedOver, kMerged), In(kClosed), "the citizen takes it back"},
    {"sign", Relation::kLead, In(kDispatched), In(kSigned), "sign for (TKT-4)"},
    {"request_return", Relation::kLead, kAtUnit, In(kReturnRequested, kArbitration), "not responsible, with reasons; again and again: arbitration (TKT-7)"},
    {"decide_return", Relation::kDecider, In(kReturnRequested), In(kAccepted, kDispatched, kSigned), "accepted: before dispatch again; refused: back to the unit (TKT-7)"},
    {"arbitrate", Relation::kSupervision, In(kArbitration), In(kDispatched), "names the unit for good (TKT-7)"},
    {"pass_up", Relation::kLead, kAtUnit, In(kAccepted), "to the city platform, across areas or departments (TKT-27)"},
    {"contact", Relation::kLead, kAtUnit, 0, "spoke with the citizen (SLA-3)"},
    {"report_progress", Relation::kLead, In(kSigned), 0, "how far it is; the reply follows (STD-9)"},
    {"give_opinion", Relation::kCoUnit, kAtUnit | In(kApproval), 0, "a co-handling unit's part of the one reply (TKT-13)"},
    {"mediate", Relation::kLead, In(kSigned), 0, "mediation and how it ended (TKT-24)"},
    {"request_extension", Relation::kLead, In(kSigned), 0, "more time, asked before the limit (TKT-8)"},
    {"decide_extension", Relation::kDecider, In(kSigned), 0, "grants or refuses it (TKT-8)"},
    {"reply", Relation::kLead, In(kSigned), kEndOfReply | In(kApproval), "course and result for the citizen (TKT-9)"},
    {"approve", Relation::kLead, In(kApproval), kEndOfReply | In(kApproval, kSigned), "approval inside the unit (TKT-25)"},
    {"review", Relation::kCentre, In(kReplied), In(kCallback, kClosed, kSigned), "good, or back to the unit (TKT-9)"},
    {"callback", Relation::kCentre, In(kCallback), In(kCallback, kClosed, kSigned, kAccepted), "what the citizen said; once more if not satisfied (TKT-10)"},
    {"archive", Relation::kCentre, In(kClosed, kRefused), In(kArchived), "into the archive (TKT-4)"},
    {"reopen", Relation::kCentre, In(kClosed), In(kSigned, kAccepted), "taken up again"},
    {"rate_matter", Relation::kCentre, In(kClosed), 0, "the citizen's own rating, one a matter (STD-8)"},
    {"review_rating", Relation::kSupervision, In(kClosed), In(kClosed, kSigned, kAccepted), "an upheld bad rating is supervised and handled again (STD-8)"},
    {"publish", Relation::kCentre, In(kClosed, kArchived), 0, "onto the portal, without personal data (TKT-15)"},
    {"unpublish", Relation::kCentre, In(kClosed, kArchived), 0, "off the portal"},
    {"remark", Relation::kSees, kEveryState & ~Bit(kArchived), 0, "a remark, an urging"},
    {"supervise", Relation::kSupervision, kOpen & ~In(kMerged, kTranscribe), 0, "a measure of the ladder (SLA-8)"},
    {"end_supervision", Relation::kSupervision, kEveryState & ~Bit(kArchived), 0, "supervision ends"},
    {"merge", Relation::kCentre, In(kAccepted, kDispatched, kSigned), In(kMerged), "becomes part of a group case (TKT-11)"},
    {"split", Relation::kCentre, In(kMerged), In(kAccepted), "leaves its group case"},
    {"follow_group", Relation::kService, In(kMerged), In(kCallback, kClosed, kRefused), "takes over the group case's result (TKT-11)"},
    {"link", Relation::kCentre, kEveryState & ~Bit(kArchived), 0, "belongs to another ticket (TKT-11)"},
    {"unlink", Relation::kCentre, kEveryState & ~Bit(kArchived), 0, "does not"},
    {"mark_repeat", Relation::kCentre, kEveryState & ~Bit(kArchived), 0, "proposed as an unreasonable repeat (TKT-11)"},
    {"review_repeat", Relation::kSupervision, kEveryState & ~Bit(kArchived), 0, "the mark is confirmed or not (TKT-11)"},
    {"rate", Relation::kService, kEveryState, 0, "the call was rated by key (IVR-10)"},
    {"alarm", Relation::kService, kOpen, 0, "a limit is near or passed (SLA-7)"},
    {"close_return_window", Relation::kService, kOpen, 0, "the time in which it could be returned is over (TKT-7)"},
    {"note_document", Relation::kSees, kEveryState, 0, "a document was made of it (TKT-14)"},
    {"note_ban", Relation::kSupervision, kEveryState, 0, "its caller was banned, or is no longer (TKT-11)"},
}};
static_assert(std::variant_size_v<Command> == kRules.size());

absl::Status CheckRelation(const Rule& rule, const Actor& actor, const Ticket& ticket, const Process& process) {
  const bool supervision = ActsAs(actor, {"supervisor"}) || (actor.Has("county_supervisor") && HandlesTicket(actor, ticket));
  bool allowed = false;
  switch (rule.by) {
    case Relation::kCentre: allowed = IsCityWide(actor); break;
    case Relation::kLead: allowed = LeadsTicket(actor, ticket); break;
    case Relation::kCentreOrLead: allowed = IsCityWide(actor) || LeadsTicket(actor, ticket); break;
    case Relation::kCoUnit: allowed = CoHandlesTicket(actor, ticket); break;
    case Relation::kSees: allowed = MaySee(actor, ticket); break;
    case Relation::kService: allowed = actor.service; break;
    case Relation::kSupervision: allowed = supervision; break;
    case Relation::kLeader: allowed = ActsAs(actor, {"leader", "supervisor"}); break;
    case Relation::kDecider: {
      const bool extension = rule.command == "decide_extension";
      const Decider decider = extension ? process.extension_decider : process.return_decider;
      allowed = ActsAs(actor, {"supervisor"}) || (decider == Decider::kDispatcher && actor.Has("dispatcher"));
      if (!allowed && IsCityWide(actor)) return NotDecider(rule.command);
      break;
    }
  }
  return allowed ? absl::OkStatus() : WrongUnit(ticket.id);
}

Violations CheckAll(const Command& command) {
  Violations found = std::visit([](const auto& c) { return Check(c); }, command);
  const Create* create = std::get_if<Create>(&command);
  if (create != nullptr && create->dispatch) {
    for (base::FieldViolation& violation : Check(*create->dispatch)) {
      violation.field = "dispatch_" + violation.field;
      found.push_back(std::move(violation));
    }
  }
  return found;
}

// What a draft may not bring along.
Ticket FreshOf(const Create& create) {
  const Ticket& draft = create.draft;
  Ticket fresh;
  fresh.id = draft.id;
  fresh.number = draft.number;
  fresh.acceptance_number = draft.acceptance_number;
  fresh.type = draft.type;
  fresh.urgency = draft.urgency;
  fresh.channel = draft.channel;
  fresh.handling = draft.handling;
  fresh.caller = draft.caller;
  fresh.caller.masked = false;
  fresh.title = draft.title;
  fresh.content = draft.content;
  fresh.category_id = draft.category_id;
  fresh.tags = draft.tags;
  fresh.area_code = draft.area_code;
  fresh.place = draft.place;
  SetPoint(fresh, draft.longitude, draft.latitude);
  fresh.party_complained_of = draft.party_complained_of;
  fresh.parties_concerned = draft.parties_concerned;
  fresh.nature = draft.nature;
  fresh.occur_time = draft.occur_time;
  fresh.extra = draft.extra;
  fresh.line = draft.line;
  fresh.call_id = draft.call_id;
  fresh.recording_id = draft.recording_id;
  fresh.links = draft.links;
  return fresh;
}

// Everything in micros, as the database keeps it: what is decided is what is read again.
absl::Time Micros(absl::Time time) {
  return time == absl::InfinitePast() || time == absl::InfiniteFuture() ? time : absl::FromUnixMicros(absl::ToUnixMicros(time));
}

}  // namespace

std::span<const Rule> Rules() { return kRules; }

std::string_view CommandName(const Command& command) { return kRules[command.index()].command; }

absl::StatusOr<Change> Decide(const Ticket* current, const Command& command, const Actor& actor, absl::Time now, const Process& process) {
  const Rule& rule = kRules[command.index()];
  const Create* create = std::get_if<Create>(&command);
  Ticket fresh;
  if (create != nullptr) fresh = FreshOf(*create);
  HOTLINE_RETURN_IF_ERROR(CheckRelation(rule, actor, create != nullptr ? fresh : *current, process));
  Violations found = CheckAll(command);
  if (create != nullptr && !actor.service) {
    // What a service takes down (a recorded message) is completed by a person before it is dispatched.
    for (base::FieldViolation& violation : CheckForm(process, create->draft, create->draft.extra)) found.push_back(std::move(violation));
  }
  HOTLINE_RETURN_IF_ERROR(ToStatus(std::move(found)));
  if (create != nullptr) fresh.occur_time = Micros(fresh.occur_time);
  static const Ticket kNothing;
  const Ticket& before = create != nullptr ? kNothing : *current;
  if ((rule.from & Bit(before.state)) == 0) return WrongState(before.state, rule.command);
  Draft draft(before, actor, Micros(now), process);
  if (create != nullptr) {
    const int64_t version = draft.ticket().version;
    draft.ticket() = std::move(fresh);
    draft.ticket().version = version;
    draft.ticket().update_time = draft.now();
    draft.ticket().process_version = process.version;
  }
  HOTLINE_RETURN_IF_ERROR(std::visit([&](const auto& c) { return Apply(draft, c); }, command));
  return std::move(draft).Take();
}

}  // namespace hotline::ticket::domain
