// Units that fit a ticket (TKT-6, STD-6): the dispatch catalogue, the place, the tags, earlier tickets like it. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "services/ticket/domain/ticket.h"

namespace hotline::ticket::domain {

struct Suggestion {
  std::string unit_id;
  std::string rule;    // catalogue, area, tags, earlier
  std::string reason;  // for the screen
  double score = 0;    // 0 to 1
};

struct SuggestionInput {
  std::string area_code;
  std::vector<std::string> tags;      // the ticket's and its category's
  std::string category_name;
  std::string default_unit_id;        // of the category or the nearest one above it that has one
  std::vector<Unit> units;            // active ones: the default unit, those of the area, those with a common tag, earlier ones
  std::map<std::string, int> earlier; // unit -> tickets of this category and area it handled
};

// Best first, at most kMaxSuggestions, each unit once with its strongest rule.
std::vector<Suggestion> Suggest(const SuggestionInput& input);

}  // namespace hotline::ticket::domain
