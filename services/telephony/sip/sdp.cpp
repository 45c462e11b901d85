#include "services/telephony/sip/sdp.h"

#include "services/telephony/sip/limits.h"
#include "services/telephony/sip/text.h"

namespace hotline::telephony {
namespace {

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!(text = Trim(text)).empty()) {
    const auto end = text.find(' ');
    words.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end);
  }
  return words;
}

// "IN IP4 192.0.2.1"; a multicast TTL suffix makes it unusable for us. Names give an empty address, never a lookup.
std::optional<std::string> ConnectionAddress(std::string_view value) {
  const auto words = Words(value);
  if (words.size() != 3 || words[0] != "IN") return std::nullopt;
  if (words[1] != "IP4" && words[1] != "IP6") return std::nullopt;
  const auto bytes = ParseAddress(words[2]);
  if (!bytes) return "";
  if ((words[1] == "IP4") != (bytes->size() == 4)) return std::nullopt;
  return std::string(words[2]);
}

void AddStaticFormat(SdpMedia& media, std::uint8_t payload_type) {
  SdpFormat format{payload_type, "", 0, 1};
  if (payload_type == 0) format = {0, "PCMU", 8000, 1};
  if (payload_type == 8) format = {8, "PCMA", 8000, 1};
  media.formats.push_back(format);
}

bool ParseMediaLine(std::string_view value, SdpDescription& out) {
  if (out.media.size() >= kMaxSdpMediaLines) return false;
  const auto words = Words(value);
  if (words.size() < 4 || words.size() - 3 > kMaxSdpFormats) return false;
  SdpMedia media;
  media.kind = words[0];
  if (!IsToken(media.kind)) return false;
  const auto port = ParseNumber(words[1].substr(0, words[1].find('/')), 65'535);
  if (!port) return false;
  media.port = static_cast<std::uint16_t>(*port);
  media.protocol = words[2];
  for (std::size_t i = 3; i < words.size(); ++i) {
    if (!IsToken(words[i])) return false;
    media.format_text += (i > 3 ? " " : "") + std::string(words[i]);
    if (media.protocol.rfind("RTP/", 0) != 0) continue;
    const auto payload_type = ParseNumber(words[i], 127);
    if (!payload_type) return false;
    AddStaticFormat(media, static_cast<std::uint8_t>(*payload_type));
  }
  for (const char c : media.protocol) {
    if (c != '/' && !IsToken(std::string_view(&c, 1))) return false;
  }
  out.media.push_back(std::move(media));
  return true;
}

// rtpmap: "101 telephone-event/8000[/1]". One for a format that was not listed is ignored.
bool ParseRtpmap(std::string_view value, SdpMedia& media) {
  const auto words = Words(value);
  if (words.size() != 2) return false;
  const auto payload_type = ParseNumber(words[0], 127);
  const auto slash = words[1].find('/');
  if (!payload_type || slash == std::string_view::npos) return false;
  auto rate_text = words[1].substr(slash + 1);
  std::optional<std::uint64_t> channels = 1;
  if (const auto second = rate_text.find('/'); second != std::string_view::npos) {
    channels = ParseNumber(rate_text.substr(second + 1), 255);
    rate_text = rate_text.substr(0, second);
  }
  const auto rate = ParseNumber(rate_text, 1'000'000);
  if (!rate || !channels) return false;
  for (auto& format : media.formats) {
    if (format.payload_type != *payload_type) continue;
    format.name = words[1].substr(0, slash);
    format.rate = static_cast<std::uint32_t>(*rate);
    format.channels = static_cast<std::uint32_t>(*channels);
  }
  return true;
}

bool ParseDirection(std::string_view attribute, Direction& direction) {
  if (attribute == "sendrecv") direction = Direction::kSendRecv;
  else if (attribute == "sendonly") direction = Direction::kSendOnly;
  else if (attribute == "recvonly") direction = Direction::kRecvOnly;
  else if (attribute == "inactive") direction = Direction::kInactive;
  else return false;
  return true;
}

bool ParseAttribute(std::string_view value, Direction& session_direction, SdpDescription& out) {
  Direction direction;
  if (ParseDirection(value, direction)) {
    (out.media.empty() ? session_direction : out.media.back().direction) = direction;
    return true;
  }
  if (out.media.empty()) return true;
  const auto colon = value.find(':');
  if (colon == std::string_view::npos) return true;
  const auto name = value.substr(0, colon);
  const auto rest = Trim(value.substr(colon + 1));
  if (name == "rtpmap") return ParseRtpmap(rest, out.media.back());
  if (name == "ptime") {
    // An odd packet time is a wish we may decline, so nonsense falls back to 20 ms.
    const auto ptime = ParseNumber(rest, 60);
    if (ptime && *ptime >= 10) out.media.back().ptime_ms = static_cast<std::uint32_t>(*ptime);
  }
  return true;
}

struct Parser {
  SdpDescription out;
  Direction session_direction = Direction::kSendRecv;
  std::string session_address;
  bool has_version = false, has_origin = false;

  bool Line(char type, std::string_view value) {
    switch (type) {
      case 'v':
        has_version = value == "0";
        return has_version;
      case 'o':
        has_origin = Words(value).size() == 6;
        return has_origin;
      case 'c': {
        const auto address = ConnectionAddress(value);
        if (!address) return false;
        (out.media.empty() ? session_address : out.media.back().address) = *address;
        return true;
      }
      case 'm':
        if (!ParseMediaLine(value, out)) return false;
        out.media.back().address = session_address;
        out.media.back().direction = session_direction;
        return true;
      case 'a':
        return ParseAttribute(value, session_direction, out);
      default:
        return true;
    }
  }
};

}  // namespace

std::optional<SdpDescription> ParseSdp(std::string_view text) {
  if (text.size() > kMaxSdpBytes) return std::nullopt;
  Parser parser;
  bool first = true;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) continue;
    if (line.size() < 2 || line[1] != '=' || (first && line[0] != 'v')) return std::nullopt;
    if (!parser.Line(line[0], line.substr(2))) return std::nullopt;
    first = false;
  }
  if (!parser.has_version || !parser.has_origin || parser.out.media.empty()) return std::nullopt;
  return std::move(parser.out);
}

}  // namespace hotline::telephony
