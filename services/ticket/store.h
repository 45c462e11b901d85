// What the ticket service keeps. Thread-safe; every method may block on the database. A method either does all it says,
// history, notices and events included, or nothing. Errors are those of the domain and of libs/postgres.
//
// Methods with a Transaction are for the consumer of events: they run in the transaction that moves its offset.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/ticket/domain/commands.h"
#include "services/ticket/domain/numbering.h"

namespace hotline::postgres {
class Transaction;
}

namespace hotline::ticket {

// Who asks, when, in which trace.
struct Request {
  domain::Actor actor;
  absl::Time now;
  std::string traceparent;
  std::string rpc;         // for request ids: the same id for another command is refused
  std::string request_id;  // empty: none
};

struct Numbers {
  std::string ticket_id;
  std::string number;
  std::string acceptance_number;
};

struct Registered {
  domain::Ticket ticket;
  std::string creator_id;  // of the request id's first use
  bool repeated = false;   // made by an earlier request with this request_id
};

struct HistoryEntry {
  int64_t sequence = 0;
  absl::Time time;
  std::string actor_id;
  std::string actor_name;
  std::string actor_unit_id;
  std::string action;
  std::string note;
  std::map<std::string, std::string> changes;
  domain::State state = domain::State::kNone;
  std::string sealed_digest;
  std::string digest;
  int64_t version = 0;       // of the ticket after it
  std::string sealed;        // the encrypted part, if the entry changed it; else empty
  int format = 2;            // 1: made before entries said every field
};

// Entries of a history that are not as they were written (TKT-16).
struct HistoryFault {
  int64_t first = 0;   // entries from here
  int64_t last = 0;    // to here
  // changed: not what its digest says, or does not follow from the one before. missing: not there. unexpected: more than the
  // ticket knows of. ticket: the chain holds, but the ticket is not what it makes. orphaned: there is no such ticket.
  // rewritten: not what was signed outside the database.
  std::string kind;
  friend bool operator==(const HistoryFault&, const HistoryFault&) = default;
};
struct HistoryReport {
  std::string ticket_id;
  int64_t entries = 0;
  std::vector<HistoryFault> faults;  // none: it is intact
  bool more = false;                 // than those
};

struct Notice {
  std::string notice_id;
  std::string ticket_id;
  std::string kind;
  std::string addressee;
  std::string text;
  std::string status;
  absl::Time create_time;
};

// By registration, by the nearest limit of open tickets (the others last, as registered), by the latest entry of the history.
enum class TicketOrder { kNewest, kOldest, kDueTime, kUpdated };

struct TicketFilter {
  std::vector<int64_t> states = {};
  std::vector<int64_t> types = {};
  std::vector<int64_t> channels = {};
  std::string visible_to = {};   // unit whose subtree the reader sees; empty: everything
  std::string unit_id = {};      // this unit's subtree
  std::vector<std::string> categories = {};
  std::string area_code = {};
  std::string created_by = {};
  std::string caller_phone_hash = {};
  std::string caller_name_hash = {};
  std::string digits = {};       // number, acceptance number or word
  std::string phone_hash = {};   // beside `digits`
  std::vector<std::string> words = {};
  std::vector<std::string> terms = {};
  std::optional<absl::Time> create_from = {};
  std::optional<absl::Time> create_to = {};
  std::optional<domain::Light> light = {};
  std::optional<domain::Urgency> urgency = {};
  bool leader_instructed = false;  // only these; likewise the next two
  bool supervised = false;
  bool extension_asked = false;
  domain::RatingState rating_state = domain::RatingState::kNone;  // none: all
  domain::RepeatMark repeat_mark = domain::RepeatMark::kNone;
  std::string group_id = {};
  TicketOrder order = TicketOrder::kNewest;
  // Continues after this ticket; empty: from the start. With the orders by due time and by change: after this time and ticket.
  std::string after_id = {};
  absl::Time after_time = absl::InfinitePast();
  int limit = 0;
};

struct CallerHistory {
  std::vector<domain::Ticket> tickets;
  int open_count = 0;
  int total_count = 0;
};

struct Category {
  std::string id, parent_id, name, name_en;
  std::vector<std::string> tags;
  std::string default_unit_id, script;
  int order = 0;
};

struct Line {
  std::string line, name, name_en, mode, unit_id;
  bool expert_seats = false;
};

// A clock as an event of sla_timer tells it.
struct ClockFacts {
  std::string ticket_id;
  domain::Limit limit;
  int64_t version = 0;
  bool window = false;  // the limit of a right: it closes, it is never late
};

// What is kept with a change, in its transaction, though the change stands without it.
using KeepBeside = std::function<absl::Status(postgres::Transaction& tx, const domain::Ticket& after)>;

class Store {
 public:
  virtual ~Store() = default;

