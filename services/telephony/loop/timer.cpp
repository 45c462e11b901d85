#include "services/telephony/loop/timer.h"

extern "C" {
#include <re/re.h>
}

namespace hotline::telephony {

struct Timer::Impl {
  tmr timer{};
  std::function<void()> handler;

  static void Fire(void* arg) {
    // Moved out first: the handler may destroy the timer it came from.
    auto handler = std::move(static_cast<Impl*>(arg)->handler);
    handler();
  }
};

Timer::Timer() : impl_(std::make_unique<Impl>()) {}
Timer::~Timer() { tmr_cancel(&impl_->timer); }

void Timer::Start(std::uint64_t delay_ms, std::function<void()> handler) {
  impl_->handler = std::move(handler);
  tmr_start(&impl_->timer, delay_ms, &Impl::Fire, impl_.get());
}

void Timer::Cancel() { tmr_cancel(&impl_->timer); }
bool Timer::running() const { return tmr_isrunning(&impl_->timer); }

}  // namespace hotline::telephony
