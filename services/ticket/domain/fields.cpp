#include "services/ticket/domain/fields.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include <array>
#include <type_traits>

#include "libs/base/error.h"

namespace hotline::ticket::domain {
namespace {

constexpr char kPersonalChanged[] = "*";

// --- values as text ---

std::string ToText(const std::string& value) { return value; }
bool FromText(std::string_view text, std::string& value) {
  value = std::string(text);
  return true;
}

std::string ToText(bool value) { return value ? "true" : "false"; }
bool FromText(std::string_view text, bool& value) {
  value = text == "true";
  return value || text == "false";
}

template <class T>
  requires((std::is_integral_v<T> && !std::is_same_v<T, bool>) || std::is_enum_v<T>)
std::string ToText(T value) {
  return std::to_string(static_cast<int64_t>(value));
}
template <class T>
  requires((std::is_integral_v<T> && !std::is_same_v<T, bool>) || std::is_enum_v<T>)
bool FromText(std::string_view text, T& value) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(absl::string_view(text.data(), text.size()), &number)) return false;
  value = static_cast<T>(number);
  return true;
}

// The shortest text that reads back as the same number.
std::string ToText(double value) {
  for (int digits = 6; digits <= 17; ++digits) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.*g", digits, value);
    if (std::strtod(text.data(), nullptr) == value) return text.data();
  }
  return "0";
}
bool FromText(std::string_view text, double& value) { return absl::SimpleAtod(absl::string_view(text.data(), text.size()), &value); }

std::string ToText(absl::Time value) { return TimeText(value); }
bool FromText(std::string_view text, absl::Time& value) {
  value = absl::InfinitePast();
  return text.empty() || absl::ParseTime(absl::RFC3339_full, absl::string_view(text.data(), text.size()), &value, nullptr);
}

std::string ToText(const std::vector<std::string>& value) { return JoinParts(value, ','); }
bool FromText(std::string_view text, std::vector<std::string>& value) {
  value = SplitParts(text, ',');
  return true;
}

// Lists of pairs: "a=b,c=d".
std::string PairsText(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<std::string> parts;
  for (const auto& [first, second] : pairs) parts.push_back(JoinParts({first, second}, '='));
  return JoinParts(parts, ',');
}
bool ReadPairs(std::string_view text, std::vector<std::pair<std::string, std::string>>& pairs) {
  for (const std::string& part : SplitParts(text, ',')) {
    std::vector<std::string> two = SplitParts(part, '=');
    if (two.size() != 2) return false;
    pairs.emplace_back(std::move(two[0]), std::move(two[1]));
  }
  return true;
}

template <class T, std::string T::* kFirst, std::string T::* kSecond>
std::string StructsText(const std::vector<T>& values) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const T& value : values) pairs.emplace_back(value.*kFirst, value.*kSecond);
  return PairsText(pairs);
}
template <class T, std::string T::* kFirst, std::string T::* kSecond>
bool ReadStructs(std::string_view text, std::vector<T>& values) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (!ReadPairs(text, pairs)) return false;
  values.clear();
  for (auto& [first, second] : pairs) {
    T value;
    value.*kFirst = std::move(first);
    value.*kSecond = std::move(second);
    values.push_back(std::move(value));
  }
  return true;
}

std::string ToText(const std::vector<UnitRef>& value) {
  std::vector<std::string> ids;
  for (const UnitRef& unit : value) ids.push_back(unit.id);
  return JoinParts(ids, ',');
}
bool FromText(std::string_view text, std::vector<UnitRef>& value) {
  value.clear();
  for (std::string& id : SplitParts(text, ',')) value.push_back({std::move(id), ""});
  return true;
}
std::string ToText(const std::vector<Link>& value) { return StructsText<Link, &Link::ticket_id, &Link::kind>(value); }
bool FromText(std::string_view text, std::vector<Link>& value) { return ReadStructs<Link, &Link::ticket_id, &Link::kind>(text, value); }
std::string ToText(const std::vector<Opinion>& value) { return StructsText<Opinion, &Opinion::unit_id, &Opinion::text>(value); }
bool FromText(std::string_view text, std::vector<Opinion>& value) { return ReadStructs<Opinion, &Opinion::unit_id, &Opinion::text>(text, value); }

std::string ToText(const std::map<std::string, std::string>& value) { return PairsText({value.begin(), value.end()}); }
bool FromText(std::string_view text, std::map<std::string, std::string>& value) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (!ReadPairs(text, pairs)) return false;
  value = {pairs.begin(), pairs.end()};
  return true;
}

// --- the table ---

