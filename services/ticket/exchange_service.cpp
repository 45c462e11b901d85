#include "services/ticket/exchange_service.h"

#include <absl/strings/str_cat.h>

#include "hotline/ticket/v1/exchange_service.grpc.pb.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/page.h"
#include "libs/base/text.h"
#include "services/ticket/convert.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/rights.h"

namespace hotline::ticket {
namespace {

constexpr int kRefusalsAtOnce = 500;
constexpr char kGone[] = "the client is gone";

absl::StatusOr<SheetFormat> FormatOf(v1::SheetFormat format, std::string_view field) {
  switch (format) {
    case v1::SHEET_FORMAT_UNSPECIFIED:
    case v1::SHEET_FORMAT_CSV: return SheetFormat::kCsv;
    case v1::SHEET_FORMAT_XLSX: return SheetFormat::kXlsx;
    default: return base::InvalidField(field, "UNKNOWN_VALUE", "must be CSV or XLSX");
  }
}

v1::Import ImportToProto(const Import& import) {
  v1::Import proto;
  proto.set_import_id(import.id);
  proto.set_state(import.state);
  proto.set_file_name(import.file_name);
  proto.set_format(static_cast<v1::SheetFormat>(import.format));
  proto.set_dry_run(import.dry_run);
  proto.set_created_by(import.actor.id);
  *proto.mutable_create_time() = ToProto(import.create_time);
  *proto.mutable_update_time() = ToProto(import.update_time);
  proto.set_total_rows(import.total);
  proto.set_done_rows(import.done);
  proto.set_created_rows(import.created);
  proto.set_repeated_rows(import.repeated);
  proto.set_refused_rows(import.refused);
  proto.set_error(import.error);
  return proto;
}

// The filter as the audit keeps it: that somebody was looked for, not who.
std::string WithoutNames(v1::ListTicketsRequest filter) {
  if (!filter.caller_phone().empty()) filter.set_caller_phone("*");
  if (!filter.caller_name().empty()) filter.set_caller_name("*");
  if (!filter.query().empty()) filter.set_query("*");
  return filter.ShortDebugString();
}

// Sends a table in pieces as it is written.
class Sending {
 public:
  Sending(SheetFormat format, const std::string& name, rpc::PlainWriter<v1::SheetPiece>& writer)
      : sheet_(MakeSheetWriter(format)), name_(absl::StrCat(name, format == SheetFormat::kCsv ? ".csv" : ".xlsx")), writer_(writer) {}
  absl::Status Row(const std::vector<std::string>& cells) {
    sheet_->Row(cells);
    pending_ += sheet_->Drain();
    return pending_.size() < domain::kMaxSheetPiece ? absl::OkStatus() : Send();
  }
  absl::Status Finish() {
    HOTLINE_ASSIGN_OR_RETURN(const std::string rest, sheet_->Finish());
    pending_ += rest;
    return Send();
  }

 private:
  absl::Status Send() {
    for (size_t at = 0; at < pending_.size(); at += domain::kMaxSheetPiece) {
      v1::SheetPiece piece;
      piece.set_data(pending_.substr(at, domain::kMaxSheetPiece));
      piece.set_file_name(std::exchange(name_, {}));
      if (!writer_.Write(std::move(piece))) return absl::CancelledError(kGone);
    }
    pending_.clear();
    return absl::OkStatus();
  }
  const std::unique_ptr<SheetWriter> sheet_;
  std::string name_;
  rpc::PlainWriter<v1::SheetPiece>& writer_;
  std::string pending_;
};

absl::Status ReadFile(rpc::PlainReader<v1::ImportTicketsRequest>& reader, v1::ImportInfo& info, std::string& file) {
  v1::ImportTicketsRequest message;
  if (!reader.Read(message) || !message.has_info()) return base::InvalidField("info", "REQUIRED", "must be the first message");
  info = message.info();
  HOTLINE_RETURN_IF_ERROR(CheckRequestId(info.request_id(), false));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("file_name", info.file_name(), 0, domain::kMaxSheetName));
  while (reader.Read(message)) {
    if (!message.has_piece()) return base::InvalidField("piece", "REQUIRED", "must be in every message but the first");
    if (file.size() + message.piece().size() > kMaxSheetBytes) return base::InvalidField("file", "SHEET_TOO_LARGE", absl::StrCat("must have at most ", kMaxSheetBytes >> 20, " MiB"));
    file += message.piece();
  }
  return absl::OkStatus();
}

}  // namespace

