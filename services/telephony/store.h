// What telephony keeps in its database. Implementations are thread-safe; all calls block.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

#include "hotline/telephony/v1/telephony.pb.h"
#include "services/telephony/spool/spool.h"

namespace hotline::telephony {

// Kinds of facts and what their JSON holds.
inline constexpr char kFactOffered[] = "offered";      // events.v1.CallOffered
inline constexpr char kFactConnected[] = "connected";  // events.v1.CallConnected
inline constexpr char kFactEnded[] = "ended";          // telephony.v1.Call
inline constexpr char kFactRecording[] = "recording";  // {"recording": telephony.v1.Recording, "agent_id", "path"}

struct KeptRecording {
  v1::Recording recording;
  std::string agent_id;  // who talked; empty for a message
  std::string path;      // relative to the directory of recordings
};
std::string RecordingFact(const KeptRecording& kept);
absl::StatusOr<KeptRecording> ParseRecordingFact(const std::string& json);

// A message to and from the JSON that facts are kept in.
std::string ToJson(const google::protobuf::Message& message);
absl::Status FromJson(const std::string& json, google::protobuf::Message& message);  // SPOOL_UNREADABLE

// Messages that become tickets by themselves (events.v1.MessageLeft).
bool IsMessageLeft(const v1::Recording& recording);

struct CallFilter {
  std::optional<absl::Time> from, to;
  std::string agent_id;  // empty: all
  std::string number;    // empty: all
};

class Store {
 public:
  virtual ~Store() = default;
  // Rows and events of facts in one transaction, in their order; nothing for those that were applied before.
  virtual absl::Status Apply(const std::vector<Fact>& facts) = 0;
  virtual absl::StatusOr<v1::Call> GetCall(const std::string& call_id) = 0;  // CALL_NOT_FOUND
  // Newest first, after the key of the last one of the page before (empty: from the start); without legs.
  virtual absl::StatusOr<std::vector<v1::Call>> ListCalls(const CallFilter& filter, const std::string& after, int limit) = 0;
  // Of a call, or one by its id.
  virtual absl::StatusOr<std::vector<KeptRecording>> ListRecordings(const std::string& call_id, const std::string& recording_id) = 0;
};

// The place of a call in the order of ListCalls.
std::string PageKey(const v1::Call& call);

}  // namespace hotline::telephony
