// Store over PostgreSQL, in the schema of the pool's sessions. Thread-safe; the pool outlives it.
#pragma once

#include "libs/postgres/pool.h"
#include "services/directory/store.h"

namespace hotline::postgres {
class Transaction;
}

namespace hotline::directory {

class PostgresStore final : public Store {
 public:
  explicit PostgresStore(postgres::Pool& pool) : pool_(pool) {}

  absl::StatusOr<Unit> CreateUnit(Unit unit, std::string_view request_id) override;
  absl::StatusOr<Unit> UpdateUnit(const Unit& unit) override;
  absl::StatusOr<Unit> GetUnit(std::string_view unit_id) override;
  absl::StatusOr<std::vector<Unit>> ListUnits(const UnitFilter& filter) override;
  absl::StatusOr<User> CreateUser(User user, std::string_view request_id) override;
  absl::StatusOr<User> UpdateUser(const User& user, absl::Time now) override;
  absl::Status SetPassword(std::string_view user_id, std::string_view password_hash, std::string_view keep_session,
                           absl::Time now) override;
  absl::StatusOr<User> GetUser(std::string_view user_id) override;
  absl::StatusOr<User> GetUserByName(std::string_view user_name) override;
  absl::StatusOr<std::vector<User>> ListUsers(const UserFilter& filter) override;
  absl::StatusOr<bool> HasUsers() override;
  absl::Status CreateSession(const Session& session) override;
  absl::StatusOr<Session> GetSession(std::string_view session_id) override;
  absl::Status RotateSession(const Session& session, std::string_view expected_refresh_hash) override;
  absl::Status RevokeSession(std::string_view session_id, absl::Time now) override;
  absl::StatusOr<std::vector<std::string>> RevokedSince(absl::Time since) override;
  absl::StatusOr<ApiKey> CreateApiKey(const ApiKey& key, std::string_view request_id, bool& existed) override;
  absl::StatusOr<ApiKey> GetApiKey(std::string_view api_key_id) override;
  absl::StatusOr<std::vector<ApiKey>> ListApiKeys(std::string_view unit_id, std::string_view after, int limit) override;
  absl::StatusOr<ApiKey> RevokeApiKey(std::string_view api_key_id, absl::Time now) override;
  absl::Status TouchApiKey(std::string_view api_key_id, absl::Time now) override;
  absl::StatusOr<int> CountFailures(std::string_view attempt_key, absl::Time now) override;
  absl::Status AddFailure(std::string_view attempt_key, absl::Time now) override;
  absl::Status ClearFailures(std::string_view attempt_key) override;

 private:
  postgres::Pool& pool_;
};

}  // namespace hotline::directory
