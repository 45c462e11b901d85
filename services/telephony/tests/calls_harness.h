// Telephony's call layer in this process, with a scripted ivr, a scripted agent_state and SIP telephones around it: real
// SIP, RTP and gRPC on loopback and unix sockets; PostgreSQL when a test asks for it.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "hotline/agent_state/v1/agent_state.grpc.pb.h"
#include "hotline/ivr/v1/dialogue.grpc.pb.h"
#include "libs/postgres/pool.h"
#include "libs/rpc/testing.h"
#include "services/telephony/calls/exchange.h"
#include "services/telephony/media/tests/phone.h"
#include "services/telephony/postgres_store.h"
#include "services/telephony/service.h"
#include "services/telephony/sip/stack.h"

namespace hotline::telephony::testing {

struct TempDir {
  TempDir();
  ~TempDir();
  std::string path;
};

std::string ToneWav(double hertz, int ms);

// What ivr was told, and what it says to the newest stream. Start and Stop are the life and death of the process.
class TestIvr {
 public:
  explicit TestIvr(rpc::TestNetwork& network);
  ~TestIvr();
  void Start();
  void Stop();

  void AddPrompt(const std::string& id, const std::string& wav);
  // Answers each new stream with this status instead of serving it.
  void Refuse(absl::Status status);

  void Do(const std::function<void(ivr::v1::Action&)>& fill, const std::string& action_id, const std::string& checkpoint = "cp");
  std::vector<ivr::v1::CallEvent> Events() const;
  // The first event for which the predicate holds, waited for; fails the test if it does not come.
  ivr::v1::CallEvent Await(const std::function<bool(const ivr::v1::CallEvent&)>& predicate);
  size_t Count(const std::function<bool(const ivr::v1::CallEvent&)>& predicate) const;

 private:
  class Service;
  class Prompts;
  struct Life;
  rpc::TestNetwork& network_;
  std::unique_ptr<Life> life_;
  mutable std::mutex mutex_;
  std::vector<ivr::v1::CallEvent> events_;
  std::map<std::string, std::string> prompts_;
  std::optional<absl::Status> refusal_;
};

// Records reports of legs; grants or refuses reservations.
class TestAgentState {
 public:
  explicit TestAgentState(rpc::TestNetwork& network);
  ~TestAgentState();
  std::vector<agent_state::v1::LegReport> Reports() const;
  bool Saw(const std::function<bool(const agent_state::v1::LegState&)>& predicate) const;
  std::atomic<bool> refuse{false};

 private:
  class Service;
  struct Life;
  std::unique_ptr<Life> life_;
  mutable std::mutex mutex_;
  std::vector<agent_state::v1::LegReport> reports_;
};

// A SIP telephone: calls and is called.
class SipPhone final : private SipHandler {
 public:
  explicit SipPhone(uint16_t server_port);
  ~SipPhone() override;

  uint16_t port() const { return stack_->endpoints()[0].port; }
  void Call(const std::string& number, const std::string& from = "13800001111");
  void HangUp();
  bool answered() const { return answered_; }
  bool ended() const { return ended_; }
  int code() const { return code_; }
  bool rings() const { return rings_; }
  // Refuses calls with this code instead of answering; 0 answers.
  std::atomic<int> refuse{0};

  media::testing::Phone media;

 private:
  void OnInvite(SipSession& session, const InviteInfo& info) override;
  void OnProgress(SipSession&, int, const std::optional<NegotiatedAudio>&) override { rings_ = true; }
  void OnAnswered(SipSession& session, const NegotiatedAudio& audio) override;
  void OnOffer(SipSession&, const NegotiatedAudio&) override {}
  void OnInfoDtmf(SipSession&, char, int) override {}
  bool OnRefer(SipSession&, const ReferInfo&) override { return false; }
  void OnReofferDone(SipSession&, bool, const NegotiatedAudio&) override {}
  void OnEnded(SipSession& session, const EndInfo& info) override;
  void OnTrunkState(const std::string&, bool) override {}
  LocalAudio Audio() const;

  Loop loop_{"phone"};
  std::unique_ptr<SipStack> stack_;
  SessionId session_ = 0;  // loop only
  std::atomic<bool> answered_{false}, ended_{false}, rings_{false};
  std::atomic<int> code_{0};
};

// The service. Its ports are free ones; its directories are gone with it unless given.
class Telephony {
 public:
  explicit Telephony(rpc::TestNetwork& network, const std::function<void(Config&)>& adjust = [](Config&) {});
  ~Telephony();

  uint16_t sip_port() const { return exchange->sip_endpoints()[0].port; }
  // Until now it ran without a database.
  void ConnectDatabase(const postgres::ConnectionOptions& options);
  rpc::Peer PeerFor(const std::string& service) { return server->PeerFor(service); }
  const std::string& dir() const { return config.spool_dir; }

  TempDir temporary;
  Config config;
  std::unique_ptr<postgres::Pool> database;
  std::unique_ptr<Store> store, late_store;
  std::atomic<bool> store_ready{false};
  std::unique_ptr<Spool> spool;
  rpc::TestNode node;
  rpc::Pool pool{"files", 2, 256};
  std::unique_ptr<Exchange> exchange;
  std::unique_ptr<LineService> lines;
  std::unique_ptr<CallService> calls;
  std::unique_ptr<rpc::TestServer> server;
};

bool Hears(media::testing::Phone& phone, double hertz);       // for half a second, within the cap
bool HearsSomething(media::testing::Phone& phone, double rms);

}  // namespace hotline::telephony::testing
