// The command over all histories (TKT-16): hotline-ticket --verify-history --config FILE. Only reads. Prints every fault as a
// line of standard output, how far it is to standard error.
#pragma once

#include <absl/status/statusor.h>

#include <iosfwd>

#include "services/ticket/config.h"
#include "services/ticket/history_heads_store.h"
#include "services/ticket/postgres_store.h"

namespace hotline::ticket {

inline constexpr int kFaultsFound = 3;  // exit status
inline constexpr absl::Duration kProgressPace = absl::Seconds(5);
inline constexpr size_t kToldOnce = 100'000;  // heads' faults remembered, so that later blocks do not tell them again

struct AuditResult {
  int64_t tickets = 0;
  int64_t entries = 0;
  int64_t faults = 0;      // lines of faults
  int64_t blocks = 0;
  int64_t heads = 0;
  absl::Time signed_until = absl::InfinitePast();  // time of the last block
};

// Every history, then every signed head.
absl::StatusOr<AuditResult> AuditHistories(PostgresStore& store, HistoryHeadsStore& heads, const HeadsDirectory& directory, std::ostream& out, std::ostream& progress);

// The command; its exit status: 0 intact, kFaultsFound otherwise.
absl::StatusOr<int> VerifyHistories(const Config& config);

}  // namespace hotline::ticket
