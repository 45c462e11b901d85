// What a call knows, and hands on to the calls it makes: deadline, cancellation, trace, caller. A handler gets it by
// reference; it lives until the handler has ended. cancelled() may be asked from any thread, the rest is constant while
// the handler runs.
#pragma once

#include <absl/time/time.h>
#include <grpcpp/client_context.h>
#include <grpcpp/server_context.h>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/rpc/principal.h"
#include "libs/rpc/trace.h"

namespace hotline::rpc {
namespace asio = boost::asio;

inline constexpr char kAuthorizationKey[] = "authorization";
inline constexpr char kServiceTokenKey[] = "x-hotline-service";
inline constexpr char kTraceparentKey[] = "traceparent";

inline constexpr absl::Duration kDefaultCallTimeout = absl::Seconds(10);

struct CallOptions {
  // Zero: kDefaultCallTimeout for unary calls, none for streams. The caller's own deadline holds if it is earlier.
  absl::Duration timeout = absl::ZeroDuration();
  // UNAVAILABLE is tried again until the deadline: only for calls that may safely happen twice.
  bool idempotent = false;
  // Leave the user out, for RPCs that are for services on their own behalf.
  bool as_service = false;
  // Wait for a connection instead of failing with UNAVAILABLE at once.
  bool wait_for_ready = false;
};

class Context {
 public:
  // For work that no caller waits for: on the service's own behalf, with a new trace.
  explicit Context(asio::any_io_executor executor = {}, absl::Time deadline = absl::InfiniteFuture());
  // For a call that has come in; libs/rpc fills the rest.
  Context(asio::any_io_executor executor, const grpc::ServerContextBase* server);
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // Where the coroutine of this call runs; empty for plain handlers.
  const asio::any_io_executor& executor() const { return executor_; }
  absl::Time deadline() const { return deadline_; }
  // deadline() - now, at most `limit`, never negative: a time-out for what the handler waits for.
  absl::Duration TimeLeft(absl::Duration limit) const;
  bool cancelled() const { return cancelled_; }

  const Principal& principal() const { return principal_; }
  const Trace& trace() const { return trace_; }
  const std::string& trace_id() const { return trace_.trace_id; }
  std::string Traceparent() const { return trace_.Traceparent(); }

  // The caller's metadata; empty if there is none of that key.
  std::string_view Metadata(std::string_view key) const;
  // The user's token as it came, for the gateway and for forwarding; empty if there was none or it did not count.
  const std::string& user_token() const { return user_token_; }

  // For gateways and tests: act for the user of this token, in this trace.
  void ActFor(std::string user_token) { user_token_ = std::move(user_token); }
  void SetTrace(Trace trace) { trace_ = std::move(trace); }
  void SetPrincipal(Principal principal) { principal_ = std::move(principal); }
  void SetDeadline(absl::Time deadline) { deadline_ = deadline; }
  void MarkCancelled() { cancelled_ = true; }

  // Puts deadline, trace and user into an outgoing call. `default_timeout` is used if the options have none.
  void Prepare(grpc::ClientContext& out, const CallOptions& options, absl::Duration default_timeout) const;

 private:
  const asio::any_io_executor executor_;
  absl::Time deadline_;
  const grpc::ServerContextBase* const server_ = nullptr;
  std::atomic<bool> cancelled_{false};
  Principal principal_;
  Trace trace_;
  std::string user_token_;
};

}  // namespace hotline::rpc
