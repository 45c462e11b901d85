#include "services/directory/secrets.h"

#include <sodium.h>

#include <array>

#include "libs/base/error.h"
#include "libs/base/id.h"

namespace hotline::directory {
namespace {

constexpr size_t kMaxTokenText = 200;

}  // namespace

absl::StatusOr<std::string> HashPassword(std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> out;
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return base::ResourceExhausted("OUT_OF_MEMORY", "not enough memory to hash a password now");
  }
  return std::string(out.data());
}

bool PasswordMatches(std::string_view password, const std::string& hash) {
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool PasswordMatchesNobody(std::string_view password) {
  static const std::string nobody = HashPassword(base::RandomHex(32)).value_or("");
  PasswordMatches(password, nobody);
  return false;
}

std::string HashSecret(std::string_view secret) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest;
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
  std::string hex(digest.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
  hex.pop_back();
  return hex;
}

bool SameHash(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string JoinToken(std::string_view prefix, std::string_view id, std::string_view secret) {
  return std::string(prefix) + "_" + std::string(id) + "_" + std::string(secret);
}

SplitToken SplitTokenText(std::string_view prefix, std::string_view text) {
  if (text.size() > kMaxTokenText || text.size() < prefix.size() + 3 || !text.starts_with(prefix) ||
      text[prefix.size()] != '_') {
    return {};
  }
  const std::string_view rest = text.substr(prefix.size() + 1);
  const size_t split = rest.find('_');
  if (split == std::string_view::npos || split == 0 || split + 1 == rest.size()) return {};
  return {std::string(rest.substr(0, split)), std::string(rest.substr(split + 1))};
}

}  // namespace hotline::directory
