#include "services/telephony/media/web_sdp.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <absl/strings/str_cat.h>

#include "services/telephony/media/errors.h"
#include "services/telephony/media/limits.h"

namespace hotline::telephony::media {
namespace {

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t at = text.find(separator);
    if (at != 0) parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) break;
    text.remove_prefix(at + 1);
  }
  return parts;
}

std::optional<int> Number(std::string_view text, int low, int high) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high) return std::nullopt;
  return value;
}

// RFC 8445 section 5.3: ufrag 4..256, pwd 22..256, of ALPHA DIGIT + /
bool IceString(std::string_view text, size_t least) {
  return text.size() >= least && text.size() <= 256 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '+' || c == '/' || c == '-' || c == '_';
         });
}

bool Token(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 32 && c < 127; });
}

bool EqualNoCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) {
           return std::tolower(x) == std::tolower(y);
         });
}

std::optional<std::array<uint8_t, 32>> ParseDigest(std::string_view text) {
  std::array<uint8_t, 32> digest{};
  if (text.size() != 32 * 3 - 1) return std::nullopt;
  for (size_t i = 0; i < digest.size(); ++i) {
    if (i + 1 < digest.size() && text[3 * i + 2] != ':') return std::nullopt;
    const char* from = text.data() + 3 * i;
    const auto [end, error] = std::from_chars(from, from + 2, digest[i], 16);
    if (error != std::errc() || end != from + 2) return std::nullopt;
  }
  return digest;
}

// Attributes that may stand at session or media level; the media level wins.
struct Attributes {
  std::string ufrag, pwd, setup, mid, direction;
  std::optional<std::array<uint8_t, 32>> fingerprint;
  bool rtcp_mux = false;
};

class Reader {
 public:
  absl::Status Line(char type, std::string_view value);
  absl::StatusOr<WebOffer> Finish();

 private:
  absl::Status MediaLine(std::string_view value);
  absl::Status Attribute(std::string_view value);
  absl::Status Fingerprint(std::string_view value, Attributes& where);
  Attributes& Here() { return media_.empty() ? session_ : media_.back(); }

  WebOffer offer_;
  Attributes session_;
  std::vector<Attributes> media_;
  std::optional<size_t> audio_;
  std::string bundle_;
  bool version_seen_ = false;
};

absl::Status Reader::Line(char type, std::string_view value) {
  if (!version_seen_) {
    if (type != 'v' || value != "0") return InvalidSdpError("v", "the first line must be v=0");
    version_seen_ = true;
    return absl::OkStatus();
  }
  if (type == 'm') return MediaLine(value);
  if (type == 'a') return Attribute(value);
  return absl::OkStatus();
}

absl::Status Reader::MediaLine(std::string_view value) {
  const auto parts = Split(value, ' ');
  if (parts.size() < 4) return InvalidSdpError("m", "kind, port, protocol and formats are needed");
  if (!Token(parts[0]) || !Token(parts[2])) return InvalidSdpError("m", "not a token");
  const auto port = Number(parts[1], 0, 65535);
  if (!port) return InvalidSdpError("m", "the port is not a number of 16 bits");
  WebOffer::Section section;
  section.kind = std::string(parts[0]);
  section.proto = std::string(parts[2]);
  for (size_t i = 3; i < parts.size(); ++i) {
    if (!Token(parts[i])) return InvalidSdpError("m", "a format is not a token");
    if (i > 3) section.formats += ' ';
    section.formats += std::string(parts[i]);
  }
  if (!audio_ && section.kind == "audio" && *port != 0 && section.proto == "UDP/TLS/RTP/SAVPF") {
    audio_ = offer_.sections.size();
    for (size_t i = 3; i < parts.size(); ++i) {
      offer_.ulaw = offer_.ulaw || parts[i] == "0";
      offer_.alaw = offer_.alaw || parts[i] == "8";
    }
  }
  offer_.sections.push_back(std::move(section));
  media_.emplace_back();
  return absl::OkStatus();
}

absl::Status Reader::Fingerprint(std::string_view value, Attributes& where) {
  const size_t space = value.find(' ');
  if (space == std::string_view::npos) return InvalidSdpError("fingerprint", "hash and digest are needed");
  if (!EqualNoCase(value.substr(0, space), "sha-256")) return absl::OkStatus();  // Others may stand beside it (RFC 8122).
  where.fingerprint = ParseDigest(value.substr(space + 1));
  if (!where.fingerprint) return InvalidSdpError("fingerprint", "not a SHA-256 digest");
  return absl::OkStatus();
}

