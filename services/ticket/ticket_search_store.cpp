#include "services/ticket/ticket_search_store.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <set>

#include "libs/base/error.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/postgres_store.h"

namespace hotline::ticket {
namespace {

using domain::Slice;
using domain::Ticket;

// An id is made within the moments before or after the ticket's create time.
constexpr absl::Duration kIdSlack = absl::Minutes(1);
constexpr absl::Duration kIdStep = absl::Milliseconds(1);
constexpr int kLongWalk = 5;
constexpr size_t kScopedNear = 3;  // of a unit's in the first stretch: fewer are found sooner by their keys
constexpr int kScopedLeast = 64;   // of a unit's tickets read at once
constexpr size_t kFirstChunk = 64;
constexpr size_t kMaxChunk = 1000;
constexpr double kHoursOfDay = 24;
constexpr double kDaysOf[] = {1, 31, 366};  // of a slice
std::string LikePattern(const std::string& term) {
  std::string pattern = "%";
  for (char c : term) {
    if (c == '%' || c == '_' || c == '\\') pattern.push_back('\\');
    pattern.push_back(c);
  }
  return pattern + "%";
}

std::vector<int64_t> WordKeys(const std::vector<std::string>& words) {
  std::vector<int64_t> keys;
  for (const std::string& word : words) keys.push_back(domain::SearchKey(word));
  return keys;
}

}  // namespace

std::string TicketSearch::Conditions::Bind(postgres::Param value) {
  params_.push_back(std::move(value));
  return absl::StrCat("$", params_.size());
}

std::string TicketSearch::Conditions::Where() const {
  return conditions_.empty() ? "" : absl::StrCat(" WHERE ", absl::StrJoin(conditions_, " AND "));
}

TicketSearch::TicketSearch(postgres::Pool& pool, Loader load, const TicketFilter& filter, const domain::SearchLimits& limits)
    : pool_(pool), load_(std::move(load)), filter_(filter), limits_(limits), limit_(filter.limit) {
  CollectKeys();
}

void TicketSearch::CollectKeys() {
  const auto add = [&](std::vector<int64_t> choice) {
    if (choice.size() == 1) all_.push_back(choice[0]);
    else if (!choice.empty()) any_.push_back(std::move(choice));
  };
  if (!filter_.visible_to.empty()) all_.push_back(domain::UnitKey(filter_.visible_to));
  if (!filter_.unit_id.empty()) all_.push_back(domain::UnitKey(filter_.unit_id));
  if (!filter_.area_code.empty()) all_.push_back(domain::AreaKey(filter_.area_code));
  if (!filter_.created_by.empty()) all_.push_back(domain::CreatorKey(filter_.created_by));
  if (filter_.urgency) all_.push_back(domain::UrgencyKey(*filter_.urgency));
  if (filter_.leader_instructed) all_.push_back(domain::LeaderKey());
  if (filter_.supervised) all_.push_back(domain::SupervisedKey());
  if (filter_.extension_asked) all_.push_back(domain::ExtensionKey());
  if (filter_.rating_state != domain::RatingState::kNone) all_.push_back(domain::RatingKey(filter_.rating_state));
  if (filter_.repeat_mark != domain::RepeatMark::kNone) all_.push_back(domain::RepeatKey(filter_.repeat_mark));
  if (!filter_.group_id.empty()) all_.push_back(domain::GroupKey(filter_.group_id));
  std::vector<int64_t> states, types, channels, categories;
  for (int64_t state : filter_.states) states.push_back(domain::StateKey(static_cast<domain::State>(state)));
  for (int64_t type : filter_.types) types.push_back(domain::TypeKey(static_cast<domain::Type>(type)));
  for (int64_t channel : filter_.channels) channels.push_back(domain::ChannelKey(static_cast<domain::Channel>(channel)));
  for (const std::string& category : filter_.categories) categories.push_back(domain::CategoryKey(category));
  for (std::vector<int64_t>* choice : {&states, &types, &channels, &categories}) {
    std::sort(choice->begin(), choice->end());
    choice->erase(std::unique(choice->begin(), choice->end()), choice->end());
    add(*choice);
  }
  for (int64_t key : WordKeys(filter_.words)) all_.push_back(key);
}

std::string TicketSearch::KeyCondition(Conditions& where, const std::string& column, const std::vector<int64_t>& also) const {
  std::vector<int64_t> all = all_;
  all.insert(all.end(), also.begin(), also.end());
  std::vector<std::string> parts = {absl::StrCat(column, " @> ", where.Bind(all), "::int4[]")};
  for (const std::vector<int64_t>& choice : any_) parts.push_back(absl::StrCat(column, " && ", where.Bind(choice), "::int4[]"));
  return absl::StrJoin(parts, " AND ");
}

void TicketSearch::AddText(Conditions& where) const {
  for (const std::string& term : filter_.terms) where.Add(absl::StrCat("(t.title || ' ' || t.content) ILIKE ", where.Bind(LikePattern(term))));
  if (filter_.words.empty()) return;
  // A subquery of one row by its key: it is never turned into a join over all of them.
  where.Add(absl::StrCat("(SELECT s.keys @> ", where.Bind(WordKeys(filter_.words)), "::int4[] FROM ticket_search s WHERE s.ticket_id = t.ticket_id)"));
}

std::string TicketSearch::Digits(Conditions& where) const {
  const std::string digits = where.Bind(filter_.digits);
  std::string any = absl::StrCat("(t.number = ", digits, " OR t.acceptance_number = ", digits);
  if (!filter_.phone_hash.empty()) absl::StrAppend(&any, " OR (t.phone_hash <> '' AND t.phone_hash = ", where.Bind(filter_.phone_hash), ")");
  return any + ")";
}

void TicketSearch::AddDigits(Conditions& where) const {
  if (filter_.digits.empty()) return;
  const std::string word = where.Bind(std::vector<int64_t>{domain::SearchKey(filter_.digits)});
  where.Add(absl::StrCat("(", Digits(where), " OR ((SELECT s.keys @> ", word, "::int4[] FROM ticket_search s WHERE s.ticket_id = t.ticket_id)",
                         " AND (t.title || ' ' || t.content) ILIKE ", where.Bind(LikePattern(filter_.digits)), "))"));
}

void TicketSearch::AddCaller(Conditions& where) const {
  if (!filter_.caller_phone_hash.empty()) where.Add(absl::StrCat("t.phone_hash = ", where.Bind(filter_.caller_phone_hash), " AND t.phone_hash <> ''"));
  if (!filter_.caller_name_hash.empty()) where.Add(absl::StrCat("t.name_hash = ", where.Bind(filter_.caller_name_hash), " AND t.name_hash <> ''"));
}

void TicketSearch::AddMarks(Conditions& where) const {
  if (filter_.leader_instructed) where.Add("t.leader_instructed");
  if (filter_.supervised) where.Add("t.supervised");
  if (filter_.extension_asked) where.Add("t.extension_asked");
  // `more` says numbers as texts and leaves out what is none.
  const auto add = [&](const char* field, int value) {
    if (value != 0) where.Add(absl::StrCat("t.more ->> '", field, "' = ", where.Bind(std::to_string(value))));
  };
  add("rating_state", static_cast<int>(filter_.rating_state));
  add("repeat_mark", static_cast<int>(filter_.repeat_mark));
  if (!filter_.group_id.empty()) where.Add(absl::StrCat("t.group_id = ", where.Bind(filter_.group_id)));
}

TicketSearch::Conditions TicketSearch::Decisive() const {
  Conditions where;
  if (!filter_.states.empty()) where.Add(absl::StrCat("t.state = ANY(", where.Bind(filter_.states), "::smallint[])"));
  if (!filter_.types.empty()) where.Add(absl::StrCat("t.type = ANY(", where.Bind(filter_.types), "::smallint[])"));
  if (!filter_.channels.empty()) where.Add(absl::StrCat("t.channel = ANY(", where.Bind(filter_.channels), "::smallint[])"));
  if (!filter_.visible_to.empty()) where.Add(absl::StrCat("t.scope @> ARRAY[", where.Bind(filter_.visible_to), "::text]"));
  if (!filter_.unit_id.empty()) where.Add(absl::StrCat("t.scope @> ARRAY[", where.Bind(filter_.unit_id), "::text]"));
  if (!filter_.categories.empty()) where.Add(absl::StrCat("t.category_id = ANY(", where.Bind(filter_.categories), "::text[])"));
  if (!filter_.area_code.empty()) where.Add(absl::StrCat("t.area_code = ", where.Bind(filter_.area_code)));
  if (!filter_.created_by.empty()) where.Add(absl::StrCat("t.created_by = ", where.Bind(filter_.created_by)));
  if (filter_.create_from) where.Add(absl::StrCat("t.create_time >= ", where.Bind(*filter_.create_from)));
  if (filter_.create_to) where.Add(absl::StrCat("t.create_time < ", where.Bind(*filter_.create_to)));
  if (filter_.urgency) where.Add(absl::StrCat("t.urgency = ", where.Bind(static_cast<int64_t>(*filter_.urgency))));
  if (filter_.light) {
    where.Add(absl::StrCat("t.light = ", where.Bind(static_cast<int64_t>(*filter_.light))));
    if (*filter_.light >= domain::Light::kYellow) where.Add("t.light >= 2");  // for the index of these
  }
  AddMarks(where);
  if (without_limit_) where.Add("(t.close_time IS NOT NULL OR t.due_time = 'infinity')");
  AddCaller(where);
  AddText(where);
  return where;
}

absl::Status TicketSearch::CheckTime() const {
  return absl::Now() - started_ > domain::kMaxSearchTime ? domain::SearchTooBroad() : absl::OkStatus();
}

absl::Status TicketSearch::Load(Conditions& where, const std::string& order, int limit) {
  const std::string limited = where.Bind(limit);
  // Keys are fetched for what is shown, not for all that is sorted.
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat("SELECT ", internal::kTicketColumns, " FROM (SELECT * FROM tickets t", where.Where(), " ORDER BY ", order, " LIMIT ",
                                                                    limited, ") t JOIN ticket_keys k ON k.ticket_id = t.ticket_id ORDER BY ", order), where.params()));
  for (const auto row : rows) {
    HOTLINE_ASSIGN_OR_RETURN(Ticket ticket, load_(row));
    found_.push_back(std::move(ticket));
  }
  return CheckTime();
}

