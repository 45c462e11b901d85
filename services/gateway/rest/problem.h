// Errors as clients of the REST API see them: application/problem+json (RFC 9457). Pure.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>

#include "services/gateway/http/message.h"

namespace hotline::gateway {

int HttpStatusOf(absl::StatusCode code);
std::string_view HttpTitle(int status);

// {type, title, status, detail, reason, traceId, errors: [{field, reason, description}]}. Messages of services that give no
// reason, of INTERNAL, UNKNOWN and DATA_LOSS stay inside. Fields are told in lowerCamelCase, without `body_field`, in which
// the client did not write them.
Response Problem(const absl::Status& status, std::string_view trace_id, std::string_view body_field = {});
// One of HTTP's own, e.g. 404 ROUTE_NOT_FOUND.
Response Problem(int http_status, std::string_view reason, std::string_view detail, std::string_view trace_id);

// Sets Retry-After, in whole seconds, at least one.
void SetRetryAfter(Response& response, absl::Duration after);

}  // namespace hotline::gateway
