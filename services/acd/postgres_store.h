// The store in PostgreSQL, schema acd. Thread-safe; the pool is not owned and outlives it.
#pragma once

#include "libs/postgres/pool.h"
#include "services/acd/store.h"

namespace hotline::acd {

class PostgresStore final : public Store {
 public:
  explicit PostgresStore(postgres::Pool& pool) : pool_(pool) {}

  absl::StatusOr<Lease> AcquireLease(const std::string& group, const std::string& holder, absl::Duration ttl) override;
  absl::Status ReleaseLease(const std::string& group, const std::string& holder) override;
  absl::StatusOr<std::vector<Queue>> LoadQueues() override;
  absl::StatusOr<Queue> PutQueue(const Queue& queue) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace hotline::acd
