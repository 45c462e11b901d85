#include <set>
#include <thread>

#include "libs/base/id.h"
#include "libs/testing/wait.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/words.h"
#include "services/ticket/domain/fields.h"
#include "services/ticket/followers.h"
#include "services/ticket/tests/store_fixture.h"

namespace hotline::ticket {

using domain::State;
using domain::Ticket;

TEST_CASE_METHOD(StoreFixture, "TKT-2: a ticket is read back as it was registered") {
  Ticket draft = domain::Draft();
  draft.caller = {"张三", "13812345678", "citizen", "某厂", "解放路1号", false, true, false};
  draft.tags = {"供水", "a,b\"{}"};
  draft.place = "解放路2号";
  draft.longitude = 117.02;
  draft.latitude = 36.65;
  draft.party_complained_of = "某公司";
  draft.links = {{base::NewId(), "duplicate"}};
  draft.call_id = "call-1";
  const Ticket made = Made(draft, domain::Dispatch{domain::WaterUnit(), {domain::GasUnit()}, "请办理"});
  Ticket read = *store.Get(made.id);
  CHECK(read == made);
  CHECK(made.number.substr(0, 8) == "20260921");
  CHECK(made.acceptance_number.size() == 8);
  CHECK(*store.Resolve(made.number) == made.id);
  CHECK(*store.Resolve(made.acceptance_number) == made.id);
  CHECK(base::HasReason(store.Resolve("99990101000001").status(), "TICKET_NOT_FOUND"));
  CHECK(base::HasReason(store.Get(base::NewId()).status(), "TICKET_NOT_FOUND"));
  // Nothing personal lies open in any table.
  CHECK(Count("SELECT count(*) FROM tickets t WHERE t::text ~ '张三|13812345678|解放路|某厂|某公司'") == 0);
  CHECK(Count("SELECT count(*) FROM outbox o WHERE convert_from(payload, 'LATIN1') ~ '13812345678'") == 0);
  CHECK(Events() == std::vector<std::string>{"TicketCreated", "TicketDispatched"});
}

TEST_CASE_METHOD(StoreFixture, "TKT-4: a ticket that is another version than was read is not written over, and nothing is kept") {
  const Ticket ticket = Dispatched();
  const auto signing = [&](postgres::Transaction& tx, bool changed) {
    return store.Change(tx, By(domain::Officer()), ticket.id, [&](const Ticket& before) -> absl::StatusOr<domain::Change> {
      if (changed) CHECK(tx.Execute("UPDATE tickets SET version = version + 1 WHERE ticket_id = $1", {ticket.id}).ok());
      return domain::Decide(&before, domain::Sign{}, domain::Officer(), clock.Now(), domain::DefaultProcess(before.type));
    });
  };
  const auto refused = postgres::RunTransaction(pool, [&](postgres::Transaction& tx) { return signing(tx, true); });
  CHECK(base::Reason(refused.status()) == postgres::kReasonConstraint);
  CHECK(*store.Get(ticket.id) == ticket);
  CHECK(postgres::RunTransaction(pool, [&](postgres::Transaction& tx) { return signing(tx, false); })->state == State::kSigned);
}

TEST_CASE_METHOD(StoreFixture, "TKT-4, TKT-16: the whole loop leaves history, notices and events, chained") {
  Ticket ticket = Dispatched();
  clock.Advance(absl::Minutes(1));
  REQUIRE(Do(ticket, domain::Sign{}, domain::Officer()).ok());
  REQUIRE(Do(ticket, domain::Reply{"已修复", ""}, domain::Officer()).ok());
  REQUIRE(Do(ticket, domain::Review{true, ""}, domain::Supervisor()).ok());
  REQUIRE(Do(ticket, domain::Callback{true, true, "satisfied", "", "call-9"}, domain::Agent()).ok());
  const Ticket archived = *Do(ticket, domain::Archive{}, domain::Agent());
  CHECK(archived.state == State::kArchived);
  CHECK(*store.Get(ticket.id) == archived);
  CHECK(Actions(ticket) == std::vector<std::string>{"created", "dispatched", "signed", "replied", "reviewed", "callback", "closed", "archived"});
  CHECK(Events() == std::vector<std::string>{"TicketCreated", "TicketDispatched", "TicketSigned", "TicketReplied", "TicketReviewed",
                                             "TicketCallbackRecorded", "TicketClosed", "TicketArchived"});
  CHECK(store.VerifyHistory(ticket.id).ok());
  const auto page = *store.History(ticket.id, 2, 3);
  REQUIRE(page.size() == 3);
  CHECK(page[0].sequence == 3);
  CHECK(page[0].actor_name == "经办人");
  const auto notices = *store.Notices(ticket.id, "", 10);
  REQUIRE(notices.size() == 2);
  CHECK(notices[0].kind == "result");
  CHECK(store.Notices(ticket.id, notices[0].notice_id, 10)->at(0).kind == "receipt");
}

TEST_CASE_METHOD(StoreFixture, "TKT-16: history takes no change; a change by force is found") {
  const Ticket ticket = Dispatched();
  CHECK_FALSE(pool.Read("UPDATE history SET note = 'x' WHERE ticket_id = $1", {ticket.id}).ok());
  CHECK_FALSE(pool.Read("DELETE FROM history WHERE ticket_id = $1", {ticket.id}).ok());
  auto admin = *postgres::Connection::Open(testing::PrivatePostgres::Shared().AdminOptions([&] {
    const size_t at = database.conninfo.find("dbname=");
    return database.conninfo.substr(at + 7, database.conninfo.find(' ', at) - at - 7);
  }()));
  CHECK_FALSE(admin->ExecuteScript("UPDATE ticket.history SET note = 'x'").ok());
  REQUIRE(admin->ExecuteScript("ALTER TABLE ticket.history DISABLE TRIGGER history_append_only;"
                               "UPDATE ticket.history SET note = '改过' WHERE sequence = 1").ok());
  CHECK(base::HasReason(store.VerifyHistory(ticket.id), "HISTORY_BROKEN"));
}

TEST_CASE_METHOD(StoreFixture, "TKT-16: the history, played from its start, makes the ticket byte for byte; a changed ticket is found") {
  Ticket ticket = Dispatched();
  ticket = *Do(ticket, domain::Sign{}, domain::Officer());
  ticket = *Do(ticket, domain::Reply{"已修复", "内部", "explained"}, domain::Officer());
  ticket = *Do(ticket, domain::SetConfidential{true, "来电人要求"}, domain::Agent());
  ticket = *Do(ticket, domain::Review{true, ""}, domain::Supervisor());
  const absl::StatusOr<Ticket> played = store.ReplayHistory(ticket.id);
  REQUIRE(played.ok());
  CHECK(domain::Canonical(*played) == domain::Canonical(*store.Get(ticket.id)));
  CHECK(played->caller.name == "张三");
  CHECK(store.VerifyHistory(ticket.id).ok());
  REQUIRE(pool.Read("UPDATE tickets SET answer = '另一个答复' WHERE ticket_id = $1 RETURNING 1 AS one", {ticket.id}).ok());
  CHECK(base::HasReason(store.VerifyHistory(ticket.id), "HISTORY_BROKEN"));
}

TEST_CASE_METHOD(StoreFixture, "TKT-11: two tickets are linked in one go; members follow their group case once it has its result") {
  const Ticket group = Dispatched(), member = Dispatched();
  const Request by = By(domain::Dispatcher(), "MergeTicket");
  const domain::Process process = domain::DefaultProcess(group.type);
  REQUIRE(store.ChangePair(by, member.id, group.id, [&](const Ticket& one, const Ticket& other) -> absl::StatusOr<Store::Pair> {
    return Store::Pair{*domain::Decide(&one, domain::Merge{other.id, other.number, "同一事项"}, by.actor, by.now, process), std::nullopt};
  }).ok());
  CHECK(*store.GroupMembers(group.id) == 1);
  DefaultProcesses processes;
  CHECK(*FollowOnce(store, processes, by.now) == 0);
  Ticket ticket = *Do(group, domain::Sign{}, domain::Officer());
  ticket = *Do(ticket, domain::Reply{"已修复"}, domain::Officer());
  ticket = *Do(ticket, domain::Review{true, ""}, domain::Supervisor());
  CHECK(*FollowOnce(store, processes, by.now) == 1);
  CHECK(*FollowOnce(store, processes, by.now) == 0);
  const Ticket followed = *store.Get(member.id);
  CHECK(followed.state == State::kCallback);
  CHECK(followed.answer == "已修复");
  CHECK(store.VerifyHistory(member.id).ok());
}

TEST_CASE_METHOD(StoreFixture, "a refused command writes nothing") {
  const Ticket ticket = Dispatched();
  const int64_t events = Count("SELECT count(*) FROM outbox");
  CHECK(base::HasReason(Do(ticket, domain::Sign{}, domain::OtherOfficer()).status(), "WRONG_UNIT"));
  CHECK(base::HasReason(Do(ticket, domain::Archive{}, domain::Agent()).status(), "WRONG_STATE"));
  CHECK(*store.Get(ticket.id) == ticket);
  CHECK(Count("SELECT count(*) FROM outbox") == events);
  CHECK(Actions(ticket).size() == 2);
}

TEST_CASE_METHOD(StoreFixture, "request ids: one ticket, however many ask at once") {
  const std::string request_id = base::NewId();
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::set<std::string> ids;
  int repeated = 0;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      const absl::StatusOr<Registered> made = Create(By(domain::Agent(), "CreateTicket", request_id), domain::Draft());
      std::lock_guard lock(mutex);
      if (!made.ok()) return;
      ids.insert(made->ticket.id);
      repeated += made->repeated;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(ids.size() == 1);
  CHECK(repeated == 5);
  CHECK(Count("SELECT count(*) FROM tickets") == 1);
  // The same id for a command, or for another's ticket, is refused.
  const Ticket other = Dispatched();
  const std::string sign_id = base::NewId();
  REQUIRE(Do(other, domain::Sign{}, domain::Officer(), sign_id).ok());
  CHECK(Do(other, domain::Sign{}, domain::Officer(), sign_id)->state == State::kSigned);
  CHECK(Actions(other).size() == 3);
  CHECK(base::HasReason(Do(Dispatched(), domain::Sign{}, domain::Officer(), sign_id).status(), "REQUEST_ID_REUSED"));
  CHECK(base::HasReason(Do(other, domain::Sign{}, domain::Officer(), request_id).status(), "REQUEST_ID_REUSED"));
}

TEST_CASE_METHOD(StoreFixture, "commands at the same time: each sees the other's result") {
  const Ticket ticket = Dispatched();
  std::vector<std::thread> threads;
  std::atomic<int> signed_count = 0;
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&] { signed_count += Do(ticket, domain::Sign{}, domain::Officer()).ok(); });
  for (std::thread& thread : threads) thread.join();
  CHECK(signed_count == 1);
  CHECK(store.Get(ticket.id)->version == ticket.version + 1);
  CHECK(store.VerifyHistory(ticket.id).ok());
}

