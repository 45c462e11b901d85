#include "services/ticket/domain/rights.h"

#include <algorithm>
#include <array>

#include "libs/base/text.h"
#include "services/ticket/domain/errors.h"

namespace hotline::ticket::domain {
namespace {
constexpr std::array<std::string_view, 10> kCityWideRoles = {
    "agent", "remote_agent", "team_lead", "dispatcher", "entry_clerk", "supervisor", "leader", "inspector", "analyst", "admin"};
// Of the roles that are not city-wide, those that have to do with the tickets of their unit. Whoever writes articles, runs
// the installation or works for a contractor reads none, wherever in the tree they sit.
constexpr std::array<std::string_view, 4> kUnitRoles = {"officer", "unit_lead", "unit_head", "county_supervisor"};
}  // namespace

bool IsCityWideRole(std::string_view role) {
  return std::find(kCityWideRoles.begin(), kCityWideRoles.end(), role) != kCityWideRoles.end();
}

bool IsCityWide(const Actor& actor) {
  return actor.service || std::any_of(actor.roles.begin(), actor.roles.end(), [](const std::string& role) { return IsCityWideRole(role); });
}

bool ReadsUnitsTickets(const Actor& actor) {
  return std::any_of(kUnitRoles.begin(), kUnitRoles.end(), [&](std::string_view role) { return actor.Has(role); });
}

bool InSubtree(std::string_view path, std::string_view subtree) {
  // Paths end in '/', so "/root/water/" is no prefix of "/root/waterworks/".
  return !path.empty() && !subtree.empty() && path.substr(0, subtree.size()) == subtree;
}

bool LeadsTicket(const Actor& actor, const Ticket& ticket) { return InSubtree(ticket.unit.path, actor.unit_path); }

bool CoHandlesTicket(const Actor& actor, const Ticket& ticket) {
  return std::any_of(ticket.co_units.begin(), ticket.co_units.end(), [&](const UnitRef& unit) { return InSubtree(unit.path, actor.unit_path); });
}

bool HandlesTicket(const Actor& actor, const Ticket& ticket) {
  // Whoever is still responsible while another is looked for stays in the case (STD-6).
  return LeadsTicket(actor, ticket) || CoHandlesTicket(actor, ticket) || InSubtree(ticket.responsible.path, actor.unit_path);
}

bool MaySee(const Actor& actor, const Ticket& ticket) { return IsCityWide(actor) || (ReadsUnitsTickets(actor) && HandlesTicket(actor, ticket)); }

bool IsProtected(const Ticket& ticket) {
  return ticket.caller.confidential || ticket.caller.anonymous || ticket.type == Type::kReport;
}

bool ShowsCaller(const Actor& actor, const Ticket& ticket) {
  if (actor.service) return true;
  if (!actor.id.empty() && actor.id == ticket.created_by) return true;  // told by the caller themselves
  // Whoever has to call back needs the number; whoever writes a recording down hears it anyway.
  if (ticket.state == State::kCallback && (actor.Has("agent") || actor.Has("supervisor"))) return true;
  if (ticket.state == State::kTranscribe && actor.Has("entry_clerk")) return true;
  const bool officer = actor.Has("officer") || actor.Has("unit_lead") || actor.Has("unit_head");
  return officer && HandlesTicket(actor, ticket) && !IsProtected(ticket);
}

Caller VisibleCaller(const Actor& actor, const Ticket& ticket) {
  return ShowsCaller(actor, ticket) ? ticket.caller : MaskedCaller(actor, ticket);
}

Caller MaskedCaller(const Actor& actor, const Ticket& ticket) {
  Caller masked = ticket.caller;
  masked.name = base::MaskName(masked.name);
  masked.phone = base::MaskPhone(masked.phone);
  masked.work_unit.clear();
  masked.address.clear();
  // A handling unit is not even given the shape of what it must not know.
  if (IsProtected(ticket) && !IsCityWide(actor)) {
    masked.name.clear();
    masked.phone.clear();
  }
  masked.masked = true;
  return masked;
}

bool IsLook(const Actor& actor, const Ticket& ticket) {
  if (actor.service || actor.id == ticket.created_by || !ShowsCaller(actor, ticket)) return false;
  if (ticket.state == State::kCallback && (actor.Has("agent") || actor.Has("supervisor"))) return false;
  const Caller& caller = ticket.caller;
  return !(caller.name.empty() && caller.phone.empty() && caller.work_unit.empty() && caller.address.empty());
}

absl::Status MayReveal(const Actor& actor, const Ticket& ticket) {
  if (!MaySee(actor, ticket)) return WrongUnit(ticket.id);
  if (!IsCityWide(actor) && IsProtected(ticket)) return CallerProtected();
  return absl::OkStatus();
}

bool MayRemark(const Actor& actor, std::string_view kind) {
  if (kind == "urging") return actor.Has("supervisor") || actor.Has("county_supervisor") || actor.Has("dispatcher") || actor.Has("leader") || actor.Has("agent");
  return true;
}

}  // namespace hotline::ticket::domain
