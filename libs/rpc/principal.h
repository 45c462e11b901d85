// Who makes a call, as verified. A plain value.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "libs/rpc/auth.h"

namespace hotline::rpc {

struct Principal {
  // kUser: a user, through calling_service. kService: calling_service on its own behalf. kAnyone: nobody known.
  enum class Kind { kAnyone, kUser, kService };
  Kind kind = Kind::kAnyone;
  std::string user_id = {};
  std::string session_id = {};
  std::string name = {};  // personal data, never logged
  std::vector<Role> roles = {};
  std::string unit_id = {};
  std::string unit_path = {};        // "/root/dept/office/"
  std::string calling_service = {};  // who sent the call, e.g. "gateway"; empty if it did not say

  bool is_user() const { return kind == Kind::kUser; }
  bool is_service() const { return kind == Kind::kService; }
  bool HasRole(Role role) const { return std::find(roles.begin(), roles.end(), role) != roles.end(); }
  bool HasAnyRole(std::initializer_list<Role> any) const {
    return std::any_of(any.begin(), any.end(), [this](Role role) { return HasRole(role); });
  }
  // Whether the unit with this materialised path is the user's own or below it; services see all, strangers nothing.
  // That dispatchers, say, see more than their subtree is the service's own rule.
  bool CanSeeUnit(std::string_view path) const {
    if (is_service()) return true;
    return is_user() && unit_path.size() >= 2 && unit_path.front() == '/' && unit_path.back() == '/' &&
           path.starts_with(unit_path);
  }
};

}  // namespace hotline::rpc
