#include "services/directory/bootstrap.h"

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "services/directory/domain/rules.h"
#include "services/directory/secrets.h"

namespace hotline::directory {

absl::Status Bootstrap(Store& store, const Config& config, absl::Time now) {
  HOTLINE_ASSIGN_OR_RETURN(const bool has_users, store.HasUsers());
  if (has_users) return absl::OkStatus();
  Unit root;
  root.unit_id = config.root_unit_id;
  root.name = config.root_unit_name;
  root.name_en = config.root_unit_name_en;
  root.kind = "government_office";
  HOTLINE_RETURN_IF_ERROR(CheckUnit(root));
  if (const auto made = store.CreateUnit(root, ""); !made.ok() && !base::HasReason(made.status(), "UNIT_EXISTS")) {
    return made.status();
  }
  User admin;
  admin.user_id = base::NewId();
  admin.user_name = config.admin_user_name;
  admin.display_name = config.admin_user_name;
  admin.unit_id = config.root_unit_id;
  admin.roles = {"admin"};
  admin.create_time = now;
  HOTLINE_RETURN_IF_ERROR(CheckUser(admin));
  HOTLINE_RETURN_IF_ERROR(CheckPassword("bootstrap.admin_password", config.admin_password, admin.user_name));
  HOTLINE_ASSIGN_OR_RETURN(admin.password_hash, HashPassword(config.admin_password));
  const auto made = store.CreateUser(admin, "");
  // Another replica may have been faster.
  return made.ok() || base::HasReason(made.status(), "USER_EXISTS") ? absl::OkStatus() : made.status();
}

}  // namespace hotline::directory
