// Whether the history of a ticket follows from itself, makes the ticket, and is whole (TKT-16): fed with its entries, oldest
// first, it names every one that was changed, is missing, or does not belong. One thread; holds one ticket and no entries.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "services/ticket/cipher.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

// Faults named of one ticket; more only say that there are more.
inline constexpr size_t kMaxFaults = 100;

// What the ticket's row says of its history.
struct KeptHead {
  int64_t count = 0;
  std::string head;
  std::string sealed_digest;
};

class HistoryCheck {
 public:
  // Without a row of the ticket every entry is an orphan.
  HistoryCheck(std::string ticket_id, std::optional<KeptHead> kept) : ticket_id_(std::move(ticket_id)), kept_(std::move(kept)) { played_.id = ticket_id_; }

  // Opens the encrypted part of an entry. Without one the entries are chained, not played.
  using Opener = std::function<absl::StatusOr<Personal>(const std::string& sealed)>;
  void PlayWith(Opener open) { open_ = std::move(open); }

  void Take(const HistoryEntry& entry);
  // An entry whose columns cannot be read.
  void TakeUnreadable(int64_t sequence, const std::string& digest);
  // `ticket` is as kept; null if it cannot be read, or needs not be compared.
  HistoryReport Finish(const domain::Ticket* ticket);
  // Says that the row of the ticket itself cannot be read.
  void MarkTicket() { Fault(last_, last_, "ticket"); }

 private:
  void Fault(int64_t first, int64_t last, const char* kind);
  // Takes what comes before the entry into account; false if its link to the former one cannot be judged.
  bool Advance(int64_t sequence);
  void Play(const HistoryEntry& entry);

  const std::string ticket_id_;
  const std::optional<KeptHead> kept_;
  Opener open_;
  domain::Ticket played_;
  bool playable_ = true;
  int64_t last_ = 0;
  int64_t entries_ = 0;
  std::string digest_;        // of the last entry, as kept
  std::string sealed_digest_;
  HistoryReport report_;
};

}  // namespace hotline::ticket
