// The Store in PostgreSQL, schema `telephony`. Thread-safe; the pool must outlive it.
#pragma once

#include "libs/base/clock.h"
#include "libs/postgres/transaction.h"
#include "services/telephony/store.h"

namespace hotline::telephony {

class PostgresStore final : public Store {
 public:
  // A spool's file is removed right after its fact was applied, so ids need not be remembered for long.
  static constexpr absl::Duration kRememberFacts = absl::Hours(24 * 30);

  explicit PostgresStore(postgres::Pool& pool, const base::Clock& clock = base::SystemClock::Get()) : pool_(pool), clock_(clock) {}

  absl::Status Apply(const std::vector<Fact>& facts) override;
  absl::StatusOr<v1::Call> GetCall(const std::string& call_id) override;
  absl::StatusOr<std::vector<v1::Call>> ListCalls(const CallFilter& filter, const std::string& after, int limit) override;
  absl::StatusOr<std::vector<KeptRecording>> ListRecordings(const std::string& call_id, const std::string& recording_id) override;

 private:
  absl::Status ApplyNew(postgres::Transaction& tx, const Fact& fact, absl::Time now);
  absl::StatusOr<bool> InsertCall(postgres::Transaction& tx, const v1::Call& call);

  postgres::Pool& pool_;
  const base::Clock& clock_;
};

}  // namespace hotline::telephony
