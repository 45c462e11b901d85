#include "services/ticket/shown_audit.h"

#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "services/ticket/domain/configuration_limits.h"
#include "services/ticket/domain/rights.h"

namespace hotline::ticket {

namespace {

std::string KeyOf(const domain::Actor& reader, const std::string& ticket_id) { return absl::StrCat(reader.id, "/", ticket_id); }

}  // namespace

std::vector<std::string> ShownAudit::Fresh(const domain::Actor& reader, std::span<const domain::Ticket> tickets, absl::Time now) {
  std::vector<std::string> fresh;
  std::lock_guard lock(mutex_);
  if (const absl::Time hour = HourOf(now); hour != hour_ || written_.size() > domain::kMaxShownInMemory) {
    written_.clear();
    hour_ = hour;
  }
  for (const domain::Ticket& ticket : tickets) {
    if (domain::IsLook(reader, ticket) && !written_.contains(KeyOf(reader, ticket.id))) fresh.push_back(ticket.id);
  }
  return fresh;
}

void ShownAudit::Note(const domain::Actor& reader, const std::string& ticket_id, absl::Time now) {
  std::lock_guard lock(mutex_);
  if (HourOf(now) == hour_) written_.insert(KeyOf(reader, ticket_id));
}

absl::Status ShownAudit::Record(const domain::Actor& reader, std::span<const domain::Ticket> tickets, absl::Time now) {
  const std::vector<std::string> fresh = Fresh(reader, tickets, now);
  if (fresh.empty()) return absl::OkStatus();
  HOTLINE_RETURN_IF_ERROR(store_.AddLooks(fresh, reader.id, reader.unit_id, now));
  for (const std::string& ticket : fresh) Note(reader, ticket, now);
  return absl::OkStatus();
}

absl::StatusOr<bool> ShownAudit::RecordIn(postgres::Transaction& tx, const domain::Actor& reader, const domain::Ticket& ticket, absl::Time now) {
  if (Fresh(reader, {&ticket, 1}, now).empty()) return false;
  HOTLINE_RETURN_IF_ERROR(CallerRecordStore::AddLook(tx, ticket.id, reader.id, reader.unit_id, now));
  return true;
}

}  // namespace hotline::ticket
