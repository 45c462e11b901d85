// What ticket asks of other services, as functions, so that tests can answer instead. Thread-safe; the calls block.
#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <string>

#include "libs/rpc/client.h"
#include "services/ticket/domain/ticket.h"

namespace hotline::ticket {

// Who left a message.
struct CallerOfCall {
  std::string phone;  // empty if withheld
  std::string line;   // the line dialled
};

// NOT_FOUND if the directory has no such unit; anything else means that it could not say.
using UnitLookup = std::function<absl::StatusOr<domain::Unit>(const rpc::Context&, const std::string& unit_id)>;
// NOT_FOUND if telephony has no such call; anything else means that it could not say.
using CallLookup = std::function<absl::StatusOr<CallerOfCall>(const std::string& call_id)>;

// Whether the policy lets the ticket's reply be extended to this date (TKT-8): OK, sla_timer's own refusal, or that it could not say.
using ExtensionCheck = std::function<absl::Status(const rpc::Context&, const std::string& ticket_id, absl::Time due)>;

// What the ticket service asks while a person waits.
struct Peers {
  UnitLookup units;
  ExtensionCheck extensions;
};

inline constexpr absl::Duration kExtensionCheckTimeout = absl::Seconds(2);
inline constexpr absl::Duration kUnitLookupTimeout = absl::Seconds(2);
// An event's transaction waits for this answer, so it is short; the event comes again.
inline constexpr absl::Duration kCallLookupTimeout = absl::Milliseconds(700);
inline constexpr int kCallLookupAttempts = 2;

UnitLookup AskDirectory(rpc::Peer directory);
CallLookup AskTelephony(rpc::Peer telephony);
ExtensionCheck AskSlaTimer(rpc::Peer sla_timer);

}  // namespace hotline::ticket
