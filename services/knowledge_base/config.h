// The configuration of hotline-knowledge-base: one JSON file, strictly read. README.md lists the keys.
#pragma once

#include <string>

#include "libs/base/json_reader.h"
#include "libs/runtime/config.h"

namespace hotline::knowledge_base {

struct Config {
  runtime::CommonConfig common;
  std::string migrations_dir;
  std::string synonyms_file;  // empty: no synonyms
  int handler_threads = 8;
  int handler_queue = 256;
  absl::Duration refresh = absl::Seconds(1);  // how soon other replicas' changes are found
};

// Errors are left in the reader for Finish().
Config ReadConfig(base::JsonReader& root);

}  // namespace hotline::knowledge_base
