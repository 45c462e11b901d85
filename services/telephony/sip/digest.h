// Digest authentication of our requests (RFC 3261 §22, RFC 7616, RFC 8760): MD5 and SHA-256, qop "auth" or none.
// Not thread-safe; belongs to the session whose requests it signs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/telephony/sip/types.h"

namespace hotline::telephony {

enum class DigestAlgorithm { kMd5, kSha256 };

struct DigestChallenge {
  std::string realm;
  std::string nonce;
  std::string opaque;
  DigestAlgorithm algorithm = DigestAlgorithm::kMd5;
  bool qop_auth = false;
  bool stale = false;
  bool proxy = false;  // from Proxy-Authenticate
};

// One WWW-Authenticate or Proxy-Authenticate value. Nothing if the scheme, algorithm or qop is not ours or it is malformed.
std::optional<DigestChallenge> ParseChallenge(std::string_view header_value, bool proxy);

// Hash in lower-case hexadecimal.
std::string DigestHash(DigestAlgorithm algorithm, std::string_view text);

// The `response` value. `nonce_count` and `cnonce` are used only with qop.
std::string DigestResponse(const DigestChallenge& challenge, const Credentials& credentials, std::string_view method,
                           std::string_view uri, std::string_view cnonce, std::uint32_t nonce_count);

// Remembers the challenges of one peer and signs requests with them.
class DigestClient {
 public:
  explicit DigestClient(std::optional<Credentials> credentials) : credentials_(std::move(credentials)) {}

  // Takes the challenges of a 401 or 407. True if a new try makes sense: we have credentials, understood a challenge, and
  // it is a new one or says that only the nonce was stale. RFC 8760 §2.3: the first algorithm we know is taken.
  bool Learn(const std::vector<DigestChallenge>& challenges);

  // Authorization lines for a request, each ended by CRLF; empty without challenge.
  std::string Headers(std::string_view method, std::string_view uri);

 private:
  struct Realm {
    DigestChallenge challenge;
    std::uint32_t nonce_count = 0;
  };
  std::optional<Credentials> credentials_;
  std::vector<Realm> realms_;  // at most one per realm and header, bounded by kMaxRealms
};

}  // namespace hotline::telephony
