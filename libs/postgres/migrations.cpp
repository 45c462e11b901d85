#include "libs/postgres/migrations.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <vector>

#include "libs/postgres/error.h"
#include "libs/postgres/library_tables.h"

namespace hotline::postgres {
namespace {

struct Migration {
  std::string component;  // "library" or "service"
  int number;
  std::string name;
  std::string sql;
};

absl::Status Refused(const std::string& why) {
  return internal::MakeError(absl::StatusCode::kFailedPrecondition, kReasonMigration, why);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// NNNN_name.sql, numbered from 0001 without holes.
absl::StatusOr<std::vector<Migration>> ReadDirectory(const std::string& directory) {
  std::vector<Migration> migrations;
  if (directory.empty()) return migrations;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::string file = entry.path().filename();
    if (entry.path().extension() != ".sql") continue;
    if (file.size() < 10 || file[4] != '_' || !std::all_of(file.begin(), file.begin() + 4, IsDigit)) {
      return Refused(absl::StrCat("migration file is not named NNNN_name.sql: ", file));
    }
    std::ifstream stream(entry.path(), std::ios::binary);
    std::stringstream text;
    text << stream.rdbuf();
    if (!stream) return Refused(absl::StrCat("cannot read migration file: ", file));
    migrations.push_back({"service", std::stoi(file.substr(0, 4)), file.substr(5, file.size() - 9), text.str()});
  }
  if (error) return Refused(absl::StrCat("cannot read the directory of migrations: ", directory));
  std::sort(migrations.begin(), migrations.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  for (size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].number != static_cast<int>(i) + 1) {
      return Refused(absl::StrCat("migrations must be numbered from 0001 without holes or doubles, see ", migrations[i].name));
    }
  }
  return migrations;
}

absl::StatusOr<std::vector<Migration>> AllMigrations(const std::string& directory) {
  std::vector<Migration> all;
  for (const LibraryMigration& own : LibraryMigrations()) {
    all.push_back({"library", own.number, std::string(own.name), std::string(own.sql)});
  }
  absl::StatusOr<std::vector<Migration>> files = ReadDirectory(directory);
  if (!files.ok()) return files.status();
  all.insert(all.end(), files->begin(), files->end());
  return all;
}

constexpr char kHistoryTable[] = R"sql(
create table if not exists schema_migrations (
  component  text        not null,
  number     integer     not null,
  name       text        not null,
  checksum   text        not null,
  applied_at timestamptz not null default now(),
  primary key (component, number)
))sql";

class Migrator {
 public:
  explicit Migrator(Connection& connection) : connection_(connection) {}

  absl::StatusOr<MigrationReport> Run(const std::vector<Migration>& migrations) {
    if (absl::Status status = Begin(); !status.ok()) return status;
    for (const Migration& migration : migrations) {
      if (absl::Status status = Step(migration); !status.ok()) return status;
    }
    // The lock ends with the session.
    return report_;
  }

 private:
  absl::Status Begin() {
    auto locked = connection_.Query("select pg_advisory_lock(hashtextextended('migrations/' || current_schema(), 0))");
    if (!locked.ok()) return locked.status();
    if (absl::Status status = connection_.ExecuteScript(kHistoryTable); !status.ok()) return status;
    const auto rows = connection_.Query("select component, number, checksum from schema_migrations");
    if (!rows.ok()) return rows.status();
    for (const Row row : *rows) {
      const auto component = row.Get<std::string>("component");
      const auto number = row.Get<int32_t>("number");
      applied_[{component, number}] = row.Get<std::string>("checksum");
      newest_[component] = std::max(newest_[component], number);
    }
    return absl::OkStatus();
  }

  absl::Status Step(const Migration& migration) {
    const auto sum = connection_.Query("select encode(sha256($1), 'hex') as checksum", {Bytes{migration.sql}});
    if (!sum.ok()) return sum.status();
    const auto checksum = (*sum)[0].Get<std::string>("checksum");
    const std::string label = absl::StrCat(migration.component, " ", migration.number, " (", migration.name, ")");
    const auto found = applied_.find({migration.component, migration.number});
    if (found != applied_.end()) {
      if (found->second != checksum) return Refused(absl::StrCat("migration was changed after it was applied: ", label));
      ++report_.present;
      return absl::OkStatus();
    }
    if (migration.number < newest_[migration.component]) {
      return Refused(absl::StrCat("migration comes before one that is already applied: ", label));
    }
    if (absl::Status status = Apply(migration, checksum); !status.ok()) {
      connection_.ExecuteScript("rollback").IgnoreError();  // The session ends anyway.
      absl::Status named(status.code(), absl::StrCat("migration ", label, ": ", status.message()));
      status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) { named.SetPayload(url, payload); });
      return named;
    }
    ++report_.applied;
    return absl::OkStatus();
  }

  absl::Status Apply(const Migration& migration, const std::string& checksum) {
    if (absl::Status status = connection_.ExecuteScript("begin"); !status.ok()) return status;
    if (absl::Status status = connection_.ExecuteScript(migration.sql); !status.ok()) return status;
    const auto recorded = connection_.Query(
        "insert into schema_migrations (component, number, name, checksum) values ($1, $2, $3, $4)",
        {migration.component, migration.number, migration.name, checksum});
    if (!recorded.ok()) return recorded.status();
    return connection_.ExecuteScript("commit");
  }

  Connection& connection_;
  std::map<std::pair<std::string, int32_t>, std::string> applied_;
  std::map<std::string, int32_t> newest_;
  MigrationReport report_;
};

}  // namespace

absl::StatusOr<MigrationReport> Migrate(const ConnectionOptions& options, const std::string& directory) {
  const absl::StatusOr<std::vector<Migration>> migrations = AllMigrations(directory);
  if (!migrations.ok()) return migrations.status();
  ConnectionOptions patient = options;
  patient.statement_timeout = kMigrationTimeout;
  const absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(patient);
  if (!connection.ok()) return connection.status();
  return Migrator(**connection).Run(*migrations);
}

}  // namespace hotline::postgres
