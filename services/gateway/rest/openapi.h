// The REST API's description for programs: OpenAPI 3.1, made from the contracts and their comments. Pure.
#pragma once

#include <string>

#include "services/gateway/rest/routes.h"

namespace hotline::gateway {

// Operations of every route, schemas of every message they reach, who may call as x-hotline-access, problem responses, and
// the gateway's own paths for recordings.
std::string OpenApi(const RouteTable& routes);

// OpenApi of all that is linked in.
std::string OpenApi();

}  // namespace hotline::gateway
