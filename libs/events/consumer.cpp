#include "libs/events/consumer.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "libs/base/error.h"
#include "libs/base/log.h"
#include "libs/postgres/outbox.h"

namespace hotline::events {
namespace {

namespace log = base::log;
using postgres::ConsumerOffsets;

// One entry on its way to the handler.
struct Item {
  int64_t sequence = 0;
  std::string raw;             // As it was on the stream, for the dead letter.
  std::optional<Event> event;  // Absent when unreadable.
};

struct Source {
  std::string name;
  std::string stream;
  bool loaded = false;  // Whether `offset` agrees with the database.
  int64_t offset = 0;
  int attempts = 0;  // Of the event after `offset`, by INTERNAL and UNKNOWN.
  absl::Duration backoff = kConsumerMinBackoff;
  absl::Time retry_at = absl::InfinitePast();
};

enum class Verdict { kRetry, kRetrySometimes, kGiveUp };

Verdict Judge(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled: return Verdict::kRetry;
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown: return Verdict::kRetrySometimes;
    default: return Verdict::kGiveUp;
  }
}

Item ToItem(const StreamEntry& entry) {
  Item item;
  // "<sequence>-0": only the relay may write to the stream.
  if (!absl::SimpleAtoi(absl::string_view(entry.id).substr(0, entry.id.find('-')), &item.sequence)) item.sequence = 0;
  item.raw = entry.event.value_or("");
  Event event;
  if (entry.event && event.ParseFromString(*entry.event)) {
    event.set_sequence(item.sequence);
    item.event = std::move(event);
  }
  return item;
}

}  // namespace

class Consumer::Impl {
 public:
  Impl(postgres::Pool& pool, ConsumerOptions options)
      : pool_(pool), options_(std::move(options)), redis_(options_.redis) {
    for (const std::string& name : options_.sources) {
      Source& source = sources_.emplace_back();
      source.name = name;
      source.stream = StreamOf(name);
    }
  }
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

  ConsumerStats stats() const {
    const std::lock_guard lock(mutex_);
    return stats_;
  }

 private:
  void Loop() {
    while (!stop_) {
      LoadOffsets();
      const bool was_connected = redis_.connected();
      const absl::Status connected = redis_.Connect();
      if (connected.ok() != redis_up_) {
        log::Info(connected.ok() ? "consumer is connected to Redis" : "consumer has lost Redis, replaying from sources",
                  {{"consumer", options_.name}});
        redis_up_ = connected.ok();
        const std::lock_guard lock(mutex_);
        stats_.redis_connected = redis_up_;
      }
      if (!connected.ok()) {
        for (Source& source : sources_) Guard(source, [&] { return CatchUp(source); });
        Wait(kReplayPoll);
      } else {
        if (!was_connected) {
          for (Source& source : sources_) Guard(source, [&] { return Inspect(source); });
        }
        if (const absl::Duration left = applied_at_ + kConsumerPace - absl::Now(); left > absl::ZeroDuration()) Wait(std::min(left, kConsumerPace));
        ReadAndApply();
      }
    }
  }

  // Runs one step of a source unless it is pausing after a failure; a failure pauses it, and it alone.
  template <class Step>
  void Guard(Source& source, Step step) {
    if (stop_ || !source.loaded || absl::Now() < source.retry_at) return;
    const absl::Status status = step();
    if (status.ok()) {
      source.backoff = kConsumerMinBackoff;
      return;
    }
    source.loaded = false;  // A commit whose answer was lost, or another replica, may have moved it.
    Pause(source, status);
  }

  void Pause(Source& source, const absl::Status& status) {
    if (source.backoff == kConsumerMinBackoff && !base::HasReason(status, postgres::kReasonOffsetMoved)) {
      log::Warn("consumer tries again", {{"consumer", options_.name}, {"source", source.name}, {"status", status}});
    }
    source.retry_at = absl::Now() + source.backoff;
    source.backoff = std::min(source.backoff * 2, kConsumerMaxBackoff);
    const std::lock_guard lock(mutex_);
    ++stats_.retries;
  }

  void LoadOffsets() {
    for (Source& source : sources_) {
      if (source.loaded || stop_ || absl::Now() < source.retry_at) continue;
      const absl::StatusOr<int64_t> offset = ConsumerOffsets::Get(pool_, options_.name, source.name);
      if (!offset.ok()) {
        Pause(source, offset.status());
        continue;
      }
      if (*offset != source.offset) source.attempts = 0;
      source.loaded = true;
      SetOffset(source, *offset);
    }
  }

