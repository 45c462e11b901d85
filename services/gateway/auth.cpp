#include "services/gateway/auth.h"

#include <absl/strings/match.h>
#include <sodium.h>

#include <algorithm>

#include "libs/base/log.h"

namespace hotline::gateway {
namespace {

constexpr char kBearer[] = "Bearer ";
constexpr char kApiKeyPrefix[] = "hk_";

absl::Status TokenMissing() { return base::Unauthenticated("TOKEN_MISSING", "sign in first: the request carries no access token"); }
absl::Status SessionRevoked() { return base::Unauthenticated("SESSION_REVOKED", "the session was ended; sign in again"); }
absl::Status BadApiKey() { return base::Unauthenticated("API_KEY_INVALID", "the API key is not valid"); }

std::string Digest(const std::string& text) {
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<uint8_t*>(digest.data()), reinterpret_cast<const uint8_t*>(text.data()), text.size());
  return digest;
}

std::string Credential(const Request& request) {
  const std::string_view key = request.Header("x-api-key");
  if (!key.empty()) return std::string(key);
  const std::string_view header = request.Header("authorization");
  if (!absl::StartsWithIgnoreCase(absl::string_view(header.data(), header.size()), kBearer)) return {};
  return std::string(header.substr(sizeof kBearer - 1));
}

}  // namespace

rpc::Principal Caller::ToPrincipal() const {
  return {.kind = rpc::Principal::Kind::kUser,
          .user_id = claims->user_id,
          .session_id = claims->session_id,
          .name = claims->name,
          .roles = claims->roles,
          .unit_id = claims->unit_id,
          .unit_path = claims->unit_path,
          .calling_service = "gateway"};
}

Authenticator::Authenticator(rpc::Node& node, rpc::KeySet keys)
    : node_(node), verifier_(std::move(keys), node.clock()), directory_(node.peer("directory")) {}

asio::awaitable<absl::StatusOr<Caller>> Authenticator::Authenticate(const Request& request) {
  const std::string credential = Credential(request);
  if (credential.empty()) co_return TokenMissing();
  if (credential.starts_with(kApiKeyPrefix)) co_return co_await ExchangeApiKey(request, credential);
  co_return VerifyToken(credential);
}

absl::StatusOr<Caller> Authenticator::VerifyToken(const std::string& token) {
  Caller caller;
  HOTLINE_ASSIGN_OR_RETURN(caller.claims, verifier_.VerifyUser(token));
  if (IsRevoked(caller.claims->session_id)) return SessionRevoked();
  caller.token = token;
  return caller;
}

asio::awaitable<absl::StatusOr<Caller>> Authenticator::ExchangeApiKey(const Request& request, const std::string& key) {
  if (key.size() > kMaxApiKeyBytes) co_return BadApiKey();
  const std::string digest = Digest(key);
  const auto known = keys_.find(digest);
  if (known != keys_.end() && node_.clock().Now() < known->second.until) {
    if (!known->second.status.ok()) co_return known->second.status;
    absl::StatusOr<Caller> caller = VerifyToken(known->second.token);
    if (caller.ok()) co_return caller;
  }
  rpc::Context context(co_await asio::this_coro::executor);
  context.SetTrace(request.trace);
  directory::v1::ExchangeApiKeyRequest exchange;
  exchange.set_api_key(key);
  exchange.set_client_address(request.client_address);
  const auto tokens = co_await directory_.Call(context, &Directory::Api::ExchangeApiKey, exchange);
  const absl::Time now = node_.clock().Now();
  if (!tokens.ok()) {
    if (absl::IsUnauthenticated(tokens.status()) || absl::IsPermissionDenied(tokens.status())) {
      Remember(digest, {tokens.status(), {}, now + kBadApiKeyMemory});
    }
    co_return tokens.status();
  }
  absl::StatusOr<Caller> caller = VerifyToken(tokens->access_token());
  if (caller.ok()) {
    const absl::Duration life = caller->claims->expires_at - now;
    Remember(digest, {absl::OkStatus(), caller->token, now + std::max(life - kApiKeyRenewBefore, life / 2)});
  }
  co_return caller;
}

void Authenticator::Remember(const std::string& digest, KnownKey known) {
  if (keys_.size() >= kMaxApiKeys) {
    const absl::Time now = node_.clock().Now();
    std::erase_if(keys_, [now](const auto& entry) { return entry.second.until <= now; });
    if (keys_.size() >= kMaxApiKeys) keys_.clear();
  }
  keys_[digest] = std::move(known);
}

void Authenticator::Revoke(const std::string& session_id, absl::Time until) {
  const std::lock_guard lock(mutex_);
  if (heard_.size() >= kMaxRevoked) {
    const absl::Time now = node_.clock().Now();
    std::erase_if(heard_, [now](const auto& entry) { return entry.second <= now; });
    // The list of the next poll has them all.
    if (heard_.size() >= kMaxRevoked) heard_.clear();
  }
  heard_[session_id] = until;
}

bool Authenticator::IsRevoked(const std::string& session_id) const {
  const std::lock_guard lock(mutex_);
  return heard_.contains(session_id) || listed_.contains(session_id);
}

void Authenticator::Replace(const directory::v1::ListRevokedSessionsResponse& response) {
  const absl::Time now = node_.clock().Now();
  const std::lock_guard lock(mutex_);
  listed_ = {response.session_ids().begin(), response.session_ids().end()};
  std::erase_if(heard_, [now](const auto& entry) { return entry.second <= now; });
}

asio::awaitable<void> Authenticator::FollowRevoked() {
  bool told = false;
  for (;;) {
    rpc::Context context(co_await asio::this_coro::executor);
    const auto response = co_await directory_.Call(context, &Directory::Api::ListRevokedSessions, {});
    if (response.ok()) {
      Replace(*response);
      if (listener_) listener_();
    } else if (!told) {
      base::log::Warn("cannot ask directory which sessions were ended", {{"error", response.status()}});
    }
    told = !response.ok();
    co_await rpc::Sleep(response.ok() ? kRevokedPoll : absl::Seconds(1));
  }
}

}  // namespace hotline::gateway
