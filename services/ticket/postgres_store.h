// The Store in PostgreSQL. Thread-safe; the pool, the cipher and the zone's clock are the caller's and outlive it.
//
// A ticket is read FOR UPDATE, decided and written in one transaction with its history rows, notices and outbox rows.
// Locks are taken in the order: request id, ticket, everything else of the ticket.
#pragma once

#include <absl/time/time.h>

#include <mutex>
#include <span>

#include "libs/postgres/pool.h"
#include "libs/postgres/transaction.h"
#include "services/ticket/cipher.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

struct StoreOptions {
  absl::TimeZone zone;        // in which ticket numbers change day
  int acceptance_digits = 8;
  domain::SearchLimits search = {};
};

class PostgresStore final : public Store {
 public:
  PostgresStore(postgres::Pool& pool, const Cipher& cipher, StoreOptions options) : pool_(pool), cipher_(cipher), options_(std::move(options)) {}

  absl::StatusOr<Registered> Create(const Request& request, DecideNew decide) override;
  absl::StatusOr<Registered> Create(postgres::Transaction& tx, const Request& request, DecideNew decide) override;
  absl::StatusOr<std::vector<bool>> CreateAll(postgres::Transaction& tx, const Request& request, const std::vector<std::string>& request_ids,
                                              DecideEach decide) override;
  absl::StatusOr<domain::Ticket> Change(const Request& request, const std::string& ticket_id, DecideChange decide, const KeepBeside& beside = {}) override;
  absl::StatusOr<domain::Ticket> Change(postgres::Transaction& tx, const Request& request, const std::string& ticket_id, DecideChange decide) override;
  absl::StatusOr<domain::Ticket> ChangePair(const Request& request, const std::string& ticket_id, const std::string& other_id, DecidePair decide) override;
  absl::StatusOr<int> FollowGroups(const Request& request, int limit, DecidePair decide) override;
  absl::StatusOr<int64_t> GroupMembers(const std::string& ticket_id) override;
  absl::StatusOr<domain::Ticket> Get(const std::string& ticket_id) override;
  absl::StatusOr<std::vector<domain::Ticket>> GetMany(const std::vector<std::string>& ticket_ids) override;
  absl::StatusOr<std::string> Resolve(const std::string& reference) override;
  absl::StatusOr<std::vector<domain::Ticket>> List(const TicketFilter& filter) override;
  absl::StatusOr<CallerHistory> CallerTickets(const std::string& phone, const std::string& visible_to, int limit) override;
  absl::StatusOr<std::vector<HistoryEntry>> History(const std::string& ticket_id, int64_t after, int limit) override;
  absl::Status VerifyHistory(const std::string& ticket_id) override;
  absl::StatusOr<HistoryReport> CheckHistory(const std::string& ticket_id) override;
  // The histories of the next tickets after this one by id (empty: from the start), entries without a ticket included, in a
  // transaction that only reads; hands over those with faults. Memory: kCheckedTickets tickets and kCheckedEntries entries.
  struct Checked {
    std::string last;      // where to go on
    int64_t tickets = 0;
    int64_t entries = 0;
    bool end = false;
  };
  absl::StatusOr<Checked> CheckHistories(const std::string& after, absl::FunctionRef<void(const HistoryReport&)> faulty);
  absl::StatusOr<domain::Ticket> ReplayHistory(const std::string& ticket_id) override;
  absl::StatusOr<std::vector<Notice>> Notices(const std::string& ticket_id, const std::string& before, int limit) override;
  absl::Status AuditReveal(const std::string& ticket_id, const Request& request, const std::string& reason) override;

  absl::StatusOr<bool> PinFits(const domain::Ticket& ticket, const std::string& pin) override;
  std::string PinOf(const domain::Ticket& ticket) override { return cipher_.Pin(ticket.id); }
  std::string PhoneHash(const std::string& phone) override { return cipher_.PhoneHash(phone); }
  std::string NameHash(const std::string& name) override { return cipher_.NameHash(name); }
  absl::Status ChargeAttempt(const std::vector<domain::AttemptKey>& keys, absl::Time now) override;
  absl::Status RefundAttempt(const std::vector<domain::AttemptKey>& keys) override;
  absl::Status RecordRating(const Request& request, const domain::Rate& rating, DecideChange decide) override;

  absl::StatusOr<std::map<std::string, domain::Unit>> FindUnits(const std::vector<std::string>& unit_ids) override;
  absl::Status PutUnit(const domain::Unit& unit) override;
  absl::Status PutUnit(postgres::Transaction& tx, const domain::Unit& unit) override;
  absl::StatusOr<std::vector<domain::Unit>> UnitsFor(const std::vector<std::string>& ids, const std::string& area_code,
                                                     const std::vector<std::string>& tags) override;
  absl::StatusOr<std::map<std::string, int>> EarlierUnits(const std::string& category_id, const std::string& area_code) override;

  absl::Status PutClock(postgres::Transaction& tx, const Request& request, const ClockFacts& clock, DecideChange alarm) override;
  absl::Status RemoveClock(postgres::Transaction& tx, const ClockFacts& clock) override;
  absl::Status ChangeIfOpen(postgres::Transaction& tx, const Request& request, const std::string& ticket_id, DecideChange decide) override;
  absl::StatusOr<bool> KnowsRequest(postgres::Transaction& tx, const std::string& request_id) override;

