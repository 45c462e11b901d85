// Offer and answer (RFC 3264): what both sides can do, and the text that says so.
#include <absl/strings/str_cat.h>

#include "services/telephony/sip/sdp.h"
#include "services/telephony/sip/text.h"

namespace hotline::telephony {
namespace {

constexpr std::uint8_t kOfferedTelephoneEvent = 101;
constexpr std::uint8_t kFirstMulticastIpv4 = 224;  // above it only multicast, reserved addresses and broadcast
constexpr std::uint8_t kMulticastIpv6 = 0xff;

bool Sends(Direction d) { return d == Direction::kSendOnly || d == Direction::kSendRecv; }
bool Receives(Direction d) { return d == Direction::kRecvOnly || d == Direction::kSendRecv; }
Direction Make(bool sends, bool receives) {
  if (sends) return receives ? Direction::kSendRecv : Direction::kSendOnly;
  return receives ? Direction::kRecvOnly : Direction::kInactive;
}

const char* DirectionName(Direction d) {
  switch (d) {
    case Direction::kInactive: return "inactive";
    case Direction::kSendOnly: return "sendonly";
    case Direction::kRecvOnly: return "recvonly";
    case Direction::kSendRecv: return "sendrecv";
  }
  return "inactive";
}

const char* CodecName(Codec codec) { return codec == Codec::kPcma ? "PCMA" : "PCMU"; }
int StaticPayloadType(Codec codec) { return codec == Codec::kPcma ? 8 : 0; }

std::optional<Codec> KnownCodec(const SdpFormat& format, const LocalAudio& local) {
  if (format.rate != 8000 || format.channels != 1) return std::nullopt;
  for (const Codec codec : local.codecs) {
    if (EqualsIgnoreCase(format.name, CodecName(codec))) return codec;
  }
  return std::nullopt;
}

bool IsUnspecified(const std::string& address) { return address == "0.0.0.0" || address == "::"; }

// One party's own address, of the family that our media has sockets of: a call must not be answered into silence, nor its
// audio be sprayed over a network.
bool CanBeSentTo(const std::string& address, const LocalAudio& local) {
  const auto bytes = ParseAddress(address);
  const bool ipv4 = local.address.find(':') == std::string::npos;
  if (!bytes || (bytes->size() == 4) != ipv4) return false;
  return ipv4 ? bytes->front() < kFirstMulticastIpv4 : bytes->front() != kMulticastIpv6;
}

std::optional<NegotiatedAudio> MatchMedia(const SdpMedia& media, const LocalAudio& local) {
  if (media.kind != "audio" || media.protocol != "RTP/AVP" || media.port == 0) return std::nullopt;
  if (!CanBeSentTo(media.address, local)) return std::nullopt;
  NegotiatedAudio audio;
  bool found = false;
  for (const auto& format : media.formats) {
    if (!found) {
      if (const auto codec = KnownCodec(format, local)) {
        audio.codec = *codec;
        audio.payload_type = format.payload_type;
        found = true;
      }
    }
    if (local.telephone_event && !audio.telephone_event_send && format.rate == 8000 && EqualsIgnoreCase(format.name, "telephone-event")) {
      audio.telephone_event_send = format.payload_type;
    }
  }
  if (!found) return std::nullopt;
  audio.remote_address = media.address;
  audio.remote_port = media.port;
  audio.ptime_ms = media.ptime_ms;
  // The hold of RFC 2543, an address of zeros, says only that nothing is to be sent there.
  const bool peer_receives = Receives(media.direction) && !IsUnspecified(media.address);
  audio.direction = Make(peer_receives && Sends(local.direction), Sends(media.direction) && Receives(local.direction));
  return audio;
}

std::optional<SdpAgreement> Match(const SdpDescription& remote, const LocalAudio& local) {
  for (std::size_t i = 0; i < remote.media.size(); ++i) {
    if (auto audio = MatchMedia(remote.media[i], local)) return SdpAgreement{*audio, i};
  }
  return std::nullopt;
}

std::string Header(const LocalAudio& local, const SdpOrigin& origin) {
  const char* family = local.address.find(':') == std::string::npos ? "IP4" : "IP6";
  return absl::StrCat("v=0\r\no=hotline ", origin.session_id, " ", origin.version, " IN ", family, " ", local.address,
                      "\r\ns=-\r\nc=IN ", family, " ", local.address, "\r\nt=0 0\r\n");
}

void AppendTelephoneEvent(std::string& out, int payload_type) {
  absl::StrAppend(&out, "a=rtpmap:", payload_type, " telephone-event/8000\r\na=fmtp:", payload_type, " 0-15\r\n");
}

}  // namespace

std::optional<SdpAgreement> MatchOffer(const SdpDescription& offer, const LocalAudio& local) {
  auto agreement = Match(offer, local);
  // We answer with the offer's payload type, so digits come with the number they are sent with.
  if (agreement) agreement->audio.telephone_event_receive = agreement->audio.telephone_event_send;
  return agreement;
}

std::optional<SdpAgreement> MatchAnswer(const SdpDescription& answer, const LocalAudio& local) {
  auto agreement = Match(answer, local);
  if (agreement && agreement->audio.telephone_event_send) agreement->audio.telephone_event_receive = kOfferedTelephoneEvent;
  return agreement;
}

std::string BuildOffer(const LocalAudio& local, const SdpOrigin& origin) {
  std::string out = Header(local, origin);
  absl::StrAppend(&out, "m=audio ", local.port, " RTP/AVP");
  for (const Codec codec : local.codecs) absl::StrAppend(&out, " ", StaticPayloadType(codec));
  if (local.telephone_event) absl::StrAppend(&out, " ", static_cast<int>(kOfferedTelephoneEvent));
  out += "\r\n";
  for (const Codec codec : local.codecs) {
    absl::StrAppend(&out, "a=rtpmap:", StaticPayloadType(codec), " ", CodecName(codec), "/8000\r\n");
  }
  if (local.telephone_event) AppendTelephoneEvent(out, kOfferedTelephoneEvent);
  absl::StrAppend(&out, "a=ptime:20\r\na=", DirectionName(local.direction), "\r\n");
  return out;
}

std::string BuildAnswer(const SdpDescription& offer, const SdpAgreement& agreement, const LocalAudio& local, const SdpOrigin& origin) {
  std::string out = Header(local, origin);
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const auto& media = offer.media[i];
    if (i != agreement.media_index) {
      absl::StrAppend(&out, "m=", media.kind, " 0 ", media.protocol, " ", media.format_text, "\r\n");
      continue;
    }
    const auto& audio = agreement.audio;
    absl::StrAppend(&out, "m=audio ", local.port, " RTP/AVP ", static_cast<int>(audio.payload_type));
    if (audio.telephone_event_send) absl::StrAppend(&out, " ", static_cast<int>(*audio.telephone_event_send));
    absl::StrAppend(&out, "\r\na=rtpmap:", static_cast<int>(audio.payload_type), " ", CodecName(audio.codec), "/8000\r\n");
    if (audio.telephone_event_send) AppendTelephoneEvent(out, *audio.telephone_event_send);
    absl::StrAppend(&out, "a=ptime:20\r\na=", DirectionName(audio.direction), "\r\n");
  }
  return out;
}

}  // namespace hotline::telephony
