// Makes the role and the schema of one service, as an administrator. Deployments run provision.sql (beside this file) with
// psql instead; both do the same and may be repeated.
#pragma once

#include <absl/status/status.h>

#include <string>

#include "libs/postgres/connection.h"

namespace hotline::postgres {

struct RoleAndSchema {
  std::string role = {};      // Login role, e.g. "hotline_ticket".
  std::string password = {};  // Empty: no password (peer or trust authentication).
  std::string schema = {};    // Owned by the role, e.g. "ticket".
};

absl::Status CreateRoleAndSchema(Connection& admin, const RoleAndSchema& wanted);

}  // namespace hotline::postgres
