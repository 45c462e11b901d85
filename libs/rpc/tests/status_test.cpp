#include <catch2/catch.hpp>

#include "google/rpc/status.pb.h"
#include "hotline/errors/v1/errors.pb.h"
#include "libs/base/error.h"
#include "libs/rpc/status.h"

namespace hotline::rpc {
namespace {

TEST_CASE("an error survives the way through gRPC") {
  const auto status = base::Error(absl::StatusCode::kInvalidArgument, "INVALID_FIELD", "phone: digits only",
                                  {{"phone", "BAD_FORMAT", "digits only"}, {"items[2].id", "REQUIRED", "is missing"}},
                                  {{"kind", "ticket"}, {"id", "7"}});
  const auto back = FromGrpc(ToGrpc(status));
  CHECK(back.code() == status.code());
  CHECK(back.message() == status.message());
  CHECK(base::Reason(back) == "INVALID_FIELD");
  CHECK(base::FieldViolations(back) == base::FieldViolations(status));
  CHECK(base::Metadata(back) == base::Metadata(status));
  CHECK(FromGrpc(ToGrpc(absl::OkStatus())).ok());
}

TEST_CASE("other clients find the details of google.rpc") {
  const auto out = ToGrpc(base::InvalidField("phone", "BAD_FORMAT", "digits only"));
  google::rpc::Status status;
  REQUIRE(status.ParseFromString(out.error_details()));
  CHECK(status.code() == 3);
  REQUIRE(status.details_size() == 2);
  CHECK(status.details(0).type_url() == "type.googleapis.com/google.rpc.ErrorInfo");
  CHECK(status.details(1).type_url() == "type.googleapis.com/google.rpc.BadRequest");
  errors::v1::ErrorInfo info;
  REQUIRE(info.ParseFromString(status.details(0).value()));
  CHECK(info.domain() == "hotline");
}

TEST_CASE("codes, plain statuses, foreign payloads") {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "why");
    CHECK(FromGrpc(ToGrpc(status)) == status);
  }
  absl::Status odd = absl::InternalError("x");
  odd.SetPayload("type.example/reason", absl::Cord("ASKED_FOR"));
  CHECK(FromGrpc(ToGrpc(odd)) == odd);
}

TEST_CASE("details too large for gRPC are left out, the rest arrives") {
  std::vector<base::FieldViolation> many(20, {std::string(300, 'f'), "TOO_LONG", std::string(300, 'd')});
  const auto back = FromGrpc(ToGrpc(base::InvalidFields(many)));
  CHECK(base::Reason(back) == "INVALID_FIELD");
  CHECK(ToGrpc(base::InvalidFields(many)).error_details().size() <= kMaxErrorDetailBytes);
  CHECK(FromGrpc(grpc::Status(grpc::StatusCode::ABORTED, "m", "not a proto \xff")).message() == "m");
}

}  // namespace
}  // namespace hotline::rpc
