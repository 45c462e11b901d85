// A timer on the io thread whose handler is not called any more once it was cancelled, restarted or destroyed. Io thread only.
#pragma once

#include <absl/time/time.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>

namespace hotline::telephony {

class IoTimer {
 public:
  explicit IoTimer(const boost::asio::any_io_executor& executor) : timer_(executor) {}
  ~IoTimer() { Cancel(); }
  IoTimer(const IoTimer&) = delete;
  IoTimer& operator=(const IoTimer&) = delete;

  void Start(absl::Duration delay, std::function<void()> handler) {
    Cancel();
    alive_ = std::make_shared<bool>(true);
    timer_.expires_after(absl::ToChronoNanoseconds(delay));
    timer_.async_wait([alive = alive_, this, handler = std::move(handler)](const boost::system::error_code& error) {
      if (error || !*alive) return;
      alive_.reset();
      handler();  // may destroy the timer
    });
  }
  void Cancel() {
    if (!alive_) return;
    *alive_ = false;
    alive_.reset();
    timer_.cancel();
  }
  bool running() const { return alive_ != nullptr; }

 private:
  boost::asio::steady_timer timer_;
  std::shared_ptr<bool> alive_;
};

}  // namespace hotline::telephony
