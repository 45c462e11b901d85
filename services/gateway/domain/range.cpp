#include "services/gateway/domain/range.h"

#include <algorithm>
#include <charconv>

namespace hotline::gateway {
namespace {

constexpr std::string_view kUnit = "bytes=";

bool ParseNumber(std::string_view text, std::optional<int64_t>& out) {
  if (text.empty()) return true;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return false;
  out = value;
  return true;
}

}  // namespace

std::optional<AskedRange> ParseRange(std::string_view header) {
  if (!header.starts_with(kUnit)) return std::nullopt;
  header.remove_prefix(kUnit.size());
  const size_t dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  AskedRange range;
  if (!ParseNumber(header.substr(0, dash), range.first) || !ParseNumber(header.substr(dash + 1), range.last_or_suffix)) {
    return std::nullopt;
  }
  if (!range.first && !range.last_or_suffix) return std::nullopt;
  if (range.first && range.last_or_suffix && *range.last_or_suffix < *range.first) return std::nullopt;
  return range;
}

std::optional<ByteRange> Resolve(const AskedRange& range, int64_t size) {
  if (!range.first) {
    const int64_t length = std::min(range.last_or_suffix.value_or(0), size);
    if (length <= 0) return std::nullopt;
    return ByteRange{size - length, length};
  }
  if (*range.first >= size) return std::nullopt;
  const int64_t last = std::min(range.last_or_suffix.value_or(size - 1), size - 1);
  return ByteRange{*range.first, last - *range.first + 1};
}

}  // namespace hotline::gateway
