// The program itself: fed by directory's events, killed, and started again (KB-3).
#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "hotline/events/v1/directory.pb.h"
#include "hotline/knowledge_base/v1/knowledge_base.grpc.pb.h"
#include "libs/events/relay.h"
#include "libs/postgres/outbox.h"
#include "libs/rpc/testing.h"
#include "libs/testing/child_process.h"
#include "libs/testing/private_postgres.h"
#include "libs/testing/private_redis.h"
#include "libs/testing/wait.h"

namespace hotline::knowledge_base {
namespace {

namespace pb = hotline::knowledge_base::v1;
using Client = rpc::Client<pb::ArticleService>;
using Calls = Client::Blocking;

// hotline-knowledge-base with a configuration of its own, beside the outbox and relay of a directory.
class Program {
 public:
  Program() {
    const rpc::SigningKey& own = network_.key("knowledge_base");
    const postgres::ConnectionOptions options = testing::PrivatePostgres::Shared().CreateDatabase("knowledge_base");
    const std::string source = HOTLINE_SOURCE_DIR;
    const nlohmann::json config = {
        {"listen", network_.Address("knowledge_base")},
        {"keys_file", Write("keys.json", rpc::KeySet::Jwks({network_.key(""), own, network_.key("gateway")}))},
        {"service_key_file", Write("own.jwk", own.PrivateJwk())},
        {"peers", {{"directory", network_.Address("directory")}}},
        {"postgres", {{"conninfo", options.conninfo}, {"role", "hotline_knowledge_base"}}},
        {"redis", {{"address", redis_.Options().address}}},
        {"migrations_dir", source + "/services/knowledge_base/migrations"},
        {"synonyms_file", source + "/deploy/demo/data/synonyms.json"},
        {"refresh", "100ms"}};
    Write("config.json", config.dump(1));
    network_.ActAs(admin_, {.user_id = "admin1", .roles = {access::v1::ROLE_ADMIN}, .unit_id = "city", .unit_path = "/city/"});
    relay_.Start();
    Start();
  }
  ~Program() {
    relay_.Stop();
    if (pid_ > 0) testing::Kill(pid_, SIGKILL);
  }
  void Start() {
    pid_ = testing::Spawn({.arguments = {std::string(HOTLINE_BINARY_DIR) + "/services/knowledge_base/hotline-knowledge-base", "--config",
                                         network_.directory() + "/config.json"},
                           .output = network_.directory() + "/log"});
  }
  void Kill(int signal) { testing::Kill(std::exchange(pid_, -1), signal); }

  void TellUnit(const std::string& id, const std::string& path) {
    hotline::events::v1::UnitChanged unit;
    unit.set_unit_id(id);
    unit.set_path(path);
    const events::Event event = events::Make("directory", id, unit, absl::Now());
    REQUIRE(postgres::RunTransaction(directory_, [&](postgres::Transaction& tx) { return postgres::Outbox::Append(tx, event); }).ok());
  }
  template <class Method, class Request>
  auto Call(Method method, const Request& request) {
    return rpc::SyncCall(client_, admin_, method, request, {.timeout = absl::Seconds(60), .idempotent = true, .wait_for_ready = true});
  }
  size_t Found(const std::string& query, const std::string& unit = "") {
    pb::SearchArticlesRequest request;
    request.set_query(query);
    request.set_unit_id(unit);
    const auto answer = Call(&Calls::SearchArticles, request);
    if (!answer.ok()) UNSCOPED_INFO(answer.status().ToString() << "\n" << Log());
    REQUIRE(answer.ok());
    return static_cast<size_t>(answer->hits_size());
  }

 private:
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(network_.directory() + "/" + name) << text;
    return network_.directory() + "/" + name;
  }
  std::string Log() const {
    std::stringstream text;
    text << std::ifstream(network_.directory() + "/log").rdbuf();
    return text.str();
  }

  rpc::TestNetwork network_;
  testing::PrivateRedis redis_;
  postgres::Pool directory_{{.connection = testing::PrivatePostgres::Shared().CreateDatabase("directory")}};
  events::Relay relay_{directory_, {.source = "directory", .redis = redis_.Options(), .poll = absl::Milliseconds(100)}};
  Client client_{network_.PeerAt(network_.Address("knowledge_base"), "gateway")};
  rpc::Context admin_;
  int pid_ = -1;
};

TEST_CASE("KB-3 the program finds what it kept after kill -9, and learns the tree of units") {
  Program program;
  pb::ImportArticlesRequest stock;
  pb::Article& article = *stock.add_articles();
  article.set_article_id("water-outage-1");
  article.set_unit_id("water-company");
  article.set_kind("procedure");
  article.set_title("停水了怎么办");
  article.set_body("先问地址。");
  article.add_keywords("停水");
  REQUIRE(program.Call(&Calls::ImportArticles, stock).ok());
  CHECK(program.Found("家里断水了") == 1);
  CHECK(program.Found("停水", "water-bureau") == 0);
  program.TellUnit("water-bureau", "/city/water-bureau/");
  program.TellUnit("water-company", "/city/water-bureau/water-company/");
  CHECK(testing::WaitUntil([&] { return program.Found("停水", "water-bureau") == 1; }));
  program.Kill(SIGKILL);
  program.Start();
  CHECK(program.Found("tingshui") == 1);
  CHECK(program.Found("停水", "water-bureau") == 1);
  program.Kill(SIGTERM);
}

}  // namespace
}  // namespace hotline::knowledge_base
