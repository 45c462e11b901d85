// The RPCs of documents. Handlers run on the pool of files; all state is in the stores and the vault. What is referred to outlives
// the service.
#pragma once

#include "hotline/ticket/v1/document_service.grpc.pb.h"
#include "libs/rpc/plain_service.h"
#include "services/ticket/document_maker.h"
#include "services/ticket/shown_audit.h"

namespace hotline::ticket {

class DocumentService final : public rpc::PlainService {
 public:
  DocumentService(rpc::Node& node, rpc::Pool& pool, Store& tickets, DocumentStore& documents, AttachmentStore& files, const FileVault& vault,
                  DocumentMaker& maker, ShownAudit& shown);

 private:
  absl::Status ListTemplates(rpc::Context& context, const v1::ListDocumentTemplatesRequest& request, v1::ListDocumentTemplatesResponse& response);
  absl::Status ListVersions(rpc::Context& context, const v1::ListDocumentTemplateVersionsRequest& request, v1::ListDocumentTemplateVersionsResponse& response);
  absl::Status PutTemplate(rpc::Context& context, const v1::PutDocumentTemplateRequest& request, v1::DocumentTemplate& response);
  absl::Status Preview(rpc::Context& context, const v1::PreviewDocumentRequest& request, v1::PreviewDocumentResponse& response);
  absl::Status Create(rpc::Context& context, const v1::CreateDocumentRequest& request, v1::Document& response);
  absl::Status List(rpc::Context& context, const v1::ListDocumentsRequest& request, v1::ListDocumentsResponse& response);
  absl::Status Read(rpc::Context& context, const files::v1::ReadFileRequest& request, rpc::PlainWriter<files::v1::FilePiece>& out);

  Request MakeRequest(const rpc::Context& context, std::string rpc, std::string request_id = {}) const;

  const base::Clock& clock_;
  Store& tickets_;
  DocumentStore& documents_;
  AttachmentStore& files_;
  const FileVault& vault_;
  DocumentMaker& maker_;
  ShownAudit& shown_;
};

}  // namespace hotline::ticket
