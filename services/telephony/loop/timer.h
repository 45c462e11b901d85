// Timer: one timer of the loop it is used on, cancelled when it goes out of scope. Loop thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace hotline::telephony {

class Timer {
 public:
  Timer();
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Calls the handler once after the delay. Starting again replaces time and handler. The handler may restart or destroy
  // this timer.
  void Start(std::uint64_t delay_ms, std::function<void()> handler);
  void Cancel();
  bool running() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hotline::telephony
