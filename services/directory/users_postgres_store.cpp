// Users and request ids in PostgreSQL.
#include "libs/postgres/outbox.h"
#include "libs/postgres/transaction.h"
#include "services/directory/domain/errors.h"
#include "services/directory/events.h"
#include "services/directory/postgres_store.h"
#include "services/directory/requests.h"

namespace hotline::directory {
namespace {

constexpr char kSelectUsers[] =
    "select u.user_id, u.user_name, u.display_name, u.unit_id, n.path as unit_path, u.roles, u.active, u.employee_number,"
    " u.password_hash, u.version, u.create_time from users u join units n using (unit_id) ";

User UserOf(const postgres::Row& row) {
  return {.user_id = row.Get<std::string>("user_id"),
          .user_name = row.Get<std::string>("user_name"),
          .display_name = row.Get<std::string>("display_name"),
          .unit_id = row.Get<std::string>("unit_id"),
          .unit_path = row.Get<std::string>("unit_path"),
          .roles = row.Get<std::vector<std::string>>("roles"),
          .active = row.Get<bool>("active"),
          .employee_number = row.Get<std::string>("employee_number"),
          .password_hash = row.Get<std::string>("password_hash"),
          .version = row.Get<int64_t>("version"),
          .create_time = row.Get<absl::Time>("create_time")};
}

std::string SelectUsers(std::string_view rest) { return kSelectUsers + std::string(rest); }

absl::StatusOr<User> FindUser(postgres::Transaction& tx, std::string_view user_id) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result, tx.Query(SelectUsers("where u.user_id = $1"), {user_id}));
  if (result.empty()) return UserNotFound(user_id);
  return UserOf(result[0]);
}

absl::Status RequireActiveUnit(postgres::Transaction& tx, std::string_view unit_id) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result unit, tx.Query("select active from units where unit_id = $1", {unit_id}));
  if (unit.empty()) return UnitNotFound(unit_id);
  return unit[0].Get<bool>("active") ? absl::OkStatus() : UnitInactive();
}

// A city without an administrator could not be mended through its own API.
absl::Status RequireAdminLeft(postgres::Transaction& tx) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result admins,
                           tx.Query("select 1 from users where active and 'admin' = any(roles) limit 1"));
  return admins.empty() ? LastAdmin() : absl::OkStatus();
}