TEST_CASE_METHOD(StoreFixture, "DESIGN 5: numbers run per day, one each, across replicas") {
  PostgresStore replica(pool, cipher, {absl::UTCTimeZone(), 8});
  std::set<std::string> numbers, acceptance;
  for (int i = 0; i < 30; ++i) {
    const Ticket ticket = Made();
    numbers.insert(ticket.number);
    acceptance.insert(ticket.acceptance_number);
  }
  const Request request = By(domain::Agent());
  const absl::StatusOr<Registered> other = replica.Create(request, [&](const Numbers& given) {
    Ticket draft = domain::Draft();
    draft.id = given.ticket_id;
    draft.number = given.number;
    draft.acceptance_number = given.acceptance_number;
    return domain::Decide(nullptr, domain::Create{draft}, request.actor, request.now, domain::DefaultProcess(draft.type));
  });
  numbers.insert(other->ticket.number);
  CHECK(numbers.size() == 31);
  CHECK(acceptance.size() == 30);
  CHECK(*numbers.begin() == "20260921000001");
  clock.Advance(absl::Hours(24));
  CHECK(Made().number == "20260922000001");
}

TEST_CASE_METHOD(StoreFixture, "DESIGN 5: an acceptance number is given again after two years, not before") {
  // One digit: ten numbers only.
  PostgresStore tiny(pool, cipher, {absl::UTCTimeZone(), 1});
  const auto create = [&] {
    const Request request = By(domain::Agent());
    return tiny.Create(request, [&](const Numbers& given) {
      Ticket draft = domain::Draft();
      draft.id = given.ticket_id;
      draft.number = given.number;
      draft.acceptance_number = given.acceptance_number;
      return domain::Decide(nullptr, domain::Create{draft}, request.actor, request.now, domain::DefaultProcess(draft.type));
    });
  };
  std::set<std::string> used;
  for (int i = 0; i < 400 && used.size() < 10; ++i) {
    const auto made = create();
    if (made.ok()) CHECK(used.insert(made->ticket.acceptance_number).second);
  }
  REQUIRE(used.size() == 10);
  CHECK(base::HasReason(create().status(), "NUMBERS_EXHAUSTED"));
  clock.Advance(domain::kAcceptanceReuse + absl::Hours(1));
  CHECK(create().ok());
}

