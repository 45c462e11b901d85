#include "services/gateway/tests/backend.h"

#include <algorithm>

#include "libs/base/error.h"
#include "libs/events/redis.h"
#include "libs/rpc/notice.h"
#include "libs/rpc/service.h"
#include "libs/testing/private_redis.h"

namespace hotline::gateway {
namespace {

namespace dir = directory::v1;
namespace tel = telephony::v1;
namespace ags = agent_state::v1;
namespace tik = ticket::v1;
namespace fil = files::v1;

constexpr size_t kPiece = 64 << 10;

// A service in which what a test does not need answers UNIMPLEMENTED.
class TestService : public rpc::Service {
 public:
  using rpc::Service::Service;

 protected:
  template <class Request, class Response>
  Done Unused(rpc::Context&, const Request&, Response&) {
    co_return absl::UnimplementedError("not part of the test");
  }
  template <class Self, class Request, class Response>
  void HandleUnused(const char* method) {
    Handle(method, static_cast<Done (Self::*)(rpc::Context&, const Request&, Response&)>(&Self::template Unused<Request, Response>));
  }
};

class AuthBackend final : public TestService {
 public:
  AuthBackend(rpc::Node& node, Journal& journal, const rpc::TestNetwork& network)
      : TestService(node, dir::AuthService::service_full_name()), journal_(journal), network_(network) {
    Handle("SignIn", &AuthBackend::SignIn);
    Handle("GetMe", &AuthBackend::GetMe);
    Handle("ExchangeApiKey", &AuthBackend::ExchangeApiKey);
    Handle("ListRevokedSessions", &AuthBackend::ListRevokedSessions);
    Handle("GetJwks", &AuthBackend::GetJwks);
    HandleUnused<AuthBackend, dir::RefreshRequest, dir::Tokens>("Refresh");
    HandleUnused<AuthBackend, dir::SignOutRequest, dir::SignOutResponse>("SignOut");
    HandleUnused<AuthBackend, dir::ChangePasswordRequest, dir::ChangePasswordResponse>("ChangePassword");
  }
  void Revoke(const std::string& session_id) {
    const std::lock_guard lock(mutex_);
    revoked_.push_back(session_id);
  }

 private:
  friend class TestService;
  Done SignIn(rpc::Context&, const dir::SignInRequest& request, dir::Tokens& response) {
    journal_.Add("sign_in_address", request.client_address());
    if (request.password() != "right password") co_return base::Unauthenticated("BAD_CREDENTIALS", "wrong user name or password");
    response.set_access_token(network_.UserToken({.user_id = "u1", .roles = {access::v1::ROLE_ADMIN}, .unit_path = "/city/"}));
    co_return absl::OkStatus();
  }
  Done GetMe(rpc::Context& context, const dir::GetMeRequest&, dir::User& response) {
    journal_.Add("trace", context.trace_id());
    response.set_user_id(context.principal().user_id);
    co_return absl::OkStatus();
  }
  Done ExchangeApiKey(rpc::Context&, const dir::ExchangeApiKeyRequest& request, dir::Tokens& response) {
    journal_.Add("exchange", request.client_address());
    if (request.api_key() != kApiKey) co_return base::Unauthenticated("API_KEY_INVALID", "the API key is not valid");
    response.set_access_token(network_.UserToken({.user_id = "system1", .roles = {access::v1::ROLE_OFFICER}, .unit_path = "/city/water/"}));
    co_return absl::OkStatus();
  }
  Done ListRevokedSessions(rpc::Context&, const dir::ListRevokedSessionsRequest&, dir::ListRevokedSessionsResponse& response) {
    const std::lock_guard lock(mutex_);
    for (const std::string& id : revoked_) response.add_session_ids(id);
    co_return absl::OkStatus();
  }
  Done GetJwks(rpc::Context&, const dir::GetJwksRequest&, dir::GetJwksResponse& response) {
    response.set_jwks_json(R"({"keys":[]})");
    co_return absl::OkStatus();
  }

