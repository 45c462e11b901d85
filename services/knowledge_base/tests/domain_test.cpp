// An article's life, as tables of cases (KB-1, KB-2).
#include <catch2/catch.hpp>

#include "services/knowledge_base/domain/article.h"
#include "services/knowledge_base/domain/errors.h"
#include "services/knowledge_base/domain/limits.h"

namespace hotline::knowledge_base {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'750'000'000);

Content Text(const std::string& title = "停水了怎么办") {
  Content content;
  content.unit_id = "water-company";
  content.category_id = "water.outage";
  content.kind = "procedure";
  content.title = title;
  content.body = "先问地址。";
  content.keywords = {"停水"};
  return content;
}

Article In(State state) {
  Article article = Create("a1", Text(), "author", kNow).after;
  article.newest.state = state;
  if (state == State::kPublished) article.published = 1;
  return article;
}

// "ok" or the reason of the refusal.
std::string Reason(const absl::StatusOr<Change>& change) { return change.ok() ? "ok" : base::Reason(change.status()); }

TEST_CASE("KB-1 KB-2 each command is allowed in its states only") {
  struct Case {
    State state;
    std::string edit, submit, review, retire;
  };
  const std::vector<Case> cases = {
      {State::kDraft, "ok", "ok", "WRONG_STATE", "ok"},
      {State::kSubmitted, "WRONG_STATE", "WRONG_STATE", "ok", "ok"},
      {State::kPublished, "ok", "WRONG_STATE", "WRONG_STATE", "ok"},
      {State::kRetired, "ok", "WRONG_STATE", "WRONG_STATE", "WRONG_STATE"},
  };
  for (const Case& c : cases) {
    INFO(StateName(c.state));
    CHECK(Reason(Edit(In(c.state), Text(), "author", kNow)) == c.edit);
    CHECK(Reason(Submit(In(c.state), "author", kNow)) == c.submit);
    CHECK(Reason(Review(In(c.state), true, "", "reviewer", kNow)) == c.review);
    CHECK(Reason(Retire(In(c.state), "过时", "author", kNow)) == c.retire);
  }
}

TEST_CASE("KB-2 whoever wrote any of a version may not review it") {
  Article article = In(State::kDraft);
  article = Edit(article, Text("断水了怎么办"), "second", kNow)->after;
  article = Submit(article, "third", kNow)->after;
  CHECK(Reason(Review(article, true, "", "author", kNow)) == "OWN_ARTICLE");
  CHECK(Reason(Review(article, false, "no", "second", kNow)) == "OWN_ARTICLE");
  CHECK(Reason(Review(article, true, "", "third", kNow)) == "ok");
  CHECK(Reason(Review(article, false, "", "reviewer", kNow)) == "INVALID_FIELD");
}

TEST_CASE("KB-1 a new version takes the place of the published one when it is accepted, not before") {
  Article article = In(State::kPublished);
  article = Edit(article, Text("第二版"), "author", kNow)->after;
  CHECK(article.published == 1);
  CHECK(article.newest.number == 2);
  CHECK(article.newest.contributors == std::vector<std::string>{"author"});
  article = Submit(article, "author", kNow)->after;
  const auto rejected = Review(article, false, "太短", "reviewer", kNow);
  REQUIRE(rejected.ok());
  CHECK(rejected->after.newest.state == State::kDraft);
  CHECK_FALSE(rejected->publishes);
  const auto accepted = Review(article, true, "", "reviewer", kNow);
  REQUIRE(accepted.ok());
  CHECK(accepted->after.published == 2);
  CHECK(accepted->retires == 1);
  CHECK(accepted->publishes);
  CHECK(accepted->after.revision == article.revision + 1);
}

TEST_CASE("KB-1 retiring takes out the published version, also while a new one is being written") {
  const auto plain = Retire(In(State::kPublished), "过时", "author", kNow);
  REQUIRE(plain.ok());
  CHECK(plain->takes_out);
  CHECK(plain->after.published == 0);
  CHECK(plain->retires == 0);
  Article article = Edit(In(State::kPublished), Text("第二版"), "author", kNow)->after;
  const auto both = Retire(article, "过时", "author", kNow);
  REQUIRE(both.ok());
  CHECK(both->retires == 1);
  CHECK(both->takes_out);
  CHECK_FALSE(Retire(In(State::kDraft), "不用了", "author", kNow)->takes_out);
}

TEST_CASE("KB-1 an expired version is not published, and times say when it is in force") {
  Article article = In(State::kSubmitted);
  article.newest.content.expire_time = kNow;
  CHECK(Reason(Review(article, true, "", "reviewer", kNow)) == "ALREADY_EXPIRED");
  Content content = Text();
  content.effective_time = kNow;
  content.expire_time = kNow + absl::Hours(1);
  CHECK_FALSE(InForce(content, kNow - absl::Seconds(1)));
  CHECK(InForce(content, kNow));
  CHECK_FALSE(InForce(content, kNow + absl::Hours(1)));
}

TEST_CASE("KB-5 an import leaves alone what is there, what was imported before, and what is being written") {
  Imported found;
  const auto first = Import("a1", found, Text(), "admin", kNow);
  REQUIRE((first.ok() && first->has_value()));
  CHECK((*first)->after.published == 1);
  found.article = (*first)->after;
  found.published = Text();
  found.digest = ImportDigest(Text());
  CHECK_FALSE(Import("a1", found, Text(), "admin", kNow)->has_value());
  const auto second = Import("a1", found, Text("新标题"), "admin", kNow);
  REQUIRE((second.ok() && second->has_value()));
  CHECK((*second)->after.published == 2);
  CHECK((*second)->retires == 1);
  // An editor's version is not undone by loading the old stock again.
  found.published = Text("编辑改过");
  CHECK_FALSE(Import("a1", found, Text(), "admin", kNow)->has_value());
  found.article = Edit(*found.article, Text("编辑中"), "author", kNow)->after;
  CHECK(base::Reason(Import("a1", found, Text("新标题"), "admin", kNow).status()) == "DRAFT_OPEN");
}

TEST_CASE("KB-1 bad content is refused by the field's name") {
  const auto field = [](auto change) {
    Content content = Text();
    change(content);
    const absl::Status status = CheckContent("article.", content);
    return status.ok() ? "" : base::FieldViolations(status).at(0).field;
  };
  CHECK(field([](Content&) {}).empty());
  CHECK(field([](Content& c) { c.title.clear(); }) == "article.title");
  CHECK(field([](Content& c) { c.title = "两\n行"; }) == "article.title");
  CHECK(field([](Content& c) { c.body = "a\x01"; }) == "article.body");
  CHECK(field([](Content& c) { c.body = std::string(kMaxBody + 1, 'a'); }) == "article.body");
  CHECK(field([](Content& c) { c.kind = "novel"; }) == "article.kind");
  CHECK(field([](Content& c) { c.unit_id = "Water Company"; }) == "article.unit_id");
  CHECK(field([](Content& c) { c.keywords = {"a", "a"}; }) == "article.keywords[1]");
  CHECK(field([](Content& c) { c.effective_time = c.expire_time = kNow; }) == "article.expire_time");
}

TEST_CASE("KB-2 editors write for their subtree, and for their own unit when the tree is unknown") {
  Viewer viewer{.user_id = "u", .edits = true, .unit_id = "water-bureau", .unit_path = "/city/water-bureau/"};
  CHECK(MayEdit(viewer, "water-company", "/city/water-bureau/water-company/"));
  CHECK(MayEdit(viewer, "water-bureau", ""));
  CHECK_FALSE(MayEdit(viewer, "water-company", ""));
  CHECK_FALSE(MayEdit(viewer, "gas-company", "/city/gas-company/"));
  viewer.everywhere = true;
  CHECK(MayEdit(viewer, "gas-company", ""));
  viewer.edits = false;
  CHECK_FALSE(MayEdit(viewer, "water-bureau", "/city/water-bureau/"));
}

TEST_CASE("a category holds what its id begins") {
  CHECK(InCategory("water.outage", "water"));
  CHECK(InCategory("water", "water"));
  CHECK_FALSE(InCategory("waterworks", "water"));
}

}  // namespace
}  // namespace hotline::knowledge_base
