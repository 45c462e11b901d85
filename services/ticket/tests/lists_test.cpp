// Lists against what they must be: every page of every filter and order, compared with looking at all tickets one by one.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>

#include "services/ticket/domain/fields.h"
#include "services/ticket/domain/search_keys.h"
#include "services/ticket/domain/words.h"
#include "services/ticket/tests/store_fixture.h"

namespace hotline::ticket {
namespace {

using domain::Ticket;

constexpr int kTickets = 400;
constexpr int kQueries = 150;
const char* const kPhrases[] = {"路灯不亮", "小区停水", "燃气泄漏", "DN300 管道", "噪音扰民", "100%", "井盖缺失"};
const char* const kCategories[] = {"", "water", "water.leak", "gas"};
const char* const kAreas[] = {"", "990101", "990102"};
const char* const kPhones[] = {"13812345678", "05311234567", "13900001111"};
constexpr char kGroup[] = "0192f0c0-0000-7000-8000-000000000002";
const char* const kNames[] = {"张三", "李 四", "王小明"};

struct Lists : StoreFixture {
  std::mt19937 random{12345};  // NOLINT: the same tickets in every run
  std::vector<Ticket> all;

  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); }
  template <class T, size_t kN>
  T OneOf(T (&choices)[kN]) { return choices[Below(kN)]; }

  Ticket RandomDraft() {
    Ticket draft = domain::Draft(static_cast<domain::Type>(1 + Below(5)));
    draft.title = std::string(OneOf(kPhrases)) + OneOf(kPhrases);
    draft.content = std::string(OneOf(kPhrases)) + "，请处理。";
    draft.category_id = OneOf(kCategories);
    draft.area_code = OneOf(kAreas);
    draft.caller.phone = OneOf(kPhones);
    draft.caller.name = OneOf(kNames);
    draft.urgency = static_cast<domain::Urgency>(1 + Below(3));
    draft.channel = Below(4) == 0 ? domain::Channel::kWeb : domain::Channel::kPhone;
    return draft;
  }

  // Registered over some years, in bursts and with long silences; dispatched, amended, closed or left, some with limits.
  void Fill() {
    for (int i = 0; i < kTickets; ++i) {
      const size_t kind = Below(20);
      clock.Advance(kind == 0 ? absl::Hours(24 * 90) : kind < 6 ? absl::Hours(30) : kind < 12 ? absl::Minutes(7) : absl::ZeroDuration());
      std::optional<domain::Dispatch> dispatch;
      if (Below(3) > 0) dispatch = domain::Dispatch{Below(2) ? domain::WaterOffice() : domain::GasUnit(), {}, ""};
      if (dispatch && Below(4) == 0) dispatch->co_units = {domain::WaterUnit()};
      const Ticket made = Made(RandomDraft(), dispatch);
      if (!dispatch && Below(3) == 0) REQUIRE(Do(made, domain::Refuse{"too_vague", "已说明"}, domain::Agent()).ok());
      if (!dispatch && Below(4) == 0) (void)Do(made, domain::Amend{.title = OneOf(kPhrases), .category_id = "gas", .note = "改"}, domain::Agent());
      for (size_t marks = Below(4); marks > 1; --marks) Mark(made);
      if (Below(2) == 0)
        REQUIRE(pool.Read("UPDATE tickets SET due_time = $2, light = $3 WHERE ticket_id = $1 AND close_time IS NULL",
                          {made.id, clock.Now() + absl::Hours(static_cast<int64_t>(Below(5))), static_cast<int64_t>(1 + Below(3))}).ok());
    }
    Reload();
  }

