#include "services/ticket/history_heads_store.h"

#include <algorithm>
#include <iterator>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/postgres/outbox.h"
#include "libs/postgres/transaction.h"

namespace hotline::ticket {
namespace {

using postgres::Transaction;

constexpr char kFirstId[] = "00000000-0000-0000-0000-000000000000";
constexpr char kNone[] = "-";

absl::Status Fill(HeadBlock& block, const postgres::Result& rows) {
  for (const auto row : rows) block.heads.push_back({row.Get<std::string>("ticket_id"), row.Get<int64_t>("history_count"), row.Get<std::string>("history_head")});
  return absl::OkStatus();
}

}  // namespace

// The heads of the block, and where the one after it begins.
absl::Status HistoryHeadsStore::Gather(Transaction& tx, HeadBlock& block, int64_t since, std::string pass) const {
  if (pass.empty()) {
    // Events are numbered without gaps in the order of their commits, so nothing slips in behind.
    HOTLINE_ASSIGN_OR_RETURN(const postgres::OutboxSubjects changed, postgres::Outbox::SubjectsAfter(tx, since, heads_per_block_));
    if (!changed.gap) {
      block.sequence = changed.through;
      std::vector<std::string> ids;  // of tickets; other events are about calls
      std::copy_if(changed.subjects.begin(), changed.subjects.end(), std::back_inserter(ids), base::IsValidId);
      HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT ticket_id, history_count, history_head FROM tickets WHERE ticket_id = ANY($1::uuid[]) ORDER BY ticket_id", {ids}));
      return Fill(block, rows);
    }
    pass = kFirstId;  // too long ago: all tickets anew
    HOTLINE_ASSIGN_OR_RETURN(block.sequence, postgres::Outbox::LastSequence(tx));
  }
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT ticket_id, history_count, history_head FROM tickets WHERE ticket_id > $1::uuid ORDER BY ticket_id LIMIT $2",
                                                     {pass, heads_per_block_}));
  HOTLINE_RETURN_IF_ERROR(Fill(block, rows));
  if (rows.size() == static_cast<size_t>(heads_per_block_)) block.next_ticket = block.heads.back().ticket_id;
  return absl::OkStatus();
}

absl::StatusOr<bool> HistoryHeadsStore::Next(absl::Time now, absl::Duration pace, Write write) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<bool> {
    HOTLINE_ASSIGN_OR_RETURN(const bool mine, tx.TryLock("history_blocks"));
    if (!mine) return false;
    HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT * FROM history_blocks ORDER BY block DESC LIMIT 1"));
    HeadBlock block{1, now, kNone, 0, "", {}};
    std::string pass = kFirstId;
    int64_t since = 0;
    if (rows.empty()) {
      HOTLINE_ASSIGN_OR_RETURN(block.sequence, postgres::Outbox::LastSequence(tx));
    } else {
      block.number = rows[0].Get<int64_t>("block") + 1;
      block.previous = rows[0].Get<std::string>("digest");
      block.sequence = since = rows[0].Get<int64_t>("sequence");
      pass = rows[0].Get<std::optional<std::string>>("next_ticket").value_or("");
      if (pass.empty() && now - rows[0].Get<absl::Time>("time") < pace) {
        HOTLINE_ASSIGN_OR_RETURN(const int64_t last, postgres::Outbox::LastSequence(tx));
        if (last - since < heads_per_block_) return false;
      }
    }
    HOTLINE_RETURN_IF_ERROR(Gather(tx, block, since, pass));
    // A whole block of events about no ticket moves the place on all the same.
    if (block.heads.empty() && block.sequence - since < heads_per_block_) return false;
    HOTLINE_ASSIGN_OR_RETURN(const std::string digest, write(block));
    const auto next = block.next_ticket.empty() ? std::nullopt : std::optional(block.next_ticket);
    HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO history_blocks (block, time, digest, sequence, next_ticket, tickets) VALUES ($1, $2, $3, $4, $5::uuid, $6)",
                                       {block.number, block.time, digest, block.sequence, next, static_cast<int64_t>(block.heads.size())}).status());
    return true;
  });
}

absl::StatusOr<std::vector<HistoryHeadsStore::Known>> HistoryHeadsStore::Blocks(int64_t after, int limit) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT block, digest FROM history_blocks WHERE block > $1 ORDER BY block LIMIT $2", {after, limit}));
  std::vector<Known> known;
  for (const auto row : rows) known.push_back({row.Get<int64_t>("block"), row.Get<std::string>("digest")});
  return known;
}

absl::StatusOr<std::vector<HistoryReport>> HistoryHeadsStore::Check(const std::vector<SignedHead>& heads) {
  std::vector<std::string> ids;
  std::vector<int64_t> counts;
  for (const SignedHead& head : heads) {
    ids.push_back(head.ticket_id);
    counts.push_back(head.count);
  }
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT s.place, h.digest, CASE WHEN h.digest IS NULL THEN"
                                                       " coalesce((SELECT max(m.sequence) FROM history m WHERE m.ticket_id = s.ticket_id), 0) END AS last"
                                                       " FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS s (ticket_id, sequence, place)"
                                                       " LEFT JOIN history h USING (ticket_id, sequence)", {ids, counts}));
  std::vector<HistoryReport> reports;
  for (const auto row : rows) {
    const SignedHead& head = heads.at(static_cast<size_t>(row.Get<int64_t>("place")) - 1);
    const auto digest = row.Get<std::optional<std::string>>("digest");
    if (digest == head.digest) continue;
    const int64_t last = row.Get<std::optional<int64_t>>("last").value_or(0);
    HistoryFault fault{head.count, head.count, "rewritten"};
    if (!digest) fault = {last < head.count ? last + 1 : head.count, head.count, "missing"};
    reports.push_back({head.ticket_id, 0, {fault}, false});
  }
  return reports;
}

}  // namespace hotline::ticket
