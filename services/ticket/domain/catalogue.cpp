#include "services/ticket/domain/catalogue.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "services/ticket/domain/configuration_limits.h"
#include "services/ticket/domain/limits.h"

namespace hotline::ticket::domain {
namespace {

constexpr size_t kIsoDay = 10;  // "2026-12-01"

bool Holds(const CatalogueEntry& entry, absl::CivilDay day) { return (!entry.from || *entry.from <= day) && (!entry.to || day <= *entry.to); }

bool TimesOverlap(const CatalogueEntry& a, const CatalogueEntry& b) {
  return (!a.to || !b.from || *b.from <= *a.to) && (!b.to || !a.from || *a.from <= *b.to);
}

// How far above the category each of its ancestors is; itself at 0. A ring in the tree ends where it closes.
std::map<std::string, int> Ancestors(const CategoryNodes& categories, const std::string& category_id) {
  std::map<std::string, int> distance;
  std::string id = category_id;
  while (!id.empty() && distance.emplace(id, static_cast<int>(distance.size())).second) {
    const auto node = categories.find(id);
    id = node == categories.end() ? "" : node->second.parent_id;
  }
  return distance;
}

std::string NameOf(const CategoryNodes& categories, const std::string& id) {
  const auto node = categories.find(id);
  return node == categories.end() ? id : node->second.name;
}

std::string ContradictionText(const CategoryNodes& categories, const CatalogueEntry& one, const CatalogueEntry& other) {
  return absl::StrCat("“", NameOf(categories, one.category_id), "”", one.area_code.empty() ? "" : absl::StrCat("(区域", one.area_code, ")"), "的两个条目",
                      one.unit_id == other.unit_id ? "重复" : absl::StrCat("指向不同单位:", one.unit_id, "、", other.unit_id));
}

void CheckOverlaps(const std::vector<CatalogueEntry>& entries, const CategoryNodes& categories, std::vector<Finding>& errors, std::vector<Finding>& warnings) {
  // Two entries are equally specific for the same matter only if they say the same category, area and type.
  std::map<std::tuple<std::string, std::string, Type>, std::vector<const CatalogueEntry*>> alike;
  for (const CatalogueEntry& entry : entries) {
    std::vector<const CatalogueEntry*>& others = alike[{entry.category_id, entry.area_code, entry.type}];
    for (const CatalogueEntry* other : others) {
      if (!TimesOverlap(*other, entry)) continue;
      const bool contradiction = other->unit_id != entry.unit_id;
      (contradiction ? errors : warnings)
          .push_back({contradiction, contradiction ? "CONTRADICTION" : "DUPLICATE", {other->id, entry.id}, entry.category_id, ContradictionText(categories, *other, entry)});
    }
    others.push_back(&entry);
  }
}

void CheckUnit(const CatalogueEntry& entry, const std::string& unit_id, const std::map<std::string, Unit>& units, std::vector<Finding>& errors) {
  const auto unit = units.find(unit_id);
  if (unit == units.end()) errors.push_back({true, "UNKNOWN_UNIT", {entry.id}, unit_id, absl::StrCat("没有这个单位:", unit_id)});
  else if (!unit->second.active) errors.push_back({true, "INACTIVE_UNIT", {entry.id}, unit_id, absl::StrCat(unit->second.name, "已停用")});
}

// Categories nothing is filed below must be answered by some entry, or a dispatcher has to know.
void CheckCoverage(const std::vector<CatalogueEntry>& entries, const CategoryNodes& categories, absl::CivilDay today, std::vector<Finding>& warnings) {
  std::set<std::string> parents;
  for (const auto& [id, node] : categories) parents.insert(node.parent_id);
  std::set<std::string> whole, partly;
  for (const CatalogueEntry& entry : entries) {
    if (!Holds(entry, today)) continue;
    (entry.area_code.empty() && entry.type == Type::kUnspecified ? whole : partly).insert(entry.category_id);
  }
  for (const auto& [id, node] : categories) {
    if (parents.contains(id)) continue;
    const std::map<std::string, int> above = Ancestors(categories, id);
    const auto among = [&](const std::set<std::string>& covered) {
      return std::any_of(above.begin(), above.end(), [&](const auto& one) { return covered.contains(one.first); });
    };
    if (among(whole)) continue;
    if (among(partly)) warnings.push_back({false, "CATEGORY_PARTLY_COVERED", {}, id, absl::StrCat("“", node.name, "”只在部分区域或类型有承办单位")});
    else warnings.push_back({false, "CATEGORY_WITHOUT_ENTRY", {}, id, absl::StrCat("“", node.name, "”没有承办单位")});
  }
}

}  // namespace

Matches Match(const std::vector<CatalogueEntry>& entries, const CategoryNodes& categories, const Matter& matter, absl::CivilDay day) {
  const std::map<std::string, int> above = Ancestors(categories, matter.category_id);
  std::vector<std::pair<std::tuple<int, int, int>, const CatalogueEntry*>> found;
  for (const CatalogueEntry& entry : entries) {
    const auto distance = above.find(entry.category_id);
    if (distance == above.end() || !Holds(entry, day) || !matter.area_code.starts_with(entry.area_code)) continue;
    if (entry.type != Type::kUnspecified && entry.type != matter.type) continue;
    found.push_back({{distance->second, -static_cast<int>(entry.area_code.size()), entry.type == Type::kUnspecified ? 1 : 0}, &entry});
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first != b.first ? a.first < b.first : a.second->id < b.second->id; });
  Matches matches;
  for (const auto& [rank, entry] : found) matches.entries.push_back(*entry);
  matches.ambiguous = found.size() > 1 && found[0].first == found[1].first && found[0].second->unit_id != found[1].second->unit_id;
  return matches;
}

