// Leadership by a row: at most one holder per name, with an epoch that grows at every change of holder.
//
// Time is the database's, so that hosts with different clocks agree. What the holder does must be fenced: either by calling
// CheckLease in the same transaction as the effect, or by sending the epoch along to someone who refuses older ones.
// Functions only; safe from any thread.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/postgres/pool.h"
#include "libs/postgres/transaction.h"

namespace hotline::postgres {

struct LeaseState {
  bool held = false;    // By the asking holder.
  int64_t epoch = 0;    // Of the present holder, whoever it is.
  std::string holder = {};   // Who that is.
};

// Takes the lease if it is free or expired, renews it if `holder` has it, and says how things stand. A holder that lets it
// expire and finds nobody else there keeps its epoch only if no one took it in between.
absl::StatusOr<LeaseState> AcquireLease(Pool& pool, std::string_view name, std::string_view holder, absl::Duration ttl);

// Gives it up at once, so that another replica need not wait for expiry. No effect if not held.
absl::Status ReleaseLease(Pool& pool, std::string_view name, std::string_view holder);

// In a transaction: ABORTED DATABASE_LEASE_LOST unless `holder` still has the lease with this epoch. Until the transaction
// ends nobody can take it over.
absl::Status CheckLease(Transaction& tx, std::string_view name, std::string_view holder, int64_t epoch);

}  // namespace hotline::postgres
