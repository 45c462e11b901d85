// Documents over gRPC, and their templates: what a city may change, what is printed, who may read it.
#include <cstdio>
#include <fstream>
#include <set>

#include "libs/base/digest.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/document/testing.h"
#include "libs/rpc/testing.h"
#include "services/ticket/document_service.h"
#include "services/ticket/tests/files_fixture.h"
#include "services/ticket/tests/store_fixture.h"

namespace hotline::ticket {
namespace {

using Documents = rpc::Client<v1::DocumentService>;
namespace access = hotline::access::v1;

struct Person {
  std::string id;
  access::Role role;
  std::string unit_id = "city";
  std::string unit_path = "/city/";
};
const Person kAdmin{"admin-1", access::ROLE_ADMIN};
const Person kAgent{"agent-1", access::ROLE_AGENT};
const Person kSupervisor{"supervisor-1", access::ROLE_SUPERVISOR};
const Person kWater{"officer-1", access::ROLE_OFFICER, "water", "/city/water/"};
const Person kGas{"officer-2", access::ROLE_OFFICER, "gas", "/city/gas/"};

struct DocumentFixture : StoreFixture {
  TempDirectory directory;
  FileVault vault = *FileVault::Open(directory.path() + "/files");
  AttachmentStore files{pool, cipher};
  DocumentStore documents{pool};
  absl::TimeZone zone = absl::FixedTimeZone(8 * 3600);
  DefaultProcesses processes;
  CallerRecordStore caller_records{pool, cipher};
  ShownAudit shown{caller_records};
  DocumentMaker maker{store, documents, files, vault, processes, {zone, "云州市12345政务服务便民热线中心"}};
  rpc::TestNetwork network;
  rpc::TestNode node{network, "ticket"};
  rpc::Pool handlers{"files", 4, 64};
  DocumentService service{*node, handlers, store, documents, files, vault, maker, shown};
  rpc::TestServer server{node, {&service}};
  Documents client{server.PeerFor("gateway")};

  DocumentFixture() { REQUIRE(SeedTemplates(documents, HOTLINE_SOURCE_DIR "/services/ticket/templates", clock.Now()).ok()); }

