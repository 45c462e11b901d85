#include "services/telephony/sip/body.h"

#include "services/telephony/sip/re_util.h"
#include "services/telephony/sip/strict_check.h"
#include "services/telephony/sip/text.h"

namespace hotline::telephony {
namespace {

bool HasType(const sip_msg* message, std::string_view type, std::string_view subtype) {
  return EqualsIgnoreCase(View(message->ctyp.type), type) && EqualsIgnoreCase(View(message->ctyp.subtype), subtype);
}

std::string UserOf(std::string_view header_value) {
  sip_addr address;
  const pl text = ToPl(header_value);
  if (sip_addr_decode(&address, &text) != 0) return "";
  return CleanUser(View(address.uri.user));
}

// tel URIs (RFC 3966) carry the number where sip URIs carry the host.
std::string UserOfUri(const uri& address, std::string_view whole) {
  if (!EqualsIgnoreCase(View(address.scheme), "tel")) return CleanUser(View(address.user));
  const auto colon = whole.find(':');
  return colon == std::string_view::npos ? "" : CleanUser(whole.substr(colon + 1));
}

std::string PercentDecoded(std::string_view text) { return PercentDecode(text).value_or(""); }

}  // namespace

std::pair<SdpPresence, std::optional<SdpDescription>> ReadSdp(const sip_msg* message) {
  const auto body = MessageBody(message);
  if (body.empty()) return {SdpPresence::kNone, std::nullopt};
  if (!HasType(message, "application", "sdp")) return {SdpPresence::kOtherType, std::nullopt};
  auto sdp = ParseSdp(body);
  if (!sdp) return {SdpPresence::kMalformed, std::nullopt};
  return {SdpPresence::kGood, std::move(sdp)};
}

InviteInfo ReadInvite(const sip_msg* invite, const TrunkConfig& trunk) {
  InviteInfo info;
  info.trunk = trunk.id;
  info.callee = UserOfUri(invite->uri, View(invite->ruri));
  info.caller = UserOfUri(invite->from.uri, View(invite->from.auri));
  if (trunk.trust_asserted_identity) {
    if (const auto asserted = UserOf(HeaderValue(invite, SIP_HDR_P_ASSERTED_IDENTITY)); !asserted.empty()) {
      info.caller = asserted;
      info.caller_asserted = true;
    }
  }
  for (const auto word : SplitOutsideQuotes(HeaderValue(invite, SIP_HDR_PRIVACY), ';')) {
    if (EqualsIgnoreCase(word, "id") || EqualsIgnoreCase(word, "user") || EqualsIgnoreCase(word, "header")) info.privacy = true;
  }
  if (EqualsIgnoreCase(info.caller, "anonymous")) {
    info.caller.clear();
    info.privacy = true;
  }
  info.diverted_from = UserOf(ExtraHeaderValue(invite, "Diversion"));
  if (info.diverted_from.empty()) info.diverted_from = UserOf(HeaderValue(invite, SIP_HDR_HISTORY_INFO));
  info.call_id = CleanWord(View(invite->callid), kMaxCallIdBytes);
  info.user_agent = CleanDisplay(HeaderValue(invite, SIP_HDR_USER_AGENT), kMaxDisplayNameBytes);
  info.has_offer = !MessageBody(invite).empty();
  return info;
}

std::optional<InfoDtmf> ParseDtmfRelay(std::string_view body) {
  InfoDtmf dtmf;
  while (!body.empty()) {
    const auto end = body.find('\n');
    const auto line = Trim(body.substr(0, end));
    body = end == std::string_view::npos ? std::string_view() : body.substr(end + 1);
    const auto equals = line.find('=');
    const auto name = Trim(line.substr(0, equals));
    const auto value = equals == std::string_view::npos ? std::string_view() : Trim(line.substr(equals + 1));
    if (EqualsIgnoreCase(name, "Signal") && value.size() == 1) dtmf.digit = value[0];
    if (EqualsIgnoreCase(name, "Duration")) dtmf.duration_ms = static_cast<int>(ParseNumber(value, 10'000).value_or(160));
  }
  if (dtmf.digit >= 'a' && dtmf.digit <= 'd') dtmf.digit = static_cast<char>(dtmf.digit - 'a' + 'A');
  if (dtmf.digit == 0 || std::string_view("0123456789*#ABCD").find(dtmf.digit) == std::string_view::npos) return std::nullopt;
  return dtmf;
}

std::optional<InfoDtmf> ReadDtmf(const sip_msg* info) {
  if (HasType(info, "application", "dtmf-relay")) return ParseDtmfRelay(MessageBody(info));
  if (HasType(info, "application", "dtmf")) return ParseDtmfRelay("Signal=" + std::string(Trim(MessageBody(info))));
  return std::nullopt;
}

std::optional<ReferInfo> ReadRefer(const sip_msg* refer) {
  if (sip_msg_hdr_count(refer, SIP_HDR_REFER_TO) != 1) return std::nullopt;
  sip_addr address;
  const pl text = ToPl(HeaderValue(refer, SIP_HDR_REFER_TO));
  if (sip_addr_decode(&address, &text) != 0) return std::nullopt;
  ReferInfo info;
  info.target_user = UserOfUri(address.uri, View(address.auri));
  info.target_host = CleanWord(View(address.uri.host), kMaxUriBytes);
  if (info.target_user.empty()) return std::nullopt;
  // Refer-To: <sip:user@host?Replaces=callid%3Bto-tag%3Dx%3Bfrom-tag%3Dy>
  auto headers = View(address.uri.headers);
  if (!headers.empty() && headers.front() == '?') headers.remove_prefix(1);
  for (const auto header : SplitOutsideQuotes(headers, '&')) {
    const auto equals = header.find('=');
    if (equals == std::string_view::npos || !EqualsIgnoreCase(header.substr(0, equals), "Replaces")) continue;
    const std::string value = PercentDecoded(header.substr(equals + 1));
    const auto semicolon = value.find(';');
    if (semicolon == std::string::npos) return std::nullopt;
    info.replaces = CleanWord(std::string_view(value).substr(0, semicolon), kMaxCallIdBytes);
    const auto parameters = std::string_view(value).substr(semicolon + 1);
    info.replaces_to_tag = CleanWord(Parameter(parameters, "to-tag").value_or(""), kMaxTagBytes);
    info.replaces_from_tag = CleanWord(Parameter(parameters, "from-tag").value_or(""), kMaxTagBytes);
  }
  return info;
}

int ReasonCause(const sip_msg* message) {
  int cause = 0;
  ForEachHeader(message, SIP_HDR_REASON, [&](std::string_view value) {
    const auto semicolon = value.find(';');
    if (semicolon == std::string_view::npos || !EqualsIgnoreCase(Trim(value.substr(0, semicolon)), "SIP")) return;
    cause = static_cast<int>(ParseNumber(Parameter(value.substr(semicolon + 1), "cause").value_or(""), 699).value_or(0));
  });
  return cause;
}

}  // namespace hotline::telephony
