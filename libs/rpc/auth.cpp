#include "libs/rpc/auth.h"

#include <absl/strings/ascii.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "libs/base/error.h"
#include "libs/base/json_reader.h"

namespace hotline::rpc {
namespace {

using Json = nlohmann::json;

constexpr char kIssuer[] = "hotline";
constexpr char kServicePrefix[] = "service:";
constexpr char kRolePrefix[] = "ROLE_";
constexpr size_t kMaxKeyFileBytes = 256 << 10;
constexpr size_t kMaxKnownTokens = 4096;
constexpr size_t kSeedBytes = 32, kPublicBytes = 32, kSignatureBytes = 64;
constexpr int kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

void InitSodium() {
  static const int ready = sodium_init();
  if (ready < 0) throw std::runtime_error("libsodium cannot start");
}

std::string Encode(const uint8_t* data, size_t size) {
  std::string text(sodium_base64_encoded_len(size, kBase64), '\0');
  sodium_bin2base64(text.data(), text.size(), data, size, kBase64);
  text.resize(std::strlen(text.c_str()));
  return text;
}

std::string Encode(std::string_view text) { return Encode(reinterpret_cast<const uint8_t*>(text.data()), text.size()); }

// False if it is not canonical base64url without padding.
bool Decode(std::string_view text, std::string& out) {
  out.resize(text.size());
  size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<uint8_t*>(out.data()), out.size(), text.data(), text.size(), nullptr, &size, nullptr,
                        kBase64) != 0) {
    return false;
  }
  out.resize(size);
  return true;
}

std::string Text(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
}

absl::Status BadKey(std::string_view what) { return base::Error(absl::StatusCode::kInvalidArgument, "BAD_KEY", what); }
absl::Status BadToken() { return base::Unauthenticated("TOKEN_INVALID", "the token is not valid"); }

// Key id and 32 bytes of `member` of an Ed25519 JWK.
absl::Status ReadJwk(const Json& jwk, const char* member, std::string& kid, std::string& bytes) {
  if (!jwk.is_object() || Text(jwk, "kty") != "OKP" || Text(jwk, "crv") != "Ed25519") return BadKey("a key is not OKP/Ed25519");
  kid = Text(jwk, "kid");
  if (kid.empty()) return BadKey("a key has no kid");
  if (!Decode(Text(jwk, member), bytes) || bytes.size() != kPublicBytes) return BadKey("a key has not 32 bytes");
  return absl::OkStatus();
}

bool IsDirectoryKid(const std::string& kid) {
  return kid == kDirectoryKid || kid.starts_with(std::string(kDirectoryKid) + "-");
}

struct Times {
  absl::Time issued_at, expires_at;
};

// iss, aud, iat and exp, with leeway for clocks that differ.
absl::StatusOr<Times> CheckClaims(const Json& claims, absl::Time now, absl::Duration max_life) {
  if (Text(claims, "iss") != kIssuer || Text(claims, "aud") != kIssuer) return BadToken();
  const auto iat = claims.find("iat"), exp = claims.find("exp");
  constexpr int64_t kMaxSeconds = int64_t{1} << 40;
  for (const auto& it : {iat, exp}) {
    if (it == claims.end() || !it->is_number_unsigned() || it->get<uint64_t>() > kMaxSeconds) return BadToken();
  }
  const Times times{absl::FromUnixSeconds(iat->get<int64_t>()), absl::FromUnixSeconds(exp->get<int64_t>())};
  if (times.expires_at <= times.issued_at || times.expires_at - times.issued_at > max_life) return BadToken();
  if (times.issued_at > now + kClockLeeway) return BadToken();
  if (times.expires_at + kClockLeeway <= now) return base::Unauthenticated("TOKEN_EXPIRED", "the token has expired");
  return times;
}

}  // namespace

Role RoleFromName(std::string_view name) {
  Role role = access::v1::ROLE_UNSPECIFIED;
  const std::string text(name);
  if (text != absl::AsciiStrToLower(text)) return role;
  access::v1::Role_Parse(kRolePrefix + absl::AsciiStrToUpper(text), &role);
  return role;
}

std::string RoleName(Role role) {
  const std::string name = access::v1::Role_Name(role);
  return name.empty() ? "" : absl::AsciiStrToLower(name.substr(sizeof kRolePrefix - 1));
}

