// Changes as events. Pure functions.
#pragma once

#include <optional>

#include "libs/events/event.h"
#include "services/knowledge_base/domain/article.h"

namespace hotline::knowledge_base {

// Nothing for changes that readers do not see.
std::optional<events::Event> EventOf(const Change& change);

}  // namespace hotline::knowledge_base
