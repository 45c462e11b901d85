#include <google/protobuf/util/field_mask_util.h>

#include "libs/base/id.h"
#include "libs/base/page.h"
#include "libs/base/text.h"
#include "services/directory/domain/errors.h"
#include "services/directory/domain/limits.h"
#include "services/directory/domain/rules.h"
#include "services/directory/secrets.h"
#include "services/directory/service.h"

namespace hotline::directory {
namespace {

constexpr int kUserPageDefault = 100;
constexpr int kUserPageMost = 500;
constexpr size_t kMaxQuery = 50;
constexpr size_t kKeyIdBytes = 6;
constexpr size_t kKeySecretBytes = 32;

User FromProto(const pb::User& user) {
  User out;
  out.user_id = user.user_id();
  out.user_name = user.user_name();
  out.display_name = user.display_name();
  out.unit_id = user.unit_id();
  out.roles = RoleNames(user.roles());
  out.active = user.active();
  out.employee_number = user.employee_number();
  return out;
}

void SetTime(absl::Time time, google::protobuf::Timestamp& out) { out.set_seconds(absl::ToUnixSeconds(time)); }

void AddRoles(const std::vector<std::string>& names, google::protobuf::RepeatedField<int>& out) {
  for (const std::string& name : names) out.Add(rpc::RoleFromName(name));
}

// Who is not an administrator sees the people of the own unit and below.
bool MaySee(const rpc::Principal& principal, const User& user) {
  return principal.HasRole(access::v1::ROLE_ADMIN) || principal.CanSeeUnit(user.unit_path);
}

}  // namespace

std::vector<std::string> RoleNames(const google::protobuf::RepeatedField<int>& roles) {
  std::vector<std::string> names;
  for (const int role : roles) {
    const bool known = access::v1::Role_IsValid(role) && role != access::v1::ROLE_UNSPECIFIED;
    names.push_back(known ? rpc::RoleName(static_cast<rpc::Role>(role)) : "");
  }
  return names;
}

pb::User ToProto(const User& user) {
  pb::User out;
  out.set_user_id(user.user_id);
  out.set_user_name(user.user_name);
  out.set_display_name(user.display_name);
  out.set_unit_id(user.unit_id);
  AddRoles(user.roles, *out.mutable_roles());
  out.set_active(user.active);
  out.set_employee_number(user.employee_number);
  out.set_unit_path(user.unit_path);
  out.set_etag(Etag(user.version));
  SetTime(user.create_time, *out.mutable_create_time());
  return out;
}

pb::ApiKey ToProto(const ApiKey& key) {
  pb::ApiKey out;
  out.set_api_key_id(key.api_key_id);
  out.set_unit_id(key.unit_id);
  out.set_label(key.label);
  AddRoles(key.roles, *out.mutable_roles());
  SetTime(key.create_time, *out.mutable_create_time());
  if (key.expire_time) SetTime(*key.expire_time, *out.mutable_expire_time());
  if (key.last_used_time) SetTime(*key.last_used_time, *out.mutable_last_used_time());
  out.set_revoked(key.revoked);
  return out;
}

UserService::UserService(rpc::Node& node, rpc::Pool& pool, Store& store)
    : PlainService(node, pool, pb::UserService::service_full_name()), store_(store), clock_(node.clock()) {
  Handle("ListUsers", &UserService::ListUsers);
  Handle("GetUser", &UserService::GetUser);
  Handle("CreateUser", &UserService::CreateUser);
  Handle("UpdateUser", &UserService::UpdateUser);
  Handle("CreateApiKey", &UserService::CreateApiKey);
  Handle("ListApiKeys", &UserService::ListApiKeys);
  Handle("RevokeApiKey", &UserService::RevokeApiKey);
}

absl::Status UserService::ListUsers(rpc::Context& context, const pb::ListUsersRequest& request,
                                    pb::ListUsersResponse& response) {
  HOTLINE_RETURN_IF_ERROR(base::CheckText("query", request.query(), 0, kMaxQuery));
  const bool all = context.principal().HasRole(access::v1::ROLE_ADMIN);
  std::string path = all ? "" : context.principal().unit_path;
  if (!request.unit_id().empty()) {
    HOTLINE_ASSIGN_OR_RETURN(const Unit unit, store_.GetUnit(request.unit_id()));
    if (!all && !context.principal().CanSeeUnit(unit.path)) {
      return base::PermissionDenied("WRONG_UNIT", "the unit is outside your own");
    }
    path = unit.path;
  }
  const std::string role = request.role() == access::v1::ROLE_UNSPECIFIED ? "" : rpc::RoleName(request.role());
  const base::PageQuery query("users", {path, role, request.query()});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page,
                           query.Read(request.page_size(), request.page_token(), kUserPageDefault, kUserPageMost));
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<User> users,
                           store_.ListUsers({.unit_path = path, .role = role, .query = request.query(),
                                             .after = page.after, .limit = page.size + 1}));
  for (const User& user : users) {
    if (response.users_size() == page.size) {
      response.set_next_page_token(query.Token(response.users().rbegin()->user_name()));
      break;
    }
    *response.add_users() = ToProto(user);
  }
  return absl::OkStatus();
}