  // As commands would mark it, whatever its state.
  void Mark(const Ticket& ticket) {
    const Request request = By(domain::Supervisor());
    REQUIRE(store.Change(request, ticket.id, [&](const Ticket& now) -> absl::StatusOr<domain::Change> {
      domain::Change change{now, {}, {}};
      Ticket& t = change.after;
      switch (Below(6)) {
        case 0: t.leader_instructed = true; break;
        case 1: t.supervised = !t.supervised; break;
        case 2: t.extension_due = t.extension_due == absl::InfinitePast() ? request.now + absl::Hours(24) : absl::InfinitePast(); break;
        case 3: t.rating_state = static_cast<domain::RatingState>(Below(4)); break;
        case 4: t.repeat_mark = static_cast<domain::RepeatMark>(Below(4)); break;
        default: t.group_id = kGroup; break;
      }
      ++t.version;
      t.update_time = request.now;
      domain::Step step;
      step.sequence = ++t.history_count;
      step.action = "remark";
      step.changes = domain::Difference(now, t);
      step.state = t.state;
      change.steps.push_back(std::move(step));
      return change;
    }).ok());
  }

  void Reload() {
    all.clear();
    const auto rows = pool.Read("SELECT ticket_id FROM tickets");
    for (const auto row : *rows) all.push_back(*store.Get(row.Get<std::string>("ticket_id")));
  }

  TicketFilter RandomFilter() {
    TicketFilter f;
    f.order = static_cast<TicketOrder>(Below(4));
    f.limit = static_cast<int>(1 + Below(40));
    if (Below(3) == 0) f.visible_to = Below(2) ? "water" : "gas";
    if (Below(4) == 0) f.unit_id = Below(2) ? "water-east" : "water";
    if (Below(4) == 0) f.states = {2 + static_cast<int64_t>(Below(2)), static_cast<int64_t>(domain::State::kRefused)};
    if (Below(5) == 0) f.types = {static_cast<int64_t>(1 + Below(5))};
    if (Below(5) == 0) f.channels = {static_cast<int64_t>(domain::Channel::kWeb)};
    if (Below(4) == 0) f.categories = {"water", "water.leak"};
    if (Below(5) == 0) f.area_code = "990102";
    if (Below(8) == 0) f.created_by = Below(2) ? "agent-1" : "nobody";
    if (Below(8) == 0) f.caller_phone_hash = store.PhoneHash(OneOf(kPhones));
    if (Below(8) == 0) f.caller_name_hash = store.NameHash("李四");
    if (Below(8) == 0) f.urgency = static_cast<domain::Urgency>(1 + Below(3));
    if (Below(8) == 0) f.light = static_cast<domain::Light>(1 + Below(3));
    switch (Below(16)) {
      case 0: f.leader_instructed = true; break;
      case 1: f.supervised = true; break;
      case 2: f.extension_asked = true; break;
      case 3: f.rating_state = domain::RatingState::kToReview; break;
      case 4: f.repeat_mark = domain::RepeatMark::kProposed; break;
      case 5: f.group_id = kGroup; break;
      default: break;
    }
    if (Below(4) == 0) f.create_from = all[Below(all.size())].create_time;
    if (Below(4) == 0) f.create_to = all[Below(all.size())].create_time;
    const size_t search = Below(6);
    if (search < 2) {
      std::string query = OneOf(kPhrases);
      if (search == 1) query += std::string(" ") + OneOf(kPhrases);
      f.words = domain::QueryWords(query);
      f.terms = domain::QueryTerms(query);
    } else if (search == 2) {
      const Ticket& one = all[Below(all.size())];
      const std::string digits[] = {one.number, one.acceptance_number, one.caller.phone, "100"};
      f.digits = digits[Below(4)];
      if (Below(2)) f.phone_hash = store.PhoneHash(f.digits);
    }
    return f;
  }

  static bool Sees(const Ticket& t, const std::string& unit) {
    const auto in = [&](const std::string& path) { return path.find("/" + unit + "/") != std::string::npos; };
    return unit.empty() || in(t.unit.path) || std::any_of(t.co_units.begin(), t.co_units.end(), [&](const domain::UnitRef& u) { return in(u.path); });
  }
  template <class T>
  static bool Among(const std::vector<T>& choice, const T& value) { return choice.empty() || std::find(choice.begin(), choice.end(), value) != choice.end(); }