TEST_CASE_METHOD(StoreFixture, "lists: by unit subtree, state, words, digits, phone and due time") {
  Ticket draft = domain::Draft();
  draft.title = "供水管道爆裂";
  draft.content = "鼓楼区解放路DN300管道漏水";
  const Ticket east = Made(draft, domain::Dispatch{domain::WaterOffice()});
  draft.title = "燃气泄漏";
  draft.content = "有味道";
  draft.caller.phone = "05311234567";
  const Ticket gas = Made(draft, domain::Dispatch{domain::GasUnit(), {domain::WaterUnit()}, ""});
  const Ticket open = Made();
  const auto ids = [&](TicketFilter filter) {
    filter.limit = 50;
    std::vector<std::string> found;
    const auto tickets = store.List(filter);
    INFO(tickets.status());
    REQUIRE(tickets.ok());
    for (const Ticket& ticket : *tickets) found.push_back(ticket.id);
    return found;
  };
  using Ids = std::vector<std::string>;
  CHECK(ids({}) == Ids{open.id, gas.id, east.id});
  CHECK(ids({.visible_to = "water"}) == Ids{gas.id, east.id});
  CHECK(ids({.visible_to = "water-east"}) == Ids{east.id});
  CHECK(ids({.visible_to = "gas", .unit_id = "water"}) == Ids{gas.id});
  CHECK(ids({.states = {2}}) == Ids{open.id});
  CHECK(ids({.states = {3}, .types = {3}}) == Ids{gas.id, east.id});
  CHECK(ids({.words = domain::QueryWords("管道"), .terms = {"管道"}}) == Ids{east.id});
  CHECK(ids({.words = domain::QueryWords("dn300"), .terms = {"dn300"}}) == Ids{east.id});
  CHECK(ids({.words = domain::QueryWords("道管")}).empty());
  CHECK(ids({.terms = {"100%"}}).empty());
  CHECK(ids({.digits = east.number}) == Ids{east.id});
  CHECK(ids({.digits = gas.acceptance_number}) == Ids{gas.id});
  CHECK(ids({.digits = "05311234567", .phone_hash = store.PhoneHash("05311234567")}) == Ids{gas.id});
  CHECK(ids({.digits = "05311234567"}).empty());
  CHECK(ids({.after_id = gas.id}) == Ids{east.id});
  CHECK(ids({.create_from = clock.Now() + absl::Hours(1)}).empty());
  CHECK(ids({.urgency = domain::Urgency::kCritical}).empty());
  CHECK(ids({.order = TicketOrder::kDueTime}).size() == 3);
  CHECK(ids({.order = TicketOrder::kDueTime, .after_id = gas.id, .after_time = absl::InfiniteFuture()}) == Ids{open.id});
}

