// What a unit does with a matter, and what is decided about it on the way (TKT-7 to TKT-9, TKT-13, TKT-24, TKT-25).
#include <absl/strings/str_cat.h>

#include <algorithm>

#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/rights.h"

namespace hotline::ticket::domain {
namespace {

constexpr std::string_view kReplyStep = "reply";  // of sla_timer's policies: the limit that an extension moves

const Limit* ReplyLimit(const Ticket& ticket) {
  const auto limit = std::find_if(ticket.limits.begin(), ticket.limits.end(), [](const Limit& one) { return one.step == kReplyStep; });
  return limit == ticket.limits.end() ? nullptr : &*limit;
}

std::string DayOf(absl::Time time) { return absl::FormatTime("%Y-%m-%d", time, absl::FixedTimeZone(8 * 60 * 60)); }

// Approvals that a reply of this actor needs: those above what the actor is.
int FirstApproval(const Draft& draft) {
  const std::vector<std::string>& roles = draft.process().approvals;
  for (size_t i = roles.size(); i > 0; --i) {
    if (draft.actor().Has(roles[i - 1])) return static_cast<int>(i);
  }
  return 0;
}

}  // namespace

absl::Status Apply(Draft& draft, const Sign&) {
  Ticket& ticket = draft.ticket();
  ticket.responsible = ticket.unit;
  draft.Add("signed", State::kSigned, Fact::kSigned);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const RequestReturn& command) {
  Ticket& ticket = draft.ticket();
  if (ticket.return_barred) return ReturnBarred();
  if (ticket.return_closed) return ReturnTooLate();
  ++ticket.return_count;
  const bool arbitration = ticket.return_count >= draft.process().arbitration_after;
  ticket.return_from = ticket.state;
  DropExtension(ticket);
  Step& step = draft.Add("returned", arbitration ? State::kArbitration : State::kReturnRequested, Fact::kReturnRequested, command.reason);
  if (!command.suggested_unit_id.empty()) step.changes["suggested_unit_id"] = command.suggested_unit_id;
  if (arbitration) draft.Notify("arbitration", "supervision", absl::StrCat("工单 ", ticket.number, " 多次退单,请裁定承办单位。"));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const DecideReturn& command) {
  Ticket& ticket = draft.ticket();
  const State back = ticket.return_from == State::kNone ? State::kSigned : ticket.return_from;
  const std::string returned_by = ticket.unit.id;
  ticket.return_from = State::kNone;
  if (command.accepted) TakeFromUnit(ticket);
  Step& step = draft.Add("return_decided", command.accepted ? State::kAccepted : back, Fact::kReturnDecided, command.note);
  step.accepted = command.accepted;
  step.changes["accepted"] = command.accepted ? "true" : "false";
  step.changes["returned_by"] = returned_by;
  if (command.improper) step.changes["improper"] = "true";
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const PassUp& command) {
  Ticket& ticket = draft.ticket();
  const std::string from = ticket.unit.id;
  TakeFromUnit(ticket);
  Step& step = draft.Add("passed_up", State::kAccepted, Fact::kReturnDecided, command.reason);
  step.accepted = true;
  step.changes["passed_up_by"] = from;
  draft.Notify("passed_up", "centre", absl::StrCat("工单 ", ticket.number, " 上报市级平台:", command.reason));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Contact& command) {
  HOTLINE_RETURN_IF_ERROR(HasRoom(draft.ticket()));
  Step& step = draft.Add("contacted", Fact::kContacted, command.note);
  step.reached = command.reached;
  step.changes["reached"] = command.reached ? "true" : "false";
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const ReportProgress& command) {
  HOTLINE_RETURN_IF_ERROR(HasRoom(draft.ticket()));
  draft.Add("progress", Fact::kProgressReported, command.text);
  if (command.tell_citizen)
    draft.TellCitizen("progress", absl::StrCat("您反映的事项(受理号 ", draft.ticket().acceptance_number, ")进展:", command.text));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const GiveOpinion& command) {
  Ticket& ticket = draft.ticket();
  HOTLINE_RETURN_IF_ERROR(HasRoom(ticket));
  const auto unit = std::find_if(ticket.co_units.begin(), ticket.co_units.end(),
                                 [&](const UnitRef& one) { return InSubtree(one.path, draft.actor().unit_path); });
  const auto mine = std::find_if(ticket.opinions.begin(), ticket.opinions.end(), [&](const Opinion& one) { return one.unit_id == unit->id; });
  if (mine != ticket.opinions.end()) mine->text = command.text;
  else ticket.opinions.push_back({unit->id, command.text});
  draft.Add("opinion", Fact::kAmended, command.text);
  draft.Notify("opinion", ticket.unit.id, absl::StrCat("工单 ", ticket.number, " 的协办单位已提出意见。"));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Mediate& command) {
  HOTLINE_RETURN_IF_ERROR(HasRoom(draft.ticket()));
  if (draft.ticket().type != Type::kComplaint && draft.ticket().nature != "dispute") return OnlyComplaints();
  draft.Add("mediated", Fact::kAmended, command.text).changes["agreed"] = command.agreed ? "true" : "false";
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const RequestExtension& command) {
  Ticket& ticket = draft.ticket();
  if (ticket.extension_due != absl::InfinitePast()) return ExtensionPending();
  const Limit* limit = ReplyLimit(ticket);
  // Asked before the deadline (TKT-8). An unknown limit is not late.
  if (limit != nullptr && limit->due <= draft.now()) return ExtensionTooLate();
  if (command.due <= draft.now() || (limit != nullptr && limit->due != absl::InfiniteFuture() && command.due <= limit->due)) return ExtensionNotLater();
  ticket.extension_due = command.due;
  Step& step = draft.Add("extension_requested", Fact::kExtensionRequested, command.reason);
  step.due = command.due;
  draft.Notify("extension", draft.process().extension_decider == Decider::kSupervisor ? "supervision" : "centre",
               absl::StrCat("工单 ", ticket.number, " 申请延期至 ", DayOf(command.due), ":", command.reason));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const DecideExtension& command) {
  Ticket& ticket = draft.ticket();
  if (ticket.extension_due == absl::InfinitePast()) return NoExtensionPending();
  const absl::Time due = command.due == absl::InfinitePast() ? ticket.extension_due : command.due;
  if (command.accepted && (due > ticket.extension_due || due <= draft.now())) return ExtensionNotGrantable();
  DropExtension(ticket);
  if (command.accepted) ++ticket.extension_count;
  Step& step = draft.Add("extension_decided", Fact::kExtensionDecided, command.note);
  step.accepted = command.accepted;
  step.changes["accepted"] = command.accepted ? "true" : "false";
  draft.Notify("extension", ticket.unit.id, absl::StrCat("工单 ", ticket.number, command.accepted ? " 的延期申请已批准。" : " 的延期申请未获批准。"));
  if (!command.accepted) return absl::OkStatus();
  step.due = due;
  step.changes["due_time"] = absl::FormatTime(absl::RFC3339_sec, due, absl::UTCTimeZone());
  draft.TellCitizen("extension", absl::StrCat("您反映的事项(受理号 ", ticket.acceptance_number, ")情况较复杂,办理期限延长至 ", DayOf(due), "。"));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Reply& command) {
  Ticket& ticket = draft.ticket();
  ticket.answer = command.text;
  ticket.outcome = command.outcome.empty() ? "resolved" : command.outcome;
  ticket.evidence = command.evidence;
  ticket.approvals_given = FirstApproval(draft);
  const auto needed = static_cast<int>(draft.process().approvals.size());
  if (ticket.approvals_given < needed) {
    DropExtension(ticket);
    Step& step = draft.Add("reply_drafted", State::kApproval, Fact::kAmended, command.text);
    if (!command.internal_note.empty()) step.changes["internal_note"] = command.internal_note;
    draft.Notify("approval", absl::StrCat(draft.process().approvals[static_cast<size_t>(ticket.approvals_given)], ":", ticket.unit.id),
                 absl::StrCat("工单 ", ticket.number, " 的答复待审批。"));
    return absl::OkStatus();
  }
  SendReply(draft, command.text, command.internal_note);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Approve& command) {
  Ticket& ticket = draft.ticket();
  const std::vector<std::string>& roles = draft.process().approvals;
  const auto next = static_cast<size_t>(ticket.approvals_given);
  // Whoever may give a later approval may give the earlier ones with it; none is left out.
  size_t reach = next;
  for (size_t i = next; i < roles.size(); ++i) {
    if (draft.actor().Has(roles[i])) reach = i + 1;
  }
  if (reach == next && next < roles.size()) return NotApprover(roles[next]);
  if (!command.accepted) {
    ticket.approvals_given = 0;
    draft.Add("approval_refused", State::kSigned, Fact::kAmended, command.note);
    return absl::OkStatus();
  }
  ticket.approvals_given = static_cast<int>(reach);
  draft.Add("approved", State::kApproval, Fact::kAmended, command.note);
  if (reach >= roles.size()) SendReply(draft, ticket.answer);
  return absl::OkStatus();
}

}  // namespace hotline::ticket::domain
