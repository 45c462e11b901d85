// Tickets that may be of the same matter (TKT-11): how alike two are, and the rule about unreasonable repeats. Pure.
#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/validate.h"

namespace hotline::ticket::domain {

// What two matters are compared by.
struct MatterFacts {
  std::string ticket_id;   // empty: a draft
  std::string phone_hash;  // keyed; empty if no phone is known
  std::string title;
  std::string content;
  std::string category_id;
  std::string area_code;
  std::string place;
  double longitude = 0;
  double latitude = 0;
};

struct Likeness {
  std::string kind;    // same_caller: one person again; same_matter: others about the same
  double score = 0;    // 0 to 1
  std::string reason;  // for the screen
};

// Nothing if they are not alike enough to be shown.
std::optional<Likeness> Compare(const MatterFacts& one, const MatterFacts& other);

// How much of the words of the shorter text the longer one has, 0 to 1; 0 for texts too short to tell.
double WordOverlap(std::string_view a, std::string_view b);
// Metres between two places; negative if either is unknown.
double Distance(const MatterFacts& one, const MatterFacts& other);

// When repeated appeals of one caller are proposed as unreasonable (TKT-11).
struct RepeatRule {
  int64_t version = 0;        // 0: nobody has set one
  bool enabled = false;
  int count = 3;              // this many earlier tickets
  int days = 90;              // within so many days
  bool same_category = true;  // of the same category
  bool only_handled = true;   // only those that were handled and closed
  friend bool operator==(const RepeatRule&, const RepeatRule&) = default;
};
Violations CheckRepeatRule(const RepeatRule& rule);

}  // namespace hotline::ticket::domain
