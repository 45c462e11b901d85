// Units, categories and lines in PostgreSQL.
#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/postgres_store.h"

namespace hotline::ticket {
namespace {

using domain::Unit;
using postgres::Transaction;

constexpr int kMaxUnitsConsidered = 200;

Unit UnitFromRow(const postgres::Row& row) {
  return {row.Get<std::string>("unit_id"), row.Get<std::string>("parent_id"), row.Get<std::string>("path"), row.Get<std::string>("name"),
          row.Get<bool>("active"), row.Get<int32_t>("level"), row.Get<std::string>("area_code"), row.Get<std::vector<std::string>>("tags")};
}

}  // namespace

absl::StatusOr<std::map<std::string, Unit>> PostgresStore::FindUnits(const std::vector<std::string>& unit_ids) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT * FROM units WHERE unit_id = ANY($1::text[])", {unit_ids}));
  std::map<std::string, Unit> units;
  for (const auto row : rows) {
    Unit unit = UnitFromRow(row);
    units[unit.id] = std::move(unit);
  }
  return units;
}

absl::Status PostgresStore::PutUnit(const Unit& unit) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) { return PutUnit(tx, unit); }, {.idempotent = true});
}

absl::Status PostgresStore::PutUnit(Transaction& tx, const Unit& unit) {
  HOTLINE_ASSIGN_OR_RETURN(const auto before, tx.Query("SELECT path FROM units WHERE unit_id = $1 FOR UPDATE", {unit.id}));
  HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO units (unit_id, parent_id, path, name, active, level, area_code, tags) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                                     " ON CONFLICT (unit_id) DO UPDATE SET parent_id = $2, path = $3, name = $4, active = $5, level = $6, area_code = $7, tags = $8",
                                     {unit.id, unit.parent_id, unit.path, unit.name, unit.active, unit.level, unit.area_code, unit.tags}).status());
  if (before.empty() || before[0].Get<std::string>("path") == unit.path) return absl::OkStatus();
  // A unit that moved in the tree takes its tickets along: those above it now see them, those above it before no longer.
  return tx.Execute("WITH moved AS (UPDATE tickets t SET unit_path = coalesce((SELECT u.path FROM units u WHERE u.unit_id = t.unit_id), t.unit_path),"
                    " co_unit_paths = ARRAY(SELECT coalesce(u.path, '') FROM unnest(t.co_unit_ids) WITH ORDINALITY AS c(id, n) LEFT JOIN units u ON u.unit_id = c.id ORDER BY c.n),"
                    " more = CASE WHEN t.more ? 'responsible_unit_id' THEN t.more || jsonb_build_object('responsible_unit_path',"
                    " coalesce((SELECT u.path FROM units u WHERE u.unit_id = t.more ->> 'responsible_unit_id'), t.more ->> 'responsible_unit_path', '')) ELSE t.more END,"
                    " scope = ARRAY(SELECT DISTINCT p FROM units u, unnest(string_to_array(trim(BOTH '/' FROM u.path), '/')) AS p"
                    " WHERE u.unit_id = t.unit_id OR u.unit_id = ANY(t.co_unit_ids) OR u.unit_id = t.more ->> 'responsible_unit_id' ORDER BY p)"
                    " FROM tickets o WHERE o.ticket_id = t.ticket_id"
                    " AND t.ticket_id IN (SELECT ticket_id FROM ticket_search WHERE keys @> ARRAY[search_key('@u:' || $1)]) AND (t.unit_id = $1 OR $1 = ANY(t.co_unit_ids)"
                    " OR t.more ->> 'responsible_unit_id' = $1) RETURNING t.ticket_id, t.scope AS now, o.scope AS before)"
                    " UPDATE ticket_search s SET keys = ARRAY(SELECT k FROM unnest(s.keys) AS k WHERE k <> ALL(ARRAY(SELECT search_key('@u:' || u) FROM unnest(m.before) AS u))"
                    " UNION SELECT search_key('@u:' || u) FROM unnest(m.now) AS u ORDER BY 1) FROM moved m WHERE s.ticket_id = m.ticket_id",
                    {unit.id}).status();
}

absl::StatusOr<std::vector<Unit>> PostgresStore::UnitsFor(const std::vector<std::string>& ids, const std::string& area_code,
                                                          const std::vector<std::string>& tags) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT * FROM units WHERE active AND (unit_id = ANY($1::text[]) OR (area_code = $2 AND area_code <> '')"
                                                       " OR tags && $3::text[]) ORDER BY unit_id LIMIT $4",
                                                       {ids, area_code, tags, kMaxUnitsConsidered}));
  std::vector<Unit> units;
  for (const auto row : rows) units.push_back(UnitFromRow(row));
  return units;
}