  // --- tickets ---
  using DecideNew = absl::FunctionRef<absl::StatusOr<domain::Change>(const Numbers&)>;
  using DecideChange = absl::FunctionRef<absl::StatusOr<domain::Change>(const domain::Ticket&)>;
  // `decide` gets the numbers the ticket will have. Not called when the request_id is known.
  virtual absl::StatusOr<Registered> Create(const Request& request, DecideNew decide) = 0;
  virtual absl::StatusOr<Registered> Create(postgres::Transaction& tx, const Request& request, DecideNew decide) = 0;
  // Many of one actor at once, as imports register them: for each all that Create does, in a few statements together. Request
  // ids one each, empty: none; `decide` is asked for those that are new, by their place. Says which were registered now.
  using DecideEach = absl::FunctionRef<absl::StatusOr<domain::Change>(size_t place, const Numbers&)>;
  virtual absl::StatusOr<std::vector<bool>> CreateAll(postgres::Transaction& tx, const Request& request, const std::vector<std::string>& request_ids,
                                                      DecideEach decide) = 0;
  // `decide` sees the ticket as it is, locked against others until the change is kept. TICKET_NOT_FOUND.
  // `beside` is kept with the change, in its transaction; if the database refuses it, the change is made without.
  virtual absl::StatusOr<domain::Ticket> Change(const Request& request, const std::string& ticket_id, DecideChange decide, const KeepBeside& beside = {}) = 0;
  // The same in a transaction of the caller's that changes something else with the ticket; request ids are the caller's matter.
  virtual absl::StatusOr<domain::Ticket> Change(postgres::Transaction& tx, const Request& request, const std::string& ticket_id, DecideChange decide) = 0;
  // Two tickets at once, both locked, the one with the lower id first. `decide` may leave the other as it is.
  struct Pair { domain::Change one; std::optional<domain::Change> other; };
  using DecidePair = absl::FunctionRef<absl::StatusOr<Pair>(const domain::Ticket& one, const domain::Ticket& other)>;
  virtual absl::StatusOr<domain::Ticket> ChangePair(const Request& request, const std::string& ticket_id, const std::string& other_id, DecidePair decide) = 0;
  // Members of group cases that have come to their result, oldest first, each with its group case; locked and changed one by
  // one, those that others are at left out. The number changed.
  virtual absl::StatusOr<int> FollowGroups(const Request& request, int limit, DecidePair decide) = 0;
  virtual absl::StatusOr<int64_t> GroupMembers(const std::string& ticket_id) = 0;
  virtual absl::StatusOr<domain::Ticket> Get(const std::string& ticket_id) = 0;
  // Those of these ids that there are, in their order; each once.
  virtual absl::StatusOr<std::vector<domain::Ticket>> GetMany(const std::vector<std::string>& ticket_ids) = 0;
  // The id behind whatever a person calls the ticket. TICKET_NOT_FOUND.
  virtual absl::StatusOr<std::string> Resolve(const std::string& reference) = 0;
  // A whole page unless the list ends. SEARCH_TOO_BROAD when that takes too long.
  virtual absl::StatusOr<std::vector<domain::Ticket>> List(const TicketFilter& filter) = 0;
  virtual absl::StatusOr<CallerHistory> CallerTickets(const std::string& phone, const std::string& visible_to, int limit) = 0;
  virtual absl::StatusOr<std::vector<HistoryEntry>> History(const std::string& ticket_id, int64_t after, int limit) = 0;
  // OK if every entry's digest follows from the one before; DATA_LOSS HISTORY_BROKEN with the first bad sequence otherwise.
  // Entries of format 2 are also played from the start and must make the ticket as it is kept: HISTORY_BROKEN too.
  virtual absl::Status VerifyHistory(const std::string& ticket_id) = 0;
  // The same, with every fault. TICKET_NOT_FOUND if neither ticket nor history are there. Of a ticket whose key is destroyed the
  // chain alone is judged.
  virtual absl::StatusOr<HistoryReport> CheckHistory(const std::string& ticket_id) = 0;
  // The ticket that its history makes, without limits and their lights (TKT-16). FAILED_PRECONDITION HISTORY_TOO_OLD if its
  // first entries are of format 1.
  virtual absl::StatusOr<domain::Ticket> ReplayHistory(const std::string& ticket_id) = 0;
  virtual absl::StatusOr<std::vector<Notice>> Notices(const std::string& ticket_id, const std::string& before, int limit) = 0;
  virtual absl::Status AuditReveal(const std::string& ticket_id, const Request& request, const std::string& reason) = 0;

