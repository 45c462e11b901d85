// One media thread: a libre event loop with one 20 ms timerfd, the legs and bridges placed on it, and the queue of
// commands other threads post. Everything about a leg or bridge happens on its thread, so mixing needs no lock.
// Post is thread-safe; the rest of the public part, but Start and Stop, is for commands, on the thread itself.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include <absl/status/statusor.h>

#include "services/telephony/media/leg.h"
#include "services/telephony/media/mixer.h"
#include "services/telephony/media/web_transport.h"

namespace hotline::telephony::media {

// Counters of one thread since its start; written by it, read by anyone.
struct ThreadCounters {
  std::atomic<uint64_t> ticks{0};
  std::atomic<uint64_t> missed_ticks{0};     // Ticks that came together with a later one: audio was sent in a burst.
  std::atomic<uint64_t> late_ticks{0};       // Begun more than 5 ms after their time.
  std::atomic<uint64_t> max_late_us{0};
  std::atomic<uint64_t> busy_us{0};          // Time spent in ticks.
  std::atomic<uint64_t> packets_in{0};
  std::atomic<uint64_t> packets_out{0};
  std::atomic<uint64_t> strangers{0};
  std::atomic<uint64_t> send_errors{0};
  std::atomic<uint64_t> refused_commands{0};
  std::atomic<bool> realtime{false};         // The thread got its real-time priority.
  std::atomic<int64_t> legs{0};
  std::atomic<int64_t> bridges{0};
};

struct Bridge {
  BridgeId id;
  std::vector<Leg*> members;
  std::vector<const AudioFrame*> frames;  // Of the members, in the same order.
  GainMatrix gains;
  void Remove(Leg& leg);
  void Mix();
  void Prefetch() const;
};

class MediaThread {
 public:
  using Command = std::function<void(MediaThread&)>;

  static absl::StatusOr<std::unique_ptr<MediaThread>> Start(int index, const Certificate& certificate);
  ~MediaThread();
  MediaThread(const MediaThread&) = delete;
  MediaThread& operator=(const MediaThread&) = delete;

  // False when the queue is full or the thread is stopping; the command is not kept then.
  bool Post(Command command);
  // For commands that must not get lost, such as closing a leg: past the limit, but not past Stop.
  bool PostAlways(Command command);
  // Closes all legs and ends the thread.
  void Stop();
  const ThreadCounters& counters() const { return counters_; }
  int index() const { return index_; }

  // On the thread:
  uint64_t now_ms() const;
  DtlsContext& dtls() { return *dtls_; }
  bool Install(std::shared_ptr<Leg> leg);  // False when the thread has its maximum of legs.
  void CloseLeg(LegId id);
  Leg* FindLeg(LegId id);
  Bridge* FindBridge(BridgeId id);
  void AddBridge(BridgeId id);
  void RemoveBridge(BridgeId id);
  void LeaveBridge(Leg& leg);
  // Runs `action` with the leg: at once, or as soon as a leg on its way from another thread is here; with nullptr when
  // there is none.
  void WithLeg(LegId id, std::function<void(Leg*)> action);
  // The two halves of a move. Expect is posted to the target before the source is asked to send the leg away.
  void ExpectLeg(LegId id);
  void SendAway(LegId id, std::function<void(std::shared_ptr<Leg>)> arrive);
  void Arrive(LegId id, std::shared_ptr<Leg> leg);
  PacketCounters& packet_counters() { return packets_; }

 private:
  struct Departure {
    LegId id;
    std::function<void(std::shared_ptr<Leg>)> arrive;
  };

  explicit MediaThread(int index) : index_(index) {}
  absl::Status SetUp(const Certificate& certificate);
  void Run();
  void TearDown();
  void DrainCommands();
  void OnTimer();
  void Tick();
  void StartDeparture(LegId id, std::function<void(std::shared_ptr<Leg>)> arrive);
  void Depart();
  std::shared_ptr<Leg> Take(LegId id);

  const int index_;
  std::thread thread_;
  int command_fd_ = -1;
  int timer_fd_ = -1;
  std::mutex mutex_;
  std::deque<Command> commands_;
  bool stopping_ = false;

  std::unique_ptr<DtlsContext> dtls_;
  std::vector<std::shared_ptr<Leg>> legs_;
  std::vector<bool> done_;  // By slot: had its turn in this tick. Asking the leg itself would wait for its memory.
  std::unordered_map<LegId, Leg*> by_id_;
  std::unordered_map<BridgeId, std::unique_ptr<Bridge>> bridges_;
  // Visits of legs on their way here, oldest first: a leg may be sent on and back before it first arrives. Each holds
  // what is to happen during that visit.
  using Visit = std::vector<std::function<void(Leg*)>>;
  std::unordered_map<LegId, std::deque<Visit>> expected_;
  std::vector<Departure> departures_;  // Legs that leave as soon as they can.
  uint64_t tick_number_ = 0;
  uint64_t due_us_ = 0;
  PacketCounters packets_;
  ThreadCounters counters_;
};

}  // namespace hotline::telephony::media
