// Review, call back, rating, the end of a ticket and what may follow it (TKT-9, TKT-10, TKT-15, STD-8).
#include <absl/strings/str_cat.h>

#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/rights.h"

namespace hotline::ticket::domain {
namespace {

constexpr int kWorstGoodScore = 3;  // 4 and 5 are dissatisfied and very dissatisfied

bool IsBad(const std::string& satisfaction) { return satisfaction == "dissatisfied" || satisfaction == "very_dissatisfied"; }

// Once more to the unit that had it, or before dispatch if none had.
State BackToWork(const Ticket& ticket) { return ticket.unit.id.empty() ? State::kAccepted : State::kSigned; }

void OpenAgain(Ticket& ticket) {
  ticket.close_time = absl::InfinitePast();
  ticket.close_reason.clear();
  ticket.published.clear();
  ++ticket.reopen_count;
}

}  // namespace

absl::Status Apply(Draft& draft, const Review& command) {
  Ticket& ticket = draft.ticket();
  if (command.opinion_risk) ticket.opinion_risk = true;
  Step& step = draft.Add("reviewed", command.accepted ? State::kCallback : State::kSigned, Fact::kReviewed, command.note);
  step.accepted = command.accepted;
  step.changes["accepted"] = command.accepted ? "true" : "false";
  if (command.opinion_risk) draft.Notify("opinion_risk", "supervision", absl::StrCat("工单 ", ticket.number, " 有舆情风险,请关注。"));
  if (command.accepted && !draft.process().callback) Close(draft, "not_called_back", ticket.outcome == "resolved");
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Callback& command) {
  Ticket& ticket = draft.ticket();
  // Leader-instructed cases are called back by the supervision centre, the rest by agents (TKT-10).
  if (ticket.leader_instructed && !ActsAs(draft.actor(), {"supervisor"})) return CallbackBySupervision();
  if (!command.reached) HOTLINE_RETURN_IF_ERROR(HasRoom(ticket));
  if (command.reached) {
    ticket.solved = command.solved;
    ticket.satisfaction = command.satisfaction;
  }
  Step& step = draft.Add("callback", State::kCallback, Fact::kCallbackRecorded, command.note);
  step.reached = command.reached;
  step.solved = command.solved;
  step.satisfaction = command.satisfaction;
  step.changes["reached"] = command.reached ? "true" : "false";
  if (!command.call_id.empty()) step.changes["callback_call_id"] = command.call_id;
  if (!command.channel.empty()) step.changes["by"] = command.channel;
  if (!command.satisfaction_result.empty()) step.changes["satisfaction_result"] = command.satisfaction_result;
  if (!command.satisfaction_attitude.empty()) step.changes["satisfaction_attitude"] = command.satisfaction_attitude;
  if (!command.reached) return absl::OkStatus();
  step.changes["solved"] = command.solved ? "true" : "false";
  step.changes["satisfaction"] = command.satisfaction;
  const bool bad = !command.solved || IsBad(command.satisfaction);
  if (bad && ticket.rework_count < draft.process().max_rework) {
    ++ticket.rework_count;
    ticket.opinions.clear();
    draft.Add("reworked", BackToWork(ticket), Fact::kReworked);
    return absl::OkStatus();
  }
  // After the last handling a matter closes as it stands: unsolved if the citizen says so.
  Close(draft, "called_back", command.solved);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Archive&) {
  if (draft.ticket().rating_state == RatingState::kToReview) return RatingPending();
  draft.Add("archived", State::kArchived, Fact::kArchived);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Reopen& command) {
  Ticket& ticket = draft.ticket();
  const absl::Duration since = draft.now() - ticket.close_time;
  if (ticket.reopen_count >= kMaxReopen || since > absl::Hours(24 * draft.process().reopen_days)) return ReopenTooLate();
  OpenAgain(ticket);
  draft.Add("reopened", BackToWork(ticket), Fact::kReopened, command.reason);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const RateMatter& command) {
  Ticket& ticket = draft.ticket();
  if (ticket.rating != 0) return AlreadyRated();
  ticket.rating = command.score;
  const bool bad = command.score > kWorstGoodScore;
  if (bad) ticket.rating_state = RatingState::kToReview;
  draft.Add("rated_by_citizen", Fact::kAmended, command.comment);
  if (bad) draft.Notify("rating", "supervision", absl::StrCat("工单 ", ticket.number, " 收到差评,请核实。"));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const ReviewRating& command) {
  Ticket& ticket = draft.ticket();
  if (ticket.rating_state != RatingState::kToReview) return NothingToReview("rating");
  ticket.rating_state = command.upheld ? RatingState::kUpheld : RatingState::kDismissed;
  draft.Add("rating_reviewed", Fact::kAmended, command.note).changes["upheld"] = command.upheld ? "true" : "false";
  if (!command.upheld || ticket.reopen_count >= kMaxReopen) return absl::OkStatus();
  OpenAgain(ticket);
  ticket.supervised = true;
  draft.Add("reopened", BackToWork(ticket), Fact::kReopened);
  if (!ticket.unit.id.empty()) draft.Notify("rating", ticket.unit.id, absl::StrCat("工单 ", ticket.number, " 的差评经核实属实,请重新办理。"));
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Publish& command) {
  Ticket& ticket = draft.ticket();
  if (IsProtected(ticket)) return NotPublishable();
  ticket.published = command.text;
  draft.Add("published", Fact::kAmended);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Unpublish& command) {
  if (draft.ticket().published.empty()) return NothingToChange("published");
  draft.ticket().published.clear();
  draft.Add("unpublished", Fact::kAmended, command.note);
  return absl::OkStatus();
}

absl::Status Apply(Draft& draft, const Rate& command) {
  draft.KeepEtag();
  Step& step = draft.Add("rated", Fact::kRated);
  step.call_id = command.call_id;
  step.agent_id = command.agent_id;
  step.score = command.score;
  step.changes["score"] = absl::StrCat(command.score);
  step.changes["rated_call_id"] = command.call_id;
  return absl::OkStatus();
}

}  // namespace hotline::ticket::domain
