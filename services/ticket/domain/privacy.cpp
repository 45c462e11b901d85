// Numbers, marks, and the putting together.
#include "services/ticket/domain/privacy.h"

#include <absl/time/civil_time.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "libs/base/text.h"

namespace hotline::ticket::domain {
namespace internal {
namespace {

constexpr size_t kIdDigits = 18, kOldIdDigits = 15;
constexpr size_t kMobileDigits = 11;
constexpr size_t kMinCard = 16, kMaxCard = 19;
constexpr size_t kKeywordReach = 6;  // characters between a keyword and the number it announces

bool IsLetter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsWord(char32_t c) { return IsDigit(c) || IsLetter(c) || c == '_' || c == '-'; }

// Digits that stand together, single blanks and hyphens between them left out.
struct Run {
  size_t begin = 0;
  size_t end = 0;
  std::string digits;  // an 'X' at the end is kept
  bool plus = false;
};

bool IsDay(int year, int month, int day) {
  const absl::CivilDay civil(year, month, day);
  return civil.year() == year && civil.month() == month && civil.day() == day;
}

int ToNumber(std::string_view digits) {
  int number = 0;
  for (char c : digits) number = number * 10 + (c - '0');
  return number;
}

bool IsOldIdCard(std::string_view text) {
  constexpr int kCentury = 1900;
  const int province = ToNumber(text.substr(0, 2));
  return text.size() == kOldIdDigits && text.back() != 'X' && province >= 11 && province <= 65 &&
         IsDay(kCentury + ToNumber(text.substr(6, 2)), ToNumber(text.substr(8, 2)), ToNumber(text.substr(10, 2)));
}

std::string_view WithoutCountry(const Run& run) {
  std::string_view digits = run.digits;
  if (digits.starts_with("0086")) digits.remove_prefix(4);
  else if (digits.starts_with("86") && (run.plus || digits.size() == kMobileDigits + 2)) digits.remove_prefix(2);
  return digits;
}

bool IsMobile(const Run& run) {
  const std::string_view digits = WithoutCountry(run);
  return digits.size() == kMobileDigits && digits[0] == '1' && digits[1] >= '3';
}

// An area code and 7 or 8 digits; a date such as 2026-11-22 does not begin with 0.
bool IsLandline(const Run& run) {
  const std::string_view digits = WithoutCountry(run);
  if (digits.size() < 10 || digits.size() > 12 || digits[0] != '0' || digits[1] == '0') return false;
  const size_t area = digits[1] <= '2' ? 3 : 4;
  return digits.size() - area == 7 || digits.size() - area == 8;
}

bool IsCard(std::string_view digits) {
  return digits.size() >= kMinCard && digits.size() <= kMaxCard && digits.back() != 'X' && digits[0] >= '3' && digits[0] <= '6' && PassesLuhn(digits);
}

// Whether one of the words stands right before, or a few characters before without another number between.
template <size_t N>
bool Announced(const Characters& text, size_t at, const std::array<std::u32string_view, N>& words) {
  for (size_t back = 0; back <= kKeywordReach && back <= at; ++back) {
    if (back > 0 && IsDigit(text.plain[at - back])) return false;
    for (std::u32string_view word : words) {
      if (StandsBefore(text, at - back, word)) return true;
    }
  }
  return false;
}

constexpr std::array<std::u32string_view, 9> kPhoneWords = {U"电话", U"手机", U"手机号", U"联系方式", U"座机", U"致电", U"号码", U"来电号", U"联系人"};
constexpr std::array<std::u32string_view, 5> kCardWords = {U"卡号", U"账号", U"帐号", U"账户", U"帐户"};
constexpr std::array<std::u32string_view, 3> kIdWords = {U"身份证", U"证件号", U"证件"};

std::string_view KindOf(const Characters& text, const Run& run) {
  const std::string& digits = run.digits;
  if (IsIdCard(digits) || IsOldIdCard(digits)) return "id_card";
  if (digits.size() >= kOldIdDigits && digits.size() <= kIdDigits && Announced(text, run.begin, kIdWords)) return "id_card";
  if (IsMobile(run) || IsLandline(run)) return "phone";
  if (IsCard(digits)) return "bank_card";
  if (digits.size() >= 12 && digits.size() <= 30 && Announced(text, run.begin, kCardWords)) return "bank_card";
  // Seven digits or eight alone are a phone only where the text says so; short service numbers are everybody's.
  if ((digits.size() == 7 || digits.size() == 8) && Announced(text, run.begin, kPhoneWords)) return "phone";
  return {};
}

Run ReadRun(const Characters& text, size_t begin, bool separators) {
  Run run;
  run.begin = begin;
  run.plus = begin > 0 && text.plain[begin - 1] == '+';
  size_t i = begin;
  while (i < text.plain.size()) {
    const bool separator = separators && (text.plain[i] == ' ' || text.plain[i] == '-') && i + 1 < text.plain.size() && IsDigit(text.plain[i + 1]);
    if (separator) ++i;
    if (!IsDigit(text.plain[i])) break;
    run.digits.push_back(static_cast<char>(text.plain[i++]));
  }
  const bool check_character = run.digits.size() == kIdDigits - 1 && i < text.plain.size() && (text.plain[i] == 'X' || text.plain[i] == 'x');
  if (check_character) {
    run.digits.push_back('X');
    ++i;
  }
  run.end = i;
  return run;
}

}  // namespace

bool IsDigit(char32_t c) { return c >= '0' && c <= '9'; }

bool StandsAt(const Characters& text, size_t at, std::u32string_view word) {
  return at + word.size() <= text.plain.size() && std::equal(word.begin(), word.end(), text.plain.begin() + static_cast<ptrdiff_t>(at));
}

bool StandsBefore(const Characters& text, size_t at, std::u32string_view word) { return word.size() <= at && StandsAt(text, at - word.size(), word); }

void FindNumbers(const Characters& text, std::vector<Part>& parts) {
  for (size_t i = 0; i < text.plain.size();) {
    if (!IsDigit(text.plain[i]) || (i > 0 && (IsLetter(text.plain[i - 1]) || text.plain[i - 1] == '.'))) {
      ++i;
      continue;
    }
    // Written in groups, or several numbers beside each other: both readings are tried, the longer first.
    const Run grouped = ReadRun(text, i, true), plain = ReadRun(text, i, false);
    for (const Run* run : {&grouped, &plain}) {
      const std::string_view kind = KindOf(text, *run);
      if (kind.empty()) continue;
      parts.push_back({run->plus ? run->begin - 1 : run->begin, run->end, kind});
      i = run->end;
      break;
    }
    while (i < plain.end) ++i;
  }
}

namespace {

void FindMail(const Characters& text, std::vector<Part>& parts) {
  const auto local = [](char32_t c) { return IsWord(c) || c == '.' || c == '%' || c == '+'; };
  const auto domain = [](char32_t c) { return IsDigit(c) || IsLetter(c) || c == '.' || c == '-'; };
  for (size_t at = 0; at < text.plain.size(); ++at) {
    if (text.plain[at] != '@') continue;
    size_t begin = at, end = at + 1;
    while (begin > 0 && local(text.plain[begin - 1])) --begin;
    while (end < text.plain.size() && domain(text.plain[end])) ++end;
    while (end > at + 1 && (text.plain[end - 1] == '.' || text.plain[end - 1] == '-')) --end;
    const bool dotted = std::find(text.plain.begin() + static_cast<ptrdiff_t>(at), text.plain.begin() + static_cast<ptrdiff_t>(end), U'.') !=
                        text.plain.begin() + static_cast<ptrdiff_t>(end);
    if (begin < at && dotted) parts.push_back({begin, end, "email"});
  }
}

constexpr std::u32string_view kProvinces = U"京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
constexpr std::u32string_view kPlateEnds = U"学警港澳挂领试超";

void FindPlates(const Characters& text, std::vector<Part>& parts) {
  const auto plate = [](char32_t c) { return IsDigit(c) || (c >= 'A' && c <= 'Z' && c != 'I' && c != 'O') || (c >= 'a' && c <= 'z'); };
  for (size_t i = 0; i + 6 < text.plain.size(); ++i) {
    if (kProvinces.find(text.plain[i]) == std::u32string_view::npos || !IsLetter(text.plain[i + 1])) continue;
    size_t at = i + 2;
    if (text.plain[at] == U'·' || text.plain[at] == U'•' || text.plain[at] == ' ' || text.plain[at] == '.') ++at;
    size_t end = at, digits = 0;
    while (end < text.plain.size() && end < at + 7 && plate(text.plain[end])) digits += IsDigit(text.plain[end++]) ? 1 : 0;
    if (end == at + 4 && end < text.plain.size() && kPlateEnds.find(text.plain[end]) != std::u32string_view::npos) ++end;
    // Five characters, six of a car that runs on electricity; one with hardly a digit is a word.
    if ((end == at + 5 || end == at + 6) && digits >= 2) parts.push_back({i, end, "plate"});
  }
}

void FindAccounts(const Characters& text, std::vector<Part>& parts) {
  constexpr std::array<std::u32string_view, 6> kWords = {U"微信", U"微信号", U"QQ", U"qq", U"QQ号", U"护照"};
  constexpr size_t kShortest = 5, kLongest = 20;
  for (std::u32string_view word : kWords) {
    for (size_t i = 0; i < text.plain.size(); ++i) {
      if (!StandsAt(text, i, word)) continue;
      size_t begin = i + word.size();
      while (begin < text.plain.size() && begin < i + word.size() + 3 && !IsWord(text.plain[begin])) ++begin;
      size_t end = begin;
      while (end < text.plain.size() && IsWord(text.plain[end])) ++end;
      if (end - begin >= kShortest && end - begin <= kLongest) parts.push_back({begin, end, "account"});
    }
  }
}

}  // namespace

void FindMarks(const Characters& text, std::vector<Part>& parts) {
  FindMail(text, parts);
  FindPlates(text, parts);
  FindAccounts(text, parts);
}

}  // namespace internal

namespace {

internal::Characters CharactersOf(std::string_view text) {
  internal::Characters out;
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    char32_t c = length == 1 ? first : first & (0x7f >> length);
    for (size_t k = 1; k < length; ++k) c = (c << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3f);
    if (c >= 0xff01 && c <= 0xff5e) c -= 0xff01 - '!';  // full-width forms
    out.plain.push_back(c);
    out.offset.push_back(i);
    i += length;
  }
  out.offset.push_back(text.size());
  return out;
}

}  // namespace

