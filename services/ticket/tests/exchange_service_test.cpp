// TKT-18 over gRPC: real client, real gate, real PostgreSQL, the importer running.
#include <absl/strings/str_cat.h>

#include "hotline/ticket/v1/exchange_service.grpc.pb.h"
#include "libs/testing/wait.h"
#include "services/ticket/exchange_service.h"
#include "services/ticket/tests/service_fixture.h"

namespace hotline::ticket {
namespace {

using Exchange = rpc::Client<v1::ExchangeService>;
using Table = std::vector<std::vector<std::string>>;

const Person kClerk{"clerk-1", access::ROLE_ENTRY_CLERK};
const Person kClerk2{"clerk-2", access::ROLE_ENTRY_CLERK};
constexpr char kMarkOfUtf8[] = "\xef\xbb\xbf";

std::string Csv(const Table& table) {
  const auto writer = MakeSheetWriter(SheetFormat::kCsv);
  for (const auto& row : table) writer->Row(row);
  return *writer->Finish();
}
Table Parsed(SheetFormat format, const std::string& bytes) {
  Table table;
  const absl::Status status = ReadSheet(format, bytes, [&](int64_t, std::vector<std::string>& cells) {
    table.push_back(cells);
    return absl::OkStatus();
  });
  INFO(status);
  REQUIRE(status.ok());
  return table;
}

struct ExchangeFixture : StoreFixture {
  rpc::TestNetwork network;
  rpc::TestNode node{network, "ticket"};
  rpc::Pool handlers{"handlers", 4, 64};
  CategoryTree categories{store, clock};
  DefaultProcesses processes;
  ExchangeStore imports{pool, cipher};
  Importer importer{imports, store, categories, processes, clock};
  rpc::Pool streams{"streams", kStreamThreads, kStreamQueue};
  ExchangeService exchange{*node, handlers, streams, store, imports, importer, categories, absl::UTCTimeZone()};
  rpc::TestServer server{node, {&exchange}};
  Exchange sheets{server.PeerFor("gateway")};

  ExchangeFixture() {
    clock.Advance(absl::Now() - clock.Now());  // the service's own clock is the system's
    REQUIRE(store.PutCategory({"water", "", "供水", "Water", {}, "", "", 1}).ok());
    importer.Start();
  }
  ~ExchangeFixture() { importer.Stop(); }

