#include "services/sla_timer/ticket_consumer.h"

#include <vector>

#include "libs/base/error.h"
#include "services/sla_timer/events.h"
#include "services/sla_timer/postgres_store.h"

namespace hotline::sla_timer {

events::Handler TicketHandler(Rules& rules, Wheel& wheel, const base::Clock& clock) {
  return [&rules, &wheel, &clock](auto& tx, const events::Event& event) -> absl::Status {
    HOTLINE_ASSIGN_OR_RETURN(const std::optional<TicketChange> change, FromTicketEvent(event));
    if (!change) return absl::OkStatus();
    const auto decide = [&](const std::vector<Clock>& clocks) -> absl::StatusOr<std::vector<Change>> {
      HOTLINE_RETURN_IF_ERROR(rules.Prepare(clocks));
      const Rules::Now now = rules.Get();
      return Apply(*change, clocks, now.world);
    };
    HOTLINE_ASSIGN_OR_RETURN(const std::vector<Change> changes,
                             PostgresStore::ApplyTicket(tx, change->ticket_id, Micros(clock.Now()), decide));
    for (const Change& told : changes) {
      if (const absl::Time next = NextFire(told.clock); next < clock.Now() + kHorizon) wheel.Expect(next);
    }
    return absl::OkStatus();
  };
}

}  // namespace hotline::sla_timer
