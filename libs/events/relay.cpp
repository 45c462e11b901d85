#include "libs/events/relay.h"

#include <absl/time/clock.h>

#include <mutex>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/log.h"
#include "libs/postgres/lease.h"

namespace hotline::events {
namespace {

namespace log = base::log;
using postgres::Outbox;
using postgres::OutboxSignal;

constexpr std::string_view kLeaseName = "outbox";
// The mark of what is published serves the lag metric and the cleaning: it need not be written with every batch.
constexpr absl::Duration kMarkInterval = absl::Seconds(1);

RelayOptions Completed(RelayOptions options) {
  if (options.holder.empty()) options.holder = base::NewId();
  return options;
}

}  // namespace

class Relay::Impl {
 public:
  Impl(postgres::Pool& pool, RelayOptions options)
      : pool_(pool),
        options_(Completed(std::move(options))),
        stream_(StreamOf(options_.source)),
        signal_(pool.options().connection),
        redis_(options_.redis) {}
  ~Impl() { Stop(); }

  void Start() {
    pool_.SetOutboxListener([this] { signal_.Wake(); });
    thread_ = std::thread([this] { Loop(); });
  }

  void Stop() {
    if (!thread_.joinable()) return;
    stop_ = true;
    signal_.Wake();
    redis_.Interrupt();
    thread_.join();
    pool_.SetOutboxListener({});
  }

  RelayStats stats() const {
    const std::lock_guard lock(mutex_);
    return stats_;
  }

 private:
  void Loop() {
    while (!stop_) {
      const absl::Time next = absl::Now() + kRelayPace;
      const absl::Status status = Round();
      Note(status);
      if (!stop_) Sleep(status.ok() ? pause_ : kRelayRetry);
      if (const absl::Duration left = next - absl::Now(); !stop_ && left > absl::ZeroDuration()) absl::SleepFor(std::min(left, kRelayPace));
    }
    if (!leading_) return;
    MarkPublished(/*now=*/true).IgnoreError();  // The successor works it out from the stream.
    if (absl::Status released = postgres::ReleaseLease(pool_, kLeaseName, options_.holder); !released.ok()) {
      log::Warn("outbox lease not released", {{"status", released}});  // It expires.
    }
    signal_.Notify().IgnoreError();  // Only makes the successor faster.
  }

  // Everything there is to do now; pause_ says how long to wait for more.
  absl::Status Round() {
    pause_ = std::min(options_.poll, options_.lease / 3);
    HOTLINE_RETURN_IF_ERROR(KeepLease());
    if (!leading_) return absl::OkStatus();
    bool more = true;
    while (more && !stop_) {
      HOTLINE_RETURN_IF_ERROR(KeepLease());
      if (!leading_) return absl::OkStatus();
      HOTLINE_ASSIGN_OR_RETURN(const postgres::Assigned assigned, Assign());
      // What is numbered can be replayed from here even while Redis is away, so numbering comes first and goes on.
      HOTLINE_RETURN_IF_ERROR(Publish());
      more = assigned.count == kRelayBatch;
      if (assigned.waiting) pause_ = kRelayWaitingPoll;
    }
    HOTLINE_RETURN_IF_ERROR(MarkPublished(/*now=*/false));
    return Clean();
  }

  absl::Status KeepLease() {
    const absl::Time now = absl::Now();
    const bool asked_recently = now - lease_asked_ < options_.lease / 3 && now >= lease_asked_;
    if (asked_recently && (leading_ || !notified_)) return absl::OkStatus();
    notified_ = false;
    lease_asked_ = now;
    const auto lease = postgres::AcquireLease(pool_, kLeaseName, options_.holder, options_.lease);
    if (!lease.ok()) return lease.status();
    SetLeading(lease->held, lease->epoch);
    return absl::OkStatus();
  }

  void SetLeading(bool leading, int64_t epoch) {
    if (leading != leading_) log::Info(leading ? "outbox relay leads" : "outbox relay follows", {{"epoch", epoch}});
    if (!leading || epoch != epoch_) positioned_ = adopted_ = false;
    leading_ = leading;
    epoch_ = epoch;
    const std::lock_guard lock(mutex_);
    stats_.leading = leading;
  }

