#include "libs/base/json_reader.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>

#include <nlohmann/json.hpp>

#include "libs/base/error.h"
#include "libs/base/text.h"
#include "libs/base/view.h"

namespace hotline::base {
namespace {

using Json = nlohmann::json;

constexpr size_t kReadPieceBytes = 64 << 10;

absl::Status BadConfig(std::vector<FieldViolation> violations) {
  std::string message;
  for (const auto& violation : violations) {
    absl::StrAppend(&message, message.empty() ? "" : "; ", violation.field, ": ", violation.description);
  }
  return Error(absl::StatusCode::kInvalidArgument, "BAD_CONFIG", message, std::move(violations));
}

// Sees keys as they are parsed: the library itself lets the last of two equal keys win.
class DuplicateFinder {
 public:
  bool operator()(int, Json::parse_event_t event, Json& value) {
    switch (event) {
      case Json::parse_event_t::object_start: keys_.emplace_back(); break;
      case Json::parse_event_t::object_end: keys_.pop_back(); break;
      case Json::parse_event_t::key:
        if (!keys_.back().insert(value.get<std::string>()).second && duplicate_.empty()) {
          duplicate_ = value.get<std::string>();
        }
        break;
      default: break;
    }
    return true;
  }
  const std::string& duplicate() const { return duplicate_; }

 private:
  std::vector<std::set<std::string>> keys_;
  std::string duplicate_;
};

}  // namespace

struct JsonReader::Document {
  Json json;
  std::vector<FieldViolation> errors;
  // What has been read of each object that was opened.
  std::map<const Json*, std::pair<std::string, std::set<std::string, std::less<>>>> taken;
};

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t limit) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error(absl::StatusCode::kNotFound, "FILE_NOT_READABLE", absl::StrCat("cannot read ", path));
  // By pieces: a file is usually far smaller than its limit, and what is returned keeps no more than it needs.
  std::string text;
  while (file && text.size() <= limit) {
    const size_t read = text.size();
    text.resize(read + std::min(kReadPieceBytes, limit + 1 - read));
    file.read(text.data() + read, static_cast<std::streamsize>(text.size() - read));
    text.resize(read + static_cast<size_t>(file.gcount()));
  }
  text.shrink_to_fit();
  if (file.bad()) return Error(absl::StatusCode::kNotFound, "FILE_NOT_READABLE", absl::StrCat("cannot read ", path));
  if (text.size() > limit) {
    return Error(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE", absl::StrCat(path, " has more than ", limit, " bytes"));
  }
  return text;
}

JsonReader::JsonReader(std::shared_ptr<Document> document, const Json* node, std::string path)
    : document_(std::move(document)), node_(node), path_(std::move(path)) {
  if (node_ != nullptr) document_->taken.try_emplace(node_).first->second.first = path_;
}

absl::StatusOr<JsonReader> JsonReader::Parse(std::string_view text) {
  if (text.size() > kMaxConfigBytes) return BadConfig({{"", "TOO_LONG", "the file is too large"}});
  auto document = std::make_shared<Document>();
  DuplicateFinder finder;
  const Json::parser_callback_t watch = [&](int depth, Json::parse_event_t event, Json& value) {
    return finder(depth, event, value);
  };
  try {
    document->json = Json::parse(text, watch);
  } catch (const Json::parse_error& error) {
    return BadConfig({{"", "BAD_FORMAT", absl::StrCat("not JSON at byte ", error.byte)}});
  }
  if (!finder.duplicate().empty()) return BadConfig({{finder.duplicate(), "DUPLICATE", "the key occurs twice"}});
  if (!document->json.is_object()) return BadConfig({{"", "BAD_FORMAT", "must be a JSON object"}});
  const Json* root = &document->json;
  return JsonReader(std::move(document), root, "");
}

absl::StatusOr<JsonReader> JsonReader::FromFile(const std::string& path) {
  HOTLINE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxConfigBytes));
  return Parse(text);
}

std::string JsonReader::Path(std::string_view key) const {
  return path_.empty() ? std::string(key) : absl::StrCat(path_, ".", Sv(key));
}

bool JsonReader::Has(std::string_view key) const { return node_ != nullptr && node_->contains(std::string(key)); }

void JsonReader::Fail(std::string_view key, std::string_view rule, std::string_view description) {
  document_->errors.push_back({Path(key), std::string(rule), std::string(description)});
}

