// Whether this process can do its work now. Named checks of its dependencies are run on a thread of their own, one after
// the other, every kHealthInterval; the process serves when every required check passed last time and it is not draining.
// libs/rpc shows the result as grpc.health.v1. Thread-safe.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace hotline::runtime {

class Metrics;

inline constexpr absl::Duration kHealthInterval = absl::Seconds(1);

class Health {
 public:
  // Sets hotline_dependency_up{dependency} in `metrics`, which outlives this.
  explicit Health(Metrics& metrics, absl::Duration interval = kHealthInterval);
  ~Health();
  Health(const Health&) = delete;
  Health& operator=(const Health&) = delete;

  // A check returns within a second or two, e.g. by a deadline of its own: the others wait for it. What it uses outlives
  // Remove or the Health. kOptional is told in metrics and logs but does not stop serving: peers are optional, or two
  // services that need each other would never start.
  enum class Need { kRequired, kOptional };
  void Add(const std::string& name, Need need, std::function<absl::Status()> check);
  // Waits for a running check to end.
  void Remove(const std::string& name);

  // Starts polling; until the first round is over the process does not serve.
  void Start();
  // Ends polling and waits for a running check, so that what the checks use may go. Idempotent.
  void Stop();
  // From now on not serving, whatever the checks say.
  void Drain();

  bool serving() const;
  // What each check said last; UNAVAILABLE before it ran.
  std::map<std::string, absl::Status> Statuses() const;
  // Called at once and at each change, on the polling thread or the caller of Drain; must not block nor call back.
  void OnChange(std::function<void(bool serving)> listener);

 private:
  struct Check {
    Need need;
    std::function<absl::Status()> run;
    absl::Status last = absl::UnavailableError("not checked yet");
  };
  void Loop();
  void RunChecks();
  void Publish(std::unique_lock<std::mutex>& lock);

  Metrics& metrics_;
  const absl::Duration interval_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::mutex running_;  // held while one check runs; taken before mutex_
  std::map<std::string, Check> checks_;
  std::function<void(bool)> listener_;
  bool checked_ = false;
  bool draining_ = false;
  bool stop_ = false;
  bool serving_ = false;
  std::thread thread_;
};

}  // namespace hotline::runtime