  Journal& journal_;
  const rpc::TestNetwork& network_;
  std::mutex mutex_;
  std::vector<std::string> revoked_;
};

class UnitBackend final : public TestService {
 public:
  explicit UnitBackend(rpc::Node& node) : TestService(node, dir::UnitService::service_full_name()) {
    Handle("ListUnits", &UnitBackend::ListUnits);
    Handle("GetUnit", &UnitBackend::GetUnit);
    Handle("CreateUnit", &UnitBackend::CreateUnit);
    Handle("UpdateUnit", &UnitBackend::UpdateUnit);
  }

 private:
  Done ListUnits(rpc::Context&, const dir::ListUnitsRequest& request, dir::ListUnitsResponse& response) {
    auto* unit = response.add_units();
    unit->set_unit_id("water");
    unit->set_name("=水务局");
    if (request.page_size() == 1) response.set_next_page_token("more");
    co_return absl::OkStatus();
  }
  Done GetUnit(rpc::Context&, const dir::GetUnitRequest& request, dir::Unit& response) {
    if (request.unit_id() == "broken") throw std::runtime_error("secret of the service");
    if (request.unit_id() != "water") co_return base::NotFound("unit", request.unit_id());
    response.set_unit_id(request.unit_id());
    co_return absl::OkStatus();
  }
  Done CreateUnit(rpc::Context&, const dir::CreateUnitRequest& request, dir::Unit& response) {
    if (request.unit().name().empty()) co_return base::InvalidField("unit.name", "REQUIRED", "1 to 100 characters");
    response = request.unit();
    response.set_etag(request.request_id());
    co_return absl::OkStatus();
  }
  Done UpdateUnit(rpc::Context&, const dir::UpdateUnitRequest& request, dir::Unit& response) {
    if (request.unit().etag() != "1") co_return base::EtagMismatch("unit", request.unit().unit_id());
    response = request.unit();
    co_return absl::OkStatus();
  }
};

class LineBackend final : public TestService {
 public:
  LineBackend(rpc::Node& node, Journal& journal) : TestService(node, tel::LineService::service_full_name()), journal_(journal) {
    Handle("Attach", &LineBackend::Attach);
  }

 private:
  // Says its state after attach, answers pings, breaks at a hang-up, and is superseded by a dial.
  Done Attach(rpc::Context& context, rpc::Stream<tel::LineRequest, tel::LineEvent>& stream) {
    tel::LineRequest request;
    for (;;) {
      const bool more = co_await stream.Read(request);
      if (!more) co_return absl::OkStatus();
      tel::LineEvent event;
      if (request.has_attach()) {
        journal_.Add("attach", context.principal().user_id + "/" + request.attach().tab_id());
        event.mutable_state()->set_version(1);
      } else if (request.has_ping()) {
        event.mutable_pong()->set_number(request.ping().number());
      } else if (request.has_dial()) {
        event.mutable_superseded()->set_tab_id("another");
      } else {
        co_return base::Unavailable("BROKEN", "as the test asked");
      }
      co_await stream.Write(event);
    }
  }
  Journal& journal_;
};

class CallBackend final : public TestService {
 public:
  explicit CallBackend(rpc::Node& node) : TestService(node, tel::CallService::service_full_name()) {
    Handle("ReadRecording", &CallBackend::ReadRecording);
    HandleUnused<CallBackend, tel::GetCallRequest, tel::Call>("GetCall");
    HandleUnused<CallBackend, tel::ListCallsRequest, tel::ListCallsResponse>("ListCalls");
    HandleUnused<CallBackend, tel::ListActiveCallsRequest, tel::ListActiveCallsResponse>("ListActiveCalls");
    HandleUnused<CallBackend, tel::ListRecordingsRequest, tel::ListRecordingsResponse>("ListRecordings");
    HandleUnused<CallBackend, tel::ListTrunksRequest, tel::ListTrunksResponse>("ListTrunks");
  }