absl::StatusOr<std::vector<Ticket>> TicketSearch::Run() {
  absl::Status status;
  switch (filter_.order) {
    case TicketOrder::kNewest:
    case TicketOrder::kOldest:
      place_ = filter_.after_id;
      status = ById();
      break;
    case TicketOrder::kDueTime: status = ByDueTime(); break;
    case TicketOrder::kUpdated: status = ByUpdate(); break;
  }
  HOTLINE_RETURN_IF_ERROR(status);
  return std::move(found_);
}

// ---- by registration

absl::Status TicketSearch::ById() {
  const bool few = !filter_.caller_phone_hash.empty() || !filter_.caller_name_hash.empty() || (filter_.light && *filter_.light >= domain::Light::kYellow);
  const bool digits = !filter_.digits.empty();
  if (!digits) return few || (all_.empty() && any_.empty()) ? Directly() : BySlices();
  // By number or caller, and by word: each in order, then both together.
  HOTLINE_RETURN_IF_ERROR(Directly());
  std::vector<Ticket> direct = std::move(found_);
  found_.clear();
  all_.push_back(domain::SearchKey(filter_.digits));
  HOTLINE_RETURN_IF_ERROR(BySlices());
  found_.insert(found_.end(), std::make_move_iterator(direct.begin()), std::make_move_iterator(direct.end()));
  std::sort(found_.begin(), found_.end(), [&](const Ticket& a, const Ticket& b) { return newest_first() ? a.id > b.id : a.id < b.id; });
  found_.erase(std::unique(found_.begin(), found_.end(), [](const Ticket& a, const Ticket& b) { return a.id == b.id; }), found_.end());
  if (found_.size() > static_cast<size_t>(limit_)) found_.erase(found_.begin() + limit_, found_.end());
  return absl::OkStatus();
}

