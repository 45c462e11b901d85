// Where coroutines run: io threads, a bounded pool for what blocks, timers, background tasks.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>
#include <string>
#include <vector>

#include "libs/base/error.h"
#include "libs/rpc/pending.h"
#include "libs/runtime/metrics.h"

namespace hotline::rpc {
namespace asio = boost::asio;

// The threads on which coroutines run. Each thread has an io_context of its own: all that happens to one call happens on
// one thread, so a call needs neither locks nor a strand. State shared between calls does, unless there is one thread.
class IoThreads {
 public:
  explicit IoThreads(size_t threads) {
    for (size_t i = 0; i < threads; ++i) loops_.push_back(std::make_unique<Loop>());
  }
  ~IoThreads() { Join(); }

  // The executor for the next call or task, in turn. Thread-safe.
  asio::any_io_executor Next() { return loops_[next_++ % loops_.size()]->io.get_executor(); }

  // Waits until every coroutine has ended and every call they made is over.
  void Join() {
    for (auto& loop : loops_) loop->work.reset();
    for (auto& loop : loops_) {
      if (loop->thread.joinable()) loop->thread.join();
    }
  }

 private:
  struct Loop {
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    std::thread thread{[this] { io.run(); }};
  };
  std::vector<std::unique_ptr<Loop>> loops_;
  std::atomic<size_t> next_{0};
};

// For pacing, never for waiting on a condition. Throws operation_aborted when the coroutine is cancelled.
inline asio::awaitable<void> Sleep(absl::Duration time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, absl::ToChronoNanoseconds(time));
  co_await timer.async_wait(asio::use_awaitable);
}

namespace internal {
template <class T>
using AsStatusOr = std::conditional_t<std::is_constructible_v<T, absl::Status>, T, absl::StatusOr<T>>;

// Not a std::variant, which `||` would flatten into its own.
template <class T>
struct Outcome {
  std::optional<T> value;
  std::exception_ptr error;
};

template <class T>
asio::awaitable<Outcome<T>> Catch(asio::awaitable<T> work) {
  Outcome<T> outcome;
  try {
    outcome.value.emplace(co_await std::move(work));
  } catch (...) {
    outcome.error = std::current_exception();
  }
  co_return outcome;
}

// What `f` returns, made a Status (of void) or StatusOr (of a plain value).
template <class F>
auto StatusOrResult(F& f) {
  using R = std::invoke_result_t<F&>;
  if constexpr (std::is_void_v<R>) {
    f();
    return absl::OkStatus();
  } else {
    return AsStatusOr<R>(f());
  }
}

// Says in the log that a background task ended by an exception.
void LogTaskFailure(std::exception_ptr error);
}  // namespace internal

// The result of `work`, as a Status or StatusOr, or DEADLINE_EXCEEDED after `time`, when `work` is cancelled and its end
// awaited. Better than a bare `work || Sleep(time)`, which takes an exception of `work` for a time-out: `||` waits for
// the first branch that does not throw.
template <class T>
asio::awaitable<internal::AsStatusOr<T>> WithTimeout(absl::Duration time, asio::awaitable<T> work) {
  using namespace asio::experimental::awaitable_operators;
  auto first = co_await (internal::Catch(std::move(work)) || Sleep(time));
  if (first.index() == 1) co_return base::DeadlineExceeded("TIMED_OUT", "timed out");
  auto outcome = std::get<0>(std::move(first));
  if (outcome.error) std::rethrow_exception(outcome.error);
  co_return *std::move(outcome.value);
}

// Threads for work that blocks, with a bounded queue and a name for metrics. Thread-safe. Destroying it waits for what runs.
class Pool {
 public:
  // `metrics`, if given, outlives this and shows hotline_pool_pending{pool} and hotline_pool_refused_total{pool}.
  Pool(const std::string& name, size_t threads, size_t queue_limit, runtime::Metrics* metrics = nullptr);
  ~Pool() { threads_.join(); }

