// A brief as a document: tables, charts and the sentences between them. Pure.
#pragma once

#include <absl/time/time.h>

#include <map>
#include <string>

#include "libs/document/document.h"
#include "services/analytics/domain/brief.h"

namespace hotline::analytics {

// Everything that a brief is made of.
struct BriefFacts {
  BriefPeriod period = BriefPeriod::kWeek;
  BriefDays days = {};
  int issue = 0;
  int year = 0;
  absl::Time now = {};
  absl::TimeZone zone = {};
  Sums total = {}, total_before = {};
  // By day (Unix seconds of its start), type, category, unit, area.
  std::map<Grouping, std::map<std::vector<std::string>, Sums>> groups = {}, groups_before = {};
  std::map<std::string, std::string> category_names = {}, unit_names = {}, area_names = {};
};

// What the query needs: measures whose sums are printed.
std::vector<std::string_view> BriefMeasures();
std::string BriefTitle(const BriefFacts& facts);
document::Document BriefDocument(const BriefFacts& facts);

}  // namespace hotline::analytics
