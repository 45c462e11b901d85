// The WebSocket of the agents' pages, as a page sees it.
#include <catch2/catch.hpp>

#include "hotline/events/v1/directory.pb.h"
#include "hotline/events/v1/sla.pb.h"
#include "hotline/events/v1/ticket.pb.h"
#include "libs/testing/wait.h"
#include "services/gateway/tests/backend.h"

namespace hotline::gateway {
namespace {

using Json = nlohmann::json;

const rpc::UserClaims kAgent{.user_id = "a1", .roles = {access::v1::ROLE_AGENT}, .unit_path = "/city/"};
const rpc::UserClaims kLead{.user_id = "l1", .roles = {access::v1::ROLE_TEAM_LEAD}, .unit_path = "/city/"};

// A page that is signed in.
WebSocketClient Open(Installation& hotline, const rpc::UserClaims& claims, const std::string& tab = "tab-1") {
  WebSocketClient page(hotline.port());
  page.Send({{"type", "auth"}, {"token", hotline.Token(claims)}, {"tabId", tab}});
  CHECK(page.Wait("ready")["userId"] == claims.user_id);
  return page;
}

Json LineRequest(Json request) { return {{"type", "line"}, {"request", std::move(request)}}; }

TEST_CASE("a page signs in with its first frame, or is sent away") {
  Installation hotline;
  WebSocketClient page = Open(hotline, kAgent);
  page.Send({{"type", "ping"}});
  CHECK(page.Wait("pong")["type"] == "pong");

  WebSocketClient forged(hotline.port());
  forged.Send({{"type", "auth"}, {"token", "x.y.z"}, {"tabId", "t"}});
  CHECK(forged.Wait("error")["reason"] == "TOKEN_INVALID");
  CHECK_FALSE(forged.Next().has_value());
  CHECK(forged.close_code() == 4401);

  WebSocketClient rude(hotline.port());
  rude.Send({{"type", "ping"}});
  CHECK_FALSE(rude.Next().has_value());
  CHECK(rude.close_code() == 4401);

  WebSocketClient silent(hotline.port());
  CHECK_FALSE(silent.Next().has_value());
  CHECK(silent.close_code() == 4401);
}

TEST_CASE("pages of other origins may not connect") {
  Installation hotline;
  CHECK_THROWS(WebSocketClient(hotline.port(), "https://evil.example"));
  CHECK_NOTHROW(WebSocketClient(hotline.port(), "http://127.0.0.1:" + std::to_string(hotline.port())));
  CHECK(Fetch(hotline.port(), "GET", "/v1/desk").status == 426);
}

TEST_CASE("bad frames are told, too large ones end the connection") {
  Installation hotline;
  WebSocketClient page = Open(hotline, kAgent);
  page.SendText("not json");
  CHECK(page.Wait("error")["reason"] == "BAD_FRAME");
  page.Send({{"type", "dance"}});
  CHECK(page.Wait("error")["reason"] == "UNKNOWN_FRAME");
  page.Send(LineRequest({{"dial", {{"nummer", "1"}}}}));
  CHECK(page.Wait("error")["reason"] == "INVALID_FIELD");
  page.Send({{"type", "subscribe"}, {"topics", {"agents", "weather"}}});
  CHECK(page.Wait("error")["reason"] == "TOPIC_DENIED");
  CHECK(page.Wait("error")["reason"] == "UNKNOWN_TOPIC");
  page.SendText(std::string(kMaxFrameBytes + 1, ' '));
  CHECK_FALSE(page.Next().has_value());
}

TEST_CASE("the line goes to telephony and comes back after a break") {
  Installation hotline;
  WebSocketClient page = Open(hotline, kAgent, "tab-7");
  page.Send(LineRequest({{"answer", {{"callId", "c1"}}}}));
  CHECK(page.Wait("error")["reason"] == "LINE_NOT_ATTACHED");
  page.Send(LineRequest({{"attach", {{"tabId", "tab-7"}}}}));
  CHECK(page.Wait("line")["event"]["state"]["version"] == "1");
  CHECK(hotline.journal().Of("attach") == std::vector<std::string>{"a1/tab-7"});
  page.Send(LineRequest({{"ping", {{"number", "5"}}}}));
  CHECK(page.Wait("line")["event"]["pong"]["number"] == "5");

  page.Send(LineRequest({{"hangUp", {{"callId", "c1"}}}}));  // at which the test's telephony breaks the stream
  CHECK(page.Wait("lineDown")["type"] == "lineDown");
  CHECK(page.Wait("lineUp")["type"] == "lineUp");
  CHECK(page.Wait("line")["event"]["state"]["version"] == "1");
  CHECK(hotline.journal().Of("attach").size() == 2);

  hotline.RestartTelephony();
  CHECK(page.Wait("lineDown")["type"] == "lineDown");
  CHECK(page.Wait("lineUp")["type"] == "lineUp");
  page.Send(LineRequest({{"ping", {{"number", "6"}}}}));
  Json pong = page.Wait("line");
  while (!pong["event"].contains("pong")) pong = page.Wait("line");
  CHECK(pong["event"]["pong"]["number"] == "6");
}

TEST_CASE("a line that another tab has taken stays with that tab") {
  Installation hotline;
  WebSocketClient page = Open(hotline, kAgent);
  page.Send(LineRequest({{"attach", Json::object()}}));
  CHECK(page.Wait("line")["event"].contains("state"));
  page.Send(LineRequest({{"dial", {{"number", "12345"}}}}));  // at which the test's telephony says superseded
  CHECK(page.Wait("line")["event"]["superseded"]["tabId"] == "another");
  REQUIRE(testing::WaitUntil([&] {
    page.Send(LineRequest({{"ping", {{"number", "1"}}}}));
    const auto frame = page.Next();
    return frame && frame->value("reason", "") == "LINE_NOT_ATTACHED";
  }));
  page.Send(LineRequest({{"attach", Json::object()}}));  // and takes it back when its user says so
  CHECK(page.Wait("line")["event"].contains("state"));
  CHECK(hotline.journal().Of("attach") == std::vector<std::string>{"a1/tab-1", "a1/tab-1"});
}

TEST_CASE("lines are for agents") {
  Installation hotline;
  WebSocketClient page = Open(hotline, {.user_id = "o1", .roles = {access::v1::ROLE_OFFICER}, .unit_path = "/city/water/"});
  page.Send(LineRequest({{"attach", Json::object()}}));
  CHECK(page.Wait("error")["reason"] == "ACCESS_DENIED");
}

TEST_CASE("topics begin with what is current and go on with what changes") {
  Installation hotline;
  WebSocketClient lead = Open(hotline, kLead);
  // The gateway may not have heard from the services yet; it tells when it has.
  lead.Send({{"type", "subscribe"}, {"topics", {"agents", "queues"}}});
  CHECK(lead.Wait("queues")["figures"][0]["queueId"] == "general");
  WebSocketClient second = Open(hotline, kLead, "tab-2");
  second.Send({{"type", "subscribe"}, {"topics", {"agents"}}});
  const Json snapshot = second.Wait("agents");
  CHECK(snapshot["snapshot"] == true);
  CHECK(snapshot["agents"].size() == 2);

  WebSocketClient agent = Open(hotline, kAgent);
  agent.Send({{"type", "subscribe"}, {"topics", {"agent"}}});
  CHECK(agent.Wait("agent")["agent"]["agentId"] == "a1");
  hotline.ChangeAgent("a2", "meal");
  hotline.ChangeAgent("a1", "break");
  CHECK(agent.Wait("agent")["agent"]["reason"] == "break");
  Json change = second.Wait("agents");
  std::set<std::string> changed;
  while (true) {
    CHECK(change["snapshot"] == false);
    for (const Json& one : change["agents"]) changed.insert(one["agentId"]);
    if (changed.size() == 2) break;
    change = second.Wait("agents");
  }
  second.Send({{"type", "subscribe"}, {"topics", Json::array()}});
  second.Send({{"type", "ping"}});
  CHECK(second.Wait("pong")["type"] == "pong");
  hotline.ChangeAgent("a1", "meeting");
  CHECK(agent.Wait("agent")["agent"]["reason"] == "meeting");
  second.Send({{"type", "ping"}});
  CHECK((*second.Next())["type"] == "pong");  // and nothing of agents before it
}

TEST_CASE("events of tickets reach those who may see the ticket") {
  Installation hotline;
  WebSocketClient dispatcher = Open(hotline, {.user_id = "d1", .roles = {access::v1::ROLE_DISPATCHER}, .unit_path = "/city/"});
  WebSocketClient water = Open(hotline, {.user_id = "w1", .roles = {access::v1::ROLE_OFFICER}, .unit_id = "water", .unit_path = "/city/water/"});
  WebSocketClient gas = Open(hotline, {.user_id = "g1", .roles = {access::v1::ROLE_OFFICER}, .unit_id = "gas", .unit_path = "/city/gas/"});
  WebSocketClient technician = Open(hotline, {.user_id = "o1", .roles = {access::v1::ROLE_OPERATOR}, .unit_id = "city", .unit_path = "/city/"});
  for (WebSocketClient* page : {&dispatcher, &water, &gas, &technician}) page->Send({{"type", "subscribe"}, {"topics", {"tickets"}}});
  for (WebSocketClient* page : {&dispatcher, &water, &gas, &technician}) {
    page->Send({{"type", "ping"}});
    page->Wait("pong");
  }
  const auto dispatched = [](const std::string& ticket, const std::string& unit) {
    hotline::events::v1::TicketDispatched event;
    event.mutable_ticket()->set_ticket_id(ticket);
    event.mutable_ticket()->set_unit_id(unit);
    event.mutable_ticket()->set_unit_path("/city/" + unit + "/");
    return events::Make("ticket", ticket, event, absl::Now());
  };
  // Published again until the gateway reads the stream, which it does from when it has connected.
  REQUIRE(testing::WaitUntil([&] {
    hotline.Publish(dispatched("t0", "water"));
    dispatcher.Send({{"type", "ping"}});
    return (*dispatcher.Next())["type"] == "event";
  }));
  hotline.Publish(dispatched("t1", "gas"));
  hotline::events::v1::SlaClockOverdue overdue;
  overdue.mutable_clock()->set_ticket_id("t2");
  overdue.mutable_clock()->set_unit_id("water");
  hotline.Publish(events::Make("sla_timer", "t2", overdue, absl::Now()));
  hotline.Publish(dispatched("last", "water"));

  Json frame = water.Wait("event");
  std::vector<std::string> subjects;
  while (frame["event"]["subject"] != "last") {
    subjects.push_back(frame["event"]["subject"]);
    frame = water.Wait("event");
  }
  CHECK(std::find(subjects.begin(), subjects.end(), "t1") == subjects.end());
  CHECK(frame["event"]["type"] == "hotline.events.v1.TicketDispatched");
  CHECK(frame["event"]["source"] == "ticket");
  CHECK(frame["event"]["data"]["ticket"]["ticketId"] == "last");
  CHECK(gas.Wait("event")["event"]["subject"] == "t1");
  technician.Send({{"type", "ping"}});
  CHECK((*technician.Next())["type"] == "pong");  // and nothing before it: not a ticket of the city, though its unit is the root
  while (frame["event"]["subject"] != "t1") frame = dispatcher.Wait("event");
  CHECK(frame["event"]["data"]["ticket"]["unitId"] == "gas");
}

TEST_CASE("a new token keeps the page, an expired one ends it") {
  Installation hotline;
  rpc::UserClaims claims = kAgent;
  claims.issued_at = absl::Now();
  claims.expires_at = absl::Now() + absl::Seconds(4);
  WebSocketClient kept = Open(hotline, claims, "tab-1");
  WebSocketClient ended = Open(hotline, claims, "tab-2");
  kept.Send({{"type", "refresh"}, {"token", hotline.Token(kLead)}});
  CHECK(kept.Wait("error")["reason"] == "WRONG_USER");
  kept.Send({{"type", "refresh"}, {"token", hotline.Token(kAgent)}});
  CHECK_FALSE(ended.Next().has_value());
  CHECK(ended.close_code() == 4401);
  kept.Send({{"type", "ping"}});
  CHECK((*kept.Next())["type"] == "pong");
}

TEST_CASE("the pages of a session end with it") {
  Installation hotline;
  rpc::UserClaims claims = kAgent;
  claims.session_id = "session-2";
  WebSocketClient page = Open(hotline, claims);
  hotline::events::v1::SessionRevoked revoked;
  revoked.set_session_id("session-2");
  revoked.mutable_token_expire_time()->set_seconds(absl::ToUnixSeconds(absl::Now() + absl::Minutes(15)));
  const TestHeaders headers = hotline.Bearer(claims);
  REQUIRE(testing::WaitUntil([&] {
    hotline.Publish(events::Make("directory", "a1", revoked, absl::Now()));
    return Fetch(hotline.port(), "GET", "/v1/me", headers).status == 401;
  }));
  CHECK_FALSE(page.Next().has_value());
  CHECK(page.close_code() == 4401);
}

TEST_CASE("a user has so many pages and no more") {
  Installation hotline([](Config& config) { config.limits.max_desks_per_user = 2; });
  WebSocketClient first = Open(hotline, kAgent, "1");
  {
    WebSocketClient second = Open(hotline, kAgent, "2");
    WebSocketClient third(hotline.port());
    third.Send({{"type", "auth"}, {"token", hotline.Token(kAgent)}, {"tabId", "3"}});
    CHECK(third.Wait("error")["reason"] == "TOO_MANY_DESKS");
    CHECK_FALSE(third.Next().has_value());
    CHECK(third.close_code() == 4429);
    WebSocketClient other = Open(hotline, kLead);
  }
  // Pages that are gone count no more.
  REQUIRE(testing::WaitUntil([&] {
    WebSocketClient again(hotline.port());
    again.Send({{"type", "auth"}, {"token", hotline.Token(kAgent)}, {"tabId", "4"}});
    return (*again.Next())["type"] == "ready";
  }));
}

TEST_CASE("a gateway that stops says so to its pages") {
  Installation hotline;
  WebSocketClient page = Open(hotline, kAgent);
  page.Send(LineRequest({{"attach", Json::object()}}));
  page.Wait("line");
  hotline.gateway().Stop();
  CHECK_FALSE(page.Next().has_value());
  CHECK(page.close_code() == 1001);
}

}  // namespace
}  // namespace hotline::gateway
