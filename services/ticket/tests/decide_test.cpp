#include <cmath>
#include <limits>
#include <optional>
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

// Every state in which the command leaves things as they are, but those named.
std::map<State, State> Everywhere(std::initializer_list<State> but = {}) {
  std::map<State, State> to;
  for (int i = 1; i < kStates; ++i) to[static_cast<State>(i)] = static_cast<State>(i);
  for (State state : but) to.erase(state);
  return to;
}

std::vector<Case> Cases() {
  using enum State;
  const Command dispatch = Dispatch{WaterUnit(), {}, ""};
  const std::map<State, State> open = Everywhere({kClosed, kArchived, kRefused});
  std::map<State, State> instructed = open;
  instructed[kReportedUp] = kAccepted;
  std::map<State, State> withdrawn;
  for (const auto& [state, same] : Everywhere({kClosed, kArchived, kRefused, kHandedOver, kMerged})) withdrawn[state] = kClosed;
  return {
      {Amend{.title = "新标题", .content = "新内容"}, Agent(), {{kTranscribe, kAccepted}, {kAccepted, kAccepted}, {kAnswerLater, kAnswerLater}}},
      {Amend{.note = "听了一遍"}, Agent(), {{kTranscribe, kTranscribe}, {kAccepted, kAccepted}, {kAnswerLater, kAnswerLater}}},
      {dispatch, Dispatcher(), {{kAccepted, kDispatched}, {kDispatched, kDispatched}, {kCoordination, kDispatched}, {kAnswerLater, kDispatched}}},
      {Dispatch{WaterOffice(), {}, ""}, Officer(), {{kDispatched, kDispatched}, {kSigned, kDispatched}}},
      {Refuse{"litigation", "已告知向法院反映"}, Agent(), {{kTranscribe, kRefused}, {kAccepted, kRefused}, {kAnswerLater, kRefused}, {kCoordination, kRefused}}},
      {Coordinate{"涉及多部门"}, Dispatcher(), {{kAccepted, kCoordination}, {kReportedUp, kCoordination}}},
      {ReportUp{"张市长", "请阅示"}, Dispatcher(), {{kAccepted, kReportedUp}, {kCoordination, kReportedUp}}},
      {Instruct{"请速办"}, Leader(), instructed},
      {HandOver{"110", "有人受伤"}, Agent(), {{kAccepted, kHandedOver}, {kSigned, kHandedOver}}},
      {UpdateHandover{"received", "A-1", ""}, Agent(), {{kHandedOver, kHandedOver}}},
      {UpdateHandover{"declined", "", "不属我单位"}, Agent(), {{kHandedOver, kAccepted}}},
      {UpdateHandover{"done", "", "已处置"}, Agent(), {{kHandedOver, kCallback}}},
      {SetUrgency{Urgency::kCritical, "有危险"}, Agent(), open},
      {SetConfidential{true, "来电人要求"}, Agent(), Everywhere({kArchived})},
      {Withdraw{"来电人撤回"}, Agent(), withdrawn},
      {Sign{}, Officer(), {{kDispatched, kSigned}}},
      {RequestReturn{"不属于我局职责", ""}, Officer(), {{kDispatched, kReturnRequested}, {kSigned, kReturnRequested}}},
      {DecideReturn{true, "同意"}, Dispatcher(), {{kReturnRequested, kAccepted}}},
      {DecideReturn{false, "属你单位"}, Dispatcher(), {{kReturnRequested, kSigned}}},
      {Arbitrate{{GasUnit(), {}, "由燃气公司办理"}, true}, Supervisor(), {{kArbitration, kDispatched}}},
      {PassUp{"跨区"}, Officer(), {{kDispatched, kAccepted}, {kSigned, kAccepted}}},
      {Contact{true, "已联系"}, Officer(), {{kDispatched, kDispatched}, {kSigned, kSigned}}},
      {ReportProgress{"正在施工", true}, Officer(), {{kSigned, kSigned}}},
      {Mediate{true, "双方同意赔付"}, Officer(), {{kSigned, kSigned}}},
      {RequestExtension{At(9999), "等备件"}, Officer(), {{kSigned, kSigned}}},
      {Reply{"已修复"}, Officer(), {{kSigned, kReplied}}},
      {Review{true, ""}, Supervisor(), {{kReplied, kCallback}}},
      {Review{false, "避重就轻"}, Supervisor(), {{kReplied, kSigned}}},
      {Callback{true, true, "satisfied"}, Agent(), {{kCallback, kClosed}}},
      {Archive{}, Agent(), {{kClosed, kArchived}, {kRefused, kArchived}}},
      {Reopen{"又停水了"}, Agent(), {{kClosed, kSigned}}},
      {RateMatter{2, ""}, Service(), {{kClosed, kClosed}}},
      {Publish{"某小区停水已修复"}, Dispatcher(), {{kClosed, kClosed}, {kArchived, kArchived}}},
      {Remark{"urging", "请尽快"}, Supervisor(), Everywhere({kArchived})},
      {Supervise{"supervision_order", "限三日内办结"}, Supervisor(), Everywhere({kClosed, kArchived, kRefused, kMerged, kTranscribe})},
      {Merge{"0192f0c0-0000-7000-8000-000000000002", "20261122000002", "同一事项"}, Dispatcher(), {{kAccepted, kMerged}, {kDispatched, kMerged}, {kSigned, kMerged}}},
      {Split{"不是同一事项"}, Dispatcher(), {{kMerged, kAccepted}}},
      {FollowGroup{kCallback, "已修复", "resolved", "", {"water", "/city/water/"}}, Service(), {{kMerged, kCallback}}},
      {LinkTo{"0192f0c0-0000-7000-8000-000000000002", "duplicate", ""}, Agent(), Everywhere({kArchived})},
      {MarkRepeat{"三十天内第五次"}, Agent(), Everywhere({kArchived})},
      {Rate{"call-1", "agent-1", 1}, Service(), Everywhere()},
      {Alarm{{"clock-1", "reply", At(10), At(5), Light::kRed}}, Service(), open},
      {CloseReturnWindow{}, Service(), open},
      {NoteDocument{"0192f0c0-0000-7000-8000-000000000003", "urging_notice", "催办通知书", "1号", ""}, Supervisor(), Everywhere()},
      {NoteBan{"0192f0c0-0000-7000-8000-000000000003", false, At(100), "多次辱骂"}, Supervisor(), Everywhere()},
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

TEST_CASE("SLA-7: an alarm owes the unit a notice; the etag stays") {
  const Ticket ticket = InState(State::kSigned);
  const Change yellow = *Decide(&ticket, Alarm{{"c", "reply", At(10), At(5), Light::kYellow}}, Service(), At(6));
  CHECK(yellow.steps[0].action == "warned");
  REQUIRE(yellow.notices.size() == 1);
  CHECK(yellow.notices[0].addressee == "water");
  const Change red = *Decide(&ticket, Alarm{{"c", "reply", At(10), At(5), Light::kRed}}, Service(), At(11));
  REQUIRE(red.notices.size() == 1);
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

TEST_CASE("TKT-2, PLT-3: a place on the map is given with both degrees, or not at all") {
  const Ticket ticket = InState(State::kTranscribe);
  const auto faults = [&](std::optional<double> longitude, std::optional<double> latitude) {
    std::set<std::string> found;
    const absl::StatusOr<Change> change = Decide(&ticket, Amend{.note = "定位", .longitude = longitude, .latitude = latitude}, Agent(), At(1));
    for (const base::FieldViolation& violation : base::FieldViolations(change.status())) found.insert(violation.field + " " + violation.reason);
    CHECK(change.ok() == found.empty());
    return found;
  };
  using Faults = std::set<std::string>;
  CHECK(faults({}, {}) == Faults{});
  CHECK(faults(-180, 90) == Faults{});
  CHECK(faults(116.4, {}) == Faults{"latitude REQUIRED"});
  CHECK(faults({}, 0) == Faults{"longitude REQUIRED"});
  CHECK(faults(180.1, -90.1) == Faults{"longitude OUT_OF_RANGE", "latitude OUT_OF_RANGE"});
  CHECK(faults(std::nan(""), {}) == Faults{"longitude OUT_OF_RANGE", "latitude REQUIRED"});
  CHECK(faults(1, std::numeric_limits<double>::infinity()) == Faults{"latitude OUT_OF_RANGE"});
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

}  // namespace hotline::ticket::domain
