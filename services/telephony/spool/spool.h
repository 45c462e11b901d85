// Telephony's facts on disk before they are in the database (docs/decisions/0009-spool.md).
//
// Put returns at once: a writer thread puts each fact into a file of its own (fsync, rename), a worker thread hands the
// facts to the database in the order in which they were put, again and again until it takes them, and removes the file
// then. The database drops what it has seen, by the fact's id, so a crash anywhere between repeats and loses nothing. While
// the disk is full facts stay in memory and are written, or taken by the database, as soon as one of them can.
//
// Beside the facts lie the calls that run now, one file each, from which the next start finishes the records of calls that
// a crash cut short.
//
// Thread-safe. Destroying it writes what waits, if it can.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace hotline::telephony {

// One fact: `kind` says what `json` holds (store.h). `id` is a UUID, the same however often it is applied.
struct Fact {
  std::string id;
  std::string kind;
  std::string json;
};

// The text of a fact's file, and back; SPOOL_UNREADABLE unless it is whole.
std::string WriteFact(const Fact& fact);
absl::StatusOr<Fact> ReadFact(const std::string& text);

class Spool {
 public:
  static constexpr size_t kMaxUnsaved = 20'000;    // facts in memory while the disk is full; beyond it they are lost, counted
  static constexpr size_t kMaxFactBytes = 256 << 10;
  static constexpr int kMaxRefusals = 20;          // a fact that a working database refuses so often is moved aside
  static constexpr absl::Duration kRetryMin = absl::Milliseconds(100);
  static constexpr absl::Duration kRetryMax = absl::Seconds(2);

  // Applies one fact to the database; idempotent by its id. Blocks. UNAVAILABLE and the like are tried again for ever.
  using Apply = std::function<absl::Status(const Fact&)>;

  // Makes the directories and finds what an earlier process left.
  static absl::StatusOr<std::unique_ptr<Spool>> Open(const std::string& directory);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // Starts handing facts over. Once.
  void StartWorker(Apply apply);
  void Stop();

  void Put(const std::string& kind, std::string json);

  // The present record of a running call; the last one counts.
  void SaveOpenCall(const std::string& call_id, std::string json);
  void RemoveOpenCall(const std::string& call_id);
  // Records of calls that an earlier process did not end, for whoever finishes them; they stay until RemoveOpenCall.
  struct OpenCall {
    std::string call_id;
    std::string json;
    absl::Time saved_at;
  };
  std::vector<OpenCall> OpenCalls();

  // Waits until everything put so far is on disk; false if that takes too long.
  bool Flush(absl::Duration patience);

  struct Stats {
    size_t waiting = 0;     // facts not yet in the database
    size_t unsaved = 0;     // of these, not yet on disk
    uint64_t applied = 0;
    uint64_t moved_aside = 0;
    uint64_t lost = 0;
    uint64_t write_failures = 0;
  };
  Stats stats() const;

 private:
  struct Entry {
    std::optional<Fact> fact;  // until it is on disk
    std::string path;          // once it is
    bool applied = false;      // while it is still being written
    int refusals = 0;
  };
  struct Job {
    enum class Kind { kFact, kSaveCall, kRemoveCall } kind;
    uint64_t sequence = 0;
    std::string call_id;
    std::string json;
  };

  explicit Spool(std::string directory) : directory_(std::move(directory)) {}
  absl::Status Load();
  void Write();
  bool Do(const Job& job);
  bool SaveFact(uint64_t sequence);
  void Work();
  absl::StatusOr<Fact> FactOf(uint64_t sequence);
  void Forget(uint64_t sequence);
  void MoveAside(uint64_t sequence);

  const std::string directory_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint64_t, Entry> entries_;
  std::deque<Job> jobs_;
  bool job_running_ = false;
  uint64_t next_ = 1;
  size_t unsaved_ = 0;
  bool stop_ = false;
  Stats stats_;
  Apply apply_;
  std::thread writer_, worker_;
};

}  // namespace hotline::telephony
