// What directory keeps, as plain values.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hotline::directory {

struct Unit {
  std::string unit_id;
  std::string parent_id;
  std::string path;  // "/city/water-bureau/"
  int level = 1;
  std::string name;
  std::string name_en;
  std::string kind;
  std::vector<std::string> tags;
  std::string area_code;
  std::string phone;
  bool active = true;
  int64_t version = 1;
};

struct User {
  std::string user_id;
  std::string user_name;
  std::string display_name;
  std::string unit_id;
  std::string unit_path;           // of the unit, joined when read
  std::vector<std::string> roles;  // names as in tokens: "team_lead"
  bool active = true;
  std::string employee_number;
  std::string password_hash;  // Argon2id, libsodium's string form
  int64_t version = 1;
  absl::Time create_time;
};

struct Session {
  std::string session_id;
  std::string user_id;
  std::string refresh_hash;           // of the token that renews it
  std::string previous_refresh_hash;  // of the one before; empty at first
  absl::Time rotate_time;             // when the current one was given
  absl::Time refresh_expire_time;
  std::optional<absl::Time> revoke_time;
};

struct ApiKey {
  std::string api_key_id;
  std::string unit_id;
  std::string unit_path;  // joined when read
  std::string label;
  std::vector<std::string> roles;
  std::string secret_hash;
  absl::Time create_time;
  std::optional<absl::Time> expire_time;
  std::optional<absl::Time> last_used_time;
  bool revoked = false;
};

}  // namespace hotline::directory
