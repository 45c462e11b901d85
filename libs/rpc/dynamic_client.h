// Unary calls whose messages are known only while the program runs: for the gateway, which transcodes every RPC there is.
// They carry what a Client's calls carry. Thread-safe; a call's messages outlive it.
#pragma once

#include <absl/status/status.h>
#include <google/protobuf/message.h>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>

#include "libs/rpc/channels.h"
#include "libs/rpc/context.h"

namespace hotline::rpc {

class DynamicClient {
 public:
  explicit DynamicClient(Peer peer);
  ~DynamicClient();

  // `path` as on the wire: "/hotline.ticket.v1.TicketService/GetTicket". Not repeated, whatever the options say.
  asio::awaitable<absl::Status> Call(const Context& context, const std::string& path, const google::protobuf::Message& request,
                                     google::protobuf::Message& response, CallOptions options = {}) const;

  // Whether the peer says by grpc.health.v1 that it serves: "SERVING", "NOT_SERVING", or "UNREACHABLE" after `timeout`.
  asio::awaitable<std::string> CheckHealth(const Context& context, absl::Duration timeout) const;

 private:
  struct Stubs;
  const Peer peer_;
  const std::unique_ptr<Stubs> stubs_;
};

}  // namespace hotline::rpc
