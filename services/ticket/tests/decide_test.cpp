#include <random>
#include <set>

#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/rights.h"
#include "services/ticket/tests/domain_fixture.h"

namespace hotline::ticket::domain {
namespace {

struct Case {
  Command command;
  Actor actor;
  std::map<State, State> to;  // every state not named refuses the command
};

std::vector<Case> Cases() {
  const Command dispatch = Dispatch{WaterUnit(), {}, ""};
  std::map<State, State> everywhere;
  for (int i = 1; i < kStates; ++i) everywhere[static_cast<State>(i)] = static_cast<State>(i);
  std::map<State, State> remark = everywhere, alarm = everywhere;
  remark.erase(State::kArchived);
  for (State ended : {State::kClosed, State::kArchived, State::kRefused}) alarm.erase(ended);
  return {
      {Amend{.title = "新标题", .content = "新内容"}, Agent(), {{State::kTranscribe, State::kAccepted}, {State::kAccepted, State::kAccepted}}},
      {Amend{.note = "听了一遍"}, Agent(), {{State::kTranscribe, State::kTranscribe}, {State::kAccepted, State::kAccepted}}},
      {dispatch, Dispatcher(), {{State::kAccepted, State::kDispatched}, {State::kDispatched, State::kDispatched}}},
      {Dispatch{WaterOffice(), {}, ""}, Officer(), {{State::kDispatched, State::kDispatched}, {State::kSigned, State::kDispatched}}},
      {Sign{}, Officer(), {{State::kDispatched, State::kSigned}}},
      {RequestReturn{"不属于我局职责", ""}, Officer(), {{State::kDispatched, State::kReturnRequested}, {State::kSigned, State::kReturnRequested}}},
      {DecideReturn{true, "同意"}, Dispatcher(), {{State::kReturnRequested, State::kAccepted}}},
      {DecideReturn{false, "仍由你局办理"}, Dispatcher(), {{State::kReturnRequested, State::kSigned}}},
      {Reply{"已修复供水", ""}, Officer(), {{State::kSigned, State::kReplied}}},
      {Review{true, ""}, Supervisor(), {{State::kReplied, State::kCallback}}},
      {Review{false, "答非所问"}, Supervisor(), {{State::kReplied, State::kSigned}}},
      {Callback{false, false, "", "", ""}, Agent(), {{State::kCallback, State::kCallback}}},
      {Callback{true, true, "satisfied", "", ""}, Agent(), {{State::kCallback, State::kClosed}}},
      {Callback{true, false, "satisfied", "", ""}, Agent(), {{State::kCallback, State::kSigned}}},
      {Callback{true, true, "dissatisfied", "", ""}, Agent(), {{State::kCallback, State::kSigned}}},
      {Archive{}, Agent(), {{State::kClosed, State::kArchived}, {State::kRefused, State::kArchived}}},
      {Refuse{"litigation", "已告知向法院反映"}, Agent(), {{State::kTranscribe, State::kRefused}, {State::kAccepted, State::kRefused}}},
      {Remark{"urging", "请尽快"}, Supervisor(), remark},
      {Rate{"call-1", "agent-1", 1}, Service(), everywhere},
      {Alarm{{"clock-1", "reply", At(10), At(5), Light::kRed}}, Service(), alarm},
  };
}

}  // namespace

TEST_CASE("TKT-4: every command in every state does what the table says") {
  for (const Case& test : Cases()) {
    for (int i = 1; i < kStates; ++i) {
      const auto state = static_cast<State>(i);
      Ticket ticket = InState(state);
      // An officer's rights hang on the unit; give it one in states where it normally has none.
      if (test.actor.id == "officer-1") ticket.unit = {"water", "/city/water/"};
      CAPTURE(CommandName(test.command), StateName(state));
      const absl::StatusOr<Change> change = Decide(&ticket, test.command, test.actor, At(60));
      const auto to = test.to.find(state);
      if (to == test.to.end()) {
        CHECK(base::HasReason(change.status(), "WRONG_STATE"));
        continue;
      }
      REQUIRE(change.ok());
      CHECK(change->after.state == to->second);
      CHECK(change->steps.back().state == to->second);
      CHECK(change->after.history_count == ticket.history_count + static_cast<int64_t>(change->steps.size()));
    }
  }
}

TEST_CASE("TKT-1, TKT-4: a new ticket is accepted, a receipt is owed, one entry and one fact are made") {
  const absl::StatusOr<Change> change = Decide(nullptr, Create{Draft()}, Agent(), At(0));
  REQUIRE(change.ok());
  CHECK(change->after.state == State::kAccepted);
  CHECK(change->after.created_by == "agent-1");
  CHECK(change->after.version == 1);
  REQUIRE(change->steps.size() == 1);
  CHECK(change->steps[0].action == "created");
  CHECK(change->steps[0].fact == Fact::kCreated);
  REQUIRE(change->notices.size() == 1);
  CHECK(change->notices[0].addressee == "citizen");
}

TEST_CASE("TKT-5: a consultation answered at once is closed; other types are not") {
  const absl::StatusOr<Change> change = Decide(nullptr, Create{Draft(Type::kConsultation), "请带身份证", "article-1"}, Agent(), At(0));
  REQUIRE(change.ok());
  CHECK(change->after.state == State::kClosed);
  CHECK(change->after.handling == Handling::kAnswer);
  CHECK(change->after.close_time == At(0));
  REQUIRE(change->steps.size() == 2);
  CHECK(change->steps[1].answered_at_once);
  CHECK(change->steps[1].changes.at("article_id") == "article-1");
  CHECK(Fields(Decide(nullptr, Create{Draft(Type::kComplaint), "已答复"}, Agent(), At(0)).status()) == std::vector<std::string>{"answer"});
}

TEST_CASE("TKT-6: registered and dispatched in one step; co-units are judged like the lead unit") {
  Create create{Draft()};
  create.dispatch = Dispatch{WaterUnit(), {GasUnit()}, "请办理"};
  const Ticket ticket = Made(create);
  CHECK(ticket.state == State::kDispatched);
  CHECK(ticket.unit == UnitRef{"water", "/city/water/"});
  CHECK(ticket.co_units == std::vector<UnitRef>{{"gas", "/city/gas/"}});
  create.dispatch->co_units[0].active = false;
  CHECK(base::HasReason(Decide(nullptr, create, Agent(), At(0)).status(), "UNIT_INACTIVE"));
  create.dispatch->co_units[0] = WaterUnit();
  CHECK(Fields(Decide(nullptr, create, Agent(), At(0)).status()) == std::vector<std::string>{"dispatch_co_unit_ids[0]"});
}

TEST_CASE("TKT-6: a unit passes on only to units below itself") {
  const Ticket ticket = InState(State::kDispatched);
  CHECK(base::HasReason(Decide(&ticket, Dispatch{GasUnit(), {}, ""}, Officer(), At(1)).status(), "UNIT_OUTSIDE_SUBTREE"));
  CHECK(base::HasReason(Decide(&ticket, Dispatch{WaterUnit(), {}, ""}, Officer(), At(1)).status(), "UNIT_OUTSIDE_SUBTREE"));
  CHECK(Decide(&ticket, Dispatch{WaterOffice(), {}, ""}, Officer(), At(1))->after.unit.id == "water-east");
}

TEST_CASE("PLT-1: a unit outside is refused before anything else is looked at") {
  for (const Command& command : std::vector<Command>{Sign{}, RequestReturn{}, Reply{}, Remark{}, Dispatch{}}) {
    const Ticket ticket = InState(State::kSigned);
    CAPTURE(CommandName(command));
    CHECK(base::HasReason(Decide(&ticket, command, OtherOfficer(), At(1)).status(), "WRONG_UNIT"));
  }
  Ticket shared = InState(State::kDispatched);
  shared.co_units = {{"gas", "/city/gas/"}};
  CHECK(MaySee(OtherOfficer(), shared));
  CHECK(Decide(&shared, Remark{"remark", "我们也在现场"}, OtherOfficer(), At(1)).ok());
  CHECK(base::HasReason(Decide(&shared, Sign{}, OtherOfficer(), At(1)).status(), "WRONG_UNIT"));
}

TEST_CASE("PLT-1: whoever has nothing to do with tickets sees none, even at the root of the tree") {
  const Ticket ticket = InState(State::kSigned);
  for (const char* role : {"operator", "contractor", "knowledge_editor", "knowledge_reviewer"}) {
    CAPTURE(role);
    CHECK_FALSE(MaySee({"user-1", "某人", "city", "/city/", {role}}, ticket));
  }
  for (const char* role : {"officer", "unit_lead", "unit_head", "county_supervisor"}) {
    CAPTURE(role);
    CHECK(MaySee({"user-1", "某人", "water", "/city/water/", {role}}, ticket));
    CHECK_FALSE(MaySee({"user-1", "某人", "gas", "/city/gas/", {role}}, ticket));
  }
}

TEST_CASE("PLT-1: a name that begins like another unit's is not below it") {
  CHECK(InSubtree("/city/water/", "/city/water/"));
  CHECK(InSubtree("/city/water/east/", "/city/water/"));
  CHECK_FALSE(InSubtree("/city/waterworks/", "/city/water/"));
  CHECK_FALSE(InSubtree("", "/city/"));
  CHECK_FALSE(InSubtree("/city/", ""));
}

TEST_CASE("TKT-7: a refused return goes back to where it was, an accepted one to dispatch without a unit") {
  Ticket ticket = InState(State::kDispatched);
  ticket = Decide(&ticket, RequestReturn{"不是我局", "gas"}, Officer(), At(1))->after;
  CHECK(ticket.return_from == State::kDispatched);
  CHECK(Decide(&ticket, DecideReturn{false, "是"}, Dispatcher(), At(2))->after.state == State::kDispatched);
  const Change accepted = *Decide(&ticket, DecideReturn{true, "同意"}, Dispatcher(), At(2));
  CHECK(accepted.after.state == State::kAccepted);
  CHECK(accepted.after.unit.id.empty());
  CHECK(accepted.steps[0].accepted);
}

TEST_CASE("TKT-10: unsatisfied is handled once more, the second time it closes as the citizen says") {
  Ticket ticket = InState(State::kCallback);
  const Change first = *Decide(&ticket, Callback{true, false, "dissatisfied", "没修好", "call-2"}, Agent(), At(1));
  CHECK(first.after.state == State::kSigned);
  CHECK(first.after.rework_count == 1);
  REQUIRE(first.steps.size() == 2);
  CHECK(first.steps[0].fact == Fact::kCallbackRecorded);
  CHECK(first.steps[1].fact == Fact::kReworked);
  ticket = first.after;
  ticket.state = State::kCallback;
  const Change second = *Decide(&ticket, Callback{true, false, "very_dissatisfied", "", ""}, Agent(), At(2));
  CHECK(second.after.state == State::kClosed);
  CHECK_FALSE(second.after.solved);
  CHECK(second.after.rework_count == 1);
  CHECK(second.steps[1].fact == Fact::kClosed);
}

TEST_CASE("SLA-7, SLA-8: an alarm owes the unit a notice and, overdue, its lead a copy; the etag stays") {
  const Ticket ticket = InState(State::kSigned);
  const Change yellow = *Decide(&ticket, Alarm{{"c", "reply", At(10), At(5), Light::kYellow}}, Service(), At(6));
  CHECK(yellow.steps[0].action == "warned");
  REQUIRE(yellow.notices.size() == 1);
  CHECK(yellow.notices[0].addressee == "water");
  const Change red = *Decide(&ticket, Alarm{{"c", "reply", At(10), At(5), Light::kRed}}, Service(), At(11));
  REQUIRE(red.notices.size() == 2);
  CHECK(red.notices[1].addressee == "unit_lead:water");
  CHECK(red.after.version == ticket.version);
}

TEST_CASE("PLT-3: bad input names every field") {
  Ticket draft = Draft(Type::kUnspecified);
  draft.channel = Channel::kUnspecified;
  draft.title = " \t";
  draft.caller.phone = "12a";
  draft.longitude = 999;
  draft.tags = {"", "好"};
  const absl::Status status = Decide(nullptr, Create{draft}, Agent(), At(0)).status();
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  const std::vector<std::string> fields = Fields(status);
  CHECK(std::set<std::string>(fields.begin(), fields.end()) ==
        std::set<std::string>{"ticket.type", "ticket.channel", "ticket.title", "ticket.caller.phone", "ticket.longitude", "ticket.tags[0]"});
}

TEST_CASE("TKT-16: nothing talks a history full") {
  Ticket ticket = InState(State::kSigned);
  ticket.history_count = kMaxFreeHistoryEntries;
  CHECK(base::HasReason(Decide(&ticket, Remark{"remark", "又来"}, Officer(), At(1)).status(), "HISTORY_FULL"));
  CHECK(Decide(&ticket, Reply{"已办", ""}, Officer(), At(1)).ok());
}

TEST_CASE("PLT-5, TKT-28: whose data is shown to whom") {
  Ticket ticket = InState(State::kSigned);
  CHECK(VisibleCaller(Agent(), ticket).phone == "13812345678");  // registered it
  Actor other = Agent();
  other.id = "agent-2";
  CHECK(VisibleCaller(other, ticket).masked);
  CHECK(VisibleCaller(other, ticket).phone == "138****5678");
  CHECK_FALSE(VisibleCaller(Officer(), ticket).masked);
  CHECK(VisibleCaller(OtherOfficer(), ticket).masked);
  CHECK(VisibleCaller(Supervisor(), ticket).masked);
  ticket.type = Type::kReport;
  CHECK(VisibleCaller(Officer(), ticket).phone.empty());
  CHECK(base::HasReason(MayReveal(Officer(), ticket), "CALLER_PROTECTED"));
  CHECK(MayReveal(Supervisor(), ticket).ok());
  ticket.type = Type::kComplaint;
  CHECK(MayReveal(Officer(), ticket).ok());
  ticket.caller.confidential = true;
  CHECK(VisibleCaller(Officer(), ticket).name.empty());
  ticket.state = State::kCallback;
  CHECK(VisibleCaller(other, ticket).phone == "13812345678");  // has to ring back
}

namespace {

Command RandomCommand(std::mt19937& random) {
  const auto coin = [&] { return random() % 2 == 0; };
  static const std::vector<std::string> kScale = {"very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied", "bad", ""};
  switch (random() % 13) {
    case 0: return Amend{.title = coin() ? "改" : "", .content = coin() ? "改" : "", .note = "x"};
    case 1: return Dispatch{WaterUnit(), {}, ""};
    case 2: return Dispatch{coin() ? WaterOffice() : GasUnit(), {}, ""};
    case 3: return Sign{};
    case 4: return RequestReturn{coin() ? "不是" : "", ""};
    case 5: return DecideReturn{coin(), "说明"};
    case 6: return Reply{coin() ? "办好了" : "", ""};
    case 7: return Review{coin(), coin() ? "意见" : ""};
    case 8: { const bool reached = coin(); return Callback{reached, reached && coin(), reached ? kScale[random() % kScale.size()] : "", "", ""}; }
    case 9: return Archive{};
    case 10: return random() % 20 == 0 ? Command(Refuse{"secret", "说明"}) : Command(Remark{"remark", "x"});
    case 11: return Rate{"call", "agent", static_cast<int>(random() % 7)};
    default: return Alarm{{"c", "reply", At(1), At(0), coin() ? Light::kRed : Light::kYellow}};
  }
}

void CheckChange(const Ticket& before, const Change& change, const Command& command) {
  const Ticket& after = change.after;
  REQUIRE(!change.steps.empty());
  for (size_t i = 0; i < change.steps.size(); ++i) REQUIRE(change.steps[i].sequence == before.history_count + static_cast<int64_t>(i) + 1);
  REQUIRE(after.history_count == before.history_count + static_cast<int64_t>(change.steps.size()));
  REQUIRE(change.steps.back().state == after.state);
  REQUIRE(after.rework_count >= before.rework_count);
  REQUIRE(after.rework_count <= kMaxRework);
  const bool has_unit = !after.unit.id.empty();
  const bool early = after.state == State::kTranscribe || after.state == State::kAccepted;
  if (early) REQUIRE_FALSE(has_unit);
  if (after.state >= State::kDispatched && after.state <= State::kCallback) REQUIRE(has_unit);
  const bool ended = after.state == State::kClosed || after.state == State::kArchived || after.state == State::kRefused;
  REQUIRE((after.close_time != absl::InfinitePast()) == ended);
  REQUIRE((after.return_from != State::kNone) == (after.state == State::kReturnRequested));
  REQUIRE((Rules()[command.index()].from & Bit(before.state)) != 0);
  if (before.state == State::kArchived) REQUIRE(std::holds_alternative<Rate>(command));
  // What it was registered as never changes under way.
  REQUIRE(after.id == before.id);
  REQUIRE(after.created_by == before.created_by);
  REQUIRE(after.caller == before.caller);
}

}  // namespace

TEST_CASE("TKT-4, TKT-16: ten thousand random sequences of commands never leave the loop") {
  std::mt19937 random(20261122);
  const std::vector<Actor> actors = {Agent(), Dispatcher(), Supervisor(), Officer(), OtherOfficer(), Service()};
  std::map<State, int> reached;
  for (int sequence = 0; sequence < 10'000; ++sequence) {
    const bool recorded = random() % 4 == 0;
    Ticket draft = Draft();
    if (recorded) draft.recording_id = "recording-1";
    Ticket ticket = Made({draft}, recorded ? Service() : Agent());
    for (int i = 0; i < 40; ++i) {
      const Command command = RandomCommand(random);
      const Actor& actor = actors[random() % actors.size()];
      const absl::StatusOr<Change> change = Decide(&ticket, command, actor, At(i));
      if (!change.ok()) {
        REQUIRE_FALSE(base::Reason(change.status()).empty());
        continue;
      }
      CheckChange(ticket, *change, command);
      ticket = change->after;
      ++reached[ticket.state];
    }
  }
  CHECK(reached.size() == 10);  // the states that the commands know
}

}  // namespace hotline::ticket::domain
