#include "libs/rpc/channels.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <stdexcept>

#include "libs/base/error.h"
#include "libs/base/json_reader.h"

namespace hotline::rpc {
namespace {

constexpr size_t kMaxPemBytes = 256 << 10;

bool IsLocal(const std::string& address) { return address.starts_with("unix:"); }

struct Pem {
  std::string certificate, key, ca;
};

absl::StatusOr<Pem> ReadPem(const runtime::TlsConfig& tls) {
  Pem pem;
  HOTLINE_ASSIGN_OR_RETURN(pem.certificate, base::ReadFile(tls.certificate_file, kMaxPemBytes));
  HOTLINE_ASSIGN_OR_RETURN(pem.key, base::ReadFile(tls.key_file, kMaxPemBytes));
  HOTLINE_ASSIGN_OR_RETURN(pem.ca, base::ReadFile(tls.ca_file, kMaxPemBytes));
  return pem;
}

}  // namespace

std::shared_ptr<grpc::Channel> Connect(const std::string& address, const std::optional<runtime::TlsConfig>& tls) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMinMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kReconnectMinMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMaxMs);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (tls.has_value() && !IsLocal(address)) {
    const auto pem = ReadPem(*tls);
    if (!pem.ok()) throw std::runtime_error("tls: " + std::string(pem.status().message()));
    credentials = grpc::SslCredentials({pem->ca, pem->key, pem->certificate});
  }
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(const std::string& address,
                                                                           const std::optional<runtime::TlsConfig>& tls) {
  if (!tls.has_value() || IsLocal(address)) return grpc::InsecureServerCredentials();
  HOTLINE_ASSIGN_OR_RETURN(const Pem pem, ReadPem(*tls));
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = pem.ca;
  options.pem_key_cert_pairs.push_back({pem.key, pem.certificate});
  return grpc::SslServerCredentials(options);
}

Channels::Channels(const std::map<std::string, std::string>& peers, std::shared_ptr<const ServiceTokenSource> identity,
                   const std::optional<runtime::TlsConfig>& tls) {
  for (const auto& [name, address] : peers) peers_[name] = {name, Connect(address, tls), identity};
}

Peer Channels::Get(const std::string& name) const {
  const auto it = peers_.find(name);
  if (it == peers_.end()) throw std::runtime_error("the configuration has no address in peers." + name);
  return it->second;
}

absl::Status CheckPeer(const Peer& peer) {
  const auto state = peer.channel->GetState(/*try_to_connect=*/true);
  if (state == GRPC_CHANNEL_READY || state == GRPC_CHANNEL_IDLE) return absl::OkStatus();
  return base::Unavailable("PEER_DOWN", "not connected to " + peer.name);
}

}  // namespace hotline::rpc
