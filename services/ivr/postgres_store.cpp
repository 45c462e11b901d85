#include "services/ivr/postgres_store.h"

#include "libs/base/error.h"
#include "libs/postgres/transaction.h"

namespace hotline::ivr {
namespace {

constexpr int kMaxFlows = 200;

constexpr char kSelectDraft[] =
    "select flow_id, name, draft as definition, 0 as version, published_version, draft_version, publish_time from flows ";
constexpr char kSelectVersion[] =
    "select f.flow_id, f.name, v.definition, v.version, f.published_version, f.draft_version, v.publish_time"
    " from flows f join flow_versions v using (flow_id) ";

FlowRow Read(const postgres::Row& row) {
  return {.flow_id = row.Get<std::string>("flow_id"),
          .name = row.Get<std::string>("name"),
          .definition = row.Get<std::string>("definition"),
          .version = row.Get<int32_t>("version"),
          .published_version = row.Get<int32_t>("published_version"),
          .draft_version = row.Get<int64_t>("draft_version"),
          .publish_time = row.Get<std::optional<absl::Time>>("publish_time")};
}

std::vector<FlowRow> ReadAll(const postgres::Result& result) {
  std::vector<FlowRow> rows;
  for (const postgres::Row row : result) rows.push_back(Read(row));
  return rows;
}

}  // namespace

absl::StatusOr<std::vector<FlowRow>> PostgresStore::ListFlows() {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result,
                           pool_.Read(std::string(kSelectDraft) + "order by flow_id limit $1", {kMaxFlows}));
  return ReadAll(result);
}

absl::StatusOr<FlowRow> PostgresStore::GetFlow(std::string_view flow_id, int version) {
  HOTLINE_ASSIGN_OR_RETURN(
      const postgres::Result result,
      version == 0 ? pool_.Read(std::string(kSelectDraft) + "where flow_id = $1", {flow_id})
                   : pool_.Read(std::string(kSelectVersion) + "where flow_id = $1 and version = $2", {flow_id, version}));
  if (result.empty()) return base::NotFound(version == 0 ? "flow" : "flow_version", flow_id);
  return Read(result[0]);
}

absl::StatusOr<FlowRow> PostgresStore::PutDraft(const FlowRow& flow) {
  return postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) -> absl::StatusOr<FlowRow> {
    HOTLINE_ASSIGN_OR_RETURN(
        const postgres::Result result,
        flow.draft_version == 0
            ? tx.Query("insert into flows (flow_id, name, draft, draft_version, published_version) values ($1, $2, $3, 1, 0)"
                       " on conflict do nothing returning flow_id, name, draft as definition, 0 as version,"
                       " published_version, draft_version, publish_time",
                       {flow.flow_id, flow.name, flow.definition})
            : tx.Query("update flows set name = $2, draft = $3, draft_version = draft_version + 1"
                       " where flow_id = $1 and draft_version = $4 returning flow_id, name, draft as definition,"
                       " 0 as version, published_version, draft_version, publish_time",
                       {flow.flow_id, flow.name, flow.definition, flow.draft_version}));
    if (result.empty()) return base::EtagMismatch("flow", flow.flow_id);
    return Read(result[0]);
  });
}

absl::StatusOr<FlowRow> PostgresStore::Publish(std::string_view flow_id, int64_t draft_version, absl::Time now) {
  return postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) -> absl::StatusOr<FlowRow> {
    HOTLINE_ASSIGN_OR_RETURN(
        const postgres::Result result,
        tx.Query("update flows set published_version = published_version + 1, publish_time = $3 where flow_id = $1"
                 " and draft_version = $2 returning flow_id, name, draft as definition, published_version as version,"
                 " published_version, draft_version, publish_time",
                 {flow_id, draft_version, now}));
    if (result.empty()) return base::EtagMismatch("flow", flow_id);
    const FlowRow published = Read(result[0]);
    HOTLINE_RETURN_IF_ERROR(
        tx.Execute("insert into flow_versions (flow_id, version, definition, publish_time) values ($1, $2, $3, $4)",
                   {flow_id, published.version, published.definition, now})
            .status());
    return published;
  });
}

absl::StatusOr<std::vector<FlowRow>> PostgresStore::Published() {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result,
                           pool_.Read(std::string(kSelectVersion) + "where v.version = f.published_version order by flow_id"));
  return ReadAll(result);
}

absl::Status PostgresStore::AddPollAnswer(std::string_view poll_id, std::string_view question_id, std::string_view call_id,
                                          std::string_view answer, absl::Time now) {
  return postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) {
    return tx.Execute("insert into poll_answers (poll_id, question_id, call_id, answer, time) values ($1, $2, $3, $4, $5)"
                      " on conflict (poll_id, question_id, call_id) do update set answer = excluded.answer, time = excluded.time",
                      {poll_id, question_id, call_id, answer, now}).status();
  }, {.idempotent = true});
}

absl::StatusOr<std::vector<PollCountRow>> PostgresStore::CountPoll(std::string_view poll_id) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result,
                           pool_.Read("select question_id, answer, count(*)::bigint as n from poll_answers where poll_id = $1"
                                      " group by question_id, answer order by question_id, answer",
                                      {poll_id}));
  std::vector<PollCountRow> rows;
  for (const postgres::Row row : result) {
    rows.push_back({row.Get<std::string>("question_id"), row.Get<std::string>("answer"), row.Get<int64_t>("n")});
  }
  return rows;
}

}  // namespace hotline::ivr
