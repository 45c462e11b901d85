#include "demo_service.h"

#include <stdexcept>

#include "libs/base/error.h"

namespace hotline::rpc::demo {

bool Eventually(const std::function<bool()>& condition) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    never.wait_for(lock, std::chrono::milliseconds(2));
  }
  return true;
}

pb::Number Number(int64_t value) {
  pb::Number number;
  number.set_value(value);
  return number;
}

pb::EchoRequest Echo(const std::string& text, int delay_ms, int error_code) {
  pb::EchoRequest request;
  request.set_text(text);
  request.set_delay_ms(delay_ms);
  request.set_error_code(error_code);
  return request;
}

pb::CountRequest CountTo(int64_t to, int interval_ms, bool bulk) {
  pb::CountRequest request;
  request.set_to(to);
  request.set_interval_ms(interval_ms);
  request.set_bulk(bulk);
  return request;
}

pb::BlockRequest Block(bool block) {
  pb::BlockRequest request;
  request.set_block(block);
  return request;
}

void Barrier::Pass() {
  std::unique_lock lock(mutex_);
  ++waiting_;
  changed_.wait(lock, [this] { return open_; });
  --waiting_;
}

void Barrier::Open() {
  std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

DemoService::DemoService(Node& node, Pool& pool, Barrier& barrier, const Peer& next)
    : Service(node, pb::Demo::service_full_name()), pool_(pool), barrier_(barrier), next_(next) {
  Handle("Echo", &DemoService::Echo);
  Handle("Relay", &DemoService::Relay);
  Handle("Block", &DemoService::Block);
  Handle("Count", &DemoService::Count);
  Handle("Sum", &DemoService::Sum);
  Handle("Chat", &DemoService::Chat);
  Handle("RelayChat", &DemoService::RelayChat);
  Handle("Talk", &DemoService::Talk);
}

Service::Done DemoService::Echo(Context&, const pb::EchoRequest& request, pb::EchoReply& reply) {
  Active active(active_);
  if (request.delay_ms() > 0) co_await Sleep(absl::Milliseconds(request.delay_ms()));
  if (request.throw_error()) throw std::runtime_error("secret");
  if (request.error_code() != 0) {
    co_return base::Error(static_cast<absl::StatusCode>(request.error_code()), "ASKED_FOR", "asked for");
  }
  reply.set_text(request.text());
  co_return absl::OkStatus();
}

Service::Done DemoService::Relay(Context& context, const pb::EchoRequest& request, pb::EchoReply& reply) {
  Active active(active_);
  HOTLINE_CO_ASSIGN_OR_RETURN(reply, co_await next_.Call(context, &DemoClient::Api::Echo, request));
  co_return absl::OkStatus();
}

Service::Done DemoService::Block(Context&, const pb::BlockRequest& request, pb::BlockReply&) {
  Active active(active_);
  co_return co_await pool_.Run([this, block = request.block()] {
    if (block) barrier_.Pass();
  });
}

Service::Done DemoService::Count(Context&, const pb::CountRequest& request, Writer<pb::Number>& out) {
  Active active(active_);
  for (int64_t i = 1; i <= request.to(); ++i) {
    if (request.interval_ms() > 0) co_await Sleep(absl::Milliseconds(request.interval_ms()));
    const bool ok = request.bulk() ? co_await out.Push(Number(i)) : co_await out.Write(Number(i));
    if (!ok) co_return absl::CancelledError("the reader has gone");
  }
  co_return absl::OkStatus();
}

Service::Done DemoService::Sum(Context&, Reader<pb::Number>& in, pb::Total& total) {
  Active active(active_);
  pb::Number number;
  while (co_await in.Read(number)) {
    total.set_sum(total.sum() + number.value());
    total.set_count(total.count() + 1);
  }
  co_return absl::OkStatus();
}

Service::Done DemoService::Chat(Context&, Stream<pb::Number, pb::Number>& stream) {
  Active active(active_);
  pb::Number number;
  while (co_await stream.Read(number)) {
    if (!co_await stream.Write(std::move(number))) break;
  }
  co_return absl::OkStatus();
}

Service::Done DemoService::RelayChat(Context& context, Stream<pb::Number, pb::Number>& stream) {
  Active active(active_);
  auto next = next_.Open(context, &DemoClient::Api::Chat);
  pb::Number number;
  while (co_await stream.Read(number)) {
    if (!co_await next.Write(std::move(number))) break;
    if (!co_await next.Read(number)) break;
    if (!co_await stream.Write(std::move(number))) break;
  }
  next.WritesDone();
  while (co_await next.Read(number)) continue;
  co_return co_await next.Finish();
}

Service::Done DemoService::Talk(Context&, Stream<pb::Number, pb::Number>& stream) {
  Active active(active_);
  // One Read and one Write may be awaited at a time, so each of two coroutines owns one direction.
  int64_t last = 0;
  auto read = [](auto& stream, int64_t& last) -> asio::awaitable<void> {
    pb::Number number;
    while (co_await stream.Read(number)) last = number.value();
  };
  auto beat = [](auto& stream, const int64_t& last) -> asio::awaitable<void> {
    do {
      co_await Sleep(absl::Milliseconds(10));
    } while (co_await stream.Write(Number(last)));
  };
  using namespace asio::experimental::awaitable_operators;
  co_await (read(stream, last) || beat(stream, last));
  co_return absl::OkStatus();
}

PlainDemo::PlainDemo(Node& node, Pool& pool, Pool& streams, Barrier& barrier, const Peer& next)
    : PlainService(node, pool, pb::Plain::service_full_name()), barrier_(barrier), next_(next) {
  Handle("Echo", &PlainDemo::Echo);
  Handle("Relay", &PlainDemo::Relay);
  Handle("Block", &PlainDemo::Block);
  Handle("Count", &PlainDemo::Count, &streams);
  Handle("Sum", &PlainDemo::Sum, &streams);
}

absl::Status PlainDemo::Echo(Context&, const pb::EchoRequest& request, pb::EchoReply& reply) {
  Active active(active_);
  if (request.throw_error()) throw std::runtime_error("secret");
  if (request.error_code() != 0) {
    return base::Error(static_cast<absl::StatusCode>(request.error_code()), "ASKED_FOR", "asked for");
  }
  reply.set_text(request.text());
  return absl::OkStatus();
}

absl::Status PlainDemo::Relay(Context& context, const pb::EchoRequest& request, pb::EchoReply& reply) {
  Active active(active_);
  HOTLINE_ASSIGN_OR_RETURN(reply, SyncCall(next_, context, &PlainClient::Blocking::Echo, request, {.idempotent = true}));
  return absl::OkStatus();
}

absl::Status PlainDemo::Block(Context&, const pb::BlockRequest& request, pb::BlockReply&) {
  Active active(active_);
  if (request.block()) barrier_.Pass();
  return absl::OkStatus();
}

absl::Status PlainDemo::Count(Context&, const pb::CountRequest& request, PlainWriter<pb::Number>& out) {
  Active active(active_);
  for (int64_t i = 1; i <= request.to(); ++i) {
    if (!out.Write(Number(i))) return absl::CancelledError("the reader has gone");
  }
  return absl::OkStatus();
}

absl::Status PlainDemo::Sum(Context&, PlainReader<pb::Number>& in, pb::Total& total) {
  Active active(active_);
  pb::Number number;
  while (in.Read(number)) {
    total.set_sum(total.sum() + number.value());
    total.set_count(total.count() + 1);
  }
  return absl::OkStatus();
}

GuardedService::GuardedService(Node& node, Pool& pool, const Peer& next)
    : PlainService(node, pool, pb::Guarded::service_full_name()), next_(next) {
  for (const char* method : {"ForAnyone", "ForSignedIn", "ForAgents", "ForAcd", "ForAgentsAndAcd"}) {
    Handle(method, &GuardedService::Tell);
  }
  Handle("Forwarded", &GuardedService::Forwarded);
}

absl::Status GuardedService::Tell(Context& context, const pb::WhoRequest&, pb::Who& who) {
  const Principal& principal = context.principal();
  who.set_kind(principal.is_user() ? "user" : principal.is_service() ? "service" : "anyone");
  who.set_user_id(principal.user_id);
  who.set_service(principal.calling_service);
  who.set_unit_path(principal.unit_path);
  for (Role role : principal.roles) who.add_roles(RoleName(role));
  who.set_trace_id(context.trace_id());
  who.set_deadline_ms(absl::ToInt64Milliseconds(context.TimeLeft(absl::Hours(1))));
  return absl::OkStatus();
}

absl::Status GuardedService::Forwarded(Context& context, const pb::WhoRequest& request, pb::Who& who) {
  HOTLINE_ASSIGN_OR_RETURN(who, SyncCall(next_, context, &Client<pb::Guarded>::Blocking::ForSignedIn, request));
  return absl::OkStatus();
}

}  // namespace hotline::rpc::demo
