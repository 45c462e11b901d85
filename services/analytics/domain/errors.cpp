#include "services/analytics/domain/errors.h"

#include "libs/base/error.h"

namespace hotline::analytics::errors {
namespace {

std::string Join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text.append(part);
  return text;
}

}  // namespace

absl::Status UnknownMeasure(const std::string& field) {
  return base::InvalidField(field, "UNKNOWN", "not a measure; ListMeasures names them");
}
absl::Status UnknownGrouping(const std::string& field) {
  return base::InvalidField(field, "UNKNOWN", "not a grouping; ListMeasures names them");
}
absl::Status RepeatedGrouping(const std::string& field) {
  return base::InvalidField(field, "REPEATED", "each grouping once");
}
absl::Status TooMany(const std::string& field, size_t most) {
  return base::InvalidField(field, "TOO_MANY", Join({"at most ", std::to_string(most)}));
}
absl::Status MeasureNotBy(const std::string& field, std::string_view measure, std::string_view grouping) {
  return base::InvalidField(field, "NOT_BY_GROUPING", Join({measure, " cannot be split by ", grouping}));
}
absl::Status MeasureNotOfUnits(const std::string& field, std::string_view measure) {
  return base::InvalidField(field, "NOT_BY_UNIT", Join({measure, " belongs to the centre as a whole, not to units"}));
}
absl::Status NoMeasureFits() {
  return base::InvalidField("group_by", "NOT_BY_GROUPING", "no measure can be split by all of these");
}
absl::Status BadPeriod(const std::string& field, std::string_view rule, std::string_view description) {
  return base::InvalidField(field, rule, description);
}
absl::Status UnknownUnit() { return base::InvalidField("unit_id", "UNKNOWN", "no such unit"); }

absl::Status CentreOnly() {
  return base::PermissionDenied("CENTRE_ONLY", "figures of the centre's calls are not for units");
}
absl::Status UnitOutOfReach() {
  return base::PermissionDenied("UNIT_OUT_OF_REACH", "only your own unit and those below it");
}
absl::Status TooManyRows(size_t most) {
  return base::FailedPrecondition("TOO_MANY_ROWS",
                                  Join({"more than ", std::to_string(most), " rows; ask for a shorter period or fewer groupings"}));
}
absl::Status WallboardNotReady() {
  return base::Unavailable("WALLBOARD_NOT_READY", "the figures of the wallboard are not computed yet");
}
absl::Status TooManyWatchers() {
  return base::ResourceExhausted("TOO_MANY_WATCHERS", "too many watch the wallboard; share one stream");
}
absl::Status FactWithoutId(std::string_view type) {
  return base::InvalidField("data", "REQUIRED", Join({type, " does not say what it is about"}));
}

}  // namespace hotline::analytics::errors
