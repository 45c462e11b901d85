// The three gRPC services of directory. Plain handlers on the pool's threads; everything they use outlives them.
#pragma once

#include "hotline/directory/v1/directory.grpc.pb.h"
#include "libs/rpc/plain_service.h"
#include "services/directory/store.h"

namespace hotline::directory {

namespace pb = hotline::directory::v1;

// Proto and domain forms of the same thing.
pb::Unit ToProto(const Unit& unit);
pb::User ToProto(const User& user);
pb::ApiKey ToProto(const ApiKey& key);
std::string Etag(int64_t version);
absl::StatusOr<int64_t> VersionOf(std::string_view field, const std::string& etag);
// Copies the fields the mask names; repeated ones are replaced.
void MergeByMask(const google::protobuf::Message& from, const google::protobuf::FieldMask& mask, google::protobuf::Message& to);
std::vector<std::string> RoleNames(const google::protobuf::RepeatedField<int>& roles);

class AuthService final : public rpc::PlainService {
 public:
  AuthService(rpc::Node& node, rpc::Pool& pool, Store& store, const rpc::SigningKey& key);

 private:
  absl::Status SignIn(rpc::Context&, const pb::SignInRequest& request, pb::Tokens& response);
  absl::Status Refresh(rpc::Context&, const pb::RefreshRequest& request, pb::Tokens& response);
  absl::Status SignOut(rpc::Context& context, const pb::SignOutRequest& request, pb::SignOutResponse& response);
  absl::Status GetMe(rpc::Context& context, const pb::GetMeRequest& request, pb::User& response);
  absl::Status ChangePassword(rpc::Context& context, const pb::ChangePasswordRequest& request,
                              pb::ChangePasswordResponse& response);
  absl::Status ExchangeApiKey(rpc::Context&, const pb::ExchangeApiKeyRequest& request, pb::Tokens& response);
  absl::Status ListRevokedSessions(rpc::Context&, const pb::ListRevokedSessionsRequest& request,
                                   pb::ListRevokedSessionsResponse& response);
  absl::Status GetJwks(rpc::Context&, const pb::GetJwksRequest& request, pb::GetJwksResponse& response);

  absl::Status RefuseWhenTried(const std::vector<std::pair<std::string, int>>& limits);
  absl::Status CountFailure(const std::vector<std::pair<std::string, int>>& limits);
  void FillTokens(const User& user, const Session& session, const std::string& refresh_secret, pb::Tokens& response);

  Store& store_;
  const rpc::SigningKey& key_;
  const base::Clock& clock_;
};

class UnitService final : public rpc::PlainService {
 public:
  UnitService(rpc::Node& node, rpc::Pool& pool, Store& store);

 private:
  absl::Status ListUnits(rpc::Context&, const pb::ListUnitsRequest& request, pb::ListUnitsResponse& response);
  absl::Status GetUnit(rpc::Context&, const pb::GetUnitRequest& request, pb::Unit& response);
  absl::Status CreateUnit(rpc::Context&, const pb::CreateUnitRequest& request, pb::Unit& response);
  absl::Status UpdateUnit(rpc::Context&, const pb::UpdateUnitRequest& request, pb::Unit& response);

  Store& store_;
};

class UserService final : public rpc::PlainService {
 public:
  UserService(rpc::Node& node, rpc::Pool& pool, Store& store);

 private:
  absl::Status ListUsers(rpc::Context& context, const pb::ListUsersRequest& request, pb::ListUsersResponse& response);
  absl::Status GetUser(rpc::Context& context, const pb::GetUserRequest& request, pb::User& response);
  absl::Status CreateUser(rpc::Context&, const pb::CreateUserRequest& request, pb::User& response);
  absl::Status UpdateUser(rpc::Context&, const pb::UpdateUserRequest& request, pb::User& response);
  absl::Status CreateApiKey(rpc::Context&, const pb::CreateApiKeyRequest& request, pb::CreateApiKeyResponse& response);
  absl::Status ListApiKeys(rpc::Context&, const pb::ListApiKeysRequest& request, pb::ListApiKeysResponse& response);
  absl::Status RevokeApiKey(rpc::Context&, const pb::RevokeApiKeyRequest& request, pb::ApiKey& response);

  Store& store_;
  const base::Clock& clock_;
};

}  // namespace hotline::directory
