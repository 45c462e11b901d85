// The RPCs of tickets. Handlers run on the pool's threads; all state is in the store. What is referred to outlives the service.
#pragma once

#include <absl/functional/function_ref.h>

#include <map>
#include <optional>

#include "hotline/ticket/v1/ticket_service.pb.h"
#include "libs/rpc/plain_service.h"
#include "services/ticket/catalogue_suggest.h"
#include "services/ticket/category_tree.h"
#include "services/ticket/domain/commands.h"
#include "services/ticket/peers.h"
#include "services/ticket/process_source.h"
#include "services/ticket/shown_audit.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

class TicketService final : public rpc::PlainService {
 public:
  TicketService(rpc::Node& node, rpc::Pool& pool, Store& store, Peers peers, CategoryTree& categories, ProcessSource& processes, int acceptance_digits,
                Suggester& suggester, ShownAudit& shown, CallerRecordStore& callers);

 private:
  // ticket_service.cpp: registering and reading
  absl::Status CreateTicket(rpc::Context& context, const v1::CreateTicketRequest& request, v1::CreateTicketResponse& response);
  absl::Status GetTicket(rpc::Context& context, const v1::GetTicketRequest& request, v1::Ticket& response);
  absl::Status ListTickets(rpc::Context& context, const v1::ListTicketsRequest& request, v1::ListTicketsResponse& response);
  absl::Status BatchGetTickets(rpc::Context& context, const v1::BatchGetTicketsRequest& request, v1::BatchGetTicketsResponse& response);
  absl::Status ListHistory(rpc::Context& context, const v1::ListHistoryRequest& request, v1::ListHistoryResponse& response);
  absl::Status VerifyHistory(rpc::Context& context, const v1::VerifyHistoryRequest& request, v1::VerifyHistoryResponse& response);
  absl::Status ListNotices(rpc::Context& context, const v1::ListNoticesRequest& request, v1::ListNoticesResponse& response);
  absl::Status SuggestUnits(rpc::Context& context, const v1::SuggestUnitsRequest& request, v1::SuggestUnitsResponse& response);
  // ticket_commands.cpp: the closed loop
  absl::Status AmendTicket(rpc::Context& context, const v1::AmendTicketRequest& request, v1::Ticket& response);
  absl::Status DispatchTicket(rpc::Context& context, const v1::DispatchTicketRequest& request, v1::Ticket& response);
  absl::Status SignTicket(rpc::Context& context, const v1::SignTicketRequest& request, v1::Ticket& response);
  absl::Status RequestReturn(rpc::Context& context, const v1::RequestReturnRequest& request, v1::Ticket& response);
  absl::Status DecideReturn(rpc::Context& context, const v1::DecideReturnRequest& request, v1::Ticket& response);
  absl::Status ReplyTicket(rpc::Context& context, const v1::ReplyTicketRequest& request, v1::Ticket& response);
  absl::Status ReviewReply(rpc::Context& context, const v1::ReviewReplyRequest& request, v1::Ticket& response);
  absl::Status RecordCallback(rpc::Context& context, const v1::RecordCallbackRequest& request, v1::Ticket& response);
  absl::Status ArchiveTicket(rpc::Context& context, const v1::ArchiveTicketRequest& request, v1::Ticket& response);
  absl::Status RefuseTicket(rpc::Context& context, const v1::RefuseTicketRequest& request, v1::Ticket& response);
  absl::Status AddRemark(rpc::Context& context, const v1::AddRemarkRequest& request, v1::Ticket& response);
  // life_commands.cpp: what else may happen to a ticket
  absl::Status DeferTicket(rpc::Context& context, const v1::DeferTicketRequest& request, v1::Ticket& response);
  absl::Status AnswerTicket(rpc::Context& context, const v1::AnswerTicketRequest& request, v1::Ticket& response);
  absl::Status CoordinateTicket(rpc::Context& context, const v1::CoordinateTicketRequest& request, v1::Ticket& response);
  absl::Status ReportUpTicket(rpc::Context& context, const v1::ReportUpTicketRequest& request, v1::Ticket& response);
  absl::Status InstructTicket(rpc::Context& context, const v1::InstructTicketRequest& request, v1::Ticket& response);
  absl::Status HandOverTicket(rpc::Context& context, const v1::HandOverTicketRequest& request, v1::Ticket& response);
  absl::Status UpdateHandover(rpc::Context& context, const v1::UpdateHandoverRequest& request, v1::Ticket& response);
  absl::Status SetUrgency(rpc::Context& context, const v1::SetUrgencyRequest& request, v1::Ticket& response);
  absl::Status SetConfidential(rpc::Context& context, const v1::SetConfidentialRequest& request, v1::Ticket& response);
  absl::Status WithdrawTicket(rpc::Context& context, const v1::WithdrawTicketRequest& request, v1::Ticket& response);
  absl::Status ArbitrateReturn(rpc::Context& context, const v1::ArbitrateReturnRequest& request, v1::Ticket& response);
  absl::Status PassUpTicket(rpc::Context& context, const v1::PassUpTicketRequest& request, v1::Ticket& response);
  absl::Status RecordContact(rpc::Context& context, const v1::RecordContactRequest& request, v1::Ticket& response);
  absl::Status ReportProgress(rpc::Context& context, const v1::ReportProgressRequest& request, v1::Ticket& response);
  absl::Status GiveOpinion(rpc::Context& context, const v1::GiveOpinionRequest& request, v1::Ticket& response);
  absl::Status RecordMediation(rpc::Context& context, const v1::RecordMediationRequest& request, v1::Ticket& response);
  absl::Status RequestExtension(rpc::Context& context, const v1::RequestExtensionRequest& request, v1::Ticket& response);
  absl::Status DecideExtension(rpc::Context& context, const v1::DecideExtensionRequest& request, v1::Ticket& response);
  absl::Status ApproveReply(rpc::Context& context, const v1::ApproveReplyRequest& request, v1::Ticket& response);
  absl::Status ReopenTicket(rpc::Context& context, const v1::ReopenTicketRequest& request, v1::Ticket& response);
  absl::Status RateTicket(rpc::Context& context, const v1::RateTicketRequest& request, v1::Ticket& response);
  absl::Status ReviewRating(rpc::Context& context, const v1::ReviewRatingRequest& request, v1::Ticket& response);
  absl::Status PublishTicket(rpc::Context& context, const v1::PublishTicketRequest& request, v1::Ticket& response);
  absl::Status UnpublishTicket(rpc::Context& context, const v1::UnpublishTicketRequest& request, v1::Ticket& response);
  absl::Status SuperviseTicket(rpc::Context& context, const v1::SuperviseTicketRequest& request, v1::Ticket& response);
  absl::Status EndSupervision(rpc::Context& context, const v1::EndSupervisionRequest& request, v1::Ticket& response);
  absl::Status MergeTicket(rpc::Context& context, const v1::MergeTicketRequest& request, v1::Ticket& response);
  absl::Status SplitTicket(rpc::Context& context, const v1::SplitTicketRequest& request, v1::Ticket& response);
  absl::Status LinkTickets(rpc::Context& context, const v1::LinkTicketsRequest& request, v1::Ticket& response);
  absl::Status UnlinkTickets(rpc::Context& context, const v1::UnlinkTicketsRequest& request, v1::Ticket& response);
  absl::Status MarkRepeat(rpc::Context& context, const v1::MarkRepeatRequest& request, v1::Ticket& response);
  absl::Status ReviewRepeat(rpc::Context& context, const v1::ReviewRepeatRequest& request, v1::Ticket& response);
  // caller_service.cpp: the citizen's side
  absl::Status RevealCaller(rpc::Context& context, const v1::RevealCallerRequest& request, v1::Caller& response);
  absl::Status GetCallerHistory(rpc::Context& context, const v1::GetCallerHistoryRequest& request, v1::GetCallerHistoryResponse& response);
  absl::Status QueryTicket(rpc::Context& context, const v1::QueryTicketRequest& request, v1::QueryTicketResponse& response);
  absl::Status RecordCallRating(rpc::Context& context, const v1::RecordCallRatingRequest& request, v1::RecordCallRatingResponse& response);

