#include "services/agent_state/domain/registry.h"

#include <absl/strings/numbers.h>

#include <algorithm>
#include <set>
#include <utility>

#include "libs/base/error.h"
#include "services/agent_state/domain/errors.h"
#include "services/agent_state/domain/limits.h"

namespace hotline::agent_state {
namespace {

// "tel-1@1732233600" -> {"tel-1", 1732233600}; without a start it is 0.
std::pair<std::string, int64_t> SplitTelephonyId(const std::string& id) {
  const size_t at = id.rfind('@');
  int64_t start = 0;
  if (at == std::string::npos || !absl::SimpleAtoi(id.substr(at + 1), &start)) return {id.substr(0, at), 0};
  return {id.substr(0, at), start};
}

}  // namespace

void Registry::Clear() {
  agents_.clear();
  counts_.clear();
  deadlines_.clear();
  epochs_.clear();
  new_epochs_.clear();
  numbering_.clear();
  changes_.clear();
}

void Registry::Load(std::vector<Agent> agents, std::map<std::string, int64_t> epochs, absl::Time now) {
  Clear();
  epochs_ = std::move(epochs);
  for (Agent& agent : agents) {
    const absl::StatusOr<Agent> recovered = Decide(agent, Recover{}, now);  // Recover refuses nothing
    Agent& kept = agents_[agent.id] = recovered.ok() ? *recovered : agent;
    ++counts_[kept.state];
    if (kept.NextDeadline() < absl::InfiniteFuture()) deadlines_.emplace(kept.NextDeadline(), kept.id);
  }
}

const Agent* Registry::Find(std::string_view id) const {
  const auto it = agents_.find(id);
  return it == agents_.end() ? nullptr : &it->second;
}

absl::StatusOr<Agent*> Registry::FindOrCreate(std::string_view id) {
  if (const auto it = agents_.find(id); it != agents_.end()) return &it->second;
  if (agents_.size() >= kMaxAgents) return errors::TooManyAgents();
  Agent& agent = agents_[std::string(id)];
  agent.id = std::string(id);
  ++counts_[agent.state];
  return &agent;
}

void Registry::Schedule(const Agent& before, const Agent& after) {
  if (before.NextDeadline() == after.NextDeadline()) return;
  if (before.NextDeadline() < absl::InfiniteFuture()) deadlines_.erase({before.NextDeadline(), before.id});
  if (after.NextDeadline() < absl::InfiniteFuture()) deadlines_.emplace(after.NextDeadline(), after.id);
}

absl::Status Registry::Advance(Agent& agent, const Command& command, absl::Time now) {
  absl::StatusOr<Agent> after = Decide(agent, command, now);
  if (!after.ok()) return after.status();
  if (after->version == agent.version) return absl::OkStatus();
  Schedule(agent, *after);
  if (after->state != agent.state) {
    --counts_[agent.state];
    ++counts_[after->state];
  }
  Change change;
  change.previous = agent.state;
  change.previous_duration = std::max(absl::ZeroDuration(), now - agent.state_time);
  if (agent.state_time == absl::UnixEpoch()) change.previous_duration = absl::ZeroDuration();  // never in any state before
  change.state_changed = after->state != agent.state || after->reason != agent.reason ||
                         (after->state == State::kTalking && after->contact_id != agent.contact_id);
  agent = *std::move(after);
  change.agent = agent;
  changes_.push_back(std::move(change));
  return absl::OkStatus();
}

absl::StatusOr<Agent> Registry::Apply(std::string_view id, const Command& command, absl::Time now) {
  const bool creates = std::holds_alternative<SignIn>(command) || std::holds_alternative<PutProfile>(command);
  Agent* agent = nullptr;
  if (creates) {
    HOTLINE_ASSIGN_OR_RETURN(agent, FindOrCreate(id));
  } else {
    const auto it = agents_.find(id);
    if (it == agents_.end()) return errors::AgentNotFound(id);
    agent = &it->second;
  }
  HOTLINE_RETURN_IF_ERROR(Advance(*agent, command, now));
  return *agent;
}

absl::StatusOr<Agent> Registry::ApplyForce(std::string_view id, const Target& target, const std::string& by,
                                           const std::string& reason, absl::Time now) {
  const size_t before = changes_.size();
  HOTLINE_ASSIGN_OR_RETURN(Agent agent, Apply(id, Force{target}, now));
  for (size_t i = before; i < changes_.size(); ++i) {
    changes_[i].forced_by = by;
    changes_[i].forced_reason = reason;
  }
  return agent;
}

absl::StatusOr<Agent> Registry::ApplyReserve(std::string_view id, const Reserve& command, const Fence& fence,
                                             absl::Time now) {
  if (fence.epoch > 0) {
    const std::string group = fence.queue_group.empty() ? std::string(kDefaultGroup) : fence.queue_group;
    if (!epochs_.contains(group) && epochs_.size() >= kMaxQueueGroups) return errors::TooManyGroups();
    int64_t& known = epochs_[group];
    if (fence.epoch < known) return errors::StaleEpoch(known);
    if (fence.epoch > known) new_epochs_[group] = known = fence.epoch;
  }
  return Apply(id, command, now);
}

bool Registry::ApplyReport(const LegReport& report, absl::Time now) {
  const auto [instance, start] = SplitTelephonyId(report.telephony_id);
  if (!numbering_.contains(instance) && numbering_.size() >= kMaxTelephonyInstances) numbering_.erase(numbering_.begin());
  Numbering& numbering = numbering_[instance];
  if (start < numbering.start) return false;
  if (start > numbering.start) numbering = Numbering{start, 0};
  if (!report.snapshot && report.number <= numbering.last) return false;
  numbering.last = report.number;

  std::set<std::string_view> mentioned;
  for (const LegReport::Entry& entry : report.legs) {
    absl::StatusOr<Agent*> agent = FindOrCreate(entry.agent_id);
    if (!agent.ok()) continue;  // over the limit of agents: this one is not known at all
    Leg leg = entry.leg;
    leg.owner = instance;
    leg.snapshot = report.snapshot;
    // Decide refuses no leg.
    (void)Advance(**agent, leg, now);
    mentioned.insert(entry.agent_id);
  }
  if (!report.snapshot) return true;
  Leg absent;
  absent.phase = LegPhase::kIdle;
  absent.snapshot = true;  // its owner stays: silence says nothing about who has the line
  for (auto& [id, agent] : agents_) {
    const bool ours = agent.line_owner.empty() || agent.line_owner == instance;
    if (ours && !mentioned.contains(id)) (void)Advance(agent, absent, now);
  }
  return true;
}

void Registry::ApplyTick(absl::Time now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    Agent& agent = agents_.find(deadlines_.begin()->second)->second;
    const int64_t version = agent.version;
    (void)Advance(agent, Tick{}, now);
    // Decide always moves a deadline that has come; were it not so, this would never end.
    if (agent.version == version) deadlines_.erase(deadlines_.begin());
  }
}

absl::Time Registry::NextDeadline() const {
  return deadlines_.empty() ? absl::InfiniteFuture() : deadlines_.begin()->first;
}

}  // namespace hotline::agent_state
