// A browser's media: ICE-lite (RFC 8445), DTLS-SRTP (RFC 5763, 5764) and rtcp-mux on one UDP port. With ICE-lite remote
// candidates do not matter: media goes to where an authenticated check came from. Uses libre and therefore lives on one
// media thread; a connected one can change threads, since then it has no running timer.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "services/telephony/media/certificate.h"
#include "services/telephony/media/port_pool.h"
#include "services/telephony/media/transport.h"

struct dtls_sock;
struct mbuf;
struct sa;
struct srtp;
struct tls;
struct tls_conn;
struct udp_sock;

namespace hotline::telephony::media {

// The DTLS context of one media thread.
class DtlsContext {
 public:
  static absl::StatusOr<std::unique_ptr<DtlsContext>> Make(const Certificate& certificate);
  ~DtlsContext();
  DtlsContext(const DtlsContext&) = delete;
  DtlsContext& operator=(const DtlsContext&) = delete;
  ::tls* get() const { return tls_; }
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  DtlsContext() = default;
  ::tls* tls_ = nullptr;
  std::string fingerprint_;
};

struct WebTransportOptions {
  std::string bind_address = "0.0.0.0";
  std::array<uint8_t, 32> peer_fingerprint{};
  std::string peer_ufrag;
  int connect_timeout_ms = 15'000;   // From creation to a working DTLS session.
  int consent_timeout_ms = 10'000;   // Without an authenticated check (RFC 7675 asks for 30 s at most; browsers check every 2.5 s).
};

class WebTransport final : public Transport {
 public:
  // On the media thread. `pool` gives the port; PORTS_EXHAUSTED or DTLS_SETUP_FAILED.
  static absl::StatusOr<std::unique_ptr<WebTransport>> Make(WebTransportOptions options, ::tls* tls, std::shared_ptr<PortPool> pool,
                                                            uint64_t now_ms);
  ~WebTransport() override;
  WebTransport(const WebTransport&) = delete;
  WebTransport& operator=(const WebTransport&) = delete;

  uint16_t port() const { return port_; }
  const std::string& ufrag() const { return ufrag_; }
  const std::string& pwd() const { return pwd_; }

  void SetSink(TransportSink* sink) override { sink_ = sink; }
  int Attach() override;
  void Detach() override;
  bool Movable() const override { return state_ != State::kConnecting; }
  void Poll(uint64_t now_ms, PacketCounters& counters) override;
  void Slow(uint64_t now_ms, PacketCounters& counters) override;
  bool CanSend() const override { return state_ == State::kConnected; }
  void SendRtp(const uint8_t* data, size_t bytes, PacketCounters& counters) override;
  void SendRtcp(const uint8_t* data, size_t bytes, PacketCounters& counters) override;

 private:
  enum class State : uint8_t { kConnecting, kConnected, kLost };
  struct Peer;  // libre's socket address, hidden so that this header needs no re.h.

  WebTransport(WebTransportOptions options, ::tls* tls, std::shared_ptr<PortPool> pool, uint64_t now_ms);
  absl::Status Open();
  void OnDatagram(const sa* source, mbuf* packet);
  void OnStun(const sa* source, mbuf* packet);
  void OnCheck(const sa* source, bool nominated);
  void OnDtlsStart(const sa* source);
  void OnDtlsUp();
  void Lose(WebLostReason reason);
  void Send(const uint8_t* data, size_t bytes, bool rtcp, PacketCounters& counters);

  WebTransportOptions options_;
  ::tls* tls_;
  std::shared_ptr<PortPool> pool_;
  TransportSink* sink_ = nullptr;
  State state_ = State::kConnecting;
  uint16_t port_ = 0;
  std::string ufrag_, pwd_;
  ::udp_sock* socket_ = nullptr;
  ::dtls_sock* dtls_ = nullptr;
  ::tls_conn* connection_ = nullptr;
  ::srtp* outgoing_ = nullptr;
  ::srtp* incoming_ = nullptr;
  ::mbuf* buffer_ = nullptr;
  std::unique_ptr<Peer> peer_;
  uint64_t created_ms_ = 0;
  uint64_t now_ms_ = 0;        // As of the last tick.
  uint64_t last_check_ms_ = 0;
  uint64_t strangers_ = 0;
  uint64_t received_ = 0;
};

}  // namespace hotline::telephony::media
