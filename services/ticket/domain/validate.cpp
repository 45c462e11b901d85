#include "services/ticket/domain/validate.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "libs/base/id.h"
#include "libs/base/text.h"
#include "services/ticket/domain/limits.h"

namespace hotline::ticket::domain {
namespace {


bool IsCodeCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == ':';
}


void CheckCaller(Violations& found, const Caller& caller) {
  CheckText(found, "ticket.caller.name", caller.name, 0, kMaxName);
  CheckPhone(found, "ticket.caller.phone", caller.phone);
  CheckOneOf(found, "ticket.caller.kind", caller.kind, {"", "citizen", "legal_person", "organisation"});
  CheckText(found, "ticket.caller.work_unit", caller.work_unit, 0, kMaxName);
  CheckText(found, "ticket.caller.address", caller.address, 0, kMaxAddress);
}

// Not a number is in no range either.
void CheckLongitude(Violations& found, std::string_view field, double longitude) {
  if (!(longitude >= -180 && longitude <= 180)) Add(found, field, "OUT_OF_RANGE", "must be from -180 to 180");
}
void CheckLatitude(Violations& found, std::string_view field, double latitude) {
  if (!(latitude >= -90 && latitude <= 90)) Add(found, field, "OUT_OF_RANGE", "must be from -90 to 90");
}

}  // namespace

void Add(Violations& found, std::string_view field, std::string_view rule, std::string_view description) {
  found.push_back({std::string(field), std::string(rule), std::string(description)});
}

void CheckNumber(Violations& found, std::string_view field, int number, int count, bool required) {
  if (number < 0 || number >= count) Add(found, field, "UNKNOWN_VALUE", "must be a known value");
  else if (required && number == 0) Add(found, field, "REQUIRED", "must be given");
}

void CheckExtra(Violations& found, std::string_view field, const std::map<std::string, std::string>& extra) {
  if (extra.size() > kMaxExtraFields) {
    Add(found, field, "TOO_MANY", "must be at most 50");
    return;
  }
  for (const auto& [id, value] : extra) {
    const std::string name = absl::StrCat(absl::string_view(field.data(), field.size()), "[", id, "]");
    CheckCode(found, name, id, true);
    CheckText(found, name, value, 0, kMaxExtraValue);
  }
}

void CheckText(Violations& found, std::string_view field, std::string_view text, size_t min, size_t max) {
  const absl::Status status = base::CheckText(field, text, min, max);
  for (base::FieldViolation& violation : base::FieldViolations(status)) found.push_back(std::move(violation));
  // Only white space is as good as nothing where something is required.
  if (status.ok() && min > 0 && base::Trim(text).empty()) Add(found, field, "REQUIRED", "must not be blank");
}

void CheckCode(Violations& found, std::string_view field, std::string_view code, bool required) {
  if (code.empty()) {
    if (required) Add(found, field, "REQUIRED", "must be given");
    return;
  }
  if (code.size() > kMaxCode) Add(found, field, "TOO_LONG", "must be at most 64 characters");
  else if (!std::all_of(code.begin(), code.end(), IsCodeCharacter)) Add(found, field, "BAD_FORMAT", "must be letters, digits and .-_: only");
}

void CheckPhone(Violations& found, std::string_view field, std::string_view phone) {
  if (phone.empty()) return;
  const std::string_view digits = phone[0] == '+' ? phone.substr(1) : phone;
  if (digits.empty() || digits.size() > kMaxPhoneDigits || !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
    Add(found, field, "BAD_FORMAT", "must be 1 to 20 digits with an optional leading +");
}

std::string PresentedNumber(std::string_view presented) {
  Violations bad;
  CheckPhone(bad, "number", presented);
  return bad.empty() ? std::string(presented) : "";
}

void CheckOneOf(Violations& found, std::string_view field, std::string_view value, std::initializer_list<std::string_view> allowed) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
  std::string list;
  for (std::string_view one : allowed) {
    if (!one.empty()) absl::StrAppend(&list, list.empty() ? "" : ", ", absl::string_view(one.data(), one.size()));
  }
  Add(found, field, value.empty() ? "REQUIRED" : "UNKNOWN_VALUE", absl::StrCat("must be one of ", list));
}

void CheckTags(Violations& found, std::string_view field, const std::vector<std::string>& tags) {
  if (tags.size() > kMaxTags) {
    Add(found, field, "TOO_MANY", "must be at most 20");
    return;
  }
  for (size_t i = 0; i < tags.size(); ++i)
    CheckText(found, absl::StrCat(absl::string_view(field.data(), field.size()), "[", i, "]"), tags[i], 1, kMaxTag);
}

