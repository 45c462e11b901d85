// The bridge between a gRPC reaction and a waiting coroutine.
#pragma once

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace hotline::rpc {
namespace asio = boost::asio;

// One kind of operation of one call (its reads, its writes, its end). At most one is under way inside gRPC, and at most
// one coroutine waits for it. Not thread-safe: used only on the executor of its call, to which reactions are posted.
class PendingOp {
 public:
  bool under_way() const { return under_way_; }                // started, and its result not yet taken
  bool in_flight() const { return under_way_ && !result_; }  // started, and not yet complete
  void Start() { under_way_ = true; }

  // Resumes the waiter, if there is one, before it returns; *this may then be gone.
  void Complete(bool ok) {
    result_ = ok;
    if (!waiter_) return;
    Waiter waiter = std::move(*waiter_);
    waiter_.reset();
    waiter(boost::system::error_code());
  }

  // The result of the operation under way. When the coroutine is cancelled, the wait ends with operation_aborted but the
  // operation goes on, and the next Wait gets its result: a time-out on a Read loses no message.
  asio::awaitable<bool> Wait() {
    return WaitOr([this] {
      if (!waiter_) return;
      const auto executor = waiter_->get_executor();
      // A handler must not run inside the emission of a cancellation signal, so it is posted.
      asio::post(executor, [waiter = std::move(*waiter_)]() mutable { waiter(asio::error::operation_aborted); });
      waiter_.reset();
    });
  }

  // As Wait, but a cancellation only runs `on_cancel`, which must make the operation end soon.
  template <class OnCancel>
  asio::awaitable<bool> WaitOr(OnCancel on_cancel) {
    if (!result_) co_await Suspend(std::move(on_cancel));
    under_way_ = false;
    const bool ok = *result_;
    result_.reset();
    co_return ok;
  }

 private:
  using Signature = void(boost::system::error_code);
  using Waiter = asio::async_result<asio::use_awaitable_t<>, Signature>::handler_type;

  template <class OnCancel>
  asio::awaitable<void> Suspend(OnCancel on_cancel) {
    if (waiter_) throw std::logic_error("two coroutines wait for the same operation of a call");
    return asio::async_initiate<const asio::use_awaitable_t<>, Signature>(
        [this](Waiter waiter, OnCancel cancel) {
          auto slot = asio::get_associated_cancellation_slot(waiter);
          waiter_.emplace(std::move(waiter));
          // Asio clears the slot when the waiter is resumed.
          if (slot.is_connected()) {
            slot.assign([cancel = std::move(cancel)](asio::cancellation_type) mutable { cancel(); });
          }
        },
        asio::use_awaitable, std::move(on_cancel));
  }

  bool under_way_ = false;
  std::optional<bool> result_;
  std::optional<Waiter> waiter_;
};

}  // namespace hotline::rpc
