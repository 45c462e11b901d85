// Which units fit a matter (TKT-6, STD-6), and whether one may be sent there without a person asked: what the rules of
// domain/suggest.h need is gathered here. Thread-safe; what is referred to outlives it.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "services/ticket/catalogue_store.h"
#include "services/ticket/category_tree.h"
#include "services/ticket/domain/suggest.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

// How long another replica's publishing may go unseen.
inline constexpr absl::Duration kCatalogueAge = absl::Seconds(2);

struct SuggestionFacts {
  domain::Matter matter;
  std::vector<std::string> tags;
  std::string text;  // units' tags found in it count where the matter has no tags of its own
};
SuggestionFacts FactsOf(const domain::Ticket& ticket);

struct Suggested {
  std::vector<domain::Suggestion> suggestions;  // best first
  std::vector<std::string> unit_names;          // of each
  bool sure = false;                            // the first may be dispatched without a person
};

class Suggester {
 public:
  // Days of the catalogue change in this zone.
  Suggester(Store& store, CatalogueStore& catalogue, CategoryTree& categories, const base::Clock& clock, absl::TimeZone zone)
      : store_(store), catalogue_(catalogue), categories_(categories), clock_(clock), zone_(zone) {}

  absl::StatusOr<Suggested> Suggest(const SuggestionFacts& facts);
  // Where the matter goes by a sure rule, with the rule in the note; nothing if a person has to decide.
  absl::StatusOr<std::optional<domain::Dispatch>> AutomaticDispatch(const SuggestionFacts& facts);
  // Something was published here.
  void Forget();
  absl::CivilDay Today() const { return absl::ToCivilDay(clock_.Now(), zone_); }

 private:
  absl::StatusOr<std::shared_ptr<const PublishedCatalogue>> Current();
  absl::StatusOr<domain::SuggestionInput> Gather(const SuggestionFacts& facts);

  Store& store_;
  CatalogueStore& catalogue_;
  CategoryTree& categories_;
  const base::Clock& clock_;
  const absl::TimeZone zone_;
  std::mutex mutex_;
  absl::Time read_at_ = absl::InfinitePast();
  std::shared_ptr<const PublishedCatalogue> current_;
};

// The part of a category tree that the catalogue is checked against.
domain::CategoryNodes NodesOf(const CategoryTree::Categories& categories);

}  // namespace hotline::ticket
