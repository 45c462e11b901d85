#include "services/telephony/media/media_thread.h"

#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <future>

#include "services/telephony/media/errors.h"
#include "services/telephony/media/libre.h"
#include "services/telephony/media/limits.h"

namespace hotline::telephony::media {
namespace {

constexpr uint64_t kTickUs = kFrameMs * 1000;
constexpr uint64_t kLateUs = 5000;
constexpr int kRealtimePriority = 10;
constexpr uint64_t kSlowTicks = 10;  // Slow work of a leg every 200 ms, the legs spread over the ticks between.

uint64_t MonotonicUs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000 + static_cast<uint64_t>(now.tv_nsec) / 1000;
}

void Add(std::atomic<uint64_t>& counter, uint64_t amount) { counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed); }

}  // namespace

void Bridge::Remove(Leg& leg) {
  const size_t index = leg.bridge_index;
  gains.RemoveSwap(index);
  members[index] = members.back();
  members[index]->bridge_index = index;
  members.pop_back();
  frames[index] = frames.back();
  frames.pop_back();
  leg.bridge = nullptr;
}

void Bridge::Prefetch() const {
  for (const Leg* leg : members) leg->PrefetchSelf();
}

void Bridge::Mix() {
  for (size_t i = 0; i < members.size(); ++i) MixFor(gains, i, frames, members[i]->from_bridge());
}

absl::StatusOr<std::unique_ptr<MediaThread>> MediaThread::Start(int index, const Certificate& certificate) {
  std::unique_ptr<MediaThread> media(new MediaThread(index));
  std::promise<absl::Status> ready;
  auto started = ready.get_future();
  media->thread_ = std::thread([self = media.get(), &ready, &certificate] {
    pthread_setname_np(pthread_self(), ("media-" + std::to_string(self->index_)).c_str());
    const absl::Status status = self->SetUp(certificate);
    ready.set_value(status);
    if (status.ok()) self->Run();
    self->TearDown();
  });
  absl::Status status = started.get();
  if (status.ok()) return media;
  media->thread_.join();
  return status;
}

MediaThread::~MediaThread() { Stop(); }

absl::Status MediaThread::SetUp(const Certificate& certificate) {
  // The order matters to libre: the descriptor limit is per thread and fixed once the poll method is set.
  int err = re_thread_init();
  if (err == 0) err = fd_setsize(kMaxDescriptorsPerThread);
  if (err == 0) err = poll_method_set(METHOD_EPOLL);
  if (err != 0) return DtlsSetupError(std::strerror(err));
  auto context = DtlsContext::Make(certificate);
  if (!context.ok()) return context.status();
  dtls_ = *std::move(context);
  command_fd_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  timer_fd_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (command_fd_ < 0 || timer_fd_ < 0) return DtlsSetupError(std::strerror(errno));
  const itimerspec period{{0, kTickUs * 1000}, {0, kTickUs * 1000}};
  due_us_ = MonotonicUs();
  if (::timerfd_settime(timer_fd_, 0, &period, nullptr) != 0) return DtlsSetupError(std::strerror(errno));
  err = fd_listen(command_fd_, FD_READ, [](int, void* arg) { static_cast<MediaThread*>(arg)->DrainCommands(); }, this);
  if (err == 0) err = fd_listen(timer_fd_, FD_READ, [](int, void* arg) { static_cast<MediaThread*>(arg)->OnTimer(); }, this);
  return err == 0 ? absl::OkStatus() : DtlsSetupError(std::strerror(err));
}

void MediaThread::Run() {
  // Audio must not wait for a busy machine. Allowed to root or with RLIMIT_RTPRIO / CAP_SYS_NICE; otherwise the thread
  // runs like any other and the metric `realtime` says so. The kernel's throttling bounds what a runaway could take.
  const sched_param priority{kRealtimePriority};
  counters_.realtime.store(pthread_setschedparam(pthread_self(), SCHED_RR, &priority) == 0, std::memory_order_relaxed);
  re_main(nullptr);
}

