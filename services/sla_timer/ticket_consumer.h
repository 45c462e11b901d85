// Follows the events of `ticket` and keeps the clocks in step with them.
#pragma once

#include "libs/base/clock.h"
#include "libs/events/consumer.h"
#include "services/sla_timer/rules.h"
#include "services/sla_timer/wheel.h"

namespace hotline::sla_timer {

// The handler of the durable consumer: what an event does to the ticket's clocks is written in the transaction that moves
// the consumer's offset, so it is done exactly once. What it is given must outlive it. Runs on the consumer's thread.
events::Handler TicketHandler(Rules& rules, Wheel& wheel, const base::Clock& clock);

}  // namespace hotline::sla_timer
