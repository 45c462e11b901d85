// A call centre in this process: agent_state and acd with real servers and PostgreSQL, and the streams with which telephony
// and ivr drive them. Used by one thread, but for what the streams read by themselves.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "hotline/acd/v1/acd.grpc.pb.h"
#include "hotline/agent_state/v1/agent_state.grpc.pb.h"
#include "libs/postgres/pool.h"
#include "libs/rpc/testing.h"
#include "libs/testing/private_postgres.h"
#include "services/acd/dispatcher.h"
#include "services/acd/postgres_store.h"
#include "services/acd/service.h"
#include "services/agent_state/hub.h"
#include "services/agent_state/postgres_store.h"
#include "services/agent_state/service.h"

namespace hotline::integration {

namespace as = hotline::agent_state::v1;
namespace aq = hotline::acd::v1;
using Agents = rpc::Client<as::AgentService>;
using Queues = rpc::Client<aq::QueueService>;

// agent_state as its main() wires it; destroying it is a crash: nothing is saved at the end, no lease given up.
struct AgentState {
  AgentState(rpc::TestNetwork& network, postgres::Pool& database, const std::string& replica = "agent_state-1");
  rpc::TestNode node;
  agent_state::PostgresStore store;
  rpc::Pool pool{"store", 3, 16};
  agent_state::Hub hub;
  agent_state::AgentService service;
  std::unique_ptr<rpc::TestServer> server;
};

struct Acd {
  Acd(rpc::TestNetwork& network, postgres::Pool& database, const std::string& replica = "acd-1",
      absl::Duration lease = absl::Seconds(10));
  rpc::TestNode node;
  acd::PostgresStore store;
  rpc::Pool pool{"store", 3, 64};
  acd::Dispatcher dispatcher;
  acd::QueueService service;
  std::unique_ptr<rpc::TestServer> server;
};

// Telephony's one stream of reports.
class Telephony {
 public:
  Telephony(const Agents& client, std::string telephony_id) : client_(client), telephony_id_(std::move(telephony_id)) {}
  ~Telephony() { Break(); }
  // Opens the stream with a snapshot of what was reported so far. False if it was refused.
  bool Connect();
  void Break();
  // Reports and waits for the acknowledgement.
  bool Report(const std::string& agent, as::LegState::Phase phase, const std::string& contact = "",
              const std::string& reservation = "", const std::string& end_reason = "", bool line_up = true);
  bool LineUp(const std::string& agent) { return Report(agent, as::LegState::PHASE_IDLE); }
  void Forget(const std::string& agent) { legs_.erase(agent); }
  int64_t number() const { return number_; }
  bool Send(const as::LegReport& report);

 private:
  const Agents& client_;
  const std::string telephony_id_;
  int64_t number_ = 0;
  std::map<std::string, as::LegState> legs_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReaderWriterInterface<as::LegReport, as::LegAck>> stream_;
};

// One waiting contact: ivr's stream.
class Contact {
 public:
  Contact(const Queues& client, aq::Enter enter);
  ~Contact();
  // Waits for the offer after those seen so far.
  aq::Offer NextOffer();
  size_t offers() const;
  std::optional<aq::Position> position() const;
  void End(const std::string& offer_id, aq::OfferResult::Result result);
  // ivr closes the stream: the caller is gone.
  void HangUp();
  // Waits for the end of the stream.
  absl::Status Wait();
  bool ended() const;

 private:
  std::unique_ptr<grpc::ClientContext> context_ = std::make_unique<grpc::ClientContext>();
  std::unique_ptr<grpc::ClientReaderWriterInterface<aq::EnqueueRequest, aq::EnqueueUpdate>> stream_;
  mutable std::mutex mutex_;
  std::vector<aq::Offer> offers_;
  std::optional<aq::Position> position_;
  std::optional<absl::Status> status_;
  size_t seen_ = 0;
  std::thread reader_;
};

class CallCentre {
 public:
  explicit CallCentre(testing::PrivatePostgres& postgres = testing::PrivatePostgres::Shared());

  // Waits until both serve and acd follows the agents.
  void WaitActive();
  void AddQueue(const std::string& id, const std::string& skill, int capacity = 0);
  absl::StatusOr<aq::Queue> PutQueue(aq::Queue queue);
  // Known, signed in, line up, ready; in the order of these calls the agents are idle.
  void MakeReady(const std::string& agent, const std::string& skill = "general", int wrap_up_seconds = 0);
  void PutProfile(const std::string& agent, const std::string& skill, int wrap_up_seconds);
  absl::StatusOr<as::Agent> SetState(const std::string& agent, as::AgentState state, const std::string& reason = "");
  as::Agent Get(const std::string& agent);
  bool WaitState(const std::string& agent, as::AgentState state);
  // What the store has.
  std::string StoredState(const std::string& agent);
  std::unique_ptr<Contact> Enter(const std::string& contact, const std::string& queue = "general", aq::Enter enter = {});
  // The agent's phone rings and is answered, and ivr says so.
  void Answer(Contact& contact, const std::string& contact_id, const aq::Offer& offer);
  absl::StatusOr<as::ReserveResponse> Reserve(const std::string& service, const as::ReserveRequest& request);

  rpc::TestNetwork network;
  postgres::ConnectionOptions agent_options, acd_options;
  postgres::Pool agent_database, acd_database;
  std::unique_ptr<AgentState> agent_state;
  std::unique_ptr<Acd> acd;
  Agents users, as_telephony, as_acd;
  Queues as_ivr, admins;
  Telephony telephony;
};

as::ReserveRequest ReserveOf(const std::string& agent, const std::string& contact, const std::string& reservation,
                             int64_t epoch, bool outbound = false);

}  // namespace hotline::integration
