// Waiting callers and agents together: acd over the real agent_state (ACD-1, ACD-2, ACD-4, TEL-1).
#include <catch2/catch.hpp>

#include "libs/base/error.h"
#include "libs/testing/wait.h"
#include "tests/integration/call_centre.h"

namespace hotline::integration {
namespace {

using testing::WaitUntil;

TEST_CASE("ACD-2 TEL-1: the longest idle agent gets the caller, talks, and is idle again") {
  CallCentre centre;
  centre.AddQueue("general", "general");
  centre.MakeReady("first");
  centre.MakeReady("second");
  auto contact = centre.Enter("c1");
  const aq::Offer offer = contact->NextOffer();
  CHECK(offer.agent_id() == "first");
  CHECK(offer.ring_seconds() == 15);
  CHECK(centre.Get("first").state() == as::AGENT_STATE_RESERVED);
  CHECK(centre.Get("first").reservation_id() == offer.offer_id());
  centre.Answer(*contact, "c1", offer);
  CHECK(centre.Get("first").state() == as::AGENT_STATE_TALKING);
  CHECK(centre.Get("first").contact_id() == "c1");
  REQUIRE(centre.telephony.Report("first", as::LegState::PHASE_ENDED, "c1", offer.offer_id(), "caller_hangup"));
  CHECK(centre.Get("first").state() == as::AGENT_STATE_READY);
  auto next = centre.Enter("c2");
  CHECK(next->NextOffer().agent_id() == "second");
  auto after = centre.Enter("c3");
  CHECK(after->NextOffer().agent_id() == "first");
}

TEST_CASE("ACD-4: an agent who lets it ring is not ready, and the caller is first in line") {
  CallCentre centre;
  centre.AddQueue("general", "general");
  centre.MakeReady("sleepy");
  auto rung = centre.Enter("c1");
  const aq::Offer offer = rung->NextOffer();
  aq::Enter longer;
  longer.mutable_first_enqueue_time()->set_seconds(absl::ToUnixSeconds(absl::Now() - absl::Minutes(1)));
  auto waiting = centre.Enter("c2", "general", longer);
  REQUIRE(WaitUntil([&] { return waiting->position().has_value(); }));
  REQUIRE(centre.telephony.Report("sleepy", as::LegState::PHASE_RINGING, "c1", offer.offer_id()));
  REQUIRE(centre.telephony.Report("sleepy", as::LegState::PHASE_ENDED, "c1", offer.offer_id(), "no_answer"));
  CHECK(centre.Get("sleepy").state() == as::AGENT_STATE_NOT_READY);
  CHECK(centre.Get("sleepy").reason() == "no_answer");
  rung->End(offer.offer_id(), aq::OfferResult::RESULT_NO_ANSWER);
  REQUIRE(WaitUntil([&] { return rung->position().has_value(); }));
  CHECK(rung->position()->position() == 1);
  centre.MakeReady("awake");
  CHECK(rung->NextOffer().agent_id() == "awake");
  CHECK(waiting->offers() == 0);
}

TEST_CASE("ACD-4: when telephony cannot tell, ivr's word makes the agent not ready") {
  CallCentre centre;
  centre.AddQueue("general", "general");
  centre.MakeReady("a1");
  auto contact = centre.Enter("c1");
  const aq::Offer offer = contact->NextOffer();
  contact->End(offer.offer_id(), aq::OfferResult::RESULT_NO_ANSWER);
  REQUIRE(centre.WaitState("a1", as::AGENT_STATE_NOT_READY));
  CHECK(centre.Get("a1").reason() == "no_answer");
}

TEST_CASE("a caller who hangs up while it rings gives the agent back, with the old place among the idle") {
  CallCentre centre;
  centre.AddQueue("general", "general");
  centre.MakeReady("first");
  centre.MakeReady("second");
  auto gone = centre.Enter("c1");
  CHECK(gone->NextOffer().agent_id() == "first");
  gone->HangUp();
  CHECK(gone->Wait().ok());
  REQUIRE(centre.WaitState("first", as::AGENT_STATE_READY));
  auto next = centre.Enter("c2");
  CHECK(next->NextOffer().agent_id() == "first");
}

TEST_CASE("an agent whom somebody else reserved first is passed over") {
  CallCentre centre;
  centre.AddQueue("general", "general");
  centre.MakeReady("first");
  centre.MakeReady("second");
  REQUIRE(centre.Reserve("telephony", ReserveOf("first", "outbound", "r-out", 0, true)).ok());
  auto contact = centre.Enter("c1");
  CHECK(contact->NextOffer().agent_id() == "second");
}

TEST_CASE("a reservation is one contact's, and may be repeated") {
  CallCentre centre;
  centre.MakeReady("a1");
  REQUIRE(centre.Reserve("acd", ReserveOf("a1", "c1", "r1", 1)).ok());
  CHECK(centre.Reserve("acd", ReserveOf("a1", "c1", "r1", 1)).ok());
  CHECK(base::Reason(centre.Reserve("acd", ReserveOf("a1", "c2", "r2", 1)).status()) == "AGENT_NOT_READY");
  CHECK(base::Reason(centre.Reserve("acd", ReserveOf("a1", "c2", "r1", 1)).status()) == "RESERVATION_REUSED");
  CHECK(base::Reason(centre.Reserve("acd", ReserveOf("a1", "c1", "r1", 0)).status()) == "INVALID_FIELD");
  CHECK(base::Reason(centre.Reserve("acd", ReserveOf("nobody", "c1", "r3", 1)).status()) == "AGENT_NOT_FOUND");
}

TEST_CASE("reports of legs begin with a snapshot and are applied once") {
  CallCentre centre;
  centre.MakeReady("a1", "general", 60);
  REQUIRE(centre.telephony.Report("a1", as::LegState::PHASE_TALKING, "c1"));
  const int64_t number = centre.telephony.number();
  REQUIRE(centre.telephony.Report("a1", as::LegState::PHASE_ENDED, "c1", "", "hangup"));
  CHECK(centre.Get("a1").state() == as::AGENT_STATE_WRAP_UP);
  as::LegReport again;
  again.set_number(number);
  again.mutable_leg()->set_agent_id("a1");
  again.mutable_leg()->set_phase(as::LegState::PHASE_TALKING);
  again.mutable_leg()->set_contact_id("c1");
  REQUIRE(centre.telephony.Send(again));  // acknowledged, not applied
  CHECK(centre.Get("a1").state() == as::AGENT_STATE_WRAP_UP);
  CHECK(centre.SetState("a1", as::AGENT_STATE_READY).ok());

  grpc::ClientContext context;
  centre.as_telephony.Prepare(rpc::Context(), context, {}, absl::InfiniteDuration());
  const auto stream = centre.as_telephony.stub().ReportLegs(&context);
  again.set_telephony_id("tel-2@1");
  stream->Write(again);
  as::LegAck ack;
  CHECK_FALSE(stream->Read(&ack));
  CHECK(base::Reason(rpc::FromGrpc(stream->Finish())) == "SNAPSHOT_FIRST");
}

TEST_CASE("TEL-2: a watcher gets everybody, then what changes; changes are in the outbox") {
  CallCentre centre;
  centre.MakeReady("a1");
  grpc::ClientContext context;
  centre.as_acd.Prepare(rpc::Context(), context, {}, absl::InfiniteDuration());
  const auto stream = centre.as_acd.stub().WatchAgents(&context, as::WatchAgentsRequest());
  as::AgentUpdate update;
  REQUIRE(stream->Read(&update));
  CHECK(update.snapshot());
  REQUIRE(update.agents_size() == 1);
  CHECK(update.agents(0).state() == as::AGENT_STATE_READY);
  REQUIRE(centre.SetState("a1", as::AGENT_STATE_NOT_READY, "meal").ok());
  REQUIRE(stream->Read(&update));
  CHECK_FALSE(update.snapshot());
  REQUIRE(update.agents_size() == 1);
  CHECK(update.agents(0).reason() == "meal");
  context.TryCancel();
  stream->Finish();
  REQUIRE(WaitUntil([&] { return centre.StoredState("a1") == "NOT_READY"; }));
  const auto events = centre.agent_database.Read("select type from outbox where subject = 'a1' order by id");
  REQUIRE(events.ok());
  REQUIRE(events->size() == 3);  // signed in, ready, not ready
  CHECK((*events)[2].Get<std::string>("type") == "hotline.events.v1.AgentStateChanged");
}

TEST_CASE("TEL-6: only those who may, force a state, and say why") {
  CallCentre centre;
  centre.MakeReady("a1");
  as::ForceStateRequest request;
  request.set_agent_id("a1");
  request.set_state(as::AGENT_STATE_NOT_READY);
  rpc::Context agent, lead;
  centre.network.ActAs(agent, {.user_id = "a2", .roles = {access::v1::ROLE_AGENT}, .unit_path = "/root/"});
  centre.network.ActAs(lead, {.user_id = "lead", .roles = {access::v1::ROLE_TEAM_LEAD}, .unit_path = "/root/"});
  request.set_reason("long break");
  CHECK(absl::IsPermissionDenied(rpc::SyncCall(centre.users, agent, &Agents::Blocking::ForceState, request).status()));
  request.set_reason("x");
  const auto bad = rpc::SyncCall(centre.users, lead, &Agents::Blocking::ForceState, request);
  CHECK(base::FieldViolations(bad.status()).at(0).field == "reason");
  request.set_reason("long break");
  const auto forced = rpc::SyncCall(centre.users, lead, &Agents::Blocking::ForceState, request);
  REQUIRE(forced.ok());
  CHECK(forced->reason() == "forced");
  REQUIRE(WaitUntil([&] {
    const auto rows = centre.agent_database.Read("select forced_by, reason from forced_changes");
    return rows.ok() && rows->size() == 1 && (*rows)[0].Get<std::string>("reason") == "long break";
  }));
}

TEST_CASE("queues: etags, checks, limits and figures") {
  CallCentre centre;
  centre.AddQueue("small", "general", 1);
  aq::Queue queue;
  queue.set_queue_id("small");
  queue.set_name("small");
  CHECK(base::Reason(centre.PutQueue(queue).status()) == "ETAG_MISMATCH");
  queue.set_ring_seconds(99);
  CHECK(base::FieldViolations(centre.PutQueue(queue).status()).at(0).field == "queue.ring_seconds");
  auto first = centre.Enter("c1", "small");
  REQUIRE(WaitUntil([&] { return first->position().has_value(); }));
  CHECK(first->position()->position() == 1);
  CHECK(first->position()->expected_wait_seconds() == -1);
  auto second = centre.Enter("c2", "small");
  CHECK(base::Reason(second->Wait()) == "QUEUE_FULL");
  auto nowhere = centre.Enter("c3", "nowhere");
  CHECK(base::Reason(nowhere->Wait()) == "QUEUE_NOT_FOUND");
  const auto list = rpc::SyncCall(centre.as_ivr, rpc::Context(), &Queues::Blocking::ListQueues, aq::ListQueuesRequest());
  REQUIRE(list.ok());
  REQUIRE(list->queues_size() == 1);
  CHECK(list->queues(0).etag() == "1");
  CHECK(list->figures(0).waiting() == 1);

  grpc::ClientContext context;
  centre.admins.Prepare(rpc::Context(), context, {}, absl::InfiniteDuration());
  const auto stream = centre.admins.stub().WatchQueues(&context, aq::WatchQueuesRequest());
  aq::QueueFigures figures;
  REQUIRE(stream->Read(&figures));
  CHECK(figures.figures(0).waiting() == 1);
  first->HangUp();
  REQUIRE(WaitUntil([&] { return stream->Read(&figures) && figures.figures(0).waiting() == 0; }));
  context.TryCancel();
  stream->Finish();
}

TEST_CASE("the same contact on a new stream takes the place of the old one") {
  CallCentre centre;
  centre.AddQueue("general", "general");
  auto old = centre.Enter("c1");
  REQUIRE(WaitUntil([&] { return old->position().has_value(); }));
  auto again = centre.Enter("c1");
  CHECK(base::Reason(old->Wait()) == "CONTACT_REPLACED");
  centre.MakeReady("a1");
  CHECK(again->NextOffer().agent_id() == "a1");
}

}  // namespace
}  // namespace hotline::integration
