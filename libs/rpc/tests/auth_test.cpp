#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "libs/base/error.h"
#include "libs/rpc/auth.h"
#include "libs/rpc/principal.h"
#include "libs/rpc/trace.h"

namespace hotline::rpc {
namespace {

using Json = nlohmann::json;
using base::ManualClock;
using base::Reason;

struct Fixture {
  ManualClock clock;
  SigningKey directory = SigningKey::Generate("directory");
  SigningKey ticket = SigningKey::Generate("service:ticket");
  SigningKey acd = SigningKey::Generate("service:acd");
  KeySet keys = KeySet::Parse(KeySet::Jwks({directory, ticket, acd})).value();
  TokenVerifier verifier{keys, clock};

  UserClaims Claims() const {
    return {.user_id = "u1", .session_id = "s1", .name = "张三", .roles = {access::v1::ROLE_AGENT, access::v1::ROLE_TEAM_LEAD},
            .unit_id = "n1", .unit_path = "/root/a/", .issued_at = clock.Now(), .expires_at = clock.Now() + absl::Minutes(10)};
  }
  Json Payload() const {
    const int64_t now = absl::ToUnixSeconds(clock.Now());
    return {{"iss", "hotline"}, {"aud", "hotline"}, {"sub", "u1"}, {"sid", "s1"}, {"roles", Json::array({"agent"})},
            {"iat", now}, {"exp", now + 600}};
  }
  std::string User(const Json& payload) { return Reason(verifier.VerifyUser(directory.Sign(payload.dump())).status()); }
};

TEST_CASE("a user's token comes back as it was signed") {
  Fixture f;
  const auto token = SignUserToken(f.directory, f.Claims());
  for (int i = 0; i < 2; ++i) {  // the second time from memory
    const auto claims = f.verifier.VerifyUser(token);
    REQUIRE(claims.ok());
    CHECK((*claims)->user_id == "u1");
    CHECK((*claims)->name == "张三");
    CHECK((*claims)->roles == f.Claims().roles);
    CHECK((*claims)->unit_path == "/root/a/");
    CHECK((*claims)->expires_at == f.Claims().expires_at);
  }
}

TEST_CASE("tokens expire, remembered or not, with 30 s leeway") {
  Fixture f;
  const auto token = SignUserToken(f.directory, f.Claims());
  CHECK(f.verifier.VerifyUser(token).ok());
  f.clock.Advance(absl::Minutes(10) + absl::Seconds(29));
  CHECK(f.verifier.VerifyUser(token).ok());
  f.clock.Advance(absl::Seconds(1));
  CHECK(Reason(f.verifier.VerifyUser(token).status()) == "TOKEN_EXPIRED");
  CHECK(Reason(f.verifier.VerifyUser(token).status()) == "TOKEN_EXPIRED");
  f.clock.Advance(-absl::Minutes(12));  // now the token is of the future
  CHECK(Reason(f.verifier.VerifyUser(token).status()) == "TOKEN_INVALID");
}

TEST_CASE("claims are strict") {
  Fixture f;
  CHECK(f.User(f.Payload()) == "");
  const int64_t now = absl::ToUnixSeconds(f.clock.Now());
  const std::vector<std::pair<const char*, Json>> bad = {
      {"iss", "other"}, {"iss", nullptr}, {"aud", "other"}, {"aud", Json::array({"hotline"})}, {"sub", ""}, {"sub", 7},
      {"sub", "service:acd"}, {"iat", now + 31}, {"iat", "0"}, {"iat", -5}, {"exp", now - 1.5}, {"exp", nullptr},
      {"exp", now + 100 * 3600}, {"exp", 18446744073709551615ull}, {"roles", "agent"}, {"roles", Json::array_t(100, "agent")}};
  for (const auto& [key, value] : bad) {
    Json payload = f.Payload();
    payload[key] = value;
    INFO(payload.dump());
    CHECK(f.User(payload) == "TOKEN_INVALID");
    payload.erase(key);
    CHECK(f.User(payload) == "TOKEN_INVALID");
  }
  Json newer = f.Payload();
  newer["roles"] = {"agent", "astronaut", "ROLE_ADMIN", "Admin", ""};
  const auto claims = f.verifier.VerifyUser(f.directory.Sign(newer.dump()));
  REQUIRE(claims.ok());
  CHECK((*claims)->roles == std::vector<Role>{access::v1::ROLE_AGENT});
}

TEST_CASE("a key speaks only for itself") {
  Fixture f;
  const auto service = SignServiceToken(f.ticket, f.clock.Now());
  CHECK(f.verifier.VerifyService(service).value() == "ticket");
  CHECK(Reason(f.verifier.VerifyUser(service).status()) == "TOKEN_INVALID");
  CHECK(Reason(f.verifier.VerifyUser(SignUserToken(f.ticket, f.Claims())).status()) == "TOKEN_INVALID");
  CHECK(Reason(f.verifier.VerifyService(SignUserToken(f.directory, f.Claims())).status()) == "TOKEN_INVALID");
  CHECK(Reason(f.verifier.VerifyService(SignServiceToken(f.directory, f.clock.Now())).status()) == "TOKEN_INVALID");
  Json other = f.Payload();
  other["sub"] = "service:acd";
  other["exp"] = other["iat"].get<int64_t>() + 60;
  CHECK(Reason(f.verifier.VerifyService(f.ticket.Sign(other.dump())).status()) == "TOKEN_INVALID");
  CHECK(f.verifier.VerifyService(f.acd.Sign(other.dump())).value() == "acd");
  // A service's token that lasts longer than one may last.
  other["exp"] = other["iat"].get<int64_t>() + 3600;
  CHECK(Reason(f.verifier.VerifyService(f.acd.Sign(other.dump())).status()) == "TOKEN_INVALID");
  CHECK(f.verifier.VerifyUser(SignUserToken(f.directory, f.Claims())).ok());
}

TEST_CASE("what is not exactly a signed token is refused") {
  Fixture f;
  const std::string good = SignUserToken(f.directory, f.Claims());
  auto refused = [&](const std::string& token) { return Reason(f.verifier.VerifyUser(token).status()) == "TOKEN_INVALID"; };
  CHECK(refused(""));
  CHECK(refused(".."));
  CHECK(refused(good + "."));
  CHECK(refused(good + "="));
  CHECK(refused(" " + good));
  CHECK(refused(good.substr(0, good.size() - 1)));
  CHECK(refused(good.substr(0, good.rfind('.') + 1)));
  CHECK(refused(std::string(kMaxTokenBytes + 1, 'a')));
  for (size_t i : {size_t{5}, good.find('.') + 5, good.rfind('.') + 5}) {
    std::string changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK(refused(changed));
  }
  // An unknown key, also one that claims to be known.
  CHECK(refused(SignUserToken(SigningKey::Generate("directory"), f.Claims())));
  CHECK(refused(SignUserToken(SigningKey::Generate("directory-9"), f.Claims())));
  // {"alg":"none","kid":"directory"} and {"alg":"HS256","kid":"directory"} with an empty signature.
  const std::string payload = good.substr(good.find('.'), good.rfind('.') - good.find('.') + 1);
  CHECK(refused("eyJhbGciOiJub25lIiwia2lkIjoiZGlyZWN0b3J5In0" + payload));
  CHECK(refused("eyJhbGciOiJIUzI1NiIsImtpZCI6ImRpcmVjdG9yeSJ9" + payload));
}

TEST_CASE("keys are read strictly and written as JWK") {
  const SigningKey key = SigningKey::Generate("directory-2");
  const auto again = SigningKey::Parse(key.PrivateJwk());
  REQUIRE(again.ok());
  CHECK(again->PublicJwk() == key.PublicJwk());
  const auto keys = KeySet::Parse(KeySet::Jwks({key})).value();
  CHECK(keys.Verify(again->Sign("{}")).value().kid == "directory-2");
  Json jwk = Json::parse(key.PrivateJwk());
  jwk["x"] = Json::parse(SigningKey::Generate("a").PublicJwk())["x"];
  CHECK(Reason(SigningKey::Parse(jwk.dump()).status()) == "BAD_KEY");
  CHECK(Reason(SigningKey::Parse(key.PublicJwk()).status()) == "BAD_KEY");
  CHECK(Reason(SigningKey::Parse("nonsense").status()) == "BAD_KEY");
  CHECK(Reason(KeySet::Parse("{}").status()) == "BAD_KEY");
  CHECK(Reason(KeySet::Parse(KeySet::Jwks({key, key})).status()) == "BAD_KEY");
  CHECK(Reason(KeySet::Parse("{\"keys\":[" + key.PrivateJwk() + "]}").status()) == "BAD_KEY");
  CHECK(Reason(KeySet::Parse(R"({"keys":[{"kty":"RSA","kid":"a"}]})").status()) == "BAD_KEY");
}

TEST_CASE("a service renews its token in time, also when the clock is set back") {
  Fixture f;
  const ServiceTokenSource source(f.ticket, f.clock);
  CHECK(source.service() == "ticket");
  const auto first = source.Token();
  CHECK(source.Token() == first);
  f.clock.Advance(kServiceTokenLife / 2);
  const auto second = source.Token();
  CHECK(second != first);
  CHECK(f.verifier.VerifyService(second).ok());
  f.clock.Advance(-absl::Hours(1));
  CHECK(f.verifier.VerifyService(source.Token()).ok());
}

TEST_CASE("role names") {
  CHECK(RoleName(access::v1::ROLE_TEAM_LEAD) == "team_lead");
  CHECK(RoleFromName("county_supervisor") == access::v1::ROLE_COUNTY_SUPERVISOR);
  CHECK(RoleFromName("unspecified") == access::v1::ROLE_UNSPECIFIED);
  CHECK(RoleFromName("ADMIN") == access::v1::ROLE_UNSPECIFIED);
}

TEST_CASE("units are seen by path") {
  Principal user{.kind = Principal::Kind::kUser, .roles = {access::v1::ROLE_OFFICER}, .unit_path = "/root/a/"};
  CHECK(user.CanSeeUnit("/root/a/"));
  CHECK(user.CanSeeUnit("/root/a/b/"));
  CHECK_FALSE(user.CanSeeUnit("/root/ab/"));
  CHECK_FALSE(user.CanSeeUnit("/root/"));
  CHECK_FALSE(user.CanSeeUnit(""));
  user.unit_path = "";
  CHECK_FALSE(user.CanSeeUnit("/root/a/"));
  user.unit_path = "/root/a";  // malformed: would match /root/ab/
  CHECK_FALSE(user.CanSeeUnit("/root/ab/"));
  CHECK(user.HasAnyRole({access::v1::ROLE_ADMIN, access::v1::ROLE_OFFICER}));
  CHECK_FALSE(user.HasRole(access::v1::ROLE_ADMIN));
  CHECK_FALSE(Principal{}.CanSeeUnit("/root/a/"));
  CHECK((Principal{.kind = Principal::Kind::kService}.CanSeeUnit("/root/a/")));
}

TEST_CASE("the trace goes on, or begins") {
  const std::string id = "0af7651916cd43dd8448eb211c80319c";
  const auto trace = Trace::Continue("00-" + id + "-b7ad6b7169203331-01");
  CHECK(trace.trace_id == id);
  CHECK(trace.span_id != "b7ad6b7169203331");
  CHECK(trace.Traceparent() == "00-" + id + "-" + trace.span_id + "-01");
  CHECK(Trace::Continue("00-" + id + "-b7ad6b7169203331-00").Traceparent().ends_with("-00"));
  for (const std::string& bad : {std::string(), "01-" + id + "-b7ad6b7169203331-01", "00-" + id + "-b7ad6b7169203331-0",
                                 "00-" + std::string(32, '0') + "-b7ad6b7169203331-01", "00-" + id + "-0000000000000000-01",
                                 "00-" + std::string(32, 'G') + "-b7ad6b7169203331-01"}) {
    const auto fresh = Trace::Continue(bad);
    CHECK(fresh.trace_id != id);
    CHECK(fresh.trace_id.size() == 32);
  }
}

}  // namespace
}  // namespace hotline::rpc
