// All agents in memory, with their deadlines, the epochs of the queue groups and the numbering of telephony's reports.
//
// Pure: time is given, changes are collected and taken by whoever stores and publishes them. Not thread-safe: one thread.
// Pointers and references it gives out hold until the next call that changes anything.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "services/agent_state/domain/agent.h"
#include "services/agent_state/domain/transitions.h"

namespace hotline::agent_state {

// One agent before and after one command.
struct Change {
  Agent agent;                      // after
  State previous = State::kSignedOut;
  absl::Duration previous_duration; // spent in `previous`; not negative though clocks step
  bool state_changed = false;       // state or reason: worth an event
  std::string forced_by;            // user id, with a forced change
  std::string forced_reason;
  std::string event_id;             // given by whoever publishes, so that a repeated save tells the same event
};

// A reservation's claim to be from the active acd of a group. Telephony has none.
struct Fence {
  std::string queue_group;
  int64_t epoch = 0;
};

struct LegReport {
  struct Entry {
    std::string agent_id;
    Leg leg;
  };
  std::string telephony_id;  // "tel-1@1732233600"
  int64_t number = 0;
  bool snapshot = false;
  std::vector<Entry> legs;
};

class Registry {
 public:
  // Forgets everything and takes over what the store had; confirmations of telephony are awaited from `now`.
  void Load(std::vector<Agent> agents, std::map<std::string, int64_t> epochs, absl::Time now);
  void Clear();

  // Null if unknown.
  const Agent* Find(std::string_view id) const;
  const std::map<std::string, Agent, std::less<>>& agents() const { return agents_; }
  // Agents in each state.
  const std::map<State, int>& counts() const { return counts_; }

  // Creates the agent for SignIn and PutProfile; otherwise AGENT_NOT_FOUND. Errors of Decide.
  absl::StatusOr<Agent> Apply(std::string_view id, const Command& command, absl::Time now);
  // A team lead's Force, kept with who and why.
  absl::StatusOr<Agent> ApplyForce(std::string_view id, const Target& target, const std::string& by, const std::string& reason,
                                   absl::Time now);
  // Refuses with STALE_EPOCH what comes from an acd that is no longer the active one.
  absl::StatusOr<Agent> ApplyReserve(std::string_view id, const Reserve& command, const Fence& fence, absl::Time now);

  // Applies a report once: numbers seen before and reports of a former start of the same instance change nothing.
  // True if it was applied.
  bool ApplyReport(const LegReport& report, absl::Time now);

  // Lets all deadlines up to `now` happen.
  void ApplyTick(absl::Time now);
  absl::Time NextDeadline() const;

  // Everything that changed since the last call, in order.
  std::vector<Change> TakeChanges() { return std::exchange(changes_, {}); }
  std::map<std::string, int64_t> TakeEpochs() { return std::exchange(new_epochs_, {}); }

 private:
  struct Numbering {
    int64_t start = 0;
    int64_t last = 0;
  };
  absl::StatusOr<Agent*> FindOrCreate(std::string_view id);
  absl::Status Advance(Agent& agent, const Command& command, absl::Time now);
  void Schedule(const Agent& before, const Agent& after);

  std::map<std::string, Agent, std::less<>> agents_;
  std::map<State, int> counts_;
  std::set<std::pair<absl::Time, std::string>> deadlines_;
  std::map<std::string, int64_t> epochs_;
  std::map<std::string, int64_t> new_epochs_;
  std::map<std::string, Numbering> numbering_;  // by telephony instance
  std::vector<Change> changes_;
};

}  // namespace hotline::agent_state
