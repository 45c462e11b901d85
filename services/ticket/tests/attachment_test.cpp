// Attachments over gRPC: real client, real gate, real PostgreSQL, files on a disk, a scanner that speaks clamd's protocol.
#include "hotline/ticket/v1/attachment_service.grpc.pb.h"
#include "libs/base/digest.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/rpc/testing.h"
#include "services/ticket/attachment_service.h"
#include "services/ticket/tests/files_fixture.h"
#include "services/ticket/tests/store_fixture.h"

namespace hotline::ticket {
namespace {

using Files = rpc::Client<v1::AttachmentService>;
namespace access = hotline::access::v1;

struct Person {
  std::string id;
  access::Role role;
  std::string unit_id = "city";
  std::string unit_path = "/city/";
};
const Person kAgent{"agent-1", access::ROLE_AGENT};
const Person kSupervisor{"supervisor-1", access::ROLE_SUPERVISOR};
const Person kWater{"officer-1", access::ROLE_OFFICER, "water", "/city/water/"};
const Person kGas{"officer-2", access::ROLE_OFFICER, "gas", "/city/gas/"};

struct AttachmentFixture : StoreFixture {
  TempDirectory directory;
  FileVault vault = *FileVault::Open(directory.path() + "/files");
  std::shared_ptr<MediaTypes> types = *MediaTypes::Load();
  std::unique_ptr<VirusScanner> scanner = MakeClamd("unix:" + directory.path() + "/clamd");
  AttachmentStore files{pool, cipher};
  AttachmentKeeper keeper{files, vault, scanner.get(), clock};
  rpc::TestNetwork network;
  rpc::TestNode node{network, "ticket"};
  rpc::Pool handlers{"files", 4, 64};
  AttachmentService service{*node, handlers, store, files, vault, keeper, *types};
  rpc::TestServer server{node, {&service}};
  Files client{server.PeerFor("gateway")};
  std::optional<ClamdServer> clamd{directory.path() + "/clamd"};

  AttachmentFixture() { clock.Advance(absl::Now() - clock.Now()); }  // the service's own clock is the system's

