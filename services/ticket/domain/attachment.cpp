#include "services/ticket/domain/attachment.h"

#include <algorithm>
#include <cctype>

#include "libs/base/error.h"
#include "libs/base/text.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/rights.h"

namespace hotline::ticket::domain {
namespace {

using Names = std::string_view[];
constexpr std::string_view kDocx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
constexpr std::string_view kXlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

constexpr Names kJpegNames = {"image/jpg", "image/pjpeg"}, kJpegExtensions = {"jpg", "jpeg"}, kJpeg = {"image/jpeg"};
constexpr Names kPngExtensions = {"png"}, kPng = {"image/png"};
constexpr Names kWebpExtensions = {"webp"}, kWebp = {"image/webp"};
constexpr Names kGifExtensions = {"gif"}, kGif = {"image/gif"};
constexpr Names kPdfExtensions = {"pdf"}, kPdf = {"application/pdf"};
// Office programs order the parts of a document differently, so the recogniser may only say that it is an archive; what is in
// it is looked at as well.
constexpr Names kDocxExtensions = {"docx"}, kDocxSniffed = {kDocx, "application/zip"};
constexpr Names kXlsxExtensions = {"xlsx"}, kXlsxSniffed = {kXlsx, "application/zip"};
constexpr Names kMp3Names = {"audio/mp3"}, kMp3Extensions = {"mp3"}, kMp3 = {"audio/mpeg"};
constexpr Names kWavNames = {"audio/x-wav", "audio/wave", "audio/vnd.wave"}, kWavExtensions = {"wav"}, kWav = {"audio/x-wav", "audio/wav"};
constexpr Names kM4aNames = {"audio/x-m4a", "audio/m4a"}, kM4aExtensions = {"m4a"}, kM4a = {"audio/x-m4a", "audio/mp4", "video/mp4"};
constexpr Names kMp4Names = {"video/x-m4v"}, kMp4Extensions = {"mp4"}, kMp4 = {"video/mp4", "video/x-m4v"};
constexpr Names kTextExtensions = {"txt"}, kText = {"text/plain"};

constexpr std::array<FileKind, 12> kKinds = {{
    {"image/jpeg", kJpegNames, kJpegExtensions, kJpeg},
    {"image/png", {}, kPngExtensions, kPng},
    {"image/webp", {}, kWebpExtensions, kWebp},
    {"image/gif", {}, kGifExtensions, kGif},
    {"application/pdf", {}, kPdfExtensions, kPdf},
    {kDocx, {}, kDocxExtensions, kDocxSniffed},
    {kXlsx, {}, kXlsxExtensions, kXlsxSniffed},
    {"audio/mpeg", kMp3Names, kMp3Extensions, kMp3},
    {"audio/wav", kWavNames, kWavExtensions, kWav},
    {"audio/mp4", kM4aNames, kM4aExtensions, kM4a},
    {"video/mp4", kMp4Names, kMp4Extensions, kMp4},
    {"text/plain", {}, kTextExtensions, kText},
}};

bool Contains(std::span<const std::string_view> names, std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); }

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

// What a browser that guesses would run, whatever the file calls itself.
bool LooksLikeMarkup(std::string_view head) {
  constexpr size_t kWhereBrowsersLook = 4096;
  const std::string start = Lower(head.substr(0, kWhereBrowsersLook));
  for (std::string_view mark : {"<html", "<!doctype", "<script", "<svg", "<iframe", "<?xml", "<body", "<object", "<embed"}) {
    if (start.find(mark) != std::string::npos) return true;
  }
  return false;
}

absl::Status Mismatch() {
  return base::InvalidField("content", "TYPE_MISMATCH", "the content is not what its name and type say");
}
absl::Status Forbidden(std::string_view why) { return base::InvalidField("content", "FORBIDDEN_CONTENT", why); }

// Office documents are archives; their list of parts stands at the end, their first parts at the beginning.
absl::Status CheckOffice(std::string_view main_part, std::string_view head, std::string_view tail) {
  const auto has = [&](std::string_view part) { return head.find(part) != std::string_view::npos || tail.find(part) != std::string_view::npos; };
  if (!head.starts_with("PK\x03\x04") || !has("[Content_Types].xml") || !has(main_part)) return Mismatch();
  if (has("vbaProject.bin")) return Forbidden("documents with macros are not taken");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<const FileKind*> ClaimedKind(std::string_view media_type, std::string_view file_name) {
  const std::string type = Lower(base::Trim(media_type.substr(0, media_type.find(';'))));
  const auto kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const FileKind& one) { return one.media_type == type || Contains(one.claimed, type); });
  if (kind == kKinds.end()) return base::InvalidField("info.media_type", "UNSUPPORTED_TYPE", "files of this type are not taken");
  const size_t dot = file_name.rfind('.');
  const std::string extension = dot == std::string_view::npos ? "" : Lower(file_name.substr(dot + 1));
  if (!Contains(kind->extensions, extension)) return base::InvalidField("info.file_name", "BAD_EXTENSION", "the extension must fit the type");
  return &*kind;
}

