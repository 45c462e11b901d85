// Policies and the calendar; the clocks are in clock_service.cpp.
#include "services/sla_timer/service.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "libs/base/text.h"
#include "services/sla_timer/calendar_proto.h"
#include "services/sla_timer/clock_proto.h"
#include "services/sla_timer/domain/errors.h"
#include "services/sla_timer/events.h"
#include "services/sla_timer/policy_proto.h"
#include "services/sla_timer/preview.h"
#include "services/sla_timer/service_parts.h"

namespace hotline::sla_timer {
namespace {

constexpr absl::Duration kReserve = absl::Milliseconds(500);  // Of a caller's deadline, for the answer itself.

absl::StatusOr<std::vector<calendar::Day>> DaysOf(const google::protobuf::RepeatedPtrField<v1::CalendarDay>& given_days) {
  if (given_days.empty() || given_days.size() > kMaxImportDays) {
    return errors::Invalid("days", "OUT_OF_RANGE", absl::StrCat("1 to ", kMaxImportDays, " days"));
  }
  std::vector<calendar::Day> days;
  for (int i = 0; i < given_days.size(); ++i) {
    const v1::CalendarDay& given = given_days[i];
    const std::string field = absl::StrCat("days[", i, "]");
    calendar::Day day;
    if (given.date().size() != 10 || !absl::ParseCivilTime(given.date(), &day.date)) {
      return errors::Invalid(field + ".date", "BAD_FORMAT", "YYYY-MM-DD");
    }
    if (given.kind() != "off" && given.kind() != "work") return errors::Invalid(field + ".kind", "BAD_VALUE", "off or work");
    HOTLINE_RETURN_IF_ERROR(base::CheckText(field + ".name", given.name(), 0, 50));
    day.kind = given.kind() == "off" ? calendar::DayKind::kOff : calendar::DayKind::kWork;
    day.name = given.name();
    days.push_back(std::move(day));
  }
  return days;
}

}  // namespace

absl::StatusOr<std::optional<int64_t>> VersionOf(const std::string& etag, std::string_view kind, std::string_view id) {
  if (etag.empty()) return std::optional<int64_t>();
  int64_t version = 0;
  // An etag that we never gave is one that no longer fits.
  if (!absl::SimpleAtoi(etag, &version) || version < 1) return errors::EtagMismatch(kind, id);
  return std::optional<int64_t>(version);
}

std::mutex& PreviewTurn() {
  static std::mutex turn;
  return turn;
}

bool NoTimeLeft(const rpc::Context& context) {
  return context.cancelled() || context.TimeLeft(absl::InfiniteDuration()) < kReserve;
}

PolicyService::PolicyService(rpc::Node& node, rpc::Pool& pool, Store& store, Rules& rules, Wheel& wheel)
    : PlainService(node, pool, v1::PolicyService::service_full_name()), store_(store), rules_(rules), wheel_(wheel), clock_(node.clock()) {
  Handle("ListPolicies", &PolicyService::ListPolicies);
  Handle("GetPolicy", &PolicyService::GetPolicy);
  Handle("PutPolicy", &PolicyService::PutPolicy);
  Handle("PreviewPolicy", &PolicyService::PreviewPolicy);
}

absl::Status PolicyService::Fill(const PolicyRecord& record, v1::Policy& policy) const {
  HOTLINE_ASSIGN_OR_RETURN(policy, FromJson(record.json));
  policy.set_version(record.version);
  policy.set_etag(absl::StrCat(record.version));
  SetTimestamp(record.update_time, policy.mutable_update_time());
  policy.set_updated_by(record.updated_by);
  policy.set_applies_to_open(record.applies_to_open);
  policy.set_active(record.policy_id == rules_.options().active_policy);
  return absl::OkStatus();
}

absl::Status PolicyService::ListPolicies(rpc::Context&, const v1::ListPoliciesRequest&, v1::ListPoliciesResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<PolicyRecord> policies, store_.ListPolicies());
  for (const PolicyRecord& policy : policies) HOTLINE_RETURN_IF_ERROR(Fill(policy, *response.add_policies()));
  return absl::OkStatus();
}

absl::Status PolicyService::GetPolicy(rpc::Context&, const v1::GetPolicyRequest& request, v1::Policy& response) {
  if (request.version() < 0) return errors::Invalid("version", "OUT_OF_RANGE", "0 or a version");
  HOTLINE_ASSIGN_OR_RETURN(const PolicyRecord policy, store_.GetPolicy(request.policy_id(), request.version()));
  return Fill(policy, response);
}

absl::Status PolicyService::PutPolicy(rpc::Context& context, const v1::PutPolicyRequest& request, v1::Policy& response) {
  HOTLINE_RETURN_IF_ERROR(FromProto(request.policy()).status());
  const std::string& id = request.policy().policy_id();
  HOTLINE_ASSIGN_OR_RETURN(const std::optional<int64_t> expected, VersionOf(request.policy().etag(), "policy", id));
  HOTLINE_ASSIGN_OR_RETURN(const PolicyRecord policy,
                           store_.PutPolicy(id, ToJson(request.policy()), expected.value_or(0), context.principal().user_id,
                                            Micros(clock_.Now()), request.apply_to_open()));
  // Tickets that come after this answer are counted by it, here at once; where it cannot be read now, the wheel does later.
  rules_.Load().IgnoreError();
  wheel_.Wake();
  return Fill(policy, response);
}