const Json* JsonReader::Take(std::string_view key, bool required) {
  if (node_ == nullptr) return nullptr;
  document_->taken[node_].second.insert(std::string(key));
  const auto it = node_->find(std::string(key));
  if (it != node_->end()) return &*it;
  if (required) Fail(key, "REQUIRED", "is missing");
  return nullptr;
}

std::string JsonReader::String(std::string_view key, std::optional<std::string> otherwise) {
  const Json* value = Take(key, !otherwise.has_value());
  if (value == nullptr) return otherwise.value_or("");
  if (!value->is_string()) {
    Fail(key, "BAD_TYPE", "must be a string");
    return otherwise.value_or("");
  }
  auto text = value->get<std::string>();
  if (text.empty() && otherwise != "") Fail(key, "REQUIRED", "must not be empty");
  return text;
}

std::string JsonReader::OneOf(std::string_view key, const std::vector<std::string>& allowed,
                              std::optional<std::string> otherwise) {
  const size_t errors = document_->errors.size();
  std::string text = String(key, otherwise);
  if (document_->errors.size() > errors || node_ == nullptr) return text;
  for (const auto& candidate : allowed) {
    if (text == candidate) return text;
  }
  Fail(key, "NOT_ALLOWED", absl::StrCat("must be one of ", absl::StrJoin(allowed, ", ")));
  return otherwise.value_or("");
}

int64_t JsonReader::Int(std::string_view key, int64_t min, int64_t max, std::optional<int64_t> otherwise) {
  const Json* value = Take(key, !otherwise.has_value());
  if (value == nullptr) return otherwise.value_or(min);
  const bool too_large = value->is_number_unsigned() && value->get<uint64_t>() > static_cast<uint64_t>(INT64_MAX);
  if (!value->is_number_integer()) {
    Fail(key, "BAD_TYPE", "must be an integer");
  } else if (too_large || value->get<int64_t>() < min || value->get<int64_t>() > max) {
    Fail(key, "OUT_OF_RANGE", absl::StrCat("must be from ", min, " to ", max));
  } else {
    return value->get<int64_t>();
  }
  return otherwise.value_or(min);
}

double JsonReader::Number(std::string_view key, double min, double max, std::optional<double> otherwise) {
  const Json* value = Take(key, !otherwise.has_value());
  if (value == nullptr) return otherwise.value_or(min);
  if (!value->is_number()) {
    Fail(key, "BAD_TYPE", "must be a number");
  } else if (const double number = value->get<double>(); !(number >= min && number <= max)) {
    Fail(key, "OUT_OF_RANGE", absl::StrCat("must be from ", min, " to ", max));
  } else {
    return number;
  }
  return otherwise.value_or(min);
}

bool JsonReader::Bool(std::string_view key, std::optional<bool> otherwise) {
  const Json* value = Take(key, !otherwise.has_value());
  if (value == nullptr) return otherwise.value_or(false);
  if (value->is_boolean()) return value->get<bool>();
  Fail(key, "BAD_TYPE", "must be true or false");
  return otherwise.value_or(false);
}

absl::Duration JsonReader::Duration(std::string_view key, absl::Duration min, absl::Duration max,
                                    std::optional<absl::Duration> otherwise) {
  const Json* value = Take(key, !otherwise.has_value());
  const absl::Duration fallback = otherwise.value_or(min);
  if (value == nullptr) return fallback;
  absl::Duration time;
  if (!value->is_string() || !absl::ParseDuration(value->get<std::string>(), &time)) {
    Fail(key, "BAD_TYPE", "must be a duration such as \"200ms\" or \"1h30m\"");
  } else if (time < min || time > max) {
    Fail(key, "OUT_OF_RANGE", absl::StrCat("must be from ", absl::FormatDuration(min), " to ", absl::FormatDuration(max)));
  } else {
    return time;
  }
  return fallback;
}

std::vector<std::string> JsonReader::Strings(std::string_view key) {
  std::vector<std::string> result;
  const Json* value = Take(key, false);
  if (value == nullptr) return result;
  if (!value->is_array()) {
    Fail(key, "BAD_TYPE", "must be an array of strings");
    return result;
  }
  for (size_t i = 0; i < value->size(); ++i) {
    if ((*value)[i].is_string()) {
      result.push_back((*value)[i].get<std::string>());
    } else {
      Fail(absl::StrCat(Sv(key), "[", i, "]"), "BAD_TYPE", "must be a string");
    }
  }
  return result;
}

