#include "services/sla_timer/service.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/page.h"
#include "libs/base/text.h"
#include "services/sla_timer/clock_proto.h"
#include "services/sla_timer/domain/errors.h"
#include "services/sla_timer/events.h"
#include "services/sla_timer/policy_proto.h"

namespace hotline::sla_timer {
namespace {

// Etags are versions; a request without one takes whatever version there is.
absl::StatusOr<std::optional<int64_t>> VersionOf(const std::string& etag, std::string_view kind, std::string_view id) {
  if (etag.empty()) return std::optional<int64_t>();
  int64_t version = 0;
  // An etag that we never gave is one that no longer fits.
  if (!absl::SimpleAtoi(etag, &version) || version < 1) return errors::EtagMismatch(kind, id);
  return std::optional<int64_t>(version);
}

// Roles of the centre and the city, who see every ticket; everybody else sees the own unit's subtree (PLT-1).
bool SeesAll(const rpc::Principal& principal) {
  return principal.is_service() ||
         principal.HasAnyRole({access::v1::ROLE_AGENT, access::v1::ROLE_REMOTE_AGENT, access::v1::ROLE_TEAM_LEAD,
                               access::v1::ROLE_DISPATCHER, access::v1::ROLE_ENTRY_CLERK, access::v1::ROLE_SUPERVISOR,
                               access::v1::ROLE_LEADER, access::v1::ROLE_INSPECTOR, access::v1::ROLE_ANALYST,
                               access::v1::ROLE_ADMIN});
}

void FillShifts(const std::vector<calendar::Shift>& shifts, google::protobuf::RepeatedPtrField<v1::Shift>* out) {
  for (const calendar::Shift& shift : shifts) {
    v1::Shift* added = out->Add();
    added->set_start(FormatMinute(shift.start_minute));
    added->set_end(FormatMinute(shift.end_minute));
  }
}

absl::StatusOr<std::vector<calendar::Day>> DaysOf(const v1::ImportCalendarDaysRequest& request) {
  if (request.days().empty() || request.days_size() > kMaxImportDays) {
    return errors::Invalid("days", "OUT_OF_RANGE", absl::StrCat("1 to ", kMaxImportDays, " days"));
  }
  std::vector<calendar::Day> days;
  for (int i = 0; i < request.days_size(); ++i) {
    const v1::CalendarDay& given = request.days(i);
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

PolicyService::PolicyService(rpc::Node& node, rpc::Pool& pool, Store& store, Rules& rules, Wheel& wheel)
    : PlainService(node, pool, v1::PolicyService::service_full_name()), store_(store), rules_(rules), wheel_(wheel), clock_(node.clock()) {
  Handle("ListPolicies", &PolicyService::ListPolicies);
  Handle("GetPolicy", &PolicyService::GetPolicy);
  Handle("PutPolicy", &PolicyService::PutPolicy);
}

absl::Status PolicyService::Fill(const PolicyRecord& record, v1::Policy& policy) const {
  HOTLINE_ASSIGN_OR_RETURN(policy, FromJson(record.json));
  policy.set_version(record.version);
  policy.set_etag(absl::StrCat(record.version));
  SetTimestamp(record.update_time, policy.mutable_update_time());
  policy.set_updated_by(record.updated_by);
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
                                            Micros(clock_.Now())));
  // Tickets that come after this answer are counted by it, here at once; where it cannot be read now, the wheel does later.
  rules_.Load().IgnoreError();
  wheel_.Wake();
  return Fill(policy, response);
}

CalendarService::CalendarService(rpc::Node& node, rpc::Pool& pool, Store& store, Rules& rules, Wheel& wheel)
    : PlainService(node, pool, v1::CalendarService::service_full_name()), store_(store), rules_(rules), wheel_(wheel) {
  Handle("GetCalendar", &CalendarService::GetCalendar);
  Handle("ImportCalendarDays", &CalendarService::ImportCalendarDays);
}

absl::Status CalendarService::Fill(CalendarRecord record, int year, v1::Calendar& out) const {
  out.set_version(record.version);
  out.set_etag(absl::StrCat(record.version));
  HOTLINE_ASSIGN_OR_RETURN(const calendar::Calendar calendar, rules_.With(std::move(record.days)));
  out.set_zone(calendar.zone().name());
  for (size_t i = 0; i < 7; ++i) {
    v1::WeekdayHours* hours = out.add_weekly();
    hours->set_weekday(static_cast<int>(i) + 1);
    FillShifts(calendar.spec().weekly[i], hours->mutable_shifts());
  }
  FillShifts(calendar.spec().make_up, out.mutable_make_up());
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
  HOTLINE_ASSIGN_OR_RETURN(CalendarRecord record, store_.GetCalendar());
  return Fill(std::move(record), request.year(), response);
}

absl::Status CalendarService::ImportCalendarDays(rpc::Context&, const v1::ImportCalendarDaysRequest& request, v1::Calendar& response) {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<calendar::Day> days, DaysOf(request));
  HOTLINE_ASSIGN_OR_RETURN(const std::optional<int64_t> expected, VersionOf(request.etag(), "calendar", "calendar"));
  HOTLINE_ASSIGN_OR_RETURN(CalendarRecord record, store_.ImportDays(days, expected));
  wheel_.Wake();
  return Fill(std::move(record), 0, response);
}

ClockService::ClockService(rpc::Node& node, rpc::Pool& pool, Store& store, Rules& rules, Wheel& wheel)
    : PlainService(node, pool, v1::ClockService::service_full_name()), store_(store), rules_(rules), wheel_(wheel), clock_(node.clock()) {
  Handle("ListClocks", &ClockService::ListClocks);
  Handle("PauseClock", &ClockService::PauseClock);
  Handle("ResumeClock", &ClockService::ResumeClock);
  Handle("ExtendClock", &ClockService::ExtendClock);
}

absl::Status ClockService::ListClocks(rpc::Context& context, const v1::ListClocksRequest& request, v1::ListClocksResponse& response) {
  if (!v1::ClockState_IsValid(request.state())) return errors::Invalid("state", "BAD_VALUE", "a known state");
  if (!v1::ClockLight_IsValid(request.light())) return errors::Invalid("light", "BAD_VALUE", "a known light");
  const rpc::Principal& caller = context.principal();
  ClockQuery query;
  query.ticket_id = request.ticket_id();
  if (request.state() != v1::CLOCK_STATE_UNSPECIFIED) query.state = static_cast<ClockState>(request.state());
  if (request.light() != v1::CLOCK_LIGHT_UNSPECIFIED) query.light = static_cast<Light>(request.light());
  if (!SeesAll(caller)) {
    if (caller.unit_path.empty()) return absl::OkStatus();  // In no unit: nothing to see.
    query.unit_path = caller.unit_path;
  }
  const base::PageQuery pages("clocks", {query.ticket_id, absl::StrCat(request.state()), absl::StrCat(request.light()),
                                         query.unit_path.value_or("")});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page,
                           pages.Read(request.page_size(), request.page_token(), kDefaultPageSize, kMaxPageSize));
  HOTLINE_ASSIGN_OR_RETURN(query.after, ParseCursor(page.after));
  query.limit = page.size + 1;
  HOTLINE_ASSIGN_OR_RETURN(std::vector<Clock> clocks, store_.ListClocks(query));
  if (clocks.size() > static_cast<size_t>(page.size)) {
    clocks.resize(page.size);
    response.set_next_page_token(pages.Token(CursorOf(clocks.back())));
  }
  const auto calendar = rules_.Calendar();
  const absl::Time now = clock_.Now();
  for (const Clock& clock : clocks) FillClock(clock, *calendar, now, *response.add_clocks());
  return absl::OkStatus();
}