ExchangeService::ExchangeService(rpc::Node& node, rpc::Pool& pool, rpc::Pool& streams, Store& store, ExchangeStore& imports, Importer& importer, CategoryTree& categories,
                                 absl::TimeZone zone)
    : PlainService(node, pool, v1::ExchangeService::service_full_name()), clock_(node.clock()), store_(store), imports_(imports), importer_(importer),
      categories_(categories), zone_(zone) {
  Handle("ImportTickets", &ExchangeService::ImportTickets, &streams);
  Handle("GetImport", &ExchangeService::GetImport);
  Handle("ListImports", &ExchangeService::ListImports);
  Handle("ReadImportReport", &ExchangeService::ReadImportReport, &streams);
  Handle("ReadImportTemplate", &ExchangeService::ReadImportTemplate, &streams);
  Handle("ExportTickets", &ExchangeService::ExportTickets, &streams);
}

absl::StatusOr<Import> ExchangeService::Visible(const domain::Actor& actor, const std::string& import_id) {
  if (!base::IsValidId(import_id)) return domain::ImportNotFound(import_id);
  HOTLINE_ASSIGN_OR_RETURN(Import import, imports_.Get(import_id));
  if (import.actor.id != actor.id && !actor.Has("supervisor")) return domain::ImportNotFound(import_id);
  return import;
}

absl::Status ExchangeService::ImportTickets(rpc::Context& context, rpc::PlainReader<v1::ImportTicketsRequest>& reader, v1::Import& response) {
  v1::ImportInfo info;
  std::string file;
  HOTLINE_RETURN_IF_ERROR(ReadFile(reader, info, file));
  Import import;
  HOTLINE_ASSIGN_OR_RETURN(import.format, FormatOf(info.format(), "info.format"));
  // A file that cannot be read or has other columns is refused at once, whole.
  int64_t rows = 0;
  HOTLINE_RETURN_IF_ERROR(ReadSheet(import.format, file, [&](int64_t, std::vector<std::string>& cells) -> absl::Status {
    return rows++ == 0 ? domain::SheetColumns::FromTitles(cells).status() : absl::OkStatus();
  }));
  if (rows == 0) return base::InvalidField("file", "REQUIRED", "must have a row of titles");
  import.file_name = info.file_name();
  import.dry_run = info.dry_run();
  import.actor = ToActor(context.principal());
  import.create_time = clock_.Now();
  import.total = rows - 1;
  HOTLINE_ASSIGN_OR_RETURN(const Import kept, imports_.Add(std::move(import), info.request_id(), file));
  importer_.Wake();
  response = ImportToProto(kept);
  return absl::OkStatus();
}

absl::Status ExchangeService::GetImport(rpc::Context& context, const v1::GetImportRequest& request, v1::Import& response) {
  HOTLINE_ASSIGN_OR_RETURN(const Import import, Visible(ToActor(context.principal()), request.import_id()));
  response = ImportToProto(import);
  return absl::OkStatus();
}

absl::Status ExchangeService::ListImports(rpc::Context& context, const v1::ListImportsRequest& request, v1::ListImportsResponse& response) {
  const domain::Actor actor = ToActor(context.principal());
  const std::string user = actor.Has("supervisor") ? "" : actor.id;
  const base::PageQuery query("imports", {user});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), domain::kDefaultImportPage, domain::kMaxImportPage));
  if (!page.after.empty() && !base::IsValidId(page.after)) return domain::BadPageToken();
  HOTLINE_ASSIGN_OR_RETURN(std::vector<Import> imports, imports_.List(user, page.after, page.size + 1));
  if (imports.size() > static_cast<size_t>(page.size)) {
    imports.pop_back();
    response.set_next_page_token(query.Token(imports.back().id));
  }
  for (const Import& import : imports) *response.add_imports() = ImportToProto(import);
  return absl::OkStatus();
}

