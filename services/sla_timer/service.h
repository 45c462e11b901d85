// The RPCs of sla_timer. Handlers run on the pool, several at the same time; what they are given is not owned and must
// outlive them.
#pragma once

#include "hotline/sla_timer/v1/sla_timer.grpc.pb.h"
#include "libs/rpc/plain_service.h"
#include "services/sla_timer/rules.h"
#include "services/sla_timer/store.h"
#include "services/sla_timer/wheel.h"

namespace hotline::sla_timer {

// Handlers wait for PostgreSQL; the pool of connections is the limit behind this one.
inline constexpr size_t kHandlerThreads = 6;
inline constexpr size_t kHandlerQueue = 256;
inline constexpr int kMaxImportDays = 1000;
inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 200;
inline constexpr int kMaxTicketsAsked = 50;  // whose clocks one ListClocks may name
inline constexpr int kMaxClocksOfTicket = 1000;

class PolicyService final : public rpc::PlainService {
 public:
  PolicyService(rpc::Node& node, rpc::Pool& pool, Store& store, Rules& rules, Wheel& wheel);

 private:
  absl::Status ListPolicies(rpc::Context& context, const v1::ListPoliciesRequest& request, v1::ListPoliciesResponse& response);
  absl::Status GetPolicy(rpc::Context& context, const v1::GetPolicyRequest& request, v1::Policy& response);
  absl::Status PutPolicy(rpc::Context& context, const v1::PutPolicyRequest& request, v1::Policy& response);
  absl::Status PreviewPolicy(rpc::Context& context, const v1::PreviewPolicyRequest& request, v1::Preview& response);
  absl::Status Fill(const PolicyRecord& record, v1::Policy& policy) const;

  Store& store_;
  Rules& rules_;
  Wheel& wheel_;
  const base::Clock& clock_;
};

class CalendarService final : public rpc::PlainService {
 public:
  CalendarService(rpc::Node& node, rpc::Pool& pool, Store& store, Rules& rules, Wheel& wheel);

 private:
  absl::Status GetCalendar(rpc::Context& context, const v1::GetCalendarRequest& request, v1::Calendar& response);
  absl::Status ImportCalendarDays(rpc::Context& context, const v1::ImportCalendarDaysRequest& request, v1::Calendar& response);
  absl::Status PreviewCalendarDays(rpc::Context& context, const v1::PreviewCalendarDaysRequest& request, v1::Preview& response);
  absl::Status Fill(CalendarRecord record, int year, v1::Calendar& calendar) const;

  Store& store_;
  Rules& rules_;
  Wheel& wheel_;
  const base::Clock& clock_;
};

class ClockService final : public rpc::PlainService {
 public:
  ClockService(rpc::Node& node, rpc::Pool& pool, Store& store, Rules& rules, Wheel& wheel);

 private:
  absl::Status ListClocks(rpc::Context& context, const v1::ListClocksRequest& request, v1::ListClocksResponse& response);
  absl::Status SummariseClocks(rpc::Context& context, const v1::SummariseClocksRequest& request, v1::ClockSummary& response);
  absl::Status CheckExtension(rpc::Context& context, const v1::CheckExtensionRequest& request, v1::CheckExtensionResponse& response);
  absl::Status PauseClock(rpc::Context& context, const v1::PauseClockRequest& request, v1::Clock& response);
  absl::Status ResumeClock(rpc::Context& context, const v1::ResumeClockRequest& request, v1::Clock& response);
  absl::Status ExtendClock(rpc::Context& context, const v1::ExtendClockRequest& request, v1::Clock& response);
  absl::Status Change(const std::string& clock_id, const std::string& etag, absl::Time now, const DecideOne& decide, v1::Clock& response);

  Store& store_;
  Rules& rules_;
  Wheel& wheel_;
  const base::Clock& clock_;
};

}  // namespace hotline::sla_timer
