// WAV files: strict reading of what a prompt may be, the header of our recordings, and the repair of a recording whose
// writer died. Pure functions, except those that take a path; those block and belong on an I/O thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

namespace hotline::telephony::media {

enum class WavFormat : uint16_t { kPcm16 = 1, kAlaw = 6, kUlaw = 7 };

struct WavAudio {
  WavFormat format = WavFormat::kPcm16;
  int channels = 1;
  int sample_rate = 8000;
  const uint8_t* data = nullptr;  // Points into the parsed bytes.
  size_t data_bytes = 0;
};
// Any RIFF/WAVE with PCM16, A-law or µ-law; INVALID_WAV says what is wrong.
absl::StatusOr<WavAudio> ParseWav(const uint8_t* bytes, size_t size);

// Our recordings: A-law 8 kHz, 1 or 2 channels, "fmt " of 18 bytes and "fact", as the format asks of compressed data.
inline constexpr size_t kAlawHeaderBytes = 58;
void WriteAlawHeader(uint8_t* out, int channels, uint64_t data_bytes);

// A recording is written under this suffix and renamed when it is complete.
inline constexpr char kPartialSuffix[] = ".part";

struct RepairedRecording {
  std::string path;  // The final name.
  int64_t duration_ms = 0;
};
// Completes one interrupted "<path>.part": sets the header from the file's length, cuts a torn last sample, renames.
// A file too short to hold audio is removed and reported with duration 0.
absl::StatusOr<RepairedRecording> RepairRecording(const std::string& partial_path);
// The same for every interrupted file under `directory` (recursively). Called at start-up, before anything records.
absl::StatusOr<std::vector<RepairedRecording>> RepairRecordings(const std::string& directory);

}  // namespace hotline::telephony::media
