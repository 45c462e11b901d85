// The commands of the closed loop: parse, decide, keep, answer.
#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "libs/base/log.h"
#include "services/ticket/convert.h"
#include "services/ticket/domain/decide.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/rights.h"
#include "services/ticket/domain/validate.h"
#include "services/ticket/service.h"

namespace hotline::ticket {

absl::StatusOr<domain::Process> ProcessFor(ProcessSource& source, const domain::Ticket& ticket, const domain::Command& command) {
  const auto* amend = std::get_if<domain::Amend>(&command);
  const bool other_type = amend != nullptr && amend->type != domain::Type::kUnspecified && amend->type != ticket.type;
  return other_type ? source.Current(amend->type) : source.Get(ticket.type, ticket.process_version);
}

absl::Status TicketService::CheckBefore(const Request& request, const domain::Ticket& before, const std::string& etag) {
  if (!domain::MaySee(request.actor, before)) return domain::WrongUnit(before.id);
  if (!etag.empty() && etag != absl::StrCat(before.version)) return domain::EtagMismatch(before.id);
  return absl::OkStatus();
}

absl::StatusOr<domain::Change> TicketService::DecideOn(const domain::Ticket& before, const domain::Command& command, const Request& request) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::Process process, ProcessFor(processes_, before, command));
  return domain::Decide(&before, command, request.actor, request.now, process);
}

void TicketService::Answer(const Request& request, const domain::Ticket& after, v1::Ticket& response) {
  response = ToProto(after, request.actor);
  const absl::Status written = shown_.Record(request.actor, {&after, 1}, request.now);
  if (written.ok()) return;
  base::log::Error("a look could not be written down: its command is answered masked", {{"ticket", after.id}, {"error", written}});
  *response.mutable_caller() = ToProto(domain::MaskedCaller(request.actor, after));
}

absl::StatusOr<std::optional<domain::RepeatProposal>> TicketService::FindRepeat(const domain::Ticket& matter, absl::Time now) {
  HOTLINE_ASSIGN_OR_RETURN(const std::optional<Repeats> repeats, callers_.RepeatsOf(store_.PhoneHash(matter.caller.phone), matter.category_id, now, matter.id));
  if (!repeats || !repeats->unreasonable) return std::nullopt;
  return domain::RepeatProposal{repeats->reason, repeats->rule};
}

absl::StatusOr<std::optional<domain::RepeatProposal>> TicketService::FindRepeat(const Request& request, const std::string& reference,
                                                                                const domain::Amend& amend) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::RepeatRule rule, callers_.RuleInForce(request.now));
  if (!rule.enabled) return std::nullopt;
  HOTLINE_ASSIGN_OR_RETURN(domain::Ticket ticket, Visible(request.actor, reference));
  if (ticket.repeat_mark != domain::RepeatMark::kNone) return std::nullopt;
  if (!amend.caller_phone.empty()) ticket.caller.phone = amend.caller_phone;
  if (!amend.category_id.empty()) ticket.category_id = amend.category_id;
  return FindRepeat(ticket, request.now);
}

absl::Status TicketService::CheckSource(const domain::Ticket& ticket, const std::string& unit_id, const std::string& source) {
  if (source.empty()) return absl::OkStatus();
  HOTLINE_ASSIGN_OR_RETURN(const Suggested suggested, suggester_.Suggest(FactsOf(ticket)));
  for (const domain::Suggestion& one : suggested.suggestions) {
    if (one.unit_id == unit_id && source == (one.source.empty() ? one.rule : one.source)) return absl::OkStatus();
  }
  return domain::SuggestionChanged();
}

