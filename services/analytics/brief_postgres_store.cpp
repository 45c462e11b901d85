#include "libs/base/error.h"
#include "libs/postgres/transaction.h"
#include "services/analytics/brief_store.h"

namespace hotline::analytics {
namespace {

using postgres::Row;
using postgres::Transaction;

constexpr char kColumns[] = "brief_id, coalesce(request_id, '') as request_id, period, first_day, last_day, year, issue, title, pages, sha256,"
                            " length(pdf)::bigint as size, created_by, created_at";

BriefRecord FromRow(const Row& row) {
  BriefRecord brief;
  brief.id = row.Get<std::string>("brief_id");
  brief.request_id = row.Get<std::string>("request_id");
  brief.period = row.Get<int32_t>("period");
  brief.first_day = row.Get<absl::CivilDay>("first_day");
  brief.last_day = row.Get<absl::CivilDay>("last_day");
  brief.year = row.Get<int32_t>("year");
  brief.issue = row.Get<int32_t>("issue");
  brief.title = row.Get<std::string>("title");
  brief.pages = row.Get<int32_t>("pages");
  brief.sha256 = row.Get<std::string>("sha256");
  brief.size = row.Get<int64_t>("size");
  brief.created_by = row.Get<std::string>("created_by");
  brief.created = row.Get<absl::Time>("created_at");
  return brief;
}

absl::StatusOr<std::map<std::string, std::string>> Names(postgres::Pool& pool, const char* sql) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows, pool.Read(sql));
  std::map<std::string, std::string> names;
  for (const Row row : rows) names[row.Get<std::string>("id")] = row.Get<std::string>("name");
  return names;
}

}  // namespace

absl::StatusOr<BriefRecord> BriefStore::Add(BriefRecord record, Make make) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<BriefRecord> {
    HOTLINE_RETURN_IF_ERROR(tx.SetStatementTimeout(kIssueWait));
    HOTLINE_RETURN_IF_ERROR(tx.Lock("briefs"));  // one at a time, so that issues have no holes
    if (!record.request_id.empty()) {
      HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query(std::string("select ") + kColumns + " from briefs where request_id = $1", {record.request_id}));
      if (!rows.empty()) {
        BriefRecord found = FromRow(rows[0]);
        if (found.period != record.period || found.created_by != record.created_by || found.first_day != record.first_day)
          return base::AlreadyExists("REQUEST_ID_REUSED", "the request id was used for another brief");
        return found;
      }
    }
    HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("select coalesce(max(issue), 0) + 1 as issue from briefs where period = $1 and year = $2",
                                                       {record.period, record.year}));
    record.issue = rows[0].Get<int32_t>("issue");
    if (record.issue > kMaxIssues) return base::ResourceExhausted("TOO_MANY_BRIEFS", "1,000 briefs of a kind were made this year");
    HOTLINE_RETURN_IF_ERROR(make(record));
    const std::optional<std::string> request_id = record.request_id.empty() ? std::nullopt : std::optional(record.request_id);
    HOTLINE_RETURN_IF_ERROR(tx.Execute("insert into briefs (brief_id, request_id, period, first_day, last_day, year, issue, title, pages, sha256, pdf, created_by,"
                                       " created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                                       {record.id, request_id, record.period, record.first_day, record.last_day, record.year, record.issue, record.title,
                                        record.pages, record.sha256, postgres::Bytes{record.pdf}, record.created_by, record.created}).status());
    return record;
  }, {.idempotent = !record.request_id.empty()});
}

absl::StatusOr<BriefRecord> BriefStore::Get(const std::string& brief_id) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows, pool_.Read(std::string("select ") + kColumns + ", pdf from briefs where brief_id = $1", {brief_id}));
  if (rows.empty()) return base::NotFound("brief", brief_id);
  BriefRecord brief = FromRow(rows[0]);
  brief.pdf = rows[0].Get<postgres::Bytes>("pdf").value;
  return brief;
}

absl::StatusOr<std::vector<BriefRecord>> BriefStore::List(const std::string& before, int limit) {
  const std::string start = before.empty() ? "ffffffff-ffff-ffff-ffff-ffffffffffff" : before;
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows, pool_.Read(std::string("select ") + kColumns + " from briefs where brief_id < $1 order by brief_id desc limit $2",
                                                                   {start, limit}));
  std::vector<BriefRecord> briefs;
  for (const Row row : rows) briefs.push_back(FromRow(row));
  return briefs;
}

absl::StatusOr<std::map<std::string, std::string>> BriefStore::UnitNames() { return Names(pool_, "select unit_id as id, name from units"); }

absl::StatusOr<std::map<std::string, std::string>> BriefStore::AreaNames() {
  return Names(pool_, "select distinct on (area_code) area_code as id, name from units where area_code <> '' order by area_code, level, unit_id");
}

}  // namespace hotline::analytics