absl::Status TicketSearch::Directly() {
  const auto load = [&](const std::function<void(Conditions&)>& add) {
    Conditions where = Decisive();
    add(where);
    if (filter_.create_from) where.Add(absl::StrCat("t.ticket_id >= ", where.Bind(domain::FirstIdAt(*filter_.create_from - kIdSlack)), "::uuid"));
    if (filter_.create_to) where.Add(absl::StrCat("t.ticket_id < ", where.Bind(domain::FirstIdAt(*filter_.create_to + kIdSlack)), "::uuid"));
    if (!place_.empty()) where.Add(absl::StrCat("t.ticket_id ", newest_first() ? "<" : ">", " ", where.Bind(place_), "::uuid"));
    return Load(where, OrderClause(), limit_);
  };
  if (filter_.digits.empty()) return load([](Conditions&) {});
  // Each by an index of its own: of a phone that called ten thousand times only a page is read.
  HOTLINE_RETURN_IF_ERROR(load([&](Conditions& where) {
    const std::string digits = where.Bind(filter_.digits);
    where.Add(absl::StrCat("(t.number = ", digits, " OR t.acceptance_number = ", digits, ")"));
  }));
  if (filter_.phone_hash.empty()) return absl::OkStatus();
  return load([&](Conditions& where) { where.Add(absl::StrCat("t.phone_hash = ", where.Bind(filter_.phone_hash), " AND t.phone_hash <> ''")); });
}

