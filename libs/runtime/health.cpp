#include "libs/runtime/health.h"

#include <vector>

#include "libs/base/log.h"
#include "libs/runtime/metrics.h"

namespace hotline::runtime {

Health::Health(Metrics& metrics, absl::Duration interval) : metrics_(metrics), interval_(interval) {}

Health::~Health() { Stop(); }

void Health::Stop() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Health::Add(const std::string& name, Need need, std::function<absl::Status()> check) {
  std::lock_guard lock(mutex_);
  checks_[name] = {need, std::move(check)};
}

void Health::Remove(const std::string& name) {
  std::scoped_lock lock(running_, mutex_);
  checks_.erase(name);
}

void Health::Start() {
  std::lock_guard lock(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { Loop(); });
}

void Health::Drain() {
  std::unique_lock lock(mutex_);
  draining_ = true;
  Publish(lock);
}

bool Health::serving() const {
  std::lock_guard lock(mutex_);
  return serving_;
}

std::map<std::string, absl::Status> Health::Statuses() const {
  std::lock_guard lock(mutex_);
  std::map<std::string, absl::Status> statuses;
  for (const auto& [name, check] : checks_) statuses[name] = check.last;
  return statuses;
}

void Health::OnChange(std::function<void(bool)> listener) {
  std::lock_guard lock(mutex_);
  listener_ = std::move(listener);
  if (listener_) listener_(serving_);
}

void Health::Loop() {
  for (;;) {
    RunChecks();
    std::unique_lock lock(mutex_);
    checked_ = true;
    Publish(lock);
    changed_.wait_for(lock, absl::ToChronoMilliseconds(interval_), [this] { return stop_; });
    if (stop_) return;
  }
}

void Health::RunChecks() {
  std::vector<std::string> names;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [name, check] : checks_) names.push_back(name);
  }
  for (const auto& name : names) {
    std::lock_guard running(running_);
    std::function<absl::Status()> run;
    {
      std::lock_guard lock(mutex_);
      if (stop_) return;
      const auto it = checks_.find(name);
      if (it == checks_.end()) continue;
      run = it->second.run;
    }
    const absl::Status status = run();
    metrics_.Gauge("hotline_dependency_up", "1 if the dependency answered its last check", {{"dependency", name}})
        .Set(status.ok() ? 1 : 0);
    std::lock_guard lock(mutex_);
    const auto it = checks_.find(name);
    if (it == checks_.end()) continue;
    if (status.ok() != it->second.last.ok() || (!status.ok() && !checked_)) {
      if (status.ok()) {
        base::log::Info("dependency is up", {{"dependency", name}});
      } else {
        base::log::Warn("dependency is down", {{"dependency", name}, {"error", status}});
      }
    }
    it->second.last = status;
  }
}

// The listener is called under the lock, so that changes reach it in their order.
void Health::Publish(std::unique_lock<std::mutex>&) {
  bool serving = checked_ && !draining_;
  for (const auto& [name, check] : checks_) serving = serving && (check.need == Need::kOptional || check.last.ok());
  if (serving == serving_) return;
  serving_ = serving;
  base::log::Info(serving ? "serving" : "not serving", {{"draining", draining_}});
  if (listener_) listener_(serving);
}

}  // namespace hotline::runtime
