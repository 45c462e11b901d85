// Routes, transcoding, CSV, problems, OpenAPI: against the real contracts.
#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "hotline/analytics/v1/analytics.pb.h"
#include "hotline/directory/v1/directory.pb.h"
#include "hotline/ticket/v1/ticket_service.pb.h"
#include "libs/base/error.h"
#include "services/gateway/http/static_files.h"
#include "services/gateway/http/wire.h"
#include "services/gateway/rest/csv.h"
#include "services/gateway/rest/descriptors.h"
#include "services/gateway/rest/json.h"
#include "services/gateway/rest/openapi.h"
#include "services/gateway/rest/problem.h"
#include "services/gateway/rest/transcode.h"

namespace hotline::gateway {
namespace {

using Json = nlohmann::json;

const RouteTable& Routes() {
  static const RouteTable routes(SuiteServices());
  return routes;
}

// The first violation as "field RULE", or "OK", or the status if it names no field.
std::string Fault(const absl::Status& status) {
  if (status.ok()) return "OK";
  const auto violations = base::FieldViolations(status);
  return violations.empty() ? status.ToString() : violations[0].field + " " + violations[0].reason;
}

template <class Message>
absl::Status Build(std::string_view method, std::string_view path, std::string_view query, std::string_view body, Message& out) {
  const Match match = Routes().Find(method, path);
  REQUIRE(match.route != nullptr);
  REQUIRE(match.route->rpc->input_type() == Message::descriptor());
  const auto parameters = ParseQuery(query);
  REQUIRE(parameters.ok());
  return BuildRequest(match, *parameters, body, out);
}

std::string RpcOf(std::string_view method, std::string_view path) {
  const Match match = Routes().Find(method, path);
  return match.route == nullptr ? "" : match.route->rpc->name();
}

TEST_CASE("every RPC for people that has an annotation has a route, services' RPCs have none") {
  CHECK(Routes().routes().size() > 50);
  for (const Route& route : Routes().routes()) {
    CHECK(IsPublic(route.access));
    CHECK_FALSE(route.peer.empty());
  }
  CHECK(RpcOf("POST", "/v1/auth:signIn") == "SignIn");
  CHECK(RpcOf("GET", "/v1/tickets/t1") == "GetTicket");
  CHECK(RpcOf("POST", "/v1/tickets/t1:sign") == "SignTicket");
  CHECK(RpcOf("GET", "/v1/tickets/t1/history") == "ListHistory");
  CHECK(RpcOf("GET", "/v1/articles:search") == "SearchArticles");
  CHECK(RpcOf("POST", "/v1/agents/me:signIn") == "SignIn");
  CHECK(RpcOf("PATCH", "/v1/units/u1") == "UpdateUnit");
}

TEST_CASE("paths that are not there are not found") {
  for (const char* path : {"/v1", "/v1/", "/v1/nothing", "/v1/tickets/", "/v1/tickets//history", "/v1/tickets/t1:nothing", "/v1/tickets/t1/",
                           "/v1/tickets/%zz", "/v2/tickets/t1", "", "v1/me"}) {
    CHECK(Routes().Find("GET", path).route == nullptr);
  }
  const Match match = Routes().Find("DELETE", "/v1/tickets/t1");
  CHECK(match.route == nullptr);
  CHECK(match.allowed_methods == std::vector<std::string>{"GET"});
}

TEST_CASE("path variables are decoded, nested ones too") {
  ticket::v1::GetTicketRequest get;
  CHECK(Build("GET", "/v1/tickets/a%2Fb%3Ac", "", "", get).ok());
  CHECK(get.ticket_id() == "a/b:c");
  directory::v1::UpdateUnitRequest update;
  CHECK(Fault(Build("PATCH", "/v1/units/water", "updateMask=name,areaCode", R"({"name":"水务局","etag":"3"})", update)) == "OK");
  CHECK(update.unit().unit_id() == "water");
  CHECK(update.unit().name() == "水务局");
  CHECK(update.update_mask().paths_size() == 2);
  CHECK(update.update_mask().paths(1) == "area_code");
}

TEST_CASE("the body may not contradict the path") {
  directory::v1::UpdateUnitRequest update;
  CHECK(Fault(Build("PATCH", "/v1/units/water", "", R"({"unitId":"water"})", update)) == "OK");
  update.Clear();
  CHECK(Fault(Build("PATCH", "/v1/units/water", "", R"({"unitId":"gas"})", update)) == "unit.unitId PATH_MISMATCH");
}

TEST_CASE("query parameters go by both names, repeat, and are typed") {
  ticket::v1::ListTicketsRequest list;
  CHECK(Fault(Build("GET", "/v1/tickets",
                    "states=TICKET_STATE_DISPATCHED&states=TICKET_STATE_CLOSED&page_size=20&orderBy=due_time&createTimeFrom=2025-06-15T08:00:00%2B08:00", "",
                    list)) == "OK");
  CHECK(list.states_size() == 2);
  CHECK(list.page_size() == 20);
  CHECK(list.order_by() == "due_time");
  CHECK(list.create_time_from().seconds() == 1'749'945'600);
}

TEST_CASE("a wrong query parameter is named as it was written") {
  const auto fault = [](std::string_view query) {
    ticket::v1::ListTicketsRequest list;
    return Fault(Build("GET", "/v1/tickets", query, "", list));
  };
  CHECK(fault("nope=1") == "nope UNKNOWN_PARAMETER");
  CHECK(fault("pageSize=many") == "pageSize BAD_FORMAT");
  CHECK(fault("pageSize=99999999999") == "pageSize BAD_FORMAT");
  CHECK(fault("pageSize=1&page_size=2") == "page_size REPEATED");
  CHECK(fault("states=OPEN") == "states BAD_FORMAT");
  CHECK(fault("createTimeFrom=yesterday") == "createTimeFrom BAD_FORMAT");
  ticket::v1::GetTicketRequest get;
  CHECK(Fault(Build("GET", "/v1/tickets/t1", "ticketId=t2", "", get)) == "ticketId UNKNOWN_PARAMETER");
  CHECK(Fault(Build("GET", "/v1/tickets/t1", "", "{}", get)) == "body NOT_ALLOWED");
  directory::v1::CreateUnitRequest unit;
  CHECK(Fault(Build("POST", "/v1/units", "unit.name=x", "{}", unit)) == "unit.name UNKNOWN_PARAMETER");
  unit.Clear();
  CHECK(Fault(Build("POST", "/v1/units", "requestId=r1", R"({"unitId":"u"})", unit)) == "OK");
  CHECK(unit.request_id() == "r1");
  directory::v1::SignInRequest sign_in;
  CHECK(Fault(Build("POST", "/v1/auth:signIn", "userName=x", "{}", sign_in)) == "userName UNKNOWN_PARAMETER");
}

TEST_CASE("a body is read strictly and its faults are named") {
  const auto fault = [](std::string_view body) {
    ticket::v1::CreateTicketRequest request;
    return Fault(ParseJson(body, request));
  };
  CHECK(fault("") == "OK");
  CHECK(fault(R"({"ticket":{"title":"停水","caller":{"phone":"1"}},"request_id":"r"})") == "OK");
  CHECK(fault(R"({"ticket":{"titel":"x"}})") == "ticket.titel UNKNOWN_FIELD");
  CHECK(fault(R"({"ticket":{"title":5}})") == "ticket.title WRONG_TYPE");
  CHECK(fault(R"({"ticket":{"type":"TICKET_TYPE_NONE"}})") == "ticket.type UNKNOWN_VALUE");
  CHECK(fault(R"({"ticket":{"type":2}})") == "ticket.type WRONG_TYPE");
  CHECK(fault(R"({"ticket":{"tags":["a",1]}})") == "ticket.tags[1] WRONG_TYPE");
  CHECK(fault(R"({"ticket":{"createTime":"soon"}})") == "ticket.createTime BAD_FORMAT");
  CHECK(fault(R"({"requestId":"a","request_id":"b"})") == "request_id REPEATED");
  CHECK(fault(R"({"requestId":"a","requestId":"b"})") == "requestId REPEATED");
  CHECK(fault(R"({"ticket":)") == "body BAD_JSON");
  CHECK(fault(R"([])") == "body WRONG_TYPE");
  CHECK(fault("{\"requestId\":\"\xff\"}") == "body BAD_UTF8");
  CHECK(fault(std::string(100'000, '[')) == "body TOO_DEEP");
  ticket::v1::ListTicketsRequest numbers;
  CHECK(Fault(ParseJson(R"({"pageSize":3000000000})", numbers)) == "pageSize OUT_OF_RANGE");
  CHECK(Fault(ParseJson(R"({"pageSize":1.5})", numbers)) == "pageSize WRONG_TYPE");
  CHECK(Fault(ParseJson(R"({"pageSize":"17"})", numbers)) == "OK");
  CHECK(numbers.page_size() == 17);
}

TEST_CASE("answers leave defaults out and name enums") {
  directory::v1::User user;
  user.set_user_id("u1");
  user.add_roles(access::v1::ROLE_AGENT);
  CHECK(ToJson(user) == R"({"userId":"u1","roles":["ROLE_AGENT"]})");
}

TEST_CASE("a list becomes CSV with formulas neutralised and maps as columns") {
  analytics::v1::QueryFiguresResponse figures;
  auto* row = figures.add_rows();
  (*row->mutable_group())["type"] = "=HYPERLINK(\"x\")";
  (*row->mutable_figures())["calls"] = -1;
  row = figures.add_rows();
  (*row->mutable_group())["unit"] = "water, gas";
  const auto* rows = RowsOf(*figures.GetDescriptor());
  REQUIRE(rows != nullptr);
  CHECK(ToCsv(figures, *rows) ==
        "\xEF\xBB\xBFgroup.type,group.unit,figures.calls\r\n"
        "\"'=HYPERLINK(\"\"x\"\")\",,-1\r\n"
        ",\"water, gas\",\r\n");
  for (const char* formula : {"=1", "+1", "-1", "@a", "\ta"}) CHECK(CsvText(formula) == std::string("'") + formula);
  CHECK(CsvText("a-b") == "a-b");
  CHECK(RowsOf(*directory::v1::Tokens::descriptor()) == nullptr);
  CHECK(RowsOf(*analytics::v1::ListMeasuresResponse::descriptor()) == nullptr);
}

TEST_CASE("rows with nested messages, lists and times become flat lines") {
  directory::v1::ListUsersResponse users;
  auto* user = users.add_users();
  user->set_user_name("li, si");
  user->add_roles(access::v1::ROLE_AGENT);
  user->add_roles(access::v1::ROLE_ADMIN);
  user->mutable_create_time()->set_seconds(1'749'945'600);
  const std::string csv = ToCsv(users, *RowsOf(*users.GetDescriptor()));
  CHECK(csv.find("userId,userName,displayName,unitId,roles,active") != std::string::npos);
  CHECK(csv.find("\"li, si\",,,ROLE_AGENT; ROLE_ADMIN,false") != std::string::npos);
  CHECK(csv.find("2025-06-15T00:00:00Z") != std::string::npos);
}

TEST_CASE("errors become problems with the client's own field names") {
  const Response response = Problem(base::InvalidField("unit.area_code", "TOO_LONG", "at most 12"), "trace", "unit");
  CHECK(response.status == 400);
  const Json json = Json::parse(response.body);
  CHECK(json["reason"] == "INVALID_FIELD");
  CHECK(json["traceId"] == "trace");
  CHECK(json["errors"][0]["field"] == "areaCode");
  CHECK(json["errors"][0]["reason"] == "TOO_LONG");
  CHECK(Problem(base::EtagMismatch("unit", "u"), "t").status == 409);
  CHECK(Problem(base::NotFound("unit", "u"), "t").status == 404);
  CHECK(Problem(base::PermissionDenied("WRONG_UNIT", "no"), "t").status == 403);
  CHECK(Problem(base::FailedPrecondition("WRONG_STATE", "no"), "t").status == 409);
  CHECK(Problem(absl::DeadlineExceededError("x"), "t").status == 504);
}

TEST_CASE("what is said inside stays inside") {
  for (const absl::Status& status : {base::Internal("EXCEPTION", "secret: /etc/x"), absl::UnknownError("secret"),
                                     absl::UnavailableError("failed to connect to secret"), absl::DataLossError("secret")}) {
    const Response response = Problem(status, "t");
    CHECK(response.body.find("secret") == std::string::npos);
    CHECK(response.status >= 500);
  }
  const Response busy = Problem(base::ResourceExhausted("TOO_MANY_ATTEMPTS", "wait", {{"retry_after_seconds", "30"}}), "t");
  CHECK(FindHeader(busy.headers, "Retry-After") == "30");
  CHECK(FindHeader(Problem(absl::UnavailableError(""), "t").headers, "retry-after") == "1");
}

TEST_CASE("the description names every operation, its comments and who may call it") {
  const Json api = Json::parse(OpenApi());
  CHECK(api["openapi"] == "3.1.0");
  const Json& sign_in = api["paths"]["/v1/auth:signIn"]["post"];
  CHECK(sign_in["security"].empty());
  CHECK(sign_in["x-hotline-access"]["anyone"] == true);
  CHECK(sign_in["description"].get<std::string>().find("BAD_CREDENTIALS") != std::string::npos);
  const Json& update = api["paths"]["/v1/units/{unit.unitId}"]["patch"];
  CHECK(update["parameters"][0]["in"] == "path");
  CHECK(update["x-hotline-access"]["roles"][0] == "admin");
  CHECK(update["requestBody"]["content"]["application/json"]["schema"]["$ref"] == "#/components/schemas/directory.v1.Unit");
  const Json& unit = api["components"]["schemas"]["directory.v1.Unit"]["properties"];
  CHECK(unit["areaCode"]["description"].get<std::string>().find("administrative area") != std::string::npos);
  CHECK_FALSE(api["paths"].contains("/v1/recordings/{recordingId}/audio") == false);
  CHECK(api["components"]["schemas"]["telephony.v1.LineEvent"]["properties"].contains("state"));  // of the desk's frames
  for (const auto& [name, schema] : api["components"]["schemas"].items()) CHECK_FALSE(schema.value("description", "").empty());
  std::set<std::string> operations;
  for (const auto& [path, methods] : api["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) CHECK(operations.insert(operation["operationId"]).second);
  }
}

TEST_CASE("pages are served from memory and no path leaves it") {
  StaticFiles files;
  files.Add("/index.html", "<html>");
  files.Add("/assets/a.1f.js", "js");
  const auto get = [&](std::string target, Headers headers = {}) {
    Request request;
    request.method = "GET";
    request.target = std::move(target);
    request.path = SplitTarget(request.target).path;
    request.headers = std::move(headers);
    return files.Serve(request);
  };
  CHECK(*get("/")->shared_body == "<html>");
  CHECK(*get("/tickets/42")->shared_body == "<html>");  // the application finds its way itself
  CHECK(FindHeader(get("/")->headers, "cache-control") == "no-cache");
  CHECK(FindHeader(get("/assets/a.1f.js")->headers, "cache-control").find("immutable") != std::string_view::npos);
  CHECK(FindHeader(get("/assets/a.1f.js")->headers, "content-type").starts_with("text/javascript"));
  const std::string etag(FindHeader(get("/")->headers, "etag"));
  CHECK(get("/", {{"If-None-Match", etag}})->status == 304);
  for (const char* path : {"/../../etc/passwd.x", "/%2e%2e/%2e%2e/etc/passwd.x", "/assets/..%2f..%2fetc.x", "/assets/missing", "/favicon.ico", "/%00.x"}) {
    CHECK_FALSE(get(path).has_value());
  }
}

TEST_CASE("a header's value makes no header of its own") {
  Response response;
  response.Set("X-Request-Id", "a\r\nSet-Cookie: b=c");
  const std::string head = ResponseHead(response, 0, true);
  CHECK(head.find("\r\nSet-Cookie") == std::string::npos);
  CHECK(head.starts_with("HTTP/1.1 200 OK\r\nDate: "));
}

TEST_CASE("X-Forwarded-For counts only from a proxy that is trusted") {
  const Headers headers{{"X-Forwarded-For", "1.1.1.1, 2.2.2.2"}};
  CHECK(ClientAddress("10.0.0.1", headers, {}) == "10.0.0.1");
  CHECK(ClientAddress("10.0.0.1", headers, {"10.0.0.1"}) == "2.2.2.2");
  CHECK(ClientAddress("10.0.0.1", {}, {"10.0.0.1"}) == "10.0.0.1");
}

TEST_CASE("TKT-18: the OpenAPI document has the tables that no annotation names") {
  const Json paths = Json::parse(OpenApi())["paths"];
  const auto names = [&](const char* path, const char* method) {
    std::vector<std::string> all;
    for (const Json& parameter : paths.at(path).at(method).at("parameters")) all.push_back(parameter.at("name"));
    std::sort(all.begin(), all.end());
    return all;
  };
  CHECK(names("/v1/ticketImports", "post") == std::vector<std::string>{"dryRun", "fileName", "requestId"});
  CHECK(paths["/v1/ticketImports"].contains("get"));
  CHECK(names("/v1/ticketImports/{importId}/report", "get") == std::vector<std::string>{"format", "importId"});
  CHECK(names("/v1/ticketImportTemplate", "get") == std::vector<std::string>{"format"});
  const auto exported = names("/v1/ticketExport", "get");
  for (const char* name : {"filter.states", "filter.leaderInstructed", "filter.createTimeFrom", "reason", "format"}) CHECK(std::count(exported.begin(), exported.end(), name) == 1);
  CHECK(std::count(exported.begin(), exported.end(), "filter.pageToken") == 0);
}

}  // namespace
}  // namespace hotline::gateway