TEST_CASE_METHOD(StoreFixture, "searches by keys, due time and caller use their indexes") {
  auto plan = [&](const std::string& where) {
    auto connection = *postgres::Connection::Open(database);
    REQUIRE(connection->ExecuteScript("SET enable_seqscan = off").ok());
    std::string text;
    const auto rows = *connection->Query("EXPLAIN SELECT * FROM tickets t WHERE " + where);
    for (const auto row : rows) text += row.Get<std::string>("QUERY PLAN") + "\n";
    return text;
  };
  CHECK(plan("t.ticket_id IN (SELECT ticket_id FROM ticket_search WHERE keys @> ARRAY[1, 2])").find("ticket_search_keys") != std::string::npos);
  CHECK(plan("t.close_time IS NULL AND t.due_time < 'infinity' ORDER BY t.due_time, t.ticket_id LIMIT 5").find("tickets_due") != std::string::npos);
  CHECK(plan("t.name_hash = 'x' AND t.name_hash <> ''").find("tickets_name") != std::string::npos);
  CHECK(plan("t.phone_hash = 'x' AND t.phone_hash <> ''").find("tickets_phone") != std::string::npos);
}

TEST_CASE_METHOD(StoreFixture, "TKT-17: a caller's tickets, open ones first, by any form of the number") {
  const Ticket closed = Made(domain::Draft(domain::Type::kConsultation));
  REQUIRE(Do(closed, domain::Refuse{"outside_city", "已说明"}, domain::Agent()).ok());
  const Ticket first = Made();
  const Ticket second = Dispatched();
  const Ticket third = Made();
  REQUIRE(Do(third, domain::Refuse{"too_vague", "已说明"}, domain::Agent()).ok());
  const CallerHistory history = *store.CallerTickets("+8613812345678", "", 3);
  CHECK(history.total_count == 4);
  CHECK(history.open_count == 2);
  REQUIRE(history.tickets.size() == 3);
  CHECK(history.tickets[0].id == second.id);
  CHECK(history.tickets[1].id == first.id);
  CHECK(history.tickets[2].id == third.id);
  CHECK(store.CallerTickets("", "", 3)->tickets.empty());
}