  absl::StatusOr<postgres::Assigned> Assign() {
    const auto assigned = postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) -> absl::StatusOr<postgres::Assigned> {
      if (!adopted_) {
        HOTLINE_ASSIGN_OR_RETURN(const int64_t count, Outbox::Adopt(tx, kLeaseName, options_.holder, epoch_));
        if (count > 0) log::Warn("the database came from another cluster, its events are numbered first", {{"events", count}});
      }
      return Outbox::Assign(tx, kLeaseName, options_.holder, epoch_, kRelayBatch);
    });
    if (!assigned.ok()) {
      if (base::HasReason(assigned.status(), postgres::kReasonLeaseLost)) SetLeading(false, epoch_);
      return assigned.status();
    }
    adopted_ = true;
    last_sequence_ = assigned->last_sequence;
    const std::lock_guard lock(mutex_);
    stats_.last_sequence = last_sequence_;
    return assigned;
  }

  // Finds out from the stream itself where to go on: Redis may have been restarted empty or from an older state.
  absl::Status Position() {
    HOTLINE_RETURN_IF_ERROR(redis_.Connect());
    HOTLINE_ASSIGN_OR_RETURN(const StreamInfo info, redis_.Info(stream_));
    HOTLINE_ASSIGN_OR_RETURN(const postgres::OutboxState state, Outbox::State(pool_));
    last_sequence_ = state.last_sequence;
    if (info.last_sequence > last_sequence_) {
      // The database was restored from before what Redis has seen. Numbers must not be given twice.
      log::Error("database is older than the stream, numbers are skipped",
                 {{"database", last_sequence_}, {"stream", info.last_sequence}});
      HOTLINE_RETURN_IF_ERROR(postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) -> absl::Status {
        HOTLINE_RETURN_IF_ERROR(postgres::CheckLease(tx, kLeaseName, options_.holder, epoch_));
        return Outbox::SkipTo(tx, info.last_sequence);
      }));
      last_sequence_ = info.last_sequence;
    }
    published_ = std::max(info.last_sequence, last_sequence_ - options_.stream_max_length);
    seen_published_ = std::max(seen_published_, state.published_sequence);
    if (published_ < seen_published_) {
      log::Warn("Redis has lost events, publishing again", {{"from", published_ + 1}, {"to", seen_published_}});
    }
    positioned_ = true;
    return absl::OkStatus();
  }

  absl::Status Publish() {
    if (idle_) {
      // A wiped Redis keeps its connections: look at the stream once per quiet poll.
      idle_ = false;
      positioned_ = false;
    }
    absl::Status status = PublishRest();
    if (!status.ok()) positioned_ = false;
    const std::lock_guard lock(mutex_);
    stats_.redis_connected = redis_.connected();
    return status;
  }

  absl::Status PublishRest() {
    if (!positioned_) HOTLINE_RETURN_IF_ERROR(Position());
    while (published_ < last_sequence_ && !stop_) {
      HOTLINE_ASSIGN_OR_RETURN(const std::vector<Event> events, Outbox::ReadAfter(pool_, published_, kRelayBatch));
      if (events.empty()) {
        published_ = last_sequence_;  // Skipped numbers.
        break;
      }
      std::vector<Redis::Addition> additions;
      additions.reserve(events.size());
      for (const Event& event : events) additions.push_back({event.sequence(), event.SerializeAsString()});
      HOTLINE_RETURN_IF_ERROR(redis_.AddWithSequence(stream_, additions, options_.stream_max_length));
      published_ = events.back().sequence();
      const std::lock_guard lock(mutex_);
      stats_.published += static_cast<int64_t>(events.size());
      for (const Event& event : events) stats_.republished += event.sequence() <= seen_published_ ? 1 : 0;
      seen_published_ = std::max(seen_published_, published_);
    }
    return absl::OkStatus();
  }

  absl::Status MarkPublished(bool now) {
    if (!positioned_ || published_ <= marked_ || (!now && absl::Now() - marked_at_ < kMarkInterval)) return absl::OkStatus();
    marked_at_ = absl::Now();
    HOTLINE_RETURN_IF_ERROR(Outbox::MarkPublished(pool_, published_));
    marked_ = published_;
    return absl::OkStatus();
  }

  absl::Status Clean() {
    if (absl::Now() - cleaned_at_ < kOutboxCleanInterval) return absl::OkStatus();
    HOTLINE_ASSIGN_OR_RETURN(const int64_t deleted, Outbox::DeleteOld(pool_, options_.retention, kOutboxCleanBatch));
    if (deleted < kOutboxCleanBatch) cleaned_at_ = absl::Now();  // Else the next round goes on.
    const std::lock_guard lock(mutex_);
    stats_.deleted += deleted;
    return absl::OkStatus();
  }

  void Note(const absl::Status& status) {
    if (!status.ok() && !stop_) {
      if (!failing_) log::Warn("outbox relay cannot publish", {{"status", status}});
      const std::lock_guard lock(mutex_);
      ++stats_.failures;
    } else if (failing_) {
      log::Info("outbox relay publishes again");
    }
    failing_ = !status.ok();
  }

  void Sleep(absl::Duration pause) {
    const auto woken = signal_.Wait(pause);
    if (!woken.ok()) {
      // No database, hence nothing to relay; commits cannot wake us either.
      if (!stop_) absl::SleepFor(kRelayRetry);
      return;
    }
    idle_ = *woken == OutboxSignal::Woken::kByTime && pause > kRelayWaitingPoll;
    notified_ = *woken == OutboxSignal::Woken::kByNotify;
    if (*woken == OutboxSignal::Woken::kByWake && !leading_ && !stop_) {
      // Our commit, another replica's work. A lost notification costs a poll interval.
      if (absl::Status sent = signal_.Notify(); !sent.ok()) log::Warn("outbox leader not notified", {{"status", sent}});
    }
  }

  postgres::Pool& pool_;
  const RelayOptions options_;
  const std::string stream_;
  OutboxSignal signal_;
  Redis redis_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;

  // Used by the thread alone.
  bool leading_ = false;
  bool notified_ = false;
  bool positioned_ = false;  // published_ agrees with the stream.
  bool adopted_ = false;     // The numbering is of this database cluster.
  bool idle_ = false;
  bool failing_ = false;
  int64_t epoch_ = 0;
  int64_t last_sequence_ = 0;
  int64_t published_ = 0;
  int64_t seen_published_ = 0;  // The highest ever; below it publishing is publishing again.
  int64_t marked_ = 0;
  absl::Time lease_asked_ = absl::InfinitePast();
  absl::Time marked_at_ = absl::InfinitePast();
  absl::Time cleaned_at_ = absl::InfinitePast();
  absl::Duration pause_;

  mutable std::mutex mutex_;
  RelayStats stats_;
};

Relay::Relay(postgres::Pool& pool, RelayOptions options) : impl_(std::make_unique<Impl>(pool, std::move(options))) {}
Relay::~Relay() = default;
void Relay::Start() { impl_->Start(); }
void Relay::Stop() { impl_->Stop(); }
RelayStats Relay::stats() const { return impl_->stats(); }

}  // namespace hotline::events
