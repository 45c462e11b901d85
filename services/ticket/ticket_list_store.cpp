// Reading tickets: by reference, by caller; notices; tries of query PINs; the audit of revealed callers.
#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/postgres_store.h"
#include "services/ticket/ticket_search_store.h"

namespace hotline::ticket {
namespace {

using domain::Ticket;
using postgres::Params;
using postgres::Transaction;

// Rows of `attempts` whose window is over, removed with each wrong try: the table stays as small as the tries of two days.
constexpr int kAttemptCleanBatch = 10;
constexpr absl::Duration kAttemptKeep = absl::Hours(48);

const std::string& SelectTickets() {
  static const std::string sql = absl::StrCat("SELECT ", internal::kTicketColumns, " FROM tickets t JOIN ticket_keys k USING (ticket_id)");
  return sql;
}

}  // namespace

absl::StatusOr<Ticket> PostgresStore::Get(const std::string& ticket_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat(SelectTickets(), " WHERE t.ticket_id = $1"), {ticket_id}));
  if (rows.empty()) return domain::TicketNotFound(ticket_id);
  HOTLINE_ASSIGN_OR_RETURN(Loaded loaded, FromRow(rows[0]));
  return std::move(loaded.ticket);
}

absl::StatusOr<std::vector<Ticket>> PostgresStore::GetMany(const std::vector<std::string>& ticket_ids) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat(SelectTickets(), " WHERE t.ticket_id = ANY($1::uuid[]) ORDER BY array_position($1::uuid[], t.ticket_id)"), {ticket_ids}));
  std::vector<Ticket> tickets;
  for (const auto row : rows) {
    HOTLINE_ASSIGN_OR_RETURN(Loaded loaded, FromRow(row));
    tickets.push_back(std::move(loaded.ticket));
  }
  return tickets;
}

absl::StatusOr<std::string> PostgresStore::Resolve(const std::string& reference) {
  const char* sql = nullptr;
  switch (domain::ReferenceOf(reference, options_.acceptance_digits)) {
    case domain::Reference::kNone: return domain::TicketNotFound(reference);
    case domain::Reference::kId: return reference;
    case domain::Reference::kNumber: sql = "SELECT ticket_id FROM tickets WHERE number = $1"; break;
    case domain::Reference::kAcceptance: sql = "SELECT ticket_id FROM acceptance_numbers WHERE acceptance_number = $1"; break;
  }
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(sql, {reference}));
  if (rows.empty()) return domain::TicketNotFound(reference);
  return rows[0].Get<std::string>("ticket_id");
}

absl::StatusOr<std::vector<Ticket>> PostgresStore::List(const TicketFilter& filter) {
  return TicketSearch(pool_, [this](const postgres::Row& row) -> absl::StatusOr<Ticket> {
    HOTLINE_ASSIGN_OR_RETURN(Loaded loaded, FromRow(row));
    return std::move(loaded.ticket);
  }, filter, options_.search).Run();
}

absl::StatusOr<CallerHistory> PostgresStore::CallerTickets(const std::string& phone, const std::string& visible_to, int limit) {
  CallerHistory history;
  const std::string hash = cipher_.PhoneHash(phone);
  if (hash.empty()) return history;
  // Counted and put in order by the index of phones alone; only those of the page are read.
  constexpr char kMine[] = " FROM tickets WHERE phone_hash = $1 AND phone_hash <> ''";
  const std::string mine = visible_to.empty() ? kMine : absl::StrCat(kMine, " AND scope @> ARRAY[$2::text]");
  Params params = {hash};
  if (!visible_to.empty()) params.emplace_back(visible_to);
  HOTLINE_ASSIGN_OR_RETURN(const auto counts, pool_.Read(absl::StrCat("SELECT count(*) AS total, count(*) FILTER (WHERE close_time IS NULL) AS open", mine), params));
  history.total_count = counts[0].Get<int32_t>("total");
  history.open_count = counts[0].Get<int32_t>("open");
  params.emplace_back(limit);
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat("WITH page AS MATERIALIZED (SELECT ticket_id", mine, " ORDER BY (close_time IS NULL) DESC, ticket_id DESC LIMIT $",
                                                                    params.size(), ") ", SelectTickets(), " WHERE t.ticket_id = ANY(ARRAY(SELECT ticket_id FROM page))"
                                                                    " ORDER BY (t.close_time IS NULL) DESC, t.ticket_id DESC"), params));
  for (const auto row : rows) {
    HOTLINE_ASSIGN_OR_RETURN(Loaded loaded, FromRow(row));
    history.tickets.push_back(std::move(loaded.ticket));
  }
  return history;
}

