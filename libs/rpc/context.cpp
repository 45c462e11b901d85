#include "libs/rpc/context.h"

#include <absl/time/clock.h>

#include <algorithm>

#include "libs/base/id.h"

namespace hotline::rpc {
namespace {

constexpr size_t kTraceIdDigits = 32, kSpanIdDigits = 16, kTraceparentSize = 55;

bool IsHex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }
bool IsZero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

}  // namespace

Trace Trace::New() { return {base::RandomHex(kTraceIdDigits / 2), base::RandomHex(kSpanIdDigits / 2), true}; }

Trace Trace::Continue(std::string_view text) {
  Trace trace = New();
  if (text.size() != kTraceparentSize || !text.starts_with("00-") || text[35] != '-' || text[52] != '-') return trace;
  const std::string_view id = text.substr(3, kTraceIdDigits), parent = text.substr(36, kSpanIdDigits), flags = text.substr(53);
  if (!IsHex(id) || IsZero(id) || !IsHex(parent) || IsZero(parent) || !IsHex(flags)) return trace;
  trace.trace_id = std::string(id);
  trace.sampled = (flags[1] - (flags[1] >= 'a' ? 'a' - 10 : '0')) & 1;
  return trace;
}

std::string Trace::Traceparent() const { return "00-" + trace_id + "-" + span_id + (sampled ? "-01" : "-00"); }

Context::Context(asio::any_io_executor executor, absl::Time deadline)
    : executor_(std::move(executor)), deadline_(deadline), trace_(Trace::New()) {
  principal_.kind = Principal::Kind::kService;
}

Context::Context(asio::any_io_executor executor, const grpc::ServerContextBase* server)
    : executor_(std::move(executor)), deadline_(absl::InfiniteFuture()), server_(server) {
  if (server->deadline() != std::chrono::system_clock::time_point::max()) deadline_ = absl::FromChrono(server->deadline());
}

absl::Duration Context::TimeLeft(absl::Duration limit) const {
  return std::max(absl::ZeroDuration(), std::min(limit, deadline_ - absl::Now()));
}

std::string_view Context::Metadata(std::string_view key) const {
  if (server_ == nullptr) return {};
  const auto& all = server_->client_metadata();
  const auto it = all.find(grpc::string_ref(key.data(), key.size()));
  if (it == all.end()) return {};
  return {it->second.data(), it->second.size()};
}

void Context::Prepare(grpc::ClientContext& out, const CallOptions& options, absl::Duration default_timeout) const {
  const absl::Duration timeout = options.timeout > absl::ZeroDuration() ? options.timeout : default_timeout;
  const absl::Time deadline = std::min(deadline_, absl::Now() + timeout);
  if (deadline != absl::InfiniteFuture()) out.set_deadline(absl::ToChronoTime(deadline));
  out.set_wait_for_ready(options.wait_for_ready);
  out.AddMetadata(kTraceparentKey, trace_.Traceparent());
  if (!user_token_.empty() && !options.as_service) out.AddMetadata(kAuthorizationKey, "Bearer " + user_token_);
}

}  // namespace hotline::rpc
