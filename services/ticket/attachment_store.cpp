#include "services/ticket/attachment_store.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "services/ticket/domain/errors.h"

namespace hotline::ticket {
namespace {

using domain::Attachment;
using postgres::Bytes;
using postgres::Row;
using postgres::Transaction;

constexpr char kColumns[] = "a.attachment_id, a.ticket_id, a.name_sealed, a.media_type, a.size, a.sha256, a.stored_as, a.from_caller, a.released,"
                            " a.scan, a.used, a.uploaded_by, a.uploader_unit_id, a.create_time, k.wrapped";
constexpr char kTables[] = " FROM attachments a JOIN ticket_keys k USING (ticket_id) ";
constexpr char kService[] = "service:ticket";

std::string NamePurpose(const std::string& attachment_id) { return absl::StrCat("name:", attachment_id); }
std::string FilePurpose(const std::string& file_id) { return absl::StrCat("file:", file_id); }

Attachment Plain(const Row& row) {
  Attachment a;
  a.id = row.Get<std::string>("attachment_id");
  a.ticket_id = row.Get<std::string>("ticket_id");
  a.media_type = row.Get<std::string>("media_type");
  a.size = row.Get<int64_t>("size");
  a.sha256 = row.Get<std::string>("sha256");
  a.stored_as = row.Get<std::string>("stored_as");
  a.from_caller = row.Get<bool>("from_caller");
  a.released = row.Get<bool>("released");
  a.scan = static_cast<domain::Scan>(row.Get<int32_t>("scan"));
  a.used = row.Get<bool>("used");
  a.uploaded_by = row.Get<std::string>("uploaded_by");
  a.uploader_unit_id = row.Get<std::string>("uploader_unit_id");
  a.create_time = row.Get<absl::Time>("create_time");
  return a;
}

absl::StatusOr<Attachment> FromRow(const Row& row, const Cipher& cipher) {
  Attachment a = Plain(row);
  HOTLINE_ASSIGN_OR_RETURN(a.file_name,
                           cipher.OpenText(a.ticket_id, row.Get<Bytes>("wrapped").value, NamePurpose(a.id), row.Get<Bytes>("name_sealed").value));
  return a;
}

absl::StatusOr<std::string> WrappedKey(Transaction& tx, const std::string& ticket_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT wrapped FROM ticket_keys WHERE ticket_id = $1", {ticket_id}));
  if (rows.empty()) return domain::TicketNotFound(ticket_id);
  return rows[0].Get<Bytes>("wrapped").value;
}

absl::Status Audit(Transaction& tx, const std::string& file_id, const std::string& ticket_id, const std::string& actor_id,
                   const std::string& actor_unit_id, const std::string& action, const std::string& note, absl::Time now) {
  return tx.Execute("INSERT INTO file_audit (audit_id, file_id, ticket_id, actor_id, actor_unit_id, action, note, time)"
                    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    {base::NewId(), file_id, ticket_id, actor_id, actor_unit_id, action, note, now}).status();
}

absl::StatusOr<std::optional<Attachment>> ByRequest(Transaction& tx, const Cipher& cipher, const Request& request, const std::string& ticket_id) {
  if (request.request_id.empty()) return std::nullopt;
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query(absl::StrCat("SELECT ", kColumns, kTables, "WHERE a.request_id = $1"), {request.request_id}));
  if (rows.empty()) return std::nullopt;
  HOTLINE_ASSIGN_OR_RETURN(Attachment found, FromRow(rows[0], cipher));
  if (found.ticket_id != ticket_id || found.uploaded_by != request.actor.id) return domain::RequestIdReused();
  return found;
}

absl::Status Room(Transaction& tx, const std::string& ticket_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT count(*) AS count FROM attachments WHERE ticket_id = $1 AND delete_time IS NULL", {ticket_id}));
  return rows[0].Get<int64_t>("count") < domain::kMaxAttachments ? absl::OkStatus() : domain::TooManyAttachments();
}

}  // namespace

absl::StatusOr<FileKey> AttachmentStore::KeyOf(const std::string& ticket_id, const std::string& file_id) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<FileKey> {
    HOTLINE_ASSIGN_OR_RETURN(const std::string wrapped, WrappedKey(tx, ticket_id));
    return cipher_.DerivedKey(ticket_id, wrapped, FilePurpose(file_id));
  }, {.read_only = true});
}

absl::Status AttachmentStore::CheckRoom(const std::string& ticket_id) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) { return Room(tx, ticket_id); }, {.read_only = true});
}

absl::StatusOr<std::optional<Attachment>> AttachmentStore::FindUpload(const Request& request, const std::string& ticket_id) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) { return ByRequest(tx, cipher_, request, ticket_id); }, {.read_only = true});
}

