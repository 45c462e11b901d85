// The queueing core, case by case (ACD-1, ACD-2, ACD-4).
#include "services/acd/domain/core.h"

#include <catch2/catch.hpp>

#include "libs/base/error.h"

namespace hotline::acd {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'750'000'000);

// A group with agents and queues, told in few words.
struct World {
  absl::Time now = kNow;
  int next_id = 0;
  Core core{[this] { return "o" + std::to_string(++next_id); }};
  std::map<std::string, AgentView> agents;

  Queue AddQueue(std::string id, std::vector<std::string> skills, Strategy strategy = Strategy::kLongestIdle,
                 int priority = 0, std::vector<Ring> rings = {}, int minimum_level = 1) {
    Queue queue;
    queue.id = queue.name = std::move(id);
    queue.required_skills = std::move(skills);
    queue.strategy = strategy;
    queue.priority = priority;
    queue.rings = std::move(rings);
    queue.minimum_level = minimum_level;
    const absl::Status complete = Complete(queue);
    INFO(complete);
    REQUIRE(complete.ok());
    core.PutQueue(queue, now);
    return queue;
  }
  void SetAgent(const std::string& id, Activity activity, std::map<std::string, int> skills = {}, absl::Duration idle = {}) {
    AgentView& view = agents[id];
    view.id = id;
    ++view.version;
    view.routable = view.line_up = true;
    view.activity = activity;
    if (!skills.empty()) view.skills = std::move(skills);
    view.ready_time = activity == Activity::kReady ? now - idle : absl::InfiniteFuture();
    core.UpdateAgent(view, now);
  }
  void Ready(const std::string& id, std::map<std::string, int> skills = {}, absl::Duration idle = {}) {
    SetAgent(id, Activity::kReady, std::move(skills), idle);
  }
  absl::Status Enter(const std::string& contact, const std::string& queue, Entry entry = {}) {
    entry.contact_id = contact;
    entry.queue_id = queue;
    return core.Enter(entry, now);
  }
  // "c1>a1 c2>a2"
  std::string Match(std::vector<Offer>* offers = nullptr) {
    std::string text;
    for (const Offer& offer : core.Match(now)) {
      text += (text.empty() ? "" : " ") + offer.contact_id + ">" + offer.agent_id;
      CHECK(core.Reserved(offer.id, now));
      SetAgent(offer.agent_id, Activity::kBusy);
      last[offer.contact_id] = offer;
      if (offers != nullptr) offers->push_back(offer);
    }
    return text;
  }
  std::map<std::string, Offer> last;
  void End(const std::string& contact, Result result) { CHECK(core.EndOffer(last.at(contact).id, result, now)); }
  std::map<std::string, Place> Places(const std::string& queue) {
    std::map<std::string, Place> places;
    core.Places(queue, [&](const std::string& id, const Place& place) { places[id] = place; });
    return places;
  }
};

TEST_CASE("ACD-2: longest idle takes the agent who is ready for the longest time") {
  World w;
  w.AddQueue("general", {"general"});
  w.Ready("a1", {{"general", 5}}, absl::Seconds(10));
  w.Ready("a2", {{"general", 5}}, absl::Seconds(90));
  w.Ready("a3", {{"general", 5}}, absl::Seconds(40));
  for (const char* contact : {"c1", "c2", "c3", "c4"}) REQUIRE(w.Enter(contact, "general").ok());
  CHECK(w.Match() == "c1>a2 c2>a3 c3>a1");
  w.Ready("a3");
  CHECK(w.Match() == "");  // its offer still stands
  w.End("c2", Result::kAnswered);
  CHECK(w.Match() == "c4>a3");
}

TEST_CASE("ACD-2: skill level takes the best, then the longest idle") {
  World w;
  w.AddQueue("english", {"english", "general"}, Strategy::kSkillLevel);
  w.Ready("low", {{"english", 3}, {"general", 9}}, absl::Hours(1));
  w.Ready("best", {{"english", 9}, {"general", 8}}, absl::Seconds(1));
  w.Ready("best_idle", {{"english", 8}, {"general", 9}}, absl::Seconds(2));
  w.Ready("half", {{"english", 10}}, absl::Hours(2));
  for (const char* contact : {"c1", "c2", "c3", "c4"}) REQUIRE(w.Enter(contact, "english").ok());
  CHECK(w.Match() == "c1>best_idle c2>best c3>low");
}

TEST_CASE("ACD-2: round robin takes agents in turn") {
  World w;
  w.AddQueue("general", {"general"}, Strategy::kRoundRobin);
  for (const char* agent : {"a1", "a2", "a3"}) w.Ready(agent, {{"general", 5}});
  std::string order;
  for (int i = 0; i < 6; ++i) {
    const std::string contact = "c" + std::to_string(i);
    REQUIRE(w.Enter(contact, "general").ok());
    w.Match();
    order += w.last.at(contact).agent_id + " ";
    w.End(contact, Result::kAnswered);
    w.Ready(w.last.at(contact).agent_id);
  }
  CHECK(order == "a1 a2 a3 a1 a2 a3 ");
}

TEST_CASE("ACD-2: least occupied takes who had the smallest share of the last hour in calls") {
  World w;
  w.AddQueue("general", {"general"}, Strategy::kLeastOccupied);
  const auto work = [&](const char* agent, absl::Duration time) {
    w.SetAgent(agent, Activity::kBusy, {{"general", 5}});
    w.now += time;
    w.SetAgent(agent, Activity::kNotReady);
  };
  work("long_ago", absl::Minutes(20));
  w.now += absl::Hours(4);
  work("much", absl::Minutes(15));
  work("little", absl::Minutes(5));
  w.Ready("much", {}, absl::Hours(1));
  w.Ready("long_ago");
  w.Ready("little");
  w.Ready("fresh", {{"general", 1}});
  for (const char* contact : {"c1", "c2", "c3", "c4"}) REQUIRE(w.Enter(contact, "general").ok());
  CHECK(w.Match() == "c1>fresh c2>long_ago c3>little c4>much");
}

TEST_CASE("ACD-2: the last agent is tried first while ready and able") {
  World w;
  w.AddQueue("general", {"general"});
  w.Ready("idle", {{"general", 5}}, absl::Hours(1));
  w.Ready("known", {{"general", 5}});
  w.Ready("unable", {{"english", 5}});
  Entry entry;
  entry.preferred_agent_id = "known";
  REQUIRE(w.Enter("c1", "general", entry).ok());
  CHECK(w.Match() == "c1>known");
  REQUIRE(w.Enter("c2", "general", entry).ok());
  CHECK(w.Match() == "c2>idle");
  entry.preferred_agent_id = "unable";
  REQUIRE(w.Enter("c3", "general", entry).ok());
  CHECK(w.Match() == "");
}

TEST_CASE("ACD-2: rings take lower levels, then one skill less, after set waits") {
  World w;
  w.AddQueue("legal", {"general", "expert"}, Strategy::kLongestIdle, 0, {{20, 3}, {40, 0}}, 6);
  w.Ready("middle", {{"general", 3}, {"expert", 4}});
  w.Ready("beginner", {{"general", 1}});
  REQUIRE(w.Enter("c1", "legal").ok());
  REQUIRE(w.Enter("c2", "legal").ok());
  CHECK(w.Match() == "");
  w.now += absl::Seconds(19);
  w.core.Tick(w.now);
  CHECK(w.Match() == "");
  w.now += absl::Seconds(1);
  w.core.Tick(w.now);
  CHECK(w.Match() == "c1>middle");
  w.now += absl::Seconds(20);
  w.core.Tick(w.now);
  CHECK(w.Match() == "c2>beginner");
  SECTION("who comes back after a break has the ring of the first enqueue time") {
    w.Ready("other", {{"general", 1}});
    Entry entry;
    entry.first_enqueue_time = w.now - absl::Seconds(50);
    REQUIRE(w.Enter("c3", "legal", entry).ok());
    CHECK(w.Match() == "c3>other");
  }
}

TEST_CASE("ACD-1: contacts ask for skills of their own") {
  World w;
  w.AddQueue("general", {"general"});
  w.Ready("chinese", {{"general", 5}}, absl::Hours(1));
  w.Ready("english", {{"general", 5}, {"english", 1}});
  Entry entry;
  entry.skills = {"english"};
  REQUIRE(w.Enter("c1", "general", entry).ok());
  CHECK(w.Match() == "c1>english");
}

TEST_CASE("ACD-1: priority of queue and caller, then first in line, then time") {
  World w;
  w.AddQueue("low", {"general"}, Strategy::kLongestIdle, 0);
  w.AddQueue("high", {"general"}, Strategy::kLongestIdle, 10);
  Entry urgent, first, old;
  urgent.priority = 20;
  first.first_in_line = true;
  old.first_enqueue_time = kNow - absl::Minutes(5);
  REQUIRE(w.Enter("plain", "low").ok());
  REQUIRE(w.Enter("old", "low", old).ok());
  REQUIRE(w.Enter("first", "low", first).ok());
  REQUIRE(w.Enter("high", "high").ok());
  REQUIRE(w.Enter("urgent", "low", urgent).ok());
  CHECK(w.Places("low")["urgent"].position == 1);
  CHECK(w.Places("low")["first"].position == 2);
  CHECK(w.Places("low")["plain"].position == 4);
  std::string order;
  for (int i = 0; i < 5; ++i) {
    w.Ready("a" + std::to_string(i), {{"general", 5}});
    order += w.Match() + " ";
  }
  CHECK(order == "urgent>a0 high>a1 first>a2 old>a3 plain>a4 ");
}

TEST_CASE("ACD-4: who rang in vain is first in line, and the same agent is not asked again at once") {
  World w;
  w.AddQueue("general", {"general"});
  w.Ready("a1", {{"general", 5}}, absl::Minutes(5));
  REQUIRE(w.Enter("c1", "general").ok());
  w.now += absl::Seconds(1);
  Entry older;
  older.first_enqueue_time = kNow - absl::Minutes(1);
  REQUIRE(w.Enter("c2", "general", older).ok());
  CHECK(w.Match() == "c2>a1");
  w.End("c2", Result::kNoAnswer);
  w.Ready("a1");
  CHECK(w.Match() == "c1>a1");  // c2 goes before, but just failed with this agent
  w.Ready("a2", {{"general", 5}});
  CHECK(w.Match() == "c2>a2");
  w.End("c2", Result::kRejected);
  w.End("c1", Result::kAnswered);
  REQUIRE(w.Enter("c3", "general", older).ok());
  w.now += kExclusion;
  w.core.Tick(w.now);
  w.Ready("a2");
  CHECK(w.Match() == "c2>a2");  // and before c3, who waits as long
}

TEST_CASE("ACD-4: agents named as just failed are not asked at once") {
  World w;
  w.AddQueue("general", {"general"});
  w.Ready("a1", {{"general", 5}});
  Entry entry;
  entry.excluded_agent_ids = {"a1"};
  REQUIRE(w.Enter("c1", "general", entry).ok());
  CHECK(w.Match() == "");
  w.now += kExclusion;
  w.core.Tick(w.now);
  CHECK(w.Match() == "c1>a1");
}

TEST_CASE("an agent somebody else took costs the contact nothing, and is left alone for a moment") {
  World w;
  w.AddQueue("general", {"general"});
  w.Ready("a1", {{"general", 5}}, absl::Minutes(5));
  w.Ready("a2", {{"general", 5}});
  REQUIRE(w.Enter("c1", "general").ok());
  REQUIRE(w.Enter("c2", "general").ok());
  const std::vector<Offer> offers = w.core.Match(w.now);
  REQUIRE(offers.size() == 2);
  w.core.ReserveFailed(offers[0].id, w.now);
  CHECK(w.core.Reserved(offers[1].id, w.now));
  CHECK(w.Match() == "");
  w.Ready("a3", {{"general", 5}});
  CHECK(w.Match() == "c1>a3");
  w.now += kHoldOff;
  w.core.Tick(w.now);
  REQUIRE(w.Enter("c3", "general").ok());
  CHECK(w.Match() == "c3>a1");
}

TEST_CASE("a contact that leaves frees its agent; one that leaves during reserving is released afterwards") {
  World w;
  w.AddQueue("general", {"general"});
  w.Ready("a1", {{"general", 5}});
  REQUIRE(w.Enter("c1", "general").ok());
  const std::vector<Offer> offers = w.core.Match(w.now);
  REQUIRE(offers.size() == 1);
  SECTION("during") {
    CHECK_FALSE(w.core.Leave("c1", w.now));
    REQUIRE(w.Enter("c2", "general").ok());
    CHECK(w.Match() == "");
    CHECK_FALSE(w.core.Reserved(offers[0].id, w.now));
    CHECK(w.Match() == "c2>a1");
  }
  SECTION("after") {
    CHECK(w.core.Reserved(offers[0].id, w.now));
    const std::optional<Offer> standing = w.core.Leave("c1", w.now);
    REQUIRE(standing);
    CHECK(standing->agent_id == "a1");
    CHECK_FALSE(w.core.EndOffer(offers[0].id, Result::kAnswered, w.now));
  }
  CHECK_FALSE(w.core.Has("c1"));
}

TEST_CASE("an offer nobody ends is taken back, and its contact is first in line") {
  World w;
  w.AddQueue("general", {"general"});
  w.Ready("a1", {{"general", 5}});
  REQUIRE(w.Enter("c1", "general").ok());
  CHECK(w.Match() == "c1>a1");
  w.now += absl::Seconds(kDefaultRingSeconds) + kOfferGrace - absl::Milliseconds(1);
  CHECK(w.core.Tick(w.now).empty());
  w.now += absl::Milliseconds(1);
  const std::vector<Offer> expired = w.core.Tick(w.now);
  REQUIRE(expired.size() == 1);
  CHECK(expired[0].agent_id == "a1");
  w.Ready("a2", {{"general", 5}});
  CHECK(w.Match() == "c1>a2");
}

TEST_CASE("nobody is chosen without a line, without a profile, or while agent_state is away") {
  World w;
  w.AddQueue("open", {});
  AgentView view{"a1", 1, Activity::kReady, true, false, kNow, {}};
  w.core.UpdateAgent(view, w.now);
  REQUIRE(w.Enter("c1", "open").ok());
  CHECK(w.Match() == "");
  view.version = 2;
  view.line_up = true;
  view.routable = false;
  w.core.UpdateAgent(view, w.now);
  CHECK(w.Match() == "");
  view.version = 3;
  view.routable = true;
  w.core.SetPaused(true);
  w.core.UpdateAgent(view, w.now);
  CHECK(w.Match() == "");
  w.core.SetPaused(false);
  CHECK(w.Match() == "c1>a1");
}

TEST_CASE("older news of an agent are ignored, but a new snapshot is believed") {
  World w;
  w.AddQueue("general", {"general"});
  w.Ready("a1", {{"general", 5}});
  w.SetAgent("a1", Activity::kBusy);
  AgentView old = w.agents["a1"];
  old.version = 1;
  old.activity = Activity::kReady;
  w.core.UpdateAgent(old, w.now);
  REQUIRE(w.Enter("c1", "general").ok());
  CHECK(w.Match() == "");
  w.core.ReplaceAgents({old}, w.now);
  CHECK(w.Match() == "c1>a1");
  w.core.ReplaceAgents({}, w.now);
  w.End("c1", Result::kNoAnswer);
  CHECK(w.Match() == "");
  CHECK(w.core.FigureOf("general", w.now).ready == 0);
}

TEST_CASE("a full queue refuses newcomers, but not those who come back to their place") {
  World w;
  Queue queue = w.AddQueue("general", {"general"});
  queue.capacity = 2;
  w.core.PutQueue(queue, w.now);
  REQUIRE(w.Enter("c1", "general").ok());
  REQUIRE(w.Enter("c2", "general").ok());
  CHECK(base::Reason(w.Enter("c3", "general")) == "QUEUE_FULL");
  Entry back;
  back.first_enqueue_time = w.now - absl::Minutes(2);
  CHECK(w.Enter("c4", "general", back).ok());
  CHECK(w.Places("general")["c4"].position == 1);
  CHECK(base::Reason(w.Enter("c5", "nowhere")) == "QUEUE_NOT_FOUND");
}

TEST_CASE("ACD-7: figures and expected waits come from what is seen") {
  World w;
  w.AddQueue("general", {"general"});
  w.SetAgent("off", Activity::kNotReady, {{"general", 5}});
  w.Ready("a1", {{"general", 5}});
  for (int i = 0; i < kMinHandled; ++i) {
    const std::string contact = "h" + std::to_string(i);
    REQUIRE(w.Enter(contact, "general").ok());
    CHECK(w.Match() == contact + ">a1");
    w.End(contact, Result::kAnswered);
    w.now += absl::Seconds(120);
    w.Ready("a1");
  }
  w.SetAgent("a1", Activity::kBusy);
  REQUIRE(w.Enter("c1", "general").ok());
  REQUIRE(w.Enter("c2", "general").ok());
  w.now += absl::Seconds(7);
  CHECK(w.Places("general")["c1"] == Place{1, 120, 2});
  CHECK(w.Places("general")["c2"] == Place{2, 240, 2});
  const Figure figure = w.core.FigureOf("general", w.now);
  CHECK(figure.waiting == 2);
  CHECK(figure.longest_wait == absl::Seconds(7));
  CHECK(figure.ready == 0);
  CHECK(figure.busy == 1);
  CHECK(figure.not_ready == 1);
}

TEST_CASE("changing a queue puts those who wait in order anew") {
  World w;
  Queue queue = w.AddQueue("legal", {"expert"});
  REQUIRE(w.Enter("c1", "legal").ok());
  w.Ready("a1", {{"general", 5}});
  CHECK(w.Match() == "");
  queue.required_skills = {"general"};
  w.core.PutQueue(queue, w.now);
  CHECK(w.Match() == "c1>a1");
}

TEST_CASE("queues are checked field by field") {
  Queue queue;
  queue.id = "X";
  queue.required_skills = {"general", "general"};
  queue.minimum_level = 11;
  queue.ring_seconds = 61;
  queue.rings = {{20, 3}, {20, 11}};
  const absl::Status status = Complete(queue);
  std::set<std::string> fields;
  for (const auto& fault : base::FieldViolations(status)) fields.insert(fault.field);
  CHECK(fields == std::set<std::string>{"queue.queue_id", "queue.name", "queue.required_skills[1]", "queue.minimum_level",
                                        "queue.ring_seconds", "queue.rings[1].after_seconds", "queue.rings[1].minimum_level"});
}

}  // namespace
}  // namespace hotline::acd