absl::Status ClockService::Change(const std::string& clock_id, const std::string& etag, absl::Time now, const DecideOne& decide,
                                  v1::Clock& response) {
  if (!base::IsValidId(clock_id)) return errors::ClockNotFound(clock_id);
  HOTLINE_ASSIGN_OR_RETURN(const std::optional<int64_t> expected, VersionOf(etag, "clock", clock_id));
  HOTLINE_ASSIGN_OR_RETURN(const Clock clock, store_.ChangeClock(clock_id, expected, now, decide));
  if (const absl::Time next = NextFire(clock); next < now + kHorizon) wheel_.Expect(next);
  FillClock(clock, *rules_.Calendar(), now, response);
  return absl::OkStatus();
}

absl::Status ClockService::PauseClock(rpc::Context&, const v1::PauseClockRequest& request, v1::Clock& response) {
  const absl::Time now = Micros(clock_.Now());
  const auto calendar = rules_.Calendar();
  const auto decide = [&](const Clock& clock) { return Pause(clock, *calendar, now); };
  return Change(request.clock_id(), request.etag(), now, decide, response);
}

absl::Status ClockService::ResumeClock(rpc::Context&, const v1::ResumeClockRequest& request, v1::Clock& response) {
  const absl::Time now = Micros(clock_.Now());
  const auto calendar = rules_.Calendar();
  const auto decide = [&](const Clock& clock) { return Resume(clock, *calendar, now); };
  return Change(request.clock_id(), request.etag(), now, decide, response);
}

absl::Status ClockService::ExtendClock(rpc::Context&, const v1::ExtendClockRequest& request, v1::Clock& response) {
  if (!request.has_due_time()) return errors::Invalid("due_time", "REQUIRED", "the promised date");
  HOTLINE_ASSIGN_OR_RETURN(const absl::Time due, GetTimestamp("due_time", request.due_time()));
  const absl::Time now = Micros(clock_.Now());
  const auto decide = [&](const Clock& clock) -> absl::StatusOr<sla_timer::Change> {
    HOTLINE_RETURN_IF_ERROR(rules_.Prepare({clock}));
    const Rules::Now rules = rules_.Get();
    const Policy* policy = rules.world.policy_of(clock.policy_id, clock.policy_version);
    const Step* step = FindStep(*policy, clock.step);
    return Extend(clock, step == nullptr ? nullptr : FindRule(*step, clock.ticket), due, *rules.world.calendar, now);
  };
  return Change(request.clock_id(), request.etag(), now, decide, response);
}

}  // namespace hotline::sla_timer