TEST_CASE_METHOD(StoreFixture, "PLT-1: a unit that moves takes its tickets along") {
  const Ticket ticket = Made(domain::Draft(), domain::Dispatch{domain::WaterOffice(), {domain::GasUnit()}, ""});
  domain::Unit moved = domain::WaterOffice();
  moved.parent_id = "works";
  moved.path = "/city/works/water-east/";
  REQUIRE(store.PutUnit(moved).ok());
  const Ticket now = *store.Get(ticket.id);
  CHECK(now.unit.path == "/city/works/water-east/");
  CHECK(now.responsible.path == now.unit.path);
  CHECK(now.co_units == ticket.co_units);
  // The tree is the directory's: the ticket's own history still makes the ticket.
  CHECK(store.VerifyHistory(ticket.id).ok());
  CHECK(store.List({.visible_to = "water", .limit = 5})->empty());
  CHECK(store.List({.visible_to = "works", .limit = 5})->size() == 1);
  CHECK(store.List({.visible_to = "gas", .limit = 5})->size() == 1);
}

TEST_CASE_METHOD(StoreFixture, "IVR-5: tries are counted in their window and given back") {
  const domain::AttemptKey key{"ticket:x", 3, absl::Hours(1)};
  for (int i = 0; i < 3; ++i) CHECK(store.ChargeAttempt({key}, clock.Now()).ok());
  CHECK(base::HasReason(store.ChargeAttempt({key}, clock.Now()), "TOO_MANY_ATTEMPTS"));
  REQUIRE(store.RefundAttempt({key}).ok());
  REQUIRE(store.RefundAttempt({key}).ok());
  CHECK(store.ChargeAttempt({key}, clock.Now()).ok());
  CHECK_FALSE(store.ChargeAttempt({key}, clock.Now()).ok());
  clock.Advance(absl::Hours(2));
  CHECK(store.ChargeAttempt({key}, clock.Now()).ok());
}

