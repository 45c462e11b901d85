// Attachments in the database. AttachmentStore is thread-safe and blocks; the free functions run in the caller's transaction.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

#include "libs/postgres/pool.h"
#include "libs/postgres/transaction.h"
#include "services/ticket/cipher.h"
#include "services/ticket/domain/attachment.h"
#include "services/ticket/file_vault.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

// A reader is in the audit once in so long, however many ranges of a file a player asks for.
inline constexpr absl::Duration kReadAuditWindow = absl::Hours(1);
// Pending attachments that one round of the sweep takes, and when the next try is after a failed one.
inline constexpr int kScanBatch = 20;
inline constexpr absl::Duration kScanRetry = absl::Minutes(1);
inline constexpr absl::Duration kScanClaim = absl::Minutes(10);  // whoever took one and died has lost it after this

class AttachmentStore {
 public:
  AttachmentStore(postgres::Pool& pool, const Cipher& cipher) : pool_(pool), cipher_(cipher) {}

  // The key of a file that the ticket has or will have. TICKET_NOT_FOUND if its key is destroyed.
  absl::StatusOr<FileKey> KeyOf(const std::string& ticket_id, const std::string& file_id);
  // TOO_MANY_ATTACHMENTS if there is no room for one more.
  absl::Status CheckRoom(const std::string& ticket_id);
  // The attachment that an earlier upload with this request id made. REQUEST_ID_REUSED if it was another ticket's or person's.
  absl::StatusOr<std::optional<domain::Attachment>> FindUpload(const Request& request, const std::string& ticket_id);
  // Keeps it, once a request id: the one kept is answered. TOO_MANY_ATTACHMENTS.
  absl::StatusOr<domain::Attachment> Add(const Request& request, const domain::Attachment& attachment);
  // An upload in which a virus was found: nothing is kept but who tried and what was found.
  absl::Status AuditRefusal(const Request& request, const domain::Attachment& attachment, const std::string& signature);
  absl::StatusOr<domain::Attachment> Get(const std::string& attachment_id);
  absl::StatusOr<std::vector<domain::Attachment>> List(const std::string& ticket_id);
  // ATTACHMENT_USED if a reply was faster.
  absl::Status TakeBack(const Request& request, const domain::Attachment& attachment);
  absl::Status Release(const Request& request, const domain::Attachment& attachment, const std::string& reason);
  // Notes that somebody read a file: "read" for attachments, "read_document" for documents.
  absl::Status AuditRead(const Request& request, const std::string& file_id, const std::string& ticket_id, const std::string& action);

  // Pending ones whose turn it is; they are not given out again for kScanClaim.
  absl::StatusOr<std::vector<domain::Attachment>> ClaimPending(absl::Time now, int limit);
  absl::Status SetScan(const domain::Attachment& attachment, domain::Scan scan, const std::string& note, absl::Time now);
  absl::Status ScanLater(const std::string& attachment_id, absl::Time when);
  // Whether the database knows a file of this id whose bytes should be there.
  absl::StatusOr<bool> Knows(const std::string& file_id);

 private:
  postgres::Pool& pool_;
  const Cipher& cipher_;
};

// The attachments of these ids, locked until the transaction ends; for replies that name them as evidence (TKT-9).
// ATTACHMENT_NOT_FOUND for one that is not this ticket's or was taken back, ATTACHMENT_INFECTED, or INVALID_ARGUMENT naming
// attachment_ids for more than a ticket may have. Names stay sealed: file_name is empty.
absl::StatusOr<std::vector<domain::Attachment>> AttachmentsOf(postgres::Transaction& tx, const std::string& ticket_id,
                                                              const std::vector<std::string>& attachment_ids);
// From now on a reply refers to them, so they are not taken back. After AttachmentsOf, in the same transaction.
absl::Status MarkAttachmentsUsed(postgres::Transaction& tx, const std::string& ticket_id, const std::vector<std::string>& attachment_ids);

}  // namespace hotline::ticket
