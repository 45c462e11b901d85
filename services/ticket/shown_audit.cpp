#include "services/ticket/shown_audit.h"

#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "services/ticket/domain/configuration_limits.h"
#include "services/ticket/domain/rights.h"

namespace hotline::ticket {

absl::Status ShownAudit::Record(const domain::Actor& reader, std::span<const domain::Ticket> tickets, absl::Time now) {
  const absl::Time hour = absl::FromUnixSeconds(absl::ToUnixSeconds(now) / 3600 * 3600);
  std::vector<std::string> fresh;
  {
    std::lock_guard lock(mutex_);
    if (hour != hour_ || written_.size() > domain::kMaxShownInMemory) written_.clear();
    hour_ = hour;
    for (const domain::Ticket& ticket : tickets) {
      if (domain::IsLook(reader, ticket) && !written_.contains(absl::StrCat(reader.id, "/", ticket.id))) fresh.push_back(ticket.id);
    }
  }
  if (fresh.empty()) return absl::OkStatus();
  HOTLINE_RETURN_IF_ERROR(store_.AddLooks(fresh, reader.id, reader.unit_id, now));
  std::lock_guard lock(mutex_);
  for (const std::string& ticket : fresh) {
    if (hour == hour_) written_.insert(absl::StrCat(reader.id, "/", ticket));
  }
  return absl::OkStatus();
}

}  // namespace hotline::ticket
