// Who may see a ticket and whose data on it is shown (PLT-1, PLT-5, TKT-28). Pure functions.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>

#include "services/ticket/domain/ticket.h"

namespace hotline::ticket::domain {

// Roles of the centre and the city, who see every ticket.
bool IsCityWide(const Actor& actor);
bool IsCityWideRole(std::string_view role);
// Roles that see the tickets of their unit's subtree.
bool ReadsUnitsTickets(const Actor& actor);
// Whether `path` is the unit `subtree` or below it. An empty path is nowhere.
bool InSubtree(std::string_view path, std::string_view subtree);
// The lead unit is in the actor's subtree.
bool LeadsTicket(const Actor& actor, const Ticket& ticket);
// The lead unit or a co-handling unit is.
bool HandlesTicket(const Actor& actor, const Ticket& ticket);
// A co-handling unit is, and not the lead.
bool CoHandlesTicket(const Actor& actor, const Ticket& ticket);
bool MaySee(const Actor& actor, const Ticket& ticket);

// The caller wished it, or somebody reported something: handling units never learn who (TKT-28).
bool IsProtected(const Ticket& ticket);
bool ShowsCaller(const Actor& actor, const Ticket& ticket);
// What the actor may see of the caller: as it is, or shortened with masked = true.
Caller VisibleCaller(const Actor& actor, const Ticket& ticket);
// What somebody sees who may not see it.
Caller MaskedCaller(const Actor& actor, const Ticket& ticket);
// Whether showing the ticket to the actor is a look at personal data that the audit must know (PLT-5): there is something to
// see, it is not masked, and the actor neither took it down nor has to call back.
bool IsLook(const Actor& actor, const Ticket& ticket);
// OK if the actor may have the caller's data unmasked on giving a reason; WRONG_UNIT or CALLER_PROTECTED otherwise.
absl::Status MayReveal(const Actor& actor, const Ticket& ticket);

// Urging and instructing are for those who supervise; anybody who sees a ticket may remark.
bool MayRemark(const Actor& actor, std::string_view kind);

}  // namespace hotline::ticket::domain
