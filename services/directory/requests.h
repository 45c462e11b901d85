// Request ids, which make repeated creates harmless.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

namespace hotline::postgres {
class Transaction;
}

namespace hotline::directory {

// Claims the request id for the entity about to be made; an empty id claims nothing. Returns the id of what an earlier
// request with the same id made, or empty. ALREADY_EXISTS "REQUEST_ID_REUSED" when that was of another kind.
absl::StatusOr<std::string> ClaimRequest(postgres::Transaction& tx, std::string_view request_id, std::string_view kind,
                                         std::string_view entity_id);

}  // namespace hotline::directory
