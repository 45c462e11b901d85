// Random streams of events against the core, checked after every step against a plain model of who has whom.
#include <catch2/catch.hpp>

#include <random>

#include "services/acd/domain/core.h"

namespace hotline::acd {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'750'000'000);
const std::vector<std::string> kSkills = {"general", "english", "expert"};

struct Storm {
  std::mt19937 random;
  absl::Time now = kStart;
  int next_id = 0;
  Core core{[this] { return "o" + std::to_string(++next_id); }};
  std::map<std::string, AgentView> agents;
  std::map<std::string, Entry> contacts;            // in the core
  std::map<std::string, Offer> offers;              // by offer id, reserved or about to be
  std::set<std::string> pending;                    // offer ids without an answer of agent_state
  std::map<std::string, absl::Time> since;
  std::set<std::string> first;
  std::map<std::string, std::set<std::string>> failed;  // contact -> agents that ever failed it
  int matched = 0;

  explicit Storm(unsigned seed) : random(seed) {
    for (int i = 0; i < 4; ++i) {
      Queue queue;
      queue.id = queue.name = "q" + std::to_string(i);
      queue.required_skills = i == 3 ? std::vector<std::string>{} : std::vector<std::string>(kSkills.begin(), kSkills.begin() + i % 3 + 1);
      queue.strategy = static_cast<Strategy>(i);
      queue.priority = i % 2;
      queue.capacity = 40;
      if (i == 1) queue.rings = {{15, 2}, {30, 0}};
      queue.minimum_level = i == 1 ? 4 : 1;
      REQUIRE(Complete(queue).ok());
      core.PutQueue(queue, now);
    }
  }
  int Pick(size_t n) { return std::uniform_int_distribution<int>(0, static_cast<int>(n) - 1)(random); }
  template <class Map>
  typename Map::iterator Any(Map& map) { return std::next(map.begin(), Pick(map.size())); }

