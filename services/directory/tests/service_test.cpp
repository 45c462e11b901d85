// directory as its clients see it: real PostgreSQL, real calls (PLT-1, PLT-3).
#include <catch2/catch.hpp>

#include "libs/base/id.h"
#include "libs/rpc/testing.h"
#include "libs/testing/private_postgres.h"
#include "services/directory/bootstrap.h"
#include "services/directory/domain/limits.h"
#include "services/directory/postgres_store.h"
#include "services/directory/service.h"

namespace hotline::directory {
namespace {

using Auth = rpc::Client<pb::AuthService>;
using Units = rpc::Client<pb::UnitService>;
using Users = rpc::Client<pb::UserService>;
constexpr char kAdminPassword[] = "a long first password 7";
constexpr char kAgentPassword[] = "correct horse battery 9";

struct Fixture {
  base::ManualClock clock{absl::Now()};
  postgres::Pool database{
      {.connection = testing::PrivatePostgres::Shared().CreateDatabase("directory", "services/directory/migrations")}};
  PostgresStore store{database};
  rpc::TestNetwork network{clock};
  rpc::TestNode node{network, "directory"};
  rpc::Pool pool{"handlers", 4, 64};
  const rpc::SigningKey& key = network.key("");
  AuthService auth_service{*node, pool, store, key};
  UnitService unit_service{*node, pool, store};
  UserService user_service{*node, pool, store};
  rpc::TestServer server{node, {&auth_service, &unit_service, &user_service}};
  Auth auth{server.PeerFor("gateway")};
  Units units{server.PeerFor("gateway")};
  Users users{server.PeerFor("gateway")};
  rpc::Context nobody;
  rpc::Context admin;

  Fixture() {
    Config config;
    config.root_unit_name = "云州市";
    config.admin_password = kAdminPassword;
    REQUIRE(Bootstrap(store, config, clock.Now()).ok());
    REQUIRE(Bootstrap(store, config, clock.Now()).ok());
    admin.ActFor(SignIn("admin", kAdminPassword)->access_token());
  }

