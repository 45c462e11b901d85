// The side of the contacts: their order, the choice, offers and time.
#include "services/acd/domain/core.h"

#include <algorithm>
#include <cmath>

#include "services/acd/domain/core_state.h"
#include "services/acd/domain/errors.h"

namespace hotline::acd {

void Core::PutQueue(const Queue& queue, absl::Time now) {
  std::unique_ptr<QueueState>& state = queues_[queue.id];
  if (!state) state = std::make_unique<QueueState>();
  std::vector<Contact*> contacts;
  for (const Order& order : state->line) contacts.push_back(order.contact);
  for (Contact* contact : contacts) Unwait(*contact);
  state->line.clear();
  state->queue = queue;
  Demand& demand = DemandFor(AskedOf(queue, {}, 0), queue.strategy);
  Use(demand, +1);
  if (state->demand != nullptr) Use(*state->demand, -1);
  state->demand = &demand;
  for (Contact* contact : contacts) {
    state->line.insert(OrderOf(*contact));
    SetDemand(*contact, now);
    if (contact->offer_id.empty()) Wait(*contact);
  }
}

const Queue* Core::FindQueue(std::string_view id) const {
  const auto it = queues_.find(id);
  return it == queues_.end() ? nullptr : &it->second->queue;
}

Core::Order Core::OrderOf(Contact& contact) const {
  return {contact.queue->queue.priority + contact.entry.priority, contact.first, contact.since, contact.sequence, &contact};
}

// Keeps matchable_ true: it lists a demand exactly while it has both somebody who waits and somebody free.
void Core::Refresh(Demand& demand) {
  const bool matches = !demand.waiting.empty() && !demand.free.empty();
  if (demand.listed) {
    if (matches && !(*demand.listed < *demand.waiting.begin()) && !(*demand.waiting.begin() < *demand.listed)) return;
    matchable_.erase({*demand.listed, &demand});
    demand.listed.reset();
  }
  if (!matches) return;
  demand.listed = *demand.waiting.begin();
  matchable_.emplace(*demand.listed, &demand);
}

void Core::Wait(Contact& contact) {
  contact.waiting = true;
  contact.demand->waiting.insert(OrderOf(contact));
  Refresh(*contact.demand);
}

void Core::Unwait(Contact& contact) {
  if (!contact.waiting) return;
  contact.waiting = false;
  contact.demand->waiting.erase(OrderOf(contact));
  contact.demand->parked.erase(&contact);
  Refresh(*contact.demand);
}

// What is asked for the contact after its wait so far. Not while it waits: its place would be lost.
void Core::SetDemand(Contact& contact, absl::Time now) {
  const Queue& queue = contact.queue->queue;
  contact.rings = OpenRings(queue, now - contact.since);
  Demand& demand = DemandFor(AskedOf(queue, contact.entry.skills, contact.rings), queue.strategy);
  Use(demand, +1);
  if (contact.demand != nullptr) Use(*contact.demand, -1);
  contact.demand = &demand;
  if (contact.rings < queue.rings.size()) {
    SetTimer(contact.since + absl::Seconds(queue.rings[contact.rings].after_seconds), Timer::kRing, contact.entry.contact_id);
  }
}

absl::Status Core::Enter(const Entry& entry, absl::Time now) {
  const auto it = queues_.find(entry.queue_id);
  if (it == queues_.end()) return errors::QueueNotFound(entry.queue_id);
  QueueState& queue = *it->second;
  const absl::Time since = std::clamp(entry.first_enqueue_time.value_or(now), now - kMaxWait, now);
  const bool again = entry.first_in_line || since < now - absl::Seconds(1);
  const size_t capacity = static_cast<size_t>(queue.queue.capacity) * (again ? kReentryFactor : 1);
  if (queue.line.size() >= capacity) return errors::QueueFull(entry.queue_id);

  auto contact = std::make_unique<Contact>();
  contact->entry = entry;
  contact->queue = &queue;
  contact->sequence = ++sequence_;
  contact->first = entry.first_in_line;
  contact->since = since;
  for (const std::string& agent : entry.excluded_agent_ids) contact->excluded[agent] = now + kExclusion;
  if (!contact->excluded.empty()) SetTimer(now + kExclusion, Timer::kExclusion, entry.contact_id);
  SetDemand(*contact, now);
  queue.line.insert(OrderOf(*contact));
  queue.since.insert(since);
  Wait(*contact);
  contacts_[entry.contact_id] = std::move(contact);
  return absl::OkStatus();
}

void Core::Remove(Contact& contact) {
  Unwait(contact);
  contact.queue->line.erase(OrderOf(contact));
  contact.queue->since.erase(contact.queue->since.find(contact.since));
  Use(*contact.demand, -1);
  const std::string id = contact.entry.contact_id;
  contacts_.erase(id);
}

std::optional<Offer> Core::Leave(std::string_view contact_id, absl::Time now) {
  const auto it = contacts_.find(std::string(contact_id));
  if (it == contacts_.end()) return std::nullopt;
  Contact& contact = *it->second;
  std::optional<Offer> standing;
  if (const auto offer = offers_.find(contact.offer_id); offer != offers_.end()) {
    if (offer->second.reserved) {
      standing = offer->second.offer;
      FreeOffer(contact.offer_id, now);
    } else {
      offer->second.contact = nullptr;
    }
  }
  Remove(contact);
  return standing;
}

Core::Agent* Core::Choose(const Demand& demand, const Contact& contact, absl::Time now) const {
  const auto excluded = [&](const Agent& agent) {
    const auto it = contact.excluded.find(agent.view.id);
    return it != contact.excluded.end() && it->second > now;
  };
  if (!contact.entry.preferred_agent_id.empty()) {
    const auto it = agents_.find(contact.entry.preferred_agent_id);
    if (it != agents_.end() && it->second->free && !excluded(*it->second)) {
      for (const Agent::Slot& slot : it->second->slots) {
        if (slot.demand == &demand) return it->second.get();
      }
    }
  }
  for (const auto& [order, agent] : demand.free) {  // passes over at most those who have just failed this contact
    if (!excluded(*agent)) return agent;
  }
  return nullptr;
}

std::vector<Offer> Core::Match(absl::Time now) {
  std::vector<Offer> chosen;
  while (!paused_ && !matchable_.empty()) {
    Demand& demand = *matchable_.begin()->second;
    Contact& contact = *matchable_.begin()->first.contact;
    Agent* agent = Choose(demand, contact, now);
    if (agent == nullptr) {
      demand.waiting.erase(OrderOf(contact));
      demand.parked.insert(&contact);
      Refresh(demand);
      continue;
    }
    Unwait(contact);
    OfferState state;
    state.offer = {new_id_(), contact.entry.contact_id, agent->view.id, contact.queue->queue.id, contact.queue->queue.ring_seconds};
    state.contact = &contact;
    state.agent = agent;
    state.deadline = now + kReserveTimeout + kOfferGrace;
    agent->offer_id = contact.offer_id = state.offer.id;
    agent->turn = ++sequence_;
    SetFree(*agent, false);
    SetTimer(state.deadline, Timer::kOffer, state.offer.id);
    chosen.push_back(state.offer);
    offers_.emplace(state.offer.id, std::move(state));
  }
  return chosen;
}

// Ends an offer on both sides; the contact is left without a place among those who wait.
void Core::FreeOffer(const std::string& offer_id, absl::Time now) {
  const auto it = offers_.find(offer_id);
  Agent& agent = *it->second.agent;
  if (it->second.contact != nullptr) it->second.contact->offer_id.clear();
  offers_.erase(it);
  agent.offer_id.clear();
  Reconsider(agent, now);
}

bool Core::Reserved(std::string_view offer_id, absl::Time now) {
  const auto it = offers_.find(std::string(offer_id));
  if (it == offers_.end()) return false;
  OfferState& state = it->second;
  if (state.contact == nullptr) {
    FreeOffer(state.offer.id, now);
    return false;
  }
  state.reserved = true;
  state.deadline = now + absl::Seconds(state.offer.ring_seconds) + kOfferGrace;
  SetTimer(state.deadline, Timer::kOffer, state.offer.id);
  return true;
}

void Core::ReserveFailed(std::string_view offer_id, absl::Time now) {
  const auto it = offers_.find(std::string(offer_id));
  if (it == offers_.end()) return;
  Contact* contact = it->second.contact;
  Agent& agent = *it->second.agent;
  agent.hold_until = now + kHoldOff;
  SetTimer(agent.hold_until, Timer::kHoldOff, agent.view.id);
  FreeOffer(it->first, now);
  if (contact != nullptr) Wait(*contact);
}

void Core::BackFirst(Contact& contact, Agent& agent, absl::Time now) {
  contact.excluded[agent.view.id] = now + kExclusion;
  SetTimer(now + kExclusion, Timer::kExclusion, contact.entry.contact_id);
  contact.queue->line.erase(OrderOf(contact));
  contact.first = true;
  contact.queue->line.insert(OrderOf(contact));
  SetDemand(contact, now);
  Wait(contact);
}

std::optional<Offer> Core::FindOffer(std::string_view offer_id) const {
  const auto it = offers_.find(std::string(offer_id));
  return it == offers_.end() ? std::nullopt : std::optional<Offer>(it->second.offer);
}

bool Core::EndOffer(std::string_view offer_id, Result result, absl::Time now) {
  const auto it = offers_.find(std::string(offer_id));
  if (it == offers_.end() || it->second.contact == nullptr) return false;
  Contact& contact = *it->second.contact;
  Agent& agent = *it->second.agent;
  FreeOffer(it->first, now);
  if (result == Result::kAnswered) {
    agent.handling_queue = contact.queue->queue.id;
    Remove(contact);
  } else {
    BackFirst(contact, agent, now);
  }
  return true;
}

std::vector<Offer> Core::Tick(absl::Time now) {
  std::vector<Offer> expired;
  while (!timers_.empty() && std::get<0>(*timers_.begin()) <= now) {
    const auto [when, kind, id] = *timers_.begin();
    timers_.erase(timers_.begin());
    OnTimer(kind, id, now, expired);
  }
  return expired;
}

// Timers are never taken back, so each looks whether its cause still stands.
void Core::OnTimer(Timer kind, const std::string& id, absl::Time now, std::vector<Offer>& expired) {
  if (kind == Timer::kHoldOff) {
    if (const auto it = agents_.find(id); it != agents_.end()) Reconsider(*it->second, now);
    return;
  }
  if (kind == Timer::kOffer) {
    const auto it = offers_.find(id);
    if (it == offers_.end() || it->second.deadline > now) return;
    const OfferState state = it->second;
    expired.push_back(state.offer);
    FreeOffer(id, now);
    if (state.contact != nullptr) BackFirst(*state.contact, *state.agent, now);
    return;
  }
  const auto it = contacts_.find(id);
  if (it == contacts_.end()) return;
  Contact& contact = *it->second;
  const bool waits = contact.waiting;
  if (kind == Timer::kRing && OpenRings(contact.queue->queue, now - contact.since) == contact.rings) return;
  Unwait(contact);
  std::erase_if(contact.excluded, [now](const auto& entry) { return entry.second <= now; });
  if (kind == Timer::kRing) SetDemand(contact, now);
  if (waits) Wait(contact);
}

void Core::Places(std::string_view queue_id,
                  const std::function<void(const std::string& contact_id, const Place&)>& tell) const {
  const auto it = queues_.find(queue_id);
  if (it == queues_.end()) return;
  const QueueState& queue = *it->second;
  Place place;
  for (const Order& order : queue.line) {
    ++place.position;
    if (!order.contact->offer_id.empty()) continue;
    const Demand& demand = *order.contact->demand;
    place.agents_on_duty = demand.ready + demand.busy + demand.not_ready;
    const int working = demand.ready + demand.busy;
    const bool known = working > 0 && queue.handled >= kMinHandled;
    place.expected_wait_seconds =
        known ? static_cast<int>(std::ceil(place.position * queue.handling_seconds / working)) : -1;
    tell(order.contact->entry.contact_id, place);
  }
}

Figure Core::FigureOf(std::string_view queue_id, absl::Time now) const {
  Figure figure;
  const auto it = queues_.find(queue_id);
  if (it == queues_.end()) return figure;
  const QueueState& queue = *it->second;
  figure.waiting = static_cast<int>(queue.line.size());
  if (!queue.since.empty()) figure.longest_wait = std::max(absl::ZeroDuration(), now - *queue.since.begin());
  figure.ready = queue.demand->ready;
  figure.busy = queue.demand->busy;
  figure.not_ready = queue.demand->not_ready;
  return figure;
}

}  // namespace hotline::acd
