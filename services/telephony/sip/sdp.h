// Session descriptions (RFC 8866) and the offer/answer model (RFC 3264) for one G.711 audio stream with digits (RFC 4733).
// Other streams of an offer are answered with port 0. Pure functions and values, safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/telephony/sip/types.h"

namespace hotline::telephony {

struct SdpFormat {
  std::uint8_t payload_type = 0;
  std::string name;           // encoding name of rtpmap, or of the static type; empty if unknown
  std::uint32_t rate = 0;
  std::uint32_t channels = 1;
};

struct SdpMedia {
  std::string kind;           // "audio"
  std::uint16_t port = 0;
  std::string protocol;       // "RTP/AVP"
  std::string format_text;    // the formats as they stood, repeated when the stream is refused
  std::vector<SdpFormat> formats;  // of RTP protocols only
  std::string address;        // numeric; empty if the description gave a name
  Direction direction = Direction::kSendRecv;  // as the peer says it, from the peer's side
  std::uint32_t ptime_ms = 20;
};

struct SdpDescription {
  std::vector<SdpMedia> media;
};

// Identity of our description in one session: the version grows whenever the text changes (RFC 3264 §8).
struct SdpOrigin {
  std::uint64_t session_id = 0;
  std::uint64_t version = 0;
};

// Nothing if malformed or over a limit of limits.h.
std::optional<SdpDescription> ParseSdp(std::string_view text);

struct SdpAgreement {
  NegotiatedAudio audio;
  std::size_t media_index = 0;  // which stream of the peer's description
};

// What we and the peer can do together, given the peer's offer; nothing if no stream fits (488).
std::optional<SdpAgreement> MatchOffer(const SdpDescription& offer, const LocalAudio& local);

// Likewise for the peer's answer to an offer we built with BuildOffer(local).
std::optional<SdpAgreement> MatchAnswer(const SdpDescription& answer, const LocalAudio& local);

std::string BuildOffer(const LocalAudio& local, const SdpOrigin& origin);
std::string BuildAnswer(const SdpDescription& offer, const SdpAgreement& agreement, const LocalAudio& local, const SdpOrigin& origin);

}  // namespace hotline::telephony