 private:
  friend class TestService;
  Done ReadRecording(rpc::Context&, const tel::ReadRecordingRequest& request, rpc::Writer<tel::ReadRecordingResponse>& out) {
    if (request.recording_id() != kRecordingId) co_return base::NotFound("recording", request.recording_id());
    const std::string content = RecordingContent();
    size_t at = static_cast<size_t>(request.offset());
    const size_t end = request.length() == 0 ? content.size() : std::min(content.size(), at + static_cast<size_t>(request.length()));
    for (bool first = true; first || at < end; first = false) {
      tel::ReadRecordingResponse piece;
      piece.set_data(content.substr(at, std::min(kPiece, end - at)));
      if (first) piece.set_total_size(static_cast<int64_t>(content.size()));
      at += piece.data().size();
      const bool written = co_await out.Push(std::move(piece));
      if (!written) break;
    }
    co_return absl::OkStatus();
  }
};

class AttachmentBackend final : public TestService {
 public:
  AttachmentBackend(rpc::Node& node, Journal& journal) : TestService(node, tik::AttachmentService::service_full_name()), journal_(journal) {
    Handle("UploadAttachment", &AttachmentBackend::Upload);
    Handle("ReadAttachment", &AttachmentBackend::Read);
    HandleUnused<AttachmentBackend, tik::ListAttachmentsRequest, tik::ListAttachmentsResponse>("ListAttachments");
    HandleUnused<AttachmentBackend, tik::DeleteAttachmentRequest, tik::DeleteAttachmentResponse>("DeleteAttachment");
    HandleUnused<AttachmentBackend, tik::ReleaseAttachmentRequest, tik::Attachment>("ReleaseAttachment");
  }

 private:
  friend class TestService;
  Done Upload(rpc::Context&, rpc::Reader<tik::UploadAttachmentRequest>& in, tik::Attachment& response) {
    tik::UploadAttachmentRequest message;
    const bool some = co_await in.Read(message);
    if (!some || !message.has_info()) co_return base::InvalidField("info", "REQUIRED", "must come first");
    const tik::UploadInfo info = message.info();
    journal_.Add("upload", info.ticket_id() + "|" + info.file_name() + "|" + info.media_type() + "|" + (info.from_caller() ? "caller" : ""));
    if (info.ticket_id() == "none") co_return base::NotFound("ticket", "none");
    int64_t size = 0;
    for (;;) {
      const bool more = co_await in.Read(message);
      if (!more) break;
      size += static_cast<int64_t>(message.data().size());
      if (size > kMaxUploadBytes) co_return base::ResourceExhausted("FILE_TOO_LARGE", "20 MiB at most");
    }
    if (!message.has_total_size() || message.total_size() != size) co_return base::Aborted("UPLOAD_INCOMPLETE", "the upload broke off");
    journal_.Add("uploaded", std::to_string(size));
    response.set_attachment_id("att-1");
    response.set_size(size);
    co_return absl::OkStatus();
  }
  Done Read(rpc::Context&, const fil::ReadFileRequest& request, rpc::Writer<fil::FilePiece>& out) {
    if (request.file_id() != "att-1") co_return base::NotFound("attachment", request.file_id());
    const std::string content = RecordingContent();
    size_t at = static_cast<size_t>(request.offset());
    const size_t end = request.length() == 0 ? content.size() : std::min(content.size(), at + static_cast<size_t>(request.length()));
    fil::FilePiece piece;
    piece.set_total_size(static_cast<int64_t>(content.size()));
    piece.set_media_type("image/png");
    piece.set_file_name("漏水 \"1\".png");
    piece.set_sha256("abc");
    do {
      piece.set_data(content.substr(at, std::min(kPiece, end - at)));
      at += piece.data().size();
      const bool written = co_await out.Push(std::exchange(piece, {}));
      if (!written) break;
    } while (at < end);
    co_return absl::OkStatus();
  }