absl::Status RevokeSessions(postgres::Transaction& tx, std::string_view user_id, std::string_view keep, absl::Time now) {
  HOTLINE_ASSIGN_OR_RETURN(
      const postgres::Result ended,
      tx.Query("update sessions set revoke_time = $2 where user_id = $1 and revoke_time is null and session_id::text <> $3"
               " returning session_id",
               {user_id, now, keep}));
  for (const postgres::Row row : ended) {
    HOTLINE_RETURN_IF_ERROR(
        postgres::Outbox::Append(tx, SessionRevokedEvent(user_id, row.Get<std::string>("session_id"), now)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ClaimRequest(postgres::Transaction& tx, std::string_view request_id, std::string_view kind,
                                         std::string_view entity_id) {
  if (request_id.empty()) return std::string();
  HOTLINE_ASSIGN_OR_RETURN(const int64_t claimed,
                           tx.Execute("insert into requests (request_id, kind, entity_id) values ($1, $2, $3)"
                                      " on conflict do nothing",
                                      {request_id, kind, entity_id}));
  if (claimed > 0) return std::string();
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result earlier,
                           tx.Query("select kind, entity_id from requests where request_id = $1", {request_id}));
  if (earlier.empty() || earlier[0].Get<std::string>("kind") != kind) return RequestIdReused();
  return earlier[0].Get<std::string>("entity_id");
}

absl::StatusOr<User> PostgresStore::CreateUser(User user, std::string_view request_id) {
  const auto create = [&](postgres::Transaction& tx) -> absl::StatusOr<User> {
    HOTLINE_ASSIGN_OR_RETURN(const std::string made, ClaimRequest(tx, request_id, "user", user.user_id));
    if (!made.empty()) return FindUser(tx, made);
    HOTLINE_RETURN_IF_ERROR(RequireActiveUnit(tx, user.unit_id));
    HOTLINE_ASSIGN_OR_RETURN(
        const int64_t inserted,
        tx.Execute("insert into users (user_id, user_name, display_name, unit_id, roles, active, employee_number,"
                   " password_hash, version, create_time) values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)"
                   " on conflict (user_name) do nothing",
                   {user.user_id, user.user_name, user.display_name, user.unit_id, user.roles, user.active,
                    user.employee_number, user.password_hash, user.create_time}));
    if (inserted == 0) return UserExists();
    HOTLINE_ASSIGN_OR_RETURN(const User kept, FindUser(tx, user.user_id));
    HOTLINE_RETURN_IF_ERROR(postgres::Outbox::Append(tx, UserChangedEvent(kept, kept.create_time)));
    return kept;
  };
  return postgres::RunTransaction(pool_, create, {.idempotent = true});
}

absl::StatusOr<User> PostgresStore::UpdateUser(const User& user, absl::Time now) {
  const auto update = [&](postgres::Transaction& tx) -> absl::StatusOr<User> {
    HOTLINE_RETURN_IF_ERROR(tx.Lock("admins"));
    HOTLINE_RETURN_IF_ERROR(RequireActiveUnit(tx, user.unit_id));
    HOTLINE_ASSIGN_OR_RETURN(
        const int64_t changed,
        tx.Execute("update users set display_name = $3, unit_id = $4, roles = $5, active = $6, employee_number = $7,"
                   " version = version + 1 where user_id = $1 and version = $2",
                   {user.user_id, user.version, user.display_name, user.unit_id, user.roles, user.active,
                    user.employee_number}));
    HOTLINE_ASSIGN_OR_RETURN(const User kept, FindUser(tx, user.user_id));
    if (changed == 0) return base::EtagMismatch("user", user.user_id);
    HOTLINE_RETURN_IF_ERROR(RequireAdminLeft(tx));
    if (!kept.active) HOTLINE_RETURN_IF_ERROR(RevokeSessions(tx, user.user_id, "", now));
    HOTLINE_RETURN_IF_ERROR(postgres::Outbox::Append(tx, UserChangedEvent(kept, now)));
    return kept;
  };
  return postgres::RunTransaction(pool_, update);
}

absl::Status PostgresStore::SetPassword(std::string_view user_id, std::string_view password_hash,
                                        std::string_view keep_session, absl::Time now) {
  return postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) -> absl::Status {
    HOTLINE_ASSIGN_OR_RETURN(const int64_t changed,
                             tx.Execute("update users set password_hash = $2, version = version + 1 where user_id = $1",
                                        {user_id, password_hash}));
    if (changed == 0) return UserNotFound(user_id);
    return RevokeSessions(tx, user_id, keep_session, now);
  });
}

absl::StatusOr<User> PostgresStore::GetUser(std::string_view user_id) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result, pool_.Read(SelectUsers("where u.user_id::text = $1"), {user_id}));
  if (result.empty()) return UserNotFound(user_id);
  return UserOf(result[0]);
}

absl::StatusOr<User> PostgresStore::GetUserByName(std::string_view user_name) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result, pool_.Read(SelectUsers("where u.user_name = $1"), {user_name}));
  if (result.empty()) return UserNotFound(user_name);
  return UserOf(result[0]);
}

absl::StatusOr<std::vector<User>> PostgresStore::ListUsers(const UserFilter& filter) {
  HOTLINE_ASSIGN_OR_RETURN(
      const postgres::Result result,
      pool_.Read(SelectUsers("where starts_with(n.path, $1) and ($2 = '' or $2 = any(u.roles))"
                        " and ($3 = '' or position($3 in u.user_name) > 0 or position($3 in u.display_name) > 0)"
                        " and u.user_name > $4 order by u.user_name limit $5"),
                 {filter.unit_path, filter.role, filter.query, filter.after, filter.limit}));
  std::vector<User> users;
  for (const postgres::Row row : result) users.push_back(UserOf(row));
  return users;
}

absl::StatusOr<bool> PostgresStore::HasUsers() {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result, pool_.Read("select 1 from users limit 1"));
  return !result.empty();
}

}  // namespace hotline::directory
