// TKT-18: tables in and out, and imports that survive everything.
#include <absl/strings/str_cat.h>
#include <zip.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "libs/base/digest.h"
#include "libs/base/id.h"
#include "libs/testing/child_process.h"
#include "libs/testing/wait.h"
#include "services/ticket/domain/exchange.h"
#include "services/ticket/importer.h"
#include "services/ticket/spreadsheet.h"
#include "services/ticket/tests/store_fixture.h"

namespace hotline::ticket {
namespace {

using Table = std::vector<std::vector<std::string>>;

absl::StatusOr<Table> Read(SheetFormat format, std::string_view bytes) {
  Table table;
  const absl::Status status = ReadSheet(format, bytes, [&](int64_t, std::vector<std::string>& cells) {
    table.push_back(std::move(cells));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return table;
}

std::string Written(SheetFormat format, const Table& table) {
  const auto writer = MakeSheetWriter(format);
  std::string bytes;
  for (const auto& row : table) {
    writer->Row(row);
    bytes += writer->Drain();
  }
  return bytes + *writer->Finish();
}

// An archive of these parts, as XLSX files are.
std::string Zip(const std::vector<std::pair<std::string, std::string>>& parts) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(source);
  zip_t* archive = zip_open_from_source(source, ZIP_TRUNCATE, &error);
  REQUIRE(archive != nullptr);
  for (const auto& [name, text] : parts) REQUIRE(zip_file_add(archive, name.c_str(), zip_source_buffer(archive, text.data(), text.size(), 0), 0) >= 0);
  REQUIRE(zip_close(archive) == 0);
  REQUIRE(zip_source_open(source) == 0);
  zip_source_seek(source, 0, SEEK_END);
  std::string bytes(static_cast<size_t>(zip_source_tell(source)), '\0');
  zip_source_seek(source, 0, SEEK_SET);
  REQUIRE(zip_source_read(source, bytes.data(), bytes.size()) == static_cast<zip_int64_t>(bytes.size()));
  zip_source_close(source);
  zip_source_free(source);
  return bytes;
}

std::string Workbook(const std::string& sheet, const std::string& doctype = "") {
  const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + doctype;
  const std::string ns = "http://schemas.openxmlformats.org/";
  return Zip({{"[Content_Types].xml", head + "<Types xmlns=\"" + ns + "package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
               "<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>"
               "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>"},
              {"_rels/.rels", head + "<Relationships xmlns=\"" + ns + "package/2006/relationships\"><Relationship Id=\"r1\" Type=\"" + ns + "officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
              {"xl/workbook.xml", head + "<workbook xmlns=\"" + ns + "spreadsheetml/2006/main\" xmlns:r=\"" + ns + "officeDocument/2006/relationships\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"},
              {"xl/_rels/workbook.xml.rels", head + "<Relationships xmlns=\"" + ns + "package/2006/relationships\"><Relationship Id=\"r1\" Type=\"" + ns + "officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"},
              {"xl/worksheets/sheet1.xml", head + "<worksheet xmlns=\"" + ns + "spreadsheetml/2006/main\"><sheetData>" + sheet + "</sheetData></worksheet>"}});
}

struct Exchange : StoreFixture {
  ExchangeStore imports{pool, cipher};
  CategoryTree categories{store, clock};
  DefaultProcesses processes;
  Importer importer{imports, store, categories, processes, clock};
  domain::Actor clerk{"clerk-1", "录入员", "city", "/city/", {"entry_clerk"}};

  Exchange() { REQUIRE(store.PutCategory({"water", "", "供水", "Water", {}, "", "", 1}).ok()); }

  static constexpr size_t kPiece = 1000;
  Import Add(const Table& table, bool dry_run = false, const std::string& request_id = "", SheetFormat format = SheetFormat::kCsv) {
    Import import;
    import.actor = clerk;
    import.dry_run = dry_run;
    import.format = format;
    import.create_time = clock.Now();
    import.total = static_cast<int64_t>(table.size()) - 1;
    import.id = base::NewId();
    const std::string file = Written(format, table);
    // In pieces that end anywhere.
    for (size_t at = 0; at < file.size(); at += kPiece) REQUIRE(imports.AddPiece(import.id, import.pieces++, file.substr(at, kPiece), clock.Now()).ok());
    const auto kept = imports.Add(import, request_id, base::Sha256Hex(file));
    INFO(kept.status());
    REQUIRE(kept.ok());
    return *kept;
  }
  Import Run(const Import& import) {
    const absl::Status status = importer.RunAll();
    INFO(status);
    REQUIRE(status.ok());
    return *imports.Get(import.id);
  }
};

Table Letters(int rows) {
  Table table = {{"外部编号", "诉求类型", "标题", "事项分类", "联系电话", "承办单位"}};
  for (int i = 0; i < rows; ++i) table.push_back({absl::StrCat("X", i), "投诉", absl::StrCat("停水", i), "供水", "13800001234", i % 2 == 0 ? "water" : ""});
  return table;
}

}  // namespace

TEST_CASE("TKT-18: tables are read as they were written, in both formats") {
  const Table table = {{"标题", "内容"}, {"a,b", "say \"hi\"\n第二行"}, {"=1+1", "@x"}, {"13800001234", "停水"}};
  CHECK(*Read(SheetFormat::kXlsx, Written(SheetFormat::kXlsx, table)) == table);
  Table csv = *Read(SheetFormat::kCsv, Written(SheetFormat::kCsv, table));
  CHECK(csv[1] == table[1]);
  CHECK(csv[2] == std::vector<std::string>{"'=1+1", "'@x"});  // no spreadsheet takes it for a formula
  CHECK(*Read(SheetFormat::kCsv, "a,b\r\n\r\n , c \r\n") == Table{{"a", "b"}, {"", "c"}});
  CHECK(*Read(SheetFormat::kCsv, "\xb1\xea\xcc\xe2,\xc4\xda\xc8\xdd\n") == Table{{"标题", "内容"}});  // GB 18030
}

TEST_CASE("TKT-18: files that are none, or too much, are refused by name") {
  const auto reason = [](SheetFormat format, std::string_view bytes) { return base::Reason(Read(format, bytes).status()); };
  CHECK(reason(SheetFormat::kXlsx, "not a zip") == "SHEET_UNREADABLE");
  CHECK(reason(SheetFormat::kXlsx, Zip({{"a.txt", "x"}})) == "SHEET_UNREADABLE");
  CHECK(reason(SheetFormat::kCsv, "a,\"open") == "SHEET_UNREADABLE");
  CHECK(reason(SheetFormat::kCsv, std::string_view("a\0b", 3)) == "SHEET_UNREADABLE");
  CHECK(reason(SheetFormat::kCsv, "a" + std::string(kMaxCellBytes + 1, 'b')) == "SHEET_TOO_LARGE");
  CHECK(reason(SheetFormat::kCsv, std::string(kMaxSheetColumns, ',') + "x") == "SHEET_TOO_LARGE");
  std::string rows;
  for (int64_t i = 0; i <= kMaxCsvRows; ++i) rows += "x\n";
  CHECK(reason(SheetFormat::kCsv, rows) == "SHEET_TOO_LARGE");
  // A few kilobytes that would unpack to more than a gigabyte, in parts; and many parts.
  std::vector<std::pair<std::string, std::string>> parts;
  for (int i = 0; i < 9; ++i) parts.emplace_back(absl::StrCat("xl/", i, ".xml"), std::string(64 << 20, ' '));
  const std::string bomb = Zip(parts);
  CHECK(bomb.size() < (1 << 20));
  CHECK(reason(SheetFormat::kXlsx, bomb) == "SHEET_TOO_LARGE");
  parts.clear();
  for (int i = 0; i <= kMaxSheetParts; ++i) parts.emplace_back(absl::StrCat(i), "x");
  CHECK(reason(SheetFormat::kXlsx, Zip(parts)) == "SHEET_TOO_LARGE");
}

TEST_CASE("TKT-18: a workbook's numbers are text, far cells are refused, entities are not expanded") {
  const auto cell = [](const std::string& text) { return "<c r=\"A1\" t=\"inlineStr\"><is><t>" + text + "</t></is></c>"; };
  CHECK(*Read(SheetFormat::kXlsx, Workbook("<row r=\"1\"><c r=\"A1\"><v>13800001234</v></c><c r=\"B1\"><v>1.5</v></c></row>")) == Table{{"13800001234", "1.5"}});
  CHECK(base::Reason(Read(SheetFormat::kXlsx, Workbook("<row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row>")).status()) == "SHEET_TOO_LARGE");
  CHECK(base::Reason(Read(SheetFormat::kXlsx, Workbook("<row r=\"1048576\"><c r=\"A1048576\"><v>1</v></c></row>")).status()) == "SHEET_TOO_LARGE");
  CHECK(*Read(SheetFormat::kXlsx, Workbook("<row r=\"1\">" + cell("停&amp;水") + "</row>")) == Table{{"停&水"}});
  CHECK(base::Reason(Read(SheetFormat::kXlsx, Workbook("<row r=\"1\">" + cell("&lol;") + "</row>", "<!DOCTYPE x [<!ENTITY lol \"haha\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>")).status()) ==
        "SHEET_UNREADABLE");
}

TEST_CASE("TKT-18: titles in Chinese or by key, in any order; a row's mistakes are all named") {
  using domain::SheetColumns;
  CHECK(base::Reason(SheetColumns::FromTitles({"标题"}).status()) == "BAD_TITLES");
  CHECK(base::FieldViolations(SheetColumns::FromTitles({"诉求类型", "标题", "颜色"}).status()).at(0).field == "颜色");
  CHECK_FALSE(SheetColumns::FromTitles({"诉求类型", "标题", "title"}).ok());
  const auto columns = *SheetColumns::FromTitles({"标题", "错误", "type", "匿名", "标签"});
  domain::Violations found;
  const domain::ImportRow row = domain::ReadImportRow(columns, {"停水", "x", "投诉", "是", "供水；漏水"}, found);
  CHECK(found.empty());
  CHECK(row.create.draft.type == domain::Type::kComplaint);
  CHECK(row.create.draft.caller.anonymous);
  CHECK(row.create.draft.tags == std::vector<std::string>{"供水", "漏水"});
  domain::ReadImportRow(columns, {"停水", "", "抱怨", "也许"}, found);
  REQUIRE(found.size() == 2);
  CHECK(found[0].field == "type");
  CHECK(domain::TemplateTitles().size() == domain::TemplateExample().size());
  CHECK(domain::ExportTitles().size() == domain::ExportRow({}, "", "", absl::UTCTimeZone()).size());
}

TEST_CASE_METHOD(Exchange, "TKT-18: rows become tickets with history and events; wrong ones are in the report, mended they go in once") {
  Table table = Letters(5);
  table[2][1] = "抱怨";
  table[3][5] = "nowhere";
  table[4][3] = "不存在";
  const Import done = Run(Add(table));
  CHECK(done.state == "done");
  CHECK(done.done == 5);
  CHECK(done.created == 2);
  CHECK(done.refused == 3);
  CHECK(Count("SELECT count(*) FROM tickets") == 2);
  CHECK(Count("SELECT count(*) FROM tickets WHERE created_by = 'clerk-1' AND category_id = 'water' AND unit_id = 'water'") == 2);
  CHECK(Events() == std::vector<std::string>{"TicketCreated", "TicketDispatched", "TicketCreated", "TicketDispatched"});
  const auto all = *store.List({.limit = 10});
  for (const domain::Ticket& ticket : all) CHECK(store.VerifyHistory(ticket.id).ok());
  auto report = *imports.Refusals(done.id, 0, 10);
  REQUIRE(report.size() == 3);
  CHECK(report[0].row == 3);
  CHECK(report[0].errors.find("type UNKNOWN_VALUE") != std::string::npos);
  CHECK(report[1].errors.find("unit_id NOT_FOUND") != std::string::npos);
  CHECK(report[2].errors.find("category NOT_FOUND") != std::string::npos);
  // Nothing of the callers lies open.
  CHECK(Count("SELECT count(*) FROM import_refusals r WHERE r::text LIKE '%13800001234%'") == 0);
  CHECK(Count("SELECT count(*) FROM import_pieces") == 0);
  // The whole file, mended, is sent again: what was registered is not registered twice.
  const Import mended = Run(Add(Letters(5)));
  CHECK(mended.created == 3);
  CHECK(mended.repeated == 2);
  CHECK(Count("SELECT count(*) FROM tickets") == 5);
}

TEST_CASE_METHOD(Exchange, "TKT-18: the same file or request is one import; a trial registers nothing") {
  const std::string request_id = base::NewId();
  const Import trial = Add(Letters(3), /*dry_run=*/true);
  CHECK(Run(trial).created == 3);
  CHECK(Count("SELECT count(*) FROM tickets") == 0);
  const Import first = Add(Letters(3), false, request_id);
  CHECK(first.id != trial.id);
  CHECK(Add(Letters(3)).id == first.id);
  CHECK(Add(Letters(4), false, request_id).id == first.id);
  Run(first);
  CHECK(Add(Letters(3)).id == first.id);
  CHECK(Count("SELECT count(*) FROM tickets") == 3);
  // Rows without a number of their own, too: the file is what is known.
  Table table = {{"诉求类型", "标题"}, {"建议", "建公园"}};
  Run(Add(table, false, "", SheetFormat::kXlsx));
  CHECK(Count("SELECT count(*) FROM tickets") == 4);
  clock.Advance(absl::Hours(24 * 91));
  // What an upload left that broke off goes after a while, what belongs to an import does not.
  REQUIRE(imports.AddPiece(base::NewId(), 0, "half", clock.Now()).ok());
  const Import waiting = Add(Letters(4));
  clock.Advance(absl::Minutes(61));
  REQUIRE(imports.Forget(clock.Now() - domain::kImportKeep, clock.Now()).ok());
  CHECK(Count("SELECT count(*) FROM imports") == 1);
  CHECK(Count("SELECT count(*) FROM import_pieces") == waiting.pieces);
}

TEST_CASE_METHOD(Exchange, "TKT-18: an import goes on where it was, after a kill of the database and with two workers") {
  const int rows = domain::kImportBatch * 3 + 7;
  Table table = {{"诉求类型", "标题"}};
  for (int i = 0; i < rows; ++i) table.push_back({"求助", absl::StrCat("停水", i)});
  const Import import = Add(table);
  Importer other(imports, store, categories, processes, clock);
  importer.Start();
  other.Start();
  REQUIRE(testing::WaitUntil([&] { return Count("SELECT last_row::bigint AS count FROM imports") > 1; }));
  REQUIRE(pool.Read("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = current_user").ok());
  REQUIRE(testing::WaitUntil([&] {
    const auto now = imports.Get(import.id);
    return now.ok() && now->state == "done";
  }));
  other.Stop();
  importer.Stop();
  CHECK(imports.Get(import.id)->created == rows);
  CHECK(Count("SELECT count(*) FROM tickets") == rows);
  CHECK(Count("SELECT count(DISTINCT title) FROM tickets") == rows);
}

TEST_CASE_METHOD(Exchange, "TKT-16, TKT-18: a row of an import leaves what a registration of its own leaves") {
  const std::string request_id = base::NewId();
  const Table table = {{"外部编号", "诉求类型", "标题", "内容", "事项分类", "区域代码", "来电人", "联系电话", "联系地址", "标签", "承办单位", "来源渠道"},
                       {"A1", "投诉", "停水", "三天了", "供水", "990102", "王小明", "13800001234", "人民路1号", "供水;老旧小区", "water", "来信"}};
  REQUIRE(Run(Add(table)).created == 1);
  domain::Ticket draft;
  draft.type = domain::Type::kComplaint;
  draft.channel = domain::Channel::kLetter;
  draft.urgency = domain::Urgency::kOrdinary;
  draft.title = "停水";
  draft.content = "三天了";
  draft.category_id = "water";
  draft.area_code = "990102";
  draft.caller.name = "王小明";
  draft.caller.phone = "13800001234";
  draft.caller.address = "人民路1号";
  draft.tags = {"供水", "老旧小区"};
  REQUIRE(Create(By(clerk, "ImportTickets", request_id), draft, domain::Dispatch{domain::WaterUnit()}).ok());
  const auto both = *store.List({.order = TicketOrder::kOldest, .limit = 3});
  REQUIRE(both.size() == 2);
  for (const domain::Ticket& ticket : both) CHECK(store.VerifyHistory(ticket.id).ok());
  // Row by row in every table that a registration writes; what must differ is named.
  const auto alike = [&](const std::string& table_name, const std::string& different) {
    const auto rows = *pool.Read("SELECT (to_jsonb(x) - '" + different + "'::text[])::text AS line FROM " + table_name + " x ORDER BY ticket_id, line");
    REQUIRE(rows.size() % 2 == 0);
    REQUIRE(!rows.empty());
    for (size_t i = 0; i < rows.size() / 2; ++i) CHECK(rows[i].Get<std::string>("line") == rows[i + rows.size() / 2].Get<std::string>("line"));
  };
  alike("tickets", "{ticket_id,number,acceptance_number,sealed,pin_hash,history_head}");
  alike("ticket_search", "{ticket_id}");
  alike("ticket_keys", "{ticket_id,wrapped}");
  alike("(SELECT *, (changes - '{number,acceptance_number}'::text[])::text AS said FROM history)", "{ticket_id,changes,sealed,sealed_digest,digest}");
  alike("requests", "{ticket_id,request_id}");
  alike("acceptance_numbers", "{ticket_id,acceptance_number}");
  CHECK(Count("SELECT count(*) FROM notices") % 2 == 0);
  if (Count("SELECT count(*) FROM notices") > 0) alike("notices", "{ticket_id,notice_id,text}");
  CHECK(Events() == std::vector<std::string>{"TicketCreated", "TicketDispatched", "TicketCreated", "TicketDispatched"});
  CHECK(store.CallerTickets("13800001234", "", 5)->total_count == 2);
}

// Run by the next test as a process of its own.
TEST_CASE("works on imports until it is killed", "[.import_worker]") {
  const char* const file = std::getenv("IMPORT_WORKER");
  REQUIRE(file != nullptr);
  std::ifstream in(file);
  postgres::ConnectionOptions database;
  std::getline(in, database.conninfo);
  std::getline(in, database.user);
  std::getline(in, database.password);
  std::getline(in, database.schema);
  postgres::Pool pool{{.connection = database}};
  const Cipher cipher = *Cipher::FromHex(kMasterKey);
  PostgresStore store{pool, cipher, {absl::UTCTimeZone(), 8}};
  ExchangeStore imports{pool, cipher};
  CategoryTree categories{store, base::SystemClock::Get()};
  DefaultProcesses processes;
  Importer importer{imports, store, categories, processes, base::SystemClock::Get()};
  CHECK(importer.RunAll().ok());
}

TEST_CASE_METHOD(Exchange, "TKT-18: a process that is killed in the middle of an import leaves nothing half, and another goes on") {
  const std::string directory = testing::MakeTemporaryDirectory("import", false);
  std::ofstream(directory + "/database") << database.conninfo << "\n" << database.user << "\n" << database.password << "\n" << database.schema << "\n";
  REQUIRE(setenv("IMPORT_WORKER", (directory + "/database").c_str(), 1) == 0);
  const int rows = domain::kImportBatch * 8 + 3;
  Table table = {{"外部编号", "诉求类型", "标题", "承办单位"}};
  for (int i = 0; i < rows; ++i) table.push_back({i % 3 == 0 ? absl::StrCat("K", i) : "", i % 100 == 7 ? "抱怨" : "求助", absl::StrCat("停水", i), "water"});
  const Import import = Add(table);
  const auto done = [&] { return Count("SELECT done_rows AS count FROM imports"); };
  int kills = 0;
  for (int64_t before = 0; kills < 3 && done() < rows; before = done(), ++kills) {
    const int worker = testing::Spawn({.arguments = {"/proc/self/exe", "[.import_worker]"}, .output = directory + "/log"});
    CHECK(testing::WaitUntil([&] { return done() > before || testing::HasEnded(worker); }));
    testing::Kill(worker, SIGKILL);
  }
  CHECK(kills > 1);
  const Import ended = Run(import);
  CHECK(ended.state == "done");
  CHECK(ended.done == rows);
  CHECK(ended.created + ended.refused == rows);
  CHECK(ended.repeated == 0);
  CHECK(Count("SELECT count(*) FROM tickets") == ended.created);
  CHECK(Count("SELECT count(DISTINCT title) FROM tickets") == ended.created);
  for (const char* one : {"ticket_search", "ticket_keys", "acceptance_numbers"}) CHECK(Count(absl::StrCat("SELECT count(*) FROM ", one)) == ended.created);
  CHECK(Count("SELECT count(*) FROM history") == ended.created * 2);
  CHECK(Count("SELECT count(*) FROM outbox") == ended.created * 2);
  testing::RemoveDirectory(directory);
}

TEST_CASE_METHOD(Exchange, "TKT-18: a day of more than 900,000 registrations has longer numbers, found by them") {
  REQUIRE(pool.Read("INSERT INTO number_days (day, last) VALUES ($1, 899998)", {absl::ToCivilDay(clock.Now(), absl::UTCTimeZone())}).ok());
  REQUIRE(Run(Add(Letters(3))).created == 3);
  const auto rows = *pool.Read("SELECT number, ticket_id FROM tickets ORDER BY number COLLATE \"C\"");
  const std::string day = absl::FormatTime("%Y%m%d", clock.Now(), absl::UTCTimeZone());
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].Get<std::string>("number") == day + "899999");
  CHECK(rows[1].Get<std::string>("number") == day + "90900000");
  CHECK(rows[2].Get<std::string>("number") == day + "90900001");
  CHECK(rows[0].Get<std::string>("ticket_id") < rows[1].Get<std::string>("ticket_id"));
  CHECK(*store.Resolve(day + "90900001") == rows[2].Get<std::string>("ticket_id"));
  CHECK(store.List({.digits = day + "90900000", .limit = 5})->at(0).id == rows[1].Get<std::string>("ticket_id"));
}

TEST_CASE("TKT-18: CSV is read in pieces that end anywhere, as in one") {
  const std::string file = "\xef\xbb\xbf标题,内容\r\n\"停\"\"水\"\"\r\n三天\",a\n\r\n\"\",\" b \"\rc,d";
  const Table whole = *Read(SheetFormat::kCsv, file);
  CHECK(whole == Table{{"标题", "内容"}, {"停\"水\"\r\n三天", "a"}, {"", "b"}, {"c", "d"}});
  for (size_t piece = 1; piece < file.size(); ++piece) {
    Table table;
    SheetReader reader(SheetFormat::kCsv, SheetEncoding::kUtf8, [&](int64_t, std::vector<std::string>& cells) {
      table.push_back(cells);
      return absl::OkStatus();
    });
    for (size_t at = 0; at < file.size(); at += piece) REQUIRE(reader.Feed(std::string_view(file).substr(at, piece)).ok());
    REQUIRE(reader.Finish().ok());
    CHECK(table == whole);
  }
}

}  // namespace hotline::ticket