absl::StatusOr<std::vector<Notice>> PostgresStore::Notices(const std::string& ticket_id, const std::string& before, int limit) {
  const std::string newest = before.empty() ? "ffffffff-ffff-ffff-ffff-ffffffffffff" : before;
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT * FROM notices WHERE ticket_id = $1 AND notice_id < $2 ORDER BY notice_id DESC LIMIT $3",
                                                       {ticket_id, newest, limit}));
  std::vector<Notice> notices;
  for (const auto row : rows) {
    notices.push_back({row.Get<std::string>("notice_id"), row.Get<std::string>("ticket_id"), row.Get<std::string>("kind"),
                       row.Get<std::string>("addressee"), row.Get<std::string>("text"), row.Get<std::string>("status"), row.Get<absl::Time>("create_time")});
  }
  return notices;
}

absl::Status PostgresStore::AuditReveal(const std::string& ticket_id, const Request& request, const std::string& reason) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) {
    return tx.Execute("INSERT INTO caller_audit (audit_id, ticket_id, actor_id, actor_unit_id, reason, time) VALUES ($1, $2, $3, $4, $5, $6)",
                      {base::NewId(), ticket_id, request.actor.id, request.actor.unit_id, reason, request.now}).status();
  });
}

absl::StatusOr<bool> PostgresStore::PinFits(const Ticket& ticket, const std::string& pin) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT pin_hash FROM tickets WHERE ticket_id = $1", {ticket.id}));
  return !rows.empty() && SameSecret(rows[0].Get<std::string>("pin_hash"), cipher_.PinHash(ticket.id, pin));
}

absl::Status PostgresStore::ChargeAttempt(const std::vector<domain::AttemptKey>& keys, absl::Time now) {
  bool allowed = true;
  const absl::Status status = postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    allowed = true;
    for (const domain::AttemptKey& key : keys) {
      HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("INSERT INTO attempts AS a (key, window_start, count) VALUES ($1, $2, 1) ON CONFLICT (key) DO UPDATE SET"
                                                         " count = CASE WHEN a.window_start < $3 THEN 1 ELSE a.count + 1 END,"
                                                         " window_start = CASE WHEN a.window_start < $3 THEN $2 ELSE a.window_start END RETURNING count",
                                                         {key.key, now, now - key.window}));
      allowed = allowed && rows[0].Get<int32_t>("count") <= key.limit;
    }
    return tx.Execute("DELETE FROM attempts WHERE key IN (SELECT key FROM attempts WHERE window_start < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
                      {now - kAttemptKeep, kAttemptCleanBatch}).status();
  });
  HOTLINE_RETURN_IF_ERROR(status);
  return allowed ? absl::OkStatus() : domain::TooManyAttempts();
}

absl::Status PostgresStore::RefundAttempt(const std::vector<domain::AttemptKey>& keys) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    for (const domain::AttemptKey& key : keys)
      HOTLINE_RETURN_IF_ERROR(tx.Execute("UPDATE attempts SET count = count - 1 WHERE key = $1 AND count > 0", {key.key}).status());
    return absl::OkStatus();
  });
}

}  // namespace hotline::ticket
