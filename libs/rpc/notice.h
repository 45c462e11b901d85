// "Look again": wakes a coroutine that waits for something to change. Notices given while nobody waits are not lost, many
// are one. Used on one executor, by one waiter at a time.
#pragma once

#include <absl/time/time.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <utility>

namespace hotline::rpc {

class Notice {
 public:
  explicit Notice(boost::asio::any_io_executor executor) : timer_(std::move(executor)) {}

  // The waiter is resumed later, never inside Give.
  void Give() {
    given_ = true;
    timer_.cancel();
  }
  // Returns when a notice was given since the last Wait. Throws operation_aborted when the coroutine is cancelled.
  boost::asio::awaitable<void> Wait() {
    while (!given_) {
      timer_.expires_at(std::chrono::steady_clock::time_point::max());
      co_await Sleep();
    }
    given_ = false;
  }
  // The same, but not for longer than `time`; false if that passed.
  boost::asio::awaitable<bool> WaitFor(absl::Duration time) {
    if (!given_) {
      timer_.expires_after(absl::ToChronoNanoseconds(time));
      co_await Sleep();
    }
    co_return std::exchange(given_, false);
  }

 private:
  boost::asio::awaitable<void> Sleep() {
    boost::system::error_code ignored;  // a cancelled timer is a notice; a cancelled coroutine throws by itself
    co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    const auto state = co_await boost::asio::this_coro::cancellation_state;
    if (state.cancelled() != boost::asio::cancellation_type::none) throw boost::system::system_error(boost::asio::error::operation_aborted);
  }

  boost::asio::steady_timer timer_;
  bool given_ = false;
};

}  // namespace hotline::rpc