  static bool FitsMarks(const Ticket& t, const TicketFilter& f) {
    return (!f.leader_instructed || t.leader_instructed) && (!f.supervised || t.supervised) && (!f.extension_asked || t.extension_due != absl::InfinitePast()) &&
           (f.rating_state == domain::RatingState::kNone || f.rating_state == t.rating_state) &&
           (f.repeat_mark == domain::RepeatMark::kNone || f.repeat_mark == t.repeat_mark) && (f.group_id.empty() || f.group_id == t.group_id);
  }

  bool Fits(const Ticket& t, const TicketFilter& f) {
    const std::string text = t.title + " " + t.content;
    const auto words = domain::IndexWords(text);
    const std::set<std::string> has(words.begin(), words.end());
    bool fits = Among(f.states, static_cast<int64_t>(t.state)) && Among(f.types, static_cast<int64_t>(t.type)) && Among(f.channels, static_cast<int64_t>(t.channel)) &&
                Sees(t, f.visible_to) && Sees(t, f.unit_id) && Among(f.categories, t.category_id) && (f.area_code.empty() || f.area_code == t.area_code) &&
                (f.created_by.empty() || f.created_by == t.created_by) && (f.caller_phone_hash.empty() || f.caller_phone_hash == store.PhoneHash(t.caller.phone)) &&
                (f.caller_name_hash.empty() || f.caller_name_hash == store.NameHash(t.caller.name)) && (!f.urgency || *f.urgency == t.urgency) &&
                (!f.light || *f.light == t.light) && (!f.create_from || t.create_time >= *f.create_from) && (!f.create_to || t.create_time < *f.create_to) &&
                FitsMarks(t, f);
    for (const std::string& word : f.words) fits = fits && has.contains(word);
    for (const std::string& term : f.terms) fits = fits && text.find(term) != std::string::npos;
    if (!f.digits.empty())
      fits = fits && (f.digits == t.number || f.digits == t.acceptance_number || has.contains(f.digits) ||
                      (!f.phone_hash.empty() && f.phone_hash == store.PhoneHash(t.caller.phone)));
    return fits;
  }

  static absl::Time Due(const Ticket& t) { return t.close_time == absl::InfinitePast() ? t.due_time : absl::InfiniteFuture(); }

  std::vector<std::string> Expected(const TicketFilter& f) {
    std::vector<Ticket> found;
    std::copy_if(all.begin(), all.end(), std::back_inserter(found), [&](const Ticket& t) { return Fits(t, f); });
    std::sort(found.begin(), found.end(), [&](const Ticket& a, const Ticket& b) {
      switch (f.order) {
        case TicketOrder::kNewest: return a.id > b.id;
        case TicketOrder::kOldest: return a.id < b.id;
        case TicketOrder::kDueTime: return std::pair(Due(a), a.id) < std::pair(Due(b), b.id);
        case TicketOrder::kUpdated: return std::pair(a.update_time, a.id) > std::pair(b.update_time, b.id);
      }
      return false;
    });
    std::vector<std::string> ids;
    for (const Ticket& t : found) ids.push_back(t.id);
    return ids;
  }

  // With the limits of a few thousand tickets scaled down, so that every way of going on is gone.
  PostgresStore small{pool, cipher, {absl::UTCTimeZone(), 8, {4, 12, 16, 30}}};

  std::vector<std::string> Paged(Store& lists, TicketFilter f) {
    std::vector<std::string> ids;
    for (;;) {
      const auto page = lists.List(f);
      INFO(page.status());
      REQUIRE(page.ok());
      for (const Ticket& t : *page) ids.push_back(t.id);
      if (page->size() < static_cast<size_t>(f.limit)) return ids;  // a page that is not full is the last
      f.after_id = page->back().id;
      f.after_time = f.order == TicketOrder::kUpdated ? page->back().update_time : Due(page->back());
    }
  }
};

}  // namespace

