#include "services/ticket/file_vault.h"

#include <absl/strings/str_cat.h>
#include <absl/time/civil_time.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include "libs/base/id.h"
#include "services/ticket/domain/attachment.h"

namespace hotline::ticket {
namespace {

namespace fs = std::filesystem;

constexpr char kMagic[] = "HLFILE1\n";
constexpr size_t kMagicBytes = sizeof kMagic - 1;
constexpr size_t kRandom = 16;
constexpr size_t kHeader = kMagicBytes + kRandom;
constexpr size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr size_t kSealedPiece = kFilePiece + kTag;
constexpr char kIncoming[] = "incoming";

const uint8_t* Octets(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }
uint8_t* Octets(std::string& text) { return reinterpret_cast<uint8_t*>(text.data()); }

using Nonce = std::array<uint8_t, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES>;
Nonce NonceOf(std::string_view random, uint64_t piece, bool last) {
  static_assert(std::tuple_size_v<Nonce> == kRandom + 8);
  Nonce nonce{};
  std::memcpy(nonce.data(), random.data(), kRandom);
  const uint64_t number = piece << 1 | (last ? 1 : 0);
  for (size_t i = 0; i < 8; ++i) nonce[kRandom + i] = static_cast<uint8_t>(number >> (8 * (7 - i)));
  return nonce;
}

absl::Status DiskError(std::string_view what) {
  return domain::FileNotStored(absl::StrCat(absl::string_view(what.data(), what.size()), ": ", std::generic_category().message(errno)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { if (fd_ >= 0) ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  // False when the disk says at the very end that it could not.
  bool Close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

bool ReadAt(int fd, int64_t offset, std::string& bytes) {
  size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t some = ::pread(fd, bytes.data() + got, bytes.size() - got, offset + static_cast<int64_t>(got));
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) return false;
    got += static_cast<size_t>(some);
  }
  return true;
}

absl::Status SyncDirectory(const std::string& path) {
  const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return directory.get() >= 0 && ::fsync(directory.get()) == 0 ? absl::OkStatus() : DiskError("the directory of files cannot be kept");
}

// Each level that is new is made known to the disk in the one above it.
absl::Status MakeDirectories(const std::string& base, const std::vector<std::string>& levels) {
  std::string path = base;
  for (const std::string& level : levels) {
    const std::string parent = path;
    absl::StrAppend(&path, "/", level);
    if (::mkdir(path.c_str(), 0700) == 0) {
      if (absl::Status synced = SyncDirectory(parent); !synced.ok()) return synced;
    } else if (errno != EEXIST) {
      return DiskError("the directory of files cannot be made");
    }
  }
  return absl::OkStatus();
}

}  // namespace

struct FileVault::Writer::Impl {
  Impl(std::string directory, std::string file_id, const FileKey& key, absl::Time now, int fd)
      : directory(std::move(directory)), file_id(std::move(file_id)), key(key), now(now), file(fd) {
    crypto_hash_sha256_init(&hash);
    random.resize(kRandom);
    randombytes_buf(random.data(), random.size());
  }
  ~Impl() {
    sodium_memzero(key.data(), key.size());
    if (!complete) ::unlink(Temporary().c_str());
  }
  std::string Temporary() const { return absl::StrCat(directory, "/", kIncoming, "/", file_id); }
  absl::Status Seal(std::string_view plain, bool last) {
    const Nonce nonce = NonceOf(random, pieces++, last);
    std::string sealed(plain.size() + kTag, '\0');
    crypto_aead_xchacha20poly1305_ietf_encrypt(Octets(sealed), nullptr, Octets(plain), plain.size(), Octets(file_id), file_id.size(), nullptr,
                                               nonce.data(), key.data());
    return WriteAll(file.get(), sealed) ? absl::OkStatus() : DiskError("the file cannot be written");
  }

  const std::string directory, file_id;
  FileKey key;
  const absl::Time now;
  Descriptor file;
  crypto_hash_sha256_state hash{};
  std::string random, pending;
  uint64_t pieces = 0;
  int64_t size = 0;
  bool complete = false;
};

FileVault::Writer::Writer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FileVault::Writer::Writer(Writer&&) noexcept = default;
FileVault::Writer::~Writer() = default;

absl::Status FileVault::Writer::Append(std::string_view bytes) {
  crypto_hash_sha256_update(&impl_->hash, Octets(bytes), bytes.size());
  impl_->size += static_cast<int64_t>(bytes.size());
  impl_->pending.append(bytes);
  // A full piece waits for the next byte: only then is it known not to be the last.
  size_t done = 0;
  while (impl_->pending.size() - done > kFilePiece) {
    if (absl::Status sealed = impl_->Seal(std::string_view(impl_->pending).substr(done, kFilePiece), false); !sealed.ok()) return sealed;
    done += kFilePiece;
  }
  impl_->pending.erase(0, done);
  return absl::OkStatus();
}

absl::StatusOr<FileVault::Stored> FileVault::Writer::Complete() {
  if (absl::Status sealed = impl_->Seal(impl_->pending, true); !sealed.ok()) return sealed;
  if (::fsync(impl_->file.get()) != 0 || !impl_->file.Close()) return DiskError("the file cannot be kept");
  const absl::CivilDay day = absl::ToCivilDay(impl_->now, absl::UTCTimeZone());
  const auto two = [](int number) { return absl::StrCat(number < 10 ? "0" : "", number); };
  const std::vector<std::string> levels = {absl::StrCat(day.year()), two(day.month()), two(day.day())};
  if (absl::Status made = MakeDirectories(impl_->directory, levels); !made.ok()) return made;
  const std::string folder = absl::StrCat(levels[0], "/", levels[1], "/", levels[2]);
  const std::string path = absl::StrCat(folder, "/", impl_->file_id);
  if (::rename(impl_->Temporary().c_str(), absl::StrCat(impl_->directory, "/", path).c_str()) != 0) return DiskError("the file cannot be kept");
  impl_->complete = true;
  if (absl::Status synced = SyncDirectory(absl::StrCat(impl_->directory, "/", folder)); !synced.ok()) return synced;
  std::array<uint8_t, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256_final(&impl_->hash, digest.data());
  std::string hex(digest.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
  hex.pop_back();
  return Stored{path, impl_->size, hex};
}

absl::StatusOr<FileVault> FileVault::Open(const std::string& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return domain::FileNotStored(absl::StrCat("attachments_dir cannot be made: ", error.message()));
  if (absl::Status made = MakeDirectories(directory, {kIncoming}); !made.ok()) return made;
  if (::access(absl::StrCat(directory, "/", kIncoming).c_str(), R_OK | W_OK | X_OK) != 0) return DiskError("attachments_dir cannot be written to");
  return FileVault(directory);
}

absl::StatusOr<FileVault::Writer> FileVault::Create(const std::string& file_id, const FileKey& key, absl::Time now) const {
  if (!base::IsValidId(file_id)) return domain::FileNotStored("a file needs a UUID");
  const int fd = ::open(absl::StrCat(directory_, "/", kIncoming, "/", file_id).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return DiskError("the file cannot be made");
  Writer writer(std::make_unique<Writer::Impl>(directory_, file_id, key, now, fd));
  if (!WriteAll(fd, absl::StrCat(kMagic, writer.impl_->random))) return DiskError("the file cannot be written");
  return writer;
}

absl::Status FileVault::Read(const std::string& path, const std::string& file_id, const FileKey& key, int64_t offset, int64_t length,
                             absl::FunctionRef<bool(std::string_view)> sink) const {
  const Descriptor file(::open(absl::StrCat(directory_, "/", path).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat info {};
  std::string header(kHeader, '\0');
  if (file.get() < 0 || ::fstat(file.get(), &info) != 0 || !ReadAt(file.get(), 0, header) || !header.starts_with(kMagic)) {
    return domain::FileUnreadable(file_id);
  }
  const int64_t sealed = info.st_size - static_cast<int64_t>(kHeader);
  if (sealed < static_cast<int64_t>(kTag)) return domain::FileUnreadable(file_id);
  const int64_t pieces = (sealed + static_cast<int64_t>(kSealedPiece) - 1) / static_cast<int64_t>(kSealedPiece);
  const int64_t size = sealed - pieces * static_cast<int64_t>(kTag);
  const int64_t end = length < 0 ? size : std::min(size, offset + length);
  const std::string_view random = std::string_view(header).substr(kMagicBytes);
  while (offset < end) {
    const int64_t piece = offset / static_cast<int64_t>(kFilePiece);
    const int64_t start = piece * static_cast<int64_t>(kSealedPiece);
    std::string bytes(static_cast<size_t>(std::min<int64_t>(kSealedPiece, sealed - start)), '\0');
    if (bytes.size() < kTag || !ReadAt(file.get(), static_cast<int64_t>(kHeader) + start, bytes)) return domain::FileUnreadable(file_id);
    std::string plain(bytes.size() - kTag, '\0');
    const Nonce nonce = NonceOf(random, static_cast<uint64_t>(piece), piece == pieces - 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(Octets(plain), nullptr, nullptr, Octets(bytes), bytes.size(), Octets(file_id), file_id.size(),
                                                   nonce.data(), key.data()) != 0) {
      return domain::FileUnreadable(file_id);
    }
    const int64_t from = offset - piece * static_cast<int64_t>(kFilePiece);
    const int64_t count = std::min<int64_t>(static_cast<int64_t>(plain.size()) - from, end - offset);
    if (count <= 0) return domain::FileUnreadable(file_id);
    if (!sink(std::string_view(plain).substr(static_cast<size_t>(from), static_cast<size_t>(count)))) return absl::OkStatus();
    offset += count;
  }
  return absl::OkStatus();
}

absl::Status FileVault::Remove(const std::string& path) const {
  if (::unlink(absl::StrCat(directory_, "/", path).c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return DiskError("the file cannot be removed");
}

absl::StatusOr<int> FileVault::Sweep(absl::Time now, absl::FunctionRef<absl::StatusOr<bool>(const std::string&)> known) const {
  int removed = 0;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(directory_, error); !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    struct stat info {};
    const std::string id = entry->path().filename().string();
    // Anything that this service did not name is not its to remove.
    if (!base::IsValidId(id) || ::lstat(entry->path().c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    if (absl::FromTimeT(info.st_mtime) > now - kOrphanAge) continue;
    if (entry->path().parent_path().filename() != kIncoming) {
      const absl::StatusOr<bool> is_known = known(id);
      if (!is_known.ok()) return is_known.status();
      if (*is_known) continue;
    }
    if (::unlink(entry->path().c_str()) == 0) ++removed;
  }
  if (error) return domain::FileNotStored("the directory of files cannot be looked through");
  return removed;
}

}  // namespace hotline::ticket
