// Services whose handlers are ordinary synchronous functions, run on a bounded pool off gRPC's threads: for those that
// mostly talk to PostgreSQL.
//
//   class TicketService final : public rpc::PlainService {
//    public:
//     TicketService(rpc::Node& node, rpc::Pool& pool, ...) : PlainService(node, pool, pb::TicketService::service_full_name()) {
//       Handle("CreateTicket", &TicketService::CreateTicket);   // every method once
//     }
//    private:
//     absl::Status CreateTicket(rpc::Context& context, const pb::CreateTicketRequest& request, pb::Ticket& response);
//   };
//
// Forms of a handler:
//   unary             absl::Status (Context&, const Req&, Resp&)
//   server streaming  absl::Status (Context&, const Req&, PlainWriter<Resp>&)
//   client streaming  absl::Status (Context&, PlainReader<Req>&, Resp&)
// A full pool answers RESOURCE_EXHAUSTED with reason POOL_FULL; a call that was cancelled or is too late when its turn
// comes is not run. A streaming handler keeps its thread: give it a pool of its own as third argument of Handle.
// Handlers run at the same time on several threads. The pool outlives the server.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <utility>

#include "libs/base/error.h"
#include "libs/rpc/io.h"
#include "libs/rpc/node.h"
#include "libs/rpc/service_base.h"
#include "libs/rpc/status.h"

namespace hotline::rpc {

inline constexpr size_t kPlainWriteQueueMessages = 16;
// A peer that neither takes nor sends a message for so long is given up: it holds a thread.
inline constexpr std::chrono::seconds kPlainStreamStall{30};

template <class In>
class PlainReader {
 public:
  virtual ~PlainReader() = default;
  // Waits for the next message; false when the peer will send no more or is gone.
  virtual bool Read(In& message) = 0;
};

template <class Out>
class PlainWriter {
 public:
  virtual ~PlainWriter() = default;
  // Queues the message, waiting while the queue is full; false when the peer is gone.
  virtual bool Write(Out message) = 0;
};

namespace internal {

// What both reactors have in common. Deletes itself when gRPC says that all is done.
template <class Base>
class PlainCall : public Base {
 public:
  PlainCall(grpc::CallbackServerContext* server, const Gate& gate, const MethodInfo& method)
      : context(asio::any_io_executor(), server), server_(server), gate_(gate), method_(method) {}

  // Lets the call in and runs `handler()` on the pool. After that *this belongs to gRPC.
  template <class Handler>
  void Start(Pool& pool, Handler handler) {
    if (absl::Status status = gate_.Admit(method_, context); !status.ok()) return End(status);
    if (!pool.TryPost([this, handler = std::move(handler)] { Run(handler); })) End(pool.FullError());
  }

  Context context;

 protected:
  virtual void BeforeFinish() {}
  void GiveUp() { server_->TryCancel(); }

 private:
  template <class Handler>
  void Run(const Handler& handler) {
    absl::Status status;
    if (context.TimeLeft(absl::Seconds(1)) == absl::ZeroDuration()) {
      status = base::DeadlineExceeded("DEADLINE_EXCEEDED", "the call's deadline passed while it waited");
    } else if (context.cancelled()) {
      status = absl::CancelledError("cancelled by the client");
    } else {
      try {
        status = handler();
      } catch (...) {
        status = Gate::FromException(method_, context, std::current_exception());
      }
    }
    BeforeFinish();
    End(status);
  }
  void End(const absl::Status& status) {
    gate_.Ended(method_, context, status, started_);
    this->Finish(ToGrpc(status));  // *this may be gone now
  }
  void OnCancel() override { context.MarkCancelled(); }
  void OnDone() override { delete this; }
  bool InternalInlineable() override { return true; }

  grpc::CallbackServerContext* const server_;
  const Gate& gate_;
  const MethodInfo& method_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

class PlainUnaryCall final : public PlainCall<grpc::ServerUnaryReactor> {
 public:
  using PlainCall::PlainCall;
};

template <class In, class Out>
class PlainStreamCall final : public PlainCall<grpc::ServerBidiReactor<In, Out>>, public PlainReader<In>, public PlainWriter<Out> {
 public:
  using PlainCall<grpc::ServerBidiReactor<In, Out>>::PlainCall;

  bool Read(In& message) override {
    std::unique_lock lock(mutex_);
    if (read_ended_) return false;
    reading_ = true;
    this->StartRead(&in_);
    if (!changed_.wait_for(lock, kPlainStreamStall, [this] { return !reading_; })) {
      this->GiveUp();
      changed_.wait(lock, [this] { return !reading_; });
    }
    if (!read_ended_) message.Swap(&in_);
    return !read_ended_;
  }

