// Registering and reading tickets.
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "hotline/ticket/v1/ticket_service.grpc.pb.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/page.h"
#include "libs/base/text.h"
#include "services/ticket/catalogue_convert.h"
#include "services/ticket/convert.h"
#include "services/ticket/domain/decide.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/rights.h"
#include "services/ticket/domain/validate.h"
#include "services/ticket/domain/words.h"
#include "services/ticket/list_filter.h"
#include "services/ticket/service.h"

namespace hotline::ticket {
namespace {

constexpr std::string_view kRecordingPrefix = "recording:";

}  // namespace

absl::Status CheckRequestId(const std::string& request_id, bool service) {
  if (request_id.empty() || base::IsValidId(request_id)) return absl::OkStatus();
  const bool recording = service && request_id.starts_with(kRecordingPrefix) && request_id.size() > kRecordingPrefix.size() &&
                         request_id.size() <= domain::kMaxRequestId;
  return recording ? absl::OkStatus() : base::InvalidField("request_id", "BAD_FORMAT", "must be a UUID in lower case");
}

TicketService::TicketService(rpc::Node& node, rpc::Pool& pool, Store& store, Peers peers, CategoryTree& categories, ProcessSource& processes,
                             int acceptance_digits, Suggester& suggester, ShownAudit& shown, CallerRecordStore& callers)
    : PlainService(node, pool, v1::TicketService::service_full_name()), clock_(node.clock()), store_(store), peers_(std::move(peers)),
      categories_(categories), processes_(processes), acceptance_digits_(acceptance_digits),
      suggester_(suggester), shown_(shown), callers_(callers) {
  Handle("CreateTicket", &TicketService::CreateTicket);
  Handle("GetTicket", &TicketService::GetTicket);
  Handle("ListTickets", &TicketService::ListTickets);
  Handle("BatchGetTickets", &TicketService::BatchGetTickets);
  Handle("ListHistory", &TicketService::ListHistory);
  Handle("VerifyHistory", &TicketService::VerifyHistory);
  Handle("AmendTicket", &TicketService::AmendTicket);
  Handle("SuggestUnits", &TicketService::SuggestUnits);
  Handle("DispatchTicket", &TicketService::DispatchTicket);
  Handle("SignTicket", &TicketService::SignTicket);
  Handle("RequestReturn", &TicketService::RequestReturn);
  Handle("DecideReturn", &TicketService::DecideReturn);
  Handle("ReplyTicket", &TicketService::ReplyTicket);
  Handle("ReviewReply", &TicketService::ReviewReply);
  Handle("RecordCallback", &TicketService::RecordCallback);
  Handle("ArchiveTicket", &TicketService::ArchiveTicket);
  Handle("RefuseTicket", &TicketService::RefuseTicket);
  Handle("AddRemark", &TicketService::AddRemark);
  Handle("RevealCaller", &TicketService::RevealCaller);
  Handle("GetCallerHistory", &TicketService::GetCallerHistory);
  Handle("QueryTicket", &TicketService::QueryTicket);
  Handle("RecordCallRating", &TicketService::RecordCallRating);
  Handle("ListNotices", &TicketService::ListNotices);
  HandleLife();
}

Request TicketService::MakeRequest(const rpc::Context& context, std::string rpc, std::string request_id) const {
  return {ToActor(context.principal()), clock_.Now(), context.Traceparent(), std::move(rpc), std::move(request_id)};
}

absl::StatusOr<domain::Ticket> TicketService::Visible(const domain::Actor& actor, const std::string& reference) {
  HOTLINE_ASSIGN_OR_RETURN(const std::string id, store_.Resolve(reference));
  HOTLINE_ASSIGN_OR_RETURN(domain::Ticket ticket, store_.Get(id));
  if (!domain::MaySee(actor, ticket)) return domain::WrongUnit(ticket.id);
  return ticket;
}

absl::Status TicketService::CheckCategory(const std::string& category_id, std::string_view field) {
  if (category_id.empty()) return absl::OkStatus();
  HOTLINE_ASSIGN_OR_RETURN(const auto all, categories_.All());
  return all->contains(category_id) ? absl::OkStatus() : domain::CategoryNotFound(field);
}

absl::Status TicketService::CreateTicket(rpc::Context& context, const v1::CreateTicketRequest& request, v1::CreateTicketResponse& response) {
  const Request by = MakeRequest(context, "CreateTicket", request.request_id());
  domain::Create create{DraftFromProto(request.ticket()), request.answer(), request.article_id()};
  create.answer_later = request.answer_later();
  if (!request.dispatch_unit_id().empty()) {
    create.dispatch.emplace().lead.id = request.dispatch_unit_id();
    create.dispatch->rule = request.source();
  }
  HOTLINE_RETURN_IF_ERROR(CheckRequestId(request.request_id(), by.actor.service));
  if (!create.dispatch && !request.source().empty()) return base::InvalidField("source", "NOT_ALLOWED", "must be empty without dispatch_unit_id");
  if (by.actor.service) {
    create.draft.caller.phone = domain::PresentedNumber(create.draft.caller.phone);
    create.draft.line = domain::PresentedNumber(create.draft.line);
  }
  // Before numbers are given out.
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(domain::Check(create)));
  HOTLINE_RETURN_IF_ERROR(CheckCategory(create.draft.category_id, "ticket.category_id"));
  HOTLINE_ASSIGN_OR_RETURN(const domain::Process process, processes_.Current(create.draft.type));
  if (create.dispatch) {
    HOTLINE_ASSIGN_OR_RETURN(create.dispatch, ResolveUnits(context, *create.dispatch, "dispatch_"));
  } else if (request.auto_dispatch() && create.answer.empty()) {
    HOTLINE_ASSIGN_OR_RETURN(create.dispatch, suggester_.AutomaticDispatch(FactsOf(create.draft)));
  }
  HOTLINE_ASSIGN_OR_RETURN(create.repeat, FindRepeat(create.draft, by.now));
  // A repetition finds its ticket, whatever is suggested by then.
  const absl::Status follows = CheckSource(create.draft, request.dispatch_unit_id(), request.source());
  HOTLINE_ASSIGN_OR_RETURN(const Registered made, store_.Create(by, [&](const Numbers& numbers) -> absl::StatusOr<domain::Change> {
    HOTLINE_RETURN_IF_ERROR(follows);
    create.draft.id = numbers.ticket_id;
    create.draft.number = numbers.number;
    create.draft.acceptance_number = numbers.acceptance_number;
    return domain::Decide(nullptr, create, by.actor, by.now, process);
  }));
  // A repetition comes from whoever asked first; a service may meet a message that the event has made already.
  if (made.repeated && !by.actor.service && made.creator_id != by.actor.id) return domain::RequestIdReused();
  Answer(by, made.ticket, *response.mutable_ticket());
  response.set_query_pin(store_.PinOf(made.ticket));
  return absl::OkStatus();
}

