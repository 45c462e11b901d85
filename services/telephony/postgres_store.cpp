#include "services/telephony/postgres_store.h"

#include <absl/strings/numbers.h>

#include <set>

#include "libs/base/error.h"
#include "libs/events/event.h"
#include "libs/postgres/outbox.h"
#include "services/telephony/domain/errors.h"
#include "services/telephony/events.h"

namespace hotline::telephony {
namespace {

constexpr char kSource[] = "telephony";
constexpr int64_t kForgetPerFact = 10;  // remembered ids that are dropped with each fact, so that they never pile up

std::optional<absl::Time> TimeIf(bool has, const google::protobuf::Timestamp& time) {
  return has ? std::optional(FromTimestamp(time)) : std::nullopt;
}

v1::Call CallOf(const postgres::Row& row) {
  v1::Call call;
  const auto time = [&row](const char* column, auto set) {
    if (const auto value = row.Get<std::optional<absl::Time>>(column)) *set() = ToTimestamp(*value);
  };
  const auto number = [&row](const char* column) { return static_cast<int32_t>(row.Get<int64_t>(column)); };
  call.set_call_id(row.Get<std::string>("call_id"));
  call.set_direction(row.Get<std::string>("direction"));
  call.set_trunk_id(row.Get<std::string>("trunk_id"));
  call.set_caller_number(row.Get<std::string>("caller_number"));
  call.set_called_number(row.Get<std::string>("called_number"));
  time("start_time", [&] { return call.mutable_start_time(); });
  time("answer_time", [&] { return call.mutable_answer_time(); });
  time("enqueue_time", [&] { return call.mutable_enqueue_time(); });
  time("agent_answer_time", [&] { return call.mutable_agent_answer_time(); });
  time("end_time", [&] { return call.mutable_end_time(); });
  call.set_queue_id(row.Get<std::string>("queue_id"));
  call.set_agent_id(row.Get<std::string>("agent_id"));
  call.set_end_reason(row.Get<std::string>("end_reason"));
  call.set_sip_code(number("sip_code"));
  call.set_outcome(row.Get<std::string>("outcome"));
  call.set_wait_ms(number("wait_ms"));
  call.set_talk_ms(number("talk_ms"));
  call.set_billable_ms(number("billable_ms"));
  call.set_ticket_id(row.Get<std::string>("ticket_id"));
  call.set_sip_call_id(row.Get<std::string>("sip_call_id"));
  return call;
}

v1::CallLeg LegOf(const postgres::Row& row) {
  v1::CallLeg leg;
  leg.set_leg_id(row.Get<std::string>("leg_id"));
  leg.set_kind(row.Get<std::string>("kind"));
  leg.set_agent_id(row.Get<std::string>("agent_id"));
  *leg.mutable_start_time() = ToTimestamp(row.Get<absl::Time>("start_time"));
  if (const auto time = row.Get<std::optional<absl::Time>>("answer_time")) *leg.mutable_answer_time() = ToTimestamp(*time);
  if (const auto time = row.Get<std::optional<absl::Time>>("end_time")) *leg.mutable_end_time() = ToTimestamp(*time);
  leg.set_end_reason(row.Get<std::string>("end_reason"));
  leg.set_packets_in(static_cast<int32_t>(row.Get<int64_t>("packets_in")));
  leg.set_packets_out(static_cast<int32_t>(row.Get<int64_t>("packets_out")));
  leg.set_packets_lost(static_cast<int32_t>(row.Get<int64_t>("packets_lost")));
  leg.set_jitter_ms(static_cast<int32_t>(row.Get<int64_t>("jitter_ms")));
  return leg;
}

KeptRecording RecordingOf(const postgres::Row& row) {
  KeptRecording kept;
  v1::Recording& recording = kept.recording;
  recording.set_recording_id(row.Get<std::string>("recording_id"));
  recording.set_call_id(row.Get<std::string>("call_id"));
  recording.set_kind(row.Get<std::string>("kind"));
  recording.set_purpose(row.Get<std::string>("purpose"));
  *recording.mutable_start_time() = ToTimestamp(row.Get<absl::Time>("start_time"));
  recording.set_duration_ms(static_cast<int32_t>(row.Get<int64_t>("duration_ms")));
  recording.set_size_bytes(row.Get<int64_t>("size_bytes"));
  recording.set_digest(row.Get<std::string>("digest"));
  recording.set_level_left_dbfs(row.Get<double>("level_left"));
  recording.set_level_right_dbfs(row.Get<double>("level_right"));
  kept.agent_id = row.Get<std::string>("agent_id");
  kept.path = row.Get<std::string>("path");
  return kept;
}

absl::Status Publish(postgres::Transaction& tx, const std::string& call_id, const google::protobuf::Message& event, absl::Time now) {
  return postgres::Outbox::Append(tx, events::Make(kSource, call_id, event, now));
}

absl::StatusOr<int64_t> InsertRecording(postgres::Transaction& tx, const KeptRecording& kept) {
  const v1::Recording& r = kept.recording;
  return tx.Execute("insert into recordings (recording_id, call_id, agent_id, kind, purpose, start_time, duration_ms, size_bytes, digest, "
                    "level_left, level_right, path) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing",
                    {r.recording_id(), r.call_id(), kept.agent_id, r.kind(), r.purpose(), FromTimestamp(r.start_time()), r.duration_ms(),
                     r.size_bytes(), r.digest(), r.level_left_dbfs(), r.level_right_dbfs(), kept.path});
}

}  // namespace

absl::Status PostgresStore::Apply(const std::vector<Fact>& facts) {
  const absl::Time now = clock_.Now();
  std::vector<std::string> ids;
  for (const Fact& fact : facts) ids.push_back(fact.id);
  return postgres::RunTransaction(
      pool_,
      [&](postgres::Transaction& tx) -> absl::Status {
        HOTLINE_ASSIGN_OR_RETURN(const postgres::Result added, tx.Query("insert into applied_facts (fact_id, apply_time) "
                                                                        "select id::uuid, $2 from unnest($1::text[]) id "
                                                                        "on conflict do nothing returning fact_id::text",
                                                                        {ids, now}));
        if (added.empty()) return absl::OkStatus();
        HOTLINE_RETURN_IF_ERROR(
            tx.Execute("delete from applied_facts where fact_id in (select fact_id from applied_facts where apply_time < $1 limit $2)",
                       {now - kRememberFacts, kForgetPerFact * static_cast<int64_t>(facts.size())})
                .status());
        std::set<std::string> fresh;
        for (const postgres::Row row : added) fresh.insert(row.Get<std::string>("fact_id"));
        for (const Fact& fact : facts) {
          if (fresh.contains(fact.id)) HOTLINE_RETURN_IF_ERROR(ApplyNew(tx, fact, now));
        }
        return absl::OkStatus();
      },
      {.idempotent = true});
}

absl::Status PostgresStore::ApplyNew(postgres::Transaction& tx, const Fact& fact, absl::Time now) {
  if (fact.kind == kFactOffered) {
    events::v1::CallOffered event;
    HOTLINE_RETURN_IF_ERROR(FromJson(fact.json, event));
    return Publish(tx, event.call_id(), event, now);
  }
  if (fact.kind == kFactConnected) {
    events::v1::CallConnected event;
    HOTLINE_RETURN_IF_ERROR(FromJson(fact.json, event));
    return Publish(tx, event.call_id(), event, now);
  }
  if (fact.kind == kFactEnded) {
    v1::Call call;
    HOTLINE_RETURN_IF_ERROR(FromJson(fact.json, call));
    HOTLINE_ASSIGN_OR_RETURN(const bool added, InsertCall(tx, call));
    if (!added) return absl::OkStatus();
    return Publish(tx, call.call_id(), EndedEvent(call), now);
  }
  if (fact.kind == kFactRecording) {
    HOTLINE_ASSIGN_OR_RETURN(const KeptRecording kept, ParseRecordingFact(fact.json));
    HOTLINE_ASSIGN_OR_RETURN(const int64_t added, InsertRecording(tx, kept));
    if (added == 0) return absl::OkStatus();
    HOTLINE_RETURN_IF_ERROR(Publish(tx, kept.recording.call_id(), KeptEvent(kept.recording), now));
    return IsMessageLeft(kept.recording) ? Publish(tx, kept.recording.call_id(), LeftEvent(kept.recording), now) : absl::OkStatus();
  }
  return errors::SpoolUnreadable("a kind of fact that this version does not know");
}

absl::StatusOr<bool> PostgresStore::InsertCall(postgres::Transaction& tx, const v1::Call& call) {
  HOTLINE_ASSIGN_OR_RETURN(
      const int64_t added,
      tx.Execute("insert into calls (call_id, direction, trunk_id, caller_number, called_number, start_time, answer_time, enqueue_time, "
                 "agent_answer_time, end_time, queue_id, agent_id, end_reason, sip_code, outcome, wait_ms, talk_ms, billable_ms, "
                 "ticket_id, sip_call_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) on conflict do nothing",
                 {call.call_id(), call.direction(), call.trunk_id(), call.caller_number(), call.called_number(),
                  FromTimestamp(call.start_time()), TimeIf(call.has_answer_time(), call.answer_time()),
                  TimeIf(call.has_enqueue_time(), call.enqueue_time()), TimeIf(call.has_agent_answer_time(), call.agent_answer_time()),
                  FromTimestamp(call.end_time()), call.queue_id(), call.agent_id(), call.end_reason(), call.sip_code(), call.outcome(),
                  call.wait_ms(), call.talk_ms(), call.billable_ms(), call.ticket_id(), call.sip_call_id()}));
  // Finished twice: by the process itself and, from what it had saved, by the next one.
  if (added == 0) return false;
  for (int i = 0; i < call.legs_size(); ++i) {
    const v1::CallLeg& leg = call.legs(i);
    HOTLINE_RETURN_IF_ERROR(
        tx.Execute("insert into legs (leg_id, call_id, position, kind, agent_id, start_time, answer_time, end_time, end_reason, packets_in, "
                   "packets_out, packets_lost, jitter_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                   {leg.leg_id(), call.call_id(), i, leg.kind(), leg.agent_id(), FromTimestamp(leg.start_time()),
                    TimeIf(leg.has_answer_time(), leg.answer_time()), TimeIf(leg.has_end_time(), leg.end_time()), leg.end_reason(),
                    leg.packets_in(), leg.packets_out(), leg.packets_lost(), leg.jitter_ms()})
            .status());
  }
  return true;
}

