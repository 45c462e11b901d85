// The outbox of a service: events written in the transaction of the fact they tell, and taken by the relay of libs/events.
//
// Stores call Outbox::Append or AppendAll and nothing else. The other functions serve the relay, the consumers and EventSource; they hold
// the SQL of libs/events, which has none. Functions only; safe from any thread.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hotline/events/v1/event.pb.h"
#include "libs/postgres/pool.h"
#include "libs/postgres/transaction.h"

namespace hotline::postgres {

// Published rows stay this long, so that consumers can replay.
inline constexpr absl::Duration kOutboxRetention = absl::Hours(24 * 30);
inline constexpr int64_t kOutboxMaxEventBytes = 256 * 1024;

struct Assigned {
  int count = 0;              // Rows that got a sequence now.
  bool waiting = false;       // Rows are there that an older, still open transaction holds back.
  int64_t last_sequence = 0;  // The highest sequence given so far.
};

struct OutboxState {
  int64_t last_sequence = 0;       // The highest sequence given so far.
  int64_t published_sequence = 0;  // All up to here were on the stream once; may lag behind.
};

struct OutboxSubjects {
  std::vector<std::string> subjects;  // each once
  int64_t through = 0;                // events up to here are in it
  bool gap = false;                   // the first ones are deleted already
};

class Outbox {
 public:
  // Writes the event into the outbox of the transaction's schema. `id`, `source`, `type` and `time` must be set, `sequence`
  // must not. Error: INVALID_ARGUMENT; the transaction fails with ALREADY_EXISTS when an event of this id is there.
  static absl::Status Append(Transaction& tx, const hotline::events::v1::Event& event);

  // The same for many, in their order and in one statement. All or none.
  static absl::Status AppendAll(Transaction& tx, const std::vector<hotline::events::v1::Event>& events);

  // Numbers the next rows in the order of their transactions. Only rows whose transaction is older than every open one are
  // taken: a row with a smaller number can no longer appear. Fenced by the lease.
  static absl::StatusOr<Assigned> Assign(Transaction& tx, std::string_view lease, std::string_view holder, int64_t epoch,
                                         int limit);
  // After a restore from a dump of another cluster, whose transaction ids say nothing in this one: numbers all that came with
  // it, and begins anew from there; how many. To be called once by whoever begins to number. Fenced by the lease.
  static absl::StatusOr<int64_t> Adopt(Transaction& tx, std::string_view lease, std::string_view holder, int64_t epoch);
  // Never lets a number be given again that the stream has seen (after a restore older than Redis).
  static absl::Status SkipTo(Transaction& tx, int64_t sequence);
  static absl::StatusOr<OutboxState> State(Pool& pool);
  // Numbered rows after a sequence, by sequence, published or not.
  static absl::StatusOr<std::vector<hotline::events::v1::Event>> ReadAfter(Pool& pool, int64_t sequence, int limit);
  // What the next `limit` numbered events after a sequence are about.
  static absl::StatusOr<OutboxSubjects> SubjectsAfter(Transaction& tx, int64_t sequence, int limit);
  static absl::StatusOr<int64_t> LastSequence(Transaction& tx);
  // Everything up to this sequence is on the stream.
  static absl::Status MarkPublished(Pool& pool, int64_t sequence);
  // Deletes at most `limit` published rows of facts older than the retention; returns how many.
  static absl::StatusOr<int64_t> DeleteOld(Pool& pool, absl::Duration retention, int limit);
  // Age of the oldest row that is not published yet; zero if there is none.
  static absl::StatusOr<absl::Duration> Lag(Pool& pool);
};

// What a durable consumer has applied of each source, in its own database.
class ConsumerOffsets {
 public:
  // 0 when nothing was applied yet.
  static absl::StatusOr<int64_t> Get(Pool& pool, std::string_view consumer, std::string_view source);
  // ABORTED unless the offset was `from`: another replica was faster. Locks the offset until the transaction ends, so call
  // it before the effects.
  static absl::Status Advance(Transaction& tx, std::string_view consumer, std::string_view source, int64_t from, int64_t to);
};

// Waits for "something was committed": by this process (Wake) or by another replica (NOTIFY), or for time to pass.
// NOTIFY is sent after the commit, never inside it: a notifying transaction holds a cluster-wide lock while it commits.
// Wait and Notify belong to one thread; Wake may be called from any.
class OutboxSignal {
 public:
  explicit OutboxSignal(ConnectionOptions options);
  ~OutboxSignal();
  OutboxSignal(const OutboxSignal&) = delete;
  OutboxSignal& operator=(const OutboxSignal&) = delete;

  enum class Woken { kByTime, kByWake, kByNotify };

  void Wake();
  // Connects again by itself.
  absl::StatusOr<Woken> Wait(absl::Duration timeout);
  // Wakes the relays of the other replicas.
  absl::Status Notify();

 private:
  absl::Status Connect();
  ConnectionOptions options_;
  std::string channel_;
  int event_fd_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace hotline::postgres
