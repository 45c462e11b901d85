#include "libs/postgres/lease.h"

#include "libs/postgres/error.h"

namespace hotline::postgres {

absl::StatusOr<LeaseState> AcquireLease(Pool& pool, std::string_view name, std::string_view holder, absl::Duration ttl) {
  return RunTransaction(
      pool,
      [&](Transaction& tx) -> absl::StatusOr<LeaseState> {
        // clock_timestamp(), not now(): the statement may have waited for the row.
        const auto taken = tx.Query(R"sql(
            insert into leases as l (name, holder, epoch, expires_at)
            values ($1, $2, 1, clock_timestamp() + $3 * interval '1 microsecond')
            on conflict (name) do update set
              epoch = case when l.holder = excluded.holder then l.epoch else l.epoch + 1 end,
              holder = excluded.holder,
              expires_at = clock_timestamp() + $3 * interval '1 microsecond'
            where l.holder = excluded.holder or l.expires_at < clock_timestamp()
            returning epoch)sql",
                                    {name, holder, absl::ToInt64Microseconds(ttl)});
        if (!taken.ok()) return taken.status();
        if (!taken->empty()) return LeaseState{true, (*taken)[0].Get<int64_t>("epoch"), std::string(holder)};
        const auto other = tx.Query("select holder, epoch from leases where name = $1", {name});
        if (!other.ok()) return other.status();
        return LeaseState{false, (*other)[0].Get<int64_t>("epoch"), (*other)[0].Get<std::string>("holder")};
      },
      {.idempotent = true});
}

absl::Status ReleaseLease(Pool& pool, std::string_view name, std::string_view holder) {
  return RunTransaction(
      pool,
      [&](Transaction& tx) {
        return tx.Execute("update leases set expires_at = '-infinity' where name = $1 and holder = $2", {name, holder})
            .status();
      },
      {.idempotent = true});
}

absl::Status CheckLease(Transaction& tx, std::string_view name, std::string_view holder, int64_t epoch) {
  // Whoever wants to take over updates this row, and waits for our lock. An expired lease that nobody took is still ours.
  const auto rows =
      tx.Query("select 1 from leases where name = $1 and holder = $2 and epoch = $3 for share", {name, holder, epoch});
  if (!rows.ok()) return rows.status();
  if (!rows->empty()) return absl::OkStatus();
  return internal::MakeError(absl::StatusCode::kAborted, kReasonLeaseLost, "another holder has the lease");
}

}  // namespace hotline::postgres
