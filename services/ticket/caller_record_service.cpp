#include "services/ticket/caller_record_service.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <algorithm>

#include "hotline/ticket/v1/caller_record_service.grpc.pb.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/page.h"
#include "libs/base/text.h"
#include "services/ticket/catalogue_convert.h"
#include "services/ticket/convert.h"
#include "services/ticket/domain/decide.h"
#include "services/ticket/domain/configuration_errors.h"
#include "services/ticket/domain/configuration_limits.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/validate.h"

namespace hotline::ticket {
namespace {

constexpr size_t kMostBytes = 4;  // of a character

absl::Status CheckDraft(const domain::Ticket& draft) {
  domain::Violations bad;
  domain::CheckPhone(bad, "draft.caller.phone", draft.caller.phone);
  domain::CheckText(bad, "draft.title", draft.title, 0, domain::kMaxTitle);
  domain::CheckText(bad, "draft.content", draft.content, 0, domain::kMaxContent);
  domain::CheckCode(bad, "draft.category_id", draft.category_id, false);
  domain::CheckCode(bad, "draft.area_code", draft.area_code, false);
  domain::CheckText(bad, "draft.place", draft.place, 0, domain::kMaxAddress);
  if (!(draft.longitude >= -180 && draft.longitude <= 180)) bad.push_back({"draft.longitude", "OUT_OF_RANGE", "must be from -180 to 180"});
  if (!(draft.latitude >= -90 && draft.latitude <= 90)) bad.push_back({"draft.latitude", "OUT_OF_RANGE", "must be from -90 to 90"});
  return domain::ToStatus(std::move(bad));
}

v1::Duplicate DuplicateOf(const LikeTicket& ticket, const domain::Likeness& likeness) {
  v1::Duplicate out;
  out.set_ticket_id(ticket.facts.ticket_id);
  out.set_number(ticket.number);
  out.set_title(ticket.facts.title);
  out.set_state(static_cast<v1::TicketState>(ticket.state));
  out.set_category_id(ticket.facts.category_id);
  out.set_unit_id(ticket.unit_id);
  *out.mutable_create_time() = ToProto(ticket.create_time);
  out.set_kind(likeness.kind);
  out.set_reason(likeness.reason);
  out.set_score(likeness.score);
  return out;
}

absl::Status ReadPosition(const std::string& after, LookFilter& filter) {
  if (after.empty()) return absl::OkStatus();
  const std::pair<std::string, std::string> parts = absl::StrSplit(after, absl::MaxSplits('/', 1));
  int64_t micros = 0;
  if (!absl::SimpleAtoi(parts.first, &micros) || !base::IsValidId(parts.second)) return domain::BadPageToken();
  filter.before_time = absl::FromUnixMicros(micros);
  filter.before_id = parts.second;
  return absl::OkStatus();
}

}  // namespace

CallerRecordService::CallerRecordService(rpc::Node& node, rpc::Pool& pool, Store& tickets, CallerRecordStore& records, ProcessSource& processes,
                                         ConfirmedRepeat confirmed)
    : PlainService(node, pool, v1::CallerRecordService::service_full_name()), clock_(node.clock()), tickets_(tickets), records_(records),
      processes_(processes), confirmed_(std::move(confirmed)) {
  Handle("FindDuplicates", &CallerRecordService::FindDuplicates);
  Handle("GetRepeatRule", &CallerRecordService::GetRepeatRule);
  Handle("PutRepeatRule", &CallerRecordService::PutRepeatRule);
  Handle("ListBans", &CallerRecordService::ListBans);
  Handle("PutBan", &CallerRecordService::PutBan);
  Handle("LiftBan", &CallerRecordService::LiftBan);
  Handle("ListCallerAudit", &CallerRecordService::ListCallerAudit);
}

absl::StatusOr<domain::MatterFacts> CallerRecordService::Facts(const v1::FindDuplicatesRequest& request) {
  domain::Ticket matter = DraftFromProto(request.draft());
  if (request.ticket_id().empty()) {
    HOTLINE_RETURN_IF_ERROR(CheckDraft(matter));
  } else {
    // Only roles of the centre may ask, and they see every ticket.
    HOTLINE_ASSIGN_OR_RETURN(const std::string id, tickets_.Resolve(request.ticket_id()));
    HOTLINE_ASSIGN_OR_RETURN(matter, tickets_.Get(id));
  }
  return domain::MatterFacts{matter.id, tickets_.PhoneHash(matter.caller.phone), matter.title, base::TruncateUtf8(matter.content, domain::kComparedContent * kMostBytes),
                             matter.category_id, matter.area_code, matter.place, matter.longitude, matter.latitude};
}

absl::Status CallerRecordService::FindDuplicates(rpc::Context&, const v1::FindDuplicatesRequest& request, v1::FindDuplicatesResponse& response) {
  if (request.days() < 0 || request.days() > domain::kMaxAlikeDays) return base::InvalidField("days", "OUT_OF_RANGE", "must be from 0 to 365");
  HOTLINE_ASSIGN_OR_RETURN(const domain::MatterFacts facts, Facts(request));
  const absl::Time now = clock_.Now();
  const absl::Duration back = absl::Hours(24) * (request.days() == 0 ? domain::kDefaultAlikeDays : request.days());
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<LikeTicket> candidates, records_.Candidates(facts, now - back));
  std::vector<std::pair<domain::Likeness, const LikeTicket*>> found;
  for (const LikeTicket& candidate : candidates) {
    if (auto likeness = domain::Compare(facts, candidate.facts)) found.emplace_back(std::move(*likeness), &candidate);
  }
  // As good ones newest first.
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a.first.score != b.first.score ? a.first.score > b.first.score : a.second->facts.ticket_id > b.second->facts.ticket_id;
  });
  if (found.size() > domain::kMaxAlike) found.resize(domain::kMaxAlike);
  for (const auto& [likeness, ticket] : found) *response.add_duplicates() = DuplicateOf(*ticket, likeness);
  HOTLINE_ASSIGN_OR_RETURN(const std::optional<Repeats> repeats, records_.RepeatsOf(facts.phone_hash, facts.category_id, now, facts.ticket_id));
  if (!repeats) return absl::OkStatus();
  v1::RepeatFinding& finding = *response.mutable_repeats();
  finding.set_count(repeats->count);
  finding.set_unreasonable(repeats->unreasonable);
  finding.mutable_ticket_ids()->Assign(repeats->ticket_ids.begin(), repeats->ticket_ids.end());
  finding.set_reason(repeats->reason);
  return absl::OkStatus();
}