absl::Status PolicyService::PreviewPolicy(rpc::Context& context, const v1::PreviewPolicyRequest& request, v1::Preview& response) {
  HOTLINE_ASSIGN_OR_RETURN(Policy policy, FromProto(request.policy()));
  const std::unique_lock turn(PreviewTurn(), std::try_to_lock);
  if (!turn) return errors::PreviewBusy();
  policy.version = std::numeric_limits<int64_t>::max();  // Later than any.
  const absl::Time now = Micros(clock_.Now());
  const Rules::Now rules = rules_.Get();
  const auto decide = [&](const Clock& clock) -> absl::StatusOr<Change> {
    HOTLINE_RETURN_IF_ERROR(rules_.Prepare({clock}));
    return Recompute(clock, &policy, rules.world, now);
  };
  return CountMoves(store_, {.policy_id = policy.policy_id}, now, decide, [&] { return NoTimeLeft(context); }, response);
}

CalendarService::CalendarService(rpc::Node& node, rpc::Pool& pool, Store& store, Rules& rules, Wheel& wheel)
    : PlainService(node, pool, v1::CalendarService::service_full_name()), store_(store), rules_(rules), wheel_(wheel), clock_(node.clock()) {
  Handle("GetCalendar", &CalendarService::GetCalendar);
  Handle("ImportCalendarDays", &CalendarService::ImportCalendarDays);
  Handle("PreviewCalendarDays", &CalendarService::PreviewCalendarDays);
}

absl::Status CalendarService::Fill(CalendarRecord record, int year, v1::Calendar& out) const {
  if (!record.hours.empty()) HOTLINE_RETURN_IF_ERROR(HoursFromJson(record.hours, out));
  out.set_version(record.version);
  out.set_etag(absl::StrCat(record.version));
  SetTimestamp(record.create_time, out.mutable_create_time());
  out.set_created_by(record.created_by);
  HOTLINE_ASSIGN_OR_RETURN(const calendar::Calendar calendar, rules_.With(std::move(record.days)));
  if (out.zone().empty()) FillHours(calendar, out);
  int64_t last_year = 0;
  for (const calendar::Day& day : calendar.spec().days) {
    if (day.date.year() != last_year && calendar.HasNotice(day.date.year())) out.add_notice_years(static_cast<int>(day.date.year()));
    last_year = day.date.year();
    if (year != 0 && day.date.year() != year) continue;
    v1::CalendarDay* added = out.add_days();
    added->set_date(absl::FormatCivilTime(day.date));
    added->set_kind(day.kind == calendar::DayKind::kOff ? "off" : "work");
    added->set_name(day.name);
  }
  return absl::OkStatus();
}

absl::Status CalendarService::GetCalendar(rpc::Context&, const v1::GetCalendarRequest& request, v1::Calendar& response) {
  if (request.year() < 0 || request.year() > 9999) return errors::Invalid("year", "OUT_OF_RANGE", "0 or a year");
  if (request.version() < 0) return errors::Invalid("version", "OUT_OF_RANGE", "0 or a version");
  HOTLINE_ASSIGN_OR_RETURN(CalendarRecord record, store_.GetCalendar(request.version()));
  return Fill(std::move(record), request.year(), response);
}

absl::Status CalendarService::ImportCalendarDays(rpc::Context& context, const v1::ImportCalendarDaysRequest& request, v1::Calendar& response) {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<calendar::Day> days, DaysOf(request.days()));
  HOTLINE_ASSIGN_OR_RETURN(const std::optional<int64_t> expected, VersionOf(request.etag(), "calendar", "calendar"));
  HOTLINE_ASSIGN_OR_RETURN(CalendarRecord record, store_.ImportDays(days, expected, context.principal().user_id, Micros(clock_.Now())));
  wheel_.Wake();
  return Fill(std::move(record), 0, response);
}

absl::Status CalendarService::PreviewCalendarDays(rpc::Context& context, const v1::PreviewCalendarDaysRequest& request, v1::Preview& response) {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<calendar::Day> changed, DaysOf(request.days()));
  const std::unique_lock turn(PreviewTurn(), std::try_to_lock);
  if (!turn) return errors::PreviewBusy();
  HOTLINE_ASSIGN_OR_RETURN(const CalendarRecord record, store_.GetCalendar());
  std::map<absl::CivilDay, calendar::Day> days;
  for (const calendar::Day& day : record.days) days[day.date] = day;
  for (const calendar::Day& day : changed) days[day.date] = day;
  std::vector<calendar::Day> all;
  for (const auto& [date, day] : days) all.push_back(day);
  HOTLINE_ASSIGN_OR_RETURN(const calendar::Calendar calendar, rules_.With(std::move(all)));
  const auto first = std::min_element(changed.begin(), changed.end(), [](const auto& a, const auto& b) { return a.date < b.date; });
  const absl::Time now = Micros(clock_.Now());
  Rules::Now rules = rules_.Get();
  rules.world.calendar = &calendar;
  const auto decide = [&](const Clock& clock) -> absl::StatusOr<Change> {
    HOTLINE_RETURN_IF_ERROR(rules_.Prepare({clock}));
    return Recompute(clock, nullptr, rules.world, now);
  };
  // No other clock can move: a limit that ends before the first day does not touch it.
  ClockQuery query{.state = ClockState::kRunning, .working = true, .due_after = absl::FromCivil(first->date, calendar.zone())};
  return CountMoves(store_, std::move(query), now, decide, [&] { return NoTimeLeft(context); }, response);
}

}  // namespace hotline::sla_timer
