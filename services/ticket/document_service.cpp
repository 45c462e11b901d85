#include "services/ticket/document_service.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/page.h"
#include "services/ticket/attachment_service.h"
#include "services/ticket/convert.h"
#include "services/ticket/domain/configuration_limits.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/rights.h"
#include "services/ticket/service.h"

namespace hotline::ticket {
namespace {

v1::DocumentTemplate TemplateProto(const TemplateRecord& in, const domain::DocumentTemplate& parsed) {
  v1::DocumentTemplate out;
  out.set_template_id(in.id);
  out.set_name(parsed.name);
  out.set_name_en(parsed.name_en);
  out.set_body(in.body);
  for (const domain::TemplateField& field : parsed.fields) {
    v1::TemplateField& one = *out.add_fields();
    one.set_id(field.id);
    one.set_name(field.name);
    one.set_required(field.required);
    one.set_max_length(static_cast<int32_t>(field.max));
    one.set_multiline(field.multiline);
  }
  out.set_version(in.version);
  out.set_etag(absl::StrCat(in.version));
  out.set_updated_by(in.updated_by);
  *out.mutable_update_time() = ToProto(in.update_time);
  return out;
}

v1::Document DocumentProto(const DocumentRecord& in) {
  v1::Document out;
  out.set_document_id(in.id);
  out.set_ticket_id(in.ticket_id);
  out.set_template_id(in.template_id);
  out.set_template_version(in.template_version);
  out.set_title(in.title);
  out.set_number(in.number);
  out.set_pages(in.pages);
  out.set_size(in.size);
  out.set_sha256(in.sha256);
  out.set_shows_caller(in.shows_caller);
  out.set_created_by(in.created_by);
  *out.mutable_create_time() = ToProto(in.create_time);
  return out;
}

template <class Map>
domain::Values ToValues(const Map& map) { return {map.begin(), map.end()}; }

}  // namespace

DocumentService::DocumentService(rpc::Node& node, rpc::Pool& pool, Store& tickets, DocumentStore& documents, AttachmentStore& files, const FileVault& vault,
                                 DocumentMaker& maker, ShownAudit& shown)
    : PlainService(node, pool, v1::DocumentService::service_full_name()),
      clock_(node.clock()), tickets_(tickets), documents_(documents), files_(files), vault_(vault), maker_(maker), shown_(shown) {
  Handle("ListDocumentTemplates", &DocumentService::ListTemplates);
  Handle("ListDocumentTemplateVersions", &DocumentService::ListVersions);
  Handle("PutDocumentTemplate", &DocumentService::PutTemplate);
  Handle("PreviewDocument", &DocumentService::Preview);
  Handle("CreateDocument", &DocumentService::Create);
  Handle("ListDocuments", &DocumentService::List);
  Handle("ReadDocument", &DocumentService::Read);
}

Request DocumentService::MakeRequest(const rpc::Context& context, std::string rpc, std::string request_id) const {
  return {ToActor(context.principal()), clock_.Now(), context.Traceparent(), std::move(rpc), std::move(request_id)};
}

absl::Status DocumentService::ListTemplates(rpc::Context&, const v1::ListDocumentTemplatesRequest&, v1::ListDocumentTemplatesResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<TemplateRecord> templates, documents_.Templates());
  for (const TemplateRecord& record : templates) {
    HOTLINE_ASSIGN_OR_RETURN(const domain::DocumentTemplate parsed, domain::ParseTemplate(record.body));
    *response.add_templates() = TemplateProto(record, parsed);
  }
  return absl::OkStatus();
}

absl::Status DocumentService::ListVersions(rpc::Context&, const v1::ListDocumentTemplateVersionsRequest& request,
                                           v1::ListDocumentTemplateVersionsResponse& response) {
  const base::PageQuery query("document_template_versions", {request.template_id()});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), domain::kDefaultVersionPage, kMaxTemplateVersionPage));
  int64_t before = 0;
  if (!page.after.empty() && !absl::SimpleAtoi(page.after, &before)) return domain::BadPageToken();
  HOTLINE_ASSIGN_OR_RETURN(std::vector<TemplateRecord> versions, documents_.TemplateVersions(request.template_id(), before, page.size + 1));
  if (versions.empty() && before == 0) return domain::TemplateNotFound(request.template_id());
  if (versions.size() > static_cast<size_t>(page.size)) {
    versions.pop_back();
    response.set_next_page_token(query.Token(absl::StrCat(versions.back().version)));
  }
  for (const TemplateRecord& version : versions) {
    // One that today's rules would refuse is there all the same, with its body alone.
    const absl::StatusOr<domain::DocumentTemplate> parsed = domain::ParseTemplate(version.body);
    *response.add_templates() = TemplateProto(version, parsed.ok() ? *parsed : domain::DocumentTemplate{});
  }
  return absl::OkStatus();
}

