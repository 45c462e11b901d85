// What is kept of callers beyond one ticket, in PostgreSQL: like matters and repeats (TKT-11), bans after review, and the audit
// of looks at callers' data (PLT-5). Thread-safe; every method may block on the database; pool and cipher outlive the store.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "libs/postgres/pool.h"
#include "libs/postgres/transaction.h"
#include "services/ticket/domain/alike.h"

namespace hotline::ticket {

class Cipher;

// How long another replica's change of the rule may go unseen.
inline constexpr absl::Duration kRuleAge = absl::Seconds(2);

// A ticket that may be of the same matter.
struct LikeTicket {
  domain::MatterFacts facts;
  std::string number;
  std::string unit_id;
  domain::State state = domain::State::kNone;
  absl::Time create_time;
};

// What the rule says about a caller's earlier tickets.
struct Repeats {
  int count = 0;              // that count by the rule
  bool unreasonable = false;  // as many as it names
  std::vector<std::string> ticket_ids;  // the latest
  std::string reason;         // for the screen
  std::string rule;           // "repeat_rule:<version>"
};

struct Ban {
  std::string id;
  std::string phone_hash;
  absl::Time until;
  std::string reason;
  std::string ticket_id;
  std::string created_by;
  absl::Time create_time;
  std::string lifted_by;      // empty: not lifted
  absl::Time lift_time = absl::InfinitePast();
  std::string lift_reason;
};

struct BanFilter {
  std::optional<absl::Time> active_at = {};
  std::string phone_hash = {};
  std::string before_id = {};  // continues after this ban
  int limit = 0;
};

// A look at a caller's data.
struct Look {
  std::string id;
  std::string ticket_id;
  std::string actor_id;
  std::string actor_unit_id;
  std::string kind;  // revealed, shown
  std::string reason;
  absl::Time time;
};

// Looks are kept once for each reader, ticket and hour.
inline absl::Time HourOf(absl::Time now) { return absl::FromUnixSeconds(absl::ToUnixSeconds(now) / 3600 * 3600); }

struct LookFilter {
  std::string ticket_id = {};
  std::string actor_id = {};
  std::optional<absl::Time> from = {};
  std::optional<absl::Time> to = {};
  // Continues after this look.
  std::string before_id = {};
  absl::Time before_time = {};
  int limit = 0;
};

class CallerRecordStore {
 public:
  CallerRecordStore(postgres::Pool& pool, const Cipher& cipher) : pool_(pool), cipher_(cipher) {}

  // Tickets since then worth comparing with the matter: of the caller, of the category and area, nearby, with the title's words.
  absl::StatusOr<std::vector<LikeTicket>> Candidates(const domain::MatterFacts& facts, absl::Time since);

  absl::StatusOr<domain::RepeatRule> Rule();
  // The rule with its new version. `expected`: the version as read; none: whatever is current. ETAG_MISMATCH.
  absl::StatusOr<domain::RepeatRule> PutRule(const domain::RepeatRule& rule, std::optional<int64_t> expected, const std::string& actor_id, absl::Time now);
  // Earlier tickets of the caller by the rule in force. Nothing if it is off or the phone is not known. `except` is the ticket
  // looked at; empty: none. Handled are those that came to a result of their own: neither withdrawn nor part of a group case.
  absl::StatusOr<std::optional<Repeats>> RepeatsOf(const std::string& phone_hash, const std::string& category_id, absl::Time now, const std::string& except = "");

  // The rule as a command is given: at most kRuleAge old, so that registering a ticket costs no look-up while none is enabled.
  absl::StatusOr<domain::RepeatRule> RuleInForce(absl::Time now);

  // `with` writes down in the same transaction what belongs to it: the history of the ticket it came from. It comes first, so
  // that the ticket is locked before the ban.
  using With = absl::FunctionRef<absl::Status(postgres::Transaction& tx, const Ban& ban)>;
  absl::Status PutBan(const Ban& ban, With with);
  // BAN_NOT_FOUND, BAN_LIFTED.
  absl::StatusOr<Ban> LiftBan(const std::string& ban_id, const std::string& actor_id, const std::string& reason, absl::Time now, With with);
  absl::StatusOr<std::vector<Ban>> Bans(const BanFilter& filter);
  // Until when the caller is banned; nothing if not.
  absl::StatusOr<std::optional<absl::Time>> BannedUntil(const std::string& phone_hash, absl::Time now);

  // Written once for each reader, ticket and hour; what is there already stays. The reasonless kind only.
  absl::Status AddLooks(const std::vector<std::string>& ticket_ids, const std::string& actor_id, const std::string& actor_unit_id, absl::Time now);
  // One, in the transaction of what shows it.
  static absl::Status AddLook(postgres::Transaction& tx, const std::string& ticket_id, const std::string& actor_id, const std::string& actor_unit_id, absl::Time now);
  absl::StatusOr<std::vector<Look>> Looks(const LookFilter& filter);

 private:
  postgres::Pool& pool_;
  const Cipher& cipher_;
  std::mutex rule_mutex_;
  absl::Time rule_read_ = absl::InfinitePast();
  domain::RepeatRule rule_;
};

// The square of the map a place lies in, as the generated column counts them; 0 if unknown. And it with those around it.
int64_t PlaceCell(double longitude, double latitude);
std::vector<int64_t> CellsAround(double longitude, double latitude);

}  // namespace hotline::ticket
