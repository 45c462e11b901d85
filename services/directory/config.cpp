#include "services/directory/config.h"

namespace hotline::directory {

Config ReadConfig(base::JsonReader& root) {
  Config config;
  config.common = runtime::ReadCommonConfig(root);
  config.migrations_dir = root.String("migrations_dir");
  config.signing_key_file = root.String("signing_key_file");
  base::JsonReader bootstrap = root.Object("bootstrap");
  config.root_unit_id = bootstrap.String("root_unit_id", config.root_unit_id);
  config.root_unit_name = bootstrap.String("root_unit_name");
  config.root_unit_name_en = bootstrap.String("root_unit_name_en", "");
  config.admin_user_name = bootstrap.String("admin_user_name", config.admin_user_name);
  config.admin_password = bootstrap.Secret("admin_password");
  return config;
}

}  // namespace hotline::directory
