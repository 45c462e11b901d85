// Conversations over real gRPC streams: a test that speaks as telephony on one side, and a queue that does what the test
// says on the other (IVR-1, IVR-8, IVR-10, IVR-11, ACD-4).
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "libs/rpc/testing.h"
#include "libs/testing/private_postgres.h"
#include "libs/testing/wait.h"
#include "services/ivr/postgres_store.h"
#include "services/ivr/service.h"

namespace hotline::ivr {
namespace {

namespace asio = rpc::asio;
using acd::v1::EnqueueRequest;
using acd::v1::EnqueueUpdate;

constexpr char kFlow[] = R"({"start": "welcome", "lines": ["*"], "steps": {
    "welcome": {"do": "menu", "prompts": ["welcome"], "keys": {"1": "agent", "5": "poll"}, "timeout_seconds": 1, "tries": 2, "next": "agent"},
    "poll": {"do": "poll", "prompts": ["welcome"], "poll": "p", "question": "q", "keys": {"1": "end", "2": "end"}, "next": "end"},
    "agent": {"do": "queue", "prompts": ["wait"], "queue": "general", "after": "rate", "failed": "sorry"},
    "sorry": {"do": "hangup", "prompts": ["sorry"]},
    "rate": {"do": "rate", "prompts": ["rate"], "next": "end"},
    "end": {"do": "hangup"}}})";

// acd as far as a conversation sees it. Shared by the tests' thread and the node's io thread.
class ScriptedQueue final : public rpc::Service {
 public:
  explicit ScriptedQueue(rpc::Node& node) : Service(node, acd::v1::QueueService::service_full_name()) {
    Handle("Enqueue", &ScriptedQueue::Enqueue);
    Handle("ListQueues", &ScriptedQueue::ListQueues);
    Handle("PutQueue", &ScriptedQueue::PutQueue);
    Handle("WatchQueues", &ScriptedQueue::WatchQueues);
  }
  std::vector<acd::v1::Enter> entered() {
    std::lock_guard lock(mutex_);
    return entered_;
  }
  std::vector<acd::v1::OfferResult> results() {
    std::lock_guard lock(mutex_);
    return results_;
  }
  void Offer(const std::string& offer_id, const std::string& agent_id) {
    EnqueueUpdate update;
    update.mutable_offer()->set_offer_id(offer_id);
    update.mutable_offer()->set_agent_id(agent_id);
    update.mutable_offer()->set_ring_seconds(15);
    std::lock_guard lock(mutex_);
    to_send_.push_back(update);
  }

 private:
  Done Enqueue(rpc::Context&, rpc::Stream<EnqueueRequest, EnqueueUpdate>& stream) {
    EnqueueRequest request;
    for (;;) {
      auto read = co_await rpc::WithTimeout(absl::Milliseconds(20), stream.Read(request));
      if (read.ok() && !*read) co_return absl::OkStatus();
      std::vector<EnqueueUpdate> out;
      {
        std::lock_guard lock(mutex_);
        if (read.ok() && request.has_enter()) entered_.push_back(request.enter());
        if (read.ok() && request.has_offer_result()) results_.push_back(request.offer_result());
        out.swap(to_send_);
      }
      for (EnqueueUpdate& update : out) co_await stream.Write(std::move(update));
    }
  }
  Done ListQueues(rpc::Context&, const acd::v1::ListQueuesRequest&, acd::v1::ListQueuesResponse&) { co_return absl::OkStatus(); }
  Done PutQueue(rpc::Context&, const acd::v1::PutQueueRequest&, acd::v1::Queue&) { co_return absl::OkStatus(); }
  Done WatchQueues(rpc::Context&, const acd::v1::WatchQueuesRequest&, rpc::Writer<acd::v1::QueueFigures>&) { co_return absl::OkStatus(); }

  std::mutex mutex_;
  std::vector<acd::v1::Enter> entered_;
  std::vector<acd::v1::OfferResult> results_;
  std::vector<EnqueueUpdate> to_send_;
};

