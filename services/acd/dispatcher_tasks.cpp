// What the dispatcher does in the background: queues, leases, agents, time.
#include <algorithm>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/log.h"
#include "services/acd/convert.h"
#include "services/acd/dispatcher.h"
#include "services/acd/domain/errors.h"

namespace hotline::acd {
namespace log = base::log;

void Dispatcher::Start() {
  for (const std::string& name : options_.queue_groups) GroupNamed(name);
  if (options_.queue_groups.empty()) GroupNamed(std::string(kDefaultGroup));
  node_.tasks().Spawn(KeepQueues());
  node_.tasks().Spawn(KeepLeases());
  node_.tasks().Spawn(FollowAgents());
  node_.tasks().Spawn(KeepTime());
}

void Dispatcher::Drain() {
  asio::post(executor_, [this] {
    draining_ = true;
    for (auto& [name, group] : groups_) Deactivate(group, "this replica stops");
  });
}

void Dispatcher::Finish() {
  for (const auto& [name, group] : groups_) {
    if (const absl::Status status = store_.ReleaseLease(name, options_.replica_id); !status.ok()) {
      log::Warn("a lease was not given up", {{"group", name}, {"status", status}});
    }
  }
}

void Dispatcher::AdoptQueue(const Queue& queue) {
  if (const auto known = queues_.find(queue.id); known != queues_.end() && known->second == queue) return;
  queues_[queue.id] = queue;
  if (!Serves(queue.group) || (!groups_.contains(queue.group) && groups_.size() >= kMaxQueueGroups)) return;
  Group& group = GroupNamed(queue.group);
  if (!group.core) return;
  group.core->PutQueue(queue, now());
  Kick(group);
}

asio::awaitable<void> Dispatcher::KeepQueues() {
  for (;;) {
    const auto load = [this] { return store_.LoadQueues(); };
    const absl::StatusOr<std::vector<Queue>> queues = co_await pool_.Run(load);
    if (queues.ok()) {
      for (const Queue& queue : *queues) AdoptQueue(queue);
    } else {
      log::Warn("the queues could not be loaded", {{"status", queues.status()}});
    }
    co_await rpc::Sleep(queues.ok() ? kQueuesInterval : kLeaseRetry);
  }
}

asio::awaitable<absl::StatusOr<Queue>> Dispatcher::PutQueue(Queue queue) {
  const auto put = [this, queue = std::move(queue)] { return store_.PutQueue(queue); };
  absl::StatusOr<Queue> stored = co_await pool_.Run(put);
  if (stored.ok()) AdoptQueue(*stored);
  co_return stored;
}

asio::awaitable<void> Dispatcher::KeepLeases() {
  for (;;) {
    // Groups may be added meanwhile, which is why names are copied.
    std::vector<std::string> names;
    for (const auto& [name, group] : groups_) names.push_back(name);
    for (const std::string& name : names) {
      const auto acquire = [this, &name] { return store_.AcquireLease(name, options_.replica_id, options_.lease); };
      const absl::StatusOr<Lease> lease = co_await pool_.Run(acquire);
      Group& group = GroupNamed(name);
      if (!lease.ok()) {
        log::Warn("a lease was not renewed", {{"group", name}, {"status", lease.status()}});
      } else if (!lease->held) {
        Deactivate(group, "another replica has the lease");
      } else if (!group.core || group.epoch != lease->epoch) {
        Deactivate(group, "the lease changed hands in between");
        // The queues first: a contact must not be told that its queue does not exist.
        const auto load = [this] { return store_.LoadQueues(); };
        const absl::StatusOr<std::vector<Queue>> queues = co_await pool_.Run(load);
        if (!queues.ok()) continue;
        for (const Queue& queue : *queues) AdoptQueue(queue);
        if (!draining_) Activate(group, lease->epoch);
      }
    }
    const bool all = std::all_of(groups_.begin(), groups_.end(), [](const auto& entry) { return entry.second.core != nullptr; });
    co_await rpc::Sleep(all ? options_.lease / 3 : std::min(kLeaseRetry, options_.lease / 3));
  }
}

void Dispatcher::Activate(Group& group, int64_t epoch) {
  group.core = std::make_unique<Core>([] { return base::NewId(); });
  group.epoch = epoch;
  ++group.generation;
  ++active_;
  for (const auto& [id, queue] : queues_) {
    if (queue.group == group.name) group.core->PutQueue(queue, now());
  }
  std::vector<AgentView> agents;
  for (const auto& [id, agent] : agents_) {
    if (agent.second == group.name) agents.push_back(agent.first);
  }
  group.core->ReplaceAgents(agents, now());
  group.core->SetPaused(!agents_known_);
  log::Info("active for a queue group", {{"group", group.name}, {"epoch", epoch}});
}

void Dispatcher::Deactivate(Group& group, const char* why) {
  if (!group.core) return;
  log::Warn("not active for a queue group any more", {{"group", group.name}, {"why", why}});
  group.core.reset();
  --active_;
  for (auto it = waiters_.begin(); it != waiters_.end();) {
    Waiter& waiter = *it->second;
    if (waiter.group != &group) {
      ++it;
      continue;
    }
    waiter.group = nullptr;
    waiter.ended = errors::NotActive();
    waiter.notice.Give();
    it = waiters_.erase(it);
  }
}

asio::awaitable<void> Dispatcher::FollowAgents() {
  for (;;) {
    auto stream = agent_state_.Open(background_, &Api::WatchAgents, hotline::agent_state::v1::WatchAgentsRequest());
    for (hotline::agent_state::v1::AgentUpdate update;;) {
      const bool read = co_await stream.Read(update);
      if (!read) break;
      TakeUpdate(update);
    }
    const absl::Status status = co_await stream.Finish();
    if (agents_known_) log::Warn("agent_state cannot be followed; nobody is offered a call", {{"status", status}});
    SetAgentsKnown(false);
    co_await rpc::Sleep(kAgentsRetry);
  }
}

asio::awaitable<void> Dispatcher::KeepTime() {
  absl::Time next_places = absl::InfinitePast();
  for (;;) {
    co_await rpc::Sleep(kTickInterval);
    const bool places = now() >= next_places || next_places > now() + kPlaceInterval;  // or the clock was set back
    if (places) next_places = now() + kPlaceInterval;
    for (auto& [name, group] : groups_) {
      if (!group.core) continue;
      for (const Offer& offer : group.core->Tick(now())) {
        log::Warn("an offer was never answered", {{"contact", offer.contact_id}, {"agent", offer.agent_id}});
        node_.metrics().Counter("hotline_acd_offers_total", "Offers by how they ended", {{"result", "expired"}}).Increment();
        Release(offer, "cancelled");
        group.untold = true;
      }
      Decide(group);
      if (places || std::exchange(group.untold, false)) TellPlaces(group);
    }
    if (places) ShowFigures();
  }
}

void Dispatcher::TellPlaces(Group& group) {
  for (const auto& [id, queue] : queues_) {
    if (queue.group != group.name) continue;
    group.core->Places(id, [this](const std::string& contact_id, const Place& place) {
      const auto it = waiters_.find(contact_id);
      if (it == waiters_.end()) return;
      Waiter& waiter = *it->second;
      const bool again = waiter.place_told > absl::InfinitePast();
      if (again && (waiter.place == place || now() - waiter.place_told < kPlaceAtMostEvery)) return;
      waiter.place = place;
      waiter.place_told = now();
      std::erase_if(waiter.out, [](const v1::EnqueueUpdate& update) { return update.has_position(); });
      waiter.out.push_back(ToProto(place));
      waiter.notice.Give();
    });
  }
}

void Dispatcher::ShowFigures() {
  for (const auto& [id, queue] : queues_) {
    const auto it = groups_.find(queue.group);
    if (it == groups_.end() || !it->second.core) continue;
    const Figure figure = it->second.core->FigureOf(id, now());
    node_.metrics().Gauge("hotline_acd_waiting_contacts", "Contacts in the queue", {{"queue", id}}).Set(figure.waiting);
    node_.metrics().Gauge("hotline_acd_longest_wait_seconds", "Of those waiting", {{"queue", id}})
        .Set(absl::ToDoubleSeconds(figure.longest_wait));
    node_.metrics().Gauge("hotline_acd_ready_agents", "Agents able and ready", {{"queue", id}}).Set(figure.ready);
  }
}

}  // namespace hotline::acd
