// Policies as the clocks see them: which step of which ticket has which limit (SLA-1 to SLA-6, SLA-11).
// Plain values and pure functions; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>
#include <absl/time/time.h>

#include "libs/calendar/calendar.h"

namespace hotline::sla_timer {

inline constexpr size_t kMaxSteps = 20;
inline constexpr size_t kMaxRules = 100;
inline constexpr size_t kMaxMatches = 100;  // Values in one list of a rule.
inline constexpr size_t kMaxLadder = 10;
inline constexpr size_t kMaxAddressees = 6;
inline constexpr int kMaxAmount = 100'000;
inline constexpr int kMaxExtensions = 10;
inline constexpr int kDefaultWarnPercent = 80;
inline constexpr int kDefaultOutsideMinute = 10 * 60;  // 10:00 (SLA-1)
inline constexpr int kUrgencyOrdinary = 1;             // What an unspecified urgency means.

// What happens to a ticket. Values are those of the contract's Trigger.
enum class Trigger {
  kNone = 0,
  kCreated,
  kDispatched,
  kSigned,
  kReturnRequested,
  kReturnAccepted,
  kReturnRefused,
  kReplied,
  kReviewAccepted,
  kReviewRejected,
  kCallbackReached,
  kCallbackUnreached,
  kReworked,
  kContacted,
  kContactTried,
  kProgressReported,
  kReportedUp,
  kInstructed,
  kHandedOver,
  kHandoverDeclined,
  kHandoverDone,
  kMerged,
  kSplit,
  kReopened,
  kDeferred,
  kCoordinated,
};

enum class LimitKind { kNone = 1, kNatural, kWorking, kSameWorkingDay };
enum class LimitUnit { kNone = 0, kSecond, kMinute, kHour, kDay };

struct Limit {
  LimitKind kind = LimitKind::kNone;
  int amount = 0;
  LimitUnit unit = LimitUnit::kNone;
  bool same_time = false;
  int outside_minute = kDefaultOutsideMinute;
};

// Numbers of types, urgencies and channels are those of the ticket's contract; here they are only compared.
struct Rule {
  std::vector<int> types;
  std::vector<int> urgencies;
  std::vector<int> channels;
  std::vector<std::string> categories;
  Limit limit;
  int warn_percent = kDefaultWarnPercent;
  absl::Duration warn_before;  // Zero: warn_percent counts.
  int max_extensions = 0;
  std::optional<Limit> max_extension;
  bool statutory = false;
  std::string basis;
};

struct Step {
  std::string step;
  std::string name;
  std::string name_en;
  std::vector<Trigger> start;
  std::vector<Trigger> stop;
  std::vector<Trigger> pause;
  std::vector<Trigger> resume;
  std::vector<Trigger> reopen;
  bool window = false;
  std::vector<Rule> rules;
  std::vector<int> states;  // Numbers of the ticket's contract; empty: all.
};

// A measure that an overdue clock leads to (SLA-8).
struct Rung {
  std::string measure;
  std::optional<Limit> after;  // From the limit; absent: at once.
  std::string document;
  std::vector<std::string> addressees;
  std::string name;
  std::string name_en;
};

struct Policy {
  std::string policy_id;
  std::string name;
  std::string name_en;
  std::string description;
  std::vector<Step> steps;
  std::vector<Rung> ladder;
  int64_t version = 0;
};

// What a limit depends on.
struct Classification {
  int type = 0;
  int urgency = 0;
  int channel = 0;
  std::string category_id;
  friend bool operator==(const Classification&, const Classification&) = default;
};

// INVALID_ARGUMENT naming the field ("policy.steps[2].rules[0].limit.amount").
absl::Status Validate(const Policy& policy);

const Step* FindStep(const Policy& policy, std::string_view step);
// The rule that sets the step's limit; null if none fits, which means no limit.
const Rule* FindRule(const Step& step, const Classification& ticket);
bool Contains(const std::vector<Trigger>& triggers, Trigger trigger);

// Whether time left is counted in working time.
bool CountsWorkingTime(const Limit& limit);
// When a limit (not kNone) that begins at `start` ends.
absl::Time DueTime(const Limit& limit, const calendar::Calendar& calendar, absl::Time start);
// When the rung of this index is due on a clock whose limit was `due`, never before the rungs above it; infinite if the ladder
// has no such rung.
absl::Time RungTime(const Policy& policy, size_t rung, const calendar::Calendar& calendar, absl::Time due);

}  // namespace hotline::sla_timer
