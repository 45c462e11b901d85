// What makes accounts, units and sessions valid (PLT-1).
#include "services/directory/domain/rules.h"

#include <catch2/catch.hpp>

#include "libs/base/error.h"
#include "services/directory/domain/limits.h"
#include "services/directory/secrets.h"

namespace hotline::directory {
namespace {

std::string Rule(const absl::Status& status) {
  const auto violations = base::FieldViolations(status);
  return violations.empty() ? base::Reason(status) : violations[0].field + " " + violations[0].reason;
}

Unit GoodUnit() {
  Unit unit;
  unit.unit_id = "water-bureau";
  unit.parent_id = "city";
  unit.level = 2;
  unit.name = "水务局";
  unit.kind = "department";
  return unit;
}

TEST_CASE("PLT-1 a weak password is refused by name") {
  CHECK(CheckPassword("p", "correct horse battery", "agent1").ok());
  CHECK(Rule(CheckPassword("p", "short", "agent1")) == "p WEAK_PASSWORD");
  CHECK(Rule(CheckPassword("p", "aaaaaaaaaaaa", "agent1")) == "p WEAK_PASSWORD");
  CHECK(Rule(CheckPassword("p", "my-agent1-secret", "agent1")) == "p WEAK_PASSWORD");
  CHECK(Rule(CheckPassword("p", "Password1234", "agent1")) == "p WEAK_PASSWORD");
  for (const char* known : {"password12", "Password!2026", "welcome2026", "qwertyuiop", "1234567890", "hotline12345"}) {
    CAPTURE(known);
    CHECK(Rule(CheckPassword("p", known, "agent1")) == "p WEAK_PASSWORD");
  }
  CHECK(CheckPassword("p", "welcome to the hall 7", "agent1").ok());
  CHECK(Rule(CheckPassword("p", std::string(129, 'x'), "agent1")) == "p TOO_LONG");
  CHECK(Rule(CheckPassword("p", "\xff\xfe and more text", "agent1")) == "p BAD_UTF8");
}

TEST_CASE("PLT-1 bad units are refused with the field at fault") {
  CHECK(CheckUnit(GoodUnit()).ok());
  Unit unit = GoodUnit();
  unit.unit_id = "Water Bureau";
  CHECK(Rule(CheckUnit(unit)) == "unit.unit_id BAD_FORMAT");
  unit = GoodUnit();
  unit.kind = "club";
  CHECK(Rule(CheckUnit(unit)) == "unit.kind NOT_ALLOWED");
  unit = GoodUnit();
  unit.level = 4;
  CHECK(Rule(CheckUnit(unit)) == "unit.level OUT_OF_RANGE");
  unit = GoodUnit();
  unit.name.clear();
  CHECK(Rule(CheckUnit(unit)).starts_with("unit.name "));
  unit = GoodUnit();
  unit.tags.assign(kMaxTags + 1, "tag");
  CHECK(Rule(CheckUnit(unit)) == "unit.tags TOO_MANY");
}

TEST_CASE("PLT-1 users need a name, a unit and known roles") {
  User user;
  user.user_name = "officer.water";
  user.display_name = "许工";
  user.unit_id = "water-bureau";
  user.roles = {"officer"};
  CHECK(CheckUser(user).ok());
  user.roles = {""};
  CHECK(Rule(CheckUser(user)) == "user.roles UNKNOWN_ROLE");
  user.roles = {};
  CHECK(Rule(CheckUser(user)) == "user.roles REQUIRED");
  user.roles = {"officer"};
  user.user_name = "Officer Water";
  CHECK(Rule(CheckUser(user)) == "user.user_name BAD_FORMAT");
}

TEST_CASE("PLT-1 a unit's path is its place in the tree") {
  CHECK(UnitPath("", "city") == "/city/");
  CHECK(UnitPath("/city/", "water-bureau") == "/city/water-bureau/");
  CHECK(UnitDepth("/city/water-bureau/") == 2);
}

TEST_CASE("a refresh token is good once; an old one gives the session away") {
  const absl::Time start = absl::FromUnixSeconds(1'800'000'000);
  Session session;
  session.refresh_hash = "new";
  session.previous_refresh_hash = "old";
  session.rotate_time = start;
  session.refresh_expire_time = start + kRefreshTokenLife;
  CHECK(JudgeRefresh(session, "new", start) == RefreshVerdict::kRotate);
  // An answer may get lost on its way, and the client asks again.
  CHECK(JudgeRefresh(session, "old", start + absl::Seconds(5)) == RefreshVerdict::kRotate);
  CHECK(JudgeRefresh(session, "old", start + kRefreshGrace) == RefreshVerdict::kRevoke);
  CHECK(JudgeRefresh(session, "older", start) == RefreshVerdict::kRevoke);
  CHECK(JudgeRefresh(session, "new", session.refresh_expire_time) == RefreshVerdict::kRefuse);
  session.revoke_time = start;
  CHECK(JudgeRefresh(session, "new", start) == RefreshVerdict::kRefuse);
  session.previous_refresh_hash.clear();
  session.revoke_time.reset();
  CHECK(JudgeRefresh(session, "", start) == RefreshVerdict::kRevoke);
}

TEST_CASE("tokens split into id and secret, and nothing else passes") {
  CHECK(SplitTokenText("hk", "hk_ab12_secret").id == "ab12");
  CHECK(SplitTokenText("hk", "hk_ab12_secret").secret == "secret");
  for (const char* bad : {"", "hk", "hk_", "hk_ab12", "hk_ab12_", "hk__secret", "rt_ab12_secret", "hkab12_secret"}) {
    CHECK(SplitTokenText("hk", bad).id.empty());
  }
  CHECK(SplitTokenText("hk", "hk_a_" + std::string(300, 'x')).id.empty());
}

}  // namespace
}  // namespace hotline::directory
