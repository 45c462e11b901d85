#include "services/telephony/sip/digest.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <openssl/evp.h>

#include <cstdlib>

#include "services/telephony/sip/text.h"

namespace hotline::telephony {
namespace {

constexpr std::size_t kMaxRealms = 4;
constexpr std::size_t kMaxValueBytes = 512;  // realm, nonce, opaque

// What goes between quotes in our header again, so it may not hold what would end them.
bool SafeQuoted(std::string_view value) {
  if (value.size() > kMaxValueBytes) return false;
  for (const char c : value) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '"' || c == '\\') return false;
  }
  return true;
}

bool OffersAuth(std::string_view qop) {
  for (const auto option : SplitOutsideQuotes(qop, ',')) {
    if (EqualsIgnoreCase(option, "auth")) return true;
  }
  return false;
}

}  // namespace

std::optional<DigestChallenge> ParseChallenge(std::string_view header_value, bool proxy) {
  constexpr std::string_view kScheme = "Digest";
  header_value = Trim(header_value);
  if (header_value.size() <= kScheme.size() || !EqualsIgnoreCase(header_value.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  // Parameters are separated by commas; Parameter() splits at semicolons, so read them here.
  DigestChallenge challenge;
  challenge.proxy = proxy;
  bool has_realm = false;
  for (const auto part : SplitOutsideQuotes(header_value.substr(kScheme.size()), ',')) {
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto name = Trim(part.substr(0, equals));
    auto value = Trim(part.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    if (!SafeQuoted(value)) return std::nullopt;
    if (EqualsIgnoreCase(name, "realm")) {
      challenge.realm = value;
      has_realm = true;
    } else if (EqualsIgnoreCase(name, "nonce")) {
      challenge.nonce = value;
    } else if (EqualsIgnoreCase(name, "opaque")) {
      challenge.opaque = value;
    } else if (EqualsIgnoreCase(name, "stale")) {
      challenge.stale = EqualsIgnoreCase(value, "true");
    } else if (EqualsIgnoreCase(name, "algorithm")) {
      if (EqualsIgnoreCase(value, "SHA-256")) challenge.algorithm = DigestAlgorithm::kSha256;
      else if (!EqualsIgnoreCase(value, "MD5")) return std::nullopt;
    } else if (EqualsIgnoreCase(name, "qop")) {
      if (!OffersAuth(value)) return std::nullopt;  // auth-int alone is not ours
      challenge.qop_auth = true;
    }
  }
  if (!has_realm || challenge.nonce.empty()) return std::nullopt;
  return challenge;
}

std::string DigestHash(DigestAlgorithm algorithm, std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  const EVP_MD* type = algorithm == DigestAlgorithm::kMd5 ? EVP_md5() : EVP_sha256();
  if (EVP_Digest(text.data(), text.size(), digest, &length, type, nullptr) != 1) return "";
  std::string out;
  for (unsigned int i = 0; i < length; ++i) absl::StrAppendFormat(&out, "%02x", digest[i]);
  return out;
}

std::string DigestResponse(const DigestChallenge& challenge, const Credentials& credentials, std::string_view method,
                           std::string_view uri, std::string_view cnonce, std::uint32_t nonce_count) {
  const auto hash = [&](const std::string& text) { return DigestHash(challenge.algorithm, text); };
  const std::string a1 = hash(credentials.username + ":" + challenge.realm + ":" + credentials.password);
  const std::string a2 = hash(std::string(method) + ":" + std::string(uri));
  if (!challenge.qop_auth) return hash(a1 + ":" + challenge.nonce + ":" + a2);
  return hash(a1 + ":" + challenge.nonce + ":" + absl::StrFormat("%08x", nonce_count) + ":" + std::string(cnonce) + ":auth:" + a2);
}

bool DigestClient::Learn(const std::vector<DigestChallenge>& challenges) {
  if (!credentials_) return false;
  bool useful = false;
  std::vector<std::string> seen;  // realms settled by an earlier, preferred challenge of this response
  for (const auto& challenge : challenges) {
    const std::string key = (challenge.proxy ? "p:" : "w:") + challenge.realm;
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) continue;
    seen.push_back(key);
    const auto known = std::find_if(realms_.begin(), realms_.end(), [&](const Realm& realm) {
      return realm.challenge.proxy == challenge.proxy && realm.challenge.realm == challenge.realm;
    });
    if (known == realms_.end()) {
      if (realms_.size() >= kMaxRealms) continue;
      realms_.push_back({challenge, 0});
      useful = true;
    } else {
      // The same realm again means our answer was wrong, unless only the nonce had become too old.
      if (challenge.stale || challenge.nonce != known->challenge.nonce) useful = true;
      *known = {challenge, 0};
    }
  }
  return useful;
}

std::string DigestClient::Headers(std::string_view method, std::string_view uri) {
  std::string out;
  if (!credentials_) return out;
  for (auto& realm : realms_) {
    const auto& challenge = realm.challenge;
    const std::string cnonce = RandomHex(8);
    ++realm.nonce_count;
    const std::string response = DigestResponse(challenge, *credentials_, method, uri, cnonce, realm.nonce_count);
    out += challenge.proxy ? "Proxy-Authorization: " : "Authorization: ";
    out += "Digest username=\"" + credentials_->username + "\", realm=\"" + challenge.realm + "\", nonce=\"" + challenge.nonce +
           "\", uri=\"" + std::string(uri) + "\", response=\"" + response + "\", algorithm=" +
           (challenge.algorithm == DigestAlgorithm::kMd5 ? "MD5" : "SHA-256");
    if (!challenge.opaque.empty()) out += ", opaque=\"" + challenge.opaque + "\"";
    if (challenge.qop_auth) out += absl::StrFormat(", qop=auth, nc=%08x, cnonce=\"%s\"", realm.nonce_count, cnonce);
    out += "\r\n";
  }
  return out;
}

}  // namespace hotline::telephony
