#include "services/sla_timer/wheel.h"

#include <algorithm>
#include <utility>

#include "libs/base/error.h"
#include "libs/base/log.h"
#include "services/sla_timer/events.h"

namespace hotline::sla_timer {

Wheel::Wheel(Store& store, Rules& rules, const base::Clock& clock, runtime::Metrics& metrics)
    : store_(store), rules_(rules), clock_(clock), metrics_(metrics) {}

Wheel::~Wheel() { Stop(); }

void Wheel::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void Wheel::Stop() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  woken_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Wheel::Expect(absl::Time time) {
  {
    std::lock_guard lock(mutex_);
    if (near_.size() >= static_cast<size_t>(kMaxNear)) return;  // The next reload finds it.
    near_.insert(time);
  }
  woken_.notify_all();
}

void Wheel::Wake() {
  {
    std::lock_guard lock(mutex_);
    wake_ = true;
  }
  woken_.notify_all();
}

absl::Status Wheel::Turn() {
  const absl::Time now = Micros(clock_.Now());
  bool reload = false, due = false;
  {
    std::lock_guard lock(mutex_);
    // A wall clock that stepped back must not put the next reload far away.
    reload = std::exchange(wake_, false) || now >= next_reload_ || next_reload_ - now > kReload;
    due = !near_.empty() && *near_.begin() <= now;
  }
  if (reload) HOTLINE_RETURN_IF_ERROR(Reload(now));
  if (!reload && !due) return absl::OkStatus();
  HOTLINE_RETURN_IF_ERROR(FireAllDue(now));
  std::lock_guard lock(mutex_);
  // Forgotten only after they were fired: an error above leaves them for the next round.
  near_.erase(near_.begin(), near_.upper_bound(now));
  return absl::OkStatus();
}

absl::Status Wheel::Reload(absl::Time now) {
  HOTLINE_RETURN_IF_ERROR(rules_.Load());
  HOTLINE_RETURN_IF_ERROR(RecomputeAllStale(now));
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<absl::Time> times, store_.UpcomingTimes(now + kHorizon, kMaxNear));
  std::lock_guard lock(mutex_);
  near_.insert(times.begin(), times.end());
  next_reload_ = now + kReload;
  return absl::OkStatus();
}

absl::Status Wheel::FireAllDue(absl::Time now) {
  for (;;) {
    std::vector<Change> told;
    const Rules::Now rules = rules_.Get();
    const auto decide = [&](const Clock& clock) -> absl::StatusOr<std::vector<Change>> {
      HOTLINE_RETURN_IF_ERROR(rules_.Prepare({clock}));
      const Policy* policy = rules.world.policy_of(clock.policy_id, clock.policy_version);
      return Fire(clock, *policy, *rules.world.calendar, now);
    };
    HOTLINE_ASSIGN_OR_RETURN(const std::vector<Clock> fired, store_.FireDue(now, kFireBatch, decide));
    for (const Clock& clock : fired) {
      HOTLINE_ASSIGN_OR_RETURN(const std::vector<Change> changes, decide(clock));
      for (const Change& change : changes) Count(change);
      if (!changes.empty()) {
        if (const absl::Time next = NextFire(changes.back().clock); next < now + kHorizon) Expect(next);
      }
      metrics_.Histogram("hotline_sla_timer_fire_delay_seconds", "How late a warning or limit was told")
          .Observe(absl::ToDoubleSeconds(now - NextFire(clock)));
    }
    if (fired.size() < static_cast<size_t>(kFireBatch)) return absl::OkStatus();
  }
}

absl::Status Wheel::RecomputeAllStale(absl::Time now) {
  const Rules::Now rules = rules_.Get();
  for (;;) {
    const auto decide = [&](const Clock& clock) -> absl::StatusOr<Change> {
      HOTLINE_RETURN_IF_ERROR(rules_.Prepare({clock}));
      return Recompute(clock, rules.world, now);
    };
    HOTLINE_ASSIGN_OR_RETURN(const int count, store_.RecomputeStale(rules.world.calendar_version, kRecomputeBatch, now, decide));
    if (count < kRecomputeBatch) return absl::OkStatus();
  }
}

void Wheel::Count(const Change& change) {
  static constexpr const char* kNames[] = {"started", "reopened", "warned", "overdue", "stopped", "moved", "updated"};
  metrics_
      .Counter("hotline_sla_timer_changes_total", "What happened to clocks by itself",
               {{"change", kNames[static_cast<int>(change.kind)]}, {"step", change.clock.step}})
      .Increment();
}

void Wheel::Loop() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    lock.unlock();
    const absl::Status status = Turn();
    if (!status.ok()) base::log::Warn("clocks cannot be fired now", {{"error", status}});
    lock.lock();
    absl::Duration wait = kMaxWait;
    if (!status.ok()) wait = kRetry;
    else if (wake_) continue;
    else if (!near_.empty()) wait = std::clamp(*near_.begin() - clock_.Now(), absl::ZeroDuration(), kMaxWait);
    // Rounded up, or the last fraction of a millisecond would be spent spinning.
    if (!stop_) woken_.wait_for(lock, absl::ToChronoMilliseconds(wait + absl::Milliseconds(1)));
  }
}

}  // namespace hotline::sla_timer