absl::Status TicketService::GetTicket(rpc::Context& context, const v1::GetTicketRequest& request, v1::Ticket& response) {
  const domain::Actor actor = ToActor(context.principal());
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, Visible(actor, request.ticket_id()));
  HOTLINE_RETURN_IF_ERROR(shown_.Record(actor, {&ticket, 1}, clock_.Now()));
  response = ToProto(ticket, actor);
  return absl::OkStatus();
}

absl::Status TicketService::ListTickets(rpc::Context& context, const v1::ListTicketsRequest& request, v1::ListTicketsResponse& response) {
  const domain::Actor actor = ToActor(context.principal());
  HOTLINE_ASSIGN_OR_RETURN(TicketFilter filter, FilterOf(request, actor, store_, categories_));
  v1::ListTicketsRequest bound = request;
  bound.clear_page_size();
  bound.clear_page_token();
  const base::PageQuery query("tickets", {bound.SerializeAsString(), filter.visible_to});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), domain::kDefaultTicketPage, domain::kMaxTicketPage));
  HOTLINE_RETURN_IF_ERROR(ReadPosition(page.after, filter));
  if (!SeesTickets(filter, actor)) return absl::OkStatus();
  filter.limit = page.size + 1;
  HOTLINE_ASSIGN_OR_RETURN(std::vector<domain::Ticket> tickets, store_.List(filter));
  if (tickets.size() > static_cast<size_t>(page.size)) {
    tickets.pop_back();
    response.set_next_page_token(query.Token(PositionOf(tickets.back(), filter.order)));
  }
  HOTLINE_RETURN_IF_ERROR(shown_.Record(actor, tickets, clock_.Now()));
  for (const domain::Ticket& ticket : tickets) *response.add_tickets() = ToProto(ticket, actor, /*in_list=*/true);
  return absl::OkStatus();
}

