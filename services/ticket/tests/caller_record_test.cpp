// Like matters, repeats and bans (TKT-11), and the audit of looks at callers' data (PLT-5), over gRPC.
#include "hotline/events/v1/ticket.pb.h"
#include "services/ticket/tests/configuration_fixture.h"

namespace hotline::ticket {
namespace {

using Callers = rpc::Client<v1::CallerRecordService>::Blocking;
using Tickets = rpc::Client<v1::TicketService>::Blocking;

struct CallerRecordFixture : ConfigurationFixture {
  CallerRecordFixture() {
    // Ids carry the real time, so the tests' clock goes with it.
    clock.Set(absl::Now());
  }
  domain::Ticket Leak(const std::string& phone, const std::string& title, const std::string& category = "water.leak", const std::string& area = "990102") {
    domain::Ticket draft = domain::Draft();
    draft.caller.phone = phone;
    draft.title = title;
    draft.content = "自来水管爆裂,路面积水";
    draft.category_id = category;
    draft.area_code = area;
    return draft;
  }
  v1::FindDuplicatesRequest Typed(const domain::Ticket& draft) {
    v1::FindDuplicatesRequest request;
    v1::Ticket& out = *request.mutable_draft();
    out.mutable_caller()->set_phone(draft.caller.phone);
    out.set_title(draft.title);
    out.set_content(draft.content);
    out.set_category_id(draft.category_id);
    out.set_area_code(draft.area_code);
    out.set_place(draft.place);
    out.set_longitude(draft.longitude);
    out.set_latitude(draft.latitude);
    return request;
  }
  v1::FindDuplicatesResponse Find(const v1::FindDuplicatesRequest& request) {
    const auto found = Call(caller_client, access::ROLE_AGENT, &Callers::FindDuplicates, request);
    INFO(found.status());
    REQUIRE(found.ok());
    return *found;
  }
  absl::StatusOr<v1::RepeatRule> PutRule(int count, bool only_handled, const std::string& etag = "") {
    v1::PutRepeatRuleRequest request;
    v1::RepeatRule& rule = *request.mutable_rule();
    rule.set_enabled(true);
    rule.set_count(count);
    rule.set_days(30);
    rule.set_same_category(true);
    rule.set_only_handled(only_handled);
    rule.set_etag(etag);
    return Call(caller_client, access::ROLE_ADMIN, &Callers::PutRepeatRule, request);
  }
  absl::StatusOr<v1::Ban> PutBan(const std::string& ticket_id, absl::Duration time = absl::Hours(24)) {
    v1::PutBanRequest request;
    request.set_ticket_id(ticket_id);
    request.set_reason("多次辱骂接线员");
    *request.mutable_until_time() = ToProto(clock.Now() + time);
    return Call(caller_client, access::ROLE_SUPERVISOR, &Callers::PutBan, request);
  }
  std::vector<v1::CallerAuditEntry> Audit(const v1::ListCallerAuditRequest& request = {}) {
    const auto found = Call(caller_client, access::ROLE_SUPERVISOR, &Callers::ListCallerAudit, request);
    INFO(found.status());
    REQUIRE(found.ok());
    return {found->entries().begin(), found->entries().end()};
  }
};

}  // namespace

TEST_CASE_METHOD(CallerRecordFixture, "TKT-11: like matters are found for a ticket and for a draft as it is typed") {
  const domain::Ticket mine = Made(Leak("13800000001", "阳光小区水管爆裂"));
  const domain::Ticket neighbour = Made(Leak("13800000002", "阳光小区门口水管爆裂"));
  Made(Leak("13800000003", "公交车晚点", "gas", "990103"));
  domain::Ticket nearby = Leak("13800000004", "水管爆裂没人修", "water", "");
  nearby.longitude = 116.397;
  nearby.latitude = 39.909;
  nearby = Made(nearby);

  v1::FindDuplicatesRequest by_id;
  by_id.set_ticket_id(mine.number);
  const v1::FindDuplicatesResponse of_mine = Find(by_id);
  REQUIRE(of_mine.duplicates_size() == 1);
  CHECK(of_mine.duplicates(0).ticket_id() == neighbour.id);
  CHECK(of_mine.duplicates(0).kind() == "same_matter");
  CHECK(of_mine.duplicates(0).reason().find("同一分类;同一区域") == 0);

  domain::Ticket typed = Leak("13800000001", "阳光小区水管爆裂");
  const v1::FindDuplicatesResponse again = Find(Typed(typed));
  REQUIRE(again.duplicates_size() == 2);
  CHECK(again.duplicates(0).ticket_id() == mine.id);
  CHECK(again.duplicates(0).kind() == "same_caller");
  CHECK(again.duplicates(0).score() > again.duplicates(1).score());

  // Another caller, no category yet, the next square of the map.
  typed = Leak("", "水管爆裂", "", "");
  typed.longitude = 116.3999;
  typed.latitude = 39.9101;
  const v1::FindDuplicatesResponse close = Find(Typed(typed));
  REQUIRE(close.duplicates_size() >= 1);
  CHECK(close.duplicates(0).ticket_id() == nearby.id);
  CHECK(close.duplicates(0).reason().find("相距约") == 0);

  // The same words of a title are found without category and place; those of long ago are not.
  typed = Leak("", "阳光小区门口水管爆裂", "", "");
  const v1::FindDuplicatesResponse titled = Find(Typed(typed));
  REQUIRE(titled.duplicates_size() >= 1);
  CHECK(titled.duplicates(0).ticket_id() == neighbour.id);
  clock.Advance(absl::Hours(24 * 40));
  CHECK(Find(Typed(typed)).duplicates().empty());
  v1::FindDuplicatesRequest longer = Typed(typed);
  longer.set_days(60);
  CHECK(Find(longer).duplicates_size() == 1);
}

TEST_CASE_METHOD(CallerRecordFixture, "TKT-2, TKT-11: a matter is found by the place it was given afterwards, and not by one it lost") {
  const domain::Ticket recorded = Made(Leak("13800000001", "水管爆裂没人修", "water", ""));
  domain::Ticket typed = Leak("", "水管爆裂淹了人行道", "", "");
  typed.longitude = 116.3999;
  typed.latitude = 39.9101;
  const auto found_after = [&](double longitude, double latitude) {
    v1::AmendTicketRequest amend;
    amend.set_ticket_id(recorded.id);
    amend.set_longitude(longitude);
    amend.set_latitude(latitude);
    REQUIRE(Call(ticket_client, access::ROLE_AGENT, &Tickets::AmendTicket, amend).ok());
    return Find(Typed(typed)).duplicates_size();
  };
  REQUIRE(Find(Typed(typed)).duplicates_size() == 0);
  CHECK(found_after(116.397, 39.909) == 1);
  CHECK(found_after(0, 0) == 0);
}

TEST_CASE_METHOD(CallerRecordFixture, "TKT-11: what is asked about is checked, and only the centre may ask") {
  v1::FindDuplicatesRequest bad;
  bad.set_days(366);
  CHECK(Fields(Call(caller_client, access::ROLE_AGENT, &Callers::FindDuplicates, bad).status()) == std::vector<std::string>{"days"});
  bad.set_days(0);
  bad.mutable_draft()->mutable_caller()->set_phone("abc");
  bad.mutable_draft()->set_latitude(91);
  CHECK(Fields(Call(caller_client, access::ROLE_AGENT, &Callers::FindDuplicates, bad).status()) == std::vector<std::string>{"draft.caller.phone", "draft.latitude"});
  bad.Clear();
  bad.set_ticket_id("20990101000001");
  CHECK(base::HasReason(Call(caller_client, access::ROLE_AGENT, &Callers::FindDuplicates, bad).status(), "TICKET_NOT_FOUND"));
  CHECK(absl::IsPermissionDenied(Call(caller_client, access::ROLE_OFFICER, &Callers::FindDuplicates, {}).status()));
  CHECK(Find({}).duplicates().empty());
}

TEST_CASE_METHOD(CallerRecordFixture, "TKT-11: the rule about unreasonable repeats is data, and proposes by what was handled") {
  const auto unset = Call(caller_client, access::ROLE_AGENT, &Callers::GetRepeatRule, {});
  CHECK_FALSE(unset->enabled());
  const domain::Ticket typed = Leak("13800000001", "催水管");
  CHECK_FALSE(Find(Typed(typed)).has_repeats());
  const auto rule = PutRule(2, false, unset->etag());
  INFO(rule.status());
  REQUIRE(rule.ok());
  CHECK(base::HasReason(PutRule(3, false, unset->etag()).status(), "ETAG_MISMATCH"));
  CHECK(Fields(PutRule(1, false).status()) == std::vector<std::string>{"rule.count"});

  const domain::Ticket one = Made(Leak("13800000001", "水管爆裂"));
  CHECK(Find(Typed(typed)).repeats().count() == 1);
  CHECK_FALSE(Find(Typed(typed)).repeats().unreasonable());
  Made(Leak("13800000001", "水管又爆裂"));
  Made(Leak("13800000001", "燃气", "gas"));
  Made(Leak("13800000002", "水管爆裂"));
  const v1::RepeatFinding found = Find(Typed(typed)).repeats();
  CHECK(found.count() == 2);
  CHECK(found.unreasonable());
  CHECK(found.ticket_ids_size() == 2);
  CHECK(found.reason() == "该来电人30天内就同类事项已反映2次,规则为2次");
  // The ticket looked at does not count against itself.
  v1::FindDuplicatesRequest by_id;
  by_id.set_ticket_id(one.id);
  CHECK(Find(by_id).repeats().count() == 1);
  // What is still being handled is no unreasonable repeat.
  REQUIRE(PutRule(2, true).ok());
  CHECK(Find(Typed(typed)).repeats().count() == 0);
  CHECK(Count("SELECT count(*) FROM repeat_rules") == 2);
}

TEST_CASE_METHOD(CallerRecordFixture, "TKT-11: an unreasonable repeat is proposed as it is registered, once, and only a person confirms it") {
  REQUIRE(PutRule(2, false).ok());
  const auto registered = [&](const std::string& phone, const std::string& category = "water.leak") {
    v1::CreateTicketRequest request;
    v1::Ticket& out = *request.mutable_ticket();
    out = Typed(Leak(phone, "水管爆裂", category)).draft();
    out.set_type(v1::TICKET_TYPE_COMPLAINT);
    out.set_channel(v1::CHANNEL_PHONE);
    const auto made = Call(ticket_client, access::ROLE_AGENT, &Tickets::CreateTicket, request, "agent-1");
    INFO(made.status());
    REQUIRE(made.ok());
    return made->ticket();
  };
  CHECK(registered("13800000001").repeat_mark() == v1::REPEAT_MARK_UNSPECIFIED);
  CHECK(registered("13800000001").repeat_mark() == v1::REPEAT_MARK_UNSPECIFIED);
  CHECK(registered("13800000002").repeat_mark() == v1::REPEAT_MARK_UNSPECIFIED);
  const v1::Ticket third = registered("13800000001");
  CHECK(third.repeat_mark() == v1::REPEAT_MARK_PROPOSED);
  const auto entries = *store.History(third.ticket_id(), 0, 10);
  REQUIRE(entries.size() == 2);
  CHECK(entries[1].action == "repeat_marked");
  CHECK(entries[1].note == "该来电人30天内就同类事项已反映2次,规则为2次");
  CHECK(entries[1].changes.at("rule") == "repeat_rule:1");
  CHECK(Count("SELECT count(*) FROM notices WHERE kind = 'repeat' AND addressee = 'supervision'") == 1);
  CHECK(store.VerifyHistory(third.ticket_id()).ok());
  // Registering and proposing are one: what cannot be proposed is not registered, and asked again it is both.
  const int64_t before = Count("SELECT count(*) FROM tickets");
  REQUIRE(pool.Read("ALTER TABLE notices RENAME TO notices_gone").status().code() != absl::StatusCode::kUnavailable);
  v1::CreateTicketRequest again;
  *again.mutable_ticket() = Typed(Leak("13800000001", "水管爆裂")).draft();
  again.mutable_ticket()->set_type(v1::TICKET_TYPE_COMPLAINT);
  again.mutable_ticket()->set_channel(v1::CHANNEL_PHONE);
  again.set_request_id(base::NewId());
  CHECK_FALSE(Call(ticket_client, access::ROLE_AGENT, &Tickets::CreateTicket, again, "agent-1").ok());
  REQUIRE(pool.Read("ALTER TABLE notices_gone RENAME TO notices").status().code() != absl::StatusCode::kUnavailable);
  CHECK(Count("SELECT count(*) FROM tickets") == before);
  const auto fourth = Call(ticket_client, access::ROLE_AGENT, &Tickets::CreateTicket, again, "agent-1");
  REQUIRE(fourth.ok());
  CHECK(fourth->ticket().repeat_mark() == v1::REPEAT_MARK_PROPOSED);
  CHECK(Call(ticket_client, access::ROLE_AGENT, &Tickets::CreateTicket, again, "agent-1")->ticket().ticket_id() == fourth->ticket().ticket_id());
  CHECK(Actions(*store.Get(fourth->ticket().ticket_id())) == std::vector<std::string>{"created", "repeat_marked"});
  // The event tells it too.
  const auto rows = pool.Read("SELECT payload FROM outbox ORDER BY id DESC LIMIT 1");
  hotline::events::v1::Event event;
  REQUIRE(event.ParseFromString((*rows)[0].Get<postgres::Bytes>("payload").value));
  hotline::events::v1::TicketAmended amended;
  REQUIRE(event.data().UnpackTo(&amended));
  CHECK(amended.ticket().repeat_mark() == v1::REPEAT_MARK_PROPOSED);
  // A proposal is no more than that.
  CHECK(base::HasReason(PutBan(third.ticket_id()).status(), "REPEAT_NOT_CONFIRMED"));
  v1::ReviewRepeatRequest review;
  review.set_ticket_id(third.ticket_id());
  review.set_note("事由不同");
  CHECK(absl::IsPermissionDenied(Call(ticket_client, access::ROLE_AGENT, &Tickets::ReviewRepeat, review).status()));
  REQUIRE(Call(ticket_client, access::ROLE_SUPERVISOR, &Tickets::ReviewRepeat, review)->repeat_mark() == v1::REPEAT_MARK_REJECTED);
  // What was looked into is not proposed again by the next command.
  v1::DispatchTicketRequest dispatch;
  dispatch.set_ticket_id(third.ticket_id());
  dispatch.set_unit_id("water");
  CHECK(Call(ticket_client, access::ROLE_DISPATCHER, &Tickets::DispatchTicket, dispatch)->repeat_mark() == v1::REPEAT_MARK_REJECTED);
}

TEST_CASE_METHOD(CallerRecordFixture, "TKT-11: what registering could not know is proposed by the sorting desk's commands") {
  for (int i = 0; i < 2; ++i) Made(Leak("13800000001", "水管爆裂"));
  const domain::Ticket uncategorised = Made(Leak("13800000001", "水管爆裂", "")), earlier = Made(Leak("13800000001", "水管又爆裂"));
  REQUIRE(PutRule(2, false).ok());
  v1::AmendTicketRequest amend;
  amend.set_ticket_id(uncategorised.id);
  amend.set_category_id("water.leak");
  CHECK(Call(ticket_client, access::ROLE_DISPATCHER, &Tickets::AmendTicket, amend)->repeat_mark() == v1::REPEAT_MARK_PROPOSED);
  v1::DispatchTicketRequest dispatch;
  dispatch.set_ticket_id(earlier.id);
  dispatch.set_unit_id("water");
  CHECK(Call(ticket_client, access::ROLE_DISPATCHER, &Tickets::DispatchTicket, dispatch)->repeat_mark() == v1::REPEAT_MARK_PROPOSED);
  CHECK(Actions(earlier) == std::vector<std::string>{"created", "repeat_marked", "dispatched"});
}

TEST_CASE_METHOD(CallerRecordFixture, "TKT-11: only what came to a result of its own counts as handled") {
  REQUIRE(PutRule(2, true).ok());
  const domain::Ticket typed = Leak("13800000001", "催水管");
  domain::Ticket consultation = Leak("13800000001", "水管");
  consultation.type = domain::Type::kConsultation;
  const domain::Ticket answered = Made(consultation);
  REQUIRE(Do(answered, domain::Answer{"已说明", "", true}, domain::Agent()).ok());
  CHECK(Find(Typed(typed)).repeats().count() == 1);
  REQUIRE(Do(Made(Leak("13800000001", "水管")), domain::Withdraw{"不用了"}, domain::Agent()).ok());
  // A member of a group case is closed with it.
  const domain::Ticket member = Made(Leak("13800000001", "水管"));
  REQUIRE(Do(member, domain::Merge{answered.id, answered.number, "同一事项"}, domain::Dispatcher()).ok());
  REQUIRE(Do(member, domain::FollowGroup{domain::State::kClosed, "", "explained", "", {"water", "/city/water/"}}, domain::Service()).ok());
  REQUIRE(store.Get(member.id)->state == domain::State::kClosed);
  CHECK(Find(Typed(typed)).repeats().count() == 1);
}

TEST_CASE_METHOD(CallerRecordFixture, "TKT-11, TKT-17: the desk is told of bans with the caller's tickets, and the ticket's history names them") {
  const domain::Ticket ticket = Made(Leak("13800000001", "水管"));
  confirmed.insert(ticket.id);
  const auto ban = PutBan(ticket.id);
  INFO(ban.status());
  REQUIRE(ban.ok());
  const auto look_up = [&](const std::string& phone) {
    v1::GetCallerHistoryRequest request;
    request.set_phone(phone);
    const auto found = Call(ticket_client, access::ROLE_AGENT, &Tickets::GetCallerHistory, request);
    INFO(found.status());
    REQUIRE(found.ok());
    return *found;
  };
  REQUIRE(look_up("+8613800000001").bans_size() == 1);
  CHECK(look_up("13800000001").bans(0).ban_id() == ban->ban_id());
  CHECK(look_up("13800000001").bans(0).active());
  CHECK(look_up("13800000002").bans().empty());
  HistoryEntry entry = store.History(ticket.id, 0, 10)->back();
  CHECK(entry.action == "ban_put");
  CHECK(entry.note == "多次辱骂接线员");
  CHECK(entry.actor_id == "ROLE_SUPERVISOR");
  CHECK(entry.changes.at("ban_id") == ban->ban_id());
  CHECK(entry.changes.contains("until_time"));
  v1::LiftBanRequest lift;
  lift.set_ban_id(ban->ban_id());
  lift.set_reason("复核后解除");
  REQUIRE(Call(caller_client, access::ROLE_SUPERVISOR, &Callers::LiftBan, lift).ok());
  CHECK(look_up("13800000001").bans().empty());
  CHECK_FALSE(Call(caller_client, access::ROLE_SUPERVISOR, &Callers::LiftBan, lift).ok());
  CHECK(Actions(ticket) == std::vector<std::string>{"created", "ban_put", "ban_lifted"});
  CHECK(store.VerifyHistory(ticket.id).ok());
}

TEST_CASE_METHOD(CallerRecordFixture, "TKT-11: a ban follows only from a confirmed review, ends by itself, and can be lifted once") {
  const domain::Ticket ticket = Made(Leak("13800000001", "水管"));
  CHECK(base::HasReason(PutBan(ticket.id).status(), "REPEAT_NOT_CONFIRMED"));
  confirmed.insert(ticket.id);
  CHECK(Fields(PutBan(ticket.id, absl::Hours(24 * 400)).status()) == std::vector<std::string>{"until_time"});
  CHECK(Fields(PutBan(ticket.id, -absl::Hours(1)).status()) == std::vector<std::string>{"until_time"});
  const auto ban = PutBan(ticket.number);
  INFO(ban.status());
  REQUIRE(ban.ok());
  CHECK(ban->active());
  CHECK(ban->created_by() == "ROLE_SUPERVISOR");
  const std::string hash = store.PhoneHash("13800000001");
  CHECK(*caller_records.BannedUntil(hash, clock.Now()) == absl::FromUnixMicros(absl::ToUnixMicros(clock.Now() + absl::Hours(24))));
  CHECK_FALSE(*caller_records.BannedUntil(store.PhoneHash("13800000002"), clock.Now()));
  CHECK_FALSE(*caller_records.BannedUntil(hash, clock.Now() + absl::Hours(25)));
  domain::Ticket without = Leak("", "匿名");
  without = Made(without);
  confirmed.insert(without.id);
  CHECK(base::HasReason(PutBan(without.id).status(), "CALLER_WITHOUT_PHONE"));

  const auto list = [&](bool active, const std::string& phone) {
    v1::ListBansRequest request;
    request.set_active_only(active);
    request.set_phone(phone);
    return Call(caller_client, access::ROLE_TEAM_LEAD, &Callers::ListBans, request)->bans_size();
  };
  CHECK(list(true, "13800000001") == 1);
  CHECK(list(true, "13800000002") == 0);
  v1::LiftBanRequest lift;
  lift.set_ban_id(ban->ban_id());
  lift.set_reason("复核后解除");
  const auto lifted = Call(caller_client, access::ROLE_SUPERVISOR, &Callers::LiftBan, lift);
  INFO(lifted.status());
  REQUIRE(lifted.ok());
  CHECK_FALSE(lifted->active());
  CHECK(base::HasReason(Call(caller_client, access::ROLE_SUPERVISOR, &Callers::LiftBan, lift).status(), "BAN_LIFTED"));
  lift.set_ban_id("nobody");
  CHECK(base::HasReason(Call(caller_client, access::ROLE_SUPERVISOR, &Callers::LiftBan, lift).status(), "BAN_NOT_FOUND"));
  CHECK_FALSE(*caller_records.BannedUntil(hash, clock.Now()));
  CHECK(list(true, "") == 0);
  CHECK(list(false, "") == 1);
  // Both steps stay on record, and no phone lies open.
  CHECK(Count("SELECT count(*) FROM caller_ban_log") == 2);
  CHECK_FALSE(pool.Read("DELETE FROM caller_ban_log RETURNING 1").ok());
  CHECK(Count("SELECT count(*) FROM caller_bans b WHERE b::text LIKE '%13800000001%'") == 0);
}

TEST_CASE_METHOD(CallerRecordFixture, "PLT-5: a look at a caller's data is on record once an hour, and only if something was seen") {
  const domain::Ticket ticket = Dispatched(), other = Dispatched();
  v1::GetTicketRequest get;
  get.set_ticket_id(ticket.id);
  // The dispatcher sees it masked, the agent who took it down knows it.
  REQUIRE(Call(ticket_client, access::ROLE_DISPATCHER, &Tickets::GetTicket, get)->caller().masked());
  REQUIRE_FALSE(Call(ticket_client, access::ROLE_AGENT, &Tickets::GetTicket, get, "agent-1")->caller().masked());
  CHECK(Audit().empty());
  for (int i = 0; i < 3; ++i) REQUIRE_FALSE(Call(ticket_client, access::ROLE_OFFICER, &Tickets::GetTicket, get)->caller().masked());
  REQUIRE(Audit().size() == 1);
  CHECK(Audit()[0].kind() == "shown");
  CHECK(Audit()[0].actor_id() == "officer-1");
  CHECK(Audit()[0].actor_unit_id() == "water");
  // A list shows both; the one known already is not written again.
  REQUIRE(Call(ticket_client, access::ROLE_OFFICER, &Tickets::ListTickets, {})->tickets_size() == 2);
  CHECK(Audit().size() == 2);
  // Another replica does not know of it and writes nothing twice either.
  ShownAudit replica(caller_records);
  REQUIRE(replica.Record(domain::Officer(), {&ticket, 1}, clock.Now()).ok());
  CHECK(Audit().size() == 2);
  clock.Advance(absl::Hours(1));
  REQUIRE(Call(ticket_client, access::ROLE_OFFICER, &Tickets::GetTicket, get).ok());
  CHECK(Audit().size() == 3);

  v1::RevealCallerRequest reveal;
  reveal.set_ticket_id(ticket.id);
  reveal.set_reason("核实地址");
  REQUIRE(Call(ticket_client, access::ROLE_DISPATCHER, &Tickets::RevealCaller, reveal, "dispatcher-9").ok());
  v1::ListCallerAuditRequest filter;
  filter.set_actor_id("dispatcher-9");
  REQUIRE(Audit(filter).size() == 1);
  CHECK(Audit(filter)[0].kind() == "revealed");
  CHECK(Audit(filter)[0].reason() == "核实地址");
  filter.Clear();
  filter.set_ticket_id(other.number);
  CHECK(Audit(filter).size() == 1);
  filter.Clear();
  *filter.mutable_time_from() = ToProto(clock.Now());
  CHECK(Audit(filter).size() == 2);
  *filter.mutable_time_to() = ToProto(clock.Now());
  CHECK(Audit(filter).empty());
  // Page by page, each once.
  filter.Clear();
  filter.set_page_size(1);
  std::set<std::string> seen;
  for (int i = 0; i < 4; ++i) {
    const auto page = Call(caller_client, access::ROLE_ADMIN, &Callers::ListCallerAudit, filter);
    REQUIRE(page->entries_size() == 1);
    seen.insert(page->entries(0).audit_id());
    filter.set_page_token(page->next_page_token());
  }
  CHECK(seen.size() == 4);
  CHECK(filter.page_token().empty());
  CHECK(absl::IsPermissionDenied(Call(caller_client, access::ROLE_AGENT, &Callers::ListCallerAudit, {}).status()));
}

TEST_CASE_METHOD(CallerRecordFixture, "PLT-5: a command's answer that shows the caller is a look as well; if it cannot be written down, it is masked") {
  const domain::Ticket ticket = Dispatched(), other = Dispatched();
  v1::SignTicketRequest sign;
  sign.set_ticket_id(ticket.id);
  REQUIRE_FALSE(Call(ticket_client, access::ROLE_OFFICER, &Tickets::SignTicket, sign)->caller().masked());
  REQUIRE(Audit().size() == 1);
  CHECK(Audit()[0].kind() == "shown");
  CHECK(Audit()[0].ticket_id() == ticket.id);
  CHECK(Audit()[0].actor_id() == "officer-1");
  // Whoever is shown nothing looks at nothing.
  v1::SetUrgencyRequest urgent;
  urgent.set_ticket_id(other.id);
  urgent.set_urgency(v1::URGENCY_URGENT);
  urgent.set_note("有危险");
  REQUIRE(Call(ticket_client, access::ROLE_DISPATCHER, &Tickets::SetUrgency, urgent)->caller().masked());
  CHECK(Audit().size() == 1);
  REQUIRE(pool.Read("ALTER TABLE caller_audit RENAME TO caller_audit_gone").status().code() != absl::StatusCode::kUnavailable);
  sign.set_ticket_id(other.id);
  const auto blind = Call(ticket_client, access::ROLE_OFFICER, &Tickets::SignTicket, sign);
  INFO(blind.status());
  REQUIRE(blind.ok());
  CHECK(blind->state() == v1::TICKET_STATE_SIGNED);
  CHECK(blind->caller().masked());
  CHECK(blind->caller().phone() == "138****5678");
}

TEST_CASE_METHOD(CallerRecordFixture, "PLT-5: if a look cannot be written down, the data is not shown") {
  const domain::Ticket ticket = Dispatched();
  REQUIRE(pool.Read("ALTER TABLE caller_audit RENAME TO caller_audit_gone").status().code() != absl::StatusCode::kUnavailable);
  v1::GetTicketRequest get;
  get.set_ticket_id(ticket.id);
  CHECK_FALSE(Call(ticket_client, access::ROLE_OFFICER, &Tickets::GetTicket, get).ok());
  CHECK(Call(ticket_client, access::ROLE_DISPATCHER, &Tickets::GetTicket, get).ok());
}

TEST_CASE("TKT-11: squares of the map that queries begin at") {
  CHECK(PlaceCell(0, 0) == 0);
  CHECK(PlaceCell(116.397, 39.909) == 7981LL * 100'000 + 23279);
  CHECK(CellsAround(116.397, 39.909).size() == 9);
  CHECK(CellsAround(0, 0).empty());
}

}  // namespace hotline::ticket
