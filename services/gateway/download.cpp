#include "services/gateway/download.h"

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <sodium.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "services/gateway/domain/url.h"
#include "services/gateway/rest/problem.h"

namespace hotline::gateway {
namespace {

using Json = nlohmann::json;

constexpr char kTicketParameter[] = "t";
constexpr char kKeyPurpose[] = "hotline gateway: audio tickets";

absl::Status BadTicket() { return base::Unauthenticated("TICKET_INVALID", "the ticket is not valid any more; ask for another"); }

}  // namespace

TicketBox::TicketBox(const rpc::SigningKey& key) {
  static_assert(sizeof key_ == crypto_secretbox_KEYBYTES && sizeof key_ == crypto_hash_sha256_BYTES);
  const std::string secret = key.Sign(kKeyPurpose);  // Ed25519 signs the same text the same way each time
  crypto_hash_sha256(key_.data(), reinterpret_cast<const uint8_t*>(secret.data()), secret.size());
}

std::string TicketBox::Seal(const std::string& recording_id, const std::string& token, absl::Time until) const {
  const std::string text = Json{{"recording", recording_id}, {"token", token}, {"until", absl::ToUnixSeconds(until)}}.dump();
  std::string box(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + text.size(), '\0');
  auto* bytes = reinterpret_cast<uint8_t*>(box.data());
  randombytes_buf(bytes, crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy(bytes + crypto_secretbox_NONCEBYTES, reinterpret_cast<const uint8_t*>(text.data()), text.size(), bytes, key_.data());
  return absl::WebSafeBase64Escape(box);
}

absl::StatusOr<std::string> TicketBox::Open(const std::string& ticket, const std::string& recording_id, absl::Time now) const {
  constexpr size_t kOverhead = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
  std::string box;
  if (ticket.size() > kMaxAudioTicketBytes || !absl::WebSafeBase64Unescape(ticket, &box) || box.size() < kOverhead) return BadTicket();
  std::string text(box.size() - kOverhead, '\0');
  const auto* bytes = reinterpret_cast<const uint8_t*>(box.data());
  if (crypto_secretbox_open_easy(reinterpret_cast<uint8_t*>(text.data()), bytes + crypto_secretbox_NONCEBYTES,
                                 box.size() - crypto_secretbox_NONCEBYTES, bytes, key_.data()) != 0) {
    return BadTicket();
  }
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("recording", "") != recording_id || json.value("until", int64_t{0}) < absl::ToUnixSeconds(now)) {
    return BadTicket();
  }
  return json.value("token", "");
}

asio::awaitable<absl::StatusOr<Caller>> AdmitDownload(const Request& request, RestApi& rest, Authenticator& authenticator, const TicketBox& box,
                                                      const access::v1::Access& access, const std::string& what, absl::Time now) {
  const auto query = ParseQuery(request.query);
  HOTLINE_CO_RETURN_IF_ERROR(query.status());
  for (const auto& parameter : *query) {
    if (parameter.name != kTicketParameter) continue;
    HOTLINE_CO_ASSIGN_OR_RETURN(const std::string token, box.Open(parameter.value, what, now));
    HOTLINE_CO_ASSIGN_OR_RETURN(Caller caller, authenticator.VerifyToken(token));
    HOTLINE_CO_RETURN_IF_ERROR(rpc::CheckAccess(access, caller.ToPrincipal()));
    co_return caller;
  }
  co_return co_await rest.Admit(request, access);
}

Response TicketAnswer(const TicketBox& box, const Caller& caller, const std::string& what, const std::string& url, absl::Time now) {
  const absl::Time until = std::min(now + kAudioTicketLife, caller.claims->expires_at);
  const std::string ticket = box.Seal(what, caller.token, until);
  Response response;
  response.user_id = caller.claims->user_id;
  response.Set("Content-Type", "application/json");
  response.Set("Cache-Control", "no-store");
  response.body = Json{{"ticket", ticket},
                       {"expireTime", absl::FormatTime(absl::RFC3339_sec, until, absl::UTCTimeZone())},
                       {"url", absl::StrCat(url, "?", kTicketParameter, "=", ticket)}}
                      .dump();
  return response;
}

std::string Disposition(bool shown, const std::string& name) {
  std::string plain, encoded;
  for (const char c : name) {
    const bool safe = absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_';
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) plain += safe ? c : '_';
    encoded += safe ? std::string(1, c) : absl::StrFormat("%%%02X", static_cast<unsigned char>(c));
  }
  return absl::StrCat(shown ? "inline" : "attachment", "; filename=\"", plain, "\"; filename*=UTF-8''", encoded);
}

std::string SegmentIn(std::string_view path, std::string_view prefix, std::string_view suffix) {
  if (!path.starts_with(prefix) || !path.ends_with(suffix) || path.size() <= prefix.size() + suffix.size()) return {};
  const std::string_view segment = path.substr(prefix.size(), path.size() - prefix.size() - suffix.size());
  if (segment.find('/') != std::string_view::npos) return {};
  return PercentDecode(segment, false).value_or("");
}

Asked AskedBytes(const Request& request, const std::string& etag, int64_t size) {
  const std::string_view if_range = request.Header("if-range");
  auto asked = ParseRange(request.Header("range"));
  if (!if_range.empty() && if_range != etag) asked.reset();
  return {asked.has_value(), asked ? Resolve(*asked, size) : ByteRange{0, size}};
}

Response RangeAnswer(const Asked& asked, const std::string& etag, int64_t size, const std::string& trace_id) {
  if (!asked.range) {
    Response response = Problem(416, "RANGE_NOT_SATISFIABLE", "there are no such bytes", trace_id);
    response.Set("Content-Range", absl::StrCat("bytes */", size));
    return response;
  }
  Response response;
  response.Set("Accept-Ranges", "bytes");
  response.Set("ETag", etag);
  response.Set("Cache-Control", "private, no-store");
  if (asked.partial) {
    response.status = 206;
    response.Set("Content-Range", absl::StrCat("bytes ", asked.range->first, "-", asked.range->first + asked.range->length - 1, "/", size));
  }
  return response;
}

}  // namespace hotline::gateway