  absl::StatusOr<std::vector<Category>> Categories() override;
  absl::Status PutCategory(const Category& category) override;
  absl::StatusOr<std::vector<Line>> Lines() override;
  absl::Status PutLine(const Line& line) override;

 private:
  // A ticket with what only the store needs of it.
  struct Loaded {
    domain::Ticket ticket;
    std::string wrapped_key;
    std::string sealed;
    std::string history_head;
    std::string pin_hash;
  };
  // Who used a request id first.
  struct Claim {
    bool fresh = false;
    std::string rpc;
    std::string ticket_id;
    std::string actor_id;
  };

  absl::StatusOr<std::string> NextNumber(absl::Time now);
  // So many numbers of the day, this the last of them.
  absl::StatusOr<int64_t> TakeNumbers(absl::CivilDay day, int64_t count);
  std::string NextTicketId(absl::Time now);
  // Takes the request id for the ticket, if nobody has it, and locks the ticket, in this order and one round trip. The claim
  // counts even when the ticket could not be read.
  struct Locked {
    Claim claim;
    absl::StatusOr<Loaded> before;
  };
  absl::StatusOr<Locked> ClaimAndLock(postgres::Transaction& tx, const Request& request, const std::string& ticket_id);
  // Takes the request id for a new ticket and, only with it, an acceptance number, in one statement; the number stays empty
  // when the one tried is taken.
  absl::StatusOr<Claim> ClaimWithNumber(postgres::Transaction& tx, const Request& request, Numbers& numbers);
  // Whose a request id is that was not free.
  absl::StatusOr<Claim> ClaimedBefore(postgres::Transaction& tx, const Request& request);
  // Acceptance numbers of these tickets, in their order.
  absl::StatusOr<std::vector<std::string>> IssueAcceptanceNumbers(postgres::Transaction& tx, const std::vector<std::string>& ticket_ids, absl::Time now);
  absl::StatusOr<Registered> CreateIn(postgres::Transaction& tx, const Request& request, const std::string& number, DecideNew decide);
  absl::StatusOr<Loaded> FromRow(const postgres::Row& row) const;
  absl::StatusOr<domain::Ticket> ChangeLocked(postgres::Transaction& tx, const Request& request, const Loaded& before, DecideChange decide);
  absl::StatusOr<Loaded> Lock(postgres::Transaction& tx, const std::string& ticket_id);
  absl::StatusOr<domain::Ticket> Read(postgres::Transaction& tx, const std::string& ticket_id);
  // New tickets with all that belongs to them: keys, history, notices, events.
  absl::Status InsertAll(postgres::Transaction& tx, const Request& request, std::span<const domain::Change> changes);
  absl::Status Update(postgres::Transaction& tx, const Request& request, const Loaded& before, const domain::Change& change);
  // Writes history, notices and outbox; gives the digest of the last entry.
  absl::StatusOr<std::string> Append(postgres::Transaction& tx, const Request& request, const domain::Change& change,
                                     const std::string& head, const std::string& sealed);
  // Entries after `low` of tickets up to `high`, against these tickets; the reports of all of them.
  absl::StatusOr<std::vector<HistoryReport>> CheckRange(postgres::Transaction& tx, const postgres::Result& tickets, std::string low, int64_t low_sequence,
                                                        std::string& high);
  absl::Status ForEachEntry(const std::string& ticket_id, absl::FunctionRef<absl::Status(const HistoryEntry&)> take);
  absl::Status RefreshLimits(postgres::Transaction& tx, const std::string& ticket_id);

  postgres::Pool& pool_;
  const Cipher& cipher_;
  const StoreOptions options_;
  std::mutex number_mutex_;  // held while a block of numbers is fetched: the others wait for the same block
  absl::CivilDay number_day_;
  int64_t next_number_ = 1;
  int64_t last_number_ = 0;
  std::mutex id_mutex_;
  absl::Time last_id_ = absl::InfinitePast();
};

inline constexpr int kCheckedTickets = 200;      // a transaction of CheckHistories
inline constexpr int kCheckedEntries = 1000;     // read at once
inline constexpr size_t kCheckedOrphans = 1000;  // tickets that are not there, told of one transaction

// Writes the notices of these changes in one statement.
absl::Status InsertNotices(postgres::Transaction& tx, const Request& request, std::span<const domain::Change> changes);

// Puts the decrypted part into the ticket.
void SetPersonal(const Personal& personal, domain::Ticket& ticket);

namespace internal {
// The columns FromRow reads, of `tickets t JOIN ticket_keys k`.
extern const char kTicketColumns[];
// What is written of a ticket beside its plain values.
std::vector<std::string> ScopeOf(const domain::Ticket& ticket);
Personal PersonalOf(const domain::Ticket& ticket);
std::vector<std::string> CoUnits(const domain::Ticket& ticket, std::string domain::UnitRef::* member);
std::string MoreText(const domain::Ticket& ticket);
std::optional<absl::Time> CloseTime(const domain::Ticket& ticket);
}  // namespace internal

}  // namespace hotline::ticket