  void SetOffset(Source& source, int64_t offset) {
    source.offset = offset;
    const std::lock_guard lock(mutex_);
    stats_.offsets[source.name] = offset;
  }

  // After connecting: does the stream go on where we are? It may have been wiped or trimmed.
  absl::Status Inspect(Source& source) {
    HOTLINE_ASSIGN_OR_RETURN(const StreamInfo info, redis_.Info(source.stream));
    const bool goes_on = info.last_sequence == source.offset ||
                         (info.first_sequence > 0 && info.first_sequence <= source.offset + 1 && info.last_sequence > source.offset);
    if (goes_on) return absl::OkStatus();
    // While the source is down there is nothing to replay from; a gap, if there is one, is found again when reading.
    if (absl::Status status = CatchUp(source); !status.ok()) {
      log::Warn("consumer cannot replay", {{"consumer", options_.name}, {"source", source.name}, {"status", status}});
      source.loaded = false;
    }
    return absl::OkStatus();
  }

  void ReadAndApply() {
    const absl::Time now = absl::Now();
    absl::Duration block = kConsumerBlock;
    std::vector<Redis::Position> positions;
    for (const Source& source : sources_) {
      if (source.loaded && source.retry_at <= now) {
        positions.push_back({source.stream, absl::StrCat(source.offset, "-0")});
      } else {
        block = std::min(block, std::max(source.retry_at - now, kConsumerMinBackoff));
      }
    }
    if (positions.empty()) return Wait(block);
    const auto entries = redis_.Read(positions, kConsumerBatch, block);
    if (!entries.ok()) {
      if (redis_.connected()) Wait(kConsumerMinBackoff);  // Refused, not broken: do not spin.
      return;
    }
    for (Source& source : sources_) {
      std::vector<Item> items;
      for (const StreamEntry& entry : *entries) {
        if (entry.stream == source.stream) items.push_back(ToItem(entry));
      }
      if (!items.empty()) Guard(source, [&] { return FromStream(source, items); });
    }
  }

  absl::Status FromStream(Source& source, const std::vector<Item>& items) {
    for (auto begin = items.begin(); begin != items.end();) {
      auto end = begin + 1;
      while (end != items.end() && end->sequence == (end - 1)->sequence + 1) ++end;
      if (begin->sequence > source.offset + 1) {
        HOTLINE_RETURN_IF_ERROR(CatchUp(source));
        if (begin->sequence > source.offset + 1) Missed(source, begin->sequence);
      }
      HOTLINE_RETURN_IF_ERROR(Apply(source, std::vector<Item>(begin, end)));
      begin = end;
    }
    return absl::OkStatus();
  }

  // Everything the source has after our offset.
  absl::Status CatchUp(Source& source) {
    while (!stop_ && options_.replay) {
      HOTLINE_ASSIGN_OR_RETURN(const std::vector<Event> events, options_.replay(source.name, source.offset, kReplayBatch));
      std::vector<Item> items;
      for (const Event& event : events) {
        if (event.sequence() <= (items.empty() ? source.offset : items.back().sequence)) {
          return base::Unavailable("EVENT_REPLAY_DISORDER", "the source replays out of order");
        }
        items.push_back({event.sequence(), event.SerializeAsString(), event});
      }
      if (items.empty()) break;
      if (items.front().sequence > source.offset + 1) Missed(source, items.front().sequence);
      const auto count = static_cast<int64_t>(items.size());
      HOTLINE_RETURN_IF_ERROR(Apply(source, std::move(items)));
      const std::lock_guard lock(mutex_);
      stats_.replayed += count;
    }
    return absl::OkStatus();
  }

  // Neither Redis nor the source has them: older than the retention, or numbers that were skipped after a restore.
  void Missed(const Source& source, int64_t next) {
    log::Error("events are gone for good", {{"consumer", options_.name}, {"source", source.name},
                                            {"from", source.offset + 1}, {"to", next - 1}});
    const std::lock_guard lock(mutex_);
    stats_.missed += next - source.offset - 1;
  }

