// The dispatch catalogue, suggestions of units, and how alike two matters are.
#include <catch2/catch.hpp>

#include "services/ticket/domain/alike.h"
#include "services/ticket/domain/configuration_limits.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/suggest.h"
#include "services/ticket/tests/domain_fixture.h"

namespace hotline::ticket::domain {
namespace {

const absl::CivilDay kToday(2026, 11, 26);

CategoryNodes Tree() { return {{"water", {"", "供水排水"}}, {"water.leak", {"water", "管道漏水"}}, {"water.leak.street", {"water.leak", "路面漏水"}}, {"gas", {"", "燃气"}}}; }

CatalogueEntry Entry(std::string id, std::string category, std::string area, std::string unit, Type type = Type::kUnspecified) {
  return {std::move(id), std::move(category), std::move(area), type, std::move(unit)};
}

std::vector<std::string> Order(const Matches& matches) {
  std::vector<std::string> ids;
  for (const CatalogueEntry& entry : matches.entries) ids.push_back(entry.id);
  return ids;
}

std::vector<std::string> Rules(const std::vector<Finding>& findings) {
  std::vector<std::string> rules;
  for (const Finding& finding : findings) rules.push_back(finding.rule);
  return rules;
}

std::vector<std::string> FieldsOf(const Violations& bad) {
  std::vector<std::string> fields;
  for (const base::FieldViolation& violation : bad) fields.push_back(violation.field);
  return fields;
}

SuggestionInput LeakInput(CatalogueEntry entry) {
  SuggestionInput input;
  input.category_name = "管道漏水";
  input.units = {WaterUnit(), GasUnit()};
  input.catalogue_version = 12;
  input.matches.entries = {std::move(entry)};
  return input;
}

}  // namespace

TEST_CASE("TKT-6, STD-6: the most specific entry wins: category, then area, then type") {
  const std::vector<CatalogueEntry> entries = {
      Entry("all", "water", "", "a"), Entry("leak", "water.leak", "", "b"), Entry("leak-help", "water.leak", "", "c", Type::kHelp),
      Entry("leak-gulou", "water.leak", "990102", "d"), Entry("leak-street", "water.leak", "99010203", "e"), Entry("gas", "gas", "", "f"),
  };
  CHECK(Order(Match(entries, Tree(), {Type::kHelp, "water.leak.street", "990102030"}, kToday)) ==
        std::vector<std::string>{"leak-street", "leak-gulou", "leak-help", "leak", "all"});
  CHECK(Order(Match(entries, Tree(), {Type::kComplaint, "water.leak", "990103"}, kToday)) == std::vector<std::string>{"leak", "all"});
  // An unknown area is only met by entries of the whole city.
  CHECK(Order(Match(entries, Tree(), {Type::kComplaint, "water.leak", ""}, kToday)) == std::vector<std::string>{"leak", "all"});
  CHECK(Order(Match(entries, Tree(), {Type::kComplaint, "", "990102"}, kToday)).empty());
}

TEST_CASE("STD-6: an entry holds from its first to its last day") {
  CatalogueEntry entry = Entry("a", "water", "", "w");
  entry.from = absl::CivilDay(2026, 11, 26);
  entry.to = absl::CivilDay(2026, 11, 27);
  const auto holds = [&](absl::CivilDay day) { return !Match({entry}, Tree(), {Type::kHelp, "water", ""}, day).entries.empty(); };
  CHECK_FALSE(holds(kToday - 1));
  CHECK(holds(kToday));
  CHECK(holds(kToday + 1));
  CHECK_FALSE(holds(kToday + 2));
  CHECK(ParseDay("2026-12-01") == absl::CivilDay(2026, 12, 1));
  for (const char* bad : {"", "2026-02-30", "2026-1-1", "20261201", "2026-12-01 ", "abcd-ef-gh"}) CHECK_FALSE(ParseDay(bad));
}

TEST_CASE("STD-6: two entries for the same matter contradict each other, unless they hold at different times") {
  CatalogueEntry one = Entry("a", "water", "9901", "water"), other = Entry("b", "water", "9901", "gas");
  CHECK(Match({one, other}, Tree(), {Type::kHelp, "water", "990102"}, kToday).ambiguous);
  const std::map<std::string, Unit> units = {{"water", WaterUnit()}, {"gas", GasUnit()}};
  const CategoryNodes one_category = {{"water", {"", "供水排水"}}};
  const auto check = [&] { return Rules(CheckCatalogue({one, other, Entry("all", "water", "", "water")}, one_category, units, kToday)); };
  CHECK(check() == std::vector<std::string>{"CONTRADICTION"});
  one.to = kToday;
  other.from = kToday + 1;
  CHECK(check().empty());
  other.from = kToday;
  CHECK(check() == std::vector<std::string>{"CONTRADICTION"});
  other.unit_id = "water";
  CHECK(check() == std::vector<std::string>{"DUPLICATE"});
  CHECK_FALSE(Match({one, other}, Tree(), {Type::kHelp, "water", "990102"}, kToday).ambiguous);
}

TEST_CASE("STD-6: the check names unknown and inactive units, unknown categories, and categories without an entry") {
  Unit closed = GasUnit();
  closed.active = false;
  CatalogueEntry leak = Entry("leak", "water.leak", "", "gone");
  leak.co_unit_ids = {"gas"};
  CatalogueEntry old = Entry("old", "gas", "990102", "water");
  old.to = kToday - 1;
  const std::vector<CatalogueEntry> entries = {leak, Entry("fire", "fire", "", "water"), old, Entry("gas-gulou", "gas", "990103", "water")};
  const std::vector<Finding> findings = CheckCatalogue(entries, Tree(), {{"water", WaterUnit()}, {"gas", closed}}, kToday);
  CHECK(Rules(findings) == std::vector<std::string>{"UNKNOWN_UNIT", "INACTIVE_UNIT", "UNKNOWN_CATEGORY", "EXPIRED", "CATEGORY_PARTLY_COVERED"});
  CHECK(findings[0].subject == "gone");
  CHECK(findings[4].subject == "gas");
  CHECK(HasErrors(findings));
  const std::vector<Finding> empty = CheckCatalogue({}, Tree(), {}, kToday);
  CHECK(Rules(empty) == std::vector<std::string>{"CATEGORY_WITHOUT_ENTRY", "CATEGORY_WITHOUT_ENTRY"});
  CHECK_FALSE(HasErrors(empty));
}

TEST_CASE("STD-6: an entry at fault is told by its fields") {
  CatalogueEntry entry = Entry("", "Wasser!", "area code", "", static_cast<Type>(99));
  entry.from = kToday;
  entry.to = kToday - 1;
  entry.co_unit_ids = {"gas", "gas"};
  CHECK(FieldsOf(CheckEntry(entry)) == std::vector<std::string>{"entry.entry_id", "entry.category_id", "entry.area_code", "entry.type", "entry.unit_id",
                                                                "entry.co_unit_ids[1]", "entry.effective_to"});
  CHECK(CheckEntry(Entry("leak", "water.leak", "990102", "water")).empty());
}

TEST_CASE("STD-6: the difference of two catalogues is by entry") {
  CatalogueEntry changed = Entry("b", "gas", "", "gas");
  changed.sure = true;
  const std::vector<EntryChange> changes =
      Diff({Entry("a", "water", "", "water"), Entry("b", "gas", "", "gas"), Entry("c", "gas", "1", "gas")}, {changed, Entry("c", "gas", "1", "gas"), Entry("d", "gas", "2", "gas")});
  REQUIRE(changes.size() == 3);
  CHECK((changes[0].before->id == "a" && !changes[0].after));
  CHECK((!changes[1].before->sure && changes[1].after->sure));
  CHECK((!changes[2].before && changes[2].after->id == "d"));
}

TEST_CASE("TKT-6: the catalogue's entry is suggested first, with its co-units, its source and why") {
  CatalogueEntry entry = Entry("leak", "water.leak", "", "water");
  entry.co_unit_ids = {"gas", "gone"};
  SuggestionInput input = LeakInput(entry);
  input.tags = {"燃气"};
  const std::vector<Suggestion> found = Suggest(input);
  REQUIRE(found.size() == 2);
  CHECK(found[0].unit_id == "water");
  CHECK(found[0].rule == "catalogue");
  CHECK(found[0].source == "catalogue:12/leak");
  CHECK(found[0].co_unit_ids == std::vector<std::string>{"gas"});
  CHECK(found[0].reason.find("第12版") != std::string::npos);
  CHECK(found[1].rule == "tags");
}

TEST_CASE("STD-6: what the catalogue says goes before another unit, however much speaks for that one") {
  SuggestionInput input = LeakInput(Entry("leak", "water.leak", "", "water"));
  input.default_unit_id = "gas";
  input.tags = {"燃气"};
  input.earlier = {{"gas", 40}};
  const std::vector<Suggestion> found = Suggest(input);
  REQUIRE(found.size() == 2);
  CHECK(found[0].unit_id == "water");
  CHECK(found[1].unit_id == "gas");
  // Who agrees with the entry is still the surer for it.
  input.default_unit_id = "water";
  CHECK(Suggest(input)[0].score == 1.0);
}

TEST_CASE("TKT-6: only a sure and unambiguous entry with active units dispatches by itself") {
  CatalogueEntry entry = Entry("leak", "water.leak", "", "water");
  CHECK_FALSE(SureDispatch(LeakInput(entry)));
  entry.sure = true;
  entry.co_unit_ids = {"gas"};
  const std::optional<Dispatch> dispatch = SureDispatch(LeakInput(entry));
  REQUIRE(dispatch);
  CHECK(dispatch->lead.id == "water");
  REQUIRE(dispatch->co_units.size() == 1);
  CHECK(dispatch->note.find("自动派单:派单目录第12版条目leak") == 0);
  SuggestionInput two = LeakInput(entry);
  two.matches.ambiguous = true;
  CHECK_FALSE(SureDispatch(two));
  SuggestionInput closed = LeakInput(entry);
  closed.units[1].active = false;
  CHECK_FALSE(SureDispatch(closed));
  closed.units.clear();
  CHECK_FALSE(SureDispatch(closed));
  CHECK_FALSE(SureDispatch({}));
}

TEST_CASE("TKT-11: one caller's own matter again, others about the same, and what only looks like it") {
  const MatterFacts leak{"1", "hash", "阳光小区三号门水管爆裂", "自来水管爆裂,路面积水", "water.leak", "990102", "阳光路", 116.397, 39.909};
  MatterFacts again = leak;
  again.ticket_id = "2";
  CHECK(Compare(leak, again)->kind == "same_caller");
  CHECK(Compare(leak, again)->score == 1);

  MatterFacts neighbour{"3", "other", "阳光小区水管爆裂没人修", "小区门口水管爆裂", "water.leak", "990102", "", 116.398, 39.909};
  const auto same = Compare(leak, neighbour);
  REQUIRE(same);
  CHECK(same->kind == "same_matter");
  CHECK(same->reason.find("同一分类;相距约85米") == 0);
  // Another street of the same area with the same words in part is shown, but far below.
  MatterFacts elsewhere = neighbour;
  elsewhere.longitude = 116.5;
  elsewhere.title = "人民路水管爆裂";
  const auto less = Compare(leak, elsewhere);
  CHECK((!less || less->score < same->score));
  // The same caller about something else, and others about something else.
  CHECK_FALSE(Compare(leak, {"4", "hash", "公交车晚点", "七路公交车经常晚点", "bus", "990103", ""}));
  CHECK_FALSE(Compare(leak, {"5", "other", "公交车晚点", "", "water.leak", "990102", "阳光路"}));
  CHECK_FALSE(Compare(leak, leak));
  // The same caller, the same category, hardly any words: still worth a look.
  CHECK(Compare(leak, {"6", "hash", "催一下", "", "water.leak", "990102", "阳光路"})->kind == "same_caller");
}

TEST_CASE("TKT-11: overlap counts pairs of characters, not single ones; distance is in metres") {
  CHECK(WordOverlap("小区停水", "小区停水") == 1);
  CHECK(WordOverlap("小区停水", "停电小巷") == 0);
  CHECK(WordOverlap("", "停水") == 0);
  CHECK(WordOverlap("水", "水") == 0);
  CHECK(WordOverlap("停水", "小区已经停水三天") == 1);
  const auto at = [](double longitude, double latitude) {
    MatterFacts facts;
    facts.longitude = longitude;
    facts.latitude = latitude;
    return facts;
  };
  CHECK(Distance(at(116.397, 39.909), at(116.397, 39.918)) == Approx(1000.8).margin(2));
  CHECK(Distance({}, at(116.397, 39.909)) < 0);
  RepeatRule rule;
  CHECK(CheckRepeatRule(rule).empty());
  rule.count = 1;
  rule.days = 0;
  CHECK(FieldsOf(CheckRepeatRule(rule)) == std::vector<std::string>{"rule.count", "rule.days"});
}

}  // namespace hotline::ticket::domain
