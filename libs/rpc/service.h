// Services whose handlers are coroutines, over gRPC's callback API: for those that hold many long streams.
//
//   class AgentStateService final : public rpc::Service {
//    public:
//     AgentStateService(rpc::Node& node, ...) : Service(node, pb::AgentStateService::service_full_name()) {
//       Handle("Reserve", &AgentStateService::Reserve);   // every method once
//     }
//    private:
//     Done Reserve(rpc::Context& context, const pb::ReserveRequest& request, pb::ReserveResponse& response);
//   };
//
// Forms of a handler:
//   unary             Done (Context&, const Req&, Resp&)
//   server streaming  Done (Context&, const Req&, Writer<Resp>&)
//   client streaming  Done (Context&, Reader<Req>&, Resp&)
//   bidirectional     Done (Context&, Stream<Req, Resp>&)
// Each call is one coroutine on one io thread; its arguments live until it has ended. When the client goes away the
// coroutine is cancelled: what it awaits throws operation_aborted. The handler must not block: pool.Run() does.
#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "libs/base/error.h"
#include "libs/rpc/io.h"
#include "libs/rpc/node.h"
#include "libs/rpc/service_base.h"
#include "libs/rpc/status.h"
#include "libs/rpc/stream.h"

namespace hotline::rpc {
namespace internal {

// What the two kinds of server reactor have in common. Owns itself from Start or Refuse until gRPC says that all is done.
// gRPC's threads do nothing here but post to the executor of the call.
template <class Base>
class ServerCall : public Base, public std::enable_shared_from_this<ServerCall<Base>> {
 public:
  ServerCall(asio::any_io_executor executor, grpc::CallbackServerContext* server, const Gate& gate, const MethodInfo& method)
      : context_(asio::prefer(executor, asio::execution::outstanding_work.tracked), server), gate_(gate), method_(method) {}

  // Lets the call in and runs `body()`, an awaitable<Status>, and finishes the call with its result. A client's
  // cancellation cancels the coroutine: what it awaits is ended, and the exception operation_aborted unwinds it.
  template <class Body>
  void Start(Body body) {
    self_ = this->shared_from_this();
    if (absl::Status status = gate_.Admit(method_, context_); !status.ok()) {
      gate_.Ended(method_, context_, status, started_);
      return this->Finish(ToGrpc(status));
    }
    asio::co_spawn(context_.executor(), std::move(body),
                   asio::bind_cancellation_slot(
                       cancellation_.slot(), [self = self_](std::exception_ptr error, absl::Status status) {
                         if (error) status = self->StatusOf(error);
                         self->gate_.Ended(self->method_, self->context_, status, self->started_);
                         self->End(ToGrpc(status));
                       }));
  }

 protected:
  virtual void End(grpc::Status status) { this->Finish(std::move(status)); }

  Context context_;

 private:
  void OnCancel() override {
    context_.MarkCancelled();
    asio::post(context_.executor(),
               [self = this->shared_from_this()] { self->cancellation_.emit(asio::cancellation_type::terminal); });
  }
  void OnDone() override { self_.reset(); }
  // OnCancel and OnDone are so short that gRPC may run them where it is, without a hop to another thread.
  bool InternalInlineable() override { return true; }

  // An exception is a bug of the handler, unless the call was cancelled: then it is how the coroutine was unwound.
  // Its type says nothing: `a && b` throws multiple_exceptions when both branches were cancelled.
  absl::Status StatusOf(std::exception_ptr error) const {
    if (context_.TimeLeft(absl::Seconds(1)) == absl::ZeroDuration()) {
      return base::DeadlineExceeded("DEADLINE_EXCEEDED", "the call's deadline has passed");
    }
    if (context_.cancelled()) return absl::CancelledError("cancelled by the client");
    return Gate::FromException(method_, context_, error);
  }

  const Gate& gate_;
  const MethodInfo& method_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  asio::cancellation_signal cancellation_;
  std::shared_ptr<ServerCall> self_;
};

template <class Req, class Resp>
class ServerUnaryCall final : public ServerCall<grpc::ServerUnaryReactor> {
 public:
  using ServerCall::ServerCall;
  using ServerCall::context_;
};

// Serves all three kinds of streaming method: on the wire they differ only in how many messages are sent.
template <class In, class Out>
class ServerStreamCall final : public ServerCall<grpc::ServerBidiReactor<In, Out>>, public Stream<In, Out> {
 public:
  using ServerCall<grpc::ServerBidiReactor<In, Out>>::ServerCall;
  using ServerCall<grpc::ServerBidiReactor<In, Out>>::context_;

  asio::awaitable<bool> Read(In& message) override { return read_.Read(*this, message); }
  asio::awaitable<bool> Write(Out message) override {
    // A Push still on its way keeps its place before this message, and gRPC wants one write at a time.
    if (queue_.idle()) return write_.Write(*this, std::move(message));
    return Push(std::move(message));
  }
  asio::awaitable<bool> Push(Out message) override {
    if (write_.in_flight()) return write_.Write(*this, std::move(message));
    return queue_.Push(*this, std::move(message));
  }

