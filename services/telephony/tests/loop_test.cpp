#include <catch2/catch.hpp>

#include <poll.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "services/telephony/loop/loop.h"
#include "services/telephony/loop/timer_heap.h"

extern "C" {
#include <re/re.h>
}

using hotline::telephony::Loop;
using hotline::telephony::RunningTimers;

namespace {

// Timers driven by hand, without a loop: the heap of the test's own thread.
struct Recorder {
  std::vector<int> fired;
};
struct Timer {
  tmr timer{};
  Recorder* recorder = nullptr;
  int id = 0;
  static void Fire(void* arg) {
    auto* self = static_cast<Timer*>(arg);
    self->recorder->fired.push_back(self->id);
  }
};

void PollUntilNoneRuns() {
  // As libre's own loop does it, without descriptors.
  while (RunningTimers() > 0) {
    poll(nullptr, 0, static_cast<int>(tmr_next_timeout(nullptr)));
    tmr_poll(nullptr);
  }
}

}  // namespace

TEST_CASE("libre uses our timers, not its list") {
  // tmr_isrunning and tmr_status come from the header and from us; dns_server timers etc. come from inside libre.so. The
  // proof that libre's own calls arrive here is a libre object that starts a timer.
  Loop loop("timers");
  std::size_t before = 0, during = 0, after = 0;
  loop.Run([&] {
    before = RunningTimers();
    // A STUN transaction starts a retransmission timer at once.
    struct stun* stun = nullptr;
    struct stun_ctrans* transaction = nullptr;
    REQUIRE(stun_alloc(&stun, nullptr, nullptr, nullptr) == 0);
    struct udp_sock* socket = nullptr;
    sa local;
    sa_set_str(&local, "127.0.0.1", 0);
    REQUIRE(udp_listen(&socket, &local, nullptr, nullptr) == 0);
    sa peer;
    udp_local_get(socket, &peer);
    REQUIRE(stun_request(&transaction, stun, IPPROTO_UDP, socket, &peer, 0, STUN_METHOD_BINDING, nullptr, 0, false,
                         nullptr, nullptr, 0) == 0);
    during = RunningTimers();
    mem_deref(transaction);
    mem_deref(stun);
    mem_deref(socket);
    after = RunningTimers();
  });
  CHECK(before == 0);
  CHECK(during > 0);
  CHECK(after == 0);
}

TEST_CASE("timers fire by time, equal times in order of starting") {
  Recorder recorder;
  std::vector<Timer> timers(6);
  const int delays[] = {30, 10, 20, 10, 0, 30};
  for (int i = 0; i < 6; ++i) {
    timers[i].recorder = &recorder;
    timers[i].id = i;
  }
  // Equal delays only mean equal times within one millisecond of the clock, so start again if a tick fell between them.
  for (bool same_tick = false; !same_tick;) {
    const auto start = tmr_jiffies();
    for (int i = 0; i < 6; ++i) tmr_start(&timers[i].timer, delays[i], Timer::Fire, &timers[i]);
    same_tick = tmr_jiffies() == start;
  }
  CHECK(RunningTimers() == 6);
  PollUntilNoneRuns();
  CHECK(recorder.fired == std::vector<int>{4, 1, 3, 2, 0, 5});
}

TEST_CASE("a cancelled timer does not fire, and cancelling twice is harmless") {
  Recorder recorder;
  Timer kept{{}, &recorder, 1}, cancelled{{}, &recorder, 2};
  tmr_start(&kept.timer, 2, Timer::Fire, &kept);
  tmr_start(&cancelled.timer, 1, Timer::Fire, &cancelled);
  CHECK(tmr_isrunning(&cancelled.timer));
  tmr_cancel(&cancelled.timer);
  tmr_cancel(&cancelled.timer);
  CHECK_FALSE(tmr_isrunning(&cancelled.timer));
  CHECK(tmr_get_expire(&cancelled.timer) == 0);
  PollUntilNoneRuns();
  CHECK(recorder.fired == std::vector<int>{1});
}

namespace {
struct Restarter {
  tmr timer{};
  int left = 0;
  int fired = 0;
  static void Fire(void* arg) {
    auto* self = static_cast<Restarter*>(arg);
    ++self->fired;
    if (--self->left > 0) tmr_start(&self->timer, 0, Fire, self);
  }
};
struct Canceller {
  tmr timer{};
  tmr* victim = nullptr;
  static void Fire(void* arg) { tmr_cancel(static_cast<Canceller*>(arg)->victim); }
};
}  // namespace

TEST_CASE("a handler may restart its own timer, which fires in the next poll and not in this one") {
  Restarter restarter;
  restarter.left = 3;
  tmr_start(&restarter.timer, 0, Restarter::Fire, &restarter);
  while (tmr_get_expire(&restarter.timer) > 0) std::this_thread::yield();
  tmr_poll(nullptr);
  CHECK(restarter.fired == 1);
  PollUntilNoneRuns();
  CHECK(restarter.fired == 3);
}

