// What directory keeps. Implemented over PostgreSQL; thread-safe, blocking. Updates are optimistic: they carry the version
// that was read and answer ABORTED ETAG_MISMATCH when it is no longer that one. Every change writes its event in the same
// transaction.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "services/directory/domain/types.h"

namespace hotline::directory {

struct UserFilter {
  std::string unit_path;  // this subtree; empty: all
  std::string role;       // empty: any
  std::string query;      // part of the user or display name; empty: any
  std::string after;      // user name of the last one seen
  int limit = 100;
};

struct UnitFilter {
  std::string parent_id;  // the subtree below it; empty: all
  std::string after;      // path of the last one seen
  int limit = 200;
};

class Store {
 public:
  virtual ~Store() = default;

  // A repetition of the same request id with the same id returns what was made first.
  virtual absl::StatusOr<Unit> CreateUnit(Unit unit, std::string_view request_id) = 0;
  virtual absl::StatusOr<Unit> UpdateUnit(const Unit& unit) = 0;
  virtual absl::StatusOr<Unit> GetUnit(std::string_view unit_id) = 0;
  virtual absl::StatusOr<std::vector<Unit>> ListUnits(const UnitFilter& filter) = 0;

  virtual absl::StatusOr<User> CreateUser(User user, std::string_view request_id) = 0;
  // Ends the user's sessions when the account is no longer active. FAILED_PRECONDITION "LAST_ADMIN".
  virtual absl::StatusOr<User> UpdateUser(const User& user, absl::Time now) = 0;
  // Ends all sessions but one.
  virtual absl::Status SetPassword(std::string_view user_id, std::string_view password_hash, std::string_view keep_session,
                                   absl::Time now) = 0;
  virtual absl::StatusOr<User> GetUser(std::string_view user_id) = 0;
  virtual absl::StatusOr<User> GetUserByName(std::string_view user_name) = 0;
  virtual absl::StatusOr<std::vector<User>> ListUsers(const UserFilter& filter) = 0;
  virtual absl::StatusOr<bool> HasUsers() = 0;

  // Ends the oldest sessions beyond kMaxSessionsOfUser.
  virtual absl::Status CreateSession(const Session& session) = 0;
  virtual absl::StatusOr<Session> GetSession(std::string_view session_id) = 0;
  // ABORTED when the current token was replaced meanwhile.
  virtual absl::Status RotateSession(const Session& session, std::string_view expected_refresh_hash) = 0;
  virtual absl::Status RevokeSession(std::string_view session_id, absl::Time now) = 0;
  virtual absl::StatusOr<std::vector<std::string>> RevokedSince(absl::Time since) = 0;

  virtual absl::StatusOr<ApiKey> CreateApiKey(const ApiKey& key, std::string_view request_id, bool& existed) = 0;
  virtual absl::StatusOr<ApiKey> GetApiKey(std::string_view api_key_id) = 0;
  virtual absl::StatusOr<std::vector<ApiKey>> ListApiKeys(std::string_view unit_id, std::string_view after, int limit) = 0;
  virtual absl::StatusOr<ApiKey> RevokeApiKey(std::string_view api_key_id, absl::Time now) = 0;
  virtual absl::Status TouchApiKey(std::string_view api_key_id, absl::Time now) = 0;

  // Failures counted under a key within the window that ends now.
  virtual absl::StatusOr<int> CountFailures(std::string_view attempt_key, absl::Time now) = 0;
  virtual absl::Status AddFailure(std::string_view attempt_key, absl::Time now) = 0;
  virtual absl::Status ClearFailures(std::string_view attempt_key) = 0;
};

}  // namespace hotline::directory
