// Services for the tests: every kind of method as a coroutine and as a plain function.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "demo.grpc.pb.h"
#include "libs/rpc/client.h"
#include "libs/rpc/plain_service.h"
#include "libs/rpc/service.h"

namespace hotline::rpc::demo {

namespace pb = hotline::demo::v1;
using DemoClient = Client<pb::Demo>;
using PlainClient = Client<pb::Plain>;

// True when the condition is, within a minute; for what other threads do.
bool Eventually(const std::function<bool()>& condition);

pb::Number Number(int64_t value);
pb::EchoRequest Echo(const std::string& text, int delay_ms = 0, int error_code = 0);
pb::CountRequest CountTo(int64_t to, int interval_ms = 0, bool bulk = false);
pb::BlockRequest Block(bool block);

// Where blocking work waits until the test lets it go on.
class Barrier {
 public:
  void Pass();
  void Open();
  int waiting() const { return waiting_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  std::atomic<int> waiting_{0};
};

// Counts handlers that have begun and not ended.
class Active {
 public:
  explicit Active(std::atomic<int>& n) : n_(n) { ++n_; }
  ~Active() { --n_; }

 private:
  std::atomic<int>& n_;
};

class DemoService final : public Service {
 public:
  // `next` is the server that Relay asks.
  DemoService(Node& node, Pool& pool, Barrier& barrier, const Peer& next);
  int active() const { return active_; }

 private:
  Done Echo(Context&, const pb::EchoRequest& request, pb::EchoReply& reply);
  Done Relay(Context& context, const pb::EchoRequest& request, pb::EchoReply& reply);
  Done Block(Context&, const pb::BlockRequest& request, pb::BlockReply&);
  Done Count(Context&, const pb::CountRequest& request, Writer<pb::Number>& out);
  Done Sum(Context&, Reader<pb::Number>& in, pb::Total& total);
  Done Chat(Context&, Stream<pb::Number, pb::Number>& stream);
  Done RelayChat(Context& context, Stream<pb::Number, pb::Number>& stream);
  Done Talk(Context&, Stream<pb::Number, pb::Number>& stream);

  Pool& pool_;
  Barrier& barrier_;
  DemoClient next_;
  std::atomic<int> active_{0};
};

class PlainDemo final : public PlainService {
 public:
  PlainDemo(Node& node, Pool& pool, Pool& streams, Barrier& barrier, const Peer& next);
  int active() const { return active_; }

 private:
  absl::Status Echo(Context&, const pb::EchoRequest& request, pb::EchoReply& reply);
  absl::Status Relay(Context& context, const pb::EchoRequest& request, pb::EchoReply& reply);
  absl::Status Block(Context&, const pb::BlockRequest& request, pb::BlockReply&);
  absl::Status Count(Context&, const pb::CountRequest& request, PlainWriter<pb::Number>& out);
  absl::Status Sum(Context&, PlainReader<pb::Number>& in, pb::Total& total);

  Barrier& barrier_;
  PlainClient next_;
  std::atomic<int> active_{0};
};

// Each method tells whom it saw.
class GuardedService final : public PlainService {
 public:
  GuardedService(Node& node, Pool& pool, const Peer& next);

 private:
  absl::Status Tell(Context& context, const pb::WhoRequest&, pb::Who& who);
  absl::Status Forwarded(Context& context, const pb::WhoRequest& request, pb::Who& who);

  Client<pb::Guarded> next_;
};

}  // namespace hotline::rpc::demo
