#include "services/ticket/domain/suggest.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "services/ticket/domain/limits.h"

namespace hotline::ticket::domain {
namespace {

// An entry of the catalogue is somebody's decision and beats what is only likely; a less specific one is a way out.
constexpr double kEntryScore = 0.95;
constexpr double kGeneralEntryScore = 0.5;
// The category's own unit, where the catalogue says nothing.
constexpr double kDefaultUnitScore = 0.9;
constexpr double kAreaScore = 0.6;
constexpr double kTagsScore = 0.75;
constexpr double kEarlierScore = 0.8;
// Each further rule that names the same unit adds a little; however many agree, what is likely stays below what was decided.
constexpr double kAgreement = 0.05;
constexpr double kMostLikely = 0.94;

int CommonTags(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return static_cast<int>(std::count_if(a.begin(), a.end(), [&](const std::string& tag) { return std::find(b.begin(), b.end(), tag) != b.end(); }));
}

// Keeps the strongest rule of a unit.
void Offer(std::map<std::string, Suggestion>& best, Suggestion suggestion) {
  Suggestion& kept = best[suggestion.unit_id];
  const double agreed = kept.unit_id.empty() ? 0 : kAgreement;
  const double most = std::max(kept.score, suggestion.score) >= kEntryScore ? 1.0 : kMostLikely;
  if (suggestion.score > kept.score) {
    suggestion.score += agreed;
    kept = std::move(suggestion);
  } else {
    kept.score += agreed;
  }
  kept.score = std::min(kept.score, most);
}

const Unit* FindActive(const std::vector<Unit>& units, const std::string& id) {
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& one) { return one.id == id; });
  return unit != units.end() && unit->active ? &*unit : nullptr;
}

std::string EntryReason(const SuggestionInput& input, const CatalogueEntry& entry, const Unit& unit) {
  return absl::StrCat("派单目录第", input.catalogue_version, "版条目", entry.id, ":", input.category_name.empty() ? "" : absl::StrCat("“", input.category_name, "”"),
                      entry.area_code.empty() ? "" : absl::StrCat("(区域", entry.area_code, ")"), "由", unit.name, "负责");
}

void OfferEntries(const SuggestionInput& input, std::map<std::string, Suggestion>& best) {
  for (size_t i = 0; i < input.matches.entries.size(); ++i) {
    const CatalogueEntry& entry = input.matches.entries[i];
    const Unit* unit = FindActive(input.units, entry.unit_id);
    if (unit == nullptr) continue;
    Suggestion suggestion{unit->id, "catalogue", EntryReason(input, entry, *unit), i == 0 ? kEntryScore : kGeneralEntryScore};
    for (const std::string& co : entry.co_unit_ids) {
      if (FindActive(input.units, co) != nullptr) suggestion.co_unit_ids.push_back(co);
    }
    suggestion.source = SourceOf(input.catalogue_version, entry.id);
    Offer(best, std::move(suggestion));
  }
}

}  // namespace

std::string SourceOf(int64_t version, const std::string& entry_id) { return absl::StrCat("catalogue:", version, "/", entry_id); }

std::optional<Dispatch> SureDispatch(const SuggestionInput& input) {
  if (input.matches.entries.empty() || input.matches.ambiguous) return std::nullopt;
  const CatalogueEntry& entry = input.matches.entries[0];
  const Unit* lead = entry.sure ? FindActive(input.units, entry.unit_id) : nullptr;
  if (lead == nullptr) return std::nullopt;
  Dispatch dispatch{*lead};
  for (const std::string& id : entry.co_unit_ids) {
    const Unit* co = FindActive(input.units, id);
    if (co == nullptr) return std::nullopt;
    dispatch.co_units.push_back(*co);
  }
  dispatch.rule = SourceOf(input.catalogue_version, entry.id);
  dispatch.note = absl::StrCat("自动派单:", EntryReason(input, entry, *lead));
  return dispatch;
}

std::vector<Suggestion> Suggest(const SuggestionInput& input) {
  std::map<std::string, Suggestion> best;
  OfferEntries(input, best);
  int total = 0;
  for (const auto& [unit, count] : input.earlier) total += count;
  for (const Unit& unit : input.units) {
    if (!unit.active) continue;
    if (unit.id == input.default_unit_id)
      Offer(best, {unit.id, "catalogue", absl::StrCat("分类默认单位:“", input.category_name, "”由", unit.name, "负责"), kDefaultUnitScore});
    const int common = CommonTags(input.tags, unit.tags);
    if (common > 0) {
      const double share = static_cast<double>(common) / static_cast<double>(input.tags.size());
      Offer(best, {unit.id, "tags", absl::StrCat(unit.name, "的职责与工单标签有", common, "项相符"), kTagsScore * (0.5 + 0.5 * share)});
    }
    if (!input.area_code.empty() && unit.area_code == input.area_code) {
      // The county itself knows best which of its offices is in charge.
      const double score = unit.level <= 2 ? kAreaScore : kAreaScore - 0.1;
      Offer(best, {unit.id, "area", absl::StrCat("属地:事发地由", unit.name, "管辖"), score});
    }
    const auto earlier = input.earlier.find(unit.id);
    if (earlier != input.earlier.end() && total > 0) {
      const double share = static_cast<double>(earlier->second) / total;
      Offer(best, {unit.id, "earlier", absl::StrCat("以往", total, "件同类工单中", earlier->second, "件由", unit.name, "办理"), kEarlierScore * share});
    }
  }
  std::vector<Suggestion> sorted;
  for (auto& [unit, suggestion] : best) sorted.push_back(std::move(suggestion));
  std::sort(sorted.begin(), sorted.end(), [](const Suggestion& a, const Suggestion& b) {
    return a.score != b.score ? a.score > b.score : a.unit_id < b.unit_id;
  });
  if (sorted.size() > kMaxSuggestions) sorted.resize(kMaxSuggestions);
  return sorted;
}

}  // namespace hotline::ticket::domain