absl::StatusOr<Attachment> AttachmentStore::Add(const Request& request, const Attachment& attachment) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<Attachment> {
    // The ticket's row keeps two uploads from both taking its last place.
    HOTLINE_RETURN_IF_ERROR(tx.Query("SELECT 1 AS one FROM tickets WHERE ticket_id = $1 FOR UPDATE", {attachment.ticket_id}).status());
    HOTLINE_ASSIGN_OR_RETURN(const auto earlier, ByRequest(tx, cipher_, request, attachment.ticket_id));
    if (earlier) return *earlier;
    HOTLINE_RETURN_IF_ERROR(Room(tx, attachment.ticket_id));
    HOTLINE_ASSIGN_OR_RETURN(const std::string wrapped, WrappedKey(tx, attachment.ticket_id));
    HOTLINE_ASSIGN_OR_RETURN(const std::string name, cipher_.SealText(attachment.ticket_id, wrapped, NamePurpose(attachment.id), attachment.file_name));
    const std::optional<std::string> request_id = request.request_id.empty() ? std::nullopt : std::optional(request.request_id);
    const absl::Status added =
        tx.Execute("INSERT INTO attachments (attachment_id, ticket_id, request_id, name_sealed, media_type, size, sha256, stored_as, from_caller, scan,"
                   " scan_after, uploaded_by, uploader_unit_id, create_time) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
                   {attachment.id, attachment.ticket_id, request_id, Bytes{name}, attachment.media_type, attachment.size, attachment.sha256,
                    attachment.stored_as, attachment.from_caller, static_cast<int64_t>(attachment.scan), request.now + kScanRetry,
                    attachment.uploaded_by, attachment.uploader_unit_id, attachment.create_time}).status();
    // The same request id on another ticket, at the same time.
    if (postgres::IsUniqueViolation(added, "attachments_request_id_key")) return domain::RequestIdReused();
    HOTLINE_RETURN_IF_ERROR(added);
    HOTLINE_RETURN_IF_ERROR(Audit(tx, attachment.id, attachment.ticket_id, request.actor.id, request.actor.unit_id, "uploaded", "", request.now));
    return attachment;
  }, {.idempotent = !request.request_id.empty()});
}

absl::Status AttachmentStore::AuditRefusal(const Request& request, const Attachment& attachment, const std::string& signature) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) {
    return Audit(tx, attachment.id, attachment.ticket_id, request.actor.id, request.actor.unit_id, "infected", signature, request.now);
  });
}

absl::StatusOr<Attachment> AttachmentStore::Get(const std::string& attachment_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat("SELECT ", kColumns, kTables, "WHERE a.attachment_id = $1 AND a.delete_time IS NULL"),
                                                       {attachment_id}));
  if (rows.empty()) return domain::AttachmentNotFound(attachment_id);
  return FromRow(rows[0], cipher_);
}

absl::StatusOr<std::vector<Attachment>> AttachmentStore::List(const std::string& ticket_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat("SELECT ", kColumns, kTables,
                                                                    "WHERE a.ticket_id = $1 AND a.delete_time IS NULL ORDER BY a.attachment_id LIMIT $2"),
                                                       {ticket_id, domain::kMaxAttachments}));
  std::vector<Attachment> attachments;
  for (const Row row : rows) {
    HOTLINE_ASSIGN_OR_RETURN(Attachment attachment, FromRow(row, cipher_));
    attachments.push_back(std::move(attachment));
  }
  return attachments;
}

absl::Status AttachmentStore::TakeBack(const Request& request, const Attachment& attachment) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    HOTLINE_ASSIGN_OR_RETURN(const int64_t changed, tx.Execute("UPDATE attachments SET delete_time = $2 WHERE attachment_id = $1 AND delete_time IS NULL"
                                                               " AND NOT used", {attachment.id, request.now}));
    if (changed == 0) {
      HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT used FROM attachments WHERE attachment_id = $1", {attachment.id}));
      return !rows.empty() && rows[0].Get<bool>("used") ? domain::AttachmentUsed() : absl::OkStatus();
    }
    return Audit(tx, attachment.id, attachment.ticket_id, request.actor.id, request.actor.unit_id, "taken_back", attachment.sha256, request.now);
  }, {.idempotent = true});
}

absl::Status AttachmentStore::Release(const Request& request, const Attachment& attachment, const std::string& reason) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    HOTLINE_ASSIGN_OR_RETURN(const int64_t changed, tx.Execute("UPDATE attachments SET released = true WHERE attachment_id = $1 AND NOT released"
                                                               " AND delete_time IS NULL", {attachment.id}));
    if (changed == 0) return absl::OkStatus();
    return Audit(tx, attachment.id, attachment.ticket_id, request.actor.id, request.actor.unit_id, "released", reason, request.now);
  }, {.idempotent = true});
}

