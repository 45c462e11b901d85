#include "services/telephony/sip/trunk.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "services/telephony/sip/re_util.h"

namespace hotline::telephony {
namespace {

absl::Status Bad(const TrunkConfig& config, const char* field, const char* what) {
  return absl::InvalidArgumentError(absl::StrCat("trunks[", config.id, "].", field, ": ", what));
}

bool IsHost(const std::string& host) {
  if (host.empty() || host.size() > 255) return false;
  return std::all_of(host.begin(), host.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == ':'; });
}

// Credentials stand between quotes in a header.
bool IsQuotable(const std::string& text) {
  return text.size() <= 255 && IsUtf8(text) && std::all_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F && c != '"' && c != '\\';
         });
}

}  // namespace

Trunk::Trunk(TrunkConfig trunk_config) : config(std::move(trunk_config)), auth_(config.credentials) {
  for (const auto& peer : config.peers) peers.push_back(*ParseCidr(peer));
  if (config.target) peers.push_back(*ParseCidr(config.target->address));
}

absl::Status Trunk::Validate(const TrunkConfig& config) {
  if (config.id.empty() || config.id.size() > 64 || !IsToken(config.id)) return Bad(config, "id", "1 to 64 characters of a token");
  if (config.peers.size() > kMaxPeersPerTrunk) return Bad(config, "peers", "too many");
  if (config.dial_rules.size() > kMaxDialRulesPerTrunk) return Bad(config, "dial_rules", "too many");
  for (const auto& peer : config.peers) {
    if (!ParseCidr(peer)) return Bad(config, "peers", "not an address or CIDR block");
  }
  if (config.target) {
    if (!ParseAddress(config.target->address)) return Bad(config, "target.address", "not a numeric address");
    if (config.target->port == 0) return Bad(config, "target.port", "must not be 0");
  }
  if (!config.from_domain.empty() && !IsHost(config.from_domain)) return Bad(config, "from_domain", "not a host name");
  if (config.credentials && (config.credentials->username.empty() || !IsQuotable(config.credentials->username))) {
    return Bad(config, "credentials.username", "empty, too long, or with quotes or control characters");
  }
  for (const auto& rule : config.dial_rules) {
    const auto fits = [](const std::string& text) { return text.empty() || text == "+" || IsDialable(text); };
    if (!fits(rule.prefix)) return Bad(config, "dial_rules.prefix", "digits, * and # after an optional +");
    if (!fits(rule.prepend)) return Bad(config, "dial_rules.prepend", "digits, * and # after an optional +");
    if (rule.strip > kMaxUserBytes) return Bad(config, "dial_rules.strip", "longer than any number");
  }
  return absl::OkStatus();
}

bool Trunk::Owns(const std::vector<std::uint8_t>& address) const {
  return std::any_of(peers.begin(), peers.end(), [&](const Cidr& cidr) { return cidr.Contains(address); });
}

std::optional<std::string> Trunk::Dialled(const std::string& number) const {
  const DialRule* best = nullptr;
  for (const auto& rule : config.dial_rules) {
    if (number.compare(0, rule.prefix.size(), rule.prefix) != 0) continue;
    if (best == nullptr || rule.prefix.size() > best->prefix.size()) best = &rule;
  }
  if (best == nullptr || best->strip > number.size()) return std::nullopt;
  const std::string dialled = best->prepend + number.substr(best->strip);
  if (!IsDialable(dialled)) return std::nullopt;
  return dialled;
}

void Trunk::StartHealth(const SipCore& core, std::uint64_t interval_ms, std::function<void(bool up)> on_change) {
  if (!config.target || !config.health_check) return;
  core_ = &core;
  interval_ms_ = interval_ms;
  on_change_ = std::move(on_change);
  Ping();
}

void Trunk::Ping() {
  // A transaction times out after 32 s, which may be longer than the interval: no answer until the next ping is a failure.
  if (waiting_) OnPong(false);
  waiting_ = true;
  const std::string uri = absl::StrCat("sip:", HostText(config.target->address), ":", config.target->port,
                                       config.target->transport == Transport::kTcp ? ";transport=tcp" : "");
  dialog_ = Dialog();
  dialog_.call_id = RandomHex(12);
  dialog_.local_tag = RandomHex(8);
  dialog_.local_header = absl::StrCat("<sip:hotline@", HostText(Domain()), ">;tag=", dialog_.local_tag);
  dialog_.remote_header = absl::StrCat("<", uri, ">");
  dialog_.remote_target = uri;
  dialog_.flow = *config.target;
  dialog_.prefer_flow = true;
  ping_ = std::make_unique<ClientRequest>(*core_, dialog_, auth_, "OPTIONS", "Accept: application/sdp\r\n", Body{},
                                          [this](int, const sip_msg* message) {
                                            if (message != nullptr && message->scode < 200) return;
                                            // Any answer proves life, except those of a peer that cannot take calls.
                                            OnPong(message != nullptr && message->scode != 408 && message->scode != 503);
                                          });
  timer_.Start(interval_ms_, [this] { Ping(); });
  if (ping_->Send() != 0) OnPong(false);
}

void Trunk::OnPong(bool good) {
  waiting_ = false;
  failures_ = good ? 0 : failures_ + 1;
  const bool now_up = good || (up && failures_ < kHealthFailuresUntilDown);
  if (now_up == up) return;
  up = now_up;
  on_change_(up);
}

bool CallRate::Take(std::uint64_t now_ms) {
  if (last_ms_ != 0) tokens_ = std::min(std::max(per_second_, 1.0), tokens_ + per_second_ * static_cast<double>(now_ms - last_ms_) / 1000.0);
  last_ms_ = now_ms;
  if (tokens_ < 1.0) return false;
  tokens_ -= 1.0;
  return true;
}

bool RefusalLog::ShouldLog(std::uint64_t now_ms, std::uint64_t& suppressed) {
  if (last_ms_ != 0 && now_ms - last_ms_ < kRefusalLogIntervalMs) {
    ++suppressed_;
    return false;
  }
  last_ms_ = now_ms;
  suppressed = suppressed_;
  suppressed_ = 0;
  return true;
}

}  // namespace hotline::telephony
