#include "services/telephony/sip/strict_check.h"

#include <array>
#include <cstring>

#include "services/telephony/sip/limits.h"
#include "services/telephony/sip/re_util.h"
#include "services/telephony/sip/text.h"

namespace hotline::telephony {
namespace {

constexpr std::uint64_t kMaxCseq = 0x7FFFFFFF;  // RFC 3261 §8.1.1.5

struct SingleHeader {
  sip_hdrid id;
  bool required;
  const char* reason;
};
// Headers that carry one value. RFC 3261 §8.1.1 names those every request has.
constexpr std::array<SingleHeader, 9> kSingleHeaders{{
    {SIP_HDR_TO, true, "Bad To"},
    {SIP_HDR_FROM, true, "Bad From"},
    {SIP_HDR_CALL_ID, true, "Bad Call-ID"},
    {SIP_HDR_CSEQ, true, "Bad CSeq"},
    {SIP_HDR_MAX_FORWARDS, false, "Bad Max-Forwards"},
    {SIP_HDR_CONTENT_LENGTH, false, "Bad Content-Length"},
    {SIP_HDR_CONTENT_TYPE, false, "Bad Content-Type"},
    {SIP_HDR_EXPIRES, false, "Bad Expires"},
    {SIP_HDR_SESSION_EXPIRES, false, "Bad Session-Expires"},
}};

// Counts unescaped quotes; an odd number means that a quoted string never ends.
bool QuotesBalanced(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') ++i;
    else if (text[i] == '"') quoted = !quoted;
  }
  return !quoted;
}

// generic-param *( SEMI generic-param ): no empty one, each begins with a token.
bool ParametersWellFormed(std::string_view parameters) {
  if (Trim(parameters).empty()) return true;
  if (parameters.front() == ';') parameters.remove_prefix(1);
  for (const auto part : SplitOutsideQuotes(parameters, ';')) {
    if (!IsToken(Trim(part.substr(0, part.find('='))))) return false;
  }
  return true;
}

// "display name" may be a quoted string or tokens with blanks between them.
bool DisplayNameWellFormed(std::string_view name) {
  name = Trim(name);
  if (name.empty()) return true;
  if (name.front() == '"') return name.size() >= 2 && name.back() == '"';
  std::size_t start = 0;
  while (start < name.size()) {
    const auto end = name.find_first_of(" \t\r\n", start);
    const auto word = name.substr(start, end == std::string_view::npos ? end : end - start);
    if (!word.empty() && !IsToken(word)) return false;
    if (end == std::string_view::npos) break;
    start = end + 1;
  }
  return true;
}

// name-addr or addr-spec with parameters, as in To, From and Contact (RFC 3261 §20.10).
bool AddressWellFormed(std::string_view value) {
  value = Trim(value);
  if (value.empty() || value.size() > kMaxHeaderBytes || !QuotesBalanced(value)) return false;
  std::size_t open = std::string_view::npos;
  bool quoted = false;
  for (std::size_t i = 0; i < value.size() && open == std::string_view::npos; ++i) {
    if (quoted && value[i] == '\\') ++i;
    else if (value[i] == '"') quoted = !quoted;
    else if (!quoted && value[i] == '<') open = i;
  }
  if (open == std::string_view::npos) {
    // Without brackets the URI may hold no comma, question mark or semicolon: what follows are header parameters.
    const auto semicolon = value.find(';');
    const auto uri = Trim(value.substr(0, semicolon));
    if (uri.find_first_of(",? \t\"<>") != std::string_view::npos || uri.find(':') == std::string_view::npos) return false;
    return semicolon == std::string_view::npos || ParametersWellFormed(value.substr(semicolon));
  }
  const auto close = value.find('>', open);
  if (close == std::string_view::npos) return false;
  const auto uri = value.substr(open + 1, close - open - 1);
  if (uri.empty() || uri.size() > kMaxUriBytes || uri.find_first_of(" \t\r\n<\"") != std::string_view::npos) return false;
  const auto rest = Trim(value.substr(close + 1));
  if (!rest.empty() && rest.front() != ';') return false;
  return DisplayNameWellFormed(value.substr(0, open)) && ParametersWellFormed(rest);
}

bool AllAddressesWellFormed(const sip_msg* message, sip_hdrid id) {
  bool good = true;
  ForEachHeader(message, id, [&](std::string_view value) { good = good && (value == "*" || AddressWellFormed(value)); });
  return good;
}

bool ViaWellFormed(const sip_msg* message) {
  bool good = true;
  std::size_t count = 0;
  ForEachHeader(message, SIP_HDR_VIA, [&](std::string_view value) {
    ++count;
    const auto semicolon = value.find(';');
    good = good && !Trim(value).empty() && QuotesBalanced(value) &&
           (semicolon == std::string_view::npos || ParametersWellFormed(value.substr(semicolon)));
  });
  return good && count > 0;
}

std::optional<Refusal> CheckSizes(const sip_msg* message) {
  std::size_t headers = 0;
  for (const le* element = message->hdrl.head; element != nullptr; element = element->next) {
    const auto* header = static_cast<const sip_hdr*>(element->data);
    ++headers;
    // Route and Via values are listed one by one; all are counted alike.
    if (header->val.l > kMaxHeaderBytes) return Refusal{513, "Message Too Large"};
  }
  if (headers > kMaxHeaders) return Refusal{513, "Message Too Large"};
  if (message->callid.l > kMaxCallIdBytes || message->callid.l == 0) return Refusal{400, "Bad Call-ID"};
  if (message->from.tag.l > kMaxTagBytes) return Refusal{400, "Bad From Tag"};
  if (message->to.tag.l > kMaxTagBytes) return Refusal{400, "Bad To Tag"};
  if (sip_msg_hdr_count(message, SIP_HDR_RECORD_ROUTE) > kMaxRouteHeaders) return Refusal{400, "Too Many Record-Routes"};
  return std::nullopt;
}

std::optional<Refusal> CheckSingleHeaders(const sip_msg* message) {
  for (const auto& single : kSingleHeaders) {
    const auto count = sip_msg_hdr_count(message, single.id);
    if (count > 1 || (count == 0 && single.required)) return Refusal{400, single.reason};
  }
  return std::nullopt;
}

std::optional<Refusal> CheckNumbers(const sip_msg* message) {
  const auto number = [](const pl& text, std::uint64_t max) { return !text.p || ParseNumber(View(text), max); };
  const auto cseq = Trim(HeaderValue(message, SIP_HDR_CSEQ));
  const auto blank = cseq.find_first_of(" \t\r\n");
  if (!ParseNumber(cseq.substr(0, blank), kMaxCseq)) return Refusal{400, "Bad CSeq"};
  if (!number(message->maxfwd, 255)) return Refusal{400, "Bad Max-Forwards"};
  if (!number(message->clen, UINT32_MAX)) return Refusal{400, "Bad Content-Length"};
  if (message->clen.p != nullptr && *ParseNumber(View(message->clen), UINT32_MAX) > mbuf_get_left(message->mb)) {
    return Refusal{400, "Content-Length Exceeds Message"};
  }
  return std::nullopt;
}

std::optional<Refusal> CheckUri(const sip_msg* message) {
  const auto uri = View(message->ruri);
  if (uri.size() > kMaxUriBytes) return Refusal{414, "Request-URI Too Long"};
  if (uri.find_first_of("<>\"") != std::string_view::npos) return Refusal{400, "Bad Request-URI"};
  const auto scheme = View(message->uri.scheme);
  if (!EqualsIgnoreCase(scheme, "sip") && !EqualsIgnoreCase(scheme, "sips") && !EqualsIgnoreCase(scheme, "tel")) {
    return Refusal{416, "Unsupported URI Scheme"};
  }
  // Headers inside a Request-URI could be copied into requests (RFC 3261 §19.1.5); nobody honest sends them.
  if (message->uri.headers.l > 0) return Refusal{400, "Bad Request-URI"};
  return std::nullopt;
}

}  // namespace