struct Acd {
  explicit Acd(rpc::TestNetwork& network) : node(network, "acd"), queue(*node), server(node, {&queue}) {}
  rpc::TestNode node;
  ScriptedQueue queue;
  rpc::TestServer server;
};

struct Fixture {
  rpc::TestNetwork network;
  postgres::Pool database{{.connection = testing::PrivatePostgres::Shared().CreateDatabase("ivr", "services/ivr/migrations")}};
  PostgresStore store{database};
  std::string texts = network.directory() + "/texts.json";
  std::unique_ptr<PromptLibrary> prompts;
  FlowCache flows{store};
  rpc::Pool pool{"handlers", 4, 64};
  std::unique_ptr<Acd> acd = std::make_unique<Acd>(network);
  rpc::TestNode node{network, "ivr", {"acd", "ticket"}};
  rpc::Client<acd::v1::QueueService> queues{node->peer("acd")};
  rpc::Client<ticket::v1::TicketService> tickets{node->peer("ticket")};
  std::unique_ptr<SessionDeps> deps;
  std::unique_ptr<DialogueService> dialogues;
  std::unique_ptr<FlowService> flow_service;
  std::unique_ptr<rpc::TestServer> server;

  Fixture() {
    std::ofstream(texts) << R"({"prompts": {"welcome": "您好", "wait": "请稍候", "sorry": "对不起", "rate": "请评价"}})";
    prompts = std::make_unique<PromptLibrary>(PromptConfig{.texts_file = texts, .cache_dir = PromptCache()});
    REQUIRE(prompts->Provision().ok());
    FlowRow row;
    row.flow_id = "main";
    row.name = "main";
    row.definition = kFlow;
    const auto draft = store.PutDraft(row);
    REQUIRE(draft.ok());
    REQUIRE(store.Publish("main", draft->draft_version, absl::Now()).ok());
    REQUIRE(flows.Refresh().ok());
    deps.reset(new SessionDeps{flows, *prompts, store, pool, queues, tickets, base::SystemClock::Get(), [](absl::Time) { return true; }});
    dialogues = std::make_unique<DialogueService>(*node, *deps);
    flow_service = std::make_unique<FlowService>(*node, pool, store, flows, *prompts);
    server = std::make_unique<rpc::TestServer>(node, std::vector<rpc::ServiceBase*>{dialogues.get(), flow_service.get()});
  }
  // Spoken once for all tests of a run.
  static std::string PromptCache() {
    static const std::string directory = (std::filesystem::temp_directory_path() / ("hotline-prompts-" + std::to_string(getpid()))).string();
    return directory;
  }
};

// Telephony's side of one conversation, blocking.
class Call {
 public:
  using Client = rpc::Client<pb::DialogueService>;
  explicit Call(Fixture& fixture, const std::string& checkpoint = "") : client_(fixture.server->PeerFor("telephony")) {
    const rpc::Context context;
    client_.Prepare(context, context_, {}, absl::Seconds(120));
    stream_ = client_.stub().Converse(&context_);
    pb::CallEvent event;
    event.mutable_arrived()->set_call_id("call-1");
    event.mutable_arrived()->set_caller_number("13800001111");
    event.mutable_arrived()->set_called_number("12345");
    event.mutable_arrived()->set_checkpoint(checkpoint);
    stream_->Write(event);
  }
  ~Call() { context_.TryCancel(); }

