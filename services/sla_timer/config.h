// The configuration of hotline-sla-timer: one JSON file, strictly read. README.md lists the keys.
#pragma once

#include <string>

#include "libs/base/json_reader.h"
#include "libs/runtime/config.h"
#include "services/sla_timer/rules.h"

namespace hotline::sla_timer {

struct Config {
  runtime::CommonConfig common;
  std::string migrations_dir;
  std::string presets_dir;    // Policies put into the database if they are not there.
  std::string holidays_file;  // CSV put into an empty calendar; empty: none.
  RulesOptions rules;
};

// Errors are left in the reader for Finish().
Config ReadConfig(base::JsonReader& root);

}  // namespace hotline::sla_timer