Violations Check(const Create& command) {
  Violations found;
  const Ticket& draft = command.draft;
  CheckEnum(found, "ticket.type", draft.type, kTypes, true);
  CheckEnum(found, "ticket.channel", draft.channel, kChannels, true);
  CheckEnum(found, "ticket.urgency", draft.urgency, kUrgencies, false);
  CheckEnum(found, "ticket.handling", draft.handling, kHandlings, false);
  CheckText(found, "ticket.title", draft.title, 1, kMaxTitle);
  CheckText(found, "ticket.content", draft.content, 0, kMaxContent);
  CheckCaller(found, draft.caller);
  CheckCode(found, "ticket.category_id", draft.category_id, false);
  CheckTags(found, "ticket.tags", draft.tags);
  CheckCode(found, "ticket.area_code", draft.area_code, false);
  CheckText(found, "ticket.place", draft.place, 0, kMaxAddress);
  CheckLongitude(found, "ticket.longitude", draft.longitude);
  CheckLatitude(found, "ticket.latitude", draft.latitude);
  CheckText(found, "ticket.party_complained_of", draft.party_complained_of, 0, kMaxAddress);
  CheckCode(found, "ticket.line", draft.line, false);
  CheckCode(found, "ticket.call_id", draft.call_id, false);
  CheckCode(found, "ticket.recording_id", draft.recording_id, false);
  CheckText(found, "ticket.parties_concerned", draft.parties_concerned, 0, kMaxAddress);
  CheckOneOf(found, "ticket.nature", draft.nature, {"", "dispute", "livelihood", "accident"});
  CheckExtra(found, "ticket.extra", draft.extra);
  if (draft.links.size() > kMaxLinks) Add(found, "ticket.links", "TOO_MANY", "must be at most 50");
  for (size_t i = 0; i < draft.links.size() && i < kMaxLinks; ++i) {
    const std::string field = absl::StrCat("ticket.links[", i, "]");
    if (!base::IsValidId(draft.links[i].ticket_id)) Add(found, field + ".ticket_id", "BAD_FORMAT", "must be a ticket id");
    CheckOneOf(found, field + ".kind", draft.links[i].kind, {"duplicate", "related", "follow_up"});
  }
  CheckText(found, "answer", command.answer, 0, kMaxAnswer);
  CheckCode(found, "article_id", command.article_id, false);
  if (!command.answer.empty() && draft.type != Type::kConsultation)
    Add(found, "answer", "NOT_ALLOWED", "only a consultation is answered and closed at once");
  if (!command.answer.empty() && command.dispatch) Add(found, "dispatch_unit_id", "NOT_ALLOWED", "must be empty when an answer is given");
  if (command.answer_later && (command.dispatch || !command.answer.empty()))
    Add(found, "answer_later", "NOT_ALLOWED", "must be false when it is answered or dispatched");
  return found;
}

Violations Check(const Amend& command) {
  Violations found;
  CheckEnum(found, "type", command.type, kTypes, false);
  CheckEnum(found, "urgency", command.urgency, kUrgencies, false);
  CheckText(found, "title", command.title, 0, kMaxTitle);
  if (!command.title.empty() && base::IsValidUtf8(command.title) && base::Trim(command.title).empty())
    Add(found, "title", "REQUIRED", "must not be blank");
  CheckText(found, "content", command.content, 0, kMaxContent);
  CheckCode(found, "category_id", command.category_id, false);
  CheckCode(found, "area_code", command.area_code, false);
  CheckText(found, "place", command.place, 0, kMaxAddress);
  CheckTags(found, "tags", command.tags);
  CheckText(found, "note", command.note, 0, kMaxNote);
  CheckText(found, "caller_name", command.caller_name, 0, kMaxName);
  CheckPhone(found, "caller_phone", command.caller_phone);
  CheckText(found, "party_complained_of", command.party_complained_of, 0, kMaxAddress);
  CheckExtra(found, "extra", command.extra);
  if (command.longitude) CheckLongitude(found, "longitude", *command.longitude);
  if (command.latitude) CheckLatitude(found, "latitude", *command.latitude);
  if (command.longitude.has_value() != command.latitude.has_value())
    Add(found, command.longitude ? "latitude" : "longitude", "REQUIRED", "longitude and latitude must be given together");
  return found;
}

Violations Check(const Dispatch& command) {
  Violations found;
  CheckCode(found, "unit_id", command.lead.id, true);
  if (command.co_units.size() > kMaxCoUnits) Add(found, "co_unit_ids", "TOO_MANY", "must be at most 10");
  for (size_t i = 0; i < command.co_units.size() && i < kMaxCoUnits; ++i) {
    const std::string field = absl::StrCat("co_unit_ids[", i, "]");
    CheckCode(found, field, command.co_units[i].id, true);
    const auto same = [&](const Unit& unit) { return unit.id == command.co_units[i].id; };
    if (same(command.lead) || std::any_of(command.co_units.begin(), command.co_units.begin() + static_cast<ptrdiff_t>(i), same))
      Add(found, field, "DUPLICATE", "must be named once and differ from the lead unit");
  }
  CheckText(found, "note", command.note, 0, kMaxNote);
  return found;
}

absl::Status ToStatus(Violations found) {
  return found.empty() ? absl::OkStatus() : base::InvalidFields(std::move(found));
}

}  // namespace hotline::ticket::domain
