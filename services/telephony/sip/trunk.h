// Trunk: a carrier's connection at work: who may send to us, what may be dialled, how many calls, whether it answers.
// SIP loop only; owned by the SipStack.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/telephony/loop/timer.h"
#include "services/telephony/sip/client_request.h"
#include "services/telephony/sip/text.h"
#include "services/telephony/sip/types.h"

namespace hotline::telephony {

struct Trunk {
  explicit Trunk(TrunkConfig trunk_config);

  // INVALID_ARGUMENT naming the field.
  static absl::Status Validate(const TrunkConfig& config);

  bool Owns(const std::vector<std::uint8_t>& address) const;
  bool HasRoom() const { return config.capacity == 0 || active < config.capacity; }

  // The number to send, after the dial rules; nothing if none allows it.
  std::optional<std::string> Dialled(const std::string& number) const;

  const std::string& Domain() const { return config.from_domain.empty() ? config.target->address : config.from_domain; }

  // Pings the target now and every interval; on_change hears each change of `up`.
  void StartHealth(const SipCore& core, std::uint64_t interval_ms, std::function<void(bool up)> on_change);

  const TrunkConfig config;
  std::vector<Cidr> peers;
  std::size_t active = 0;
  bool up = true;

 private:
  void Ping();
  void OnPong(bool good);

  const SipCore* core_ = nullptr;
  std::uint64_t interval_ms_ = 0;
  std::function<void(bool up)> on_change_;
  Timer timer_;
  Dialog dialog_;
  DigestClient auth_;
  std::unique_ptr<ClientRequest> ping_;
  int failures_ = 0;
  bool waiting_ = false;
};

// Bucket of new calls: `rate` a second on average, at most one second's worth at once.
class CallRate {
 public:
  explicit CallRate(double per_second) : per_second_(per_second), tokens_(per_second) {}
  bool Take(std::uint64_t now_ms);

 private:
  const double per_second_;
  double tokens_;
  std::uint64_t last_ms_ = 0;
};

// One log line per kRefusalLogIntervalMs and kind, so that a scanner cannot fill the disk.
class RefusalLog {
 public:
  // True if this refusal is to be logged; `suppressed` is then how many before it were not.
  bool ShouldLog(std::uint64_t now_ms, std::uint64_t& suppressed);

 private:
  std::uint64_t last_ms_ = 0;
  std::uint64_t suppressed_ = 0;
};

}  // namespace hotline::telephony
