#include "libs/base/text.h"

#include <absl/strings/str_cat.h>

#include <cstdint>

#include "libs/base/error.h"

namespace hotline::base {
namespace {

constexpr std::string_view kIdeographicSpace = "\xe3\x80\x80";

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xc0) == 0x80; }

// Length of the code point at the start of `text`; 0 if it is malformed.
size_t SequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xc2 && first < 0xe0 ? 2 : (first & 0xf0) == 0xe0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[i])) return 0;
  }
  if (first == 0xe0 && byte(1) < 0xa0) return 0;   // overlong
  if (first == 0xed && byte(1) >= 0xa0) return 0;  // surrogates
  if (first == 0xf0 && byte(1) < 0x90) return 0;   // overlong
  if (first == 0xf4 && byte(1) >= 0x90) return 0;  // above U+10FFFF
  return length;
}

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

bool IsValidUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

size_t CodePoints(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += !IsContinuation(c);
  return count;
}

std::string TruncateUtf8(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && IsContinuation(text[bytes])) --bytes;
  return std::string(text.substr(0, bytes));
}

std::string_view Trim(std::string_view text) {
  for (;;) {
    if (!text.empty() && IsSpace(text.front())) {
      text.remove_prefix(1);
    } else if (!text.empty() && IsSpace(text.back())) {
      text.remove_suffix(1);
    } else if (text.starts_with(kIdeographicSpace)) {
      text.remove_prefix(kIdeographicSpace.size());
    } else if (text.ends_with(kIdeographicSpace)) {
      text.remove_suffix(kIdeographicSpace.size());
    } else {
      return text;
    }
  }
}

absl::Status CheckText(std::string_view field, std::string_view text, size_t min, size_t max) {
  if (text.empty() && min > 0) return InvalidField(field, "REQUIRED", "must not be empty");
  if (!IsValidUtf8(text)) return InvalidField(field, "BAD_UTF8", "must be valid UTF-8");
  for (char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if ((byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f) {
      return InvalidField(field, "CONTROL_CHARACTER", "must not contain control characters");
    }
  }
  const size_t count = CodePoints(text);
  if (count < min) return InvalidField(field, "TOO_SHORT", absl::StrCat("must have at least ", min, " characters"));
  if (count > max) return InvalidField(field, "TOO_LONG", absl::StrCat("must have at most ", max, " characters"));
  return absl::OkStatus();
}

std::string MaskPhone(std::string_view phone) {
  constexpr size_t kShort = 7, kHead = 3, kTail = 4, kShortTail = 2;
  if (phone.size() <= kShortTail) return std::string(phone.size(), '*');
  if (phone.size() <= kShort) {
    return std::string(phone.size() - kShortTail, '*') + std::string(phone.substr(phone.size() - kShortTail));
  }
  return std::string(phone.substr(0, kHead)) + std::string(phone.size() - kHead - kTail, '*') +
         std::string(phone.substr(phone.size() - kTail));
}

std::string MaskName(std::string_view name) {
  name = Trim(name);
  if (name.empty()) return "";
  const size_t length = SequenceLength(name);
  return std::string(name.substr(0, length)) + "*";
}

}  // namespace hotline::base