absl::Status CallerRecordService::GetRepeatRule(rpc::Context&, const v1::GetRepeatRuleRequest&, v1::RepeatRule& response) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::RepeatRule rule, records_.Rule());
  response = ToProto(rule);
  return absl::OkStatus();
}

absl::Status CallerRecordService::PutRepeatRule(rpc::Context& context, const v1::PutRepeatRuleRequest& request, v1::RepeatRule& response) {
  const domain::RepeatRule rule = FromProto(request.rule());
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(domain::CheckRepeatRule(rule)));
  HOTLINE_ASSIGN_OR_RETURN(const auto expected, ReadEtag(request.rule().etag(), "rule.etag"));
  HOTLINE_ASSIGN_OR_RETURN(const domain::RepeatRule kept, records_.PutRule(rule, expected, context.principal().user_id, clock_.Now()));
  response = ToProto(kept);
  return absl::OkStatus();
}

absl::Status CallerRecordService::ListBans(rpc::Context&, const v1::ListBansRequest& request, v1::ListBansResponse& response) {
  domain::Violations bad;
  domain::CheckPhone(bad, "phone", request.phone());
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(std::move(bad)));
  const absl::Time now = clock_.Now();
  BanFilter filter;
  if (request.active_only()) filter.active_at = now;
  filter.phone_hash = tickets_.PhoneHash(request.phone());
  const base::PageQuery query("bans", {request.active_only() ? "active" : "all", filter.phone_hash});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), domain::kDefaultAuditPage, domain::kMaxAuditPage));
  if (!page.after.empty() && !base::IsValidId(page.after)) return domain::BadPageToken();
  filter.before_id = page.after;
  filter.limit = page.size + 1;
  HOTLINE_ASSIGN_OR_RETURN(std::vector<Ban> bans, records_.Bans(filter));
  if (bans.size() > static_cast<size_t>(page.size)) {
    bans.pop_back();
    response.set_next_page_token(query.Token(bans.back().id));
  }
  for (const Ban& ban : bans) *response.add_bans() = ToProto(ban, now);
  return absl::OkStatus();
}

Request CallerRecordService::MakeRequest(const rpc::Context& context, std::string rpc) const {
  return {ToActor(context.principal()), clock_.Now(), context.Traceparent(), std::move(rpc), ""};
}

