// Registering tickets: what a new ticket writes, and many at once.
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <map>
#include <set>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/postgres/outbox.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/fields.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/search_keys.h"
#include "services/ticket/events.h"
#include "services/ticket/history_store.h"
#include "services/ticket/postgres_store.h"
#include "services/ticket/rows_store.h"

namespace hotline::ticket {
namespace {

using domain::Ticket;
using postgres::Bytes;
using postgres::Transaction;

template <class Enum>
int Number(Enum value) { return static_cast<int>(value); }

constexpr char kNewTicketColumns[] =
    "ticket_id uuid, number text, acceptance_number text, type smallint, state smallint, urgency smallint, channel smallint, handling smallint, sealed bytea, phone_hash text,"
    " caller_kind text, anonymous boolean, confidential boolean, title text, content text, name_hash text, category_id text, tags text[], area_code text, longitude float8,"
    " latitude float8, line text, call_id text, recording_id text, unit_id text, unit_path text, co_unit_ids text[], co_unit_paths text[], scope text[], return_from smallint,"
    " answer text, solved boolean, satisfaction text, refuse_reason text, more jsonb, created_by text, create_time timestamptz, update_time timestamptz, close_time timestamptz,"
    " version bigint, rework_count integer, pin_hash text, history_count bigint, history_head text";

// Tickets with their data keys and search keys, from rows that say all three.
absl::Status InsertTickets(Transaction& tx, const std::vector<Cells>& rows) {
  static const RowsSql tickets("tickets", kNewTicketColumns);
  static const RowsSql keys("ticket_keys", "ticket_id uuid, wrapped bytea");
  static const RowsSql searched("ticket_search", "ticket_id uuid, keys int4[]");
  static const RowsSql all("tickets", absl::StrCat(kNewTicketColumns, ", wrapped bytea, keys int4[]"));
  static const std::string sql =
      absl::StrCat("WITH rows AS MATERIALIZED (SELECT * FROM ", all.given(), "),"
                   " made AS (INSERT INTO tickets (", tickets.names(), ") SELECT ", tickets.names(), " FROM rows RETURNING ticket_id),"
                   " found AS (INSERT INTO ticket_search (ticket_id, keys) SELECT ticket_id, keys FROM rows)"
                   " INSERT INTO ticket_keys (ticket_id, wrapped) SELECT ticket_id, wrapped FROM made JOIN rows USING (ticket_id)");
  if (rows.size() > kPlainRows) {
    HOTLINE_ASSIGN_OR_RETURN(std::string text, all.Text(rows));
    return tx.Later(sql, {std::move(text)});
  }
  for (const Cells& row : rows) {
    for (const RowsSql* table : {&tickets, &keys, &searched}) HOTLINE_RETURN_IF_ERROR(table->InsertOne(tx, row));
  }
  return absl::OkStatus();
}

// What a ticket's row and the rows beside it say.
Cells Describe(const Ticket& t, const Cipher& cipher, const Cipher::Sealed& sealed, const std::string& history_head) {
  const std::vector<std::string> scope = internal::ScopeOf(t);
  return {{"ticket_id", t.id}, {"number", t.number}, {"acceptance_number", t.acceptance_number}, {"type", Number(t.type)}, {"state", Number(t.state)},
          {"urgency", Number(t.urgency)}, {"channel", Number(t.channel)}, {"handling", Number(t.handling)}, {"sealed", Bytes{sealed.sealed}},
          {"phone_hash", cipher.PhoneHash(t.caller.phone)}, {"caller_kind", t.caller.kind}, {"anonymous", t.caller.anonymous},
          {"confidential", t.caller.confidential}, {"title", t.title}, {"content", t.content}, {"name_hash", cipher.NameHash(t.caller.name)},
          {"category_id", t.category_id}, {"tags", t.tags}, {"area_code", t.area_code}, {"longitude", t.longitude}, {"latitude", t.latitude}, {"line", t.line},
          {"call_id", t.call_id}, {"recording_id", t.recording_id}, {"unit_id", t.unit.id}, {"unit_path", t.unit.path},
          {"co_unit_ids", internal::CoUnits(t, &domain::UnitRef::id)}, {"co_unit_paths", internal::CoUnits(t, &domain::UnitRef::path)}, {"scope", scope},
          {"return_from", Number(t.return_from)}, {"answer", t.answer}, {"solved", t.solved}, {"satisfaction", t.satisfaction},
          {"refuse_reason", t.refuse_reason}, {"more", internal::MoreText(t)}, {"created_by", t.created_by}, {"create_time", t.create_time},
          {"update_time", t.update_time}, {"close_time", internal::CloseTime(t)}, {"version", t.version}, {"rework_count", t.rework_count},
          {"pin_hash", cipher.PinHash(t.id, cipher.Pin(t.id))}, {"history_count", t.history_count}, {"history_head", history_head},
          {"wrapped", Bytes{sealed.wrapped_key}}, {"keys", domain::SearchKeys(t, scope)}};
}

}  // namespace

absl::Status InsertNotices(Transaction& tx, const Request& request, std::span<const domain::Change> changes) {
  static const RowsSql sql("notices", "notice_id uuid, ticket_id uuid, kind text, addressee text, text text, status text, create_time timestamptz");
  std::vector<Cells> rows;
  for (const domain::Change& change : changes) {
    for (const domain::NoticeDraft& notice : change.notices) {
      rows.push_back({{"notice_id", base::NewId()}, {"ticket_id", change.after.id}, {"kind", notice.kind}, {"addressee", notice.addressee}, {"text", notice.text},
                      {"status", "pending"}, {"create_time", request.now}});
    }
  }
  return sql.Insert(tx, rows);
}

absl::Status PostgresStore::InsertAll(Transaction& tx, const Request& request, std::span<const domain::Change> changes) {
  std::vector<Cells> rows;
  std::vector<history::NewEntry> entries;
  std::vector<hotline::events::v1::Event> events;
  for (const domain::Change& change : changes) {
    const Ticket& t = change.after;
    const Cipher::Sealed sealed = cipher_.Seal(t.id, internal::PersonalOf(t));
    std::string head;
    for (HistoryEntry& entry : history::Entries(request, change, "", sealed.sealed)) {
      head = entry.digest;
      entries.push_back({t.id, std::move(entry)});
    }
    rows.push_back(Describe(t, cipher_, sealed, head));
    for (auto& event : ToEvents(change, request.actor.id, request.now, request.traceparent)) events.push_back(std::move(event));
  }
  HOTLINE_RETURN_IF_ERROR(InsertTickets(tx, rows));
  HOTLINE_RETURN_IF_ERROR(history::Insert(tx, entries));
  HOTLINE_RETURN_IF_ERROR(InsertNotices(tx, request, changes));
  return postgres::Outbox::AppendAll(tx, events);
}

absl::StatusOr<std::vector<std::string>> PostgresStore::IssueAcceptanceNumbers(Transaction& tx, const std::vector<std::string>& ticket_ids, absl::Time now) {
  std::map<std::string, std::string> issued;  // by ticket
  for (int i = 0; i < domain::kAcceptanceTries && issued.size() < ticket_ids.size(); ++i) {
    // Each random number once, in order: two registrations never wait for each other.
    std::map<std::string, std::string> tried;
    for (const std::string& id : ticket_ids) {
      if (issued.contains(id)) continue;
      while (!tried.emplace(base::RandomDigits(static_cast<size_t>(options_.acceptance_digits)), id).second) {}
    }
    std::vector<std::string> numbers, ids;
    for (const auto& [number, id] : tried) {
      numbers.push_back(number);
      ids.push_back(id);
    }
    HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("INSERT INTO acceptance_numbers AS a (acceptance_number, ticket_id, issue_time)"
                                                       " SELECT g.number, g.ticket_id, $3 FROM unnest($1::text[], $2::uuid[]) AS g (number, ticket_id)"
                                                       " ON CONFLICT (acceptance_number) DO UPDATE SET ticket_id = excluded.ticket_id,"
                                                       " issue_time = excluded.issue_time WHERE a.issue_time < $4 RETURNING acceptance_number, ticket_id",
                                                       {numbers, ids, now, now - domain::kAcceptanceReuse}));
    for (const auto row : rows) issued[row.Get<std::string>("ticket_id")] = row.Get<std::string>("acceptance_number");
  }
  std::vector<std::string> numbers;
  for (const std::string& id : ticket_ids) {
    if (!issued.contains(id)) return domain::NumbersExhausted();
    numbers.push_back(issued[id]);
  }
  return numbers;
}

