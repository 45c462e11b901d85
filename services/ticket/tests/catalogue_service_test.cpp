// The dispatch catalogue, suggestions and scripts over gRPC.
#include "services/ticket/tests/configuration_fixture.h"

namespace hotline::ticket {
namespace {

using Catalogue = rpc::Client<v1::CatalogueService>::Blocking;
using Tickets = rpc::Client<v1::TicketService>::Blocking;

struct CatalogueFixture : ConfigurationFixture {
  static v1::CatalogueEntry Entry(const std::string& id, const std::string& category, const std::string& unit) {
    v1::CatalogueEntry entry;
    entry.set_entry_id(id);
    entry.set_category_id(category);
    entry.set_unit_id(unit);
    return entry;
  }
  absl::StatusOr<v1::CatalogueEntry> Put(const v1::CatalogueEntry& entry, access::Role role = access::ROLE_DISPATCHER) {
    v1::PutCatalogueEntryRequest request;
    *request.mutable_entry() = entry;
    return Call(catalogue_client, role, &Catalogue::PutCatalogueEntry, request);
  }
  v1::ListCatalogueEntriesResponse List(int64_t version = 0, bool current = false) {
    v1::ListCatalogueEntriesRequest request;
    request.set_version(version);
    request.set_current(current);
    const auto answer = Call(catalogue_client, access::ROLE_AGENT, &Catalogue::ListCatalogueEntries, request);
    INFO(answer.status());
    REQUIRE(answer.ok());
    return *answer;
  }
  absl::StatusOr<v1::CatalogueVersion> Publish(const std::string& etag = "", access::Role role = access::ROLE_SUPERVISOR) {
    v1::PublishCatalogueRequest request;
    request.set_etag(etag);
    request.set_note("首版");
    return Call(catalogue_client, role, &Catalogue::PublishCatalogue, request);
  }
  std::vector<std::string> Diff(int64_t from, int64_t to) {
    v1::GetCatalogueDiffRequest request;
    request.set_from_version(from);
    request.set_to_version(to);
    std::vector<std::string> told;
    const auto answer = Call(catalogue_client, access::ROLE_ADMIN, &Catalogue::GetCatalogueDiff, request);
    for (const v1::CatalogueChange& change : answer->changes())
      told.push_back(change.kind() + " " + (change.has_after() ? change.after() : change.before()).entry_id());
    return told;
  }
  absl::StatusOr<v1::SuggestUnitsResponse> ForDraft(const std::string& category, const std::string& text = "") {
    v1::SuggestForDraftRequest request;
    request.set_category_id(category);
    request.set_text(text);
    return Call(catalogue_client, access::ROLE_AGENT, &Catalogue::SuggestForDraft, request);
  }
  absl::StatusOr<v1::CreateTicketResponse> Register(const std::string& category, bool automatic) {
    v1::CreateTicketRequest request;
    request.set_auto_dispatch(automatic);
    v1::Ticket& ticket = *request.mutable_ticket();
    ticket.set_type(v1::TICKET_TYPE_HELP);
    ticket.set_channel(v1::CHANNEL_PHONE);
    ticket.set_title("路面漏水");
    ticket.set_category_id(category);
    return Call(ticket_client, access::ROLE_AGENT, &Tickets::CreateTicket, request);
  }
};

}  // namespace

TEST_CASE_METHOD(CatalogueFixture, "STD-6, TKT-6: a draft is edited, checked, published, and then suggests and dispatches by its version") {
  v1::CatalogueEntry leak = Entry("leak", "water.leak", "water");
  leak.add_co_unit_ids("gas");
  leak.set_sure(true);
  leak.set_effective_from("2026-09-01");
  leak.set_note("《城市供水条例》第二十七条");
  const auto kept = Put(leak);
  INFO(kept.status());
  REQUIRE(kept.ok());
  CHECK_FALSE(kept->etag().empty());
  CHECK(kept->updated_by() == "ROLE_DISPATCHER");
  // The draft does not count yet.
  CHECK(ForDraft("water.leak")->suggestions().empty());
  CHECK(List(0, true).version() == 0);
  const v1::ListCatalogueEntriesResponse draft = List();
  REQUIRE(draft.entries_size() == 1);
  CHECK(draft.entries(0).effective_from() == "2026-09-01");

  const auto checked = Call(catalogue_client, access::ROLE_DISPATCHER, &Catalogue::CheckCatalogue, {});
  REQUIRE(checked.ok());
  REQUIRE(checked->findings_size() == 1);
  CHECK(checked->findings(0).rule() == "CATEGORY_WITHOUT_ENTRY");
  CHECK(checked->findings(0).subject() == "gas");
  CHECK(absl::IsPermissionDenied(Publish(checked->etag(), access::ROLE_DISPATCHER).status()));
  const auto published = Publish(checked->etag());
  INFO(published.status());
  REQUIRE(published.ok());
  CHECK(published->version() == 1);
  CHECK(published->added() == 1);
  CHECK(published->published_by() == "ROLE_SUPERVISOR");

  const auto suggested = ForDraft("water.leak");
  REQUIRE(suggested->suggestions_size() == 1);
  CHECK(suggested->sure());
  CHECK(suggested->suggestions(0).unit_name() == "水务局");
  CHECK(suggested->suggestions(0).source() == "catalogue:1/leak");
  CHECK(suggested->suggestions(0).co_unit_ids_size() == 1);

  const auto left = Register("water.leak", false);
  CHECK(left->ticket().state() == v1::TICKET_STATE_ACCEPTED);
  v1::SuggestUnitsRequest of_ticket;
  of_ticket.set_ticket_id(left->ticket().ticket_id());
  CHECK(Call(ticket_client, access::ROLE_DISPATCHER, &Tickets::SuggestUnits, of_ticket)->suggestions(0).source() == "catalogue:1/leak");
  const auto sent = Register("water.leak", true);
  INFO(sent.status());
  REQUIRE(sent.ok());
  CHECK(sent->ticket().state() == v1::TICKET_STATE_DISPATCHED);
  CHECK(sent->ticket().unit_id() == "water");
  REQUIRE(sent->ticket().co_unit_ids_size() == 1);
  const auto history = *store.History(sent->ticket().ticket_id(), 0, 10);
  CHECK(history.back().note.find("自动派单:派单目录第1版条目leak") == 0);
  // No entry, no automatic dispatch.
  CHECK(Register("gas", true)->ticket().state() == v1::TICKET_STATE_ACCEPTED);
}

TEST_CASE_METHOD(CatalogueFixture, "STD-6: errors stop publishing, and an edit after the check does too") {
  REQUIRE(Put(Entry("leak", "water.leak", "nobody")).ok());
  const absl::Status refused = Publish().status();
  CHECK(base::HasReason(refused, "CATALOGUE_HAS_ERRORS"));
  CHECK(base::Metadata(refused).at("errors") == "1");
  const std::string checked = List().etag();
  REQUIRE(Put(Entry("leak", "water.leak", "water")).ok());
  CHECK(base::HasReason(Publish(checked).status(), "ETAG_MISMATCH"));
  REQUIRE(Publish(List().etag()).ok());
  CHECK(base::HasReason(Publish().status(), "NOTHING_TO_PUBLISH"));
  REQUIRE(Put(Entry("leak2", "water.leak", "gas")).ok());
  CHECK(base::HasReason(Publish().status(), "CATALOGUE_HAS_ERRORS"));
}

TEST_CASE_METHOD(CatalogueFixture, "STD-6: versions stay as they were published, and their differences are told") {
  REQUIRE(Put(Entry("a", "water", "water")).ok());
  REQUIRE(Put(Entry("b", "gas", "gas")).ok());
  REQUIRE(Publish().ok());
  v1::CatalogueEntry changed = Entry("a", "water", "gas");
  REQUIRE(Put(changed).ok());
  v1::DeleteCatalogueEntryRequest gone;
  gone.set_entry_id("b");
  REQUIRE(Call(catalogue_client, access::ROLE_DISPATCHER, &Catalogue::DeleteCatalogueEntry, gone).ok());
  CHECK(base::HasReason(Call(catalogue_client, access::ROLE_DISPATCHER, &Catalogue::DeleteCatalogueEntry, gone).status(), "CATALOGUE_ENTRY_NOT_FOUND"));
  REQUIRE(Put(Entry("c", "water.leak", "water")).ok());
  CHECK(Diff(1, 0) == std::vector<std::string>{"changed a", "removed b", "added c"});
  const auto second = Publish();
  REQUIRE(second.ok());
  CHECK((second->added() == 1 && second->changed() == 1 && second->removed() == 1 && second->entries() == 2));
  CHECK(Diff(1, 2) == std::vector<std::string>{"changed a", "removed b", "added c"});
  CHECK(Diff(0, 1) == std::vector<std::string>{"added a", "added b"});
  CHECK(List(1).entries(0).unit_id() == "water");
  CHECK(List(1).entries_size() == 2);
  CHECK(List(2).entries(0).unit_id() == "gas");
  CHECK(List(0, true).version() == 2);
  v1::ListCatalogueEntriesRequest unknown;
  unknown.set_version(3);
  CHECK(base::HasReason(Call(catalogue_client, access::ROLE_ADMIN, &Catalogue::ListCatalogueEntries, unknown).status(), "CATALOGUE_VERSION_NOT_FOUND"));
  v1::ListCatalogueVersionsRequest page;
  page.set_page_size(1);
  const auto first = Call(catalogue_client, access::ROLE_ADMIN, &Catalogue::ListCatalogueVersions, page);
  REQUIRE(first->versions_size() == 1);
  CHECK(first->versions(0).version() == 2);
  page.set_page_token(first->next_page_token());
  const auto rest = Call(catalogue_client, access::ROLE_ADMIN, &Catalogue::ListCatalogueVersions, page);
  CHECK(rest->versions(0).version() == 1);
  CHECK(rest->next_page_token().empty());
  // What was published cannot be changed even in the database.
  CHECK_FALSE(pool.Read("UPDATE catalogue_versions SET note = '' RETURNING 1").ok());
}

TEST_CASE_METHOD(CatalogueFixture, "STD-6: two who edit the same entry do not overwrite each other") {
  const auto first = Put(Entry("a", "water", "water"));
  v1::CatalogueEntry mine = *first, theirs = *first;
  mine.set_sure(true);
  REQUIRE(Put(mine).ok());
  theirs.set_unit_id("gas");
  CHECK(base::HasReason(Put(theirs).status(), "ETAG_MISMATCH"));
  v1::CatalogueEntry fresh = Entry("new", "water", "water");
  fresh.set_etag("7");
  CHECK(base::HasReason(Put(fresh).status(), "ETAG_MISMATCH"));
  v1::CatalogueEntry bad = Entry("", "water", "water");
  CHECK(Fields(Put(bad).status()) == std::vector<std::string>{"entry.entry_id"});
  bad = Entry("x", "water", "water");
  bad.set_effective_to("2026-02-30");
  CHECK(Fields(Put(bad).status()) == std::vector<std::string>{"entry.effective_to"});
  CHECK(absl::IsPermissionDenied(Put(Entry("y", "water", "water"), access::ROLE_AGENT).status()));
}

TEST_CASE_METHOD(CatalogueFixture, "STD-6: an entry that is over no longer dispatches; the catalogue's day is the city's") {
  v1::CatalogueEntry entry = Entry("leak", "water.leak", "water");
  entry.set_sure(true);
  entry.set_effective_to(absl::FormatCivilTime(suggester.Today()));
  REQUIRE(Put(entry).ok());
  REQUIRE(Publish().ok());
  CHECK(ForDraft("water.leak")->sure());
  clock.Advance(absl::Hours(24));
  CHECK_FALSE(ForDraft("water.leak")->sure());
  CHECK(Register("water.leak", true)->ticket().state() == v1::TICKET_STATE_ACCEPTED);
}

TEST_CASE_METHOD(CatalogueFixture, "TKT-6: where nothing is classified yet, the tags of units in the text propose") {
  const auto suggested = ForDraft("", "我家厨房漏水了");
  INFO(suggested.status());
  REQUIRE(suggested.ok());
  REQUIRE(suggested->suggestions_size() == 2);
  CHECK(suggested->suggestions(0).rule() == "tags");
  CHECK_FALSE(suggested->sure());
  CHECK(ForDraft("", "没有什么")->suggestions().empty());
  v1::SuggestForDraftRequest bad;
  bad.set_category_id("不是代码");
  CHECK(Fields(Call(catalogue_client, access::ROLE_AGENT, &Catalogue::SuggestForDraft, bad).status()) == std::vector<std::string>{"category_id"});
}

TEST_CASE_METHOD(CatalogueFixture, "TKT-22: scripts by type and category, the most specific first") {
  const auto put = [&](const std::string& id, v1::TicketType type, const std::string& category, int order) {
    v1::PutScriptRequest request;
    v1::Script& script = *request.mutable_script();
    script.set_script_id(id);
    script.set_type(type);
    script.set_category_id(category);
    script.set_order(order);
    script.set_title("引导");
    v1::ScriptStep& step = *script.add_steps();
    step.set_kind("ask");
    step.set_text("请问具体地址?");
    step.set_field("place");
    return Call(catalogue_client, access::ROLE_ADMIN, &Catalogue::PutScript, request);
  };
  REQUIRE(put("any", v1::TICKET_TYPE_UNSPECIFIED, "", 5).ok());
  REQUIRE(put("report", v1::TICKET_TYPE_REPORT, "", 4).ok());
  REQUIRE(put("water", v1::TICKET_TYPE_UNSPECIFIED, "water", 3).ok());
  REQUIRE(put("leak", v1::TICKET_TYPE_UNSPECIFIED, "water.leak", 2).ok());
  REQUIRE(put("leak-help", v1::TICKET_TYPE_HELP, "water.leak", 1).ok());
  CHECK(base::HasReason(put("x", v1::TICKET_TYPE_HELP, "fire", 1).status(), "CATEGORY_NOT_FOUND"));
  const auto list = [&](v1::TicketType type, const std::string& category) {
    v1::ListScriptsRequest request;
    request.set_type(type);
    request.set_category_id(category);
    std::vector<std::string> ids;
    const auto answer = Call(catalogue_client, access::ROLE_AGENT, &Catalogue::ListScripts, request);
    for (const v1::Script& script : answer->scripts()) ids.push_back(script.script_id());
    return ids;
  };
  CHECK(list(v1::TICKET_TYPE_HELP, "water.leak") == std::vector<std::string>{"leak-help", "leak", "water", "any"});
  CHECK(list(v1::TICKET_TYPE_REPORT, "gas") == std::vector<std::string>{"report", "any"});
  CHECK(list(v1::TICKET_TYPE_UNSPECIFIED, "").size() == 5);
  v1::PutScriptRequest again;
  *again.mutable_script() = *put("any", v1::TICKET_TYPE_UNSPECIFIED, "", 5);
  REQUIRE(Call(catalogue_client, access::ROLE_KNOWLEDGE_EDITOR, &Catalogue::PutScript, again).ok());
  CHECK(base::HasReason(Call(catalogue_client, access::ROLE_ADMIN, &Catalogue::PutScript, again).status(), "ETAG_MISMATCH"));
  again.mutable_script()->clear_steps();
  again.mutable_script()->clear_title();
  CHECK(Fields(Call(catalogue_client, access::ROLE_ADMIN, &Catalogue::PutScript, again).status()) == std::vector<std::string>{"script.title", "script.steps"});
  v1::DeleteScriptRequest gone;
  gone.set_script_id("report");
  REQUIRE(Call(catalogue_client, access::ROLE_ADMIN, &Catalogue::DeleteScript, gone).ok());
  CHECK(base::HasReason(Call(catalogue_client, access::ROLE_ADMIN, &Catalogue::DeleteScript, gone).status(), "SCRIPT_NOT_FOUND"));
  CHECK(absl::IsPermissionDenied(Call(catalogue_client, access::ROLE_AGENT, &Catalogue::DeleteScript, gone).status()));
}

}  // namespace hotline::ticket
