#include "services/telephony/loop/timer_heap.h"

#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

extern "C" {
#include <re/re.h>
}

namespace hotline::telephony {
namespace {

constexpr std::size_t kArity = 4;  // a 4-ary heap touches fewer cache lines than a binary one

// The list element inside struct tmr is unused by a heap, so its pointers carry what the heap needs to know of a timer:
// next = position + 1, prev = order of starting (equal times fire in that order), list = the heap it is in.
class TimerHeap {
 public:
  bool empty() const { return slots_.empty(); }
  std::size_t size() const { return slots_.size(); }
  tmr* first() const { return slots_.front(); }

  void Push(tmr* timer) {
    timer->le.list = reinterpret_cast<list*>(this);
    timer->le.prev = reinterpret_cast<le*>(++sequence_);
    slots_.push_back(timer);
    Up(slots_.size() - 1);
  }

  void Erase(tmr* timer) {
    if (timer->le.list != reinterpret_cast<list*>(this)) {
      std::fputs("telephony: a timer was touched by a thread that does not own it\n", stderr);
      std::abort();
    }
    const std::size_t position = Position(timer);
    timer->le = {};
    tmr* last = slots_.back();
    slots_.pop_back();
    if (last == timer) return;
    Put(position, last);
    Up(position);
    Down(Position(last));
  }

  // Timers started by handlers of the running Poll fire in the next one, or a handler that restarts itself with no delay
  // would keep the loop from its sockets for ever.
  std::uint64_t DueTime(std::uint64_t now, std::uint64_t delay) const {
    const std::uint64_t due = delay > UINT64_MAX - now ? UINT64_MAX : now + delay;
    return due <= polling_until_ ? polling_until_ + 1 : due;
  }

  void Poll(std::uint64_t now) {
    polling_until_ = now;
    while (!empty() && first()->jfs <= now) {
      tmr* timer = first();
      tmr_h* handler = timer->th;
      void* arg = timer->arg;
      Erase(timer);
      timer->th = nullptr;
      handler(arg);
    }
    polling_until_ = 0;
  }

 private:
  static bool Less(const tmr* a, const tmr* b) {
    if (a->jfs != b->jfs) return a->jfs < b->jfs;
    return reinterpret_cast<std::uintptr_t>(a->le.prev) < reinterpret_cast<std::uintptr_t>(b->le.prev);
  }
  static std::size_t Position(const tmr* timer) { return reinterpret_cast<std::uintptr_t>(timer->le.next) - 1; }

  void Put(std::size_t position, tmr* timer) {
    slots_[position] = timer;
    timer->le.next = reinterpret_cast<le*>(position + 1);
  }

  void Up(std::size_t position) {
    tmr* timer = slots_[position];
    while (position > 0) {
      const std::size_t parent = (position - 1) / kArity;
      if (!Less(timer, slots_[parent])) break;
      Put(position, slots_[parent]);
      position = parent;
    }
    Put(position, timer);
  }

  void Down(std::size_t position) {
    tmr* timer = slots_[position];
    for (;;) {
      const std::size_t child = kArity * position + 1;
      if (child >= slots_.size()) break;
      std::size_t least = child;
      for (std::size_t i = child + 1; i < child + kArity && i < slots_.size(); ++i) {
        if (Less(slots_[i], slots_[least])) least = i;
      }
      if (!Less(slots_[least], timer)) break;
      Put(position, slots_[least]);
      position = least;
    }
    Put(position, timer);
  }

  std::vector<tmr*> slots_;
  std::uintptr_t sequence_ = 0;
  std::uint64_t polling_until_ = 0;
};

// A plain pointer, so that libre objects destroyed after this file's thread_locals still find a heap.
thread_local TimerHeap* t_heap = nullptr;

// Threads that run libre without our Loop, media's for one, have nobody to call ReleaseTimers: an empty heap goes with them.
struct ReleaseAtThreadExit {
  ~ReleaseAtThreadExit() {
    if (t_heap != nullptr && t_heap->empty()) ReleaseTimers();
  }
};

TimerHeap& Heap() {
  if (t_heap == nullptr) {
    static thread_local ReleaseAtThreadExit release;
    (void)release;
    t_heap = new TimerHeap;
  }
  return *t_heap;
}

std::uint64_t MonotonicMs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000 + static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
}

}  // namespace

std::size_t RunningTimers() { return t_heap == nullptr ? 0 : t_heap->size(); }

void ReleaseTimers() {
  delete t_heap;
  t_heap = nullptr;
}

}  // namespace hotline::telephony

extern "C" {

uint64_t tmr_jiffies(void) { return hotline::telephony::MonotonicMs(); }

void tmr_init(struct tmr* timer) {
  if (timer != nullptr) *timer = {};
}

void tmr_start(struct tmr* timer, uint64_t delay, tmr_h* handler, void* arg) {
  if (timer == nullptr) return;
  if (timer->th != nullptr) hotline::telephony::Heap().Erase(timer);
  timer->th = handler;
  timer->arg = arg;
  if (handler == nullptr) return;
  auto& heap = hotline::telephony::Heap();
  timer->jfs = heap.DueTime(tmr_jiffies(), delay);
  heap.Push(timer);
}

void tmr_cancel(struct tmr* timer) { tmr_start(timer, 0, nullptr, nullptr); }

// The list parameter is libre's own timer list, which stays empty.
void tmr_poll(struct list*) { hotline::telephony::Heap().Poll(tmr_jiffies()); }

// Zero means "no timer" to libre's loop, which casts the rest to int.
uint64_t tmr_next_timeout(struct list*) {
  auto& heap = hotline::telephony::Heap();
  if (heap.empty()) return 0;
  const uint64_t now = tmr_jiffies();
  const uint64_t due = heap.first()->jfs;
  if (due <= now) return 1;
  return due - now > INT_MAX ? INT_MAX : due - now;
}

uint64_t tmr_get_expire(const struct tmr* timer) {
  if (timer == nullptr || timer->th == nullptr) return 0;
  const uint64_t now = tmr_jiffies();
  return timer->jfs > now ? timer->jfs - now : 0;
}

int tmr_status(struct re_printf* out, void*) { return re_hprintf(out, "timers: %zu\n", hotline::telephony::RunningTimers()); }

void tmr_debug(void) {
  if (hotline::telephony::RunningTimers() > 0) re_fprintf(stderr, "timers left: %zu\n", hotline::telephony::RunningTimers());
}

}  // extern "C"
