// Every error this service gives on its own account. Reasons are stable: callers branch on them. Pure functions.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>

namespace hotline::analytics::errors {

// INVALID_ARGUMENT INVALID_FIELD with the rule in the field's violation.
absl::Status UnknownMeasure(const std::string& field);
absl::Status UnknownGrouping(const std::string& field);
absl::Status RepeatedGrouping(const std::string& field);
absl::Status TooMany(const std::string& field, size_t most);
absl::Status MeasureNotBy(const std::string& field, std::string_view measure, std::string_view grouping);  // rule NOT_BY_GROUPING
absl::Status MeasureNotOfUnits(const std::string& field, std::string_view measure);                        // rule NOT_BY_UNIT
absl::Status NoMeasureFits();                                                                              // rule NOT_BY_GROUPING
absl::Status BadPeriod(const std::string& field, std::string_view rule, std::string_view description);
absl::Status UnknownUnit();

absl::Status CentreOnly();        // PERMISSION_DENIED CENTRE_ONLY
absl::Status UnitOutOfReach();    // PERMISSION_DENIED UNIT_OUT_OF_REACH
absl::Status TooManyRows(size_t most);  // FAILED_PRECONDITION TOO_MANY_ROWS
absl::Status WallboardNotReady();       // UNAVAILABLE WALLBOARD_NOT_READY
absl::Status TooManyWatchers();         // RESOURCE_EXHAUSTED TOO_MANY_WATCHERS
absl::Status FactWithoutId(std::string_view type);  // INVALID_ARGUMENT INVALID_FIELD: the event is a dead letter

}  // namespace hotline::analytics::errors
