// What can be asked of the figures: the registry of measures and groupings, from which the list for screens, the checks of
// requests and the SQL are made (ANA-1), and the arithmetic from sums to measures. Pure; safe from any thread.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::analytics {

inline constexpr size_t kMaxGroupings = 3;
inline constexpr size_t kMaxMeasures = 100;
inline constexpr absl::Duration kMaxPeriod = absl::Hours(24 * 366 * 5);
// A query by the hour reads every fact of its period; longer ones are for days.
inline constexpr absl::Duration kMaxHourlyPeriod = absl::Hours(24 * 92);

enum class Grouping { kHour, kDay, kChannel, kType, kCategory, kUnit, kArea, kQueue, kAgent };

// The facts that sums are taken over. Each has its own time (in brackets) and its own dimensions.
enum class Source {
  kCalls,      // calls (their INVITE)
  kTickets,    // tickets (their registration)
  kOpen,       // tickets that are open (now, whatever the period)
  kSteps,      // what was done to tickets (when)
  kClocks,     // finished steps with a limit (their end)
  kRatings,    // calls rated by key (when)
  kMessages,   // messages left by callers (their end)
  kAgentTime,  // stretches of agents' states (their end)
};
inline constexpr Source kSources[] = {Source::kCalls, Source::kTickets, Source::kOpen,     Source::kSteps,
                                      Source::kClocks, Source::kRatings, Source::kMessages, Source::kAgentTime};

// What is summed. The store knows the SQL of each.
enum class Sum {
  kNone,  // No denominator: the measure is the sum itself.
  kCallsOffered, kCallsRequested, kCallsConnected, kCallsAnsweredInTarget, kCallsAbandoned, kCallsWaitSeconds, kCallsTalked,
  kCallsTalkSeconds, kCallsOutbound, kCallsOutboundConnected,
  kTicketsCreated,
  kTicketsOpen, kTicketsOverdue,
  kTicketsDispatched, kTicketsClosed, kTicketsArchived, kTicketsRefused, kReturnsRequested, kReworks, kCloseHours,
  kCallbacks, kCallbacksReached, kCallbacksSolved, kCallbacksRated, kCallbacksSatisfied,
  kClocksFinished, kClocksOnTime,
  kCallsRated, kCallsRatedSatisfied,
  kMailboxMessages, kComplaintMessages, kEmergencyMessages,
  kTalkingSeconds, kWrapUpSeconds, kReadySeconds, kNotReadySeconds, kBusySeconds, kStaffedSeconds,
};
Source SourceOf(Sum sum);

struct Measure {
  std::string_view name = {};
  std::string_view title = {};     // Chinese
  std::string_view title_en = {};
  std::string_view definition = {};
  Sum numerator = Sum::kNone;
  Sum denominator = Sum::kNone;
  bool ratio = false;         // 0 to 1; otherwise a count, or a mean if there is a denominator
  bool needs_agent = false;   // of those that an agent answered, so that it may be split by agent

  Source source() const { return SourceOf(numerator); }
  // Whether the figure can be split so.
  bool Allows(Grouping grouping) const;
  // Whether its facts belong to units, so that a subtree's share is known.
  bool OfUnits() const;
};

struct GroupingInfo {
  Grouping grouping;
  std::string_view name = {};
  std::string_view title = {};
  std::string_view title_en = {};
  std::string_view definition = {};
};

std::span<const Measure> Measures();
std::span<const GroupingInfo> Groupings();
const Measure* FindMeasure(std::string_view name);
const GroupingInfo* FindGrouping(std::string_view name);

// A request, checked.
struct Query {
  absl::Time from = {};
  absl::Time to = {};
  std::vector<const Measure*> measures = {};
  std::vector<Grouping> groupings = {};
};

// The parts of a request as they came. `units_only`: the answer is for a subtree of units.
struct Asked {
  std::optional<absl::Time> from = {};
  std::optional<absl::Time> to = {};
  std::vector<std::string> measures = {};
  std::vector<std::string> groupings = {};
  bool units_only = false;
};

// INVALID_ARGUMENT naming the field: measures[i], group_by[i], from_time, to_time. Without measures it takes all that fit.
absl::StatusOr<Query> Check(const Asked& asked, absl::Time now, absl::TimeZone zone);

// The start of the day of the city's zone in which `time` lies.
absl::Time DayStart(absl::Time time, absl::TimeZone zone);

// Sums of one group; an absent one is 0.
using Sums = std::map<Sum, double>;

// The measure; nothing if there is nothing to divide by.
std::optional<double> Compute(const Measure& measure, const Sums& sums);
// The same by name, -1 if there is nothing to divide by: for the wallboard. The name is one of the registry.
double ComputeOr(std::string_view name, const Sums& sums, double otherwise);

// How a group's value is told. Hours and days come as Unix seconds of their start and are told in the city's zone:
// "2026-03-01T09:00:00+08:00", "2026-03-01".
std::string GroupValue(Grouping grouping, const std::string& value, absl::TimeZone zone);

}  // namespace hotline::analytics
