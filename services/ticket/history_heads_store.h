// What the database knows of signed heads (TKT-16): where the next block begins, and whether what was signed is still there.
// Thread-safe; blocks.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <vector>

#include "libs/postgres/pool.h"
#include "services/ticket/history_heads.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

inline constexpr int kHeadsCheckedAtOnce = 1000;

class HistoryHeadsStore {
 public:
  explicit HistoryHeadsStore(postgres::Pool& pool, int heads_per_block = kHeadsPerBlock) : pool_(pool), heads_per_block_(heads_per_block) {}

  // The next block: heads of tickets that changed since the last one, or of all of them in turn while that pass is not over.
  // `write` lays it down and says its digest; then it is known here. False if there is nothing to sign, the last block is younger
  // than `pace` and what has changed since would not fill one, or another replica is at it.
  using Write = absl::FunctionRef<absl::StatusOr<std::string>(HeadBlock&)>;
  absl::StatusOr<bool> Next(absl::Time now, absl::Duration pace, Write write);

  struct Known {
    int64_t number = 0;
    std::string digest;
  };
  // Blocks after this one, by number.
  absl::StatusOr<std::vector<Known>> Blocks(int64_t after, int limit);
  // Faults of histories against what was signed; at most kHeadsCheckedAtOnce heads.
  absl::StatusOr<std::vector<HistoryReport>> Check(const std::vector<SignedHead>& heads);

 private:
  absl::Status Gather(postgres::Transaction& tx, HeadBlock& block, int64_t since, std::string pass) const;

  postgres::Pool& pool_;
  const int heads_per_block_;
};

}  // namespace hotline::ticket
