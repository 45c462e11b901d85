// What ticket's configuration holds beside the common part. Plain values, owned by whoever reads them.
#pragma once

#include <absl/time/time.h>

#include <string>

#include "libs/runtime/config.h"

namespace hotline::ticket {

struct Config {
  runtime::CommonConfig common;
  std::string migrations_dir;   // services/ticket/migrations as installed
  std::string master_key;       // 64 hexadecimal digits, from master_key_file: wraps the data keys of tickets
  absl::TimeZone time_zone;     // of the city: when ticket numbers begin a new day
  int acceptance_digits = 8;    // length of the number citizens are told
  int handler_threads = 8;      // handlers at the same time; more than database connections only wait for each other
  int handler_queue = 256;      // calls that may wait for a thread
  std::string attachments_dir;  // files of tickets, encrypted; on a disk that all replicas share
  std::string templates_dir;    // templates of documents put into the database if they are not there
  std::string centre_name;      // who signs documents
  std::string history_heads_dir;  // signed heads of histories; shared by all replicas, best where the database's owner cannot write
  std::string history_key;        // 64 hexadecimal digits, from history_key_file: the seed that signs them
  absl::Duration history_pace = absl::Minutes(10);  // between blocks of heads
  std::string virus_scanner;    // clamd: "unix:/run/clamav/clamd.ctl" or "host:port"; empty: files are not scanned
};

// Keys: those of the common part, migrations_dir, master_key_file (or _env), time_zone?, acceptance_digits?,
// handler_threads?, handler_queue?, attachments_dir, templates_dir, history_heads_dir, history_key_file (or _env), history_pace?,
// centre_name?, virus_scanner?. Peers `directory` and `telephony` are required. Errors are left in the reader for Finish().
Config ReadConfig(base::JsonReader& root);

}  // namespace hotline::ticket
