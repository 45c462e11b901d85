#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/numbering.h"
#include "services/ticket/domain/suggest.h"
#include "services/ticket/domain/words.h"
#include "services/ticket/tests/domain_fixture.h"

namespace hotline::ticket::domain {

TEST_CASE("DESIGN 5: ticket numbers are the day and six digits, more on a day of a great import, and texts in order") {
  const absl::CivilDay day(2026, 1, 2);
  CHECK(*FormatNumber(absl::CivilDay(2026, 11, 22), 17) == "20261122000017");
  CHECK(*FormatNumber(day, 899'999) == "20260102899999");
  CHECK(*FormatNumber(day, 900'000) == "2026010290900000");
  CHECK(*FormatNumber(day, kMaxDailyNumber) == "2026010299999999");
  std::string before;
  for (int64_t sequence : {1, 9, 10, 99'999, 100'000, 899'999, 900'000, 999'999, 1'000'000, 1'900'000, 9'999'999}) {
    const std::string number = *FormatNumber(day, sequence);
    CHECK(before < number);
    CHECK(number < *FormatNumber(day + 1, 1));
    CHECK(ReferenceOf(number, 8) == Reference::kNumber);
    CHECK(ReferenceOf(number, kMaxAcceptanceDigits) == Reference::kNumber);
    before = number;
  }
  CHECK_FALSE(FormatNumber(day, 0).ok());
  CHECK(base::HasReason(FormatNumber(absl::CivilDay(2026, 1, 2), kMaxDailyNumber + 1).status(), "NUMBERS_EXHAUSTED"));
}

TEST_CASE("IVR-5: what a caller hears of each state") {
  CHECK(SpokenState(State::kTranscribe) == "accepted");
  CHECK(SpokenState(State::kAccepted) == "accepted");
  CHECK(SpokenState(State::kSigned) == "in_process");
  CHECK(SpokenState(State::kReplied) == "in_process");
  CHECK(SpokenState(State::kCallback) == "replied");
  CHECK(SpokenState(State::kRefused) == "not_accepted");
  CHECK(SpokenState(State::kArchived) == "closed");
}

TEST_CASE("IVR-5, TKT-17: one phone is one phone, however the network writes it") {
  CHECK(NormalPhone("+8613812345678") == "13812345678");
  CHECK(NormalPhone("008613812345678") == "13812345678");
  CHECK(NormalPhone("013812345678") == "13812345678");
  CHECK(NormalPhone("0990-8100102") == "09908100102");
  CHECK(NormalPhone("12345") == "12345");
  CHECK(NormalPhone("") == "");
}

TEST_CASE("a ticket is asked for by id, number or acceptance number") {
  CHECK(ReferenceOf("0192f0c0-0000-7000-8000-000000000001", 8) == Reference::kId);
  CHECK(ReferenceOf("20261122000017", 8) == Reference::kNumber);
  CHECK(ReferenceOf("12345678", 8) == Reference::kAcceptance);
  CHECK(ReferenceOf("1234567", 8) == Reference::kNone);
  CHECK(ReferenceOf("'; --", 8) == Reference::kNone);
  CHECK(ReferenceOf("", 8) == Reference::kNone);
}

TEST_CASE("TKT-6, STD-6: suggestions name rule and reason, best first, three at most") {
  SuggestionInput input;
  input.area_code = "990102";
  input.tags = {"供水", "漏水"};
  input.category_name = "管道漏水";
  input.default_unit_id = "water";
  Unit county{"gulou", "city", "/city/gulou/", "鼓楼区", true, 2, "990102", {"属地"}};
  Unit closed{"old", "city", "/city/old/", "已撤销", false, 2, "990102", {"漏水"}};
  input.units = {GasUnit(), WaterOffice(), WaterUnit(), county, closed};
  input.earlier = {{"water-east", 3}, {"gas", 1}};
  const std::vector<Suggestion> found = Suggest(input);
  REQUIRE(found.size() == kMaxSuggestions);
  CHECK(found[0].unit_id == "water");
  CHECK(found[0].rule == "catalogue");
  CHECK(found[1].unit_id == "water-east");
  CHECK(found[2].unit_id == "gulou");
  CHECK(found[2].rule == "area");
  for (const Suggestion& suggestion : found) {
    CHECK_FALSE(suggestion.reason.empty());
    CHECK(suggestion.score > 0);
    CHECK(suggestion.score <= 1);
  }
  CHECK(Suggest({}).empty());
}

TEST_CASE("words: Chinese as pairs, Latin as runs, full-width punctuation apart") {
  CHECK(IndexWords("停水了,DN300管") == std::vector<std::string>{"dn300", "了", "停", "停水", "水", "水了", "管"});
  CHECK(QueryWords("停水了") == std::vector<std::string>{"停水", "水了"});
  CHECK(QueryWords("水") == std::vector<std::string>{"水"});
  CHECK(QueryTerms("  停水 鼓楼\xe3\x80\x80路灯 ") == std::vector<std::string>{"停水", "鼓楼", "路灯"});
  CHECK(IndexWords("\xff").empty());
}

}  // namespace hotline::ticket::domain