  // The next action of the wanted kind; others are taken note of on the way.
  pb::Action Next(pb::Action::KindCase kind) {
    pb::Action action;
    while (stream_->Read(&action)) {
      checkpoint = action.checkpoint();
      if (action.kind_case() == kind) return action;
    }
    FAIL("the conversation ended before the action came");
    return action;
  }
  void Press(const std::string& digit) {
    pb::CallEvent event;
    event.mutable_digit()->set_digit(digit);
    stream_->Write(event);
  }
  void PlayDone(const std::string& action_id) {
    pb::CallEvent event;
    event.mutable_play_done()->set_action_id(action_id);
    stream_->Write(event);
  }
  void Connected(const std::string& offer_id, pb::ConnectDone::Result result) {
    pb::CallEvent event;
    event.mutable_connect_done()->set_offer_id(offer_id);
    event.mutable_connect_done()->set_result(result);
    stream_->Write(event);
  }
  void AgentLeft(bool to_rating) {
    pb::CallEvent event;
    event.mutable_agent_left()->set_agent_id("agent-1");
    event.mutable_agent_left()->set_to_rating(to_rating);
    stream_->Write(event);
  }
  absl::Status End() {
    pb::CallEvent event;
    event.mutable_hung_up();
    stream_->Write(event);
    pb::Action action;
    while (stream_->Read(&action)) continue;
    return rpc::FromGrpc(stream_->Finish());
  }
  std::string checkpoint;

 private:
  Client client_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriterInterface<pb::CallEvent, pb::Action>> stream_;
};

TEST_CASE("IVR-1 IVR-10 a call goes from the welcome over the queue to an agent and the rating") {
  Fixture f;
  Call call(f);
  call.Next(pb::Action::kAnswer);
  CHECK(call.Next(pb::Action::kPlay).play().prompt_ids(0) == "welcome");
  call.Press("1");
  CHECK(call.Next(pb::Action::kPlay).play().then_music());
  REQUIRE(testing::WaitUntil([&] { return f.acd->queue.entered().size() == 1; }));
  CHECK(f.acd->queue.entered()[0].queue_id() == "general");
  f.acd->queue.Offer("offer-1", "agent-1");
  CHECK(call.Next(pb::Action::kConnect).connect().agent_id() == "agent-1");
  call.Connected("offer-1", pb::ConnectDone::RESULT_ANSWERED);
  CHECK(call.Next(pb::Action::kNote).note().outcome() == "agent");
  REQUIRE(testing::WaitUntil([&] { return f.acd->queue.results().size() == 1; }));
  CHECK(f.acd->queue.results()[0].result() == acd::v1::OfferResult::RESULT_ANSWERED);
  call.AgentLeft(true);
  CHECK(call.Next(pb::Action::kPlay).play().prompt_ids(0) == "rate");
  CHECK(call.End().ok());
}

TEST_CASE("ACD-4 an agent who lets it ring: the queue is told and the call goes on waiting") {
  Fixture f;
  Call call(f);
  call.Press("1");
  REQUIRE(testing::WaitUntil([&] { return f.acd->queue.entered().size() == 1; }));
  f.acd->queue.Offer("offer-1", "agent-1");
  call.Next(pb::Action::kConnect);
  call.Connected("offer-1", pb::ConnectDone::RESULT_NO_ANSWER);
  call.Next(pb::Action::kMusic);
  REQUIRE(testing::WaitUntil([&] { return f.acd->queue.results().size() == 1; }));
  CHECK(f.acd->queue.results()[0].result() == acd::v1::OfferResult::RESULT_NO_ANSWER);
  f.acd->queue.Offer("offer-2", "agent-2");
  CHECK(call.Next(pb::Action::kConnect).connect().agent_id() == "agent-2");
}

TEST_CASE("IVR-11 a waiting call keeps its place when acd dies") {
  Fixture f;
  Call call(f);
  call.Press("1");
  REQUIRE(testing::WaitUntil([&] { return f.acd->queue.entered().size() == 1; }));
  const auto first = f.acd->queue.entered()[0].first_enqueue_time();
  f.acd.reset();
  f.acd = std::make_unique<Acd>(f.network);
  REQUIRE(testing::WaitUntil([&] { return f.acd->queue.entered().size() == 1; }));
  CHECK(f.acd->queue.entered()[0].first_enqueue_time().seconds() == first.seconds());
  CHECK(f.acd->queue.entered()[0].first_enqueue_time().nanos() == first.nanos());
  f.acd->queue.Offer("offer-1", "agent-1");
  call.Next(pb::Action::kConnect);
}

