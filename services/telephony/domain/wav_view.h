// Recordings are kept as A-law and given out as 16-bit PCM, which every browser plays and seeks: this maps byte ranges of
// the WAV that is given out to samples of the file. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

namespace hotline::telephony {

inline constexpr int64_t kPcmHeaderBytes = 44;

// The 44 bytes before the samples of a PCM16 WAV at 8 kHz.
std::string PcmHeader(int channels, int64_t samples);  // `samples` of all channels together

// Size of the WAV that is given out for a file with so many A-law bytes.
constexpr int64_t PcmSize(int64_t alaw_bytes) { return kPcmHeaderBytes + 2 * alaw_bytes; }

// What to read of a file to give out the bytes [offset, offset + length) of its WAV.
struct PcmRange {
  int64_t header_from = 0, header_bytes = 0;   // of the header
  int64_t first_sample = 0, samples = 0;       // of the A-law data
  int64_t skip = 0;                            // bytes of the first sample that are not wanted: 0 or 1
  int64_t bytes = 0;                           // wanted of the samples
};
PcmRange RangeOf(int64_t alaw_bytes, int64_t offset, int64_t length);

}  // namespace hotline::telephony
