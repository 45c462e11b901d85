#include "services/gateway/rest/json.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <limits>
#include <set>
#include <vector>

#include <nlohmann/json.hpp>

#include "libs/base/error.h"
#include "libs/base/text.h"

namespace hotline::gateway {
namespace {

namespace pb = google::protobuf;
using Json = nlohmann::json;
using pb::FieldDescriptor;

// Goes through text and contract side by side. The mapping itself is protobuf's, which does not say where an error is.
class Checker {
 public:
  void Message(const Json& json, const pb::Descriptor& type, const std::string& path) {
    if (WellKnown(json, type, path)) return;
    if (!json.is_object()) return Wrong(path, "WRONG_TYPE", "an object is expected");
    std::set<const FieldDescriptor*> seen;
    for (const auto& [name, value] : json.items()) {
      const std::string at = path.empty() ? name : path + "." + name;
      const FieldDescriptor* field = FindField(type, name);
      if (field == nullptr) {
        Wrong(at, "UNKNOWN_FIELD", "there is no such field");
      } else if (!seen.insert(field).second) {
        Wrong(at, "REPEATED", "given twice, under both of its names");
      } else {
        Field(value, *field, at);
      }
    }
  }

  absl::Status status() && {
    return violations_.empty() ? absl::OkStatus() : base::InvalidFields(std::move(violations_));
  }

 private:
  void Wrong(const std::string& path, const char* rule, const char* description) {
    violations_.push_back({path.empty() ? "body" : path, rule, description});
  }

  void Field(const Json& json, const FieldDescriptor& field, const std::string& path) {
    if (json.is_null()) return;  // the same as leaving it out
    if (field.is_map()) {
      if (!json.is_object()) return Wrong(path, "WRONG_TYPE", "an object is expected");
      for (const auto& [key, value] : json.items()) Single(value, *field.message_type()->map_value(), path + "." + key);
    } else if (field.is_repeated()) {
      if (!json.is_array()) return Wrong(path, "WRONG_TYPE", "an array is expected");
      for (size_t i = 0; i < json.size(); ++i) Single(json[i], field, absl::StrCat(path, "[", i, "]"));
    } else {
      Single(json, field, path);
    }
  }

  void Single(const Json& json, const FieldDescriptor& field, const std::string& path) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE: return Message(json, *field.message_type(), path);
      case FieldDescriptor::CPPTYPE_BOOL:
        if (!json.is_boolean()) Wrong(path, "WRONG_TYPE", "true or false is expected");
        return;
      case FieldDescriptor::CPPTYPE_STRING:
        if (!json.is_string()) Wrong(path, "WRONG_TYPE", "a string is expected");
        return;
      case FieldDescriptor::CPPTYPE_ENUM:
        if (!json.is_string()) return Wrong(path, "WRONG_TYPE", "the name of a value is expected");
        if (field.enum_type()->FindValueByName(json.get<std::string>()) == nullptr) {
          Wrong(path, "UNKNOWN_VALUE", "there is no such value");
        }
        return;
      case FieldDescriptor::CPPTYPE_INT32: return Integer<int32_t>(json, path);
      case FieldDescriptor::CPPTYPE_UINT32: return Integer<uint32_t>(json, path);
      case FieldDescriptor::CPPTYPE_INT64: return Integer<int64_t>(json, path);
      case FieldDescriptor::CPPTYPE_UINT64: return Integer<uint64_t>(json, path);
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        if (!json.is_number()) Wrong(path, "WRONG_TYPE", "a number is expected");
        return;
    }
  }

  // As a number or, because JavaScript's numbers hold 53 bits, as a string of digits.
  template <class T>
  void Integer(const Json& json, const std::string& path) {
    if (json.is_string()) {
      T ignored = 0;
      if (!absl::SimpleAtoi(json.get<std::string>(), &ignored)) Wrong(path, "OUT_OF_RANGE", "a whole number is expected");
    } else if (!json.is_number_integer()) {
      Wrong(path, "WRONG_TYPE", "a whole number is expected");
    } else if (json.is_number_unsigned() ? json.get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<T>::max())
                                         : json.get<int64_t>() < static_cast<int64_t>(std::numeric_limits<T>::min())) {
      Wrong(path, "OUT_OF_RANGE", "the number does not fit");
    }
  }

  // Types whose JSON is not an object of their fields; true if it was one of these.
  bool WellKnown(const Json& json, const pb::Descriptor& type, const std::string& path) {
    const std::string& name = type.full_name();
    if (!name.starts_with("google.protobuf.")) return false;
    if (name == "google.protobuf.Timestamp") {
      pb::Timestamp ignored;
      if (!json.is_string() || !pb::util::TimeUtil::FromString(json.get<std::string>(), &ignored)) {
        Wrong(path, "BAD_FORMAT", "a time such as 2025-06-15T12:00:00Z is expected");
      }
    } else if (name == "google.protobuf.Duration") {
      pb::Duration ignored;
      if (!json.is_string() || !pb::util::TimeUtil::FromString(json.get<std::string>(), &ignored)) {
        Wrong(path, "BAD_FORMAT", "a duration such as 1.5s is expected");
      }
    } else if (name == "google.protobuf.FieldMask" && !json.is_string()) {
      Wrong(path, "BAD_FORMAT", "names of fields, separated by commas, are expected");
    }
    return true;
  }

  std::vector<base::FieldViolation> violations_;
};

// Refuses what nlohmann's parser would take: names given twice, and nesting without end.
absl::StatusOr<Json> ParseText(std::string_view text) {
  if (!base::IsValidUtf8(text)) return base::InvalidField("body", "BAD_UTF8", "not UTF-8");
  std::vector<std::set<std::string>> names;
  std::string repeated;
  bool too_deep = false;
  auto callback = [&](int depth, Json::parse_event_t event, Json& parsed) {
    too_deep = too_deep || depth > kMaxJsonDepth;
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event == Json::parse_event_t::key && !names.back().insert(parsed.get<std::string>()).second && repeated.empty()) {
      repeated = parsed.get<std::string>();
    }
    return !too_deep;
  };
  Json json = Json::parse(text, callback, /*allow_exceptions=*/false);
  if (too_deep) return base::InvalidField("body", "TOO_DEEP", "nested too deeply");
  if (json.is_discarded()) return base::InvalidField("body", "BAD_JSON", "not well-formed JSON");
  if (!repeated.empty()) return base::InvalidField(repeated, "REPEATED", "given twice");
  return json;
}

}  // namespace

const FieldDescriptor* FindField(const pb::Descriptor& message, const std::string& name) {
  for (int i = 0; i < message.field_count(); ++i) {
    if (message.field(i)->json_name() == name || message.field(i)->name() == name) return message.field(i);
  }
  return nullptr;
}

absl::Status ParseJson(std::string_view text, pb::Message& message) {
  if (base::Trim(text).empty()) return absl::OkStatus();
  HOTLINE_ASSIGN_OR_RETURN(const Json json, ParseText(text));
  Checker checker;
  checker.Message(json, *message.GetDescriptor(), "");
  HOTLINE_RETURN_IF_ERROR(std::move(checker).status());
  const auto status = pb::util::JsonStringToMessage(pb::StringPiece(text.data(), text.size()), &message);
  if (!status.ok()) return base::InvalidField("body", "BAD_FORMAT", "a value is not of the form its field needs");
  return absl::OkStatus();
}

std::string ToJson(const pb::Message& message) {
  std::string text;
  const auto status = pb::util::MessageToJsonString(message, &text);
  // Fails only for an Any of an unknown type, which no public message holds.
  return status.ok() ? text : "{}";
}

}  // namespace hotline::gateway
