// The knowledge base as its clients see it: real PostgreSQL, real calls (KB-1 to KB-5).
#include <catch2/catch.hpp>

#include <fstream>
#include <nlohmann/json.hpp>

#include "hotline/events/v1/directory.pb.h"
#include "libs/base/id.h"
#include "libs/postgres/transaction.h"
#include "libs/rpc/testing.h"
#include "libs/testing/private_postgres.h"
#include "libs/testing/wait.h"
#include "services/knowledge_base/config.h"
#include "services/knowledge_base/domain/errors.h"
#include "services/knowledge_base/postgres_store.h"
#include "services/knowledge_base/service.h"

namespace hotline::knowledge_base {
namespace {

using Client = rpc::Client<pb::ArticleService>;
using Calls = Client::Blocking;
constexpr access::v1::Role kEditor = access::v1::ROLE_KNOWLEDGE_EDITOR;
constexpr access::v1::Role kReviewer = access::v1::ROLE_KNOWLEDGE_REVIEWER;

search::Synonyms DemoSynonyms() {
  return *search::Synonyms::Load(std::string(HOTLINE_SOURCE_DIR) + "/deploy/demo/data/synonyms.json");
}

pb::Article Text(const std::string& title = "停水了怎么办", const std::string& unit = "water-company") {
  pb::Article article;
  article.set_unit_id(unit);
  article.set_category_id("water.outage");
  article.set_kind("procedure");
  article.set_title(title);
  article.set_body("先确认是计划停水还是突发停水。");
  article.add_keywords("停水");
  return article;
}

struct Fixture {
  base::ManualClock clock{absl::FromUnixSeconds(1'750'000'000)};
  postgres::Pool database{
      {.connection = testing::PrivatePostgres::Shared().CreateDatabase("knowledge_base", "services/knowledge_base/migrations")}};
  PostgresStore store{database};
  rpc::TestNetwork network{clock};
  rpc::TestNode node{network, "knowledge_base"};
  rpc::Pool pool{"handlers", 4, 64};
  Library library{store, DemoSynonyms(), clock, node.metrics()};
  ArticleService service{*node, pool, store, library};
  rpc::TestServer server{node, {&service}};
  Client client{server.PeerFor("gateway")};
  rpc::Context editor, reviewer, admin, agent, gas_editor;

  Fixture() {
    Act(editor, "editor1", kEditor, "water-bureau", "/city/water-bureau/");
    Act(reviewer, "reviewer1", kReviewer, "city", "/city/");
    Act(admin, "admin1", access::v1::ROLE_ADMIN, "city", "/city/");
    Act(agent, "agent1", access::v1::ROLE_AGENT, "city", "/city/");
    Act(gas_editor, "editor2", kEditor, "gas-company", "/city/gas-company/");
    TellUnit("city", "/city/");
    TellUnit("water-bureau", "/city/water-bureau/");
    TellUnit("water-company", "/city/water-bureau/water-company/");
    REQUIRE(library.Refresh().ok());
  }
  void Act(rpc::Context& context, const std::string& id, access::v1::Role role, const std::string& unit, const std::string& path) {
    network.ActAs(context, {.user_id = id, .roles = {role}, .unit_id = unit, .unit_path = path});
  }
  void TellUnit(const std::string& id, const std::string& path) {
    hotline::events::v1::UnitChanged unit;
    unit.set_unit_id(id);
    unit.set_path(path);
    const events::Event event = events::Make("directory", id, unit, clock.Now());
    REQUIRE(postgres::RunTransaction(database, [&](postgres::Transaction& tx) { return PostgresStore::UnitEvents()(tx, event); }).ok());
  }

  absl::StatusOr<pb::Article> Create(rpc::Context& who, const pb::Article& article, const std::string& request_id = "") {
    pb::CreateArticleRequest request;
    *request.mutable_article() = article;
    request.set_request_id(request_id);
    return rpc::SyncCall(client, who, &Calls::CreateArticle, request);
  }
  absl::StatusOr<pb::Article> Update(rpc::Context& who, const pb::Article& article) {
    pb::UpdateArticleRequest request;
    *request.mutable_article() = article;
    return rpc::SyncCall(client, who, &Calls::UpdateArticle, request);
  }
  absl::StatusOr<pb::Article> Submit(rpc::Context& who, const pb::Article& article) {
    pb::SubmitArticleRequest request;
    request.set_article_id(article.article_id());
    request.set_etag(article.etag());
    return rpc::SyncCall(client, who, &Calls::SubmitArticle, request);
  }
  absl::StatusOr<pb::Article> Review(rpc::Context& who, const pb::Article& article, bool accepted, const std::string& note = "") {
    pb::ReviewArticleRequest request;
    request.set_article_id(article.article_id());
    request.set_etag(article.etag());
    request.set_accepted(accepted);
    request.set_note(note);
    return rpc::SyncCall(client, who, &Calls::ReviewArticle, request);
  }
  absl::StatusOr<pb::Article> Retire(rpc::Context& who, const pb::Article& article) {
    pb::RetireArticleRequest request;
    request.set_article_id(article.article_id());
    request.set_etag(article.etag());
    request.set_reason("政策已变");
    return rpc::SyncCall(client, who, &Calls::RetireArticle, request);
  }
  absl::StatusOr<pb::Article> Get(rpc::Context& who, const std::string& id, int version = 0) {
    pb::GetArticleRequest request;
    request.set_article_id(id);
    request.set_version(version);
    return rpc::SyncCall(client, who, &Calls::GetArticle, request);
  }
  pb::Article Publish(pb::Article article) {
    const auto created = Create(editor, article);
    REQUIRE(created.ok());
    const auto submitted = Submit(editor, *created);
    REQUIRE(submitted.ok());
    const auto published = Review(reviewer, *submitted, true);
    REQUIRE(published.ok());
    return *published;
  }
  std::vector<std::string> Search(rpc::Context& who, const std::string& query, const std::string& unit = "", const std::string& category = "") {
    pb::SearchArticlesRequest request;
    request.set_query(query);
    request.set_unit_id(unit);
    request.set_category_id(category);
    const auto answer = rpc::SyncCall(client, who, &Calls::SearchArticles, request);
    REQUIRE(answer.ok());
    std::vector<std::string> ids;
    for (const pb::ArticleHit& hit : answer->hits()) ids.push_back(hit.article_id());
    return ids;
  }
  absl::StatusOr<pb::ImportArticlesResponse> Import(const pb::ImportArticlesRequest& request) {
    return rpc::SyncCall(client, admin, &Calls::ImportArticles, request);
  }
  std::vector<std::string> EventTypes() {
    const auto rows = database.Read("select type from outbox order by id");
    REQUIRE(rows.ok());
    std::vector<std::string> types;
    for (const postgres::Row row : *rows) types.push_back(row.Get<std::string>("type").substr(std::string("hotline.events.v1.").size()));
    return types;
  }
};

pb::ImportArticlesRequest DemoStock() {
  pb::ImportArticlesRequest request;
  std::ifstream file(std::string(HOTLINE_SOURCE_DIR) + "/deploy/demo/data/articles.json");
  for (const auto& a : nlohmann::json::parse(file)) {
    pb::Article& article = *request.add_articles();
    article.set_article_id(a["articleId"]);
    article.set_unit_id(a["unitId"]);
    article.set_category_id(a["categoryId"]);
    article.set_kind(a["kind"]);
    article.set_title(a["title"]);
    article.set_answer(a["answer"]);
    article.set_body(a["body"]);
    article.set_public_(a["public"]);
    for (const auto& keyword : a["keywords"]) article.add_keywords(keyword);
  }
  return request;
}

TEST_CASE("KB-1 KB-2 an article goes from draft to published to a second version to retired") {
  Fixture f;
  const auto draft = f.Create(f.editor, Text());
  REQUIRE(draft.ok());
  CHECK(draft->state() == pb::ARTICLE_STATE_DRAFT);
  CHECK(draft->author_id() == "editor1");
  CHECK(base::Reason(f.Get(f.agent, draft->article_id()).status()) == "ARTICLE_NOT_FOUND");
  CHECK(f.Search(f.agent, "停水").empty());
  const auto submitted = f.Submit(f.editor, *draft);
  REQUIRE(submitted.ok());
  CHECK(base::Reason(f.Update(f.editor, *submitted).status()) == "WRONG_STATE");
  const auto sent_back = f.Review(f.reviewer, *submitted, false, "请补充联系电话");
  REQUIRE(sent_back.ok());
  CHECK(f.Get(f.editor, draft->article_id())->review_note() == "请补充联系电话");
  const auto published = f.Review(f.reviewer, *f.Submit(f.editor, *sent_back), true);
  REQUIRE(published.ok());
  CHECK(published->reviewer_id() == "reviewer1");
  CHECK(f.Search(f.agent, "停水") == std::vector<std::string>{draft->article_id()});

  pb::Article changed = *published;
  changed.set_title("断水抢修");
  const auto second = f.Update(f.editor, changed);
  REQUIRE(second.ok());
  CHECK(second->version() == 2);
  CHECK(f.Get(f.agent, draft->article_id())->title() == "停水了怎么办");
  CHECK(base::Reason(f.Get(f.agent, draft->article_id(), 2).status()) == "ARTICLE_NOT_FOUND");
  CHECK(f.Get(f.editor, draft->article_id())->version() == 2);
  const auto accepted = f.Review(f.reviewer, *f.Submit(f.editor, *second), true);
  REQUIRE(accepted.ok());
  CHECK(f.Get(f.agent, draft->article_id())->title() == "断水抢修");
  CHECK(f.Get(f.editor, draft->article_id(), 1)->state() == pb::ARTICLE_STATE_RETIRED);

  REQUIRE(f.Retire(f.editor, *accepted).ok());
  CHECK(f.Search(f.agent, "停水").empty());
  CHECK(base::Reason(f.Get(f.agent, draft->article_id()).status()) == "ARTICLE_NOT_FOUND");
  CHECK(f.Get(f.editor, draft->article_id())->state() == pb::ARTICLE_STATE_RETIRED);
  CHECK(f.EventTypes() == std::vector<std::string>{"ArticlePublished", "ArticlePublished", "ArticleRetired"});
  const auto history = f.database.Read("select count(*)::bigint as n from history");
  CHECK((*history)[0].Get<int64_t>("n") == 9);
}

TEST_CASE("KB-2 nobody reviews an own article, and editors keep to their units") {
  Fixture f;
  const auto own = f.Create(f.reviewer, Text());
  REQUIRE(own.ok());
  const auto submitted = f.Submit(f.reviewer, *own);
  REQUIRE(submitted.ok());
  CHECK(base::Reason(f.Review(f.reviewer, *submitted, true).status()) == "OWN_ARTICLE");
  CHECK(absl::IsPermissionDenied(f.Review(f.editor, *submitted, true).status()));  // an editor is no reviewer
  CHECK(f.Review(f.admin, *submitted, true).ok());

  CHECK(base::Reason(f.Create(f.editor, Text("燃气", "gas-company")).status()) == "UNIT_OUTSIDE_SUBTREE");
  CHECK(f.Create(f.gas_editor, Text("燃气", "gas-company")).ok());  // directory has not told of it: the own unit counts
  const auto water = f.Create(f.editor, Text());
  CHECK(base::Reason(f.Update(f.gas_editor, *water).status()) == "UNIT_OUTSIDE_SUBTREE");
  pb::Article moved = *water;
  moved.set_unit_id("gas-company");
  CHECK(base::Reason(f.Update(f.editor, moved).status()) == "UNIT_OUTSIDE_SUBTREE");
  CHECK(absl::IsPermissionDenied(f.Create(f.agent, Text()).status()));
}

TEST_CASE("KB-1 concurrent edits and repeated creates") {
  Fixture f;
  const std::string id = base::NewId();
  const auto first = f.Create(f.editor, Text(), id);
  REQUIRE(first.ok());
  CHECK(f.Create(f.editor, Text(), id)->article_id() == first->article_id());
  CHECK(base::Reason(f.Create(f.gas_editor, Text("燃气", "gas-company"), id).status()) == "REQUEST_ID_REUSED");
  CHECK(base::FieldViolations(f.Create(f.editor, Text(), "7").status()).at(0).field == "request_id");
  REQUIRE(f.Update(f.editor, *first).ok());
  CHECK(base::Reason(f.Update(f.editor, *first).status()) == "ETAG_MISMATCH");
  CHECK(base::Reason(f.Submit(f.editor, *first).status()) == "ETAG_MISMATCH");
  pb::Article bare = *first;
  bare.clear_etag();
  CHECK(base::FieldViolations(f.Update(f.editor, bare).status()).at(0).field == "article.etag");
  CHECK(base::FieldViolations(f.Create(f.editor, Text("")).status()).at(0).field == "article.title");
  // Two who decided on the same revision: the store lets one through.
  const Article article = *f.store.Get(first->article_id());
  const Change change = *Submit(article, "editor1", f.clock.Now());
  CHECK(f.store.Save(change).ok());
  CHECK(base::Reason(f.store.Save(change)) == "ETAG_MISMATCH");
}

TEST_CASE("KB-1 articles are found from their effective to their expire time only") {
  Fixture f;
  pb::Article article = Text();
  const int64_t now = absl::ToUnixSeconds(f.clock.Now());
  article.mutable_effective_time()->set_seconds(now + 60);
  article.mutable_expire_time()->set_seconds(now + 120);
  const std::string id = f.Publish(article).article_id();
  const auto found = [&] { return !f.Search(f.agent, "停水").empty() && f.Get(f.agent, id).ok(); };
  const auto listed = [&](rpc::Context& who) { return rpc::SyncCall(f.client, who, &Calls::ListArticles, {})->articles_size(); };
  CHECK_FALSE(found());
  CHECK(listed(f.agent) == 0);
  CHECK(listed(f.editor) == 1);
  f.clock.Advance(absl::Seconds(60));
  CHECK(found());
  CHECK(listed(f.agent) == 1);
  f.clock.Advance(absl::Seconds(60));
  CHECK_FALSE(found());
  CHECK(f.Get(f.editor, id).ok());
}

TEST_CASE("KB-5 KB-3 the demo stock is imported once, all or nothing, and found") {
  Fixture f;
  pb::ImportArticlesRequest stock = DemoStock();
  pb::ImportArticlesRequest bad = stock;
  bad.mutable_articles(bad.articles_size() - 1)->clear_title();
  CHECK(base::FieldViolations(f.Import(bad).status()).at(0).field == absl::StrCat("articles[", bad.articles_size() - 1, "].title"));
  CHECK(f.Search(f.agent, "停水").empty());
  const auto first = f.Import(stock);
  REQUIRE(first.ok());
  CHECK(first->imported() == stock.articles_size());
  const auto again = f.Import(stock);
  REQUIRE(again.ok());
  CHECK(again->imported() == 0);
  CHECK(again->unchanged() == stock.articles_size());
  CHECK(f.EventTypes().size() == static_cast<size_t>(stock.articles_size()));
  CHECK(f.Search(f.agent, "家里没水了").at(0) == "water-outage-1");
  CHECK(f.Search(f.agent, "nq").at(0).starts_with("heating-"));
  CHECK(f.Search(f.agent, "公积金租房").at(0) == "housing-fund-1");
  CHECK(f.Search(f.agent, "漏水", "", "heating").at(0) == "heating-leak-1");
  CHECK(f.Search(f.agent, "漏水", "water-bureau").at(0) == "water-leak-1");
  CHECK(f.Search(f.agent, "漏水", "heating-company").at(0) == "heating-leak-1");

  stock.mutable_articles(0)->set_title("停水停水");
  stock.mutable_articles(1)->set_title("水压");
  pb::Article draft = *f.Get(f.admin, stock.articles(1).article_id());
  draft.set_title("编辑中");
  const auto open = f.Update(f.admin, draft);
  REQUIRE(open.ok());
  CHECK(base::Reason(f.Import(stock).status()) == "DRAFT_OPEN");
  CHECK(f.Get(f.agent, stock.articles(0).article_id())->title() == "停水了怎么办");  // nothing half-written
  REQUIRE(f.Retire(f.admin, *open).ok());
  CHECK(f.Import(stock)->imported() == 2);
  CHECK(f.Get(f.agent, stock.articles(0).article_id())->version() == 2);
  CHECK(absl::IsPermissionDenied(rpc::SyncCall(f.client, f.editor, &Calls::ImportArticles, stock).status()));
}

TEST_CASE("KB-4 services that speak to citizens find what is marked public only") {
  Fixture f;
  REQUIRE(f.Import(DemoStock()).ok());
  Client ivr(f.server.PeerFor("ivr"));
  rpc::Context nobody;
  pb::SearchArticlesRequest search;
  search.set_query("路灯不亮");
  const auto hidden = rpc::SyncCall(ivr, nobody, &Calls::SearchArticles, search, {.as_service = true});
  REQUIRE(hidden.ok());
  for (const pb::ArticleHit& hit : hidden->hits()) CHECK(hit.article_id() != "urban-lamp-1");
  CHECK(f.Search(f.agent, "路灯不亮").at(0) == "urban-lamp-1");
  pb::GetArticleRequest get;
  get.set_article_id("urban-lamp-1");
  CHECK(base::Reason(rpc::SyncCall(ivr, nobody, &Calls::GetArticle, get, {.as_service = true}).status()) == "ARTICLE_NOT_FOUND");
  Client ticket(f.server.PeerFor("ticket"));
  CHECK(rpc::SyncCall(ticket, nobody, &Calls::GetArticle, get, {.as_service = true}).ok());
}

TEST_CASE("KB-3 suggestions follow what is typed and prefer the chosen category") {
  Fixture f;
  REQUIRE(f.Import(DemoStock()).ok());
  pb::SuggestArticlesRequest request;
  request.set_text("市民反映家中漏水,要求尽快处理");
  request.set_category_id("heating.leak");
  const auto suggested = rpc::SyncCall(f.client, f.agent, &Calls::SuggestArticles, request);
  REQUIRE(suggested.ok());
  REQUIRE(suggested->hits_size() > 0);
  CHECK(suggested->hits_size() <= 5);
  CHECK(suggested->hits(0).article_id() == "heating-leak-1");
  request.set_text("");
  CHECK(rpc::SyncCall(f.client, f.agent, &Calls::SuggestArticles, request)->hits().empty());
  request.set_page_size(21);
  CHECK(base::FieldViolations(rpc::SyncCall(f.client, f.agent, &Calls::SuggestArticles, request).status()).at(0).field == "page_size");
}

TEST_CASE("KB-1 lists come in pages by title, and a foreign page token is refused") {
  Fixture f;
  REQUIRE(f.Import(DemoStock()).ok());
  REQUIRE(f.Create(f.editor, Text("水务草稿")).ok());
  pb::ListArticlesRequest request;
  request.set_page_size(20);
  std::vector<std::string> titles;
  int pages = 0;
  do {
    const auto page = rpc::SyncCall(f.client, f.agent, &Calls::ListArticles, request);
    REQUIRE(page.ok());
    for (const pb::Article& article : page->articles()) titles.push_back(article.title());
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty() && pages < 10);
  CHECK(titles.size() == static_cast<size_t>(DemoStock().articles_size()));
  CHECK(std::is_sorted(titles.begin(), titles.end()));
  CHECK(pages == 4);

  request.set_page_token(rpc::SyncCall(f.client, f.agent, &Calls::ListArticles, request)->next_page_token());
  request.set_category_id("water");
  CHECK(base::FieldViolations(rpc::SyncCall(f.client, f.agent, &Calls::ListArticles, request).status()).at(0).field == "page_token");
  request.clear_page_token();
  CHECK(rpc::SyncCall(f.client, f.agent, &Calls::ListArticles, request)->articles_size() == 6);
  request.set_state(pb::ARTICLE_STATE_DRAFT);
  CHECK(rpc::SyncCall(f.client, f.agent, &Calls::ListArticles, request)->articles().empty());
  const auto drafts = rpc::SyncCall(f.client, f.editor, &Calls::ListArticles, request);
  REQUIRE(drafts->articles_size() == 1);
  CHECK(drafts->articles(0).body().empty());
  CHECK(rpc::SyncCall(f.client, f.gas_editor, &Calls::ListArticles, request)->articles().empty());
  request.set_state(pb::ARTICLE_STATE_UNSPECIFIED);
  request.clear_category_id();
  request.set_unit_id("water-bureau");
  CHECK(rpc::SyncCall(f.client, f.agent, &Calls::ListArticles, request)->articles_size() == 6);
}

TEST_CASE("KB-3 another replica finds what was published here, by itself") {
  Fixture f;
  base::SystemClock clock;
  runtime::Metrics metrics;
  Library other(f.store, search::Synonyms(), clock, metrics);
  REQUIRE(other.Refresh().ok());
  other.Start(absl::Milliseconds(100));
  const pb::Article article = f.Publish(Text());
  CHECK(testing::WaitUntil([&] { return other.index().size() == 1; }));
  f.TellUnit("heating-company", "/city/heating-company/");
  CHECK(testing::WaitUntil([&] { return other.PathOf("heating-company") == "/city/heating-company/"; }));
  REQUIRE(f.Retire(f.editor, article).ok());
  CHECK(testing::WaitUntil([&] { return other.index().size() == 0; }));
}

TEST_CASE("KB-8 searches that found nothing are counted, without numbers that may be somebody's") {
  Fixture f;
  f.Search(f.agent, "养猫许可证 13800001111");
  f.Search(f.agent, "养猫许可证 13900002222");
  f.Search(f.agent, "滑翔伞");
  f.Search(f.agent, "x");
  f.Search(f.agent, "滑雪", "water-bureau");
  REQUIRE(f.library.Flush().ok());
  f.Search(f.agent, "滑翔伞");
  f.Search(f.agent, "滑翔伞");
  REQUIRE(f.library.Flush().ok());
  const auto misses = f.store.ListMisses(10);
  REQUIRE(misses.ok());
  REQUIRE(misses->size() == 2);
  CHECK(misses->at(0).text == "滑翔伞");
  CHECK(misses->at(0).times == 3);
  CHECK(misses->at(1).text == "养猫许可证 *");
  CHECK(misses->at(1).times == 2);
}

TEST_CASE("configuration is read strictly") {
  const std::string common = R"("listen": "unix:/tmp/x.sock", "keys_file": "k", "service_key_file": "s", "postgres": {"conninfo": "c", "role": "r"},
      "redis": {"address": "unix:/tmp/r.sock"}, "peers": {"directory": "unix:/tmp/d.sock"}, "migrations_dir": "m")";
  const auto read = [](const std::string& text) {
    auto root = base::JsonReader::Parse(text);
    REQUIRE(root.ok());
    const Config config = ReadConfig(*root);
    return root->Finish().ok() ? config.synonyms_file : "refused";
  };
  CHECK(read("{" + common + R"(, "synonyms_file": "syn.json", "refresh": "2s"})") == "syn.json");
  CHECK(read("{" + common + R"(, "synonymsfile": "syn.json"})") == "refused");
  CHECK(read("{" + common + R"(, "refresh": "1ms"})") == "refused");
}

}  // namespace
}  // namespace hotline::knowledge_base
