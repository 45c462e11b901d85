#include "services/ticket/catalogue_suggest.h"

#include <absl/strings/str_cat.h>

#include <set>

#include "libs/base/error.h"

namespace hotline::ticket {

SuggestionFacts FactsOf(const domain::Ticket& ticket) {
  return {{ticket.type, ticket.category_id, ticket.area_code}, ticket.tags, absl::StrCat(ticket.title, "\n", ticket.content)};
}

domain::CategoryNodes NodesOf(const CategoryTree::Categories& categories) {
  domain::CategoryNodes nodes;
  for (const auto& [id, category] : categories) nodes[id] = {category.parent_id, category.name};
  return nodes;
}

absl::StatusOr<std::shared_ptr<const PublishedCatalogue>> Suggester::Current() {
  std::lock_guard lock(mutex_);
  const absl::Time now = clock_.Now();
  if (current_ && now - read_at_ < kCatalogueAge && now >= read_at_) return current_;
  HOTLINE_ASSIGN_OR_RETURN(const int64_t version, catalogue_.PublishedVersion());
  if (!current_ || current_->version != version) {
    HOTLINE_ASSIGN_OR_RETURN(PublishedCatalogue published, catalogue_.Published(version));
    current_ = std::make_shared<const PublishedCatalogue>(std::move(published));  // whoever still reads the old one keeps it
  }
  read_at_ = now;
  return current_;
}

void Suggester::Forget() {
  std::lock_guard lock(mutex_);
  read_at_ = absl::InfinitePast();
}

absl::StatusOr<domain::SuggestionInput> Suggester::Gather(const SuggestionFacts& facts) {
  HOTLINE_ASSIGN_OR_RETURN(const auto categories, categories_.All());
  HOTLINE_ASSIGN_OR_RETURN(const auto catalogue, Current());
  domain::SuggestionInput input;
  input.area_code = facts.matter.area_code;
  std::set<std::string> tags(facts.tags.begin(), facts.tags.end());
  auto category = categories->find(facts.matter.category_id);
  if (category != categories->end()) {
    input.category_name = category->second.name;
    tags.insert(category->second.tags.begin(), category->second.tags.end());
  }
  if (tags.empty() && !facts.text.empty()) {
    HOTLINE_ASSIGN_OR_RETURN(const std::vector<std::string> found, catalogue_.TagsIn(facts.text));
    tags.insert(found.begin(), found.end());
  }
  // The nearest category upwards that names a unit; bounded by the size of the tree.
  for (size_t i = 0; category != categories->end() && i <= categories->size() && input.default_unit_id.empty(); ++i) {
    input.default_unit_id = category->second.default_unit_id;
    category = categories->find(category->second.parent_id);
  }
  input.tags.assign(tags.begin(), tags.end());
  input.catalogue_version = catalogue->version;
  input.matches = domain::Match(catalogue->entries, NodesOf(*categories), facts.matter, Today());
  HOTLINE_ASSIGN_OR_RETURN(input.earlier, store_.EarlierUnits(facts.matter.category_id, facts.matter.area_code));
  std::set<std::string> ids;
  for (const auto& [unit, count] : input.earlier) ids.insert(unit);
  if (!input.default_unit_id.empty()) ids.insert(input.default_unit_id);
  for (std::string& unit : domain::UnitsOf(input.matches.entries)) ids.insert(std::move(unit));
  HOTLINE_ASSIGN_OR_RETURN(input.units, store_.UnitsFor({ids.begin(), ids.end()}, input.area_code, input.tags));
  return input;
}

absl::StatusOr<Suggested> Suggester::Suggest(const SuggestionFacts& facts) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::SuggestionInput input, Gather(facts));
  Suggested suggested;
  suggested.suggestions = domain::Suggest(input);
  for (const domain::Suggestion& one : suggested.suggestions) {
    const auto unit = std::find_if(input.units.begin(), input.units.end(), [&](const domain::Unit& unit) { return unit.id == one.unit_id; });
    suggested.unit_names.push_back(unit == input.units.end() ? "" : unit->name);
  }
  const std::optional<domain::Dispatch> sure = domain::SureDispatch(input);
  suggested.sure = sure && !suggested.suggestions.empty() && suggested.suggestions[0].unit_id == sure->lead.id;
  return suggested;
}

absl::StatusOr<std::optional<domain::Dispatch>> Suggester::AutomaticDispatch(const SuggestionFacts& facts) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::SuggestionInput input, Gather(facts));
  return domain::SureDispatch(input);
}

}  // namespace hotline::ticket
