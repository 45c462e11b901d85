#include "services/telephony/media/wav.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>

#include "services/telephony/media/errors.h"

namespace hotline::telephony::media {
namespace {

uint16_t Little16(const uint8_t* p) { return static_cast<uint16_t>(p[0] | p[1] << 8); }
uint32_t Little32(const uint8_t* p) { return Little16(p) | static_cast<uint32_t>(Little16(p + 2)) << 16; }
void PutLittle(uint8_t* p, uint32_t v, int bytes) {
  for (int i = 0; i < bytes; ++i) p[i] = static_cast<uint8_t>(v >> (8 * i));
}

absl::Status ReadFormat(const uint8_t* chunk, uint32_t size, WavAudio& audio) {
  constexpr uint16_t kExtensible = 0xFFFE;
  if (size < 16) return InvalidWavError("the format chunk is too short");
  uint16_t tag = Little16(chunk);
  if (tag == kExtensible && size >= 40) tag = Little16(chunk + 24);
  const uint16_t bits = Little16(chunk + 14);
  audio.channels = Little16(chunk + 2);
  audio.sample_rate = static_cast<int>(std::min<uint32_t>(Little32(chunk + 4), 1'000'000));
  if (tag == 1 && bits == 16) {
    audio.format = WavFormat::kPcm16;
  } else if (tag == 6 && bits == 8) {
    audio.format = WavFormat::kAlaw;
  } else if (tag == 7 && bits == 8) {
    audio.format = WavFormat::kUlaw;
  } else {
    return InvalidWavError("only 16-bit PCM, A-law and u-law are understood");
  }
  if (audio.channels < 1 || audio.channels > 2) return InvalidWavError("only one or two channels are understood");
  return absl::OkStatus();
}

// Closes the descriptor on every way out.
struct File {
  int fd;
  explicit File(int f) : fd(f) {}
  ~File() {
    if (fd >= 0) ::close(fd);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
};

}  // namespace

absl::StatusOr<WavAudio> ParseWav(const uint8_t* bytes, size_t size) {
  if (size < 12 || std::memcmp(bytes, "RIFF", 4) != 0 || std::memcmp(bytes + 8, "WAVE", 4) != 0) {
    return InvalidWavError("not a RIFF/WAVE file");
  }
  WavAudio audio;
  bool have_format = false;
  size_t at = 12;
  while (size - at >= 8) {
    const uint8_t* chunk = bytes + at;
    const uint32_t chunk_size = Little32(chunk + 4);
    const size_t rest = size - at - 8;
    if (std::memcmp(chunk, "data", 4) == 0) {
      if (!have_format) return InvalidWavError("the data comes before the format");
      audio.data = chunk + 8;
      // Programs that write to a pipe leave the size at 0 or all ones; what is there counts.
      const bool open_ended = chunk_size == 0xFFFFFFFFu;
      if (!open_ended && chunk_size > rest) return InvalidWavError("the data is cut short");
      audio.data_bytes = open_ended ? rest : chunk_size;
      const size_t frame = static_cast<size_t>(audio.channels) * (audio.format == WavFormat::kPcm16 ? 2 : 1);
      audio.data_bytes -= audio.data_bytes % frame;
      return audio;
    }
    if (chunk_size > rest) return InvalidWavError("a chunk is cut short");
    if (std::memcmp(chunk, "fmt ", 4) == 0) {
      if (absl::Status status = ReadFormat(chunk + 8, chunk_size, audio); !status.ok()) return status;
      have_format = true;
    }
    const size_t step = 8 + static_cast<size_t>(chunk_size) + (chunk_size & 1);
    if (step > size - at) break;
    at += step;
  }
  return InvalidWavError(have_format ? "there is no data" : "there is no format");
}

void WriteAlawHeader(uint8_t* out, int channels, uint64_t data_bytes) {
  const uint32_t data = static_cast<uint32_t>(std::min<uint64_t>(data_bytes, std::numeric_limits<uint32_t>::max() - 64));
  std::memcpy(out, "RIFF", 4);
  PutLittle(out + 4, static_cast<uint32_t>(kAlawHeaderBytes - 8) + data, 4);
  std::memcpy(out + 8, "WAVEfmt ", 8);
  PutLittle(out + 16, 18, 4);
  PutLittle(out + 20, static_cast<uint16_t>(WavFormat::kAlaw), 2);
  PutLittle(out + 22, static_cast<uint32_t>(channels), 2);
  PutLittle(out + 24, 8000, 4);
  PutLittle(out + 28, static_cast<uint32_t>(8000 * channels), 4);
  PutLittle(out + 32, static_cast<uint32_t>(channels), 2);
  PutLittle(out + 34, 8, 2);
  PutLittle(out + 36, 0, 2);
  std::memcpy(out + 38, "fact", 4);
  PutLittle(out + 42, 4, 4);
  PutLittle(out + 46, data / static_cast<uint32_t>(channels), 4);
  std::memcpy(out + 50, "data", 4);
  PutLittle(out + 54, data, 4);
}

absl::StatusOr<RepairedRecording> RepairRecording(const std::string& partial_path) {
  RepairedRecording result;
  result.path = partial_path.substr(0, partial_path.size() - (sizeof kPartialSuffix - 1));
  File file(::open(partial_path.c_str(), O_RDWR | O_CLOEXEC));
  if (file.fd < 0) return RecordingFileError(errno);
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return RecordingFileError(errno);
  uint8_t header[kAlawHeaderBytes];
  const bool has_header = info.st_size > static_cast<off_t>(kAlawHeaderBytes) &&
                          ::pread(file.fd, header, sizeof header, 0) == static_cast<ssize_t>(sizeof header) &&
                          std::memcmp(header, "RIFF", 4) == 0 && std::memcmp(header + 8, "WAVE", 4) == 0;
  const int channels = has_header ? Little16(header + 22) : 0;
  if (channels < 1 || channels > 2) {
    if (::unlink(partial_path.c_str()) != 0) return RecordingFileError(errno);
    return result;
  }
  uint64_t data = static_cast<uint64_t>(info.st_size) - kAlawHeaderBytes;
  data -= data % static_cast<uint64_t>(channels);
  WriteAlawHeader(header, channels, data);
  if (::ftruncate(file.fd, static_cast<off_t>(kAlawHeaderBytes + data)) != 0 ||
      ::pwrite(file.fd, header, sizeof header, 0) != static_cast<ssize_t>(sizeof header) || ::fsync(file.fd) != 0 ||
      ::rename(partial_path.c_str(), result.path.c_str()) != 0) {
    return RecordingFileError(errno);
  }
  result.duration_ms = static_cast<int64_t>(data / static_cast<uint64_t>(channels) / 8);
  return result;
}

absl::StatusOr<std::vector<RepairedRecording>> RepairRecordings(const std::string& directory) {
  std::vector<RepairedRecording> repaired;
  std::error_code error;
  std::vector<std::string> found;
  for (std::filesystem::recursive_directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    if (it->is_regular_file(error) && it->path().extension() == kPartialSuffix) found.push_back(it->path().string());
  }
  if (error) return RecordingFileError(error.value());
  for (const std::string& path : found) {
    auto one = RepairRecording(path);
    if (!one.ok()) return one.status();
    repaired.push_back(*std::move(one));
  }
  return repaired;
}

}  // namespace hotline::telephony::media
