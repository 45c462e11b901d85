// The queueing core of one queue group: who waits, who is free, who gets whom (ACD-1, ACD-2, ACD-4). Pure: time is given,
// nothing is called, and the same calls give the same answers. Not thread-safe.
//
// Agents who can serve a set of asked skills (a Demand: the skills with their levels, and the strategy) are kept in the
// order in which that strategy takes them, and contacts with that demand in the order in which they are served. A decision
// takes the first of both: its cost does not grow with the number of agents.
//
// Invariants: an agent has at most one offer, a contact at most one; a contact that leaves its place by no fault of its own
// comes back to it; of two contacts with the same demand the earlier in order is never passed over, except while the only
// free agents have just failed it.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "services/acd/domain/queue.h"

namespace hotline::acd {

enum class Activity { kSignedOut, kNotReady, kReady, kBusy };

// An agent as agent_state tells it.
struct AgentView {
  std::string id;
  int64_t version = 0;
  Activity activity = Activity::kSignedOut;
  bool routable = false;                // has a profile: gets calls at all
  bool line_up = false;
  absl::Time ready_time = absl::InfiniteFuture();
  std::map<std::string, int> skills;
};

// A contact that enters a queue.
struct Entry {
  std::string contact_id;
  std::string queue_id;
  std::vector<std::string> skills;      // beside the queue's
  int priority = 0;
  std::optional<absl::Time> first_enqueue_time;
  std::string preferred_agent_id;
  bool first_in_line = false;
  std::vector<std::string> excluded_agent_ids;
};

// An agent chosen for a contact; to be reserved, then offered.
struct Offer {
  std::string id;
  std::string contact_id;
  std::string agent_id;
  std::string queue_id;
  int ring_seconds = 0;
};

enum class Result { kAnswered, kNoAnswer, kRejected, kFailed };

struct Place {
  int position = 0;                     // 1 is next
  int expected_wait_seconds = -1;       // -1: unknown
  int agents_on_duty = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

struct Figure {
  int waiting = 0;
  absl::Duration longest_wait;
  int ready = 0, busy = 0, not_ready = 0;
};

class Core {
 public:
  // `new_id` makes offer ids.
  explicit Core(std::function<std::string()> new_id);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // Adds or changes a queue (complete and of this group); who waits in it is put in order anew.
  void PutQueue(const Queue& queue, absl::Time now);
  const Queue* FindQueue(std::string_view id) const;

  // Older versions than the known one are ignored.
  void UpdateAgent(const AgentView& view, absl::Time now);
  // The whole truth, whatever the versions were: who is not in it is gone.
  void ReplaceAgents(const std::vector<AgentView>& views, absl::Time now);
  // While agent_state cannot be heard nobody is chosen.
  void SetPaused(bool paused) { paused_ = paused; }

  // QUEUE_NOT_FOUND, QUEUE_FULL. The contact must not be there: leave first.
  absl::Status Enter(const Entry& entry, absl::Time now);
  bool Has(std::string_view contact_id) const { return contacts_.contains(std::string(contact_id)); }
  // The offer that stood, if it was reserved: to be released. One still being reserved ends in Reserved() == false.
  std::optional<Offer> Leave(std::string_view contact_id, absl::Time now);

  // Chooses agents for contacts until nobody fits nobody.
  std::vector<Offer> Match(absl::Time now);
  // agent_state gave the agent. False if the contact has left meanwhile: release it.
  bool Reserved(std::string_view offer_id, absl::Time now);
  // agent_state did not. The contact goes back to its place; the agent is left alone for a moment.
  void ReserveFailed(std::string_view offer_id, absl::Time now);
  // An offer that stands, reserved or about to be.
  std::optional<Offer> FindOffer(std::string_view offer_id) const;
  // How an offer ended; false if it is unknown, or ended already. Answered: the contact leaves. Otherwise it is first in line.
  bool EndOffer(std::string_view offer_id, Result result, absl::Time now);

  // Lets time pass: rings open, exclusions end. Returns offers that nobody ended in time; their contacts are first in line
  // again, and their agents are to be released.
  std::vector<Offer> Tick(absl::Time now);
  absl::Time NextDeadline() const { return timers_.empty() ? absl::InfiniteFuture() : std::get<0>(*timers_.begin()); }

  // Calls `tell` for everyone who waits in the queue, in order; those with an offer count but are not told.
  void Places(std::string_view queue_id, const std::function<void(const std::string& contact_id, const Place&)>& tell) const;
  Figure FigureOf(std::string_view queue_id, absl::Time now) const;
  size_t waiting() const { return contacts_.size(); }
  size_t offers() const { return offers_.size(); }

 private:
  struct Agent;
  struct Contact;
  struct Demand;
  struct QueueState;
  // Who is served first: higher priority, first in line, longest in the queue.
  struct Order {
    int priority;
    bool first;
    absl::Time since;
    uint64_t sequence;
    Contact* contact;
    bool operator<(const Order& other) const {
      return std::tie(other.priority, other.first, since, sequence) < std::tie(priority, first, other.since, other.sequence);
    }
  };
  struct OfferState {
    Offer offer;
    Contact* contact = nullptr;  // null: it left while the agent was being reserved
    Agent* agent = nullptr;
    bool reserved = false;
    absl::Time deadline;
  };
  enum class Timer { kRing, kExclusion, kHoldOff, kOffer };

  Demand& DemandFor(Asked asked, Strategy strategy);
  void Use(Demand& demand, int by);
  void DropIdleDemands();
  void Refresh(Demand& demand);
  void Join(Agent& agent, Demand& demand);
  void SetFree(Agent& agent, bool free);
  void Reconsider(Agent& agent, absl::Time now);
  void Adopt(Agent& agent, const AgentView& view, absl::Time now);
  void EnterFree(Agent& agent, size_t slot);
  void Count(Agent& agent, int by);
  static void CountIn(Demand& demand, Activity activity, int by);
  void SetSkills(Agent& agent);

  void Wait(Contact& contact);
  void Unwait(Contact& contact);
  void SetDemand(Contact& contact, absl::Time now);
  Order OrderOf(Contact& contact) const;
  Agent* Choose(const Demand& demand, const Contact& contact, absl::Time now) const;
  void Remove(Contact& contact);
  void FreeOffer(const std::string& offer_id, absl::Time now);
  void BackFirst(Contact& contact, Agent& agent, absl::Time now);
  void SetTimer(absl::Time when, Timer kind, const std::string& id) { timers_.emplace(when, kind, id); }
  void OnTimer(Timer kind, const std::string& id, absl::Time now, std::vector<Offer>& expired);

  const std::function<std::string()> new_id_;
  bool paused_ = false;
  uint64_t sequence_ = 0;
  std::map<std::string, std::unique_ptr<QueueState>, std::less<>> queues_;
  std::unordered_map<std::string, std::unique_ptr<Agent>> agents_;
  std::unordered_map<std::string, std::unique_ptr<Contact>> contacts_;
  std::map<std::pair<Asked, Strategy>, std::unique_ptr<Demand>> demands_;
  std::unordered_map<std::string, OfferState> offers_;
  std::set<std::pair<Order, Demand*>> matchable_;  // demands with both a contact and an agent, by their first contact
  std::set<std::tuple<absl::Time, Timer, std::string>> timers_;
  size_t idle_demands_ = 0;
};

}  // namespace hotline::acd
