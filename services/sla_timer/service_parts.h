// What the handlers' files share. Not for others.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>

#include "libs/rpc/context.h"

namespace hotline::sla_timer {

// Etags are versions; a request without one takes whatever version there is. ABORTED ETAG_MISMATCH for what we never gave.
absl::StatusOr<std::optional<int64_t>> VersionOf(const std::string& etag, std::string_view kind, std::string_view id);

// Held while a preview is counted: one at a time, for each reads every open clock.
std::mutex& PreviewTurn();
// Whether the caller's patience is nearly over.
bool NoTimeLeft(const rpc::Context& context);

}  // namespace hotline::sla_timer
