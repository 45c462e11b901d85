#include "services/ticket/postgres_store.h"

#include <absl/strings/str_cat.h>

#include <set>

#include <nlohmann/json.hpp>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/postgres/error.h"
#include "libs/postgres/outbox.h"
#include "services/ticket/attachment_store.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/fields.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/search_keys.h"
#include "services/ticket/events.h"
#include "services/ticket/history_store.h"

namespace hotline::ticket {

namespace internal {
const char kTicketColumns[] =
    "t.*, k.wrapped, (SELECT jsonb_agg(jsonb_build_object('clock_id', l.clock_id, 'step', l.step, 'light', l.light,"
    " 'due', CASE WHEN isfinite(l.due_time) THEN (extract(epoch FROM l.due_time) * 1000000)::bigint END,"
    " 'warn', CASE WHEN isfinite(l.warn_time) THEN (extract(epoch FROM l.warn_time) * 1000000)::bigint END)"
    " ORDER BY l.due_time, l.clock_id) FROM limits l WHERE l.ticket_id = t.ticket_id)::text AS limits";
}  // namespace internal

namespace {

using domain::Ticket;
using internal::CloseTime;
using internal::CoUnits;
using internal::MoreText;
using internal::PersonalOf;
using internal::ScopeOf;
using postgres::Bytes;
using postgres::Row;
using postgres::Transaction;

absl::Time MicrosOrNever(const nlohmann::json& value) {
  return value.is_number_integer() ? absl::FromUnixMicros(value.get<int64_t>()) : absl::InfiniteFuture();
}

std::vector<domain::Limit> ParseLimits(const std::optional<std::string>& text) {
  std::vector<domain::Limit> limits;
  if (!text) return limits;
  for (const nlohmann::json& one : nlohmann::json::parse(*text)) {
    limits.push_back({one.at("clock_id").get<std::string>(), one.at("step").get<std::string>(), MicrosOrNever(one.at("due")),
                      MicrosOrNever(one.at("warn")), static_cast<domain::Light>(one.at("light").get<int>())});
  }
  return limits;
}

constexpr absl::Duration kIdStep = absl::Microseconds(1);
constexpr absl::Duration kIdLead = absl::Seconds(1);

template <class Enum>
int64_t Number(Enum value) { return static_cast<int64_t>(value); }

}  // namespace

namespace internal {

// Every unit above the lead and co-handling units, themselves included: who sees the ticket.
std::vector<std::string> ScopeOf(const Ticket& ticket) {
  std::set<std::string> scope;
  const auto add = [&](const std::string& path) {
    size_t start = 0;
    while (start < path.size()) {
      const size_t end = std::min(path.find('/', start), path.size());
      if (end > start) scope.insert(path.substr(start, end - start));
      start = end + 1;
    }
  };
  add(ticket.unit.path);
  add(ticket.responsible.path);  // stays in the case until another signs (STD-6)
  for (const domain::UnitRef& unit : ticket.co_units) add(unit.path);
  return {scope.begin(), scope.end()};
}

Personal PersonalOf(const Ticket& ticket) {
  return {ticket.caller.name, ticket.caller.phone, ticket.caller.work_unit, ticket.caller.address, ticket.place, ticket.party_complained_of,
          ticket.parties_concerned};
}

std::vector<std::string> CoUnits(const Ticket& ticket, std::string domain::UnitRef::* member) {
  std::vector<std::string> values;
  for (const domain::UnitRef& unit : ticket.co_units) values.push_back(unit.*member);
  return values;
}

std::string MoreText(const Ticket& ticket) {
  return nlohmann::json(domain::More(ticket)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<absl::Time> CloseTime(const Ticket& ticket) {
  return ticket.close_time == absl::InfinitePast() ? std::nullopt : std::optional(ticket.close_time);
}

}  // namespace internal

void SetPersonal(const Personal& personal, Ticket& ticket) {
  ticket.caller.name = personal.name;
  ticket.caller.phone = personal.phone;
  ticket.caller.work_unit = personal.work_unit;
  ticket.caller.address = personal.address;
  ticket.place = personal.place;
  ticket.party_complained_of = personal.party_complained_of;
  ticket.parties_concerned = personal.parties_concerned;
}

absl::StatusOr<PostgresStore::Loaded> PostgresStore::FromRow(const Row& row) const {
  Loaded loaded;
  Ticket& t = loaded.ticket;
  const auto text = [&](const char* column) { return row.Get<std::string>(column); };
  t.id = text("ticket_id");
  t.number = text("number");
  t.acceptance_number = text("acceptance_number");
  t.type = static_cast<domain::Type>(row.Get<int32_t>("type"));
  t.state = static_cast<domain::State>(row.Get<int32_t>("state"));
  t.urgency = static_cast<domain::Urgency>(row.Get<int32_t>("urgency"));
  t.channel = static_cast<domain::Channel>(row.Get<int32_t>("channel"));
  t.handling = static_cast<domain::Handling>(row.Get<int32_t>("handling"));
  t.title = text("title");
  t.content = text("content");
  t.category_id = text("category_id");
  t.tags = row.Get<std::vector<std::string>>("tags");
  t.area_code = text("area_code");
  t.longitude = row.Get<double>("longitude");
  t.latitude = row.Get<double>("latitude");
  t.line = text("line");
  t.call_id = text("call_id");
  t.recording_id = text("recording_id");
  t.unit = {text("unit_id"), text("unit_path")};
  const auto ids = row.Get<std::vector<std::string>>("co_unit_ids");
  const auto paths = row.Get<std::vector<std::string>>("co_unit_paths");
  for (size_t i = 0; i < ids.size(); ++i) t.co_units.push_back({ids[i], i < paths.size() ? paths[i] : ""});
  t.return_from = static_cast<domain::State>(row.Get<int32_t>("return_from"));
  t.answer = text("answer");
  t.solved = row.Get<bool>("solved");
  t.satisfaction = text("satisfaction");
  t.refuse_reason = text("refuse_reason");
  HOTLINE_RETURN_IF_ERROR(domain::SetFields(nlohmann::json::parse(text("more")).get<std::map<std::string, std::string>>(), t));
  t.created_by = text("created_by");
  t.create_time = row.Get<absl::Time>("create_time");
  t.update_time = row.Get<absl::Time>("update_time");
  t.close_time = row.Get<std::optional<absl::Time>>("close_time").value_or(absl::InfinitePast());
  t.version = row.Get<int64_t>("version");
  t.history_count = row.Get<int64_t>("history_count");
  t.rework_count = row.Get<int32_t>("rework_count");
  t.light = static_cast<domain::Light>(row.Get<int32_t>("light"));
  t.due_time = row.Get<absl::Time>("due_time");
  t.limits = ParseLimits(row.Get<std::optional<std::string>>("limits"));
  loaded.wrapped_key = row.Get<Bytes>("wrapped").value;
  loaded.sealed = row.Get<Bytes>("sealed").value;
  loaded.history_head = text("history_head");
  loaded.pin_hash = text("pin_hash");
  HOTLINE_ASSIGN_OR_RETURN(Personal personal, cipher_.Open(t.id, loaded.wrapped_key, loaded.sealed));
  SetPersonal(personal, t);
  t.caller.kind = text("caller_kind");
  t.caller.anonymous = row.Get<bool>("anonymous");
  t.caller.confidential = row.Get<bool>("confidential");
  return loaded;
}

absl::StatusOr<PostgresStore::Loaded> PostgresStore::Lock(Transaction& tx, const std::string& ticket_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query(absl::StrCat("SELECT ", internal::kTicketColumns, " FROM tickets t JOIN ticket_keys k USING (ticket_id)"
                                                                  " WHERE t.ticket_id = $1 FOR UPDATE OF t"), {ticket_id}));
  if (rows.empty()) return domain::TicketNotFound(ticket_id);
  return FromRow(rows[0]);
}

absl::StatusOr<Ticket> PostgresStore::Read(Transaction& tx, const std::string& ticket_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query(absl::StrCat("SELECT ", internal::kTicketColumns, " FROM tickets t JOIN ticket_keys k USING (ticket_id)"
                                                                  " WHERE t.ticket_id = $1"), {ticket_id}));
  if (rows.empty()) return domain::TicketNotFound(ticket_id);
  HOTLINE_ASSIGN_OR_RETURN(Loaded loaded, FromRow(rows[0]));
  return std::move(loaded.ticket);
}

absl::StatusOr<int64_t> PostgresStore::TakeNumbers(absl::CivilDay day, int64_t count) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<int64_t> {
    HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("INSERT INTO number_days AS d (day, last) VALUES ($1, $2)"
                                                       " ON CONFLICT (day) DO UPDATE SET last = d.last + $2 RETURNING last",
                                                       {day, count}));
    return rows[0].Get<int64_t>("last");
  });
}

