// Heads of histories signed and laid down outside the database (TKT-16): whoever can write to the database can rewrite a whole
// chain or cut off its end, but not what was signed before. One file a block, `<directory>/<block / 1000>/<block>.heads`, written
// whole, never changed: text lines, then an Ed25519 signature over them. Each block names the digest of the one before. No
// database here. Thread-safe; blocks on the disk.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::ticket {

inline constexpr int kHeadsPerBlock = 50'000;
inline constexpr size_t kMaxBlockBytes = 16 << 20;
inline constexpr int64_t kBlocksPerDirectory = 1000;

struct SignedHead {
  std::string ticket_id;
  int64_t count = 0;    // entries
  std::string digest;   // of the last of them
  friend bool operator==(const SignedHead&, const SignedHead&) = default;
};

struct HeadBlock {
  int64_t number = 0;
  absl::Time time;
  std::string previous;      // digest of the block before; "-" for the first
  int64_t sequence = 0;      // as in history_blocks
  std::string next_ticket;   // empty: none
  std::vector<SignedHead> heads;
};

class HeadsDirectory {
 public:
  // 64 hexadecimal digits, the seed of the signing key. Makes the directory. INVALID_ARGUMENT, or UNAVAILABLE FILE_NOT_STORED.
  static absl::StatusOr<HeadsDirectory> Open(std::string directory, std::string_view key_hex);
  // For those who only read: the directory need not be writable, and is not made.
  static absl::StatusOr<HeadsDirectory> OpenToRead(std::string directory, std::string_view key_hex);

  // On disk under its name; gives the file's digest. A block of this number that is there already stays: ALREADY_EXISTS.
  absl::StatusOr<std::string> Write(const HeadBlock& block) const;
  struct Read {
    HeadBlock block;
    std::string digest;
  };
  // NOT_FOUND if there is none, DATA_LOSS HEADS_FORGED if it is not what was signed or not this block.
  absl::StatusOr<Read> ReadBlock(int64_t number) const;

 private:
  HeadsDirectory() = default;
  std::string PathOf(int64_t number) const;

  std::string directory_;
  std::array<uint8_t, 32> public_{};
  std::array<uint8_t, 64> secret_{};
};

}  // namespace hotline::ticket
