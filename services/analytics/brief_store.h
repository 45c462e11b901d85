// Briefs in the database, and the names that they print. Thread-safe; blocks.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <map>
#include <string>
#include <vector>

#include "libs/postgres/pool.h"

namespace hotline::analytics {

inline constexpr int kMaxIssues = 1'000;  // of a kind and year
inline constexpr absl::Duration kIssueWait = absl::Seconds(60);  // for another brief that is being made

struct BriefRecord {
  std::string id = {};
  std::string request_id = {};
  int period = 0;
  absl::CivilDay first_day = {};
  absl::CivilDay last_day = {};
  int year = 0;
  int issue = 0;
  std::string title = {};
  int pages = 0;
  std::string sha256 = {};
  int64_t size = 0;
  std::string pdf = {};  // only when it is kept or read
  std::string created_by = {};
  absl::Time created = {};
};

class BriefStore {
 public:
  explicit BriefStore(postgres::Pool& pool) : pool_(pool) {}

  // Takes the next issue of its period and year, has the brief made with it and keeps it. The brief of an earlier request with the
  // same id is answered instead. ALREADY_EXISTS REQUEST_ID_REUSED; RESOURCE_EXHAUSTED TOO_MANY_BRIEFS.
  using Make = absl::FunctionRef<absl::Status(BriefRecord&)>;
  absl::StatusOr<BriefRecord> Add(BriefRecord record, Make make);
  // With its PDF. NOT_FOUND BRIEF_NOT_FOUND.
  absl::StatusOr<BriefRecord> Get(const std::string& brief_id);
  // Newest first, before this id (empty: from the newest), without their PDFs.
  absl::StatusOr<std::vector<BriefRecord>> List(const std::string& before, int limit);

  // Unit id -> name; area code -> name of the uppermost unit that serves it.
  absl::StatusOr<std::map<std::string, std::string>> UnitNames();
  absl::StatusOr<std::map<std::string, std::string>> AreaNames();

 private:
  postgres::Pool& pool_;
};

}  // namespace hotline::analytics
