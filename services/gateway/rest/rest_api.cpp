#include "services/gateway/rest/rest_api.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <google/protobuf/arena.h>

#include "services/gateway/rest/csv.h"
#include "services/gateway/rest/descriptors.h"
#include "services/gateway/rest/json.h"
#include "services/gateway/rest/problem.h"
#include "services/gateway/rest/transcode.h"

namespace hotline::gateway {
namespace {

namespace pb = google::protobuf;

// A request field of this name is the gateway's to fill.
constexpr char kClientAddressField[] = "client_address";
constexpr char kPageTokenField[] = "next_page_token";

absl::Status NotConfigured() { return base::Unavailable("SERVICE_NOT_CONFIGURED", "this part of the hotline is not installed here"); }
absl::Status NoCsv() { return base::InvalidField(kFormatParameter, "NOT_A_LIST", "only an answer with one list can be CSV"); }

std::string MediaType(std::string_view header) {
  const auto type = header.substr(0, header.find(';'));
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(absl::string_view(type.data(), type.size())));
}

absl::StatusOr<bool> WantsCsv(const Request& request, const std::vector<QueryParameter>& query) {
  bool csv = request.Header("accept").find("text/csv") != std::string_view::npos;
  for (const auto& parameter : query) {
    if (parameter.name != kFormatParameter) continue;
    if (parameter.value != "csv" && parameter.value != "json") {
      return base::InvalidField(kFormatParameter, "UNKNOWN_VALUE", "csv or json is expected");
    }
    csv = parameter.value == "csv";
  }
  return csv;
}

void FillClientAddress(pb::Message& message, const std::string& address) {
  const pb::FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(kClientAddressField);
  if (field == nullptr || field->cpp_type() != pb::FieldDescriptor::CPPTYPE_STRING || field->is_repeated()) return;
  message.GetReflection()->SetString(&message, field, address);
}

Response Answer(const pb::Message& message, const pb::FieldDescriptor* csv_rows) {
  Response response;
  response.Set("Cache-Control", "no-store");
  response.Set("Vary", "Accept");
  if (csv_rows == nullptr) {
    response.Set("Content-Type", "application/json");
    response.body = ToJson(message);
    return response;
  }
  response.Set("Content-Type", "text/csv; charset=utf-8; header=present");
  response.Set("Content-Disposition", absl::StrCat("attachment; filename=\"", csv_rows->name(), ".csv\""));
  response.body = ToCsv(message, *csv_rows);
  const pb::FieldDescriptor* token = message.GetDescriptor()->FindFieldByName(kPageTokenField);
  if (token != nullptr) {
    std::string next = message.GetReflection()->GetString(message, token);
    if (!next.empty()) response.Set("X-Next-Page-Token", std::move(next));
  }
  return response;
}

}  // namespace

absl::Status TooManyRequests(absl::Duration after) {
  const int64_t seconds = std::max<int64_t>(1, absl::ToInt64Seconds(absl::Ceil(after, absl::Seconds(1))));
  return base::ResourceExhausted("TOO_MANY_REQUESTS", "too many requests; wait a little",
                                 {{"retry_after_seconds", absl::StrCat(seconds)}});
}

RestApi::RestApi(rpc::Node& node, Authenticator& authenticator, const LimitsConfig& limits)
    : node_(node),
      authenticator_(authenticator),
      timeout_(limits.request_timeout),
      routes_(SuiteServices()),
      users_(limits.per_user, kMaxUserBuckets) {
  for (const auto& [name, peer] : node.channels().all()) clients_[name] = std::make_unique<rpc::DynamicClient>(peer);
}

asio::awaitable<absl::StatusOr<Caller>> RestApi::Admit(const Request& request, const access::v1::Access& access) {
  absl::StatusOr<Caller> caller = co_await authenticator_.Authenticate(request);
  if (!caller.ok()) co_return caller.status();
  const absl::Duration wait = users_.Take(caller->claims->user_id, node_.clock().Now());
  if (wait > absl::ZeroDuration()) co_return TooManyRequests(wait);
  HOTLINE_CO_RETURN_IF_ERROR(rpc::CheckAccess(access, caller->ToPrincipal()));
  co_return caller;
}

asio::awaitable<Response> RestApi::Handle(const Request& request) {
  const std::string_view method = request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
  const Match match = routes_.Find(method, request.path);
  if (match.route == nullptr && !match.allowed_methods.empty()) {
    Response response = Problem(405, "METHOD_NOT_ALLOWED", "this path has other methods: see Allow", request.trace.trace_id);
    response.Set("Allow", absl::StrJoin(match.allowed_methods, ", "));
    co_return response;
  }
  if (match.route == nullptr) co_return Problem(404, "ROUTE_NOT_FOUND", "there is no such path; see /docs", request.trace.trace_id);
  std::string user_id;
  Response response = co_await HandleRoute(request, match, user_id);
  response.route = match.route->pattern;
  response.user_id = std::move(user_id);
  co_return response;
}

asio::awaitable<Response> RestApi::HandleRoute(const Request& request, const Match& match, std::string& user_id) {
  const Route& route = *match.route;
  const std::string& trace = request.trace.trace_id;
  rpc::Context context(co_await asio::this_coro::executor);
  context.SetTrace(request.trace);
  // Whoever may be called by anyone needs no token, and a stale one must not stand in the way of a new sign-in.
  if (!route.access.anyone()) {
    const absl::StatusOr<Caller> caller = co_await Admit(request, route.access);
    if (!caller.ok()) co_return Problem(caller.status(), trace);
    user_id = caller->claims->user_id;
    context.ActFor(caller->token);
  }
  if (!request.body.empty() && MediaType(request.Header("content-type")) != "application/json") {
    co_return Problem(415, "JSON_EXPECTED", "the body must be application/json", trace);
  }
  const auto query = ParseQuery(request.query);
  if (!query.ok()) co_return Problem(query.status(), trace);
  const auto csv = WantsCsv(request, *query);
  if (!csv.ok()) co_return Problem(csv.status(), trace);
  const pb::FieldDescriptor* rows = *csv ? RowsOf(*route.rpc->output_type()) : nullptr;
  if (*csv && rows == nullptr) co_return Problem(NoCsv(), trace);

  pb::Arena arena;
  pb::Message* in = route.request->New(&arena);
  pb::Message* out = route.response->New(&arena);
  if (const absl::Status built = BuildRequest(match, *query, request.body, *in); !built.ok()) co_return Problem(built, trace);
  FillClientAddress(*in, request.client_address);
  const absl::Status status = co_await CallService(context, route, *in, *out);
  if (!status.ok()) co_return Problem(status, trace, route.body);
  co_return Answer(*out, rows);
}

asio::awaitable<absl::Status> RestApi::CallService(const rpc::Context& context, const Route& route, const pb::Message& in,
                                                   pb::Message& out) {
  const auto client = clients_.find(route.peer);
  if (client == clients_.end()) co_return NotConfigured();
  rpc::CallOptions options;
  options.timeout = timeout_;
  absl::Duration pause = kReadRetry;
  for (int attempt = 1;; ++attempt, pause *= 2) {
    absl::Status status = co_await client->second->Call(context, route.rpc_path, in, out, options);
    if (!absl::IsUnavailable(status) || route.method != "GET" || attempt >= kMaxReadAttempts) co_return status;
    co_await rpc::Sleep(pause);
  }
}

}  // namespace hotline::gateway