absl::Status CheckContent(const FileKind& kind, std::string_view sniffed, std::string_view head, std::string_view tail) {
  if (!Contains(kind.sniffed, sniffed)) return Mismatch();
  if (kind.media_type == kDocx) return CheckOffice("word/document.xml", head, tail);
  if (kind.media_type == kXlsx) return CheckOffice("xl/workbook.xml", head, tail);
  if (kind.media_type == "text/plain" && LooksLikeMarkup(head)) return Forbidden("markup is not taken as text");
  return absl::OkStatus();
}

std::string PlainFileName(std::string_view name) {
  const size_t slash = name.find_last_of("/\\");
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::string plain;
  for (const char c : base::Trim(name)) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if (!control && std::string_view("<>:\"|?*").find(c) == std::string_view::npos) plain += c;
  }
  return plain.find_first_not_of('.') == std::string::npos ? "" : plain;
}

bool MaySeeAttachment(const Actor& actor, const Ticket& ticket, const Attachment& attachment) {
  if (!MaySee(actor, ticket)) return false;
  if (IsCityWide(actor) || !attachment.from_caller || attachment.released) return true;
  return !IsProtected(ticket);
}

absl::Status MayAttach(const Actor& actor, const Ticket& ticket, bool from_caller) {
  if (!MaySee(actor, ticket)) return WrongUnit(ticket.id);
  if (ticket.state == State::kArchived) return WrongState(ticket.state, "upload_attachment");
  if (from_caller && !IsCityWide(actor)) return base::InvalidField("info.from_caller", "CENTRE_ONLY", "only the centre takes files from callers");
  return absl::OkStatus();
}

absl::Status MayTakeBack(const Actor& actor, const Attachment& attachment) {
  if (actor.id.empty() || attachment.uploaded_by != actor.id) {
    return base::PermissionDenied("NOT_UPLOADER", "only who uploaded an attachment takes it back");
  }
  return attachment.used ? AttachmentUsed() : absl::OkStatus();
}

absl::Status CheckScan(Scan scan) {
  if (scan == Scan::kInfected) return AttachmentInfected();
  if (scan == Scan::kPending) return base::FailedPrecondition("SCAN_PENDING", "the attachment has not been searched for viruses yet");
  return absl::OkStatus();
}

absl::Status AttachmentNotFound(std::string_view attachment_id) { return base::NotFound("attachment", attachment_id); }
absl::Status AttachmentInfected() { return base::FailedPrecondition("ATTACHMENT_INFECTED", "a virus was found in the attachment"); }
absl::Status AttachmentUsed() { return base::FailedPrecondition("ATTACHMENT_USED", "a reply refers to the attachment"); }
absl::Status FileTooLarge() { return base::ResourceExhausted("FILE_TOO_LARGE", "an attachment has 20 MiB at most"); }
absl::Status TooManyAttachments() { return base::ResourceExhausted("TOO_MANY_ATTACHMENTS", "a ticket has 50 attachments at most"); }
absl::Status FileUnreadable(std::string_view file_id) {
  return base::Error(absl::StatusCode::kInternal, "FILE_UNREADABLE", "the file cannot be read", {}, {{"file_id", std::string(file_id)}});
}
absl::Status FileNotStored(std::string_view why) { return base::Unavailable("FILE_NOT_STORED", why); }

}  // namespace hotline::ticket::domain