absl::Status CallerRecordService::NoteBan(postgres::Transaction& tx, const Request& by, const Ban& ban) {
  const bool lifted = !ban.lifted_by.empty();
  const domain::NoteBan command{ban.id, lifted, ban.until, lifted ? ban.lift_reason : ban.reason};
  return tickets_.Change(tx, by, ban.ticket_id, [&](const domain::Ticket& ticket) -> absl::StatusOr<domain::Change> {
    HOTLINE_ASSIGN_OR_RETURN(const domain::Process process, ProcessFor(processes_, ticket, command));
    return domain::Decide(&ticket, command, by.actor, by.now, process);
  }).status();
}

absl::Status CallerRecordService::PutBan(rpc::Context& context, const v1::PutBanRequest& request, v1::Ban& response) {
  const absl::Time now = clock_.Now(), until = FromProto(request.until_time());
  domain::Violations bad;
  domain::CheckText(bad, "reason", request.reason(), 1, domain::kMaxNote);
  if (!request.has_until_time() || until <= now || until > now + domain::kLongestBan)
    bad.push_back({"until_time", "OUT_OF_RANGE", "must be later than now and at most a year ahead"});
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(std::move(bad)));
  HOTLINE_ASSIGN_OR_RETURN(const std::string id, tickets_.Resolve(request.ticket_id()));
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, tickets_.Get(id));
  // A ban follows only from a review (TKT-11).
  if (!confirmed_(ticket)) return domain::RepeatNotConfirmed();
  const std::string phone_hash = tickets_.PhoneHash(ticket.caller.phone);
  if (phone_hash.empty()) return domain::CallerWithoutPhone();
  const Ban ban{base::NewId(), phone_hash, until, request.reason(), ticket.id, context.principal().user_id, now, "", absl::InfinitePast(), ""};
  const Request by = MakeRequest(context, "PutBan");
  HOTLINE_RETURN_IF_ERROR(records_.PutBan(ban, [&](postgres::Transaction& tx, const Ban& put) { return NoteBan(tx, by, put); }));
  response = ToProto(ban, now);
  return absl::OkStatus();
}

absl::Status CallerRecordService::LiftBan(rpc::Context& context, const v1::LiftBanRequest& request, v1::Ban& response) {
  domain::Violations bad;
  domain::CheckText(bad, "reason", request.reason(), 1, domain::kMaxNote);
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(std::move(bad)));
  const absl::Time now = clock_.Now();
  const Request by = MakeRequest(context, "LiftBan");
  HOTLINE_ASSIGN_OR_RETURN(const Ban ban, records_.LiftBan(request.ban_id(), by.actor.id, request.reason(), now,
                                                           [&](postgres::Transaction& tx, const Ban& lifted) { return NoteBan(tx, by, lifted); }));
  response = ToProto(ban, now);
  return absl::OkStatus();
}

absl::Status CallerRecordService::ListCallerAudit(rpc::Context&, const v1::ListCallerAuditRequest& request, v1::ListCallerAuditResponse& response) {
  domain::Violations bad;
  domain::CheckCode(bad, "actor_id", request.actor_id(), false);
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(std::move(bad)));
  LookFilter filter;
  if (!request.ticket_id().empty()) {
    HOTLINE_ASSIGN_OR_RETURN(filter.ticket_id, tickets_.Resolve(request.ticket_id()));
  }
  filter.actor_id = request.actor_id();
  if (request.has_time_from()) filter.from = FromProto(request.time_from());
  if (request.has_time_to()) filter.to = FromProto(request.time_to());
  v1::ListCallerAuditRequest bound = request;
  bound.clear_page_size();
  bound.clear_page_token();
  const base::PageQuery query("caller_audit", {bound.SerializeAsString()});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), domain::kDefaultAuditPage, domain::kMaxAuditPage));
  HOTLINE_RETURN_IF_ERROR(ReadPosition(page.after, filter));
  filter.limit = page.size + 1;
  HOTLINE_ASSIGN_OR_RETURN(std::vector<Look> looks, records_.Looks(filter));
  if (looks.size() > static_cast<size_t>(page.size)) {
    looks.pop_back();
    response.set_next_page_token(query.Token(absl::StrCat(absl::ToUnixMicros(looks.back().time), "/", looks.back().id)));
  }
  for (const Look& look : looks) *response.add_entries() = ToProto(look);
  return absl::OkStatus();
}

}  // namespace hotline::ticket
