// Units that fit a ticket (TKT-6, STD-6): the dispatch catalogue, the place, the tags, earlier tickets like it. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/ticket/domain/catalogue.h"
#include "services/ticket/domain/commands.h"
#include "services/ticket/domain/ticket.h"

namespace hotline::ticket::domain {

struct Suggestion {
  std::string unit_id;
  std::string rule;    // catalogue, area, tags, earlier
  std::string reason;  // for the screen
  double score = 0;    // 0 to 1
  std::vector<std::string> co_unit_ids = {};  // active ones only
  std::string source = {};  // "catalogue:<version>/<entry>" of an entry of the catalogue; empty otherwise
};

struct SuggestionInput {
  std::string area_code;
  std::vector<std::string> tags;      // the ticket's and its category's
  std::string category_name;
  std::string default_unit_id;        // of the category or the nearest one above it that has one
  std::vector<Unit> units;            // active ones: the default unit, those of the area, those with a common tag, earlier ones, those of the catalogue
  std::map<std::string, int> earlier; // unit -> tickets of this category and area it handled
  int64_t catalogue_version = 0;
  Matches matches;                    // entries of that version
};

// Best first, at most kMaxSuggestions, each unit once with its strongest rule.
std::vector<Suggestion> Suggest(const SuggestionInput& input);

// Where the ticket goes without a person asked: the most specific entry is marked as sure, nothing contradicts it, and all
// its units are active. The rule and its text are in the dispatch.
std::optional<Dispatch> SureDispatch(const SuggestionInput& input);

// Where an entry of the catalogue stands.
std::string SourceOf(int64_t version, const std::string& entry_id);

}  // namespace hotline::ticket::domain
