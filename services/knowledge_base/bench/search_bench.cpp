// How long a search takes over so many articles: search_bench [ARTICLES] [ARTICLES.JSON SYNONYMS.JSON]
// Articles are the demo city's, varied by numbers and shuffled sentences. Prints one line per kind of query.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "services/knowledge_base/search/index.h"

namespace {

using namespace hotline::knowledge_base::search;
using Timer = std::chrono::steady_clock;

double Micros(Timer::time_point start) { return std::chrono::duration<double, std::micro>(Timer::now() - start).count(); }

// Builds the index; prints how long that took.
void Fill(Index& index, int count, const nlohmann::json& articles) {
  std::mt19937 random(7);
  const auto any = [&]() -> const nlohmann::json& { return articles[random() % articles.size()]; };
  const auto start = Timer::now();
  for (int i = 0; i < count; ++i) {
    const nlohmann::json& base = articles[static_cast<size_t>(i) % articles.size()];
    Document document;
    document.article_id = "a" + std::to_string(i);
    document.title = base["title"].get<std::string>() + (i < static_cast<int>(articles.size()) ? "" : " 第" + std::to_string(i) + "号");
    document.keywords = base["keywords"];
    document.answer = base["answer"];
    document.category_id = base["categoryId"];
    for (int part = 0; part < 4; ++part) document.body += any()["body"].get<std::string>();
    index.Put(std::move(document));
  }
  std::printf("%d articles indexed in %.0f ms\n", count, Micros(start) / 1000);
}

void Measure(const Index& index, const char* name, const std::string& text, size_t limit) {
  constexpr int kRounds = 200;
  std::vector<double> times;
  for (int i = 0; i < kRounds; ++i) {
    const auto start = Timer::now();
    const Answer answer = index.Search({.text = text, .limit = limit});
    times.push_back(Micros(start));
  }
  std::sort(times.begin(), times.end());
  std::printf("%-14s median %7.0f us, 99%% %7.0f us\n", name, times[kRounds / 2], times[kRounds * 99 / 100]);
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 10'000;
  std::ifstream file(argc > 2 ? argv[2] : "deploy/demo/data/articles.json");
  auto synonyms = Synonyms::Load(argc > 3 ? argv[3] : "deploy/demo/data/synonyms.json");
  if (!file || !synonyms.ok()) return std::fprintf(stderr, "cannot read the demo data\n"), 2;
  Index index(*std::move(synonyms));
  Fill(index, count, nlohmann::json::parse(file));
  Measure(index, "word", "停水", 10);
  Measure(index, "sentence", "家里没水了怎么办", 10);
  Measure(index, "pinyin", "gongjijin", 10);
  Measure(index, "initials", "ts", 10);
  Measure(index, "unfinished", "tingsh", 10);
  std::string typed;
  while (typed.size() < 400) typed += "市民反映小区暖气一直不热,联系物业无人处理,希望尽快解决。";
  Measure(index, "typed 130", typed, 5);
  while (typed.size() < 14'000) typed += "市民反映小区暖气一直不热,夜间施工噪声扰民,电梯困人,路灯不亮。";
  Measure(index, "typed 5000", typed, 5);
  return 0;
}
