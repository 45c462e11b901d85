// Store over PostgreSQL, in the schema of the pool's sessions. Thread-safe; the pool outlives it.
#pragma once

#include "libs/events/event.h"
#include "libs/postgres/pool.h"
#include "services/knowledge_base/store.h"

namespace hotline::knowledge_base {

class PostgresStore final : public Store {
 public:
  explicit PostgresStore(postgres::Pool& pool) : pool_(pool) {}

  absl::StatusOr<Article> Create(const Change& change, std::string_view request_id) override;
  absl::Status Save(const Change& change) override;
  absl::StatusOr<int> Import(const std::vector<std::string>& ids, const DecideImport& decide) override;
  absl::StatusOr<Article> Get(std::string_view article_id) override;
  absl::StatusOr<Version> GetVersion(std::string_view article_id, int number) override;
  absl::StatusOr<std::vector<Listed>> List(const ArticleFilter& filter) override;
  absl::StatusOr<Changes> ChangesSince(std::string_view mark) override;
  absl::StatusOr<std::vector<PublishedArticle>> LoadPublished(const std::vector<std::string>& ids) override;
  absl::Status AddMisses(const std::vector<Miss>& misses) override;
  absl::StatusOr<std::vector<Miss>> ListMisses(int limit) override;

  // Keeps the tree of units as directory tells it; for a durable consumer of directory.
  static events::Handlers UnitEvents();

 private:
  postgres::Pool& pool_;
};

}  // namespace hotline::knowledge_base
