// The side of the agents: what they can do, whether they are free, in which order they are taken.
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <cmath>

#include "services/acd/domain/core_state.h"

namespace hotline::acd {

void Occupancy::AddBusy(absl::Time from, absl::Time to) {
  if (to <= from) return;
  const double window = absl::ToDoubleSeconds(kOccupancyWindow);
  const double end = absl::ToDoubleSeconds(to - absl::UnixEpoch()) / window;
  // Busy for d seconds adds window * (1 - e^(-d/window)), seen from its end.
  const double added = std::log(-window * std::expm1(-absl::ToDoubleSeconds(to - from) / window)) + end;
  const double larger = std::max(key_, added);
  key_ = larger + std::log(std::exp(key_ - larger) + std::exp(added - larger));
}

std::optional<int> Core::Demand::LevelOf(const AgentView& view) const {
  int level = 0;
  for (const auto& [skill, least] : asked) {
    const auto it = view.skills.find(skill);
    if (it == view.skills.end() || it->second < least) return std::nullopt;
    level += it->second;
  }
  return level;
}

Core::Core(std::function<std::string()> new_id) : new_id_(std::move(new_id)) {}
Core::~Core() = default;

Core::Demand& Core::DemandFor(Asked asked, Strategy strategy) {
  std::unique_ptr<Demand>& demand = demands_[{asked, strategy}];
  if (demand) return *demand;
  demand = std::make_unique<Demand>();
  demand->asked = std::move(asked);
  demand->strategy = strategy;
  ++idle_demands_;
  for (auto& [id, agent] : agents_) {
    if (agent->view.routable) Join(*agent, *demand);
  }
  return *demand;
}

void Core::Use(Demand& demand, int by) {
  const bool before = demand.users > 0;
  demand.users += by;
  if (before && demand.users == 0) ++idle_demands_;
  if (!before && demand.users > 0) --idle_demands_;
  if (idle_demands_ > kMaxIdleDemands) DropIdleDemands();
}

void Core::DropIdleDemands() {
  for (auto& [id, agent] : agents_) {
    std::erase_if(agent->slots, [](const Agent::Slot& slot) { return slot.demand->users == 0; });
  }
  std::erase_if(demands_, [](const auto& entry) { return entry.second->users == 0; });
  idle_demands_ = 0;
}

// Adds the agent to a demand that is new, if it has the skills.
void Core::Join(Agent& agent, Demand& demand) {
  const std::optional<int> level = demand.LevelOf(agent.view);
  if (!level) return;
  agent.slots.push_back({&demand, *level, std::nullopt});
  CountIn(demand, agent.view.activity, +1);
  if (agent.free) EnterFree(agent, agent.slots.size() - 1);
}

void Core::CountIn(Demand& demand, Activity activity, int by) {
  if (activity == Activity::kReady) demand.ready += by;
  if (activity == Activity::kBusy) demand.busy += by;
  if (activity == Activity::kNotReady) demand.not_ready += by;
}

// Puts the agent among the free ones of one of its demands.
void Core::EnterFree(Agent& agent, size_t index) {
  Agent::Slot& slot = agent.slots[index];
  Demand& demand = *slot.demand;
  double primary = 0;
  if (demand.strategy == Strategy::kSkillLevel) primary = -slot.level;
  if (demand.strategy == Strategy::kLeastOccupied) primary = agent.occupancy.key();
  if (demand.strategy == Strategy::kRoundRobin) primary = static_cast<double>(agent.turn);
  slot.free = FreeOrder{primary, agent.view.ready_time, agent.sequence};
  demand.free.emplace(*slot.free, &agent);
  for (auto it = demand.parked.begin(); it != demand.parked.end();) {
    Contact* contact = *it++;
    if (contact->excluded.contains(agent.view.id)) continue;
    demand.parked.erase(contact);
    demand.waiting.insert(OrderOf(*contact));
  }
}

void Core::Count(Agent& agent, int by) {
  for (const Agent::Slot& slot : agent.slots) CountIn(*slot.demand, agent.view.activity, by);
}

void Core::SetSkills(Agent& agent) {
  agent.slots.clear();
  if (!agent.view.routable) return;
  for (auto& [key, demand] : demands_) {
    if (const std::optional<int> level = demand->LevelOf(agent.view)) agent.slots.push_back({demand.get(), *level, std::nullopt});
  }
}

void Core::SetFree(Agent& agent, bool free) {
  if (agent.free == free) return;
  agent.free = free;
  for (size_t i = 0; i < agent.slots.size(); ++i) {
    Agent::Slot& slot = agent.slots[i];
    if (free) {
      EnterFree(agent, i);
    } else {
      slot.demand->free.erase(*slot.free);
      slot.free.reset();
    }
    Refresh(*slot.demand);
  }
}

void Core::Reconsider(Agent& agent, absl::Time now) {
  const AgentView& view = agent.view;
  SetFree(agent, view.routable && view.activity == Activity::kReady && view.line_up && agent.offer_id.empty() &&
                     agent.hold_until <= now);
}

void Core::Adopt(Agent& agent, const AgentView& view, absl::Time now) {
  SetFree(agent, false);
  Count(agent, -1);
  const bool was_busy = agent.view.activity == Activity::kBusy, is_busy = view.activity == Activity::kBusy;
  const bool skills_changed = agent.view.skills != view.skills || agent.view.routable != view.routable;
  agent.view = view;
  agent.hold_until = absl::InfinitePast();
  if (skills_changed) SetSkills(agent);
  Count(agent, +1);
  if (!was_busy && is_busy) agent.busy_since = now;
  if (was_busy && !is_busy) {
    agent.occupancy.AddBusy(agent.busy_since, now);
    if (const auto it = queues_.find(agent.handling_queue); it != queues_.end()) {
      QueueState& queue = *it->second;
      const double seconds = std::max(0.0, absl::ToDoubleSeconds(now - agent.busy_since));
      queue.handling_seconds += (seconds - queue.handling_seconds) * (queue.handled == 0 ? 1.0 : kHandlingWeight);
      ++queue.handled;
    }
    agent.handling_queue.clear();
  }
  Reconsider(agent, now);
}

void Core::UpdateAgent(const AgentView& view, absl::Time now) {
  std::unique_ptr<Agent>& agent = agents_[view.id];
  if (!agent) {
    agent = std::make_unique<Agent>();
    agent->sequence = ++sequence_;
    agent->turn = sequence_;
  } else if (view.version <= agent->view.version) {
    return;
  }
  Adopt(*agent, view, now);
}

void Core::ReplaceAgents(const std::vector<AgentView>& views, absl::Time now) {
  std::set<std::string_view> present;
  for (const AgentView& view : views) {
    present.insert(view.id);
    if (const auto it = agents_.find(view.id); it != agents_.end()) it->second->view.version = view.version - 1;
    UpdateAgent(view, now);
  }
  for (auto& [id, agent] : agents_) {
    if (present.contains(id)) continue;
    AgentView gone;
    gone.id = id;
    gone.version = agent->view.version;
    Adopt(*agent, gone, now);  // the record stays: an offer may point to it
  }
}

}  // namespace hotline::acd
