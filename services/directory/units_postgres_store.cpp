// Units in PostgreSQL.
#include "libs/postgres/outbox.h"
#include "libs/postgres/transaction.h"
#include "services/directory/domain/errors.h"
#include "services/directory/domain/limits.h"
#include "services/directory/domain/rules.h"
#include "services/directory/events.h"
#include "services/directory/postgres_store.h"
#include "services/directory/requests.h"

namespace hotline::directory {
namespace {

constexpr char kColumns[] =
    "unit_id, coalesce(parent_id, '') as parent_id, path, level, name, name_en, kind, tags, area_code, phone, active, version";

Unit Read(const postgres::Row& row) {
  return {.unit_id = row.Get<std::string>("unit_id"),
          .parent_id = row.Get<std::string>("parent_id"),
          .path = row.Get<std::string>("path"),
          .level = row.Get<int32_t>("level"),
          .name = row.Get<std::string>("name"),
          .name_en = row.Get<std::string>("name_en"),
          .kind = row.Get<std::string>("kind"),
          .tags = row.Get<std::vector<std::string>>("tags"),
          .area_code = row.Get<std::string>("area_code"),
          .phone = row.Get<std::string>("phone"),
          .active = row.Get<bool>("active"),
          .version = row.Get<int64_t>("version")};
}

std::string Select(std::string_view rest) { return absl::StrCat("select ", kColumns, " from units ") + std::string(rest); }

absl::StatusOr<Unit> Find(postgres::Transaction& tx, std::string_view unit_id) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result, tx.Query(Select("where unit_id = $1"), {unit_id}));
  if (result.empty()) return UnitNotFound(unit_id);
  return Read(result[0]);
}

// Where the new unit stands in the tree.
absl::StatusOr<std::string> PathOf(postgres::Transaction& tx, const Unit& unit) {
  if (unit.parent_id.empty()) {
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result roots, tx.Query("select unit_id from units where parent_id is null"));
    if (!roots.empty() && roots[0].Get<std::string>("unit_id") != unit.unit_id) {
      return base::InvalidField("unit.parent_id", "REQUIRED", "there is a root already");
    }
    return UnitPath("", unit.unit_id);
  }
  HOTLINE_ASSIGN_OR_RETURN(const Unit parent, Find(tx, unit.parent_id));
  if (UnitDepth(parent.path) >= kMaxUnitDepth) return UnitTooDeep();
  return UnitPath(parent.path, unit.unit_id);
}

}  // namespace

absl::StatusOr<Unit> PostgresStore::CreateUnit(Unit unit, std::string_view request_id) {
  const auto create = [&](postgres::Transaction& tx) -> absl::StatusOr<Unit> {
    HOTLINE_ASSIGN_OR_RETURN(const std::string made, ClaimRequest(tx, request_id, "unit", unit.unit_id));
    if (!made.empty()) return Find(tx, made);
    HOTLINE_RETURN_IF_ERROR(tx.Lock("units"));
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result taken, tx.Query("select 1 from units where unit_id = $1", {unit.unit_id}));
    if (!taken.empty()) return UnitExists(unit.unit_id);
    HOTLINE_ASSIGN_OR_RETURN(unit.path, PathOf(tx, unit));
    unit.version = 1;
    HOTLINE_RETURN_IF_ERROR(
        tx.Execute("insert into units (unit_id, parent_id, path, level, name, name_en, kind, tags, area_code, phone, active, version)"
                   " values ($1, nullif($2::text, ''), $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)",
                   {unit.unit_id, unit.parent_id, unit.path, unit.level, unit.name, unit.name_en, unit.kind, unit.tags,
                    unit.area_code, unit.phone, unit.active})
            .status());
    HOTLINE_RETURN_IF_ERROR(postgres::Outbox::Append(tx, UnitChangedEvent(unit, absl::Now())));
    return unit;
  };
  return postgres::RunTransaction(pool_, create, {.idempotent = true});
}

absl::StatusOr<Unit> PostgresStore::UpdateUnit(const Unit& unit) {
  const auto update = [&](postgres::Transaction& tx) -> absl::StatusOr<Unit> {
    HOTLINE_ASSIGN_OR_RETURN(
        const postgres::Result result,
        tx.Query(absl::StrCat("update units set name = $3, name_en = $4, kind = $5, tags = $6, area_code = $7, phone = $8,"
                              " active = $9, level = $10, version = version + 1 where unit_id = $1 and version = $2 returning ",
                              kColumns),
                 {unit.unit_id, unit.version, unit.name, unit.name_en, unit.kind, unit.tags, unit.area_code, unit.phone,
                  unit.active, unit.level}));
    if (result.empty()) {
      HOTLINE_RETURN_IF_ERROR(Find(tx, unit.unit_id).status());
      return base::EtagMismatch("unit", unit.unit_id);
    }
    const Unit changed = Read(result[0]);
    HOTLINE_RETURN_IF_ERROR(postgres::Outbox::Append(tx, UnitChangedEvent(changed, absl::Now())));
    return changed;
  };
  return postgres::RunTransaction(pool_, update);
}

absl::StatusOr<Unit> PostgresStore::GetUnit(std::string_view unit_id) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result, pool_.Read(Select("where unit_id = $1"), {unit_id}));
  if (result.empty()) return UnitNotFound(unit_id);
  return Read(result[0]);
}

absl::StatusOr<std::vector<Unit>> PostgresStore::ListUnits(const UnitFilter& filter) {
  std::string below;
  if (!filter.parent_id.empty()) {
    HOTLINE_ASSIGN_OR_RETURN(const Unit parent, GetUnit(filter.parent_id));
    below = parent.path;
  }
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result,
                           pool_.Read(Select("where starts_with(path, $1) and path > $2 order by path limit $3"),
                                      {below, filter.after, filter.limit}));
  std::vector<Unit> units;
  for (const postgres::Row row : result) units.push_back(Read(row));
  return units;
}

}  // namespace hotline::directory
