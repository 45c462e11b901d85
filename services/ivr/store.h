// What ivr keeps: flows, their versions, answers of polls. Thread-safe, blocking.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::ivr {

struct FlowRow {
  std::string flow_id;
  std::string name;
  std::string definition;  // draft, or of the version asked for
  int version = 0;         // 0: the draft
  int published_version = 0;
  int64_t draft_version = 0;
  std::optional<absl::Time> publish_time;
};

struct PollCountRow {
  std::string question_id;
  std::string answer;
  int64_t count = 0;
};

class Store {
 public:
  virtual ~Store() = default;
  virtual absl::StatusOr<std::vector<FlowRow>> ListFlows() = 0;
  // version 0: the draft. NOT_FOUND FLOW_NOT_FOUND or FLOW_VERSION_NOT_FOUND.
  virtual absl::StatusOr<FlowRow> GetFlow(std::string_view flow_id, int version) = 0;
  // draft_version 0 makes it; ABORTED ETAG_MISMATCH when it is another.
  virtual absl::StatusOr<FlowRow> PutDraft(const FlowRow& flow) = 0;
  // The draft becomes the next version. ABORTED when the draft is no longer that one.
  virtual absl::StatusOr<FlowRow> Publish(std::string_view flow_id, int64_t draft_version, absl::Time now) = 0;
  // All published flows with their current definition, for the cache.
  virtual absl::StatusOr<std::vector<FlowRow>> Published() = 0;

  virtual absl::Status AddPollAnswer(std::string_view poll_id, std::string_view question_id, std::string_view call_id,
                                     std::string_view answer, absl::Time now) = 0;
  virtual absl::StatusOr<std::vector<PollCountRow>> CountPoll(std::string_view poll_id) = 0;
};

}  // namespace hotline::ivr
