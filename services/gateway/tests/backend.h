// A small installation for the tests: services with fixed answers behind real gRPC, a real Redis, and the gateway in front.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "libs/rpc/testing.h"
#include "services/gateway/gateway.h"
#include "services/gateway/tests/http_client.h"

namespace hotline::gateway {

inline constexpr size_t kRecordingBytes = 300'000;
inline constexpr char kRecordingId[] = "rec-1";
inline constexpr char kApiKey[] = "hk_1_secret";

// What the services were asked, for the tests to look at. Thread-safe.
class Journal {
 public:
  void Add(const std::string& key, const std::string& value) {
    const std::lock_guard lock(mutex_);
    entries_[key].push_back(value);
  }
  std::vector<std::string> Of(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    return found == entries_.end() ? std::vector<std::string>() : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> entries_;
};

std::string RecordingContent();

class Installation {
 public:
  explicit Installation(const std::function<void(Config&)>& change = {});
  ~Installation();

  uint16_t port() const { return gateway_->http_port(); }
  Gateway& gateway() { return *gateway_; }
  Journal& journal() { return journal_; }
  std::string Token(rpc::UserClaims claims = {.user_id = "u1", .roles = {access::v1::ROLE_ADMIN}, .unit_path = "/city/"});
  TestHeaders Bearer(rpc::UserClaims claims = {.user_id = "u1", .roles = {access::v1::ROLE_ADMIN}, .unit_path = "/city/"});
  // Lets a session appear in directory's list of revoked ones.
  void Revoke(const std::string& session_id);
  // Changes an agent's state, which watchers hear of.
  void ChangeAgent(const std::string& agent_id, const std::string& reason);
  // Puts an event on the stream of its source, under the next number.
  void Publish(const events::Event& event);
  // Ends telephony and starts it again.
  void RestartTelephony();

 private:
  struct Services;
  Journal journal_;
  rpc::TestNetwork network_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<rpc::TestNode> node_;
  std::unique_ptr<Gateway> gateway_;
  std::map<std::string, int64_t> sequences_;
};

}  // namespace hotline::gateway