absl::Status Reader::Attribute(std::string_view value) {
  const size_t colon = value.find(':');
  const std::string_view name = value.substr(0, colon);
  const std::string_view rest = colon == std::string_view::npos ? std::string_view() : value.substr(colon + 1);
  Attributes& here = Here();
  if (name == "ice-ufrag") {
    if (!IceString(rest, 4)) return InvalidSdpError("ice-ufrag", "4 to 256 ICE characters are needed");
    here.ufrag = std::string(rest);
  } else if (name == "ice-pwd") {
    if (!IceString(rest, 22)) return InvalidSdpError("ice-pwd", "22 to 256 ICE characters are needed");
    here.pwd = std::string(rest);
  } else if (name == "fingerprint") {
    return Fingerprint(rest, here);
  } else if (name == "setup") {
    here.setup = std::string(rest);
  } else if (name == "mid") {
    if (!Token(rest)) return InvalidSdpError("mid", "not a token");
    here.mid = std::string(rest);
  } else if (name == "rtcp-mux") {
    here.rtcp_mux = true;
  } else if (name == "sendrecv" || name == "sendonly" || name == "recvonly" || name == "inactive") {
    here.direction = std::string(name);
  } else if (name == "group" && media_.empty() && rest.substr(0, 7) == "BUNDLE ") {
    bundle_ = std::string(rest.substr(7));
  } else if (name == "rtpmap" && audio_ && offer_.sections.size() == *audio_ + 1) {
    const size_t space = rest.find(' ');
    const auto type = Number(rest.substr(0, space), 0, 127);
    if (!type || space == std::string_view::npos) return InvalidSdpError("rtpmap", "payload type and encoding are needed");
    if (EqualNoCase(rest.substr(space + 1), "telephone-event/8000")) offer_.telephone_event = *type;
  }
  return absl::OkStatus();
}

absl::StatusOr<WebOffer> Reader::Finish() {
  if (!version_seen_) return InvalidSdpError("v", "the description is empty");
  if (!audio_) return SdpNotAcceptableError("there is no audio section over UDP/TLS/RTP/SAVPF");
  if (!offer_.alaw && !offer_.ulaw) return SdpNotAcceptableError("neither PCMA nor PCMU is offered");
  const Attributes& audio = media_[*audio_];
  const auto pick = [](const std::string& a, const std::string& b) { return a.empty() ? b : a; };
  offer_.audio = *audio_;
  offer_.ice_ufrag = pick(audio.ufrag, session_.ufrag);
  offer_.ice_pwd = pick(audio.pwd, session_.pwd);
  if (offer_.ice_ufrag.empty()) return InvalidSdpError("ice-ufrag", "missing");
  if (offer_.ice_pwd.empty()) return InvalidSdpError("ice-pwd", "missing");
  const auto fingerprint = audio.fingerprint ? audio.fingerprint : session_.fingerprint;
  if (!fingerprint) return InvalidSdpError("fingerprint", "a SHA-256 fingerprint is needed");
  offer_.fingerprint = *fingerprint;
  const std::string setup = pick(audio.setup, session_.setup);
  if (setup.empty()) return InvalidSdpError("setup", "missing");
  if (setup != "actpass" && setup != "active") return SdpNotAcceptableError("the peer must take the active part of DTLS");
  if (!audio.rtcp_mux) return SdpNotAcceptableError("rtcp-mux is needed");
  const std::string direction = pick(audio.direction, session_.direction);
  offer_.peer_sends = direction.empty() || direction == "sendrecv" || direction == "sendonly";
  offer_.peer_receives = direction.empty() || direction == "sendrecv" || direction == "recvonly";
  for (size_t i = 0; i < media_.size(); ++i) offer_.sections[i].mid = media_[i].mid;
  const auto bundle = Split(bundle_, ' ');
  offer_.bundled = std::find(bundle.begin(), bundle.end(), audio.mid) != bundle.end();
  return offer_;
}

