// What happens to attachments without anybody asking: pending ones are searched for viruses once the scanner is back, and files
// that a crash left behind are removed. One thread, in every replica; replicas do not take each other's work. Start and Stop by
// one thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "libs/base/clock.h"
#include "libs/runtime/metrics.h"
#include "services/ticket/attachment_store.h"
#include "services/ticket/file_vault.h"
#include "services/ticket/virus_scanner.h"

namespace hotline::ticket {

inline constexpr absl::Duration kKeeperRound = absl::Seconds(15);
inline constexpr absl::Duration kOrphanRound = absl::Minutes(30);

class AttachmentKeeper {
 public:
  // `scanner` may be null: nothing is scanned. What is given outlives this.
  AttachmentKeeper(AttachmentStore& store, const FileVault& vault, VirusScanner* scanner, const base::Clock& clock, runtime::Metrics* metrics = nullptr);
  ~AttachmentKeeper() { Stop(); }

  void Start();
  void Stop();

  // What became of a file that is stored already: clean, infected, pending if the scanner cannot say, skipped without one.
  domain::Scan Scan(const domain::Attachment& attachment, std::string& signature);
  // One round over what is pending; how many were judged.
  absl::StatusOr<int> ScanPending();
  // Files without a row; how many were removed.
  absl::StatusOr<int> RemoveOrphans();

 private:
  void Loop();

  AttachmentStore& store_;
  const FileVault& vault_;
  VirusScanner* const scanner_;
  const base::Clock& clock_;
  runtime::Metrics* const metrics_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace hotline::ticket
