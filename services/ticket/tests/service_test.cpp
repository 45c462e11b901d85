// The service over gRPC: registering, the closed loop, lists, rights, the caller's own query.
#include "services/ticket/tests/service_fixture.h"

namespace hotline::ticket {

TEST_CASE_METHOD(ServiceFixture, "TKT-4, TKT-10, IVR-5: the whole loop over gRPC, heard by the caller at each step") {
  v1::CreateTicketRequest wish = Wish();
  wish.set_request_id(base::NewId());
  const v1::CreateTicketResponse made = MadeBy(kAgent, wish);
  CHECK(made.query_pin().size() == 4);
  CHECK(made.ticket().acceptance_number().size() == 8);
  CHECK(made.ticket().state() == v1::TICKET_STATE_ACCEPTED);
  const auto heard = [&] {
    v1::QueryTicketRequest query;
    query.set_acceptance_number(made.ticket().acceptance_number());
    query.set_caller_phone("+8613812345678");
    query.set_call_id("call-1");
    const auto answer = AsIvr(&Tickets::Blocking::QueryTicket, query);
    REQUIRE(answer.ok());
    return answer->spoken_state() + ":" + answer->reply();
  };
  CHECK(heard() == "accepted:");

  auto dispatch = On<v1::DispatchTicketRequest>(made.ticket());
  dispatch.set_unit_id("water");
  const auto dispatched = As(kDispatcher, &Tickets::Blocking::DispatchTicket, dispatch);
  REQUIRE(dispatched.ok());
  const auto signed_ticket = Sign(kWater, *dispatched, true);
  REQUIRE(signed_ticket.ok());
  CHECK(heard() == "in_process:");
  auto reply = On<v1::ReplyTicketRequest>(*signed_ticket);
  reply.set_text("已修复供水");
  const auto replied = As(kWater, &Tickets::Blocking::ReplyTicket, reply);
  REQUIRE(replied.ok());
  auto review = On<v1::ReviewReplyRequest>(*replied);
  review.set_accepted(true);
  const auto reviewed = As(kSupervisor, &Tickets::Blocking::ReviewReply, review);
  REQUIRE(reviewed.ok());
  CHECK(heard() == "replied:已修复供水");
  CHECK(Get(kAgent2, made.ticket().number())->caller().phone() == "13812345678");  // has to ring back
  auto callback = On<v1::RecordCallbackRequest>(*reviewed);
  callback.set_reached(true);
  callback.set_solved(true);
  callback.set_satisfaction("very_satisfied");
  const auto closed = As(kAgent2, &Tickets::Blocking::RecordCallback, callback);
  REQUIRE(closed.ok());
  CHECK(closed->state() == v1::TICKET_STATE_CLOSED);
  CHECK(heard() == "closed:已修复供水");
  const auto archived = As(kAgent, &Tickets::Blocking::ArchiveTicket, On<v1::ArchiveTicketRequest>(*closed));
  REQUIRE(archived.ok());

  v1::ListHistoryRequest history;
  history.set_ticket_id(made.ticket().ticket_id());
  history.set_page_size(5);
  auto page = As(kWater, &Tickets::Blocking::ListHistory, history);
  REQUIRE(page.ok());
  REQUIRE(page->entries_size() == 5);
  CHECK(page->entries(0).action() == "created");
  CHECK(page->entries(0).actor_id() == "agent-1");
  history.set_page_token(page->next_page_token());
  page = As(kWater, &Tickets::Blocking::ListHistory, history);
  REQUIRE(page->entries_size() == 3);
  CHECK(page->entries(2).action() == "archived");
  CHECK(page->next_page_token().empty());
  v1::ListNoticesRequest notices;
  notices.set_ticket_id(made.ticket().ticket_id());
  CHECK(As(kAgent, &Tickets::Blocking::ListNotices, notices)->notices_size() == 2);
}

TEST_CASE_METHOD(ServiceFixture, "a registration that is repeated gives the same ticket and PIN; another's request_id is refused") {
  v1::CreateTicketRequest request = Wish();
  request.set_request_id(base::NewId());
  const v1::CreateTicketResponse first = MadeBy(kAgent, request);
  const v1::CreateTicketResponse again = MadeBy(kAgent, request);
  CHECK(first.ticket().ticket_id() == again.ticket().ticket_id());
  CHECK(first.query_pin() == again.query_pin());
  CHECK(base::HasReason(As(kAgent2, &Tickets::Blocking::CreateTicket, request).status(), "REQUEST_ID_REUSED"));
  request.set_request_id("recording:rec-1");
  CHECK(Fields(As(kAgent, &Tickets::Blocking::CreateTicket, request).status()) == std::vector<std::string>{"request_id"});
}

TEST_CASE_METHOD(ServiceFixture, "IVR-4: a service's recording waits to be written down, then it is dispatched") {
  v1::CreateTicketRequest request = Wish();
  request.mutable_ticket()->set_channel(v1::CHANNEL_IVR);
  request.mutable_ticket()->set_recording_id("rec-1");
  request.mutable_ticket()->mutable_caller()->set_phone("anonymous");  // as the network presents some
  request.set_request_id("recording:rec-1");
  const auto made = AsIvr(&Tickets::Blocking::CreateTicket, request);
  REQUIRE(made.ok());
  CHECK(made->ticket().state() == v1::TICKET_STATE_TRANSCRIBE);
  CHECK(made->ticket().created_by() == "service:ivr");
  CHECK(made->ticket().caller().phone().empty());
  v1::QueryTicketRequest query;
  query.set_acceptance_number(made->ticket().acceptance_number());
  query.set_caller_phone("anonymous");
  CHECK(AsIvr(&Tickets::Blocking::QueryTicket, query)->pin_required());  // two withheld numbers are not one phone
  query.set_query_pin(made->query_pin());
  CHECK(AsIvr(&Tickets::Blocking::QueryTicket, query)->ticket_id() == made->ticket().ticket_id());
  auto dispatch = On<v1::DispatchTicketRequest>(made->ticket());
  dispatch.set_unit_id("water");
  CHECK(base::HasReason(As(kDispatcher, &Tickets::Blocking::DispatchTicket, dispatch).status(), "WRONG_STATE"));
  auto amend = On<v1::AmendTicketRequest>(made->ticket());
  amend.set_title("停水投诉");
  amend.set_content("录音整理:昨晚停水");
  amend.set_place("解放路8号");
  const auto amended = As(kAgent, &Tickets::Blocking::AmendTicket, amend);
  REQUIRE(amended.ok());
  CHECK(amended->state() == v1::TICKET_STATE_ACCEPTED);
  CHECK(amended->place() == "解放路8号");
  CHECK(store.VerifyHistory(amended->ticket_id()).ok());
  amend.set_etag(amended->etag());
  amend.set_category_id("nowhere");
  CHECK(base::HasReason(As(kAgent, &Tickets::Blocking::AmendTicket, amend).status(), "CATEGORY_NOT_FOUND"));
}

TEST_CASE_METHOD(ServiceFixture, "TKT-2, TKT-16, TKT-23: the place of what was registered without one is set on the map, moved and removed, and its history says so") {
  v1::Ticket ticket = MadeBy(kAgent, Wish()).ticket();
  const auto amend = [&](std::optional<double> longitude, std::optional<double> latitude) {
    auto request = On<v1::AmendTicketRequest>(ticket);
    if (longitude) request.set_longitude(*longitude);
    if (latitude) request.set_latitude(*latitude);
    return As(kAgent, &Tickets::Blocking::AmendTicket, request);
  };
  CHECK(Fields(amend(113.65, {}).status()) == std::vector<std::string>{"latitude"});
  CHECK(Fields(amend(181, 91).status()) == std::vector<std::string>{"longitude", "latitude"});
  CHECK(Get(kAgent, ticket.ticket_id())->etag() == ticket.etag());
  const auto is_at = [&](const absl::StatusOr<v1::Ticket>& answer, double longitude, double latitude) {
    INFO(answer.status());
    REQUIRE(answer.ok());
    for (const v1::Ticket& one : {*answer, *Get(kAgent, ticket.ticket_id())}) {
      CHECK(one.longitude() == longitude);
      CHECK(one.latitude() == latitude);
    }
    ticket = *answer;
    const absl::Status verified = store.VerifyHistory(ticket.ticket_id());
    INFO(verified);
    CHECK(verified.ok());
  };
  is_at(amend(113.66541212345678, 34.75231), 113.66541212345678, 34.75231);
  is_at(amend({}, {}), 113.66541212345678, 34.75231);
  is_at(amend(-71.5, -0.0), -71.5, 0);
  is_at(amend(0, 0), 0, 0);
  v1::ListHistoryRequest history;
  history.set_ticket_id(ticket.ticket_id());
  const auto told = As(kAgent, &Tickets::Blocking::ListHistory, history);
  REQUIRE(told->entries_size() == 5);
  CHECK(told->entries(1).changes().at("longitude") == "113.66541212345678");
  CHECK(told->entries(2).changes().empty());
  CHECK(told->entries(3).changes().at("latitude") == "0");
}

TEST_CASE_METHOD(ServiceFixture, "TKT-5: a consultation answered at once is closed") {
  v1::CreateTicketRequest request = Wish(v1::TICKET_TYPE_CONSULTATION);
  request.set_answer("请带身份证到窗口办理");
  request.set_article_id("article-1");
  CHECK(MadeBy(kAgent, request).ticket().state() == v1::TICKET_STATE_CLOSED);
  CHECK(Events() == std::vector<std::string>{"TicketCreated", "TicketClosed"});
}

TEST_CASE_METHOD(ServiceFixture, "an etag that is old is ABORTED and changes nothing") {
  const v1::Ticket ticket = AtWater();
  const auto signed_ticket = Sign(kWater, ticket, true);
  REQUIRE(signed_ticket.ok());
  const auto late = Sign(kWater, ticket, true);
  CHECK(late.status().code() == absl::StatusCode::kAborted);
  CHECK(base::HasReason(late.status(), "ETAG_MISMATCH"));
  CHECK(base::HasReason(Sign(kWater, ticket).status(), "WRONG_STATE"));
  CHECK(Get(kWater, ticket.ticket_id())->etag() == signed_ticket->etag());
}

TEST_CASE_METHOD(ServiceFixture, "PLT-1, PLT-3: a ticket of another unit is PERMISSION_DENIED WRONG_UNIT, to read and to act on") {
  const v1::Ticket ticket = AtWater();
  const auto denied = [](const absl::Status& status) {
    return status.code() == absl::StatusCode::kPermissionDenied && base::HasReason(status, "WRONG_UNIT");
  };
  CHECK(denied(Get(kGas, ticket.ticket_id()).status()));
  CHECK(denied(Get(kGas, ticket.acceptance_number()).status()));
  CHECK(denied(Sign(kGas, ticket).status()));
  v1::AddRemarkRequest remark;
  remark.set_ticket_id(ticket.ticket_id());
  remark.set_kind("remark");
  remark.set_text("x");
  CHECK(denied(As(kGas, &Tickets::Blocking::AddRemark, remark).status()));
  v1::ListHistoryRequest history;
  history.set_ticket_id(ticket.ticket_id());
  CHECK(denied(As(kGas, &Tickets::Blocking::ListHistory, history).status()));
  CHECK(As(kGas, &Tickets::Blocking::ListTickets, {})->tickets_size() == 0);
  CHECK(As(kWater, &Tickets::Blocking::ListTickets, {})->tickets_size() == 1);
  CHECK(As(kOperator, &Tickets::Blocking::ListTickets, {})->tickets_size() == 0);  // though the unit is the root of the tree
  CHECK(base::HasReason(Get(kAgent, base::NewId()).status(), "TICKET_NOT_FOUND"));
  // Roles are checked before the service is asked.
  CHECK(Sign(kAgent, ticket).status().code() == absl::StatusCode::kPermissionDenied);
  CHECK(As(kWater, &Tickets::Blocking::CreateTicket, Wish()).status().code() == absl::StatusCode::kPermissionDenied);
}

TEST_CASE_METHOD(ServiceFixture, "PLT-3: bad input names its fields") {
  v1::CreateTicketRequest request = Wish();
  request.mutable_ticket()->set_type(v1::TICKET_TYPE_UNSPECIFIED);
  request.mutable_ticket()->clear_title();
  request.mutable_ticket()->mutable_caller()->set_phone("abc");
  const auto refused = As(kAgent, &Tickets::Blocking::CreateTicket, request);
  CHECK(refused.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(Fields(refused.status()) == std::vector<std::string>{"ticket.type", "ticket.title", "ticket.caller.phone"});
  CHECK(Count("SELECT count(*) FROM tickets") == 0);
  auto reply = On<v1::ReplyTicketRequest>(AtWater());
  CHECK(Fields(As(kWater, &Tickets::Blocking::ReplyTicket, reply).status()) == std::vector<std::string>{"text"});
  v1::ListTicketsRequest list;
  list.set_order_by("title");
  const auto bad = As(kAgent, &Tickets::Blocking::ListTickets, list);
  CHECK(base::HasReason(bad.status(), "BAD_FILTER"));
  CHECK(Fields(bad.status()) == std::vector<std::string>{"order_by"});
  list.clear_order_by();
  list.set_page_size(201);
  CHECK(Fields(As(kAgent, &Tickets::Blocking::ListTickets, list).status()) == std::vector<std::string>{"page_size"});
}

TEST_CASE_METHOD(ServiceFixture, "TKT-6: units are asked of the directory once, and refused if unknown or gone") {
  auto dispatch = On<v1::DispatchTicketRequest>(MadeBy(kAgent, Wish()).ticket());
  dispatch.set_unit_id("env");
  auto refused = As(kDispatcher, &Tickets::Blocking::DispatchTicket, dispatch);
  CHECK(base::HasReason(refused.status(), "UNIT_NOT_FOUND"));
  CHECK(Fields(refused.status()) == std::vector<std::string>{"unit_id"});
  directory = absl::UnavailableError("down");
  CHECK(base::HasReason(As(kDispatcher, &Tickets::Blocking::DispatchTicket, dispatch).status(), "DIRECTORY_UNAVAILABLE"));
  directory = domain::Unit{"env", "city", "/city/env/", "环保局", false, 2, "", {}};
  CHECK(base::HasReason(As(kDispatcher, &Tickets::Blocking::DispatchTicket, dispatch).status(), "UNIT_INACTIVE"));
  directory_asked = 0;
  CHECK(base::HasReason(As(kDispatcher, &Tickets::Blocking::DispatchTicket, dispatch).status(), "UNIT_INACTIVE"));
  CHECK(directory_asked == 0);  // known by now
}

TEST_CASE_METHOD(ServiceFixture, "PLT-5, TKT-28: the caller is masked by role, revealed with a reason that is kept") {
  const v1::Ticket ticket = AtWater();
  CHECK(Get(kAgent, ticket.ticket_id())->caller().phone() == "13812345678");
  const v1::Caller seen = Get(kDispatcher, ticket.ticket_id())->caller();
  CHECK(seen.masked());
  CHECK(seen.phone() == "138****5678");
  CHECK(seen.name() == "张*");
  CHECK(Get(kWater, ticket.ticket_id())->caller().name() == "张三丰");
  const v1::Ticket report = AtWater(v1::TICKET_TYPE_REPORT);
  CHECK(Get(kWater, report.ticket_id())->caller().phone().empty());
  v1::RevealCallerRequest reveal;
  reveal.set_ticket_id(report.ticket_id());
  reveal.set_reason("核实情况");
  CHECK(base::HasReason(As(kWater, &Tickets::Blocking::RevealCaller, reveal).status(), "CALLER_PROTECTED"));
  CHECK(As(kDispatcher, &Tickets::Blocking::RevealCaller, reveal)->phone() == "13812345678");
  CHECK(Count("SELECT count(*) FROM caller_audit WHERE actor_id = 'dispatcher-1' AND reason = '核实情况'") == 1);
  reveal.set_reason(" ");
  CHECK(Fields(As(kDispatcher, &Tickets::Blocking::RevealCaller, reveal).status()).at(0) == "reason");
  // An officer cannot find a reporter by asking for a number.
  v1::ListTicketsRequest list;
  list.set_query("13812345678");
  CHECK(As(kWater, &Tickets::Blocking::ListTickets, list)->tickets_size() == 0);
  CHECK(As(kDispatcher, &Tickets::Blocking::ListTickets, list)->tickets_size() == 2);
}

TEST_CASE_METHOD(ServiceFixture, "PLT-5: many tickets by their ids, in their order, without those of other units") {
  const v1::Ticket first = AtWater(), second = AtWater();
  v1::BatchGetTicketsRequest ask;
  for (const auto& id : {second.ticket_id(), first.ticket_id(), base::NewId()}) ask.add_ticket_ids(id);
  const auto found = As(kWater, &Tickets::Blocking::BatchGetTickets, ask);
  REQUIRE(found.ok());
  REQUIRE(found->tickets_size() == 2);
  CHECK(found->tickets(0).ticket_id() == second.ticket_id());
  CHECK(found->tickets(1).number() == first.number());
  CHECK(As(kDispatcher, &Tickets::Blocking::BatchGetTickets, ask)->tickets(0).caller().masked());
  CHECK(As(kGas, &Tickets::Blocking::BatchGetTickets, ask)->tickets_size() == 0);
  CHECK(Fields(As(kWater, &Tickets::Blocking::BatchGetTickets, {}).status()) == std::vector<std::string>{"ticket_ids"});
  ask.add_ticket_ids(first.number());
  CHECK(Fields(As(kWater, &Tickets::Blocking::BatchGetTickets, ask).status()) == std::vector<std::string>{"ticket_ids"});
}

TEST_CASE_METHOD(ServiceFixture, "lists page to the end, and a token serves its own query only") {
  for (int i = 0; i < 5; ++i) AtWater();
  for (const char* order : {"", "due_time"}) {
    v1::ListTicketsRequest list;
    list.set_order_by(order);
    list.set_page_size(2);
    std::set<std::string> seen;
    std::string first_token;
    do {
      const auto page = As(kWater, &Tickets::Blocking::ListTickets, list);
      REQUIRE(page.ok());
      for (const v1::Ticket& ticket : page->tickets()) CHECK(seen.insert(ticket.ticket_id()).second);
      list.set_page_token(page->next_page_token());
      if (first_token.empty()) first_token = page->next_page_token();
    } while (!list.page_token().empty());
    CHECK(seen.size() == 5);
    const auto refused = [&](const Person& person) {
      const absl::Status status = As(person, &Tickets::Blocking::ListTickets, list).status();
      return status.code() == absl::StatusCode::kInvalidArgument && Fields(status) == std::vector<std::string>{"page_token"};
    };
    list.set_page_token(first_token);
    CHECK(refused(kGas));  // sees other tickets: another query
    list.add_states(v1::TICKET_STATE_SIGNED);
    CHECK(refused(kWater));
    list.clear_states();
    list.set_page_token(first_token + "x");
    CHECK(refused(kWater));
    list.set_page_token("%%%");
    CHECK(refused(kWater));
  }
}

TEST_CASE_METHOD(ServiceFixture, "IVR-5: another phone needs the PIN, and guessing ends") {
  const v1::CreateTicketResponse made = MadeBy(kAgent, Wish());
  v1::QueryTicketRequest query;
  query.set_acceptance_number(made.ticket().acceptance_number());
  query.set_caller_phone("13999999999");
  query.set_call_id("call-1");
  CHECK(AsIvr(&Tickets::Blocking::QueryTicket, query)->pin_required());
  query.set_query_pin(made.query_pin());
  CHECK(AsIvr(&Tickets::Blocking::QueryTicket, query)->spoken_state() == "accepted");
  query.set_query_pin(made.query_pin() == "0000" ? "0001" : "0000");
  std::string reason;
  int wrong = 0;
  while (reason != "TOO_MANY_ATTEMPTS" && wrong < 20) {
    query.set_call_id("call-" + std::to_string(wrong++));  // a new call each time does not help
    query.set_caller_phone("1390000000" + std::to_string(wrong % 10));
    reason = base::Reason(AsIvr(&Tickets::Blocking::QueryTicket, query).status());
    CHECK((reason == "TICKET_NOT_FOUND" || reason == "TOO_MANY_ATTEMPTS"));
  }
  CHECK(wrong == 6);
  // The registering phone still may.
  query.set_caller_phone("13812345678");
  query.set_call_id("call-x");
  CHECK(AsIvr(&Tickets::Blocking::QueryTicket, query).ok());
  // One phone that tries numbers.
  query.set_caller_phone("13777777777");
  query.clear_call_id();
  reason.clear();
  for (int i = 0; i < 12 && reason != "TOO_MANY_ATTEMPTS"; ++i) {
    query.set_acceptance_number("0000000" + std::to_string(i % 10));
    if (query.acceptance_number() == made.ticket().acceptance_number()) continue;
    reason = base::Reason(AsIvr(&Tickets::Blocking::QueryTicket, query).status());
  }
  CHECK(reason == "TOO_MANY_ATTEMPTS");
  // Users have no business here.
  CHECK(As(kAgent, &Tickets::Blocking::QueryTicket, query).status().code() == absl::StatusCode::kPermissionDenied);
}

TEST_CASE_METHOD(ServiceFixture, "TKT-17, IVR-10: what the agent sees when it rings, what the caller says afterwards") {
  v1::CreateTicketRequest wish = Wish();
  wish.mutable_ticket()->set_call_id("call-1");
  MadeBy(kAgent, wish);
  v1::GetCallerHistoryRequest ask;
  ask.set_phone("+8613812345678");
  const auto history = As(kAgent2, &Tickets::Blocking::GetCallerHistory, ask);
  REQUIRE(history.ok());
  CHECK(history->open_count() == 1);
  CHECK(history->total_count() == 1);
  CHECK(history->tickets(0).caller().masked());
  v1::RecordCallRatingRequest rating;
  rating.set_call_id("call-1");
  rating.set_agent_id("agent-1");
  rating.set_score(6);
  CHECK(Fields(AsIvr(&Tickets::Blocking::RecordCallRating, rating).status()) == std::vector<std::string>{"score"});
  rating.set_score(1);
  CHECK(AsIvr(&Tickets::Blocking::RecordCallRating, rating).ok());
  CHECK(AsIvr(&Tickets::Blocking::RecordCallRating, rating).ok());
  CHECK(Events() == std::vector<std::string>{"TicketCreated", "CallRated"});
}

TEST_CASE_METHOD(ServiceFixture, "TKT-7: a unit gives a ticket back, the dispatcher decides") {
  const v1::Ticket ticket = AtWater();
  auto back = On<v1::RequestReturnRequest>(ticket);
  back.set_reason("应由燃气公司办理");
  back.set_suggested_unit_id("gas");
  const auto asked = As(kWater, &Tickets::Blocking::RequestReturn, back);
  REQUIRE(asked.ok());
  auto decide = On<v1::DecideReturnRequest>(*asked);
  decide.set_accepted(true);
  decide.set_note("同意");
  CHECK(As(kWater, &Tickets::Blocking::DecideReturn, decide).status().code() == absl::StatusCode::kPermissionDenied);
  const auto decided = As(kDispatcher, &Tickets::Blocking::DecideReturn, decide);
  REQUIRE(decided.ok());
  CHECK(decided->unit_id().empty());
  CHECK(decided->state() == v1::TICKET_STATE_ACCEPTED);
  // First asked stays responsible until another unit signs (STD-6), and so sees it.
  CHECK(Get(kWater, ticket.ticket_id())->responsible_unit_id() == "water");
}

TEST_CASE_METHOD(ServiceFixture, "PLT-2, STD-6: the catalogue, and what it suggests") {
  const auto put = [&](const Person& person, const char* id, const char* parent, const char* unit) {
    v1::PutCategoryRequest request;
    request.mutable_category()->set_category_id(id);
    request.mutable_category()->set_parent_id(parent);
    request.mutable_category()->set_name("供水");
    request.mutable_category()->set_default_unit_id(unit);
    rpc::Context context;
    Become(context, person);
    return SyncCall(lists, context, &Catalogue::Blocking::PutCategory, request).status();
  };
  CHECK(put(kAgent, "water", "", "").code() == absl::StatusCode::kPermissionDenied);
  CHECK(put(kAdmin, "water", "", "water").ok());
  CHECK(put(kAdmin, "water.leak", "water", "").ok());
  CHECK(Fields(put(kAdmin, "Water", "", "")) == std::vector<std::string>{"category.category_id"});
  CHECK(Fields(put(kAdmin, "water", "water.leak", "")) == std::vector<std::string>{"category.parent_id"});
  v1::CreateTicketRequest wish = Wish();
  wish.mutable_ticket()->set_category_id("water.leak");
  wish.mutable_ticket()->set_area_code("990102");
  v1::SuggestUnitsRequest ask;
  ask.set_ticket_id(MadeBy(kAgent, wish).ticket().ticket_id());
  const auto suggested = As(kDispatcher, &Tickets::Blocking::SuggestUnits, ask);
  REQUIRE(suggested.ok());
  REQUIRE(suggested->suggestions_size() == 2);
  CHECK(suggested->suggestions(0).unit_id() == "water");
  CHECK(suggested->suggestions(0).rule() == "catalogue");
  CHECK(suggested->suggestions(1).unit_id() == "water-east");
  CHECK(suggested->suggestions(1).rule() == "area");
  v1::ListTicketsRequest list;
  list.set_category_id("water");
  CHECK(As(kAgent, &Tickets::Blocking::ListTickets, list)->tickets_size() == 1);
  rpc::Context context;
  Become(context, kAgent);
  CHECK(SyncCall(lists, context, &Catalogue::Blocking::ListCategories, {})->categories_size() == 2);
  v1::PutLineRequest line;
  line.mutable_line()->set_line("12369");
  line.mutable_line()->set_name("环保");
  line.mutable_line()->set_mode("closed");
  rpc::Context admin;
  Become(admin, kAdmin);
  CHECK(Fields(SyncCall(lists, admin, &Catalogue::Blocking::PutLine, line).status()) == std::vector<std::string>{"line.mode"});
  line.mutable_line()->set_mode("number_kept");
  CHECK(SyncCall(lists, admin, &Catalogue::Blocking::PutLine, line).ok());
  CHECK(SyncCall(lists, context, &Catalogue::Blocking::ListLines, {})->lines(0).name() == "环保");
}

}  // namespace hotline::ticket
