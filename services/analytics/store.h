// What analytics keeps: facts written by its consumer, sums read for figures and the wallboard. Thread-safe.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/analytics/domain/figures.h"

namespace hotline::postgres {
class Transaction;
}

namespace hotline::analytics {

inline constexpr size_t kMaxRows = 10'000;
// Figures that take longer are asked for too much at once.
inline constexpr absl::Duration kQueryTimeout = absl::Seconds(20);
// A call that has not ended by then was lost with the telephony that held it.
inline constexpr absl::Duration kLongestCall = absl::Hours(6);

// What an event tells of a call; what it does not tell is unset and stays as it was.
struct CallFact {
  std::string call_id = {};
  std::string direction = {};
  std::string line = {};
  std::string trunk_id = {};
  std::string queue_id = {};
  std::string agent_id = {};
  std::string ticket_id = {};
  std::string outcome = {};
  std::string end_reason = {};
  absl::Time offered = {};
  std::optional<absl::Time> enqueued = {};
  std::optional<absl::Time> connected = {};
  std::optional<absl::Time> ended = {};
  int64_t wait_ms = 0;
  int64_t talk_ms = 0;
};

struct TicketFact {
  std::string ticket_id = {};
  int64_t history_sequence = 0;
  std::string type = {};      // lower case without the enum's prefix, like the next three
  std::string state = {};
  std::string urgency = {};
  std::string channel = {};
  std::string category_id = {};
  std::string area_code = {};
  std::string unit_id = {};
  std::string unit_path = {};
  std::string line = {};
  std::string call_id = {};
  std::string created_by = {};  // empty unless the event tells it
  int32_t rework_count = 0;
  absl::Time created = {};
};

struct StepFact {
  std::string event_id = {};
  std::string ticket_id = {};
  int64_t history_sequence = 0;
  std::string kind = {};
  absl::Time at = {};
  std::string unit_id = {};
  std::string unit_path = {};
  std::string actor_id = {};
  std::optional<bool> accepted = {};
  std::optional<bool> reached = {};
  std::optional<bool> solved = {};
  std::string satisfaction = {};
};

struct ClockFact {
  std::string clock_id = {};
  int64_t version = 0;
  std::string ticket_id = {};
  std::string step = {};
  std::string unit_id = {};
  std::string light = {};
  bool paused = false;
  bool window = false;
  absl::Time started = {};
  std::optional<absl::Time> due = {};
  std::optional<absl::Time> stopped = {};
  std::string stop_reason = {};
  std::optional<bool> on_time = {};
  std::optional<int64_t> elapsed_working_seconds = {};
};

struct RatingFact {
  std::string call_id = {};
  std::string agent_id = {};
  int32_t score = 0;
  absl::Time at = {};
};

struct MessageFact {
  std::string recording_id = {};
  std::string call_id = {};
  std::string purpose = {};
  int64_t duration_ms = 0;
  absl::Time at = {};
};

struct AgentStateFact {
  std::string event_id = {};
  std::string agent_id = {};
  std::string state = {};  // the one that ended
  int64_t duration_ms = 0;
  absl::Time ended = {};
};

struct UnitFact {
  std::string unit_id = {};
  int64_t sequence = 0;  // of the directory's events
  std::string parent_id = {};
  std::string path = {};
  std::string name = {};
  bool active = false;
  int32_t level = 0;
  std::string area_code = {};
};

struct SumQuery {
  absl::Time from = {};
  absl::Time to = {};
  absl::Time now = {};
  std::set<Sum> sums = {};
  std::vector<Grouping> groupings = {};
  std::optional<std::string> unit_path = {};  // only this subtree; sums of sources without units must not be asked then
};

// Values of the groupings, in their order -> sums. Without groupings there is exactly one group.
using Groups = std::map<std::vector<std::string>, Sums>;

class Store {
 public:
  virtual ~Store() = default;

  // In the consumer's transaction. Each may be told any number of times, in any order between sources.
  virtual absl::Status PutCall(postgres::Transaction& tx, const CallFact& fact) = 0;
  virtual absl::Status PutTicket(postgres::Transaction& tx, const TicketFact& fact) = 0;
  virtual absl::Status AddStep(postgres::Transaction& tx, const StepFact& fact) = 0;
  virtual absl::Status PutClock(postgres::Transaction& tx, const ClockFact& fact) = 0;
  virtual absl::Status PutRating(postgres::Transaction& tx, const RatingFact& fact) = 0;
  virtual absl::Status AddMessage(postgres::Transaction& tx, const MessageFact& fact) = 0;
  virtual absl::Status AddAgentState(postgres::Transaction& tx, const AgentStateFact& fact) = 0;
  virtual absl::Status PutUnit(postgres::Transaction& tx, const UnitFact& fact) = 0;

  // FAILED_PRECONDITION TOO_MANY_ROWS beyond kMaxRows groups.
  virtual absl::StatusOr<Groups> QuerySums(const SumQuery& query) = 0;
  // Calls that run now.
  virtual absl::StatusOr<int64_t> CallsNow(absl::Time now) = 0;
  // Grows whenever any replica has applied an event.
  virtual absl::StatusOr<int64_t> Revision() = 0;
  // Path of a unit; nothing if it is not known.
  virtual absl::StatusOr<std::optional<std::string>> UnitPath(const std::string& unit_id) = 0;
  // Shows the BI views in the schema `bi`, if there is one; whether there is.
  virtual absl::StatusOr<bool> PublishViews() = 0;
};

}  // namespace hotline::analytics
