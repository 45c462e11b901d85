// Changes of the domain as the events other services read. Pure functions.
#pragma once

#include <absl/time/time.h>

#include <string>
#include <string_view>
#include <vector>

#include "hotline/events/v1/event.pb.h"
#include "services/ticket/domain/commands.h"

namespace hotline::ticket {

inline constexpr char kSource[] = "ticket";

// One event per step of the change, in order. No personal data: ids and classifications only.
std::vector<hotline::events::v1::Event> ToEvents(const domain::Change& change, std::string_view actor_id, absl::Time now,
                                                 std::string_view traceparent);
// A rating of a call that has no ticket.
hotline::events::v1::Event RatingEvent(const domain::Rate& rating, absl::Time now, std::string_view traceparent);

}  // namespace hotline::ticket
