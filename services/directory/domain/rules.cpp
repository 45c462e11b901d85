#include "services/directory/domain/rules.h"

#include <algorithm>
#include <array>
#include <set>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/text.h"
#include "services/directory/domain/errors.h"
#include "services/directory/domain/limits.h"

namespace hotline::directory {
namespace {

constexpr std::array<std::string_view, 10> kUnitKinds = {"government_office", "county", "department", "utility",
                                                         "township", "section", "vertical", "company",
                                                         "social", "enterprise"};
// Those that guessing begins with and that are long enough to pass the length rule: as they stand, and words with whatever
// digits and signs are hung on them.
constexpr std::array<std::string_view, 3> kWellKnown = {"1234567890", "0123456789", "1q2w3e4r5t"};
constexpr std::array<std::string_view, 10> kWellKnownWords = {"password", "qwertyuiop", "qwerty", "admin", "administrator",
                                                              "hotline", "iloveyou", "letmein", "welcome", "changeme"};
constexpr size_t kMinDifferentCharacters = 5;

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

bool IsWellKnown(std::string_view lower) {
  const auto word_end = lower.find_last_of("abcdefghijklmnopqrstuvwxyz");
  const std::string_view word = lower.substr(0, word_end == std::string_view::npos ? 0 : word_end + 1);
  return std::find(kWellKnown.begin(), kWellKnown.end(), lower) != kWellKnown.end() ||
         std::find(kWellKnownWords.begin(), kWellKnownWords.end(), word) != kWellKnownWords.end();
}

absl::Status CheckRoles(std::string_view field, const std::vector<std::string>& roles) {
  if (roles.empty()) return base::InvalidField(field, "REQUIRED", "at least one role");
  if (roles.size() > kMaxRolesOfUser) return base::InvalidField(field, "TOO_MANY", "at most 10 roles");
  for (const std::string& role : roles) {
    if (role.empty()) return base::InvalidField(field, "UNKNOWN_ROLE", "a role is unknown");
  }
  return absl::OkStatus();
}

absl::Status CheckUnitId(std::string_view field, std::string_view id) {
  const bool good = id.size() >= kMinUnitId && id.size() <= kMaxUnitId &&
                    std::all_of(id.begin(), id.end(), [](char c) { return IsLowerOrDigit(c) || c == '-'; });
  return good ? absl::OkStatus() : base::InvalidField(field, "BAD_FORMAT", "2 to 64 characters of a-z, 0-9 and '-'");
}

}  // namespace

absl::Status CheckUserName(std::string_view field, std::string_view name) {
  const bool good = name.size() >= kMinUserName && name.size() <= kMaxUserName &&
                    std::all_of(name.begin(), name.end(), [](char c) {
                      return IsLowerOrDigit(c) || c == '.' || c == '_' || c == '-';
                    });
  return good ? absl::OkStatus()
              : base::InvalidField(field, "BAD_FORMAT", "2 to 64 characters of a-z, 0-9, '.', '_' and '-'");
}

absl::Status CheckPassword(std::string_view field, std::string_view password, std::string_view user_name) {
  if (!base::IsValidUtf8(password)) return base::InvalidField(field, "BAD_UTF8", "not UTF-8");
  const size_t length = base::CodePoints(password);
  if (length < kMinPassword) return WeakPassword(field, "at least 10 characters");
  if (length > kMaxPassword) return base::InvalidField(field, "TOO_LONG", "at most 128 characters");
  const std::string lower = Lower(password);
  if (!user_name.empty() && lower.find(user_name) != std::string::npos && user_name.size() >= 4) {
    return WeakPassword(field, "must not contain the user name");
  }
  if (std::set<char>(lower.begin(), lower.end()).size() < kMinDifferentCharacters) {
    return WeakPassword(field, "at least 5 different characters");
  }
  if (IsWellKnown(lower)) return WeakPassword(field, "too well known");
  return absl::OkStatus();
}

absl::Status CheckUser(const User& user) {
  HOTLINE_RETURN_IF_ERROR(CheckUserName("user.user_name", user.user_name));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("user.display_name", user.display_name, 1, kMaxDisplayName));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("user.employee_number", user.employee_number, 0, kMaxEmployeeNumber));
  HOTLINE_RETURN_IF_ERROR(CheckUnitId("user.unit_id", user.unit_id));
  return CheckRoles("user.roles", user.roles);
}

absl::Status CheckUnit(const Unit& unit) {
  HOTLINE_RETURN_IF_ERROR(CheckUnitId("unit.unit_id", unit.unit_id));
  if (!unit.parent_id.empty()) HOTLINE_RETURN_IF_ERROR(CheckUnitId("unit.parent_id", unit.parent_id));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("unit.name", unit.name, 1, kMaxUnitName));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("unit.name_en", unit.name_en, 0, kMaxUnitName));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("unit.area_code", unit.area_code, 0, kMaxPhone));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("unit.phone", unit.phone, 0, kMaxPhone));
  if (std::find(kUnitKinds.begin(), kUnitKinds.end(), unit.kind) == kUnitKinds.end()) {
    return base::InvalidField("unit.kind", "NOT_ALLOWED", "unknown kind of unit");
  }
  if (unit.level < 1 || unit.level > 3) return base::InvalidField("unit.level", "OUT_OF_RANGE", "1 to 3");
  if (unit.tags.size() > kMaxTags) return base::InvalidField("unit.tags", "TOO_MANY", "at most 30 tags");
  for (const std::string& tag : unit.tags) HOTLINE_RETURN_IF_ERROR(base::CheckText("unit.tags", tag, 1, kMaxTag));
  return absl::OkStatus();
}

absl::Status CheckApiKey(const ApiKey& key, absl::Time now) {
  HOTLINE_RETURN_IF_ERROR(CheckUnitId("api_key.unit_id", key.unit_id));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("api_key.label", key.label, 1, kMaxLabel));
  if (key.expire_time && *key.expire_time <= now) {
    return base::InvalidField("api_key.expire_time", "OUT_OF_RANGE", "must be in the future");
  }
  return CheckRoles("api_key.roles", key.roles);
}

absl::Status CheckRequestId(std::string_view request_id) {
  if (request_id.empty()) return base::InvalidField("request_id", "REQUIRED", "a UUID");
  if (!base::IsValidId(request_id)) return base::InvalidField("request_id", "BAD_FORMAT", "a UUID in lower case");
  return absl::OkStatus();
}

std::string UnitPath(std::string_view parent_path, std::string_view unit_id) {
  return std::string(parent_path.empty() ? "/" : parent_path) + std::string(unit_id) + "/";
}

int UnitDepth(std::string_view path) { return static_cast<int>(std::count(path.begin(), path.end(), '/')) - 1; }

RefreshVerdict JudgeRefresh(const Session& session, std::string_view token_hash, absl::Time now) {
  if (session.revoke_time || now >= session.refresh_expire_time) return RefreshVerdict::kRefuse;
  if (token_hash == session.refresh_hash) return RefreshVerdict::kRotate;
  const bool previous = !session.previous_refresh_hash.empty() && token_hash == session.previous_refresh_hash;
  if (previous && now < session.rotate_time + kRefreshGrace) return RefreshVerdict::kRotate;
  return RefreshVerdict::kRevoke;
}

}  // namespace hotline::directory