  void Become(rpc::Context& context, const Person& person) {
    rpc::UserClaims claims;
    claims.user_id = person.id;
    claims.roles = {person.role};
    claims.unit_id = person.unit_id;
    claims.unit_path = person.unit_path;
    network.ActAs(context, std::move(claims));
  }
  template <class Req, class Resp>
  absl::StatusOr<Resp> As(const Person& person, grpc::Status (v1::DocumentService::StubInterface::*method)(grpc::ClientContext*, const Req&, Resp*),
                          const std::type_identity_t<Req>& request) {
    rpc::Context context;
    Become(context, person);
    return rpc::SyncCall(client, context, method, request, {.timeout = absl::Seconds(120)});
  }
  absl::StatusOr<v1::Document> Create(const Person& person, const domain::Ticket& ticket, const std::string& template_id,
                                      const domain::Values& fields = {}, const std::string& request_id = "") {
    v1::CreateDocumentRequest request;
    request.set_ticket_id(ticket.id);
    request.set_template_id(template_id);
    request.set_request_id(request_id);
    request.mutable_fields()->insert(fields.begin(), fields.end());
    return As(person, &Documents::Blocking::CreateDocument, request);
  }
  absl::StatusOr<std::string> Read(const Person& person, const std::string& id) {
    rpc::Context context;
    Become(context, person);
    grpc::ClientContext out;
    client.Prepare(context, out, {}, absl::Seconds(60));
    files::v1::ReadFileRequest request;
    request.set_file_id(id);
    const auto reader = client.stub().ReadDocument(&out, request);
    std::string pdf;
    for (files::v1::FilePiece piece; reader->Read(&piece);) pdf += piece.data();
    const absl::Status status = rpc::FromGrpc(reader->Finish());
    if (!status.ok()) return status;
    return pdf;
  }
  // The text of a PDF without white space.
  std::string TextOf(const std::string& pdf) {
    const std::string path = directory.path() + "/document.pdf";
    std::ofstream(path, std::ios::binary) << pdf;
    FILE* pipe = ::popen(("pdftotext -layout " + path + " -").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text;
    for (int c = 0; (c = std::fgetc(pipe)) != EOF;) {
      if (c != ' ' && c != '\n' && c != '\f') text += static_cast<char>(c);
    }
    ::pclose(pipe);
    return text;
  }
  static std::string Rule(const absl::Status& status) {
    const auto violations = base::FieldViolations(status);
    return violations.empty() ? base::Reason(status) : violations[0].field + " " + violations[0].reason;
  }
  absl::StatusOr<v1::DocumentTemplate> Put(const Person& person, const std::string& id, const std::string& body, const std::string& etag) {
    v1::PutDocumentTemplateRequest request;
    request.set_template_id(id);
    request.set_body(body);
    request.set_etag(etag);
    return As(person, &Documents::Blocking::PutDocumentTemplate, request);
  }
  v1::Document Issued(const Person& person, const domain::Ticket& ticket, const std::string& template_id, const domain::Values& fields = {}) {
    const auto made = Create(person, ticket, template_id, fields);
    INFO(template_id << " " << made.status());
    REQUIRE(made.ok());
    return *made;
  }
};

const domain::Values kOrder = {{"problem", "超过办理期限三天，未与诉求人联系。"}, {"demand", "如涉及管网改造，应说明工期。"}, {"deadline", "2026年11月30日18时前"}};

// An urging notice as a city may have it.
const std::string kUrging = R"({"template_id":"urging_notice","name":"催办函","audience":"unit","number":"催〔{{year}}〕{{sequence}}号",
      "fields":[{"id":"why","name":"原因","required":true,"max":20}],"blocks":[{"kind":"title","text":"催办函"},{"kind":"paragraph","text":"{{unit}}：{{why}}"}]})";

// Values of every field of every shipped template.
domain::Values AllFields(const domain::DocumentTemplate& one) {
  const domain::Values known = {{"opinion", "请速派人到现场查明停水原因，抢修期间安排送水车，并于当日回复诉求人。"}, {"leader", "王副市长"},
      {"summary", "11月25日夜间以来，城东幸福小区一至六号楼持续停水，热线共接到同类诉求27件，涉及居民约800户。经初步了解，系道路施工挖断供水支管所致，目前抢修尚未完成。"},
      {"suggestion", "建议由市水务局牵头、市住建局配合，连夜抢修并安排送水车；由市城管局核查施工单位责任。"}, {"reason", "诉求人已三次来电催问。"},
      {"deadline", "2026年11月30日18时前"}, {"problem", "一是超过办理期限仍未办结；二是未按规定联系诉求人；三是两次答复内容相同，未说明办理措施。"},
      {"demand", "如需管网改造，应当说明工期和临时供水安排。"}, {"copies", "市政府督查室，市水务局党组。"}, {"addressee", "市住房和城乡建设局"},
      {"subject", "商请协助查明幸福小区停水原因"}, {"body", "近期我中心接到幸福小区居民反映，小区周边道路施工后多次停水。经市水务局现场勘查，疑与施工开挖有关。\n为查明原因、尽快恢复供水，现商请贵局协助提供该路段施工许可、施工单位和开挖记录，并派员参加现场会商。"},
      {"facts", "该单位重视不够、推诿拖延，造成不良影响。"}, {"party_a", "张某某，云州市城东区居民"}, {"party_b", "云州市某某物业服务有限公司"},
      {"dispute", "申请人反映小区二次供水设施长期失修，被申请人认为维修费用应由业主分摊，双方发生纠纷。"},
      {"agreement", "1. 被申请人于2026年12月10日前完成二次供水设施维修；\n2. 维修费用由被申请人先行垫付，待业主大会表决后处理；\n3. 申请人撤回其他投诉。"},
      {"performance", "由被申请人按期履行，热线中心跟踪回访。"}, {"mediator", "李调解"}, {"receiver", "云州市公安局"},
      {"materials", "工单记录1份，现场照片3张。"}, {"contact", "热线中心督办科，0999-12345678"}};
  domain::Values values;
  for (const domain::TemplateField& field : one.fields) {
    REQUIRE(known.contains(field.id));
    values[field.id] = known.at(field.id);
  }
  return values;
}

}  // namespace

