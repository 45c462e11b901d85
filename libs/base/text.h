// Text that comes from outside: UTF-8, its length in characters, and forms that may be shown to those who may not see all.
// Pure functions.
#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace hotline::base {

// Strict (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsValidUtf8(std::string_view text);

// Code points of valid UTF-8; bytes that begin no code point are not counted.
size_t CodePoints(std::string_view text);

// The longest prefix of at most `bytes` bytes that cuts no code point.
std::string TruncateUtf8(std::string_view text, size_t bytes);

// Without white space (ASCII and U+3000, the ideographic space) at both ends.
std::string_view Trim(std::string_view text);

// OK if `text` is UTF-8, has no control characters but line feeds and tabs, and between min and max code points;
// otherwise InvalidField(field, ...) with rule BAD_UTF8, CONTROL_CHARACTER, REQUIRED, TOO_SHORT or TOO_LONG.
absl::Status CheckText(std::string_view field, std::string_view text, size_t min, size_t max);

// "13812341234" -> "138****1234"; numbers of 7 digits or fewer keep the last two only: "*****34".
std::string MaskPhone(std::string_view phone);

// "张三丰" -> "张*", "Ann" -> "A*": how long a name is says something too.
std::string MaskName(std::string_view name);

}  // namespace hotline::base
