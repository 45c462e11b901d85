#include "services/sla_timer/rules.h"

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "services/sla_timer/policy_proto.h"

namespace hotline::sla_timer {

absl::StatusOr<calendar::Calendar> Rules::With(std::vector<calendar::Day> days) const {
  return calendar::Calendar::Create({options_.zone, options_.weekly, options_.make_up, std::move(days)});
}

absl::StatusOr<std::shared_ptr<const Policy>> Rules::Parse(const PolicyRecord& record) {
  HOTLINE_ASSIGN_OR_RETURN(const v1::Policy proto, FromJson(record.json));
  HOTLINE_ASSIGN_OR_RETURN(Policy policy, FromProto(proto));
  policy.version = record.version;
  auto shared = std::make_shared<const Policy>(std::move(policy));
  std::lock_guard lock(mutex_);
  return policies_.try_emplace({record.policy_id, record.version}, shared).first->second;
}

absl::Status Rules::Load() {
  auto snapshot = std::make_shared<Snapshot>();
  HOTLINE_ASSIGN_OR_RETURN(CalendarRecord record, store_.GetCalendar());
  const std::shared_ptr<const Snapshot> before = [this] {
    std::lock_guard lock(mutex_);
    return snapshot_;
  }();
  if (before != nullptr && before->calendar_version == record.version) {
    snapshot->calendar = before->calendar;
  } else {
    HOTLINE_ASSIGN_OR_RETURN(calendar::Calendar calendar, With(std::move(record.days)));
    snapshot->calendar = std::make_shared<const calendar::Calendar>(std::move(calendar));
  }
  snapshot->calendar_version = record.version;
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<PolicyRecord> policies, store_.ListPolicies());
  for (const PolicyRecord& policy : policies) {
    if (policy.policy_id != options_.active_policy) continue;
    HOTLINE_ASSIGN_OR_RETURN(snapshot->active, Parse(policy));
  }
  if (snapshot->active == nullptr) {
    return base::FailedPrecondition("ACTIVE_POLICY_MISSING", "the configured policy is not in the database",
                                    {{"policy_id", options_.active_policy}});
  }
  std::lock_guard lock(mutex_);
  // Two loads may cross; neither the calendar nor the policy goes back.
  if (snapshot_ == nullptr ||
      (snapshot_->calendar_version <= snapshot->calendar_version && snapshot_->active->version <= snapshot->active->version)) {
    snapshot_ = std::move(snapshot);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const Policy>> Rules::PolicyOf(const std::string& policy_id, int64_t version) {
  {
    std::lock_guard lock(mutex_);
    if (auto it = policies_.find({policy_id, version}); it != policies_.end()) return it->second;
  }
  HOTLINE_ASSIGN_OR_RETURN(const PolicyRecord record, store_.GetPolicy(policy_id, version));
  return Parse(record);
}

absl::StatusOr<const Policy*> Rules::Version(const std::string& policy_id, int64_t version) {
  HOTLINE_ASSIGN_OR_RETURN(const std::shared_ptr<const Policy> policy, PolicyOf(policy_id, version));
  return policy.get();  // The cache keeps it for good.
}

absl::Status Rules::Prepare(const std::vector<Clock>& clocks) {
  for (const Clock& clock : clocks) HOTLINE_RETURN_IF_ERROR(PolicyOf(clock.policy_id, clock.policy_version).status());
  return absl::OkStatus();
}

Rules::Now Rules::Get() {
  Now now;
  std::shared_ptr<const Snapshot> snapshot;
  {
    std::lock_guard lock(mutex_);
    snapshot = snapshot_;
  }
  now.world.calendar = snapshot->calendar.get();
  now.world.calendar_version = snapshot->calendar_version;
  now.world.active = snapshot->active.get();
  // Policies stay in the cache for good, so plain pointers into it are good as long as this Rules.
  now.world.policy_of = [this](const std::string& id, int64_t version) -> const Policy* {
    const auto policy = PolicyOf(id, version);
    return policy.ok() ? policy->get() : nullptr;
  };
  now.world.new_id = [] { return base::NewId(); };
  now.keep = std::move(snapshot);
  return now;
}

std::shared_ptr<const calendar::Calendar> Rules::Calendar() const {
  std::lock_guard lock(mutex_);
  return snapshot_->calendar;
}

int64_t Rules::calendar_version() const {
  std::lock_guard lock(mutex_);
  return snapshot_->calendar_version;
}

}  // namespace hotline::sla_timer
