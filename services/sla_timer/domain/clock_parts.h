// What the files of the clock's functions share. Not for others.
#pragma once

#include <string>

#include "services/sla_timer/domain/clock.h"

namespace hotline::sla_timer::parts {

// Working or natural time from `a` to `b`.
absl::Duration Between(bool working, const calendar::Calendar& calendar, absl::Time a, absl::Time b);
// `d` after `t`, or before it if negative.
absl::Time Add(bool working, const calendar::Calendar& calendar, absl::Time t, absl::Duration d);

// Sets the limit and, `warn_lead` before it, the warning.
void Place(Clock& clock, const calendar::Calendar& calendar, absl::Time anchor, absl::Time due);
// By the rule's limit, from the beginning.
void PlaceByRule(Clock& clock, const Rule& rule, const calendar::Calendar& calendar);
// What follows from a limit that was moved: one that moved away turns the light back and the ladder to its foot; the ladder of
// one that is still over goes on from the new limit. The other direction is Fire's, which tells it.
void Settle(Clock& clock, const Policy& policy, const calendar::Calendar& calendar, absl::Time now);
// From a pause or a stop on, with what was left. A clock that was over its limit stays as far over it as it was.
void GoOn(Clock& clock, const Policy& policy, const calendar::Calendar& calendar, absl::Time now);

Change Told(ChangeKind kind, Clock clock, std::string detail = {});
Change Stop(Clock clock, const calendar::Calendar& calendar, absl::Time time, const char* reason);

}  // namespace hotline::sla_timer::parts
