// One agent as agent_state knows it. Plain values: copied freely, not thread-safe, no invariants of their own; Decide() of
// transitions.h keeps them.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::agent_state {

enum class State { kSignedOut, kNotReady, kReady, kReserved, kTalking, kWrapUp };

std::string_view StateName(State state);                       // "READY"
std::optional<State> StateFromName(std::string_view name);

// Reasons of NOT_READY that nobody chooses.
inline constexpr std::string_view kReasonSignedIn = "signed_in";
inline constexpr std::string_view kReasonNoAnswer = "no_answer";
inline constexpr std::string_view kReasonForced = "forced";
inline constexpr std::string_view kReasonLineLost = "line_lost";
inline constexpr std::string_view kReasonOther = "other";

inline constexpr std::string_view kDefaultGroup = "city";

struct Skill {
  std::string name;
  int level = 1;
  friend bool operator==(const Skill&, const Skill&) = default;
};

struct Profile {
  std::vector<Skill> skills;
  std::string queue_group{kDefaultGroup};
  absl::Duration wrap_up;
  std::string display_name;
  std::string employee_number;
  friend bool operator==(const Profile&, const Profile&) = default;
};

// A state with its reason, as something to go to later.
struct Target {
  State state = State::kReady;
  std::string reason;
  friend bool operator==(const Target&, const Target&) = default;
};

struct Agent {
  std::string id;
  State state = State::kSignedOut;
  std::string reason;                              // with NOT_READY
  absl::Time state_time = absl::UnixEpoch();       // since when in this state
  absl::Time idle_since = absl::InfinitePast();    // kept while reserved: a cancelled contact does not cost the place
  std::shared_ptr<const Profile> profile;          // null: no profile, gets no calls

  std::string contact_id;                          // RESERVED, TALKING, WRAP_UP
  std::string reservation_id;                      // RESERVED, TALKING
  std::string ended_reservation_id;                // the last one that ended: a late Reserve must not revive it
  bool outbound = false;                           // the reservation is for a call the agent dials
  bool rung = false;                               // telephony has reported a leg for the reservation
  std::optional<Target> next;                      // chosen during the call
  std::optional<Target> resume;                    // where the call found the agent, if not ready

  bool line_up = false;
  std::string line_owner;                          // telephony instance that reported the line last

  absl::Time reservation_deadline = absl::InfiniteFuture();  // RESERVED
  absl::Time wrap_up_end = absl::InfiniteFuture();           // WRAP_UP
  absl::Time line_deadline = absl::InfiniteFuture();         // READY with the line down
  absl::Time confirm_deadline = absl::InfiniteFuture();      // TALKING, as long as telephony has not confirmed it

  int64_t version = 0;
  friend bool operator==(const Agent&, const Agent&) = default;

  absl::Time NextDeadline() const;
  std::string_view QueueGroup() const { return profile ? std::string_view(profile->queue_group) : kDefaultGroup; }
  bool InCall() const { return state == State::kReserved || state == State::kTalking; }
};

}  // namespace hotline::agent_state
