#include "services/ticket/attachment_keeper.h"

#include "libs/base/error.h"
#include "libs/base/log.h"

namespace hotline::ticket {

AttachmentKeeper::AttachmentKeeper(AttachmentStore& store, const FileVault& vault, VirusScanner* scanner, const base::Clock& clock, runtime::Metrics* metrics)
    : store_(store), vault_(vault), scanner_(scanner), clock_(clock), metrics_(metrics) {}

void AttachmentKeeper::Start() { thread_ = std::thread([this] { Loop(); }); }

void AttachmentKeeper::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void AttachmentKeeper::Loop() {
  absl::Time next_orphans = clock_.Now();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const absl::StatusOr<int> scanned = ScanPending();
    if (!scanned.ok()) base::log::Warn("pending attachments cannot be scanned", {{"error", scanned.status()}});
    if (clock_.Now() >= next_orphans) {
      const absl::StatusOr<int> removed = RemoveOrphans();
      if (!removed.ok()) base::log::Warn("orphaned files cannot be removed", {{"error", removed.status()}});
      if (removed.ok() && *removed > 0) base::log::Info("orphaned files removed", {{"files", *removed}});
      next_orphans = clock_.Now() + kOrphanRound;
    }
    lock.lock();
    changed_.wait_for(lock, absl::ToChronoNanoseconds(kKeeperRound), [this] { return stopping_; });
  }
}

domain::Scan AttachmentKeeper::Scan(const domain::Attachment& attachment, std::string& signature) {
  if (scanner_ == nullptr) return domain::Scan::kSkipped;
  const absl::StatusOr<FileKey> key = store_.KeyOf(attachment.ticket_id, attachment.id);
  if (!key.ok()) return domain::Scan::kPending;
  const absl::StatusOr<Verdict> verdict = scanner_->Scan([&](VirusScanner::Sink sink) {
    return vault_.Read(attachment.stored_as, attachment.id, *key, 0, -1, sink);
  });
  if (metrics_ != nullptr) {
    const std::string result = !verdict.ok() ? "unknown" : verdict->infected ? "infected" : "clean";
    metrics_->Counter("hotline_ticket_scans_total", "Attachments given to the virus scanner, by result", {{"result", result}}).Increment();
  }
  if (!verdict.ok()) {
    base::log::Warn("the virus scanner cannot say", {{"attachment", attachment.id}, {"error", verdict.status()}});
    return domain::Scan::kPending;
  }
  signature = verdict->signature;
  return verdict->infected ? domain::Scan::kInfected : domain::Scan::kClean;
}

absl::StatusOr<int> AttachmentKeeper::ScanPending() {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<domain::Attachment> pending, store_.ClaimPending(clock_.Now(), kScanBatch));
  int judged = 0;
  for (const domain::Attachment& attachment : pending) {
    std::string signature;
    const domain::Scan scan = Scan(attachment, signature);
    if (scan == domain::Scan::kPending) {
      HOTLINE_RETURN_IF_ERROR(store_.ScanLater(attachment.id, clock_.Now() + kScanRetry));
      continue;
    }
    HOTLINE_RETURN_IF_ERROR(store_.SetScan(attachment, scan, signature, clock_.Now()));
    ++judged;
  }
  return judged;
}

absl::StatusOr<int> AttachmentKeeper::RemoveOrphans() {
  return vault_.Sweep(clock_.Now(), [this](const std::string& file_id) { return store_.Knows(file_id); });
}

}  // namespace hotline::ticket
