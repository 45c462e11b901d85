#include "services/ticket/process_store.h"

#include <absl/strings/str_cat.h>

#include <nlohmann/json.hpp>

#include "libs/base/error.h"
#include "libs/postgres/pool.h"
#include "libs/postgres/transaction.h"
#include "services/ticket/domain/configuration_errors.h"

namespace hotline::ticket {
namespace {

using domain::Process;
using nlohmann::json;
using postgres::Transaction;

int64_t Number(domain::Type type) { return static_cast<int64_t>(type); }

std::string Body(const Process& process) {
  json fields = json::array();
  for (const domain::FormField& field : process.fields) {
    fields.push_back({{"id", field.id}, {"name", field.name}, {"name_en", field.name_en}, {"kind", static_cast<int>(field.kind)}, {"required", field.required},
                      {"choices", field.choices}, {"max_length", field.max_length}});
  }
  return json{{"required", process.required}, {"fields", fields}, {"review", process.review}, {"callback", process.callback}, {"approvals", process.approvals},
              {"return_decider", static_cast<int>(process.return_decider)}, {"extension_decider", static_cast<int>(process.extension_decider)},
              {"arbitration_after", process.arbitration_after}, {"max_rework", process.max_rework}, {"reopen_days", process.reopen_days}}.dump();
}

// What a later version of the software adds has its default in bodies kept before.
Process FromBody(domain::Type type, int64_t version, const std::string& text) {
  const json body = json::parse(text);
  Process process = domain::DefaultProcess(type);
  process.version = version;
  process.required = body.value("required", process.required);
  for (const json& field : body.at("fields")) {
    process.fields.push_back({field.at("id").get<std::string>(), field.at("name").get<std::string>(), field.value("name_en", ""),
                              static_cast<domain::FieldKind>(field.at("kind").get<int>()), field.value("required", false),
                              field.value("choices", std::vector<std::string>()), field.value("max_length", 0)});
  }
  process.review = body.value("review", process.review);
  process.callback = body.value("callback", process.callback);
  process.approvals = body.value("approvals", process.approvals);
  process.return_decider = static_cast<domain::Decider>(body.value("return_decider", static_cast<int>(process.return_decider)));
  process.extension_decider = static_cast<domain::Decider>(body.value("extension_decider", static_cast<int>(process.extension_decider)));
  process.arbitration_after = body.value("arbitration_after", process.arbitration_after);
  process.max_rework = body.value("max_rework", process.max_rework);
  process.reopen_days = body.value("reopen_days", process.reopen_days);
  return process;
}

KeptProcess VersionFromRow(const postgres::Row& row) {
  const auto type = static_cast<domain::Type>(row.Get<int32_t>("type"));
  return {FromBody(type, row.Get<int64_t>("version"), row.Get<std::string>("body")), false, 0, row.Get<std::string>("note"), row.Get<std::string>("published_by"),
          row.Get<absl::Time>("publish_time")};
}

KeptProcess DraftFromRow(const postgres::Row& row) {
  const auto type = static_cast<domain::Type>(row.Get<int32_t>("type"));
  return {FromBody(type, 0, row.Get<std::string>("body")), true, row.Get<int64_t>("version"), "", row.Get<std::string>("updated_by"), row.Get<absl::Time>("update_time")};
}

absl::Status NotFound(domain::Type type, int64_t version) { return domain::ProcessNotFound(absl::StrCat(Number(type)), version); }

template <class Rows>
std::vector<KeptProcess> VersionsFrom(const Rows& rows) {
  std::vector<KeptProcess> versions;
  for (const auto row : rows) versions.push_back(VersionFromRow(row));
  return versions;
}

}  // namespace

absl::StatusOr<std::vector<KeptProcess>> ProcessStore::Current() {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT DISTINCT ON (type) * FROM process_versions ORDER BY type, version DESC"));
  return VersionsFrom(rows);
}

absl::StatusOr<KeptProcess> ProcessStore::Get(domain::Type type, int64_t version) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT * FROM process_versions WHERE type = $1 AND version = $2", {Number(type), version}));
  if (rows.empty()) return NotFound(type, version);
  return VersionFromRow(rows[0]);
}

absl::StatusOr<KeptProcess> ProcessStore::Draft(domain::Type type) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT * FROM process_drafts WHERE type = $1", {Number(type)}));
  if (rows.empty()) return NotFound(type, 0);
  return DraftFromRow(rows[0]);
}

absl::StatusOr<std::vector<KeptProcess>> ProcessStore::Versions(domain::Type type, int64_t before, int limit) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT * FROM process_versions WHERE type = $1 AND ($2 = 0 OR version < $2) ORDER BY version DESC LIMIT $3",
                                                       {Number(type), before, limit}));
  return VersionsFrom(rows);
}

absl::StatusOr<KeptProcess> ProcessStore::PutDraft(const Process& process, std::optional<int64_t> expected, const std::string& actor_id, absl::Time now) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<KeptProcess> {
    HOTLINE_RETURN_IF_ERROR(tx.Lock(absl::StrCat("process/", Number(process.type))));
    HOTLINE_ASSIGN_OR_RETURN(const auto before, tx.Query("SELECT version FROM process_drafts WHERE type = $1", {Number(process.type)}));
    const int64_t revision = before.empty() ? 0 : before[0].Get<int64_t>("version");
    if (expected && *expected != revision) return domain::ConfigurationChanged("process");
    HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO process_drafts (type, body, version, updated_by, update_time) VALUES ($1, $2, $3, $4, $5)"
                                       " ON CONFLICT (type) DO UPDATE SET body = $2, version = $3, updated_by = $4, update_time = $5",
                                       {Number(process.type), Body(process), revision + 1, actor_id, now}).status());
    KeptProcess kept{process, true, revision + 1, "", actor_id, now};
    kept.process.version = 0;
    return kept;
  });
}

absl::StatusOr<KeptProcess> ProcessStore::Publish(domain::Type type, std::optional<int64_t> expected, const std::string& actor_id, const std::string& note, absl::Time now) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<KeptProcess> {
    HOTLINE_RETURN_IF_ERROR(tx.Lock(absl::StrCat("process/", Number(type))));
    HOTLINE_ASSIGN_OR_RETURN(const auto drafts, tx.Query("SELECT * FROM process_drafts WHERE type = $1", {Number(type)}));
    if (drafts.empty()) return NotFound(type, 0);
    KeptProcess draft = DraftFromRow(drafts[0]);
    if (expected && *expected != draft.revision) return domain::ConfigurationChanged("process");
    HOTLINE_ASSIGN_OR_RETURN(const auto latest, tx.Query("SELECT * FROM process_versions WHERE type = $1 ORDER BY version DESC LIMIT 1", {Number(type)}));
    Process published = latest.empty() ? domain::DefaultProcess(type) : VersionFromRow(latest[0]).process;
    const int64_t last = published.version;
    published.version = 0;
    if (published == draft.process) return domain::NothingToPublish("process");
    HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO process_versions (type, version, body, note, published_by, publish_time) VALUES ($1, $2, $3, $4, $5, $6)",
                                       {Number(type), last + 1, Body(draft.process), note, actor_id, now}).status());
    draft.process.version = last + 1;
    return KeptProcess{std::move(draft.process), false, 0, note, actor_id, now};
  });
}

}  // namespace hotline::ticket
