// The search for viruses in what people send. Thread-safe; the calls block.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <memory>
#include <string>
#include <string_view>

namespace hotline::ticket {

inline constexpr absl::Duration kScanConnect = absl::Seconds(3);
inline constexpr absl::Duration kScanAnswer = absl::Seconds(30);  // for each step: sending a piece, waiting for the verdict
inline constexpr size_t kMaxScanAnswer = 4096;                    // bytes of a verdict

struct Verdict {
  bool infected = false;
  std::string signature;  // what was found
};

class VirusScanner {
 public:
  virtual ~VirusScanner() = default;
  // Where the scanner gives the bytes it is to look at; false stops.
  using Sink = absl::FunctionRef<bool(std::string_view)>;
  // Gives a file's bytes to the sink; its error becomes Scan's.
  using Source = absl::FunctionRef<absl::Status(Sink)>;
  // UNAVAILABLE SCANNER_UNAVAILABLE when it cannot say: away, too busy, or it refuses.
  virtual absl::StatusOr<Verdict> Scan(Source source) = 0;
};

// clamd's INSTREAM over "unix:/run/clamav/clamd.ctl" or "127.0.0.1:3310" (clamd(8)).
std::unique_ptr<VirusScanner> MakeClamd(std::string address);

}  // namespace hotline::ticket
