#include "services/ticket/history_check.h"

#include "libs/base/digest.h"
#include "services/ticket/domain/fields.h"
#include "services/ticket/history_store.h"
#include "services/ticket/postgres_store.h"

namespace hotline::ticket {

void HistoryCheck::Fault(int64_t first, int64_t last, const char* kind) {
  playable_ = false;
  if (report_.faults.size() < kMaxFaults) report_.faults.push_back({first, last, kind});
  else report_.more = true;
}

bool HistoryCheck::Advance(int64_t sequence) {
  ++entries_;
  const int64_t expected = last_ + 1;
  last_ = std::max(last_, sequence);
  if (sequence == expected) return true;
  if (sequence > expected) Fault(expected, sequence - 1, "missing");
  else Fault(sequence, sequence, "unexpected");
  return false;
}

void HistoryCheck::TakeUnreadable(int64_t sequence, const std::string& digest) {
  Advance(sequence);
  digest_ = digest;
  Fault(sequence, sequence, "changed");
}

void HistoryCheck::Take(const HistoryEntry& entry) {
  const bool linked = Advance(entry.sequence);
  const bool follows = !linked || history::Digest(digest_, ticket_id_, entry) == entry.digest;
  const bool sealed_fits = entry.sealed.empty() || base::Sha256Hex(entry.sealed) == entry.sealed_digest;
  if (!follows || !sealed_fits) Fault(entry.sequence, entry.sequence, "changed");
  // The next one is judged by what this one says of itself, so that one changed entry is one fault.
  digest_ = entry.digest;
  sealed_digest_ = entry.sealed_digest;
  if (playable_) Play(entry);
}

void HistoryCheck::Play(const HistoryEntry& entry) {
  if (!open_ || entry.format < 2) {
    playable_ = false;
    return;
  }
  if (!domain::Replay({entry.sequence, entry.time, entry.actor_id, entry.state, entry.version, entry.changes}, played_).ok()) {
    return Fault(entry.sequence, entry.sequence, "changed");
  }
  if (entry.sealed.empty()) return;
  const absl::StatusOr<Personal> personal = open_(entry.sealed);
  if (!personal.ok()) return Fault(entry.sequence, entry.sequence, "changed");
  SetPersonal(*personal, played_);
}

HistoryReport HistoryCheck::Finish(const domain::Ticket* ticket) {
  if (!kept_) {
    Fault(1, last_, "orphaned");
  } else {
    if (last_ < kept_->count) Fault(last_ + 1, kept_->count, "missing");
    if (last_ > kept_->count) Fault(kept_->count + 1, last_, "unexpected");
    if (report_.faults.empty() && (digest_ != kept_->head || sealed_digest_ != kept_->sealed_digest)) Fault(last_, last_, "ticket");
    // The chain holds; the ticket must be what it says.
    if (ticket != nullptr && playable_ && domain::Canonical(played_) != domain::Canonical(*ticket)) Fault(last_, last_, "ticket");
  }
  report_.ticket_id = ticket_id_;
  report_.entries = entries_;
  return std::move(report_);
}

}  // namespace hotline::ticket