 private:
  std::shared_ptr<ServerStreamCall> Self() {
    return std::static_pointer_cast<ServerStreamCall>(this->shared_from_this());
  }
  void OnReadDone(bool ok) override {
    asio::post(context_.executor(), [self = Self(), ok] { self->read_.Complete(ok); });
  }
  void OnWriteDone(bool ok) override {
    const auto wake = [this](bool room) {
      asio::post(context_.executor(), [self = Self(), room] {
        if (room) self->queue_.MakeRoom();
        self->AfterWrites();
      });
    };
    if (queue_.OnWriteDone(*this, ok, wake)) return;
    asio::post(context_.executor(), [self = Self(), ok] {
      self->write_.Complete(ok);
      self->AfterWrites();
    });
  }
  // A handler may end while a Write that it gave up, or messages that it pushed, are in flight: gRPC wants Finish after.
  void End(grpc::Status status) override {
    ended_ = std::move(status);
    AfterWrites();
  }
  void AfterWrites() {
    if (!ended_ || write_.in_flight() || !queue_.idle()) return;
    this->Finish(*std::exchange(ended_, std::nullopt));
  }

  ReadHalf<In> read_;
  WriteHalf<Out> write_;
  WriteQueue<Out> queue_;
  std::optional<grpc::Status> ended_;
};

}  // namespace internal

class Service : public ServiceBase {
 protected:
  using Done = asio::awaitable<absl::Status>;

  Service(Node& node, const std::string& full_name) : ServiceBase(node.gate(), full_name), io_(node.io()) {}

  template <class Self, class Req, class Resp>
  void Handle(const char* method, Done (Self::*handler)(Context&, const Req&, Resp&)) {
    const MethodInfo& info = Declare(method, Req::descriptor(), Resp::descriptor(), false, false);
    auto start = [this, handler, &info](grpc::CallbackServerContext* server, const Req* request, Resp* response) {
      auto call = std::make_shared<internal::ServerUnaryCall<Req, Resp>>(io_.Next(), server, gate(), info);
      call->Start([self = static_cast<Self*>(this), handler, context = &call->context_, request, response] {
        return (self->*handler)(*context, *request, *response);
      });
      return call.get();
    };
    Register(info, grpc::internal::RpcMethod::NORMAL_RPC,
             new grpc::internal::CallbackUnaryHandler<Req, Resp>(std::move(start)));
  }

  template <class Self, class Req, class Resp>
  void Handle(const char* method, Done (Self::*handler)(Context&, const Req&, Writer<Resp>&)) {
    AddStream<Self, Req, Resp>(method, false, true, [handler](Self* self, Context& context, auto& stream) -> Done {
      Req request;
      if (!co_await stream.Read(request)) co_return absl::InvalidArgumentError("no request");
      co_return co_await (self->*handler)(context, request, stream);
    });
  }

  template <class Self, class Req, class Resp>
  void Handle(const char* method, Done (Self::*handler)(Context&, Reader<Req>&, Resp&)) {
    AddStream<Self, Req, Resp>(method, true, false, [handler](Self* self, Context& context, auto& stream) -> Done {
      Resp response;
      absl::Status status = co_await (self->*handler)(context, stream, response);
      if (status.ok()) co_await stream.Write(std::move(response));
      co_return status;
    });
  }

  template <class Self, class Req, class Resp>
  void Handle(const char* method, Done (Self::*handler)(Context&, Stream<Req, Resp>&)) {
    AddStream<Self, Req, Resp>(method, true, true, [handler](Self* self, Context& context, auto& stream) {
      return (self->*handler)(context, stream);
    });
  }

 private:
  // `body` is kept in the method's handler, so that its captures live as long as the service.
  template <class Self, class Req, class Resp, class Body>
  void AddStream(const char* method, bool client_streams, bool server_streams, Body body) {
    const MethodInfo& info = Declare(method, Req::descriptor(), Resp::descriptor(), client_streams, server_streams);
    auto shared_body = std::make_shared<Body>(std::move(body));
    auto start = [this, shared_body, &info](grpc::CallbackServerContext* server) {
      auto call = std::make_shared<internal::ServerStreamCall<Req, Resp>>(io_.Next(), server, gate(), info);
      call->Start([self = static_cast<Self*>(this), body = shared_body.get(), call = call.get()] {
        return (*body)(self, call->context_, static_cast<Stream<Req, Resp>&>(*call));
      });
      return call.get();
    };
    Register(info, grpc::internal::RpcMethod::BIDI_STREAMING,
             new grpc::internal::CallbackBidiHandler<Req, Resp>(std::move(start)));
  }

  IoThreads& io_;
};

}  // namespace hotline::rpc
