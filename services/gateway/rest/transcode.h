// A request of the REST API made into the message of its RPC. Pure.
#pragma once

#include <absl/status/status.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "services/gateway/domain/url.h"
#include "services/gateway/rest/routes.h"

namespace hotline::gateway {

// The query parameter that asks for CSV; no request message has a field of this name.
inline constexpr char kFormatParameter[] = "format";

// Fills `request`, an empty message of the route's type. INVALID_ARGUMENT names what is wrong: UNKNOWN_PARAMETER,
// UNKNOWN_FIELD, REPEATED, PATH_MISMATCH (the body names another than the path) and those of ParseJson.
absl::Status BuildRequest(const Match& match, const std::vector<QueryParameter>& query, std::string_view body,
                          google::protobuf::Message& request);

// Fills `request` by the query alone, for paths that are no RPC's of their own; `format` is left to the caller. Refuses as above.
absl::Status BindParameters(const std::vector<QueryParameter>& query, google::protobuf::Message& request);

}  // namespace hotline::gateway
