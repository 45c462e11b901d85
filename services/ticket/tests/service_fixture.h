// The ticket service over gRPC for tests: real client, real gate, real PostgreSQL.
#pragma once

#include "hotline/ticket/v1/catalogue_service.grpc.pb.h"
#include "hotline/ticket/v1/ticket_service.grpc.pb.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/rpc/testing.h"
#include "services/ticket/catalogue_service.h"
#include "services/ticket/convert.h"
#include "services/ticket/service.h"
#include "services/ticket/tests/store_fixture.h"

namespace hotline::ticket {

using rpc::SyncCall;
using Tickets = rpc::Client<v1::TicketService>;
using Catalogue = rpc::Client<v1::CatalogueService>;
namespace access = hotline::access::v1;

// A user as the directory's token names one.
struct Person {
  std::string id;
  access::Role role;
  std::string unit_id = "city";
  std::string unit_path = "/city/";
};
inline const Person kAgent{"agent-1", access::ROLE_AGENT};
inline const Person kAgent2{"agent-2", access::ROLE_AGENT};
inline const Person kDispatcher{"dispatcher-1", access::ROLE_DISPATCHER};
inline const Person kSupervisor{"supervisor-1", access::ROLE_SUPERVISOR};
inline const Person kAdmin{"admin-1", access::ROLE_ADMIN};
inline const Person kWater{"officer-1", access::ROLE_OFFICER, "water", "/city/water/"};
inline const Person kOperator{"operator-1", access::ROLE_OPERATOR, "city", "/city/"};
inline const Person kLead{"lead-1", access::ROLE_UNIT_LEAD, "water", "/city/water/"};
inline const Person kLeader{"leader-1", access::ROLE_LEADER};
inline const Person kGas{"officer-2", access::ROLE_OFFICER, "gas", "/city/gas/"};

struct ServiceFixture : StoreFixture {
  rpc::TestNetwork network;
  rpc::TestNode node{network, "ticket"};
  rpc::Pool handlers{"handlers", 4, 64};
  CategoryTree categories{store, clock};
  CatalogueStore catalogue_store{pool};
  CallerRecordStore caller_records{pool, cipher};
  Suggester suggester{store, catalogue_store, categories, clock, absl::UTCTimeZone()};
  ShownAudit shown{caller_records};
  absl::StatusOr<domain::Unit> directory = absl::NotFoundError("no such unit");
  int directory_asked = 0;
  DefaultProcesses processes;
  absl::Status extension_allowed;  // what sla_timer says
  Peers peers{[this](const rpc::Context&, const std::string&) { ++directory_asked; return directory; },
              [this](const rpc::Context&, const std::string&, absl::Time) { return extension_allowed; }};
  TicketService tickets{*node, handlers, store, peers, categories, processes, 8, suggester, shown, caller_records};
  CatalogueService catalogue{*node, handlers, store, catalogue_store, categories, suggester};
  rpc::TestServer server{node, {&tickets, &catalogue}};
  Tickets client{server.PeerFor("gateway")};
  Tickets ivr{server.PeerFor("ivr")};
  Catalogue lists{server.PeerFor("gateway")};

  void Become(rpc::Context& context, const Person& person) {
    rpc::UserClaims claims;
    claims.user_id = person.id;
    claims.name = "某人";
    claims.roles = {person.role};
    claims.unit_id = person.unit_id;
    claims.unit_path = person.unit_path;
    network.ActAs(context, std::move(claims));
  }
  template <class Req, class Resp>
  absl::StatusOr<Resp> As(const Person& person, grpc::Status (v1::TicketService::StubInterface::*method)(grpc::ClientContext*, const Req&, Resp*),
                          const std::type_identity_t<Req>& request) {
    rpc::Context context;
    Become(context, person);
    return SyncCall(client, context, method, request);
  }
  template <class Req, class Resp>
  absl::StatusOr<Resp> AsIvr(grpc::Status (v1::TicketService::StubInterface::*method)(grpc::ClientContext*, const Req&, Resp*),
                             const std::type_identity_t<Req>& request) {
    const rpc::Context context;
    return SyncCall(ivr, context, method, request);
  }

  static v1::CreateTicketRequest Wish(v1::TicketType type = v1::TICKET_TYPE_COMPLAINT) {
    v1::CreateTicketRequest request;
    v1::Ticket& ticket = *request.mutable_ticket();
    ticket.set_type(type);
    ticket.set_channel(v1::CHANNEL_PHONE);
    ticket.set_title("小区停水");
    ticket.set_content("从昨晚起停水");
    ticket.mutable_caller()->set_name("张三丰");
    ticket.mutable_caller()->set_phone("13812345678");
    return request;
  }
  v1::CreateTicketResponse MadeBy(const Person& person, const v1::CreateTicketRequest& request) {
    const auto made = As(person, &Tickets::Blocking::CreateTicket, request);
    INFO(made.status());
    REQUIRE(made.ok());
    return *made;
  }
  v1::Ticket AtWater(v1::TicketType type = v1::TICKET_TYPE_COMPLAINT) {
    v1::CreateTicketRequest request = Wish(type);
    request.set_dispatch_unit_id("water");
    return MadeBy(kAgent, request).ticket();
  }
  absl::StatusOr<v1::Ticket> Get(const Person& person, const std::string& reference) {
    v1::GetTicketRequest request;
    request.set_ticket_id(reference);
    return As(person, &Tickets::Blocking::GetTicket, request);
  }
  template <class Req>
  static Req On(const v1::Ticket& ticket, bool with_etag = true) {
    Req request;
    request.set_ticket_id(ticket.ticket_id());
    if (with_etag) request.set_etag(ticket.etag());
    return request;
  }
  absl::StatusOr<v1::Ticket> Sign(const Person& person, const v1::Ticket& ticket, bool with_etag = false) {
    return As(person, &Tickets::Blocking::SignTicket, On<v1::SignTicketRequest>(ticket, with_etag));
  }
  static std::vector<std::string> Fields(const absl::Status& status) { return domain::Fields(status); }
};

}  // namespace hotline::ticket
