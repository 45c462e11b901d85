#include "services/ticket/caller_record_store.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <cmath>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/postgres/pool.h"
#include "libs/postgres/transaction.h"
#include "services/ticket/cipher.h"
#include "services/ticket/domain/configuration_errors.h"
#include "services/ticket/domain/configuration_limits.h"
#include "services/ticket/domain/search_keys.h"
#include "services/ticket/domain/words.h"

namespace hotline::ticket {
namespace {

using postgres::Transaction;

constexpr double kCellsPerDegree = 200;
constexpr int64_t kCellRow = 100'000;

// Each way is bounded by itself and by an index. The words are looked up first and only then cut: with the cut inside, the
// planner could walk through the whole window instead.
constexpr char kFind[] =
    "WITH titled AS MATERIALIZED (SELECT ticket_id FROM ticket_search WHERE cardinality($7::integer[]) > 0 AND keys @> $7::integer[]), found AS ("
    " (SELECT ticket_id FROM tickets WHERE phone_hash = $1 AND phone_hash <> '' AND ticket_id >= $5::uuid ORDER BY ticket_id DESC LIMIT $6)"
    " UNION (SELECT ticket_id FROM tickets WHERE category_id = $2 AND area_code = $3 AND category_id <> '' AND ticket_id >= $5::uuid ORDER BY ticket_id DESC LIMIT $6)"
    " UNION (SELECT near.ticket_id FROM unnest($4::bigint[]) AS cell, LATERAL (SELECT ticket_id FROM tickets WHERE place_cell = cell AND place_cell <> 0"
    " AND ticket_id >= $5::uuid ORDER BY ticket_id DESC LIMIT $6 / 4) near)"
    " UNION (SELECT ticket_id FROM titled WHERE ticket_id >= $5::uuid ORDER BY ticket_id DESC LIMIT $6))"
    " SELECT t.ticket_id, t.number, t.title, left(t.content, $8::int) AS content, t.category_id, t.area_code, t.longitude, t.latitude, t.phone_hash, t.unit_id, t.state,"
    " t.create_time, t.sealed, k.wrapped FROM found JOIN tickets t USING (ticket_id) JOIN ticket_keys k USING (ticket_id) ORDER BY t.ticket_id DESC";

Ban BanFromRow(const postgres::Row& row) {
  return {row.Get<std::string>("ban_id"), row.Get<std::string>("phone_hash"), row.Get<absl::Time>("until_time"), row.Get<std::string>("reason"),
          row.Get<std::string>("ticket_id"), row.Get<std::string>("created_by"), row.Get<absl::Time>("create_time"), row.Get<std::string>("lifted_by"),
          row.Get<std::optional<absl::Time>>("lift_time").value_or(absl::InfinitePast()), row.Get<std::string>("lift_reason")};
}

domain::RepeatRule RuleFromRow(const postgres::Row& row) {
  return {row.Get<int64_t>("version"), row.Get<bool>("enabled"), row.Get<int32_t>("count"), row.Get<int32_t>("days"), row.Get<bool>("same_category"),
          row.Get<bool>("only_handled")};
}

// The pairs of a title, if they are enough to tell a matter.
std::vector<int64_t> TitleKeys(const std::string& title) {
  std::vector<int64_t> keys;
  for (const std::string& word : domain::QueryWords(title)) keys.push_back(domain::SearchKey(word));
  return keys.size() >= domain::kFewestTitleWords ? keys : std::vector<int64_t>();
}

std::string ReasonOf(const domain::RepeatRule& rule, int count) {
  return absl::StrCat("该来电人", rule.days, "天内", rule.same_category ? "就同类事项" : "", "已反映", count, "次", rule.only_handled ? "且均已办结" : "", ",规则为", rule.count, "次");
}

}  // namespace

int64_t PlaceCell(double longitude, double latitude) {
  if (longitude == 0 && latitude == 0) return 0;
  return static_cast<int64_t>(std::floor(latitude * kCellsPerDegree)) * kCellRow + static_cast<int64_t>(std::floor(longitude * kCellsPerDegree));
}

std::vector<int64_t> CellsAround(double longitude, double latitude) {
  std::vector<int64_t> cells;
  const int64_t cell = PlaceCell(longitude, latitude);
  for (int64_t row = -1; cell != 0 && row <= 1; ++row) {
    for (int64_t column = -1; column <= 1; ++column) cells.push_back(cell + row * kCellRow + column);
  }
  return cells;
}

absl::StatusOr<std::vector<LikeTicket>> CallerRecordStore::Candidates(const domain::MatterFacts& facts, absl::Time since) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(kFind, {facts.phone_hash, facts.category_id, facts.area_code, CellsAround(facts.longitude, facts.latitude), domain::FirstIdAt(since),
                                                               domain::kAlikePerSource, TitleKeys(facts.title), static_cast<int64_t>(domain::kComparedContent)}));
  std::vector<LikeTicket> found;
  for (const auto row : rows) {
    LikeTicket one;
    one.facts.ticket_id = row.Get<std::string>("ticket_id");
    one.facts.phone_hash = row.Get<std::string>("phone_hash");
    one.facts.title = row.Get<std::string>("title");
    one.facts.content = row.Get<std::string>("content");
    one.facts.category_id = row.Get<std::string>("category_id");
    one.facts.area_code = row.Get<std::string>("area_code");
    one.facts.longitude = row.Get<double>("longitude");
    one.facts.latitude = row.Get<double>("latitude");
    HOTLINE_ASSIGN_OR_RETURN(const Personal personal, cipher_.Open(one.facts.ticket_id, row.Get<postgres::Bytes>("wrapped").value, row.Get<postgres::Bytes>("sealed").value));
    one.facts.place = personal.place;
    one.number = row.Get<std::string>("number");
    one.unit_id = row.Get<std::string>("unit_id");
    one.state = static_cast<domain::State>(row.Get<int32_t>("state"));
    one.create_time = row.Get<absl::Time>("create_time");
    found.push_back(std::move(one));
  }
  return found;
}

