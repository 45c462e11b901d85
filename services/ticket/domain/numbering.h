// The numbers people say: ticket number, acceptance number, query PIN (DESIGN §5), and limits on guessing them (IVR-5).
// Pure functions.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/ticket/domain/ticket.h"

namespace hotline::ticket::domain {

// "20261122000017": the day in the city's zone and a sequence within it; beyond 899,999, which imports of archives reach, a 9 and
// seven digits ("2026112290900000"), so that texts sort as the numbers do. NUMBERS_EXHAUSTED beyond 9,999,999.
absl::StatusOr<std::string> FormatNumber(absl::CivilDay day, int64_t sequence);

// What somebody wrote where a ticket is asked for.
enum class Reference { kNone, kId, kNumber, kAcceptance };
Reference ReferenceOf(std::string_view text, int acceptance_digits);

// Numbers are read out with an optional leading '+' or spaces by different networks; look-ups compare this form.
std::string NormalPhone(std::string_view phone);

// A guess is counted against each of these before it is judged; the right answer takes the count back.
struct AttemptKey {
  std::string key;  // "ticket:<id>", "caller:<keyed hash>", "call:<id>"
  int limit = 0;
  absl::Duration window;
};
AttemptKey TicketAttempts(std::string_view ticket_id);
AttemptKey CallerAttempts(std::string_view phone_hash);
AttemptKey CallAttempts(std::string_view call_id);


// What a caller hears (IVR-5): accepted, in_process, not_accepted, replied or closed.
std::string_view SpokenState(State state);

}  // namespace hotline::ticket::domain