  // Runs `f` on the pool and resumes the caller on the caller's executor. The result is that of `f`, as a Status or
  // StatusOr; RESOURCE_EXHAUSTED with reason POOL_FULL if the queue is full. When the caller is cancelled, work that still
  // waits in the queue is dropped, but work that has begun is awaited: it may use what the caller owns.
  template <class F>
  auto Run(F&& f) {
    return RunImpl<std::remove_cvref_t<F>>(std::forward<F>(f));
  }

  // Runs `f`, which must not throw, some time soon; false if the queue is full.
  template <class F>
  bool TryPost(F&& f) {
    if (!Enter()) return false;
    asio::post(threads_, [this, f = std::forward<F>(f)]() mutable {
      f();
      Leave();
    });
    return true;
  }

  // Waits for all work; then nothing more is run.
  void Join() { threads_.join(); }

  // Work queued or running.
  size_t pending() const { return pending_; }
  absl::Status FullError() const;

 private:
  bool Enter();
  void Leave();

  template <class F>
  auto RunImpl(F f) -> asio::awaitable<decltype(internal::StatusOrResult(f))> {
    using R = decltype(internal::StatusOrResult(f));
    if (!Enter()) co_return FullError();
    const auto job = std::make_shared<Job<F, R>>(std::move(f), co_await asio::this_coro::executor);
    asio::post(threads_, [this, job] {
      const bool dropped = job->claimed.exchange(true);
      if (!dropped) {
        try {
          job->result.template emplace<1>(internal::StatusOrResult(job->f));
        } catch (...) {
          job->result.template emplace<2>(std::current_exception());
        }
      }
      Leave();
      if (!dropped) asio::post(job->executor, [job] { job->done.Complete(true); });
    });
    co_await job->done.WaitOr([&job] {
      if (job->claimed.exchange(true)) return;
      job->result.template emplace<1>(absl::CancelledError("cancelled while waiting for the pool"));
      asio::post(job->executor, [job] { job->done.Complete(true); });
    });
    if (auto* error = std::get_if<2>(&job->result)) std::rethrow_exception(*error);
    co_return std::get<1>(std::move(job->result));
  }

  template <class F, class R>
  struct Job {
    Job(F f, asio::any_io_executor executor) : f(std::move(f)), executor(std::move(executor)) {}
    F f;
    asio::any_io_executor executor;
    std::atomic<bool> claimed{false};  // by a thread of the pool, or by a cancellation
    std::variant<std::monostate, R, std::exception_ptr> result;
    PendingOp done;
  };

  const std::string name_;
  const size_t limit_;
  prometheus::Gauge* depth_ = nullptr;
  prometheus::Counter* refused_ = nullptr;
  std::atomic<size_t> pending_{0};
  asio::thread_pool threads_;
};

// Coroutines that no call waits for (consumers, watchers). All run on one executor. Thread-safe.
class Tasks {
 public:
  explicit Tasks(asio::any_io_executor executor) : executor_(std::move(executor)) {}
  ~Tasks() { Stop(); }

  // After Stop the body is destroyed without having run. What it throws is logged, unless it was cancelled.
  void Spawn(asio::awaitable<void> body) {
    std::lock_guard lock(mutex_);
    if (stopped_) return;
    auto task = tasks_.emplace(tasks_.end());
    asio::co_spawn(executor_, std::move(body),
                   asio::bind_cancellation_slot(task->slot(), [this, task](std::exception_ptr error) {
                     std::lock_guard lock(mutex_);
                     if (error && !stopped_) internal::LogTaskFailure(error);
                     tasks_.erase(task);
                     if (tasks_.empty()) idle_.notify_all();
                   }));
  }

  // Cancels all tasks and waits until they have ended. Not to be called on the executor.
  void Stop() {
    std::unique_lock lock(mutex_);
    stopped_ = true;
    if (tasks_.empty()) return;
    asio::post(executor_, [this] {
      std::lock_guard lock(mutex_);
      for (auto& task : tasks_) task.emit(asio::cancellation_type::terminal);
    });
    idle_.wait(lock, [this] { return tasks_.empty(); });
  }

 private:
  const asio::any_io_executor executor_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::list<asio::cancellation_signal> tasks_;
  bool stopped_ = false;
};

}  // namespace hotline::rpc
