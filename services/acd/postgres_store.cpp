#include "services/acd/postgres_store.h"

#include "libs/base/error.h"
#include "libs/postgres/lease.h"
#include "libs/postgres/transaction.h"
#include "services/acd/domain/errors.h"

namespace hotline::acd {
namespace {

std::string LeaseOf(const std::string& group) { return "group:" + group; }

constexpr char kUpsert[] = R"sql(
    insert into queues (queue_id, version, name, name_en, queue_group, required_skills, minimum_level, strategy, priority,
      ring_seconds, capacity, target_seconds, ring_after, ring_level)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    on conflict (queue_id) do update set version = excluded.version, name = excluded.name, name_en = excluded.name_en,
      required_skills = excluded.required_skills, minimum_level = excluded.minimum_level, strategy = excluded.strategy,
      priority = excluded.priority, ring_seconds = excluded.ring_seconds, capacity = excluded.capacity,
      target_seconds = excluded.target_seconds, ring_after = excluded.ring_after, ring_level = excluded.ring_level)sql";

int IntOf(const postgres::Row& row, std::string_view column) { return static_cast<int>(row.Get<int64_t>(column)); }

Queue QueueOf(const postgres::Row& row) {
  Queue queue;
  queue.id = row.Get<std::string>("queue_id");
  queue.etag = std::to_string(row.Get<int64_t>("version"));
  queue.name = row.Get<std::string>("name");
  queue.name_en = row.Get<std::string>("name_en");
  queue.group = row.Get<std::string>("queue_group");
  queue.required_skills = row.Get<std::vector<std::string>>("required_skills");
  queue.minimum_level = IntOf(row, "minimum_level");
  queue.strategy = static_cast<Strategy>(IntOf(row, "strategy") - 1);
  queue.priority = IntOf(row, "priority");
  queue.ring_seconds = IntOf(row, "ring_seconds");
  queue.capacity = IntOf(row, "capacity");
  queue.target_seconds = IntOf(row, "target_seconds");
  const auto after = row.Get<std::vector<int64_t>>("ring_after"), level = row.Get<std::vector<int64_t>>("ring_level");
  for (size_t i = 0; i < after.size() && i < level.size(); ++i) {
    queue.rings.push_back({static_cast<int>(after[i]), static_cast<int>(level[i])});
  }
  return queue;
}

}  // namespace

absl::StatusOr<Lease> PostgresStore::AcquireLease(const std::string& group, const std::string& holder, absl::Duration ttl) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::LeaseState state, postgres::AcquireLease(pool_, LeaseOf(group), holder, ttl));
  return Lease{state.held, state.epoch};
}

absl::Status PostgresStore::ReleaseLease(const std::string& group, const std::string& holder) {
  return postgres::ReleaseLease(pool_, LeaseOf(group), holder);
}

absl::StatusOr<std::vector<Queue>> PostgresStore::LoadQueues() {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows, pool_.Read("select * from queues order by queue_id"));
  std::vector<Queue> queues;
  for (const postgres::Row row : rows) queues.push_back(QueueOf(row));
  return queues;
}

absl::StatusOr<Queue> PostgresStore::PutQueue(const Queue& wanted) {
  return postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) -> absl::StatusOr<Queue> {
    HOTLINE_RETURN_IF_ERROR(tx.Lock("queues"));
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                             tx.Query("select version, queue_group from queues where queue_id = $1", {wanted.id}));
    int64_t version = 0;
    if (rows.empty()) {
      HOTLINE_ASSIGN_OR_RETURN(const postgres::Result count, tx.Query("select count(*) as queues from queues"));
      if (count[0].Get<int64_t>("queues") >= static_cast<int64_t>(kMaxQueues)) return errors::TooManyQueues();
    } else {
      version = rows[0].Get<int64_t>("version");
      if (rows[0].Get<std::string>("queue_group") != wanted.group) return errors::QueueGroupFixed();
    }
    if (wanted.etag != (rows.empty() ? "" : std::to_string(version))) return base::EtagMismatch("queue", wanted.id);
    std::vector<int64_t> after, level;
    for (const Ring& ring : wanted.rings) {
      after.push_back(ring.after_seconds);
      level.push_back(ring.minimum_level);
    }
    HOTLINE_RETURN_IF_ERROR(tx.Query(kUpsert, {wanted.id, version + 1, wanted.name, wanted.name_en, wanted.group,
                                               wanted.required_skills, wanted.minimum_level,
                                               static_cast<int>(wanted.strategy) + 1, wanted.priority, wanted.ring_seconds,
                                               wanted.capacity, wanted.target_seconds, after, level})
                                .status());
    Queue stored = wanted;
    stored.etag = std::to_string(version + 1);
    return stored;
  });
}

}  // namespace hotline::acd
