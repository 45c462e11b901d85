// Outgoing gRPC calls: awaited by coroutines (Call, Open) or blocking for plain handlers (SyncCall). All carry the deadline,
// the trace and the user of their Context, and the own token of this service.
//
//   rpc::Client<pb::TicketService> tickets(node.peer("ticket"));
//   auto ticket = co_await tickets.Call(context, &Tickets::Api::GetTicket, request);                  // StatusOr<Ticket>
//   auto ticket = rpc::SyncCall(tickets, context, &Tickets::Blocking::GetTicket, request, {.idempotent = true});
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/clock.h>
#include <grpcpp/channel.h>
#include <grpcpp/support/client_callback.h>

#include <memory>
#include <type_traits>
#include <utility>

#include "libs/rpc/channels.h"
#include "libs/rpc/context.h"
#include "libs/rpc/io.h"
#include "libs/rpc/status.h"
#include "libs/rpc/stream.h"

namespace hotline::rpc {
namespace internal {

// What the client reactors have in common. Owns itself from Begin until gRPC says that all is done.
// Base is a client reactor of gRPC; In is what the server sends.
template <class Base, class In>
class ClientCall : public Base, public std::enable_shared_from_this<ClientCall<Base, In>> {
 public:
  // The executor is kept busy until the call is over, so that reactions find it alive.
  explicit ClientCall(const Context& context)
      : executor_(asio::prefer(context.executor(), asio::execution::outstanding_work.tracked)) {}

  grpc::ClientContext* grpc_context() { return &grpc_context_; }

  // Operations are started from outside gRPC's reactions, which is allowed only while a hold keeps OnDone away.
  void Begin() {
    self_ = this->shared_from_this();
    done_.Start();
    this->AddHold();
    this->StartCall();
  }

  // Gives the call up, if it is not over.
  void Abandon() {
    if (released_) return;
    grpc_context_.TryCancel();
    Release();
  }

  asio::awaitable<absl::Status> Finish() {
    if (!read_.ended()) grpc_context_.TryCancel();
    Release();
    const auto self = this->shared_from_this();
    co_await done_.WaitOr([this] { grpc_context_.TryCancel(); });
    co_return FromGrpc(status_);
  }

  asio::awaitable<bool> Read(In& message) { return read_.Read(*this, message); }

 protected:
  const asio::any_io_executor executor_;

 private:
  void Release() {
    if (!std::exchange(released_, true)) this->RemoveHold();
  }
  void OnReadDone(bool ok) override {
    asio::post(executor_, [self = this->shared_from_this(), ok] { self->read_.Complete(ok); });
  }
  void OnDone(const grpc::Status& status) override {
    asio::post(executor_, [self = std::move(self_), status] {
      self->status_ = status;
      self->done_.Complete(true);
    });
  }

  grpc::ClientContext grpc_context_;
  ReadHalf<In> read_;
  PendingOp done_;
  grpc::Status status_;
  bool released_ = false;
  std::shared_ptr<ClientCall> self_;
};

template <class In>
using ClientReadCall = ClientCall<grpc::ClientReadReactor<In>, In>;

template <class Out, class In>
class ClientBidiCall final : public ClientCall<grpc::ClientBidiReactor<Out, In>, In> {
 public:
  using ClientCall<grpc::ClientBidiReactor<Out, In>, In>::ClientCall;

  asio::awaitable<bool> Write(Out message) { return write_.Write(*this, std::move(message)); }

 private:
  void OnWriteDone(bool ok) override {
    auto self = std::static_pointer_cast<ClientBidiCall>(this->shared_from_this());
    asio::post(this->executor_, [self, ok] { self->write_.Complete(ok); });
  }

  WriteHalf<Out> write_;
};

// Lives in the frame of the coroutine that awaits it.
class ClientUnaryCall final : public grpc::ClientUnaryReactor {
 public:
  explicit ClientUnaryCall(const Context& context) : executor_(context.executor()) {}
  asio::awaitable<absl::Status> Finish() {
    co_await done_.WaitOr([this] { grpc_context.TryCancel(); });
    co_return FromGrpc(status_);
  }

  grpc::ClientContext grpc_context;

 private:
  void OnDone(const grpc::Status& status) override {
    status_ = status;
    asio::post(executor_, [this] { done_.Complete(true); });
  }

  const asio::any_io_executor executor_;
  grpc::Status status_;
  PendingOp done_;
};

}  // namespace internal

// A stream that the server writes. Destroying it before its end cancels the call.
template <class In>
class ClientReader final : public Reader<In> {
 public:
  explicit ClientReader(std::shared_ptr<internal::ClientReadCall<In>> call) : call_(std::move(call)) {}
  ClientReader(ClientReader&&) = default;
  ~ClientReader() override {
    if (call_) call_->Abandon();
  }
  asio::awaitable<bool> Read(In& message) override { return call_->Read(message); }
  // The status of the call, once. A call that was not read to its end is cancelled first.
  asio::awaitable<absl::Status> Finish() { return call_->Finish(); }