absl::Status TicketService::Apply(const Request& request, const std::string& reference, const std::string& etag, const domain::Command& command,
                                  v1::Ticket& response) {
  HOTLINE_RETURN_IF_ERROR(CheckRequestId(request.request_id, /*service=*/false));
  HOTLINE_ASSIGN_OR_RETURN(const std::string id, store_.Resolve(reference));
  bool looked = false;
  const auto decide = [&](const domain::Ticket& before) -> absl::StatusOr<domain::Change> {
    looked = false;
    HOTLINE_RETURN_IF_ERROR(CheckBefore(request, before, etag));
    return DecideOn(before, command, request);
  };
  const auto write_look = [&](postgres::Transaction& tx, const domain::Ticket& after) -> absl::Status {
    HOTLINE_ASSIGN_OR_RETURN(looked, shown_.RecordIn(tx, request.actor, after, request.now));
    return absl::OkStatus();
  };
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket after, store_.Change(request, id, decide, write_look));
  if (looked) shown_.Note(request.actor, after.id, request.now);
  Answer(request, after, response);
  return absl::OkStatus();
}

absl::Status TicketService::ApplyPair(const Request& request, const std::string& reference, const std::string& etag, const std::string& other,
                                      DecidePair decide, v1::Ticket& response) {
  HOTLINE_ASSIGN_OR_RETURN(const std::string id, store_.Resolve(reference));
  HOTLINE_ASSIGN_OR_RETURN(const std::string other_id, store_.Resolve(other));
  if (id == other_id) return domain::GroupOfItself();
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket after,
                           store_.ChangePair(request, id, other_id, [&](const domain::Ticket& one, const domain::Ticket& two) -> absl::StatusOr<Store::Pair> {
                             HOTLINE_RETURN_IF_ERROR(CheckBefore(request, one, etag));
                             HOTLINE_RETURN_IF_ERROR(CheckBefore(request, two, ""));
                             return decide(one, two);
                           }));
  Answer(request, after, response);
  return absl::OkStatus();
}

absl::StatusOr<domain::Unit> TicketService::ResolveUnit(const rpc::Context& context, const std::map<std::string, domain::Unit>& known,
                                                        const std::string& id, const std::string& field) {
  if (const auto found = known.find(id); found != known.end()) return found->second;
  absl::StatusOr<domain::Unit> unit = peers_.units(context, id);
  if (absl::IsNotFound(unit.status())) return domain::UnitNotFound(field, id);
  if (!unit.ok()) return domain::UnitsUnknownNow();
  HOTLINE_RETURN_IF_ERROR(store_.PutUnit(*unit));
  return unit;
}

absl::StatusOr<domain::Dispatch> TicketService::ResolveUnits(const rpc::Context& context, domain::Dispatch named, const std::string& prefix) {
  domain::Violations bad = domain::Check(named);
  for (base::FieldViolation& violation : bad) violation.field = prefix + violation.field;
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(std::move(bad)));
  std::vector<std::string> ids = {named.lead.id};
  for (const domain::Unit& unit : named.co_units) ids.push_back(unit.id);
  HOTLINE_ASSIGN_OR_RETURN(const auto known, store_.FindUnits(ids));
  HOTLINE_ASSIGN_OR_RETURN(named.lead, ResolveUnit(context, known, named.lead.id, prefix + "unit_id"));
  for (size_t i = 0; i < named.co_units.size(); ++i) {
    HOTLINE_ASSIGN_OR_RETURN(named.co_units[i], ResolveUnit(context, known, named.co_units[i].id, absl::StrCat(prefix, "co_unit_ids[", i, "]")));
  }
  return named;
}

absl::Status TicketService::AmendTicket(rpc::Context& context, const v1::AmendTicketRequest& request, v1::Ticket& response) {
  domain::Amend amend{static_cast<domain::Type>(request.type()), request.title(), request.content(), request.category_id(),
                      static_cast<domain::Urgency>(request.urgency()), request.area_code(), request.place(),
                      {request.tags().begin(), request.tags().end()}, request.note(), request.caller_name(), request.caller_phone(),
                      request.party_complained_of(), {request.extra().begin(), request.extra().end()}};
  if (request.has_longitude()) amend.longitude = request.longitude();
  if (request.has_latitude()) amend.latitude = request.latitude();
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(domain::Check(amend)));
  HOTLINE_RETURN_IF_ERROR(CheckCategory(amend.category_id, "category_id"));
  const Request by = MakeRequest(context, "AmendTicket");
  HOTLINE_ASSIGN_OR_RETURN(amend.repeat, FindRepeat(by, request.ticket_id(), amend));
  return Apply(by, request.ticket_id(), request.etag(), amend, response);
}

