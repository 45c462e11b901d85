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
                                         const std::string& user_id, absl::Time now, bool apply_to_open = false) override;
  absl::StatusOr<CalendarRecord> GetCalendar(int64_t version = 0) override;
  absl::StatusOr<CalendarRecord> ImportDays(const std::vector<calendar::Day>& days, std::optional<int64_t> expected,
                                            const std::string& user_id, absl::Time now) override;
  absl::Status KeepHours(const std::string& hours, absl::Time now) override;
  absl::StatusOr<std::vector<Clock>> ListClocks(const ClockQuery& query) override;
  absl::StatusOr<std::vector<ClockCount>> CountClocks(const ClockQuery& query) override;
  absl::StatusOr<Clock> ChangeClock(const std::string& clock_id, std::optional<int64_t> expected, absl::Time now,
                                    const DecideOne& decide) override;
  absl::StatusOr<Fired> FireDue(absl::Time now, int limit, const DecideMany& decide) override;
  absl::StatusOr<absl::Time> NextFireTime() override;
  absl::StatusOr<std::vector<StaleGroup>> StaleGroups(int64_t calendar_version) override;
  absl::StatusOr<int> Recompute(const StaleGroup& group, int64_t calendar_version, int limit, absl::Time now, StaleCursor& cursor,
                                const DecideOne& decide) override;

  // In the transaction of the consumer, which also moves its offset: gives the ticket's running and paused clocks and the
  // last stopped one of each step, in the order in which they were started, and keeps what `decide` makes of them.
  using DecideTicket = std::function<absl::StatusOr<std::vector<Change>>(const std::vector<Clock>&)>;
  static absl::StatusOr<std::vector<Change>> ApplyTicket(postgres::Transaction& tx, const std::string& ticket_id, absl::Time now,
                                                         const DecideTicket& decide);

 private:
  postgres::Pool& pool_;
};

}  // namespace hotline::sla_timer
