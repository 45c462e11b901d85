// Sessions, API keys and failed sign-ins in PostgreSQL.
#include "libs/postgres/outbox.h"
#include "libs/postgres/transaction.h"
#include "services/directory/domain/errors.h"
#include "services/directory/domain/limits.h"
#include "services/directory/events.h"
#include "services/directory/postgres_store.h"
#include "services/directory/requests.h"

namespace hotline::directory {
namespace {

constexpr char kKeyColumns[] =
    "select k.api_key_id, k.unit_id, n.path as unit_path, k.label, k.roles, k.secret_hash, k.create_time, k.expire_time,"
    " k.last_used_time, k.revoked from api_keys k join units n using (unit_id) ";

ApiKey ReadKey(const postgres::Row& row) {
  return {.api_key_id = row.Get<std::string>("api_key_id"),
          .unit_id = row.Get<std::string>("unit_id"),
          .unit_path = row.Get<std::string>("unit_path"),
          .label = row.Get<std::string>("label"),
          .roles = row.Get<std::vector<std::string>>("roles"),
          .secret_hash = row.Get<std::string>("secret_hash"),
          .create_time = row.Get<absl::Time>("create_time"),
          .expire_time = row.Get<std::optional<absl::Time>>("expire_time"),
          .last_used_time = row.Get<std::optional<absl::Time>>("last_used_time"),
          .revoked = row.Get<bool>("revoked")};
}

std::string SelectKeys(std::string_view rest) { return kKeyColumns + std::string(rest); }

absl::Status Revoke(postgres::Transaction& tx, std::string_view session_id, absl::Time now) {
  HOTLINE_ASSIGN_OR_RETURN(
      const postgres::Result ended,
      tx.Query("update sessions set revoke_time = $2 where session_id::text = $1 and revoke_time is null returning user_id",
               {session_id, now}));
  if (ended.empty()) return absl::OkStatus();  // over already
  return postgres::Outbox::Append(tx, SessionRevokedEvent(ended[0].Get<std::string>("user_id"), session_id, now));
}

}  // namespace

absl::Status PostgresStore::CreateSession(const Session& session) {
  return postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) -> absl::Status {
    HOTLINE_RETURN_IF_ERROR(
        tx.Execute("insert into sessions (session_id, user_id, refresh_hash, previous_refresh_hash, rotate_time,"
                   " refresh_expire_time) values ($1, $2, $3, '', $4, $5)",
                   {session.session_id, session.user_id, session.refresh_hash, session.rotate_time,
                    session.refresh_expire_time})
            .status());
    HOTLINE_ASSIGN_OR_RETURN(
        const postgres::Result surplus,
        tx.Query("select session_id from sessions where user_id = $1 and revoke_time is null"
                 " order by session_id desc offset $2",
                 {session.user_id, kMaxSessionsOfUser}));
    for (const postgres::Row row : surplus) {
      HOTLINE_RETURN_IF_ERROR(Revoke(tx, row.Get<std::string>("session_id"), session.rotate_time));
    }
    return tx.Execute("delete from sessions where user_id = $1 and refresh_expire_time < $2",
                      {session.user_id, session.rotate_time - kRefreshTokenLife})
        .status();
  });
}

absl::StatusOr<Session> PostgresStore::GetSession(std::string_view session_id) {
  HOTLINE_ASSIGN_OR_RETURN(
      const postgres::Result result,
      pool_.Read("select session_id, user_id, refresh_hash, previous_refresh_hash, rotate_time, refresh_expire_time,"
                 " revoke_time from sessions where session_id::text = $1",
                 {session_id}));
  if (result.empty()) return BadRefreshToken();
  const postgres::Row row = result[0];
  return Session{.session_id = row.Get<std::string>("session_id"),
                 .user_id = row.Get<std::string>("user_id"),
                 .refresh_hash = row.Get<std::string>("refresh_hash"),
                 .previous_refresh_hash = row.Get<std::string>("previous_refresh_hash"),
                 .rotate_time = row.Get<absl::Time>("rotate_time"),
                 .refresh_expire_time = row.Get<absl::Time>("refresh_expire_time"),
                 .revoke_time = row.Get<std::optional<absl::Time>>("revoke_time")};
}

absl::Status PostgresStore::RotateSession(const Session& session, std::string_view expected_refresh_hash) {
  return postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) -> absl::Status {
    HOTLINE_ASSIGN_OR_RETURN(
        const int64_t changed,
        tx.Execute("update sessions set refresh_hash = $2, previous_refresh_hash = $3, rotate_time = $4,"
                   " refresh_expire_time = $5 where session_id = $1 and refresh_hash = $6 and revoke_time is null",
                   {session.session_id, session.refresh_hash, session.previous_refresh_hash, session.rotate_time,
                    session.refresh_expire_time, expected_refresh_hash}));
    return changed > 0 ? absl::OkStatus() : base::EtagMismatch("session", session.session_id);
  });
}