absl::StatusOr<std::vector<bool>> PostgresStore::CreateAll(Transaction& tx, const Request& request, const std::vector<std::string>& request_ids, DecideEach decide) {
  // Which are new. In order, so that two imports of the same rows wait for each other instead of standing in a ring.
  std::vector<bool> fresh(request_ids.size(), true);
  std::vector<std::string> ids(request_ids.size());
  std::map<std::string, size_t> places;
  for (size_t i = 0; i < request_ids.size(); ++i) {
    ids[i] = NextTicketId(request.now);
    if (!request_ids[i].empty()) fresh[i] = places.emplace(request_ids[i], i).second;
  }
  std::vector<std::string> claimed, tickets;
  for (const auto& [request_id, place] : places) {
    claimed.push_back(request_id);
    tickets.push_back(ids[place]);
  }
  HOTLINE_ASSIGN_OR_RETURN(const auto made, tx.Query("INSERT INTO requests (request_id, rpc, ticket_id, actor_id, create_time)"
                                                     " SELECT g.request_id, $3, g.ticket_id, $4, $5 FROM unnest($1::text[], $2::uuid[]) AS g (request_id, ticket_id)"
                                                     " ON CONFLICT DO NOTHING RETURNING request_id",
                                                     {claimed, tickets, request.rpc, request.actor.id, request.now}));
  std::set<std::string> new_ones;
  for (const auto row : made) new_ones.insert(row.Get<std::string>("request_id"));
  tickets.clear();
  for (size_t i = 0; i < request_ids.size(); ++i) {
    fresh[i] = fresh[i] && (request_ids[i].empty() || new_ones.contains(request_ids[i]));
    if (fresh[i]) tickets.push_back(ids[i]);
  }
  if (tickets.empty()) return fresh;

  const absl::CivilDay day = absl::ToCivilDay(request.now, options_.zone);
  HOTLINE_ASSIGN_OR_RETURN(const int64_t last, TakeNumbers(day, static_cast<int64_t>(tickets.size())));
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<std::string> acceptance, IssueAcceptanceNumbers(tx, tickets, request.now));
  std::vector<domain::Change> changes;
  for (size_t i = 0; i < request_ids.size(); ++i) {
    if (!fresh[i]) continue;
    const size_t n = changes.size();
    HOTLINE_ASSIGN_OR_RETURN(const std::string number, domain::FormatNumber(day, last - static_cast<int64_t>(tickets.size() - n) + 1));
    HOTLINE_ASSIGN_OR_RETURN(domain::Change change, decide(i, Numbers{ids[i], number, acceptance[n]}));
    changes.push_back(std::move(change));
  }
  HOTLINE_RETURN_IF_ERROR(InsertAll(tx, request, changes));
  return fresh;
}

}  // namespace hotline::ticket
