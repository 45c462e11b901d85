#include "services/gateway/sheets.h"

#include <absl/strings/ascii.h>

#include "services/gateway/domain/url.h"
#include "services/gateway/rest/json.h"
#include "services/gateway/rest/problem.h"
#include "services/gateway/rest/transcode.h"

namespace hotline::gateway {
namespace {

constexpr std::string_view kImports = "/v1/ticketImports";
constexpr std::string_view kImportsPrefix = "/v1/ticketImports/";
constexpr std::string_view kReportSuffix = "/report";
constexpr std::string_view kTemplate = "/v1/ticketImportTemplate";
constexpr std::string_view kExport = "/v1/ticketExport";
constexpr char kReportRoute[] = "/v1/ticketImports/{import_id}/report";
constexpr char kCsvType[] = "text/csv";
constexpr char kXlsxType[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr char kTooLarge[] = "a file has 1 GiB at most";

std::string ImportOf(std::string_view path) { return SegmentIn(path, kImportsPrefix, kReportSuffix); }

absl::StatusOr<ticket::v1::SheetFormat> FormatIn(const std::vector<QueryParameter>& query) {
  ticket::v1::SheetFormat format = ticket::v1::SHEET_FORMAT_CSV;
  for (const auto& [name, value] : query) {
    if (name != kFormatParameter) continue;
    if (value != "csv" && value != "xlsx") return base::InvalidField(name, "UNKNOWN_VALUE", "csv or xlsx is expected");
    format = value == "csv" ? ticket::v1::SHEET_FORMAT_CSV : ticket::v1::SHEET_FORMAT_XLSX;
  }
  return format;
}

// What a body is by its Content-Type; unspecified if it is no table.
ticket::v1::SheetFormat FormatOfBody(const Request& request) {
  const std::string_view header = request.Header("content-type");
  const std::string_view type = header.substr(0, header.find(';'));
  const std::string name = absl::AsciiStrToLower(absl::StripAsciiWhitespace(absl::string_view(type.data(), type.size())));
  if (name == kCsvType) return ticket::v1::SHEET_FORMAT_CSV;
  return name == kXlsxType ? ticket::v1::SHEET_FORMAT_XLSX : ticket::v1::SHEET_FORMAT_UNSPECIFIED;
}

// Fills a request by the query.
template <class Message>
absl::Status ReadQuery(const Request& request, Message& message) {
  HOTLINE_ASSIGN_OR_RETURN(const auto query, ParseQuery(request.query));
  HOTLINE_ASSIGN_OR_RETURN(const auto format, FormatIn(query));
  HOTLINE_RETURN_IF_ERROR(BindParameters(query, message));
  message.set_format(format);
  return absl::OkStatus();
}

}  // namespace

Sheets::Sheets(rpc::Node& node, RestApi& rest) : node_(node), rest_(rest) {
  const auto ticket = node.channels().all().find("ticket");
  if (ticket != node.channels().all().end()) exchange_.emplace(ticket->second);
}

access::v1::Access Sheets::AccessOfRpc(const char* rpc) {
  return AccessOf(*ticket::v1::ImportInfo::descriptor()->file()->FindServiceByName("ExchangeService")->FindMethodByName(rpc));
}

bool Sheets::Streams(std::string_view method, std::string_view path) { return method == "POST" && path == kImports; }

bool Sheets::Handles(std::string_view method, std::string_view path) {
  return Streams(method, path) || path == kTemplate || path == kExport || !ImportOf(path).empty();
}

asio::awaitable<Response> Sheets::Handle(const Request& request) {
  const bool import = Streams(request.method, request.path);
  const std::string import_id = ImportOf(request.path);
  Response response;
  if (!import && request.method != "GET") {
    response = Problem(405, "METHOD_NOT_ALLOWED", "this path has other methods: see Allow", request.trace.trace_id);
    response.Set("Allow", "GET");
  } else if (!exchange_) {
    response = Problem(base::Unavailable("SERVICE_NOT_CONFIGURED", "there is no ticket service here"), request.trace.trace_id);
  } else if (import) {
    response = co_await Import(request);
  } else if (!import_id.empty()) {
    ticket::v1::ReadImportReportRequest ask;
    ask.set_import_id(import_id);
    response = co_await Read(request, std::move(ask), "ReadImportReport", &Exchange::Api::ReadImportReport);
  } else if (request.path == kTemplate) {
    response = co_await Read(request, ticket::v1::ReadImportTemplateRequest(), "ReadImportTemplate", &Exchange::Api::ReadImportTemplate);
  } else {
    response = co_await Read(request, ticket::v1::ExportTicketsRequest(), "ExportTickets", &Exchange::Api::ExportTickets);
  }
  // What was not read would be taken for the next request.
  if (import && (request.stream == nullptr || !request.stream->Ended())) response.close = true;
  response.route = import_id.empty() ? std::string(request.path) : kReportRoute;
  co_return response;
}

asio::awaitable<Response> Sheets::Import(const Request& request) {
  const std::string& trace = request.trace.trace_id;
  const auto caller = co_await rest_.Admit(request, AccessOfRpc("ImportTickets"));
  if (!caller.ok()) co_return Problem(caller.status(), trace);
  ticket::v1::ImportInfo info;
  if (const absl::Status read = ReadQuery(request, info); !read.ok()) co_return Problem(read, trace);
  info.set_format(FormatOfBody(request));
  if (info.format() == ticket::v1::SHEET_FORMAT_UNSPECIFIED) co_return Problem(415, "SHEET_EXPECTED", "the body must be CSV or XLSX, and Content-Type say which", trace);
  if (request.stream == nullptr) co_return Problem(base::InvalidField("file", "REQUIRED", "the body is the file"), trace);
  if (request.stream->length() > kMaxImportBytes) co_return Problem(413, "SHEET_TOO_LARGE", kTooLarge, trace);
  if (uploads_ >= kMaxImportUploads) co_return Problem(base::ResourceExhausted("TOO_MANY_UPLOADS", "too many files are being sent; try again"), trace);
  const Counted counted(uploads_);
  rpc::Context context(co_await asio::this_coro::executor, node_.clock().Now() + kImportTime);
  context.SetTrace(request.trace);
  context.ActFor(caller->token);
  auto made = co_await rpc::WithTimeout(kImportTime, Send(request, context, info));
  Response response;
  if (made.ok()) {
    response.Set("Content-Type", "application/json");
    response.Set("Cache-Control", "no-store");
    response.body = ToJson(*made);
  } else {
    response = Problem(made.status(), trace);
  }
  response.user_id = caller->claims->user_id;
  co_return response;
}

asio::awaitable<absl::StatusOr<ticket::v1::Import>> Sheets::Send(const Request& request, const rpc::Context& context, const ticket::v1::ImportInfo& info) {
  ticket::v1::ImportTicketsRequest first;
  *first.mutable_info() = info;
  co_return co_await PassOn(request, exchange_->Open(context, &Exchange::Api::ImportTickets), std::move(first),
                            +[](ticket::v1::ImportTicketsRequest& next, std::string piece) { next.set_piece(std::move(piece)); });
}

template <class Ask, class Method>
asio::awaitable<Response> Sheets::Read(const Request& request, Ask ask, const char* rpc, Method method) {
  const auto caller = co_await rest_.Admit(request, AccessOfRpc(rpc));
  if (!caller.ok()) co_return Problem(caller.status(), request.trace.trace_id);
  Ask asked = ask;
  absl::Status read = ReadQuery(request, asked);
  if constexpr (std::is_same_v<Ask, ticket::v1::ReadImportReportRequest>) {
    if (read.ok() && asked.import_id() != ask.import_id()) read = base::InvalidField("importId", "PATH_MISMATCH", "the query names another than the path");
  }
  Response response;
  if (read.ok()) {
    response = co_await Answer(request, *caller, std::move(asked), method);
  } else {
    response = Problem(read, request.trace.trace_id);
  }
  response.user_id = caller->claims->user_id;
  co_return response;
}

template <class Ask, class Method>
asio::awaitable<Response> Sheets::Answer(const Request& request, const Caller& caller, Ask ask, Method method) {
  auto context = std::make_shared<rpc::Context>(co_await asio::this_coro::executor);
  context->SetTrace(request.trace);
  context->ActFor(caller.token);
  rpc::CallOptions options;
  options.timeout = kSheetTime;
  auto stream = exchange_->Open(*context, method, ask, options);
  ticket::v1::SheetPiece first;
  const bool some = co_await stream.Read(first);
  if (!some) {
    const absl::Status status = co_await stream.Finish();
    co_return Problem(status.ok() ? base::Internal("FILE_EMPTY", "the service sent nothing") : status, request.trace.trace_id);
  }
  Response response;
  response.Set("Content-Type", ask.format() == ticket::v1::SHEET_FORMAT_XLSX ? kXlsxType : "text/csv; charset=utf-8; header=present");
  response.Set("Content-Disposition", Disposition(false, first.file_name()));
  response.Set("Cache-Control", "private, no-store");
  response.source_length = kUnknownLength;
  response.source = std::make_unique<PieceSource<ticket::v1::SheetPiece>>(std::move(context), std::move(stream), std::move(*first.mutable_data()), kUnknownLength);
  co_return response;
}

}  // namespace hotline::gateway
