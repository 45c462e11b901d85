// What a request for a list asks of the store: the filter, read and checked, and the places that page tokens name. Functions only.
#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "hotline/ticket/v1/ticket_service.pb.h"
#include "services/ticket/service.h"

namespace hotline::ticket {

// The filter and the order; INVALID_ARGUMENT BAD_FILTER naming the field, PERMISSION_DENIED CALLER_SEARCH_NOT_ALLOWED.
absl::StatusOr<TicketFilter> FilterOf(const v1::ListTicketsRequest& request, const domain::Actor& actor, Store& store, CategoryTree& categories);
// Without a role of the centre, a user of no unit or with no role in its tickets sees nothing.
bool SeesTickets(const TicketFilter& filter, const domain::Actor& actor);
// The place of a ticket in the order, for page tokens; and back.
std::string PositionOf(const domain::Ticket& ticket, TicketOrder order);
absl::Status ReadPosition(const std::string& after, TicketFilter& filter);
void ContinueAfter(const domain::Ticket& ticket, TicketFilter& filter);

}  // namespace hotline::ticket
