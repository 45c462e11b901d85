// Recordings as audio: bytes of telephony's recordings with ranges, and tickets that open one recording without a token.
//
// A ticket is the user's token, the recording and an end in a sealed box, whose key comes from the gateway's own signing key:
// replicas open each other's, nobody else does, and telephony is asked with the user's own rights. Used on the executor of the
// gateway.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "hotline/telephony/v1/telephony.grpc.pb.h"
#include "libs/rpc/client.h"
#include "services/gateway/domain/range.h"
#include "services/gateway/rest/rest_api.h"

namespace hotline::gateway {

inline constexpr absl::Duration kAudioTicketLife = absl::Minutes(5);
inline constexpr size_t kMaxAudioTicketBytes = 8 << 10;
inline constexpr absl::Duration kFirstPieceTimeout = absl::Seconds(10);

// Seals and opens tickets. Constant, thread-safe.
class TicketBox {
 public:
  explicit TicketBox(const rpc::SigningKey& key);
  std::string Seal(const std::string& recording_id, const std::string& token, absl::Time until) const;
  // The token within. UNAUTHENTICATED TICKET_INVALID for a forged, expired or another recording's ticket.
  absl::StatusOr<std::string> Open(const std::string& ticket, const std::string& recording_id, absl::Time now) const;

 private:
  std::array<uint8_t, 32> key_;
};

class Recordings {
 public:
  Recordings(rpc::Node& node, RestApi& rest, Authenticator& authenticator, const rpc::SigningKey& key);

  // Whether the path is one of ours.
  static bool Handles(std::string_view path);
  asio::awaitable<Response> Handle(const Request& request);

 private:
  using Calls = rpc::Client<telephony::v1::CallService>;
  asio::awaitable<Response> Audio(const Request& request, std::string recording_id);
  asio::awaitable<Response> MakeTicket(const Request& request, std::string recording_id);
  asio::awaitable<absl::StatusOr<Caller>> Admit(const Request& request, const std::string& recording_id);
  asio::awaitable<absl::StatusOr<int64_t>> SizeOf(const rpc::Context& context, const std::string& recording_id);
  asio::awaitable<Response> Read(const Request& request, std::shared_ptr<rpc::Context> context, std::string recording_id);

  rpc::Node& node_;
  RestApi& rest_;
  Authenticator& authenticator_;
  const TicketBox box_;
  std::optional<Calls> calls_;
  const access::v1::Access access_;
};

}  // namespace hotline::gateway