absl::StatusOr<v1::Call> PostgresStore::GetCall(const std::string& call_id) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows, pool_.Read("select * from calls where call_id = $1", {call_id}));
  if (rows.empty()) return errors::CallNotFound(call_id);
  v1::Call call = CallOf(rows[0]);
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result legs, pool_.Read("select * from legs where call_id = $1 order by position", {call_id}));
  for (const postgres::Row row : legs) *call.add_legs() = LegOf(row);
  return call;
}

absl::StatusOr<std::vector<v1::Call>> PostgresStore::ListCalls(const CallFilter& filter, const std::string& after, int limit) {
  std::optional<absl::Time> before;
  std::optional<std::string> before_id;
  if (const size_t space = after.find(' '); space != std::string::npos) {
    int64_t micros = 0;
    if (!absl::SimpleAtoi(after.substr(0, space), &micros)) return base::InvalidField("page_token", "BAD_PAGE_TOKEN", "not of this list");
    before = absl::FromUnixMicros(micros);
    before_id = after.substr(space + 1);
  }
  HOTLINE_ASSIGN_OR_RETURN(
      const postgres::Result rows,
      pool_.Read("select * from calls where ($1::timestamptz is null or start_time >= $1) and ($2::timestamptz is null or start_time < $2) "
                 "and ($3::text = '' or agent_id = $3) "
                 "and ($4::text = '' or (direction = 'inbound' and caller_number = $4) or (direction = 'outbound' and called_number = $4)) "
                 "and ($5::timestamptz is null or (start_time, call_id) < ($5, $6::uuid)) "
                 "order by start_time desc, call_id desc limit $7",
                 {filter.from, filter.to, filter.agent_id, filter.number, before, before_id, limit}));
  std::vector<v1::Call> calls;
  for (const postgres::Row row : rows) calls.push_back(CallOf(row));
  return calls;
}

absl::StatusOr<std::vector<KeptRecording>> PostgresStore::ListRecordings(const std::string& call_id, const std::string& recording_id) {
  const bool one = !recording_id.empty();
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                           pool_.Read(one ? "select * from recordings where recording_id = $1"
                                          : "select * from recordings where call_id = $1 order by start_time, recording_id",
                                      {one ? recording_id : call_id}));
  std::vector<KeptRecording> kept;
  for (const postgres::Row row : rows) kept.push_back(RecordingOf(row));
  return kept;
}

}  // namespace hotline::telephony