absl::StatusOr<std::string> PostgresStore::NextNumber(absl::Time now) {
  const absl::CivilDay day = absl::ToCivilDay(now, options_.zone);
  std::lock_guard lock(number_mutex_);
  if (day != number_day_ || next_number_ > last_number_) {
    HOTLINE_ASSIGN_OR_RETURN(last_number_, TakeNumbers(day, domain::kNumberBlock));
    number_day_ = day;
    next_number_ = last_number_ - domain::kNumberBlock + 1;
  }
  return domain::FormatNumber(number_day_, next_number_++);
}

std::string PostgresStore::NextTicketId(absl::Time now) {
  // Lists find a time's tickets by their ids, so an id is of the ticket's own time; each is later than the one before, that
  // the order of ids is that of registration. A clock that was set back is followed.
  std::lock_guard lock(id_mutex_);
  last_id_ = now > last_id_ || now < last_id_ - kIdLead ? now : last_id_ + kIdStep;
  return base::NewId(base::ManualClock(last_id_));
}

absl::StatusOr<PostgresStore::Claim> PostgresStore::ClaimedBefore(Transaction& tx, const Request& request) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT rpc, ticket_id, actor_id FROM requests WHERE request_id = $1", {request.request_id}));
  if (rows.empty()) return base::Aborted("REQUEST_ID_RACE", "try again");
  Claim claim{false, rows[0].Get<std::string>("rpc"), rows[0].Get<std::string>("ticket_id"), rows[0].Get<std::string>("actor_id")};
  if (claim.rpc != request.rpc) return domain::RequestIdReused();
  return claim;
}

