// The one place where absl::Status and grpc::Status meet. Reason, fields and metadata of base::Error travel as
// google.rpc.ErrorInfo and BadRequest, other payloads under their own type URL, and come back unchanged. Pure.
#pragma once

#include <absl/status/status.h>
#include <grpcpp/support/status.h>

namespace hotline::rpc {

// Details larger than this are left out: gRPC refuses a call whose trailing metadata is too large.
inline constexpr size_t kMaxErrorDetailBytes = 6 << 10;

grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace hotline::rpc
