#include "services/ivr/flows.h"

#include <algorithm>

#include "libs/base/error.h"

namespace hotline::ivr {

absl::Status FlowCache::Refresh() {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<FlowRow> rows, store_.Published());
  std::map<std::string, PublishedFlow> current;
  for (const FlowRow& row : rows) {
    auto known = Version(row.flow_id, row.version);
    if (!known.ok()) {
      HOTLINE_ASSIGN_OR_RETURN(auto flow, Flow::Parse(row.definition));
      known = PublishedFlow{row.flow_id, row.version, std::move(flow)};
    }
    current[row.flow_id] = *known;
  }
  std::lock_guard lock(mutex_);
  for (const auto& [id, flow] : current) known_[{id, flow.version}] = flow;
  while (known_.size() > kMaxOldFlows + current.size()) known_.erase(known_.begin());
  current_ = std::move(current);
  return absl::OkStatus();
}

absl::StatusOr<PublishedFlow> FlowCache::ForLine(const std::string& called_number) const {
  std::lock_guard lock(mutex_);
  for (const std::string& line : {called_number, std::string("*")}) {
    for (const auto& [id, published] : current_) {
      const auto& lines = published.flow->lines();
      if (std::find(lines.begin(), lines.end(), line) != lines.end()) return published;
    }
  }
  return base::FailedPrecondition("NO_FLOW", "no published flow serves this line");
}

absl::StatusOr<PublishedFlow> FlowCache::Version(const std::string& flow_id, int version) const {
  std::lock_guard lock(mutex_);
  const auto found = known_.find({flow_id, version});
  if (found == known_.end()) return base::NotFound("flow_version", flow_id);
  return found->second;
}

absl::StatusOr<PublishedFlow> FlowCache::Load(const std::string& flow_id, int version) {
  if (auto known = Version(flow_id, version); known.ok()) return known;
  HOTLINE_ASSIGN_OR_RETURN(const FlowRow row, store_.GetFlow(flow_id, version));
  HOTLINE_ASSIGN_OR_RETURN(auto flow, Flow::Parse(row.definition));
  PublishedFlow published{flow_id, version, std::move(flow)};
  std::lock_guard lock(mutex_);
  known_[{flow_id, version}] = published;
  return published;
}

}  // namespace hotline::ivr