absl::StatusOr<PostgresStore::Locked> PostgresStore::ClaimAndLock(Transaction& tx, const Request& request, const std::string& ticket_id) {
  std::optional<postgres::Result> made;
  if (!request.request_id.empty()) {
    // Waits for a request of the same id that is under way.
    HOTLINE_RETURN_IF_ERROR(tx.Later("INSERT INTO requests (request_id, rpc, ticket_id, actor_id, create_time) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                                     {request.request_id, request.rpc, ticket_id, request.actor.id, request.now}, &made));
  }
  Locked locked{{true, request.rpc, ticket_id, request.actor.id}, Lock(tx, ticket_id)};
  if (request.request_id.empty() || (made && made->affected() == 1)) return locked;
  HOTLINE_ASSIGN_OR_RETURN(locked.claim, ClaimedBefore(tx, request));
  return locked;
}

absl::StatusOr<PostgresStore::Claim> PostgresStore::ClaimWithNumber(Transaction& tx, const Request& request, Numbers& numbers) {
  Claim claim{true, request.rpc, numbers.ticket_id, request.actor.id};
  if (request.request_id.empty()) return claim;
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("WITH claimed AS (INSERT INTO requests (request_id, rpc, ticket_id, actor_id, create_time)"
                                                     " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING ticket_id),"
                                                     " issued AS (INSERT INTO acceptance_numbers AS a (acceptance_number, ticket_id, issue_time)"
                                                     " SELECT $6, ticket_id, $5 FROM claimed ON CONFLICT (acceptance_number) DO UPDATE SET ticket_id = excluded.ticket_id,"
                                                     " issue_time = excluded.issue_time WHERE a.issue_time < $7 RETURNING acceptance_number)"
                                                     " SELECT (SELECT count(*) FROM claimed) AS claimed, coalesce((SELECT acceptance_number FROM issued), '') AS number",
                                                     {request.request_id, request.rpc, numbers.ticket_id, request.actor.id, request.now,
                                                      base::RandomDigits(static_cast<size_t>(options_.acceptance_digits)), request.now - domain::kAcceptanceReuse}));
  if (rows[0].Get<int64_t>("claimed") == 0) return ClaimedBefore(tx, request);
  numbers.acceptance_number = rows[0].Get<std::string>("number");
  return claim;
}

absl::StatusOr<Registered> PostgresStore::CreateIn(Transaction& tx, const Request& request, const std::string& number, DecideNew decide) {
  Numbers numbers{NextTicketId(request.now), number, ""};
  HOTLINE_ASSIGN_OR_RETURN(const Claim claim, ClaimWithNumber(tx, request, numbers));
  if (!claim.fresh) {
    HOTLINE_ASSIGN_OR_RETURN(Ticket first, Read(tx, claim.ticket_id));
    return Registered{std::move(first), claim.actor_id, true};
  }
  if (numbers.acceptance_number.empty()) {
    HOTLINE_ASSIGN_OR_RETURN(const std::vector<std::string> acceptance, IssueAcceptanceNumbers(tx, {numbers.ticket_id}, request.now));
    numbers.acceptance_number = acceptance[0];
  }
  HOTLINE_ASSIGN_OR_RETURN(const domain::Change change, decide(numbers));
  HOTLINE_RETURN_IF_ERROR(InsertAll(tx, request, {&change, 1}));
  return Registered{change.after, request.actor.id, false};
}

absl::StatusOr<Registered> PostgresStore::Create(const Request& request, DecideNew decide) {
  HOTLINE_ASSIGN_OR_RETURN(const std::string number, NextNumber(request.now));
  return postgres::RunTransaction(pool_, [&](Transaction& tx) { return CreateIn(tx, request, number, decide); },
                                  {.idempotent = !request.request_id.empty()});
}

absl::StatusOr<Registered> PostgresStore::Create(Transaction& tx, const Request& request, DecideNew decide) {
  HOTLINE_ASSIGN_OR_RETURN(const std::string number, NextNumber(request.now));
  return CreateIn(tx, request, number, decide);
}

absl::StatusOr<Ticket> PostgresStore::Change(const Request& request, const std::string& ticket_id, DecideChange decide, const KeepBeside& beside) {
  absl::StatusOr<Ticket> after = postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<Ticket> {
    HOTLINE_ASSIGN_OR_RETURN(const Locked locked, ClaimAndLock(tx, request, ticket_id));
    if (!locked.claim.fresh) {
      if (locked.claim.ticket_id != ticket_id || locked.claim.actor_id != request.actor.id) return domain::RequestIdReused();
      return Read(tx, ticket_id);
    }
    HOTLINE_RETURN_IF_ERROR(locked.before.status());
    absl::StatusOr<Ticket> changed = ChangeLocked(tx, request, *locked.before, decide);
    if (changed.ok() && beside) HOTLINE_RETURN_IF_ERROR(beside(tx, *changed));
    return changed;
  }, {.idempotent = !request.request_id.empty()});
  if (!beside || postgres::SqlStateOf(after.status()).empty() || postgres::IsConflict(after.status())) return after;
  return Change(request, ticket_id, decide, {});
}

