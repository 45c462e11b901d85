// The life of a ticket as one table (TKT-4), and the decision what a command does. Pure: same input, same answer.
//
// The table is `Rules()`: for each command who may give it, in which states, and which states it can lead to.
// docs/ticket-states.md is printed from it (PrintRules), and the property test holds every decision against it. "Lead unit"
// means that the ticket's lead unit is in the actor's subtree. Errors in this order: WRONG_UNIT, NOT_DECIDER,
// INVALID_FIELD (all fields at fault), WRONG_STATE, then those of the command.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <span>
#include <string>
#include <string_view>

#include "services/ticket/domain/commands.h"
#include "services/ticket/domain/process.h"

namespace hotline::ticket::domain {

enum class Relation {
  kCentre,        // a role of the centre
  kLead,          // the lead unit
  kCentreOrLead,
  kCoUnit,        // a co-handling unit
  kSees,          // whoever may see the ticket
  kService,       // a service on its own behalf
  kSupervision,   // the supervision centre, or a service for the ladder
  kLeader,        // a leader or the supervision centre
  kDecider,       // whom the ticket's process names for this decision
};

struct Rule {
  std::string_view command;
  Relation by;
  uint32_t from;  // bit per State
  uint32_t to;    // bit per State it may lead to; 0: leaves the state as it is
  std::string_view why;  // what the command is, for the printed table
};

// In the order of Command's alternatives.
std::span<const Rule> Rules();
constexpr uint32_t Bit(State state) { return 1u << static_cast<int>(state); }
inline constexpr uint32_t kEveryState = ((1u << kStates) - 1) & ~Bit(State::kNone);
inline constexpr uint32_t kEndedStates = Bit(State::kClosed) | Bit(State::kArchived) | Bit(State::kRefused);
constexpr bool IsEnded(State state) { return (kEndedStates & Bit(state)) != 0; }
std::string_view CommandName(const Command& command);

// The table as Markdown, with a drawing of the states.
std::string PrintRules();

// `current` is null for Create only. `process` is the one the ticket keeps (of the draft's type for Create).
absl::StatusOr<Change> Decide(const Ticket* current, const Command& command, const Actor& actor, absl::Time now, const Process& process);

}  // namespace hotline::ticket::domain
