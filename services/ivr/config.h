// What ivr's configuration holds beside the common part. Plain values.
#pragma once

#include "libs/runtime/config.h"
#include "services/ivr/prompts.h"

namespace hotline::ivr {

struct Config {
  runtime::CommonConfig common;
  std::string migrations_dir;
  PromptConfig prompts;
  std::string flows_dir;  // published at the first start when there are no flows
  std::string time_zone = "Asia/Shanghai";
  // Working hours of the step `hours`: Monday to Friday, minutes of the day.
  int open_minute = 0;
  int close_minute = 24 * 60;
  bool weekends = true;
};

// Keys: those of the common part, migrations_dir, flows_dir?, prompts {texts_file, cache_dir, recordings_dir?, voice?,
// words_per_minute?}, hours? {time_zone?, open_minute?, close_minute?, weekends?}. Errors are left in the reader.
Config ReadConfig(base::JsonReader& root);

// Whether the step `hours` finds the city at work.
bool OpenAt(const Config& config, absl::Time time);

}  // namespace hotline::ivr