absl::StatusOr<domain::RepeatRule> CallerRecordStore::Rule() {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT * FROM repeat_rules ORDER BY version DESC LIMIT 1"));
  return rows.empty() ? domain::RepeatRule{} : RuleFromRow(rows[0]);
}

absl::StatusOr<domain::RepeatRule> CallerRecordStore::PutRule(const domain::RepeatRule& rule, std::optional<int64_t> expected, const std::string& actor_id, absl::Time now) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::RepeatRule put, postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<domain::RepeatRule> {
    HOTLINE_RETURN_IF_ERROR(tx.Lock("repeat_rules"));
    HOTLINE_ASSIGN_OR_RETURN(const auto last, tx.Query("SELECT coalesce(max(version), 0) AS version FROM repeat_rules"));
    const auto version = last[0].Get<int64_t>("version");
    if (expected && *expected != version) return domain::ConfigurationChanged("repeat_rule");
    domain::RepeatRule kept = rule;
    kept.version = version + 1;
    HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO repeat_rules (version, enabled, count, days, same_category, only_handled, set_by, set_time) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                                       {kept.version, kept.enabled, kept.count, kept.days, kept.same_category, kept.only_handled, actor_id, now}).status());
    return kept;
  }));
  std::lock_guard lock(rule_mutex_);
  rule_read_ = absl::InfinitePast();
  return put;
}

absl::StatusOr<domain::RepeatRule> CallerRecordStore::RuleInForce(absl::Time now) {
  std::lock_guard lock(rule_mutex_);
  if (now - rule_read_ < kRuleAge && now >= rule_read_) return rule_;
  HOTLINE_ASSIGN_OR_RETURN(rule_, Rule());
  rule_read_ = now;
  return rule_;
}

