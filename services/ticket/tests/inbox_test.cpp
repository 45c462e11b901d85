#include "hotline/events/v1/directory.pb.h"
#include "hotline/events/v1/sla.pb.h"
#include "hotline/events/v1/telephony.pb.h"
#include "libs/events/event.h"
#include "services/ticket/convert.h"
#include "services/ticket/inbox.h"
#include "services/ticket/tests/store_fixture.h"

namespace hotline::ticket {
namespace {

namespace ev = hotline::events::v1;
using domain::Light;
using domain::State;
using domain::Ticket;

struct InboxFixture : StoreFixture {
  absl::StatusOr<CallerOfCall> call = CallerOfCall{"13812345678", "12345"};
  int calls_asked = 0;
  DefaultProcesses processes;
  DocumentStore documents{pool};
  Inbox inbox{store, documents, [this](const std::string&) { ++calls_asked; return call; }, processes, clock};
  events::Handlers handlers = inbox.Handlers();

  template <class T>
  absl::Status Deliver(const T& data, std::string_view source = "sla_timer") {
    const events::Event event = events::Make(source, "", data, clock.Now());
    return postgres::RunTransaction(pool, [&](postgres::Transaction& tx) { return handlers(tx, event); });
  }
  template <class T>
  T Clock(const Ticket& ticket, int64_t version, const std::string& light, const std::string& clock_id = "clock-1") {
    T data;
    ev::SlaClockFacts& facts = *data.mutable_clock();
    facts.set_clock_id(clock_id);
    facts.set_ticket_id(ticket.id);
    facts.set_step("reply");
    *facts.mutable_due_time() = ToProto(clock.Now() + absl::Hours(2));
    *facts.mutable_warn_time() = ToProto(clock.Now() + absl::Hours(1));
    facts.set_light(light);
    facts.set_version(version);
    return data;
  }
  ev::MessageLeft Message(const std::string& recording, const std::string& purpose) {
    ev::MessageLeft data;
    data.set_call_id("call-7");
    data.set_recording_id(recording);
    data.set_purpose(purpose);
    return data;
  }
};

}  // namespace

TEST_CASE_METHOD(InboxFixture, "SLA-7, SLA-8, SLA-10: limits, lights, history and notices follow the clocks, once") {
  const Ticket ticket = Dispatched();
  REQUIRE(Deliver(Clock<ev::SlaClockStarted>(ticket, 1, "green")).ok());
  Ticket now = *store.Get(ticket.id);
  REQUIRE(now.limits.size() == 1);
  CHECK(now.limits[0] == domain::Limit{"clock-1", "reply", clock.Now() + absl::Hours(2), clock.Now() + absl::Hours(1), Light::kGreen});
  CHECK(now.light == Light::kGreen);
  CHECK(now.version == ticket.version);
  for (int delivery = 0; delivery < 2; ++delivery) {
    REQUIRE(Deliver(Clock<ev::SlaClockWarned>(ticket, 2, "yellow")).ok());
    REQUIRE(Deliver(Clock<ev::SlaClockOverdue>(ticket, 3, "red")).ok());
  }
  now = *store.Get(ticket.id);
  CHECK(now.light == Light::kRed);
  CHECK(now.version == ticket.version);  // an officer's etag still fits
  CHECK(Actions(ticket) == std::vector<std::string>{"created", "dispatched", "warned", "overdue"});
  CHECK(Count("SELECT count(*) FROM notices WHERE kind = 'warning' AND addressee = 'water'") == 1);
  CHECK(Count("SELECT count(*) FROM notices WHERE kind = 'overdue' AND addressee = 'water'") == 1);
  ev::SlaClockEscalated rung = Clock<ev::SlaClockEscalated>(ticket, 3, "red");
  rung.set_level(1);
  rung.set_measure("urging_notice");
  for (const char* addressee : {"unit", "unit_lead"}) rung.add_addressees(addressee);
  REQUIRE(Deliver(rung).ok());
  CHECK(store.Get(ticket.id)->supervision_level == 1);
  CHECK(store.Get(ticket.id)->version == ticket.version);
  CHECK(Count("SELECT count(*) FROM notices WHERE kind = 'supervision' AND addressee = 'unit_lead:water'") == 1);
  CHECK(store.List({.light = Light::kRed, .limit = 5})->size() == 1);
  CHECK(store.VerifyHistory(ticket.id).ok());
  // Moved away: green again, and a second overdue is a second fact.
  REQUIRE(Deliver(Clock<ev::SlaClockMoved>(ticket, 4, "green")).ok());
  CHECK(store.Get(ticket.id)->light == Light::kGreen);
  REQUIRE(Deliver(Clock<ev::SlaClockOverdue>(ticket, 5, "red")).ok());
  CHECK(Actions(ticket).size() == 6);
  REQUIRE(Deliver(Clock<ev::SlaClockStopped>(ticket, 6, "red")).ok());
  CHECK(store.Get(ticket.id)->limits.empty());
  CHECK(store.Get(ticket.id)->light == Light::kUnspecified);
}

TEST_CASE_METHOD(InboxFixture, "TKT-7: the end of the right to return is shown, but is no duty that is late") {
  const Ticket ticket = Dispatched();
  ev::SlaClockStarted window = Clock<ev::SlaClockStarted>(ticket, 1, "green", "window");
  window.mutable_clock()->set_window(true);
  *window.mutable_clock()->mutable_due_time() = ToProto(clock.Now() + absl::Minutes(1));
  REQUIRE(Deliver(window).ok());
  REQUIRE(Deliver(Clock<ev::SlaClockStarted>(ticket, 1, "green")).ok());
  const Ticket now = *store.Get(ticket.id);
  CHECK(now.limits.size() == 2);
  CHECK(now.due_time == clock.Now() + absl::Hours(2));
}

TEST_CASE_METHOD(InboxFixture, "SLA-10: clocks of closed and unknown tickets change nothing") {
  const Ticket ticket = Made();
  REQUIRE(Deliver(Clock<ev::SlaClockStarted>(ticket, 1, "green")).ok());
  REQUIRE(Do(ticket, domain::Refuse{"secret", "已说明"}, domain::Agent()).ok());
  CHECK(store.Get(ticket.id)->limits.empty());
  CHECK(Deliver(Clock<ev::SlaClockOverdue>(ticket, 2, "red")).ok());
  CHECK(Actions(ticket) == std::vector<std::string>{"created", "refused"});
  Ticket unknown;
  unknown.id = "0192f0c0-0000-7000-8000-00000000ffff";
  CHECK(Deliver(Clock<ev::SlaClockStarted>(unknown, 1, "green")).ok());
  CHECK(Deliver(Clock<ev::SlaClockStopped>(unknown, 2, "green")).ok());
}

TEST_CASE_METHOD(InboxFixture, "IVR-3, TEL-10: a message becomes one ticket to be written down, however often it is told") {
  REQUIRE(Deliver(Message("rec-1", "mailbox"), "telephony").ok());
  REQUIRE(Deliver(Message("rec-1", "mailbox"), "telephony").ok());
  CHECK(calls_asked == 1);
  const auto tickets = *store.List({.limit = 10});
  REQUIRE(tickets.size() == 1);
  CHECK(tickets[0].state == State::kTranscribe);
  CHECK(tickets[0].channel == domain::Channel::kMailbox);
  CHECK(tickets[0].recording_id == "rec-1");
  CHECK(tickets[0].call_id == "call-7");
  CHECK(tickets[0].caller.phone == "13812345678");
  CHECK(tickets[0].line == "12345");
  CHECK(tickets[0].created_by == "service:ticket");
  // The dialogue asks for the same message: it gets the same ticket.
  const absl::StatusOr<Registered> again = Create(By(domain::Service(), "CreateTicket", "recording:rec-1"), domain::Draft());
  REQUIRE(again.ok());
  CHECK(again->repeated);
  CHECK(again->ticket.id == tickets[0].id);
  REQUIRE(Deliver(Message("rec-2", "emergency"), "telephony").ok());
  REQUIRE(Deliver(Message("rec-3", "complaint"), "telephony").ok());
  CHECK(Count("SELECT count(*) FROM tickets") == 3);
  CHECK(store.List({.types = {3}, .limit = 5})->at(0).channel == domain::Channel::kIvr);
  CHECK(store.List({.urgency = domain::Urgency::kUrgent, .limit = 5})->size() == 1);
}

TEST_CASE_METHOD(InboxFixture, "TEL-10: while telephony cannot say who called, the message waits; it is never lost") {
  call = absl::UnavailableError("down");
  CHECK(Deliver(Message("rec-1", "mailbox"), "telephony").code() == absl::StatusCode::kUnavailable);
  call = absl::PermissionDeniedError("no right");
  CHECK(Deliver(Message("rec-1", "mailbox"), "telephony").code() == absl::StatusCode::kUnavailable);
  CHECK(Count("SELECT count(*) FROM tickets") == 0);
  call = absl::NotFoundError("no such call");
  CHECK(Deliver(Message("rec-1", "mailbox"), "telephony").ok());
  call = CallerOfCall{"anonymous@trunk", "12 345"};
  CHECK(Deliver(Message("rec-2", "mailbox"), "telephony").ok());
  const auto tickets = *store.List({.limit = 10});
  REQUIRE(tickets.size() == 2);
  CHECK(tickets[0].caller.phone.empty());
}

TEST_CASE_METHOD(InboxFixture, "PLT-1: units are kept as the directory tells them") {
  ev::UnitChanged unit;
  unit.set_unit_id("env");
  unit.set_parent_id("city");
  unit.set_path("/city/env/");
  unit.set_name("环保局");
  unit.set_active(true);
  unit.set_level(2);
  unit.add_tags("噪声");
  REQUIRE(Deliver(unit, "directory").ok());
  unit.set_active(false);
  REQUIRE(Deliver(unit, "directory").ok());
  const auto units = *store.FindUnits({"env", "nowhere"});
  REQUIRE(units.size() == 1);
  CHECK_FALSE(units.at("env").active);
  CHECK(units.at("env").tags == std::vector<std::string>{"噪声"});
}

}  // namespace hotline::ticket
