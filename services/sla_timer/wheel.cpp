#include "services/sla_timer/wheel.h"

#include <algorithm>
#include <map>
#include <utility>

#include "libs/base/error.h"
#include "libs/base/log.h"
#include "services/sla_timer/events.h"

namespace hotline::sla_timer {

Wheel::Wheel(Store& store, Rules& rules, const base::Clock& clock, runtime::Metrics& metrics)
    : store_(store), rules_(rules), clock_(clock), metrics_(metrics) {}

Wheel::~Wheel() { Stop(); }

void Wheel::Start() {
  fire_thread_ = std::thread([this] { FireLoop(); });
  follow_thread_ = std::thread([this] { FollowLoop(); });
}

void Wheel::Stop() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  fire_woken_.notify_all();
  follow_woken_.notify_all();
  for (std::thread* thread : {&fire_thread_, &follow_thread_}) {
    if (thread->joinable()) thread->join();
  }
}

bool Wheel::stopped() {
  std::lock_guard lock(mutex_);
  return stop_;
}

void Wheel::Expect(absl::Time time) {
  std::lock_guard lock(mutex_);
  if (near_.size() >= static_cast<size_t>(kMaxNear)) return;  // The next look finds it.
  near_.insert(time);
  if (time < next_look_) fire_woken_.notify_all();
}

void Wheel::Wake() {
  {
    std::lock_guard lock(mutex_);
    wake_ = true;
  }
  follow_woken_.notify_all();
}

absl::Status Wheel::Turn() {
  for (;;) {
    const absl::Time now = Micros(clock_.Now());
    const Rules::Now rules = rules_.Get();
    const auto decide = [&](const Clock& clock) -> absl::StatusOr<std::vector<Change>> {
      HOTLINE_RETURN_IF_ERROR(rules_.Prepare({clock}));
      const Policy* policy = rules.world.policy_of(clock.policy_id, clock.policy_version);
      return Fire(clock, *policy, *rules.world.calendar, now);
    };
    HOTLINE_ASSIGN_OR_RETURN(const Fired fired, store_.FireDue(now, kFireBatch, decide));
    auto& delays = metrics_.Histogram("hotline_sla_timer_fire_delay_seconds", "How late a warning, limit or rung was told");
    const absl::Time told = clock_.Now();
    for (const absl::Time due : fired.due) delays.Observe(absl::ToDoubleSeconds(told - due));
    Count(fired.changes);
    if (fired.due.size() < static_cast<size_t>(kFireBatch) || stopped()) return absl::OkStatus();
  }
}

absl::Status Wheel::Follow() {
  HOTLINE_RETURN_IF_ERROR(rules_.Load());
  // A group is walked once; what another replica had in hand and gave up is found by looking again, after a pause: it may hold it
  // for kTakeover.
  for (bool again = false;; again = true) {
    HOTLINE_ASSIGN_OR_RETURN(const std::vector<StaleGroup> groups, store_.StaleGroups(rules_.calendar_version()));
    if (groups.empty() || stopped()) return absl::OkStatus();
    if (again) {
      std::unique_lock lock(mutex_);
      follow_woken_.wait_for(lock, absl::ToChronoMilliseconds(kFollowPace), [this] { return stop_; });
    }
    for (const StaleGroup& group : groups) HOTLINE_RETURN_IF_ERROR(RecomputeGroup(group));
  }
}

absl::Status Wheel::RecomputeGroup(const StaleGroup& group) {
  absl::Status statuses[kRecomputeThreads];
  std::vector<std::thread> threads;
  for (int i = 1; i < kRecomputeThreads; ++i) threads.emplace_back([&, i] { statuses[i] = Walk(group); });
  statuses[0] = Walk(group);
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& status : statuses) HOTLINE_RETURN_IF_ERROR(status);
  return absl::OkStatus();
}

absl::Status Wheel::Walk(const StaleGroup& group) {
  const Rules::Now rules = rules_.Get();
  const Policy* target = nullptr;
  if (group.target != 0) {
    HOTLINE_ASSIGN_OR_RETURN(target, rules_.Version(group.policy_id, group.target));
  }
  auto& recomputed = metrics_.Counter("hotline_sla_timer_recomputed_total", "Open clocks computed anew after the rules changed");
  StaleCursor cursor;
  while (!stopped()) {
    const absl::Time now = Micros(clock_.Now());
    const auto decide = [&](const Clock& clock) -> absl::StatusOr<Change> {
      HOTLINE_RETURN_IF_ERROR(rules_.Prepare({clock}));
      return Recompute(clock, target, rules.world, now);
    };
    HOTLINE_ASSIGN_OR_RETURN(const int count,
                             store_.Recompute(group, rules.world.calendar_version, kRecomputeBatch, now, cursor, decide));
    recomputed.Increment(count);
    if (count == 0) return absl::OkStatus();
  }
  return absl::OkStatus();
}

void Wheel::Count(const std::vector<Change>& changes) {
  static constexpr const char* kNames[] = {"started", "reopened", "warned", "overdue", "stopped", "moved", "updated", "escalated"};
  std::map<std::pair<ChangeKind, std::string>, int> counts;
  for (const Change& change : changes) ++counts[{change.kind, change.clock.step}];
  for (const auto& [what, count] : counts) {
    metrics_
        .Counter("hotline_sla_timer_changes_total", "What happened to clocks by itself",
                 {{"change", kNames[static_cast<int>(what.first)]}, {"step", what.second}})
        .Increment(count);
  }
}

void Wheel::FireLoop() {
  while (!stopped()) {
    const absl::Time began = clock_.Now();
    absl::Status status = Turn();
    absl::Time next = began + kRetry;
    if (status.ok()) {
      const absl::StatusOr<absl::Time> soonest = store_.NextFireTime();
      status = soonest.status();
      if (soonest.ok()) next = std::min(*soonest, began + kMaxWait);
    }
    if (!status.ok()) base::log::Warn("clocks cannot be fired now", {{"error", status}});
    std::unique_lock lock(mutex_);
    near_.erase(near_.begin(), near_.upper_bound(began));
    for (;;) {
      if (!near_.empty()) next = std::min(next, *near_.begin());
      next_look_ = std::max(next, began + kFirePace);
      const absl::Duration wait = next_look_ - clock_.Now();
      // A wall clock that stepped back must not put the next look far away.
      if (stop_ || wait <= absl::ZeroDuration() || wait > kMaxWait + kFirePace) break;
      // Rounded up, or the last fraction of a millisecond would be spent spinning.
      fire_woken_.wait_for(lock, absl::ToChronoMilliseconds(wait + absl::Milliseconds(1)));
    }
  }
}

void Wheel::FollowLoop() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    wake_ = false;
    lock.unlock();
    const absl::Status status = Follow();
    if (!status.ok()) base::log::Warn("the rules cannot be followed now", {{"error", status}});
    lock.lock();
    if (!stop_ && !wake_) follow_woken_.wait_for(lock, absl::ToChronoMilliseconds(status.ok() ? kReload : kRetry));
  }
}

}  // namespace hotline::sla_timer