TEST_CASE_METHOD(StoreFixture, "IVR-10: a call is rated once, with its ticket or without") {
  Ticket draft = domain::Draft();
  draft.call_id = "call-1";
  const Ticket ticket = Made(draft);
  const auto rate = [&](const std::string& call, int score) {
    const Request request = By(domain::Service());
    const domain::Rate rating{call, "agent-1", score};
    return store.RecordRating(request, rating, [&](const Ticket& now) { return domain::Decide(&now, rating, request.actor, request.now, domain::DefaultProcess(now.type)); });
  };
  CHECK(rate("call-1", 1).ok());
  CHECK(rate("call-1", 5).ok());
  CHECK(rate("call-2", 2).ok());
  CHECK(Count("SELECT count(*) FROM call_ratings WHERE score IN (1, 2)") == 2);
  CHECK(Actions(ticket) == std::vector<std::string>{"created", "rated"});
  CHECK(Events() == std::vector<std::string>{"TicketCreated", "CallRated", "CallRated"});
  CHECK(store.Get(ticket.id)->version == ticket.version);
}

TEST_CASE_METHOD(StoreFixture, "PLT-2: categories in tree order without rings, lines by number") {
  CHECK(store.PutCategory({"water", "", "供水", "Water", {"供水"}, "water", "", 2}).ok());
  CHECK(store.PutCategory({"gas", "", "燃气", "Gas", {}, "gas", "", 1}).ok());
  CHECK(store.PutCategory({"water.leak", "water", "漏水", "Leak", {}, "", "", 1}).ok());
  std::vector<std::string> order;
  const auto categories = store.Categories();
  for (const Category& category : *categories) order.push_back(category.id);
  CHECK(order == std::vector<std::string>{"gas", "water", "water.leak"});
  CHECK(base::HasReason(store.PutCategory({"x1", "nowhere", "x", "", {}, "", "", 0}), "CATEGORY_NOT_FOUND"));
  CHECK(base::FieldViolations(store.PutCategory({"water", "water.leak", "供水", "", {}, "", "", 0})).at(0).field == "category.parent_id");
  CHECK(base::FieldViolations(store.PutCategory({"water", "water", "供水", "", {}, "", "", 0})).at(0).field == "category.parent_id");
  CHECK(store.PutLine({"12369", "环保", "Environment", "number_kept", "env", false}).ok());
  CHECK(store.PutLine({"12315", "市场监管", "Market", "number_kept", "market", false}).ok());
  CHECK(store.PutLine({"12369", "环境保护", "Environment", "merged", "env", true}).ok());
  const auto lines = *store.Lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].name == "环境保护");
  CHECK(lines[1].expert_seats);
}

TEST_CASE_METHOD(StoreFixture, "TKT-6: earlier tickets of category and area tell their units") {
  Ticket draft = domain::Draft();
  draft.category_id = "water.leak";
  draft.area_code = "990102";
  Made(draft, domain::Dispatch{domain::WaterOffice()});
  Made(draft, domain::Dispatch{domain::WaterOffice()});
  Made(draft, domain::Dispatch{domain::GasUnit()});
  CHECK(*store.EarlierUnits("water.leak", "990102") == std::map<std::string, int>{{"water-east", 2}, {"gas", 1}});
  CHECK(store.EarlierUnits("", "")->empty());
  CHECK(store.UnitsFor({"gas"}, "990102", {"供水"})->size() == 3);
  CHECK(store.UnitsFor({}, "", {})->empty());
}

}  // namespace hotline::ticket
