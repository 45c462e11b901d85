// The RPCs of what is known about callers beyond one ticket (TKT-11, PLT-5). What is referred to outlives the service.
#pragma once

#include <functional>

#include "hotline/ticket/v1/caller_record_service.pb.h"
#include "libs/rpc/plain_service.h"
#include "services/ticket/caller_record_store.h"
#include "services/ticket/process_source.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

// Whether a review has confirmed the ticket as an unreasonable repeat: nothing follows from a mark that was not reviewed.
using ConfirmedRepeat = std::function<bool(const domain::Ticket&)>;

class CallerRecordService final : public rpc::PlainService {
 public:
  CallerRecordService(rpc::Node& node, rpc::Pool& pool, Store& tickets, CallerRecordStore& records, ProcessSource& processes, ConfirmedRepeat confirmed);

 private:
  absl::Status FindDuplicates(rpc::Context& context, const v1::FindDuplicatesRequest& request, v1::FindDuplicatesResponse& response);
  absl::Status GetRepeatRule(rpc::Context& context, const v1::GetRepeatRuleRequest& request, v1::RepeatRule& response);
  absl::Status PutRepeatRule(rpc::Context& context, const v1::PutRepeatRuleRequest& request, v1::RepeatRule& response);
  absl::Status ListBans(rpc::Context& context, const v1::ListBansRequest& request, v1::ListBansResponse& response);
  absl::Status PutBan(rpc::Context& context, const v1::PutBanRequest& request, v1::Ban& response);
  absl::Status LiftBan(rpc::Context& context, const v1::LiftBanRequest& request, v1::Ban& response);
  absl::Status ListCallerAudit(rpc::Context& context, const v1::ListCallerAuditRequest& request, v1::ListCallerAuditResponse& response);

  absl::StatusOr<domain::MatterFacts> Facts(const v1::FindDuplicatesRequest& request);
  // Names the ban in the history of the ticket it came from, in the transaction that keeps it (TKT-11, TKT-16).
  absl::Status NoteBan(postgres::Transaction& tx, const Request& by, const Ban& ban);
  Request MakeRequest(const rpc::Context& context, std::string rpc) const;

  const base::Clock& clock_;
  Store& tickets_;
  CallerRecordStore& records_;
  ProcessSource& processes_;
  const ConfirmedRepeat confirmed_;
};

}  // namespace hotline::ticket