absl::Status UserService::GetUser(rpc::Context& context, const pb::GetUserRequest& request, pb::User& response) {
  HOTLINE_ASSIGN_OR_RETURN(const User user, store_.GetUser(request.user_id()));
  if (!MaySee(context.principal(), user)) return UserNotFound(request.user_id());
  response = ToProto(user);
  return absl::OkStatus();
}

absl::Status UserService::CreateUser(rpc::Context&, const pb::CreateUserRequest& request, pb::User& response) {
  User user = FromProto(request.user());
  HOTLINE_RETURN_IF_ERROR(CheckUser(user));
  HOTLINE_RETURN_IF_ERROR(CheckPassword("password", request.password(), user.user_name));
  if (!request.request_id().empty()) HOTLINE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  user.active = true;
  user.user_id = base::NewId(clock_);
  user.create_time = clock_.Now();
  HOTLINE_ASSIGN_OR_RETURN(user.password_hash, HashPassword(request.password()));
  HOTLINE_ASSIGN_OR_RETURN(const User kept, store_.CreateUser(user, request.request_id()));
  response = ToProto(kept);
  return absl::OkStatus();
}

absl::Status UserService::UpdateUser(rpc::Context&, const pb::UpdateUserRequest& request, pb::User& response) {
  HOTLINE_ASSIGN_OR_RETURN(const int64_t version, VersionOf("user.etag", request.user().etag()));
  HOTLINE_ASSIGN_OR_RETURN(const User current, store_.GetUser(request.user().user_id()));
  pb::User merged = request.user();
  if (request.update_mask().paths_size() > 0) {
    if (!google::protobuf::util::FieldMaskUtil::IsValidFieldMask<pb::User>(request.update_mask())) {
      return base::InvalidField("update_mask", "UNKNOWN_FIELD", "names a field that a user does not have");
    }
    merged = ToProto(current);
    MergeByMask(request.user(), request.update_mask(), merged);
  }
  if (merged.user_name() != current.user_name) {
    return base::InvalidField("user.user_name", "IMMUTABLE", "a user keeps the sign-in name");
  }
  User wanted = FromProto(merged);
  wanted.version = version;
  HOTLINE_RETURN_IF_ERROR(CheckUser(wanted));
  HOTLINE_ASSIGN_OR_RETURN(const User kept, store_.UpdateUser(wanted, clock_.Now()));
  response = ToProto(kept);
  return absl::OkStatus();
}

absl::Status UserService::CreateApiKey(rpc::Context&, const pb::CreateApiKeyRequest& request,
                                       pb::CreateApiKeyResponse& response) {
  ApiKey key;
  key.unit_id = request.api_key().unit_id();
  key.label = request.api_key().label();
  key.roles = RoleNames(request.api_key().roles());
  if (request.api_key().has_expire_time()) key.expire_time = absl::FromUnixSeconds(request.api_key().expire_time().seconds());
  HOTLINE_RETURN_IF_ERROR(CheckApiKey(key, clock_.Now()));
  if (!request.request_id().empty()) HOTLINE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  const std::string secret = base::RandomHex(kKeySecretBytes);
  key.api_key_id = base::RandomHex(kKeyIdBytes);
  key.secret_hash = HashSecret(secret);
  key.create_time = clock_.Now();
  bool existed = false;
  HOTLINE_ASSIGN_OR_RETURN(const ApiKey kept, store_.CreateApiKey(key, request.request_id(), existed));
  *response.mutable_api_key() = ToProto(kept);
  if (!existed) response.set_secret(JoinToken("hk", kept.api_key_id, secret));
  return absl::OkStatus();
}

absl::Status UserService::ListApiKeys(rpc::Context&, const pb::ListApiKeysRequest& request,
                                      pb::ListApiKeysResponse& response) {
  const base::PageQuery query("api_keys", {request.unit_id()});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page,
                           query.Read(request.page_size(), request.page_token(), kUserPageDefault, kUserPageMost));
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<ApiKey> keys, store_.ListApiKeys(request.unit_id(), page.after, page.size + 1));
  for (const ApiKey& key : keys) {
    if (response.api_keys_size() == page.size) {
      response.set_next_page_token(query.Token(response.api_keys().rbegin()->api_key_id()));
      break;
    }
    *response.add_api_keys() = ToProto(key);
  }
  return absl::OkStatus();
}

absl::Status UserService::RevokeApiKey(rpc::Context&, const pb::RevokeApiKeyRequest& request, pb::ApiKey& response) {
  HOTLINE_ASSIGN_OR_RETURN(const ApiKey key, store_.RevokeApiKey(request.api_key_id(), clock_.Now()));
  response = ToProto(key);
  return absl::OkStatus();
}

}  // namespace hotline::directory