  void HandleLife();

  Request MakeRequest(const rpc::Context& context, std::string rpc, std::string request_id = {}) const;
  // A ticket by any of its numbers, if the caller may see it; TICKET_NOT_FOUND or WRONG_UNIT.
  absl::StatusOr<domain::Ticket> Visible(const domain::Actor& actor, const std::string& reference);
  // What all commands have in common: find, check unit and etag, decide, keep, answer.
  absl::Status Apply(const Request& request, const std::string& reference, const std::string& etag, const domain::Command& command, v1::Ticket& response);
  // The same for two tickets that are changed together.
  using DecidePair = absl::FunctionRef<absl::StatusOr<Store::Pair>(const domain::Ticket& one, const domain::Ticket& other)>;
  absl::Status ApplyPair(const Request& request, const std::string& reference, const std::string& etag, const std::string& other, DecidePair decide,
                         v1::Ticket& response);
  absl::Status CheckBefore(const Request& request, const domain::Ticket& before, const std::string& etag);
  // What a command answers. Whoever is shown a caller's data with it is written down as a reader is (PLT-5); if that fails, the
  // command stands and the data is masked.
  void Answer(const Request& request, const domain::Ticket& after, v1::Ticket& response);
  // What the rule about repeats finds of the ticket's caller (TKT-11); nothing if the rule is off or not met.
  absl::StatusOr<std::optional<domain::RepeatProposal>> FindRepeat(const domain::Ticket& matter, absl::Time now);
  // The same for a command on a ticket that is there; looks for nothing while the rule is off.
  absl::StatusOr<std::optional<domain::RepeatProposal>> FindRepeat(const Request& request, const std::string& reference, const domain::Amend& amend);
  // "" or the source of a suggestion that the service makes for this ticket and unit now. FAILED_PRECONDITION SUGGESTION_CHANGED.
  absl::Status CheckSource(const domain::Ticket& ticket, const std::string& unit_id, const std::string& source);
  absl::StatusOr<domain::Change> DecideOn(const domain::Ticket& before, const domain::Command& command, const Request& request);
  // Units by id, asked of the directory once if they are not known here. The field is named in errors.
  absl::StatusOr<domain::Dispatch> ResolveUnits(const rpc::Context& context, domain::Dispatch named, const std::string& prefix);
  absl::StatusOr<domain::Unit> ResolveUnit(const rpc::Context& context, const std::map<std::string, domain::Unit>& known, const std::string& id,
                                           const std::string& field);
  absl::Status CheckCategory(const std::string& category_id, std::string_view field);

  const base::Clock& clock_;
  Store& store_;
  const Peers peers_;
  CategoryTree& categories_;
  ProcessSource& processes_;
  const int acceptance_digits_;
  Suggester& suggester_;
  ShownAudit& shown_;
  CallerRecordStore& callers_;
};

// Empty, or a UUID; services may also use "recording:<id>". INVALID_ARGUMENT naming request_id otherwise.
absl::Status CheckRequestId(const std::string& request_id, bool service);

}  // namespace hotline::ticket