 private:
  std::shared_ptr<internal::ClientReadCall<In>> call_;
};

// A stream in both directions. Destroying it before its end cancels the call.
template <class Out, class In>
class ClientStream final : public Stream<In, Out> {
 public:
  explicit ClientStream(std::shared_ptr<internal::ClientBidiCall<Out, In>> call) : call_(std::move(call)) {}
  ClientStream(ClientStream&&) = default;
  ~ClientStream() override {
    if (call_) call_->Abandon();
  }
  asio::awaitable<bool> Read(In& message) override { return call_->Read(message); }
  asio::awaitable<bool> Write(Out message) override { return call_->Write(std::move(message)); }
  // Tells the server that no more will be written. Not while a Write is awaited.
  void WritesDone() { call_->StartWritesDone(); }
  // The status of the call, once. A call that was not read to its end is cancelled first.
  asio::awaitable<absl::Status> Finish() { return call_->Finish(); }

 private:
  std::shared_ptr<internal::ClientBidiCall<Out, In>> call_;
};

namespace internal {

// A stream that the client writes and the server answers once, at its end.
template <class Out, class In>
class ClientWriteCall final : public grpc::ClientWriteReactor<Out>,
                              public std::enable_shared_from_this<ClientWriteCall<Out, In>> {
 public:
  explicit ClientWriteCall(const Context& context)
      : executor_(asio::prefer(context.executor(), asio::execution::outstanding_work.tracked)) {}

  grpc::ClientContext* grpc_context() { return &grpc_context_; }
  In* response() { return &response_; }

  void Begin() {
    self_ = this->shared_from_this();
    done_.Start();
    this->AddHold();
    this->StartCall();
  }
  void Abandon() {
    if (released_) return;
    grpc_context_.TryCancel();
    Release();
  }
  asio::awaitable<bool> Write(Out message) { return write_.Write(*this, std::move(message)); }
  asio::awaitable<absl::StatusOr<In>> Finish() {
    if (!released_) this->StartWritesDone();
    Release();
    const auto self = this->shared_from_this();
    co_await done_.WaitOr([this] { grpc_context_.TryCancel(); });
    absl::Status status = FromGrpc(status_);
    if (!status.ok()) co_return status;
    co_return std::move(response_);
  }

 private:
  void Release() {
    if (!std::exchange(released_, true)) this->RemoveHold();
  }
  void OnWriteDone(bool ok) override {
    asio::post(executor_, [self = this->shared_from_this(), ok] { self->write_.Complete(ok); });
  }
  void OnDone(const grpc::Status& status) override {
    asio::post(executor_, [self = std::move(self_), status] {
      self->status_ = status;
      self->done_.Complete(true);
    });
  }

  const asio::any_io_executor executor_;
  grpc::ClientContext grpc_context_;
  In response_;
  WriteHalf<Out> write_;
  PendingOp done_;
  grpc::Status status_;
  bool released_ = false;
  std::shared_ptr<ClientWriteCall> self_;
};

}  // namespace internal

// A stream that the client writes. Destroying it before its end cancels the call.
template <class Out, class In>
class ClientWriter final : public Writer<Out> {
 public:
  explicit ClientWriter(std::shared_ptr<internal::ClientWriteCall<Out, In>> call) : call_(std::move(call)) {}
  ClientWriter(ClientWriter&&) = default;
  ~ClientWriter() override {
    if (call_) call_->Abandon();
  }
  asio::awaitable<bool> Write(Out message) override { return call_->Write(std::move(message)); }
  // Says that no more will be written, and gives the server's answer. Once.
  asio::awaitable<absl::StatusOr<In>> Finish() { return call_->Finish(); }

 private:
  std::shared_ptr<internal::ClientWriteCall<Out, In>> call_;
};

// How calls that may be repeated are repeated while the peer is UNAVAILABLE, within their deadline.
inline constexpr int kMaxCallAttempts = 30;
inline constexpr absl::Duration kRetryMin = absl::Milliseconds(50);
inline constexpr absl::Duration kRetryMax = absl::Seconds(1);

namespace internal {

// When to try again, and whether.
class Retry {
 public:
  Retry(const Context& context, const CallOptions& options);
  // True if the call should be made again after delay(): it may be repeated, the peer was away, and there is time.
  bool Again(const absl::Status& status);
  absl::Duration delay() const { return delay_; }
  // What is left for the next attempt.
  CallOptions options() const;

