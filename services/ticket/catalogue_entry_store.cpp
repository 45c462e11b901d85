#include <absl/strings/str_cat.h>

#include <nlohmann/json.hpp>

#include <algorithm>

#include "libs/base/error.h"
#include "libs/postgres/pool.h"
#include "libs/postgres/transaction.h"
#include "services/ticket/catalogue_store.h"
#include "services/ticket/domain/configuration_errors.h"
#include "services/ticket/domain/configuration_limits.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"

namespace hotline::ticket {
namespace {

using domain::CatalogueEntry;
using postgres::Transaction;

CatalogueEntry EntryFromRow(const postgres::Row& row) {
  return {row.Get<std::string>("entry_id"), row.Get<std::string>("category_id"), row.Get<std::string>("area_code"), static_cast<domain::Type>(row.Get<int32_t>("type")),
          row.Get<std::string>("unit_id"), row.Get<std::vector<std::string>>("co_unit_ids"), row.Get<bool>("sure"), row.Get<std::optional<absl::CivilDay>>("effective_from"),
          row.Get<std::optional<absl::CivilDay>>("effective_to"), row.Get<std::string>("note")};
}

// The values of an entry's columns from $1 on.
postgres::Params EntryParams(const CatalogueEntry& entry) {
  return {entry.id, entry.category_id, entry.area_code, static_cast<int64_t>(entry.type), entry.unit_id, entry.co_unit_ids, entry.sure, entry.from, entry.to, entry.note};
}

// One at a time edits the draft; the new revision, which the lock is held for.
absl::StatusOr<int64_t> NextRevision(Transaction& tx) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("UPDATE catalogue_state SET revision = revision + 1 RETURNING revision"));
  return rows[0].Get<int64_t>("revision");
}

absl::StatusOr<std::vector<CatalogueEntry>> EntriesOfVersion(Transaction& tx, int64_t version) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT * FROM catalogue_entries WHERE since <= $1 AND (until IS NULL OR until > $1) ORDER BY entry_id", {version}));
  std::vector<CatalogueEntry> entries;
  for (const auto row : rows) entries.push_back(EntryFromRow(row));
  return entries;
}

CatalogueVersion VersionFromRow(const postgres::Row& row) {
  return {row.Get<int64_t>("version"), row.Get<absl::Time>("publish_time"), row.Get<std::string>("published_by"), row.Get<std::string>("note"),
          row.Get<int32_t>("entries"), row.Get<int32_t>("added"), row.Get<int32_t>("changed"), row.Get<int32_t>("removed")};
}

absl::Status WriteVersion(Transaction& tx, const CatalogueVersion& made, const std::vector<domain::EntryChange>& changes) {
  HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO catalogue_versions (version, publish_time, published_by, note, entries, added, changed, removed)"
                                     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                                     {made.version, made.publish_time, made.published_by, made.note, made.entries, made.added, made.changed, made.removed}).status());
  for (const domain::EntryChange& change : changes) {
    if (change.before) {
      HOTLINE_RETURN_IF_ERROR(tx.Execute("UPDATE catalogue_entries SET until = $2 WHERE entry_id = $1 AND until IS NULL", {change.before->id, made.version}).status());
    }
    if (!change.after) continue;
    postgres::Params params = EntryParams(*change.after);
    params.emplace_back(made.version);
    HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO catalogue_entries (entry_id, category_id, area_code, type, unit_id, co_unit_ids, sure, effective_from, effective_to, note, since)"
                                       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", params).status());
  }
  return tx.Execute("UPDATE catalogue_state SET published = $1", {made.version}).status();
}

Script ScriptFromRow(const postgres::Row& row) {
  Script script{row.Get<std::string>("script_id"), static_cast<domain::Type>(row.Get<int32_t>("type")), row.Get<std::string>("category_id"), row.Get<int32_t>("sort"),
                row.Get<std::string>("title"), {}, row.Get<int64_t>("version")};
  for (const nlohmann::json& step : nlohmann::json::parse(row.Get<std::string>("steps")))
    script.steps.push_back({step.at("kind").get<std::string>(), step.at("text").get<std::string>(), step.at("field").get<std::string>()});
  return script;
}

std::string StepsText(const Script& script) {
  nlohmann::json steps = nlohmann::json::array();
  for (const ScriptStep& step : script.steps) steps.push_back({{"kind", step.kind}, {"text", step.text}, {"field", step.field}});
  return steps.dump();
}

}  // namespace