void MediaThread::TearDown() {
  DrainCommands();  // What was posted before Stop still happens.
  while (!legs_.empty()) CloseLeg(legs_.back()->id());
  for (auto& [id, visits] : std::exchange(expected_, {})) {
    for (Visit& visit : visits) {
      for (auto& action : visit) action(nullptr);
    }
  }
  departures_.clear();
  bridges_.clear();
  dtls_.reset();
  if (command_fd_ >= 0) {
    fd_close(command_fd_);
    ::close(command_fd_);
  }
  if (timer_fd_ >= 0) {
    fd_close(timer_fd_);
    ::close(timer_fd_);
  }
  re_thread_close();
}

bool MediaThread::PostAlways(Command command) {
  std::lock_guard lock(mutex_);
  if (stopping_) return false;
  commands_.push_back(std::move(command));
  if (commands_.size() == 1) {
    const uint64_t one = 1;
    (void)!::write(command_fd_, &one, sizeof one);  // Cannot fail: the counter would have to reach 2^64.
  }
  return true;
}

bool MediaThread::Post(Command command) {
  {
    std::lock_guard lock(mutex_);
    if (commands_.size() >= kMaxQueuedCommands) {
      counters_.refused_commands.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
  }
  return PostAlways(std::move(command));
}

void MediaThread::Stop() {
  if (!thread_.joinable()) return;
  PostAlways([](MediaThread&) { re_cancel(); });
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void MediaThread::DrainCommands() {
  uint64_t count = 0;
  (void)!::read(command_fd_, &count, sizeof count);  // Only clears the wake-up; the queue itself says what there is.
  std::deque<Command> batch;
  {
    std::lock_guard lock(mutex_);
    batch.swap(commands_);
  }
  for (Command& command : batch) command(*this);
}

uint64_t MediaThread::now_ms() const { return MonotonicUs() / 1000; }

void MediaThread::OnTimer() {
  uint64_t expired = 0;
  if (::read(timer_fd_, &expired, sizeof expired) != sizeof expired) return;
  const uint64_t begin = MonotonicUs();
  due_us_ += expired * kTickUs;
  const uint64_t late = begin > due_us_ ? begin - due_us_ : 0;
  if (expired > 1) Add(counters_.missed_ticks, expired - 1);
  if (late > kLateUs) Add(counters_.late_ticks, 1);
  if (late > counters_.max_late_us.load(std::memory_order_relaxed)) counters_.max_late_us.store(late, std::memory_order_relaxed);
  const uint64_t todo = std::min<uint64_t>(expired, kMaxCatchUpTicks);
  for (uint64_t i = 0; i < todo; ++i) Tick();
  Add(counters_.ticks, expired);
  Add(counters_.busy_us, MonotonicUs() - begin);
  counters_.packets_in.store(packets_.in, std::memory_order_relaxed);
  counters_.packets_out.store(packets_.out, std::memory_order_relaxed);
  counters_.strangers.store(packets_.strangers, std::memory_order_relaxed);
  counters_.send_errors.store(packets_.send_errors, std::memory_order_relaxed);
}

void MediaThread::Tick() {
  const uint64_t now = now_ms();
  ++tick_number_;
  // A leg or bridge is done with before the next is begun: its memory, and the kernel's of its sockets, stay in the cache.
  done_.assign(legs_.size(), false);
  for (auto it = bridges_.begin(); it != bridges_.end();) {
    Bridge& bridge = *it->second;
    if (++it != bridges_.end()) it->second->Prefetch();
    for (Leg* leg : bridge.members) leg->PrefetchPointees();
    for (Leg* leg : bridge.members) {
      leg->PrefetchTails();
      leg->Receive(now, packets_);
      done_[leg->slot] = true;
    }
    bridge.Mix();
    for (Leg* leg : bridge.members) leg->Transmit(packets_);
  }
  for (size_t i = 0; i < legs_.size(); ++i) {
    if (i + 3 < legs_.size() && !done_[i + 3]) legs_[i + 3]->PrefetchSelf();
    if (i + 2 < legs_.size() && !done_[i + 2]) legs_[i + 2]->PrefetchPointees();
    if (i + 1 < legs_.size() && !done_[i + 1]) legs_[i + 1]->PrefetchTails();
    if (done_[i]) continue;
    legs_[i]->Receive(now, packets_);
    legs_[i]->Transmit(packets_);
  }
  for (size_t i = tick_number_ % kSlowTicks; i < legs_.size(); i += kSlowTicks) legs_[i]->Slow(now, packets_);
  if (!departures_.empty()) Depart();
}

bool MediaThread::Install(std::shared_ptr<Leg> leg) {
  if (legs_.size() >= static_cast<size_t>(kMaxLegsPerThread)) return false;
  leg->slot = legs_.size();
  by_id_[leg->id()] = leg.get();
  legs_.push_back(std::move(leg));
  counters_.legs.store(static_cast<int64_t>(legs_.size()), std::memory_order_relaxed);
  return true;
}

std::shared_ptr<Leg> MediaThread::Take(LegId id) {
  auto it = by_id_.find(id);
  if (it == by_id_.end()) return nullptr;
  Leg& leg = *it->second;
  LeaveBridge(leg);
  by_id_.erase(it);
  std::shared_ptr<Leg> taken = std::move(legs_[leg.slot]);
  if (leg.slot + 1 != legs_.size()) {
    legs_[leg.slot] = std::move(legs_.back());
    legs_[leg.slot]->slot = leg.slot;
  }
  legs_.pop_back();
  counters_.legs.store(static_cast<int64_t>(legs_.size()), std::memory_order_relaxed);
  return taken;
}

void MediaThread::CloseLeg(LegId id) {
  if (auto leg = Take(id)) leg->Close(packets_);
}

Leg* MediaThread::FindLeg(LegId id) {
  auto it = by_id_.find(id);
  return it == by_id_.end() ? nullptr : it->second;
}

Bridge* MediaThread::FindBridge(BridgeId id) {
  auto it = bridges_.find(id);
  return it == bridges_.end() ? nullptr : it->second.get();
}

void MediaThread::AddBridge(BridgeId id) {
  auto bridge = std::make_unique<Bridge>();
  bridge->id = id;
  bridges_[id] = std::move(bridge);
  counters_.bridges.store(static_cast<int64_t>(bridges_.size()), std::memory_order_relaxed);
}

void MediaThread::RemoveBridge(BridgeId id) {
  Bridge* bridge = FindBridge(id);
  if (bridge == nullptr) return;
  while (!bridge->members.empty()) bridge->Remove(*bridge->members.back());
  bridges_.erase(id);
  counters_.bridges.store(static_cast<int64_t>(bridges_.size()), std::memory_order_relaxed);
}

void MediaThread::LeaveBridge(Leg& leg) {
  if (leg.bridge != nullptr) leg.bridge->Remove(leg);
}

void MediaThread::WithLeg(LegId id, std::function<void(Leg*)> action) {
  if (auto it = expected_.find(id); it != expected_.end()) {
    it->second.back().push_back(std::move(action));
    return;
  }
  action(FindLeg(id));
}

void MediaThread::ExpectLeg(LegId id) { expected_[id].emplace_back(); }

void MediaThread::SendAway(LegId id, std::function<void(std::shared_ptr<Leg>)> arrive) {
  WithLeg(id, [this, id, arrive = std::move(arrive)](Leg* leg) mutable {
    if (leg == nullptr) arrive(nullptr);
    else StartDeparture(id, std::move(arrive));
  });
}

void MediaThread::StartDeparture(LegId id, std::function<void(std::shared_ptr<Leg>)> arrive) {
  departures_.push_back({id, std::move(arrive)});
  Depart();
}

void MediaThread::Depart() {
  // A browser leg that is still connecting has running timers of libre and waits; connecting ends within its time limit.
  auto waiting = std::exchange(departures_, {});
  for (Departure& departure : waiting) {
    Leg* leg = FindLeg(departure.id);
    if (leg != nullptr && !leg->transport().Movable()) {
      departures_.push_back(std::move(departure));
      continue;
    }
    std::shared_ptr<Leg> taken = Take(departure.id);
    if (taken) taken->transport().Detach();
    departure.arrive(std::move(taken));
  }
}

void MediaThread::Arrive(LegId id, std::shared_ptr<Leg> leg) {
  if (leg != nullptr && leg->transport().Attach() == 0) {
    std::shared_ptr<Leg> kept = leg;
    if (!Install(std::move(leg))) kept->Close(packets_);
  }
  auto it = expected_.find(id);
  if (it == expected_.end()) return;
  Visit visit = std::move(it->second.front());
  it->second.pop_front();
  if (it->second.empty()) expected_.erase(it);
  // The last of these may send the leg on; whatever comes after that belongs to a later visit.
  for (auto& action : visit) action(FindLeg(id));
}

}  // namespace hotline::telephony::media
