// Files on disk: sealed, complete or not there, readable in any range, worthless when touched.
#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include <filesystem>
#include <fstream>

#include "libs/base/digest.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "services/ticket/cipher.h"
#include "services/ticket/file_vault.h"
#include "services/ticket/tests/files_fixture.h"

namespace hotline::ticket {
namespace {

struct VaultFixture {
  TempDirectory directory;
  FileVault vault = *FileVault::Open(directory.path());
  const std::string id = base::NewId();
  FileKey key{1, 2, 3};
  absl::Time now = absl::FromCivil(absl::CivilDay(2026, 11, 26), absl::UTCTimeZone());

  FileVault::Stored Store(const std::string& content) {
    auto writer = vault.Create(id, key, now);
    REQUIRE(writer.ok());
    for (size_t at = 0; at < content.size(); at += 50'000) REQUIRE(writer->Append(std::string_view(content).substr(at, 50'000)).ok());
    auto stored = writer->Complete();
    INFO(stored.status());
    REQUIRE(stored.ok());
    return *stored;
  }
  absl::StatusOr<std::string> Read(const std::string& path, int64_t offset = 0, int64_t length = -1) {
    std::string all;
    const absl::Status status = vault.Read(path, id, key, offset, length, [&](std::string_view piece) {
      CHECK(piece.size() <= kFilePiece);
      all.append(piece);
      return true;
    });
    if (!status.ok()) return status;
    return all;
  }
  std::string Raw(const std::string& path) {
    std::ifstream file(directory.path() + "/" + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Overwrite(const std::string& path, const std::string& bytes) {
    std::ofstream(directory.path() + "/" + path, std::ios::binary | std::ios::trunc) << bytes;
  }
};

std::string Pattern(size_t size) {
  std::string text(size, '\0');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 1000) % 26);
  return text;
}

}  // namespace

TEST_CASE_METHOD(VaultFixture, "TKT-2: a file of any size comes back byte by byte and range by range, and lies on disk unread") {
  for (const size_t size : {size_t{1}, kFilePiece - 1, kFilePiece, kFilePiece + 1, 3 * kFilePiece, 3 * kFilePiece + 12'345}) {
    VaultFixture one;
    const std::string content = Pattern(size);
    const FileVault::Stored stored = one.Store(content);
    CHECK(stored.size == static_cast<int64_t>(size));
    CHECK(stored.sha256 == base::Sha256Hex(content));
    CHECK(stored.path == "2026/11/26/" + one.id);
    CHECK(*one.Read(stored.path) == content);
    for (const int64_t offset : {int64_t{0}, int64_t{1}, static_cast<int64_t>(size) / 2, static_cast<int64_t>(size) - 1, static_cast<int64_t>(size)}) {
      for (const int64_t length : {int64_t{1}, int64_t{70'000}, int64_t{1} << 40}) {
        CHECK(*one.Read(stored.path, offset, length) == content.substr(static_cast<size_t>(offset), static_cast<size_t>(length)));
      }
    }
    if (size >= 1000) CHECK(one.Raw(stored.path).find(content.substr(0, 100)) == std::string::npos);
  }
}

TEST_CASE_METHOD(VaultFixture, "a file that was cut, swapped or changed is not read") {
  const FileVault::Stored stored = Store(Pattern(3 * kFilePiece));
  const std::string raw = Raw(stored.path);
  const size_t header = raw.size() - 3 * (kFilePiece + 16);
  const auto unreadable = [&](const std::string& bytes) {
    Overwrite(stored.path, bytes);
    return base::HasReason(Read(stored.path).status(), "FILE_UNREADABLE");
  };
  std::string changed = raw;
  changed[raw.size() - 1] ^= 1;
  CHECK(unreadable(changed));
  CHECK(unreadable(raw.substr(0, header + 2 * (kFilePiece + 16))));  // a piece less
  CHECK(unreadable(raw.substr(0, header)));
  CHECK(unreadable("short"));
  const size_t piece = kFilePiece + 16;
  CHECK(unreadable(raw.substr(0, header) + raw.substr(header + piece, piece) + raw.substr(header, piece) + raw.substr(header + 2 * piece)));
  Overwrite(stored.path, raw);
  CHECK(Read(stored.path).ok());
  key[0] ^= 1;
  CHECK(base::HasReason(Read(stored.path).status(), "FILE_UNREADABLE"));
}

TEST_CASE_METHOD(VaultFixture, "what was not completed leaves nothing, and the sweep takes only what nobody knows") {
  {
    auto writer = vault.Create(id, key, now);
    REQUIRE(writer->Append("half").ok());
    CHECK(std::filesystem::exists(directory.path() + "/incoming/" + id));
  }
  CHECK_FALSE(std::filesystem::exists(directory.path() + "/incoming/" + id));

  const FileVault::Stored known = Store("kept");
  const std::string orphan = base::NewId(), fresh = base::NewId(), left = base::NewId();
  std::filesystem::create_directories(directory.path() + "/2026/11/26");
  for (const std::string& path : {"2026/11/26/" + orphan, "2026/11/26/" + fresh, "incoming/" + left, std::string("2026/11/26/notes.txt")}) Overwrite(path, "x");
  const utimbuf old{time(nullptr) - 7200, time(nullptr) - 7200};
  for (const std::string& path : {"2026/11/26/" + orphan, known.path, "incoming/" + left, std::string("2026/11/26/notes.txt")}) {
    REQUIRE(::utime((directory.path() + "/" + path).c_str(), &old) == 0);
  }
  CHECK(absl::IsUnavailable(vault.Sweep(absl::Now(), [](const std::string&) -> absl::StatusOr<bool> { return absl::UnavailableError("away"); }).status()));
  const auto removed = vault.Sweep(absl::Now(), [&](const std::string& file) -> absl::StatusOr<bool> { return file == id; });
  REQUIRE(removed.ok());
  CHECK(*removed >= 1);
  CHECK(*Read(known.path) == "kept");
  CHECK(std::filesystem::exists(directory.path() + "/2026/11/26/" + fresh));
  CHECK(std::filesystem::exists(directory.path() + "/2026/11/26/notes.txt"));
  CHECK_FALSE(std::filesystem::exists(directory.path() + "/2026/11/26/" + orphan));
  CHECK_FALSE(std::filesystem::exists(directory.path() + "/incoming/" + left));
}

TEST_CASE("a directory that cannot be written to is told at the start") {
  CHECK(base::HasReason(FileVault::Open("/proc/nothing/here").status(), "FILE_NOT_STORED"));
}

}  // namespace hotline::ticket