absl::Status TicketService::DispatchTicket(rpc::Context& context, const v1::DispatchTicketRequest& request, v1::Ticket& response) {
  domain::Dispatch dispatch;
  dispatch.lead.id = request.unit_id();
  for (const std::string& id : request.co_unit_ids()) dispatch.co_units.emplace_back().id = id;
  dispatch.note = request.note();
  dispatch.rule = request.source();
  const Request by = MakeRequest(context, "DispatchTicket");
  HOTLINE_ASSIGN_OR_RETURN(dispatch, ResolveUnits(context, std::move(dispatch), ""));
  if (!request.source().empty()) {
    HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, Visible(by.actor, request.ticket_id()));
    HOTLINE_RETURN_IF_ERROR(CheckSource(ticket, request.unit_id(), request.source()));
  }
  HOTLINE_ASSIGN_OR_RETURN(dispatch.repeat, FindRepeat(by, request.ticket_id(), {}));
  return Apply(by, request.ticket_id(), request.etag(), dispatch, response);
}

absl::Status TicketService::SignTicket(rpc::Context& context, const v1::SignTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "SignTicket", request.request_id()), request.ticket_id(), request.etag(), domain::Sign{}, response);
}

absl::Status TicketService::RequestReturn(rpc::Context& context, const v1::RequestReturnRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "RequestReturn"), request.ticket_id(), request.etag(),
               domain::RequestReturn{request.reason(), request.suggested_unit_id()}, response);
}

absl::Status TicketService::DecideReturn(rpc::Context& context, const v1::DecideReturnRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "DecideReturn"), request.ticket_id(), request.etag(), 
               domain::DecideReturn{request.accepted(), request.note(), request.improper()}, response);
}

absl::Status TicketService::ReplyTicket(rpc::Context& context, const v1::ReplyTicketRequest& request, v1::Ticket& response) {
  const domain::Reply reply{request.text(), request.internal_note(), request.outcome(), {request.attachment_ids().begin(), request.attachment_ids().end()}};
  return Apply(MakeRequest(context, "ReplyTicket", request.request_id()), request.ticket_id(), request.etag(), reply, response);
}

absl::Status TicketService::ReviewReply(rpc::Context& context, const v1::ReviewReplyRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "ReviewReply"), request.ticket_id(), request.etag(), 
               domain::Review{request.accepted(), request.note(), request.opinion_risk()}, response);
}

absl::Status TicketService::RecordCallback(rpc::Context& context, const v1::RecordCallbackRequest& request, v1::Ticket& response) {
  const domain::Callback callback{request.reached(), request.solved(), request.satisfaction(), request.note(), request.call_id(),
                                  request.satisfaction_result(), request.satisfaction_attitude(), request.channel()};
  return Apply(MakeRequest(context, "RecordCallback"), request.ticket_id(), request.etag(), callback, response);
}

absl::Status TicketService::ArchiveTicket(rpc::Context& context, const v1::ArchiveTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "ArchiveTicket"), request.ticket_id(), request.etag(), domain::Archive{}, response);
}

absl::Status TicketService::RefuseTicket(rpc::Context& context, const v1::RefuseTicketRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "RefuseTicket"), request.ticket_id(), request.etag(), 
               domain::Refuse{request.reason(), request.note(), request.referred_to()}, response);
}

absl::Status TicketService::AddRemark(rpc::Context& context, const v1::AddRemarkRequest& request, v1::Ticket& response) {
  return Apply(MakeRequest(context, "AddRemark"), request.ticket_id(), "", domain::Remark{request.kind(), request.text()}, response);
}

}  // namespace hotline::ticket