absl::StatusOr<Ticket> PostgresStore::Change(Transaction& tx, const Request& request, const std::string& ticket_id, DecideChange decide) {
  HOTLINE_ASSIGN_OR_RETURN(const Loaded before, Lock(tx, ticket_id));
  return ChangeLocked(tx, request, before, decide);
}

absl::StatusOr<Ticket> PostgresStore::ChangeLocked(Transaction& tx, const Request& request, const Loaded& before, DecideChange decide) {
  HOTLINE_ASSIGN_OR_RETURN(domain::Change change, decide(before.ticket));
  HOTLINE_RETURN_IF_ERROR(Update(tx, request, before, change));
  return std::move(change.after);
}

absl::Status PostgresStore::Update(Transaction& tx, const Request& request, const Loaded& before, const domain::Change& change) {
  const Ticket& t = change.after;
  std::string sealed = before.sealed;
  if (PersonalOf(t) != PersonalOf(before.ticket)) {
    HOTLINE_ASSIGN_OR_RETURN(sealed, cipher_.Reseal(t.id, before.wrapped_key, PersonalOf(t)));
  }
  if (!t.evidence.empty() && t.evidence != before.ticket.evidence) {
    HOTLINE_RETURN_IF_ERROR(AttachmentsOf(tx, t.id, t.evidence).status());
    HOTLINE_RETURN_IF_ERROR(MarkAttachmentsUsed(tx, t.id, t.evidence));
  }
  HOTLINE_ASSIGN_OR_RETURN(const std::string head, Append(tx, request, change, before.history_head, sealed));
  // The row is locked since it was read, so nobody else can have written it; if it were another version after all, there would be none to
  // write, which the column refuses, and the whole transaction with it.
  HOTLINE_RETURN_IF_ERROR(
      tx.Later("UPDATE tickets SET type = $2, state = $3, urgency = $4, handling = $5, sealed = $6, title = $7, content = $8, name_hash = $9,"
                 " category_id = $10, tags = $11, area_code = $12, unit_id = $13, unit_path = $14, co_unit_ids = $15, co_unit_paths = $16, scope = $17,"
                 " return_from = $18, answer = $19, solved = $20, satisfaction = $21, refuse_reason = $22, update_time = $23, close_time = $24,"
                 " version = CASE WHEN version = $32 THEN $25::bigint END, rework_count = $26, history_count = $27, history_head = $28, more = $29, confidential = $30, phone_hash = $31, longitude = $33, latitude = $34"
                 " WHERE ticket_id = $1",
                 {t.id, Number(t.type), Number(t.state), Number(t.urgency), Number(t.handling), Bytes{sealed}, t.title, t.content,
                  cipher_.NameHash(t.caller.name), t.category_id, t.tags, t.area_code, t.unit.id, t.unit.path,
                  CoUnits(t, &domain::UnitRef::id), CoUnits(t, &domain::UnitRef::path), ScopeOf(t), Number(t.return_from), t.answer, t.solved,
                  t.satisfaction, t.refuse_reason, t.update_time, CloseTime(t), t.version, t.rework_count, t.history_count, head, MoreText(t),
                  t.caller.confidential, cipher_.PhoneHash(t.caller.phone), before.ticket.version, t.longitude, t.latitude}));
  if (!domain::SameSearchKeys(before.ticket, t) || ScopeOf(before.ticket) != ScopeOf(t))
    HOTLINE_RETURN_IF_ERROR(tx.Later("UPDATE ticket_search SET keys = $2::int4[] WHERE ticket_id = $1", {t.id, domain::SearchKeys(t, ScopeOf(t))}));
  if (t.limits.empty() && !before.ticket.limits.empty()) {
    HOTLINE_RETURN_IF_ERROR(tx.Later("DELETE FROM limits WHERE ticket_id = $1", {t.id}));
    return RefreshLimits(tx, t.id);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> PostgresStore::Append(Transaction& tx, const Request& request, const domain::Change& change, const std::string& head,
                                                  const std::string& sealed) {
  std::vector<history::NewEntry> entries;
  for (HistoryEntry& entry : history::Entries(request, change, head, sealed)) entries.push_back({change.after.id, std::move(entry)});
  std::string last = entries.empty() ? head : entries.back().entry.digest;
  HOTLINE_RETURN_IF_ERROR(history::Insert(tx, entries));
  HOTLINE_RETURN_IF_ERROR(InsertNotices(tx, request, {&change, 1}));
  HOTLINE_RETURN_IF_ERROR(postgres::Outbox::AppendAll(tx, ToEvents(change, request.actor.id, request.now, request.traceparent)));
  return last;
}

absl::StatusOr<bool> PostgresStore::KnowsRequest(Transaction& tx, const std::string& request_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT 1 AS one FROM requests WHERE request_id = $1", {request_id}));
  return !rows.empty();
}

absl::Status PostgresStore::RecordRating(const Request& request, const domain::Rate& rating, DecideChange decide) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    // One rating per matter (STD-8): a repetition changes nothing.
    HOTLINE_ASSIGN_OR_RETURN(const int64_t made, tx.Execute("INSERT INTO call_ratings (call_id, agent_id, score, ticket_id, time)"
                                                            " VALUES ($1, $2, $3, (SELECT ticket_id FROM tickets WHERE call_id = $1 ORDER BY ticket_id DESC LIMIT 1), $4)"
                                                            " ON CONFLICT DO NOTHING",
                                                            {rating.call_id, rating.agent_id, rating.score, request.now}));
    if (made == 0) return absl::OkStatus();
    HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT ticket_id FROM call_ratings WHERE call_id = $1", {rating.call_id}));
    const auto ticket_id = rows[0].Get<std::optional<std::string>>("ticket_id");
    if (!ticket_id) return postgres::Outbox::Append(tx, RatingEvent(rating, request.now, request.traceparent));
    HOTLINE_ASSIGN_OR_RETURN(const Loaded before, Lock(tx, *ticket_id));
    HOTLINE_ASSIGN_OR_RETURN(const domain::Change change, decide(before.ticket));
    return Update(tx, request, before, change);
  }, {.idempotent = true});
}

