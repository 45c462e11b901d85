// Digests of texts. Pure and thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace hotline::base {

// SHA-256 (FIPS 180-4) in lower-case hexadecimal.
std::string Sha256Hex(std::string_view text);

}  // namespace hotline::base
