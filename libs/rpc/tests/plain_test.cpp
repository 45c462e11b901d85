#include <catch2/catch.hpp>

#include <future>

#include "demo_service.h"
#include "libs/base/error.h"
#include "libs/rpc/testing.h"

namespace hotline::rpc::demo {
namespace {

using Blocking = PlainClient::Blocking;

struct Fixture {
  bool Idle() {
    return Eventually([this] { return front.active() == 0 && back.active() == 0; });
  }
  absl::StatusOr<pb::EchoReply> Call(const pb::EchoRequest& request) {
    return SyncCall(client, context, &Blocking::Echo, request);
  }

  TestNetwork network;
  Barrier barrier;
  TestNode back_node{network, "ticket", {"directory"}};
  TestNode front_node{network, "sla_timer", {"ticket"}};
  Pool pool{"handlers", 2, 4, &front_node.metrics()};
  Pool streams{"streams", 8, 8};
  PlainDemo back{*back_node, streams, streams, barrier, back_node->peer("directory")};
  PlainDemo front{*front_node, pool, streams, barrier, front_node->peer("ticket")};
  TestServer back_server{back_node, {&back}};
  TestServer front_server{front_node, {&front}};
  PlainClient client{front_server.PeerFor("gateway")};
  Context context;
};

TEST_CASE("plain handlers: calls, errors, exceptions") {
  Fixture f;
  CHECK(f.Call(Echo("hello"))->text() == "hello");
  CHECK(SyncCall(f.client, f.context, &Blocking::Relay, Echo("far"))->text() == "far");
  for (int code = 1; code <= 16; ++code) {
    // Relay would repeat a call that is UNAVAILABLE until its deadline.
    const auto method = code == static_cast<int>(absl::StatusCode::kUnavailable) ? &Blocking::Echo : &Blocking::Relay;
    const auto reply = SyncCall(f.client, f.context, method, Echo("", 0, code));
    CHECK(static_cast<int>(reply.status().code()) == code);
    CHECK(base::Reason(reply.status()) == "ASKED_FOR");
  }
  auto request = Echo("");
  request.set_throw_error(true);
  const auto status = f.Call(request).status();
  CHECK(status.code() == absl::StatusCode::kInternal);
  CHECK(status.message() == "internal error");
  CHECK(base::HasReason(status, "INTERNAL"));
}

TEST_CASE("a full pool of handlers refuses, and counts it") {
  Fixture f;  // two threads, four may wait
  std::deque<std::future<absl::Status>> results;
  std::atomic<int> refused{0};
  for (int i = 0; i < 10; ++i) {
    results.push_back(std::async(std::launch::async, [&] {
      const Context context;
      auto status = SyncCall(f.client, context, &Blocking::Block, Block(true), {.timeout = absl::Minutes(2)}).status();
      refused += base::HasReason(status, "POOL_FULL");
      return status;
    }));
  }
  CHECK(Eventually([&] { return refused == 4; }));
  CHECK(f.front_node.metrics().Text().find("hotline_pool_pending{pool=\"handlers\"} 6") != std::string::npos);
  CHECK(f.front_node.metrics().Text().find("hotline_pool_refused_total{pool=\"handlers\"} 4") != std::string::npos);
  f.barrier.Open();
  int good = 0;
  for (auto& result : results) good += result.get().ok();
  CHECK(good == 6);
}

TEST_CASE("a call whose deadline passed while it waited is not run") {
  Fixture f;
  std::deque<std::future<absl::Status>> blocked;
  for (int i = 0; i < 2; ++i) {
    blocked.push_back(std::async(std::launch::async, [&] {
      const Context context;
      return SyncCall(f.client, context, &Blocking::Block, Block(true), {.timeout = absl::Minutes(2)}).status();
    }));
  }
  CHECK(Eventually([&] { return f.barrier.waiting() == 2; }));
  const auto late = SyncCall(f.client, f.context, &Blocking::Echo, Echo("late"), {.timeout = absl::Milliseconds(50)});
  CHECK(late.status().code() == absl::StatusCode::kDeadlineExceeded);
  CHECK(f.pool.pending() == 3);
  f.barrier.Open();
  for (auto& call : blocked) CHECK(call.get().ok());
  CHECK(Eventually([&] { return f.pool.pending() == 0; }));
}

TEST_CASE("plain streams") {
  Fixture f;
  SECTION("from the server") {
    grpc::ClientContext out;
    f.client.Prepare(f.context, out, {}, absl::InfiniteDuration());
    auto in = f.client.stub().Count(&out, CountTo(20000));
    pb::Number number;
    int64_t count = 0, wrong = 0;
    while (in->Read(&number)) wrong += number.value() != ++count;
    CHECK(in->Finish().ok());
    CHECK(count == 20000);
    CHECK(wrong == 0);
  }
  SECTION("to the server") {
    grpc::ClientContext out;
    f.client.Prepare(f.context, out, {}, absl::InfiniteDuration());
    pb::Total total;
    auto writer = f.client.stub().Sum(&out, &total);
    for (int i = 1; i <= 1000; ++i) writer->Write(Number(i));
    writer->WritesDone();
    CHECK(writer->Finish().ok());
    CHECK(total.sum() == 500500);
    CHECK(total.count() == 1000);
  }
  SECTION("a client that goes away frees the thread") {
    for (int i = 0; i < 10; ++i) {
      grpc::ClientContext out, out2;
      f.client.Prepare(f.context, out, {}, absl::InfiniteDuration());
      f.client.Prepare(f.context, out2, {}, absl::InfiniteDuration());
      auto in = f.client.stub().Count(&out, CountTo(1 << 30));
      pb::Number number;
      CHECK(in->Read(&number));
      pb::Total total;
      auto writer = f.client.stub().Sum(&out2, &total);
      CHECK(writer->Write(Number(1)));
      CHECK(Eventually([&] { return f.front.active() == 2; }));
      out.TryCancel();
      out2.TryCancel();
      CHECK(in->Finish().error_code() == grpc::StatusCode::CANCELLED);
      CHECK(writer->Finish().error_code() == grpc::StatusCode::CANCELLED);
      REQUIRE(f.Idle());
    }
  }
}

TEST_CASE("stopping waits for handlers and refuses what comes later") {
  Fixture f;
  auto blocked = std::async(std::launch::async, [&] {
    const Context context;
    return SyncCall(f.client, context, &Blocking::Block, Block(true), {.timeout = absl::Minutes(2)}).status();
  });
  CHECK(Eventually([&] { return f.barrier.waiting() == 1; }));
  auto stop = std::async(std::launch::async, [&] { f.front_node->Stop(); });
  CHECK(Eventually([&] { return f.Call(Echo("x")).status().code() == absl::StatusCode::kUnavailable; }));
  f.barrier.Open();
  stop.get();
  const auto code = blocked.get().code();
  const bool expected = code == absl::StatusCode::kOk || code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kCancelled;
  CHECK(expected);
  CHECK(f.front.active() == 0);
}

}  // namespace
}  // namespace hotline::rpc::demo
