// What directory's configuration holds beside the common part. Plain values.
#pragma once

#include "libs/runtime/config.h"

namespace hotline::directory {

struct Config {
  runtime::CommonConfig common;
  std::string migrations_dir;    // services/directory/migrations as installed
  std::string signing_key_file;  // JWK of kid "directory": signs users' tokens
  // Made on the first start of an empty directory, never afterwards.
  std::string root_unit_id = "city";
  std::string root_unit_name;
  std::string root_unit_name_en;
  std::string admin_user_name = "admin";
  std::string admin_password;  // from admin_password_file
};

// Keys: those of the common part, migrations_dir, signing_key_file, bootstrap {root_unit_id?, root_unit_name,
// root_unit_name_en?, admin_user_name?, admin_password_file}. Errors are left in the reader for Finish().
Config ReadConfig(base::JsonReader& root);

}  // namespace hotline::directory
