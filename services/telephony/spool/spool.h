// Telephony's facts on disk before they are in the database (docs/decisions/0009-spool.md).
//
// Put returns at once: a writer thread appends all that waits to a file and syncs it, so that a disk which syncs a hundred
// times a second carries thousands of facts; a worker thread hands the facts to the database in the order in which
// they were put, many in one transaction, again and again until it takes them, and removes the file then. The database
// drops what it has seen, by the fact's id, so a crash anywhere between repeats and loses nothing. While the disk is full
// facts stay in memory and are written, or taken by the database, as soon as one of them can.
//
// Beside the facts lie the calls that run now, one file each, from which the next start finishes the records of calls that
// a crash cut short. They are written a little later than told, so that most short calls never have a file.
//
// Thread-safe. Destroying it writes what waits, if it can.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace hotline::telephony {

// One fact: `kind` says what `json` holds (store.h). `id` is a UUID, the same however often it is applied.
struct Fact {
  std::string id;
  std::string kind;
  std::string json;
};

// A fact as it stands in a file, where one follows the other.
std::string WriteFact(const Fact& fact);
// The facts of a file, each at its place; `whole` is false if there is anything else in it.
struct FactsRead {
  std::vector<std::optional<Fact>> facts;  // null for a damaged one
  bool whole = true;
};
FactsRead ReadFacts(std::string_view text);

class Spool {
 public:
  static constexpr size_t kMaxUnsaved = 20'000;    // facts in memory while the disk is full; beyond it they are lost, counted
  static constexpr size_t kMaxFactBytes = 256 << 10;
  static constexpr size_t kMaxCached = 20'000;     // facts kept in memory although they are on disk: they need not be read back
  static constexpr absl::Duration kOpenCallDelay = absl::Seconds(1);
  static constexpr size_t kMaxWriteBytes = 4 << 20; // at once, and one fact more
  static constexpr size_t kMaxFileBytes = 1 << 20;  // then the next file is begun
  static constexpr size_t kReuseBytes = 64 << 10;   // a file of so many bytes, all applied, is emptied
  static constexpr size_t kMaxFactsInTransaction = 256;
  // Between writes, and between transactions, unless there is enough for a whole one: a busy hour's facts go together.
  static constexpr absl::Duration kWritePace = absl::Milliseconds(10);
  static constexpr absl::Duration kTransactionPace = absl::Milliseconds(50);
  static constexpr int kMaxRefusals = 20;          // a fact that a working database refuses so often is moved aside
  static constexpr absl::Duration kRetryMin = absl::Milliseconds(100);
  static constexpr absl::Duration kRetryMax = absl::Seconds(2);

  // How long to wait before what failed is tried again.
  struct Pace {
    absl::Duration min, max;
  };

  // Applies facts to the database, all or none; idempotent by their ids. Blocks. UNAVAILABLE and the like are tried again
  // for ever.
  using Apply = std::function<absl::Status(const std::vector<Fact>&)>;

  // Makes the directories and finds what an earlier process left.
  static absl::StatusOr<std::unique_ptr<Spool>> Open(const std::string& directory, Pace pace = {kRetryMin, kRetryMax});
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // Starts handing facts over. Once.
  void StartWorker(Apply apply);
  void Stop();

  void Put(const std::string& kind, std::string json);

  // The present record of a running call; the last one counts. `make` is called, once or never, on the writer's thread.
  using MakeRecord = std::function<std::string()>;
  void SaveOpenCall(const std::string& call_id, MakeRecord make);
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
  // Facts one after the other, named by the sequence of the first; removed when the last is applied.
  struct File {
    std::string path;
    size_t bytes = 0, count = 0;  // what is in it
    size_t left = 0;              // facts not yet applied or moved aside
    bool in_use = false;          // by the writer
  };
  struct Entry {
    std::optional<Fact> fact;    // in memory
    std::shared_ptr<File> file;  // on disk
    size_t index = 0;            // among the facts of the file
    int refusals = 0;
  };
  // The last wish for the file of a running call: its record, or that it be gone (null).
  using OpenWishes = std::map<std::string, MakeRecord>;
  using Entries = std::map<uint64_t, Entry>;

  Spool(std::string directory, Pace pace) : directory_(std::move(directory)), pace_(pace) {}
  absl::Status Load();
  void LoadFile(uint64_t first, const std::string& path);
  FactsRead ReadWhole(File& file);
  void Write();
  bool WaitForWork(std::unique_lock<std::mutex>& lock);
  bool SaveFacts();
  bool OpenFile(uint64_t next);
  void CloseFile();
  void SaveOpenCalls(const OpenWishes& wishes);
  void Work();
  std::vector<uint64_t> NextForWorker() const;
  absl::Status Hand(const std::vector<uint64_t>& sequences);
  void ReadBack(const std::shared_ptr<File>& file);
  void Forget(Entries::iterator entry);
  void MoveAside(uint64_t sequence);
  bool Refused(uint64_t sequence, const absl::Status& status);

  const std::string directory_;
  const Pace pace_;
  mutable std::mutex mutex_;
  std::condition_variable to_write_, to_apply_, idle_;
  Entries entries_;
  uint64_t next_ = 1;
  uint64_t unsaved_from_ = 1;    // no entry from here on is on disk
  size_t unsaved_ = 0;
  size_t cached_ = 0;            // entries that are on disk and in memory
  OpenWishes open_;
  std::set<std::string> on_disk_;  // calls that have a file, or will have one in a moment
  absl::Time open_due_ = absl::InfiniteFuture();  // when the wishes are to be fulfilled
  bool writing_ = false;
  bool flushing_ = false;
  bool disk_fails_ = false;      // then the worker takes what is not on disk
  bool stop_ = false;
  std::shared_ptr<File> file_;   // where the next facts go; the writer's alone, what it points to is not
  int fd_ = -1;
  size_t one_by_one_ = 0;        // facts to be handed over singly, to find the one that is refused; the worker's alone
  Stats stats_;
  Apply apply_;
  std::thread writer_, worker_;
};

}  // namespace hotline::telephony
