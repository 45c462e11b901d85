#include "services/ticket/process_book.h"

#include "libs/base/error.h"
#include "services/ticket/domain/configuration_limits.h"

namespace hotline::ticket {

absl::StatusOr<domain::Process> ProcessBook::Current(domain::Type type) {
  std::lock_guard lock(mutex_);
  const absl::Time now = clock_.Now();
  if (now - read_at_ >= kProcessAge || now < read_at_) {
    HOTLINE_ASSIGN_OR_RETURN(std::vector<KeptProcess> read, store_.Current());
    current_.clear();
    for (KeptProcess& kept : read) current_[kept.process.type] = std::move(kept.process);
    read_at_ = now;
  }
  const auto found = current_.find(type);
  return found == current_.end() ? domain::DefaultProcess(type) : found->second;
}

absl::StatusOr<domain::Process> ProcessBook::Get(domain::Type type, int64_t version) {
  if (version == 0) return domain::DefaultProcess(type);
  {
    std::lock_guard lock(mutex_);
    const auto found = versions_.find({type, version});
    if (found != versions_.end()) return found->second;
  }
  HOTLINE_ASSIGN_OR_RETURN(KeptProcess kept, store_.Get(type, version));
  std::lock_guard lock(mutex_);
  // Tickets of long ago are rare: whichever is lowest makes room.
  if (versions_.size() >= domain::kMaxProcessesInMemory) versions_.erase(versions_.begin());
  versions_[{type, version}] = kept.process;
  return std::move(kept.process);
}

void ProcessBook::Forget() {
  std::lock_guard lock(mutex_);
  read_at_ = absl::InfinitePast();
}

}  // namespace hotline::ticket
