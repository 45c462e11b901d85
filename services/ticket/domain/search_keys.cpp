#include "services/ticket/domain/search_keys.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/civil_time.h>

#include <algorithm>
#include <string_view>
#include <tuple>

#include "services/ticket/domain/words.h"

namespace hotline::ticket::domain {
namespace {

constexpr uint32_t kFnvBasis = 2'166'136'261;
constexpr uint32_t kFnvPrime = 16'777'619;

// Words hold letters, digits and ideographs only, so nothing in a text looks like one of these.
int64_t Facet(std::string_view kind, std::string_view value) {
  std::string text = "@";
  text.append(kind).append(":").append(value);
  return SearchKey(text);
}

template <class Enum>
int64_t NumberFacet(std::string_view kind, Enum value) { return Facet(kind, std::to_string(static_cast<int>(value))); }

}  // namespace

int64_t SearchKey(std::string_view text) {
  uint32_t hash = kFnvBasis;
  for (char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * kFnvPrime;
  return static_cast<int32_t>(hash);
}

int64_t UnitKey(std::string_view unit_id) { return Facet("u", unit_id); }
int64_t CategoryKey(std::string_view category_id) { return Facet("c", category_id); }
int64_t AreaKey(std::string_view area_code) { return Facet("a", area_code); }
int64_t CreatorKey(std::string_view user_id) { return Facet("b", user_id); }
int64_t TypeKey(Type type) { return NumberFacet("t", type); }
int64_t ChannelKey(Channel channel) { return NumberFacet("h", channel); }
int64_t UrgencyKey(Urgency urgency) { return NumberFacet("g", urgency); }
int64_t OpenKey() { return Facet("o", ""); }
int64_t LeaderKey() { return Facet("l", ""); }
int64_t SupervisedKey() { return Facet("v", ""); }
int64_t ExtensionKey() { return Facet("e", ""); }
int64_t RatingKey(RatingState state) { return NumberFacet("r", state); }
int64_t RepeatKey(RepeatMark mark) { return NumberFacet("p", mark); }
int64_t GroupKey(std::string_view group_id) { return Facet("k", group_id); }

bool EndsTicket(State state) {
  return state == State::kClosed || state == State::kArchived || state == State::kRefused || state == State::kMerged || state == State::kHandedOver;
}

int64_t StateKey(State state) { return EndsTicket(state) ? NumberFacet("s", state) : Facet("s", ""); }

int64_t SliceKey(Slice slice, absl::Time time) {
  const absl::CivilDay day = absl::ToCivilDay(time, absl::UTCTimeZone());
  const int64_t year = day.year();
  if (slice == Slice::kYear) return Facet("y", absl::StrCat(year));
  if (slice == Slice::kMonth) return Facet("m", absl::StrFormat("%04d%02d", year, day.month()));
  return Facet("d", absl::StrFormat("%04d%02d%02d", year, day.month(), day.day()));
}

absl::Time SliceStart(Slice slice, absl::Time time) {
  const absl::CivilDay day = absl::ToCivilDay(time, absl::UTCTimeZone());
  if (slice == Slice::kYear) return absl::FromCivil(absl::CivilYear(day), absl::UTCTimeZone());
  if (slice == Slice::kMonth) return absl::FromCivil(absl::CivilMonth(day), absl::UTCTimeZone());
  return absl::FromCivil(day, absl::UTCTimeZone());
}

absl::Time SliceEnd(Slice slice, absl::Time time) {
  const absl::CivilDay day = absl::ToCivilDay(time, absl::UTCTimeZone());
  if (slice == Slice::kYear) return absl::FromCivil(absl::CivilYear(day) + 1, absl::UTCTimeZone());
  if (slice == Slice::kMonth) return absl::FromCivil(absl::CivilMonth(day) + 1, absl::UTCTimeZone());
  return absl::FromCivil(day + 1, absl::UTCTimeZone());
}

absl::Time TimeOfId(std::string_view id) {
  // xxxxxxxx-xxxx-7…: the first 48 bits.
  if (id.size() < 13) return absl::UnixEpoch();
  int64_t ms = 0;
  const std::string digits = std::string(id.substr(0, 8)) + std::string(id.substr(9, 4));
  return absl::SimpleHexAtoi(digits, &ms) ? absl::FromUnixMillis(ms) : absl::UnixEpoch();
}

std::string FirstIdAt(absl::Time time) {
  const int64_t ms = std::clamp<int64_t>(absl::ToUnixMillis(time), 0, (int64_t{1} << 48) - 1);
  return absl::StrFormat("%08x-%04x-0000-0000-000000000000", ms >> 16, ms & 0xffff);
}

std::vector<int64_t> SearchKeys(const Ticket& ticket, const std::vector<std::string>& scope) {
  std::vector<int64_t> keys;
  for (const std::string& word : IndexWords(absl::StrCat(ticket.title, " ", ticket.content))) keys.push_back(SearchKey(word));
  for (const std::string& unit : scope) keys.push_back(UnitKey(unit));
  keys.push_back(CategoryKey(ticket.category_id));
  keys.push_back(AreaKey(ticket.area_code));
  keys.push_back(CreatorKey(ticket.created_by));
  keys.push_back(TypeKey(ticket.type));
  keys.push_back(ChannelKey(ticket.channel));
  keys.push_back(UrgencyKey(ticket.urgency));
  keys.push_back(StateKey(ticket.state));
  if (ticket.close_time == absl::InfinitePast()) keys.push_back(OpenKey());
  if (ticket.leader_instructed) keys.push_back(LeaderKey());
  if (ticket.supervised) keys.push_back(SupervisedKey());
  if (ticket.extension_due != absl::InfinitePast()) keys.push_back(ExtensionKey());
  if (ticket.rating_state != RatingState::kNone) keys.push_back(RatingKey(ticket.rating_state));
  if (ticket.repeat_mark != RepeatMark::kNone) keys.push_back(RepeatKey(ticket.repeat_mark));
  if (!ticket.group_id.empty()) keys.push_back(GroupKey(ticket.group_id));
  for (Slice slice : {Slice::kDay, Slice::kMonth, Slice::kYear}) keys.push_back(SliceKey(slice, TimeOfId(ticket.id)));
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

bool SameSearchKeys(const Ticket& before, const Ticket& after) {
  const auto facets = [](const Ticket& t) {
    return std::tuple(std::string_view(t.title), std::string_view(t.content), std::string_view(t.category_id), std::string_view(t.area_code), std::string_view(t.created_by),
                      t.type, t.channel, t.urgency, EndsTicket(t.state) ? t.state : State::kNone, t.close_time == absl::InfinitePast(), t.leader_instructed, t.supervised, t.extension_due != absl::InfinitePast(), t.rating_state, t.repeat_mark,
                      std::string_view(t.group_id));
  };
  return before.id == after.id && facets(before) == facets(after);
}

}  // namespace hotline::ticket::domain
