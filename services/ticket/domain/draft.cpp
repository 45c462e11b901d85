#include "services/ticket/domain/draft.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/fields.h"
#include "services/ticket/domain/limits.h"

namespace hotline::ticket::domain {

Draft::Draft(const Ticket& before, const Actor& actor, absl::Time now, const Process& process)
    : actor_(actor), now_(now), process_(process), written_(before) {
  change_.after = before;
  change_.after.update_time = now;
  ++change_.after.version;
}

void Draft::WriteDifference(Step& step) {
  for (auto& [name, value] : Difference(written_, change_.after)) step.changes[name] = std::move(value);
  step.personal = step.personal || PersonalDiffers(written_, change_.after);
  written_ = change_.after;
}

Step& Draft::Add(std::string_view action, State state, Fact fact, std::string_view note) {
  Ticket& ticket = change_.after;
  ticket.state = state;
  Step step;
  step.sequence = ++ticket.history_count;
  step.action = std::string(action);
  step.note = std::string(note);
  step.state = state;
  step.unit = ticket.unit;
  step.rework_count = ticket.rework_count;
  step.supervision_level = ticket.supervision_level;
  step.repeat_mark = ticket.repeat_mark;
  step.fact = fact;
  WriteDifference(step);
  change_.steps.push_back(std::move(step));
  return change_.steps.back();
}

void Draft::Notify(std::string_view kind, std::string_view addressee, std::string text) {
  change_.notices.push_back({std::string(kind), std::string(addressee), std::move(text)});
}

Change Draft::Take() && {
  WriteDifference(change_.steps.back());
  return std::move(change_);
}

void StopClocks(Ticket& ticket) {
  ticket.limits.clear();
  ticket.light = Light::kUnspecified;
  ticket.due_time = absl::InfiniteFuture();
}

void SkipReview(Draft& draft) { draft.Add("review_skipped", State::kCallback, Fact::kReviewed).accepted = true; }

Step& Close(Draft& draft, std::string_view reason, bool solved) {
  Ticket& ticket = draft.ticket();
  ticket.solved = solved;
  ticket.close_time = draft.now();
  ticket.close_reason = std::string(reason);
  StopClocks(ticket);
  DropExtension(ticket);
  Step& step = draft.Add("closed", State::kClosed, Fact::kClosed);
  step.solved = solved;
  if (reason != "withdrawn")
    draft.TellCitizen("result", absl::StrCat("您反映的事项(受理号 ", ticket.acceptance_number, ")已办结,可凭受理号查询结果。"));
  return step;
}

void SendReply(Draft& draft, std::string_view text, const std::string& internal_note) {
  const Process& process = draft.process();
  draft.ticket().approvals_given = 0;
  DropExtension(draft.ticket());
  Step& step = draft.Add("replied", process.review ? State::kReplied : State::kCallback, Fact::kReplied, text);
  if (!internal_note.empty()) step.changes["internal_note"] = internal_note;
  if (process.review) return;
  SkipReview(draft);
  if (!process.callback) Close(draft, "not_called_back", draft.ticket().outcome == "resolved");
}

void DropExtension(Ticket& ticket) { ticket.extension_due = absl::InfinitePast(); }

void TakeFromUnit(Ticket& ticket) {
  ticket.unit = {};
  ticket.co_units.clear();
  ticket.opinions.clear();
  ticket.return_from = State::kNone;
  ticket.approvals_given = 0;
  ticket.return_closed = false;
  DropExtension(ticket);
}

absl::Status HasRoom(const Ticket& ticket) {
  return ticket.history_count >= kMaxFreeHistoryEntries ? HistoryFull(ticket.id) : absl::OkStatus();
}

void SetPoint(Ticket& ticket, double longitude, double latitude) {
  ticket.longitude = longitude == 0 ? 0 : longitude;
  ticket.latitude = latitude == 0 ? 0 : latitude;
}

bool ActsAs(const Actor& actor, std::initializer_list<std::string_view> roles) {
  return actor.service || std::any_of(roles.begin(), roles.end(), [&](std::string_view role) { return actor.Has(role); });
}

}  // namespace hotline::ticket::domain
