#include "services/telephony/tests/calls_harness.h"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <cmath>
#include <filesystem>
#include <numbers>
#include <random>

#include "libs/testing/wait.h"
#include "services/telephony/domain/wav_view.h"
#include "services/telephony/media/libre.h"
#include "services/telephony/media/tests/signal.h"

namespace hotline::telephony::testing {

using namespace boost::asio::experimental::awaitable_operators;
using Done = boost::asio::awaitable<absl::Status>;
using hotline::testing::WaitUntil;

namespace {
struct Libre {
  Libre() { libre_init(); }
  ~Libre() { libre_close(); }
} const libre;
}  // namespace

TempDir::TempDir() {
  char name[] = "/tmp/calls_test_XXXXXX";
  path = mkdtemp(name);
}
TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

std::string ToneWav(double hertz, int ms) {
  const auto samples = media::testing::Sine(hertz, ms * 8);
  return PcmHeader(1, static_cast<int64_t>(samples.size())) + std::string(reinterpret_cast<const char*>(samples.data()), samples.size() * 2);
}

// ---- ivr

class TestIvr::Service final : public rpc::Service {
 public:
  Service(rpc::Node& node, TestIvr& ivr) : rpc::Service(node, ivr::v1::DialogueService::service_full_name()), ivr_(ivr), executor_(node.io().Next()) {
    Handle("Converse", &Service::Converse);
  }
  void Do(ivr::v1::Action action) {
    boost::asio::post(executor_, [this, action = std::move(action)] {
      actions_.push_back(action);
      if (notice_ != nullptr) notice_->Give();
    });
  }

 private:
  using Stream = rpc::Stream<ivr::v1::CallEvent, ivr::v1::Action>;
  Done Converse(rpc::Context& context, Stream& stream) {
    {
      std::lock_guard lock(ivr_.mutex_);
      if (ivr_.refusal_) co_return *ivr_.refusal_;
    }
    rpc::Notice notice(context.executor());
    notice_ = &notice;
    co_await (ReadAll(stream) || WriteAll(stream, notice));
    if (notice_ == &notice) notice_ = nullptr;
    co_return absl::OkStatus();
  }
  boost::asio::awaitable<void> ReadAll(Stream& stream) {
    for (ivr::v1::CallEvent event;;) {
      const bool read = co_await stream.Read(event);
      if (!read) co_return;
      std::lock_guard lock(ivr_.mutex_);
      ivr_.events_.push_back(event);
    }
  }
  boost::asio::awaitable<void> WriteAll(Stream& stream, rpc::Notice& notice) {
    for (;;) {
      while (!actions_.empty()) {
        ivr::v1::Action action = std::move(actions_.front());
        actions_.pop_front();
        const bool written = co_await stream.Write(std::move(action));
        if (!written) co_return;
      }
      co_await notice.Wait();
    }
  }

  TestIvr& ivr_;
  const boost::asio::any_io_executor executor_;
  std::deque<ivr::v1::Action> actions_;
  rpc::Notice* notice_ = nullptr;
};

class TestIvr::Prompts final : public rpc::Service {
 public:
  Prompts(rpc::Node& node, TestIvr& ivr) : rpc::Service(node, ivr::v1::PromptService::service_full_name()), ivr_(ivr) {
    Handle("GetPrompt", &Prompts::GetPrompt);
    Handle("ListPrompts", &Prompts::ListPrompts);
  }