  void Become(rpc::Context& context, const Person& person) {
    rpc::UserClaims claims;
    claims.user_id = person.id;
    claims.roles = {person.role};
    claims.unit_id = person.unit_id;
    claims.unit_path = person.unit_path;
    network.ActAs(context, std::move(claims));
  }
  static v1::ImportInfo Info(const std::string& name = "来信.csv", const std::string& request_id = "") {
    v1::ImportInfo info;
    info.set_file_name(name);
    info.set_request_id(request_id);
    return info;
  }
  absl::StatusOr<v1::Import> Send(const Person& person, const v1::ImportInfo& info, const std::string& file, int64_t said = -1) {
    constexpr size_t piece = 60'000;
    rpc::Context context;
    Become(context, person);
    grpc::ClientContext out;
    sheets.Prepare(context, out, {}, absl::Seconds(60));
    v1::Import made;
    const auto writer = sheets.stub().ImportTickets(&out, &made);
    v1::ImportTicketsRequest message;
    *message.mutable_info() = info;
    bool going = writer->Write(message);
    for (size_t at = 0; going && at < file.size(); at += piece) {
      message.set_piece(file.substr(at, piece));
      going = writer->Write(message);
    }
    message.set_total_size(said < 0 ? static_cast<int64_t>(file.size()) : said);
    if (going) writer->Write(message);
    writer->WritesDone();
    const absl::Status status = rpc::FromGrpc(writer->Finish());
    if (!status.ok()) return status;
    return made;
  }
  std::string Refused(const Person& person, const std::string& file, int64_t said = -1) { return base::Reason(Send(person, Info(), file, said).status()); }
  absl::StatusOr<v1::Import> Get(const Person& person, const std::string& id) {
    rpc::Context context;
    Become(context, person);
    v1::GetImportRequest request;
    request.set_import_id(id);
    return SyncCall(sheets, context, &Exchange::Blocking::GetImport, request);
  }
  // Sent and worked through.
  v1::Import Imported(const Person& person, const v1::ImportInfo& info, const std::string& file) {
    const auto made = Send(person, info, file);
    INFO(made.status());
    REQUIRE(made.ok());
    REQUIRE(testing::WaitUntil([&] { return Get(person, made->import_id())->state() == "done"; }));
    return *Get(person, made->import_id());
  }
  struct File {
    std::string bytes, name;
  };
  template <class Request, class Open>
  absl::StatusOr<File> Read(const Person& person, const Request& request, Open open) {
    rpc::Context context;
    Become(context, person);
    grpc::ClientContext out;
    sheets.Prepare(context, out, {}, absl::Seconds(60));
    const auto reader = (sheets.stub().*open)(&out, request);
    File file;
    v1::SheetPiece piece;
    while (reader->Read(&piece)) {
      file.bytes += piece.data();
      if (!piece.file_name().empty()) file.name = piece.file_name();
    }
    const absl::Status status = rpc::FromGrpc(reader->Finish());
    if (!status.ok()) return status;
    return file;
  }
  absl::StatusOr<File> Report(const Person& person, const std::string& id, v1::SheetFormat format = v1::SHEET_FORMAT_CSV) {
    v1::ReadImportReportRequest request;
    request.set_import_id(id);
    request.set_format(format);
    return Read(person, request, &Exchange::Blocking::ReadImportReport);
  }
  absl::StatusOr<File> Export(const Person& person, const v1::ListTicketsRequest& filter = {}, const std::string& reason = "周报核对", v1::SheetFormat format = v1::SHEET_FORMAT_CSV) {
    v1::ExportTicketsRequest request;
    *request.mutable_filter() = filter;
    request.set_reason(reason);
    request.set_format(format);
    return Read(person, request, &Exchange::Blocking::ExportTickets);
  }
};

const std::vector<std::string> kTitles = {"外部编号", "诉求类型", "标题", "事项分类", "来电人", "联系电话", "承办单位"};
std::vector<std::string> Letter(const std::string& number, const std::string& title = "停水") { return {number, "投诉", title, "供水", "王小明", "13800001234", "water"}; }

}  // namespace

TEST_CASE_METHOD(ExchangeFixture, "TKT-18: wrong rows are reported with number, column and rule; the report, mended, brings those alone") {
  Table table = {kTitles, Letter("X1"), Letter("X2"), Letter("X3"), Letter("X4")};
  table[2][1] = "抱怨";
  table[3][6] = "nowhere";
  table[3][2] = "";
  const v1::Import done = Imported(kClerk, Info(), Csv(table));
  CHECK(done.file_name() == "来信.csv");
  CHECK(done.total_rows() == 4);
  CHECK(done.created_rows() == 2);
  CHECK(done.refused_rows() == 2);
  const File report = *Report(kClerk, done.import_id());
  CHECK(report.name == "import-report.csv");
  Table refused = Parsed(SheetFormat::kCsv, report.bytes);
  REQUIRE(refused.size() == 3);
  CHECK(refused[1][refused[1].size() - 2] == "3");
  CHECK(refused[1].back().find("type UNKNOWN_VALUE") == 0);
  CHECK(refused[2][refused[2].size() - 2] == "4");
  CHECK(refused[2].back().find("unit_id NOT_FOUND") != std::string::npos);
  CHECK(refused[2].back().find("title REQUIRED") != std::string::npos);
  CHECK(Parsed(SheetFormat::kXlsx, Report(kClerk, done.import_id(), v1::SHEET_FORMAT_XLSX)->bytes) == refused);

  for (Table::value_type& row : refused) {
    for (std::string& cell : row) {
      if (cell == "抱怨") cell = "投诉";
      if (cell == "nowhere") cell = "water";
    }
  }
  const auto title = std::find(refused[0].begin(), refused[0].end(), "标题") - refused[0].begin();
  refused[2][static_cast<size_t>(title)] = "停水三天";
  const v1::Import mended = Imported(kClerk, Info("改.csv"), Csv(refused));
  CHECK(mended.created_rows() == 2);
  CHECK(mended.repeated_rows() == 0);
  CHECK(Count("SELECT count(*) FROM tickets") == 4);
  // The whole file again: all of it is there.
  CHECK(Imported(kClerk, Info(), Csv({kTitles, Letter("X1"), Letter("X2"), Letter("X3"), Letter("X4")})).repeated_rows() == 4);
  CHECK(Count("SELECT count(*) FROM tickets") == 4);
  CHECK(Count("SELECT count(*) FROM import_pieces") == 0);
}

TEST_CASE_METHOD(ExchangeFixture, "TKT-18: a repeated request is the same import; imports are their user's own") {
  const std::string file = Csv({kTitles, Letter("Y1")}), request_id = base::NewId();
  const v1::Import first = Imported(kClerk, Info("a.csv", request_id), file);
  CHECK(Send(kClerk, Info("a.csv", request_id), file)->import_id() == first.import_id());
  CHECK(Send(kClerk, Info("b.csv"), file)->import_id() == first.import_id());
  CHECK(base::Reason(Send(kClerk2, Info("a.csv", request_id), file + "\n").status()) == "REQUEST_ID_REUSED");
  CHECK(base::Reason(Get(kClerk2, first.import_id()).status()) == "IMPORT_NOT_FOUND");
  CHECK(base::Reason(Report(kClerk2, first.import_id()).status()) == "IMPORT_NOT_FOUND");
  CHECK(Get(kSupervisor, first.import_id()).ok());
  CHECK(Count("SELECT count(*) FROM tickets") == 1);
  CHECK(Count("SELECT count(*) FROM import_pieces") == 0);
}

TEST_CASE_METHOD(ExchangeFixture, "TKT-18: what is no table, or half of one, or too much, leaves nothing behind") {
  const std::string file = Csv({kTitles, Letter("Z1")});
  CHECK(Refused(kClerk, "标题\n停水\n") == "BAD_TITLES");
  CHECK(Refused(kClerk, "诉求类型,标题,颜色\n投诉,停水,红\n") == "BAD_TITLES");
  CHECK(Refused(kClerk, "诉求类型,标题\n投诉,\"停水\n") == "SHEET_UNREADABLE");
  CHECK(Refused(kClerk, "诉求类型,标题\n投诉,\xff\xff\n") == "SHEET_UNREADABLE");
  CHECK(Refused(kClerk, std::string(3 << 20, 'x')) == "SHEET_TOO_LARGE");  // one cell
  CHECK(Refused(kClerk, file, static_cast<int64_t>(file.size()) + 1) == "UPLOAD_INCOMPLETE");
  CHECK(Refused(kWater, file) == "ACCESS_DENIED");
  v1::ImportInfo xlsx = Info("a.xlsx");
  xlsx.set_format(v1::SHEET_FORMAT_XLSX);
  CHECK(base::Reason(Send(kClerk, xlsx, "PK\x03\x04 broken").status()) == "SHEET_UNREADABLE");
  std::string rows = "诉求类型,标题\n";
  for (int64_t i = 0; i < kMaxCsvRows; ++i) rows += "x\n";
  CHECK(Refused(kClerk, rows) == "SHEET_TOO_LARGE");  // after some pieces were kept
  CHECK(base::FieldViolations(Send(kClerk, Info(), "").status()).at(0).field == "file");
  CHECK(Count("SELECT count(*) FROM imports") == 0);
  CHECK(Count("SELECT count(*) FROM import_pieces") == 0);
}

TEST_CASE_METHOD(ExchangeFixture, "TKT-18: CSV in GB 18030 is read as a whole, also where bytes could be either") {
  // 诉求类型,标题 / 投诉,联通停水: 联通 alone would pass for UTF-8.
  const std::string file = "\xcb\xdf\xc7\xf3\xc0\xe0\xd0\xcd,\xb1\xea\xcc\xe2\n\xcd\xb6\xcb\xdf,\xc1\xaa\xcd\xa8\n\xcd\xb6\xcb\xdf,\xcd\xa3\xcb\xae\n";
  CHECK(Imported(kClerk, Info(), file).created_rows() == 2);
  CHECK(Count("SELECT count(*) FROM tickets WHERE title IN ('联通', '停水')") == 2);
}

TEST_CASE_METHOD(ExchangeFixture, "TKT-18, PLT-5: an export is in the audit before it leaves, masked by role, and no spreadsheet runs it") {
  domain::Ticket draft = domain::Draft();
  draft.caller.name = "张三丰";
  draft.title = "=HYPERLINK(\"http://x\")";
  Made(draft, domain::Dispatch{domain::WaterUnit()});
  draft.title = "@SUM(1)";
  draft.caller.confidential = true;
  Made(draft, domain::Dispatch{domain::WaterUnit()});
  const auto column = [](const Table& table, const std::string& title) {
    return static_cast<size_t>(std::find(table[0].begin(), table[0].end(), title) - table[0].begin());
  };
  v1::ListTicketsRequest filter;
  filter.set_order_by("create_time");
  const File file = *Export(kDispatcher, filter);
  CHECK(file.bytes.starts_with(kMarkOfUtf8));
  CHECK(file.name.starts_with("tickets-"));
  Table table = Parsed(SheetFormat::kCsv, file.bytes);
  REQUIRE(table.size() == 3);
  CHECK(table[1][column(table, "标题")] == "'=HYPERLINK(\"http://x\")");
  CHECK(table[2][column(table, "标题")] == "'@SUM(1)");
  CHECK(table[1][column(table, "联系电话")] == "138****5678");
  CHECK(table[1][column(table, "来电人")] == "张*");
  // The unit that handles it sees whom it has to ask; of a confidential caller nothing.
  table = Parsed(SheetFormat::kCsv, Export(kWater, filter)->bytes);
  REQUIRE(table.size() == 3);
  CHECK(table[1][column(table, "联系电话")] == "13812345678");
  CHECK(table[1][column(table, "来电人")] == "张三丰");
  CHECK(table[2][column(table, "联系电话")].empty());
  CHECK(table[2][column(table, "来电人")].empty());
  CHECK(Parsed(SheetFormat::kCsv, Export(kGas, filter)->bytes).size() == 1);
  // Text stays text in a workbook.
  table = Parsed(SheetFormat::kXlsx, Export(kDispatcher, filter, "核对", v1::SHEET_FORMAT_XLSX)->bytes);
  CHECK(table[1][column(table, "标题")] == "=HYPERLINK(\"http://x\")");

  filter.set_caller_phone("13812345678");
  REQUIRE(Export(kDispatcher, filter, "信访核查").ok());
  const auto audit = *pool.Read("SELECT actor_id, reason, filter, rows FROM export_audit ORDER BY time");
  REQUIRE(audit.size() == 5);
  CHECK(audit[0].Get<std::string>("actor_id") == "dispatcher-1");
  CHECK(audit[0].Get<std::string>("reason") == "周报核对");
  CHECK(audit[0].Get<int64_t>("rows") == 2);
  CHECK(audit[1].Get<std::string>("actor_id") == "officer-1");
  CHECK(audit[4].Get<std::string>("reason") == "信访核查");
  CHECK(audit[4].Get<std::string>("filter").find("13812345678") == std::string::npos);

  CHECK(domain::Fields(Export(kDispatcher, {}, "").status()) == std::vector<std::string>{"reason"});
  CHECK(Export(kAgent).status().code() == absl::StatusCode::kPermissionDenied);
  CHECK(base::Reason(Export(kWater, filter).status()) == "CALLER_SEARCH_NOT_ALLOWED");
  CHECK(Count("SELECT count(*) FROM export_audit") == 5);
}

TEST_CASE_METHOD(ExchangeFixture, "TKT-18: the template is a file that an import takes") {
  v1::ReadImportTemplateRequest request;
  const File file = *Read(kClerk, request, &Exchange::Blocking::ReadImportTemplate);
  CHECK(file.name == "import-template.csv");
  REQUIRE(store.PutCategory({"urban.lamp", "", "路灯", "Lamps", {}, "", "", 1}).ok());
  clock.Advance(kCategoryAge + absl::Seconds(1));
  CHECK(Imported(kClerk, Info(), file.bytes).created_rows() == 1);
}

}  // namespace hotline::ticket