absl::Status TicketService::BatchGetTickets(rpc::Context& context, const v1::BatchGetTicketsRequest& request, v1::BatchGetTicketsResponse& response) {
  const domain::Actor actor = ToActor(context.principal());
  const std::vector<std::string> ids(request.ticket_ids().begin(), request.ticket_ids().end());
  if (ids.empty() || ids.size() > static_cast<size_t>(domain::kMaxTicketPage)) return base::InvalidField("ticket_ids", "OUT_OF_RANGE", "must be 1 to 200 ids");
  if (!std::all_of(ids.begin(), ids.end(), base::IsValidId)) return base::InvalidField("ticket_ids", "BAD_FORMAT", "must be ids of tickets");
  HOTLINE_ASSIGN_OR_RETURN(std::vector<domain::Ticket> tickets, store_.GetMany(ids));
  std::erase_if(tickets, [&](const domain::Ticket& ticket) { return !domain::MaySee(actor, ticket); });
  HOTLINE_RETURN_IF_ERROR(shown_.Record(actor, tickets, clock_.Now()));
  for (const domain::Ticket& ticket : tickets) *response.add_tickets() = ToProto(ticket, actor, /*in_list=*/true);
  return absl::OkStatus();
}

absl::Status TicketService::ListHistory(rpc::Context& context, const v1::ListHistoryRequest& request, v1::ListHistoryResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, Visible(ToActor(context.principal()), request.ticket_id()));
  const base::PageQuery query("history", {ticket.id});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), domain::kDefaultHistoryPage, domain::kMaxHistoryPage));
  int64_t after = 0;
  if (!page.after.empty() && !absl::SimpleAtoi(page.after, &after)) return domain::BadPageToken();
  HOTLINE_ASSIGN_OR_RETURN(std::vector<HistoryEntry> entries, store_.History(ticket.id, after, page.size + 1));
  if (entries.size() > static_cast<size_t>(page.size)) {
    entries.pop_back();
    response.set_next_page_token(query.Token(absl::StrCat(entries.back().sequence)));
  }
  for (const HistoryEntry& entry : entries) *response.add_entries() = ToProto(entry);
  return absl::OkStatus();
}

absl::Status TicketService::VerifyHistory(rpc::Context&, const v1::VerifyHistoryRequest& request, v1::VerifyHistoryResponse& response) {
  // Only roles of the centre may ask, and they see every ticket; one that cannot be read any more must not stand in the way.
  HOTLINE_ASSIGN_OR_RETURN(const std::string id, store_.Resolve(request.ticket_id()));
  HOTLINE_ASSIGN_OR_RETURN(const HistoryReport report, store_.CheckHistory(id));
  response.set_intact(report.faults.empty());
  response.set_entries(report.entries);
  response.set_more_faults(report.more);
  for (const HistoryFault& fault : report.faults) {
    v1::HistoryFault& one = *response.add_faults();
    one.set_first_sequence(fault.first);
    one.set_last_sequence(fault.last);
    one.set_kind(fault.kind);
  }
  return absl::OkStatus();
}

absl::Status TicketService::ListNotices(rpc::Context& context, const v1::ListNoticesRequest& request, v1::ListNoticesResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, Visible(ToActor(context.principal()), request.ticket_id()));
  const base::PageQuery query("notices", {ticket.id});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), domain::kDefaultNoticePage, domain::kMaxNoticePage));
  if (!page.after.empty() && !base::IsValidId(page.after)) return domain::BadPageToken();
  HOTLINE_ASSIGN_OR_RETURN(std::vector<Notice> notices, store_.Notices(ticket.id, page.after, page.size + 1));
  if (notices.size() > static_cast<size_t>(page.size)) {
    notices.pop_back();
    response.set_next_page_token(query.Token(notices.back().notice_id));
  }
  for (const Notice& notice : notices) *response.add_notices() = ToProto(notice);
  return absl::OkStatus();
}

absl::Status TicketService::SuggestUnits(rpc::Context& context, const v1::SuggestUnitsRequest& request, v1::SuggestUnitsResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, Visible(ToActor(context.principal()), request.ticket_id()));
  HOTLINE_ASSIGN_OR_RETURN(const Suggested suggested, suggester_.Suggest(FactsOf(ticket)));
  response = ToProto(suggested);
  return absl::OkStatus();
}

}  // namespace hotline::ticket
