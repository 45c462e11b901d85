#include <grpcpp/generic/generic_stub.h>

#include <catch2/catch.hpp>

#include "demo_service.h"
#include "libs/base/clock.h"
#include "libs/base/error.h"
#include "libs/rpc/testing.h"

namespace hotline::rpc::demo {
namespace {

using GuardedClient = Client<pb::Guarded>;
using Blocking = GuardedClient::Blocking;
using access::v1::ROLE_ADMIN;
using access::v1::ROLE_AGENT;
using access::v1::ROLE_OFFICER;
using access::v1::ROLE_TEAM_LEAD;
using Method = grpc::Status (Blocking::*)(grpc::ClientContext*, const pb::WhoRequest&, pb::Who*);

struct Fixture {
  // "user u1 via gateway", or the reason of the refusal. No roles: no user.
  std::string Ask(const std::string& service, std::vector<Role> roles, Method method, CallOptions options = {}) {
    GuardedClient client(server.PeerFor(service));
    Context context;
    if (!roles.empty()) network.ActAs(context, {.user_id = "u1", .roles = std::move(roles), .unit_path = "/root/a/"});
    return Ask(client, context, method, options);
  }
  std::string Ask(GuardedClient& client, Context& context, Method method, CallOptions options = {}) {
    const auto who = SyncCall(client, context, method, pb::WhoRequest(), options);
    if (!who.ok()) return base::Reason(who.status());
    return who->kind() + (who->user_id().empty() ? "" : " " + who->user_id()) +
           (who->service().empty() ? "" : " via " + who->service());
  }

