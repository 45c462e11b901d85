// The rules of the life of a ticket that the table cannot say.
#include <algorithm>
#include <cmath>
#include <fstream>

#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/fields.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/rights.h"
#include "services/ticket/tests/domain_fixture.h"

namespace hotline::ticket::domain {
namespace {

constexpr char kOther[] = "0192f0c0-0000-7000-8000-000000000002";

Process With(std::vector<std::string> approvals) {
  Process process = DefaultProcess(Type::kComplaint);
  process.approvals = std::move(approvals);
  return process;
}

std::vector<std::string> Addressees(const Change& change) {
  std::vector<std::string> addressees;
  for (const NoticeDraft& notice : change.notices) addressees.push_back(notice.addressee);
  return addressees;
}

}  // namespace

TEST_CASE("TKT-3: a refusal is kept with its reason and the office named") {
  const Ticket ticket = InState(State::kAccepted);
  const Change change = *Decide(&ticket, Refuse{"litigation", "已在诉讼中", "区法院"}, Agent(), At(1));
  CHECK(change.after.refuse_reason == "litigation");
  CHECK(change.steps[0].changes.at("referred_to") == "区法院");
  CHECK(Fields(Decide(&ticket, Refuse{"other", "x", ""}, Agent(), At(1)).status()) == std::vector<std::string>{"reason"});
}

TEST_CASE("TKT-19, TKT-5: a consultation is taken down and answered later; other types are not") {
  Create create{Draft(Type::kConsultation)};
  create.answer_later = true;
  const Ticket later = Made(create);
  CHECK(later.state == State::kAnswerLater);
  const Change told = *Decide(&later, Answer{"带身份证", "article-1", true}, Agent(), At(1));
  CHECK(told.after.state == State::kClosed);
  CHECK(told.after.close_reason == "answered");
  CHECK(told.steps[0].changes.at("article_id") == "article-1");
  CHECK(Decide(&later, Answer{"带身份证", "", false}, Agent(), At(1))->after.state == State::kCallback);
  const Ticket complaint = InState(State::kAccepted);
  CHECK(base::HasReason(Decide(&complaint, Defer{""}, Agent(), At(1)).status(), "ONLY_CONSULTATIONS"));
  CHECK(base::HasReason(Decide(&complaint, Answer{"好", "", true}, Agent(), At(1)).status(), "ONLY_CONSULTATIONS"));
}

TEST_CASE("STD-6: first asked stays responsible until another unit signs, and sees the ticket meanwhile") {
  Ticket ticket = Decide(nullptr, [] { Create c{Draft()}; c.dispatch = Dispatch{WaterUnit(), {}, ""}; return c; }(), Agent(), At(0))->after;
  CHECK(ticket.responsible.id == "water");
  ticket = Decide(&ticket, RequestReturn{"不是我局", ""}, Officer(), At(1))->after;
  ticket = Decide(&ticket, DecideReturn{true, "同意"}, Dispatcher(), At(2))->after;
  CHECK(ticket.unit.id.empty());
  CHECK(ticket.responsible.id == "water");
  CHECK(MaySee(Officer(), ticket));
  ticket = Decide(&ticket, Dispatch{GasUnit(), {}, ""}, Dispatcher(), At(3))->after;
  CHECK(ticket.responsible.id == "water");
  ticket = Decide(&ticket, Sign{}, OtherOfficer(), At(4))->after;
  CHECK(ticket.responsible.id == "gas");
  CHECK_FALSE(MaySee(Officer(), ticket));
}

TEST_CASE("TKT-7: the second return goes to arbitration, whose word is the last") {
  Ticket ticket = InState(State::kSigned);
  ticket.return_count = 1;
  const Change returned = *Decide(&ticket, RequestReturn{"仍不是我局", "gas"}, Officer(), At(1));
  CHECK(returned.after.state == State::kArbitration);
  CHECK(Addressees(returned) == std::vector<std::string>{"supervision"});
  CHECK(base::HasReason(Decide(&returned.after, Arbitrate{{WaterUnit(), {}, "由水务局办理"}, true}, Dispatcher(), At(2)).status(), "WRONG_UNIT"));
  const Change decided = *Decide(&returned.after, Arbitrate{{WaterUnit(), {}, "由水务局办理"}, true}, Supervisor(), At(2));
  CHECK(decided.after.state == State::kDispatched);
  CHECK(decided.steps[0].changes.at("improper") == "true");
  CHECK(base::HasReason(Decide(&decided.after, RequestReturn{"还是不对", ""}, Officer(), At(3)).status(), "RETURN_BARRED"));
}

TEST_CASE("TKT-7: after the time to return is over it cannot be returned; a new unit has its own time") {
  Ticket ticket = InState(State::kSigned);
  ticket = Decide(&ticket, CloseReturnWindow{}, Service(), At(1))->after;
  CHECK(base::HasReason(Decide(&ticket, RequestReturn{"不是我局", ""}, Officer(), At(2)).status(), "RETURN_TOO_LATE"));
  const Ticket passed_on = Decide(&ticket, Dispatch{WaterOffice(), {}, ""}, Officer(), At(3))->after;
  CHECK_FALSE(passed_on.return_closed);
}

TEST_CASE("TKT-7, TKT-8: the policy names the decider") {
  Process process = DefaultProcess(Type::kComplaint);
  const Ticket returned = InState(State::kReturnRequested);
  CHECK(Decide(&returned, DecideReturn{true, "好"}, Dispatcher(), At(1), process).ok());
  process.return_decider = Decider::kSupervisor;
  CHECK(base::HasReason(Decide(&returned, DecideReturn{true, "好"}, Dispatcher(), At(1), process).status(), "NOT_DECIDER"));
  CHECK(Decide(&returned, DecideReturn{true, "好"}, Supervisor(), At(1), process).ok());
}

TEST_CASE("TKT-8: an extension is asked before the limit, once at a time, and the citizen is told when it is granted") {
  Ticket ticket = InState(State::kSigned);
  ticket.limits = {{"clock-1", "reply", At(100), At(80), Light::kGreen}};
  CHECK(base::HasReason(Decide(&ticket, RequestExtension{At(500), "等件"}, Officer(), At(100)).status(), "EXTENSION_TOO_LATE"));
  CHECK(Fields(Decide(&ticket, RequestExtension{At(100), "等件"}, Officer(), At(50)).status()) == std::vector<std::string>{"due_time"});
  const Ticket asked = Decide(&ticket, RequestExtension{At(500), "等件"}, Officer(), At(50))->after;
  CHECK(base::HasReason(Decide(&asked, RequestExtension{At(600), "再等"}, Officer(), At(51)).status(), "EXTENSION_PENDING"));
  CHECK(Fields(Decide(&asked, DecideExtension{true, At(501), ""}, Supervisor(), At(60)).status()) == std::vector<std::string>{"due_time"});
  const Change granted = *Decide(&asked, DecideExtension{true, At(400), "同意"}, Supervisor(), At(60));
  CHECK(granted.steps[0].fact == Fact::kExtensionDecided);
  CHECK(granted.steps[0].due == At(400));
  CHECK(granted.after.extension_count == 1);
  CHECK(Addressees(granted) == std::vector<std::string>{"water", "citizen"});
  const Change refused = *Decide(&asked, DecideExtension{false, absl::InfinitePast(), "理由不足"}, Supervisor(), At(60));
  CHECK(Addressees(refused) == std::vector<std::string>{"water"});
  CHECK(base::HasReason(Decide(&refused.after, DecideExtension{true, absl::InfinitePast(), ""}, Supervisor(), At(61)).status(), "NO_EXTENSION_PENDING"));
}

TEST_CASE("TKT-25: approvals inside the unit, each by its role; whoever replies does not approve what is theirs") {
  const Process process = With({"unit_lead", "unit_head"});
  Ticket ticket = InState(State::kSigned);
  const Change drafted = *Decide(&ticket, Reply{"已修复"}, Officer(), At(1), process);
  CHECK(drafted.after.state == State::kApproval);
  CHECK(Addressees(drafted) == std::vector<std::string>{"unit_lead:water"});
  CHECK(base::HasReason(Decide(&drafted.after, Approve{true, ""}, Officer(), At(2), process).status(), "NOT_APPROVER"));
  const Ticket once = Decide(&drafted.after, Approve{true, ""}, Lead(), At(2), process)->after;
  CHECK(once.state == State::kApproval);
  CHECK(base::HasReason(Decide(&once, Approve{true, ""}, Lead(), At(3), process).status(), "NOT_APPROVER"));
  CHECK(Decide(&once, Approve{false, "补充时间"}, Head(), At(3), process)->after.state == State::kSigned);
  const Change sent = *Decide(&once, Approve{true, ""}, Head(), At(3), process);
  CHECK(sent.after.state == State::kReplied);
  CHECK(sent.steps.back().fact == Fact::kReplied);
  CHECK(Decide(&ticket, Reply{"已修复"}, Lead(), At(1), process)->after.approvals_given == 1);
  CHECK(Decide(&ticket, Reply{"已修复"}, Head(), At(1), process)->after.state == State::kReplied);
}

TEST_CASE("PLT-6: without review and call back a reply closes the ticket, and the call back's clock is not left waiting") {
  Process process = DefaultProcess(Type::kComplaint);
  process.review = process.callback = false;
  const Ticket ticket = InState(State::kSigned);
  const Change change = *Decide(&ticket, Reply{"已修复"}, Officer(), At(1), process);
  CHECK(change.after.state == State::kClosed);
  CHECK(change.after.solved);
  REQUIRE(change.steps.size() == 3);
  CHECK(change.steps[1].fact == Fact::kReviewed);
}

TEST_CASE("TKT-13: a co-handling unit gives its part, the lead unit the one reply") {
  Ticket ticket = InState(State::kSigned);
  ticket.co_units = {{"gas", "/city/gas/"}};
  CHECK(base::HasReason(Decide(&ticket, GiveOpinion{"已断气"}, Officer(), At(1)).status(), "WRONG_UNIT"));
  ticket = Decide(&ticket, GiveOpinion{"已断气"}, OtherOfficer(), At(1))->after;
  ticket = Decide(&ticket, GiveOpinion{"已恢复供气"}, OtherOfficer(), At(2))->after;
  CHECK(ticket.opinions == std::vector<Opinion>{{"gas", "已恢复供气"}});
  CHECK(base::HasReason(Decide(&ticket, Reply{"好了"}, OtherOfficer(), At(3)).status(), "WRONG_UNIT"));
}

TEST_CASE("TKT-10: leader-instructed cases are called back by the supervision centre") {
  Ticket ticket = InState(State::kSigned);
  ticket = Decide(&ticket, Instruct{"请重点办理"}, Leader(), At(1))->after;
  CHECK(ticket.leader_instructed);
  ticket.state = State::kCallback;
  const Callback callback{true, true, "satisfied"};
  CHECK(base::HasReason(Decide(&ticket, callback, Agent(), At(2)).status(), "CALLBACK_BY_SUPERVISION"));
  CHECK(Decide(&ticket, callback, Supervisor(), At(2))->after.state == State::kClosed);
}

TEST_CASE("TKT-11: members of a group case take over its result; each is called back") {
  Ticket ticket = InState(State::kDispatched);
  const Change merged = *Decide(&ticket, Merge{kOther, "20261122000002", "同一路段"}, Dispatcher(), At(1));
  CHECK(merged.after.unit.id.empty());
  CHECK(Addressees(merged) == std::vector<std::string>{"water"});
  CHECK(Fields(Decide(&ticket, Merge{ticket.id, "1", "x"}, Dispatcher(), At(1)).status()) == std::vector<std::string>{"other_ticket_id"});
  const Change result = *Decide(&merged.after, FollowGroup{State::kCallback, "路灯已修", "resolved", "", {"gas", "/city/gas/"}}, Service(), At(2));
  CHECK(result.after.state == State::kCallback);
  CHECK(result.after.answer == "路灯已修");
  const Change refused = *Decide(&merged.after, FollowGroup{State::kRefused, "", "", "secret", {}}, Service(), At(2));
  CHECK(refused.after.state == State::kRefused);
}

TEST_CASE("TKT-11: a mark follows from nothing before it was reviewed") {
  Ticket ticket = InState(State::kClosed);
  ticket = Decide(&ticket, MarkRepeat{"三十天五次"}, Agent(), At(2))->after;
  CHECK(ticket.repeat_mark == RepeatMark::kProposed);
  CHECK(base::HasReason(Decide(&ticket, ReviewRepeat{true, "属实"}, Agent(), At(3)).status(), "WRONG_UNIT"));
  CHECK(Decide(&ticket, ReviewRepeat{true, "属实"}, Supervisor(), At(3))->after.repeat_mark == RepeatMark::kConfirmed);
  CHECK(Decide(&ticket, ReviewRepeat{false, "有新情况"}, Supervisor(), At(3))->after.repeat_mark == RepeatMark::kRejected);
}

TEST_CASE("TKT-12: a hand-over has a state that both see; declined, it comes back before dispatch") {
  Ticket ticket = InState(State::kAccepted);
  ticket = Decide(&ticket, HandOver{"110", "有人被困"}, Agent(), At(1))->after;
  CHECK(ticket.handover_status == "sent");
  ticket = Decide(&ticket, UpdateHandover{"in_process", "JQ-7", ""}, Service(), At(2))->after;
  CHECK(ticket.handover_reference == "JQ-7");
  CHECK(Fields(Decide(&ticket, UpdateHandover{"done", "", ""}, Service(), At(3)).status()) == std::vector<std::string>{"note"});
  CHECK(Decide(&ticket, UpdateHandover{"declined", "", "非警务"}, Service(), At(3))->after.state == State::kAccepted);
  CHECK(Decide(&ticket, UpdateHandover{"done", "", "已救出"}, Service(), At(3))->after.answer == "已救出");
}

TEST_CASE("TKT-15, TKT-28: what is protected is never published") {
  Ticket ticket = InState(State::kClosed);
  CHECK(Decide(&ticket, Publish{"某小区停水已修复"}, Dispatcher(), At(2))->after.published == "某小区停水已修复");
  ticket.caller.confidential = true;
  CHECK(base::HasReason(Decide(&ticket, Publish{"某小区停水已修复"}, Dispatcher(), At(2)).status(), "NOT_PUBLISHABLE"));
  ticket.caller.confidential = false;
  ticket.type = Type::kReport;
  CHECK(base::HasReason(Decide(&ticket, Publish{"x"}, Dispatcher(), At(2)).status(), "NOT_PUBLISHABLE"));
}

TEST_CASE("STD-8: one rating a matter; an upheld bad one is supervised and handled again") {
  Ticket ticket = InState(State::kClosed);
  ticket = Decide(&ticket, RateMatter{5, "没解决"}, Service(), At(2))->after;
  CHECK(base::HasReason(Decide(&ticket, RateMatter{1, ""}, Service(), At(3)).status(), "ALREADY_RATED"));
  CHECK(base::HasReason(Decide(&ticket, Archive{}, Agent(), At(3)).status(), "RATING_PENDING"));
  const Ticket dismissed = Decide(&ticket, ReviewRating{false, "已解决"}, Supervisor(), At(3))->after;
  CHECK(dismissed.state == State::kClosed);
  const Ticket upheld = Decide(&ticket, ReviewRating{true, "属实"}, Supervisor(), At(3))->after;
  CHECK(upheld.state == State::kSigned);
  CHECK(upheld.supervised);
  CHECK(upheld.close_time == absl::InfinitePast());
}

TEST_CASE("SLA-8: a measure of the ladder goes to its addressees; the hardest is kept; the etag stays") {
  const Ticket ticket = InState(State::kSigned);
  const Change order = *Decide(&ticket, Supervise{"supervision_order", "", "clock-1", {"unit", "unit_head", "county", "supervision"}}, Service(), At(1));
  CHECK(Addressees(order) == std::vector<std::string>{"water", "unit_head:water", "county:water", "supervision"});
  CHECK(order.after.supervision_level == 2);
  CHECK(order.after.version == ticket.version);
  const Change urged = *Decide(&order.after, Supervise{"urging_notice", "请速办"}, Supervisor(), At(2));
  CHECK(urged.after.supervision_level == 2);
  CHECK(urged.after.version == ticket.version + 1);
  CHECK(Decide(&urged.after, EndSupervision{"已办结"}, Supervisor(), At(3))->after.supervised == false);
  CHECK(base::HasReason(Decide(&ticket, Supervise{"talk", "约谈"}, Officer(), At(1)).status(), "WRONG_UNIT"));
}

TEST_CASE("TKT-4: a closed matter is taken up again within the process's days and times") {
  Ticket ticket = InState(State::kClosed);
  CHECK(Decide(&ticket, Reopen{"又坏了"}, Agent(), At(2))->after.state == State::kSigned);
  CHECK(base::HasReason(Decide(&ticket, Reopen{"又坏了"}, Agent(), At(31 * 86400)).status(), "REOPEN_TOO_LATE"));
  ticket.reopen_count = kMaxReopen;
  CHECK(base::HasReason(Decide(&ticket, Reopen{"又坏了"}, Agent(), At(2)).status(), "REOPEN_TOO_LATE"));
}

TEST_CASE("TKT-16: a step says every field it changed; of personal ones only that they did") {
  const Ticket ticket = InState(State::kTranscribe);
  const Change change = *Decide(&ticket, Amend{.title = "井盖破损", .content = "有人摔伤", .place = "人民路1号", .caller_name = "李四"}, Agent(), At(1));
  REQUIRE(change.steps.size() == 1);
  CHECK(change.steps[0].changes == std::map<std::string, std::string>{{"caller.name", "*"}, {"place", "*"}, {"title", "井盖破损"}, {"content", "有人摔伤"}});
  CHECK(change.steps[0].personal);
}

TEST_CASE("TKT-2, TKT-16: a place on the map is set, kept by what says nothing of it, and removed; each entry has it") {
  using Changes = std::map<std::string, std::string>;
  const Ticket ticket = InState(State::kTranscribe);
  const Change set = *Decide(&ticket, Amend{.longitude = 113.65, .latitude = -34.123456789012345}, Agent(), At(1));
  CHECK(set.steps[0].changes == Changes{{"longitude", "113.65"}, {"latitude", "-34.123456789012344"}});
  const Change other = *Decide(&set.after, Amend{.title = "井盖破损"}, Agent(), At(2));
  CHECK(other.steps[0].changes == Changes{{"title", "井盖破损"}});
  CHECK(other.after.longitude == 113.65);
  const Change removed = *Decide(&other.after, Amend{.longitude = -0.0, .latitude = 0}, Agent(), At(3));
  CHECK(removed.steps[0].changes == Changes{{"longitude", "0"}, {"latitude", "0"}});
}

TEST_CASE("TKT-16: a zero with a sign makes no other ticket than its history") {
  Create create{Draft()};
  create.draft.longitude = -0.0;
  create.draft.latitude = 34.76;
  const Change made = *Decide(nullptr, create, Agent(), At(0));
  Ticket played;
  played.id = made.after.id;
  REQUIRE(Replay({1, At(0), Agent().id, made.after.state, made.after.version, made.steps[0].changes}, played).ok());
  CHECK(played.latitude == 34.76);
  CHECK(std::signbit(played.longitude) == std::signbit(made.after.longitude));
  const Change moved = *Decide(&made.after, Amend{.longitude = -0.0, .latitude = 34.76}, Agent(), At(1));
  CHECK(Canonical(moved.after).find("longitude=0") != std::string::npos);
}

TEST_CASE("TKT-4: the printed page is the table") {
  const std::string page = PrintRules();
  std::ifstream file(HOTLINE_SOURCE_DIR "/docs/ticket-states.md");
  const std::string kept((std::istreambuf_iterator<char>(file)), {});
  CHECK((kept == page));  // print it anew: hotline-ticket --print-states > docs/ticket-states.md
  for (const Rule& rule : Rules()) CHECK(page.find("| " + std::string(rule.command) + " |") != std::string::npos);
  CHECK(page.find("signed --> replied: reply") != std::string::npos);
}

}  // namespace hotline::ticket::domain