template <auto kMember>
constexpr Field Of(std::string_view name, Kept kept) {
  return {name, kept, [](const Ticket& ticket) { return ToText(ticket.*kMember); },
          [](Ticket& ticket, std::string_view text) { return FromText(text, ticket.*kMember); },
          [](const Ticket& a, const Ticket& b) { return a.*kMember == b.*kMember; }};
}
template <auto kPart, auto kMember>
constexpr Field In(std::string_view name, Kept kept) {
  return {name, kept, [](const Ticket& ticket) { return ToText(ticket.*kPart.*kMember); },
          [](Ticket& ticket, std::string_view text) { return FromText(text, ticket.*kPart.*kMember); },
          [](const Ticket& a, const Ticket& b) { return a.*kPart.*kMember == b.*kPart.*kMember; }};
}

constexpr std::array kFields = {
    Of<&Ticket::number>("number", Kept::kColumn),
    Of<&Ticket::acceptance_number>("acceptance_number", Kept::kColumn),
    Of<&Ticket::type>("type", Kept::kColumn),
    Of<&Ticket::urgency>("urgency", Kept::kColumn),
    Of<&Ticket::channel>("channel", Kept::kColumn),
    Of<&Ticket::handling>("handling", Kept::kColumn),
    In<&Ticket::caller, &Caller::name>("caller.name", Kept::kPersonal),
    In<&Ticket::caller, &Caller::phone>("caller.phone", Kept::kPersonal),
    In<&Ticket::caller, &Caller::kind>("caller.kind", Kept::kColumn),
    In<&Ticket::caller, &Caller::work_unit>("caller.work_unit", Kept::kPersonal),
    In<&Ticket::caller, &Caller::address>("caller.address", Kept::kPersonal),
    In<&Ticket::caller, &Caller::anonymous>("caller.anonymous", Kept::kColumn),
    In<&Ticket::caller, &Caller::confidential>("caller.confidential", Kept::kColumn),
    Of<&Ticket::title>("title", Kept::kColumn),
    Of<&Ticket::content>("content", Kept::kColumn),
    Of<&Ticket::category_id>("category_id", Kept::kColumn),
    Of<&Ticket::tags>("tags", Kept::kColumn),
    Of<&Ticket::area_code>("area_code", Kept::kColumn),
    Of<&Ticket::place>("place", Kept::kPersonal),
    Of<&Ticket::longitude>("longitude", Kept::kColumn),
    Of<&Ticket::latitude>("latitude", Kept::kColumn),
    Of<&Ticket::party_complained_of>("party_complained_of", Kept::kPersonal),
    Of<&Ticket::parties_concerned>("parties_concerned", Kept::kPersonal),
    Of<&Ticket::nature>("nature", Kept::kMore),
    Of<&Ticket::occur_time>("occur_time", Kept::kMore),
    Of<&Ticket::extra>("extra", Kept::kMore),
    Of<&Ticket::process_version>("process_version", Kept::kMore),
    Of<&Ticket::line>("line", Kept::kColumn),
    Of<&Ticket::call_id>("call_id", Kept::kColumn),
    Of<&Ticket::recording_id>("recording_id", Kept::kColumn),
    In<&Ticket::unit, &UnitRef::id>("unit_id", Kept::kColumn),
    Of<&Ticket::co_units>("co_unit_ids", Kept::kColumn),
    In<&Ticket::responsible, &UnitRef::id>("responsible_unit_id", Kept::kMore),
    In<&Ticket::responsible, &UnitRef::path>("responsible_unit_path", Kept::kMirror),
    Of<&Ticket::opinions>("opinions", Kept::kMore),
    Of<&Ticket::return_from>("return_from", Kept::kColumn),
    Of<&Ticket::return_count>("return_count", Kept::kMore),
    Of<&Ticket::return_barred>("return_barred", Kept::kMore),
    Of<&Ticket::return_closed>("return_closed", Kept::kMore),
    Of<&Ticket::extension_due>("extension_due", Kept::kMore),
    Of<&Ticket::extension_count>("extension_count", Kept::kMore),
    Of<&Ticket::approvals_given>("approvals_given", Kept::kMore),
    Of<&Ticket::answer>("answer", Kept::kColumn),
    Of<&Ticket::outcome>("outcome", Kept::kMore),
    Of<&Ticket::evidence>("evidence", Kept::kMore),
    Of<&Ticket::opinion_risk>("opinion_risk", Kept::kMore),
    Of<&Ticket::leader_instructed>("leader_instructed", Kept::kMore),
    Of<&Ticket::supervision_level>("supervision_level", Kept::kMore),
    Of<&Ticket::supervised>("supervised", Kept::kMore),
    Of<&Ticket::group_id>("group_id", Kept::kMore),
    Of<&Ticket::handover_body>("handover_body", Kept::kMore),
    Of<&Ticket::handover_status>("handover_status", Kept::kMore),
    Of<&Ticket::handover_reference>("handover_reference", Kept::kMore),
    Of<&Ticket::repeat_mark>("repeat_mark", Kept::kMore),
    Of<&Ticket::rating>("rating", Kept::kMore),
    Of<&Ticket::rating_state>("rating_state", Kept::kMore),
    Of<&Ticket::published>("published", Kept::kMore),
    Of<&Ticket::close_reason>("close_reason", Kept::kMore),
    Of<&Ticket::reopen_count>("reopen_count", Kept::kMore),
    Of<&Ticket::solved>("solved", Kept::kColumn),
    Of<&Ticket::satisfaction>("satisfaction", Kept::kColumn),
    Of<&Ticket::refuse_reason>("refuse_reason", Kept::kColumn),
    Of<&Ticket::close_time>("close_time", Kept::kColumn),
    Of<&Ticket::rework_count>("rework_count", Kept::kColumn),
    Of<&Ticket::links>("links", Kept::kMore),
};