std::string TicketSearch::OrderClause() const {
  switch (filter_.order) {
    case TicketOrder::kNewest: return "t.ticket_id DESC";
    case TicketOrder::kUpdated: return "t.update_time DESC, t.ticket_id DESC";
    case TicketOrder::kDueTime: return without_limit_ ? "t.ticket_id" : "t.due_time, t.ticket_id";
    case TicketOrder::kOldest: break;
  }
  return "t.ticket_id";
}

absl::Status TicketSearch::ReadEdges() {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT (SELECT ticket_id FROM tickets ORDER BY ticket_id LIMIT 1) AS oldest,"
                                                       " (SELECT ticket_id FROM tickets ORDER BY ticket_id DESC LIMIT 1) AS newest"));
  const auto oldest = rows[0].Get<std::optional<std::string>>("oldest");
  const auto newest = rows[0].Get<std::optional<std::string>>("newest");
  low_ = oldest ? domain::TimeOfId(*oldest) : absl::UnixEpoch();
  high_ = newest ? domain::TimeOfId(*newest) + kIdStep : low_;
  if (filter_.create_from) low_ = std::max(low_, *filter_.create_from - kIdSlack);
  if (filter_.create_to) high_ = std::min(high_, *filter_.create_to + kIdSlack);
  if (place_.empty()) return absl::OkStatus();
  if (newest_first()) high_ = std::min(high_, domain::TimeOfId(place_) + kIdStep);
  else low_ = std::max(low_, domain::TimeOfId(place_));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> TicketSearch::Proposed(Slice slice, absl::Time time) {
  Conditions keys;
  std::vector<int64_t> also;
  if (slice != Slice::kAll) also.push_back(domain::SliceKey(slice, time));
  std::string condition = KeyCondition(keys, "keys", also);
  if (!place_.empty()) condition += absl::StrCat(" AND ticket_id ", newest_first() ? "<" : ">", " ", keys.Bind(place_), "::uuid");
  // The keys' index first, whatever the planner thinks of the order's.
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat("WITH proposed AS MATERIALIZED (SELECT ticket_id FROM ticket_search WHERE ", condition,
                                                                    ") SELECT ticket_id FROM proposed ORDER BY ticket_id", newest_first() ? " DESC" : "",
                                                                    " LIMIT ", keys.Bind(limits_.most)), keys.params()));
  std::vector<std::string> ids;
  for (const auto row : rows) ids.push_back(row.Get<std::string>("ticket_id"));
  return ids;
}