  bool HasOffer(const std::string& agent) const {
    for (const auto& [id, offer] : offers) {
      if (offer.agent_id == agent) return true;
    }
    return false;
  }
  void ChangeAgent() {
    const std::string id = "a" + std::to_string(Pick(12));
    AgentView& view = agents[id];
    if (view.id.empty() || Pick(20) == 0) {
      view.id = id;
      view.skills.clear();
      for (const std::string& skill : kSkills) {
        if (Pick(2)) view.skills[skill] = 1 + Pick(9);
      }
    }
    ++view.version;
    view.routable = Pick(20) != 0;
    view.line_up = Pick(10) != 0;
    view.activity = static_cast<Activity>(Pick(4));
    if (Pick(2)) view.activity = Activity::kReady;
    view.ready_time = now - absl::Seconds(Pick(100));
    core.UpdateAgent(view, now);
  }
  void EnterSomebody() {
    Entry entry;
    entry.contact_id = "c" + std::to_string(++next_id);
    entry.queue_id = "q" + std::to_string(Pick(4));
    entry.priority = Pick(3);
    if (Pick(3) == 0) entry.skills = {kSkills[static_cast<size_t>(Pick(3))]};
    if (Pick(3) == 0) entry.first_enqueue_time = now - absl::Seconds(Pick(60));
    if (Pick(8) == 0) entry.first_in_line = true;
    if (Pick(4) == 0) entry.preferred_agent_id = "a" + std::to_string(Pick(12));
    if (!core.Enter(entry, now).ok()) return;
    since[entry.contact_id] = entry.first_enqueue_time.value_or(now);
    if (entry.first_in_line) first.insert(entry.contact_id);
    contacts[entry.contact_id] = entry;
  }
  void AnswerReserve() {
    if (pending.empty()) return;
    const std::string id = *Any(pending);
    pending.erase(id);
    const Offer offer = offers.at(id);
    const bool here = contacts.contains(offer.contact_id);
    if (Pick(4) == 0) {
      core.ReserveFailed(id, now);
      offers.erase(id);
    } else {
      CHECK(core.Reserved(id, now) == here);
      if (!here) offers.erase(id);
    }
  }
  void EndSomeOffer() {
    if (offers.empty()) return;
    const auto it = Any(offers);
    const Offer offer = it->second;
    if (pending.contains(offer.id)) return;
    const Result result = static_cast<Result>(Pick(4));
    REQUIRE(core.EndOffer(offer.id, result, now));
    CHECK_FALSE(core.EndOffer(offer.id, result, now));
    offers.erase(it);
    if (result == Result::kAnswered) contacts.erase(offer.contact_id);
    else Failed(offer);
  }
  void Failed(const Offer& offer) {
    first.insert(offer.contact_id);
    failed[offer.contact_id].insert(offer.agent_id);
  }
  void LeaveSomebody() {
    if (contacts.empty()) return;
    const std::string id = Any(contacts)->first;
    const std::optional<Offer> standing = core.Leave(id, now);
    contacts.erase(id);
    for (auto it = offers.begin(); it != offers.end();) {
      const bool its = it->second.contact_id == id && !pending.contains(it->first);
      if (its) CHECK(standing.has_value());
      it = its ? offers.erase(it) : std::next(it);
    }
  }
  bool Able(const Entry& entry, const AgentView& agent) const {
    const Queue& queue = *core.FindQueue(entry.queue_id);
    const Asked asked = AskedOf(queue, entry.skills, OpenRings(queue, now - since.at(entry.contact_id)));
    for (const auto& [skill, level] : asked) {
      const auto it = agent.skills.find(skill);
      if (it == agent.skills.end() || it->second < level) return false;
    }
    return true;
  }
  std::tuple<int, bool, absl::Duration> Rank(const std::string& contact) const {
    const Entry& entry = contacts.at(contact);
    return {core.FindQueue(entry.queue_id)->priority + entry.priority, first.contains(contact), now - since.at(contact)};
  }
  bool Waits(const std::string& contact) const {
    for (const auto& [id, offer] : offers) {
      if (offer.contact_id == contact) return false;
    }
    return true;
  }
  void MatchAndCheck() {
    for (const Offer& offer : core.Match(now)) {
      ++matched;
      const AgentView& agent = agents.at(offer.agent_id);
      REQUIRE_FALSE(HasOffer(offer.agent_id));   // an agent never has two contacts
      REQUIRE(Waits(offer.contact_id));          // a contact never has two agents
      REQUIRE(contacts.contains(offer.contact_id));
      REQUIRE((agent.activity == Activity::kReady && agent.line_up && agent.routable));
      REQUIRE(Able(contacts.at(offer.contact_id), agent));
      for (const auto& [id, entry] : contacts) {  // the order is kept: nobody who goes before could have had this agent
        const bool passed_over = id != offer.contact_id && Waits(id) && Rank(id) > Rank(offer.contact_id) &&
                                 Able(entry, agent) && !failed[id].contains(offer.agent_id);
        INFO(id << " went before " << offer.contact_id << " and could have had " << offer.agent_id);
        REQUIRE_FALSE(passed_over);
      }
      offers[offer.id] = offer;
      pending.insert(offer.id);
    }
  }
  void Step() {
    switch (Pick(8)) {
      case 0:
      case 1: ChangeAgent(); break;
      case 2:
      case 3: EnterSomebody(); break;
      case 4: AnswerReserve(); break;
      case 5: EndSomeOffer(); break;
      case 6: if (Pick(3) == 0) LeaveSomebody(); break;
      case 7: now += absl::Milliseconds(Pick(4000)); break;
    }
    for (const Offer& expired : core.Tick(now)) {
      offers.erase(expired.id);
      pending.erase(expired.id);
      if (contacts.contains(expired.contact_id)) Failed(expired);
    }
    MatchAndCheck();
    REQUIRE(core.waiting() == contacts.size());
    REQUIRE(core.offers() == offers.size());
  }
};

TEST_CASE("ACD-1 ACD-4: whatever happens, nobody is given twice and the order is kept") {
  int matched = 0;
  for (unsigned seed = 1; seed <= 30; ++seed) {
    Storm storm(seed);
    for (int step = 0; step < 2000; ++step) storm.Step();
    size_t told = 0;
    for (int queue = 0; queue < 4; ++queue) {
      int last = 0;
      storm.core.Places("q" + std::to_string(queue), [&](const std::string& id, const Place& place) {
        ++told;
        CHECK(place.position > last);
        last = place.position;
        CHECK(storm.contacts.contains(id));
      });
    }
    CHECK(told <= storm.contacts.size());
    matched += storm.matched;
  }
  CHECK(matched > 1000);
}

}  // namespace
}  // namespace hotline::acd
