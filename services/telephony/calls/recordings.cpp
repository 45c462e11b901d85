#include "services/telephony/calls/recordings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "libs/base/error.h"
#include "services/telephony/calls/sha256.h"
#include "services/telephony/domain/errors.h"
#include "services/telephony/domain/limits.h"
#include "services/telephony/domain/wav_view.h"
#include "services/telephony/media/g711.h"
#include "services/telephony/media/wav.h"

namespace hotline::telephony {
namespace {

struct File {
  explicit File(const std::string& path) : fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd >= 0) ::close(fd);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const int fd;
};

}  // namespace

double Dbfs(double rms) { return rms < 1 ? -100.0 : 20 * std::log10(rms / 32768.0); }

absl::StatusOr<RecordingFileInfo> InspectRecording(const std::string& path) {
  const File file(path);
  struct stat info {};
  uint8_t header[media::kAlawHeaderBytes];
  if (file.fd < 0 || ::fstat(file.fd, &info) != 0 || ::pread(file.fd, header, sizeof header, 0) != static_cast<ssize_t>(sizeof header)) {
    return errors::RecordingNotFound("");
  }
  RecordingFileInfo out;
  out.channels = header[22];
  out.data_offset = media::kAlawHeaderBytes;
  out.data_bytes = info.st_size - out.data_offset;
  if (header[20] != static_cast<uint8_t>(media::WavFormat::kAlaw) || out.channels < 1 || out.channels > 2) return errors::RecordingNotFound("");
  out.data_bytes -= out.data_bytes % out.channels;
  out.pcm_size = PcmSize(out.data_bytes);
  return out;
}

absl::StatusOr<std::string> ReadAsPcm(const std::string& path, const RecordingFileInfo& info, int64_t offset, int64_t length) {
  const PcmRange range = RangeOf(info.data_bytes, offset, length);
  std::string out;
  if (range.header_bytes > 0) {
    out = PcmHeader(info.channels, info.data_bytes).substr(static_cast<size_t>(range.header_from), static_cast<size_t>(range.header_bytes));
  }
  if (range.bytes == 0) return out;
  const File file(path);
  std::vector<uint8_t> alaw(static_cast<size_t>(range.samples));
  if (file.fd < 0 || ::pread(file.fd, alaw.data(), alaw.size(), info.data_offset + range.first_sample) != static_cast<ssize_t>(alaw.size())) {
    return errors::RecordingNotFound("");
  }
  std::vector<int16_t> pcm(alaw.size());
  media::DecodeG711(media::Law::kAlaw, alaw.data(), alaw.size(), pcm.data());
  // WAV is little-endian, and so are the machines this runs on.
  out.append(reinterpret_cast<const char*>(pcm.data()) + range.skip, static_cast<size_t>(range.bytes));
  return out;
}

absl::Status Measure(const std::string& path, v1::Recording& recording) {
  HOTLINE_ASSIGN_OR_RETURN(const RecordingFileInfo info, InspectRecording(path));
  Sha256Sum sum;
  for (int64_t offset = 0; offset < info.pcm_size; offset += kReadChunkBytes) {
    HOTLINE_ASSIGN_OR_RETURN(const std::string chunk, ReadAsPcm(path, info, offset, kReadChunkBytes));
    sum.Add(chunk);
  }
  recording.set_size_bytes(info.pcm_size);
  recording.set_digest(sum.Hex());
  return absl::OkStatus();
}

absl::Status MeasureLevels(const std::string& path, v1::Recording& recording) {
  HOTLINE_ASSIGN_OR_RETURN(const RecordingFileInfo info, InspectRecording(path));
  const File file(path);
  const auto channels = static_cast<size_t>(info.channels);
  std::vector<uint8_t> block(kReadChunkBytes - kReadChunkBytes % channels), one;
  std::array<media::LevelMeter, 2> meters;
  for (int64_t offset = 0; offset < info.data_bytes; offset += static_cast<int64_t>(block.size())) {
    const size_t wanted = static_cast<size_t>(std::min<int64_t>(info.data_bytes - offset, static_cast<int64_t>(block.size())));
    if (file.fd < 0 || ::pread(file.fd, block.data(), wanted, info.data_offset + offset) != static_cast<ssize_t>(wanted)) {
      return errors::RecordingNotFound("");
    }
    for (size_t channel = 0; channel < channels; ++channel) {
      one.clear();
      for (size_t i = channel; i < wanted; i += channels) one.push_back(block[i]);
      meters[channel].Add(media::EnergyOfG711(media::Law::kAlaw, one.data(), one.size()), one.size());
    }
  }
  recording.set_level_left_dbfs(Dbfs(meters[0].Rms()));
  recording.set_level_right_dbfs(channels == 1 ? -100 : Dbfs(meters[1].Rms()));
  return absl::OkStatus();
}

}  // namespace hotline::telephony
