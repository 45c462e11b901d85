#include "libs/events/tail.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "libs/base/error.h"
#include "libs/base/log.h"

namespace hotline::events {

class Tail::Impl {
 public:
  explicit Impl(TailOptions options) : options_(std::move(options)), redis_(options_.redis) {}
  ~Impl() { Stop(); }

  void Start() {
    thread_ = std::thread([this] { Loop(); });
  }

  void Stop() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    stopping_.notify_all();
    redis_.Interrupt();
    thread_.join();
  }

  TailStats stats() const {
    const std::lock_guard lock(mutex_);
    return stats_;
  }

 private:
  void Loop() {
    while (!stop_) {
      absl::Status status = redis_.connected() ? absl::OkStatus() : Position();
      if (status.ok()) status = ReadOnce();
      if (status.ok() || stop_) continue;
      std::unique_lock lock(mutex_);
      if (stats_.connected) base::log::Warn("event tail has lost Redis", {{"status", status}});
      stats_.connected = false;
      stopping_.wait_for(lock, absl::ToChronoNanoseconds(kTailReconnect), [this] { return stop_.load(); });
    }
  }

  // The first time at the end of each stream. Later where we were, if the stream still reaches there: the relay publishes
  // again what Redis has lost, under the same numbers.
  absl::Status Position() {
    HOTLINE_RETURN_IF_ERROR(redis_.Connect());
    std::map<std::string, int64_t> found;
    for (const std::string& source : options_.sources) {
      absl::StatusOr<StreamInfo> info = redis_.Info(StreamOf(source));
      if (!info.ok()) {
        redis_.Close();
        return info.status();
      }
      found[StreamOf(source)] = info->last_sequence;
    }
    const bool first = positions_.empty();
    if (first) positions_ = found;
    if (!first && options_.on_lost) options_.on_lost();
    const std::lock_guard lock(mutex_);
    stats_.connected = true;
    if (!first) ++stats_.reconnects;
    return absl::OkStatus();
  }

  absl::Status ReadOnce() {
    std::vector<Redis::Position> positions;
    for (const auto& [stream, sequence] : positions_) positions.push_back({stream, absl::StrCat(sequence, "-0")});
    HOTLINE_ASSIGN_OR_RETURN(const std::vector<StreamEntry> entries, redis_.Read(positions, kTailBatch, kTailBlock));
    for (const StreamEntry& entry : entries) {
      if (!stop_) Deliver(entry);
    }
    return absl::OkStatus();
  }

  void Deliver(const StreamEntry& entry) {
    int64_t sequence = 0;
    Event event;
    const bool readable = absl::SimpleAtoi(absl::string_view(entry.id).substr(0, entry.id.find('-')), &sequence) &&
                          entry.event && event.ParseFromString(*entry.event);
    int64_t& position = positions_[entry.stream];
    const bool gap = sequence > position + 1;
    position = std::max(position, sequence);
    {
      const std::lock_guard lock(mutex_);
      ++(readable ? stats_.delivered : stats_.unreadable);
    }
    if (gap && options_.on_lost) options_.on_lost();
    if (!readable) return;
    event.set_sequence(sequence);
    options_.on_event(event);
  }

  const TailOptions options_;
  Redis redis_;
  std::thread thread_;
  std::map<std::string, int64_t> positions_;  // By stream; used by the thread alone.

  mutable std::mutex mutex_;
  std::condition_variable stopping_;
  std::atomic<bool> stop_ = false;
  TailStats stats_;
};

Tail::Tail(TailOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Tail::~Tail() = default;
void Tail::Start() { impl_->Start(); }
void Tail::Stop() { impl_->Stop(); }
TailStats Tail::stats() const { return impl_->stats(); }

}  // namespace hotline::events
