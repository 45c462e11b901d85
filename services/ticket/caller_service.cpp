// The citizen's side: who called before, what they may hear of their ticket, how they rate the call, and who may look.
#include <algorithm>

#include "libs/base/error.h"
#include "services/ticket/catalogue_convert.h"
#include "services/ticket/convert.h"
#include "services/ticket/domain/decide.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/rights.h"
#include "services/ticket/domain/validate.h"
#include "services/ticket/service.h"

namespace hotline::ticket {
namespace {

constexpr char kNobody[] = "withheld";  // callers without a number share their tries

}  // namespace

absl::Status TicketService::RevealCaller(rpc::Context& context, const v1::RevealCallerRequest& request, v1::Caller& response) {
  domain::Violations bad;
  domain::CheckText(bad, "reason", request.reason(), domain::kMinRevealReason, domain::kMaxRevealReason);
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(std::move(bad)));
  const Request by = MakeRequest(context, "RevealCaller");
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, Visible(by.actor, request.ticket_id()));
  HOTLINE_RETURN_IF_ERROR(domain::MayReveal(by.actor, ticket));
  // Written down before it is shown (PLT-5).
  HOTLINE_RETURN_IF_ERROR(store_.AuditReveal(ticket.id, by, request.reason()));
  response = ToProto(ticket.caller);
  return absl::OkStatus();
}

absl::Status TicketService::GetCallerHistory(rpc::Context& context, const v1::GetCallerHistoryRequest& request, v1::GetCallerHistoryResponse& response) {
  const domain::Actor actor = ToActor(context.principal());
  const absl::Time now = clock_.Now();
  domain::Violations bad;
  domain::CheckPhone(bad, "phone", request.phone());
  if (request.phone().empty()) bad.push_back({"phone", "REQUIRED", "must be given"});
  if (request.page_size() < 0 || request.page_size() > domain::kMaxCallerPage) bad.push_back({"page_size", "OUT_OF_RANGE", "must be from 0 to 50"});
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(std::move(bad)));
  const int limit = request.page_size() == 0 ? domain::kDefaultCallerPage : request.page_size();
  HOTLINE_ASSIGN_OR_RETURN(const CallerHistory history, store_.CallerTickets(request.phone(), domain::IsCityWide(actor) ? "" : actor.unit_id, limit));
  const std::string phone_hash = store_.PhoneHash(request.phone());
  std::vector<Ban> bans;
  if (!phone_hash.empty()) {
    HOTLINE_ASSIGN_OR_RETURN(bans, callers_.Bans({now, phone_hash, "", domain::kBansTold}));
  }
  HOTLINE_RETURN_IF_ERROR(shown_.Record(actor, history.tickets, now));
  for (const domain::Ticket& ticket : history.tickets) *response.add_tickets() = ToProto(ticket, actor, /*in_list=*/true);
  response.set_open_count(history.open_count);
  response.set_total_count(history.total_count);
  for (const Ban& ban : bans) *response.add_bans() = ToProto(ban, now);
  return absl::OkStatus();
}

absl::Status TicketService::QueryTicket(rpc::Context& context, const v1::QueryTicketRequest& request, v1::QueryTicketResponse& response) {
  const Request by = MakeRequest(context, "QueryTicket");
  domain::Violations bad;
  domain::CheckCode(bad, "call_id", request.call_id(), false);
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(std::move(bad)));
  const std::string phone = store_.PhoneHash(domain::PresentedNumber(request.caller_phone()));
  std::vector<domain::AttemptKey> tries = {domain::CallerAttempts(phone.empty() ? kNobody : phone)};
  // Numbers can be forged, a call cannot be more than one.
  if (!request.call_id().empty()) tries.push_back(domain::CallAttempts(request.call_id()));
  HOTLINE_RETURN_IF_ERROR(store_.ChargeAttempt(tries, by.now));
  if (domain::ReferenceOf(request.acceptance_number(), acceptance_digits_) != domain::Reference::kAcceptance)
    return domain::TicketNotFound(request.acceptance_number());
  HOTLINE_ASSIGN_OR_RETURN(const std::string id, store_.Resolve(request.acceptance_number()));
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, store_.Get(id));
  const bool own_phone = !phone.empty() && phone == store_.PhoneHash(ticket.caller.phone);
  if (!own_phone && request.query_pin().empty()) {
    HOTLINE_RETURN_IF_ERROR(store_.RefundAttempt(tries));
    response.set_pin_required(true);
    return absl::OkStatus();
  }
  if (!own_phone) {
    const domain::AttemptKey on_ticket = domain::TicketAttempts(ticket.id);
    HOTLINE_RETURN_IF_ERROR(store_.ChargeAttempt({on_ticket}, by.now));
    HOTLINE_ASSIGN_OR_RETURN(const bool fits, store_.PinFits(ticket, request.query_pin()));
    if (!fits) return domain::TicketNotFound(request.acceptance_number());
    tries.push_back(on_ticket);
  }
  HOTLINE_RETURN_IF_ERROR(store_.RefundAttempt(tries));
  const std::string_view spoken = domain::SpokenState(ticket.state);
  response.set_spoken_state(std::string(spoken));
  if (spoken == "replied" || spoken == "closed") response.set_reply(ticket.answer);
  response.set_ticket_id(ticket.id);
  return absl::OkStatus();
}

absl::Status TicketService::RecordCallRating(rpc::Context& context, const v1::RecordCallRatingRequest& request, v1::RecordCallRatingResponse&) {
  const Request by = MakeRequest(context, "RecordCallRating");
  const domain::Rate rating{request.call_id(), request.agent_id(), request.score()};
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(domain::Check(rating)));
  return store_.RecordRating(by, rating, [&](const domain::Ticket& ticket) { return DecideOn(ticket, rating, by); });
}

}  // namespace hotline::ticket
