#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

#include <future>

#include "demo_service.h"
#include "libs/base/error.h"
#include "libs/rpc/testing.h"

// CHECK(co_await x) would await twice: results are named first.

namespace hotline::rpc::demo {
namespace {

using Api = DemoClient::Api;
using Steady = std::chrono::steady_clock;

constexpr int kHour = 3600 * 1000;

// Two servers, the first of which asks the second, and a client.
struct Fixture {
  // Runs a coroutine to its end, and gives its result.
  template <class F>
  auto Run(F f) {
    return asio::co_spawn(client_io.Next(), std::move(f), asio::use_future).get();
  }
  bool Idle() {
    return Eventually([this] { return front.active() == 0 && back.active() == 0; });
  }

  TestNetwork network;
  Barrier barrier;
  Pool pool{"work", 2, 4};
  TestNode back_node{network, "acd", {"ticket"}, 2};
  TestNode front_node{network, "ivr", {"acd"}, 2};
  DemoService back{*back_node, pool, barrier, back_node->peer("ticket")};
  DemoService front{*front_node, pool, barrier, front_node->peer("acd")};
  IoThreads client_io{1};
  TestServer back_server{back_node, {&back}};
  TestServer front_server{front_node, {&front}};
  DemoClient client{front_server.PeerFor("gateway")};
  Context context{client_io.Next()};
};

TEST_CASE("unary calls and errors") {
  Fixture f;
  f.Run([&]() -> asio::awaitable<void> {
    auto reply = co_await f.client.Call(f.context, &Api::Echo, Echo("hello"));
    REQUIRE(reply.ok());
    CHECK(reply->text() == "hello");
    for (int code = 1; code <= 16; ++code) {
      reply = co_await f.client.Call(f.context, &Api::Relay, Echo("", 0, code));
      CHECK(static_cast<int>(reply.status().code()) == code);
      CHECK(reply.status().message() == "asked for");
      CHECK(base::Reason(reply.status()) == "ASKED_FOR");
    }
    auto request = Echo("");
    request.set_throw_error(true);
    reply = co_await f.client.Call(f.context, &Api::Echo, request);
    CHECK(reply.status().code() == absl::StatusCode::kInternal);
    CHECK(reply.status().message() == "internal error");
  });
  const std::string metrics = f.front_node.metrics().Text();
  CHECK(metrics.find("hotline_grpc_server_calls_total{code=\"OK\",method=\"hotline.demo.v1.Demo/Echo\"} 1") != std::string::npos);
  CHECK(metrics.find("hotline_grpc_server_calls_total{code=\"ABORTED\",method=\"hotline.demo.v1.Demo/Relay\"} 1") != std::string::npos);
  CHECK(metrics.find("hotline_grpc_server_active_calls{method=\"hotline.demo.v1.Demo/Echo\"} 0") != std::string::npos);
}

TEST_CASE("many unary calls at once") {
  Fixture f;
  std::deque<std::future<bool>> results;
  for (int i = 0; i < 1000; ++i) {
    auto call = [&f, i]() -> asio::awaitable<bool> {
      auto reply = co_await f.client.Call(f.context, &Api::Relay, Echo(std::to_string(i), i % 7), {.timeout = absl::Minutes(1)});
      co_return reply.ok() && reply->text() == std::to_string(i);
    };
    results.push_back(asio::co_spawn(f.client_io.Next(), call, asio::use_future));
  }
  int good = 0;
  for (auto& result : results) good += result.get();
  CHECK(good == 1000);
}

TEST_CASE("long streams") {
  Fixture f;
  constexpr int64_t kMessages = 20000;
  SECTION("from the server, awaited and in bulk") {
    for (const bool bulk : {false, true}) {
      f.Run([&]() -> asio::awaitable<void> {
        auto in = f.client.Open(f.context, &Api::Count, CountTo(kMessages, 0, bulk));
        pb::Number number;
        int64_t count = 0, wrong = 0;
        while (co_await in.Read(number)) wrong += number.value() != ++count;
        CHECK(count == kMessages);
        CHECK(wrong == 0);
        auto status = co_await in.Finish();
        CHECK(status.ok());
      });
    }
  }
  SECTION("to the server") {
    f.Run([&]() -> asio::awaitable<void> {
      auto out = f.client.Open(f.context, &Api::Sum);
      for (int64_t i = 1; i <= kMessages; ++i) {
        const bool ok = co_await out.Write(Number(i));
        REQUIRE(ok);
      }
      auto total = co_await out.Finish();
      REQUIRE(total.ok());
      CHECK(total->count() == kMessages);
      CHECK(total->sum() == kMessages * (kMessages + 1) / 2);
    });
  }
  SECTION("both ways, reader and writer at once") {
    f.Run([&]() -> asio::awaitable<void> {
      auto stream = f.client.Open(f.context, &Api::Chat);
      auto write = [](auto& stream) -> asio::awaitable<void> {
        for (int64_t i = 1; i <= kMessages; ++i) {
          if (!co_await stream.Write(Number(i))) break;
        }
        stream.WritesDone();
      };
      auto read = [](auto& stream) -> asio::awaitable<int64_t> {
        pb::Number number;
        int64_t count = 0;
        while (co_await stream.Read(number) && number.value() == count + 1) ++count;
        co_return count;
      };
      using namespace asio::experimental::awaitable_operators;
      const int64_t count = co_await (write(stream) && read(stream));
      CHECK(count == kMessages);
      auto status = co_await stream.Finish();
      CHECK(status.ok());
    });
  }
}

TEST_CASE("a long stream through two servers") {
  Fixture f;
  f.Run([&]() -> asio::awaitable<void> {
    constexpr int64_t kMessages = 2000;
    auto stream = f.client.Open(f.context, &Api::RelayChat);
    pb::Number number;
    int64_t count = 0;
    for (int64_t i = 1; i <= kMessages; ++i) {
      if (!co_await stream.Write(Number(i)) || !co_await stream.Read(number)) break;
      count += number.value() == i;
    }
    CHECK(count == kMessages);
    stream.WritesDone();
    const bool more = co_await stream.Read(number);
    CHECK(!more);
    auto status = co_await stream.Finish();
    CHECK(status.ok());
  });
}

TEST_CASE("a client that goes away in mid-stream wakes the handler") {
  Fixture f;
  for (int i = 0; i < 10; ++i) {
    f.Run([&]() -> asio::awaitable<void> {
      pb::Number number;
      auto count = f.client.Open(f.context, &Api::Count, CountTo(1 << 30));  // waits for a Write
      bool ok = co_await count.Read(number);
      CHECK(ok);
      auto bulk = f.client.Open(f.context, &Api::Count, CountTo(1 << 30, 0, true));  // waits for room in the queue
      ok = co_await bulk.Read(number);
      CHECK(ok);
      auto slow = f.client.Open(f.context, &Api::Count, CountTo(1 << 30, kHour));  // waits for a timer
      auto chat = f.client.Open(f.context, &Api::Chat);                           // waits for a Read
      ok = co_await chat.Write(Number(1));
      CHECK(ok);
      auto sum = f.client.Open(f.context, &Api::Sum);
      ok = co_await sum.Write(Number(1));
      CHECK(ok);
      auto relay = f.client.Open(f.context, &Api::RelayChat);  // has made a call of its own
      ok = co_await relay.Write(Number(1));
      CHECK(ok);
      ok = co_await relay.Read(number);
      CHECK(ok);
      auto talk = f.client.Open(f.context, &Api::Talk);  // two coroutines
      ok = co_await talk.Read(number);
      CHECK(ok);
      CHECK(f.front.active() >= 4);
      // The streams are destroyed here, which cancels them.
    });
    REQUIRE(f.Idle());
  }
}

TEST_CASE("a cancelled unary call cancels the call it made") {
  Fixture f;
  f.Run([&]() -> asio::awaitable<void> {
    auto reply = co_await WithTimeout(absl::Milliseconds(100), f.client.Call(f.context, &Api::Relay, Echo("", kHour)));
    CHECK(base::HasReason(reply.status(), "TIMED_OUT"));
  });
  CHECK(f.Idle());
}

TEST_CASE("the deadline travels") {
  Fixture f;
  f.Run([&]() -> asio::awaitable<void> {
    auto reply = co_await f.client.Call(f.context, &Api::Relay, Echo("", kHour), {.timeout = absl::Milliseconds(100)});
    CHECK(reply.status().code() == absl::StatusCode::kDeadlineExceeded);
    auto stream = f.client.Open(f.context, &Api::RelayChat, {.timeout = absl::Milliseconds(100)});
    pb::Number number;
    const bool more = co_await stream.Read(number);
    CHECK(!more);
    auto status = co_await stream.Finish();
    CHECK(status.code() == absl::StatusCode::kDeadlineExceeded);
  });
  CHECK(f.Idle());
}

TEST_CASE("a time-out on a Read or a Write loses nothing") {
  Fixture f;
  f.Run([&]() -> asio::awaitable<void> {
    auto in = f.client.Open(f.context, &Api::Count, CountTo(20, 20));
    pb::Number number;
    int64_t count = 0;
    int timeouts = 0;
    for (;;) {
      auto more = co_await WithTimeout(absl::Milliseconds(5), in.Read(number));
      if (!more.ok()) {
        ++timeouts;
        continue;
      }
      if (!*more) break;
      CHECK(number.value() == ++count);
    }
    CHECK(count == 20);
    CHECK(timeouts > 0);
    auto status = co_await in.Finish();
    CHECK(status.ok());

    // Nobody reads the answers, so that the windows fill and a Write has to be given up.
    auto chat = f.client.Open(f.context, &Api::Chat);
    pb::Number big = Number(1);
    big.set_note(std::string(100000, 'x'));
    int written = 0;
    for (;;) {
      auto ok = co_await WithTimeout(absl::Milliseconds(300), chat.Write(big));
      if (!ok.ok()) break;
      ++written;
    }
    CHECK(written > 0);
    for (int read = 0; read <= written; ++read) {  // the last is the one given up
      const bool more = co_await chat.Read(number);
      REQUIRE(more);
    }
    chat.WritesDone();
    const bool more = co_await chat.Read(number);
    CHECK(!more);
  });
}

TEST_CASE("an exception is not taken for a time-out") {
  IoThreads io(1);
  auto fail = []() -> asio::awaitable<int> {
    co_await Sleep(absl::Milliseconds(1));
    throw std::runtime_error("x");
  };
  auto work = [&]() -> asio::awaitable<absl::StatusOr<int>> { co_return co_await WithTimeout(absl::Hours(1), fail()); };
  CHECK_THROWS_AS(asio::co_spawn(io.Next(), work, asio::use_future).get(), std::runtime_error);
}

TEST_CASE("a saturated pool refuses") {
  Fixture f;  // two threads, four may wait
  std::deque<std::future<absl::Status>> results;
  std::atomic<int> refused{0};
  for (int i = 0; i < 20; ++i) {
    auto call = [&]() -> asio::awaitable<absl::Status> {
      auto reply = co_await f.client.Call(f.context, &Api::Block, Block(true), {.timeout = absl::Minutes(2)});
      refused += !reply.ok();
      co_return reply.status();
    };
    results.push_back(asio::co_spawn(f.client_io.Next(), call, asio::use_future));
  }
  CHECK(Eventually([&] { return refused == 14; }));
  f.barrier.Open();
  int good = 0, full = 0;
  for (auto& result : results) {
    const auto status = result.get();
    good += status.ok();
    full += status.code() == absl::StatusCode::kResourceExhausted && base::HasReason(status, "POOL_FULL");
  }
  CHECK(good == 6);
  CHECK(full == 14);
  CHECK(Eventually([&] { return f.pool.pending() == 0; }));
}

TEST_CASE("cancelling work on the pool: what waits is dropped, what runs is awaited") {
  runtime::Metrics metrics;
  Pool pool("one", 1, 10, &metrics);
  IoThreads io(1);
  Barrier barrier;
  std::atomic<int> ran{0};
  auto work = [&] {
    barrier.Pass();
    return ++ran;
  };
  auto timed = [&]() -> asio::awaitable<absl::StatusCode> {
    auto result = co_await WithTimeout(absl::Milliseconds(50), pool.Run(work));
    co_return result.status().code();
  };
  auto first = asio::co_spawn(io.Next(), timed, asio::use_future);
  CHECK(Eventually([&] { return barrier.waiting() == 1; }));
  auto second = asio::co_spawn(io.Next(), timed, asio::use_future);
  CHECK(second.get() == absl::StatusCode::kDeadlineExceeded);
  CHECK(barrier.waiting() == 1);
  CHECK(metrics.Text().find("hotline_pool_pending{pool=\"one\"} 2") != std::string::npos);
  barrier.Open();
  CHECK(first.get() == absl::StatusCode::kDeadlineExceeded);
  CHECK(Eventually([&] { return pool.pending() == 0; }));
  CHECK(ran == 1);
  auto value = asio::co_spawn(io.Next(), pool.Run([] { return std::string("x"); }), asio::use_future).get();
  CHECK(value.value() == "x");
  auto broken = pool.Run([] { throw std::runtime_error("x"); });
  CHECK_THROWS_AS(asio::co_spawn(io.Next(), std::move(broken), asio::use_future).get(), std::runtime_error);
}

TEST_CASE("shutdown of the server in mid-stream") {
  Fixture f;
  std::deque<std::future<absl::StatusCode>> results;
  for (int i = 0; i < 50; ++i) {
    auto call = [&f, i]() -> asio::awaitable<absl::StatusCode> {
      pb::Number number;
      if (i % 2 == 0) {
        // A few as fast as they can; all of them would keep a busy machine from opening the rest.
        auto in = f.client.Open(f.context, &Api::Count, CountTo(1 << 30, i < 4 ? 0 : 1, i % 4 == 0));
        while (co_await in.Read(number)) continue;
        auto status = co_await in.Finish();
        co_return status.code();
      }
      auto stream = f.client.Open(f.context, &Api::RelayChat);
      while (co_await stream.Write(Number(i))) {
        if (!co_await stream.Read(number)) break;
      }
      while (co_await stream.Read(number)) continue;
      auto status = co_await stream.Finish();
      co_return status.code();
    };
    results.push_back(asio::co_spawn(f.client_io.Next(), call, asio::use_future));
  }
  REQUIRE(Eventually([&] { return f.front.active() == 50; }));
  f.front_node->Stop();
  CHECK(f.front.active() == 0);
  for (auto& result : results) {
    const auto code = result.get();
    const bool expected = code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kCancelled;
    CHECK(expected);
  }
  CHECK(f.Idle());
}

TEST_CASE("a peer that comes back is found again") {
  TestNetwork network;
  Barrier barrier;
  Pool pool("work", 1, 1);
  IoThreads io(1);
  DemoClient client(network.PeerAt(network.Address("acd"), "ivr"));
  Context context(io.Next());
  auto echo = [&](CallOptions options) -> asio::awaitable<absl::StatusOr<pb::EchoReply>> {
    co_return co_await client.Call(context, &Api::Echo, Echo("x"), options);
  };
  auto reply = asio::co_spawn(io.Next(), echo({}), asio::use_future).get();
  CHECK(reply.status().code() == absl::StatusCode::kUnavailable);
  // Begun while nobody listens, and repeated until somebody does.
  auto later = asio::co_spawn(io.Next(), echo({.timeout = absl::Minutes(1), .idempotent = true}), asio::use_future);
  for (int i = 0; i < 3; ++i) {
    TestNode node(network, "acd", {"ticket"});
    DemoService service(*node, pool, barrier, node->peer("ticket"));
    TestServer server(node, {&service});
    if (i == 0) {
      CHECK(later.get().ok());
    }
    reply = asio::co_spawn(io.Next(), echo({.timeout = absl::Minutes(1), .idempotent = true}), asio::use_future).get();
    CHECK(reply.ok());
  }
}

TEST_CASE("background tasks end when they are told to") {
  IoThreads io(1);
  Tasks tasks(io.Next());
  std::atomic<int> running{0};
  auto task = [&]() -> asio::awaitable<void> {
    Active active(running);
    for (;;) co_await Sleep(absl::Hours(1));
  };
  for (int i = 0; i < 10; ++i) tasks.Spawn(task());
  CHECK(Eventually([&] { return running == 10; }));
  tasks.Stop();
  CHECK(running == 0);
  tasks.Spawn(task());
  tasks.Stop();
  CHECK(running == 0);
}

TEST_CASE("a handler that does not fit the proto file is refused") {
  struct Wrong : Service {
    Wrong(Node& node, const char* method) : Service(node, pb::Demo::service_full_name()) { Handle(method, &Wrong::Method); }
    Done Method(Context&, const pb::EchoRequest&, pb::EchoReply&) { co_return absl::OkStatus(); }
  };
  TestNetwork network;
  TestNode node(network, "acd");
  CHECK_THROWS_WITH(Wrong(*node, "Chat"), "hotline.demo.v1.Demo.Chat has a handler of another signature");
  CHECK_THROWS_WITH(Wrong(*node, "Eho"), "hotline.demo.v1.Demo.Eho is unknown, or has two handlers");
  CHECK_THROWS_WITH(Wrong(*node, "Echo").CheckComplete(), "hotline.demo.v1.Demo.Relay has no handler");
}

TEST_CASE("a thousand bidirectional streams open at once") {
  Fixture f;
  constexpr int kStreams = 1000, kRounds = 5;
  std::atomic<int> open{0};
  std::atomic<int> good{0};
  const auto executor = f.context.executor();
  asio::steady_timer gate(executor, Steady::time_point::max());
  std::deque<std::future<void>> results;
  for (int i = 0; i < kStreams; ++i) {
    auto talk = [&, i]() -> asio::awaitable<void> {
      auto stream = f.client.Open(f.context, &Api::Chat);
      pb::Number number;
      bool ok = co_await stream.Write(Number(i)) && co_await stream.Read(number);
      ++open;
      boost::system::error_code error;  // all wait here until the gate opens
      co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, error));
      for (int round = 0; ok && round < kRounds; ++round) {
        ok = co_await stream.Write(Number(round)) && co_await stream.Read(number) && number.value() == round;
      }
      stream.WritesDone();
      while (co_await stream.Read(number)) continue;
      auto status = co_await stream.Finish();
      good += ok && status.ok();
    };
    results.push_back(asio::co_spawn(executor, talk, asio::use_future));
  }
  CHECK(Eventually([&] { return open == kStreams; }));
  asio::post(executor, [&] { gate.cancel(); });
  for (auto& result : results) result.get();
  CHECK(good == kStreams);
}

}  // namespace
}  // namespace hotline::rpc::demo
