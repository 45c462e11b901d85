// Supervision (SLA-7, SLA-8) and what binds a ticket to others (TKT-11).
#include <absl/strings/str_cat.h>

#include <algorithm>

#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/rights.h"

namespace hotline::ticket::domain {
namespace {

const Measure* FindMeasure(std::string_view id) {
  const auto found = std::find_if(kMeasures.begin(), kMeasures.end(), [&](const Measure& one) { return one.id == id; });
  return found == kMeasures.end() ? nullptr : &*found;
}

std::string AddresseeOf(const Ticket& ticket, const std::string& role) {
  if (role == "supervision" || role == "leader") return role;
  if (ticket.unit.id.empty()) return "centre";
  return role == "unit" ? ticket.unit.id : absl::StrCat(role, ":", ticket.unit.id);
}

}  // namespace

absl::Status Apply(Draft& draft, const Remark& command) {
  Ticket& ticket = draft.ticket();
  if (!MayRemark(draft.actor(), command.kind)) return RemarkNotAllowed();
  HOTLINE_RETURN_IF_ERROR(HasRoom(ticket));
  draft.Add(command.kind, Fact::kAmended, command.text);
  if (command.kind == "urging" && !ticket.unit.id.empty())
    draft.Notify("urging", ticket.unit.id, absl::StrCat("工单 ", ticket.number, " 被催办:", command.text));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Supervise& command) {
  Ticket& ticket = draft.ticket();
  HOTLINE_RETURN_IF_ERROR(HasRoom(ticket));
  const Measure* measure = FindMeasure(command.measure);
  if (draft.actor().service) draft.KeepEtag();  // the ladder's, not a person's
  ticket.supervision_level = std::max(ticket.supervision_level, measure->level);
  ticket.supervised = true;
  Step& step = draft.Add("supervised", Fact::kSupervised, command.text);
  step.measure = command.measure;
  step.clock_id = command.clock_id;
  step.changes["measure"] = command.measure;
  if (!command.clock_id.empty()) step.changes["clock_id"] = command.clock_id;
  std::vector<std::string> addressees = command.addressees;
  if (addressees.empty()) addressees = {"unit", "unit_lead"};
  for (const std::string& role : addressees) {
    std::string text = absl::StrCat("【", absl::string_view(measure->name.data(), measure->name.size()), "】工单 ", ticket.number, ":", command.text.empty() ? "已超时限,请立即办理并报告。" : command.text);
    draft.Notify("supervision", AddresseeOf(ticket, role), role == "unit" ? std::move(text) : absl::StrCat("抄送:", text));
  }
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const EndSupervision& command) {
  if (!draft.ticket().supervised) return NothingToChange("supervised");
  draft.ticket().supervised = false;
  draft.Add("supervision_ended", Fact::kAmended, command.note);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Alarm& command) {
  Ticket& ticket = draft.ticket();
  draft.KeepEtag();
  const bool red = command.limit.light == Light::kRed;
  Step& step = draft.Add(red ? "overdue" : "warned", Fact::kAmended);
  step.changes["step"] = command.limit.step;
  step.changes["clock_id"] = command.limit.clock_id;
  if (command.limit.due != absl::InfiniteFuture()) step.changes["due_time"] = absl::FormatTime(absl::RFC3339_sec, command.limit.due, absl::UTCTimeZone());
  const std::string addressee = ticket.unit.id.empty() ? "centre" : ticket.unit.id;
  draft.Notify(red ? "overdue" : "warning", addressee,
               absl::StrCat("工单 ", ticket.number, red ? " 已超时限,请立即办理。" : " 即将到时限,请及时办理。"));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const CloseReturnWindow&) {
  draft.KeepEtag();
  draft.ticket().return_closed = true;
  draft.Add("return_window_closed", Fact::kAmended);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Merge& command) {
  Ticket& ticket = draft.ticket();
  if (command.group_id == ticket.id) return GroupOfItself();
  const std::string unit = ticket.unit.id;
  TakeFromUnit(ticket);
  ticket.group_id = command.group_id;
  draft.Add("merged", State::kMerged, Fact::kMerged, command.note).changes["group_number"] = command.group_number;
  if (!unit.empty()) draft.Notify("merged", unit, absl::StrCat("工单 ", ticket.number, " 已并入 ", command.group_number, ",无须单独办理。"));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Split& command) {
  draft.ticket().group_id.clear();
  draft.Add("split", State::kAccepted, Fact::kSplit, command.note);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const FollowGroup& command) {
  Ticket& ticket = draft.ticket();
  ticket.answer = command.answer;
  ticket.outcome = command.outcome;
  ticket.unit = command.unit;  // who handled it for all
  if (ticket.responsible.id.empty()) ticket.responsible = ticket.unit;
  if (command.group_state == State::kRefused) {
    Refuse refuse{command.refuse_reason, "", ""};
    return Apply(draft, refuse);
  }
  draft.Add("group_result", State::kCallback, Fact::kReviewed, command.answer).accepted = true;
  if (!draft.process().callback || command.answer.empty()) Close(draft, "group", /*solved=*/command.outcome == "resolved");
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const LinkTo& command) {
  Ticket& ticket = draft.ticket();
  HOTLINE_RETURN_IF_ERROR(HasRoom(ticket));
  if (command.other_id == ticket.id) return GroupOfItself();
  const auto there = std::find_if(ticket.links.begin(), ticket.links.end(), [&](const Link& one) { return one.ticket_id == command.other_id; });
  if (there != ticket.links.end()) return NothingToChange("links");
  if (ticket.links.size() >= kMaxLinks) return TooManyLinks();
  ticket.links.push_back({command.other_id, command.kind});
  draft.Add("linked", Fact::kAmended, command.note);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Unlink& command) {
  Ticket& ticket = draft.ticket();
  HOTLINE_RETURN_IF_ERROR(HasRoom(ticket));
  if (std::erase_if(ticket.links, [&](const Link& one) { return one.ticket_id == command.other_id; }) == 0) return NothingToChange("links");
  draft.Add("unlinked", Fact::kAmended, command.note);
  return absl::OkStatus();
}

void ProposeRepeat(Draft& draft, const std::optional<RepeatProposal>& proposal) {
  Ticket& ticket = draft.ticket();
  if (!proposal || ticket.repeat_mark != RepeatMark::kNone) return;
  ticket.repeat_mark = RepeatMark::kProposed;
  Step& step = draft.Add("repeat_marked", Fact::kAmended, proposal->reason);
  if (!proposal->rule.empty()) step.changes["rule"] = proposal->rule;
  draft.Notify("repeat", "supervision", absl::StrCat("工单 ", ticket.number, " 拟认定为不合理重复诉求,请审核。"));
}

absl::Status Apply(Draft& draft, const MarkRepeat& command) {
  if (draft.ticket().repeat_mark != RepeatMark::kNone) return NothingToChange("repeat_mark");
  ProposeRepeat(draft, RepeatProposal{command.reason, ""});
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const ReviewRepeat& command) {
  Ticket& ticket = draft.ticket();
  if (ticket.repeat_mark != RepeatMark::kProposed) return NothingToReview("repeat_mark");
  ticket.repeat_mark = command.confirmed ? RepeatMark::kConfirmed : RepeatMark::kRejected;
  draft.Add("repeat_reviewed", Fact::kAmended, command.note).changes["confirmed"] = command.confirmed ? "true" : "false";
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const NoteDocument& command) {
  if (draft.actor().service) {
    draft.KeepEtag();
  } else {
    HOTLINE_RETURN_IF_ERROR(HasRoom(draft.ticket()));
  }
  Step& step = command.failure.empty() ? draft.Add("document_made", Fact::kAmended, command.title) : draft.Add("document_failed", Fact::kAmended, command.title);
  step.changes["template_id"] = command.template_id;
  if (!command.document_id.empty()) step.changes["document_id"] = command.document_id;
  if (!command.number.empty()) step.changes["document_number"] = command.number;
  if (!command.failure.empty()) step.changes["failure"] = command.failure;
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const NoteBan& command) {
  Step& step = command.lifted ? draft.Add("ban_lifted", Fact::kAmended, command.reason) : draft.Add("ban_put", Fact::kAmended, command.reason);
  step.changes["ban_id"] = command.ban_id;
  if (!command.lifted) step.changes["until_time"] = absl::FormatTime(absl::RFC3339_sec, command.until, absl::UTCTimeZone());
  return absl::OkStatus();
}

}  // namespace hotline::ticket::domain
