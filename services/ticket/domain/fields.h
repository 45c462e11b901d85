// Every field of a ticket as text, in one table: what the history keeps of a step is the difference of two tickets by this
// table, and playing a history from its start makes the same ticket again (TKT-16).
//
// Not in the table, because the entry itself says them: id, state, version, history_count, create_time, update_time,
// created_by. Not part of the ticket's own history, and only mirrored here: limits, light and due_time, which are sla_timer's, and
// the paths of units, which are the directory's: a unit that moves in the tree changes no ticket.
// Pure and thread-safe.
#pragma once

#include <absl/status/status.h>

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/ticket/domain/ticket.h"

namespace hotline::ticket::domain {

enum class Kept {
  kColumn,    // has a column of its own in the store
  kMore,      // lies with others in one document
  kMirror,    // lies with kMore, but is no fact of the ticket's own
  kPersonal,  // lies encrypted; the history says only that it changed
};

struct Field {
  std::string_view name;
  Kept kept;
  std::string (*get)(const Ticket&);
  // Takes what `get` gave; false for anything else.
  bool (*set)(Ticket&, std::string_view);
  bool (*same)(const Ticket&, const Ticket&);
};

std::span<const Field> Fields();

// Name and new value of every field in which `after` differs; personal ones as "*".
std::map<std::string, std::string> Difference(const Ticket& before, const Ticket& after);
bool PersonalDiffers(const Ticket& before, const Ticket& after);

// Values of the kMore and kMirror fields that are not what a new ticket has.
std::map<std::string, std::string> More(const Ticket& ticket);
// DATA_LOSS if a value cannot be read; names that this version does not know are left out.
absl::Status SetFields(const std::map<std::string, std::string>& values, Ticket& ticket);

// A ticket's own facts as one text: equal tickets have equal texts, byte for byte.
std::string Canonical(const Ticket& ticket);

// One entry of a history as replaying needs it.
struct Replayed {
  int64_t sequence = 0;
  absl::Time time;
  std::string actor_id;
  State state = State::kNone;
  int64_t version = 0;
  std::map<std::string, std::string> changes;
};
// Does one entry to the ticket.
absl::Status Replay(const Replayed& entry, Ticket& ticket);

// Lists of texts as one text and back: parts are joined by `separator`, which and '\' are escaped by '\' within parts.
std::string JoinParts(const std::vector<std::string>& parts, char separator);
std::vector<std::string> SplitParts(std::string_view text, char separator);
// RFC 3339 in UTC with microseconds; empty for the infinite past.
std::string TimeText(absl::Time time);

}  // namespace hotline::ticket::domain
