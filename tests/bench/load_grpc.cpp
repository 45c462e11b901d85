#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <google/protobuf/util/json_util.h>

#include "hotline/agent_state/v1/agent_state.grpc.pb.h"
#include "hotline/ticket/v1/ticket_service.grpc.pb.h"
#include "libs/base/id.h"
#include "libs/rpc/client.h"
#include "tests/bench/load.h"

namespace hotline::bench {
namespace {

namespace asio = boost::asio;
using Tickets = rpc::Client<ticket::v1::TicketService>;
using Agents = rpc::Client<agent_state::v1::AgentService>;

// In the name of a service, over a connection of its own.
rpc::Peer PeerOf(const Arguments& arguments) {
  auto key = rpc::SigningKey::Load(arguments.Text("key"));
  if (!key.ok()) throw std::runtime_error(std::string(key.status().message()));
  return {"peer", rpc::Connect(arguments.Text("address")),
          std::make_shared<rpc::ServiceTokenSource>(*std::move(key), base::SystemClock::Get())};
}

template <class Client, class Request, class Response>
using Method = void (Client::Api::*)(grpc::ClientContext*, const Request*, Response*, grpc::ClientUnaryReactor*);

// Until the time is over or `make` has nothing left to ask.
template <class Client, class Request, class Response>
asio::awaitable<void> Ask(Client client, Method<Client, Request, Response> method, std::function<std::optional<Request>()> make, std::string token, Count& count) {
  const auto executor = co_await asio::this_coro::executor;
  while (count.Running()) {
    rpc::Context context(executor);
    context.ActFor(token);
    const Clock::time_point began = Clock::now();
    const auto request = make();
    if (!request) break;
    const auto answer = co_await client.Call(context, method, *request);
    count.Done(began, answer.ok(), answer.ok() ? "" : answer.status().ToString());
  }
}

// One call after the other, as gRPC's own callbacks allow it; the reactions are on gRPC's threads, the count on ours.
class EchoClient : public std::enable_shared_from_this<EchoClient> {
 public:
  EchoClient(const std::string& address, asio::any_io_executor executor, Count& count)
      : executor_(asio::prefer(executor, asio::execution::outstanding_work.tracked)), count_(count),
        stub_(agent_state::v1::AgentService::NewStub(rpc::Connect(address))) {
    request_.set_agent_id("me");
  }
  void Next() {
    if (!count_.Running()) return;
    context_ = std::make_unique<grpc::ClientContext>();
    began_ = Clock::now();
    stub_->async()->GetAgent(context_.get(), &request_, &response_, [self = shared_from_this()](const grpc::Status& status) {
      asio::post(self->executor_, [self, status] {
        self->count_.Done(self->began_, status.ok(), status.error_message());
        self->Next();
      });
    });
  }

 private:
  const asio::any_io_executor executor_;
  Count& count_;
  std::unique_ptr<agent_state::v1::AgentService::Stub> stub_;
  std::unique_ptr<grpc::ClientContext> context_;
  agent_state::v1::GetAgentRequest request_;
  agent_state::v1::Agent response_;
  Clock::time_point began_;
};

}  // namespace

void StartGrpcCreate(const Arguments& arguments, asio::any_io_executor executor, Count& count) {
  ticket::v1::CreateTicketRequest request;
  const auto parsed = google::protobuf::util::JsonStringToMessage(arguments.File("body"), &request);
  if (!parsed.ok()) throw std::runtime_error("the body is not a CreateTicketRequest");
  const auto make = [request]() mutable {
    request.set_request_id(base::NewId());
    return request;
  };
  asio::co_spawn(executor,
                 Ask<Tickets, ticket::v1::CreateTicketRequest, ticket::v1::CreateTicketResponse>(
                     Tickets(PeerOf(arguments)), &Tickets::Api::CreateTicket, make, arguments.File("token"), count),
                 asio::detached);
}

void StartGrpcSign(const Arguments& arguments, asio::any_io_executor executor, Count& count) {
  const auto make = [&count]() -> std::optional<ticket::v1::SignTicketRequest> {
    ticket::v1::SignTicketRequest request;
    request.set_ticket_id(count.TakeItem());
    request.set_request_id(base::NewId());
    return request.ticket_id().empty() ? std::nullopt : std::optional(request);
  };
  asio::co_spawn(executor,
                 Ask<Tickets, ticket::v1::SignTicketRequest, ticket::v1::Ticket>(Tickets(PeerOf(arguments)), &Tickets::Api::SignTicket, make,
                                                                                arguments.File("token"), count),
                 asio::detached);
}

void StartGrpcAgent(const Arguments& arguments, asio::any_io_executor executor, Count& count) {
  agent_state::v1::GetAgentRequest request;
  request.set_agent_id("me");
  asio::co_spawn(executor,
                 Ask<Agents, agent_state::v1::GetAgentRequest, agent_state::v1::Agent>(
                     Agents(PeerOf(arguments)), &Agents::Api::GetAgent, [request] { return request; }, arguments.File("token"), count),
                 asio::detached);
}

void StartEcho(const Arguments& arguments, asio::any_io_executor executor, Count& count) {
  const auto client = std::make_shared<EchoClient>(arguments.Text("address"), executor, count);
  asio::post(executor, [client] { client->Next(); });
}

}  // namespace hotline::bench
