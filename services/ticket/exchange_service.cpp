#include "services/ticket/exchange_service.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <sodium.h>

#include <array>
#include <cstdio>

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

constexpr size_t kRefusalsAtOnce = 500;
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
    return pending_.size() < domain::kMaxSheetPiece ? absl::OkStatus() : Pass();
  }
  // Nothing is sent before Finish: what is written waits in a file without a name.
  absl::Status Hold() {
    held_.reset(std::tmpfile());
    return held_ == nullptr ? NotWritten() : absl::OkStatus();
  }
  absl::Status Finish() {
    HOTLINE_ASSIGN_OR_RETURN(const std::string rest, sheet_->Finish());
    pending_ += rest;
    if (held_ == nullptr) return Send();
    HOTLINE_RETURN_IF_ERROR(Pass());
    std::rewind(held_.get());
    for (;;) {
      pending_.resize(domain::kMaxSheetPiece);
      pending_.resize(std::fread(pending_.data(), 1, pending_.size(), held_.get()));
      if (pending_.empty()) return std::ferror(held_.get()) == 0 ? absl::OkStatus() : NotWritten();
      HOTLINE_RETURN_IF_ERROR(Send());
    }
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  static absl::Status NotWritten() { return base::Internal("SHEET_NOT_WRITTEN", "there is no room for the table"); }
  absl::Status Pass() {
    if (held_ == nullptr) return Send();
    if (std::fwrite(pending_.data(), 1, pending_.size(), held_.get()) != pending_.size()) return NotWritten();
    pending_.clear();
    return absl::OkStatus();
  }
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
  std::unique_ptr<std::FILE, Close> held_;
};

// Takes a file in: looks through it as it comes and keeps it piece by piece. What was kept of a file that is refused goes.
class Receiving {
 public:
  Receiving(ExchangeStore& imports, Import& import) : imports_(imports), import_(import) { crypto_hash_sha256_init(&hash_); }
  ~Receiving() {
    if (!done_ && import_.pieces > 0) (void)imports_.DropPieces(import_.id);  // else they go with Forget
  }
  Receiving(const Receiving&) = delete;
  Receiving& operator=(const Receiving&) = delete;

  absl::Status Add(const std::string& bytes) {
    size_ += static_cast<int64_t>(bytes.size());
    crypto_hash_sha256_update(&hash_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    HOTLINE_RETURN_IF_ERROR(reader_.Feed(bytes));
    pending_ += bytes;
    return pending_.size() < domain::kImportPiece ? absl::OkStatus() : Keep();
  }
  absl::Status Finish() {
    HOTLINE_RETURN_IF_ERROR(reader_.Finish());
    import_.encoding = reader_.encoding();
    for (std::string& title : titles_) {
      (void)DecodeCell(import_.encoding, title);
      title = std::string(base::Trim(title));
    }
    if (rows_ == 0) return base::InvalidField("file", "REQUIRED", "must have a row of titles");
    HOTLINE_RETURN_IF_ERROR(domain::SheetColumns::FromTitles(titles_).status());
    import_.total = rows_ - 1;
    return pending_.empty() ? absl::OkStatus() : Keep();
  }
  // The import is the store's now.
  void Done() { done_ = true; }
  int64_t size() const { return size_; }
  std::string Digest() {
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    crypto_hash_sha256_final(&hash_, digest.data());
    return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
  }

 private:
  absl::Status Keep() {
    HOTLINE_RETURN_IF_ERROR(imports_.AddPiece(import_.id, import_.pieces, pending_, import_.create_time));
    ++import_.pieces;
    pending_.clear();
    return absl::OkStatus();
  }

  ExchangeStore& imports_;
  Import& import_;
  std::vector<std::string> titles_;
  int64_t rows_ = 0, size_ = 0;
  SheetReader reader_{import_.format, SheetEncoding::kUnknown, [this](int64_t, std::vector<std::string>& cells) {
                        if (rows_++ == 0) titles_ = cells;
                        return absl::OkStatus();
                      }};
  std::string pending_;
  crypto_hash_sha256_state hash_{};
  bool done_ = false;
};

absl::Status ReadFile(rpc::PlainReader<v1::ImportTicketsRequest>& reader, Receiving& receiving) {
  v1::ImportTicketsRequest message;
  while (reader.Read(message)) {
    if (message.has_total_size()) {
      if (message.total_size() == receiving.size()) return receiving.Finish();
      break;
    }
    if (!message.has_piece()) return base::InvalidField("piece", "REQUIRED", "must be in every message between the first and the last");
    HOTLINE_RETURN_IF_ERROR(receiving.Add(message.piece()));
  }
  return base::Aborted("UPLOAD_INCOMPLETE", "the upload broke off");
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
  v1::ImportTicketsRequest first;
  if (!reader.Read(first) || !first.has_info()) return base::InvalidField("info", "REQUIRED", "must be the first message");
  const v1::ImportInfo& info = first.info();
  HOTLINE_RETURN_IF_ERROR(CheckRequestId(info.request_id(), false));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("file_name", info.file_name(), 0, domain::kMaxSheetName));
  Import import;
  HOTLINE_ASSIGN_OR_RETURN(import.format, FormatOf(info.format(), "info.format"));
  import.id = base::NewId();
  import.file_name = info.file_name();
  import.dry_run = info.dry_run();
  import.actor = ToActor(context.principal());
  import.create_time = clock_.Now();
  // A file that cannot be read or has other columns is refused at once, whole.
  Receiving receiving(imports_, import);
  HOTLINE_RETURN_IF_ERROR(ReadFile(reader, receiving));
  HOTLINE_ASSIGN_OR_RETURN(const Import kept, imports_.Add(import, info.request_id(), receiving.Digest()));
  receiving.Done();
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
  HOTLINE_RETURN_IF_ERROR(base::CheckText("reason", request.reason(), domain::kMinRevealReason, domain::kMaxRevealReason));
  const domain::Actor actor = ToActor(context.principal());
  HOTLINE_ASSIGN_OR_RETURN(TicketFilter filter, FilterOf(request.filter(), actor, store_, categories_));
  HOTLINE_ASSIGN_OR_RETURN(const auto categories, categories_.All());
  filter.limit = domain::kMaxTicketPage;
  Sending sending(format, absl::StrCat("tickets-", absl::FormatTime("%Y%m%d-%H%M%S", clock_.Now(), zone_)), writer);
  HOTLINE_RETURN_IF_ERROR(sending.Hold());
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
  // Nothing leaves without its entry.
  HOTLINE_RETURN_IF_ERROR(imports_.AuditExport(actor, request.reason(), WithoutNames(request.filter()), rows, clock_.Now()));
  return sending.Finish();
}

}  // namespace hotline::ticket
