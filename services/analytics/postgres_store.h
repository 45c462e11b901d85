// The store on PostgreSQL. facts_postgres_store.cpp writes, postgres_store.cpp reads.
#pragma once

#include "libs/postgres/pool.h"
#include "services/analytics/store.h"

namespace hotline::analytics {

struct StoreOptions {
  std::string zone = "Asia/Shanghai";               // hours and days are the city's
  absl::Duration answer_target = absl::Seconds(15);  // STD-1
};

class PostgresStore final : public Store {
 public:
  // The pool is not owned and outlives the store.
  PostgresStore(postgres::Pool& pool, StoreOptions options) : pool_(pool), options_(std::move(options)) {}

  absl::Status PutCall(postgres::Transaction& tx, const CallFact& fact) override;
  absl::Status PutTicket(postgres::Transaction& tx, const TicketFact& fact) override;
  absl::Status AddStep(postgres::Transaction& tx, const StepFact& fact) override;
  absl::Status PutClock(postgres::Transaction& tx, const ClockFact& fact) override;
  absl::Status PutRating(postgres::Transaction& tx, const RatingFact& fact) override;
  absl::Status AddMessage(postgres::Transaction& tx, const MessageFact& fact) override;
  absl::Status AddAgentState(postgres::Transaction& tx, const AgentStateFact& fact) override;
  absl::Status PutUnit(postgres::Transaction& tx, const UnitFact& fact) override;

  absl::StatusOr<Groups> QuerySums(const SumQuery& query) override;
  absl::StatusOr<int64_t> CallsNow(absl::Time now) override;
  absl::StatusOr<int64_t> Revision() override;
  absl::StatusOr<std::optional<std::string>> UnitPath(const std::string& unit_id) override;
  absl::StatusOr<bool> PublishViews() override;

 private:
  postgres::Pool& pool_;
  const StoreOptions options_;
};

}  // namespace hotline::analytics
