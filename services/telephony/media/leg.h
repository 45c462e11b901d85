// One party's media on a media thread: transport, RTP session, what is played to it and what is recorded of it.
// Not thread-safe; a leg lives on one media thread, and only Detach/Attach hand it to another.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/inlined_vector.h>
#include <absl/status/status.h>

#include "services/telephony/media/events.h"
#include "services/telephony/media/limits.h"
#include "services/telephony/media/playlist.h"
#include "services/telephony/media/recorder.h"
#include "services/telephony/media/rtp_stream.h"
#include "services/telephony/media/transport.h"

namespace hotline::telephony::media {

struct Bridge;

struct LegStats {
  StreamStats stream;
  uint64_t strangers = 0;    // Datagrams refused: wrong source (until one is latched), not authentic, not RTP.
  uint64_t send_errors = 0;
  bool can_send = false;     // The remote is known, or the browser connected.
  int thread = 0;            // Index of the media thread.
};

struct LegOptions {
  JitterOptions jitter;
  StreamFormat format;
  int rtp_timeout_ms = 30'000;  // 0 never.
  bool send = true;
  bool receive = true;
};

class Leg final : public TransportSink {
 public:
  Leg(LegId id, uint32_t ssrc, LegOptions options, std::unique_ptr<Transport> transport, std::shared_ptr<const EventSink> events,
      RecordingWriter& writer, uint64_t now_ms);
  ~Leg() override;

  LegId id() const { return id_; }
  Transport& transport() { return *transport_; }
  const AudioFrame& heard() const { return rx_; }    // What the leg said in this tick.
  AudioFrame& from_bridge() { return mix_; }         // What its bridge has for it in this tick.

  // The bridge it is in and its place there; kept by the media thread.
  Bridge* bridge = nullptr;
  size_t bridge_index = 0;
  size_t slot = 0;  // Place in the thread's list of legs.

  // See prefetch.h: to be called in this order in the three turns before Receive.
  void PrefetchSelf() const;
  void PrefetchPointees() const;
  void PrefetchTails() const;

  void Configure(const StreamFormat& format, bool send, bool receive, uint64_t now_ms);
  void Receive(uint64_t now_ms, PacketCounters& counters);
  void Transmit(PacketCounters& counters);
  void Slow(uint64_t now_ms, PacketCounters& counters);
  // Ends plays and recordings and says goodbye by RTCP.
  void Close(PacketCounters& counters);

  void Play(PlayId play, Playlist playlist);
  void StopPlay(PlayId play);  // Zero stops whatever plays.
  absl::Status SendDigits(std::string_view digits, int digit_ms, int pause_ms);
  absl::Status StartRecording(RecordingId recording, RecordingOptions options);
  absl::Status StopRecording(RecordingId recording);
  LegStats Stats() const;
  size_t recordings() const { return recordings_.size(); }

  void OnRtp(const uint8_t* data, size_t bytes, uint64_t arrival_us) override;
  void OnRtcp(const uint8_t* data, size_t bytes, uint64_t arrival_us) override;
  void OnConnected() override;
  void OnLost(WebLostReason reason) override;

 private:
  void EndPlay(PlayEnd end);
  void EndRecording(size_t index, RecordingEnd end);
  bool TakePlayed(const uint8_t** coded, const uint8_t** alaw);
  void Record(const uint8_t* heard_alaw);

  const LegId id_;
  std::unique_ptr<Transport> transport_;
  std::shared_ptr<const EventSink> events_;
  RecordingWriter& writer_;
  LegOptions options_;
  Player player_;
  PlayId play_id_;
  absl::InlinedVector<std::unique_ptr<Recording>, kMaxRecordingsPerLeg> recordings_;
  PacketCounters own_;
  uint64_t last_rtp_ms_;
  uint64_t now_ms_;
  bool timed_out_ = false;
  uint64_t packets_seen_ = 0;
  uint64_t next_report_ms_;
  AudioFrame rx_;
  RtpStream stream_;
  AudioFrame mix_;
};

}  // namespace hotline::telephony::media