  void Become(rpc::Context& context, const Person& person) {
    rpc::UserClaims claims;
    claims.user_id = person.id;
    claims.roles = {person.role};
    claims.unit_id = person.unit_id;
    claims.unit_path = person.unit_path;
    network.ActAs(context, std::move(claims));
  }
  static v1::UploadInfo Info(const domain::Ticket& ticket, const std::string& name = "photo.png", const std::string& type = "image/png") {
    v1::UploadInfo info;
    info.set_ticket_id(ticket.id);
    info.set_file_name(name);
    info.set_media_type(type);
    return info;
  }
  absl::StatusOr<v1::Attachment> Upload(const Person& person, const v1::UploadInfo& info, const std::string& content, bool to_the_end = true) {
    constexpr size_t piece = 60'000;
    rpc::Context context;
    Become(context, person);
    grpc::ClientContext out;
    client.Prepare(context, out, {}, absl::Seconds(60));
    v1::Attachment made;
    const auto writer = client.stub().UploadAttachment(&out, &made);
    v1::UploadAttachmentRequest message;
    *message.mutable_info() = info;
    bool going = writer->Write(message);
    for (size_t at = 0; going && at < content.size(); at += piece) {
      message.set_data(content.substr(at, piece));
      going = writer->Write(message);
    }
    message.set_total_size(static_cast<int64_t>(content.size()));
    if (going && to_the_end) writer->Write(message);
    writer->WritesDone();
    const absl::Status status = rpc::FromGrpc(writer->Finish());
    if (!status.ok()) return status;
    return made;
  }
  v1::Attachment Kept(const Person& person, const v1::UploadInfo& info, const std::string& content = Png()) {
    const auto made = Upload(person, info, content);
    INFO(made.status());
    REQUIRE(made.ok());
    return *made;
  }
  struct Download {
    std::string bytes;
    files::v1::FilePiece first;
  };
  absl::StatusOr<Download> Read(const Person& person, const std::string& id, int64_t offset = 0, int64_t length = 0) {
    rpc::Context context;
    Become(context, person);
    grpc::ClientContext out;
    client.Prepare(context, out, {}, absl::Seconds(60));
    files::v1::ReadFileRequest request;
    request.set_file_id(id);
    request.set_offset(offset);
    request.set_length(length);
    const auto reader = client.stub().ReadAttachment(&out, request);
    Download download;
    files::v1::FilePiece piece;
    for (bool first = true; reader->Read(&piece); first = false) {
      if (first) download.first = piece;
      download.bytes += piece.data();
    }
    const absl::Status status = rpc::FromGrpc(reader->Finish());
    if (!status.ok()) return status;
    return download;
  }
  template <class Req, class Resp>
  absl::StatusOr<Resp> As(const Person& person, grpc::Status (v1::AttachmentService::StubInterface::*method)(grpc::ClientContext*, const Req&, Resp*),
                          const std::type_identity_t<Req>& request) {
    rpc::Context context;
    Become(context, person);
    return rpc::SyncCall(client, context, method, request);
  }
  absl::StatusOr<v1::ListAttachmentsResponse> List(const Person& person, const domain::Ticket& ticket) {
    v1::ListAttachmentsRequest request;
    request.set_ticket_id(ticket.id);
    return As(person, &Files::Blocking::ListAttachments, request);
  }
  absl::Status Delete(const Person& person, const std::string& id) {
    v1::DeleteAttachmentRequest request;
    request.set_attachment_id(id);
    return As(person, &Files::Blocking::DeleteAttachment, request).status();
  }
  absl::StatusOr<v1::Attachment> Release(const Person& person, const std::string& id, const std::string& reason) {
    v1::ReleaseAttachmentRequest request;
    request.set_attachment_id(id);
    request.set_reason(reason);
    return As(person, &Files::Blocking::ReleaseAttachment, request);
  }
  domain::Ticket Report() { return Made(domain::Draft(domain::Type::kReport), domain::Dispatch{domain::WaterUnit()}); }
  int64_t FilesOnDisk() {
    int64_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.path() + "/files")) files += entry.is_regular_file();
    return files;
  }
  int64_t Audited(const std::string& id, const std::string& action) {
    return Count("SELECT count(*) AS count FROM file_audit WHERE file_id = $1 AND action = $2", {id, action});
  }
  static std::string Rule(const absl::Status& status) {
    const auto violations = base::FieldViolations(status);
    return violations.empty() ? base::Reason(status) : violations[0].field + " " + violations[0].reason;
  }
};

}  // namespace

