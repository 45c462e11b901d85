// SHA-256 in lower-case hexadecimal, of text or piece by piece. Not thread-safe.
#pragma once

#include <openssl/sha.h>

#include <string>
#include <string_view>

namespace hotline::telephony {

class Sha256Sum {
 public:
  Sha256Sum() { SHA256_Init(&state_); }
  void Add(std::string_view bytes) { SHA256_Update(&state_, bytes.data(), bytes.size()); }
  std::string Hex() {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256_Final(digest, &state_);
    std::string out;
    for (const unsigned char byte : digest) {
      out += "0123456789abcdef"[byte >> 4];
      out += "0123456789abcdef"[byte & 15];
    }
    return out;
  }

 private:
  SHA256_CTX state_;
};

inline std::string Sha256(std::string_view bytes) {
  Sha256Sum sum;
  sum.Add(bytes);
  return sum.Hex();
}

}  // namespace hotline::telephony
