#include "libs/postgres/provisioning.h"

namespace hotline::postgres {

absl::Status CreateRoleAndSchema(Connection& admin, const RoleAndSchema& wanted) {
  // Names and the password cannot be bound in such statements; format() on the server quotes them.
  constexpr std::string_view kMake[] = {
      "select format('create role %I login', $1::text) as sql where not exists (select from pg_roles where rolname = $1)",
      "select format('create schema %I authorization %I', $2::text, $1::text) as sql"
      " where not exists (select from pg_namespace where nspname = $2)",
      "select format('alter role %I in database %I set search_path = %I', $1::text, current_database(), $2::text) as sql",
      "select format('revoke all on schema %I from public', $2::text) as sql from (select $1::text) as unused",
      "select 'revoke create on schema public from public' as sql from (select $1::text, $2::text) as unused"};
  for (const std::string_view make : kMake) {
    Params params = {wanted.role};
    if (make.find("$2") != std::string_view::npos) params.push_back(wanted.schema);
    const auto rows = admin.Query(make, params);
    if (!rows.ok()) return rows.status();
    for (const Row row : *rows) {
      if (absl::Status status = admin.ExecuteScript(row.Get<std::string>("sql")); !status.ok()) return status;
    }
  }
  if (wanted.password.empty()) return absl::OkStatus();
  const auto rows = admin.Query("select format('alter role %I password %L', $1::text, $2::text) as sql",
                                {wanted.role, wanted.password});
  if (!rows.ok()) return rows.status();
  return admin.ExecuteScript((*rows)[0].Get<std::string>("sql"));
}

}  // namespace hotline::postgres