  bool Write(Out message) override {
    std::unique_lock lock(mutex_);
    if (!WaitForWrites(lock, [this] { return queue_.size() < kPlainWriteQueueMessages; })) return false;
    if (writing_) {
      queue_.push_back(std::move(message));
    } else {
      writing_ = true;
      out_ = std::move(message);
      this->StartWrite(&out_);
    }
    return true;
  }

 private:
  template <class Condition>
  bool WaitForWrites(std::unique_lock<std::mutex>& lock, Condition condition) {
    if (!changed_.wait_for(lock, kPlainStreamStall, [&] { return broken_ || condition(); })) {
      this->GiveUp();
      changed_.wait(lock, [this] { return broken_ || !writing_; });
      broken_ = true;
    }
    return !broken_;
  }
  void BeforeFinish() override {
    std::unique_lock lock(mutex_);
    WaitForWrites(lock, [this] { return !writing_; });
  }
  void OnReadDone(bool ok) override {
    std::lock_guard lock(mutex_);
    reading_ = false;
    read_ended_ = !ok;
    changed_.notify_all();
  }
  void OnWriteDone(bool ok) override {
    std::lock_guard lock(mutex_);
    if (!ok) {
      broken_ = true;
      queue_.clear();
    }
    if (queue_.empty()) {
      writing_ = false;
    } else {
      out_ = std::move(queue_.front());
      queue_.pop_front();
      this->StartWrite(&out_);
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  In in_;    // belongs to gRPC while reading_
  Out out_;  // belongs to gRPC while writing_
  std::deque<Out> queue_;
  bool reading_ = false;
  bool read_ended_ = false;
  bool writing_ = false;
  bool broken_ = false;
};

}  // namespace internal

class PlainService : public ServiceBase {
 protected:
  PlainService(Node& node, Pool& pool, const std::string& full_name) : ServiceBase(node.gate(), full_name), pool_(pool) {}

  template <class Self, class Req, class Resp>
  void Handle(const char* method, absl::Status (Self::*handler)(Context&, const Req&, Resp&), Pool* pool = nullptr) {
    const MethodInfo& info = Declare(method, Req::descriptor(), Resp::descriptor(), false, false);
    auto start = [this, handler, &info, run_on = pool == nullptr ? &pool_ : pool](grpc::CallbackServerContext* server,
                                                                                  const Req* request, Resp* response) {
      auto* call = new internal::PlainUnaryCall(server, gate(), info);
      call->Start(*run_on, [self = static_cast<Self*>(this), handler, call, request, response] {
        return (self->*handler)(call->context, *request, *response);
      });
      return call;
    };
    Register(info, grpc::internal::RpcMethod::NORMAL_RPC,
             new grpc::internal::CallbackUnaryHandler<Req, Resp>(std::move(start)));
  }

  template <class Self, class Req, class Resp>
  void Handle(const char* method, absl::Status (Self::*handler)(Context&, const Req&, PlainWriter<Resp>&),
              Pool* pool = nullptr) {
    AddStream<Req, Resp>(method, false, true, pool,
                         [self = static_cast<Self*>(this), handler](internal::PlainStreamCall<Req, Resp>& call) {
                           Req request;
                           if (!call.Read(request)) return absl::InvalidArgumentError("no request");
                           return (self->*handler)(call.context, request, call);
                         });
  }

  template <class Self, class Req, class Resp>
  void Handle(const char* method, absl::Status (Self::*handler)(Context&, PlainReader<Req>&, Resp&), Pool* pool = nullptr) {
    AddStream<Req, Resp>(method, true, false, pool,
                         [self = static_cast<Self*>(this), handler](internal::PlainStreamCall<Req, Resp>& call) {
                           Resp response;
                           absl::Status status = (self->*handler)(call.context, call, response);
                           if (status.ok()) call.Write(std::move(response));
                           return status;
                         });
  }

 private:
  template <class Req, class Resp, class Body>
  void AddStream(const char* method, bool client_streams, bool server_streams, Pool* pool, Body body) {
    const MethodInfo& info = Declare(method, Req::descriptor(), Resp::descriptor(), client_streams, server_streams);
    auto start = [this, body, &info, run_on = pool == nullptr ? &pool_ : pool](grpc::CallbackServerContext* server) {
      auto* call = new internal::PlainStreamCall<Req, Resp>(server, gate(), info);
      call->Start(*run_on, [body, call] { return body(*call); });
      return call;
    };
    Register(info, grpc::internal::RpcMethod::BIDI_STREAMING,
             new grpc::internal::CallbackBidiHandler<Req, Resp>(std::move(start)));
  }

  Pool& pool_;
};

}  // namespace hotline::rpc