std::vector<CatalogueEntry> EntriesOf(const CatalogueDraft& draft) {
  std::vector<CatalogueEntry> entries;
  for (const DraftEntry& one : draft.entries) entries.push_back(one.entry);
  return entries;
}

absl::StatusOr<CatalogueDraft> CatalogueStore::Draft() {
  // Both in one statement, so that the revision is that of the entries.
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT s.revision, d.* FROM catalogue_state s LEFT JOIN catalogue_drafts d ON true ORDER BY d.entry_id"));
  CatalogueDraft draft;
  for (const auto row : rows) {
    draft.revision = row.Get<int64_t>("revision");
    if (!row.Get<std::optional<std::string>>("entry_id")) continue;
    draft.entries.push_back({EntryFromRow(row), row.Get<int64_t>("version"), row.Get<std::string>("updated_by"), row.Get<absl::Time>("update_time")});
  }
  return draft;
}

absl::StatusOr<DraftEntry> CatalogueStore::PutEntry(const CatalogueEntry& entry, std::optional<int64_t> expected, const std::string& actor_id, absl::Time now) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<DraftEntry> {
    HOTLINE_ASSIGN_OR_RETURN(const int64_t revision, NextRevision(tx));
    HOTLINE_ASSIGN_OR_RETURN(const auto before, tx.Query("SELECT version FROM catalogue_drafts WHERE entry_id = $1", {entry.id}));
    if (expected && (before.empty() || before[0].Get<int64_t>("version") != *expected)) return domain::ConfigurationChanged("catalogue_entry");
    if (before.empty()) {
      HOTLINE_ASSIGN_OR_RETURN(const auto counts, tx.Query("SELECT count(*) AS entries FROM catalogue_drafts"));
      if (counts[0].Get<int64_t>("entries") >= static_cast<int64_t>(domain::kMaxEntries)) return domain::CatalogueFull("entries");
    }
    postgres::Params params = EntryParams(entry);
    params.emplace_back(revision);
    params.emplace_back(actor_id);
    params.emplace_back(now);
    HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO catalogue_drafts (entry_id, category_id, area_code, type, unit_id, co_unit_ids, sure, effective_from, effective_to, note,"
                                       " version, updated_by, update_time) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
                                       " ON CONFLICT (entry_id) DO UPDATE SET category_id = $2, area_code = $3, type = $4, unit_id = $5, co_unit_ids = $6, sure = $7,"
                                       " effective_from = $8, effective_to = $9, note = $10, version = $11, updated_by = $12, update_time = $13", params).status());
    return DraftEntry{entry, revision, actor_id, now};
  });
}

absl::Status CatalogueStore::DeleteEntry(const std::string& entry_id, std::optional<int64_t> expected) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    HOTLINE_RETURN_IF_ERROR(NextRevision(tx).status());
    HOTLINE_ASSIGN_OR_RETURN(const auto before, tx.Query("SELECT version FROM catalogue_drafts WHERE entry_id = $1", {entry_id}));
    if (before.empty()) return domain::EntryNotFound(entry_id);
    if (expected && before[0].Get<int64_t>("version") != *expected) return domain::ConfigurationChanged("catalogue_entry");
    return tx.Execute("DELETE FROM catalogue_drafts WHERE entry_id = $1", {entry_id}).status();
  });
}

absl::StatusOr<CatalogueVersion> CatalogueStore::Publish(int64_t expected, const std::string& actor_id, const std::string& note, absl::Time now) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<CatalogueVersion> {
    HOTLINE_ASSIGN_OR_RETURN(const auto state, tx.Query("SELECT revision, published FROM catalogue_state FOR UPDATE"));
    if (state[0].Get<int64_t>("revision") != expected) return domain::ConfigurationChanged("catalogue");
    const auto published = state[0].Get<int64_t>("published");
    HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT * FROM catalogue_drafts ORDER BY entry_id"));
    std::vector<CatalogueEntry> entries;
    for (const auto row : rows) entries.push_back(EntryFromRow(row));
    HOTLINE_ASSIGN_OR_RETURN(const std::vector<CatalogueEntry> before, EntriesOfVersion(tx, published));
    const std::vector<domain::EntryChange> changes = domain::Diff(before, entries);
    if (changes.empty()) return domain::NothingToPublish("catalogue");
    CatalogueVersion made{published + 1, now, actor_id, note, static_cast<int>(entries.size())};
    for (const domain::EntryChange& change : changes) ++(change.before && change.after ? made.changed : change.after ? made.added : made.removed);
    HOTLINE_RETURN_IF_ERROR(WriteVersion(tx, made, changes));
    return made;
  });
}

