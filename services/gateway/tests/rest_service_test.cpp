// The gateway as a browser or a department's system sees it: real HTTP in front, real gRPC behind.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <set>

#include "hotline/events/v1/directory.pb.h"
#include "libs/base/error.h"
#include "libs/testing/child_process.h"
#include "libs/testing/wait.h"
#include "services/gateway/tests/backend.h"

namespace hotline::gateway {
namespace {

const rpc::UserClaims kOfficer{.user_id = "o1", .roles = {access::v1::ROLE_OFFICER}, .unit_path = "/city/water/"};

TEST_CASE("signing in needs no token, and the client's address is the gateway's to say") {
  Installation hotline;
  const Answer good = Fetch(hotline.port(), "POST", "/v1/auth:signIn", {}, R"({"userName":"a","password":"right password","clientAddress":"8.8.8.8"})");
  CHECK(good.status == 200);
  CHECK(good.Json().contains("accessToken"));
  CHECK(hotline.journal().Of("sign_in_address") == std::vector<std::string>{"127.0.0.1"});
  // A stale token must not stand in the way of a new sign-in.
  const Answer bad = Fetch(hotline.port(), "POST", "/v1/auth:signIn", {{"Authorization", "Bearer stale"}}, R"({"userName":"a","password":"wrong"})");
  CHECK(bad.status == 401);
  CHECK(bad.Reason() == "BAD_CREDENTIALS");
  CHECK(bad.Header("content-type") == "application/problem+json");
}

TEST_CASE("a token is verified, its user and the trace reach the service") {
  Installation hotline;
  TestHeaders headers = hotline.Bearer(kOfficer);
  headers.emplace_back("traceparent", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01");
  headers.emplace_back("X-Request-Id", "my-request");
  const Answer me = Fetch(hotline.port(), "GET", "/v1/me", headers);
  CHECK(me.status == 200);
  CHECK(me.Json()["userId"] == "o1");
  CHECK(me.Header("X-Request-Id") == "my-request");
  CHECK(me.Header("X-Content-Type-Options") == "nosniff");
  CHECK_FALSE(me.Header("Date").empty());
  CHECK(hotline.journal().Of("trace") == std::vector<std::string>{"0123456789abcdef0123456789abcdef"});

  CHECK(Fetch(hotline.port(), "GET", "/v1/me").Reason() == "TOKEN_MISSING");
  CHECK(Fetch(hotline.port(), "GET", "/v1/me", {{"Authorization", "Bearer x.y.z"}}).Reason() == "TOKEN_INVALID");
  rpc::UserClaims old = kOfficer;
  old.issued_at = absl::Now() - absl::Hours(2);
  old.expires_at = absl::Now() - absl::Hours(1);
  CHECK(Fetch(hotline.port(), "GET", "/v1/me", hotline.Bearer(old)).Reason() == "TOKEN_EXPIRED");
}

TEST_CASE("roles are checked before anything reaches a service") {
  Installation hotline;
  const Answer denied = Fetch(hotline.port(), "POST", "/v1/units", hotline.Bearer(kOfficer), R"({"name":"x"})");
  CHECK(denied.status == 403);
  CHECK(denied.Reason() == "ACCESS_DENIED");
}

TEST_CASE("a resource is made with a body field and query parameters, and faults come back in the client's words") {
  Installation hotline;
  const Answer made = Fetch(hotline.port(), "POST", "/v1/units?requestId=r1", hotline.Bearer(), R"({"unitId":"gas","name":"燃气"})");
  CHECK(made.status == 200);
  CHECK(made.Json()["etag"] == "r1");
  const Answer empty = Fetch(hotline.port(), "POST", "/v1/units", hotline.Bearer(), R"({"unitId":"gas"})");
  CHECK(empty.status == 400);
  CHECK(empty.Json()["errors"][0]["field"] == "name");
  CHECK(empty.Json()["errors"][0]["reason"] == "REQUIRED");
  CHECK(Fetch(hotline.port(), "PATCH", "/v1/units/gas", hotline.Bearer(), R"({"etag":"7"})").status == 409);
  CHECK(Fetch(hotline.port(), "PATCH", "/v1/units/gas", hotline.Bearer(), R"({"etag":"1"})").Json()["unitId"] == "gas");
  const Answer unknown = Fetch(hotline.port(), "POST", "/v1/units", hotline.Bearer(), R"({"colour":"red"})");
  CHECK(unknown.status == 400);
  CHECK(unknown.Json()["errors"][0]["field"] == "colour");
  CHECK(Fetch(hotline.port(), "POST", "/v1/units", {{"Authorization", hotline.Bearer()[0].second}, {"Content-Type", "text/plain"}}, "x").status == 415);
}

TEST_CASE("what is not there, what may not be done and what breaks have their own answers") {
  Installation hotline;
  CHECK(Fetch(hotline.port(), "GET", "/v1/nothing", hotline.Bearer()).status == 404);
  const Answer other = Fetch(hotline.port(), "DELETE", "/v1/units/water", hotline.Bearer());
  CHECK(other.status == 405);
  CHECK(other.Header("Allow").find("PATCH") != std::string::npos);
  CHECK(Fetch(hotline.port(), "GET", "/v1/units/fire", hotline.Bearer()).Reason() == "UNIT_NOT_FOUND");
  const Answer broken = Fetch(hotline.port(), "GET", "/v1/units/broken", hotline.Bearer());
  CHECK(broken.status == 500);
  CHECK(broken.body.find("secret") == std::string::npos);
  const Answer away = Fetch(hotline.port(), "GET", "/v1/articles/a1", hotline.Bearer());
  CHECK(away.status == 503);
  CHECK(away.Header("Retry-After") == "1");
  CHECK(away.body.find(".sock") == std::string::npos);
  CHECK(Fetch(hotline.port(), "GET", "/v1/measures", hotline.Bearer()).Reason() == "SERVICE_NOT_CONFIGURED");
}

TEST_CASE("a list is CSV for whoever asks") {
  Installation hotline;
  TestHeaders headers = hotline.Bearer(kOfficer);
  const Answer by_parameter = Fetch(hotline.port(), "GET", "/v1/units?format=csv&pageSize=1", headers);
  CHECK(by_parameter.status == 200);
  CHECK(by_parameter.Header("content-type").starts_with("text/csv"));
  CHECK(by_parameter.Header("X-Next-Page-Token") == "more");
  CHECK(by_parameter.body.find("'=水务局") != std::string::npos);
  headers.emplace_back("Accept", "text/csv");
  CHECK(Fetch(hotline.port(), "GET", "/v1/units", headers).body.starts_with("\xEF\xBB\xBFunitId,"));
  CHECK(Fetch(hotline.port(), "GET", "/v1/units/water", headers).status == 400);
  CHECK(Fetch(hotline.port(), "GET", "/v1/units?format=xml", hotline.Bearer()).status == 400);
}

TEST_CASE("API keys are exchanged once and remembered, bad ones too") {
  Installation hotline;
  for (int i = 0; i < 3; ++i) CHECK(Fetch(hotline.port(), "GET", "/v1/me", {{"X-API-Key", kApiKey}}).Json()["userId"] == "system1");
  CHECK(Fetch(hotline.port(), "GET", "/v1/me", {{"Authorization", std::string("Bearer ") + kApiKey}}).status == 200);
  CHECK(hotline.journal().Of("exchange").size() == 1);
  for (int i = 0; i < 3; ++i) CHECK(Fetch(hotline.port(), "GET", "/v1/me", {{"X-API-Key", "hk_bad"}}).Reason() == "API_KEY_INVALID");
  CHECK(hotline.journal().Of("exchange").size() == 2);
}

TEST_CASE("a session that was ended is refused at once") {
  Installation hotline;
  rpc::UserClaims claims = kOfficer;
  claims.session_id = "session-1";
  const TestHeaders headers = hotline.Bearer(claims);
  CHECK(Fetch(hotline.port(), "GET", "/v1/me", headers).status == 200);
  hotline::events::v1::SessionRevoked revoked;
  revoked.set_session_id("session-1");
  revoked.mutable_token_expire_time()->set_seconds(absl::ToUnixSeconds(absl::Now() + absl::Minutes(15)));
  // Published again until the gateway reads the stream, which it does from when it has connected.
  REQUIRE(testing::WaitUntil([&] {
    hotline.Publish(events::Make("directory", "o1", revoked, absl::Now()));
    return Fetch(hotline.port(), "GET", "/v1/me", headers).status == 401;
  }));
  CHECK(Fetch(hotline.port(), "GET", "/v1/me", headers).Reason() == "SESSION_REVOKED");
}

TEST_CASE("a recording is played whole, in ranges, and by ticket") {
  Installation hotline;
  const std::string content = RecordingContent();
  const TestHeaders officer = hotline.Bearer({.user_id = "d1", .roles = {access::v1::ROLE_DISPATCHER}, .unit_path = "/city/"});
  const std::string path = "/v1/recordings/rec-1/audio";
  const auto with_range = [&](const std::string& range) {
    TestHeaders headers = officer;
    headers.emplace_back("Range", range);
    return Fetch(hotline.port(), "GET", path, headers);
  };
  const Answer whole = Fetch(hotline.port(), "GET", path, officer);
  CHECK(whole.status == 200);
  CHECK(whole.body == content);
  CHECK(whole.Header("Accept-Ranges") == "bytes");
  CHECK(whole.Header("Content-Type") == "audio/wav");
  const Answer middle = with_range("bytes=1000-200999");
  CHECK(middle.status == 206);
  CHECK(middle.body == content.substr(1000, 200'000));
  CHECK(middle.Header("Content-Range") == "bytes 1000-200999/300000");
  CHECK(with_range("bytes=-5").body == content.substr(content.size() - 5));
  CHECK(with_range("bytes=300000-").status == 416);
  CHECK(with_range("bytes=300000-").Header("Content-Range") == "bytes */300000");
  const Answer head = Fetch(hotline.port(), "HEAD", path, officer);
  CHECK(head.Header("Content-Length") == "300000");
  CHECK(head.body.empty());

  const Answer ticket = Fetch(hotline.port(), "POST", "/v1/recordings/rec-1:audioTicket", officer);
  REQUIRE(ticket.status == 200);
  const std::string url = ticket.Json()["url"];
  CHECK(Fetch(hotline.port(), "GET", url).body == content);
  CHECK(url.find(officer[0].second.substr(7)) == std::string::npos);
  const std::string sealed = ticket.Json()["ticket"];
  CHECK(Fetch(hotline.port(), "GET", "/v1/recordings/rec-2/audio?t=" + sealed).Reason() == "TICKET_INVALID");
  std::string forged = sealed;
  forged[40] = forged[40] == 'A' ? 'B' : 'A';
  CHECK(Fetch(hotline.port(), "GET", path + "?t=" + forged).Reason() == "TICKET_INVALID");
  CHECK(Fetch(hotline.port(), "GET", path).Reason() == "TOKEN_MISSING");
  CHECK(Fetch(hotline.port(), "GET", path, hotline.Bearer(kOfficer)).status == 403);
  CHECK(Fetch(hotline.port(), "POST", "/v1/recordings/rec-2:audioTicket", officer).status == 404);
}

TEST_CASE("TKT-2: a file is streamed through to its ticket, whatever the limit of bodies, and refused with what the service says") {
  Installation hotline;
  const TestHeaders agent = hotline.Bearer({.user_id = "a1", .roles = {access::v1::ROLE_AGENT}, .unit_path = "/city/"});
  const auto send = [&](const std::string& target, const std::string& body, TestHeaders headers) {
    headers.emplace_back("Content-Type", "image/png");
    return Fetch(hotline.port(), "POST", target, headers, body);
  };
  const std::string photo(5 << 20, 'p');
  const Answer made = send("/v1/tickets/t1/attachments?fileName=%E6%BC%8F%E6%B0%B4.png&fromCaller=true", photo, agent);
  REQUIRE(made.status == 200);
  CHECK(made.Json()["attachmentId"] == "att-1");
  CHECK(made.Json()["size"] == std::to_string(photo.size()));
  CHECK(hotline.journal().Of("upload") == std::vector<std::string>{"t1|漏水.png|image/png|caller"});
  CHECK(send("/v1/tickets/t1/attachments?fileName=a.png", "", agent).status == 200);
  // One connection serves on after an upload that was read to its end.
  HttpClient client(hotline.port());
  CHECK(client.Send("POST", "/v1/tickets/t1/attachments?fileName=a.png", agent, "abc").status == 200);
  CHECK(client.Send("GET", "/v1/me", agent).status == 200);

  CHECK(send("/v1/tickets/none/attachments?fileName=a.png", "x", agent).Reason() == "TICKET_NOT_FOUND");
  CHECK(send("/v1/tickets/t1/attachments?fileName=a.png", "x", {}).Reason() == "TOKEN_MISSING");
  CHECK(send("/v1/tickets/t1/attachments?fileName=a.png", "x", hotline.Bearer({.user_id = "x", .roles = {access::v1::ROLE_ANALYST}})).status == 403);
  CHECK(send("/v1/tickets/t1/attachments?name=a.png", "x", agent).Json()["errors"][0]["reason"] == "UNKNOWN_PARAMETER");
  // Too large by what the client says: refused before it is sent.
  const std::string large = HttpClient(hotline.port()).Raw("POST /v1/tickets/t1/attachments?fileName=a.png HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
                                                           "Authorization: " + agent[0].second + "\r\nContent-Length: 20971521\r\n\r\n");
  CHECK(large.find("HTTP/1.1 413") == 0);
  CHECK(large.find("FILE_TOO_LARGE") != std::string::npos);
  // Everything else keeps the limit of bodies.
  CHECK(Fetch(hotline.port(), "POST", "/v1/units", hotline.Bearer(), std::string(2 << 20, ' ')).status == 413);
  CHECK(hotline.journal().Of("uploaded") == std::vector<std::string>{std::to_string(photo.size()), "0", "3"});
}

TEST_CASE("TKT-2: an upload without a length comes in chunks, and one that breaks off is not kept") {
  Installation hotline;
  const std::string head = "POST /v1/tickets/t1/attachments?fileName=a.png HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nAuthorization: " +
                           hotline.Bearer({.user_id = "a1", .roles = {access::v1::ROLE_AGENT}})[0].second + "\r\nConnection: close\r\n";
  HttpClient chunked(hotline.port());
  const std::string answer = chunked.Raw(head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
  CHECK(answer.find("HTTP/1.1 200") == 0);
  CHECK(hotline.journal().Of("uploaded") == std::vector<std::string>{"7"});
  HttpClient torn(hotline.port());
  torn.Raw(head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nnonsense");
  REQUIRE(testing::WaitUntil([&] { return hotline.journal().Of("upload").size() == 2; }));
  CHECK(hotline.journal().Of("uploaded").size() == 1);
}

TEST_CASE("TKT-2: an attachment is downloaded whole, in ranges and by ticket, never shown as a page") {
  Installation hotline;
  const std::string content = RecordingContent(), path = "/v1/attachments/att-1/content";
  const TestHeaders officer = hotline.Bearer(kOfficer);
  const Answer whole = Fetch(hotline.port(), "GET", path, officer);
  CHECK(whole.status == 200);
  CHECK(whole.body == content);
  CHECK(whole.Header("Content-Type") == "image/png");
  CHECK(whole.Header("X-Content-Type-Options") == "nosniff");
  CHECK(whole.Header("Content-Disposition") == "attachment; filename=\"____1_.png\"; filename*=UTF-8''%E6%BC%8F%E6%B0%B4%20%221%22.png");
  TestHeaders ranged = officer;
  ranged.emplace_back("Range", "bytes=70000-70099");
  const Answer part = Fetch(hotline.port(), "GET", path, ranged);
  CHECK(part.status == 206);
  CHECK(part.body == content.substr(70'000, 100));
  CHECK(part.Header("Content-Range") == "bytes 70000-70099/300000");
  ranged.back().second = "bytes=300000-";
  CHECK(Fetch(hotline.port(), "GET", path, ranged).status == 416);
  CHECK(Fetch(hotline.port(), "HEAD", path, officer).Header("Content-Length") == "300000");
  const Answer ticket = Fetch(hotline.port(), "POST", "/v1/attachments/att-1:contentTicket", officer);
  REQUIRE(ticket.status == 200);
  CHECK(Fetch(hotline.port(), "GET", ticket.Json()["url"]).body == content);
  const std::string sealed = ticket.Json()["ticket"];
  CHECK(Fetch(hotline.port(), "GET", "/v1/attachments/att-2/content?t=" + sealed).Reason() == "TICKET_INVALID");
  CHECK(Fetch(hotline.port(), "GET", "/v1/recordings/att-1/audio?t=" + sealed).Reason() == "TICKET_INVALID");
  CHECK(Fetch(hotline.port(), "GET", "/v1/attachments/att-2/content", officer).Reason() == "ATTACHMENT_NOT_FOUND");
  CHECK(Fetch(hotline.port(), "GET", path).Reason() == "TOKEN_MISSING");
  CHECK(Fetch(hotline.port(), "DELETE", path, officer).status == 405);
}

TEST_CASE("TKT-18: a table is streamed through to its import, named by its type, whatever the limit of bodies") {
  Installation hotline;
  const TestHeaders clerk = hotline.Bearer({.user_id = "c1", .roles = {access::v1::ROLE_ENTRY_CLERK}, .unit_path = "/city/"});
  const auto send = [&](const std::string& query, const std::string& type, const std::string& body, TestHeaders headers) {
    headers.emplace_back("Content-Type", type);
    return Fetch(hotline.port(), "POST", "/v1/ticketImports" + query, headers, body);
  };
  const std::string xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", table(3 << 20, 'x');
  const Answer made = send("?fileName=%E6%9D%A5%E4%BF%A1.csv&dryRun=true&requestId=r1", "text/csv; charset=utf-8", table, clerk);
  REQUIRE(made.status == 200);
  CHECK(made.Json()["importId"] == "imp-1");
  CHECK(made.Json()["fileName"] == "来信.csv");
  CHECK(send("", xlsx, "abc", clerk).status == 200);
  CHECK(hotline.journal().Of("import")[0].find("format: SHEET_FORMAT_CSV dry_run: true request_id: \"r1\"") == 0);
  CHECK(hotline.journal().Of("import")[1] == "format: SHEET_FORMAT_XLSX");
  CHECK(hotline.journal().Of("imported") == std::vector<std::string>{std::to_string(table.size()), "3"});

  CHECK(send("", "application/json", "{}", clerk).status == 415);
  CHECK(send("", "application/json", "{}", clerk).Reason() == "SHEET_EXPECTED");
  CHECK(send("?fileSize=3", "text/csv", "x", clerk).Json()["errors"][0]["reason"] == "UNKNOWN_PARAMETER");
  CHECK(send("", "text/csv", "x", {}).Reason() == "TOKEN_MISSING");
  CHECK(send("", "text/csv", "x", hotline.Bearer(kOfficer)).status == 403);
  const std::string head = "POST /v1/ticketImports HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nAuthorization: " + clerk[0].second + "\r\n";
  const std::string large = HttpClient(hotline.port()).Raw(head + "Content-Length: 1073741825\r\n\r\n");
  CHECK(large.find("HTTP/1.1 413") == 0);
  CHECK(large.find("SHEET_TOO_LARGE") != std::string::npos);
  // One that breaks off is no file.
  // Whether the service heard of it at all is a race; that it was refused and nothing is kept is not.
  const std::string torn = HttpClient(hotline.port()).Raw(head + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n");
  CHECK(torn.find(" 200 ") == std::string::npos);
  CHECK(hotline.journal().Of("imported").size() == 2);
  // Lists and one import stay ordinary RPCs.
  CHECK(Fetch(hotline.port(), "GET", "/v1/ticketImports", clerk).status == 501);
}

TEST_CASE("TKT-18: exports, reports and templates come in chunks and as downloads; one that breaks off is seen to be short") {
  Installation hotline;
  const TestHeaders clerk = hotline.Bearer({.user_id = "c1", .roles = {access::v1::ROLE_ENTRY_CLERK}, .unit_path = "/city/"});
  HttpClient client(hotline.port());
  const Answer exported = client.Send("GET", "/v1/ticketExport?filter.states=TICKET_STATE_SIGNED&filter.unitId=water&reason=%E5%91%A8%E6%8A%A5&format=xlsx", clerk);
  REQUIRE(exported.status == 200);
  CHECK(exported.body == RecordingContent());
  CHECK(exported.Header("Transfer-Encoding") == "chunked");
  CHECK(exported.Header("Content-Length").empty());
  CHECK(exported.Header("Content-Type") == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  CHECK(exported.Header("Content-Disposition") == "attachment; filename=\"tickets.xlsx\"; filename*=UTF-8''tickets.xlsx");
  CHECK(exported.Header("Cache-Control") == "private, no-store");
  CHECK(hotline.journal().Of("export")[0].find("filter { states: TICKET_STATE_SIGNED unit_id: \"water\" } format: SHEET_FORMAT_XLSX reason: ") == 0);
  // The connection serves on.
  const Answer report = client.Send("GET", "/v1/ticketImports/imp-1/report", clerk);
  CHECK(report.body == RecordingContent());
  CHECK(report.Header("Content-Type").starts_with("text/csv"));
  CHECK(client.Send("GET", "/v1/ticketImportTemplate?format=csv", clerk).body == "标题\r\n");

  CHECK(Fetch(hotline.port(), "GET", "/v1/ticketExport", clerk).Json()["errors"][0]["field"] == "reason");
  CHECK(Fetch(hotline.port(), "GET", "/v1/ticketExport?reason=x&format=pdf", clerk).Json()["errors"][0]["reason"] == "UNKNOWN_VALUE");
  CHECK(Fetch(hotline.port(), "GET", "/v1/ticketExport?reason=x&states=TICKET_STATE_SIGNED", clerk).Json()["errors"][0]["reason"] == "UNKNOWN_PARAMETER");
  CHECK(Fetch(hotline.port(), "GET", "/v1/ticketImports/imp-2/report", clerk).Reason() == "IMPORT_NOT_FOUND");
  CHECK(Fetch(hotline.port(), "GET", "/v1/ticketImports/imp-1/report", hotline.Bearer(kOfficer)).status == 403);
  CHECK(Fetch(hotline.port(), "GET", "/v1/ticketImportTemplate").Reason() == "TOKEN_MISSING");
  CHECK(Fetch(hotline.port(), "DELETE", "/v1/ticketExport", clerk).status == 405);
  const std::string request = "GET /v1/ticketExport?reason=x&filter.query=broken HTTP/1.1\r\nHost: x\r\nAuthorization: " + clerk[0].second + "\r\n\r\n";
  const std::string broken = HttpClient(hotline.port()).Raw(request);
  CHECK(broken.find("HTTP/1.1 200") == 0);
  CHECK_FALSE(broken.ends_with("0\r\n\r\n"));
  // A client of HTTP/1.0 gets the bytes as they are.
  const std::string old = HttpClient(hotline.port()).Raw("GET /v1/ticketImportTemplate HTTP/1.0\r\nHost: x\r\nAuthorization: " + clerk[0].second + "\r\n\r\n");
  CHECK(old.ends_with("\r\n\r\n标题\r\n"));
}

TEST_CASE("requests are limited by address and by user") {
  Installation hotline([](Config& config) { config.limits.per_user = {.per_second = 0.01, .burst = 2}; });
  const TestHeaders headers = hotline.Bearer(kOfficer);
  CHECK(Fetch(hotline.port(), "GET", "/v1/me", headers).status == 200);
  CHECK(Fetch(hotline.port(), "GET", "/v1/me", headers).status == 200);
  const Answer limited = Fetch(hotline.port(), "GET", "/v1/me", headers);
  CHECK(limited.status == 429);
  CHECK(limited.Reason() == "TOO_MANY_REQUESTS");
  CHECK(std::stoi(limited.Header("Retry-After")) >= 1);
  CHECK(Fetch(hotline.port(), "GET", "/v1/me", hotline.Bearer()).status == 200);  // another user

  Installation narrow([](Config& config) { config.limits.per_address = {.per_second = 0.01, .burst = 1}; });
  CHECK(Fetch(narrow.port(), "GET", "/healthz").status == 200);
  CHECK(Fetch(narrow.port(), "GET", "/healthz").status == 429);
}

TEST_CASE("requests that are too large or not HTTP are refused, and the connection ends") {
  Installation hotline([](Config& config) { config.limits.max_body_bytes = 1000; });
  const Answer large = Fetch(hotline.port(), "POST", "/v1/auth:signIn", {}, std::string(2000, ' '));
  CHECK(large.status == 413);
  CHECK(Fetch(hotline.port(), "GET", "/healthz", {{"X-Long", std::string(20'000, 'a')}}).status == 431);
  CHECK(HttpClient(hotline.port()).Raw("nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
  CHECK(HttpClient(hotline.port()).Raw("GET http://elsewhere/ HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 400"));
}

TEST_CASE("a connection is kept for many requests") {
  Installation hotline;
  HttpClient client(hotline.port());
  for (int i = 0; i < 5; ++i) CHECK(client.Send("GET", "/healthz").body == "ok\n");
  CHECK(client.Send("POST", "/v1/auth:signIn", {}, "{").status == 400);
  CHECK(client.Send("HEAD", "/healthz").status == 200);
  CHECK(client.Send("GET", "/healthz").status == 200);
}

TEST_CASE("pages, descriptions and states are there without a sign-in") {
  Installation hotline;
  CHECK(Fetch(hotline.port(), "GET", "/").body == "<html>");
  CHECK(Fetch(hotline.port(), "GET", "/tickets").body == "<html>");
  CHECK(Fetch(hotline.port(), "GET", "/").Header("Content-Security-Policy").find("frame-ancestors 'none'") != std::string::npos);
  CHECK(Fetch(hotline.port(), "GET", "/missing.js").status == 404);
  CHECK(Fetch(hotline.port(), "POST", "/", {}, "{}").status == 405);
  CHECK(Fetch(hotline.port(), "GET", "/openapi.json").Json()["openapi"] == "3.1.0");
  CHECK(Fetch(hotline.port(), "GET", "/docs").body.find("/docs/docs.js") != std::string::npos);
  CHECK(Fetch(hotline.port(), "GET", "/docs/docs.js").Header("content-type").starts_with("text/javascript"));
  CHECK(Fetch(hotline.port(), "GET", "/.well-known/jwks.json").Json().contains("keys"));
  REQUIRE(testing::WaitUntil([&] { return Fetch(hotline.port(), "GET", "/readyz").Json()["services"]["directory"] == "SERVING"; }));
  const Answer ready = Fetch(hotline.port(), "GET", "/readyz");
  CHECK(ready.status == 503);
  CHECK(ready.Json()["ready"] == false);
}

TEST_CASE("TKT-2: what the map is drawn with is told to who is signed in, and pages may load it") {
  Installation plain;
  CHECK(Fetch(plain.port(), "GET", "/v1/mapSettings").Reason() == "TOKEN_MISSING");
  const Answer none = Fetch(plain.port(), "GET", "/v1/mapSettings", plain.Bearer(kOfficer));
  CHECK(none.Json()["tiles"].empty());
  CHECK(none.Header("Content-Security-Policy").find("img-src 'self' data: blob:;") != std::string::npos);
  CHECK(Fetch(plain.port(), "POST", "/v1/mapSettings", plain.Bearer(kOfficer), "{}").status == 405);

  Installation hotline([](Config& config) { config.map = {{"https://tiles.example/{z}/{x}/{y}.png"}, "© 云州测绘", 16, 113.6, 34.7, 12}; });
  const Answer told = Fetch(hotline.port(), "GET", "/v1/mapSettings", hotline.Bearer(kOfficer));
  CHECK(told.Header("Content-Type") == "application/json");
  CHECK(told.Json()["tiles"][0] == "https://tiles.example/{z}/{x}/{y}.png");
  CHECK(told.Json()["attribution"] == "© 云州测绘");
  CHECK(told.Json()["maxZoom"] == 16);
  CHECK(told.Json()["longitude"] == 113.6);
  CHECK(told.Json()["zoom"] == 12);
  CHECK(Fetch(hotline.port(), "GET", "/desk").Header("Content-Security-Policy").find("img-src 'self' data: blob: https://tiles.example;") != std::string::npos);
}

TEST_CASE("TKT-2: tiles that are no tiles are refused as the gateway starts") {
  const auto faults = [](const std::string& map) {
    auto root = base::JsonReader::Parse(R"({"map": )" + map + "}");
    REQUIRE(root.ok());
    (void)ReadConfig(*root);
    std::set<std::string> found;
    for (const base::FieldViolation& one : base::FieldViolations(root->Finish())) {
      if (one.field.starts_with("map")) found.insert(one.field + " " + one.reason);
    }
    return found;
  };
  CHECK(faults(R"({"tiles": ["https://tiles.example/{z}/{x}/{y}.png"], "attribution": "©", "max_zoom": 17, "longitude": 113.6, "latitude": 34.7, "zoom": 12})").empty());
  CHECK(faults(R"({"latitude": 91, "zoom": 19})") == std::set<std::string>{"map.latitude OUT_OF_RANGE", "map.zoom OUT_OF_RANGE"});
  CHECK(faults(R"({"tiles": ["https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example/"]})") == std::set<std::string>{"map.tiles[1] BAD_FORMAT"});
  CHECK(faults(R"({"max_zoom": 40, "tile": []})") == std::set<std::string>{"map.max_zoom OUT_OF_RANGE", "map.tile UNKNOWN_KEY"});
}

TEST_CASE("other origins may call the API only if they are listed") {
  Installation hotline([](Config& config) { config.allowed_origins = {"https://portal.example"}; });
  const TestHeaders preflight{{"Origin", "https://portal.example"}, {"Access-Control-Request-Method", "GET"}};
  CHECK(Fetch(hotline.port(), "OPTIONS", "/v1/me", preflight).Header("Access-Control-Allow-Origin") == "https://portal.example");
  CHECK(Fetch(hotline.port(), "GET", "/healthz", {{"Origin", "https://evil.example"}}).Header("Access-Control-Allow-Origin").empty());
}

TEST_CASE("HTTPS serves the same") {
  const std::string directory = testing::MakeTemporaryDirectory("tls", false);
  REQUIRE(testing::Run({.arguments = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
                                      "-subj", "/CN=localhost", "-keyout", directory + "/key", "-out", directory + "/crt"},
                        .output = directory + "/log"}) == 0);
  {
    Installation hotline([&](Config& config) {
      config.https = ListenConfig{.address = "127.0.0.1", .port = 0, .certificate_file = directory + "/crt", .key_file = directory + "/key"};
    });
    HttpClient client(hotline.gateway().https_port(), true);
    CHECK(client.Send("GET", "/healthz").body == "ok\n");
    CHECK(client.Send("GET", "/v1/me", hotline.Bearer(kOfficer)).Json()["userId"] == "o1");
    CHECK(client.Send("GET", "/v1/recordings/rec-1/audio", hotline.Bearer({.user_id = "d", .roles = {access::v1::ROLE_DISPATCHER}})).body == RecordingContent());
  }
  testing::RemoveDirectory(directory);
}

}  // namespace
}  // namespace hotline::gateway
