// Checks of what people enter. Each adds the fields at fault to a list, named as in the proto, so that all are told at once.
// Pure functions.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>
#include <vector>

#include "libs/base/error.h"
#include "services/ticket/domain/commands.h"

namespace hotline::ticket::domain {

using Violations = std::vector<base::FieldViolation>;

void CheckText(Violations& found, std::string_view field, std::string_view text, size_t min, size_t max);
// Letters, digits and . - _ : up to 64: ids chosen by people or made by services.
void CheckCode(Violations& found, std::string_view field, std::string_view code, bool required);
void CheckPhone(Violations& found, std::string_view field, std::string_view phone);
// What a network presents as caller or dialled number may be "anonymous" or an address; it is kept only if it is a number.
std::string PresentedNumber(std::string_view presented);
void CheckOneOf(Violations& found, std::string_view field, std::string_view value, std::initializer_list<std::string_view> allowed);
void CheckTags(Violations& found, std::string_view field, const std::vector<std::string>& tags);

Violations Check(const Create& command);
Violations Check(const Amend& command);
Violations Check(const Dispatch& command);
Violations Check(const Sign& command);
Violations Check(const RequestReturn& command);
Violations Check(const DecideReturn& command);
Violations Check(const Reply& command);
Violations Check(const Review& command);
Violations Check(const Callback& command);
Violations Check(const Archive& command);
Violations Check(const Refuse& command);
Violations Check(const Remark& command);
Violations Check(const Rate& command);
Violations Check(const Alarm& command);

// OK, or INVALID_ARGUMENT naming the fields.
absl::Status ToStatus(Violations found);

}  // namespace hotline::ticket::domain
