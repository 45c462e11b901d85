#include "services/agent_state/hub.h"

#include <absl/time/clock.h>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/log.h"
#include "services/agent_state/domain/errors.h"

namespace hotline::agent_state {
namespace log = base::log;

Hub::Hub(rpc::Node& node, rpc::Pool& pool, Store& store, HubOptions options)
    : node_(node),
      pool_(pool),
      store_(store),
      options_(std::move(options)),
      clock_(node.clock()),
      save_notice_(node.io().Next()),
      backlog_(node.metrics().Gauge("hotline_agent_state_unsaved_changes", "Changes that wait for the database")),
      changes_(node.metrics().Counter("hotline_agent_state_changes_total", "Changes of agents")),
      save_failures_(node.metrics().Counter("hotline_agent_state_save_failures_total", "Batches the database did not take")) {}

void Hub::Start() {
  node_.tasks().Spawn(KeepLease());
  node_.tasks().Spawn(KeepTime());
  node_.tasks().Spawn(KeepSaving());
}

void Hub::Finish() {
  if (active_) {
    while (!unsaved_.empty()) {
      const Batch batch = NextBatch();
      if (const absl::Status status = store_.Save(batch, options_.replica_id, epoch_); !status.ok()) {
        log::Error("changes of agents were not saved at the end", {{"status", status}, {"changes", unsaved_.size()}});
        break;
      }
      Forget(batch);
    }
  }
  active_ = false;
  if (const absl::Status status = store_.ReleaseLease(options_.replica_id); !status.ok()) {
    log::Warn("the lease was not given up", {{"status", status}});
  }
}

absl::Status Hub::healthy() const { return active_ ? absl::OkStatus() : errors::NotActive(); }

absl::Status Hub::CheckRequest() const {
  if (!active_) return errors::NotActive();
  return behind() ? errors::StoreBehind() : absl::OkStatus();
}

absl::StatusOr<Agent> Hub::Apply(std::string_view id, const Command& command) {
  absl::StatusOr<Agent> agent = registry_.Apply(id, command, now());
  Publish();
  return agent;
}

absl::StatusOr<Agent> Hub::ApplyForce(std::string_view id, const Target& target, const std::string& by,
                                      const std::string& reason) {
  absl::StatusOr<Agent> agent = registry_.ApplyForce(id, target, by, reason, now());
  Publish();
  return agent;
}

absl::StatusOr<Agent> Hub::ApplyReserve(std::string_view id, const Reserve& command, const Fence& fence) {
  absl::StatusOr<Agent> agent = registry_.ApplyReserve(id, command, fence, now());
  Publish();
  return agent;
}

void Hub::ApplyReport(const LegReport& report) {
  registry_.ApplyReport(report, now());
  Publish();
}

// Hands what changed to the store and the watchers.
void Hub::Publish() {
  unsaved_epochs_.merge(registry_.TakeEpochs());
  for (Change& change : registry_.TakeChanges()) {
    change.event_id = base::NewId();
    Tell(change.agent);
    unsaved_.push_back(std::move(change));
    ++queued_;
    changes_.Increment();
  }
  backlog_.Set(static_cast<double>(unsaved_.size()));
  if (!unsaved_.empty() || !unsaved_epochs_.empty()) save_notice_.Give();
}

void Hub::Tell(const Agent& agent) {
  for (Watcher* watcher : watchers_) {
    // An agent that moved to another group is told to the old one too: it sees the new profile and drops the agent.
    if (!watcher->snapshot) watcher->dirty.insert(agent.id);
    if (watcher->dirty.size() > kMaxWatcherBacklog) {
      watcher->dirty.clear();
      watcher->snapshot = true;
    }
    watcher->notice.Give();
  }
}

void Hub::WakeAll() {
  for (Watcher* watcher : watchers_) watcher->notice.Give();
  for (rpc::Notice* stream : leg_streams_) stream->Give();
}

asio::awaitable<void> Hub::KeepTime() {
  for (;;) {
    co_await rpc::Sleep(kTickInterval);
    if (!active_) continue;
    registry_.ApplyTick(now());
    Publish();
    for (const auto& [state, count] : registry_.counts()) {
      node_.metrics().Gauge("hotline_agent_state_agents", "Agents by state", {{"state", std::string(StateName(state))}})
          .Set(count);
    }
  }
}

Batch Hub::NextBatch() const {
  Batch batch;
  const size_t count = std::min(unsaved_.size(), kSaveBatch);
  batch.changes.assign(unsaved_.begin(), unsaved_.begin() + static_cast<std::ptrdiff_t>(count));
  batch.epochs = unsaved_epochs_;
  return batch;
}

void Hub::Forget(const Batch& batch) {
  unsaved_.erase(unsaved_.begin(), unsaved_.begin() + static_cast<std::ptrdiff_t>(batch.changes.size()));
  saved_ += batch.changes.size();
  for (const auto& [group, epoch] : batch.epochs) {
    const auto it = unsaved_epochs_.find(group);
    if (it != unsaved_epochs_.end() && it->second == epoch) unsaved_epochs_.erase(it);
  }
  backlog_.Set(static_cast<double>(unsaved_.size()));
}

asio::awaitable<void> Hub::KeepSaving() {
  absl::Duration pause = kSaveRetryMin;
  for (;;) {
    if (!active_ || (unsaved_.empty() && unsaved_epochs_.empty())) {
      co_await save_notice_.Wait();
      continue;
    }
    const Batch batch = NextBatch();
    const int64_t epoch = epoch_;
    const auto save = [this, &batch, epoch] { return store_.Save(batch, options_.replica_id, epoch); };
    const absl::Status status = co_await pool_.Run(save);
    if (epoch != epoch_ || !active_) continue;  // what was unsaved is gone with the lease
    if (status.ok()) {
      Forget(batch);
      pause = kSaveRetryMin;
      continue;
    }
    save_failures_.Increment();
    log::Warn("changes of agents wait for the database", {{"status", status}, {"changes", unsaved_.size()}});
    if (absl::IsAborted(status) && base::HasReason(status, "DATABASE_LEASE_LOST")) {
      Deactivate("the lease was lost while saving");
      continue;
    }
    co_await rpc::Sleep(pause);
    pause = std::min(pause * 2, kSaveRetryMax);
  }
}

asio::awaitable<absl::Status> Hub::Flush() {
  const uint64_t target = queued_;
  const absl::Time deadline = absl::Now() + kFlushTimeout;
  while (saved_ < target) {
    if (!active_) co_return errors::NotActive();
    if (absl::Now() > deadline) co_return errors::StoreBehind();
    co_await rpc::Sleep(absl::Milliseconds(2));
  }
  co_return absl::OkStatus();
}

asio::awaitable<absl::Status> Hub::Activate(int64_t epoch) {
  const auto load = [this] { return store_.Load(); };
  absl::StatusOr<Saved> saved = co_await pool_.Run(load);
  if (!saved.ok()) co_return saved.status();
  registry_.Load(std::move(saved->agents), std::move(saved->epochs), now());
  unsaved_.clear();
  unsaved_epochs_.clear();
  saved_ = queued_;
  epoch_ = epoch;
  active_ = true;
  for (Watcher* watcher : watchers_) watcher->snapshot = true;
  WakeAll();
  log::Info("active: the agents' states are held here", {{"agents", registry_.agents().size()}, {"epoch", epoch}});
  co_return absl::OkStatus();
}

void Hub::Deactivate(const char* why) {
  if (!active_) return;
  active_ = false;
  registry_.Clear();
  unsaved_.clear();
  unsaved_epochs_.clear();
  saved_ = queued_;
  WakeAll();
  log::Warn("not active any more", {{"why", why}});
}

asio::awaitable<void> Hub::KeepLease() {
  for (;;) {
    const auto acquire = [this] { return store_.AcquireLease(options_.replica_id, options_.lease); };
    const absl::StatusOr<Lease> lease = co_await pool_.Run(acquire);
    if (!lease.ok()) {
      log::Warn("the lease was not renewed", {{"status", lease.status()}, {"active", active_.load()}});
    } else if (!lease->held) {
      Deactivate("another replica has the lease");
    } else if (!active_ || lease->epoch != epoch_) {
      Deactivate("the lease changed hands in between");
      const absl::Status activated = co_await Activate(lease->epoch);
      if (!activated.ok()) log::Error("the agents could not be loaded", {{"status", activated}});
    }
    co_await rpc::Sleep(active_ ? options_.lease / 3 : kLeaseRetry);
  }
}

}  // namespace hotline::agent_state
