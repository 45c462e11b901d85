// The DTLS identity of this process: a self-signed P-256 certificate made at start-up. The browser trusts it by the
// fingerprint in the answer, so it needs no authority and no storage. Immutable after Make.
#pragma once

#include <string>

#include <absl/status/statusor.h>

namespace hotline::telephony::media {

struct Certificate {
  std::string cert_pem;
  std::string key_pem;
  static absl::StatusOr<Certificate> Make();
};

}  // namespace hotline::telephony::media
