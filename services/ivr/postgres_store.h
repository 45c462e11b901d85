// Store over PostgreSQL. Thread-safe; the pool outlives it.
#pragma once

#include "libs/postgres/pool.h"
#include "services/ivr/store.h"

namespace hotline::ivr {

class PostgresStore final : public Store {
 public:
  explicit PostgresStore(postgres::Pool& pool) : pool_(pool) {}
  absl::StatusOr<std::vector<FlowRow>> ListFlows() override;
  absl::StatusOr<FlowRow> GetFlow(std::string_view flow_id, int version) override;
  absl::StatusOr<FlowRow> PutDraft(const FlowRow& flow) override;
  absl::StatusOr<FlowRow> Publish(std::string_view flow_id, int64_t draft_version, absl::Time now) override;
  absl::StatusOr<std::vector<FlowRow>> Published() override;
  absl::Status AddPollAnswer(std::string_view poll_id, std::string_view question_id, std::string_view call_id,
                             std::string_view answer, absl::Time now) override;
  absl::StatusOr<std::vector<PollCountRow>> CountPoll(std::string_view poll_id) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace hotline::ivr