const Ticket& Fresh() {
  static const Ticket fresh;
  return fresh;
}

absl::Status Unreadable(std::string_view field) {
  return base::Error(absl::StatusCode::kDataLoss, "FIELD_UNREADABLE", "a kept value is not what this field can have", {},
                     {{"field", std::string(field)}});
}

}  // namespace

std::span<const Field> Fields() { return kFields; }

std::map<std::string, std::string> Difference(const Ticket& before, const Ticket& after) {
  std::map<std::string, std::string> changes;
  for (const Field& field : kFields) {
    if (field.kept == Kept::kMirror || field.same(before, after)) continue;
    changes[std::string(field.name)] = field.kept == Kept::kPersonal ? kPersonalChanged : field.get(after);
  }
  return changes;
}

bool PersonalDiffers(const Ticket& before, const Ticket& after) {
  for (const Field& field : kFields) {
    if (field.kept == Kept::kPersonal && !field.same(before, after)) return true;
  }
  return false;
}

std::map<std::string, std::string> More(const Ticket& ticket) {
  std::map<std::string, std::string> values;
  for (const Field& field : kFields) {
    const bool more = field.kept == Kept::kMore || field.kept == Kept::kMirror;
    if (more && !field.same(ticket, Fresh())) values[std::string(field.name)] = field.get(ticket);
  }
  return values;
}

absl::Status SetFields(const std::map<std::string, std::string>& values, Ticket& ticket) {
  for (const Field& field : kFields) {
    const auto value = values.find(std::string(field.name));
    if (value == values.end() || field.kept == Kept::kPersonal) continue;
    if (!field.set(ticket, value->second)) return Unreadable(field.name);
  }
  return absl::OkStatus();
}

std::string Canonical(const Ticket& ticket) {
  std::vector<std::string> lines = {absl::StrCat("id=", ticket.id),
                                    absl::StrCat("state=", static_cast<int>(ticket.state)),
                                    absl::StrCat("version=", ticket.version),
                                    absl::StrCat("history_count=", ticket.history_count),
                                    absl::StrCat("created_by=", ticket.created_by),
                                    absl::StrCat("create_time=", TimeText(ticket.create_time)),
                                    absl::StrCat("update_time=", TimeText(ticket.update_time))};
  for (const Field& field : kFields) {
    if (field.kept == Kept::kMirror) continue;
    lines.push_back(absl::StrCat(absl::string_view(field.name.data(), field.name.size()), "=", field.get(ticket)));
  }
  return JoinParts(lines, '\n');
}

absl::Status Replay(const Replayed& entry, Ticket& ticket) {
  if (entry.sequence == 1) {
    ticket.created_by = entry.actor_id;
    ticket.create_time = entry.time;
  }
  ticket.state = entry.state;
  ticket.version = entry.version;
  ticket.history_count = entry.sequence;
  ticket.update_time = entry.time;
  return SetFields(entry.changes, ticket);
}

std::string JoinParts(const std::vector<std::string>& parts, char separator) {
  std::string text;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text.push_back(separator);
    // One empty part is not the same as no part.
    if (parts.size() == 1 && parts[0].empty()) text.append("\\e");
    for (char c : parts[i]) {
      if (c == separator || c == '\\') text.push_back('\\');
      text.push_back(c);
    }
  }
  return text;
}

std::vector<std::string> SplitParts(std::string_view text, char separator) {
  if (text.empty()) return {};
  if (text == "\\e") return {""};
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) parts.back().push_back(text[++i]);
    else if (text[i] == separator) parts.emplace_back();
    else parts.back().push_back(text[i]);
  }
  return parts;
}

std::string TimeText(absl::Time time) {
  if (time == absl::InfinitePast()) return "";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

}  // namespace hotline::ticket::domain
