// Contacts and offers; dispatcher_tasks.cpp has what runs in the background.
#include "services/acd/dispatcher.h"

#include <chrono>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/log.h"
#include "services/acd/convert.h"
#include "services/acd/domain/errors.h"

namespace hotline::acd {
namespace log = base::log;

Dispatcher::Dispatcher(rpc::Node& node, rpc::Pool& pool, Store& store, rpc::Peer agent_state, DispatcherOptions options)
    : node_(node),
      pool_(pool),
      store_(store),
      agent_state_(std::move(agent_state)),
      options_(std::move(options)),
      clock_(node.clock()),
      executor_(node.io().Next()),
      background_(executor_),
      decision_seconds_(node.metrics().Histogram("hotline_acd_decision_seconds", "Time to choose agents after a change", {},
                                                 {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1})),
      wait_seconds_(node.metrics().Histogram("hotline_acd_wait_seconds", "Wait of answered contacts", {},
                                             {1, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1800})) {}

absl::Status Dispatcher::healthy() const {
  if (active_ == 0) return errors::NotActive();
  if (!agents_known_) return base::Unavailable("AGENTS_UNKNOWN", "agent_state cannot be followed");
  return absl::OkStatus();
}

bool Dispatcher::any_active() const { return active_ > 0; }

Group& Dispatcher::GroupNamed(const std::string& name) {
  Group& group = groups_[name];
  group.name = name;
  return group;
}

bool Dispatcher::Serves(const std::string& group) const {
  return options_.queue_groups.empty() ||
         std::find(options_.queue_groups.begin(), options_.queue_groups.end(), group) != options_.queue_groups.end();
}

Figure Dispatcher::FigureOf(const Queue& queue) const {
  const auto it = groups_.find(queue.group);
  return it == groups_.end() || !it->second.core ? Figure{} : it->second.core->FigureOf(queue.id, now());
}

absl::Status Dispatcher::Enter(const Entry& entry, Waiter& waiter) {
  if (draining_) return errors::NotActive();
  const auto queue = queues_.find(entry.queue_id);
  if (queue == queues_.end()) {
    // Before the queues are loaded nobody can say that one is missing.
    return any_active() ? errors::QueueNotFound(entry.queue_id) : errors::NotActive();
  }
  Group& group = GroupNamed(queue->second.group);
  if (!group.core) return errors::NotActive();
  // The same contact on a new stream: the old one is a leftover of a break.
  if (const auto old = waiters_.find(entry.contact_id); old != waiters_.end()) Detach(*old->second, errors::ContactReplaced());
  HOTLINE_RETURN_IF_ERROR(group.core->Enter(entry, now()));
  waiter.contact_id = entry.contact_id;
  waiter.group = &group;
  waiter.entered = std::min(entry.first_enqueue_time.value_or(now()), now());
  waiters_[entry.contact_id] = &waiter;
  group.untold = true;
  Kick(group);
  return absl::OkStatus();
}

void Dispatcher::Leave(Waiter& waiter) { Detach(waiter, std::nullopt); }

void Dispatcher::Detach(Waiter& waiter, std::optional<absl::Status> why) {
  if (waiter.group == nullptr) return;
  Group& group = *std::exchange(waiter.group, nullptr);
  waiters_.erase(waiter.contact_id);
  if (why) waiter.ended = std::move(why);
  waiter.notice.Give();
  if (!group.core) return;
  if (const std::optional<Offer> standing = group.core->Leave(waiter.contact_id, now())) Release(*standing, "cancelled");
  Kick(group);
}

bool Dispatcher::EndOffer(Waiter& waiter, const std::string& offer_id, Result result) {
  if (waiter.group == nullptr) return result == Result::kAnswered;
  Group& group = *waiter.group;
  const std::optional<Offer> offer = group.core->FindOffer(offer_id);
  const bool known = offer && offer->contact_id == waiter.contact_id;
  static constexpr const char* kNames[] = {"answered", "no_answer", "rejected", "failed"};
  node_.metrics().Counter("hotline_acd_offers_total", "Offers by how they ended", {{"result", kNames[static_cast<int>(result)]}})
      .Increment();
  if (result == Result::kAnswered) {
    // Also when the offer was given up meanwhile: the agent has the call.
    if (known) group.core->EndOffer(offer_id, result, now());
    wait_seconds_.Observe(absl::ToDoubleSeconds(now() - waiter.entered));
    Detach(waiter, std::nullopt);
    return true;
  }
  if (!known) return false;
  group.core->EndOffer(offer_id, result, now());
  // agent_state knows by telephony's report as a rule; this is the same once more, in case telephony could not tell.
  Release(*offer, result == Result::kFailed ? "failed" : "no_answer");
  group.untold = true;
  Kick(group);
  return false;
}

void Dispatcher::Kick(Group& group) {
  if (std::exchange(group.kicked, true)) return;
  asio::post(executor_, [this, &group] {
    group.kicked = false;
    Decide(group);
  });
}

void Dispatcher::Decide(Group& group) {
  if (!group.core) return;
  const auto started = std::chrono::steady_clock::now();
  const std::vector<Offer> offers = group.core->Match(now());
  if (offers.empty()) return;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  decision_seconds_.Observe(took.count() / static_cast<double>(offers.size()));
  for (const Offer& offer : offers) node_.tasks().Spawn(ReserveAgent(group, offer, group.generation));
}

asio::awaitable<void> Dispatcher::ReserveAgent(Group& group, Offer offer, uint64_t generation) {
  hotline::agent_state::v1::ReserveRequest request;
  request.set_agent_id(offer.agent_id);
  request.set_contact_id(offer.contact_id);
  request.set_reservation_id(offer.id);
  request.set_queue_group(group.name);
  request.set_epoch(group.epoch);
  const int64_t ttl = offer.ring_seconds + absl::ToInt64Seconds(kOfferGrace);
  request.set_ttl_seconds(static_cast<int32_t>(std::min<int64_t>(ttl, kMaxReservationSeconds)));
  const auto answer = co_await agent_state_.Call(background_, &Api::Reserve, request, {.timeout = kReserveTimeout});
  if (answer.ok()) TakeAgent(answer->agent());
  if (!group.core || group.generation != generation) {
    if (answer.ok()) Release(offer, "cancelled");
    co_return;
  }
  if (answer.ok()) {
    if (group.core->Reserved(offer.id, now())) {
      Waiter& waiter = *waiters_.at(offer.contact_id);
      waiter.out.push_back(ToProto(offer));
      waiter.notice.Give();
    } else {
      Release(offer, "cancelled");
    }
  } else {
    const std::string reason = base::Reason(answer.status());
    log::Info("an agent could not be reserved", {{"agent", offer.agent_id}, {"contact", offer.contact_id}, {"status", answer.status()}});
    node_.metrics().Counter("hotline_acd_reserve_failures_total", "Reservations refused", {{"reason", reason}}).Increment();
    if (reason == "STALE_EPOCH") {
      Deactivate(group, "agent_state knows a newer epoch");
      co_return;
    }
    group.core->ReserveFailed(offer.id, now());
    // No answer may be an answer that was lost: the agent must not stay reserved for nobody.
    if (!absl::IsFailedPrecondition(answer.status())) Release(offer, "cancelled");
  }
  Kick(group);
}

void Dispatcher::Release(const Offer& offer, const char* outcome) {
  node_.tasks().Spawn(ReleaseAgent(offer.agent_id, offer.id, outcome));
}

// A release that never arrives is mended by the reservation's own time.
asio::awaitable<void> Dispatcher::ReleaseAgent(std::string agent_id, std::string offer_id, std::string outcome) {
  hotline::agent_state::v1::ReleaseRequest request;
  request.set_agent_id(agent_id);
  request.set_reservation_id(offer_id);
  request.set_outcome(outcome);
  const auto answer = co_await agent_state_.Call(background_, &Api::Release, request, {.timeout = kReleaseTimeout, .idempotent = true});
  if (answer.ok()) {
    TakeAgent(answer->agent());
  } else {
    log::Warn("an agent was not released", {{"agent", agent_id}, {"reservation", offer_id}, {"status", answer.status()}});
  }
}

void Dispatcher::TakeAgent(const hotline::agent_state::v1::Agent& agent) {
  AgentView view = ViewOf(agent);
  const std::string group = GroupOf(agent);
  auto& [known, known_group] = agents_[view.id];
  if (known.version >= view.version && !known.id.empty()) return;
  if (!known.id.empty() && known_group != group) {
    if (const auto old = groups_.find(known_group); old != groups_.end() && old->second.core) {
      AgentView gone;
      gone.id = view.id;
      gone.version = view.version;
      old->second.core->UpdateAgent(gone, now());
    }
  }
  known = view;
  known_group = group;
  if (const auto it = groups_.find(group); it != groups_.end() && it->second.core) {
    it->second.core->UpdateAgent(view, now());
    Kick(it->second);
  }
}

void Dispatcher::TakeUpdate(const hotline::agent_state::v1::AgentUpdate& update) {
  if (!update.snapshot()) {
    for (const auto& agent : update.agents()) TakeAgent(agent);
    return;
  }
  agents_.clear();
  std::map<std::string, std::vector<AgentView>> by_group;
  for (const auto& agent : update.agents()) {
    const AgentView view = ViewOf(agent);
    by_group[GroupOf(agent)].push_back(view);
    agents_[view.id] = {view, GroupOf(agent)};
  }
  for (auto& [name, group] : groups_) {
    if (!group.core) continue;
    group.core->ReplaceAgents(by_group[name], now());
    Kick(group);
  }
  SetAgentsKnown(true);
}

void Dispatcher::SetAgentsKnown(bool known) {
  agents_known_ = known;
  for (auto& [name, group] : groups_) {
    if (group.core) group.core->SetPaused(!known);
    if (group.core && known) Kick(group);
  }
}

}  // namespace hotline::acd
