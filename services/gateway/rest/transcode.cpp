#include "services/gateway/rest/transcode.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <google/protobuf/util/field_mask_util.h>
#include <google/protobuf/util/time_util.h>

#include <set>

#include "libs/base/error.h"
#include "services/gateway/rest/json.h"

namespace hotline::gateway {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

enum class Put { kDone, kBadValue };

template <class T>
bool ParseNumber(const std::string& text, T* out) {
  if constexpr (std::is_same_v<T, double>) return absl::SimpleAtod(text, out);
  else if constexpr (std::is_same_v<T, float>) return absl::SimpleAtof(text, out);
  else return absl::SimpleAtoi(text, out);
}

#define HOTLINE_PUT_NUMBER(kind, type, Name)                               \
  case FieldDescriptor::kind: {                                            \
    type number{};                                                         \
    if (!ParseNumber(text, &number)) return Put::kBadValue;                \
    many ? reflection->Add##Name(&message, &field, number) : reflection->Set##Name(&message, &field, number); \
    return Put::kDone;                                                     \
  }

Put PutMessage(pb::Message& message, const FieldDescriptor& field, const std::string& text) {
  const pb::Reflection* reflection = message.GetReflection();
  pb::Message* value = field.is_repeated() ? reflection->AddMessage(&message, &field) : reflection->MutableMessage(&message, &field);
  bool good = false;
  if (auto* time = pb::DynamicCastToGenerated<pb::Timestamp>(value)) good = pb::util::TimeUtil::FromString(text, time);
  if (auto* span = pb::DynamicCastToGenerated<pb::Duration>(value)) good = pb::util::TimeUtil::FromString(text, span);
  if (auto* mask = pb::DynamicCastToGenerated<pb::FieldMask>(value)) good = pb::util::FieldMaskUtil::FromJsonString(text, mask);
  return good ? Put::kDone : Put::kBadValue;
}

Put PutScalar(pb::Message& message, const FieldDescriptor& field, const std::string& text) {
  const pb::Reflection* reflection = message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    HOTLINE_PUT_NUMBER(CPPTYPE_INT32, int32_t, Int32)
    HOTLINE_PUT_NUMBER(CPPTYPE_INT64, int64_t, Int64)
    HOTLINE_PUT_NUMBER(CPPTYPE_UINT32, uint32_t, UInt32)
    HOTLINE_PUT_NUMBER(CPPTYPE_UINT64, uint64_t, UInt64)
    HOTLINE_PUT_NUMBER(CPPTYPE_DOUBLE, double, Double)
    HOTLINE_PUT_NUMBER(CPPTYPE_FLOAT, float, Float)
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") return Put::kBadValue;
      many ? reflection->AddBool(&message, &field, text == "true") : reflection->SetBool(&message, &field, text == "true");
      return Put::kDone;
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) return Put::kBadValue;
      many ? reflection->AddString(&message, &field, text) : reflection->SetString(&message, &field, text);
      return Put::kDone;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const pb::EnumValueDescriptor* value = field.enum_type()->FindValueByName(text);
      if (value == nullptr) return Put::kBadValue;
      many ? reflection->AddEnum(&message, &field, value) : reflection->SetEnum(&message, &field, value);
      return Put::kDone;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: return PutMessage(message, field, text);
  }
  return Put::kBadValue;
}

// The field that a dotted path of either kind of names leads to, and the message that holds it.
struct Place {
  pb::Message* message = nullptr;
  const FieldDescriptor* field = nullptr;
  std::string canonical;  // by the contract's names
};
Place FindPlace(pb::Message& root, const std::string& path) {
  Place place{&root, nullptr, {}};
  for (const absl::string_view part : absl::StrSplit(path, '.')) {
    if (place.field != nullptr) {
      if (place.field->message_type() == nullptr || place.field->is_repeated()) return {};
      place.message = place.message->GetReflection()->MutableMessage(place.message, place.field);
    }
    place.field = FindField(*place.message->GetDescriptor(), std::string(part));
    if (place.field == nullptr) return {};
    absl::StrAppend(&place.canonical, place.canonical.empty() ? "" : ".", place.field->name());
  }
  const pb::Descriptor* type = place.field->message_type();
  const bool known = type == nullptr || type->full_name() == "google.protobuf.Timestamp" ||
                     type->full_name() == "google.protobuf.Duration" || type->full_name() == "google.protobuf.FieldMask";
  return known ? place : Place{};
}

const char* Expected(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: return "true or false is expected";
    case FieldDescriptor::CPPTYPE_ENUM: return "the name of a value is expected";
    case FieldDescriptor::CPPTYPE_MESSAGE: return "a time such as 2025-06-15T12:00:00Z is expected, or a list of fields for a mask";
    default: return "a number that fits is expected";
  }
}

absl::Status BindQuery(const Route& route, const std::vector<QueryParameter>& query, pb::Message& request) {
  std::set<std::string> seen;
  for (const auto& [name, value] : query) {
    if (name == kFormatParameter) continue;
    const Place place = route.body == "*" ? Place{} : FindPlace(request, name);
    const bool in_body = place.field != nullptr && !route.body.empty() &&
                         (place.canonical == route.body || place.canonical.starts_with(route.body + "."));
    if (place.field == nullptr || in_body || route.HasVariable(place.canonical)) {
      return base::InvalidField(name, "UNKNOWN_PARAMETER", "there is no such parameter");
    }
    if (!seen.insert(place.canonical).second && !place.field->is_repeated()) {
      return base::InvalidField(name, "REPEATED", "given twice");
    }
    if (PutScalar(*place.message, *place.field, value) != Put::kDone) {
      return base::InvalidField(name, "BAD_FORMAT", Expected(*place.field));
    }
  }
  return absl::OkStatus();
}

absl::Status BindPath(const Match& match, pb::Message& request) {
  for (const auto& [path, value] : match.variables) {
    const Place place = FindPlace(request, path);
    const std::string before = place.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING
                                   ? place.message->GetReflection()->GetString(*place.message, place.field)
                                   : std::string();
    if (!before.empty() && before != value) {
      return base::InvalidField(LowerCamelPath(path), "PATH_MISMATCH", "the body names another than the path");
    }
    if (PutScalar(*place.message, *place.field, value) != Put::kDone) {
      return base::InvalidField(LowerCamelPath(path), "BAD_FORMAT", Expected(*place.field));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status BuildRequest(const Match& match, const std::vector<QueryParameter>& query, std::string_view body, pb::Message& request) {
  const Route& route = *match.route;
  if (route.body.empty()) {
    if (!body.empty()) return base::InvalidField("body", "NOT_ALLOWED", "this request takes no body");
  } else if (route.body == "*") {
    HOTLINE_RETURN_IF_ERROR(ParseJson(body, request));
  } else {
    const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName(route.body);
    HOTLINE_RETURN_IF_ERROR(ParseJson(body, *request.GetReflection()->MutableMessage(&request, field)));
  }
  HOTLINE_RETURN_IF_ERROR(BindQuery(route, query, request));
  return BindPath(match, request);
}

absl::Status BindParameters(const std::vector<QueryParameter>& query, pb::Message& request) { return BindQuery(Route(), query, request); }

}  // namespace hotline::gateway
