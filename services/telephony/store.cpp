#include "services/telephony/store.h"

#include <absl/strings/str_cat.h>
#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

#include "libs/base/error.h"
#include "services/telephony/domain/errors.h"
#include "services/telephony/events.h"

namespace hotline::telephony {

std::string ToJson(const google::protobuf::Message& message) {
  std::string json;
  // Fails only for messages that hold unknown Any types, which ours do not.
  (void)google::protobuf::util::MessageToJsonString(message, &json);
  return json;
}

absl::Status FromJson(const std::string& json, google::protobuf::Message& message) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // of a newer version that was taken back
  if (!google::protobuf::util::JsonStringToMessage(json, &message, options).ok()) return errors::SpoolUnreadable("not the JSON of its kind");
  return absl::OkStatus();
}

std::string RecordingFact(const KeptRecording& kept) {
  return nlohmann::json{{"recording", ToJson(kept.recording)}, {"agent_id", kept.agent_id}, {"path", kept.path}}.dump();
}

absl::StatusOr<KeptRecording> ParseRecordingFact(const std::string& json) {
  const auto root = nlohmann::json::parse(json, nullptr, false);
  KeptRecording kept;
  for (const char* key : {"recording", "agent_id", "path"}) {
    if (!root.is_object() || !root.contains(key) || !root[key].is_string()) return errors::SpoolUnreadable("not a recording");
  }
  HOTLINE_RETURN_IF_ERROR(FromJson(root["recording"].get<std::string>(), kept.recording));
  kept.agent_id = root["agent_id"].get<std::string>();
  kept.path = root["path"].get<std::string>();
  return kept;
}

bool IsMessageLeft(const v1::Recording& recording) {
  return recording.kind() == "message" &&
         (recording.purpose() == "mailbox" || recording.purpose() == "complaint" || recording.purpose() == "emergency");
}

std::string PageKey(const v1::Call& call) {
  return absl::StrCat(absl::ToUnixMicros(FromTimestamp(call.start_time())), " ", call.call_id());
}

}  // namespace hotline::telephony
