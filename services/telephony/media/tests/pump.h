// The user's loop of a test: runs what the engine posts, on the test's own thread, until a condition holds.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace hotline::telephony::media::testing {

class Pump {
 public:
  void Post(std::function<void()> task) {
    {
      std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
  }
  // False when the condition does not hold within the cap. The condition is looked at again after every task and 5 ms.
  bool Until(const std::function<bool()>& condition, std::chrono::seconds cap = std::chrono::seconds(60)) {
    const auto end = std::chrono::steady_clock::now() + cap;
    for (;;) {
      if (condition()) return true;
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, std::chrono::milliseconds(5), [this] { return !tasks_.empty(); });
      while (!tasks_.empty()) {
        auto task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
        lock.lock();
      }
      if (std::chrono::steady_clock::now() > end) return condition();
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
};

}  // namespace hotline::telephony::media::testing
