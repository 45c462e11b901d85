#include "services/ticket/attachment_service.h"

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/log.h"
#include "libs/base/text.h"
#include "services/ticket/convert.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/rights.h"
#include "services/ticket/service.h"

namespace hotline::ticket {
namespace {

static_assert(static_cast<int>(domain::Scan::kPending) == v1::SCAN_STATE_PENDING && static_cast<int>(domain::Scan::kSkipped) == v1::SCAN_STATE_SKIPPED);

v1::Attachment AttachmentProto(const domain::Attachment& in) {
  v1::Attachment out;
  out.set_attachment_id(in.id);
  out.set_ticket_id(in.ticket_id);
  out.set_file_name(in.file_name);
  out.set_media_type(in.media_type);
  out.set_size(in.size);
  out.set_sha256(in.sha256);
  out.set_from_caller(in.from_caller);
  out.set_released(in.released);
  out.set_scan(static_cast<v1::ScanState>(in.scan));
  out.set_used(in.used);
  out.set_uploaded_by(in.uploaded_by);
  out.set_uploader_unit_id(in.uploader_unit_id);
  *out.mutable_create_time() = ToProto(in.create_time);
  return out;
}

// What content is judged by: the first and the last bytes, while the rest goes by.
class Ends {
 public:
  void Add(std::string_view bytes) {
    if (head_.size() < domain::kSniffBytes) head_.append(bytes.substr(0, domain::kSniffBytes - head_.size()));
    tail_.append(bytes.substr(bytes.size() - std::min(bytes.size(), domain::kSniffBytes)));
    if (tail_.size() > 2 * domain::kSniffBytes) tail_.erase(0, tail_.size() - domain::kSniffBytes);
  }
  const std::string& head() const { return head_; }
  std::string_view tail() const { return std::string_view(tail_).substr(tail_.size() - std::min(tail_.size(), domain::kSniffBytes)); }

