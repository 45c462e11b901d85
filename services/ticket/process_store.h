// What is kept of forms and steps per type (PLT-6), in PostgreSQL: a draft and its published versions, which never change.
// Thread-safe; every method may block on the database; the pool outlives the store.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/ticket/domain/process.h"

namespace hotline::postgres {
class Pool;
}

namespace hotline::ticket {

struct KeptProcess {
  domain::Process process;
  bool draft = false;
  int64_t revision = 0;  // a draft's etag
  std::string note = {};
  std::string updated_by = {};
  absl::Time update_time = absl::InfinitePast();
};

class ProcessStore {
 public:
  explicit ProcessStore(postgres::Pool& pool) : pool_(pool) {}

  // The newest published version of every type that has one.
  absl::StatusOr<std::vector<KeptProcess>> Current();
  // PROCESS_NOT_FOUND.
  absl::StatusOr<KeptProcess> Get(domain::Type type, int64_t version);
  absl::StatusOr<KeptProcess> Draft(domain::Type type);
  // Newest first; before this version, 0: from the newest.
  absl::StatusOr<std::vector<KeptProcess>> Versions(domain::Type type, int64_t before, int limit);
  // `expected`: the draft's revision as read; none: whatever is current. ETAG_MISMATCH.
  absl::StatusOr<KeptProcess> PutDraft(const domain::Process& process, std::optional<int64_t> expected, const std::string& actor_id, absl::Time now);
  // PROCESS_NOT_FOUND without a draft, ETAG_MISMATCH, NOTHING_TO_PUBLISH.
  absl::StatusOr<KeptProcess> Publish(domain::Type type, std::optional<int64_t> expected, const std::string& actor_id, const std::string& note, absl::Time now);

 private:
  postgres::Pool& pool_;
};

}  // namespace hotline::ticket
