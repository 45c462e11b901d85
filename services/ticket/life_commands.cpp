// Commands beside the closed loop: deferring, reporting up, handing over, extensions, approvals, supervision, ratings,
// publishing, other tickets. Parse, decide, keep, answer.
#include "hotline/ticket/v1/ticket_service.grpc.pb.h"
#include "libs/base/error.h"
#include "services/ticket/convert.h"
#include "services/ticket/domain/decide.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/validate.h"
#include "services/ticket/service.h"

namespace hotline::ticket {
namespace {

absl::Time TimeOr(bool given, const google::protobuf::Timestamp& time) { return given ? FromProto(time) : absl::InfinitePast(); }

}  // namespace

void TicketService::HandleLife() {
  Handle("DeferTicket", &TicketService::DeferTicket);
  Handle("AnswerTicket", &TicketService::AnswerTicket);
  Handle("CoordinateTicket", &TicketService::CoordinateTicket);
  Handle("ReportUpTicket", &TicketService::ReportUpTicket);
  Handle("InstructTicket", &TicketService::InstructTicket);
  Handle("HandOverTicket", &TicketService::HandOverTicket);
  Handle("UpdateHandover", &TicketService::UpdateHandover);
  Handle("SetUrgency", &TicketService::SetUrgency);
  Handle("SetConfidential", &TicketService::SetConfidential);
  Handle("WithdrawTicket", &TicketService::WithdrawTicket);
  Handle("ArbitrateReturn", &TicketService::ArbitrateReturn);
  Handle("PassUpTicket", &TicketService::PassUpTicket);
  Handle("RecordContact", &TicketService::RecordContact);
  Handle("ReportProgress", &TicketService::ReportProgress);
  Handle("GiveOpinion", &TicketService::GiveOpinion);
  Handle("RecordMediation", &TicketService::RecordMediation);
  Handle("RequestExtension", &TicketService::RequestExtension);
  Handle("DecideExtension", &TicketService::DecideExtension);
  Handle("ApproveReply", &TicketService::ApproveReply);
  Handle("ReopenTicket", &TicketService::ReopenTicket);
  Handle("RateTicket", &TicketService::RateTicket);
  Handle("ReviewRating", &TicketService::ReviewRating);
  Handle("PublishTicket", &TicketService::PublishTicket);
  Handle("UnpublishTicket", &TicketService::UnpublishTicket);
  Handle("SuperviseTicket", &TicketService::SuperviseTicket);
  Handle("EndSupervision", &TicketService::EndSupervision);
  Handle("MergeTicket", &TicketService::MergeTicket);
  Handle("SplitTicket", &TicketService::SplitTicket);
  Handle("LinkTickets", &TicketService::LinkTickets);
  Handle("UnlinkTickets", &TicketService::UnlinkTickets);
  Handle("MarkRepeat", &TicketService::MarkRepeat);
  Handle("ReviewRepeat", &TicketService::ReviewRepeat);
}

absl::Status TicketService::DeferTicket(rpc::Context& context, const v1::DeferTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "DeferTicket"), request.ticket_id(), request.etag(), domain::Defer{request.note()}, response);
}

absl::Status TicketService::AnswerTicket(rpc::Context& context, const v1::AnswerTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "AnswerTicket"), request.ticket_id(), request.etag(), domain::Answer{request.text(), request.article_id(), request.told()}, response);
}

absl::Status TicketService::CoordinateTicket(rpc::Context& context, const v1::CoordinateTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "CoordinateTicket"), request.ticket_id(), request.etag(), domain::Coordinate{request.note()}, response);
}

absl::Status TicketService::ReportUpTicket(rpc::Context& context, const v1::ReportUpTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "ReportUpTicket"), request.ticket_id(), request.etag(), domain::ReportUp{request.to(), request.text()}, response);
}

absl::Status TicketService::InstructTicket(rpc::Context& context, const v1::InstructTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "InstructTicket"), request.ticket_id(), request.etag(), domain::Instruct{request.text()}, response);
}

absl::Status TicketService::HandOverTicket(rpc::Context& context, const v1::HandOverTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "HandOverTicket"), request.ticket_id(), request.etag(), domain::HandOver{request.body(), request.note()}, response);
}

absl::Status TicketService::UpdateHandover(rpc::Context& context, const v1::UpdateHandoverRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "UpdateHandover"), request.ticket_id(), request.etag(), domain::UpdateHandover{request.status(), request.reference(), request.note()}, response);
}

