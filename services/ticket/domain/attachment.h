// What an attachment is, which files are taken, and who may see and take back which (TKT-2, TKT-9, TKT-28). Pure.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/ticket/domain/ticket.h"

namespace hotline::ticket::domain {

inline constexpr int64_t kMaxAttachmentBytes = 20 << 20;
inline constexpr int kMaxAttachments = 50;        // of a ticket, those taken back not counted
inline constexpr size_t kMaxFileName = 200;       // characters
inline constexpr size_t kMaxMediaType = 120;      // characters, as claimed
inline constexpr size_t kSniffBytes = 256 << 10;  // of the beginning and of the end: what content is judged by

enum class Scan { kPending = 1, kClean = 2, kInfected = 3, kSkipped = 4 };

struct Attachment {
  std::string id;
  std::string ticket_id;
  std::string file_name;
  std::string media_type;
  int64_t size = 0;
  std::string sha256;
  std::string stored_as;  // below the directory of files
  bool from_caller = false;
  bool released = false;
  Scan scan = Scan::kPending;
  bool used = false;  // by a reply
  std::string uploaded_by;
  std::string uploader_unit_id;
  absl::Time create_time = absl::UnixEpoch();
};

// A kind of file that is taken.
struct FileKind {
  std::string_view media_type;                     // as kept and served
  std::span<const std::string_view> claimed;       // other names of the same type
  std::span<const std::string_view> extensions;    // lower case, without the dot
  std::span<const std::string_view> sniffed;       // what the content is recognised as
};
// The kind that type and name claim. INVALID_ARGUMENT naming info.media_type or info.file_name.
absl::StatusOr<const FileKind*> ClaimedKind(std::string_view media_type, std::string_view file_name);
// Whether the content is what was claimed: `sniffed` is what its beginning was recognised as, `head` and `tail` its first and
// last kSniffBytes. INVALID_ARGUMENT naming content: TYPE_MISMATCH or FORBIDDEN_CONTENT.
absl::Status CheckContent(const FileKind& kind, std::string_view sniffed, std::string_view head, std::string_view tail);
// The last part of a path, without what systems do not take in names; empty if nothing is left.
std::string PlainFileName(std::string_view name);

// The reader may see the ticket; whether also this file of it.
bool MaySeeAttachment(const Actor& actor, const Ticket& ticket, const Attachment& attachment);
// WRONG_UNIT, WRONG_STATE, or INVALID_ARGUMENT naming info.from_caller.
absl::Status MayAttach(const Actor& actor, const Ticket& ticket, bool from_caller);
// NOT_UPLOADER, ATTACHMENT_USED.
absl::Status MayTakeBack(const Actor& actor, const Attachment& attachment);
// Whether its bytes may be handed out: SCAN_PENDING, ATTACHMENT_INFECTED.
absl::Status CheckScan(Scan scan);

absl::Status AttachmentNotFound(std::string_view attachment_id);  // NOT_FOUND ATTACHMENT_NOT_FOUND
absl::Status AttachmentInfected();                                // FAILED_PRECONDITION ATTACHMENT_INFECTED
absl::Status AttachmentUsed();                                    // FAILED_PRECONDITION ATTACHMENT_USED
absl::Status FileTooLarge();                                      // RESOURCE_EXHAUSTED FILE_TOO_LARGE
absl::Status TooManyAttachments();                                // RESOURCE_EXHAUSTED TOO_MANY_ATTACHMENTS
absl::Status FileUnreadable(std::string_view file_id);            // INTERNAL FILE_UNREADABLE: gone or tampered with
absl::Status FileNotStored(std::string_view why);                 // UNAVAILABLE FILE_NOT_STORED: disk full or broken

}  // namespace hotline::ticket::domain
