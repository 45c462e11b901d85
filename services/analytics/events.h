// What other services' events tell, as facts. Each handler is idempotent and runs in the transaction that moves the
// consumer's offset. Used by the consumer's one thread; the store outlives it.
#pragma once

#include "libs/events/event.h"
#include "services/analytics/store.h"

namespace hotline::analytics {

inline constexpr char kConsumer[] = "analytics";
// The sources that the handlers know.
inline constexpr const char* kEventSources[] = {"telephony", "ticket", "sla_timer", "agent_state", "directory"};

events::Handlers MakeHandlers(Store& store);

// "complaint" of TICKET_TYPE_COMPLAINT with the prefix "TICKET_TYPE_"; a value of a newer version is told as its number, none
// at all as nothing.
std::string EnumText(const std::string& name, std::string_view prefix, int number);

}  // namespace hotline::analytics
