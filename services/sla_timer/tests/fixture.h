// Shared by this service's tests: the real calendar, the presets, tickets as events describe them.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "libs/calendar/tests/calendar_fixture.h"
#include "services/sla_timer/domain/clock.h"
#include "services/sla_timer/policy_proto.h"

namespace hotline::sla_timer {

inline const calendar::Calendar& China() {
  static const calendar::Calendar china = calendar::China();
  return china;
}

inline absl::Time At(const std::string& local) { return calendar::At(China(), local); }
inline std::string Text(absl::Time t) { return calendar::Text(China(), t); }

inline std::string PresetJson(const std::string& name) {
  std::ifstream file(std::string(HOTLINE_SOURCE_DIR) + "/services/sla_timer/presets/" + name + ".json");
  REQUIRE(file.good());
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline Policy Preset(const std::string& name) {
  auto proto = FromJson(PresetJson(name));
  INFO(name << ": " << proto.status());
  REQUIRE(proto.ok());
  auto policy = FromProto(*proto);
  INFO(policy.status());
  REQUIRE(policy.ok());
  policy->version = 1;
  return *std::move(policy);
}

namespace type {
inline constexpr int kConsultation = 1, kHelp = 2, kComplaint = 3, kReport = 4, kSuggestion = 5, kPraise = 6;
}
namespace urgency {
inline constexpr int kOrdinary = 1, kUrgent = 2, kCritical = 3;
}

namespace state {
inline constexpr int kAccepted = 2, kDispatched = 3, kSigned = 4, kReturnRequested = 5, kReplied = 6, kCallback = 7, kClosed = 8,
                     kAnswerLater = 11, kReportedUp = 12, kCoordination = 13, kArbitration = 14, kApproval = 15, kMerged = 16, kHandedOver = 17;
}

// A ticket whose clocks are kept as a store would: Tell applies a change, Wait lets time pass.
class TicketCase {
 public:
  explicit TicketCase(Policy policy, Classification ticket = {type::kHelp, urgency::kOrdinary, 1, "road.light"})
      : policy_(std::move(policy)), ticket(std::move(ticket)) {}

  // `state` as the ticket's contract numbers it; 0: not known.
  std::vector<Change> Tell(Trigger trigger, const std::string& time, bool ended = false, int state = 0) {
    TicketChange change;
    change.ticket_id = "ticket-1";
    change.trigger = trigger;
    change.ended = ended;
    change.awaits_dispatch = awaits_dispatch;
    change.ticket = ticket;
    change.state = state;
    change.merged = state == state::kMerged;
    change.granted = std::exchange(granted, std::nullopt);
    change.unit_id = unit;
    change.unit_path = unit_path;
    change.time = At(time);
    return Keep(Apply(change, Kept(), World_()));
  }

  std::vector<Change> Wait(const std::string& until) {
    std::vector<Change> all;
    for (Clock& clock : clocks) {
      for (const Change& change : Fire(clock, policy_, China(), At(until))) all.push_back(change);
    }
    return Keep(all);
  }

  // The latest clock of a step.
  const Clock& The(const std::string& step) const {
    auto it = std::find_if(clocks.rbegin(), clocks.rend(), [&](const Clock& c) { return c.step == step; });
    INFO(step);
    REQUIRE(it != clocks.rend());
    return *it;
  }
  bool Has(const std::string& step) const {
    return std::any_of(clocks.begin(), clocks.end(), [&](const Clock& c) { return c.step == step; });
  }
  void Replace(const Change& change) { Keep({change}); }

  World World_() {
    World world;
    world.calendar = &China();
    world.calendar_version = 1;
    world.active = &policy_;
    world.policy_of = [this](const std::string&, int64_t) { return &policy_; };
    world.new_id = [this] { return "clock-" + std::to_string(++ids_); };
    return world;
  }

  Policy policy_;
  Classification ticket;
  std::string unit = "unit-1";
  std::string unit_path;
  std::optional<absl::Time> granted;  // For the next Tell.
  bool awaits_dispatch = false;
  std::vector<Clock> clocks;

 private:
  // As the store gives them: open ones, and the last stopped one of each step.
  std::vector<Clock> Kept() const {
    std::vector<Clock> kept;
    std::set<std::string> stopped;
    for (auto it = clocks.rbegin(); it != clocks.rend(); ++it) {
      if (it->state != ClockState::kStopped || stopped.insert(it->step).second) kept.push_back(*it);
    }
    std::reverse(kept.begin(), kept.end());
    return kept;
  }
  std::vector<Change> Keep(std::vector<Change> changes) {
    for (const Change& change : changes) {
      auto it = std::find_if(clocks.begin(), clocks.end(), [&](const Clock& c) { return c.clock_id == change.clock.clock_id; });
      if (it == clocks.end()) clocks.push_back(change.clock);
      else *it = change.clock;
    }
    return changes;
  }
  int ids_ = 0;
};

inline std::string Told(const std::vector<Change>& changes) {
  static const char* const kNames[] = {"started", "reopened", "warned", "overdue", "stopped", "moved", "updated", "escalated"};
  std::string text;
  for (const Change& change : changes) {
    if (!text.empty()) text += " ";
    text += change.clock.step + ":" + kNames[static_cast<int>(change.kind)];
    if (!change.detail.empty()) text += "(" + change.detail + ")";
  }
  return text;
}

}  // namespace hotline::sla_timer