std::string_view MessageBody(const sip_msg* message) {
  std::string_view body(reinterpret_cast<const char*>(mbuf_buf(message->mb)), mbuf_get_left(message->mb));
  if (message->clen.p == nullptr) return body;
  const auto length = ParseNumber(View(message->clen), UINT32_MAX);
  return length && *length < body.size() ? body.substr(0, *length) : body;
}

std::optional<Refusal> CheckRequest(const sip_msg* message) {
  if (!IsToken(View(message->met))) return Refusal{400, "Bad Method"};
  if (auto refusal = CheckSingleHeaders(message)) return refusal;
  if (auto refusal = CheckSizes(message)) return refusal;
  if (auto refusal = CheckNumbers(message)) return refusal;
  if (View(message->cseq.met) != View(message->met)) return Refusal{400, "CSeq Method Mismatch"};
  if (!ViaWellFormed(message)) return Refusal{400, "Bad Via"};
  if (!AllAddressesWellFormed(message, SIP_HDR_TO)) return Refusal{400, "Bad To"};
  if (!AllAddressesWellFormed(message, SIP_HDR_FROM)) return Refusal{400, "Bad From"};
  if (!AllAddressesWellFormed(message, SIP_HDR_CONTACT)) return Refusal{400, "Bad Contact"};
  if (!AllAddressesWellFormed(message, SIP_HDR_RECORD_ROUTE)) return Refusal{400, "Bad Record-Route"};
  return CheckUri(message);
}

bool CheckResponse(const sip_msg* message) {
  if (message->scode < 100 || message->scode > 699) return false;
  if (CheckSingleHeaders(message) || CheckSizes(message)) return false;
  if (sip_msg_hdr_count(message, SIP_HDR_VIA) != 1) return false;  // ours was the first and only (RFC 3261 §8.1.3.3)
  return ViaWellFormed(message) && AllAddressesWellFormed(message, SIP_HDR_TO) && AllAddressesWellFormed(message, SIP_HDR_CONTACT) &&
         AllAddressesWellFormed(message, SIP_HDR_RECORD_ROUTE) && !CheckNumbers(message);
}

}  // namespace hotline::telephony
