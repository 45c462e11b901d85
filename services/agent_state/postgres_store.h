// The store in PostgreSQL, schema agent_state. Thread-safe; the pool is not owned and outlives it.
#pragma once

#include "libs/postgres/pool.h"
#include "services/agent_state/store.h"

namespace hotline::agent_state {

class PostgresStore final : public Store {
 public:
  explicit PostgresStore(postgres::Pool& pool) : pool_(pool) {}

  absl::StatusOr<Lease> AcquireLease(const std::string& holder, absl::Duration ttl) override;
  absl::Status ReleaseLease(const std::string& holder) override;
  absl::StatusOr<Saved> Load() override;
  absl::Status Save(const Batch& batch, const std::string& holder, int64_t epoch) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace hotline::agent_state