TEST_CASE_METHOD(DocumentFixture, "TKT-14, TKT-24: every shipped kind of document is made of a real ticket, numbered and readable") {
  domain::Ticket draft = domain::Draft();
  draft.title = "幸福小区停水";
  draft.content = "诉求人反映：从昨晚21时起，城东区幸福小区一至六号楼停水，至今未恢复，物业称不知原因，老人和孩子用水困难，要求尽快查明原因、恢复供水，并安排临时送水。";
  draft.place = "城东区幸福路18号幸福小区";
  const domain::Ticket ticket = Made(draft, domain::Dispatch{domain::WaterUnit()});
  const auto templates = documents.Templates();
  REQUIRE(templates.ok());
  std::set<std::string> ids;
  for (const TemplateRecord& record : *templates) {
    const domain::DocumentTemplate parsed = *domain::ParseTemplate(record.body);
    const v1::Document made = Issued(kSupervisor, ticket, record.id, AllFields(parsed));
    CHECK(made.title() == parsed.name);
    CHECK(made.number().find("〕1号") != std::string::npos);
    CHECK(made.pages() >= 1);
    CHECK(made.pages() <= 2);
    const auto pdf = Read(kSupervisor, made.document_id());
    REQUIRE(pdf.ok());
    CHECK(base::Sha256Hex(*pdf) == made.sha256());
    const std::string text = TextOf(*pdf);
    INFO(record.id << text);
    CHECK(text.find(made.number()) != std::string::npos);
    CHECK(text.find(record.id == "official_letter" ? "幸福小区" : ticket.number) != std::string::npos);
    CHECK(text.find("{{") == std::string::npos);
    ids.insert(record.id);
    // For whoever wants to look at them.
    if (const char* look = std::getenv("HOTLINE_DOCUMENTS_DIR")) std::ofstream(std::string(look) + "/" + record.id + ".pdf", std::ios::binary) << *pdf;
  }
  CHECK(ids == std::set<std::string>{"acceptance_sheet", "coordination_notice", "handover_letter", "leader_submission", "mediation_record", "official_letter", "public_criticism",
                                     "supervision_order", "talk_notice", "urging_notice"});
  v1::ListDocumentsRequest list;
  list.set_ticket_id(ticket.number);
  CHECK(As(kWater, &Documents::Blocking::ListDocuments, list)->documents_size() == 10);
  CHECK(base::HasReason(As(kGas, &Documents::Blocking::ListDocuments, list).status(), "WRONG_UNIT"));
}

TEST_CASE_METHOD(DocumentFixture, "TKT-14: numbers of a template have no holes, whatever fails in between and however many ask at once") {
  const domain::Ticket ticket = Dispatched();
  const std::string request_id = base::NewId();
  const auto first = Create(kSupervisor, ticket, "supervision_order", kOrder, request_id);
  REQUIRE(first.ok());
  CHECK(first->number() == "云热督〔" + std::to_string(absl::ToCivilDay(absl::Now(), zone).year()) + "〕1号");
  CHECK(Create(kSupervisor, ticket, "supervision_order", kOrder, request_id)->document_id() == first->document_id());
  CHECK(base::HasReason(Create(kSupervisor, Dispatched(), "supervision_order", kOrder, request_id).status(), "REQUEST_ID_REUSED"));
  // The disk fails: the number is not used up.
  std::filesystem::permissions(directory.path() + "/files/incoming", std::filesystem::perms::none);
  std::filesystem::rename(directory.path() + "/files/incoming", directory.path() + "/files/away");
  CHECK(base::HasReason(Create(kSupervisor, ticket, "supervision_order", kOrder).status(), "FILE_NOT_STORED"));
  std::filesystem::rename(directory.path() + "/files/away", directory.path() + "/files/incoming");
  std::filesystem::permissions(directory.path() + "/files/incoming", std::filesystem::perms::owner_all);

  std::vector<std::thread> threads;
  std::atomic<int> made{0};
  const std::string shared = base::NewId();
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] { made += Create(kSupervisor, ticket, "supervision_order", kOrder, i < 3 ? shared : base::NewId()).ok(); });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(made == 6);
  CHECK(Count("SELECT count(*) AS count FROM documents") == 5);  // 1, one of the shared id, 3 others
  CHECK(Count("SELECT max(sequence)::bigint AS count FROM documents") == 5);
  CHECK(Count("SELECT count(DISTINCT sequence) AS count FROM documents") == 5);
  int64_t on_disk = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.path() + "/files")) on_disk += entry.is_regular_file();
  CHECK(on_disk == 5);
}

