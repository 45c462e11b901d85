// Briefs (TKT-20): the right days, the right comparisons, a PDF that says what the figures say.
#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/document/testing.h"
#include "libs/rpc/testing.h"
#include "services/analytics/brief_service.h"
#include "services/analytics/tests/fixture.h"

namespace hotline::analytics {
namespace {

using Briefs = rpc::Client<v1::BriefService>;

std::string Rule(const absl::Status& status) {
  const auto violations = base::FieldViolations(status);
  return violations.empty() ? base::Reason(status) : violations[0].field + " " + violations[0].reason;
}

// A PDF's text without white space.
std::string TextOf(const std::string& pdf) {
  char path[] = "/tmp/hotline-brief-XXXXXX";
  ::close(::mkstemp(path));
  std::ofstream(path, std::ios::binary) << pdf;
  FILE* pipe = ::popen((std::string("pdftotext -layout ") + path + " -").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  for (int c = 0; (c = std::fgetc(pipe)) != EOF;) {
    if (c != ' ' && c != '\n' && c != '\f') text += static_cast<char>(c);
  }
  ::pclose(pipe);
  std::remove(path);
  return text;
}

struct BriefFixture : World {
  rpc::TestNetwork network;
  rpc::TestNode node{network, "analytics"};
  rpc::Pool handlers{"store", 4, 64};
  BriefStore briefs{pool()};
  BriefService service{*node, handlers, store(), briefs,
                       [](const rpc::Context&) { return std::map<std::string, std::string>{{"water.leak", "供水漏水"}, {"noise", "噪声扰民"}}; }, zone()};
  rpc::TestServer server{node, {&service}};
  Briefs client{server.PeerFor("gateway")};

  template <class Req, class Resp>
  absl::StatusOr<Resp> As(access::v1::Role role, grpc::Status (v1::BriefService::StubInterface::*method)(grpc::ClientContext*, const Req&, Resp*),
                          const std::type_identity_t<Req>& request) {
    rpc::Context context;
    network.ActAs(context, {.user_id = "leader-1", .roles = {role}, .unit_path = "/city/"});
    return rpc::SyncCall(client, context, method, request, {.timeout = absl::Seconds(120)});
  }
  absl::StatusOr<v1::Brief> Create(v1::BriefPeriod period, const std::string& date, const std::string& request_id = "") {
    v1::CreateBriefRequest request;
    request.set_period(period);
    request.set_date(date);
    request.set_request_id(request_id);
    return As(access::v1::ROLE_LEADER, &Briefs::Blocking::CreateBrief, request);
  }
  absl::StatusOr<std::string> Read(const std::string& id, int64_t offset = 0, int64_t length = 0) {
    rpc::Context context;
    network.ActAs(context, {.user_id = "leader-1", .roles = {access::v1::ROLE_LEADER}, .unit_path = "/city/"});
    grpc::ClientContext out;
    client.Prepare(context, out, {}, absl::Seconds(60));
    files::v1::ReadFileRequest request;
    request.set_file_id(id);
    request.set_offset(offset);
    request.set_length(length);
    const auto reader = client.stub().ReadBrief(&out, request);
    std::string pdf;
    for (files::v1::FilePiece piece; reader->Read(&piece);) pdf += piece.data();
    const absl::Status status = rpc::FromGrpc(reader->Finish());
    if (!status.ok()) return status;
    return pdf;
  }

  // `count` tickets of a day relative to 2 March 2026, dispatched to a unit; of these some closed in time.
  void Registered(int day, int count, tk::TicketType type, const std::string& category, const std::string& unit, int closed = 0, bool satisfied = true) {
    static int number = 0;
    for (int i = 0; i < count; ++i) {
      Case ticket{.id = "t" + std::to_string(++number), .type = type, .created = At(9, i) + absl::Hours(24 * day), .unit = unit, .path = "/city/" + unit + "/"};
      const absl::Time time = ticket.created;
      const auto file = [&](ev::TicketFacts& facts) { facts.set_category_id(category); };
      std::vector<events::Event> told = {
          Step<ev::TicketCreated>(ticket, time, tk::TICKET_STATE_ACCEPTED, [&](ev::TicketCreated& data) { file(*data.mutable_ticket()); }),
          Step<ev::TicketDispatched>(ticket, time, tk::TICKET_STATE_DISPATCHED, [&](ev::TicketDispatched& data) { file(*data.mutable_ticket()); })};
      const ev::SlaClockFacts clock = ClockFacts("c" + ticket.id, ticket.id, "handle", unit, 1, time + absl::Hours(72), i % 7 == 6 ? "red" : "green");
      told.push_back(Clock<ev::SlaClockStarted>(clock, time));
      if (i < closed) {
        told.push_back(Stopped(clock, time + absl::Hours(5), "done", i % 5 != 4));
        told.push_back(CalledBack(ticket, time + absl::Hours(6), true, satisfied || i % 2 == 0, satisfied ? "satisfied" : "dissatisfied"));
        told.push_back(Step<ev::TicketClosed>(ticket, time + absl::Hours(7), tk::TICKET_STATE_CLOSED, [&](ev::TicketClosed& data) { file(*data.mutable_ticket()); }));
      }
      Tell(told);
    }
  }
};

}  // namespace

TEST_CASE("TKT-20: a brief's days are whole weeks and months, and the last one that is over without a date") {
  const absl::CivilDay today(2026, 3, 4);  // a Wednesday
  const auto days = [&](BriefPeriod period, const std::string& date) {
    const auto found = DaysOf(period, date, today);
    return found.ok() ? absl::FormatCivilTime(found->first) + " " + absl::FormatCivilTime(found->end) + " " + absl::FormatCivilTime(found->before) : Rule(found.status());
  };
  CHECK(days(BriefPeriod::kWeek, "") == "2026-02-23 2026-03-02 2026-02-16");
  CHECK(days(BriefPeriod::kWeek, "2026-03-04") == "2026-03-02 2026-03-09 2026-02-23");
  CHECK(days(BriefPeriod::kWeek, "2026-03-01") == "2026-02-23 2026-03-02 2026-02-16");
  CHECK(days(BriefPeriod::kMonth, "") == "2026-02-01 2026-03-01 2026-01-01");
  CHECK(days(BriefPeriod::kMonth, "2026-01-31") == "2026-01-01 2026-02-01 2025-12-01");
  CHECK(days(BriefPeriod::kMonth, "2026-03-05") == "date IN_THE_FUTURE");
  CHECK(days(BriefPeriod::kWeek, "yesterday") == "date BAD_FORMAT");
  CHECK(days(BriefPeriod::kWeek, "2026-02-30") == "date BAD_FORMAT");
}

TEST_CASE("TKT-20: comparisons are told in words, and nothing is divided by nothing") {
  CHECK(Compared(52, 40, "件") == "增加12件（+30.0%）");
  CHECK(Compared(37, 40, "件") == "减少3件（-7.5%）");
  CHECK(Compared(4, 0, "件") == "增加4件");
  CHECK(Compared(0, 0, "件") == "持平");
  CHECK(Percent(0.9534) == "95.3%");
  CHECK(Percent(std::nullopt) == "—");
  CHECK(PointsCompared(0.953, 0.932) == "上升2.1个百分点");
  CHECK(PointsCompared(0.9, 0.9004) == "持平");
  CHECK(PointsCompared(std::nullopt, 0.5).empty());
  const auto created = [](double value) { return Sums{{Sum::kTicketsCreated, value}}; };
  const Groups now = {{{"a"}, created(10)}, {{"b"}, created(3)}, {{"c"}, created(2)}, {{"d"}, created(11)}, {{""}, created(99)}};
  const Groups before = {{{"a"}, created(4)}, {{"d"}, created(10)}, {{"e"}, created(7)}};
  const auto hot = Hot(now, before);
  REQUIRE(hot.size() == 2);
  CHECK(hot[0].key == "a");
  CHECK(hot[1].key == "b");
  const auto ranked = Rank(now, before, 4);
  REQUIRE(ranked.size() == 4);
  CHECK(ranked[0].key == "d");
  CHECK(ranked[3].key == "c");
}

TEST_CASE_METHOD(BriefFixture, "TKT-20: a week's brief says the week's figures against the week before, in tables, charts and words") {
  Tell({Unit("water", "/city/water/", 1), Unit("noise-office", "/city/noise-office/", 2)});
  Registered(-5, 6, tk::TICKET_TYPE_COMPLAINT, "water.leak", "water", 6);
  Registered(-3, 4, tk::TICKET_TYPE_HELP, "noise", "noise-office", 3, false);
  for (int day = 0; day < 7; ++day) Registered(day, 2 + day % 4, day % 2 == 0 ? tk::TICKET_TYPE_COMPLAINT : tk::TICKET_TYPE_CONSULTATION, "water.leak", "water", 2);
  Registered(2, 9, tk::TICKET_TYPE_COMPLAINT, "noise", "noise-office", 4, false);
  Tell({Offered("call-1", At(9, 0)), Served("call-1", At(9, 0), At(9, 0, 5), "agent-1", 4000, 60'000)});
  REQUIRE(postgres::RunTransaction(pool(), [](postgres::Transaction& tx) {
            return tx.Execute("update units set name = case unit_id when 'water' then '市水务局' else '市生态环境局' end, area_code = case unit_id when 'water' then '990102' else '' end").status();
          }).ok());

  const std::string request_id = base::NewId();
  const auto made = Create(v1::BRIEF_PERIOD_WEEK, "2026-03-04", request_id);
  INFO(made.status());
  REQUIRE(made.ok());
  CHECK(made->first_day() == "2026-03-02");
  CHECK(made->last_day() == "2026-03-08");
  CHECK(made->issue() == 1);
  CHECK(made->title() == "2026年3月2日至3月8日热线诉求情况分析");
  CHECK(made->pages() >= 2);
  const auto pdf = Read(made->brief_id());
  REQUIRE(pdf.ok());
  CHECK(static_cast<int64_t>(pdf->size()) == made->size());
  CHECK(*Read(made->brief_id(), 1000, 500) == pdf->substr(1000, 500));
  if (const char* look = std::getenv("HOTLINE_DOCUMENTS_DIR")) std::ofstream(std::string(look) + "/brief.pdf", std::ios::binary) << *pdf;
  const std::string text = TextOf(*pdf);
  INFO(text);
  // 2+3+4+5+2+3+4 and 9 tickets against 10.
  CHECK(text.find("受理诉求32件，较上期增加22件（+220.0%）") != std::string::npos);
  for (const char* part : {"12345热线舆情简报", "第1期（周报）", "供水漏水", "噪声扰民", "市水务局", "市生态环境局", "解决率", "每日受理诉求（件）", "目前有超期工单的单位", "接通率100.0%"}) {
    INFO(part);
    CHECK(text.find(part) != std::string::npos);
  }
  CHECK(text.find("water.leak") == std::string::npos);

  CHECK(Create(v1::BRIEF_PERIOD_WEEK, "2026-03-04", request_id)->brief_id() == made->brief_id());
  CHECK(base::HasReason(Create(v1::BRIEF_PERIOD_MONTH, "2026-03-04", request_id).status(), "REQUEST_ID_REUSED"));
  CHECK(Create(v1::BRIEF_PERIOD_WEEK, "2026-03-04")->issue() == 2);
  CHECK(Create(v1::BRIEF_PERIOD_MONTH, "2026-03-04")->issue() == 1);
  const auto empty = Create(v1::BRIEF_PERIOD_MONTH, "2020-01-01");  // a month of nothing is a brief too
  INFO(empty.status());
  CHECK(empty.ok());
}

TEST_CASE_METHOD(BriefFixture, "TKT-20: briefs are for leaders, analysts and supervisors, and are listed newest first") {
  v1::CreateBriefRequest request;
  CHECK(Rule(As(access::v1::ROLE_ANALYST, &Briefs::Blocking::CreateBrief, request).status()) == "period UNKNOWN_VALUE");
  request.set_period(v1::BRIEF_PERIOD_WEEK);
  CHECK(base::HasReason(As(access::v1::ROLE_OFFICER, &Briefs::Blocking::CreateBrief, request).status(), "ACCESS_DENIED"));
  CHECK(Rule(Create(v1::BRIEF_PERIOD_WEEK, "2999-01-01").status()) == "date IN_THE_FUTURE");
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([&] { (void)Create(v1::BRIEF_PERIOD_WEEK, ""); });
  for (std::thread& thread : threads) thread.join();
  v1::ListBriefsRequest list;
  list.set_page_size(2);
  auto page = As(access::v1::ROLE_SUPERVISOR, &Briefs::Blocking::ListBriefs, list);
  REQUIRE(page.ok());
  REQUIRE(page->briefs_size() == 2);
  CHECK(page->briefs(0).issue() + page->briefs(1).issue() >= 3);
  list.set_page_token(page->next_page_token());
  page = As(access::v1::ROLE_SUPERVISOR, &Briefs::Blocking::ListBriefs, list);
  CHECK(page->briefs_size() == 1);
  CHECK(page->next_page_token().empty());
  CHECK(base::HasReason(Read(base::NewId()).status(), "BRIEF_NOT_FOUND"));
  CHECK(base::HasReason(Read("x").status(), "BRIEF_NOT_FOUND"));
}

}  // namespace hotline::analytics
