// Connections to the other services. A peer that was killed is back in a second, so reconnecting begins after 100 ms and
// waits at most a second. Thread-safe.
#pragma once

#include <absl/status/status.h>
#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "libs/rpc/auth.h"
#include "libs/runtime/config.h"

namespace hotline::rpc {

inline constexpr int kReconnectMinMs = 100;
inline constexpr int kReconnectMaxMs = 1000;
inline constexpr int kMaxMessageBytes = 8 << 20;
inline constexpr int kMaxMetadataBytes = 32 << 10;
inline constexpr int kKeepaliveTimeMs = 20'000;
inline constexpr int kKeepaliveTimeoutMs = 5'000;

// A service to call, and in whose name. Cheap to copy.
struct Peer {
  std::string name;
  std::shared_ptr<grpc::Channel> channel;
  std::shared_ptr<const ServiceTokenSource> identity;  // may be null: then calls carry no service token
};

// TLS if `tls` is set and the address is not a unix socket.
std::shared_ptr<grpc::Channel> Connect(const std::string& address, const std::optional<runtime::TlsConfig>& tls = std::nullopt);
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(const std::string& address,
                                                                           const std::optional<runtime::TlsConfig>& tls);

class Channels {
 public:
  Channels(const std::map<std::string, std::string>& peers, std::shared_ptr<const ServiceTokenSource> identity,
           const std::optional<runtime::TlsConfig>& tls);

  // Throws std::runtime_error naming the configuration key if the peer is not configured.
  Peer Get(const std::string& name) const;
  const std::map<std::string, Peer>& all() const { return peers_; }

 private:
  std::map<std::string, Peer> peers_;
};

// OK if the channel is connected or idle; asks an idle one to connect.
absl::Status CheckPeer(const Peer& peer);

}  // namespace hotline::rpc
