// The services of what a city configures over gRPC: real client, real gate, real PostgreSQL, with a small category tree.
#pragma once

#include "hotline/ticket/v1/caller_record_service.grpc.pb.h"
#include "hotline/ticket/v1/catalogue_service.grpc.pb.h"
#include "hotline/ticket/v1/process_service.grpc.pb.h"
#include "hotline/ticket/v1/ticket_service.grpc.pb.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/rpc/testing.h"
#include "services/ticket/caller_record_service.h"
#include "services/ticket/catalogue_service.h"
#include "services/ticket/convert.h"
#include "services/ticket/process_service.h"
#include "services/ticket/service.h"
#include "services/ticket/tests/store_fixture.h"

namespace hotline::ticket {

namespace access = hotline::access::v1;

struct ConfigurationFixture : StoreFixture {
  rpc::TestNetwork network{clock};
  rpc::TestNode node{network, "ticket"};
  rpc::Pool handlers{"handlers", 4, 64};
  CatalogueStore catalogue_store{pool};
  CallerRecordStore caller_records{pool, cipher};
  ProcessStore process_store{pool};
  CategoryTree categories{store, clock};
  ProcessBook processes{process_store, clock};
  Suggester suggester{store, catalogue_store, categories, clock, absl::UTCTimeZone()};
  ShownAudit shown{caller_records};
  std::set<std::string> confirmed = {};  // tickets whose mark a review has confirmed
  TicketService tickets{*node, handlers, store, {[](const rpc::Context&, const std::string&) { return absl::NotFoundError("no such unit"); }, {}}, categories, processes, 8, suggester, shown, caller_records};
  CatalogueService catalogue{*node, handlers, store, catalogue_store, categories, suggester};
  ProcessService process_service{*node, handlers, process_store, processes};
  CallerRecordService caller_service{*node, handlers, store, caller_records, processes, [this](const domain::Ticket& ticket) { return confirmed.contains(ticket.id); }};
  rpc::TestServer server{node, {&tickets, &catalogue, &process_service, &caller_service}};
  rpc::Client<v1::TicketService> ticket_client{server.PeerFor("gateway")};
  rpc::Client<v1::CatalogueService> catalogue_client{server.PeerFor("gateway")};
  rpc::Client<v1::ProcessService> process_client{server.PeerFor("gateway")};
  rpc::Client<v1::CallerRecordService> caller_client{server.PeerFor("gateway")};

  ConfigurationFixture() {
    for (const Category& category : {Category{"water", "", "供水排水", "", {}, "", "", 1}, Category{"water.leak", "water", "管道漏水", "", {}, "", "", 1},
                                     Category{"gas", "", "燃气", "", {}, "gas", "", 2}})
      REQUIRE(store.PutCategory(category).ok());
  }

  template <class Service, class Stub, class Req, class Resp>
  absl::StatusOr<Resp> Call(rpc::Client<Service>& client, access::Role role, grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                            const std::type_identity_t<Req>& request, const std::string& user = "") {
    rpc::Context context;
    rpc::UserClaims claims;
    const bool officer = role == access::ROLE_OFFICER;
    claims.user_id = !user.empty() ? user : officer ? "officer-1" : access::Role_Name(role);
    claims.name = "某人";
    claims.roles = {role};
    claims.unit_id = officer ? "water" : "city";
    claims.unit_path = officer ? "/city/water/" : "/city/";
    network.ActAs(context, std::move(claims));
    return rpc::SyncCall(client, context, method, request);
  }

  static std::vector<std::string> Fields(const absl::Status& status) { return domain::Fields(status); }
};

}  // namespace hotline::ticket