  // --- the caller's own query (IVR-5) and rating (IVR-10) ---
  virtual absl::StatusOr<bool> PinFits(const domain::Ticket& ticket, const std::string& pin) = 0;
  virtual std::string PinOf(const domain::Ticket& ticket) = 0;
  virtual std::string PhoneHash(const std::string& phone) = 0;
  virtual std::string NameHash(const std::string& name) = 0;
  // Counts a try against every key first; TOO_MANY_ATTEMPTS if one is over its limit.
  virtual absl::Status ChargeAttempt(const std::vector<domain::AttemptKey>& keys, absl::Time now) = 0;
  virtual absl::Status RefundAttempt(const std::vector<domain::AttemptKey>& keys) = 0;
  // Once per call; `decide` is asked if the call has a ticket.
  virtual absl::Status RecordRating(const Request& request, const domain::Rate& rating, DecideChange decide) = 0;

  // --- units, as told by the directory ---
  virtual absl::StatusOr<std::map<std::string, domain::Unit>> FindUnits(const std::vector<std::string>& unit_ids) = 0;
  virtual absl::Status PutUnit(const domain::Unit& unit) = 0;
  virtual absl::Status PutUnit(postgres::Transaction& tx, const domain::Unit& unit) = 0;
  // Active units that are named, serve the area, or share a tag.
  virtual absl::StatusOr<std::vector<domain::Unit>> UnitsFor(const std::vector<std::string>& ids, const std::string& area_code,
                                                             const std::vector<std::string>& tags) = 0;
  // Units that handled the latest tickets of this category and area, with how many each.
  virtual absl::StatusOr<std::map<std::string, int>> EarlierUnits(const std::string& category_id, const std::string& area_code) = 0;

  // --- clocks, as told by sla_timer ---
  // Keeps the limit. `alarm` is asked when its light became yellow or red and the ticket is open.
  virtual absl::Status PutClock(postgres::Transaction& tx, const Request& request, const ClockFacts& clock, DecideChange alarm) = 0;
  virtual absl::Status RemoveClock(postgres::Transaction& tx, const ClockFacts& clock) = 0;
  // A change that an event asks for, once a request id. A ticket that is not there, or ended in the meantime, is left alone.
  virtual absl::Status ChangeIfOpen(postgres::Transaction& tx, const Request& request, const std::string& ticket_id, DecideChange decide) = 0;
  virtual absl::StatusOr<bool> KnowsRequest(postgres::Transaction& tx, const std::string& request_id) = 0;

  // --- catalogue ---
  virtual absl::StatusOr<std::vector<Category>> Categories() = 0;
  virtual absl::Status PutCategory(const Category& category) = 0;
  virtual absl::StatusOr<std::vector<Line>> Lines() = 0;
  virtual absl::Status PutLine(const Line& line) = 0;
};

}  // namespace hotline::ticket