TEST_CASE_METHOD(Lists, "TKT-18, TKT-17: pages of any filter and order are the tickets that fit, each once") {
  Fill();
  size_t found = 0;
  const auto compare = [&](int queries) {
    for (int i = 0; i < queries; ++i) {
      const TicketFilter filter = RandomFilter();
      const auto expected = Expected(filter);
      INFO("query " << i << " order " << static_cast<int>(filter.order) << " digits " << filter.digits << " unit " << filter.unit_id << " sees " << filter.visible_to);
      CHECK(Paged(store, filter) == expected);
      CHECK(Paged(small, filter) == expected);
      found += expected.size();
    }
  };
  compare(kQueries);
  // A unit that moved: its tickets are found where it is now, and not where it was.
  domain::Unit moved = domain::WaterOffice();
  moved.parent_id = "gas";
  moved.path = "/city/gas/water-east/";
  REQUIRE(store.PutUnit(moved).ok());
  Reload();
  compare(kQueries / 5);
  CHECK(found > 500);
}

TEST_CASE_METHOD(Lists, "TKT-18: tickets of an older version are found by their marks, as the migration gives them the same keys") {
  Fill();
  const auto keys = [&] {
    std::map<std::string, std::vector<int64_t>> all_keys;
    const auto rows = *pool.Read("SELECT ticket_id, ARRAY(SELECT k::bigint FROM unnest(keys) k ORDER BY 1) AS keys FROM ticket_search");
    for (const auto row : rows) all_keys[row.Get<std::string>("ticket_id")] = row.Get<std::vector<int64_t>>("keys");
    return all_keys;
  };
  std::vector<int64_t> marks = {domain::LeaderKey(), domain::SupervisedKey(), domain::ExtensionKey(), domain::GroupKey(kGroup)};
  for (int i = 1; i < 4; ++i) {
    marks.push_back(domain::RatingKey(static_cast<domain::RatingState>(i)));
    marks.push_back(domain::RepeatKey(static_cast<domain::RepeatMark>(i)));
  }
  const auto before = keys();
  REQUIRE(pool.Read("UPDATE ticket_search SET keys = ARRAY(SELECT k FROM unnest(keys) k WHERE k <> ALL($1::int4[]))", {marks}).ok());
  CHECK(keys() != before);
  std::string migration;
  for (const auto& entry : std::filesystem::directory_iterator(HOTLINE_SOURCE_DIR "/services/ticket/migrations")) {
    if (!entry.path().string().ends_with("_imports.sql")) continue;
    std::ifstream file(entry.path());
    migration.assign(std::istreambuf_iterator<char>(file), {});
  }
  REQUIRE(pool.Read(migration.substr(migration.find("UPDATE ticket_search"))).ok());
  CHECK(keys() == before);
}

TEST_CASE_METHOD(StoreFixture, "search keys: C++ and the migration's SQL hash alike, slices of time meet") {
  for (const char* text : {"", "a", "停水", "@u:water-east", "路灯不亮"}) {
    const auto rows = *pool.Read("SELECT search_key($1)::bigint AS count", {text});
    CHECK(rows[0].Get<int64_t>("count") == domain::SearchKey(text));
  }
  const Ticket ticket = Made();
  CHECK(domain::TimeOfId(ticket.id) == absl::FromUnixMillis(absl::ToUnixMillis(ticket.create_time)));
  CHECK(domain::FirstIdAt(ticket.create_time) < ticket.id);
  CHECK(domain::FirstIdAt(ticket.create_time + absl::Milliseconds(1)) > ticket.id);
  const absl::Time new_year = absl::FromCivil(absl::CivilDay(2027, 1, 1), absl::UTCTimeZone());
  for (domain::Slice slice : {domain::Slice::kDay, domain::Slice::kMonth, domain::Slice::kYear}) {
    CHECK(domain::SliceStart(slice, new_year) == new_year);
    CHECK(domain::SliceEnd(slice, new_year - absl::Milliseconds(1)) == new_year);
    CHECK(domain::SliceKey(slice, new_year) != domain::SliceKey(slice, new_year - absl::Milliseconds(1)));
  }
}

}  // namespace hotline::ticket
