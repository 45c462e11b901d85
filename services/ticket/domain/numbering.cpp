#include "services/ticket/domain/numbering.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>

#include "libs/base/id.h"
#include "libs/base/view.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"

namespace hotline::ticket::domain {
namespace {

using base::Sv;

constexpr size_t kNumberDigits = 14;
constexpr size_t kLongNumberDigits = 16;

}  // namespace

absl::StatusOr<std::string> FormatNumber(absl::CivilDay day, int64_t sequence) {
  if (sequence < 1 || sequence > kMaxDailyNumber) return NumbersExhausted();
  const std::string date = absl::StrFormat("%04d%02d%02d", day.year(), day.month(), day.day());
  return sequence <= kMaxShortNumber ? absl::StrFormat("%s%06d", date, sequence) : absl::StrFormat("%s9%07d", date, sequence);
}

Reference ReferenceOf(std::string_view text, int acceptance_digits) {
  if (base::IsValidId(text)) return Reference::kId;
  if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) return Reference::kNone;
  if (text.size() == kNumberDigits || text.size() == kLongNumberDigits) return Reference::kNumber;
  if (text.size() == static_cast<size_t>(acceptance_digits)) return Reference::kAcceptance;
  return Reference::kNone;
}

std::string NormalPhone(std::string_view phone) {
  std::string normal;
  for (char c : phone) {
    if (c >= '0' && c <= '9') normal.push_back(c);
  }
  // The country code is there or not, by trunk: 86 before a mobile number or an area code says nothing more.
  if (normal.size() >= 12 && normal.starts_with("0086")) normal.erase(0, 4);
  else if (normal.size() >= 12 && normal.starts_with("86")) normal.erase(0, 2);
  if (normal.size() == 12 && normal.starts_with("01") && normal[2] != '0') normal.erase(0, 1);  // 0 before an out-of-town mobile
  return normal;
}

AttemptKey TicketAttempts(std::string_view ticket_id) {
  return {absl::StrCat("ticket:", Sv(ticket_id)), kMaxTicketAttempts, kTicketAttemptWindow};
}
AttemptKey CallerAttempts(std::string_view phone_hash) {
  return {absl::StrCat("caller:", Sv(phone_hash)), kMaxCallerAttempts, kCallerAttemptWindow};
}
AttemptKey CallAttempts(std::string_view call_id) { return {absl::StrCat("call:", Sv(call_id)), kMaxCallAttempts, kCallAttemptWindow}; }

std::string_view SpokenState(State state) {
  switch (state) {
    case State::kTranscribe:
    case State::kAccepted: return "accepted";
    case State::kRefused: return "not_accepted";
    case State::kCallback: return "replied";
    case State::kClosed:
    case State::kArchived: return "closed";
    default: return "in_process";
  }
}

}  // namespace hotline::ticket::domain
