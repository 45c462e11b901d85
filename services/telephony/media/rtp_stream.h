// One leg's RTP session without any socket: packets in, 20 ms frames out, and the other way round. Holds the jitter
// buffer, concealment, digits both ways and the RTCP figures. Not thread-safe; lives on one media thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/telephony/media/dtmf.h"
#include "services/telephony/media/g711.h"
#include "services/telephony/media/jitter_buffer.h"
#include "services/telephony/media/plc.h"
#include "services/telephony/media/rtcp.h"
#include "services/telephony/media/types.h"

namespace hotline::telephony::media {

struct StreamFormat {
  Law law = Law::kAlaw;             // Sent; both laws are always understood.
  int telephone_event = -1;         // Negotiated payload type, -1 none.
  bool always_detect_in_band = false;  // Otherwise only without telephone-event.
};

struct StreamStats {
  uint64_t packets_in = 0;
  uint64_t packets_out = 0;
  uint64_t malformed = 0;           // Datagrams that were not RTP we understand.
  int64_t lost = 0;                 // By sequence numbers.
  uint64_t concealed_frames = 0;    // Ticks with nothing to play although the stream ran.
  double jitter_ms = 0;
  double round_trip_ms = 0;         // 0 until the peer reports.
  double remote_loss = 0;           // What the peer last reported of our stream, 0..1.
  double remote_jitter_ms = 0;
  JitterStats buffer;
  double in_rms = 0;                // Since the leg was made.
  double out_rms = 0;
};

class RtpStream {
 public:
  using DigitHandler = std::function<void(char, DigitSource)>;
  static constexpr size_t kMaxPacketBytes = 12 + kFrameSamples;

  RtpStream(uint32_t ssrc, std::string cname, JitterOptions jitter, DigitHandler on_digit);

  void SetFormat(const StreamFormat& format);
  const StreamFormat& format() const { return format_; }

  // False when the datagram is not RTP of this session.
  bool ReceiveRtp(const uint8_t* data, size_t bytes, uint64_t arrival_us);
  // False when malformed. `bye` semantics are the signalling's; RTCP BYE only counts.
  bool ReceiveRtcp(const uint8_t* data, size_t bytes, uint64_t unix_us);
  // The audio of this tick; call once per tick, after the packets of the tick.
  void Pull(AudioFrame& frame, uint64_t now_ms);

  // Queues digits the way the peer understands them. False when the queue is full or a digit is not one.
  bool SendDigits(std::string_view digits, int digit_ms, int pause_ms);
  // True while digits are sent as tones: FillTone gives the frame in place of other audio.
  bool tone_active() const { return tone_sender_.active(); }
  void FillTone(int16_t* frame) { tone_sender_.Fill(frame); }
  // Writes this tick's packet, audio or event, and returns its length. Call once per tick with `sending`, or Skip.
  size_t MakePacket(const uint8_t* coded, uint8_t* out);
  void SkipPacket();

  std::vector<uint8_t> MakeReport(uint64_t unix_us, bool bye);
  StreamStats Stats() const;
  uint32_t ssrc() const { return ssrc_; }
  uint64_t packets_in() const { return packets_in_; }
  // See prefetch.h.
  const void* cold() const { return buffer_.ring(); }
  void PrefetchPointees() const {
    buffer_.PrefetchFrame();
    Prefetch(&concealer_, 1);  // Its history is only written to.
    if (detector_) Prefetch(detector_.get(), sizeof *detector_);
  }

 private:
  void Conceal(AudioFrame& frame, bool lost);
  void TakeFrame(const JitterBuffer::Frame& raw, AudioFrame& frame);
  void ReportDigit(char digit, DigitSource source);
  void UpdateDetector();

  const uint32_t ssrc_;
  const std::string cname_;
  DigitHandler on_digit_;
  StreamFormat format_;
  TelephoneEventReceiver event_receiver_;
  TelephoneEventSender event_sender_;
  ToneDigitSender tone_sender_;
  std::unique_ptr<InBandDetector> detector_;
  DigitJoiner joiner_;
  ReceptionStats reception_;
  LevelMeter in_meter_, out_meter_;
  uint64_t now_ms_ = 0;
  uint64_t event_at_ms_ = 0;   // When the last telephone-event came.
  bool running_ = false;       // Audio has been played out since the stream began.
  uint64_t packets_in_ = 0;
  uint64_t malformed_ = 0;
  uint64_t concealed_ = 0;
  uint16_t sequence_;
  uint32_t timestamp_;
  bool marker_ = true;         // The next audio packet begins a talkspurt (RFC 3551 section 4.1).
  uint32_t packets_out_ = 0;
  uint32_t octets_out_ = 0;
  uint32_t packets_at_report_ = 0;
  uint32_t last_sr_ = 0;
  uint64_t last_sr_at_us_ = 0;
  double round_trip_ms_ = 0;
  double remote_loss_ = 0;
  double remote_jitter_ms_ = 0;
  JitterBuffer buffer_;      // These two last, see prefetch.h.
  LossConcealer concealer_;
};

}  // namespace hotline::telephony::media