absl::Status TicketService::SetUrgency(rpc::Context& context, const v1::SetUrgencyRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "SetUrgency"), request.ticket_id(), request.etag(), domain::SetUrgency{static_cast<domain::Urgency>(request.urgency()), request.note()}, response);
}

absl::Status TicketService::SetConfidential(rpc::Context& context, const v1::SetConfidentialRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "SetConfidential"), request.ticket_id(), request.etag(), domain::SetConfidential{request.confidential(), request.note()}, response);
}

absl::Status TicketService::WithdrawTicket(rpc::Context& context, const v1::WithdrawTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "WithdrawTicket"), request.ticket_id(), request.etag(), domain::Withdraw{request.note()}, response);
}

absl::Status TicketService::PassUpTicket(rpc::Context& context, const v1::PassUpTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "PassUpTicket"), request.ticket_id(), request.etag(), domain::PassUp{request.reason()}, response);
}

absl::Status TicketService::RecordContact(rpc::Context& context, const v1::RecordContactRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "RecordContact"), request.ticket_id(), request.etag(), domain::Contact{request.reached(), request.note()}, response);
}

absl::Status TicketService::ReportProgress(rpc::Context& context, const v1::ReportProgressRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "ReportProgress"), request.ticket_id(), request.etag(), domain::ReportProgress{request.text(), request.tell_citizen()}, response);
}

absl::Status TicketService::GiveOpinion(rpc::Context& context, const v1::GiveOpinionRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "GiveOpinion"), request.ticket_id(), request.etag(), domain::GiveOpinion{request.text()}, response);
}

absl::Status TicketService::RecordMediation(rpc::Context& context, const v1::RecordMediationRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "RecordMediation"), request.ticket_id(), request.etag(), domain::Mediate{request.agreed(), request.text()}, response);
}

absl::Status TicketService::DecideExtension(rpc::Context& context, const v1::DecideExtensionRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "DecideExtension"), request.ticket_id(), request.etag(), domain::DecideExtension{request.accepted(), TimeOr(request.has_due_time(), request.due_time()), request.note()}, response);
}

absl::Status TicketService::ApproveReply(rpc::Context& context, const v1::ApproveReplyRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "ApproveReply"), request.ticket_id(), request.etag(), domain::Approve{request.accepted(), request.note()}, response);
}

absl::Status TicketService::ReopenTicket(rpc::Context& context, const v1::ReopenTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "ReopenTicket"), request.ticket_id(), request.etag(), domain::Reopen{request.reason()}, response);
}

absl::Status TicketService::RateTicket(rpc::Context& context, const v1::RateTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "RateTicket"), request.ticket_id(), request.etag(), domain::RateMatter{request.score(), request.comment()}, response);
}

absl::Status TicketService::ReviewRating(rpc::Context& context, const v1::ReviewRatingRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "ReviewRating"), request.ticket_id(), request.etag(), domain::ReviewRating{request.upheld(), request.note()}, response);
}

absl::Status TicketService::PublishTicket(rpc::Context& context, const v1::PublishTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "PublishTicket"), request.ticket_id(), request.etag(), domain::Publish{request.text()}, response);
}

absl::Status TicketService::UnpublishTicket(rpc::Context& context, const v1::UnpublishTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "UnpublishTicket"), request.ticket_id(), request.etag(), domain::Unpublish{request.note()}, response);
}

absl::Status TicketService::SuperviseTicket(rpc::Context& context, const v1::SuperviseTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "SuperviseTicket"), request.ticket_id(), request.etag(), domain::Supervise{request.measure(), request.text(), "", {request.addressees().begin(), request.addressees().end()}}, response);
}

absl::Status TicketService::EndSupervision(rpc::Context& context, const v1::EndSupervisionRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "EndSupervision"), request.ticket_id(), request.etag(), domain::EndSupervision{request.note()}, response);
}

absl::Status TicketService::SplitTicket(rpc::Context& context, const v1::SplitTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "SplitTicket"), request.ticket_id(), request.etag(), domain::Split{request.note()}, response);
}

absl::Status TicketService::MarkRepeat(rpc::Context& context, const v1::MarkRepeatRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "MarkRepeat"), request.ticket_id(), request.etag(), domain::MarkRepeat{request.reason()}, response);
}

