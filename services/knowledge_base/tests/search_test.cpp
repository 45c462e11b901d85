// Search over the demo city's articles (KB-3): what citizens say finds what agents need.
#include <catch2/catch.hpp>

#include <fstream>
#include <nlohmann/json.hpp>

#include "services/knowledge_base/search/index.h"
#include "services/knowledge_base/search/text.h"

namespace hotline::knowledge_base::search {
namespace {

const std::string kData = std::string(HOTLINE_SOURCE_DIR) + "/deploy/demo/data/";

std::vector<Document> DemoArticles() {
  std::vector<Document> documents;
  std::ifstream file(kData + "articles.json");
  for (const auto& a : nlohmann::json::parse(file)) {
    documents.push_back({.article_id = a["articleId"],
                         .title = a["title"],
                         .keywords = a["keywords"],
                         .answer = a["answer"],
                         .body = a["body"],
                         .unit_id = a["unitId"],
                         .category_id = a["categoryId"],
                         .open_to_public = a["public"]});
  }
  return documents;
}

Synonyms DemoSynonyms() {
  auto synonyms = Synonyms::Load(kData + "synonyms.json");
  REQUIRE(synonyms.ok());
  return *std::move(synonyms);
}

const Index& Demo() {
  static const auto index = [] {
    auto made = std::make_unique<Index>(DemoSynonyms());
    for (Document& document : DemoArticles()) made->Put(std::move(document));
    return made;
  }();
  return *index;
}

std::vector<std::string> Ids(const std::string& text, size_t limit = 10) {
  std::vector<std::string> ids;
  for (const Hit& hit : Demo().Search({.text = text, .limit = limit}).hits) ids.push_back(hit.article_id);
  return ids;
}

std::string First(const std::string& text) {
  const auto ids = Ids(text, 1);
  return ids.empty() ? "" : ids[0];
}

bool Among(const std::string& text, const std::string& id, size_t limit = 3) {
  const auto ids = Ids(text, limit);
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

TEST_CASE("KB-3 what people say finds the article first") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"停水", "water-outage-1"},
      {"家里没水了", "water-outage-1"},
      {"断水一天了什么时候来水", "water-outage-1"},
      {"公积金租房", "housing-fund-1"},
      {"租房能提公积金吗", "housing-fund-1"},
      {"住房公积金贷款", "housing-fund-2"},
      {"暖气不热", "heating-cold-1"},
      {"地暖不热怎么办", "heating-cold-1"},
      {"楼上装修噪音太吵", "urban-noise-1"},
      {"电梯困人", "housing-elevator-1"},
      {"工资没发", "labour-wage-1"},
      {"路灯不亮", "urban-lamp-1"},
      {"水发黄", "water-quality-1"},
  };
  for (const auto& [text, id] : cases) {
    INFO(text);
    CHECK(First(text) == id);
  }
}

TEST_CASE("KB-3 pinyin, initials and unfinished pinyin find it too") {
  CHECK(First("tingshui") == "water-outage-1");
  CHECK(First("ting shui") == "water-outage-1");
  CHECK(First("TingShui") == "water-outage-1");
  CHECK(Among("tingsh", "water-outage-1"));
  CHECK(Among("ts", "water-outage-1", 5));
  CHECK(First("nuanqi").starts_with("heating-"));
  CHECK(First("nq").starts_with("heating-"));
  CHECK(First("gongjijinzufang") == "housing-fund-1");
  CHECK(First("gjj").starts_with("housing-fund-"));
}

TEST_CASE("KB-3 traditional characters, full width and noise around do not matter") {
  CHECK(First("家裡沒水了") == "water-outage-1");
  CHECK(First("暖氣不熱") == "heating-cold-1");
  CHECK(First("  停水!!!  ") == "water-outage-1");
  CHECK(First("你好,我想问一下我们小区的电梯把人困住了怎么办啊") == "housing-elevator-1");
  CHECK(Encode(Fold(Decode("ABC電梯"))) == "abc电梯");
}

TEST_CASE("KB-3 nothing is found where nothing fits") {
  CHECK(Ids("量子纠缠态蒸馏").empty());
  CHECK(Ids("xyzzy").empty());
  CHECK(Ids("怎么").empty());
  CHECK(Ids("!!!").empty());
  CHECK(Ids("").empty());
  CHECK(Ids("\xff\xfe").empty());
}

