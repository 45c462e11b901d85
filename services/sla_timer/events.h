// Between events and the domain: ticket events in, clock events out. Pure functions.
#pragma once

#include <optional>
#include <string_view>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "hotline/events/v1/event.pb.h"
#include "services/sla_timer/domain/clock.h"

namespace hotline::sla_timer {

inline constexpr char kSource[] = "sla_timer";
inline constexpr char kTicketSource[] = "ticket";

// What the database can hold: times are cut to microseconds where they come in.
absl::Time Micros(absl::Time t);

// The change an event of `ticket` tells; nothing for types that move no clock. INVALID_ARGUMENT if it is unreadable.
absl::StatusOr<std::optional<TicketChange>> FromTicketEvent(const events::v1::Event& event);

// The event that tells a change; nothing for kUpdated.
std::optional<events::v1::Event> ToEvent(const Change& change, absl::Time now, std::string_view traceparent = {});

// "green", "yellow", "red".
std::string_view LightName(Light light);

}  // namespace hotline::sla_timer
