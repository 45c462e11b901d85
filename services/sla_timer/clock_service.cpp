// The clocks; policies and the calendar are in service.cpp.
#include <algorithm>
#include <optional>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/page.h"
#include "libs/base/text.h"
#include "services/sla_timer/clock_proto.h"
#include "services/sla_timer/domain/errors.h"
#include "services/sla_timer/events.h"
#include "services/sla_timer/service.h"
#include "services/sla_timer/service_parts.h"

namespace hotline::sla_timer {
namespace {

constexpr size_t kMaxFilterText = 500;

// Roles of the centre and the city, who see every ticket; everybody else sees the own unit's subtree (PLT-1).
bool SeesAll(const rpc::Principal& principal) {
  return principal.is_service() ||
         principal.HasAnyRole({access::v1::ROLE_AGENT, access::v1::ROLE_REMOTE_AGENT, access::v1::ROLE_TEAM_LEAD,
                               access::v1::ROLE_DISPATCHER, access::v1::ROLE_ENTRY_CLERK, access::v1::ROLE_SUPERVISOR,
                               access::v1::ROLE_LEADER, access::v1::ROLE_INSPECTOR, access::v1::ROLE_ANALYST,
                               access::v1::ROLE_ADMIN});
}

// Narrows the query to what the caller may see; false if that is nothing.
bool Confine(const rpc::Principal& caller, ClockQuery& query) {
  if (SeesAll(caller)) return true;
  query.unit_path = caller.unit_path;
  return !caller.unit_path.empty();  // In no unit: nothing to see.
}

// The filters that listing and summarising have in common.
template <class Request>
absl::Status FillQuery(const Request& request, ClockQuery& query) {
  HOTLINE_RETURN_IF_ERROR(base::CheckText("step", request.step(), 0, kMaxFilterText));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("unit_path", request.unit_path(), 0, kMaxFilterText));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("area_code", request.area_code(), 0, kMaxFilterText));
  if (!ticket::v1::TicketType_IsValid(request.type())) return errors::Invalid("type", "BAD_VALUE", "a known type");
  if (!ticket::v1::Urgency_IsValid(request.urgency())) return errors::Invalid("urgency", "BAD_VALUE", "a known urgency");
  query.step = request.step();
  if (!request.unit_path().empty()) query.also_unit_path = request.unit_path();
  query.area_code = request.area_code();
  query.type = request.type();
  query.urgency = request.urgency();
  if (request.min_escalation_level() < 0) return errors::Invalid("min_escalation_level", "BAD_VALUE", "0 or more");
  query.min_level = request.min_escalation_level();
  if (request.has_due_after()) {
    HOTLINE_ASSIGN_OR_RETURN(query.due_after, GetTimestamp("due_after", request.due_after()));
  }
  if (request.has_due_before()) {
    HOTLINE_ASSIGN_OR_RETURN(query.due_before, GetTimestamp("due_before", request.due_before()));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> TicketsAsked(const v1::ListClocksRequest& request) {
  if (request.ticket_ids_size() > kMaxTicketsAsked) return errors::Invalid("ticket_ids", "OUT_OF_RANGE", "at most 50 tickets");
  if (request.ticket_ids_size() > 0 && !request.ticket_id().empty()) return errors::Invalid("ticket_ids", "NOT_ALLOWED", "one ticket or several, not both");
  for (int i = 0; i < request.ticket_ids_size(); ++i) {
    if (!base::IsValidId(request.ticket_ids(i))) return errors::Invalid(absl::StrCat("ticket_ids[", i, "]"), "BAD_FORMAT", "the id of a ticket");
  }
  return std::vector<std::string>(request.ticket_ids().begin(), request.ticket_ids().end());
}

// Everything that selects rows: a page token is bound to it.
std::vector<std::string> FilterOf(const ClockQuery& query) {
  const auto time = [](const std::optional<absl::Time>& t) { return t ? absl::StrCat(absl::ToUnixMicros(*t)) : std::string(); };
  return {query.ticket_id, absl::StrJoin(query.ticket_ids, ","), absl::StrCat(query.state ? static_cast<int>(*query.state) : 0), absl::StrCat(query.light ? static_cast<int>(*query.light) : 0),
          query.step, query.unit_path.value_or(""), query.also_unit_path.value_or(""), query.area_code, absl::StrCat(query.type),
          absl::StrCat(query.urgency), time(query.due_after), time(query.due_before), absl::StrCat(query.min_level)};
}

}  // namespace

ClockService::ClockService(rpc::Node& node, rpc::Pool& pool, Store& store, Rules& rules, Wheel& wheel)
    : PlainService(node, pool, v1::ClockService::service_full_name()), store_(store), rules_(rules), wheel_(wheel), clock_(node.clock()) {
  Handle("ListClocks", &ClockService::ListClocks);
  Handle("SummariseClocks", &ClockService::SummariseClocks);
  Handle("CheckExtension", &ClockService::CheckExtension);
  Handle("PauseClock", &ClockService::PauseClock);
  Handle("ResumeClock", &ClockService::ResumeClock);
  Handle("ExtendClock", &ClockService::ExtendClock);
}

absl::Status ClockService::ListClocks(rpc::Context& context, const v1::ListClocksRequest& request, v1::ListClocksResponse& response) {
  if (!v1::ClockState_IsValid(request.state())) return errors::Invalid("state", "BAD_VALUE", "a known state");
  if (!v1::ClockLight_IsValid(request.light())) return errors::Invalid("light", "BAD_VALUE", "a known light");
  ClockQuery query;
  query.ticket_id = request.ticket_id();
  HOTLINE_ASSIGN_OR_RETURN(query.ticket_ids, TicketsAsked(request));
  if (request.state() != v1::CLOCK_STATE_UNSPECIFIED) query.state = static_cast<ClockState>(request.state());
  if (request.light() != v1::CLOCK_LIGHT_UNSPECIFIED) query.light = static_cast<Light>(request.light());
  HOTLINE_RETURN_IF_ERROR(FillQuery(request, query));
  if (!Confine(context.principal(), query)) return absl::OkStatus();
  const base::PageQuery pages("clocks", FilterOf(query));
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

absl::Status ClockService::SummariseClocks(rpc::Context& context, const v1::SummariseClocksRequest& request, v1::ClockSummary& response) {
  ClockQuery query;
  HOTLINE_RETURN_IF_ERROR(FillQuery(request, query));
  if (!Confine(context.principal(), query)) return absl::OkStatus();
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<ClockCount> counts, store_.CountClocks(query));
  for (const ClockCount& count : counts) {
    v1::ClockCount* added = response.add_counts();
    added->set_step(count.step);
    added->set_light(static_cast<v1::ClockLight>(count.light));
    added->set_count(count.count);
    added->set_paused(count.paused);
  }
  return absl::OkStatus();
}

absl::Status ClockService::CheckExtension(rpc::Context&, const v1::CheckExtensionRequest& request, v1::CheckExtensionResponse& response) {
  if (!request.has_due_time()) return errors::Invalid("due_time", "REQUIRED", "the promised date");
  HOTLINE_ASSIGN_OR_RETURN(const absl::Time due, GetTimestamp("due_time", request.due_time()));
  if (request.ticket_id().empty()) return errors::Invalid("ticket_id", "REQUIRED", "the ticket");
  const absl::Time now = Micros(clock_.Now());
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<Clock> clocks, store_.ListClocks({.ticket_id = request.ticket_id(), .limit = kMaxClocksOfTicket}));
  const auto clock = std::find_if(clocks.begin(), clocks.end(), [](const Clock& c) { return c.step == kReplyStep && c.state != ClockState::kStopped; });
  if (clock == clocks.end()) return errors::NoReplyAwaited(request.ticket_id());
  HOTLINE_ASSIGN_OR_RETURN(const Policy* policy, rules_.Version(clock->policy_id, clock->policy_version));
  const auto calendar = rules_.Calendar();
  HOTLINE_ASSIGN_OR_RETURN(const absl::Time latest, LatestExtension(*clock, *policy, *calendar, now));
  HOTLINE_RETURN_IF_ERROR(Extend(*clock, *policy, due, *calendar, now).status());
  response.set_clock_id(clock->clock_id);
  SetTimestamp(clock->due_time, response.mutable_due_time());
  if (latest != absl::InfiniteFuture()) SetTimestamp(latest, response.mutable_latest_due_time());
  response.set_extensions(clock->extensions);
  response.set_max_extensions(FindRule(*FindStep(*policy, kReplyStep), clock->ticket)->max_extensions);
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
  const auto decide = [&](const Clock& clock) -> absl::StatusOr<sla_timer::Change> {
    HOTLINE_ASSIGN_OR_RETURN(const Policy* policy, rules_.Version(clock.policy_id, clock.policy_version));
    return Resume(clock, *policy, *calendar, now);
  };
  return Change(request.clock_id(), request.etag(), now, decide, response);
}

absl::Status ClockService::ExtendClock(rpc::Context&, const v1::ExtendClockRequest& request, v1::Clock& response) {
  if (!request.has_due_time()) return errors::Invalid("due_time", "REQUIRED", "the promised date");
  HOTLINE_ASSIGN_OR_RETURN(const absl::Time due, GetTimestamp("due_time", request.due_time()));
  const absl::Time now = Micros(clock_.Now());
  const auto calendar = rules_.Calendar();
  const auto decide = [&](const Clock& clock) -> absl::StatusOr<sla_timer::Change> {
    HOTLINE_ASSIGN_OR_RETURN(const Policy* policy, rules_.Version(clock.policy_id, clock.policy_version));
    return Extend(clock, *policy, due, *calendar, now);
  };
  return Change(request.clock_id(), request.etag(), now, decide, response);
}

}  // namespace hotline::sla_timer