Violations CheckEntry(const CatalogueEntry& entry) {
  Violations bad;
  CheckCode(bad, "entry.entry_id", entry.id, true);
  CheckCode(bad, "entry.category_id", entry.category_id, true);
  CheckCode(bad, "entry.area_code", entry.area_code, false);
  if (static_cast<int>(entry.type) < 0 || static_cast<int>(entry.type) >= kTypes) bad.push_back({"entry.type", "UNKNOWN_VALUE", "must be a known value"});
  CheckCode(bad, "entry.unit_id", entry.unit_id, true);
  if (entry.co_unit_ids.size() > kMaxCoUnits) bad.push_back({"entry.co_unit_ids", "TOO_MANY", "must be at most 10"});
  for (size_t i = 0; i < entry.co_unit_ids.size() && i < kMaxCoUnits; ++i) {
    const std::string field = absl::StrCat("entry.co_unit_ids[", i, "]");
    CheckCode(bad, field, entry.co_unit_ids[i], true);
    const auto end = entry.co_unit_ids.begin() + static_cast<ptrdiff_t>(i);
    if (entry.co_unit_ids[i] == entry.unit_id || std::find(entry.co_unit_ids.begin(), end, entry.co_unit_ids[i]) != end)
      bad.push_back({field, "DUPLICATE", "must be named once and differ from the lead unit"});
  }
  if (entry.from && entry.to && *entry.to < *entry.from) bad.push_back({"entry.effective_to", "OUT_OF_RANGE", "must not be before effective_from"});
  CheckText(bad, "entry.note", entry.note, 0, kMaxNote);
  return bad;
}

std::vector<Finding> CheckCatalogue(const std::vector<CatalogueEntry>& entries, const CategoryNodes& categories,
                                    const std::map<std::string, Unit>& units, absl::CivilDay today) {
  std::vector<Finding> errors, warnings;
  for (const CatalogueEntry& entry : entries) {
    if (!categories.contains(entry.category_id))
      errors.push_back({true, "UNKNOWN_CATEGORY", {entry.id}, entry.category_id, absl::StrCat("没有这个分类:", entry.category_id)});
    CheckUnit(entry, entry.unit_id, units, errors);
    for (const std::string& co : entry.co_unit_ids) CheckUnit(entry, co, units, errors);
    if (entry.to && *entry.to < today)
      warnings.push_back({false, "EXPIRED", {entry.id}, entry.category_id, absl::StrCat("条目", entry.id, "已于", DayText(entry.to), "到期")});
  }
  CheckOverlaps(entries, categories, errors, warnings);
  CheckCoverage(entries, categories, today, warnings);
  errors.insert(errors.end(), std::make_move_iterator(warnings.begin()), std::make_move_iterator(warnings.end()));
  if (errors.size() > kMaxFindings) errors.resize(kMaxFindings);
  return errors;
}

bool HasErrors(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.error; });
}

std::vector<std::string> UnitsOf(const std::vector<CatalogueEntry>& entries) {
  std::set<std::string> units;
  for (const CatalogueEntry& entry : entries) {
    units.insert(entry.unit_id);
    units.insert(entry.co_unit_ids.begin(), entry.co_unit_ids.end());
  }
  return {units.begin(), units.end()};
}

std::vector<EntryChange> Diff(const std::vector<CatalogueEntry>& before, const std::vector<CatalogueEntry>& after) {
  std::map<std::string, EntryChange> sides;
  for (const CatalogueEntry& entry : before) sides[entry.id].before = entry;
  for (const CatalogueEntry& entry : after) sides[entry.id].after = entry;
  std::vector<EntryChange> changes;
  for (auto& [id, change] : sides) {
    if (change.before != change.after) changes.push_back(std::move(change));
  }
  return changes;
}

std::optional<absl::CivilDay> ParseDay(std::string_view text) {
  absl::CivilDay day;
  if (text.size() != kIsoDay || !absl::ParseCivilTime(absl::string_view(text.data(), text.size()), &day)) return std::nullopt;
  // 2026-02-30 would be taken for a day in March.
  return absl::FormatCivilTime(day) == text ? std::optional(day) : std::nullopt;
}

std::string DayText(const std::optional<absl::CivilDay>& day) { return day ? absl::FormatCivilTime(*day) : ""; }

}  // namespace hotline::ticket::domain
