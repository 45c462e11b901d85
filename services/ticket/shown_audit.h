// Writes down who was shown a caller's data with a ticket (PLT-5): once for each reader, ticket and hour, before the answer
// leaves. Looks that are known to be written down cost nothing. Thread-safe; the store outlives it.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <mutex>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "services/ticket/caller_record_store.h"
#include "services/ticket/domain/ticket.h"

namespace hotline::ticket {

class ShownAudit {
 public:
  explicit ShownAudit(CallerRecordStore& store) : store_(store) {}
  // An error means that the answer must not be given.
  absl::Status Record(const domain::Actor& reader, std::span<const domain::Ticket> tickets, absl::Time now);
  // The same of one ticket, in the transaction of the command whose answer shows it: a commit saved. True if a look was to be
  // written, which Note must hear of once the transaction is committed.
  absl::StatusOr<bool> RecordIn(postgres::Transaction& tx, const domain::Actor& reader, const domain::Ticket& ticket, absl::Time now);
  void Note(const domain::Actor& reader, const std::string& ticket_id, absl::Time now);

 private:
  // Of these, what is a look that is not known to be written down.
  std::vector<std::string> Fresh(const domain::Actor& reader, std::span<const domain::Ticket> tickets, absl::Time now);

  CallerRecordStore& store_;
  std::mutex mutex_;
  absl::Time hour_ = absl::InfinitePast();
  std::unordered_set<std::string> written_;  // "<actor>/<ticket>" of this hour, at most kMaxShownInMemory
};

}  // namespace hotline::ticket
