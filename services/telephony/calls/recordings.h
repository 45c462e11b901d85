// Files of recordings as the WAV that is given out: 16-bit PCM made from the A-law on disk. Thread-safe; blocks.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>

#include "services/telephony/store.h"

namespace hotline::telephony {

struct RecordingFileInfo {
  int channels = 1;
  int64_t data_offset = 0;
  int64_t data_bytes = 0;
  int64_t pcm_size = 0;
};
// RECORDING_NOT_FOUND if the file is not there or is not one of ours.
absl::StatusOr<RecordingFileInfo> InspectRecording(const std::string& path);
// Bytes [offset, offset + length) of the WAV.
absl::StatusOr<std::string> ReadAsPcm(const std::string& path, const RecordingFileInfo& info, int64_t offset, int64_t length);
// Fills size and digest from the file.
absl::Status Measure(const std::string& path, v1::Recording& recording);
// Fills the levels from the file: for a recording whose writer died before it could tell them.
absl::Status MeasureLevels(const std::string& path, v1::Recording& recording);
// Of an RMS over 16-bit samples; -100 for silence.
double Dbfs(double rms);

}  // namespace hotline::telephony
