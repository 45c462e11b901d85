#include "libs/base/id.h"
#include "libs/base/text.h"
#include "services/directory/domain/errors.h"
#include "services/directory/domain/limits.h"
#include "services/directory/domain/rules.h"
#include "services/directory/secrets.h"
#include "services/directory/service.h"

namespace hotline::directory {
namespace {

constexpr std::string_view kRefreshPrefix = "rt";
constexpr std::string_view kApiKeyPrefix = "hk";
constexpr size_t kSecretBytes = 32;

// Under which keys a failed sign-in counts, and how many each bears. Addresses and names are hashed: the table of failures
// is no list of who tried from where.
std::vector<std::pair<std::string, int>> AttemptLimits(std::string_view user_name, std::string_view address) {
  return {{"both:" + HashSecret(std::string(user_name) + "\n" + std::string(address)), kMaxAttemptsUserAddress},
          {"address:" + HashSecret(address), kMaxAttemptsAddress},
          {"user:" + HashSecret(user_name), kMaxAttemptsUser}};
}

rpc::UserClaims ClaimsOf(std::string subject, std::string session, const std::string& name,
                         const std::vector<std::string>& roles, const std::string& unit_id, const std::string& unit_path,
                         absl::Time now) {
  rpc::UserClaims claims;
  claims.user_id = std::move(subject);
  claims.session_id = std::move(session);
  claims.name = name;
  for (const std::string& role : roles) claims.roles.push_back(rpc::RoleFromName(role));
  claims.unit_id = unit_id;
  claims.unit_path = unit_path;
  claims.issued_at = now;
  claims.expires_at = now + kAccessTokenLife;
  return claims;
}

}  // namespace

AuthService::AuthService(rpc::Node& node, rpc::Pool& pool, Store& store, const rpc::SigningKey& key)
    : PlainService(node, pool, pb::AuthService::service_full_name()), store_(store), key_(key), clock_(node.clock()) {
  Handle("SignIn", &AuthService::SignIn);
  Handle("Refresh", &AuthService::Refresh);
  Handle("SignOut", &AuthService::SignOut);
  Handle("GetMe", &AuthService::GetMe);
  Handle("ChangePassword", &AuthService::ChangePassword);
  Handle("ExchangeApiKey", &AuthService::ExchangeApiKey);
  Handle("ListRevokedSessions", &AuthService::ListRevokedSessions);
  Handle("GetJwks", &AuthService::GetJwks);
}

absl::Status AuthService::RefuseWhenTried(const std::vector<std::pair<std::string, int>>& limits) {
  for (const auto& [key, most] : limits) {
    HOTLINE_ASSIGN_OR_RETURN(const int failures, store_.CountFailures(key, clock_.Now()));
    if (failures >= most) return TooManyAttempts();
  }
  return absl::OkStatus();
}

absl::Status AuthService::CountFailure(const std::vector<std::pair<std::string, int>>& limits) {
  for (const auto& [key, most] : limits) HOTLINE_RETURN_IF_ERROR(store_.AddFailure(key, clock_.Now()));
  return absl::OkStatus();
}

void AuthService::FillTokens(const User& user, const Session& session, const std::string& refresh_secret,
                             pb::Tokens& response) {
  const rpc::UserClaims claims = ClaimsOf(user.user_id, session.session_id, user.display_name, user.roles, user.unit_id,
                                          user.unit_path, clock_.Now());
  response.set_access_token(rpc::SignUserToken(key_, claims));
  response.mutable_access_expire_time()->set_seconds(absl::ToUnixSeconds(claims.expires_at));
  response.set_refresh_token(JoinToken(kRefreshPrefix, session.session_id, refresh_secret));
  response.mutable_refresh_expire_time()->set_seconds(absl::ToUnixSeconds(session.refresh_expire_time));
  *response.mutable_user() = ToProto(user);
}

absl::Status AuthService::SignIn(rpc::Context&, const pb::SignInRequest& request, pb::Tokens& response) {
  HOTLINE_RETURN_IF_ERROR(base::CheckText("user_name", request.user_name(), 1, kMaxUserName));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("password", request.password(), 1, kMaxPassword));
  const auto limits = AttemptLimits(request.user_name(), request.client_address());
  HOTLINE_RETURN_IF_ERROR(RefuseWhenTried(limits));
  const absl::StatusOr<User> user = store_.GetUserByName(request.user_name());
  if (!user.ok() && !absl::IsNotFound(user.status())) return user.status();
  const bool right = user.ok() ? PasswordMatches(request.password(), user->password_hash) && user->active
                               : PasswordMatchesNobody(request.password());
  if (!right) {
    HOTLINE_RETURN_IF_ERROR(CountFailure(limits));
    return BadCredentials();
  }
  HOTLINE_RETURN_IF_ERROR(store_.ClearFailures(limits.front().first));
  const std::string secret = base::RandomHex(kSecretBytes);
  Session session;
  session.session_id = base::NewId(clock_);
  session.user_id = user->user_id;
  session.refresh_hash = HashSecret(secret);
  session.rotate_time = clock_.Now();
  session.refresh_expire_time = session.rotate_time + kRefreshTokenLife;
  HOTLINE_RETURN_IF_ERROR(store_.CreateSession(session));
  FillTokens(*user, session, secret, response);
  return absl::OkStatus();
}