absl::Status DocumentService::PutTemplate(rpc::Context& context, const v1::PutDocumentTemplateRequest& request, v1::DocumentTemplate& response) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::DocumentTemplate parsed, domain::ParseTemplate(request.body()));
  if (parsed.id != request.template_id()) return base::InvalidField("template_id", "MISMATCH", "the body names another template");
  int64_t expected = 0;
  if (!request.etag().empty() && !absl::SimpleAtoi(request.etag(), &expected)) return base::EtagMismatch("document_template", parsed.id);
  const Request by = MakeRequest(context, "PutDocumentTemplate");
  HOTLINE_ASSIGN_OR_RETURN(const TemplateRecord put, documents_.PutTemplate(parsed.id, request.body(), expected, by.actor.id, by.now));
  response = TemplateProto(put, parsed);
  return absl::OkStatus();
}

absl::Status DocumentService::Preview(rpc::Context& context, const v1::PreviewDocumentRequest& request, v1::PreviewDocumentResponse& response) {
  const Request by = MakeRequest(context, "PreviewDocument");
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, VisibleTicket(tickets_, by.actor, request.ticket_id()));
  // Whoever may put a template may look at it first.
  if (!request.body().empty() && !by.actor.Has("admin")) return base::PermissionDenied("DOCUMENT_NOT_ALLOWED", "only an administrator previews a body of their own");
  bool shows_caller = false;
  HOTLINE_ASSIGN_OR_RETURN(document::Rendered rendered,
                           maker_.Preview(by, ticket, request.template_id(), ToValues(request.fields()), request.body(), shows_caller));
  if (shows_caller) HOTLINE_RETURN_IF_ERROR(shown_.Record(by.actor, {&ticket, 1}, by.now));
  response.set_pdf(std::move(rendered.pdf));
  response.set_pages(rendered.pages);
  return absl::OkStatus();
}

absl::Status DocumentService::Create(rpc::Context& context, const v1::CreateDocumentRequest& request, v1::Document& response) {
  const Request by = MakeRequest(context, "CreateDocument", request.request_id());
  HOTLINE_RETURN_IF_ERROR(CheckRequestId(request.request_id(), false));
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, VisibleTicket(tickets_, by.actor, request.ticket_id()));
  HOTLINE_ASSIGN_OR_RETURN(const DocumentRecord made, maker_.Create(by, ticket, request.template_id(), ToValues(request.fields())));
  response = DocumentProto(made);
  return absl::OkStatus();
}

absl::Status DocumentService::List(rpc::Context& context, const v1::ListDocumentsRequest& request, v1::ListDocumentsResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, VisibleTicket(tickets_, ToActor(context.principal()), request.ticket_id()));
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<DocumentRecord> documents, documents_.List(ticket.id));
  for (const DocumentRecord& document : documents) *response.add_documents() = DocumentProto(document);
  return absl::OkStatus();
}

absl::Status DocumentService::Read(rpc::Context& context, const files::v1::ReadFileRequest& request, rpc::PlainWriter<files::v1::FilePiece>& out) {
  const Request by = MakeRequest(context, "ReadDocument");
  if (!base::IsValidId(request.file_id())) return domain::DocumentNotFound(request.file_id());
  HOTLINE_ASSIGN_OR_RETURN(const DocumentRecord d, documents_.Get(request.file_id()));
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, tickets_.Get(d.ticket_id));
  if (!domain::MaySee(by.actor, ticket)) return domain::WrongUnit(ticket.id);
  if (d.shows_caller && !domain::ShowsCaller(by.actor, ticket)) return domain::CallerProtected();
  HOTLINE_ASSIGN_OR_RETURN(const FileKey key, files_.KeyOf(d.ticket_id, d.id));
  HOTLINE_RETURN_IF_ERROR(files_.AuditRead(by, d.id, d.ticket_id, "read_document"));
  const std::string name = absl::StrCat(d.title, d.number, ".pdf");
  return SendFile(vault_, key, {d.id, d.stored_as, "application/pdf", name, d.sha256, d.size}, request, out);
}

}  // namespace hotline::ticket