std::map<std::string, std::string> JsonReader::StringMap(std::string_view key) {
  std::map<std::string, std::string> result;
  const Json* value = Take(key, false);
  if (value == nullptr) return result;
  if (!value->is_object()) {
    Fail(key, "BAD_TYPE", "must be an object of strings");
    return result;
  }
  for (const auto& [name, item] : value->items()) {
    if (item.is_string()) {
      result[name] = item.get<std::string>();
    } else {
      Fail(absl::StrCat(Sv(key), ".", name), "BAD_TYPE", "must be a string");
    }
  }
  return result;
}

JsonReader JsonReader::Object(std::string_view key) {
  const Json* value = Take(key, true);
  if (value != nullptr && !value->is_object()) {
    Fail(key, "BAD_TYPE", "must be an object");
    value = nullptr;
  }
  return JsonReader(document_, value, Path(key));
}

std::vector<JsonReader> JsonReader::Objects(std::string_view key) {
  std::vector<JsonReader> result;
  const Json* value = Take(key, false);
  if (value == nullptr) return result;
  if (!value->is_array()) {
    Fail(key, "BAD_TYPE", "must be an array of objects");
    return result;
  }
  for (size_t i = 0; i < value->size(); ++i) {
    const std::string name = absl::StrCat(Sv(key), "[", i, "]");
    if ((*value)[i].is_object()) {
      result.push_back(JsonReader(document_, &(*value)[i], Path(name)));
    } else {
      Fail(name, "BAD_TYPE", "must be an object");
    }
  }
  return result;
}

std::map<std::string, JsonReader> JsonReader::ObjectMap(std::string_view key) {
  std::map<std::string, JsonReader> result;
  const Json* value = Take(key, false);
  if (value == nullptr) return result;
  if (!value->is_object()) {
    Fail(key, "BAD_TYPE", "must be an object of objects");
    return result;
  }
  for (const auto& [name, item] : value->items()) {
    const std::string path = absl::StrCat(Sv(key), ".", name);
    if (item.is_object()) {
      result.emplace(name, JsonReader(document_, &item, Path(path)));
    } else {
      Fail(path, "BAD_TYPE", "must be an object");
    }
  }
  return result;
}

std::string JsonReader::Secret(std::string_view key) {
  const std::string file_key = absl::StrCat(Sv(key), "_file");
  if (node_ != nullptr && !Has(file_key) && !Has(absl::StrCat(Sv(key), "_env"))) {
    Fail(file_key, "REQUIRED", "is missing");
    return "";
  }
  std::string secret = OptionalSecret(key);
  return secret;
}

std::string JsonReader::OptionalSecret(std::string_view key) {
  const std::string file_key = absl::StrCat(Sv(key), "_file");
  const std::string env_key = absl::StrCat(Sv(key), "_env");
  std::string secret;
  if (Has(file_key)) {
    const auto content = ReadFile(String(file_key), kMaxSecretBytes);
    if (!content.ok()) {
      Fail(file_key, "NOT_READABLE", "the file cannot be read or is too large");
      return "";
    }
    const size_t end = content->find_last_not_of(" \t\r\n");
    secret = end == std::string::npos ? "" : content->substr(0, end + 1);
    if (secret.empty()) Fail(file_key, "REQUIRED", "the file is empty");
  } else if (Has(env_key)) {
    const char* value = std::getenv(String(env_key).c_str());
    if (value == nullptr || *value == '\0') Fail(env_key, "REQUIRED", "the environment variable is not set");
    secret = value == nullptr ? "" : value;
  }
  return secret;
}

absl::Status JsonReader::Finish() {
  auto errors = document_->errors;
  for (const auto& [node, seen] : document_->taken) {
    for (const auto& [key, value] : node->items()) {
      if (seen.second.contains(key)) continue;
      errors.push_back({seen.first.empty() ? key : seen.first + "." + key, "UNKNOWN_KEY", "is not a known key"});
    }
  }
  if (errors.empty()) return absl::OkStatus();
  return BadConfig(std::move(errors));
}

}  // namespace hotline::base