absl::StatusOr<std::optional<Repeats>> CallerRecordStore::RepeatsOf(const std::string& phone_hash, const std::string& category_id, absl::Time now, const std::string& except) {
  if (phone_hash.empty()) return std::nullopt;
  HOTLINE_ASSIGN_OR_RETURN(const domain::RepeatRule rule, RuleInForce(now));
  if (!rule.enabled || (rule.same_category && category_id.empty())) return std::nullopt;
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT ticket_id FROM tickets WHERE phone_hash = $1 AND phone_hash <> '' AND ticket_id >= $2::uuid AND create_time >= $3"
                                                       " AND (NOT $4 OR category_id = $5) AND (NOT $6 OR (state = ANY($7::smallint[]) AND group_id = '' AND coalesce(more ->> 'close_reason', '') <> 'withdrawn')) AND ticket_id::text <> $8"
                                                       " ORDER BY ticket_id DESC LIMIT $9",
                                                       {phone_hash, domain::FirstIdAt(now - absl::Hours(24) * rule.days), now - absl::Hours(24) * rule.days, rule.same_category, category_id,
                                                        rule.only_handled,
                                                        std::vector<int64_t>{static_cast<int64_t>(domain::State::kClosed), static_cast<int64_t>(domain::State::kArchived)}, except,
                                                        domain::kMaxRepeats}));
  Repeats repeats;
  for (const auto row : rows) {
    ++repeats.count;
    if (repeats.ticket_ids.size() < domain::kRepeatsTold) repeats.ticket_ids.push_back(row.Get<std::string>("ticket_id"));
  }
  repeats.unreasonable = repeats.count >= rule.count;
  repeats.reason = ReasonOf(rule, repeats.count);
  repeats.rule = absl::StrCat("repeat_rule:", rule.version);
  return repeats;
}

absl::Status CallerRecordStore::PutBan(const Ban& ban, With with) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    HOTLINE_RETURN_IF_ERROR(with(tx, ban));
    HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO caller_bans (ban_id, phone_hash, until_time, reason, ticket_id, created_by, create_time) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                                       {ban.id, ban.phone_hash, ban.until, ban.reason, ban.ticket_id, ban.created_by, ban.create_time}).status());
    return tx.Execute("INSERT INTO caller_ban_log (ban_id, action, actor_id, reason, time) VALUES ($1, 'put', $2, $3, $4)",
                      {ban.id, ban.created_by, ban.reason, ban.create_time}).status();
  });
}

absl::StatusOr<Ban> CallerRecordStore::LiftBan(const std::string& ban_id, const std::string& actor_id, const std::string& reason, absl::Time now, With with) {
  if (!base::IsValidId(ban_id)) return domain::BanNotFound(ban_id);
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<Ban> {
    HOTLINE_ASSIGN_OR_RETURN(const auto seen, tx.Query("SELECT * FROM caller_bans WHERE ban_id = $1", {ban_id}));
    if (seen.empty()) return domain::BanNotFound(ban_id);
    Ban lifting = BanFromRow(seen[0]);
    if (!lifting.lifted_by.empty()) return domain::BanLifted();
    lifting.lifted_by = actor_id;
    lifting.lift_reason = reason;
    HOTLINE_RETURN_IF_ERROR(with(tx, lifting));  // locks the ticket
    HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT * FROM caller_bans WHERE ban_id = $1 FOR UPDATE", {ban_id}));
    Ban ban = BanFromRow(rows[0]);
    if (!ban.lifted_by.empty()) return domain::BanLifted();
    ban.lifted_by = actor_id;
    ban.lift_time = now;
    ban.lift_reason = reason;
    HOTLINE_RETURN_IF_ERROR(tx.Execute("UPDATE caller_bans SET lifted_by = $2, lift_time = $3, lift_reason = $4 WHERE ban_id = $1", {ban_id, actor_id, now, reason}).status());
    HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO caller_ban_log (ban_id, action, actor_id, reason, time) VALUES ($1, 'lifted', $2, $3, $4)", {ban_id, actor_id, reason, now}).status());
    return ban;
  });
}

