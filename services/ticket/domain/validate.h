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

void Add(Violations& found, std::string_view field, std::string_view rule, std::string_view description);
// The number of an enum's value: 0 to count - 1, and not 0 where one is required.
void CheckNumber(Violations& found, std::string_view field, int number, int count, bool required);
template <class Enum>
void CheckEnum(Violations& found, std::string_view field, Enum value, int count, bool required) {
  CheckNumber(found, field, static_cast<int>(value), count, required);
}
void CheckText(Violations& found, std::string_view field, std::string_view text, size_t min, size_t max);
// Letters, digits and . - _ : up to 64: ids chosen by people or made by services.
void CheckCode(Violations& found, std::string_view field, std::string_view code, bool required);
void CheckPhone(Violations& found, std::string_view field, std::string_view phone);
// What a network presents as caller or dialled number may be "anonymous" or an address; it is kept only if it is a number.
std::string PresentedNumber(std::string_view presented);
void CheckOneOf(Violations& found, std::string_view field, std::string_view value, std::initializer_list<std::string_view> allowed);
// Values of a form's own fields: how many, how long; what they mean is the form's to check (process.h).
void CheckExtra(Violations& found, std::string_view field, const std::map<std::string, std::string>& extra);
void CheckTags(Violations& found, std::string_view field, const std::vector<std::string>& tags);

Violations Check(const Create& command);
Violations Check(const Amend& command);
Violations Check(const Dispatch& command);
Violations Check(const Refuse& command);
Violations Check(const Defer& command);
Violations Check(const Answer& command);
Violations Check(const Coordinate& command);
Violations Check(const ReportUp& command);
Violations Check(const Instruct& command);
Violations Check(const HandOver& command);
Violations Check(const UpdateHandover& command);
Violations Check(const SetUrgency& command);
Violations Check(const SetConfidential& command);
Violations Check(const Withdraw& command);
Violations Check(const Sign& command);
Violations Check(const RequestReturn& command);
Violations Check(const DecideReturn& command);
Violations Check(const Arbitrate& command);
Violations Check(const PassUp& command);
Violations Check(const Contact& command);
Violations Check(const ReportProgress& command);
Violations Check(const GiveOpinion& command);
Violations Check(const Mediate& command);
Violations Check(const RequestExtension& command);
Violations Check(const DecideExtension& command);
Violations Check(const Reply& command);
Violations Check(const Approve& command);
Violations Check(const Review& command);
Violations Check(const Callback& command);
Violations Check(const Archive& command);
Violations Check(const Reopen& command);
Violations Check(const RateMatter& command);
Violations Check(const ReviewRating& command);
Violations Check(const Publish& command);
Violations Check(const Unpublish& command);
Violations Check(const Remark& command);
Violations Check(const Supervise& command);
Violations Check(const EndSupervision& command);
Violations Check(const Merge& command);
Violations Check(const Split& command);
Violations Check(const FollowGroup& command);
Violations Check(const LinkTo& command);
Violations Check(const Unlink& command);
Violations Check(const MarkRepeat& command);
Violations Check(const ReviewRepeat& command);
Violations Check(const Rate& command);
Violations Check(const Alarm& command);
Violations Check(const CloseReturnWindow& command);
Violations Check(const NoteDocument& command);
Violations Check(const NoteBan& command);

// OK, or INVALID_ARGUMENT naming the fields.
absl::Status ToStatus(Violations found);

}  // namespace hotline::ticket::domain
