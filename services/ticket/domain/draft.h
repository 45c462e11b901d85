// Inside of Decide: a change in the making, and what each command does to it. Not for others than decide*.cpp.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>

#include "services/ticket/domain/decide.h"

namespace hotline::ticket::domain {

// Every step is written down with the state it leaves and the fields it changed.
class Draft {
 public:
  Draft(const Ticket& before, const Actor& actor, absl::Time now, const Process& process);
  Ticket& ticket() { return change_.after; }
  const Actor& actor() const { return actor_; }
  absl::Time now() const { return now_; }
  const Process& process() const { return process_; }

  // Moves to `state` and writes it down. What is changed after a step belongs to the next one, or to the last.
  Step& Add(std::string_view action, State state, Fact fact, std::string_view note = {});
  // The same without moving.
  Step& Add(std::string_view action, Fact fact, std::string_view note = {}) { return Add(action, change_.after.state, fact, note); }
  void Notify(std::string_view kind, std::string_view addressee, std::string text);
  void TellCitizen(std::string_view kind, std::string text) { Notify(kind, "citizen", std::move(text)); }
  // What a service tells is no command of a person who holds the ticket open: the etag stays.
  void KeepEtag() { --change_.after.version; }
  Change Take() &&;

 private:
  void WriteDifference(Step& step);

  const Actor& actor_;
  const absl::Time now_;
  const Process& process_;
  Ticket written_;  // as of the last step
  Change change_;
};

// No clock runs on an ended ticket; sla_timer's last word about its clocks may still be under way.
void StopClocks(Ticket& ticket);
// Where nobody reviews, an answer counts as reviewed: the call back's clock begins all the same.
void SkipReview(Draft& draft);
// Ends the ticket.
Step& Close(Draft& draft, std::string_view reason, bool solved);
// The reply leaves the unit: to review, to the call back, or closed, as the process says.
void SendReply(Draft& draft, std::string_view text, const std::string& internal_note = {});
// What waited for a decision is no longer asked for.
void DropExtension(Ticket& ticket);
// A unit may be asked no longer: before dispatch again.
void TakeFromUnit(Ticket& ticket);
absl::Status HasRoom(const Ticket& ticket);
// Proposes the ticket for review as an unreasonable repeat, unless it is or was (TKT-11).
void ProposeRepeat(Draft& draft, const std::optional<RepeatProposal>& proposal);
// The place on the map. A zero is kept without a sign: both are the same place, and a history that tells no difference must make the ticket.
void SetPoint(Ticket& ticket, double longitude, double latitude);
// Whether a service or one of the roles acts.
bool ActsAs(const Actor& actor, std::initializer_list<std::string_view> roles);

absl::Status Apply(Draft& draft, const Create& command);
absl::Status Apply(Draft& draft, const Amend& command);
absl::Status Apply(Draft& draft, const Dispatch& command);
absl::Status Apply(Draft& draft, const Refuse& command);
absl::Status Apply(Draft& draft, const Defer& command);
absl::Status Apply(Draft& draft, const Answer& command);
absl::Status Apply(Draft& draft, const Coordinate& command);
absl::Status Apply(Draft& draft, const ReportUp& command);
absl::Status Apply(Draft& draft, const Instruct& command);
absl::Status Apply(Draft& draft, const HandOver& command);
absl::Status Apply(Draft& draft, const UpdateHandover& command);
absl::Status Apply(Draft& draft, const SetUrgency& command);
absl::Status Apply(Draft& draft, const SetConfidential& command);
absl::Status Apply(Draft& draft, const Withdraw& command);
absl::Status Apply(Draft& draft, const Sign& command);
absl::Status Apply(Draft& draft, const RequestReturn& command);
absl::Status Apply(Draft& draft, const DecideReturn& command);
absl::Status Apply(Draft& draft, const Arbitrate& command);
absl::Status Apply(Draft& draft, const PassUp& command);
absl::Status Apply(Draft& draft, const Contact& command);
absl::Status Apply(Draft& draft, const ReportProgress& command);
absl::Status Apply(Draft& draft, const GiveOpinion& command);
absl::Status Apply(Draft& draft, const Mediate& command);
absl::Status Apply(Draft& draft, const RequestExtension& command);
absl::Status Apply(Draft& draft, const DecideExtension& command);
absl::Status Apply(Draft& draft, const Reply& command);
absl::Status Apply(Draft& draft, const Approve& command);
absl::Status Apply(Draft& draft, const Review& command);
absl::Status Apply(Draft& draft, const Callback& command);
absl::Status Apply(Draft& draft, const Archive& command);
absl::Status Apply(Draft& draft, const Reopen& command);
absl::Status Apply(Draft& draft, const RateMatter& command);
absl::Status Apply(Draft& draft, const ReviewRating& command);
absl::Status Apply(Draft& draft, const Publish& command);
absl::Status Apply(Draft& draft, const Unpublish& command);
absl::Status Apply(Draft& draft, const Remark& command);
absl::Status Apply(Draft& draft, const Supervise& command);
absl::Status Apply(Draft& draft, const EndSupervision& command);
absl::Status Apply(Draft& draft, const Merge& command);
absl::Status Apply(Draft& draft, const Split& command);
absl::Status Apply(Draft& draft, const FollowGroup& command);
absl::Status Apply(Draft& draft, const LinkTo& command);
absl::Status Apply(Draft& draft, const Unlink& command);
absl::Status Apply(Draft& draft, const MarkRepeat& command);
absl::Status Apply(Draft& draft, const ReviewRepeat& command);
absl::Status Apply(Draft& draft, const Rate& command);
absl::Status Apply(Draft& draft, const Alarm& command);
absl::Status Apply(Draft& draft, const CloseReturnWindow& command);
absl::Status Apply(Draft& draft, const NoteDocument& command);
absl::Status Apply(Draft& draft, const NoteBan& command);

}  // namespace hotline::ticket::domain
