// libre writes a line to stderr for each datagram it cannot parse, so that anyone who can reach the port could fill the
// disk. Like the timers, re_fprintf is replaced by a function of the same name: what goes to stderr is limited to a few
// lines in a while, with a count of those left out.
#include "services/telephony/loop/quiet.h"

#include <atomic>
#include <cstdarg>
#include <cstdint>
#include <cstdio>

extern "C" {
#include <re/re.h>
}

namespace hotline::telephony {
namespace {

constexpr std::uint64_t kWindowMs = 10'000;
constexpr std::uint64_t kLinesPerWindow = 5;

std::atomic<std::uint64_t> g_window_start_ms{0};
std::atomic<std::uint64_t> g_lines{0};
std::atomic<std::uint64_t> g_left_out{0};

// Several loops may write at once; a line too many at the edge of a window does no harm.
bool MayWrite() {
  const std::uint64_t now = tmr_jiffies();
  const std::uint64_t start = g_window_start_ms.load();
  if (start == 0 || now - start >= kWindowMs) {
    g_window_start_ms = now;
    g_lines = 0;
  }
  if (g_lines.fetch_add(1) < kLinesPerWindow) return true;
  ++g_left_out;
  return false;
}

}  // namespace

std::uint64_t LibreLinesLeftOut() { return g_left_out; }

}  // namespace hotline::telephony

extern "C" int re_fprintf(FILE* stream, const char* format, ...) {
  if (stream == stderr && !hotline::telephony::MayWrite()) return 0;
  va_list arguments;
  va_start(arguments, format);
  const int written = re_vfprintf(stream, format, arguments);
  va_end(arguments);
  return written;
}