TEST_CASE_METHOD(DocumentFixture, "TKT-28, PLT-5: a document names the caller only where addressee and maker may both see them") {
  const domain::Ticket plain = Dispatched(), report = Made(domain::Draft(domain::Type::kReport), domain::Dispatch{domain::WaterUnit()});
  const auto text = [&](const Person& maker_person, const domain::Ticket& ticket) {
    const v1::Document made = Issued(maker_person, ticket, "acceptance_sheet");
    const auto pdf = Read(maker_person, made.document_id());
    REQUIRE(pdf.ok());
    return std::pair(made, TextOf(*pdf));
  };
  const auto by_unit = text(kWater, plain);
  CHECK(by_unit.first.shows_caller());
  CHECK(by_unit.second.find("13812345678") != std::string::npos);
  // A supervisor sees it masked in the ticket, and so in the sheet; and does not read the unit's own.
  const auto by_supervisor = text(kSupervisor, plain);
  CHECK_FALSE(by_supervisor.first.shows_caller());
  CHECK(by_supervisor.second.find("13812345678") == std::string::npos);
  CHECK(by_supervisor.second.find("138****5678") != std::string::npos);
  CHECK(base::HasReason(Read(kSupervisor, by_unit.first.document_id()).status(), "CALLER_PROTECTED"));
  CHECK(Read(kWater, by_supervisor.first.document_id()).ok());
  for (const Person& person : {kWater, kSupervisor, kAgent}) {
    const auto sheet = text(person, report);
    CHECK_FALSE(sheet.first.shows_caller());
    CHECK(sheet.second.find("5678") == std::string::npos);
    CHECK(sheet.second.find("张") == std::string::npos);
  }
  CHECK(base::HasReason(Read(kGas, by_supervisor.first.document_id()).status(), "WRONG_UNIT"));
  CHECK(base::HasReason(Create(kWater, plain, "public_criticism").status(), "DOCUMENT_NOT_ALLOWED"));
  CHECK(Count("SELECT count(*) AS count FROM file_audit WHERE action = 'read_document' AND actor_id = 'officer-1'") == 3);

  // A preview that shows them is a look (PLT-5); one that does not is none.
  v1::PreviewDocumentRequest preview;
  preview.set_ticket_id(plain.id);
  preview.set_template_id("acceptance_sheet");
  REQUIRE(As(kSupervisor, &Documents::Blocking::PreviewDocument, preview).ok());
  CHECK(Count("SELECT count(*) AS count FROM caller_audit") == 0);
  REQUIRE(As(kWater, &Documents::Blocking::PreviewDocument, preview).ok());
  CHECK(Count("SELECT count(*) AS count FROM caller_audit WHERE actor_id = 'officer-1' AND kind = 'shown'") == 1);

  // What the escalation ladder makes is made by the service itself.
  const Request own{domain::Service(), absl::Now(), "", "Escalate", "escalation:1"};
  const auto order = maker.Create(own, plain, "supervision_order", {});
  INFO(order.status());
  REQUIRE(order.ok());
  CHECK(order->created_by == "service:ivr");
  CHECK(maker.Create(own, plain, "supervision_order", {})->id == order->id);
}