absl::Status AuthService::Refresh(rpc::Context&, const pb::RefreshRequest& request, pb::Tokens& response) {
  const SplitToken token = SplitTokenText(kRefreshPrefix, request.refresh_token());
  if (token.id.empty()) return BadRefreshToken();
  HOTLINE_ASSIGN_OR_RETURN(Session session, store_.GetSession(token.id));
  const std::string presented = HashSecret(token.secret);
  switch (JudgeRefresh(session, presented, clock_.Now())) {
    case RefreshVerdict::kRefuse:
      return BadRefreshToken();
    case RefreshVerdict::kRevoke:
      HOTLINE_RETURN_IF_ERROR(store_.RevokeSession(session.session_id, clock_.Now()));
      return BadRefreshToken();
    case RefreshVerdict::kRotate:
      break;
  }
  HOTLINE_ASSIGN_OR_RETURN(const User user, store_.GetUser(session.user_id));
  if (!user.active) return BadRefreshToken();
  const std::string secret = base::RandomHex(kSecretBytes);
  const std::string expected = session.refresh_hash;
  session.previous_refresh_hash = presented;
  session.refresh_hash = HashSecret(secret);
  session.rotate_time = clock_.Now();
  session.refresh_expire_time = session.rotate_time + kRefreshTokenLife;
  HOTLINE_RETURN_IF_ERROR(store_.RotateSession(session, expected));
  FillTokens(user, session, secret, response);
  return absl::OkStatus();
}

absl::Status AuthService::SignOut(rpc::Context& context, const pb::SignOutRequest&, pb::SignOutResponse&) {
  return store_.RevokeSession(context.principal().session_id, clock_.Now());
}

absl::Status AuthService::GetMe(rpc::Context& context, const pb::GetMeRequest&, pb::User& response) {
  HOTLINE_ASSIGN_OR_RETURN(const User user, store_.GetUser(context.principal().user_id));
  response = ToProto(user);
  return absl::OkStatus();
}

absl::Status AuthService::ChangePassword(rpc::Context& context, const pb::ChangePasswordRequest& request,
                                         pb::ChangePasswordResponse&) {
  HOTLINE_ASSIGN_OR_RETURN(const User user, store_.GetUser(context.principal().user_id));
  const auto limits = AttemptLimits(user.user_name, "change-password");
  HOTLINE_RETURN_IF_ERROR(RefuseWhenTried(limits));
  if (!PasswordMatches(request.old_password(), user.password_hash)) {
    HOTLINE_RETURN_IF_ERROR(CountFailure({limits.front()}));
    return BadCredentials();
  }
  HOTLINE_RETURN_IF_ERROR(CheckPassword("new_password", request.new_password(), user.user_name));
  HOTLINE_ASSIGN_OR_RETURN(const std::string hash, HashPassword(request.new_password()));
  return store_.SetPassword(user.user_id, hash, context.principal().session_id, clock_.Now());
}

absl::Status AuthService::ExchangeApiKey(rpc::Context&, const pb::ExchangeApiKeyRequest& request, pb::Tokens& response) {
  const std::vector<std::pair<std::string, int>> limits = {
      {"key:" + HashSecret(request.client_address()), kMaxAttemptsAddress}};
  HOTLINE_RETURN_IF_ERROR(RefuseWhenTried(limits));
  const SplitToken token = SplitTokenText(kApiKeyPrefix, request.api_key());
  const absl::StatusOr<ApiKey> key = token.id.empty() ? BadApiKey() : store_.GetApiKey(token.id);
  if (!key.ok() && !absl::IsNotFound(key.status()) && !absl::IsUnauthenticated(key.status())) return key.status();
  const absl::Time now = clock_.Now();
  if (!key.ok() || !SameHash(HashSecret(token.secret), key->secret_hash) || key->revoked ||
      (key->expire_time && *key->expire_time <= now)) {
    HOTLINE_RETURN_IF_ERROR(CountFailure(limits));
    return BadApiKey();
  }
  HOTLINE_RETURN_IF_ERROR(store_.TouchApiKey(key->api_key_id, now));
  const std::string subject = "apikey:" + key->api_key_id;
  const rpc::UserClaims claims = ClaimsOf(subject, subject, key->label, key->roles, key->unit_id, key->unit_path, now);
  response.set_access_token(rpc::SignUserToken(key_, claims));
  response.mutable_access_expire_time()->set_seconds(absl::ToUnixSeconds(claims.expires_at));
  return absl::OkStatus();
}

absl::Status AuthService::ListRevokedSessions(rpc::Context&, const pb::ListRevokedSessionsRequest&,
                                              pb::ListRevokedSessionsResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                           store_.RevokedSince(clock_.Now() - kAccessTokenLife - rpc::kClockLeeway));
  for (const std::string& id : ids) response.add_session_ids(id);
  return absl::OkStatus();
}

absl::Status AuthService::GetJwks(rpc::Context&, const pb::GetJwksRequest&, pb::GetJwksResponse& response) {
  response.set_jwks_json(rpc::KeySet::Jwks({key_}));
  return absl::OkStatus();
}

}  // namespace hotline::directory