absl::Status ExchangeService::ReadImportReport(rpc::Context& context, const v1::ReadImportReportRequest& request, rpc::PlainWriter<v1::SheetPiece>& writer) {
  HOTLINE_ASSIGN_OR_RETURN(const SheetFormat format, FormatOf(request.format(), "format"));
  HOTLINE_ASSIGN_OR_RETURN(const Import import, Visible(ToActor(context.principal()), request.import_id()));
  Sending sending(format, "import-report", writer);
  std::vector<std::string> titles = domain::TemplateTitles();
  for (std::string& title : domain::ReportTitles()) titles.push_back(std::move(title));
  HOTLINE_RETURN_IF_ERROR(sending.Row(titles));
  for (int64_t after = 0;;) {
    HOTLINE_ASSIGN_OR_RETURN(std::vector<Refusal> refusals, imports_.Refusals(import.id, after, kRefusalsAtOnce));
    for (Refusal& refusal : refusals) {
      refusal.cells.push_back(absl::StrCat(refusal.row));
      refusal.cells.push_back(refusal.errors);
      HOTLINE_RETURN_IF_ERROR(sending.Row(refusal.cells));
      after = refusal.row;
    }
    if (refusals.size() < kRefusalsAtOnce) return sending.Finish();
  }
}

absl::Status ExchangeService::ReadImportTemplate(rpc::Context&, const v1::ReadImportTemplateRequest& request, rpc::PlainWriter<v1::SheetPiece>& writer) {
  HOTLINE_ASSIGN_OR_RETURN(const SheetFormat format, FormatOf(request.format(), "format"));
  Sending sending(format, "import-template", writer);
  HOTLINE_RETURN_IF_ERROR(sending.Row(domain::TemplateTitles()));
  HOTLINE_RETURN_IF_ERROR(sending.Row(domain::TemplateExample()));
  return sending.Finish();
}

absl::Status ExchangeService::ExportTickets(rpc::Context& context, const v1::ExportTicketsRequest& request, rpc::PlainWriter<v1::SheetPiece>& writer) {
  HOTLINE_ASSIGN_OR_RETURN(const SheetFormat format, FormatOf(request.format(), "format"));
  const domain::Actor actor = ToActor(context.principal());
  HOTLINE_ASSIGN_OR_RETURN(TicketFilter filter, FilterOf(request.filter(), actor, store_, categories_));
  HOTLINE_ASSIGN_OR_RETURN(const auto categories, categories_.All());
  filter.limit = domain::kMaxTicketPage;
  Sending sending(format, absl::StrCat("tickets-", absl::FormatTime("%Y%m%d-%H%M%S", clock_.Now(), zone_)), writer);
  HOTLINE_RETURN_IF_ERROR(sending.Row(domain::ExportTitles()));
  int64_t rows = 0;
  std::map<std::string, domain::Unit> units;
  while (SeesTickets(filter, actor)) {
    if (context.cancelled()) return absl::CancelledError(kGone);
    HOTLINE_ASSIGN_OR_RETURN(const std::vector<domain::Ticket> page, store_.List(filter));
    rows += static_cast<int64_t>(page.size());
    if (rows > domain::kMaxExportRows) return domain::ExportTooLarge();
    std::vector<std::string> unknown;
    for (const domain::Ticket& ticket : page) {
      if (!ticket.unit.id.empty() && !units.contains(ticket.unit.id)) unknown.push_back(ticket.unit.id);
    }
    if (!unknown.empty()) {
      HOTLINE_ASSIGN_OR_RETURN(auto found, store_.FindUnits(unknown));
      units.merge(found);
    }
    for (const domain::Ticket& ticket : page) {
      domain::Ticket shown = ticket;
      shown.caller = domain::VisibleCaller(actor, ticket);
      const auto unit = units.find(ticket.unit.id);
      const auto category = categories->find(ticket.category_id);
      HOTLINE_RETURN_IF_ERROR(sending.Row(domain::ExportRow(shown, category == categories->end() ? ticket.category_id : category->second.name,
                                                            unit == units.end() ? ticket.unit.id : unit->second.name, zone_)));
    }
    if (page.size() < static_cast<size_t>(filter.limit)) break;
    ContinueAfter(page.back(), filter);
  }
  // Nothing complete leaves without its entry.
  HOTLINE_RETURN_IF_ERROR(imports_.AuditExport(actor, WithoutNames(request.filter()), rows, clock_.Now()));
  return sending.Finish();
}

}  // namespace hotline::ticket