absl::StatusOr<std::map<std::string, int>> PostgresStore::EarlierUnits(const std::string& category_id, const std::string& area_code) {
  std::map<std::string, int> earlier;
  if (category_id.empty()) return earlier;
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT unit_id, count(*) AS handled FROM (SELECT unit_id FROM tickets WHERE category_id = $1 AND area_code = $2"
                                                       " AND unit_id <> '' ORDER BY ticket_id DESC LIMIT $3) latest GROUP BY unit_id",
                                                       {category_id, area_code, domain::kSimilarTickets}));
  for (const auto row : rows) earlier[row.Get<std::string>("unit_id")] = row.Get<int32_t>("handled");
  return earlier;
}

absl::StatusOr<std::vector<Category>> PostgresStore::Categories() {
  // Tree order: each node right before its children, siblings by their order.
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("WITH RECURSIVE tree AS ("
                                                       " SELECT c.*, ARRAY[lpad(c.sort::text, 10, '0') || c.category_id] AS place FROM categories c WHERE c.parent_id = ''"
                                                       " UNION ALL SELECT c.*, tree.place || (lpad(c.sort::text, 10, '0') || c.category_id)"
                                                       " FROM categories c JOIN tree ON c.parent_id = tree.category_id)"
                                                       " SELECT * FROM tree ORDER BY place"));
  std::vector<Category> categories;
  for (const auto row : rows) {
    categories.push_back({row.Get<std::string>("category_id"), row.Get<std::string>("parent_id"), row.Get<std::string>("name"),
                          row.Get<std::string>("name_en"), row.Get<std::vector<std::string>>("tags"), row.Get<std::string>("default_unit_id"),
                          row.Get<std::string>("script"), row.Get<int32_t>("sort")});
  }
  return categories;
}

absl::Status PostgresStore::PutCategory(const Category& category) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    // The tree is changed by one at a time, so that two cannot make a ring together.
    HOTLINE_RETURN_IF_ERROR(tx.Lock("categories"));
    HOTLINE_ASSIGN_OR_RETURN(const auto counts, tx.Query("SELECT count(*) FILTER (WHERE category_id <> $1) AS others, count(*) FILTER (WHERE category_id = $2) AS parents FROM categories",
                                                         {category.id, category.parent_id}));
    if (counts[0].Get<int64_t>("others") >= static_cast<int64_t>(domain::kMaxCategories)) return domain::CatalogueFull("categories");
    if (!category.parent_id.empty() && counts[0].Get<int64_t>("parents") == 0) return domain::CategoryNotFound("category.parent_id");
    HOTLINE_ASSIGN_OR_RETURN(const auto ring, tx.Query("WITH RECURSIVE above AS (SELECT category_id, parent_id FROM categories WHERE category_id = $2"
                                                       " UNION SELECT c.category_id, c.parent_id FROM categories c JOIN above ON c.category_id = above.parent_id)"
                                                       " SELECT 1 AS one FROM above WHERE category_id = $1", {category.id, category.parent_id}));
    if (!ring.empty() || category.id == category.parent_id) return domain::CategoryCycle();
    return tx.Execute("INSERT INTO categories (category_id, parent_id, name, name_en, tags, default_unit_id, script, sort) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                      " ON CONFLICT (category_id) DO UPDATE SET parent_id = $2, name = $3, name_en = $4, tags = $5, default_unit_id = $6, script = $7, sort = $8",
                      {category.id, category.parent_id, category.name, category.name_en, category.tags, category.default_unit_id, category.script, category.order}).status();
  }, {.idempotent = true});
}

absl::StatusOr<std::vector<Line>> PostgresStore::Lines() {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT * FROM lines ORDER BY line"));
  std::vector<Line> lines;
  for (const auto row : rows) {
    lines.push_back({row.Get<std::string>("line"), row.Get<std::string>("name"), row.Get<std::string>("name_en"), row.Get<std::string>("mode"),
                     row.Get<std::string>("unit_id"), row.Get<bool>("expert_seats")});
  }
  return lines;
}

absl::Status PostgresStore::PutLine(const Line& line) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    HOTLINE_RETURN_IF_ERROR(tx.Lock("lines"));
    HOTLINE_ASSIGN_OR_RETURN(const auto counts, tx.Query("SELECT count(*) AS others FROM lines WHERE line <> $1", {line.line}));
    if (counts[0].Get<int64_t>("others") >= static_cast<int64_t>(domain::kMaxLines)) return domain::CatalogueFull("lines");
    return tx.Execute("INSERT INTO lines (line, name, name_en, mode, unit_id, expert_seats) VALUES ($1, $2, $3, $4, $5, $6)"
                      " ON CONFLICT (line) DO UPDATE SET name = $2, name_en = $3, mode = $4, unit_id = $5, expert_seats = $6",
                      {line.line, line.name, line.name_en, line.mode, line.unit_id, line.expert_seats}).status();
  }, {.idempotent = true});
}

}  // namespace hotline::ticket
