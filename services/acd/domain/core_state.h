// The inner records of Core. Included by core*.cpp only.
#pragma once

#include <limits>

#include "services/acd/domain/core.h"

namespace hotline::acd {

// Busy time that fades exponentially, kept in a form that does not change while an agent is idle: ln(score) + t/window.
// All idle agents fade alike, so an order by it stays right without touching anybody.
class Occupancy {
 public:
  double key() const { return key_; }
  void AddBusy(absl::Time from, absl::Time to);

 private:
  double key_ = -std::numeric_limits<double>::infinity();
};

// The place of an agent among the free ones of a demand.
struct FreeOrder {
  double primary;
  absl::Time ready_time;
  uint64_t sequence;
  bool operator<(const FreeOrder& other) const {
    return std::tie(primary, ready_time, sequence) < std::tie(other.primary, other.ready_time, other.sequence);
  }
};

struct Core::Demand {
  Asked asked;
  Strategy strategy;
  int users = 0;                             // queues and contacts
  std::map<FreeOrder, Agent*> free;
  std::set<Order> waiting;
  std::set<Contact*> parked;                 // every free agent has just failed them
  std::optional<Order> listed;               // its entry in matchable_
  int ready = 0, busy = 0, not_ready = 0;    // agents with the skills

  // The skills' levels together, or 0 if one is missing.
  std::optional<int> LevelOf(const AgentView& view) const;
};

struct Core::Agent {
  struct Slot {
    Demand* demand;
    int level;
    std::optional<FreeOrder> free;
  };
  AgentView view;
  uint64_t sequence = 0;                     // breaks ties, and tells the turn in round robin
  uint64_t turn = 0;
  std::vector<Slot> slots;                   // the demands it has the skills for
  bool free = false;
  std::string offer_id;
  absl::Time hold_until = absl::InfinitePast();
  absl::Time busy_since = absl::InfiniteFuture();
  Occupancy occupancy;
  std::string handling_queue;                // whose contact it answered last
};

struct Core::QueueState {
  Queue queue;
  std::set<Order> line;                      // everybody in it, those with an offer too
  std::multiset<absl::Time> since;
  Demand* demand = nullptr;                  // of a contact without skills of its own, before any ring
  int handled = 0;
  double handling_seconds = 0;
};

struct Core::Contact {
  Entry entry;
  QueueState* queue = nullptr;
  uint64_t sequence = 0;
  bool first = false;
  absl::Time since;
  size_t rings = 0;
  Demand* demand = nullptr;
  bool waiting = false;
  std::map<std::string, absl::Time, std::less<>> excluded;  // until when
  std::string offer_id;
};

}  // namespace hotline::acd
