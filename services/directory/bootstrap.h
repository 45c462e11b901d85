// The first unit and the first administrator of an empty directory. May be called at every start.
#pragma once

#include <absl/status/status.h>

#include "services/directory/config.h"
#include "services/directory/store.h"

namespace hotline::directory {

// Does nothing when there are users. The administrator's password obeys the rules of any other.
absl::Status Bootstrap(Store& store, const Config& config, absl::Time now);

}  // namespace hotline::directory