absl::Status PostgresStore::PutClock(Transaction& tx, const Request& request, const ClockFacts& clock, DecideChange alarm) {
  const bool alarms = clock.limit.light == domain::Light::kYellow || clock.limit.light == domain::Light::kRed;
  if (!alarms || clock.window) {
    // Most clocks only start or move. The ticket's row first, as everywhere; what was told before changes nothing.
    HOTLINE_RETURN_IF_ERROR(tx.Later("WITH open AS MATERIALIZED (SELECT ticket_id FROM tickets WHERE ticket_id = $1 AND close_time IS NULL FOR UPDATE)"
                                     " INSERT INTO limits AS l (ticket_id, clock_id, step, due_time, warn_time, light, version, closes)"
                                     " SELECT ticket_id, $2, $3, $4, $5, $6, $7, $8 FROM open ON CONFLICT (ticket_id, clock_id) DO UPDATE SET step = excluded.step,"
                                     " due_time = excluded.due_time, warn_time = excluded.warn_time, light = excluded.light, version = excluded.version,"
                                     " closes = excluded.closes WHERE l.version < excluded.version",
                                     {clock.ticket_id, clock.limit.clock_id, clock.limit.step, clock.limit.due, clock.limit.warn, Number(clock.limit.light), clock.version,
                                      clock.window}));
    return RefreshLimits(tx, clock.ticket_id);
  }
  absl::StatusOr<Loaded> before = Lock(tx, clock.ticket_id);
  // A clock of a ticket that a restore has lost concerns nobody here.
  if (absl::IsNotFound(before.status())) return absl::OkStatus();
  HOTLINE_RETURN_IF_ERROR(before.status());
  const Ticket& t = before->ticket;
  if (t.close_time != absl::InfinitePast()) return absl::OkStatus();
  HOTLINE_ASSIGN_OR_RETURN(const auto known, tx.Query("SELECT light, version FROM limits WHERE ticket_id = $1 AND clock_id = $2", {t.id, clock.limit.clock_id}));
  const int64_t version = known.empty() ? 0 : known[0].Get<int64_t>("version");
  const auto light = known.empty() ? domain::Light::kGreen : static_cast<domain::Light>(known[0].Get<int32_t>("light"));
  if (!known.empty() && clock.version <= version) return absl::OkStatus();  // told before
  HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO limits (ticket_id, clock_id, step, due_time, warn_time, light, version, closes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                                     " ON CONFLICT (ticket_id, clock_id) DO UPDATE SET step = $3, due_time = $4, warn_time = $5, light = $6, version = $7, closes = $8",
                                     {t.id, clock.limit.clock_id, clock.limit.step, clock.limit.due, clock.limit.warn, Number(clock.limit.light), clock.version,
                                      clock.window}).status());
  if (clock.limit.light > light) {
    HOTLINE_ASSIGN_OR_RETURN(const domain::Change change, alarm(t));
    HOTLINE_RETURN_IF_ERROR(Update(tx, request, *before, change));
  }
  return RefreshLimits(tx, t.id);
}