absl::Status TicketSearch::Decide(const std::vector<std::string>& proposed) {
  size_t chunk = std::max(kFirstChunk, static_cast<size_t>(missing()));
  for (size_t at = 0; at < proposed.size() && missing() > 0; at += chunk, chunk = std::min(chunk * 2, kMaxChunk)) {
    const auto begin = proposed.begin() + static_cast<std::ptrdiff_t>(at);
    Conditions where = Decisive();
    where.Add(absl::StrCat("t.ticket_id = ANY(", where.Bind(std::vector<std::string>(begin, begin + static_cast<std::ptrdiff_t>(std::min(chunk, proposed.size() - at)))),
                           "::uuid[])"));
    AddPart(where);
    HOTLINE_RETURN_IF_ERROR(Load(where, OrderClause(), missing()));
  }
  return absl::OkStatus();
}

void TicketSearch::ChooseSlice(Progress& progress, absl::Duration searched, size_t proposed) const {
  progress.days += std::max(absl::ToDoubleHours(searched), 1.0) / kHoursOfDay;
  progress.proposed += static_cast<double>(proposed);
  // What has not been seen at all is taken for half a ticket, and each slice is one size longer at most.
  const double a_day = std::max(progress.proposed, 0.5) / progress.days;
  const auto fits = [&](Slice slice) { return a_day * kDaysOf[static_cast<size_t>(slice)] <= limits_.slice; };
  switch (progress.slice) {
    case Slice::kDay: progress.slice = fits(Slice::kMonth) ? Slice::kMonth : Slice::kDay; break;
    case Slice::kMonth: progress.slice = fits(Slice::kYear) ? Slice::kYear : fits(Slice::kMonth) ? Slice::kMonth : Slice::kDay; break;
    case Slice::kYear:
    case Slice::kAll: {
      const double left = absl::ToDoubleHours(high_ - low_) / kHoursOfDay;
      progress.slice = a_day * left <= limits_.slice ? Slice::kAll : fits(Slice::kYear) ? Slice::kYear : Slice::kMonth;
      break;
    }
  }
}

absl::Status TicketSearch::BySlices() {
  HOTLINE_RETURN_IF_ERROR(ReadEdges());
  Progress progress;
  while (low_ < high_ && missing() > 0) {
    const absl::Time at = newest_first() ? high_ - kIdStep : low_;
    HOTLINE_ASSIGN_OR_RETURN(const std::vector<std::string> proposed, Proposed(progress.slice, at));
    HOTLINE_RETURN_IF_ERROR(Decide(proposed));
    const absl::Time high = high_, low = low_;
    if (proposed.size() == static_cast<size_t>(limits_.most)) {
      // The slice goes on behind the last of them.
      place_ = proposed.back();
      (newest_first() ? high_ : low_) = newest_first() ? domain::TimeOfId(place_) + kIdStep : domain::TimeOfId(place_);
    } else if (progress.slice == Slice::kAll) {
      break;
    } else if (newest_first()) {
      high_ = domain::SliceStart(progress.slice, at);
      place_ = domain::FirstIdAt(high_);
    } else {
      low_ = domain::SliceEnd(progress.slice, at);
      // The least id of the next slice is no ticket's: after it is from it on.
      place_ = domain::FirstIdAt(low_);
    }
    ChooseSlice(progress, (high - low) - (high_ - low_), proposed.size());
    HOTLINE_RETURN_IF_ERROR(CheckTime());
  }
  return absl::OkStatus();
}

// ---- by due time and by change

