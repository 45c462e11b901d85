// The way of calls through flows: pure, no audio, no network (IVR-1 to IVR-5, IVR-7, IVR-8, IVR-10, ACD-4).
#include "services/ivr/domain/dialogue.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <random>
#include <sstream>

namespace hotline::ivr {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

std::string ReadText(const std::string& path) {
  std::ifstream in(std::string(HOTLINE_SOURCE_DIR) + "/" + path);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

std::shared_ptr<const Flow> CityFlow() {
  const auto flow = Flow::Parse(ReadText("deploy/demo/flows/main.json"));
  REQUIRE(flow.ok());
  return *flow;
}

// Follows a dialogue and remembers what it wanted.
struct Caller {
  explicit Caller(std::shared_ptr<const Flow> flow) : dialogue(flow, {"main", 1}) { Take(dialogue.Begin(kNow)); }

  void Take(const Effects& effects) {
    for (const Effect& effect : effects) {
      if (const auto* play = std::get_if<DoPlay>(&effect)) {
        playing = play->action_id;
        heard = play->prompts;
      } else if (const auto* record = std::get_if<DoRecord>(&effect)) {
        recording = record->action_id;
      } else if (const auto* timer = std::get_if<SetTimer>(&effect)) {
        timer_id = timer->timer;
      }
      all.push_back(effect);
    }
  }
  void Give(const Input& input) { Take(dialogue.Handle(input, now)); }
  void Key(char key) { Give(Digit{key}); }
  void Keys(const std::string& keys) {
    for (const char key : keys) Key(key);
  }
  void PromptEnds() { Give(PlayEnded{playing}); }
  template <class T>
  const T* Last() const {
    for (auto effect = all.rbegin(); effect != all.rend(); ++effect) {
      if (const T* found = std::get_if<T>(&*effect)) return found;
    }
    return nullptr;
  }
  bool Heard(const std::string& prompt) const { return std::find(heard.begin(), heard.end(), prompt) != heard.end(); }

  Dialogue dialogue;
  absl::Time now = kNow;
  Effects all;
  std::vector<std::string> heard;
  std::string playing, recording;
  int timer_id = 0;
};

TEST_CASE("IVR-1 the welcome leads with key 1 to an agent and with key 2 to automatic service") {
  Caller agent(CityFlow());
  CHECK(std::holds_alternative<DoAnswer>(agent.all.front()));
  CHECK(agent.Heard("welcome"));
  agent.Key('1');
  REQUIRE(agent.Last<EnterQueue>() != nullptr);
  CHECK(agent.Last<EnterQueue>()->queue_id == "general");
  Caller automatic(CityFlow());
  automatic.Key('2');
  CHECK(automatic.Heard("auto.menu"));
}

TEST_CASE("IVR-1 a caller who presses nothing comes to an agent after three rounds") {
  Caller caller(CityFlow());
  for (int round = 0; round < 3; ++round) {
    caller.PromptEnds();
    caller.Give(TimerFired{caller.timer_id});
  }
  CHECK(caller.Last<EnterQueue>() != nullptr);
}

TEST_CASE("IVR-3 a mailbox message becomes a ticket with its recording and the number is read out") {
  Caller caller(CityFlow());
  caller.Keys("21");
  caller.PromptEnds();
  REQUIRE(caller.Last<DoRecord>() != nullptr);
  CHECK(caller.Last<DoRecord>()->purpose == "mailbox");
  caller.Give(RecordEnded{caller.recording, "rec-1", 9000});
  REQUIRE(caller.Last<MakeTicket>() != nullptr);
  CHECK(caller.Last<MakeTicket>()->recording_id == "rec-1");
  caller.Give(TicketMade{"12345678", "4321", "t1"});
  CHECK(caller.Heard("digit.8"));
  CHECK(caller.Last<DoNote>()->ticket_id == "t1");
}

TEST_CASE("IVR-3 silence instead of a message makes no ticket") {
  Caller caller(CityFlow());
  caller.Keys("21");
  caller.PromptEnds();
  caller.Give(RecordEnded{caller.recording, "rec-1", 200});
  CHECK(caller.Last<MakeTicket>() == nullptr);
}

TEST_CASE("IVR-4 a recorded complaint is confirmed, replayed or cancelled by key") {
  Caller caller(CityFlow());
  caller.Keys("22");
  caller.PromptEnds();
  caller.Give(RecordEnded{caller.recording, "rec-2", 20000});
  CHECK(caller.Last<MakeTicket>() == nullptr);
  caller.Key('2');
  CHECK(caller.Heard("recording:rec-2"));
  caller.PromptEnds();
  caller.Key('1');
  REQUIRE(caller.Last<MakeTicket>() != nullptr);
  CHECK(caller.Last<MakeTicket>()->purpose == "complaint");
  Caller other(CityFlow());
  other.Keys("22");
  other.PromptEnds();
  other.Give(RecordEnded{other.recording, "rec-3", 20000});
  other.Key('3');
  CHECK(other.Last<MakeTicket>() == nullptr);
}

TEST_CASE("IVR-5 the query reads the number back, asks for the PIN from another phone, and tells the state") {
  Caller caller(CityFlow());
  caller.Keys("23");
  caller.Keys("12345678");
  CHECK(caller.Heard("digit.3"));
  caller.Key('1');
  REQUIRE(caller.Last<AskTicket>() != nullptr);
  CHECK(caller.Last<AskTicket>()->number == "12345678");
  caller.Give(QueryAnswered{true, "", "", ""});
  caller.Keys("4321");
  CHECK(caller.Last<AskTicket>()->pin == "4321");
  caller.Give(QueryAnswered{false, "replied", "已修复。", "t1"});
  CHECK(caller.Heard("state.replied"));
  CHECK(caller.Heard("text:已修复。"));
}

TEST_CASE("IVR-5 a wrong number is said to be wrong and asked for again") {
  Caller caller(CityFlow());
  caller.Keys("23");
  caller.Keys("00000000");
  caller.Key('1');
  caller.Give(QueryFailed{false});
  CHECK(caller.Heard("query.not_found"));
  caller.PromptEnds();
  caller.Keys("12345678");
  CHECK(caller.Heard("digit.8"));
}

TEST_CASE("IVR-7 an opinion poll counts keys") {
  Caller caller(CityFlow());
  caller.Keys("25");
  caller.Key('1');
  REQUIRE(caller.Last<StorePoll>() != nullptr);
  CHECK(caller.Last<StorePoll>()->key == '1');
}

TEST_CASE("ACD-4 after no answer the caller is first in line and that agent is not asked at once") {
  Caller caller(CityFlow());
  caller.Key('1');
  caller.Give(QueueOffer{"o1", "a1", 15});
  REQUIRE(caller.Last<DoConnect>() != nullptr);
  caller.Give(ConnectEnded{"o1", ConnectResult::kNoAnswer});
  CHECK(caller.Last<TellOfferResult>()->result == ConnectResult::kNoAnswer);
  // Should ivr die now, the next one says the same to acd.
  Dialogue next(CityFlow(), {"main", 1});
  const Effects effects = next.Resume(caller.dialogue.Checkpoint(), false, false, kNow + absl::Seconds(30));
  bool entered = false;
  for (const Effect& effect : effects) {
    if (const auto* entry = std::get_if<EnterQueue>(&effect)) {
      entered = true;
      CHECK(entry->first_in_line);
      CHECK(entry->excluded_agents == std::vector<std::string>{"a1"});
      CHECK(entry->first_enqueue_time == kNow);
    }
  }
  CHECK(entered);
}

TEST_CASE("IVR-11 position and expected wait are told while waiting") {
  Caller caller(CityFlow());
  caller.Key('1');
  caller.Give(QueuePosition{12, 130});
  CHECK(caller.Heard("queue.wait_please"));  // is not cut off
  caller.PromptEnds();
  CHECK(caller.Heard("number.12"));
  CHECK(caller.Heard("number.3"));
}

TEST_CASE("IVR-11 a waiting caller hears of a new place at intervals, not each time it changes") {
  Caller caller(CityFlow());
  caller.Key('1');
  caller.PromptEnds();
  caller.Give(QueuePosition{3, -1});
  CHECK(caller.Heard("number.3"));
  caller.PromptEnds();
  caller.now += absl::Seconds(5);
  caller.Give(QueuePosition{2, -1});
  CHECK(caller.Heard("number.3"));
  caller.now += absl::Seconds(5);
  caller.Give(QueuePosition{1, 40});
  CHECK(caller.Last<SetTimer>()->seconds == 5);
  caller.now += absl::Seconds(5);
  caller.Give(TimerFired{caller.timer_id});
  CHECK(caller.Heard("number.1"));
  CHECK(caller.Heard("queue.wait_short"));
  caller.PromptEnds();
  caller.now += absl::Seconds(30);
  caller.Give(QueuePosition{1, 40});  // nothing new
  caller.Give(QueuePosition{1, 100});
  CHECK(caller.Heard("queue.wait_short"));
  caller.Give(QueueOffer{"o1", "a1", 15});
  caller.now += absl::Seconds(30);
  caller.Give(TimerFired{caller.timer_id});  // rings: nothing is said
  CHECK(caller.Heard("queue.wait_short"));
  caller.Give(ConnectEnded{"o1", ConnectResult::kNoAnswer});
  CHECK(caller.Heard("number.2"));  // minutes
}

TEST_CASE("IVR-5 the end key after a complete number is no answer to the next question") {
  Caller caller(CityFlow());
  caller.Keys("23");
  caller.Keys("12345678");
  const std::string cut_off = caller.playing;
  caller.Key('#');
  CHECK(caller.dialogue.step() == "query.confirm");
  CHECK(caller.Heard("query.read_back"));
  CHECK(caller.playing != cut_off);  // the key stopped it, so it is said again
  caller.Key('#');  // but a second one is a wrong key
  CHECK(caller.Heard("query.confirm"));
  caller.Key('1');
  CHECK(caller.Last<AskTicket>() != nullptr);
}

TEST_CASE("IVR-2 a waiting caller may leave a message instead") {
  Caller caller(CityFlow());
  caller.Key('1');
  caller.Give(QueueOffer{"o1", "a1", 15});
  caller.Key('2');
  CHECK(caller.Last<CancelConnect>() != nullptr);
  CHECK(caller.Last<LeaveQueue>() != nullptr);
  caller.PromptEnds();
  CHECK(caller.Last<DoRecord>() != nullptr);
}

TEST_CASE("IVR-10 handed over by the agent, the caller rates by key") {
  Caller caller(CityFlow());
  caller.Key('1');
  caller.Give(QueueOffer{"o1", "a1", 15});
  caller.Give(ConnectEnded{"o1", ConnectResult::kAnswered});
  caller.Give(AgentLeft{"a1", true, false});
  CHECK(caller.Heard("rate.ask"));
  caller.Key('2');
  REQUIRE(caller.Last<StoreRating>() != nullptr);
  CHECK(caller.Last<StoreRating>()->score == 2);
  CHECK(caller.Last<StoreRating>()->agent_id == "a1");
  caller.PromptEnds();
  CHECK(caller.dialogue.over());
}

TEST_CASE("a caller whose agent's line is lost waits first in line again") {
  Caller caller(CityFlow());
  caller.Key('1');
  caller.Give(QueueOffer{"o1", "a1", 15});
  caller.Give(ConnectEnded{"o1", ConnectResult::kAnswered});
  caller.all.clear();
  caller.Give(AgentLeft{"a1", false, true});
  REQUIRE(caller.Last<EnterQueue>() != nullptr);
  CHECK(caller.Last<EnterQueue>()->first_in_line);
}

TEST_CASE("TEL-10 a call in talk resumes as a call in talk") {
  Caller caller(CityFlow());
  caller.Key('1');
  caller.Give(QueueOffer{"o1", "a1", 15});
  caller.Give(ConnectEnded{"o1", ConnectResult::kAnswered});
  Dialogue next(CityFlow(), {"main", 1});
  CHECK(next.Resume(caller.dialogue.Checkpoint(), true, false, kNow).empty());
  CHECK(next.phase() == Phase::kTalking);
}

TEST_CASE("any inputs in any order end within bounds, and every checkpoint resumes") {
  std::mt19937 random(20261122);
  const auto flow = CityFlow();
  for (int round = 0; round < 2000; ++round) {
    Caller caller(flow);
    for (int i = 0; i < 60 && !caller.dialogue.over(); ++i) {
      switch (random() % 12) {
        case 0: case 1: case 2: case 3: caller.Key("0123456789*#"[random() % 12]); break;
        case 4: caller.PromptEnds(); break;
        case 5: caller.Give(TimerFired{caller.timer_id}); break;
        case 6: caller.Give(RecordEnded{caller.recording, "r", static_cast<int>(random() % 3000)}); break;
        case 7: caller.Give(random() % 2 ? Input(TicketMade{"11112222", "1234", "t"}) : Input(TicketFailed{})); break;
        case 8: caller.Give(random() % 2 ? Input(QueryAnswered{random() % 2 == 0, "accepted", "", "t"}) : Input(QueryFailed{})); break;
        case 9: caller.Give(random() % 2 ? Input(QueueOffer{"o", "a", 15}) : Input(QueuePosition{1, 10})); break;
        case 10: caller.Give(ConnectEnded{"o", static_cast<ConnectResult>(random() % 4)}); break;
        case 11: caller.Give(random() % 3 ? Input(AgentLeft{"a", random() % 2 == 0, random() % 2 == 0}) : Input(QueueFailed{})); break;
      }
      const std::string checkpoint = caller.dialogue.Checkpoint();
      REQUIRE(checkpoint.size() <= kMaxCheckpointBytes);
      REQUIRE(Dialogue::CallOf(checkpoint).ok());
      if (random() % 8 == 0) {
        Dialogue next(flow, {"main", 1});
        next.Resume(checkpoint, random() % 2 == 0, random() % 2 == 0, kNow);
        REQUIRE_FALSE(next.step().empty());
      }
    }
  }
}

TEST_CASE("IVR-8 faults of a flow are found with the step at fault") {
  const std::string json = R"({"start": "a", "lines": ["*"], "steps": {
      "a": {"do": "menu", "prompts": ["welcome"], "keys": {"1": "nowhere"}, "next": "b"},
      "b": {"do": "play", "prompts": ["no.such"], "next": "c"},
      "c": {"do": "play", "prompts": ["welcome"], "next": "b"},
      "d": {"do": "hangup"}}})";
  const auto flow = Flow::Parse(json);
  REQUIRE(flow.ok());
  std::set<std::pair<std::string, std::string>> faults;
  for (const Fault& fault : (*flow)->Check({"welcome"})) faults.emplace(fault.step, fault.reason);
  CHECK(faults.count({"a", "UNKNOWN_STEP"}));
  CHECK(faults.count({"b", "UNKNOWN_PROMPT"}));
  CHECK(faults.count({"b", "ENDLESS_LOOP"}));
  CHECK(faults.count({"d", "UNREACHABLE"}));
  CHECK_FALSE(Flow::Parse(R"({"start": "a", "lines": [], "steps": {"a": {"do": "dance"}}})").ok());
  CHECK_FALSE(Flow::Parse(R"({"start": "a", "lines": [], "steps": {}, "extra": 1})").ok());
  CHECK_FALSE(Flow::Parse("[]").ok());
}

TEST_CASE("STD-2 a flow without any menu, straight to an agent, is one setting away") {
  const auto flow = Flow::Parse(R"({"start": "agent", "lines": ["*"], "steps": {
      "agent": {"do": "queue", "queue": "general", "after": "end", "failed": "end"}, "end": {"do": "hangup"}}})");
  REQUIRE(flow.ok());
  CHECK((*flow)->Check({}).empty());
  Caller caller(*flow);
  CHECK(caller.Last<EnterQueue>() != nullptr);
}

}  // namespace
}  // namespace hotline::ivr
