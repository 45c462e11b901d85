// Which RPC a request is for: the google.api.http annotations of all services that people may call. Constant after
// construction, thread-safe.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hotline/access/v1/access.pb.h"

namespace hotline::gateway {

struct Segment {
  std::string text;  // the literal, or the variable's field path "unit.unit_id"
  bool variable = false;
};

struct Route {
  std::string method;   // "GET"
  std::string pattern;  // "/v1/units/{unit.unit_id}"
  std::vector<Segment> segments;
  std::string verb;  // "sign" of "/v1/tickets/{ticket_id}:sign"
  std::string body;  // "*", a field's name, or empty
  const google::protobuf::MethodDescriptor* rpc = nullptr;
  std::string rpc_path;  // "/hotline.ticket.v1.TicketService/SignTicket"
  std::string peer;      // "ticket"
  access::v1::Access access;
  const google::protobuf::Message* request = nullptr;   // prototypes
  const google::protobuf::Message* response = nullptr;

  bool HasVariable(std::string_view field_path) const;
};

struct Match {
  const Route* route = nullptr;
  std::vector<std::pair<std::string, std::string>> variables;  // field path -> decoded value
  std::vector<std::string> allowed_methods;  // when there is no route: methods that the path has
};

class RouteTable {
 public:
  // Throws std::logic_error if an annotation is not of a form the gateway knows.
  explicit RouteTable(const std::vector<const google::protobuf::ServiceDescriptor*>& services);

  Match Find(std::string_view method, std::string_view path) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  void Add(const google::protobuf::MethodDescriptor& rpc);
  std::vector<Route> routes_;  // those with literals before those with variables in the same place
};

// Whether people, rather than services alone, may call an RPC.
bool IsPublic(const access::v1::Access& access);
access::v1::Access AccessOf(const google::protobuf::MethodDescriptor& rpc);

}  // namespace hotline::gateway