  // Applies what is after the offset. A hole before or in it is known to be unfillable.
  absl::Status Apply(Source& source, std::vector<Item> items) {
    std::erase_if(items, [&](const Item& item) { return item.sequence <= source.offset; });
    if (items.empty()) return absl::OkStatus();
    const bool readable = std::all_of(items.begin(), items.end(), [](const Item& item) { return item.event.has_value(); });
    if (items.size() > 1 && readable) {
      const absl::Status status = RunHandler(source, items);
      if (status.ok()) return absl::OkStatus();
      if (base::HasReason(status, postgres::kReasonOffsetMoved)) return status;
    }
    for (const Item& item : items) {
      if (stop_) return absl::OkStatus();
      HOTLINE_RETURN_IF_ERROR(ApplyOne(source, item));
    }
    return absl::OkStatus();
  }

  absl::Status ApplyOne(Source& source, const Item& item) {
    if (!item.event) return Bury(source, item, base::Error(absl::StatusCode::kInvalidArgument, "EVENT_UNREADABLE", "not an event"));
    const absl::Status status = RunHandler(source, {item});
    if (status.ok()) return status;
    const Verdict verdict = Judge(status);
    if (verdict == Verdict::kGiveUp || (verdict == Verdict::kRetrySometimes && ++source.attempts >= kHandlerAttempts)) {
      return Bury(source, item, status);
    }
    return status;
  }

  // The events and the offset in one transaction.
  absl::Status RunHandler(Source& source, const std::vector<Item>& items) {
    const int64_t last = items.back().sequence;
    const absl::Status status = postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) -> absl::Status {
      HOTLINE_RETURN_IF_ERROR(ConsumerOffsets::Advance(tx, options_.name, source.name, source.offset, last));
      for (const Item& item : items) {
        try {
          HOTLINE_RETURN_IF_ERROR(options_.handler(tx, *item.event));
        } catch (const std::exception& error) {
          log::Error("consumer handler threw", {{"consumer", options_.name}, {"event", item.event->id()}, {"what", error.what()}});
          return base::Internal("EVENT_HANDLER_FAILED", "the handler threw");
        }
      }
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    source.attempts = 0;
    applied_at_ = absl::Now();
    SetOffset(source, last);
    const std::lock_guard lock(mutex_);
    stats_.applied += static_cast<int64_t>(items.size());
    return status;
  }

  // Puts it aside, then moves on. In this order: a crash in between makes a second letter, never a lost one.
  absl::Status Bury(Source& source, const Item& item, const absl::Status& why) {
    HOTLINE_RETURN_IF_ERROR(redis_.Connect());
    HOTLINE_RETURN_IF_ERROR(redis_.Add(DeadLetterStreamOf(options_.name),
                                       {{"source", source.name},
                                        {"sequence", absl::StrCat(item.sequence)},
                                        {"event", item.raw},
                                        {"type", item.event ? item.event->type() : ""},
                                        {"code", std::string(absl::StatusCodeToString(why.code()))},
                                        {"reason", base::Reason(why)},
                                        {"message", std::string(why.message())}},
                                       kDeadLettersMax));
    log::Error("event put aside as a dead letter", {{"consumer", options_.name}, {"source", source.name},
                                                    {"sequence", item.sequence}, {"status", why}});
    HOTLINE_RETURN_IF_ERROR(postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) {
      return ConsumerOffsets::Advance(tx, options_.name, source.name, source.offset, item.sequence);
    }));
    source.attempts = 0;
    SetOffset(source, item.sequence);
    const std::lock_guard lock(mutex_);
    ++stats_.dead_letters;
    return absl::OkStatus();
  }

  void Wait(absl::Duration duration) {
    std::unique_lock lock(mutex_);
    stopping_.wait_for(lock, absl::ToChronoNanoseconds(duration), [this] { return stop_.load(); });
  }

  postgres::Pool& pool_;
  const ConsumerOptions options_;
  Redis redis_;
  std::thread thread_;

  // Used by the thread alone.
  std::vector<Source> sources_;
  bool redis_up_ = false;
  absl::Time applied_at_ = absl::InfinitePast();

  mutable std::mutex mutex_;
  std::condition_variable stopping_;
  std::atomic<bool> stop_ = false;
  ConsumerStats stats_;
};

Consumer::Consumer(postgres::Pool& pool, ConsumerOptions options)
    : impl_(std::make_unique<Impl>(pool, std::move(options))) {}
Consumer::~Consumer() = default;
void Consumer::Start() { impl_->Start(); }
void Consumer::Stop() { impl_->Stop(); }
ConsumerStats Consumer::stats() const { return impl_->stats(); }

}  // namespace hotline::events
