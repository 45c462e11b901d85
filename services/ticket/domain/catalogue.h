// The dispatch catalogue (派单目录, STD-6, TKT-6): which unit takes which matter where. Plain values and pure functions; what
// is asked about units and categories is given by the caller.
#pragma once

#include <absl/time/civil_time.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/validate.h"

namespace hotline::ticket::domain {

struct CatalogueEntry {
  std::string id;           // chosen by whoever writes it
  std::string category_id;  // this category and all below it
  std::string area_code;    // areas whose code begins so; empty: the whole city
  Type type = Type::kUnspecified;  // unspecified: any
  std::string unit_id;      // lead unit
  std::vector<std::string> co_unit_ids = {};
  bool sure = false;        // may be dispatched without a person
  std::optional<absl::CivilDay> from = {};  // first day it holds; none: always did
  std::optional<absl::CivilDay> to = {};    // last day it holds; none: until changed
  std::string note = {};    // legal basis, and what else is to be known
  friend bool operator==(const CatalogueEntry&, const CatalogueEntry&) = default;
};

// What of a category tree counts here, by id.
struct CategoryNode {
  std::string parent_id;
  std::string name;
};
using CategoryNodes = std::map<std::string, CategoryNode>;

// What is looked up.
struct Matter {
  Type type = Type::kUnspecified;
  std::string category_id;
  std::string area_code;
};

struct Matches {
  std::vector<CatalogueEntry> entries;  // most specific first: nearest category, then longest area, then named type
  bool ambiguous = false;               // the first two are equally specific and name different lead units
};

// Entries that hold on `day` for the matter.
Matches Match(const std::vector<CatalogueEntry>& entries, const CategoryNodes& categories, const Matter& matter, absl::CivilDay day);

// Formats and lengths of one entry, fields named "entry.<field>".
Violations CheckEntry(const CatalogueEntry& entry);

// What is wrong with a catalogue as a whole.
struct Finding {
  bool error = false;   // an error stops publishing, the others are to be looked at
  std::string rule;     // UNKNOWN_UNIT, INACTIVE_UNIT, UNKNOWN_CATEGORY, CONTRADICTION, DUPLICATE, EXPIRED, CATEGORY_WITHOUT_ENTRY, CATEGORY_PARTLY_COVERED
  std::vector<std::string> entry_ids;
  std::string subject;  // the unit or category
  std::string text;     // for the screen
  friend bool operator==(const Finding&, const Finding&) = default;
};

// Errors first, each kind in the order of entries or categories; at most kMaxFindings. `units` holds those the entries name.
std::vector<Finding> CheckCatalogue(const std::vector<CatalogueEntry>& entries, const CategoryNodes& categories,
                                    const std::map<std::string, Unit>& units, absl::CivilDay today);
bool HasErrors(const std::vector<Finding>& findings);
// Every unit the entries name, once each.
std::vector<std::string> UnitsOf(const std::vector<CatalogueEntry>& entries);

// What differs between two catalogues; both sides of what changed, one of what was added or removed. By entry id.
struct EntryChange {
  std::optional<CatalogueEntry> before;
  std::optional<CatalogueEntry> after;
};
std::vector<EntryChange> Diff(const std::vector<CatalogueEntry>& before, const std::vector<CatalogueEntry>& after);

// "2026-12-01" and back; nothing for anything else.
std::optional<absl::CivilDay> ParseDay(std::string_view text);
std::string DayText(const std::optional<absl::CivilDay>& day);

}  // namespace hotline::ticket::domain
