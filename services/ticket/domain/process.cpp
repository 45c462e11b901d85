#include "services/ticket/domain/process.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <array>
#include <set>

#include "libs/base/text.h"
#include "services/ticket/domain/catalogue.h"
#include "services/ticket/domain/configuration_limits.h"
#include "services/ticket/domain/limits.h"

namespace hotline::ticket::domain {
namespace {

constexpr std::string_view kYes = "true";
constexpr std::string_view kNo = "false";

// What of a ticket may be required, and how it is told whether it was given.
struct BuiltIn {
  std::string_view name;
  bool (*given)(const Ticket&);
};
bool Given(const std::string& text) { return !base::Trim(text).empty(); }
constexpr std::array<BuiltIn, 9> kBuiltIns = {{
    {"area_code", [](const Ticket& t) { return Given(t.area_code); }},
    {"caller.address", [](const Ticket& t) { return Given(t.caller.address); }},
    // Who wishes to stay unnamed is not asked for a name (TKT-2).
    {"caller.name", [](const Ticket& t) { return t.caller.anonymous || Given(t.caller.name); }},
    {"caller.phone", [](const Ticket& t) { return Given(t.caller.phone); }},
    {"category_id", [](const Ticket& t) { return Given(t.category_id); }},
    {"content", [](const Ticket& t) { return Given(t.content); }},
    {"party_complained_of", [](const Ticket& t) { return Given(t.party_complained_of); }},
    {"place", [](const Ticket& t) { return Given(t.place); }},
    {"tags", [](const Ticket& t) { return !t.tags.empty(); }},
}};

void Say(Violations& found, std::string field, std::string_view rule, std::string_view description) {
  found.push_back({std::move(field), std::string(rule), std::string(description)});
}

bool IsFieldId(std::string_view id) {
  return !id.empty() && id.size() <= kMaxCode && std::all_of(id.begin(), id.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool IsDecimal(std::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  if (text.empty() || text.size() > kMaxNumberText || text.front() == '.' || text.back() == '.') return false;
  return std::count(text.begin(), text.end(), '.') <= 1 && std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

void CheckBound(Violations& bad, std::string_view field, int value, int least, int most) {
  if (value < least || value > most) Say(bad, std::string(field), "OUT_OF_RANGE", absl::StrCat("must be from ", least, " to ", most));
}

void CheckChoices(Violations& bad, const std::string& name, const FormField& field) {
  if (field.kind != FieldKind::kChoice) {
    if (!field.choices.empty()) Say(bad, name, "NOT_ALLOWED", "only a choice has choices");
    return;
  }
  if (field.choices.empty()) Say(bad, name, "REQUIRED", "must name at least one choice");
  if (field.choices.size() > kMaxChoices) Say(bad, name, "TOO_MANY", "must be at most 50");
  std::set<std::string> seen;
  for (size_t i = 0; i < field.choices.size() && i < kMaxChoices; ++i) {
    const std::string one = absl::StrCat(name, "[", i, "]");
    CheckText(bad, one, field.choices[i], 1, kMaxChoice);
    if (!seen.insert(field.choices[i]).second) Say(bad, one, "DUPLICATE", "must be named once");
  }
}

void CheckFields(Violations& bad, const std::vector<FormField>& fields) {
  if (fields.size() > kMaxFormFields) {
    Say(bad, "process.fields", "TOO_MANY", "must be at most 50");
    return;
  }
  std::set<std::string> ids;
  for (size_t i = 0; i < fields.size(); ++i) {
    const FormField& field = fields[i];
    const std::string name = absl::StrCat("process.fields[", i, "]");
    if (!IsFieldId(field.id)) Say(bad, name + ".field_id", "BAD_FORMAT", "must be 1 to 64 characters of a-z, 0-9 and '_'");
    else if (!ids.insert(field.id).second) Say(bad, name + ".field_id", "DUPLICATE", "must be named once");
    CheckText(bad, name + ".name", field.name, 1, kMaxFieldName);
    CheckText(bad, name + ".name_en", field.name_en, 0, kMaxName);
    if (field.kind < FieldKind::kText || field.kind > FieldKind::kPhone) Say(bad, name + ".kind", "UNKNOWN_VALUE", "must be a known value");
    CheckChoices(bad, name + ".choices", field);
    CheckBound(bad, name + ".max_length", field.max_length, 0, static_cast<int>(kMaxFieldValue));
    if (field.kind != FieldKind::kText && field.max_length != 0) Say(bad, name + ".max_length", "NOT_ALLOWED", "only a text has a length");
  }
}

void CheckValue(Violations& bad, const std::string& name, const FormField& field, const std::string& value) {
  switch (field.kind) {
    case FieldKind::kText:
      CheckText(bad, name, value, 0, field.max_length > 0 ? static_cast<size_t>(field.max_length) : kMaxFieldValue);
      return;
    case FieldKind::kNumber:
      if (!IsDecimal(value)) Say(bad, name, "BAD_FORMAT", "must be a number");
      return;
    case FieldKind::kDate:
      if (!ParseDay(value)) Say(bad, name, "BAD_FORMAT", "must be a date as 2026-12-01");
      return;
    case FieldKind::kChoice:
      if (std::find(field.choices.begin(), field.choices.end(), value) == field.choices.end()) Say(bad, name, "UNKNOWN_VALUE", "must be one of the choices");
      return;
    case FieldKind::kYesNo:
      if (value != kYes && value != kNo) Say(bad, name, "BAD_FORMAT", "must be true or false");
      return;
    case FieldKind::kPhone:
      CheckPhone(bad, name, value);
      return;
  }
}

}  // namespace

Process DefaultProcess(Type type) {
  Process process;
  process.type = type;
  return process;
}

bool IsBuiltInField(std::string_view name) {
  return std::any_of(kBuiltIns.begin(), kBuiltIns.end(), [&](const BuiltIn& one) { return one.name == name; });
}

Violations CheckProcess(const Process& process) {
  Violations bad;
  if (process.type <= Type::kUnspecified || static_cast<int>(process.type) >= kTypes) Say(bad, "process.type", "REQUIRED", "must be a known type");
  std::set<std::string> required;
  for (size_t i = 0; i < process.required.size() && i <= kBuiltIns.size(); ++i) {
    const std::string name = absl::StrCat("process.required[", i, "]");
    if (!IsBuiltInField(process.required[i])) Say(bad, name, "UNKNOWN_VALUE", "must be a built-in field");
    else if (!required.insert(process.required[i]).second) Say(bad, name, "DUPLICATE", "must be named once");
  }
  CheckFields(bad, process.fields);
  // From below: whoever stands higher approves after whoever stands lower.
  const std::vector<std::string>& approvals = process.approvals;
  const bool known = std::all_of(approvals.begin(), approvals.end(), [](const std::string& role) { return role == "unit_lead" || role == "unit_head"; });
  if (!known) Say(bad, "process.approvals", "UNKNOWN_VALUE", "must be unit_lead and unit_head only");
  else if (approvals.size() > 2 || (approvals.size() == 2 && (approvals[0] != "unit_lead" || approvals[1] != "unit_head")))
    Say(bad, "process.approvals", "BAD_FORMAT", "must name each role once, unit_lead before unit_head");
  const auto is_decider = [](Decider decider) { return decider == Decider::kDispatcher || decider == Decider::kSupervisor; };
  if (!is_decider(process.return_decider)) Say(bad, "process.return_decider", "UNKNOWN_VALUE", "must be dispatcher or supervisor");
  if (!is_decider(process.extension_decider)) Say(bad, "process.extension_decider", "UNKNOWN_VALUE", "must be dispatcher or supervisor");
  CheckBound(bad, "process.arbitration_after", process.arbitration_after, 1, kMaxArbitrationAfter);
  CheckBound(bad, "process.max_rework", process.max_rework, 0, kMostRework);
  CheckBound(bad, "process.reopen_days", process.reopen_days, 0, kMaxReopenDays);
  return bad;
}

Violations CheckForm(const Process& process, const Ticket& draft, const std::map<std::string, std::string>& extra) {
  Violations bad;
  for (const std::string& name : process.required) {
    const auto built_in = std::find_if(kBuiltIns.begin(), kBuiltIns.end(), [&](const BuiltIn& one) { return one.name == name; });
    if (built_in != kBuiltIns.end() && !built_in->given(draft)) Say(bad, absl::StrCat("ticket.", name), "REQUIRED", "must be given for this type");
  }
  std::set<std::string> known;
  for (const FormField& field : process.fields) {
    known.insert(field.id);
    const std::string name = absl::StrCat("ticket.extra[", field.id, "]");
    const auto value = extra.find(field.id);
    const bool given = value != extra.end() && Given(value->second);
    if (given) CheckValue(bad, name, field, value->second);
    else if (field.required) Say(bad, name, "REQUIRED", "must be given for this type");
  }
  for (const auto& [id, value] : extra) {
    if (!known.contains(id)) Say(bad, absl::StrCat("ticket.extra[", id, "]"), "UNKNOWN_FIELD", "must be a field of this type's form");
  }
  return bad;
}

}  // namespace hotline::ticket::domain
