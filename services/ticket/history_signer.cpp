#include "services/ticket/history_signer.h"

#include "libs/base/error.h"
#include "libs/base/log.h"

namespace hotline::ticket {

void HistorySigner::Start() { thread_ = std::thread([this] { Loop(); }); }

void HistorySigner::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void HistorySigner::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const absl::StatusOr<bool> made = SignOnce();
    if (!made.ok()) base::log::Error("heads of histories cannot be signed", {{"error", made.status()}});
    if (metrics_ != nullptr && (!made.ok() || *made))
      metrics_->Counter("hotline_ticket_history_blocks_total", "Blocks of signed heads, by result", {{"result", made.ok() ? "made" : "failed"}}).Increment();
    lock.lock();
    if (made.ok() && *made) continue;  // more may wait
    wake_.wait_for(lock, absl::ToChronoMilliseconds(kSignerLook), [this] { return stopping_; });
  }
}

absl::StatusOr<bool> HistorySigner::SignOnce() {
  return store_.Next(clock_.Now(), pace_, [&](HeadBlock& block) -> absl::StatusOr<std::string> {
    const absl::StatusOr<std::string> written = heads_.Write(block);
    if (!absl::IsAlreadyExists(written.status())) return written;
    // A commit that failed after the file was there: the block on disk is the one that counts, if it follows the same one.
    HOTLINE_ASSIGN_OR_RETURN(const HeadsDirectory::Read there, heads_.ReadBlock(block.number));
    if (there.block.previous != block.previous) {
      return base::FailedPrecondition("HEADS_AHEAD", "there are blocks that this database does not know: was it restored? Move them away, keep them for the check");
    }
    block = there.block;
    return there.digest;
  });
}

}  // namespace hotline::ticket
