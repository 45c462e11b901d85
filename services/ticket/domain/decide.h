// The closed loop of a ticket (TKT-4) as one table, and the decision what a command does. Pure: same input, same answer.
//
// | command       | by                    | from                              | to                                            |
// |---------------|-----------------------|-----------------------------------|-----------------------------------------------|
// | create        | the centre            | (none)                            | accepted; transcribe for a service's recording |
// |  with answer  |                       |                                   | closed (consultation answered at once, TKT-5) |
// |  with unit    |                       |                                   | dispatched                                    |
// | amend         | the centre            | transcribe, accepted              | accepted (transcribe ends with title+content) |
// | dispatch      | the centre            | accepted, dispatched              | dispatched                                    |
// |               | lead unit, downwards  | dispatched, signed                | dispatched                                    |
// | sign          | lead unit             | dispatched                        | signed                                        |
// | request_return| lead unit             | dispatched, signed                | return_requested                              |
// | decide_return | the centre            | return_requested                  | accepted; or where it was                     |
// | reply         | lead unit             | signed                            | replied                                       |
// | review        | the centre            | replied                           | callback; or signed                           |
// | callback      | the centre            | callback                          | callback (not reached), signed (rework, once), closed |
// | archive       | the centre            | closed, refused                   | archived                                      |
// | refuse        | the centre            | transcribe, accepted              | refused                                       |
// | remark        | whoever sees it       | all but archived                  | unchanged                                     |
// | rate          | a service             | all                               | unchanged                                     |
// | alarm         | a service             | all but closed, refused, archived | unchanged                                     |
//
// "Lead unit" means that the ticket's lead unit is in the actor's subtree. Errors in this order: WRONG_UNIT, INVALID_FIELD
// (all fields at fault), WRONG_STATE, then those of units.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <span>
#include <string_view>

#include "services/ticket/domain/commands.h"

namespace hotline::ticket::domain {

enum class Relation { kCentre, kLead, kCentreOrLead, kSees, kService };

struct Rule {
  std::string_view command;
  Relation by;
  uint32_t from;  // bit per State
};

// In the order of Command's alternatives.
std::span<const Rule> Rules();
constexpr uint32_t Bit(State state) { return 1u << static_cast<int>(state); }
std::string_view CommandName(const Command& command);

// `current` is null for Create only.
absl::StatusOr<Change> Decide(const Ticket* current, const Command& command, const Actor& actor, absl::Time now);

}  // namespace hotline::ticket::domain