absl::StatusOr<int64_t> CatalogueStore::PublishedVersion() {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT published FROM catalogue_state"));
  return rows[0].Get<int64_t>("published");
}

absl::StatusOr<PublishedCatalogue> CatalogueStore::Published(int64_t version) {
  if (version == 0) return PublishedCatalogue{};
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<PublishedCatalogue> {
    HOTLINE_ASSIGN_OR_RETURN(const auto known, tx.Query("SELECT 1 AS one FROM catalogue_versions WHERE version = $1", {version}));
    if (known.empty()) return domain::CatalogueVersionNotFound(version);
    HOTLINE_ASSIGN_OR_RETURN(std::vector<CatalogueEntry> entries, EntriesOfVersion(tx, version));
    return PublishedCatalogue{version, std::move(entries)};
  }, {.read_only = true});
}

absl::StatusOr<std::vector<CatalogueVersion>> CatalogueStore::Versions(int64_t before, int limit) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT * FROM catalogue_versions WHERE $1 = 0 OR version < $1 ORDER BY version DESC LIMIT $2", {before, limit}));
  std::vector<CatalogueVersion> versions;
  for (const auto row : rows) versions.push_back(VersionFromRow(row));
  return versions;
}

absl::StatusOr<std::vector<std::string>> CatalogueStore::TagsIn(const std::string& text) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT DISTINCT tag FROM units u, unnest(u.tags) AS tag WHERE u.active AND tag <> '' AND position(tag IN $1::text) > 0"
                                                       " ORDER BY tag LIMIT $2", {text, static_cast<int64_t>(domain::kMaxTags)}));
  std::vector<std::string> tags;
  for (const auto row : rows) tags.push_back(row.Get<std::string>("tag"));
  return tags;
}

absl::StatusOr<std::vector<Script>> CatalogueStore::Scripts() {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT * FROM scripts ORDER BY sort, script_id"));
  std::vector<Script> scripts;
  for (const auto row : rows) scripts.push_back(ScriptFromRow(row));
  return scripts;
}

absl::StatusOr<Script> CatalogueStore::PutScript(const Script& script, std::optional<int64_t> expected) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<Script> {
    HOTLINE_RETURN_IF_ERROR(tx.Lock("scripts"));
    HOTLINE_ASSIGN_OR_RETURN(const auto before, tx.Query("SELECT version FROM scripts WHERE script_id = $1", {script.id}));
    const int64_t version = before.empty() ? 0 : before[0].Get<int64_t>("version");
    if (expected && (before.empty() || version != *expected)) return domain::ConfigurationChanged("script");
    HOTLINE_ASSIGN_OR_RETURN(const auto counts, tx.Query("SELECT count(*) AS others FROM scripts WHERE script_id <> $1", {script.id}));
    if (counts[0].Get<int64_t>("others") >= static_cast<int64_t>(domain::kMaxScripts)) return domain::CatalogueFull("scripts");
    Script kept = script;
    kept.version = version + 1;
    HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO scripts (script_id, type, category_id, sort, title, steps, version) VALUES ($1, $2, $3, $4, $5, $6, $7)"
                                       " ON CONFLICT (script_id) DO UPDATE SET type = $2, category_id = $3, sort = $4, title = $5, steps = $6, version = $7",
                                       {kept.id, static_cast<int64_t>(kept.type), kept.category_id, kept.order, kept.title, StepsText(kept), kept.version}).status());
    return kept;
  });
}

absl::Status CatalogueStore::DeleteScript(const std::string& script_id, std::optional<int64_t> expected) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    HOTLINE_RETURN_IF_ERROR(tx.Lock("scripts"));
    HOTLINE_ASSIGN_OR_RETURN(const auto before, tx.Query("SELECT version FROM scripts WHERE script_id = $1", {script_id}));
    if (before.empty()) return domain::ScriptNotFound(script_id);
    if (expected && before[0].Get<int64_t>("version") != *expected) return domain::ConfigurationChanged("script");
    return tx.Execute("DELETE FROM scripts WHERE script_id = $1", {script_id}).status();
  });
}

}  // namespace hotline::ticket
