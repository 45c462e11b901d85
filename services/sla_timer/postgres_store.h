// The store in PostgreSQL: the tables are the truth about every clock. Thread-safe; the pool is not owned and must outlive it.
#pragma once

#include <string>
#include <vector>

#include "libs/postgres/pool.h"
#include "libs/postgres/transaction.h"
#include "services/sla_timer/store.h"

namespace hotline::sla_timer {

class PostgresStore final : public Store {
 public:
  explicit PostgresStore(postgres::Pool& pool) : pool_(pool) {}

  absl::StatusOr<std::vector<PolicyRecord>> ListPolicies() override;
  absl::StatusOr<PolicyRecord> GetPolicy(const std::string& policy_id, int64_t version) override;
  absl::StatusOr<PolicyRecord> PutPolicy(const std::string& policy_id, const std::string& json, int64_t expected,
                                         const std::string& user_id, absl::Time now) override;
  absl::StatusOr<CalendarRecord> GetCalendar() override;
  absl::StatusOr<CalendarRecord> ImportDays(const std::vector<calendar::Day>& days, std::optional<int64_t> expected) override;
  absl::StatusOr<std::vector<Clock>> ListClocks(const ClockQuery& query) override;
  absl::StatusOr<Clock> ChangeClock(const std::string& clock_id, std::optional<int64_t> expected, absl::Time now,
                                    const DecideOne& decide) override;
  absl::StatusOr<std::vector<Clock>> FireDue(absl::Time now, int limit, const DecideMany& decide) override;
  absl::StatusOr<std::vector<absl::Time>> UpcomingTimes(absl::Time until, int limit) override;
  absl::StatusOr<int> RecomputeStale(int64_t calendar_version, int limit, absl::Time now, const DecideOne& decide) override;

  // In the transaction of the consumer, which also moves its offset: gives the ticket's running and paused clocks and the
  // last stopped one of each step, in the order in which they were started, and keeps what `decide` makes of them.
  using DecideTicket = std::function<absl::StatusOr<std::vector<Change>>(const std::vector<Clock>&)>;
  static absl::StatusOr<std::vector<Change>> ApplyTicket(postgres::Transaction& tx, const std::string& ticket_id, absl::Time now,
                                                         const DecideTicket& decide);

 private:
  static absl::Status Keep(postgres::Transaction& tx, const std::vector<Change>& changes, absl::Time now);

  postgres::Pool& pool_;
};

}  // namespace hotline::sla_timer
