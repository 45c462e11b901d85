// What can be asked of a ticket, and what comes of it. Plain values.
#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "services/ticket/domain/ticket.h"

namespace hotline::ticket::domain {

// Where it goes. The units were looked up by the service; Decide judges them.
struct Dispatch {
  Unit lead = {};
  std::vector<Unit> co_units = {};
  std::string note = {};
};

struct Create {
  Ticket draft = {};            // ids and numbers given by the service, state, times and unit ignored
  std::string answer = {};      // closes a consultation at once (TKT-5)
  std::string article_id = {};
  std::optional<Dispatch> dispatch = {};  // registers and dispatches in one step
};

struct Amend {
  Type type = Type::kUnspecified;  // unset and empty fields stay as they are
  std::string title = {};
  std::string content = {};
  std::string category_id = {};
  Urgency urgency = Urgency::kUnspecified;
  std::string area_code = {};
  std::string place = {};
  std::vector<std::string> tags = {};
  std::string note = {};
};

struct Sign {};
struct RequestReturn { std::string reason = {}; std::string suggested_unit_id = {}; };
struct DecideReturn { bool accepted = false; std::string note = {}; };
struct Reply { std::string text = {}; std::string internal_note = {}; };
struct Review { bool accepted = false; std::string note = {}; };
struct Callback { bool reached = false; bool solved = false; std::string satisfaction = {}; std::string note = {}; std::string call_id = {}; };
struct Archive {};
struct Refuse { std::string reason = {}; std::string note = {}; };
struct Remark { std::string kind = {}; std::string text = {}; };  // remark, urging, instruction
struct Rate { std::string call_id = {}; std::string agent_id = {}; int score = 0; };
// A limit of sla_timer is near (yellow) or passed (red) (SLA-7, SLA-8).
struct Alarm { Limit limit = {}; };

using Command = std::variant<Create, Amend, Dispatch, Sign, RequestReturn, DecideReturn, Reply, Review, Callback, Archive, Refuse, Remark, Rate, Alarm>;

// The fact told to other services with a history entry.
enum class Fact {
  kCreated, kDispatched, kSigned, kReturnRequested, kReturnDecided, kReplied, kReviewed, kCallbackRecorded,
  kReworked, kClosed, kRefused, kArchived, kAmended, kRated,
};

// One entry of the history and the fact it tells; `sequence` counts from the ticket's history_count.
struct Step {
  int64_t sequence = 0;
  std::string action;
  std::string note;
  std::map<std::string, std::string> changes;  // no personal data
  State state = State::kNone;  // after it
  // The ticket's classification after this step; a command may make several.
  UnitRef unit;
  int rework_count = 0;
  Fact fact = Fact::kAmended;
  // Particulars of the fact.
  bool accepted = false;
  bool reached = false;
  bool solved = false;
  bool answered_at_once = false;
  std::string satisfaction;
  std::string reason;
  std::string call_id;
  std::string agent_id;
  int score = 0;
};

// What the suite owes someone (DESIGN §1): kept until a sender is connected.
struct NoticeDraft {
  std::string kind;       // warning, overdue, urging, receipt, result
  std::string addressee;  // unit id, "unit_lead:<unit id>", "centre" or "citizen"
  std::string text;
};

struct Change {
  Ticket after;
  std::vector<Step> steps;  // at least one
  std::vector<NoticeDraft> notices;
};

}  // namespace hotline::ticket::domain
