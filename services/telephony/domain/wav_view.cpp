#include "services/telephony/domain/wav_view.h"

namespace hotline::telephony {

std::string PcmHeader(int channels, int64_t samples) {
  std::string out;
  const auto number = [&out](int64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
  };
  const int64_t data = 2 * samples;
  out += "RIFF";
  number(36 + data, 4);
  out += "WAVEfmt ";
  number(16, 4);
  number(1, 2);
  number(channels, 2);
  number(8000, 4);
  number(8000 * 2 * channels, 4);
  number(2 * channels, 2);
  number(16, 2);
  out += "data";
  number(data, 4);
  return out;
}

PcmRange RangeOf(int64_t alaw_bytes, int64_t offset, int64_t length) {
  PcmRange range;
  const int64_t size = PcmSize(alaw_bytes);
  const int64_t from = std::clamp<int64_t>(offset, 0, size);
  const int64_t to = length <= 0 || length > size - from ? size : from + length;
  if (from < kPcmHeaderBytes) {
    range.header_from = from;
    range.header_bytes = std::min(to, kPcmHeaderBytes) - from;
  }
  const int64_t data_from = std::max(from, kPcmHeaderBytes) - kPcmHeaderBytes, data_to = std::max(to, kPcmHeaderBytes) - kPcmHeaderBytes;
  range.bytes = data_to - data_from;
  range.first_sample = data_from / 2;
  range.skip = data_from % 2;
  range.samples = range.bytes == 0 ? 0 : (data_to + 1) / 2 - range.first_sample;
  return range;
}

}  // namespace hotline::telephony