 private:
  Done GetPrompt(rpc::Context&, const ivr::v1::GetPromptRequest& request, ivr::v1::GetPromptResponse& response) {
    std::lock_guard lock(ivr_.mutex_);
    const auto it = ivr_.prompts_.find(request.prompt_id());
    if (it == ivr_.prompts_.end()) co_return base::NotFound("prompt", request.prompt_id());
    response.set_wav(it->second);
    response.set_digest("d-" + it->first);
    co_return absl::OkStatus();
  }
  Done ListPrompts(rpc::Context&, const ivr::v1::ListPromptsRequest&, ivr::v1::ListPromptsResponse& response) {
    std::lock_guard lock(ivr_.mutex_);
    for (const auto& [id, wav] : ivr_.prompts_) {
      auto& info = *response.add_prompts();
      info.set_prompt_id(id);
      info.set_digest("d-" + id);
    }
    co_return absl::OkStatus();
  }
  TestIvr& ivr_;
};

struct TestIvr::Life {
  explicit Life(TestIvr& ivr) : node(ivr.network_, "ivr"), dialogues(*node, ivr), prompts(*node, ivr), server(node, {&dialogues, &prompts}) {}
  rpc::TestNode node;
  Service dialogues;
  Prompts prompts;
  rpc::TestServer server;
};

TestIvr::TestIvr(rpc::TestNetwork& network) : network_(network) {}
TestIvr::~TestIvr() = default;

void TestIvr::Start() { life_ = std::make_unique<Life>(*this); }
void TestIvr::Stop() { life_.reset(); }

void TestIvr::AddPrompt(const std::string& id, const std::string& wav) {
  std::lock_guard lock(mutex_);
  prompts_[id] = wav;
}

void TestIvr::Refuse(absl::Status status) {
  std::lock_guard lock(mutex_);
  refusal_ = std::move(status);
}

void TestIvr::Do(const std::function<void(ivr::v1::Action&)>& fill, const std::string& action_id, const std::string& checkpoint) {
  ivr::v1::Action action;
  action.set_action_id(action_id);
  action.set_checkpoint(checkpoint);
  fill(action);
  life_->dialogues.Do(std::move(action));
}

std::vector<ivr::v1::CallEvent> TestIvr::Events() const {
  std::lock_guard lock(mutex_);
  return events_;
}

size_t TestIvr::Count(const std::function<bool(const ivr::v1::CallEvent&)>& predicate) const {
  const auto events = Events();
  return static_cast<size_t>(std::count_if(events.begin(), events.end(), predicate));
}

ivr::v1::CallEvent TestIvr::Await(const std::function<bool(const ivr::v1::CallEvent&)>& predicate) {
  ivr::v1::CallEvent found;
  const bool came = WaitUntil([&] {
    for (const auto& event : Events()) {
      if (!predicate(event)) continue;
      found = event;
      return true;
    }
    return false;
  });
  if (came) return found;
  std::string seen;
  for (const auto& event : Events()) seen += event.ShortDebugString() + "\n";
  throw std::runtime_error("ivr was not told what the test waits for; it was told:\n" + seen);
}

// ---- agent_state

namespace pb = hotline::agent_state::v1;

class TestAgentState::Service final : public rpc::Service {
 public:
  Service(rpc::Node& node, TestAgentState& state) : rpc::Service(node, pb::AgentService::service_full_name()), state_(state) {
    Handle("SignIn", &Service::No<pb::SignInRequest, pb::Agent>);
    Handle("SignOut", &Service::No<pb::SignOutRequest, pb::Agent>);
    Handle("SetMyState", &Service::No<pb::SetMyStateRequest, pb::Agent>);
    Handle("ForceState", &Service::No<pb::ForceStateRequest, pb::Agent>);
    Handle("GetAgent", &Service::No<pb::GetAgentRequest, pb::Agent>);
    Handle("ListAgents", &Service::No<pb::ListAgentsRequest, pb::ListAgentsResponse>);
    Handle("PutAgentProfile", &Service::No<pb::PutAgentProfileRequest, pb::Agent>);
    Handle("Reserve", &Service::Reserve);
    Handle("Release", &Service::No<pb::ReleaseRequest, pb::ReleaseResponse>);
    Handle("ReportLegs", &Service::ReportLegs);
    Handle("WatchAgents", &Service::Watch);
  }

