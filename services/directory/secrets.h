// Passwords, tokens and API keys: hashing and the forms they travel in. Thread-safe. Hashing a password takes about 0.1 s
// and 64 MB on purpose (Argon2id, RFC 9106): only on pool threads.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

namespace hotline::directory {

absl::StatusOr<std::string> HashPassword(std::string_view password);
bool PasswordMatches(std::string_view password, const std::string& hash);
// As slow as PasswordMatches, always false: so that an unknown user name is not told apart by time.
bool PasswordMatchesNobody(std::string_view password);

// Hex SHA-256; enough for secrets of 256 random bits, which nobody can guess.
std::string HashSecret(std::string_view secret);
bool SameHash(std::string_view a, std::string_view b);  // in constant time

// "<prefix>_<id>_<secret>". Empty parts when `text` has another form.
struct SplitToken {
  std::string id;
  std::string secret;
};
std::string JoinToken(std::string_view prefix, std::string_view id, std::string_view secret);
SplitToken SplitTokenText(std::string_view prefix, std::string_view text);

}  // namespace hotline::directory