  Journal& journal_;
};

class ExchangeBackend final : public TestService {
 public:
  ExchangeBackend(rpc::Node& node, Journal& journal) : TestService(node, tik::ExchangeService::service_full_name()), journal_(journal) {
    Handle("ImportTickets", &ExchangeBackend::Import);
    Handle("ReadImportReport", &ExchangeBackend::Report);
    Handle("ReadImportTemplate", &ExchangeBackend::Template);
    Handle("ExportTickets", &ExchangeBackend::Export);
    HandleUnused<ExchangeBackend, tik::GetImportRequest, tik::Import>("GetImport");
    HandleUnused<ExchangeBackend, tik::ListImportsRequest, tik::ListImportsResponse>("ListImports");
  }

 private:
  friend class TestService;
  Done Import(rpc::Context&, rpc::Reader<tik::ImportTicketsRequest>& in, tik::Import& response) {
    tik::ImportTicketsRequest message;
    const bool some = co_await in.Read(message);
    if (!some || !message.has_info()) co_return base::InvalidField("info", "REQUIRED", "must come first");
    const tik::ImportInfo info = message.info();
    journal_.Add("import", info.ShortDebugString());
    int64_t size = 0;
    for (;;) {
      const bool more = co_await in.Read(message);
      if (!more) co_return base::Aborted("UPLOAD_INCOMPLETE", "the upload broke off");
      if (!message.has_piece()) break;
      size += static_cast<int64_t>(message.piece().size());
    }
    if (!message.has_total_size() || message.total_size() != size) co_return base::Aborted("UPLOAD_INCOMPLETE", "the upload broke off");
    journal_.Add("imported", std::to_string(size));
    response.set_import_id("imp-1");
    response.set_file_name(info.file_name());
    response.set_total_rows(size);
    co_return absl::OkStatus();
  }
  Done Report(rpc::Context&, const tik::ReadImportReportRequest& request, rpc::Writer<tik::SheetPiece>& out) {
    if (request.import_id() != "imp-1") co_return base::Error(absl::StatusCode::kNotFound, "IMPORT_NOT_FOUND", "there is no such import");
    co_return co_await Send("report", request.format(), RecordingContent(), out);
  }
  Done Template(rpc::Context&, const tik::ReadImportTemplateRequest& request, rpc::Writer<tik::SheetPiece>& out) {
    co_return co_await Send("template", request.format(), "标题\r\n", out);
  }
  // Breaks in the middle when it is asked for "broken".
  Done Export(rpc::Context&, const tik::ExportTicketsRequest& request, rpc::Writer<tik::SheetPiece>& out) {
    journal_.Add("export", request.ShortDebugString());
    if (request.reason().empty()) co_return base::InvalidField("reason", "REQUIRED", "2 to 200 characters");
    const absl::Status sent = co_await Send("tickets", request.format(), RecordingContent(), out);
    co_return request.filter().query() == "broken" ? base::Unavailable("BROKEN", "as the test asked") : sent;
  }
  Done Send(const std::string& name, tik::SheetFormat format, const std::string& content, rpc::Writer<tik::SheetPiece>& out) {
    tik::SheetPiece piece;
    piece.set_file_name(name + (format == tik::SHEET_FORMAT_XLSX ? ".xlsx" : ".csv"));
    for (size_t at = 0; at < content.size(); at += kPiece) {
      piece.set_data(content.substr(at, kPiece));
      const bool written = co_await out.Push(std::exchange(piece, {}));
      if (!written) break;
    }
    co_return absl::OkStatus();
  }