absl::Status PostgresStore::RemoveClock(Transaction& tx, const ClockFacts& clock) {
  // The ticket's row first, as everywhere, or two transactions could wait for each other.
  HOTLINE_RETURN_IF_ERROR(tx.Later("SELECT 1 AS one FROM tickets WHERE ticket_id = $1 FOR UPDATE", {clock.ticket_id}));
  HOTLINE_RETURN_IF_ERROR(tx.Later("DELETE FROM limits WHERE ticket_id = $1 AND clock_id = $2 AND version <= $3",
                                   {clock.ticket_id, clock.limit.clock_id, clock.version}));
  return RefreshLimits(tx, clock.ticket_id);
}

absl::Status PostgresStore::RefreshLimits(Transaction& tx, const std::string& ticket_id) {
  // The end of a right (to return) is nothing to hurry for: only duties count for the light and the order by time left.
  // A ticket's row is only written when that changes it: each writing goes into all of its indexes.
  return tx.Later("UPDATE tickets t SET due_time = n.due_time, light = n.light FROM"
                    " (SELECT coalesce(min(due_time), 'infinity') AS due_time, coalesce(max(light), 0) AS light FROM limits WHERE ticket_id = $1 AND NOT closes) n"
                    " WHERE t.ticket_id = $1 AND (t.due_time, t.light) IS DISTINCT FROM (n.due_time, n.light)",
                  {ticket_id});
}

}  // namespace hotline::ticket
