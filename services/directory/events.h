// Changes as events. Pure functions.
#pragma once

#include "hotline/events/v1/directory.pb.h"
#include "libs/events/event.h"
#include "services/directory/domain/types.h"

namespace hotline::directory {

events::Event UnitChangedEvent(const Unit& unit, absl::Time now);
events::Event UserChangedEvent(const User& user, absl::Time now);
events::Event SessionRevokedEvent(std::string_view user_id, std::string_view session_id, absl::Time now);

}  // namespace hotline::directory