absl::Status TicketService::ReviewRepeat(rpc::Context& context, const v1::ReviewRepeatRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "ReviewRepeat"), request.ticket_id(), request.etag(), domain::ReviewRepeat{request.confirmed(), request.note()}, response);
}

absl::Status TicketService::ArbitrateReturn(rpc::Context& context, const v1::ArbitrateReturnRequest& request, v1::Ticket& response) {
  domain::Dispatch to;
  to.lead.id = request.unit_id();
  for (const std::string& id : request.co_unit_ids()) to.co_units.emplace_back().id = id;
  to.note = request.note();
  HOTLINE_ASSIGN_OR_RETURN(to, ResolveUnits(context, std::move(to), ""));
  return Apply(MakeRequest(context, "ArbitrateReturn"), request.ticket_id(), request.etag(), domain::Arbitrate{std::move(to), request.improper()}, response);
}

absl::Status TicketService::RequestExtension(rpc::Context& context, const v1::RequestExtensionRequest& request, v1::Ticket& response) {
  const domain::RequestExtension extension{TimeOr(request.has_due_time(), request.due_time()), request.reason()};
  const Request by = MakeRequest(context, "RequestExtension");
  // The ticket's own reasons against it first; then what the policy allows. Nobody else's row is held meanwhile.
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, Visible(by.actor, request.ticket_id()));
  HOTLINE_RETURN_IF_ERROR(DecideOn(ticket, extension, by).status());
  HOTLINE_RETURN_IF_ERROR(peers_.extensions(context, ticket.id, extension.due));
  return Apply(by, request.ticket_id(), request.etag(), extension, response);
}

absl::Status TicketService::MergeTicket(rpc::Context& context, const v1::MergeTicketRequest& request, v1::Ticket& response) {
  const Request by = MakeRequest(context, "MergeTicket");
  return ApplyPair(by, request.ticket_id(), request.etag(), request.group_ticket_id(),
                   [&](const domain::Ticket& one, const domain::Ticket& group) -> absl::StatusOr<Store::Pair> {
                     if (domain::IsEnded(group.state) || group.state == domain::State::kMerged) return domain::GroupNotOpen();
                     HOTLINE_ASSIGN_OR_RETURN(const int64_t members, store_.GroupMembers(one.id));
                     if (members > 0) return domain::GroupHasMembers();
                     HOTLINE_ASSIGN_OR_RETURN(domain::Change change, DecideOn(one, domain::Merge{group.id, group.number, request.note()}, by));
                     return Store::Pair{std::move(change), std::nullopt};
                   },
                   response);
}

absl::Status TicketService::LinkTickets(rpc::Context& context, const v1::LinkTicketsRequest& request, v1::Ticket& response) {
  const Request by = MakeRequest(context, "LinkTickets");
  return ApplyPair(by, request.ticket_id(), request.etag(), request.other_ticket_id(),
                   [&](const domain::Ticket& one, const domain::Ticket& other) -> absl::StatusOr<Store::Pair> {
                     HOTLINE_ASSIGN_OR_RETURN(domain::Change mine, DecideOn(one, domain::LinkTo{other.id, request.kind(), request.note()}, by));
                     HOTLINE_ASSIGN_OR_RETURN(domain::Change theirs, DecideOn(other, domain::LinkTo{one.id, request.kind(), request.note()}, by));
                     return Store::Pair{std::move(mine), std::move(theirs)};
                   },
                   response);
}

absl::Status TicketService::UnlinkTickets(rpc::Context& context, const v1::UnlinkTicketsRequest& request, v1::Ticket& response) {
  const Request by = MakeRequest(context, "UnlinkTickets");
  return ApplyPair(by, request.ticket_id(), request.etag(), request.other_ticket_id(),
                   [&](const domain::Ticket& one, const domain::Ticket& other) -> absl::StatusOr<Store::Pair> {
                     HOTLINE_ASSIGN_OR_RETURN(domain::Change mine, DecideOn(one, domain::Unlink{other.id, request.note()}, by));
                     absl::StatusOr<domain::Change> theirs = DecideOn(other, domain::Unlink{one.id, request.note()}, by);
                     if (theirs.ok()) return Store::Pair{std::move(mine), *std::move(theirs)};
                     // A link that was given at registration may be known on one side only.
                     if (!base::HasReason(theirs.status(), "NOTHING_TO_CHANGE")) return theirs.status();
                     return Store::Pair{std::move(mine), std::nullopt};
                   },
                   response);
}

}  // namespace hotline::ticket
