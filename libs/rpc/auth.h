// Who speaks: signed tokens (JWT, EdDSA over Ed25519, RFC 7519 and RFC 8037) and the keys that sign and verify them.
//
// Two kinds of token, told apart by key id, so that neither can stand in for the other:
//   user token     kid "directory" (or "directory-<n>" while keys rotate), metadata `authorization: Bearer <JWT>`
//   service token  kid "service:<name>", sub "service:<name>", metadata `x-hotline-service: <JWT>`
// Keys and verifier are immutable or locked inside: all classes here are thread-safe.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hotline/access/v1/access.pb.h"
#include "libs/base/clock.h"

namespace hotline::rpc {

using Role = hotline::access::v1::Role;

inline constexpr char kDirectoryKid[] = "directory";
inline constexpr size_t kMaxTokenBytes = 4096;
inline constexpr size_t kMaxTokenRoles = 32;
inline constexpr absl::Duration kClockLeeway = absl::Seconds(30);
inline constexpr absl::Duration kServiceTokenLife = absl::Minutes(5);
inline constexpr absl::Duration kMaxUserTokenLife = absl::Hours(12);

// "team_lead" <-> ROLE_TEAM_LEAD; ROLE_UNSPECIFIED for what is no role.
Role RoleFromName(std::string_view name);
std::string RoleName(Role role);

struct UserClaims {
  std::string user_id = {};
  std::string session_id = {};
  std::string name = {};  // for screens; personal data, never logged
  std::vector<Role> roles = {};
  std::string unit_id = {};
  std::string unit_path = {};  // materialised: "/root/dept/office/"
  absl::Time issued_at = absl::UnixEpoch();
  absl::Time expires_at = absl::UnixEpoch();
};

// A private key: 32 bytes of seed and the public key, from a JWK file {"kty":"OKP","crv":"Ed25519","kid","x","d"}.
class SigningKey {
 public:
  static absl::StatusOr<SigningKey> Parse(std::string_view jwk);
  static absl::StatusOr<SigningKey> Load(const std::string& path);
  static SigningKey Generate(std::string kid);

  const std::string& kid() const { return kid_; }
  std::string PrivateJwk() const;
  std::string PublicJwk() const;
  // A compact JWS over the JSON text `payload`.
  std::string Sign(std::string_view payload) const;

 private:
  std::string kid_;
  std::array<uint8_t, 64> secret_{};  // libsodium's form: seed, then public key
};

// Public keys by kid, from a JWKS file {"keys": [...]}; other key types are refused, unknown members of a key ignored.
class KeySet {
 public:
  static absl::StatusOr<KeySet> Parse(std::string_view jwks);
  static absl::StatusOr<KeySet> Load(const std::string& path);
  // JWKS text of the public halves, for tools and tests.
  static std::string Jwks(const std::vector<SigningKey>& keys);

  // The payload of a token with a good signature. UNAUTHENTICATED with reason TOKEN_INVALID otherwise.
  struct Verified {
    std::string kid;
    std::string payload;
  };
  absl::StatusOr<Verified> Verify(std::string_view token) const;

 private:
  std::map<std::string, std::array<uint8_t, 32>, std::less<>> keys_;
};

std::string SignUserToken(const SigningKey& key, const UserClaims& claims);
std::string SignServiceToken(const SigningKey& key, absl::Time now);

// Verifies tokens; remembers good ones until they expire, since the same token comes with every call.
// Errors: UNAUTHENTICATED with reason TOKEN_INVALID or TOKEN_EXPIRED.
class TokenVerifier {
 public:
  TokenVerifier(KeySet keys, const base::Clock& clock) : keys_(std::move(keys)), clock_(clock) {}

  absl::StatusOr<std::shared_ptr<const UserClaims>> VerifyUser(std::string_view token);
  // The service's name, without "service:".
  absl::StatusOr<std::string> VerifyService(std::string_view token);

 private:
  struct Known {
    std::shared_ptr<const UserClaims> user;  // null for a service's token
    std::string service;
    absl::Time expires_at;
  };
  absl::StatusOr<Known> Lookup(std::string_view token, bool user);
  absl::StatusOr<Known> Check(std::string_view token, bool user) const;

  const KeySet keys_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, Known> known_;
};

// This service's own token, signed anew when half its life is over.
class ServiceTokenSource {
 public:
  ServiceTokenSource(SigningKey key, const base::Clock& clock) : key_(std::move(key)), clock_(clock) {}
  std::string Token() const;
  // "ticket" of the kid "service:ticket".
  std::string service() const;

 private:
  const SigningKey key_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::string token_;
  mutable absl::Time renew_at_ = absl::InfinitePast();
};

}  // namespace hotline::rpc
