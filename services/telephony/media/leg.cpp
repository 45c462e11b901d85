#include "services/telephony/media/leg.h"

#include <ctime>

#include <absl/strings/str_cat.h>

#include "services/telephony/media/errors.h"
#include "services/telephony/media/g711.h"
#include "services/telephony/media/limits.h"
#include "services/telephony/media/mixer.h"
#include "services/telephony/media/wall_time.h"

namespace hotline::telephony::media {
namespace {

constexpr uint64_t kReportMs = 5000;  // RFC 3550 section 6.2: five seconds, spread over half to one and a half of it.
constexpr uint64_t kFirstReportMs = 1000;

struct SilenceFrames {
  std::array<uint8_t, kFrameSamples> alaw, ulaw;
  SilenceFrames() {
    alaw.fill(kAlawSilence);
    ulaw.fill(kUlawSilence);
  }
};
const uint8_t* Silence(Law law) {
  static const SilenceFrames frames;
  return law == Law::kAlaw ? frames.alaw.data() : frames.ulaw.data();
}

}  // namespace

Leg::Leg(LegId id, uint32_t ssrc, LegOptions options, std::unique_ptr<Transport> transport, std::shared_ptr<const EventSink> events,
         RecordingWriter& writer, uint64_t now_ms)
    : id_(id),
      transport_(std::move(transport)),
      events_(std::move(events)),
      writer_(writer),
      options_(options),
      last_rtp_ms_(now_ms),
      now_ms_(now_ms),
      next_report_ms_(now_ms + kFirstReportMs),
      stream_(ssrc, absl::StrCat("hotline-", ssrc), options.jitter,
              [this](char digit, DigitSource source) { events_->Emit(DigitEvent{id_, digit, source}); }) {
  stream_.SetFormat(options.format);
  transport_->SetSink(this);
}

Leg::~Leg() = default;

void Leg::PrefetchSelf() const {
  Prefetch(this, static_cast<size_t>(static_cast<const char*>(stream_.cold()) - reinterpret_cast<const char*>(this)));
}

void Leg::PrefetchPointees() const {
  constexpr size_t kTransportBytes = 2 * kCacheLineBytes;
  Prefetch(transport_.get(), kTransportBytes);
  stream_.PrefetchPointees();
  if (player_.active()) Prefetch(player_.ahead(), kFrameSamples);
  for (const auto& recording : recordings_) Prefetch(recording.get(), sizeof *recording);
}

void Leg::PrefetchTails() const {
  for (const auto& recording : recordings_) recording->PrefetchTail();
}

void Leg::Configure(const StreamFormat& format, bool send, bool receive, uint64_t now_ms) {
  stream_.SetFormat(format);
  if (receive && !options_.receive) last_rtp_ms_ = now_ms;  // Taken off hold: the time-out starts afresh.
  options_.format = format;
  options_.send = send;
  options_.receive = receive;
}

void Leg::OnRtp(const uint8_t* data, size_t bytes, uint64_t arrival_us) { stream_.ReceiveRtp(data, bytes, arrival_us); }
void Leg::OnRtcp(const uint8_t* data, size_t bytes, uint64_t arrival_us) { stream_.ReceiveRtcp(data, bytes, arrival_us); }
void Leg::OnConnected() { events_->Emit(WebConnectedEvent{id_}); }
void Leg::OnLost(WebLostReason reason) { events_->Emit(WebLostEvent{id_, reason}); }

void Leg::Receive(uint64_t now_ms, PacketCounters& counters) {
  now_ms_ = now_ms;
  const uint64_t strangers = counters.strangers;
  transport_->Poll(now_ms, counters);
  own_.strangers += counters.strangers - strangers;
  if (stream_.packets_in() != packets_seen_) {
    packets_seen_ = stream_.packets_in();
    last_rtp_ms_ = now_ms;
    if (timed_out_) {
      timed_out_ = false;
      events_->Emit(RtpResumedEvent{id_});
    }
  }
  stream_.Pull(rx_, now_ms);
}

bool Leg::TakePlayed(const uint8_t** coded, const uint8_t** alaw) {
  if (!player_.active()) return false;
  if (player_.Next(options_.format.law, coded, alaw)) return true;
  EndPlay(PlayEnd::kCompleted);
  return false;
}

void Leg::Transmit(PacketCounters& counters) {
  const Law law = options_.format.law;
  const uint8_t* coded = nullptr;
  const uint8_t* alaw = nullptr;
  if (bridge == nullptr) mix_.silent = true;
  bool played = TakePlayed(&coded, &alaw);
  if (stream_.tone_active()) {
    stream_.FillTone(mix_.pcm.data());
    mix_.coded_valid = false;
    mix_.silent = false;
    played = false;
  } else if (played && player_.over_bridge() && !mix_.silent) {
    AudioFrame extra;
    extra.law = law;
    std::copy_n(coded, kFrameSamples, extra.coded.data());
    FillPcm(extra);
    extra.silent = false;
    AddInto(mix_, extra);
    played = false;
  }
  std::array<uint8_t, kFrameSamples> transcoded;
  if (!played) {
    if (mix_.silent) {
      coded = Silence(law);
      alaw = Silence(Law::kAlaw);
    } else {
      EnsureCoded(mix_, law);
      coded = mix_.coded.data();
      alaw = coded;
      if (law != Law::kAlaw && !recordings_.empty()) {
        TranscodeG711(law, coded, kFrameSamples, Law::kAlaw, transcoded.data());
        alaw = transcoded.data();
      }
    }
  }
  if (options_.send && transport_->CanSend()) {
    uint8_t packet[RtpStream::kMaxPacketBytes];
    const size_t bytes = stream_.MakePacket(coded, packet);
    const uint64_t errors = counters.send_errors;
    transport_->SendRtp(packet, bytes, counters);
    own_.send_errors += counters.send_errors - errors;
  } else {
    stream_.SkipPacket();
  }
  if (!recordings_.empty()) Record(alaw);
}

void Leg::Record(const uint8_t* heard_alaw) {
  const uint8_t* said = Silence(Law::kAlaw);
  std::array<uint8_t, kFrameSamples> encoded;
  if (!rx_.silent) {
    said = encoded.data();
    if (!rx_.coded_valid) {
      EncodeG711(Law::kAlaw, rx_.pcm.data(), kFrameSamples, encoded.data());
    } else if (rx_.law == Law::kAlaw) {
      said = rx_.coded.data();
    } else {
      TranscodeG711(rx_.law, rx_.coded.data(), kFrameSamples, Law::kAlaw, encoded.data());
    }
  }
  for (size_t i = recordings_.size(); i-- > 0;) {
    if (auto end = recordings_[i]->Add(said, heard_alaw)) EndRecording(i, *end);
  }
}

void Leg::Slow(uint64_t now_ms, PacketCounters& counters) {
  transport_->Slow(now_ms, counters);
  const uint64_t silent = now_ms - last_rtp_ms_;
  if (options_.rtp_timeout_ms > 0 && options_.receive && !timed_out_ && silent >= static_cast<uint64_t>(options_.rtp_timeout_ms)) {
    timed_out_ = true;
    events_->Emit(RtpTimeoutEvent{id_, static_cast<int>(silent)});
  }
  if (now_ms >= next_report_ms_ && transport_->CanSend()) {
    const auto report = stream_.MakeReport(UnixMicros(), false);
    transport_->SendRtcp(report.data(), report.size(), counters);
    next_report_ms_ = now_ms + kReportMs / 2 + (stream_.ssrc() ^ now_ms * 2654435761u) % kReportMs;
  }
}

void Leg::Close(PacketCounters& counters) {
  EndPlay(PlayEnd::kLegClosed);
  while (!recordings_.empty()) EndRecording(recordings_.size() - 1, RecordingEnd::kLegClosed);
  if (transport_->CanSend()) {
    const auto report = stream_.MakeReport(UnixMicros(), true);
    transport_->SendRtcp(report.data(), report.size(), counters);
  }
}

void Leg::EndPlay(PlayEnd end) {
  if (!play_id_) return;
  player_.Stop();
  events_->Emit(PlayFinishedEvent{id_, std::exchange(play_id_, PlayId{}), end, player_.played_ms()});
}

void Leg::Play(PlayId play, Playlist playlist) {
  EndPlay(PlayEnd::kReplaced);
  player_ = Player(std::move(playlist));
  play_id_ = play;
}

void Leg::StopPlay(PlayId play) {
  if (!play || play == play_id_) EndPlay(PlayEnd::kStopped);
}

absl::Status Leg::SendDigits(std::string_view digits, int digit_ms, int pause_ms) {
  if (!stream_.SendDigits(digits, digit_ms, pause_ms)) return InvalidMediaError("digits", "0-9 * # A-D, and no more than the queue holds");
  return absl::OkStatus();
}

absl::Status Leg::StartRecording(RecordingId recording, RecordingOptions options) {
  if (recordings_.size() >= static_cast<size_t>(kMaxRecordingsPerLeg)) return TooManyRecordingsError();
  recordings_.push_back(std::make_unique<Recording>(recording, std::move(options), writer_));
  return absl::OkStatus();
}

void Leg::EndRecording(size_t index, RecordingEnd end) {
  std::unique_ptr<Recording> recording = std::move(recordings_[index]);
  recordings_.erase(recordings_.begin() + static_cast<ptrdiff_t>(index));
  recording->Finish(end, [events = events_, leg = id_, id = recording->id()](RecordingResult result) {
    events->Emit(RecordingFinishedEvent{leg, id, std::move(result)});
  });
}

absl::Status Leg::StopRecording(RecordingId recording) {
  for (size_t i = 0; i < recordings_.size(); ++i) {
    if (recordings_[i]->id() != recording) continue;
    EndRecording(i, RecordingEnd::kStopped);
    return absl::OkStatus();
  }
  return RecordingNotFoundError();
}

LegStats Leg::Stats() const {
  LegStats stats;
  stats.stream = stream_.Stats();
  stats.strangers = own_.strangers;
  stats.send_errors = own_.send_errors;
  stats.can_send = transport_->CanSend();
  return stats;
}

}  // namespace hotline::telephony::media