absl::Status PostgresStore::RevokeSession(std::string_view session_id, absl::Time now) {
  return postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) { return Revoke(tx, session_id, now); },
                                  {.idempotent = true});
}

absl::StatusOr<std::vector<std::string>> PostgresStore::RevokedSince(absl::Time since) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result,
                           pool_.Read("select session_id from sessions where revoke_time > $1", {since}));
  std::vector<std::string> ids;
  for (const postgres::Row row : result) ids.push_back(row.Get<std::string>("session_id"));
  return ids;
}

absl::StatusOr<ApiKey> PostgresStore::CreateApiKey(const ApiKey& key, std::string_view request_id, bool& existed) {
  const auto create = [&](postgres::Transaction& tx) -> absl::StatusOr<ApiKey> {
    HOTLINE_ASSIGN_OR_RETURN(const std::string made, ClaimRequest(tx, request_id, "api_key", key.api_key_id));
    existed = !made.empty();
    if (!existed) {
      HOTLINE_ASSIGN_OR_RETURN(const postgres::Result unit, tx.Query("select 1 from units where unit_id = $1", {key.unit_id}));
      if (unit.empty()) return UnitNotFound(key.unit_id);
      HOTLINE_RETURN_IF_ERROR(
          tx.Execute("insert into api_keys (api_key_id, unit_id, label, roles, secret_hash, create_time, expire_time, revoked)"
                     " values ($1, $2, $3, $4, $5, $6, $7, false)",
                     {key.api_key_id, key.unit_id, key.label, key.roles, key.secret_hash, key.create_time, key.expire_time})
              .status());
    }
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result kept,
                             tx.Query(SelectKeys("where k.api_key_id = $1"), {existed ? made : key.api_key_id}));
    if (kept.empty()) return ApiKeyNotFound(key.api_key_id);
    return ReadKey(kept[0]);
  };
  return postgres::RunTransaction(pool_, create);
}

absl::StatusOr<ApiKey> PostgresStore::GetApiKey(std::string_view api_key_id) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result, pool_.Read(SelectKeys("where k.api_key_id = $1"), {api_key_id}));
  if (result.empty()) return ApiKeyNotFound(api_key_id);
  return ReadKey(result[0]);
}

absl::StatusOr<std::vector<ApiKey>> PostgresStore::ListApiKeys(std::string_view unit_id, std::string_view after, int limit) {
  HOTLINE_ASSIGN_OR_RETURN(
      const postgres::Result result,
      pool_.Read(SelectKeys("where ($1 = '' or k.unit_id = $1) and k.api_key_id > $2 order by k.api_key_id limit $3"),
                 {unit_id, after, limit}));
  std::vector<ApiKey> keys;
  for (const postgres::Row row : result) keys.push_back(ReadKey(row));
  return keys;
}

absl::StatusOr<ApiKey> PostgresStore::RevokeApiKey(std::string_view api_key_id, absl::Time now) {
  HOTLINE_RETURN_IF_ERROR(postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) -> absl::Status {
    HOTLINE_ASSIGN_OR_RETURN(const int64_t changed,
                             tx.Execute("update api_keys set revoked = true where api_key_id = $1", {api_key_id}));
    if (changed == 0) return ApiKeyNotFound(api_key_id);
    // Tokens made from the key carry this session id.
    const std::string session = "apikey:" + std::string(api_key_id);
    return postgres::Outbox::Append(tx, SessionRevokedEvent(session, session, now));
  }));
  return GetApiKey(api_key_id);
}

absl::Status PostgresStore::TouchApiKey(std::string_view api_key_id, absl::Time now) {
  return postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) {
    return tx.Execute("update api_keys set last_used_time = $2 where api_key_id = $1"
                      " and (last_used_time is null or last_used_time < $3)",
                      {api_key_id, now, now - absl::Minutes(1)}).status();
  }, {.idempotent = true});
}

absl::StatusOr<int> PostgresStore::CountFailures(std::string_view attempt_key, absl::Time now) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result,
                           pool_.Read("select failures from attempts where attempt_key = $1 and window_start > $2",
                                      {attempt_key, now - kAttemptWindow}));
  return result.empty() ? 0 : result[0].Get<int32_t>("failures");
}

absl::Status PostgresStore::AddFailure(std::string_view attempt_key, absl::Time now) {
  return postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) {
    return tx.Execute("insert into attempts as a (attempt_key, failures, window_start) values ($1, 1, $2)"
                      " on conflict (attempt_key) do update set"
                      " failures = case when a.window_start > $3 then a.failures + 1 else 1 end,"
                      " window_start = case when a.window_start > $3 then a.window_start else $2 end",
                      {attempt_key, now, now - kAttemptWindow}).status();
  });
}

absl::Status PostgresStore::ClearFailures(std::string_view attempt_key) {
  return postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) {
    return tx.Execute("delete from attempts where attempt_key = $1", {attempt_key}).status();
  }, {.idempotent = true});
}

}  // namespace hotline::directory
