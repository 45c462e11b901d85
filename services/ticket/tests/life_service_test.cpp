// The commands beside the closed loop over gRPC, each with its rights, states and what comes of it.
#include "libs/base/id.h"
#include "services/ticket/followers.h"
#include "services/ticket/tests/service_fixture.h"

namespace hotline::ticket {
namespace {

struct LifeFixture : ServiceFixture {
  using Ticket = v1::Ticket;

  // A command whose request is filled by `fill`; the etag is left empty.
  template <class Req>
  absl::StatusOr<Ticket> Do(const Person& person, grpc::Status (v1::TicketService::StubInterface::*method)(grpc::ClientContext*, const Req&, Ticket*),
                            const Ticket& ticket, absl::FunctionRef<void(Req&)> fill = [](Req&) {}) {
    Req request;
    request.set_ticket_id(ticket.ticket_id());
    fill(request);
    return As(person, method, request);
  }
  Ticket Signed() { return *Sign(kWater, AtWater()); }
  Ticket Replied(const Ticket& signed_ticket) {
    return *Do<v1::ReplyTicketRequest>(kWater, &Tickets::Blocking::ReplyTicket, signed_ticket, [](auto& request) {
      request.set_text("已修复供水");
      request.set_outcome("resolved");
    });
  }
  Ticket Closed() {
    const Ticket reviewed = *Do<v1::ReviewReplyRequest>(kSupervisor, &Tickets::Blocking::ReviewReply, Replied(Signed()), [](auto& request) { request.set_accepted(true); });
    return *Do<v1::RecordCallbackRequest>(kAgent, &Tickets::Blocking::RecordCallback, reviewed, [](auto& request) {
      request.set_reached(true);
      request.set_solved(true);
      request.set_satisfaction("satisfied");
      request.set_satisfaction_attitude("very_satisfied");
      request.set_channel("sms");
    });
  }
  std::vector<std::string> Notices(const Ticket& ticket) {
    std::vector<std::string> addressees;
    const auto notices = store.Notices(ticket.ticket_id(), "", 50);
    for (const Notice& notice : *notices) addressees.push_back(notice.kind + ">" + notice.addressee);
    return addressees;
  }
  bool Owes(const Ticket& ticket, const std::string& notice) {
    const std::vector<std::string> all = Notices(ticket);
    return std::find(all.begin(), all.end(), notice) != all.end();
  }
};

}  // namespace

TEST_CASE_METHOD(LifeFixture, "TKT-19: a consultation is taken down, answered later, and heard by the caller") {
  v1::CreateTicketRequest wish = Wish(v1::TICKET_TYPE_CONSULTATION);
  wish.set_answer_later(true);
  const Ticket later = MadeBy(kAgent, wish).ticket();
  CHECK(later.state() == v1::TICKET_STATE_ANSWER_LATER);
  const auto answered = Do<v1::AnswerTicketRequest>(kAgent2, &Tickets::Blocking::AnswerTicket, later, [](auto& request) { request.set_text("请带身份证"); });
  REQUIRE(answered.ok());
  CHECK(answered->state() == v1::TICKET_STATE_CALLBACK);
  CHECK(base::HasReason(Do<v1::DeferTicketRequest>(kAgent, &Tickets::Blocking::DeferTicket, MadeBy(kAgent, Wish()).ticket()).status(), "ONLY_CONSULTATIONS"));
}

TEST_CASE_METHOD(LifeFixture, "TKT-8: asked by the unit, decided by the supervision centre, told to the citizen") {
  const Ticket ticket = Signed();
  const auto ask = [&](const Person& person) {
    return Do<v1::RequestExtensionRequest>(person, &Tickets::Blocking::RequestExtension, ticket, [&](auto& request) {
      *request.mutable_due_time() = ToProto(node->clock().Now() + absl::Hours(240));
      request.set_reason("等待备件");
    });
  };
  CHECK(base::HasReason(ask(kGas).status(), "WRONG_UNIT"));
  extension_allowed = base::FailedPrecondition("EXTENSION_LIMIT", "too far");
  CHECK(base::HasReason(ask(kWater).status(), "EXTENSION_LIMIT"));
  extension_allowed = absl::OkStatus();
  const auto asked = ask(kWater);
  REQUIRE(asked.ok());
  CHECK(asked->has_extension_due_time());
  CHECK(base::HasReason(ask(kWater).status(), "EXTENSION_PENDING"));
  const auto decide = [&](const Person& person) {
    return Do<v1::DecideExtensionRequest>(person, &Tickets::Blocking::DecideExtension, ticket, [](auto& request) { request.set_accepted(true); });
  };
  CHECK(base::HasReason(decide(kDispatcher).status(), "NOT_DECIDER"));
  const auto decided = decide(kSupervisor);
  REQUIRE(decided.ok());
  CHECK(decided->extension_count() == 1);
  CHECK_FALSE(decided->has_extension_due_time());
  CHECK(Owes(ticket, "extension>citizen"));
  CHECK(Owes(ticket, "extension>water"));
}

TEST_CASE_METHOD(LifeFixture, "TKT-7: returned twice, arbitrated, and then not returned any more") {
  const auto give_back = [&](const Ticket& ticket) {
    return Do<v1::RequestReturnRequest>(kWater, &Tickets::Blocking::RequestReturn, ticket, [](auto& request) { request.set_reason("不属于我局"); });
  };
  Ticket ticket = *give_back(AtWater());
  ticket = *Do<v1::DecideReturnRequest>(kDispatcher, &Tickets::Blocking::DecideReturn, ticket, [](auto& request) { request.set_note("属你单位"); });
  ticket = *give_back(ticket);
  CHECK(ticket.state() == v1::TICKET_STATE_ARBITRATION);
  const auto arbitrate = [&](const Person& person) {
    return Do<v1::ArbitrateReturnRequest>(person, &Tickets::Blocking::ArbitrateReturn, ticket, [](auto& request) {
      request.set_unit_id("water");
      request.set_note("管网由水务局负责");
      request.set_improper(true);
    });
  };
  CHECK(arbitrate(kDispatcher).status().code() == absl::StatusCode::kPermissionDenied);
  const auto decided = arbitrate(kSupervisor);
  REQUIRE(decided.ok());
  CHECK(decided->return_barred());
  CHECK(base::HasReason(give_back(*decided).status(), "RETURN_BARRED"));
}

TEST_CASE_METHOD(LifeFixture, "CH-11, TKT-5, TKT-10: reported up, instructed, and then called back by the supervision centre") {
  Ticket ticket = MadeBy(kAgent, Wish()).ticket();
  ticket = *Do<v1::ReportUpTicketRequest>(kDispatcher, &Tickets::Blocking::ReportUpTicket, ticket, [](auto& request) { request.set_text("请阅示"); });
  CHECK(ticket.state() == v1::TICKET_STATE_REPORTED_UP);
  CHECK(Owes(ticket, "submission>leader"));
  const auto instruct = [&](const Person& person) {
    return Do<v1::InstructTicketRequest>(person, &Tickets::Blocking::InstructTicket, ticket, [](auto& request) { request.set_text("请水务局速办"); });
  };
  CHECK(instruct(kAgent).status().code() == absl::StatusCode::kPermissionDenied);
  const auto instructed = instruct(kLeader);
  REQUIRE(instructed.ok());
  CHECK(instructed->state() == v1::TICKET_STATE_ACCEPTED);
  CHECK(instructed->leader_instructed());
}

TEST_CASE_METHOD(LifeFixture, "TKT-15, PLT-5: what holds personal data is not published") {
  const Ticket ticket = Closed();
  const auto publish = [&](const char* text) {
    return Do<v1::PublishTicketRequest>(kDispatcher, &Tickets::Blocking::PublishTicket, ticket, [&](auto& request) { request.set_text(text); });
  };
  const absl::Status refused = publish("某小区停水已修复,联系电话13812345678").status();
  CHECK(Fields(refused) == std::vector<std::string>{"text"});
  CHECK(refused.message().find("13812345678") == absl::string_view::npos);
  CHECK(publish("某小区停水已修复")->published() == "某小区停水已修复");
}

TEST_CASE_METHOD(LifeFixture, "TKT-9: evidence is an attachment of the ticket") {
  const Ticket ticket = Signed();
  const auto replied = Do<v1::ReplyTicketRequest>(kWater, &Tickets::Blocking::ReplyTicket, ticket, [](auto& request) {
    request.set_text("已修复");
    request.add_attachment_ids(base::NewId());
  });
  CHECK(base::HasReason(replied.status(), "ATTACHMENT_NOT_FOUND"));
  CHECK(Get(kWater, ticket.ticket_id())->state() == v1::TICKET_STATE_SIGNED);
}

TEST_CASE_METHOD(LifeFixture, "TKT-12: handed over by one key; the other body's state is seen; declined, it comes back") {
  Ticket ticket = MadeBy(kAgent, Wish()).ticket();
  ticket = *Do<v1::HandOverTicketRequest>(kAgent, &Tickets::Blocking::HandOverTicket, ticket, [](auto& request) {
    request.set_body("110");
    request.set_note("有人被困");
  });
  CHECK(Owes(ticket, "handover>body:110"));
  const auto update = [&](const char* status) {
    return Do<v1::UpdateHandoverRequest>(kAgent, &Tickets::Blocking::UpdateHandover, ticket, [&](auto& request) {
      request.set_status(status);
      request.set_reference("JQ-7");
      request.set_note("非警务");
    });
  };
  CHECK(update("received")->handover_reference() == "JQ-7");
  CHECK(Fields(update("lost").status()) == std::vector<std::string>{"status"});
  CHECK(update("declined")->state() == v1::TICKET_STATE_ACCEPTED);
}

TEST_CASE_METHOD(LifeFixture, "TKT-11, STD-7: merged, split, merged again; the member is called back with the group's reply") {
  const Ticket group = AtWater(), member = AtWater(), third = AtWater();
  const auto merge = [&](const Ticket& one, const std::string& into) {
    return Do<v1::MergeTicketRequest>(kDispatcher, &Tickets::Blocking::MergeTicket, one, [&](auto& request) {
      request.set_group_ticket_id(into);
      request.set_note("同一路段停水");
    });
  };
  REQUIRE(merge(member, group.number()).ok());
  CHECK(base::HasReason(merge(group, third.ticket_id()).status(), "GROUP_HAS_MEMBERS"));
  CHECK(base::HasReason(merge(third, member.ticket_id()).status(), "GROUP_NOT_OPEN"));
  CHECK(Fields(merge(third, third.ticket_id()).status()) == std::vector<std::string>{"other_ticket_id"});
  REQUIRE(Do<v1::SplitTicketRequest>(kDispatcher, &Tickets::Blocking::SplitTicket, member, [](auto& request) { request.set_note("另一条路"); }).ok());
  REQUIRE(merge(member, group.acceptance_number()).ok());
  const Ticket reply = Replied(*Sign(kWater, group));
  REQUIRE(Do<v1::ReviewReplyRequest>(kSupervisor, &Tickets::Blocking::ReviewReply, reply, [](auto& request) { request.set_accepted(true); }).ok());
  CHECK(*FollowOnce(store, processes, clock.Now()) == 1);
  const Ticket followed = *Get(kAgent, member.ticket_id());
  CHECK(followed.state() == v1::TICKET_STATE_CALLBACK);
  CHECK(followed.answer() == "已修复供水");
  CHECK(followed.group_ticket_id() == group.ticket_id());
}

TEST_CASE_METHOD(LifeFixture, "TKT-11: linked on both sides, unlinked on both") {
  const Ticket one = AtWater(), other = AtWater();
  const auto link = [&] {
    return Do<v1::LinkTicketsRequest>(kAgent, &Tickets::Blocking::LinkTickets, one, [&](auto& request) {
      request.set_other_ticket_id(other.number());
      request.set_kind("duplicate");
    });
  };
  REQUIRE(link().ok());
  CHECK(Get(kAgent, other.ticket_id())->links(0).ticket_id() == one.ticket_id());
  CHECK(base::HasReason(link().status(), "NOTHING_TO_CHANGE"));
  REQUIRE(Do<v1::UnlinkTicketsRequest>(kAgent, &Tickets::Blocking::UnlinkTickets, other, [&](auto& request) { request.set_other_ticket_id(one.ticket_id()); }).ok());
  CHECK(Get(kAgent, one.ticket_id())->links_size() == 0);
}

TEST_CASE_METHOD(LifeFixture, "STD-8: rated once by the citizen; a bad rating is looked into, upheld, supervised, handled again") {
  const Ticket ticket = Closed();
  CHECK(ticket.close_reason() == "called_back");
  v1::RateTicketRequest rate;
  rate.set_ticket_id(ticket.ticket_id());
  rate.set_score(5);
  REQUIRE(AsIvr(&Tickets::Blocking::RateTicket, rate)->rating_state() == v1::RATING_STATE_TO_REVIEW);
  CHECK(base::HasReason(AsIvr(&Tickets::Blocking::RateTicket, rate).status(), "ALREADY_RATED"));
  CHECK(Owes(ticket, "rating>supervision"));
  const auto upheld = Do<v1::ReviewRatingRequest>(kSupervisor, &Tickets::Blocking::ReviewRating, ticket, [](auto& request) {
    request.set_upheld(true);
    request.set_note("属实");
  });
  REQUIRE(upheld.ok());
  CHECK(upheld->state() == v1::TICKET_STATE_SIGNED);
  CHECK(upheld->supervised());
}

TEST_CASE_METHOD(LifeFixture, "SLA-8: supervised by the supervision centre with copies; a unit may not") {
  const Ticket ticket = Signed();
  const auto supervise = [&](const Person& person) {
    return Do<v1::SuperviseTicketRequest>(person, &Tickets::Blocking::SuperviseTicket, ticket, [](auto& request) {
      request.set_measure("supervision_order");
      request.set_text("限三日内办结");
      for (const char* addressee : {"unit", "unit_head"}) request.add_addressees(addressee);
    });
  };
  CHECK(supervise(kWater).status().code() == absl::StatusCode::kPermissionDenied);
  CHECK(supervise(kSupervisor)->supervision_level() == 2);
  CHECK(Owes(ticket, "supervision>unit_head:water"));
}

TEST_CASE_METHOD(LifeFixture, "TKT-23, TKT-28: the caller is completed while it is taken down; confidence keeps the unit from knowing") {
  Ticket ticket = AtWater();
  CHECK_FALSE(Get(kWater, ticket.ticket_id())->caller().masked());
  REQUIRE(Do<v1::SetConfidentialRequest>(kAgent, &Tickets::Blocking::SetConfidential, ticket, [](auto& request) {
    request.set_confidential(true);
    request.set_note("来电人要求");
  }).ok());
  CHECK(Get(kWater, ticket.ticket_id())->caller().phone().empty());
  ticket = MadeBy(kAgent, Wish()).ticket();
  const auto amended = Do<v1::AmendTicketRequest>(kAgent, &Tickets::Blocking::AmendTicket, ticket, [](auto& request) { request.set_caller_phone("13900001111"); });
  REQUIRE(amended.ok());
  CHECK(store.CallerTickets("13900001111", "", 5)->total_count == 1);
  CHECK(store.CallerTickets("13812345678", "", 5)->total_count == 1);
}

TEST_CASE_METHOD(LifeFixture, "TKT-16: whatever happened to a ticket, its history makes it again") {
  const Ticket ticket = Closed();
  REQUIRE(Do<v1::ReopenTicketRequest>(kAgent, &Tickets::Blocking::ReopenTicket, ticket, [](auto& request) { request.set_reason("又停水了"); }).ok());
  REQUIRE(Do<v1::RecordContactRequest>(kWater, &Tickets::Blocking::RecordContact, ticket, [](auto& request) { request.set_reached(true); }).ok());
  REQUIRE(Do<v1::ReportProgressRequest>(kWater, &Tickets::Blocking::ReportProgress, ticket, [](auto& request) { request.set_text("正在抢修"); }).ok());
  REQUIRE(Do<v1::RecordMediationRequest>(kWater, &Tickets::Blocking::RecordMediation, ticket, [](auto& request) { request.set_text("双方同意"); }).ok());
  REQUIRE(Do<v1::MarkRepeatRequest>(kAgent, &Tickets::Blocking::MarkRepeat, ticket, [](auto& request) { request.set_reason("五次"); }).ok());
  REQUIRE(Do<v1::SetUrgencyRequest>(kAgent, &Tickets::Blocking::SetUrgency, ticket, [](auto& request) {
    request.set_urgency(v1::URGENCY_CRITICAL);
    request.set_note("有危险");
  }).ok());
  REQUIRE(Do<v1::WithdrawTicketRequest>(kAgent, &Tickets::Blocking::WithdrawTicket, ticket, [](auto& request) { request.set_note("已自行解决"); }).ok());
  const absl::Status verified = store.VerifyHistory(ticket.ticket_id());
  INFO(verified);
  CHECK(verified.ok());
}

TEST_CASE_METHOD(ServiceFixture, "TKT-6, TKT-16: the suggestion that is followed stays in the history; one that is not made is refused") {
  REQUIRE(store.PutCategory({"water", "", "供水", "", {}, "water", "", 1}).ok());
  v1::CreateTicketRequest wish = Wish();
  wish.mutable_ticket()->set_category_id("water");
  const v1::Ticket ticket = MadeBy(kAgent, wish).ticket();
  v1::SuggestUnitsRequest suggest;
  suggest.set_ticket_id(ticket.ticket_id());
  const auto suggested = As(kDispatcher, &Tickets::Blocking::SuggestUnits, suggest);
  REQUIRE(suggested->suggestions_size() == 1);
  const v1::UnitSuggestion& first = suggested->suggestions(0);
  REQUIRE(first.unit_id() == "water");
  v1::DispatchTicketRequest dispatch = On<v1::DispatchTicketRequest>(ticket);
  dispatch.set_unit_id("gas");
  dispatch.set_source(first.rule());
  CHECK(base::HasReason(As(kDispatcher, &Tickets::Blocking::DispatchTicket, dispatch).status(), "SUGGESTION_CHANGED"));
  dispatch.set_unit_id("water");
  dispatch.set_source("area");
  CHECK(base::HasReason(As(kDispatcher, &Tickets::Blocking::DispatchTicket, dispatch).status(), "SUGGESTION_CHANGED"));
  dispatch.set_source(first.rule());
  const auto sent = As(kDispatcher, &Tickets::Blocking::DispatchTicket, dispatch);
  INFO(sent.status());
  REQUIRE(sent.ok());
  CHECK(store.History(ticket.ticket_id(), 0, 10)->back().changes.at("rule") == first.rule());
  // A choice of one's own names no rule.
  const v1::Ticket other = MadeBy(kAgent, wish).ticket();
  dispatch = On<v1::DispatchTicketRequest>(other);
  dispatch.set_unit_id("gas");
  REQUIRE(As(kDispatcher, &Tickets::Blocking::DispatchTicket, dispatch).ok());
  CHECK_FALSE(store.History(other.ticket_id(), 0, 10)->back().changes.contains("rule"));
}

TEST_CASE_METHOD(ServiceFixture, "TKT-6, TKT-16: the suggestion that is followed as a ticket is registered stays in its history") {
  REQUIRE(store.PutCategory({"water", "", "供水", "", {}, "water", "", 1}).ok());
  v1::CreateTicketRequest wish = Wish();
  wish.mutable_ticket()->set_category_id("water");
  wish.set_source("catalogue");
  const auto refused = [&] { return As(kAgent, &Tickets::Blocking::CreateTicket, wish).status(); };
  const absl::Status alone = refused();
  REQUIRE(base::FieldViolations(alone).size() == 1);
  CHECK(base::FieldViolations(alone)[0].field == "source");
  CHECK(base::FieldViolations(alone)[0].reason == "NOT_ALLOWED");
  wish.set_dispatch_unit_id("gas");
  CHECK(base::HasReason(refused(), "SUGGESTION_CHANGED"));
  wish.set_dispatch_unit_id("water");
  wish.set_source("catalogue:1/leak");
  CHECK(base::HasReason(refused(), "SUGGESTION_CHANGED"));
  CHECK(Count("SELECT count(*) AS count FROM tickets") == 0);
  wish.set_source("catalogue");
  wish.set_request_id(base::NewId());
  const v1::Ticket sent = MadeBy(kAgent, wish).ticket();
  CHECK(sent.state() == v1::TICKET_STATE_DISPATCHED);
  CHECK(store.History(sent.ticket_id(), 0, 10)->back().changes.at("rule") == "catalogue");
  CHECK(store.VerifyHistory(sent.ticket_id()).ok());
  // A repetition finds it, though nothing like it is suggested any more.
  REQUIRE(store.PutCategory({"water", "", "供水", "", {}, "", "", 1}).ok());
  categories.Forget();
  CHECK(MadeBy(kAgent, wish).ticket().ticket_id() == sent.ticket_id());
  wish.clear_request_id();
  CHECK(base::HasReason(refused(), "SUGGESTION_CHANGED"));
  // A choice of one's own names no rule.
  wish.clear_source();
  const v1::Ticket own = MadeBy(kAgent, wish).ticket();
  CHECK_FALSE(store.History(own.ticket_id(), 0, 10)->back().changes.contains("rule"));
}

TEST_CASE_METHOD(ServiceFixture, "TKT-16: administrators and inspectors have a ticket's history checked; others may not") {
  const v1::Ticket ticket = AtWater();
  v1::VerifyHistoryRequest request;
  request.set_ticket_id(ticket.number());
  const auto intact = As(kAdmin, &Tickets::Blocking::VerifyHistory, request);
  INFO(intact.status());
  REQUIRE(intact.ok());
  CHECK(intact->intact());
  CHECK(intact->entries() == 2);
  CHECK(absl::IsPermissionDenied(As(kAgent, &Tickets::Blocking::VerifyHistory, request).status()));
  REQUIRE(pool.Read("UPDATE tickets SET answer = '另一个' WHERE ticket_id = $1 RETURNING 1 AS one", {ticket.ticket_id()}).ok());
  const auto broken = As({"inspector-1", access::ROLE_INSPECTOR}, &Tickets::Blocking::VerifyHistory, request);
  REQUIRE(broken.ok());
  CHECK_FALSE(broken->intact());
  REQUIRE(broken->faults_size() == 1);
  CHECK(broken->faults(0).kind() == "ticket");
  CHECK(broken->faults(0).last_sequence() == 2);
  request.set_ticket_id("20990101000001");
  CHECK(base::HasReason(As(kAdmin, &Tickets::Blocking::VerifyHistory, request).status(), "TICKET_NOT_FOUND"));
}

}  // namespace hotline::ticket
