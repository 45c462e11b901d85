#include "services/telephony/sip/text.h"

#include <arpa/inet.h>
#include <openssl/rand.h>

#include <charconv>
#include <cstdlib>
#include <cstring>

#include "services/telephony/sip/limits.h"

namespace hotline::telephony {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlpha(char c) { return Lower(c) >= 'a' && Lower(c) <= 'z'; }

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  const char lower = Lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Length of the UTF-8 character at the front, 0 if it is none (overlong forms, surrogates and what lies above U+10FFFF).
std::size_t Utf8Length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) || (first == 0xF0 && byte(1) < 0x90) ||
      (first == 0xF4 && byte(1) > 0x8F)) {
    return 0;
  }
  return length;
}

}  // namespace

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string_view Trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool IsToken(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (!IsDigit(c) && !IsAlpha(c) && (c == '\0' || std::strchr("-.!%*_+`'~", c) == nullptr)) return false;
  }
  return true;
}

std::optional<std::uint64_t> ParseNumber(std::string_view text, std::uint64_t max) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = HexValue(text[i + 1]), low = HexValue(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

std::string CleanUser(std::string_view user) {
  // Parameters inside the user part (";phone-context=", ";npdi") belong to the carrier, not to the number.
  if (const auto semicolon = user.find(';'); semicolon != std::string_view::npos) user = user.substr(0, semicolon);
  auto decoded = PercentDecode(user);
  if (!decoded || decoded->empty() || decoded->size() > kMaxUserBytes) return "";
  for (const char c : *decoded) {
    if (!IsDigit(c) && !IsAlpha(c) && (c == '\0' || std::strchr("+*#._-", c) == nullptr)) return "";
  }
  return *decoded;
}

bool IsDialable(std::string_view number) {
  if (!number.empty() && number.front() == '+') number.remove_prefix(1);
  if (number.empty() || number.size() > kMaxUserBytes) return false;
  for (const char c : number) {
    if (!IsDigit(c) && c != '*' && c != '#') return false;
  }
  return true;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string CleanDisplay(std::string_view text, std::size_t max_bytes) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) {
      text.remove_prefix(1);
      continue;
    }
    const auto first = static_cast<unsigned char>(text[0]);
    // U+0080 to U+009F are control characters too.
    const bool control = first < 0x20 || first == 0x7F || (first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0);
    if (!control && std::strchr("\"\\<>", text[0]) == nullptr) {
      if (out.size() + length > max_bytes) break;
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  return std::string(Trim(out));
}

std::string CleanWord(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) return "";
  for (const char c : text) {
    if (c <= ' ' || c >= 0x7F) return "";
  }
  return std::string(text);
}

std::vector<std::string_view> SplitOutsideQuotes(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  bool quoted = false, bracketed = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"' && !bracketed) {
      quoted = !quoted;
    } else if (!quoted && (c == '<' || c == '>')) {
      bracketed = c == '<';
    } else if (c == separator && !quoted && !bracketed) {
      parts.push_back(Trim(text.substr(start, i - start)));
      start = i + 1;
    }
  }
  parts.push_back(Trim(text.substr(start)));
  return parts;
}

std::optional<std::string_view> Parameter(std::string_view parameters, std::string_view name) {
  for (const auto part : SplitOutsideQuotes(parameters, ';')) {
    const auto equals = part.find('=');
    if (!EqualsIgnoreCase(Trim(part.substr(0, equals)), name)) continue;
    if (equals == std::string_view::npos) return std::string_view();
    auto value = Trim(part.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return value;
  }
  return std::nullopt;
}

std::optional<std::vector<std::uint8_t>> ParseAddress(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  const std::string copy(text);
  std::vector<std::uint8_t> bytes(16);
  if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1) return bytes;
  bytes.resize(4);
  if (inet_pton(AF_INET, copy.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

std::optional<Cidr> ParseCidr(std::string_view text) {
  const auto slash = text.find('/');
  auto bytes = ParseAddress(text.substr(0, slash));
  if (!bytes) return std::nullopt;
  Cidr cidr{*bytes, static_cast<int>(bytes->size() * 8)};
  if (slash != std::string_view::npos) {
    const auto prefix = ParseNumber(text.substr(slash + 1), bytes->size() * 8);
    if (!prefix) return std::nullopt;
    cidr.prefix = static_cast<int>(*prefix);
  }
  return cidr;
}

bool Cidr::Contains(const std::vector<std::uint8_t>& address) const {
  if (address.size() != bytes.size()) return false;
  for (int bit = 0; bit < prefix; bit += 8) {
    const int left = prefix - bit;
    const auto mask = static_cast<std::uint8_t>(left >= 8 ? 0xFF : 0xFF << (8 - left));
    const auto index = static_cast<std::size_t>(bit / 8);
    if ((bytes[index] & mask) != (address[index] & mask)) return false;
  }
  return true;
}

std::string HostText(std::string_view address) {
  return address.find(':') == std::string_view::npos ? std::string(address) : "[" + std::string(address) + "]";
}

std::string RandomHex(std::size_t bytes) {
  std::vector<unsigned char> random(bytes);
  // Without randomness tags, nonces and Call-IDs could be guessed; there is nothing sensible to go on with.
  if (RAND_bytes(random.data(), static_cast<int>(bytes)) != 1) std::abort();
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : random) {
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

}  // namespace hotline::telephony