  Journal& journal_;
};

class AgentBackend final : public TestService {
 public:
  AgentBackend(rpc::Node& node, asio::any_io_executor executor)
      : TestService(node, ags::AgentService::service_full_name()), executor_(executor), changed_(executor) {
    Handle("WatchAgents", &AgentBackend::WatchAgents);
    Handle("ReportLegs", &AgentBackend::ReportLegs);
    HandleUnused<AgentBackend, ags::SignInRequest, ags::Agent>("SignIn");
    HandleUnused<AgentBackend, ags::SignOutRequest, ags::Agent>("SignOut");
    HandleUnused<AgentBackend, ags::SetMyStateRequest, ags::Agent>("SetMyState");
    HandleUnused<AgentBackend, ags::ForceStateRequest, ags::Agent>("ForceState");
    HandleUnused<AgentBackend, ags::GetAgentRequest, ags::Agent>("GetAgent");
    HandleUnused<AgentBackend, ags::ListAgentsRequest, ags::ListAgentsResponse>("ListAgents");
    HandleUnused<AgentBackend, ags::PutAgentProfileRequest, ags::Agent>("PutAgentProfile");
    HandleUnused<AgentBackend, ags::ReserveRequest, ags::ReserveResponse>("Reserve");
    HandleUnused<AgentBackend, ags::ReleaseRequest, ags::ReleaseResponse>("Release");
  }
  void Change(ags::Agent agent) {
    asio::post(executor_, [this, agent = std::move(agent)] {
      changes_.push_back(agent);
      changed_.Give();
    });
  }

 private:
  friend class TestService;
  Done WatchAgents(rpc::Context&, const ags::WatchAgentsRequest&, rpc::Writer<ags::AgentUpdate>& out) {
    ags::AgentUpdate update;
    update.set_snapshot(true);
    for (const char* id : {"a1", "a2"}) update.add_agents()->set_agent_id(id);
    bool open = co_await out.Write(update);
    while (open) {
      while (changes_.empty()) co_await changed_.Wait();
      update.Clear();
      *update.add_agents() = changes_.front();
      changes_.pop_front();
      open = co_await out.Write(update);
    }
    co_return absl::OkStatus();
  }
  Done ReportLegs(rpc::Context&, rpc::Stream<ags::LegReport, ags::LegAck>&) { co_return absl::UnimplementedError("not part of the test"); }

  const asio::any_io_executor executor_;
  rpc::Notice changed_;
  std::deque<ags::Agent> changes_;
};

class QueueBackend final : public TestService {
 public:
  explicit QueueBackend(rpc::Node& node) : TestService(node, acd::v1::QueueService::service_full_name()) {
    Handle("WatchQueues", &QueueBackend::WatchQueues);
    Handle("Enqueue", &QueueBackend::Enqueue);
    HandleUnused<QueueBackend, acd::v1::ListQueuesRequest, acd::v1::ListQueuesResponse>("ListQueues");
    HandleUnused<QueueBackend, acd::v1::PutQueueRequest, acd::v1::Queue>("PutQueue");
  }

 private:
  friend class TestService;
  Done WatchQueues(rpc::Context& context, const acd::v1::WatchQueuesRequest&, rpc::Writer<acd::v1::QueueFigures>& out) {
    acd::v1::QueueFigures figures;
    figures.add_figures()->set_queue_id("general");
    co_await out.Write(figures);
    rpc::Notice never(context.executor());
    co_await never.Wait();  // until the gateway goes away
    co_return absl::OkStatus();
  }
  Done Enqueue(rpc::Context&, rpc::Stream<acd::v1::EnqueueRequest, acd::v1::EnqueueUpdate>&) {
    co_return absl::UnimplementedError("not part of the test");
  }
};

}  // namespace

std::string RecordingContent() {
  std::string content(kRecordingBytes, '\0');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>('a' + i * 7 % 26);
  return content;
}

struct Installation::Services {
  struct Telephony {
    Telephony(rpc::TestNetwork& network, Journal& journal)
        : node(network, "telephony"), lines(*node, journal), calls(*node), server(node, {&lines, &calls}) {}
    rpc::TestNode node;
    LineBackend lines;
    CallBackend calls;
    rpc::TestServer server;
  };

