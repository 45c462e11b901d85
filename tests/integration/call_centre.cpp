#include "tests/integration/call_centre.h"

#include <catch2/catch.hpp>

#include "libs/testing/wait.h"

namespace hotline::integration {

using testing::WaitUntil;

AgentState::AgentState(rpc::TestNetwork& network, postgres::Pool& database, const std::string& replica)
    : node(network, "agent_state"),
      store(database),
      hub(*node, pool, store, {replica, absl::Seconds(10)}),
      service(*node, hub) {
  hub.Start();
  server = std::make_unique<rpc::TestServer>(node, std::vector<rpc::ServiceBase*>{&service});
}

Acd::Acd(rpc::TestNetwork& network, postgres::Pool& database, const std::string& replica, absl::Duration lease)
    : node(network, "acd", {"agent_state"}),
      store(database),
      dispatcher(*node, pool, store, node->peer("agent_state"), {replica, lease, {}}),
      service(*node, dispatcher) {
  dispatcher.Start();
  server = std::make_unique<rpc::TestServer>(node, std::vector<rpc::ServiceBase*>{&service});
}

bool Telephony::Connect() {
  Break();
  context_ = std::make_unique<grpc::ClientContext>();
  client_.Prepare(rpc::Context(), *context_, {}, absl::InfiniteDuration());
  stream_ = client_.stub().ReportLegs(context_.get());
  as::LegReport report;
  report.set_is_snapshot(true);
  for (const auto& [agent, leg] : legs_) *report.add_snapshot() = leg;
  return Send(report);
}

void Telephony::Break() {
  if (!stream_) return;
  context_->TryCancel();
  stream_->Finish();
  stream_.reset();
}

bool Telephony::Send(const as::LegReport& message) {
  as::LegReport report = message;
  report.set_telephony_id(telephony_id_);
  if (report.number() == 0) report.set_number(++number_);
  as::LegAck ack;
  return stream_->Write(report) && stream_->Read(&ack) && ack.number() == report.number();
}

bool Telephony::Report(const std::string& agent, as::LegState::Phase phase, const std::string& contact,
                       const std::string& reservation, const std::string& end_reason, bool line_up) {
  as::LegState leg;
  leg.set_agent_id(agent);
  leg.set_line_up(line_up);
  leg.set_phase(phase);
  leg.set_contact_id(contact);
  leg.set_reservation_id(reservation);
  leg.set_end_reason(end_reason);
  as::LegReport report;
  *report.mutable_leg() = leg;
  if (phase == as::LegState::PHASE_ENDED) {
    leg.Clear();
    leg.set_agent_id(agent);
    leg.set_line_up(line_up);
    leg.set_phase(as::LegState::PHASE_IDLE);
  }
  legs_[agent] = leg;
  return Send(report);
}

Contact::Contact(const Queues& client, aq::Enter enter) {
  client.Prepare(rpc::Context(), *context_, {}, absl::InfiniteDuration());
  stream_ = client.stub().Enqueue(context_.get());
  aq::EnqueueRequest request;
  *request.mutable_enter() = std::move(enter);
  stream_->Write(request);
  reader_ = std::thread([this] {
    for (aq::EnqueueUpdate update; stream_->Read(&update);) {
      std::lock_guard lock(mutex_);
      if (update.has_offer()) offers_.push_back(update.offer());
      else position_ = update.position();
    }
    const grpc::Status status = stream_->Finish();
    std::lock_guard lock(mutex_);
    status_ = rpc::FromGrpc(status);
  });
}

Contact::~Contact() {
  context_->TryCancel();
  reader_.join();
}

size_t Contact::offers() const {
  std::lock_guard lock(mutex_);
  return offers_.size();
}

std::optional<aq::Position> Contact::position() const {
  std::lock_guard lock(mutex_);
  return position_;
}

aq::Offer Contact::NextOffer() {
  REQUIRE(WaitUntil([this] { return offers() > seen_ || ended(); }));
  std::lock_guard lock(mutex_);
  REQUIRE(offers_.size() > seen_);
  return offers_[seen_++];
}

void Contact::End(const std::string& offer_id, aq::OfferResult::Result result) {
  aq::EnqueueRequest request;
  request.mutable_offer_result()->set_offer_id(offer_id);
  request.mutable_offer_result()->set_result(result);
  REQUIRE(stream_->Write(request));
}

void Contact::HangUp() { stream_->WritesDone(); }

bool Contact::ended() const {
  std::lock_guard lock(mutex_);
  return status_.has_value();
}

absl::Status Contact::Wait() {
  REQUIRE(WaitUntil([this] { return ended(); }));
  std::lock_guard lock(mutex_);
  return *status_;
}

CallCentre::CallCentre(testing::PrivatePostgres& postgres)
    : agent_options(postgres.CreateDatabase("agent_state", "services/agent_state/migrations")),
      acd_options(postgres.CreateDatabase("acd", "services/acd/migrations")),
      agent_database({.connection = agent_options}),
      acd_database({.connection = acd_options}),
      agent_state(std::make_unique<AgentState>(network, agent_database)),
      acd(std::make_unique<Acd>(network, acd_database)),
      users(network.PeerAt(network.Address("agent_state"), "gateway")),
      as_telephony(network.PeerAt(network.Address("agent_state"), "telephony")),
      as_acd(network.PeerAt(network.Address("agent_state"), "acd")),
      as_ivr(network.PeerAt(network.Address("acd"), "ivr")),
      admins(network.PeerAt(network.Address("acd"), "gateway")),
      telephony(as_telephony, "tel-1@100") {
  WaitActive();
  REQUIRE(telephony.Connect());
}

void CallCentre::WaitActive() {
  if (agent_state) REQUIRE(WaitUntil([this] { return agent_state->hub.active(); }));
  if (acd) REQUIRE(WaitUntil([this] { return acd->dispatcher.healthy().ok(); }));
}

absl::StatusOr<aq::Queue> CallCentre::PutQueue(aq::Queue queue) {
  rpc::Context context;
  network.ActAs(context, {.user_id = "admin", .roles = {access::v1::ROLE_ADMIN}, .unit_path = "/root/"});
  aq::PutQueueRequest request;
  *request.mutable_queue() = std::move(queue);
  return rpc::SyncCall(admins, context, &Queues::Blocking::PutQueue, request);
}

void CallCentre::AddQueue(const std::string& id, const std::string& skill, int capacity) {
  aq::Queue queue;
  queue.set_queue_id(id);
  queue.set_name(id);
  queue.add_required_skills(skill);
  queue.set_capacity(capacity);
  const auto put = PutQueue(queue);
  INFO(put.status());
  REQUIRE(put.ok());
}

void CallCentre::PutProfile(const std::string& agent, const std::string& skill, int wrap_up_seconds) {
  rpc::Context context;
  network.ActAs(context, {.user_id = "admin", .roles = {access::v1::ROLE_ADMIN}, .unit_path = "/root/"});
  as::PutAgentProfileRequest request;
  request.set_agent_id(agent);
  as::Skill& added = *request.mutable_profile()->add_skills();
  added.set_name(skill);
  added.set_level(5);
  request.mutable_profile()->set_wrap_up_seconds(wrap_up_seconds);
  const auto put = rpc::SyncCall(users, context, &Agents::Blocking::PutAgentProfile, request);
  INFO(put.status());
  REQUIRE(put.ok());
}

absl::StatusOr<as::Agent> CallCentre::SetState(const std::string& agent, as::AgentState state, const std::string& reason) {
  rpc::Context context;
  network.ActAs(context, {.user_id = agent, .roles = {access::v1::ROLE_AGENT}, .unit_path = "/root/"});
  as::SetMyStateRequest request;
  request.set_state(state);
  request.set_reason(reason);
  return rpc::SyncCall(users, context, &Agents::Blocking::SetMyState, request);
}

void CallCentre::MakeReady(const std::string& agent, const std::string& skill, int wrap_up_seconds) {
  PutProfile(agent, skill, wrap_up_seconds);
  rpc::Context context;
  network.ActAs(context, {.user_id = agent, .roles = {access::v1::ROLE_AGENT}, .unit_path = "/root/"});
  const auto in = rpc::SyncCall(users, context, &Agents::Blocking::SignIn, as::SignInRequest());
  REQUIRE(in.ok());
  REQUIRE(telephony.LineUp(agent));
  const auto ready = SetState(agent, as::AGENT_STATE_READY);
  INFO(ready.status());
  REQUIRE(ready.ok());
}

as::Agent CallCentre::Get(const std::string& agent) {
  as::GetAgentRequest request;
  request.set_agent_id(agent);
  const auto got = rpc::SyncCall(as_acd, rpc::Context(), &Agents::Blocking::GetAgent, request);
  return got.ok() ? *got : as::Agent();
}

bool CallCentre::WaitState(const std::string& agent, as::AgentState state) {
  return WaitUntil([&] { return Get(agent).state() == state; });
}

std::string CallCentre::StoredState(const std::string& agent) {
  const auto rows = agent_database.Read("select state from agents where agent_id = $1", {agent});
  return rows.ok() && !rows->empty() ? (*rows)[0].Get<std::string>("state") : "";
}

std::unique_ptr<Contact> CallCentre::Enter(const std::string& contact, const std::string& queue, aq::Enter enter) {
  enter.set_contact_id(contact);
  enter.set_queue_id(queue);
  return std::make_unique<Contact>(as_ivr, std::move(enter));
}

void CallCentre::Answer(Contact& contact, const std::string& contact_id, const aq::Offer& offer) {
  REQUIRE(telephony.Report(offer.agent_id(), as::LegState::PHASE_RINGING, contact_id, offer.offer_id()));
  REQUIRE(telephony.Report(offer.agent_id(), as::LegState::PHASE_TALKING, contact_id, offer.offer_id()));
  contact.End(offer.offer_id(), aq::OfferResult::RESULT_ANSWERED);
  const absl::Status end = contact.Wait();
  INFO(end);
  REQUIRE(end.ok());
}

absl::StatusOr<as::ReserveResponse> CallCentre::Reserve(const std::string& service, const as::ReserveRequest& request) {
  return rpc::SyncCall(service == "acd" ? as_acd : as_telephony, rpc::Context(), &Agents::Blocking::Reserve, request);
}

as::ReserveRequest ReserveOf(const std::string& agent, const std::string& contact, const std::string& reservation,
                             int64_t epoch, bool outbound) {
  as::ReserveRequest request;
  request.set_agent_id(agent);
  request.set_contact_id(contact);
  request.set_reservation_id(reservation);
  request.set_epoch(epoch);
  request.set_ttl_seconds(60);
  request.set_outbound(outbound);
  return request;
}

}  // namespace hotline::integration
