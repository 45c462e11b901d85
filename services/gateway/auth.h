// Who sends a request: access tokens verified here, API keys exchanged at directory, sessions that were ended refused.
//
// What is revoked comes as events; a list from directory every kRevokedPoll mends what events missed. While directory has
// not yet answered after a start, tokens count by their signature alone: a hotline must not stop because directory does.
// Used on the executor of the gateway, but for Revoke, which any thread may call.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "hotline/directory/v1/directory.grpc.pb.h"
#include "libs/rpc/auth.h"
#include "libs/rpc/client.h"
#include "libs/rpc/node.h"
#include "services/gateway/http/message.h"

namespace hotline::gateway {

inline constexpr absl::Duration kRevokedPoll = absl::Seconds(10);
inline constexpr size_t kMaxRevoked = 200'000;
inline constexpr size_t kMaxApiKeys = 10'000;
inline constexpr size_t kMaxApiKeyBytes = 256;
inline constexpr absl::Duration kApiKeyRenewBefore = absl::Minutes(1);
inline constexpr absl::Duration kBadApiKeyMemory = absl::Seconds(5);

struct Caller {
  std::shared_ptr<const rpc::UserClaims> claims;
  std::string token;

  rpc::Principal ToPrincipal() const;
};

class Authenticator {
 public:
  Authenticator(rpc::Node& node, rpc::KeySet keys);

  // By `Authorization: Bearer <token or hk_ key>` or `X-API-Key`. UNAUTHENTICATED with TOKEN_MISSING, TOKEN_INVALID,
  // TOKEN_EXPIRED, SESSION_REVOKED, or what directory says of an API key.
  asio::awaitable<absl::StatusOr<Caller>> Authenticate(const Request& request);
  absl::StatusOr<Caller> VerifyToken(const std::string& token);

  // A session ended; its tokens are refused until they would have expired anyway.
  void Revoke(const std::string& session_id, absl::Time until);
  bool IsRevoked(const std::string& session_id) const;
  // Asks directory again and again, until cancelled.
  asio::awaitable<void> FollowRevoked();
  // Called on the gateway's executor after sessions were revoked. Set before FollowRevoked runs.
  void OnRevoked(std::function<void()> listener) { listener_ = std::move(listener); }

 private:
  using Directory = rpc::Client<directory::v1::AuthService>;
  struct KnownKey {
    absl::Status status;
    std::string token;
    absl::Time until;
  };
  asio::awaitable<absl::StatusOr<Caller>> ExchangeApiKey(const Request& request, const std::string& key);
  void Remember(const std::string& digest, KnownKey known);
  void Replace(const directory::v1::ListRevokedSessionsResponse& response);

  rpc::Node& node_;
  rpc::TokenVerifier verifier_;
  const Directory directory_;
  std::unordered_map<std::string, KnownKey> keys_;  // by the key's SHA-256
  mutable std::mutex mutex_;
  std::unordered_set<std::string> listed_;                // as directory says
  std::unordered_map<std::string, absl::Time> heard_;  // from events; until when
  std::function<void()> listener_;
};

}  // namespace hotline::gateway