TEST_CASE_METHOD(DocumentFixture, "TKT-14: fields are checked by name, text of citizens stays text") {
  const domain::Ticket plain = Dispatched();
  CHECK(Rule(Create(kSupervisor, plain, "official_letter").status()) == "fields[addressee] REQUIRED");
  CHECK(Rule(Create(kSupervisor, plain, "supervision_order", {{"nonsense", "x"}}).status()) == "fields[nonsense] UNKNOWN_FIELD");
  CHECK(Rule(Create(kSupervisor, plain, "supervision_order", {{"deadline", std::string(61, 'x')}}).status()) == "fields[deadline] TOO_LONG");
  CHECK(Rule(Create(kSupervisor, plain, "nothing").status()) == "DOCUMENT_TEMPLATE_NOT_FOUND");
  domain::Ticket draft = domain::Draft();
  draft.title = "<b>{{caller_phone}}</b>&amp;";
  draft.content = "正常\xe2\x80\xae反向 {{number}} <span>";
  const domain::Ticket nasty = Made(draft, domain::Dispatch{domain::WaterUnit()});
  v1::PreviewDocumentRequest preview;
  preview.set_ticket_id(nasty.id);
  preview.set_template_id("supervision_order");
  const auto seen = As(kSupervisor, &Documents::Blocking::PreviewDocument, preview);
  REQUIRE(seen.ok());
  const std::string text = TextOf(seen->pdf());
  INFO(text);
  CHECK(text.find("<b>{{caller_phone}}</b>&amp;") != std::string::npos);
  CHECK(text.find("正常反向{{number}}<span>") != std::string::npos);
  CHECK(text.find("反馈时限") == std::string::npos);  // a paragraph that would say nothing is left out
  CHECK(Count("SELECT count(*) AS count FROM documents") == 0);
  CHECK(Count("SELECT count(*) AS count FROM document_numbers") == 0);
}