  base::ManualClock clock{absl::FromUnixSeconds(1'750'000'000)};
  TestNetwork network{clock};
  TestNode node{network, "ticket", {"ticket"}};
  Pool pool{"handlers", 4, 16};
  GuardedService service{*node, pool, node->peer("ticket")};
  TestServer server{node, {&service}};
};

TEST_CASE("who may call what") {
  Fixture f;
  CHECK(f.Ask("", {}, &Blocking::ForAnyone) == "anyone");
  CHECK(f.Ask("gateway", {}, &Blocking::ForAnyone) == "service via gateway");
  CHECK(f.Ask("gateway", {ROLE_AGENT}, &Blocking::ForAnyone) == "user u1 via gateway");

  CHECK(f.Ask("", {}, &Blocking::ForSignedIn) == "TOKEN_MISSING");
  CHECK(f.Ask("gateway", {}, &Blocking::ForSignedIn) == "ACCESS_DENIED");
  CHECK(f.Ask("gateway", {ROLE_OFFICER}, &Blocking::ForSignedIn) == "user u1 via gateway");

  CHECK(f.Ask("gateway", {ROLE_TEAM_LEAD}, &Blocking::ForAgents) == "user u1 via gateway");
  CHECK(f.Ask("gateway", {ROLE_OFFICER, ROLE_ADMIN}, &Blocking::ForAgents) == "ACCESS_DENIED");
  CHECK(f.Ask("acd", {}, &Blocking::ForAgents) == "ACCESS_DENIED");

  CHECK(f.Ask("acd", {}, &Blocking::ForAcd) == "service via acd");
  CHECK(f.Ask("ivr", {}, &Blocking::ForAcd) == "ACCESS_DENIED");
  CHECK(f.Ask("acd", {ROLE_AGENT}, &Blocking::ForAcd) == "ACCESS_DENIED");  // not on its own behalf
  CHECK(f.Ask("acd", {ROLE_AGENT}, &Blocking::ForAcd, {.as_service = true}) == "service via acd");
  CHECK(f.Ask("", {}, &Blocking::ForAcd) == "TOKEN_MISSING");

  CHECK(f.Ask("acd", {}, &Blocking::ForAgentsAndAcd) == "service via acd");
  CHECK(f.Ask("gateway", {ROLE_AGENT}, &Blocking::ForAgentsAndAcd) == "user u1 via gateway");
}

TEST_CASE("a user's token counts only beside a service's, and only while it is good") {
  Fixture f;
  CHECK(f.Ask("", {ROLE_AGENT}, &Blocking::ForSignedIn) == "SERVICE_TOKEN_MISSING");
  CHECK(f.Ask("", {ROLE_AGENT}, &Blocking::ForAnyone) == "anyone");

  GuardedClient client(f.server.PeerFor("gateway"));
  Context context;
  f.network.ActAs(context, {.user_id = "u1", .session_id = "s1", .roles = {ROLE_AGENT}});
  CHECK(f.Ask(client, context, &Blocking::ForSignedIn) == "user u1 via gateway");
  f.clock.Advance(absl::Minutes(11));
  CHECK(f.Ask(client, context, &Blocking::ForSignedIn) == "TOKEN_EXPIRED");
  CHECK(f.Ask(client, context, &Blocking::ForAnyone) == "anyone via gateway");

  Context forged;
  forged.ActFor("a.b.c");
  CHECK(f.Ask(client, forged, &Blocking::ForSignedIn) == "TOKEN_INVALID");
  // A service's token in the place of a user's.
  forged.ActFor(SignServiceToken(f.network.key("gateway"), f.clock.Now()));
  CHECK(f.Ask(client, forged, &Blocking::ForSignedIn) == "TOKEN_INVALID");
  // A user's token in the place of a service's, and of a stranger.
  grpc::ClientContext out;
  out.AddMetadata(kServiceTokenKey, f.network.UserToken({.roles = {ROLE_AGENT}}));
  pb::Who who;
  CHECK(base::HasReason(FromGrpc(client.stub().ForAnyone(&out, pb::WhoRequest(), &who)), "TOKEN_INVALID"));
}

TEST_CASE("a session that was ended is refused at once") {
  Fixture f;
  std::atomic<bool> ended{false};
  f.node->Stop();
  TestNode node(f.network, "directory");
  GuardedService service(*node, f.pool, f.network.PeerAt("unix:/nowhere", "directory"));
  node->gate().SetRevocationCheck([&](const UserClaims& claims) { return ended && claims.session_id == "s1"; });
  TestServer server(node, {&service});
  GuardedClient client(server.PeerFor("gateway"));
  Context context;
  f.network.ActAs(context, {.user_id = "u1", .session_id = "s1", .roles = {ROLE_AGENT}});
  CHECK(f.Ask(client, context, &Blocking::ForSignedIn) == "user u1 via gateway");
  ended = true;
  CHECK(f.Ask(client, context, &Blocking::ForSignedIn) == "SESSION_REVOKED");
}

TEST_CASE("user, trace and deadline go on to the next service, which sees who asks") {
  Fixture f;
  GuardedClient client(f.server.PeerFor("gateway"));
  Context context;
  f.network.ActAs(context, {.user_id = "u1", .roles = {ROLE_OFFICER}, .unit_path = "/root/a/"});
  const auto who = SyncCall(client, context, &Blocking::Forwarded, pb::WhoRequest(), {.timeout = absl::Seconds(30)});
  REQUIRE(who.ok());
  CHECK(who->kind() == "user");
  CHECK(who->user_id() == "u1");
  CHECK(who->service() == "ticket");
  CHECK(who->unit_path() == "/root/a/");
  CHECK(who->roles(0) == "officer");
  CHECK(who->trace_id() == context.trace_id());
  CHECK(who->deadline_ms() > 0);
  CHECK(who->deadline_ms() <= 10'000);
}

TEST_CASE("an RPC that does not say who may call it is refused") {
  struct Open : PlainService {
    Open(Node& node, Pool& pool) : PlainService(node, pool, pb::Undeclared::service_full_name()) { Handle("Open", &Open::Tell); }
    absl::Status Tell(Context&, const pb::WhoRequest&, pb::Who&) { return absl::OkStatus(); }
  };
  Fixture f;
  TestNode node(f.network, "test");
  Open service(*node, f.pool);
  CHECK_THROWS_WITH(service.CheckComplete(), "hotline.demo.v1.Undeclared.Open has no access option");
}

TEST_CASE("health over gRPC follows the process") {
  std::atomic<bool> up{false};  // outlives the node, whose health thread asks it until the node has stopped
  Fixture f;
  auto channel = f.network.PeerAt(f.node->address(), "").channel;
  // The health service's protos are inside gRPC, so the reply is read as bytes: its only field is the status, 1 for SERVING.
  auto serving = [&]() -> int {
    grpc::ClientContext out;
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(channel);
    const grpc::Slice nothing("");  // the message of which every field has its default
    auto call = stub.PrepareUnaryCall(&out, "/grpc.health.v1.Health/Check", grpc::ByteBuffer(&nothing, 1), &queue);
    call->StartCall();
    grpc::ByteBuffer reply;
    grpc::Status status;
    call->Finish(&reply, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    std::vector<grpc::Slice> slices;
    if (!status.ok() || !reply.Dump(&slices).ok() || slices.empty() || slices[0].size() != 2) return -1;
    return slices[0].begin()[1];
  };
  CHECK(Eventually([&] { return serving() == 1; }));
  f.node.health().Add("database", runtime::Health::Need::kRequired,
                      [&] { return up ? absl::OkStatus() : absl::UnavailableError("down"); });
  CHECK(Eventually([&] { return serving() == 2; }));
  up = true;
  CHECK(Eventually([&] { return serving() == 1; }));
  f.node.health().Drain();
  CHECK(serving() == 2);
}

}  // namespace
}  // namespace hotline::rpc::demo
