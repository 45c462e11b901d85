#include "services/telephony/config.h"

#include <absl/strings/numbers.h>

namespace hotline::telephony {
namespace {

constexpr int kDefaultSipPort = 5060;

Transport ReadTransport(base::JsonReader& reader) {
  return reader.OneOf("transport", {"udp", "tcp"}, "udp") == "tcp" ? Transport::kTcp : Transport::kUdp;
}

void ReadSip(base::JsonReader root, Config& config) {
  const std::string address = root.String("address");
  const auto udp = static_cast<uint16_t>(root.Int("udp_port", 0, 65535, kDefaultSipPort));
  const auto tcp = static_cast<uint16_t>(root.Int("tcp_port", 0, 65535, kDefaultSipPort));
  config.sip.listen = {{address, udp, Transport::kUdp}, {address, tcp, Transport::kTcp}};
  config.sip.max_sessions = static_cast<size_t>(root.Int("max_calls", 1, 100'000, static_cast<int64_t>(kDefaultMaxSessions)));
  config.sip.max_new_calls_per_second = root.Number("max_new_calls_per_second", 0.1, 10'000, kDefaultMaxNewCallsPerSecond);
  config.sip.public_address = root.String("public_address", "");
  config.media_address = config.sip.public_address.empty() ? address : config.sip.public_address;
  config.media_bind_address = address;
}

void ReadMedia(base::JsonReader root, Config& config) {
  config.media_address = root.String("address", config.media_address);
  config.media_bind_address = root.String("bind_address", root.Has("address") ? config.media_address : config.media_bind_address);
  config.rtp_port_low = static_cast<uint16_t>(root.Int("rtp_port_low", 1024, 65534, config.rtp_port_low));
  config.rtp_port_high = static_cast<uint16_t>(root.Int("rtp_port_high", 1025, 65535, config.rtp_port_high));
  if (config.rtp_port_high <= config.rtp_port_low) root.Fail("rtp_port_high", "OUT_OF_RANGE", "must be above rtp_port_low");
  config.media_threads = static_cast<int>(root.Int("threads", 1, 64, 1));
  config.web_addresses = root.Strings("web_addresses");
  config.rtp_timeout = root.Duration("rtp_timeout", absl::Seconds(1), absl::Hours(1), config.rtp_timeout);
}

void ReadTarget(base::JsonReader& root, TrunkSettings& trunk) {
  const std::string target = root.String("target");
  const size_t colon = target.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(target.substr(colon + 1), &port) || port < 1 || port > 65535) {
    root.Fail("target", "BAD_FORMAT", "as address:port");
    return;
  }
  trunk.sip.target = Endpoint{target.substr(0, colon), static_cast<uint16_t>(port), ReadTransport(root)};
}

TrunkSettings ReadTrunk(base::JsonReader root) {
  TrunkSettings trunk;
  trunk.sip.id = root.String("id");
  trunk.name = root.String("name", trunk.sip.id);
  trunk.sip.peers = root.Strings("peers");
  if (root.Has("target")) ReadTarget(root, trunk);
  trunk.sip.capacity = static_cast<size_t>(root.Int("capacity", 0, 100'000, 0));
  trunk.sip.from_domain = root.String("from_domain", "");
  trunk.sip.trust_asserted_identity = root.Bool("trust_asserted_identity", false);
  trunk.sip.health_check = root.Bool("health_check", true);
  trunk.caller_id = root.String("caller_id", "");
  if (root.Has("credentials")) {
    base::JsonReader credentials = root.Object("credentials");
    trunk.sip.credentials = Credentials{credentials.String("username"), credentials.Secret("password")};
  }
  return trunk;
}

void ReadDial(base::JsonReader root, Config& config) {
  config.dial_trunk = root.String("trunk", "");
  config.dial_prefixes = root.Strings("allowed_prefixes");
  if (config.dial_prefixes.size() > kMaxDialPrefixes) root.Fail("allowed_prefixes", "TOO_MANY", "at most 256");
  config.dials_per_hour = static_cast<int>(root.Int("per_agent_per_hour", 0, 10'000, config.dials_per_hour));
  config.dial_ring = root.Duration("ring", absl::Seconds(5), absl::Minutes(3), config.dial_ring);
}

void ReadDirs(base::JsonReader root, Config& config) {
  config.recordings_dir = root.String("recordings");
  config.spool_dir = root.String("spool");
  config.prompts_dir = root.String("prompts");
  config.builtin_dir = root.String("builtin");
}

}  // namespace

Config ReadConfig(base::JsonReader& root) {
  Config config;
  config.common = runtime::ReadCommonConfig(root);
  for (const char* peer : {"ivr", "agent_state"}) {
    if (!config.common.peers.contains(peer)) root.Fail("peers", "REQUIRED", "the addresses of ivr and agent_state are needed");
  }
  config.migrations_dir = root.String("migrations_dir");
  config.instance = root.String("instance", config.instance);
  if (config.instance.size() > kMaxInstanceName) root.Fail("instance", "TOO_LONG", "at most 64 characters");
  ReadSip(root.Object("sip"), config);
  if (root.Has("media")) ReadMedia(root.Object("media"), config);
  if (config.web_addresses.empty()) config.web_addresses = {config.media_address};
  for (base::JsonReader& trunk : root.Objects("trunks")) config.trunks.push_back(ReadTrunk(trunk));
  if (root.Has("dial")) ReadDial(root.Object("dial"), config);
  for (TrunkSettings& trunk : config.trunks) {
    for (const std::string& prefix : config.dial_prefixes) trunk.sip.dial_rules.push_back({prefix, 0, ""});
    config.sip.trunks.push_back(trunk.sip);
    if (config.dial_trunk.empty() && trunk.sip.target) config.dial_trunk = trunk.sip.id;
  }
  ReadDirs(root.Object("dirs"), config);
  config.unserved_patience = root.Duration("unserved_patience", absl::Milliseconds(100), absl::Minutes(1), config.unserved_patience);
  config.stranded_patience = root.Duration("stranded_patience", absl::Milliseconds(100), absl::Minutes(10), config.stranded_patience);
  config.call_drain = root.Duration("call_drain", absl::ZeroDuration(), absl::Hours(2), config.call_drain);
  return config;
}

}  // namespace hotline::telephony