std::string AudioSection(const WebOffer& offer, const WebAnswerInput& in) {
  const WebOffer::Section& section = offer.sections[offer.audio];
  const int law = static_cast<int>(in.law);
  std::string out = absl::StrCat("m=audio ", in.port, " UDP/TLS/RTP/SAVPF ", law);
  if (offer.telephone_event >= 0) absl::StrAppend(&out, " ", offer.telephone_event);
  absl::StrAppend(&out, "\r\nc=IN IP4 ", in.addresses.front(), "\r\n");
  if (!section.mid.empty()) absl::StrAppend(&out, "a=mid:", section.mid, "\r\n");
  const char* direction = offer.peer_sends ? (offer.peer_receives ? "sendrecv" : "recvonly") : (offer.peer_receives ? "sendonly" : "inactive");
  absl::StrAppend(&out, "a=", direction, "\r\na=rtcp-mux\r\na=ice-ufrag:", in.ice_ufrag, "\r\na=ice-pwd:", in.ice_pwd,
                  "\r\na=fingerprint:sha-256 ", in.fingerprint, "\r\na=setup:passive\r\na=rtpmap:", law,
                  in.law == Law::kAlaw ? " PCMA/8000\r\n" : " PCMU/8000\r\n");
  if (offer.telephone_event >= 0) {
    absl::StrAppend(&out, "a=rtpmap:", offer.telephone_event, " telephone-event/8000\r\na=fmtp:", offer.telephone_event, " 0-15\r\n");
  }
  absl::StrAppend(&out, "a=ptime:20\r\na=msid:hotline hotline-audio\r\na=ssrc:", in.ssrc, " cname:", in.cname, "\r\n");
  // RFC 8445 section 5.1.2.1: type preference 126, then the order of the configured addresses.
  uint32_t local = 65535;
  int foundation = 1;
  for (const std::string& address : in.addresses) {
    const uint32_t priority = (126u << 24) | (local-- << 8) | 255u;
    absl::StrAppend(&out, "a=candidate:", foundation++, " 1 udp ", priority, " ", address, " ", in.port, " typ host\r\n");
  }
  return absl::StrCat(out, "a=end-of-candidates\r\n");
}

}  // namespace

std::string FingerprintText(const std::array<uint8_t, 32>& digest) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string text;
  for (uint8_t byte : digest) {
    if (!text.empty()) text += ':';
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

absl::StatusOr<WebOffer> ParseWebOffer(std::string_view sdp) {
  if (sdp.size() > kMaxSdpBytes) return SdpTooLargeError();
  Reader reader;
  int lines = 0;
  while (!sdp.empty()) {
    const size_t end = sdp.find('\n');
    std::string_view line = sdp.substr(0, end);
    sdp.remove_prefix(end == std::string_view::npos ? sdp.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (++lines > kMaxSdpLines) return SdpTooLargeError();
    if (line.empty()) continue;
    const bool printable = std::all_of(line.begin(), line.end(), [](unsigned char c) { return c >= 32 && c != 127; });
    if (line.size() < 2 || line[1] != '=' || line[0] < 'a' || line[0] > 'z' || !printable) {
      return InvalidSdpError(absl::StrCat("line ", lines), "not of the form x=value");
    }
    if (absl::Status status = reader.Line(line[0], line.substr(2)); !status.ok()) return status;
  }
  return reader.Finish();
}

std::string WriteWebAnswer(const WebOffer& offer, const WebAnswerInput& in) {
  std::string out = absl::StrCat("v=0\r\no=- ", in.session_id, " 1 IN IP4 ", in.addresses.front(), "\r\ns=-\r\nt=0 0\r\na=ice-lite\r\n");
  if (offer.bundled) absl::StrAppend(&out, "a=group:BUNDLE ", offer.sections[offer.audio].mid, "\r\n");
  absl::StrAppend(&out, "a=msid-semantic: WMS hotline\r\n");
  for (size_t i = 0; i < offer.sections.size(); ++i) {
    if (i == offer.audio) {
      out += AudioSection(offer, in);
      continue;
    }
    const WebOffer::Section& section = offer.sections[i];  // RFC 3264 section 6: refused by port zero.
    absl::StrAppend(&out, "m=", section.kind, " 0 ", section.proto, " ", section.formats, "\r\nc=IN IP4 ", in.addresses.front(), "\r\n");
    if (!section.mid.empty()) absl::StrAppend(&out, "a=mid:", section.mid, "\r\n");
    absl::StrAppend(&out, "a=inactive\r\n");
  }
  return out;
}

}  // namespace hotline::telephony::media
