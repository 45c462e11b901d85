// Changes that need two tickets: linking, merging, and members that follow their group case (TKT-11).
#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/postgres_store.h"

namespace hotline::ticket {

using domain::Ticket;
using postgres::Transaction;

absl::StatusOr<Ticket> PostgresStore::ChangePair(const Request& request, const std::string& ticket_id, const std::string& other_id, DecidePair decide) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<Ticket> {
    // Always in the same order, or two of these could wait for each other.
    const bool first = ticket_id < other_id;
    HOTLINE_ASSIGN_OR_RETURN(Loaded lower, Lock(tx, first ? ticket_id : other_id));
    HOTLINE_ASSIGN_OR_RETURN(Loaded higher, Lock(tx, first ? other_id : ticket_id));
    const Loaded& one = first ? lower : higher;
    const Loaded& other = first ? higher : lower;
    HOTLINE_ASSIGN_OR_RETURN(const Pair pair, decide(one.ticket, other.ticket));
    HOTLINE_RETURN_IF_ERROR(Update(tx, request, one, pair.one));
    if (pair.other) HOTLINE_RETURN_IF_ERROR(Update(tx, request, other, *pair.other));
    return pair.one.after;
  });
}

absl::StatusOr<int> PostgresStore::FollowGroups(const Request& request, int limit, DecidePair decide) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<int> {
    HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT m.ticket_id, m.group_id FROM tickets m JOIN tickets g ON g.ticket_id = m.group_id::uuid"
                                                       " WHERE m.group_id <> '' AND m.state = $1 AND g.state = ANY($2::smallint[])"
                                                       " ORDER BY m.ticket_id LIMIT $3 FOR UPDATE OF m SKIP LOCKED",
                                                       {static_cast<int64_t>(domain::State::kMerged),
                                                        std::vector<int64_t>{static_cast<int64_t>(domain::State::kCallback), static_cast<int64_t>(domain::State::kClosed),
                                                                             static_cast<int64_t>(domain::State::kArchived), static_cast<int64_t>(domain::State::kRefused)},
                                                        limit}));
    for (const auto row : rows) {
      HOTLINE_ASSIGN_OR_RETURN(const Loaded member, Lock(tx, row.Get<std::string>("ticket_id")));
      HOTLINE_ASSIGN_OR_RETURN(const Ticket group, Read(tx, row.Get<std::string>("group_id")));
      HOTLINE_ASSIGN_OR_RETURN(const Pair pair, decide(member.ticket, group));
      HOTLINE_RETURN_IF_ERROR(Update(tx, request, member, pair.one));
    }
    return static_cast<int>(rows.size());
  });
}

absl::StatusOr<int64_t> PostgresStore::GroupMembers(const std::string& ticket_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT count(*) AS n FROM tickets WHERE group_id = $1 AND group_id <> ''", {ticket_id}));
  return rows[0].Get<int64_t>("n");
}

absl::Status PostgresStore::ChangeIfOpen(Transaction& tx, const Request& request, const std::string& ticket_id, DecideChange decide) {
  HOTLINE_ASSIGN_OR_RETURN(const Locked locked, ClaimAndLock(tx, request, ticket_id));
  if (!locked.claim.fresh) return absl::OkStatus();  // told before
  const absl::StatusOr<Loaded>& before = locked.before;
  if (absl::IsNotFound(before.status())) return absl::OkStatus();
  HOTLINE_RETURN_IF_ERROR(before.status());
  if (before->ticket.close_time != absl::InfinitePast()) return absl::OkStatus();
  HOTLINE_ASSIGN_OR_RETURN(const domain::Change change, decide(before->ticket));
  return Update(tx, request, *before, change);
}

}  // namespace hotline::ticket
