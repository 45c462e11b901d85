// Text of SIP messages, made safe. Everything a peer sends is an attacker's text: it reaches a header of ours or the call
// layer only through these functions. Pure functions, safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::telephony {

bool EqualsIgnoreCase(std::string_view a, std::string_view b);
std::string_view Trim(std::string_view text);

// RFC 3261 §25.1 token.
bool IsToken(std::string_view text);

// Whole decimal number not above max; nothing else around it.
std::optional<std::uint64_t> ParseNumber(std::string_view text, std::uint64_t max);

// Undoes %HH. Nothing on a broken escape.
std::optional<std::string> PercentDecode(std::string_view text);

// User part fit to be shown, compared and dialled: [0-9A-Za-z+*#._-], at most kMaxUserBytes. Visual separators of numbers
// ("-", ".", "(", ")") stay as they are or refuse it; anything else gives an empty string.
std::string CleanUser(std::string_view user);

// The number to dial: optional '+', then digits, '*' or '#'.
bool IsDialable(std::string_view number);

// Display name or product name to be put in quotes or logged: printable UTF-8 without control characters, quotes,
// backslashes and angle brackets, at most max_bytes, cut between characters.
std::string CleanDisplay(std::string_view text, std::size_t max_bytes);

// Whether the text is well-formed UTF-8.
bool IsUtf8(std::string_view text);

// Printable ASCII without spaces (Call-ID, tags), at most max_bytes; otherwise empty.
std::string CleanWord(std::string_view text, std::size_t max_bytes);

// Splits at a separator outside quotes and angle brackets, trimming each part. Empty parts are kept.
std::vector<std::string_view> SplitOutsideQuotes(std::string_view text, char separator);

// Value of a parameter in ";a=b;c", with or without quotes (quotes taken off). Present without value: empty text.
std::optional<std::string_view> Parameter(std::string_view parameters, std::string_view name);

// An address block "192.0.2.0/24", "2001:db8::/32" or one address.
struct Cidr {
  std::vector<std::uint8_t> bytes;  // 4 or 16
  int prefix = 0;
  bool Contains(const std::vector<std::uint8_t>& address) const;
};
std::optional<Cidr> ParseCidr(std::string_view text);
std::optional<std::vector<std::uint8_t>> ParseAddress(std::string_view text);

// Address as it stands in a URI or Via: IPv6 in brackets.
std::string HostText(std::string_view address);

std::string RandomHex(std::size_t bytes);

}  // namespace hotline::telephony
