#include "services/ticket/history_heads.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_split.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "libs/base/digest.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/json_reader.h"
#include "services/ticket/domain/attachment.h"

namespace hotline::ticket {
namespace {

namespace fs = std::filesystem;

constexpr char kTitle[] = "hotline-history-heads 1";
constexpr char kNone[] = "-";
constexpr std::string_view kSignature = "signature ";
constexpr size_t kHeaderLines = 7;

const uint8_t* Octets(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }

absl::Status DiskError(const std::string& what) {
  return domain::FileNotStored(absl::StrCat(what, ": ", std::generic_category().message(errno)));
}

absl::Status Forged(int64_t number, const char* why) {
  return base::Error(absl::StatusCode::kDataLoss, "HEADS_FORGED", why, {}, {{"block", std::to_string(number)}});
}

std::string ToText(const HeadBlock& block) {
  std::string text = absl::StrCat(kTitle, "\nblock ", block.number, "\ntime ", absl::FormatTime(absl::RFC3339_full, block.time, absl::UTCTimeZone()), "\nprevious ",
                                  block.previous, "\nsequence ", block.sequence, "\nnext ", block.next_ticket.empty() ? kNone : block.next_ticket,
                                  "\nheads ", block.heads.size(), "\n");
  for (const SignedHead& head : block.heads) absl::StrAppend(&text, head.ticket_id, " ", head.count, " ", head.digest, "\n");
  return text;
}

// The value of a header line; empty if it is another line.
std::string Value(absl::string_view line, absl::string_view name) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(line, absl::MaxSplits(' ', 1));
  return parts.first == name ? parts.second : "";
}

bool FromText(std::string_view text, HeadBlock& block) {
  const std::vector<std::string> lines = absl::StrSplit(absl::string_view(text.data(), text.size()), '\n', absl::SkipEmpty());
  size_t heads = 0;
  if (lines.size() < kHeaderLines || lines[0] != kTitle || !absl::SimpleAtoi(Value(lines[1], "block"), &block.number) ||
      !absl::ParseTime(absl::RFC3339_full, Value(lines[2], "time"), &block.time, nullptr) || !absl::SimpleAtoi(Value(lines[4], "sequence"), &block.sequence) ||
      !absl::SimpleAtoi(Value(lines[6], "heads"), &heads) || lines.size() != kHeaderLines + heads)
    return false;
  block.previous = Value(lines[3], "previous");
  block.next_ticket = Value(lines[5], "next");
  if (block.previous.empty() || block.next_ticket.empty()) return false;
  if (block.next_ticket == kNone) block.next_ticket.clear();
  for (size_t i = kHeaderLines; i < lines.size(); ++i) {
    const std::vector<std::string> parts = absl::StrSplit(lines[i], ' ');
    SignedHead head;
    if (parts.size() != 3 || !base::IsValidId(parts[0]) || !absl::SimpleAtoi(parts[1], &head.count)) return false;
    head.ticket_id = parts[0];
    head.digest = parts[2];
    block.heads.push_back(std::move(head));
  }
  return true;
}

bool SyncDirectory(const fs::path& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool ok = ::fsync(fd) == 0;
  ::close(fd);
  return ok;
}

// Whole and on disk, readable by nobody else.
absl::Status WriteFile(const std::string& path, std::string_view text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0400);
  if (fd < 0) return DiskError("heads cannot be written");
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t wrote = ::write(fd, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) break;
    done += static_cast<size_t>(wrote);
  }
  const bool ok = done == text.size() && ::fsync(fd) == 0;
  const absl::Status status = ok ? absl::OkStatus() : DiskError("heads cannot be written");
  ::close(fd);
  return status;
}

}  // namespace

