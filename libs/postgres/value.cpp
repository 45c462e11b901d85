#include "libs/postgres/value.h"

#include <absl/strings/str_cat.h>

#include <charconv>
#include <cmath>

namespace hotline::postgres {
namespace {

constexpr unsigned kFloat8 = 701, kInt8Array = 1016, kDate = 1082, kTimestampTz = 1184;

[[noreturn]] void BadText(const char* type) {
  // The text itself may be personal data.
  throw ColumnError(absl::StrCat("a column cannot be read as ", type));
}

template <class T>
T ParseNumber(std::string_view text, const char* type) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) BadText(type);
  return value;
}

// Takes decimal digits off the front; false if there are none.
bool TakeDigits(std::string_view& text, int64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data() || text.front() == '-') return false;
  text.remove_prefix(end - text.data());
  return true;
}

bool TakeChar(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

bool TakeDay(std::string_view& text, absl::CivilDay& day) {
  int64_t year = 0, month = 0, mday = 0;
  if (!TakeDigits(text, year) || !TakeChar(text, '-') || !TakeDigits(text, month) || !TakeChar(text, '-') ||
      !TakeDigits(text, mday)) {
    return false;
  }
  day = absl::CivilDay(year, month, mday);
  return true;
}

// Takes ".123456" off the front if it is there.
absl::Duration TakeFraction(std::string_view& text) {
  if (!TakeChar(text, '.')) return absl::ZeroDuration();
  int64_t microseconds = 0, scale = 100'000;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    microseconds += (text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
  }
  return absl::Microseconds(microseconds);
}

// The elements of a one-dimensional array in the server's text form: {a,"b \"c\"",NULL}.
std::vector<std::string> ParseArray(std::string_view text) {
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') BadText("an array");
  text = text.substr(1, text.size() - 2);
  std::vector<std::string> elements;
  while (!text.empty()) {
    std::string element;
    const bool quoted = TakeChar(text, '"');
    while (!text.empty() && text.front() != (quoted ? '"' : ',')) {
      if (quoted && text.front() == '\\') text.remove_prefix(1);
      element += text.front();
      text.remove_prefix(1);
    }
    if (quoted && !TakeChar(text, '"')) BadText("an array");
    if (!quoted && (element == "NULL" || element.starts_with('{'))) BadText("an array of values that are not null");
    elements.push_back(std::move(element));
    if (!text.empty() && !TakeChar(text, ',')) BadText("an array");
  }
  return elements;
}

int HexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  BadText("bytes");
}

}  // namespace

Param::Param(double value) : type_(kFloat8) {
  if (std::isnan(value)) {
    value_ = "NaN";
  } else if (std::isinf(value)) {
    value_ = value > 0 ? "Infinity" : "-Infinity";
  } else {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    value_ = std::string(buffer, end);
  }
}

Param::Param(absl::Time value) : type_(kTimestampTz) {
  if (value == absl::InfiniteFuture()) {
    value_ = "infinity";
  } else if (value == absl::InfinitePast()) {
    value_ = "-infinity";
  } else {
    value_ = absl::FormatTime("%E4Y-%m-%d %H:%M:%E6S+00", value, absl::UTCTimeZone());
  }
}

Param::Param(absl::CivilDay value) : type_(kDate), value_(absl::FormatCivilTime(value)) {}

Param::Param(const std::vector<std::string>& values) {
  std::string text = "{";
  for (const std::string& value : values) {
    if (text.size() > 1) text += ',';
    text += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  value_ = text + "}";
}

Param::Param(const std::vector<int64_t>& values) : type_(kInt8Array) {
  std::string text = "{";
  for (const int64_t value : values) absl::StrAppend(&text, text.size() > 1 ? "," : "", value);
  value_ = text + "}";
}

namespace internal {

template <> std::string Parse<std::string>(std::string_view text) { return std::string(text); }
template <> int64_t Parse<int64_t>(std::string_view text) { return ParseNumber<int64_t>(text, "int64"); }
template <> int32_t Parse<int32_t>(std::string_view text) { return ParseNumber<int32_t>(text, "int32"); }

template <> double Parse<double>(std::string_view text) {
  if (text == "NaN") return std::nan("");
  if (text == "Infinity") return HUGE_VAL;
  if (text == "-Infinity") return -HUGE_VAL;
  return ParseNumber<double>(text, "double");
}

template <> bool Parse<bool>(std::string_view text) {
  if (text == "t") return true;
  if (text == "f") return false;
  BadText("bool");
}

template <> Bytes Parse<Bytes>(std::string_view text) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) BadText("bytes");
  Bytes bytes;
  bytes.value.reserve(text.size() / 2 - 1);
  for (size_t i = 2; i < text.size(); i += 2) {
    bytes.value += static_cast<char>(HexDigit(text[i]) * 16 + HexDigit(text[i + 1]));
  }
  return bytes;
}

// Sessions run with DateStyle ISO in UTC, so the zone is always +00.
template <> absl::Time Parse<absl::Time>(std::string_view text) {
  if (text == "infinity") return absl::InfiniteFuture();
  if (text == "-infinity") return absl::InfinitePast();
  absl::CivilDay day;
  int64_t hour = 0, minute = 0, second = 0;
  if (!TakeDay(text, day) || !TakeChar(text, ' ') || !TakeDigits(text, hour) || !TakeChar(text, ':') ||
      !TakeDigits(text, minute) || !TakeChar(text, ':') || !TakeDigits(text, second)) {
    BadText("a time");
  }
  const absl::Duration fraction = TakeFraction(text);
  if (text != "+00") BadText("a time");
  const absl::CivilSecond civil(day.year(), day.month(), day.day(), hour, minute, second);
  return absl::FromCivil(civil, absl::UTCTimeZone()) + fraction;
}

template <> absl::CivilDay Parse<absl::CivilDay>(std::string_view text) {
  absl::CivilDay day;
  if (!TakeDay(text, day) || !text.empty()) BadText("a day");
  return day;
}

template <> std::vector<std::string> Parse<std::vector<std::string>>(std::string_view text) { return ParseArray(text); }

template <> std::vector<int64_t> Parse<std::vector<int64_t>>(std::string_view text) {
  std::vector<int64_t> values;
  for (const std::string& element : ParseArray(text)) values.push_back(ParseNumber<int64_t>(element, "int64"));
  return values;
}

}  // namespace internal
}  // namespace hotline::postgres
