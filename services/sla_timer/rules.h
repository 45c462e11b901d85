// What the clocks go by, in memory: the calendar and the policies as last read from the store. Everybody who decides takes
// the present snapshot; it never changes, so a decision is made by one calendar and one version of the policy.
// Thread-safe; the store is not owned and must outlive it. Load blocks.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "services/sla_timer/domain/clock.h"
#include "services/sla_timer/store.h"

namespace hotline::sla_timer {

struct RulesOptions {
  absl::TimeZone zone = absl::UTCTimeZone();
  std::array<std::vector<calendar::Shift>, 7> weekly = calendar::OfficeWeek();
  std::vector<calendar::Shift> make_up = {};
  std::string active_policy = "standard";
};

class Rules {
 public:
  Rules(Store& store, RulesOptions options) : store_(store), options_(std::move(options)) {}

  // Reads the calendar and the latest policies. FAILED_PRECONDITION ACTIVE_POLICY_MISSING if the configured one is not there.
  absl::Status Load();

  // Reads the policies of these clocks unless they are known. Before the domain is asked about a clock: what cannot be read
  // now must not look like a policy that is not there. Any version is read once and kept, because versions never change.
  absl::Status Prepare(const std::vector<Clock>& clocks);

  // One version of a policy; good as long as this Rules.
  absl::StatusOr<const Policy*> Version(const std::string& policy_id, int64_t version);

  // The present snapshot as the domain wants it. What it points to lives as long as the returned value's `keep`.
  struct Now {
    std::shared_ptr<const void> keep;
    World world;
  };
  Now Get();
  std::shared_ptr<const calendar::Calendar> Calendar() const;
  int64_t calendar_version() const;
  // The calendar as it would be with these days in place; INVALID_ARGUMENT if that is none.
  absl::StatusOr<calendar::Calendar> With(std::vector<calendar::Day> days) const;
  const RulesOptions& options() const { return options_; }

 private:
  struct Snapshot {
    std::shared_ptr<const calendar::Calendar> calendar;
    int64_t calendar_version = 0;
    std::shared_ptr<const Policy> active;
  };
  absl::StatusOr<std::shared_ptr<const Policy>> PolicyOf(const std::string& policy_id, int64_t version);
  absl::StatusOr<std::shared_ptr<const Policy>> Parse(const PolicyRecord& record);

  Store& store_;
  const RulesOptions options_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::map<std::pair<std::string, int64_t>, std::shared_ptr<const Policy>> policies_;
};

}  // namespace hotline::sla_timer