absl::StatusOr<std::optional<std::vector<std::string>>> TicketSearch::ProposedAtAll(std::vector<int64_t> also) {
  std::optional<std::vector<std::string>> ids;
  if (all_.empty() && any_.empty() && filter_.digits.empty()) return ids;
  if (!filter_.digits.empty()) also.push_back(domain::SearchKey(filter_.digits));
  Conditions keys;
  const std::string condition = KeyCondition(keys, "keys", also);
  std::string sql = absl::StrCat("WITH proposed AS MATERIALIZED (SELECT ticket_id FROM ticket_search WHERE ", condition, " LIMIT ",
                                 keys.Bind(limits_.sorted + 1), ") SELECT ticket_id FROM proposed");
  if (!filter_.digits.empty())
    absl::StrAppend(&sql, " UNION (SELECT t.ticket_id FROM tickets t WHERE ", Digits(keys), " LIMIT ", keys.Bind(limits_.sorted + 1), ")");
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(sql, keys.params()));
  if (rows.size() > static_cast<size_t>(limits_.sorted)) return ids;
  ids.emplace();
  for (const auto row : rows) ids->push_back(row.Get<std::string>("ticket_id"));
  return ids;
}

void TicketSearch::AddPart(Conditions& where) const {
  const bool by_word = filter_.order == TicketOrder::kNewest || filter_.order == TicketOrder::kOldest || without_limit_;
  if (!filter_.digits.empty() && by_word) where.Add(absl::StrCat("(t.title || ' ' || t.content) ILIKE ", where.Bind(LikePattern(filter_.digits))));
  if (by_word) return;
  AddDigits(where);
  if (filter_.order == TicketOrder::kDueTime) {
    where.Add("t.close_time IS NULL AND t.due_time < 'infinity'");
    if (!filter_.after_id.empty()) where.Add(absl::StrCat("(t.due_time, t.ticket_id) > (", where.Bind(filter_.after_time), ", ", where.Bind(filter_.after_id), "::uuid)"));
  } else if (!from_.empty()) {
    // A ticket has many entries and stands where its latest change is: those changed later were there before.
    where.Add(absl::StrCat("(t.update_time, t.ticket_id) < (", where.Bind(from_time_), ", ", where.Bind(from_), "::uuid)"));
  }
}

absl::StatusOr<bool> TicketSearch::Walk(int tickets, bool fitting) {
  const bool due = filter_.order == TicketOrder::kDueTime;
  Conditions where;
  if (due) where.Add("close_time IS NULL AND due_time < 'infinity'");
  const std::string time = due ? "due_time" : "time", order = due ? "due_time, ticket_id" : "time DESC, ticket_id DESC";
  if (!place_.empty()) where.Add(absl::StrCat("(", time, ", ticket_id) ", due ? ">" : "<", " (", where.Bind(walked_), ", ", where.Bind(place_), "::uuid)"));
  const std::string fits = scoped() ? absl::StrCat("scope @> ", where.Bind(Scopes()), "::text[]") : "true";
  if (fitting) where.Add(fits);
  const std::string limit = where.Bind(tickets);
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat("SELECT ticket_id, ", time, " AS at, ", fits, " AS fits FROM ", due ? "tickets" : "history", where.Where(),
                                                                    " ORDER BY ", order, " LIMIT ", limit), where.params()));
  if (rows.empty()) return false;
  std::vector<std::string> ids;
  std::set<std::string> seen;
  for (const auto row : rows) {
    if (!row.Get<bool>("fits")) continue;
    if (std::string id = row.Get<std::string>("ticket_id"); seen.insert(id).second) ids.push_back(std::move(id));
  }
  from_ = place_;
  from_time_ = walked_;
  place_ = rows[rows.size() - 1].Get<std::string>("ticket_id");
  walked_ = rows[rows.size() - 1].Get<absl::Time>("at");
  fitting_ = ids.size();
  HOTLINE_ASSIGN_OR_RETURN(ids, WithKeys(std::move(ids)));
  HOTLINE_RETURN_IF_ERROR(Decide(ids));
  return static_cast<int>(rows.size()) == tickets;
}