absl::StatusOr<SigningKey> SigningKey::Parse(std::string_view jwk) {
  InitSodium();
  const Json json = Json::parse(jwk, nullptr, false);
  SigningKey key;
  std::string seed;
  HOTLINE_RETURN_IF_ERROR(ReadJwk(json, "d", key.kid_, seed));
  uint8_t derived[kPublicBytes];
  crypto_sign_seed_keypair(derived, key.secret_.data(), reinterpret_cast<const uint8_t*>(seed.data()));
  if (json.contains("x") && Text(json, "x") != Encode(derived, sizeof derived)) return BadKey("x and d do not belong together");
  return key;
}

absl::StatusOr<SigningKey> SigningKey::Load(const std::string& path) {
  HOTLINE_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path, kMaxKeyFileBytes));
  return Parse(text);
}

SigningKey SigningKey::Generate(std::string kid) {
  InitSodium();
  SigningKey key;
  key.kid_ = std::move(kid);
  uint8_t ignored[kPublicBytes];
  crypto_sign_keypair(ignored, key.secret_.data());
  return key;
}

std::string SigningKey::PrivateJwk() const {
  Json json = Json::parse(PublicJwk());
  json["d"] = Encode(secret_.data(), kSeedBytes);
  return json.dump();
}

std::string SigningKey::PublicJwk() const {
  return Json{{"kty", "OKP"}, {"crv", "Ed25519"}, {"use", "sig"}, {"alg", "EdDSA"}, {"kid", kid_},
              {"x", Encode(secret_.data() + kSeedBytes, kPublicBytes)}}
      .dump();
}

std::string SigningKey::Sign(std::string_view payload) const {
  const std::string header = Json{{"alg", "EdDSA"}, {"typ", "JWT"}, {"kid", kid_}}.dump();
  const std::string input = Encode(header) + "." + Encode(payload);
  uint8_t signature[kSignatureBytes];
  crypto_sign_detached(signature, nullptr, reinterpret_cast<const uint8_t*>(input.data()), input.size(), secret_.data());
  return input + "." + Encode(signature, sizeof signature);
}

absl::StatusOr<KeySet> KeySet::Parse(std::string_view jwks) {
  InitSodium();
  const Json json = Json::parse(jwks, nullptr, false);
  if (!json.is_object() || !json.contains("keys") || !json["keys"].is_array()) return BadKey("not a JWK set");
  KeySet set;
  for (const Json& jwk : json["keys"]) {
    std::string kid, bytes;
    HOTLINE_RETURN_IF_ERROR(ReadJwk(jwk, "x", kid, bytes));
    if (jwk.contains("d")) return BadKey("a set of public keys holds a private key");
    if (set.keys_.contains(kid)) return BadKey("two keys have the same kid");
    std::memcpy(set.keys_[kid].data(), bytes.data(), kPublicBytes);
  }
  return set;
}

absl::StatusOr<KeySet> KeySet::Load(const std::string& path) {
  HOTLINE_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path, kMaxKeyFileBytes));
  return Parse(text);
}

std::string KeySet::Jwks(const std::vector<SigningKey>& keys) {
  Json json{{"keys", Json::array()}};
  for (const auto& key : keys) json["keys"].push_back(Json::parse(key.PublicJwk()));
  return json.dump(1);
}

absl::StatusOr<KeySet::Verified> KeySet::Verify(std::string_view token) const {
  if (token.size() > kMaxTokenBytes) return BadToken();
  const size_t first = token.find('.');
  const size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return BadToken();
  std::string header, signature;
  Verified verified;
  if (!Decode(token.substr(0, first), header) || !Decode(token.substr(first + 1, second - first - 1), verified.payload) ||
      !Decode(token.substr(second + 1), signature) || signature.size() != kSignatureBytes) {
    return BadToken();
  }
  const Json json = Json::parse(header, nullptr, false);
  // No other algorithm and no critical extension is known here, so none is accepted (RFC 8725, 3.1).
  if (!json.is_object() || Text(json, "alg") != "EdDSA" || json.contains("crit")) return BadToken();
  verified.kid = Text(json, "kid");
  const auto key = keys_.find(verified.kid);
  if (key == keys_.end()) return BadToken();
  const auto signed_part = token.substr(0, second);
  if (crypto_sign_verify_detached(reinterpret_cast<const uint8_t*>(signature.data()),
                                  reinterpret_cast<const uint8_t*>(signed_part.data()), signed_part.size(),
                                  key->second.data()) != 0) {
    return BadToken();
  }
  return verified;
}