absl::StatusOr<std::vector<Ban>> CallerRecordStore::Bans(const BanFilter& filter) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT * FROM caller_bans WHERE ($1::timestamptz IS NULL OR (until_time > $1 AND lifted_by = ''))"
                                                       " AND ($2 = '' OR phone_hash = $2) AND ($3 = '' OR ban_id < nullif($3, '')::uuid) ORDER BY ban_id DESC LIMIT $4",
                                                       {filter.active_at, filter.phone_hash, filter.before_id, filter.limit}));
  std::vector<Ban> bans;
  for (const auto row : rows) bans.push_back(BanFromRow(row));
  return bans;
}

absl::StatusOr<std::optional<absl::Time>> CallerRecordStore::BannedUntil(const std::string& phone_hash, absl::Time now) {
  if (phone_hash.empty()) return std::nullopt;
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT max(until_time) AS until_time FROM caller_bans WHERE phone_hash = $1 AND until_time > $2 AND lifted_by = ''",
                                                       {phone_hash, now}));
  return rows[0].Get<std::optional<absl::Time>>("until_time");
}

absl::Status CallerRecordStore::AddLooks(const std::vector<std::string>& ticket_ids, const std::string& actor_id, const std::string& actor_unit_id, absl::Time now) {
  std::vector<std::string> sorted = ticket_ids;  // in one order, so that two readers never wait for each other
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::string> audit_ids;
  for (size_t i = 0; i < sorted.size(); ++i) audit_ids.push_back(base::NewId());
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    return tx.Execute("INSERT INTO caller_audit (audit_id, ticket_id, actor_id, actor_unit_id, reason, time, kind, hour)"
                      " SELECT a, t, $3, $4, '', $5, 'shown', $6 FROM unnest($1::uuid[], $2::uuid[]) AS looks (a, t)"
                      " ON CONFLICT (actor_id, ticket_id, hour) WHERE kind = 'shown' DO NOTHING",
                      {audit_ids, sorted, actor_id, actor_unit_id, now, HourOf(now)}).status();
  }, {.idempotent = true});
}

absl::Status CallerRecordStore::AddLook(Transaction& tx, const std::string& ticket_id, const std::string& actor_id, const std::string& actor_unit_id, absl::Time now) {
  return tx.Later("INSERT INTO caller_audit (audit_id, ticket_id, actor_id, actor_unit_id, reason, time, kind, hour) VALUES ($1, $2, $3, $4, '', $5, 'shown', $6)"
                  " ON CONFLICT (actor_id, ticket_id, hour) WHERE kind = 'shown' DO NOTHING",
                  {base::NewId(), ticket_id, actor_id, actor_unit_id, now, HourOf(now)});
}

absl::StatusOr<std::vector<Look>> CallerRecordStore::Looks(const LookFilter& filter) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT * FROM caller_audit WHERE ($1 = '' OR ticket_id = nullif($1, '')::uuid) AND ($2 = '' OR actor_id = $2)"
                                                       " AND ($3::timestamptz IS NULL OR time >= $3) AND ($4::timestamptz IS NULL OR time < $4)"
                                                       " AND ($5 = '' OR (time, audit_id) < ($6, nullif($5, '')::uuid)) ORDER BY time DESC, audit_id DESC LIMIT $7",
                                                       {filter.ticket_id, filter.actor_id, filter.from, filter.to, filter.before_id, filter.before_time, filter.limit}));
  std::vector<Look> looks;
  for (const auto row : rows) {
    looks.push_back({row.Get<std::string>("audit_id"), row.Get<std::string>("ticket_id"), row.Get<std::string>("actor_id"), row.Get<std::string>("actor_unit_id"),
                     row.Get<std::string>("kind"), row.Get<std::string>("reason"), row.Get<absl::Time>("time")});
  }
  return looks;
}

}  // namespace hotline::ticket
