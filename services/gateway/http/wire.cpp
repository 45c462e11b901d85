#include "services/gateway/http/wire.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <algorithm>

#include "services/gateway/rest/problem.h"

namespace hotline::gateway {
namespace {

constexpr size_t kMaxAddressBytes = 64;

std::string_view Phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 304: return "Not Modified";
    default: return HttpTitle(status);
  }
}

void Append(std::string& head, std::string_view name, std::string_view value) {
  absl::StrAppend(&head, absl::string_view(name.data(), name.size()), ": ");
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') head += c;
  }
  head += "\r\n";
}

}  // namespace

std::string ResponseHead(const Response& response, int64_t length, bool keep_alive) {
  const std::string_view phrase = Phrase(response.status);
  std::string head = absl::StrCat("HTTP/1.1 ", response.status, " ", absl::string_view(phrase.data(), phrase.size()), "\r\n");
  Append(head, "Date", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(), absl::UTCTimeZone()));
  for (const auto& [name, value] : response.headers) Append(head, name, value);
  if (length >= 0) Append(head, "Content-Length", absl::StrCat(length));
  if (length == kChunked) Append(head, "Transfer-Encoding", "chunked");
  Append(head, "Connection", keep_alive ? "keep-alive" : "close");
  return head + "\r\n";
}

std::string ClientAddress(const std::string& peer, const Headers& headers, const std::vector<std::string>& trusted) {
  if (std::find(trusted.begin(), trusted.end(), peer) == trusted.end()) return peer;
  const std::string_view forwarded = FindHeader(headers, "x-forwarded-for");
  const std::string_view last = forwarded.substr(forwarded.rfind(',') + 1);
  const absl::string_view address = absl::StripAsciiWhitespace(absl::string_view(last.data(), last.size()));
  return address.empty() || address.size() > kMaxAddressBytes ? peer : std::string(address);
}

}  // namespace hotline::gateway