std::string SignUserToken(const SigningKey& key, const UserClaims& claims) {
  Json json{{"iss", kIssuer},
            {"aud", kIssuer},
            {"sub", claims.user_id},
            {"sid", claims.session_id},
            {"name", claims.name},
            {"roles", Json::array()},
            {"unit", claims.unit_id},
            {"upath", claims.unit_path},
            {"iat", absl::ToUnixSeconds(claims.issued_at)},
            {"exp", absl::ToUnixSeconds(claims.expires_at)}};
  for (Role role : claims.roles) json["roles"].push_back(RoleName(role));
  return key.Sign(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string SignServiceToken(const SigningKey& key, absl::Time now) {
  return key.Sign(Json{{"iss", kIssuer},
                       {"aud", kIssuer},
                       {"sub", key.kid()},
                       {"iat", absl::ToUnixSeconds(now)},
                       {"exp", absl::ToUnixSeconds(now + kServiceTokenLife)}}
                      .dump());
}

absl::StatusOr<TokenVerifier::Known> TokenVerifier::Check(std::string_view token, bool user) const {
  HOTLINE_ASSIGN_OR_RETURN(const KeySet::Verified verified, keys_.Verify(token));
  if (user ? !IsDirectoryKid(verified.kid) : !verified.kid.starts_with(kServicePrefix)) return BadToken();
  const Json claims = Json::parse(verified.payload, nullptr, false);
  if (!claims.is_object()) return BadToken();
  HOTLINE_ASSIGN_OR_RETURN(const Times times,
                           CheckClaims(claims, clock_.Now(), user ? kMaxUserTokenLife : kServiceTokenLife));
  Known known;
  known.expires_at = times.expires_at;
  const std::string subject = Text(claims, "sub");
  if (!user) {
    if (subject != verified.kid) return BadToken();
    known.service = subject.substr(sizeof kServicePrefix - 1);
    if (known.service.empty()) return BadToken();
    return known;
  }
  if (subject.empty() || subject.starts_with(kServicePrefix)) return BadToken();
  auto parsed = std::make_shared<UserClaims>();
  parsed->user_id = subject;
  parsed->session_id = Text(claims, "sid");
  parsed->name = Text(claims, "name");
  parsed->unit_id = Text(claims, "unit");
  parsed->unit_path = Text(claims, "upath");
  parsed->issued_at = times.issued_at;
  parsed->expires_at = times.expires_at;
  const auto roles = claims.find("roles");
  if (roles == claims.end() || !roles->is_array() || roles->size() > kMaxTokenRoles) return BadToken();
  for (const Json& name : *roles) {
    // A role that a newer directory knows gives no right here.
    const Role role = name.is_string() ? RoleFromName(name.get<std::string>()) : access::v1::ROLE_UNSPECIFIED;
    if (role != access::v1::ROLE_UNSPECIFIED) parsed->roles.push_back(role);
  }
  known.user = std::move(parsed);
  return known;
}

absl::StatusOr<TokenVerifier::Known> TokenVerifier::Lookup(std::string_view token, bool user) {
  if (token.size() > kMaxTokenBytes) return BadToken();
  const std::string key(token);
  {
    std::lock_guard lock(mutex_);
    const auto it = known_.find(key);
    if (it != known_.end() && (it->second.user != nullptr) == user) {
      if (it->second.expires_at + kClockLeeway > clock_.Now()) return it->second;
      known_.erase(it);
      return base::Unauthenticated("TOKEN_EXPIRED", "the token has expired");
    }
  }
  HOTLINE_ASSIGN_OR_RETURN(Known known, Check(token, user));
  std::lock_guard lock(mutex_);
  if (known_.size() >= kMaxKnownTokens) known_.clear();
  known_[key] = known;
  return known;
}

absl::StatusOr<std::shared_ptr<const UserClaims>> TokenVerifier::VerifyUser(std::string_view token) {
  HOTLINE_ASSIGN_OR_RETURN(Known known, Lookup(token, true));
  return known.user;
}

absl::StatusOr<std::string> TokenVerifier::VerifyService(std::string_view token) {
  HOTLINE_ASSIGN_OR_RETURN(Known known, Lookup(token, false));
  return known.service;
}

std::string ServiceTokenSource::Token() const {
  const absl::Time now = clock_.Now();
  std::lock_guard lock(mutex_);
  // A clock that was set back would make the token look issued in the future: sign anew then, too.
  if (now >= renew_at_ || now < renew_at_ - kServiceTokenLife / 2) {
    token_ = SignServiceToken(key_, now);
    renew_at_ = now + kServiceTokenLife / 2;
  }
  return token_;
}

std::string ServiceTokenSource::service() const {
  const std::string& kid = key_.kid();
  return kid.starts_with(kServicePrefix) ? kid.substr(sizeof kServicePrefix - 1) : kid;
}

}  // namespace hotline::rpc
