// What is kept of the dispatch catalogue (STD-6) and of guiding scripts (TKT-22), in PostgreSQL. Thread-safe; every method may
// block on the database; the pool outlives the store. Errors are those of the domain and of libs/postgres.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/ticket/domain/catalogue.h"

namespace hotline::postgres {
class Pool;
}

namespace hotline::ticket {

// An entry of the draft.
struct DraftEntry {
  domain::CatalogueEntry entry;
  int64_t version = 0;  // its etag
  std::string updated_by;
  absl::Time update_time;
};

struct CatalogueDraft {
  std::vector<DraftEntry> entries;  // by id
  int64_t revision = 0;             // the etag of the whole
};

struct PublishedCatalogue {
  int64_t version = 0;  // 0: nothing is published
  std::vector<domain::CatalogueEntry> entries;
};

struct CatalogueVersion {
  int64_t version = 0;
  absl::Time publish_time;
  std::string published_by;
  std::string note;
  int entries = 0, added = 0, changed = 0, removed = 0;
};

struct ScriptStep {
  std::string kind, text, field;
};
struct Script {
  std::string id;
  domain::Type type = domain::Type::kUnspecified;
  std::string category_id;
  int order = 0;
  std::string title;
  std::vector<ScriptStep> steps;
  int64_t version = 0;
};

std::vector<domain::CatalogueEntry> EntriesOf(const CatalogueDraft& draft);

class CatalogueStore {
 public:
  explicit CatalogueStore(postgres::Pool& pool) : pool_(pool) {}

  absl::StatusOr<CatalogueDraft> Draft();
  // `expected`: the entry's version as read; none: whatever is current. ETAG_MISMATCH, CATALOGUE_FULL.
  absl::StatusOr<DraftEntry> PutEntry(const domain::CatalogueEntry& entry, std::optional<int64_t> expected, const std::string& actor_id, absl::Time now);
  // ETAG_MISMATCH, CATALOGUE_ENTRY_NOT_FOUND.
  absl::Status DeleteEntry(const std::string& entry_id, std::optional<int64_t> expected);
  // Of the draft as it was checked. ETAG_MISMATCH, NOTHING_TO_PUBLISH.
  absl::StatusOr<CatalogueVersion> Publish(int64_t expected, const std::string& actor_id, const std::string& note, absl::Time now);
  absl::StatusOr<int64_t> PublishedVersion();
  // CATALOGUE_VERSION_NOT_FOUND; version 0 is an empty one.
  absl::StatusOr<PublishedCatalogue> Published(int64_t version);
  // Newest first; before this version, 0: from the newest.
  absl::StatusOr<std::vector<CatalogueVersion>> Versions(int64_t before, int limit);

  // Tags of active units that stand in the text, at most as many as a ticket has.
  absl::StatusOr<std::vector<std::string>> TagsIn(const std::string& text);

  absl::StatusOr<std::vector<Script>> Scripts();
  // ETAG_MISMATCH, CATALOGUE_FULL.
  absl::StatusOr<Script> PutScript(const Script& script, std::optional<int64_t> expected);
  // ETAG_MISMATCH, SCRIPT_NOT_FOUND.
  absl::Status DeleteScript(const std::string& script_id, std::optional<int64_t> expected);

 private:
  postgres::Pool& pool_;
};

}  // namespace hotline::ticket