  absl::StatusOr<pb::Tokens> SignIn(const std::string& name, const std::string& password,
                                    const std::string& address = "192.0.2.1") {
    pb::SignInRequest request;
    request.set_user_name(name);
    request.set_password(password);
    request.set_client_address(address);
    return rpc::SyncCall(auth, nobody, &Auth::Blocking::SignIn, request);
  }
  absl::StatusOr<pb::Tokens> Refresh(const std::string& token) {
    pb::RefreshRequest request;
    request.set_refresh_token(token);
    return rpc::SyncCall(auth, nobody, &Auth::Blocking::Refresh, request);
  }
  absl::StatusOr<pb::Unit> AddUnit(const std::string& id, const std::string& parent, const std::string& request_id = "") {
    pb::CreateUnitRequest request;
    request.mutable_unit()->set_unit_id(id);
    request.mutable_unit()->set_parent_id(parent);
    request.mutable_unit()->set_level(2);
    request.mutable_unit()->set_name("水务局");
    request.mutable_unit()->set_kind("department");
    request.mutable_unit()->set_active(true);
    request.set_request_id(request_id);
    return rpc::SyncCall(units, admin, &Units::Blocking::CreateUnit, request);
  }
  absl::StatusOr<pb::User> AddUser(const std::string& name, const std::string& unit, access::v1::Role role,
                                   const std::string& request_id = "") {
    pb::CreateUserRequest request;
    request.mutable_user()->set_user_name(name);
    request.mutable_user()->set_display_name("许工");
    request.mutable_user()->set_unit_id(unit);
    request.mutable_user()->add_roles(role);
    request.set_password(kAgentPassword);
    request.set_request_id(request_id);
    return rpc::SyncCall(users, admin, &Users::Blocking::CreateUser, request);
  }
};

TEST_CASE("PLT-1 signing in gives a token with roles and the place in the unit tree") {
  Fixture f;
  REQUIRE(f.AddUnit("water-bureau", "city").ok());
  REQUIRE(f.AddUser("officer.water", "water-bureau", access::v1::ROLE_OFFICER).ok());
  const auto tokens = f.SignIn("officer.water", kAgentPassword);
  REQUIRE(tokens.ok());
  rpc::TokenVerifier verifier(f.network.keys(), f.clock);
  const auto claims = verifier.VerifyUser(tokens->access_token());
  REQUIRE(claims.ok());
  CHECK((*claims)->unit_path == "/city/water-bureau/");
  CHECK((*claims)->roles == std::vector<rpc::Role>{access::v1::ROLE_OFFICER});
  rpc::Context officer;
  officer.ActFor(tokens->access_token());
  CHECK(rpc::SyncCall(f.auth, officer, &Auth::Blocking::GetMe, {})->user_name() == "officer.water");
  CHECK(absl::IsPermissionDenied(rpc::SyncCall(f.users, officer, &Users::Blocking::ListUsers, {}).status()));
}

TEST_CASE("PLT-1 wrong credentials are refused alike, and after five failures even the right ones") {
  Fixture f;
  CHECK(base::Reason(f.SignIn("nobody", "whatever it is").status()) == "BAD_CREDENTIALS");
  for (int i = 0; i < kMaxAttemptsUserAddress; ++i) {
    CHECK(base::Reason(f.SignIn("admin", "wrong password").status()) == "BAD_CREDENTIALS");
  }
  CHECK(base::Reason(f.SignIn("admin", kAdminPassword).status()) == "TOO_MANY_ATTEMPTS");
  CHECK(f.SignIn("admin", kAdminPassword, "192.0.2.2").ok());  // a stranger's failures do not lock out the owner
  f.clock.Advance(kAttemptWindow);
  CHECK(f.SignIn("admin", kAdminPassword).ok());
}

TEST_CASE("refresh tokens are good once, and a stolen one ends the session") {
  Fixture f;
  const auto first = f.SignIn("admin", kAdminPassword);
  REQUIRE(first.ok());
  f.clock.Advance(absl::Minutes(1));
  const auto second = f.Refresh(first->refresh_token());
  REQUIRE(second.ok());
  f.clock.Advance(kRefreshGrace);
  CHECK(base::Reason(f.Refresh(first->refresh_token()).status()) == "BAD_REFRESH_TOKEN");
  CHECK(base::Reason(f.Refresh(second->refresh_token()).status()) == "BAD_REFRESH_TOKEN");
  CHECK(base::Reason(f.Refresh("rt_x_y").status()) == "BAD_REFRESH_TOKEN");
  rpc::Context gateway;
  const auto revoked = rpc::SyncCall(f.auth, gateway, &Auth::Blocking::ListRevokedSessions, {}, {.as_service = true});
  REQUIRE(revoked.ok());
  CHECK(revoked->session_ids_size() == 1);
}

TEST_CASE("signing out ends the session and tells the others") {
  Fixture f;
  const auto tokens = f.SignIn("admin", kAdminPassword);
  rpc::Context user;
  user.ActFor(tokens->access_token());
  REQUIRE(rpc::SyncCall(f.auth, user, &Auth::Blocking::SignOut, {}).ok());
  CHECK_FALSE(f.Refresh(tokens->refresh_token()).ok());
  const auto events =
      f.database.Read("select count(*)::bigint as n from outbox where type = 'hotline.events.v1.SessionRevoked'");
  REQUIRE(events.ok());
  CHECK((*events)[0].Get<int64_t>("n") == 1);
}

TEST_CASE("a repeated create returns what was made first") {
  Fixture f;
  const std::string id = base::NewId();
  const auto first = f.AddUser("agent1", "city", access::v1::ROLE_AGENT, id);
  const auto again = f.AddUser("agent1", "city", access::v1::ROLE_AGENT, id);
  REQUIRE(first.ok());
  REQUIRE(again.ok());
  CHECK(first->user_id() == again->user_id());
  CHECK(base::Reason(f.AddUser("agent1", "city", access::v1::ROLE_AGENT).status()) == "USER_EXISTS");
  CHECK(base::Reason(f.AddUnit("bureau", "city", id).status()) == "REQUEST_ID_REUSED");
  CHECK(base::Reason(f.AddUnit("bureau", "nowhere").status()) == "UNIT_NOT_FOUND");
}

TEST_CASE("PLT-1 concurrent edits: the second is told that the unit changed") {
  Fixture f;
  const auto unit = f.AddUnit("water-bureau", "city");
  pb::UpdateUnitRequest request;
  *request.mutable_unit() = *unit;
  request.mutable_unit()->set_name("水务管理局");
  request.mutable_update_mask()->add_paths("name");
  REQUIRE(rpc::SyncCall(f.units, f.admin, &Units::Blocking::UpdateUnit, request).ok());
  CHECK(base::Reason(rpc::SyncCall(f.units, f.admin, &Units::Blocking::UpdateUnit, request).status()) == "ETAG_MISMATCH");
}

TEST_CASE("PLT-1 a disabled user is out at once, and the last administrator stays") {
  Fixture f;
  auto agent = f.AddUser("agent1", "city", access::v1::ROLE_AGENT);
  const auto tokens = f.SignIn("agent1", kAgentPassword);
  REQUIRE(tokens.ok());
  pb::UpdateUserRequest request;
  *request.mutable_user() = *agent;
  request.mutable_user()->set_active(false);
  REQUIRE(rpc::SyncCall(f.users, f.admin, &Users::Blocking::UpdateUser, request).ok());
  CHECK_FALSE(f.Refresh(tokens->refresh_token()).ok());
  CHECK_FALSE(f.SignIn("agent1", kAgentPassword).ok());
  *request.mutable_user() = *rpc::SyncCall(f.auth, f.admin, &Auth::Blocking::GetMe, {});
  request.mutable_user()->set_active(false);
  CHECK(base::Reason(rpc::SyncCall(f.users, f.admin, &Users::Blocking::UpdateUser, request).status()) == "LAST_ADMIN");
}

TEST_CASE("PLT-3 an API key works until it is revoked, and is shown once") {
  Fixture f;
  pb::CreateApiKeyRequest request;
  request.mutable_api_key()->set_unit_id("city");
  request.mutable_api_key()->set_label("水务系统");
  request.mutable_api_key()->add_roles(access::v1::ROLE_OFFICER);
  request.set_request_id(base::NewId());
  const auto made = rpc::SyncCall(f.users, f.admin, &Users::Blocking::CreateApiKey, request);
  REQUIRE(made.ok());
  CHECK(rpc::SyncCall(f.users, f.admin, &Users::Blocking::CreateApiKey, request)->secret().empty());
  rpc::Context gateway;
  const auto exchange = [&](const std::string& secret) {
    pb::ExchangeApiKeyRequest exchange_request;
    exchange_request.set_api_key(secret);
    return rpc::SyncCall(f.auth, gateway, &Auth::Blocking::ExchangeApiKey, exchange_request, {.as_service = true});
  };
  const auto tokens = exchange(made->secret());
  REQUIRE(tokens.ok());
  CHECK_FALSE(tokens->access_token().empty());
  CHECK(base::Reason(exchange(made->secret() + "0").status()) == "BAD_API_KEY");
  pb::RevokeApiKeyRequest revoke;
  revoke.set_api_key_id(made->api_key().api_key_id());
  REQUIRE(rpc::SyncCall(f.users, f.admin, &Users::Blocking::RevokeApiKey, revoke).ok());
  CHECK(base::Reason(exchange(made->secret()).status()) == "BAD_API_KEY");
}

TEST_CASE("one unit is read by its id, and an unknown one is named") {
  Fixture f;
  REQUIRE(f.AddUnit("water-bureau", "city").ok());
  pb::GetUnitRequest request;
  request.set_unit_id("water-bureau");
  const auto unit = rpc::SyncCall(f.units, f.admin, &Units::Blocking::GetUnit, request);
  REQUIRE(unit.ok());
  CHECK(unit->parent_id() == "city");
  request.set_unit_id("nowhere");
  CHECK(base::Reason(rpc::SyncCall(f.units, f.admin, &Units::Blocking::GetUnit, request).status()) == "UNIT_NOT_FOUND");
}

TEST_CASE("lists come in pages, and a foreign page token is refused") {
  Fixture f;
  for (int i = 0; i < 5; ++i) REQUIRE(f.AddUnit("bureau-" + std::to_string(i), "city").ok());
  pb::ListUnitsRequest request;
  request.set_page_size(4);
  const auto first = rpc::SyncCall(f.units, f.admin, &Units::Blocking::ListUnits, request);
  REQUIRE(first.ok());
  CHECK(first->units_size() == 4);
  request.set_page_token(first->next_page_token());
  const auto second = rpc::SyncCall(f.units, f.admin, &Units::Blocking::ListUnits, request);
  CHECK(second->units_size() == 2);
  CHECK(second->next_page_token().empty());
  request.set_parent_id("city");
  const auto foreign = rpc::SyncCall(f.units, f.admin, &Units::Blocking::ListUnits, request);
  REQUIRE_FALSE(foreign.ok());
  CHECK(base::FieldViolations(foreign.status()).at(0).field == "page_token");
}

}  // namespace
}  // namespace hotline::directory
