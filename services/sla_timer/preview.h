// What a change of the rules would do to the clocks that are open now (SLA-9). Blocks; thread-safe.
#pragma once

#include <functional>

#include <absl/status/status.h>
#include <absl/time/time.h>

#include "hotline/sla_timer/v1/sla_timer.pb.h"
#include "services/sla_timer/store.h"

namespace hotline::sla_timer {

inline constexpr int64_t kMaxPreviewed = 1'000'000;
inline constexpr int kPreviewPage = 5000;
inline constexpr int kMaxExamples = 50;

// Goes through the open clocks of the query and counts those that `decide` would move. Ends early, and says so, when `enough`
// does.
absl::Status CountMoves(Store& store, ClockQuery query, absl::Time now, const DecideOne& decide, const std::function<bool()>& enough,
                        v1::Preview& out);

}  // namespace hotline::sla_timer