absl::StatusOr<HeadsDirectory> HeadsDirectory::OpenToRead(std::string directory, std::string_view key_hex) {
  HeadsDirectory heads;
  std::array<uint8_t, crypto_sign_SEEDBYTES> seed{};
  static_assert(crypto_sign_PUBLICKEYBYTES == 32 && crypto_sign_SECRETKEYBYTES == 64 && crypto_sign_SEEDBYTES == 32);
  size_t size = 0;
  if (sodium_init() < 0) return base::Internal("NO_RANDOMNESS", "libsodium cannot start");
  if (sodium_hex2bin(seed.data(), seed.size(), key_hex.data(), key_hex.size(), nullptr, &size, nullptr) != 0 || size != seed.size() || key_hex.size() != 64)
    return base::InvalidField("history_key", "BAD_FORMAT", "must be 64 hexadecimal digits");
  crypto_sign_seed_keypair(heads.public_.data(), heads.secret_.data(), seed.data());
  sodium_memzero(seed.data(), seed.size());
  heads.directory_ = std::move(directory);
  return heads;
}

absl::StatusOr<HeadsDirectory> HeadsDirectory::Open(std::string directory, std::string_view key_hex) {
  HOTLINE_ASSIGN_OR_RETURN(HeadsDirectory heads, OpenToRead(std::move(directory), key_hex));
  std::error_code error;
  fs::create_directories(heads.directory_, error);
  if (error || ::access(heads.directory_.c_str(), W_OK) != 0) return domain::FileNotStored("history_heads_dir cannot be written to");
  return heads;
}

std::string HeadsDirectory::PathOf(int64_t number) const {
  return absl::StrCat(directory_, "/", absl::StrFormat("%06d/%09d.heads", number / kBlocksPerDirectory, number));
}

absl::StatusOr<std::string> HeadsDirectory::Write(const HeadBlock& block) const {
  const fs::path path = PathOf(block.number);
  std::error_code error;
  if (fs::exists(path, error)) return base::AlreadyExists("HEADS_WRITTEN", "this block is there");
  fs::create_directories(path.parent_path(), error);
  std::string text = ToText(block);
  std::array<uint8_t, crypto_sign_BYTES> signature{};
  crypto_sign_detached(signature.data(), nullptr, Octets(text), text.size(), secret_.data());
  std::string hex(signature.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), signature.data(), signature.size());
  hex.pop_back();
  absl::StrAppend(&text, absl::string_view(kSignature.data(), kSignature.size()), hex, "\n");
  const std::string incoming = absl::StrCat(path.string(), ".", base::NewId(), ".tmp");
  HOTLINE_RETURN_IF_ERROR(WriteFile(incoming, text));
  // link(2) and not rename(2): a block that is there is never written over.
  const bool linked = ::link(incoming.c_str(), path.c_str()) == 0;
  const int why = errno;
  ::unlink(incoming.c_str());
  errno = why;
  if (!linked) return why == EEXIST ? base::AlreadyExists("HEADS_WRITTEN", "this block is there") : DiskError("heads cannot be written");
  if (!SyncDirectory(path.parent_path()) || !SyncDirectory(directory_)) return DiskError("heads cannot be written");
  return base::Sha256Hex(text);
}

absl::StatusOr<HeadsDirectory::Read> HeadsDirectory::ReadBlock(int64_t number) const {
  const std::string path = PathOf(number);
  std::error_code error;
  if (!fs::exists(path, error)) return base::NotFound("history_block", std::to_string(number));
  HOTLINE_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path, kMaxBlockBytes));
  const size_t end = text.rfind(kSignature);
  if (end == std::string::npos || text.back() != '\n') return Forged(number, "the block ends without a signature");
  std::array<uint8_t, crypto_sign_BYTES> signature{};
  size_t size = 0;
  const std::string_view hex = std::string_view(text).substr(end + kSignature.size(), text.size() - end - kSignature.size() - 1);
  if (sodium_hex2bin(signature.data(), signature.size(), hex.data(), hex.size(), nullptr, &size, nullptr) != 0 || size != signature.size() ||
      crypto_sign_verify_detached(signature.data(), Octets(text), end, public_.data()) != 0)
    return Forged(number, "the block is not what was signed");
  Read read;
  if (!FromText(std::string_view(text).substr(0, end), read.block) || read.block.number != number) return Forged(number, "another block lies in its place");
  read.digest = base::Sha256Hex(text);
  return read;
}

}  // namespace hotline::ticket
