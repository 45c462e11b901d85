// What a city starts with: the presets, the published holidays, the hours of its configuration. What a city changed is never
// written over. Blocks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "libs/calendar/calendar.h"
#include "services/sla_timer/rules.h"
#include "services/sla_timer/store.h"

namespace hotline::sla_timer {

inline constexpr size_t kMaxSeedBytes = 1 << 20;

// Puts every *.json of the directory that is not in the store yet, and a new version of those that are as an earlier release
// put them; an invalid one is an error that names file and field.
absl::Status SeedPolicies(Store& store, const std::string& directory, absl::Time now);
// Fills a calendar without days from a file `date,day,name` (deploy/demo/data/README.md).
absl::Status SeedHolidays(Store& store, const std::string& file, absl::Time now);
// Makes a new version of the calendar if the configured hours are others than before.
absl::Status SeedHours(Store& store, const RulesOptions& options, absl::Time now);

// INVALID_ARGUMENT naming the line.
absl::StatusOr<std::vector<calendar::Day>> ParseHolidays(std::string_view csv);

}  // namespace hotline::sla_timer
