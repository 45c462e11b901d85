#include "libs/testing/in_process.h"

#include <absl/time/clock.h>

#include "libs/testing/child_process.h"

namespace hotline::testing {
namespace {

constexpr const char* kServices[] = {"directory", "telephony", "ivr",           "acd",       "agent_state", "ticket",
                                     "sla_timer", "gateway",   "knowledge_base", "analytics", "messaging"};

// The keys of a whole installation, made once per test program.
struct Keys {
  Keys() {
    std::vector<rpc::SigningKey> all = {directory};
    for (const char* service : kServices) {
      by_service.emplace(service, rpc::SigningKey::Generate(std::string("service:") + service));
      all.push_back(by_service.at(service));
    }
    jwks = rpc::KeySet::Jwks(all);
  }
  const rpc::SigningKey directory = rpc::SigningKey::Generate(rpc::kDirectoryKid);
  std::map<std::string, rpc::SigningKey> by_service;
  std::string jwks;
};

const Keys& TestKeys() {
  static const Keys keys;
  return keys;
}

const rpc::SigningKey& KeyOf(const std::string& service) {
  const auto found = TestKeys().by_service.find(service);
  if (found == TestKeys().by_service.end()) Die("no service is called " + service);
  return found->second;
}

runtime::CommonConfig Common(const postgres::ConnectionOptions* database, const events::RedisOptions* redis) {
  runtime::CommonConfig common;
  if (database != nullptr) {
    common.postgres = runtime::PostgresConfig{.conninfo = database->conninfo, .password = database->password, .role = database->user};
  }
  if (redis != nullptr) {
    common.redis = runtime::RedisConfig{.address = redis->address, .user = redis->user, .password = redis->password};
  }
  return common;
}

}  // namespace

InProcess::InProcess(const std::string& service, const std::map<std::string, std::string>& peers,
                     const postgres::ConnectionOptions* database, const events::RedisOptions* redis)
    : directory_(MakeTemporaryDirectory("rpc", false)),
      address_("unix:" + directory_ + "/" + service + ".sock"),
      process_(service, Common(database, redis)) {
  node_ = std::make_unique<rpc::Node>(
      rpc::NodeOptions{
          .listen = address_, .keys = *rpc::KeySet::Parse(TestKeys().jwks), .key = KeyOf(service), .peers = peers, .tls = {}},
      process_.metrics(), process_.health());
}

InProcess::~InProcess() {
  node_.reset();
  RemoveDirectory(directory_);
}

InProcess::Running InProcess::Start(const std::vector<rpc::ServiceBase*>& services) {
  if (const absl::Status status = node_->Start(services); !status.ok()) Die("cannot serve: " + status.ToString());
  process_.health().Start();
  return Running(node_.get());
}

rpc::Peer InProcess::PeerFor(const std::string& calling_service) const {
  return {.name = "tested",
          .channel = rpc::Connect(address_),
          .identity = std::make_shared<rpc::ServiceTokenSource>(KeyOf(calling_service), base::SystemClock::Get())};
}

std::unique_ptr<rpc::Context> InProcess::User(const TestUser& user) const {
  auto context = std::make_unique<rpc::Context>();
  context->ActFor(UserToken(user));
  return context;
}

std::string InProcess::UserToken(const TestUser& user) {
  rpc::UserClaims claims;
  claims.user_id = user.id;
  claims.session_id = user.session_id;
  claims.name = "Test";
  claims.roles = user.roles;
  claims.unit_id = user.unit_id;
  claims.unit_path = user.unit_path;
  claims.issued_at = absl::Now();
  claims.expires_at = absl::Now() + absl::Hours(1);
  return rpc::SignUserToken(TestKeys().directory, claims);
}

}  // namespace hotline::testing
