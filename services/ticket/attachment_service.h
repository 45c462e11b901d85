// The RPCs of attachments. Handlers run on a pool of their own, since uploads and downloads keep their threads; all state is in
// the stores and the vault. What is referred to outlives the service.
#pragma once

#include "hotline/ticket/v1/attachment_service.grpc.pb.h"
#include "libs/rpc/plain_service.h"
#include "services/ticket/attachment_keeper.h"
#include "services/ticket/attachment_store.h"
#include "services/ticket/file_vault.h"
#include "services/ticket/media_type.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

// Uploads and downloads at the same time, and those that may wait.
inline constexpr size_t kFileThreads = 8;
inline constexpr size_t kFileQueue = 64;
inline constexpr size_t kMaxUploadMessage = 1 << 20;

class AttachmentService final : public rpc::PlainService {
 public:
  AttachmentService(rpc::Node& node, rpc::Pool& pool, Store& tickets, AttachmentStore& store, const FileVault& vault, AttachmentKeeper& keeper,
                    MediaTypes& types);

 private:
  absl::Status Upload(rpc::Context& context, rpc::PlainReader<v1::UploadAttachmentRequest>& in, v1::Attachment& response);
  absl::Status List(rpc::Context& context, const v1::ListAttachmentsRequest& request, v1::ListAttachmentsResponse& response);
  absl::Status Delete(rpc::Context& context, const v1::DeleteAttachmentRequest& request, v1::DeleteAttachmentResponse& response);
  absl::Status Release(rpc::Context& context, const v1::ReleaseAttachmentRequest& request, v1::Attachment& response);
  absl::Status Read(rpc::Context& context, const files::v1::ReadFileRequest& request, rpc::PlainWriter<files::v1::FilePiece>& out);

  Request MakeRequest(const rpc::Context& context, std::string rpc, std::string request_id = {}) const;
  // A virus was found: the bytes go, what was tried stays in the audit.
  absl::Status Refuse(const Request& by, const domain::Attachment& attachment, const std::string& signature);
  // The bytes, checked and on disk; size, sum and place are filled in.
  absl::Status Receive(rpc::PlainReader<v1::UploadAttachmentRequest>& in, const domain::FileKind& kind, domain::Attachment& attachment);
  // The attachment and its ticket, if the actor may see both.
  absl::StatusOr<std::pair<domain::Attachment, domain::Ticket>> Visible(const domain::Actor& actor, const std::string& attachment_id);

  const base::Clock& clock_;
  Store& tickets_;
  AttachmentStore& store_;
  const FileVault& vault_;
  AttachmentKeeper& keeper_;
  MediaTypes& types_;
};

// The ticket by any of its numbers, if the actor may see it. TICKET_NOT_FOUND, WRONG_UNIT.
absl::StatusOr<domain::Ticket> VisibleTicket(Store& tickets, const domain::Actor& actor, const std::string& reference);

// What the first piece tells of a file.
struct FileFacts {
  std::string file_id;
  std::string stored_as;
  std::string media_type;
  std::string file_name;
  std::string sha256;
  int64_t size = 0;
};
// Sends the range that is asked for. INVALID_ARGUMENT naming offset or length.
absl::Status SendFile(const FileVault& vault, const FileKey& key, const FileFacts& facts, const files::v1::ReadFileRequest& request,
                      rpc::PlainWriter<files::v1::FilePiece>& out);

}  // namespace hotline::ticket