TEST_CASE_METHOD(AttachmentFixture, "TKT-2: a photo is kept outside the database, encrypted, and read back whole and in ranges by who may") {
  const domain::Ticket ticket = Dispatched();
  const std::string photo = Png(300'000);
  v1::UploadInfo info = Info(ticket, "C:\\照片\\漏水 现场.png");
  info.set_request_id(base::NewId());
  const v1::Attachment made = Kept(kAgent, info, photo);
  CHECK(made.file_name() == "漏水 现场.png");
  CHECK(made.media_type() == "image/png");
  CHECK(made.size() == 300'000);
  CHECK(made.sha256() == base::Sha256Hex(photo));
  CHECK(made.scan() == v1::SCAN_STATE_CLEAN);
  CHECK(clamd->scanned() == 300'000);
  CHECK(made.uploaded_by() == "agent-1");
  // Neither name nor bytes can be read where they lie.
  CHECK(Count("SELECT count(*) AS count FROM attachments WHERE position('现场' in encode(name_sealed, 'escape')) > 0") == 0);

  const auto all = Read(kWater, made.attachment_id());
  REQUIRE(all.ok());
  CHECK(all->bytes == photo);
  CHECK(all->first.total_size() == 300'000);
  CHECK(all->first.file_name() == "漏水 现场.png");
  CHECK(Read(kWater, made.attachment_id(), 65'530, 100)->bytes == photo.substr(65'530, 100));
  CHECK(Read(kWater, made.attachment_id(), 299'999)->bytes == photo.substr(299'999));
  CHECK(Read(kWater, made.attachment_id(), 400'000)->first.total_size() == 300'000);
  CHECK(Rule(Read(kWater, made.attachment_id(), -1).status()) == "offset OUT_OF_RANGE");
  CHECK(Audited(made.attachment_id(), "read") == 1);  // once for all these ranges
  CHECK(Audited(made.attachment_id(), "uploaded") == 1);

  CHECK(base::HasReason(Read(kGas, made.attachment_id()).status(), "WRONG_UNIT"));
  CHECK(base::HasReason(List(kGas, ticket).status(), "WRONG_UNIT"));
  CHECK(base::HasReason(Read(kAgent, base::NewId()).status(), "ATTACHMENT_NOT_FOUND"));
  CHECK(base::HasReason(Read(kAgent, "../../etc/passwd").status(), "ATTACHMENT_NOT_FOUND"));

  // The same upload again gives the same attachment and leaves no second file.
  const auto again = Upload(kAgent, info, photo);
  REQUIRE(again.ok());
  CHECK(again->attachment_id() == made.attachment_id());
  CHECK(FilesOnDisk() == 1);
  info.set_ticket_id(Dispatched().id);
  CHECK(base::HasReason(Upload(kAgent, info, photo).status(), "REQUEST_ID_REUSED"));
}

TEST_CASE_METHOD(AttachmentFixture, "TKT-2: files that are not what they say, or could be run, are refused by name and leave nothing") {
  const domain::Ticket ticket = Dispatched();
  const auto refused = [&](const std::string& name, const std::string& type, const std::string& content) {
    return Rule(Upload(kAgent, Info(ticket, name, type), content).status());
  };
  CHECK(refused("a.exe", "application/x-msdownload", "MZ") == "info.media_type UNSUPPORTED_TYPE");
  CHECK(refused("a.html", "text/html", "<html>") == "info.media_type UNSUPPORTED_TYPE");
  CHECK(refused("a.svg", "image/svg+xml", "<svg/>") == "info.media_type UNSUPPORTED_TYPE");
  CHECK(refused("a.exe", "image/png", Png()) == "info.file_name BAD_EXTENSION");
  CHECK(refused("a.png", "image/png", "MZ\x90 this is a program") == "content TYPE_MISMATCH");
  CHECK(refused("a.jpg", "image/jpeg", Png()) == "content TYPE_MISMATCH");
  CHECK(refused("a.txt", "text/plain", "<html><script>alert(1)</script>") == "content TYPE_MISMATCH");
  CHECK(refused("a.txt", "text/plain", "看这里 <SCRIPT>alert(1)</SCRIPT>") == "content TYPE_MISMATCH");
  CHECK(refused("a.txt", "text/plain", "看这里 <iframe src=x>") == "content FORBIDDEN_CONTENT");
  CHECK(refused("a.txt", "text/plain", "#!/bin/sh\nrm -rf /\n") == "content TYPE_MISMATCH");
  CHECK(refused("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "PK\x03\x04 nothing in it") == "content TYPE_MISMATCH");
  CHECK(refused("a.png", "image/png", "") == "content EMPTY");
  CHECK(refused("", "image/png", Png()) == "info.file_name REQUIRED");
  CHECK(refused("..", "image/png", Png()) == "info.file_name REQUIRED");
  CHECK(refused("a.png", "image/png", Png(static_cast<size_t>(domain::kMaxAttachmentBytes) + 1)) == "FILE_TOO_LARGE");
  CHECK(base::HasReason(Upload(kAgent, Info(ticket), Png(100'000), /*to_the_end=*/false).status(), "UPLOAD_INCOMPLETE"));
  CHECK(FilesOnDisk() == 0);
  CHECK(Count("SELECT count(*) AS count FROM attachments") == 0);
  CHECK(Kept(kAgent, Info(ticket, "../a\n<b>.png")).file_name() == "ab.png");
  CHECK(Upload(kAgent, Info(ticket, "说明.TXT", "text/plain; charset=utf-8"), "从昨晚起停水,见照片。").ok());
  CHECK(Upload(kWater, Info(ticket, "报告.pdf", "application/pdf"), "%PDF-1.5\n%%EOF\n").ok());
  CHECK(base::HasReason(Upload(kGas, Info(ticket), Png()).status(), "WRONG_UNIT"));
  v1::UploadInfo as_caller = Info(ticket);
  as_caller.set_from_caller(true);
  CHECK(Rule(Upload(kWater, as_caller, Png()).status()) == "info.from_caller CENTRE_ONLY");
}

TEST_CASE_METHOD(AttachmentFixture, "TKT-2: a virus is found and never served; while the scanner is away files wait, and are scanned when it is back") {
  const domain::Ticket ticket = Dispatched();
  const v1::UploadInfo text = Info(ticket, "a.txt", "text/plain");
  CHECK(base::HasReason(Upload(kAgent, text, Eicar()).status(), "ATTACHMENT_INFECTED"));
  CHECK(files.List(ticket.id)->empty());
  CHECK(FilesOnDisk() == 0);
  CHECK(Count("SELECT count(*) AS count FROM file_audit WHERE ticket_id = $1 AND action = 'infected' AND actor_id = 'agent-1'"
              " AND note = 'Eicar-Test-Signature'", {ticket.id}) == 1);

  clamd.reset();
  const v1::Attachment clean = Kept(kAgent, text, "一切正常");
  CHECK(clean.scan() == v1::SCAN_STATE_PENDING);
  const v1::Attachment sick = Kept(kAgent, text, Eicar());
  CHECK(base::HasReason(Read(kAgent, clean.attachment_id()).status(), "SCAN_PENDING"));
  CHECK(*keeper.ScanPending() == 0);  // not their turn yet
  clock.Advance(2 * kScanRetry);
  CHECK(*keeper.ScanPending() == 0);  // still away
  clamd.emplace(directory.path() + "/clamd");
  clock.Advance(kScanRetry);
  CHECK(*keeper.ScanPending() == 2);
  CHECK(Read(kAgent, clean.attachment_id())->bytes == "一切正常");
  CHECK(base::HasReason(Read(kAgent, sick.attachment_id()).status(), "ATTACHMENT_INFECTED"));
  CHECK(Audited(sick.attachment_id(), "infected") == 1);

  // A scanner that refuses the file has not called it clean.
  clamd->LimitTo(1000);
  CHECK(Kept(kAgent, Info(ticket), Png(200'000)).scan() == v1::SCAN_STATE_PENDING);
}

TEST_CASE_METHOD(AttachmentFixture, "TKT-28: handling units of a report do not see what the caller gave until the centre has released it") {
  const domain::Ticket report = Report();
  v1::UploadInfo info = Info(report);
  info.set_from_caller(true);
  const v1::Attachment photo = Kept(kAgent, info);
  const v1::Attachment other = Kept(kAgent, Info(report, "map.png"));
  CHECK(List(kSupervisor, report)->attachments_size() == 2);
  REQUIRE(List(kWater, report)->attachments_size() == 1);
  CHECK(List(kWater, report)->attachments(0).attachment_id() == other.attachment_id());
  CHECK(base::HasReason(Read(kWater, photo.attachment_id()).status(), "ATTACHMENT_NOT_FOUND"));
  CHECK(Read(kSupervisor, photo.attachment_id()).ok());
  CHECK(Rule(Release(kSupervisor, photo.attachment_id(), "").status()) == "reason REQUIRED");
  CHECK(base::HasReason(Release(kWater, photo.attachment_id(), "想看").status(), "ACCESS_DENIED"));
  CHECK(Release(kSupervisor, photo.attachment_id(), "看不出举报人")->released());
  CHECK(Release(kSupervisor, photo.attachment_id(), "看不出举报人")->released());
  CHECK(Audited(photo.attachment_id(), "released") == 1);
  CHECK(Read(kWater, photo.attachment_id()).ok());
}

TEST_CASE_METHOD(AttachmentFixture, "TKT-9: evidence named in a reply stays, everything else its uploader may take back") {
  const domain::Ticket ticket = Dispatched();
  const std::string used = Kept(kWater, Info(ticket)).attachment_id(), free = Kept(kWater, Info(ticket)).attachment_id();
  const auto name = [&](const domain::Ticket& of, const std::vector<std::string>& ids) {
    return postgres::RunTransaction(pool, [&](postgres::Transaction& tx) -> absl::Status {
      HOTLINE_RETURN_IF_ERROR(AttachmentsOf(tx, of.id, ids).status());
      return MarkAttachmentsUsed(tx, of.id, ids);
    });
  };
  CHECK(base::HasReason(name(Dispatched(), {used}), "ATTACHMENT_NOT_FOUND"));
  CHECK(base::HasReason(name(ticket, {used, base::NewId()}), "ATTACHMENT_NOT_FOUND"));
  CHECK(base::HasReason(name(ticket, {"'; drop table attachments"}), "ATTACHMENT_NOT_FOUND"));
  CHECK(name(ticket, {}).ok());
  REQUIRE(name(ticket, {used}).ok());
  CHECK(base::HasReason(Delete(kWater, used), "ATTACHMENT_USED"));
  CHECK(base::HasReason(Delete(kAgent, free), "NOT_UPLOADER"));
  REQUIRE(Delete(kWater, free).ok());
  CHECK(base::HasReason(Read(kWater, free).status(), "ATTACHMENT_NOT_FOUND"));
  CHECK(base::HasReason(name(ticket, {free}), "ATTACHMENT_NOT_FOUND"));
  CHECK(FilesOnDisk() == 1);
  CHECK(Audited(free, "taken_back") == 1);
  REQUIRE(List(kWater, ticket)->attachments_size() == 1);
  CHECK(List(kWater, ticket)->attachments(0).used());
}

TEST_CASE_METHOD(AttachmentFixture, "a ticket has a limit of attachments, also for two uploads at once") {
  const domain::Ticket ticket = Dispatched();
  REQUIRE(pool.Read("INSERT INTO attachments (attachment_id, ticket_id, name_sealed, media_type, size, sha256, stored_as, from_caller, scan, uploaded_by,"
                    " uploader_unit_id, create_time) SELECT gen_random_uuid(), $1, '', 'image/png', 1, '', '', false, 2, 'x', '', now() FROM generate_series(1, 49)",
                    {ticket.id}).ok());
  std::atomic<int> kept{0}, refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      const auto made = Upload(kAgent, Info(ticket), Png());
      kept += made.ok();
      refused += base::HasReason(made.status(), "TOO_MANY_ATTACHMENTS");
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(kept == 1);
  CHECK(refused == 2);
  CHECK(FilesOnDisk() == 1);
}

TEST_CASE_METHOD(AttachmentFixture, "PLT-5: destroying a ticket's key destroys its files") {
  const domain::Ticket ticket = Dispatched();
  const std::string id = Kept(kAgent, Info(ticket)).attachment_id();
  REQUIRE(pool.Read("DELETE FROM ticket_keys WHERE ticket_id = $1", {ticket.id}).ok());
  CHECK_FALSE(Read(kAgent, id).ok());
  CHECK(base::HasReason(files.KeyOf(ticket.id, id).status(), "TICKET_NOT_FOUND"));
}

TEST_CASE("a scanner that never answers is given up, one that is not there is told") {
  TempDirectory directory;
  const auto scan = [](const std::string& address) {
    return MakeClamd(address)->Scan([](VirusScanner::Sink sink) { sink("x"); return absl::OkStatus(); }).status();
  };
  CHECK(base::HasReason(scan("unix:" + directory.path() + "/none"), "SCANNER_UNAVAILABLE"));
  CHECK(base::HasReason(scan("127.0.0.1:1"), "SCANNER_UNAVAILABLE"));
  CHECK(base::HasReason(scan("nowhere"), "SCANNER_UNAVAILABLE"));
}

}  // namespace hotline::ticket