absl::Status AttachmentStore::AuditRead(const Request& request, const std::string& file_id, const std::string& ticket_id, const std::string& action) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT 1 AS one FROM file_audit WHERE file_id = $1 AND actor_id = $2 AND time > $3 AND action = $4 LIMIT 1",
                                                       {file_id, request.actor.id, request.now - kReadAuditWindow, action}));
    if (!rows.empty()) return absl::OkStatus();
    return Audit(tx, file_id, ticket_id, request.actor.id, request.actor.unit_id, action, "", request.now);
  }, {.idempotent = true});
}

absl::StatusOr<std::vector<Attachment>> AttachmentStore::ClaimPending(absl::Time now, int limit) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<std::vector<Attachment>> {
    HOTLINE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Query("UPDATE attachments SET scan_after = $2 WHERE attachment_id IN (SELECT attachment_id FROM attachments WHERE scan = 1 AND delete_time IS NULL"
                 " AND scan_after <= $1 ORDER BY scan_after LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING attachment_id, ticket_id, media_type, size, sha256,"
                 " stored_as, from_caller, released, scan, used, uploaded_by, uploader_unit_id, create_time",
                 {now, now + kScanClaim, limit}));
    std::vector<Attachment> claimed;
    for (const Row row : rows) claimed.push_back(Plain(row));
    return claimed;
  }, {.idempotent = true});
}

absl::Status AttachmentStore::SetScan(const Attachment& attachment, domain::Scan scan, const std::string& note, absl::Time now) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    HOTLINE_ASSIGN_OR_RETURN(const int64_t changed, tx.Execute("UPDATE attachments SET scan = $2 WHERE attachment_id = $1 AND scan = 1",
                                                               {attachment.id, static_cast<int64_t>(scan)}));
    if (changed == 0 || scan != domain::Scan::kInfected) return absl::OkStatus();
    return Audit(tx, attachment.id, attachment.ticket_id, kService, "", "infected", note, now);
  }, {.idempotent = true});
}

absl::Status AttachmentStore::ScanLater(const std::string& attachment_id, absl::Time when) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) {
    return tx.Execute("UPDATE attachments SET scan_after = $2 WHERE attachment_id = $1 AND scan = 1", {attachment_id, when}).status();
  }, {.idempotent = true});
}

absl::StatusOr<bool> AttachmentStore::Knows(const std::string& file_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT 1 AS one FROM attachments WHERE attachment_id = $1 AND delete_time IS NULL"
                                                       " UNION ALL SELECT 1 FROM documents WHERE document_id = $1", {file_id}));
  return !rows.empty();
}

absl::StatusOr<std::vector<Attachment>> AttachmentsOf(Transaction& tx, const std::string& ticket_id, const std::vector<std::string>& attachment_ids) {
  std::vector<Attachment> found;
  if (attachment_ids.empty()) return found;
  if (attachment_ids.size() > static_cast<size_t>(domain::kMaxAttachments)) {
    return base::InvalidField("attachment_ids", "TOO_MANY", "a ticket has 50 attachments at most");
  }
  for (const std::string& id : attachment_ids) {
    if (!base::IsValidId(id)) return domain::AttachmentNotFound(id);
  }
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT attachment_id, ticket_id, media_type, size, sha256, stored_as, from_caller, released, scan, used,"
                                                     " uploaded_by, uploader_unit_id, create_time FROM attachments WHERE ticket_id = $1"
                                                     " AND attachment_id::text = any($2) AND delete_time IS NULL ORDER BY attachment_id FOR UPDATE",
                                                     {ticket_id, attachment_ids}));
  for (const Row row : rows) found.push_back(Plain(row));
  for (const std::string& id : attachment_ids) {
    const auto one = std::find_if(found.begin(), found.end(), [&](const Attachment& a) { return a.id == id; });
    if (one == found.end()) return domain::AttachmentNotFound(id);
    if (one->scan == domain::Scan::kInfected) return domain::AttachmentInfected();
  }
  return found;
}

absl::Status MarkAttachmentsUsed(Transaction& tx, const std::string& ticket_id, const std::vector<std::string>& attachment_ids) {
  if (attachment_ids.empty()) return absl::OkStatus();
  return tx.Execute("UPDATE attachments SET used = true WHERE ticket_id = $1 AND attachment_id::text = any($2) AND NOT used",
                    {ticket_id, attachment_ids}).status();
}

}  // namespace hotline::ticket
