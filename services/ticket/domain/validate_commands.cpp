// What each command but those of registering and dispatching must bring along.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <set>

#include "libs/base/id.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/privacy.h"
#include "services/ticket/domain/validate.h"

namespace hotline::ticket::domain {

Violations Check(const Sign&) { return {}; }

Violations Check(const RequestReturn& command) {
  Violations found;
  CheckText(found, "reason", command.reason, 1, kMaxNote);
  CheckCode(found, "suggested_unit_id", command.suggested_unit_id, false);
  return found;
}

Violations Check(const DecideReturn& command) {
  Violations found;
  CheckText(found, "note", command.note, 1, kMaxNote);
  return found;
}

Violations Check(const Reply& command) {
  Violations found;
  CheckText(found, "text", command.text, 1, kMaxAnswer);
  CheckText(found, "internal_note", command.internal_note, 0, kMaxNote);
  CheckOneOf(found, "outcome", command.outcome, {"", "resolved", "explained", "not_feasible"});
  if (command.evidence.size() > kMaxEvidence) Add(found, "attachment_ids", "TOO_MANY", "must be at most 20");
  for (size_t i = 0; i < command.evidence.size() && i < kMaxEvidence; ++i) {
    if (!base::IsValidId(command.evidence[i])) Add(found, absl::StrCat("attachment_ids[", i, "]"), "BAD_FORMAT", "must be an attachment id");
  }
  return found;
}

Violations Check(const Review& command) {
  Violations found;
  CheckText(found, "note", command.note, command.accepted ? 0 : 1, kMaxNote);
  return found;
}

Violations Check(const Callback& command) {
  Violations found;
  if (command.reached)
    CheckOneOf(found, "satisfaction", command.satisfaction, {"very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied"});
  else if (!command.satisfaction.empty())
    Add(found, "satisfaction", "NOT_ALLOWED", "must be empty when nobody was reached");
  if (!command.reached && command.solved) Add(found, "solved", "NOT_ALLOWED", "must be false when nobody was reached");
  CheckText(found, "note", command.note, 0, kMaxNote);
  CheckCode(found, "call_id", command.call_id, false);
  CheckOneOf(found, "satisfaction_result", command.satisfaction_result, {"", "very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied"});
  CheckOneOf(found, "satisfaction_attitude", command.satisfaction_attitude, {"", "very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied"});
  CheckOneOf(found, "channel", command.channel, {"", "phone", "sms", "web"});
  return found;
}

Violations Check(const Archive&) { return {}; }

Violations Check(const Refuse& command) {
  Violations found;
  CheckOneOf(found, "reason", command.reason, {"outside_city", "emergency", "litigation", "secret", "public_order", "too_vague"});
  CheckText(found, "note", command.note, 1, kMaxNote);
  CheckText(found, "referred_to", command.referred_to, 0, kMaxName);
  return found;
}

Violations Check(const Remark& command) {
  Violations found;
  CheckOneOf(found, "kind", command.kind, {"remark", "urging"});
  CheckText(found, "text", command.text, 1, kMaxNote);
  return found;
}

Violations Check(const Rate& command) {
  Violations found;
  CheckCode(found, "call_id", command.call_id, true);
  CheckCode(found, "agent_id", command.agent_id, false);
  if (command.score < 1 || command.score > 5) Add(found, "score", "OUT_OF_RANGE", "must be from 1 to 5");
  return found;
}

Violations Check(const Alarm& command) {
  Violations found;
  if (command.limit.light != Light::kYellow && command.limit.light != Light::kRed)
    Add(found, "light", "OUT_OF_RANGE", "must be yellow or red");
  return found;
}

Violations Check(const Defer& command) {
  Violations found;
  CheckText(found, "note", command.note, 0, kMaxNote);
  return found;
}

Violations Check(const Answer& command) {
  Violations found;
  CheckText(found, "text", command.text, 1, kMaxAnswer);
  CheckCode(found, "article_id", command.article_id, false);
  return found;
}

Violations Check(const Coordinate& command) {
  Violations found;
  CheckText(found, "note", command.note, 1, kMaxNote);
  return found;
}

Violations Check(const ReportUp& command) {
  Violations found;
  CheckText(found, "to", command.to, 0, kMaxName);
  CheckText(found, "text", command.text, 1, kMaxNote);
  return found;
}

Violations Check(const Instruct& command) {
  Violations found;
  CheckText(found, "text", command.text, 1, kMaxNote);
  return found;
}

Violations Check(const HandOver& command) {
  Violations found;
  CheckCode(found, "body", command.body, true);
  CheckText(found, "note", command.note, 1, kMaxNote);
  return found;
}

Violations Check(const UpdateHandover& command) {
  Violations found;
  CheckOneOf(found, "status", command.status, {"received", "in_process", "done", "declined"});
  CheckText(found, "reference", command.reference, 0, kMaxCode);
  const bool needs_text = command.status == "done" || command.status == "declined";
  CheckText(found, "note", command.note, needs_text ? 1 : 0, kMaxNote);
  return found;
}

Violations Check(const SetUrgency& command) {
  Violations found;
  CheckEnum(found, "urgency", command.urgency, kUrgencies, true);
  CheckText(found, "note", command.note, 1, kMaxNote);
  return found;
}

Violations Check(const SetConfidential& command) {
  Violations found;
  CheckText(found, "note", command.note, 1, kMaxNote);
  return found;
}

Violations Check(const Withdraw& command) {
  Violations found;
  CheckText(found, "note", command.note, 1, kMaxNote);
  return found;
}

Violations Check(const Arbitrate& command) {
  Violations found;
  found = Check(command.to);
  if (command.to.note.empty()) Add(found, "note", "REQUIRED", "must say why");
  return found;
}

Violations Check(const PassUp& command) {
  Violations found;
  CheckText(found, "reason", command.reason, 1, kMaxNote);
  return found;
}

Violations Check(const Contact& command) {
  Violations found;
  CheckText(found, "note", command.note, 0, kMaxNote);
  return found;
}

Violations Check(const ReportProgress& command) {
  Violations found;
  CheckText(found, "text", command.text, 1, kMaxNote);
  return found;
}

Violations Check(const GiveOpinion& command) {
  Violations found;
  CheckText(found, "text", command.text, 1, kMaxNote);
  return found;
}

Violations Check(const Mediate& command) {
  Violations found;
  CheckText(found, "text", command.text, 1, kMaxAnswer);
  return found;
}

Violations Check(const RequestExtension& command) {
  Violations found;
  if (command.due == absl::InfinitePast()) Add(found, "due_time", "REQUIRED", "must be the promised date");
  CheckText(found, "reason", command.reason, 1, kMaxNote);
  return found;
}

Violations Check(const DecideExtension& command) {
  Violations found;
  CheckText(found, "note", command.note, command.accepted ? 0 : 1, kMaxNote);
  return found;
}

Violations Check(const Approve& command) {
  Violations found;
  CheckText(found, "note", command.note, command.accepted ? 0 : 1, kMaxNote);
  return found;
}

Violations Check(const Reopen& command) {
  Violations found;
  CheckText(found, "reason", command.reason, 1, kMaxNote);
  return found;
}

Violations Check(const RateMatter& command) {
  Violations found;
  if (command.score < 1 || command.score > 5) Add(found, "score", "OUT_OF_RANGE", "must be from 1 to 5");
  CheckText(found, "comment", command.comment, 0, kMaxNote);
  return found;
}

Violations Check(const ReviewRating& command) {
  Violations found;
  CheckText(found, "note", command.note, 1, kMaxNote);
  return found;
}

Violations Check(const Publish& command) {
  Violations found;
  CheckText(found, "text", command.text, 1, kMaxAnswer);
  // Its kinds only: what was found stays with whoever wrote it (PLT-5).
  std::set<std::string> kinds;
  for (const PersonalFinding& finding : RemovePersonalData(command.text).found) kinds.insert(finding.kind);
  if (!kinds.empty()) Add(found, "text", "PERSONAL_DATA", absl::StrCat("must hold no personal data: ", absl::StrJoin(kinds, ", ")));
  return found;
}

Violations Check(const Unpublish& command) {
  Violations found;
  CheckText(found, "note", command.note, 1, kMaxNote);
  return found;
}

Violations Check(const Supervise& command) {
  Violations found;
  CheckOneOf(found, "measure", command.measure, {"urging_notice", "supervision_order", "criticism", "coordination_meeting", "talk"});
  CheckText(found, "text", command.text, command.clock_id.empty() ? 1 : 0, kMaxNote);
  CheckCode(found, "clock_id", command.clock_id, false);
  if (command.addressees.size() > kMaxAddressees) Add(found, "addressees", "TOO_MANY", "must be at most 6");
  for (size_t i = 0; i < command.addressees.size() && i < kMaxAddressees; ++i)
    CheckOneOf(found, absl::StrCat("addressees[", i, "]"), command.addressees[i], {"unit", "unit_lead", "unit_head", "county", "supervision", "leader"});
  return found;
}

Violations Check(const EndSupervision& command) {
  Violations found;
  CheckText(found, "note", command.note, 1, kMaxNote);
  return found;
}

Violations Check(const Merge& command) {
  Violations found;
  CheckText(found, "note", command.note, 1, kMaxNote);
  if (!base::IsValidId(command.group_id)) Add(found, "group_ticket_id", "BAD_FORMAT", "must be a ticket");
  return found;
}

Violations Check(const Split& command) {
  Violations found;
  CheckText(found, "note", command.note, 1, kMaxNote);
  return found;
}

Violations Check(const FollowGroup& command) {
  Violations found;
  CheckText(found, "answer", command.answer, 0, kMaxAnswer);
  return found;
}

Violations Check(const LinkTo& command) {
  Violations found;
  if (!base::IsValidId(command.other_id)) Add(found, "other_ticket_id", "BAD_FORMAT", "must be a ticket");
  CheckOneOf(found, "kind", command.kind, {"duplicate", "related", "follow_up"});
  CheckText(found, "note", command.note, 0, kMaxNote);
  return found;
}

Violations Check(const Unlink& command) {
  Violations found;
  if (!base::IsValidId(command.other_id)) Add(found, "other_ticket_id", "BAD_FORMAT", "must be a ticket");
  CheckText(found, "note", command.note, 0, kMaxNote);
  return found;
}

Violations Check(const MarkRepeat& command) {
  Violations found;
  CheckText(found, "reason", command.reason, 1, kMaxNote);
  return found;
}

Violations Check(const ReviewRepeat& command) {
  Violations found;
  CheckText(found, "note", command.note, 1, kMaxNote);
  return found;
}

Violations Check(const CloseReturnWindow&) { return {}; }

Violations Check(const NoteDocument& command) {
  Violations found;
  if (command.failure.empty() && !base::IsValidId(command.document_id)) Add(found, "document_id", "BAD_FORMAT", "must be a document");
  return found;
}

Violations Check(const NoteBan& command) {
  Violations found;
  if (!base::IsValidId(command.ban_id)) Add(found, "ban_id", "BAD_FORMAT", "must be a ban");
  CheckText(found, "reason", command.reason, 1, kMaxNote);
  return found;
}

}  // namespace hotline::ticket::domain