 private:
  CallOptions options_;
  absl::Time deadline_;
  absl::Duration delay_ = absl::ZeroDuration();
  int attempts_ = 0;
};

}  // namespace internal

// A client of one service. Thread-safe; cheap to make, but made once. Calls are cancelled with the coroutine that awaits
// them.
template <class GrpcService>
class Client {
 public:
  using Api = typename GrpcService::StubInterface::async_interface;
  using Blocking = typename GrpcService::StubInterface;

  explicit Client(Peer peer) : peer_(std::move(peer)), stub_(GrpcService::NewStub(peer_.channel)) {}

  // co_await client.Call(context, &Client<pb::TicketService>::Api::GetTicket, request)
  template <class Req, class Resp>
  asio::awaitable<absl::StatusOr<Resp>> Call(
      const Context& context,
      void (Api::*method)(grpc::ClientContext*, const Req*, Resp*, grpc::ClientUnaryReactor*),
      std::type_identity_t<Req> request, CallOptions options = {}) const {
    internal::Retry retry(context, options);
    for (;;) {
      internal::ClientUnaryCall call(context);
      Prepare(context, call.grpc_context, retry.options(), kDefaultCallTimeout);
      Resp response;
      (stub_->async()->*method)(&call.grpc_context, &request, &response, &call);
      call.StartCall();
      absl::Status status = co_await call.Finish();
      if (status.ok()) co_return std::move(response);
      if (!retry.Again(status)) co_return status;
      co_await Sleep(retry.delay());
    }
  }

  template <class Req, class Resp>
  ClientReader<Resp> Open(const Context& context,
                          void (Api::*method)(grpc::ClientContext*, const Req*, grpc::ClientReadReactor<Resp>*),
                          const std::type_identity_t<Req>& request, CallOptions options = {}) const {
    auto call = std::make_shared<internal::ClientReadCall<Resp>>(context);
    Prepare(context, *call->grpc_context(), options, absl::InfiniteDuration());
    (stub_->async()->*method)(call->grpc_context(), &request, call.get());
    call->Begin();
    return ClientReader<Resp>(std::move(call));
  }

  template <class Req, class Resp>
  ClientWriter<Req, Resp> Open(const Context& context,
                               void (Api::*method)(grpc::ClientContext*, Resp*, grpc::ClientWriteReactor<Req>*),
                               CallOptions options = {}) const {
    auto call = std::make_shared<internal::ClientWriteCall<Req, Resp>>(context);
    Prepare(context, *call->grpc_context(), options, absl::InfiniteDuration());
    (stub_->async()->*method)(call->grpc_context(), call->response(), call.get());
    call->Begin();
    return ClientWriter<Req, Resp>(std::move(call));
  }

  template <class Req, class Resp>
  ClientStream<Req, Resp> Open(const Context& context,
                               void (Api::*method)(grpc::ClientContext*, grpc::ClientBidiReactor<Req, Resp>*),
                               CallOptions options = {}) const {
    auto call = std::make_shared<internal::ClientBidiCall<Req, Resp>>(context);
    Prepare(context, *call->grpc_context(), options, absl::InfiniteDuration());
    (stub_->async()->*method)(call->grpc_context(), call.get());
    call->Begin();
    return ClientStream<Req, Resp>(std::move(call));
  }

  // For calls made on the stub itself, e.g. blocking streams: fills in what every call of this service carries.
  void Prepare(const Context& context, grpc::ClientContext& out, const CallOptions& options,
               absl::Duration default_timeout) const {
    context.Prepare(out, options, default_timeout);
    if (peer_.identity != nullptr) out.AddMetadata(kServiceTokenKey, peer_.identity->Token());
  }
  Blocking& stub() const { return *stub_; }
  const Peer& peer() const { return peer_; }

 private:
  Peer peer_;
  std::unique_ptr<typename GrpcService::StubInterface> stub_;
};

// Calls and waits: for plain handlers and threads of their own, never in a coroutine. Ends at the deadline at the latest.
template <class GrpcService, class Req, class Resp>
absl::StatusOr<Resp> SyncCall(const Client<GrpcService>& client, const Context& context,
                              grpc::Status (GrpcService::StubInterface::*method)(grpc::ClientContext*, const Req&, Resp*),
                              const std::type_identity_t<Req>& request, CallOptions options = {}) {
  internal::Retry retry(context, options);
  for (;;) {
    grpc::ClientContext out;
    client.Prepare(context, out, retry.options(), kDefaultCallTimeout);
    Resp response;
    absl::Status status = FromGrpc((client.stub().*method)(&out, request, &response));
    if (status.ok()) return response;
    if (context.cancelled() || !retry.Again(status)) return status;
    absl::SleepFor(retry.delay());
  }
}

}  // namespace hotline::rpc
