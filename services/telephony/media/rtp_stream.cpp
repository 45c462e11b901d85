#include "services/telephony/media/rtp_stream.h"

#include <algorithm>

#include "services/telephony/media/limits.h"
#include "services/telephony/media/rtp_packet.h"

namespace hotline::telephony::media {
namespace {
constexpr uint64_t kEventGraceMs = 300;  // Longer than any play-out delay.
}  // namespace

RtpStream::RtpStream(uint32_t ssrc, std::string cname, JitterOptions jitter, DigitHandler on_digit)
    : ssrc_(ssrc),
      cname_(std::move(cname)),
      on_digit_(std::move(on_digit)),
      sequence_(static_cast<uint16_t>(ssrc * 2654435761u >> 17)),  // Below 32768, as SRTP wants of a first sequence number.
      timestamp_(ssrc * 40503u),
      buffer_(jitter) {
  UpdateDetector();
}

void RtpStream::SetFormat(const StreamFormat& format) {
  format_ = format;
  UpdateDetector();
}

void RtpStream::UpdateDetector() {
  const bool wanted = format_.telephone_event < 0 || format_.always_detect_in_band;
  if (wanted && !detector_) {
    detector_ = std::make_unique<InBandDetector>([this](char digit) { ReportDigit(digit, DigitSource::kInBand); });
  } else if (!wanted) {
    detector_.reset();
  }
}

void RtpStream::ReportDigit(char digit, DigitSource source) {
  if (joiner_.Accept(digit, source, now_ms_) && on_digit_) on_digit_(digit, source);
}

bool RtpStream::ReceiveRtp(const uint8_t* data, size_t bytes, uint64_t arrival_us) {
  const auto packet = ParseRtp(data, bytes);
  if (!packet || packet->payload_bytes > kMaxAudioPayloadBytes) {
    ++malformed_;
    return false;
  }
  const int type = packet->header.payload_type;
  const bool audio = type == static_cast<int>(Law::kAlaw) || type == static_cast<int>(Law::kUlaw);
  const bool event = type == format_.telephone_event;
  ++packets_in_;
  reception_.Packet(packet->header.ssrc, packet->header.sequence, packet->header.timestamp, arrival_us);
  if (event) {
    event_at_ms_ = now_ms_;
    if (auto digit = event_receiver_.Receive(*packet)) ReportDigit(*digit, DigitSource::kTelephoneEvent);
  } else if (audio) {
    buffer_.Put(packet->header.ssrc, packet->header.timestamp, static_cast<Law>(type), packet->payload, packet->payload_bytes);
  }
  // Other types (comfort noise, codecs not agreed) count as signs of life and nothing else.
  return true;
}

bool RtpStream::ReceiveRtcp(const uint8_t* data, size_t bytes, uint64_t unix_us) {
  const auto received = ParseRtcp(data, bytes, ssrc_);
  if (!received) {
    ++malformed_;
    return false;
  }
  if (received->sr_ntp_middle) {
    last_sr_ = *received->sr_ntp_middle;
    last_sr_at_us_ = unix_us;
  }
  if (received->about_us) {
    remote_loss_ = received->about_us->fraction_lost / 256.0;
    remote_jitter_ms_ = received->about_us->jitter / (kSampleRate / 1000.0);
    if (received->about_us->last_sr != 0) {  // RFC 3550 section 6.4.1: round trip = now - LSR - DLSR.
      const uint32_t now = NtpMiddle(NtpOfUnixMicros(unix_us));
      const int32_t trip = static_cast<int32_t>(now - received->about_us->last_sr - received->about_us->delay_since_last_sr);
      round_trip_ms_ = std::max(0, trip) * 1000.0 / 65536.0;
    }
  }
  return true;
}

void RtpStream::Conceal(AudioFrame& frame, bool lost) {
  if (!running_) {
    frame.pcm.fill(0);
    frame.silent = true;
    frame.coded_valid = false;
    return;
  }
  concealer_.Conceal(frame.pcm.data());
  // While a peer sends a digit as events it sends no audio; nothing is lost then.
  if (lost && now_ms_ > event_at_ms_ + kEventGraceMs) ++concealed_;
  frame.coded_valid = false;
  frame.silent = concealer_.faded();
}

void RtpStream::TakeFrame(const JitterBuffer::Frame& raw, AudioFrame& frame) {
  std::copy_n(raw.bytes.data(), kFrameSamples, frame.coded.data());
  frame.law = raw.law;
  FillPcm(frame);
  frame.coded_valid = !concealer_.Good(frame.pcm.data());
  frame.silent = false;
  running_ = true;
}

void RtpStream::Pull(AudioFrame& frame, uint64_t now_ms) {
  now_ms_ = now_ms;
  JitterBuffer::Frame raw;
  switch (buffer_.Pull(raw)) {
    case JitterBuffer::Result::kFull:
      TakeFrame(raw, frame);
      break;
    case JitterBuffer::Result::kBlended: {
      int16_t two[2 * kFrameSamples];
      DecodeG711(raw.law, raw.bytes.data(), 2 * kFrameSamples, two);
      LossConcealer::Blend(two, two + kFrameSamples, frame.pcm.data());
      (void)concealer_.Good(frame.pcm.data());
      frame.coded_valid = false;
      frame.silent = false;
      running_ = true;
      break;
    }
    case JitterBuffer::Result::kPartial: {
      int16_t substitute[kFrameSamples];
      concealer_.Conceal(substitute);
      DecodeG711(raw.law, raw.bytes.data(), kFrameSamples, frame.pcm.data());
      for (int i = 0; i < kFrameSamples; ++i) {
        if (raw.missing[static_cast<size_t>(i / 8)]) frame.pcm[static_cast<size_t>(i)] = substitute[i];
      }
      (void)concealer_.Good(frame.pcm.data());
      ++concealed_;
      frame.coded_valid = false;
      frame.silent = false;
      running_ = true;
      break;
    }
    case JitterBuffer::Result::kMissing:
      Conceal(frame, true);
      break;
    case JitterBuffer::Result::kStretch:
    case JitterBuffer::Result::kIdle:
      Conceal(frame, false);
      break;
  }
  if (!frame.silent) in_meter_.Add(EnergyOfPcm(frame.pcm.data(), kFrameSamples), kFrameSamples);
  if (detector_ && running_) detector_->Feed(frame.pcm.data(), kFrameSamples);
}

bool RtpStream::SendDigits(std::string_view digits, int digit_ms, int pause_ms) {
  return format_.telephone_event >= 0 ? event_sender_.Queue(digits, digit_ms, pause_ms)
                                      : tone_sender_.Queue(digits, digit_ms, pause_ms);
}

size_t RtpStream::MakePacket(const uint8_t* coded, uint8_t* out) {
  RtpHeader header;
  header.ssrc = ssrc_;
  header.timestamp = timestamp_;
  header.sequence = sequence_++;
  timestamp_ += kFrameSamples;
  size_t payload = kFrameSamples;
  std::optional<TelephoneEventSender::Packet> event;
  if (event_sender_.active()) event = event_sender_.Tick(header.timestamp);
  if (event) {
    header.marker = event->marker;
    header.timestamp = event->timestamp;
    header.payload_type = static_cast<uint8_t>(format_.telephone_event);
    payload = sizeof event->payload;
    std::copy_n(event->payload, payload, out + kRtpHeaderBytes);
    marker_ = true;
  } else {
    header.marker = marker_;
    header.payload_type = static_cast<uint8_t>(format_.law);
    std::copy_n(coded, payload, out + kRtpHeaderBytes);
    marker_ = false;
    out_meter_.Add(EnergyOfG711(format_.law, coded, kFrameSamples), kFrameSamples);
  }
  WriteRtpHeader(header, out);
  ++packets_out_;
  octets_out_ += static_cast<uint32_t>(payload);
  return kRtpHeaderBytes + payload;
}

void RtpStream::SkipPacket() {
  timestamp_ += kFrameSamples;
  marker_ = true;
}

std::vector<uint8_t> RtpStream::MakeReport(uint64_t unix_us, bool bye) {
  RtcpReport report;
  report.ssrc = ssrc_;
  report.cname = cname_;
  report.bye = bye;
  if (packets_out_ != packets_at_report_) {  // RFC 3550 section 6.4: an SR only from those who sent since the last one.
    report.sender = SenderInfo{NtpOfUnixMicros(unix_us), timestamp_, packets_out_, octets_out_};
    packets_at_report_ = packets_out_;
  }
  report.block = reception_.TakeBlock();
  if (last_sr_at_us_ != 0) {
    report.last_sr = last_sr_;
    const uint64_t elapsed = unix_us > last_sr_at_us_ ? unix_us - last_sr_at_us_ : 0;
    report.delay_since_last_sr = static_cast<uint32_t>(elapsed * 65536 / 1'000'000);
  }
  return EncodeRtcp(report);
}

StreamStats RtpStream::Stats() const {
  StreamStats stats;
  stats.packets_in = packets_in_;
  stats.packets_out = packets_out_;
  stats.malformed = malformed_;
  stats.lost = std::max<int64_t>(0, reception_.lost());
  stats.concealed_frames = concealed_;
  stats.jitter_ms = reception_.jitter_ms();
  stats.round_trip_ms = round_trip_ms_;
  stats.remote_loss = remote_loss_;
  stats.remote_jitter_ms = remote_jitter_ms_;
  stats.buffer = buffer_.stats();
  stats.in_rms = in_meter_.Rms();
  stats.out_rms = out_meter_.Rms();
  return stats;
}

}  // namespace hotline::telephony::media