bool IsIdCard(std::string_view text) {
  constexpr std::array<int, 17> kWeights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr std::string_view kChecks = "10X98765432";
  if (text.size() != kWeights.size() + 1) return false;
  int sum = 0;
  for (size_t i = 0; i < kWeights.size(); ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    sum += kWeights[i] * (text[i] - '0');
  }
  const char last = text.back() == 'x' ? 'X' : text.back();
  const int year = internal::ToNumber(text.substr(6, 4));
  return kChecks[static_cast<size_t>(sum % 11)] == last && year >= 1880 && year <= 2200 &&
         internal::IsDay(year, internal::ToNumber(text.substr(10, 2)), internal::ToNumber(text.substr(12, 2)));
}

bool PassesLuhn(std::string_view digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    const int digit = digits[digits.size() - 1 - i] - '0';
    if (digit < 0 || digit > 9) return false;
    const int doubled = digit * 2;
    sum += i % 2 == 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return !digits.empty() && sum % 10 == 0;
}

Redacted RemovePersonalData(std::string_view text) {
  Redacted out;
  if (!base::IsValidUtf8(text)) return out;
  const internal::Characters characters = CharactersOf(text);
  std::vector<internal::Part> parts;
  internal::FindMarks(characters, parts);
  internal::FindNumbers(characters, parts);
  internal::FindAddresses(characters, parts);
  internal::FindNames(characters, parts);
  std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return std::tie(a.begin, b.end, a.kind) < std::tie(b.begin, a.end, b.kind); });
  size_t kept = 0;
  for (size_t i = 0; i < parts.size();) {
    // Parts that overlap are taken out together, under the name of the first.
    internal::Part part = parts[i++];
    while (i < parts.size() && parts[i].begin < part.end) part.end = std::max(part.end, parts[i++].end);
    const size_t begin = characters.offset[part.begin], end = characters.offset[part.end];
    out.text.append(text.substr(kept, begin - kept)).append(part.kind == "name" ? "某某" : "***");
    out.found.push_back({std::string(part.kind), std::string(text.substr(begin, end - begin))});
    kept = end;
  }
  out.text.append(text.substr(kept));
  return out;
}

}  // namespace hotline::ticket::domain
