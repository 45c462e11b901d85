#include "libs/rpc/node.h"

#include <absl/time/clock.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_builder.h>

#include "libs/base/error.h"
#include "libs/base/log.h"
#include "libs/rpc/service_base.h"

namespace hotline::rpc {

Node::Node(NodeOptions options, runtime::Metrics& metrics, runtime::Health& health, const base::Clock& clock)
    : options_(std::move(options)),
      metrics_(metrics),
      health_(health),
      clock_(clock),
      identity_(std::make_shared<ServiceTokenSource>(options_.key, clock)),
      gate_(std::make_shared<TokenVerifier>(options_.keys, clock), metrics),
      io_(options_.io_threads),
      tasks_(io_.Next()),
      channels_(options_.peers, identity_, options_.tls) {}

absl::StatusOr<std::unique_ptr<Node>> Node::Create(runtime::Process& process, size_t io_threads) {
  const runtime::CommonConfig& common = process.common();
  NodeOptions options;
  HOTLINE_ASSIGN_OR_RETURN(options.keys, KeySet::Load(common.keys_file));
  HOTLINE_ASSIGN_OR_RETURN(options.key, SigningKey::Load(common.service_key_file));
  if (options.key.kid() != "service:" + process.service()) {
    return base::FailedPrecondition("WRONG_SERVICE_KEY", "service_key_file is the key of " + options.key.kid());
  }
  options.listen = common.listen;
  options.peers = common.peers;
  options.tls = common.tls;
  options.reflection = common.reflection;
  options.drain = common.drain;
  options.io_threads = io_threads;
  auto node = std::make_unique<Node>(std::move(options), process.metrics(), process.health(), process.clock());
  for (const auto& [name, peer] : node->channels().all()) {
    process.health().Add("peer:" + name, runtime::Health::Need::kOptional, [peer = peer] { return CheckPeer(peer); });
  }
  return node;
}

Node::~Node() { Stop(); }

absl::Status Node::Start(const std::vector<ServiceBase*>& services) {
  for (const ServiceBase* service : services) service->CheckComplete();
  HOTLINE_ASSIGN_OR_RETURN(auto credentials, MakeServerCredentials(options_.listen, options_.tls));
  grpc::EnableDefaultHealthCheckService(true);
  if (options_.reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options_.listen, credentials, &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxConcurrentStreams);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kMinPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.SetMaxSendMessageSize(kMaxMessageBytes);
  for (ServiceBase* service : services) builder.RegisterService(service);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port == 0) {
    server_.reset();
    return base::Unavailable("CANNOT_LISTEN", "cannot listen on " + options_.listen);
  }
  address_ = options_.listen;
  if (!address_.starts_with("unix:")) address_ = address_.substr(0, address_.rfind(':') + 1) + std::to_string(port);
  health_.OnChange([server = server_.get()](bool serving) { server->GetHealthCheckService()->SetServingStatus(serving); });
  base::log::Info("listening", {{"address", address_}});
  return absl::OkStatus();
}

void Node::Stop() {
  if (server_ != nullptr) {
    health_.OnChange(nullptr);
    server_->Shutdown(absl::ToChronoTime(absl::Now() + options_.drain));
  }
  tasks_.Stop();
  io_.Join();
  server_.reset();
}

absl::Status Node::Serve(runtime::Process& process, const std::vector<ServiceBase*>& services) {
  HOTLINE_RETURN_IF_ERROR(Start(services));
  health_.Start();
  process.WaitForStop();
  Stop();
  health_.Stop();
  return absl::OkStatus();
}

}  // namespace hotline::rpc