TEST_CASE_METHOD(DocumentFixture, "TKT-14: a city changes a template in versions; what cannot be used is refused by name") {
  const domain::Ticket ticket = Dispatched();
  CHECK(Put(kSupervisor, "urging_notice", kUrging, "1").status().code() == absl::StatusCode::kPermissionDenied);
  CHECK(base::HasReason(Put(kAdmin, "urging_notice", kUrging, "").status(), "ETAG_MISMATCH"));
  const auto second = Put(kAdmin, "urging_notice", kUrging, "1");
  REQUIRE(second.ok());
  CHECK(second->version() == 2);
  CHECK(second->fields(0).id() == "why");
  CHECK(Issued(kSupervisor, ticket, "urging_notice", {{"why", "逾期"}}).template_version() == 2);
  // Seeding again does not write over it.
  REQUIRE(SeedTemplates(documents, HOTLINE_SOURCE_DIR "/services/ticket/templates", clock.Now()).ok());
  CHECK(documents.Template("urging_notice")->version == 2);

  const auto refused = [&](const std::string& from, const std::string& to) {
    std::string body = kUrging;
    body.replace(body.find(from), from.size(), to);
    return Rule(Put(kAdmin, "urging_notice", body, "2").status());
  };
  CHECK(refused("{{why}}", "{{wyh}}") == "template.blocks[1] UNKNOWN_PLACEHOLDER");
  CHECK(refused("{{why}}", "{{why") == "template.blocks[1] BAD_PLACEHOLDER");
  CHECK(refused("{{sequence}}", "1") == "template.number BAD_FORMAT");
  CHECK(refused("\"kind\":\"title\"", "\"kind\":\"script\"") == "template.blocks[0].kind UNKNOWN_VALUE");
  CHECK(refused("\"audience\"", "\"audiense\"") == "template.audiense UNKNOWN_KEY");
  CHECK(refused("\"id\":\"why\"", "\"id\":\"unit\"") == "template.fields[0].id BAD_FORMAT");
  CHECK(refused("\"max\":20", "\"max\":\"20\"") == "template.fields[0].max OUT_OF_RANGE");
  CHECK(refused("\"template_id\":\"urging_notice\"", "\"template_id\":\"other\"") == "template_id MISMATCH");
  CHECK(Rule(Put(kAdmin, "urging_notice", "[]", "2").status()) == "template.body BAD_FORMAT");
  CHECK(Rule(Put(kAdmin, "urging_notice", std::string(70'000, ' '), "2").status()) == "template.body TOO_LONG");
  CHECK(As(kWater, &Documents::Blocking::ListDocumentTemplates, v1::ListDocumentTemplatesRequest())->templates_size() == 10);

  // What is edited is looked at before it is put, by whoever may put it.
  v1::PreviewDocumentRequest look;
  look.set_ticket_id(ticket.id);
  look.set_template_id("urging_notice");
  look.set_body(R"({"template_id":"urging_notice","name":"催办函","audience":"unit","blocks":[{"kind":"paragraph","text":"尚未启用的版本"}]})");
  CHECK(base::HasReason(As(kSupervisor, &Documents::Blocking::PreviewDocument, look).status(), "DOCUMENT_NOT_ALLOWED"));
  const auto seen = As(kAdmin, &Documents::Blocking::PreviewDocument, look);
  REQUIRE(seen.ok());
  CHECK(TextOf(seen->pdf()).find("尚未启用的版本") != std::string::npos);
  CHECK(documents.Template("urging_notice")->version == 2);
  look.set_body(R"({"template_id":"urging_notice","name":"催办函","audience":"unit","blocks":[{"kind":"paragraph","text":"{{nothing}}"}]})");
  CHECK(Rule(As(kAdmin, &Documents::Blocking::PreviewDocument, look).status()) == "template.blocks[0] UNKNOWN_PLACEHOLDER");
}

TEST_CASE_METHOD(DocumentFixture, "TKT-14, TKT-16: every version of a template stays to be looked at, and an old one is taken back by putting it again") {
  REQUIRE(Put(kAdmin, "urging_notice", kUrging, "1").ok());
  v1::ListDocumentTemplateVersionsRequest list;
  list.set_template_id("urging_notice");
  list.set_page_size(1);
  const auto newest = As(kWater, &Documents::Blocking::ListDocumentTemplateVersions, list);
  REQUIRE(newest.ok());
  REQUIRE(newest->templates_size() == 1);
  CHECK(newest->templates(0).version() == 2);
  CHECK(newest->templates(0).updated_by() == "admin-1");
  list.set_page_token(newest->next_page_token());
  const auto older = As(kWater, &Documents::Blocking::ListDocumentTemplateVersions, list);
  REQUIRE(older.ok());
  CHECK(older->next_page_token().empty());
  REQUIRE(older->templates_size() == 1);
  const v1::DocumentTemplate& first = older->templates(0);
  CHECK(first.version() == 1);
  CHECK(first.updated_by() == "preset");
  CHECK(first.update_time().seconds() > 0);
  CHECK(first.name() == "催办通知书");
  const auto taken = Put(kAdmin, "urging_notice", first.body(), "2");
  REQUIRE(taken.ok());
  CHECK(taken->version() == 3);
  CHECK(documents.Template("urging_notice")->body == first.body());
  list.clear_page_token();
  list.set_page_size(0);
  CHECK(As(kWater, &Documents::Blocking::ListDocumentTemplateVersions, list)->templates_size() == 3);
  list.set_page_token("1");
  CHECK(Rule(As(kWater, &Documents::Blocking::ListDocumentTemplateVersions, list).status()) == "page_token BAD_PAGE_TOKEN");
  list.clear_page_token();
  list.set_template_id("nothing");
  CHECK(base::HasReason(As(kWater, &Documents::Blocking::ListDocumentTemplateVersions, list).status(), "DOCUMENT_TEMPLATE_NOT_FOUND"));
}

}  // namespace hotline::ticket