TEST_CASE("a handler may cancel another timer that is due in the same poll") {
  Recorder recorder;
  Timer victim{{}, &recorder, 1};
  Canceller canceller;
  canceller.victim = &victim.timer;
  tmr_start(&canceller.timer, 0, Canceller::Fire, &canceller);
  tmr_start(&victim.timer, 0, Timer::Fire, &victim);
  PollUntilNoneRuns();
  CHECK(recorder.fired.empty());
}

TEST_CASE("100,000 timers, a third of them cancelled, a third restarted, fire in order") {
  constexpr int kTimers = 100'000;
  struct Checked {
    tmr timer{};
    std::uint64_t* last = nullptr;
    bool* ordered = nullptr;
    int* count = nullptr;
    static void Fire(void* arg) {
      auto* self = static_cast<Checked*>(arg);
      if (self->timer.jfs < *self->last) *self->ordered = false;
      *self->last = self->timer.jfs;
      ++*self->count;
    }
  };
  std::vector<Checked> timers(kTimers);
  std::mt19937 random(7);
  std::uint64_t last = 0;
  bool ordered = true;
  int count = 0;
  for (auto& t : timers) {
    t = {{}, &last, &ordered, &count};
    tmr_start(&t.timer, random() % 50, Checked::Fire, &t);
  }
  for (int i = 0; i < kTimers; i += 3) tmr_cancel(&timers[i].timer);
  for (int i = 1; i < kTimers; i += 3) tmr_start(&timers[i].timer, random() % 50, Checked::Fire, &timers[i]);
  CHECK(RunningTimers() == kTimers - (kTimers + 2) / 3);
  PollUntilNoneRuns();
  CHECK(ordered);
  CHECK(count == kTimers - (kTimers + 2) / 3);
}

TEST_CASE("each thread has its own timers") {
  Recorder recorder;
  Timer here{{}, &recorder, 1};
  tmr_start(&here.timer, 0, Timer::Fire, &here);
  std::size_t elsewhere = 99;
  std::thread([&] {
    tmr_poll(nullptr);
    elsewhere = RunningTimers();
    hotline::telephony::ReleaseTimers();
  }).join();
  CHECK(elsewhere == 0);
  CHECK(recorder.fired.empty());
  PollUntilNoneRuns();
  CHECK(recorder.fired == std::vector<int>{1});
}

TEST_CASE("commands from many threads run on the loop, each thread's in order") {
  Loop loop("commands");
  constexpr int kThreads = 4, kEach = 5'000;
  std::vector<std::vector<int>> seen(kThreads);
  bool all_on_thread = true;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        while (!loop.Post([&, t, i] {
          seen[t].push_back(i);
          all_on_thread = all_on_thread && loop.OnThread();
        })) {
          std::this_thread::yield();
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(loop.Run([] {}));
  CHECK(all_on_thread);
  for (const auto& numbers : seen) {
    REQUIRE(numbers.size() == kEach);
    CHECK(std::is_sorted(numbers.begin(), numbers.end()));
  }
}

TEST_CASE("the queue is bounded and says so") {
  Loop loop("bounded");
  std::promise<void> open;
  auto gate = open.get_future().share();
  std::promise<void> entered;
  REQUIRE(loop.Post([gate, &entered] {
    entered.set_value();
    gate.wait();
  }));
  entered.get_future().wait();
  std::size_t accepted = 0;
  int ran = 0;
  while (loop.Post([&ran] { ++ran; })) ++accepted;
  CHECK(accepted == Loop::kMaxQueuedCommands);
  CHECK(loop.queued() == Loop::kMaxQueuedCommands);
  open.set_value();
  while (!loop.Run([] {})) std::this_thread::yield();
  CHECK(ran == static_cast<int>(accepted));
}

TEST_CASE("stopping runs what is queued, refuses what comes after, and may be repeated") {
  std::atomic<int> ran = 0;
  {
    Loop loop("stopping");
    for (int i = 0; i < 1'000; ++i) REQUIRE(loop.Post([&ran] { ++ran; }));
    loop.Stop();
    CHECK(ran == 1'000);
    CHECK_FALSE(loop.Post([&ran] { ++ran; }));
    CHECK_FALSE(loop.Run([] {}));
    loop.Stop();
  }
  CHECK(ran == 1'000);
}

TEST_CASE("a timer started by a command fires on the loop") {
  Loop loop("timer");
  struct Once {
    tmr timer{};
    std::promise<bool> fired;
    Loop* loop;
    static void Fire(void* arg) {
      auto* self = static_cast<Once*>(arg);
      self->fired.set_value(self->loop->OnThread());
    }
  } once;
  once.loop = &loop;
  auto fired = once.fired.get_future();
  loop.Run([&] { tmr_start(&once.timer, 5, Once::Fire, &once); });
  REQUIRE(fired.wait_for(std::chrono::seconds(30)) == std::future_status::ready);
  CHECK(fired.get());
}
