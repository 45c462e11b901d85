#include "services/directory/events.h"

#include "services/directory/domain/limits.h"

namespace hotline::directory {
namespace {

constexpr std::string_view kSource = "directory";

}  // namespace

events::Event UnitChangedEvent(const Unit& unit, absl::Time now) {
  hotline::events::v1::UnitChanged data;
  data.set_unit_id(unit.unit_id);
  data.set_parent_id(unit.parent_id);
  data.set_path(unit.path);
  data.set_name(unit.name);
  data.set_active(unit.active);
  data.set_level(unit.level);
  data.set_area_code(unit.area_code);
  for (const std::string& tag : unit.tags) data.add_tags(tag);
  return events::Make(kSource, unit.unit_id, data, now);
}

events::Event UserChangedEvent(const User& user, absl::Time now) {
  hotline::events::v1::UserChanged data;
  data.set_user_id(user.user_id);
  data.set_unit_id(user.unit_id);
  data.set_active(user.active);
  return events::Make(kSource, user.user_id, data, now);
}

events::Event SessionRevokedEvent(std::string_view user_id, std::string_view session_id, absl::Time now) {
  hotline::events::v1::SessionRevoked data;
  data.set_session_id(std::string(session_id));
  data.mutable_token_expire_time()->set_seconds(absl::ToUnixSeconds(now + kAccessTokenLife));
  return events::Make(kSource, user_id, data, now);
}

}  // namespace hotline::directory