 private:
  std::string head_, tail_;
};

}  // namespace

absl::StatusOr<domain::Ticket> VisibleTicket(Store& tickets, const domain::Actor& actor, const std::string& reference) {
  HOTLINE_ASSIGN_OR_RETURN(const std::string id, tickets.Resolve(reference));
  HOTLINE_ASSIGN_OR_RETURN(domain::Ticket ticket, tickets.Get(id));
  if (!domain::MaySee(actor, ticket)) return domain::WrongUnit(ticket.id);
  return ticket;
}

absl::Status SendFile(const FileVault& vault, const FileKey& key, const FileFacts& facts, const files::v1::ReadFileRequest& request,
                      rpc::PlainWriter<files::v1::FilePiece>& out) {
  if (request.offset() < 0) return base::InvalidField("offset", "OUT_OF_RANGE", "must not be negative");
  if (request.length() < 0) return base::InvalidField("length", "OUT_OF_RANGE", "must not be negative");
  files::v1::FilePiece piece;
  piece.set_total_size(facts.size);
  piece.set_media_type(facts.media_type);
  piece.set_file_name(facts.file_name);
  piece.set_sha256(facts.sha256);
  bool first = true;
  const int64_t length = request.length() == 0 ? -1 : request.length();
  HOTLINE_RETURN_IF_ERROR(vault.Read(facts.stored_as, facts.file_id, key, std::min(request.offset(), facts.size), length, [&](std::string_view bytes) {
    piece.set_data(std::string(bytes));
    first = false;
    return out.Write(std::exchange(piece, {}));
  }));
  if (first) out.Write(std::move(piece));
  return absl::OkStatus();
}

AttachmentService::AttachmentService(rpc::Node& node, rpc::Pool& pool, Store& tickets, AttachmentStore& store, const FileVault& vault,
                                     AttachmentKeeper& keeper, MediaTypes& types)
    : PlainService(node, pool, v1::AttachmentService::service_full_name()),
      clock_(node.clock()), tickets_(tickets), store_(store), vault_(vault), keeper_(keeper), types_(types) {
  Handle("UploadAttachment", &AttachmentService::Upload);
  Handle("ListAttachments", &AttachmentService::List);
  Handle("DeleteAttachment", &AttachmentService::Delete);
  Handle("ReleaseAttachment", &AttachmentService::Release);
  Handle("ReadAttachment", &AttachmentService::Read);
}

Request AttachmentService::MakeRequest(const rpc::Context& context, std::string rpc, std::string request_id) const {
  return {ToActor(context.principal()), clock_.Now(), context.Traceparent(), std::move(rpc), std::move(request_id)};
}

absl::Status AttachmentService::Upload(rpc::Context& context, rpc::PlainReader<v1::UploadAttachmentRequest>& in, v1::Attachment& response) {
  v1::UploadAttachmentRequest message;
  if (!in.Read(message) || !message.has_info()) return base::InvalidField("info", "REQUIRED", "must come first");
  const v1::UploadInfo info = message.info();
  const Request by = MakeRequest(context, "UploadAttachment", info.request_id());
  HOTLINE_RETURN_IF_ERROR(CheckRequestId(info.request_id(), false));
  domain::Attachment attachment;
  attachment.file_name = domain::PlainFileName(info.file_name());
  HOTLINE_RETURN_IF_ERROR(base::CheckText("info.file_name", attachment.file_name, 1, domain::kMaxFileName));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("info.media_type", info.media_type(), 1, domain::kMaxMediaType));
  HOTLINE_ASSIGN_OR_RETURN(const domain::FileKind* kind, domain::ClaimedKind(info.media_type(), attachment.file_name));
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, VisibleTicket(tickets_, by.actor, info.ticket_id()));
  HOTLINE_RETURN_IF_ERROR(domain::MayAttach(by.actor, ticket, info.from_caller()));
  HOTLINE_ASSIGN_OR_RETURN(const auto earlier, store_.FindUpload(by, ticket.id));
  if (earlier) {
    response = AttachmentProto(*earlier);
    return domain::Scan::kInfected == earlier->scan ? domain::AttachmentInfected() : absl::OkStatus();
  }
  HOTLINE_RETURN_IF_ERROR(store_.CheckRoom(ticket.id));  // before the bytes; Add asks again
  attachment.id = base::NewId(clock_);
  attachment.ticket_id = ticket.id;
  attachment.media_type = std::string(kind->media_type);
  attachment.from_caller = info.from_caller();
  attachment.uploaded_by = by.actor.id;
  attachment.uploader_unit_id = by.actor.unit_id;
  attachment.create_time = by.now;
  HOTLINE_RETURN_IF_ERROR(Receive(in, *kind, attachment));
  std::string signature;
  attachment.scan = keeper_.Scan(attachment, signature);
  if (attachment.scan == domain::Scan::kInfected) return Refuse(by, attachment, signature);
  const absl::StatusOr<domain::Attachment> kept = store_.Add(by, attachment);
  // Without its row the file is nobody's. A commit that nobody knows of may have made one: then the sweep decides.
  if ((!kept.ok() && !postgres::IsCommitUnknown(kept.status())) || (kept.ok() && kept->id != attachment.id)) vault_.Remove(attachment.stored_as).IgnoreError();
  HOTLINE_RETURN_IF_ERROR(kept.status());
  base::log::Info("attachment kept", {{"trace", context.trace_id()}, {"attachment", kept->id}, {"ticket", ticket.id}, {"bytes", kept->size}});
  response = AttachmentProto(*kept);
  return absl::OkStatus();
}

absl::Status AttachmentService::Refuse(const Request& by, const domain::Attachment& attachment, const std::string& signature) {
  vault_.Remove(attachment.stored_as).IgnoreError();  // What cannot be removed now, the sweep finds without a row.
  HOTLINE_RETURN_IF_ERROR(store_.AuditRefusal(by, attachment, signature));
  return domain::AttachmentInfected();
}

absl::Status AttachmentService::Receive(rpc::PlainReader<v1::UploadAttachmentRequest>& in, const domain::FileKind& kind, domain::Attachment& attachment) {
  HOTLINE_ASSIGN_OR_RETURN(const FileKey key, store_.KeyOf(attachment.ticket_id, attachment.id));
  HOTLINE_ASSIGN_OR_RETURN(FileVault::Writer writer, vault_.Create(attachment.id, key, attachment.create_time));
  Ends ends;
  int64_t size = 0;
  v1::UploadAttachmentRequest message;
  bool complete = false;
  while (!complete && in.Read(message)) {
    complete = message.part_case() == v1::UploadAttachmentRequest::kTotalSize && message.total_size() == size;
    if (complete) break;
    if (message.part_case() != v1::UploadAttachmentRequest::kData) return base::InvalidField("info", "REPEATED", "comes once");
    const std::string& data = message.data();
    if (data.size() > kMaxUploadMessage) return base::InvalidField("data", "TOO_LONG", "1 MiB at most in a message");
    size += static_cast<int64_t>(data.size());
    if (size > domain::kMaxAttachmentBytes) return domain::FileTooLarge();
    ends.Add(data);
    HOTLINE_RETURN_IF_ERROR(writer.Append(data));
  }
  // A stream ends the same way when the client is done and when it is gone.
  if (!complete) return base::Aborted("UPLOAD_INCOMPLETE", "the upload broke off");
  if (size == 0) return base::InvalidField("content", "EMPTY", "a file has at least one byte");
  HOTLINE_RETURN_IF_ERROR(domain::CheckContent(kind, types_.Recognise(ends.head()), ends.head(), ends.tail()));
  HOTLINE_ASSIGN_OR_RETURN(const FileVault::Stored stored, writer.Complete());
  attachment.size = stored.size;
  attachment.sha256 = stored.sha256;
  attachment.stored_as = stored.path;
  return absl::OkStatus();
}

