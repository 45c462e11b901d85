#include "services/telephony/media/web_transport.h"

#include <cerrno>
#include <cstring>
#include <ctime>

#include "services/telephony/media/errors.h"
#include "services/telephony/media/libre.h"
#include "services/telephony/media/limits.h"
#include "services/telephony/media/rtp_packet.h"
#include "services/telephony/media/wall_time.h"
#include "services/telephony/media/web_sdp.h"

namespace hotline::telephony::media {
namespace {

constexpr size_t kHeadroom = 16;           // For libre's helpers in front of the packet.
constexpr size_t kSrtpRoom = 32;           // Tag and SRTCP index behind it.
constexpr size_t kMasterKeyBytes = 30;     // AES-128 key and salt (RFC 3711 section 8.2).
constexpr uint32_t kDtlsBuckets = 4;
constexpr int kDtlsLayer = 4;
constexpr int kUfragChars = 8;
constexpr int kPwdChars = 32;

std::string Random(int chars) {
  std::string text(static_cast<size_t>(chars) + 1, '\0');
  rand_str(text.data(), text.size());
  text.pop_back();
  return text;
}

}  // namespace

struct WebTransport::Peer {
  struct sa address;
  bool known = false;
};

absl::StatusOr<std::unique_ptr<DtlsContext>> DtlsContext::Make(const Certificate& certificate) {
  std::unique_ptr<DtlsContext> context(new DtlsContext);
  int err = tls_alloc(&context->tls_, TLS_METHOD_DTLS, nullptr, nullptr);
  if (err == 0) {
    err = tls_set_certificate_pem(context->tls_, certificate.cert_pem.data(), certificate.cert_pem.size(), certificate.key_pem.data(),
                                  certificate.key_pem.size());
  }
  if (err == 0) {
    tls_set_verify_client(context->tls_);  // Without it no client certificate is asked for and there is nothing to compare.
    err = tls_set_srtp(context->tls_, "SRTP_AES128_CM_SHA1_80");
  }
  std::array<uint8_t, 32> digest{};
  if (err == 0) err = tls_fingerprint(context->tls_, TLS_FINGERPRINT_SHA256, digest.data(), digest.size());
  if (err != 0) return DtlsSetupError(std::strerror(err));
  context->fingerprint_ = FingerprintText(digest);
  return context;
}

DtlsContext::~DtlsContext() { mem_deref(tls_); }

WebTransport::WebTransport(WebTransportOptions options, ::tls* tls, std::shared_ptr<PortPool> pool, uint64_t now_ms)
    : options_(std::move(options)),
      tls_(tls),
      pool_(std::move(pool)),
      ufrag_(Random(kUfragChars)),
      pwd_(Random(kPwdChars)),
      peer_(std::make_unique<Peer>()),
      created_ms_(now_ms),
      now_ms_(now_ms),
      last_check_ms_(now_ms) {}

WebTransport::~WebTransport() {
  mem_deref(connection_);  // Sends close_notify.
  mem_deref(dtls_);
  mem_deref(socket_);
  mem_deref(outgoing_);
  mem_deref(incoming_);
  mem_deref(buffer_);
  if (port_ != 0) pool_->Give(port_);
}

absl::StatusOr<std::unique_ptr<WebTransport>> WebTransport::Make(WebTransportOptions options, ::tls* tls, std::shared_ptr<PortPool> pool,
                                                                 uint64_t now_ms) {
  std::unique_ptr<WebTransport> transport(new WebTransport(std::move(options), tls, std::move(pool), now_ms));
  if (absl::Status status = transport->Open(); !status.ok()) return status;
  return transport;
}

absl::Status WebTransport::Open() {
  const auto on_datagram = [](const sa* source, mbuf* packet, void* arg) { static_cast<WebTransport*>(arg)->OnDatagram(source, packet); };
  const auto on_start = [](const sa* source, void* arg) { static_cast<WebTransport*>(arg)->OnDtlsStart(source); };
  struct sa local;
  if (sa_set_str(&local, options_.bind_address.c_str(), 0) != 0) return InvalidMediaError("bind_address", "not an address");
  std::vector<uint16_t> foreign;
  for (size_t i = 0; i < pool_->capacity() && socket_ == nullptr; ++i) {
    auto port = pool_->Take();
    if (!port.ok()) break;
    sa_set_port(&local, *port);
    if (udp_listen(&socket_, &local, on_datagram, this) == 0) {
      port_ = *port;
    } else {
      foreign.push_back(*port);
    }
  }
  for (uint16_t port : foreign) pool_->Give(port);
  if (socket_ == nullptr) return PortsExhaustedError();
  udp_rxsz_set(socket_, 2048);
  const int err = dtls_listen(&dtls_, nullptr, socket_, kDtlsBuckets, kDtlsLayer, on_start, this);
  buffer_ = mbuf_alloc(kHeadroom + kMaxDatagramBytes + kSrtpRoom);
  if (err != 0 || buffer_ == nullptr) return DtlsSetupError(std::strerror(err != 0 ? err : ENOMEM));
  return absl::OkStatus();
}

int WebTransport::Attach() { return udp_thread_attach(socket_); }

void WebTransport::Detach() { udp_thread_detach(socket_); }

void WebTransport::Lose(WebLostReason reason) {
  if (state_ == State::kLost) return;
  state_ = State::kLost;
  sink_->OnLost(reason);
}

void WebTransport::OnCheck(const sa* source, bool nominated) {
  last_check_ms_ = now_ms_;
  if (peer_->known && !nominated) return;
  if (peer_->known && sa_cmp(&peer_->address, source, SA_ALL)) return;
  peer_->address = *source;
  peer_->known = true;
  if (connection_ != nullptr) dtls_set_peer(connection_, source);
}

void WebTransport::OnStun(const sa* source, mbuf* packet) {
  stun_msg* message = nullptr;
  stun_unknown_attr unknown;
  if (stun_msg_decode(&message, packet, &unknown) != 0) {
    ++strangers_;
    return;
  }
  const auto* key = reinterpret_cast<const uint8_t*>(pwd_.data());
  if (stun_msg_method(message) == STUN_METHOD_BINDING && stun_msg_class(message) == STUN_CLASS_REQUEST) {
    const stun_attr* user = stun_msg_attr(message, STUN_ATTR_USERNAME);
    const std::string expected = ufrag_ + ":" + options_.peer_ufrag;
    // RFC 8445 section 7.3: fingerprint, both fragments of the user name and the integrity must be right.
    const bool authentic = user != nullptr && expected == user->v.username && stun_msg_chk_fingerprint(message) == 0 &&
                           stun_msg_chk_mi(message, key, pwd_.size()) == 0;
    if (authentic) {
      (void)stun_reply(IPPROTO_UDP, socket_, source, 0, message, key, pwd_.size(), true, 1, STUN_ATTR_XOR_MAPPED_ADDR, source);
      OnCheck(source, stun_msg_attr(message, STUN_ATTR_USE_CAND) != nullptr);
    } else {
      ++strangers_;
      (void)stun_ereply(IPPROTO_UDP, socket_, source, 0, message, 401, "Unauthorized", nullptr, 0, true, 0);
    }
  }
  mem_deref(message);
}

void WebTransport::OnDtlsStart(const sa* source) {
  // Only the peer that passed an ICE check may begin a handshake, once.
  if (connection_ != nullptr || state_ != State::kConnecting || !peer_->known || !sa_cmp(&peer_->address, source, SA_ALL)) {
    ++strangers_;
    return;
  }
  const auto on_up = [](void* arg) { static_cast<WebTransport*>(arg)->OnDtlsUp(); };
  const auto on_close = [](int, void* arg) {
    auto* self = static_cast<WebTransport*>(arg);
    self->Lose(self->state_ == State::kConnected ? WebLostReason::kClosedByPeer : WebLostReason::kDtlsFailed);
  };
  if (dtls_accept(&connection_, tls_, dtls_, on_up, nullptr, on_close, this) != 0) {
    connection_ = nullptr;
    Lose(WebLostReason::kDtlsFailed);
  }
}

void WebTransport::OnDtlsUp() {
  std::array<uint8_t, 32> digest{};
  if (tls_peer_fingerprint(connection_, TLS_FINGERPRINT_SHA256, digest.data(), digest.size()) != 0 || digest != options_.peer_fingerprint) {
    return Lose(WebLostReason::kFingerprintMismatch);
  }
  enum srtp_suite suite;
  uint8_t client[kMasterKeyBytes], server[kMasterKeyBytes];
  if (tls_srtp_keyinfo(connection_, &suite, client, sizeof client, server, sizeof server) != 0 ||
      srtp_alloc(&outgoing_, suite, server, sizeof server, 0) != 0 || srtp_alloc(&incoming_, suite, client, sizeof client, 0) != 0) {
    return Lose(WebLostReason::kDtlsFailed);
  }
  state_ = State::kConnected;
  sink_->OnConnected();
}

void WebTransport::OnDatagram(const sa* source, mbuf* packet) {
  if (mbuf_get_left(packet) < 8) return;
  const uint8_t first = mbuf_buf(packet)[0];
  if (first < 4) return OnStun(source, packet);  // RFC 7983: 0..3 STUN, 20..63 DTLS (taken by libre), 128..191 RTP.
  if (first < 128 || first > 191 || incoming_ == nullptr || !peer_->known || !sa_cmp(&peer_->address, source, SA_ALL)) {
    ++strangers_;
    return;
  }
  const bool rtcp = LooksLikeRtcp(mbuf_buf(packet), mbuf_get_left(packet));
  const int err = rtcp ? srtcp_decrypt(incoming_, packet) : srtp_decrypt(incoming_, packet);
  if (err != 0) {
    ++strangers_;
    return;
  }
  ++received_;
  if (rtcp) {
    sink_->OnRtcp(mbuf_buf(packet), mbuf_get_left(packet), UnixMicros());
  } else {
    sink_->OnRtp(mbuf_buf(packet), mbuf_get_left(packet), UnixMicros());
  }
}

void WebTransport::Poll(uint64_t now_ms, PacketCounters& counters) {
  now_ms_ = now_ms;
  counters.in += std::exchange(received_, 0);
  counters.strangers += std::exchange(strangers_, 0);
}

void WebTransport::Slow(uint64_t now_ms, PacketCounters&) {
  if (state_ == State::kConnecting && now_ms - created_ms_ > static_cast<uint64_t>(options_.connect_timeout_ms)) {
    Lose(WebLostReason::kConnectTimeout);
  } else if (state_ == State::kConnected && now_ms - last_check_ms_ > static_cast<uint64_t>(options_.consent_timeout_ms)) {
    Lose(WebLostReason::kConsentExpired);
  }
}

void WebTransport::Send(const uint8_t* data, size_t bytes, bool rtcp, PacketCounters& counters) {
  if (state_ != State::kConnected || bytes > kMaxDatagramBytes) return;
  buffer_->pos = buffer_->end = kHeadroom;
  int err = mbuf_write_mem(buffer_, data, bytes);
  buffer_->pos = kHeadroom;
  if (err == 0) err = rtcp ? srtcp_encrypt(outgoing_, buffer_) : srtp_encrypt(outgoing_, buffer_);
  if (err == 0) err = udp_send(socket_, &peer_->address, buffer_);
  ++(err == 0 ? counters.out : counters.send_errors);
}

void WebTransport::SendRtp(const uint8_t* data, size_t bytes, PacketCounters& counters) { Send(data, bytes, false, counters); }
void WebTransport::SendRtcp(const uint8_t* data, size_t bytes, PacketCounters& counters) { Send(data, bytes, true, counters); }

}  // namespace hotline::telephony::media
