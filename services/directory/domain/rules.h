// What makes accounts, units and keys valid. Pure functions; errors name the field and the rule.
#pragma once

#include <absl/status/status.h>

#include <string_view>

#include "services/directory/domain/types.h"

namespace hotline::directory {

absl::Status CheckUserName(std::string_view field, std::string_view name);
// Length, not the user name, more than a few different characters, not among the best known.
absl::Status CheckPassword(std::string_view field, std::string_view password, std::string_view user_name);
absl::Status CheckUser(const User& user);
absl::Status CheckUnit(const Unit& unit);
absl::Status CheckApiKey(const ApiKey& key, absl::Time now);
absl::Status CheckRequestId(std::string_view request_id);

// The path of a unit below `parent_path` ("" for the root).
std::string UnitPath(std::string_view parent_path, std::string_view unit_id);
int UnitDepth(std::string_view path);

// What to do with a refresh token that was presented.
enum class RefreshVerdict {
  kRotate,    // the current one, or the one before within the grace
  kRefuse,    // session over, or expired
  kRevoke,    // an older one: it was stolen, or its owner is being imitated
};
RefreshVerdict JudgeRefresh(const Session& session, std::string_view token_hash, absl::Time now);

}  // namespace hotline::directory
