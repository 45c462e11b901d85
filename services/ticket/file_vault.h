// Files of tickets on disk, encrypted, outside the database. Layout: <directory>/<year>/<month>/<day>/<file id>, and
// <directory>/incoming/<file id> until complete. Names come from UUIDs alone. Thread-safe; all calls block on the disk.
//
// A file is a header (8 bytes "HLFILE1\n", 16 random bytes) and pieces of 64 KiB plain text, each sealed with
// XChaCha20-Poly1305 under the file's own key (Cipher::FileKey); the nonce is the random bytes, the number of the piece and
// whether it is the last (the STREAM construction), so that pieces cannot be swapped, dropped or cut off unseen, and any range
// is read by opening the pieces it touches.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hotline::ticket {

using FileKey = std::array<uint8_t, 32>;

inline constexpr size_t kFilePiece = 64 << 10;
// What is older and not in the database was left behind by a crash; an upload is over by then.
inline constexpr absl::Duration kOrphanAge = absl::Hours(1);

class FileVault {
 public:
  // Makes the directories. UNAVAILABLE FILE_NOT_STORED if they cannot be written to.
  static absl::StatusOr<FileVault> Open(const std::string& directory);

  struct Stored {
    std::string path;  // below the directory
    int64_t size = 0;
    std::string sha256;  // of the plain text
  };
  // Takes a file piece by piece. What was not completed is removed when the writer goes.
  class Writer {
   public:
    ~Writer();
    Writer(Writer&&) noexcept;
    absl::Status Append(std::string_view bytes);
    // On disk, its directory included, under its final name.
    absl::StatusOr<Stored> Complete();

   private:
    friend class FileVault;
    struct Impl;
    explicit Writer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
  };
  // `file_id` is a fresh UUID.
  absl::StatusOr<Writer> Create(const std::string& file_id, const FileKey& key, absl::Time now) const;

  // Gives the bytes from `offset`, at most `length` (negative: to the end), in pieces, until `sink` says false.
  // INTERNAL FILE_UNREADABLE if it is gone or not what was written.
  absl::Status Read(const std::string& path, const std::string& file_id, const FileKey& key, int64_t offset, int64_t length,
                    absl::FunctionRef<bool(std::string_view)> sink) const;
  // Gone afterwards, whether it was there or not.
  absl::Status Remove(const std::string& path) const;
  // Removes what is older than kOrphanAge and of which `known`, given the file's id, says false; an error of `known` stops it.
  // How many.
  absl::StatusOr<int> Sweep(absl::Time now, absl::FunctionRef<absl::StatusOr<bool>(const std::string&)> known) const;

 private:
  explicit FileVault(std::string directory) : directory_(std::move(directory)) {}
  std::string directory_;
};

}  // namespace hotline::ticket
