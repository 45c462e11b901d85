// Writing facts: one short statement or two per event, which travel together.
#include "libs/base/error.h"
#include "libs/postgres/transaction.h"
#include "services/analytics/postgres_store.h"

namespace hotline::analytics {

using postgres::Transaction;

absl::Status PostgresStore::PutCall(Transaction& tx, const CallFact& fact) {
  // The record of a call that is over is the last word; before it, what came first stays: a second agent of the same call
  // does not change how long the caller waited for the first.
  return tx.Execute(R"sql(
    insert into calls as c (call_id, direction, line, trunk_id, queue_id, agent_id, ticket_id, outcome, end_reason, offered_at,
                            enqueued_at, connected_at, ended_at, wait_ms, talk_ms)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    on conflict (call_id) do update set
      line         = coalesce(nullif(excluded.line, ''), c.line),
      trunk_id     = coalesce(nullif(excluded.trunk_id, ''), c.trunk_id),
      queue_id     = coalesce(nullif(excluded.queue_id, ''), c.queue_id),
      agent_id     = coalesce(nullif(excluded.agent_id, ''), c.agent_id),
      ticket_id    = coalesce(nullif(excluded.ticket_id, ''), c.ticket_id),
      outcome      = excluded.outcome,
      end_reason   = excluded.end_reason,
      offered_at   = case when excluded.ended_at is null then least(c.offered_at, excluded.offered_at) else excluded.offered_at end,
      enqueued_at  = case when excluded.ended_at is null then coalesce(c.enqueued_at, excluded.enqueued_at)
                          else coalesce(excluded.enqueued_at, c.enqueued_at) end,
      wait_ms      = case when excluded.ended_at is null and c.connected_at is not null then c.wait_ms else excluded.wait_ms end,
      connected_at = case when excluded.ended_at is null then coalesce(c.connected_at, excluded.connected_at)
                          else coalesce(excluded.connected_at, c.connected_at) end,
      talk_ms      = excluded.talk_ms,
      ended_at     = excluded.ended_at
    where c.ended_at is null or excluded.ended_at is not null)sql",
                    {fact.call_id, fact.direction, fact.line, fact.trunk_id, fact.queue_id, fact.agent_id, fact.ticket_id,
                     fact.outcome, fact.end_reason, fact.offered, fact.enqueued, fact.connected, fact.ended, fact.wait_ms,
                     fact.talk_ms})
      .status();
}

absl::Status PostgresStore::PutTicket(Transaction& tx, const TicketFact& fact) {
  return tx.Later(R"sql(
    insert into tickets as t (ticket_id, history_sequence, type, state, urgency, channel, category_id, area_code, unit_id, unit_path,
                              line, call_id, rework_count, created_at, created_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    on conflict (ticket_id) do update set
      history_sequence = excluded.history_sequence, type = excluded.type, state = excluded.state, urgency = excluded.urgency,
      channel = excluded.channel, category_id = excluded.category_id, area_code = excluded.area_code, unit_id = excluded.unit_id,
      unit_path = excluded.unit_path, line = excluded.line, call_id = excluded.call_id, rework_count = excluded.rework_count,
      created_at = excluded.created_at, created_by = coalesce(nullif(excluded.created_by, ''), t.created_by)
    where excluded.history_sequence > t.history_sequence)sql",
                  {fact.ticket_id, fact.history_sequence, fact.type, fact.state, fact.urgency, fact.channel, fact.category_id,
                   fact.area_code, fact.unit_id, fact.unit_path, fact.line, fact.call_id, fact.rework_count, fact.created, fact.created_by});
}

absl::Status PostgresStore::AddStep(Transaction& tx, const StepFact& fact) {
  return tx.Later(R"sql(
    insert into ticket_steps (event_id, ticket_id, history_sequence, kind, at, unit_id, unit_path, actor_id, accepted, reached, solved,
                              satisfaction)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (event_id) do nothing)sql",
                    {fact.event_id, fact.ticket_id, fact.history_sequence, fact.kind, fact.at, fact.unit_id, fact.unit_path,
                     fact.actor_id, fact.accepted, fact.reached, fact.solved, fact.satisfaction});
}

absl::Status PostgresStore::PutClock(Transaction& tx, const ClockFact& fact) {
  return tx.Later(R"sql(
    insert into clocks as c (clock_id, version, ticket_id, step, unit_id, light, paused, is_window, started_at, due_at, stopped_at,
                             stop_reason, on_time, elapsed_working_seconds)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    on conflict (clock_id) do update set
      version = excluded.version, ticket_id = excluded.ticket_id, step = excluded.step, unit_id = excluded.unit_id,
      light = excluded.light, paused = excluded.paused, is_window = excluded.is_window, started_at = excluded.started_at,
      due_at = excluded.due_at, stopped_at = excluded.stopped_at, stop_reason = excluded.stop_reason, on_time = excluded.on_time,
      elapsed_working_seconds = excluded.elapsed_working_seconds
    where excluded.version > c.version)sql",
                    {fact.clock_id, fact.version, fact.ticket_id, fact.step, fact.unit_id, fact.light, fact.paused, fact.window,
                     fact.started, fact.due, fact.stopped, fact.stop_reason, fact.on_time, fact.elapsed_working_seconds});
}

absl::Status PostgresStore::PutRating(Transaction& tx, const RatingFact& fact) {
  // One rating per call (STD-8): the last.
  return tx.Later(R"sql(
    insert into ratings as r (call_id, agent_id, score, at) values ($1, $2, $3, $4)
    on conflict (call_id) do update set agent_id = excluded.agent_id, score = excluded.score, at = excluded.at
    where excluded.at > r.at)sql",
                    {fact.call_id, fact.agent_id, fact.score, fact.at});
}

absl::Status PostgresStore::AddMessage(Transaction& tx, const MessageFact& fact) {
  return tx.Later(R"sql(
    insert into messages (recording_id, call_id, purpose, duration_ms, at) values ($1, $2, $3, $4, $5)
    on conflict (recording_id) do nothing)sql",
                    {fact.recording_id, fact.call_id, fact.purpose, fact.duration_ms, fact.at});
}

absl::Status PostgresStore::AddAgentState(Transaction& tx, const AgentStateFact& fact) {
  return tx.Later(R"sql(
    insert into agent_states (event_id, agent_id, state, duration_ms, ended_at) values ($1, $2, $3, $4, $5)
    on conflict (event_id) do nothing)sql",
                    {fact.event_id, fact.agent_id, fact.state, fact.duration_ms, fact.ended});
}

absl::Status PostgresStore::PutUnit(Transaction& tx, const UnitFact& fact) {
  return tx.Later(R"sql(
    insert into units as u (unit_id, sequence, parent_id, path, name, active, level, area_code)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (unit_id) do update set
      sequence = excluded.sequence, parent_id = excluded.parent_id, path = excluded.path, name = excluded.name,
      active = excluded.active, level = excluded.level, area_code = excluded.area_code
    where excluded.sequence > u.sequence)sql",
                    {fact.unit_id, fact.sequence, fact.parent_id, fact.path, fact.name, fact.active, fact.level, fact.area_code});
}

}  // namespace hotline::analytics