 private:
  template <class Request, class Response>
  Done No(rpc::Context&, const Request&, Response&) {
    co_return absl::UnimplementedError("not in this test");
  }
  Done Watch(rpc::Context&, const pb::WatchAgentsRequest&, rpc::Writer<pb::AgentUpdate>&) { co_return absl::UnimplementedError("not in this test"); }
  Done Reserve(rpc::Context&, const pb::ReserveRequest& request, pb::ReserveResponse& response) {
    if (state_.refuse) co_return base::FailedPrecondition("AGENT_NOT_READY", "somebody else was faster");
    response.mutable_agent()->set_agent_id(request.agent_id());
    response.mutable_agent()->set_reservation_id(request.reservation_id());
    co_return absl::OkStatus();
  }
  Done ReportLegs(rpc::Context&, rpc::Stream<pb::LegReport, pb::LegAck>& stream) {
    for (pb::LegReport report;;) {
      const bool read = co_await stream.Read(report);
      if (!read) co_return absl::OkStatus();
      {
        std::lock_guard lock(state_.mutex_);
        state_.reports_.push_back(report);
      }
      pb::LegAck ack;
      ack.set_number(report.number());
      const bool written = co_await stream.Write(std::move(ack));
      if (!written) co_return absl::OkStatus();
    }
  }
  TestAgentState& state_;
};

struct TestAgentState::Life {
  Life(rpc::TestNetwork& network, TestAgentState& state) : node(network, "agent_state"), service(*node, state), server(node, {&service}) {}
  rpc::TestNode node;
  Service service;
  rpc::TestServer server;
};

TestAgentState::TestAgentState(rpc::TestNetwork& network) : life_(std::make_unique<Life>(network, *this)) {}
TestAgentState::~TestAgentState() = default;

std::vector<agent_state::v1::LegReport> TestAgentState::Reports() const {
  std::lock_guard lock(mutex_);
  return reports_;
}

bool TestAgentState::Saw(const std::function<bool(const agent_state::v1::LegState&)>& predicate) const {
  for (const auto& report : Reports()) {
    if (report.has_leg() && predicate(report.leg())) return true;
    if (std::any_of(report.snapshot().begin(), report.snapshot().end(), predicate)) return true;
  }
  return false;
}

// ---- telephones

SipPhone::SipPhone(uint16_t server_port) {
  StackConfig config;
  config.listen = {{"127.0.0.1", 0, Transport::kUdp}};
  TrunkConfig hotline;
  hotline.id = "hotline";
  hotline.peers = {"127.0.0.1"};
  hotline.target = Endpoint{"127.0.0.1", server_port, Transport::kUdp};
  hotline.dial_rules = {{"", 0, ""}};
  hotline.health_check = false;
  config.trunks = {hotline};
  stack_ = std::move(SipStack::Create(loop_, config, *this)).value();
}

SipPhone::~SipPhone() { stack_.reset(); }

LocalAudio SipPhone::Audio() const {
  LocalAudio audio;
  audio.address = "127.0.0.1";
  audio.port = media.port();
  return audio;
}

void SipPhone::Call(const std::string& number, const std::string& from) {
  loop_.Run([&] {
    DialRequest request;
    request.trunk = "hotline";
    request.number = number;
    request.caller = from;
    request.audio = Audio();
    const DialResult result = stack_->Dial(request);
    session_ = result.session;
    if (result.error != DialError::kNone) ended_ = true;
  });
}

void SipPhone::HangUp() {
  loop_.Run([this] {
    if (SipSession* session = stack_->Find(session_)) session->Bye();
  });
}

void SipPhone::OnInvite(SipSession& session, const InviteInfo&) {
  session_ = session.id();
  if (refuse != 0) return session.Reject(refuse, "Refused");
  session.Accept(Audio());
}

void SipPhone::OnAnswered(SipSession&, const NegotiatedAudio& audio) {
  media.CallPort(audio.remote_port);
  answered_ = true;
}

void SipPhone::OnEnded(SipSession&, const EndInfo& info) {
  code_ = info.sip_code;
  ended_ = true;
}

// ---- telephony

namespace {
struct NoStore final : Store {
  absl::Status Apply(const std::vector<Fact>&) override { return absl::UnavailableError("no database"); }
  absl::StatusOr<v1::Call> GetCall(const std::string&) override { return absl::UnavailableError("no database"); }
  absl::StatusOr<std::vector<v1::Call>> ListCalls(const CallFilter&, const std::string&, int) override { return absl::UnavailableError("no database"); }
  absl::StatusOr<std::vector<KeptRecording>> ListRecordings(const std::string&, const std::string&) override {
    return absl::UnavailableError("no database");
  }
};
// The store that a test brings later.
struct LateStore final : Store {
  std::unique_ptr<Store>* real;
  explicit LateStore(std::unique_ptr<Store>* r) : real(r) {}
  absl::Status Apply(const std::vector<Fact>& facts) override { return (*real)->Apply(facts); }
  absl::StatusOr<v1::Call> GetCall(const std::string& id) override { return (*real)->GetCall(id); }
  absl::StatusOr<std::vector<v1::Call>> ListCalls(const CallFilter& f, const std::string& a, int l) override { return (*real)->ListCalls(f, a, l); }
  absl::StatusOr<std::vector<KeptRecording>> ListRecordings(const std::string& c, const std::string& r) override { return (*real)->ListRecordings(c, r); }
};
}  // namespace

Telephony::Telephony(rpc::TestNetwork& network, const std::function<void(Config&)>& adjust) : node(network, "telephony", {"ivr", "agent_state"}) {
  config.sip.listen = {{"127.0.0.1", 0, Transport::kUdp}, {"127.0.0.1", 0, Transport::kTcp}};
  config.media_address = config.media_bind_address = "127.0.0.1";
  config.web_addresses = {"127.0.0.1"};
  std::random_device random;
  config.rtp_port_low = static_cast<uint16_t>(30000 + random() % 200 * 100);
  config.rtp_port_high = static_cast<uint16_t>(config.rtp_port_low + 199);
  TrunkSettings carrier;
  carrier.sip.id = "carrier";
  carrier.sip.peers = {"127.0.0.1"};
  carrier.sip.health_check = false;
  carrier.name = "Carrier";
  carrier.caller_id = "12345";
  config.trunks = {carrier};
  config.recordings_dir = temporary.path + "/recordings";
  config.spool_dir = temporary.path + "/spool";
  config.prompts_dir = temporary.path + "/prompts";
  config.builtin_dir = temporary.path + "/builtin";
  adjust(config);
  for (TrunkSettings& trunk : config.trunks) {
    for (const std::string& prefix : config.dial_prefixes) trunk.sip.dial_rules.push_back({prefix, 0, ""});
    config.sip.trunks.push_back(trunk.sip);
    if (trunk.sip.target) config.dial_trunk = trunk.sip.id;
  }
  store = std::make_unique<NoStore>();
  spool = Spool::Open(config.spool_dir).value();
  exchange = Exchange::Start(config, *node, pool, *spool).value();
  lines = std::make_unique<LineService>(*node, *exchange);
  late_store = std::make_unique<LateStore>(&store);
  calls = std::make_unique<CallService>(*node, *exchange, pool, *late_store, store_ready);
  server = std::make_unique<rpc::TestServer>(node, std::vector<rpc::ServiceBase*>{lines.get(), calls.get()});
}

Telephony::~Telephony() {
  exchange->Drain(absl::ZeroDuration());
  server.reset();
  pool.Join();
  calls.reset();
  lines.reset();
  exchange.reset();
  spool.reset();
}

void Telephony::ConnectDatabase(const postgres::ConnectionOptions& options) {
  database = std::make_unique<postgres::Pool>(postgres::PoolOptions{.connection = options});
  store = std::make_unique<PostgresStore>(*database);
  spool->StartWorker([this](const std::vector<Fact>& facts) { return store->Apply(facts); });
  store_ready = true;
}

bool Hears(media::testing::Phone& phone, double hertz) {
  phone.Forget();
  return WaitUntil([&] {
    const auto samples = phone.Heard();
    if (samples.size() < 4000) return false;
    const std::vector<int16_t> last(samples.end() - 4000, samples.end());
    return media::testing::ToneShare(last, hertz) > 0.8 && media::testing::Rms(last) > 1000;
  });
}

bool HearsSomething(media::testing::Phone& phone, double rms) {
  phone.Forget();
  return WaitUntil([&] {
    const auto samples = phone.Heard();
    return samples.size() >= 8000 && media::testing::Rms(samples.data() + samples.size() - 8000, 8000) > rms;
  });
}

}  // namespace hotline::telephony::testing