absl::Status AttachmentService::List(rpc::Context& context, const v1::ListAttachmentsRequest& request, v1::ListAttachmentsResponse& response) {
  const domain::Actor actor = ToActor(context.principal());
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, VisibleTicket(tickets_, actor, request.ticket_id()));
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<domain::Attachment> attachments, store_.List(ticket.id));
  for (const domain::Attachment& attachment : attachments) {
    if (domain::MaySeeAttachment(actor, ticket, attachment)) *response.add_attachments() = AttachmentProto(attachment);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::pair<domain::Attachment, domain::Ticket>> AttachmentService::Visible(const domain::Actor& actor, const std::string& attachment_id) {
  if (!base::IsValidId(attachment_id)) return domain::AttachmentNotFound(attachment_id);
  HOTLINE_ASSIGN_OR_RETURN(domain::Attachment attachment, store_.Get(attachment_id));
  HOTLINE_ASSIGN_OR_RETURN(domain::Ticket ticket, tickets_.Get(attachment.ticket_id));
  if (!domain::MaySee(actor, ticket)) return domain::WrongUnit(ticket.id);
  // That there is one says something too.
  if (!domain::MaySeeAttachment(actor, ticket, attachment)) return domain::AttachmentNotFound(attachment_id);
  return std::pair(std::move(attachment), std::move(ticket));
}

absl::Status AttachmentService::Delete(rpc::Context& context, const v1::DeleteAttachmentRequest& request, v1::DeleteAttachmentResponse&) {
  const Request by = MakeRequest(context, "DeleteAttachment");
  HOTLINE_ASSIGN_OR_RETURN(const auto found, Visible(by.actor, request.attachment_id()));
  HOTLINE_RETURN_IF_ERROR(domain::MayTakeBack(by.actor, found.first));
  HOTLINE_RETURN_IF_ERROR(store_.TakeBack(by, found.first));
  // What cannot be removed now, the sweep finds without a row.
  vault_.Remove(found.first.stored_as).IgnoreError();
  return absl::OkStatus();
}

absl::Status AttachmentService::Release(rpc::Context& context, const v1::ReleaseAttachmentRequest& request, v1::Attachment& response) {
  const Request by = MakeRequest(context, "ReleaseAttachment");
  HOTLINE_RETURN_IF_ERROR(base::CheckText("reason", request.reason(), domain::kMinRevealReason, domain::kMaxRevealReason));
  HOTLINE_ASSIGN_OR_RETURN(const auto found, Visible(by.actor, request.attachment_id()));
  HOTLINE_RETURN_IF_ERROR(store_.Release(by, found.first, request.reason()));
  HOTLINE_ASSIGN_OR_RETURN(const domain::Attachment released, store_.Get(found.first.id));
  response = AttachmentProto(released);
  return absl::OkStatus();
}

absl::Status AttachmentService::Read(rpc::Context& context, const files::v1::ReadFileRequest& request, rpc::PlainWriter<files::v1::FilePiece>& out) {
  const Request by = MakeRequest(context, "ReadAttachment");
  HOTLINE_ASSIGN_OR_RETURN(const auto found, Visible(by.actor, request.file_id()));
  const domain::Attachment& a = found.first;
  HOTLINE_RETURN_IF_ERROR(domain::CheckScan(a.scan));
  HOTLINE_ASSIGN_OR_RETURN(const FileKey key, store_.KeyOf(a.ticket_id, a.id));
  HOTLINE_RETURN_IF_ERROR(store_.AuditRead(by, a.id, a.ticket_id, "read"));
  return SendFile(vault_, key, {a.id, a.stored_as, a.media_type, a.file_name, a.sha256, a.size}, request, out);
}

}  // namespace hotline::ticket
