#include "services/gateway/gateway.h"

#include <absl/strings/str_cat.h>

#include "hotline/events/v1/directory.pb.h"
#include "libs/base/log.h"
#include "services/gateway/domain/map_tiles.h"
#include "services/gateway/domain/url.h"
#include "services/gateway/embedded.h"
#include "services/gateway/rest/openapi.h"
#include "services/gateway/rest/problem.h"

namespace hotline::gateway {
namespace {

constexpr char kDeskPath[] = "/v1/desk";

bool IsApi(std::string_view path) { return path.starts_with("/v1/") || path == "/v1"; }

}  // namespace

Gateway::Gateway(rpc::Node& node, rpc::KeySet keys, const rpc::SigningKey& key, const Config& config, StaticFiles pages)
    : node_(node),
      config_(config),
      content_security_policy_(ContentSecurityPolicy(config_.map.tiles)),
      executor_(node.io().Next()),
      authenticator_(node, std::move(keys)),
      rest_(node, authenticator_, config_.limits),
      readiness_(node),
      openapi_(OpenApi(rest_.routes())),
      pages_(std::move(pages)),
      addresses_(config_.limits.per_address, kMaxAddressBuckets),
      directory_(node.peer("directory")),
      recordings_(node, rest_, authenticator_, key),
      files_(node, rest_, authenticator_, key),
      sheets_(node, rest_),
      map_settings_(rest_, config_.map),
      hub_(node, executor_),
      tasks_(executor_),
      desk_(node, executor_, authenticator_, hub_, tasks_, config_.limits),
      server_(executor_, config_,
              {.request = [this](Request& request) { return Handle(request); },
               .streams = [](std::string_view method, std::string_view path) { return Files::Streams(method, path) || Sheets::Streams(method, path); },
               .check_upgrade = [this](Request& request) { return CheckUpgrade(request); },
               .upgraded = [this](std::unique_ptr<Frames> frames, Request request) { return desk_.Serve(std::move(frames), std::move(request)); }},
              node.metrics()) {
  authenticator_.OnRevoked([this] { desk_.CloseRevoked(); });
  if (!config_.common.redis) return;
  const runtime::RedisConfig& redis = *config_.common.redis;
  tail_ = std::make_unique<events::Tail>(events::TailOptions{.sources = {"directory", "ticket", "sla_timer"},
                                                             .redis = {redis.address, redis.user, redis.password},
                                                             .on_event = [this](const events::Event& event) { OnEvent(event); }});
}

Gateway::~Gateway() { Stop(); }

absl::Status Gateway::Start() {
  tasks_.Spawn(authenticator_.FollowRevoked());
  for (const std::string& peer : readiness_.peers()) tasks_.Spawn(readiness_.Follow(peer));
  hub_.Start(tasks_);
  if (tail_ != nullptr) tail_->Start();
  return server_.Start();
}

void Gateway::Stop() {
  if (std::exchange(stopped_, true)) return;
  asio::post(executor_, [this] {
    readiness_.SetStopping();
    desk_.CloseAll();
  });
  if (tail_ != nullptr) tail_->Stop();
  server_.Stop(config_.common.drain);
  tasks_.Stop();
}

// On the tail's own thread.
void Gateway::OnEvent(const events::Event& event) {
  if (!events::Is<hotline::events::v1::SessionRevoked>(event)) return hub_.OnEvent(event);
  const auto revoked = events::Unpack<hotline::events::v1::SessionRevoked>(event);
  if (!revoked.ok()) return base::log::Warn("unreadable event", {{"id", event.id()}, {"error", revoked.status()}});
  authenticator_.Revoke(revoked->session_id(), absl::FromUnixSeconds(revoked->token_expire_time().seconds()));
  asio::post(executor_, [this] { desk_.CloseRevoked(); });
}

// Before the upgrade: what a browser cannot be told afterwards.
std::optional<Response> Gateway::CheckUpgrade(Request& request) {
  const absl::Time started = absl::Now();
  const std::string& trace = request.trace.trace_id;
  const std::string_view origin = request.Header("origin");
  std::optional<Response> refusal;
  const absl::Duration wait = addresses_.Take(request.client_address, node_.clock().Now());
  if (wait > absl::ZeroDuration()) {
    refusal = Problem(TooManyRequests(wait), trace);
  } else if (request.path != kDeskPath || request.method != "GET") {
    refusal = Problem(404, "ROUTE_NOT_FOUND", "there is no such WebSocket", trace);
  } else if (!origin.empty() && !OriginAllowed(origin, request.Header("host"), config_.allowed_origins)) {
    // Programs send no Origin; what counts against them is that the token is in the first frame.
    refusal = Problem(403, "ORIGIN_NOT_ALLOWED", "pages of this origin may not connect", trace);
  } else if (desk_.full()) {
    refusal = Problem(base::Unavailable("TOO_MANY_DESKS", "too many pages are connected"), trace);
  }
  if (refusal) {
    refusal->route = kDeskPath;
    Finish(request, *refusal, started);
  }
  return refusal;
}

asio::awaitable<Response> Gateway::Handle(Request& request) {
  const absl::Time started = absl::Now();
  Response response;
  const absl::Duration wait = addresses_.Take(request.client_address, node_.clock().Now());
  if (wait > absl::ZeroDuration()) {
    response = Problem(TooManyRequests(wait), request.trace.trace_id);
  } else if (auto preflight = Preflight(request)) {
    response = *std::move(preflight);
  } else {
    try {
      response = co_await Dispatch(request);
    } catch (const boost::system::system_error&) {
      throw;  // the connection is being ended
    } catch (const std::exception& error) {
      base::log::Error("a request failed", {{"trace", request.trace.trace_id}, {"error", error.what()}});
      response = Problem(absl::InternalError("exception"), request.trace.trace_id);
    }
  }
  Finish(request, response, started);
  co_return response;
}

asio::awaitable<Response> Gateway::Dispatch(const Request& request) {
  const std::string_view path = request.path;
  if (IsApi(path)) {
    if (path == kDeskPath) co_return Problem(426, "WEBSOCKET_EXPECTED", "this path is a WebSocket", request.trace.trace_id);
    if (Recordings::Handles(path)) co_return co_await recordings_.Handle(request);
    if (Files::Handles(request.method, path)) co_return co_await files_.Handle(request);
    if (Sheets::Handles(request.method, path)) co_return co_await sheets_.Handle(request);
    if (path == MapSettings::kPath) co_return co_await map_settings_.Handle(request);
    co_return co_await rest_.Handle(request);
  }
  if (request.method != "GET" && request.method != "HEAD") {
    Response response = Problem(405, "METHOD_NOT_ALLOWED", "pages can only be read", request.trace.trace_id);
    response.Set("Allow", "GET, HEAD");
    co_return response;
  }
  if (path == "/healthz") co_return Page("text/plain", "ok\n");
  if (path == "/readyz") co_return readiness_.Page();
  if (path == "/.well-known/jwks.json") co_return co_await Jwks(request);
  if (path == "/openapi.json") co_return Page("application/json", openapi_);
  if (path == "/docs") co_return Page("text/html; charset=utf-8", EmbeddedDocsHtml());
  if (path == "/docs/docs.js") co_return Page("text/javascript; charset=utf-8", EmbeddedDocsScript());
  if (path == "/docs/docs.css") co_return Page("text/css; charset=utf-8", EmbeddedDocsStyle());
  if (auto page = pages_.Serve(request)) co_return *std::move(page);
  co_return Problem(404, "PAGE_NOT_FOUND", "there is no such page", request.trace.trace_id);
}

Response Gateway::Page(std::string_view type, std::string_view body) const {
  Response response;
  response.route = "page";
  response.Set("Content-Type", std::string(type));
  response.Set("Cache-Control", "no-cache");
  response.body = std::string(body);
  return response;
}

asio::awaitable<Response> Gateway::Jwks(const Request& request) {
  rpc::Context context(executor_);
  context.SetTrace(request.trace);
  const auto keys = co_await directory_.Call(context, &rpc::Client<directory::v1::AuthService>::Api::GetJwks, {});
  if (!keys.ok()) co_return Problem(keys.status(), request.trace.trace_id);
  Response response = Page("application/jwk-set+json", keys->jwks_json());
  response.route = "/.well-known/jwks.json";
  co_return response;
}

// Pages of other origins, if the configuration lists them, may call the API: they send tokens themselves, no cookies.
std::optional<Response> Gateway::Preflight(const Request& request) const {
  if (request.method != "OPTIONS" || request.Header("access-control-request-method").empty()) return std::nullopt;
  Response response;
  response.status = 204;
  response.route = "preflight";
  response.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
  response.Set("Access-Control-Allow-Headers", "authorization, content-type, accept, x-api-key, x-request-id, traceparent, range");
  response.Set("Access-Control-Max-Age", "600");
  return response;
}

void Gateway::Finish(const Request& request, Response& response, absl::Time started) {
  response.Set("X-Content-Type-Options", "nosniff");
  response.Set("Referrer-Policy", "no-referrer");
  response.Set("Content-Security-Policy", content_security_policy_);
  response.Set("X-Request-Id", request.request_id);
  const std::string_view origin = request.Header("origin");
  if (!origin.empty() && OriginAllowed(origin, {}, config_.allowed_origins)) {
    response.Set("Access-Control-Allow-Origin", std::string(origin));
    response.Set("Access-Control-Expose-Headers", "X-Request-Id, X-Next-Page-Token, Retry-After, Date, Content-Range");
    response.Set("Vary", "Origin");
  }
  const absl::Duration took = absl::Now() - started;
  node_.metrics()
      .Counter("hotline_gateway_requests_total", "Requests by route and status",
               {{"method", response.route == "other" ? "" : request.method}, {"route", response.route}, {"status", absl::StrCat(response.status)}})
      .Increment();
  node_.metrics()
      .Histogram("hotline_gateway_request_seconds", "Time from a request's last byte to its answer", {{"route", response.route}})
      .Observe(absl::ToDoubleSeconds(took));
  base::log::Info("request", {{"trace", request.trace.trace_id},
                              {"request_id", request.request_id},
                              {"method", request.method},
                              {"route", response.route},
                              {"status", response.status},
                              {"user", response.user_id},
                              {"ms", took}});
}

}  // namespace hotline::gateway