TEST_CASE("KB-3 the found words are marked in title and excerpt") {
  const Answer answer = Demo().Search({.text = "停水", .limit = 1});
  REQUIRE(answer.hits.size() == 1);
  CHECK(answer.hits[0].title == "\x01停水\x02了怎么办");
  CHECK(answer.hits[0].excerpt.find("\x01停水\x02") != std::string::npos);
  CHECK(Decode(answer.hits[0].excerpt).size() <= kMaxExcerpt);
  CHECK(Demo().Search({.text = "ts", .limit = 5}).hits.size() >= 1);
  const Answer pinyin = Demo().Search({.text = "tingshui", .limit = 1});
  REQUIRE(pinyin.hits.size() == 1);
  CHECK(pinyin.hits[0].title == "\x01停水\x02了怎么办");
  CHECK(Demo().Search({.text = "家里没水了"}).words == std::vector<std::string>{"家里", "没水"});
}

TEST_CASE("KB-3 long excerpts are cut around the first found word and keep their marks in pairs") {
  Index index{Synonyms()};
  std::string body;
  for (int i = 0; i < 400; ++i) body += "前文";
  body += "停水";
  for (int i = 0; i < 400; ++i) body += i % 3 == 0 ? "停水" : "后文";
  index.Put({.article_id = "a", .title = "长文", .body = body});
  const Answer answer = index.Search({.text = "停水"});
  REQUIRE(answer.hits.size() == 1);
  const std::u32string excerpt = Decode(answer.hits[0].excerpt);
  CHECK(excerpt.size() <= kMaxExcerpt);
  CHECK(std::count(excerpt.begin(), excerpt.end(), kMarkBegin) > 0);
  CHECK(std::count(excerpt.begin(), excerpt.end(), kMarkBegin) == std::count(excerpt.begin(), excerpt.end(), kMarkEnd));
}

TEST_CASE("KB-3 a long text typed into a ticket suggests what it is about") {
  std::string text =
      "市民来电反映,其居住在鼓楼区某小区三号楼,从昨天晚上开始家中暖气一直不热,室内温度只有十五度,家里有老人和小孩,"
      "已经联系过物业,物业说不归他们管,希望相关部门尽快处理并给予答复。";
  CHECK(First(text) == "heating-cold-1");
  for (int i = 0; i < 40; ++i) text += "市民希望尽快处理并给予答复。";
  CHECK(Among(text, "heating-cold-1"));
}

TEST_CASE("KB-3 filter and boost decide what counts") {
  Query query{.text = "漏水", .limit = 5};
  query.filter = [](const Document& document) { return document.category_id.starts_with("heating"); };
  const Answer heating = Demo().Search(query);
  REQUIRE_FALSE(heating.hits.empty());
  CHECK(heating.hits[0].article_id == "heating-leak-1");
  query.filter = nullptr;
  query.boost = [](const Document& document) { return document.category_id == "heating.leak" ? 100 : 1; };
  CHECK(Demo().Search(query).hits[0].article_id == "heating-leak-1");
}

TEST_CASE("KB-3 replaced and removed articles are gone, also after the index closed its gaps") {
  Index index(DemoSynonyms());
  for (const Document& document : DemoArticles()) index.Put(document);
  for (int i = 0; i < 700; ++i) {
    index.Put({.article_id = "moving", .title = "第" + std::to_string(i) + "号公告", .body = "公告"});
  }
  CHECK(index.size() == DemoArticles().size() + 1);
  CHECK(index.Search({.text = "公告 699"}).hits.at(0).article_id == "moving");
  CHECK(index.Search({.text = "698"}).hits.empty());
  CHECK(index.Search({.text = "家里没水了"}).hits.at(0).article_id == "water-outage-1");
  index.Remove("water-outage-1");
  index.Remove("water-outage-1");
  for (const Hit& hit : index.Search({.text = "停水"}).hits) CHECK(hit.article_id != "water-outage-1");
}

}  // namespace
}  // namespace hotline::knowledge_base::search