  Services(rpc::TestNetwork& network, Journal& journal)
      : directory(network, "directory"),
        auth(*directory, journal, network),
        units(*directory),
        directory_server(directory, {&auth, &units}),
        agent_state(network, "agent_state"),
        agents(*agent_state, agent_state->io().Next()),
        agent_state_server(agent_state, {&agents}),
        acd(network, "acd"),
        queues(*acd),
        acd_server(acd, {&queues}),
        ticket(network, "ticket"),
        attachments(*ticket, journal),
        exchange(*ticket, journal),
        ticket_server(ticket, {&attachments, &exchange}),
        telephony(std::make_unique<Telephony>(network, journal)) {}

  rpc::TestNode directory;
  AuthBackend auth;
  UnitBackend units;
  rpc::TestServer directory_server;
  rpc::TestNode agent_state;
  AgentBackend agents;
  rpc::TestServer agent_state_server;
  rpc::TestNode acd;
  QueueBackend queues;
  rpc::TestServer acd_server;
  rpc::TestNode ticket;
  AttachmentBackend attachments;
  ExchangeBackend exchange;
  rpc::TestServer ticket_server;
  std::unique_ptr<Telephony> telephony;
};

Installation::Installation(const std::function<void(Config&)>& change) : services_(std::make_unique<Services>(network_, journal_)) {
  // knowledge_base is a peer that is not there.
  node_ = std::make_unique<rpc::TestNode>(network_, "gateway", std::vector<std::string>{"directory", "telephony", "agent_state", "acd", "ticket", "knowledge_base"});
  Config config;
  config.http = {.address = "127.0.0.1", .port = 0, .certificate_file = {}, .key_file = {}};
  config.common.drain = absl::Milliseconds(500);
  const events::RedisOptions redis = testing::PrivateRedis::Shared().Options();
  config.common.redis = runtime::RedisConfig{redis.address, redis.user, redis.password};
  if (change) change(config);
  StaticFiles pages;
  pages.Add("/index.html", "<html>");
  gateway_ = std::make_unique<Gateway>(**node_, network_.keys(), network_.key("gateway"), config, std::move(pages));
  const absl::Status started = gateway_->Start();
  if (!started.ok()) throw std::runtime_error(started.ToString());
}

Installation::~Installation() { gateway_->Stop(); }

std::string Installation::Token(rpc::UserClaims claims) { return network_.UserToken(std::move(claims)); }
TestHeaders Installation::Bearer(rpc::UserClaims claims) { return {{"Authorization", "Bearer " + Token(std::move(claims))}}; }
void Installation::Revoke(const std::string& session_id) { services_->auth.Revoke(session_id); }

void Installation::ChangeAgent(const std::string& agent_id, const std::string& reason) {
  ags::Agent agent;
  agent.set_agent_id(agent_id);
  agent.set_reason(reason);
  services_->agents.Change(agent);
}

void Installation::Publish(const events::Event& event) {
  events::Redis redis(testing::PrivateRedis::Shared().Options());
  absl::Status status = redis.Connect();
  if (status.ok() && !sequences_.contains(event.source())) {
    const auto info = redis.Info(events::StreamOf(event.source()));  // other tests use the same streams
    status = info.status();
    if (info.ok()) sequences_[event.source()] = info->last_sequence;
  }
  if (status.ok()) {
    const int64_t sequence = ++sequences_[event.source()];
    status = redis.AddWithSequence(events::StreamOf(event.source()), {{sequence, event.SerializeAsString()}}, 1000);
  }
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

void Installation::RestartTelephony() {
  services_->telephony.reset();
  services_->telephony = std::make_unique<Services::Telephony>(network_, journal_);
}

}  // namespace hotline::gateway
