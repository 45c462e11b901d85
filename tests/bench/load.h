// The kinds of load of bench_load. Each starts its clients on the executor; they end when the count's time is over.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "tests/bench/figures.h"

namespace hotline::bench {

// HTTP over connections that are kept: --port, --method, --path, --token (file), --body (file, "@ID@" becomes a fresh id). A
// path's "@ITEM@" becomes a line of --items (file), each used once.
void StartRest(const Arguments& arguments, boost::asio::any_io_executor executor, Count& count);
// TicketService.CreateTicket: --address, --key (the calling service's JWK), --token (file), --body (file, JSON).
void StartGrpcCreate(const Arguments& arguments, boost::asio::any_io_executor executor, Count& count);
// TicketService.SignTicket of each of --items (file): --address, --key, --token.
void StartGrpcSign(const Arguments& arguments, boost::asio::any_io_executor executor, Count& count);
// AgentService.GetAgent, as a service of the suite calls it: --address, --key, --token.
void StartGrpcAgent(const Arguments& arguments, boost::asio::any_io_executor executor, Count& count);
// AgentService.GetAgent of bench_echo, by nothing but gRPC: --address.
void StartEcho(const Arguments& arguments, boost::asio::any_io_executor executor, Count& count);

}  // namespace hotline::bench
