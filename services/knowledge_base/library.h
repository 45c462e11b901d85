// The published articles and the tree of units in memory, kept in step with the database: after each change made here, and
// every `refresh` for what other replicas did. It also gathers the searches that found nothing and writes them down beside
// the refresh, so that a search never waits for the database.
// Thread-safe. Owns a thread between Start and Stop; what it is given outlives it.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

#include "libs/base/clock.h"
#include "libs/runtime/metrics.h"
#include "services/knowledge_base/search/index.h"
#include "services/knowledge_base/store.h"

namespace hotline::knowledge_base {

inline constexpr size_t kLoadBatch = 200;          // articles read at once
inline constexpr size_t kMaxMissesInMemory = 500;  // different texts between two refreshes; more are dropped

class Library {
 public:
  Library(Store& store, search::Synonyms synonyms, const base::Clock& clock, runtime::Metrics& metrics);
  ~Library() { Stop(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  // Reads what is new since the last time; everything at first.
  absl::Status Refresh();
  void Start(absl::Duration refresh);
  void Stop();

  const search::Index& index() const { return index_; }
  // Empty if directory has not told of the unit.
  std::string PathOf(std::string_view unit_id) const;
  // A search for this text found nothing. Long numbers are masked: they may be somebody's.
  void Missed(std::string_view text);
  // Writes the misses down.
  absl::Status Flush();

 private:
  void Run(absl::Duration refresh);
  absl::Status LoadBatch(const std::vector<std::string>& ids);

  Store& store_;
  const base::Clock& clock_;
  search::Index index_;
  prometheus::Gauge& indexed_;
  prometheus::Counter& failures_;
  prometheus::Counter& misses_total_;

  std::mutex refresh_mutex_;  // one refresh at a time; guards the next two
  std::string mark_;
  std::unordered_map<std::string, int> versions_;  // in the index

  mutable std::shared_mutex units_mutex_;
  std::unordered_map<std::string, std::string> paths_;

  std::mutex misses_mutex_;
  std::map<std::string, Miss> misses_;

  std::mutex stop_mutex_;
  std::condition_variable stopping_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace hotline::knowledge_base