TEST_CASE("IVR-8 a broken conversation goes on from its checkpoint with the old place in the queue") {
  Fixture f;
  std::string checkpoint;
  google::protobuf::Timestamp first;
  {
    Call call(f);
    call.Press("1");
    call.Next(pb::Action::kPlay);
    call.Next(pb::Action::kPlay);
    checkpoint = call.checkpoint;
    REQUIRE(testing::WaitUntil([&] { return f.acd->queue.entered().size() == 1; }));
    first = f.acd->queue.entered()[0].first_enqueue_time();
  }
  Call again(f, checkpoint);
  REQUIRE(testing::WaitUntil([&] { return f.acd->queue.entered().size() == 2; }));
  CHECK(f.acd->queue.entered()[1].first_enqueue_time().seconds() == first.seconds());
  CHECK(again.End().ok());
}

TEST_CASE("IVR-1 a caller who presses nothing is brought to an agent") {
  Fixture f;
  Call call(f);
  for (int round = 0; round < 2; ++round) call.PlayDone(call.Next(pb::Action::kPlay).action_id());
  REQUIRE(testing::WaitUntil([&] { return f.acd->queue.entered().size() == 1; }));
  CHECK(call.End().ok());
}

TEST_CASE("IVR-7 a poll's answers are counted once per call") {
  Fixture f;
  for (int i = 0; i < 2; ++i) {
    Call call(f);
    call.Press("5");
    call.Press("2");
    call.Next(pb::Action::kHangUp);
  }
  const auto counts = f.store.CountPoll("p");
  REQUIRE(counts.ok());
  REQUIRE(counts->size() == 1);
  CHECK((*counts)[0].answer == "2");
  CHECK((*counts)[0].count == 1);
}

TEST_CASE("IVR-8 drafts are checked before they are published, and edits conflict by name") {
  Fixture f;
  using Flows = rpc::Client<pb::FlowService>;
  Flows flows(f.server->PeerFor("gateway"));
  rpc::Context admin;
  f.network.ActAs(admin, {.user_id = "u1", .roles = {access::v1::ROLE_ADMIN}, .unit_path = "/city/"});
  pb::PutFlowRequest put;
  put.mutable_flow()->set_flow_id("other");
  put.mutable_flow()->set_name("另一个");
  put.mutable_flow()->set_definition_json(R"({"start": "x", "lines": ["12399"], "steps": {"a": {"do": "hangup"}}})");
  const auto draft = rpc::SyncCall(flows, admin, &Flows::Blocking::PutFlow, put);
  REQUIRE(draft.ok());
  CHECK(base::Reason(rpc::SyncCall(flows, admin, &Flows::Blocking::PutFlow, put).status()) == "ETAG_MISMATCH");
  pb::PublishFlowRequest publish;
  publish.set_flow_id("other");
  publish.set_etag(draft->etag());
  CHECK(base::Reason(rpc::SyncCall(flows, admin, &Flows::Blocking::PublishFlow, publish).status()) == "FLOW_FAULTY");
  put.mutable_flow()->set_definition_json(R"({"start": "a", "lines": ["12399"], "steps": {"a": {"do": "hangup"}}})");
  put.mutable_flow()->set_etag(draft->etag());
  const auto mended = rpc::SyncCall(flows, admin, &Flows::Blocking::PutFlow, put);
  REQUIRE(mended.ok());
  publish.set_etag(mended->etag());
  const auto published = rpc::SyncCall(flows, admin, &Flows::Blocking::PublishFlow, publish);
  REQUIRE(published.ok());
  CHECK(published->published_version() == 1);
  CHECK(f.flows.ForLine("12399")->flow_id == "other");
  CHECK(f.flows.ForLine("12345")->flow_id == "main");
}

}  // namespace
}  // namespace hotline::ivr