absl::StatusOr<std::vector<std::string>> TicketSearch::WithKeys(std::vector<std::string> ids) const {
  // A row of keys is a fifth of a ticket's. What most open tickets have is not worth the look.
  if (ids.empty() || (filter_.words.empty() && filter_.categories.empty() && filter_.area_code.empty())) return ids;
  Conditions where;
  where.Add(absl::StrCat("ticket_id = ANY(", where.Bind(ids), "::uuid[])"));
  where.Add(KeyCondition(where, "keys"));
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat("SELECT ticket_id FROM ticket_search", where.Where()), where.params()));
  std::set<std::string> kept;
  for (const auto row : rows) kept.insert(row.Get<std::string>("ticket_id"));
  std::erase_if(ids, [&](const std::string& id) { return !kept.contains(id); });
  return ids;
}

std::vector<std::string> TicketSearch::Scopes() const {
  std::vector<std::string> units;
  for (const std::string* unit : {&filter_.visible_to, &filter_.unit_id}) {
    if (!unit->empty()) units.push_back(*unit);
  }
  return units;
}

absl::StatusOr<bool> TicketSearch::WalkOn() {
  // What the first stretch held says how far the page is. The index alone tells what a unit sees, so that a way ten times as long costs no more.
  const bool near = scoped() ? fitting_ >= kScopedNear : found_.size() * kLongWalk >= static_cast<size_t>(limit_);
  bool more = true;
  for (int i = 1; i < kLongWalk && more && near && missing() > 0; ++i) {
    HOTLINE_ASSIGN_OR_RETURN(more, Walk(scoped() ? std::min(limits_.walk, std::max(kScopedLeast, missing() * kLongWalk)) : limits_.walk, scoped()));
  }
  return more;
}

absl::Status TicketSearch::WalkOrSort(const std::vector<int64_t>& also) {
  place_ = filter_.after_id;
  walked_ = filter_.after_time;
  HOTLINE_ASSIGN_OR_RETURN(bool more, Walk(limits_.walk, /*fitting=*/false));
  if (more && missing() > 0) {
    HOTLINE_ASSIGN_OR_RETURN(more, WalkOn());
  }
  if (!more || missing() <= 0) return absl::OkStatus();
  HOTLINE_ASSIGN_OR_RETURN(const auto ids, ProposedAtAll(also));
  if (ids) {
    found_.clear();
    from_ = filter_.after_id;
    from_time_ = filter_.after_time;
    Conditions where = Decisive();
    AddPart(where);
    where.Add(absl::StrCat("t.ticket_id = ANY(", where.Bind(*ids), "::uuid[])"));
    return Load(where, OrderClause(), missing());
  }
  while (more && missing() > 0) {
    HOTLINE_ASSIGN_OR_RETURN(more, Walk(limits_.walk * kLongWalk, /*fitting=*/false));
    HOTLINE_RETURN_IF_ERROR(CheckTime());
  }
  return absl::OkStatus();
}

absl::Status TicketSearch::ByDueTime() {
  if (filter_.after_id.empty() || filter_.after_time < absl::InfiniteFuture()) {
    HOTLINE_RETURN_IF_ERROR(WalkOrSort({domain::OpenKey()}));
    if (missing() <= 0) return absl::OkStatus();
    place_.clear();
  } else {
    place_ = filter_.after_id;
  }
  // Then those without a limit that runs, as they were registered.
  std::vector<Ticket> first = std::move(found_);
  found_.clear();
  limit_ -= static_cast<int>(first.size());
  without_limit_ = true;
  HOTLINE_RETURN_IF_ERROR(ById());
  found_.insert(found_.begin(), std::make_move_iterator(first.begin()), std::make_move_iterator(first.end()));
  return absl::OkStatus();
}

absl::Status TicketSearch::ByUpdate() { return WalkOrSort({}); }

}  // namespace hotline::ticket
