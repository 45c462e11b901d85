// The configuration of hotline-analytics: one JSON file, strictly read. README.md lists the keys.
#pragma once

#include <absl/time/time.h>

#include <string>

#include "libs/base/json_reader.h"
#include "libs/runtime/config.h"

namespace hotline::analytics {

struct Config {
  runtime::CommonConfig common;
  std::string migrations_dir;
  std::string zone_name;                            // IANA; hours and days are the city's
  absl::TimeZone zone;
  absl::Duration answer_target = absl::Seconds(15);  // STD-1
};

// Errors are left in the reader for Finish().
Config ReadConfig(base::JsonReader& root);

}  // namespace hotline::analytics
