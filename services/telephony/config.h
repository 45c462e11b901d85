// What telephony's configuration holds beside the common part; README.md describes the keys. Plain values.
#pragma once

#include <string>
#include <vector>

#include "libs/runtime/config.h"
#include "services/telephony/sip/types.h"

namespace hotline::telephony {

inline constexpr size_t kMaxInstanceName = 64;
inline constexpr size_t kMaxDialPrefixes = 256;

struct TrunkSettings {
  TrunkConfig sip;
  std::string name;       // for people
  std::string caller_id;  // the number shown to those whom we call
};

struct Config {
  runtime::CommonConfig common;
  std::string migrations_dir;
  std::string instance = "tel-1";  // unique among replicas
  StackConfig sip;
  std::string media_address;       // where peers send RTP to, told in SDP
  std::string media_bind_address;  // where it is received: another one behind address translation
  uint16_t rtp_port_low = 20000, rtp_port_high = 29999;
  int media_threads = 1;
  std::vector<std::string> web_addresses;
  absl::Duration rtp_timeout = absl::Seconds(30);
  std::vector<TrunkSettings> trunks;
  std::string dial_trunk;          // through which agents dial; empty: the first with a target
  std::vector<std::string> dial_prefixes;
  int dials_per_hour = 60;         // of one agent
  absl::Duration dial_ring = absl::Seconds(60);
  std::string recordings_dir, spool_dir, prompts_dir, builtin_dir;
  absl::Duration unserved_patience = absl::Seconds(8);   // a call that ivr never served gets the built-in dialogue
  absl::Duration stranded_patience = absl::Seconds(60);  // likewise one that ivr has left alone
  absl::Duration call_drain = absl::Seconds(8);          // running calls get so long at a stop
};

// Errors are left in the reader for Finish().
Config ReadConfig(base::JsonReader& root);

}  // namespace hotline::telephony
