#include "services/ticket/convert.h"

#include <absl/strings/str_cat.h>

#include "libs/base/text.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/rights.h"

namespace hotline::ticket {
namespace {

using domain::State;
static_assert(static_cast<int>(State::kTranscribe) == v1::TICKET_STATE_TRANSCRIBE && static_cast<int>(State::kHandedOver) == v1::TICKET_STATE_HANDED_OVER);
static_assert(domain::kStates == v1::TicketState_ARRAYSIZE && domain::kTypes == v1::TicketType_ARRAYSIZE);
static_assert(domain::kChannels == v1::Channel_ARRAYSIZE && domain::kUrgencies == v1::Urgency_ARRAYSIZE);
static_assert(domain::kHandlings == v1::Handling_ARRAYSIZE && domain::kLights == v1::LimitLight_ARRAYSIZE);
static_assert(domain::kRepeatMarks == v1::RepeatMark_ARRAYSIZE && domain::kRatingStates == v1::RatingState_ARRAYSIZE);

template <class Strings>
std::vector<std::string> ToVector(const Strings& strings) { return {strings.begin(), strings.end()}; }

std::string FirstCharacters(std::string_view text, size_t characters) {
  size_t bytes = 0;
  while (bytes < text.size()) {
    if ((static_cast<unsigned char>(text[bytes]) & 0xc0) != 0x80 && characters-- == 0) break;
    ++bytes;
  }
  return std::string(text.substr(0, bytes));
}

}  // namespace

google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp out;
  const int64_t seconds = absl::ToUnixSeconds(time);
  out.set_seconds(seconds);
  out.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return out;
}

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

domain::Actor ToActor(const rpc::Principal& principal) {
  domain::Actor actor;
  if (principal.is_service()) {
    actor.id = absl::StrCat("service:", principal.calling_service);
    actor.name = principal.calling_service;
    actor.service = true;
    return actor;
  }
  actor.id = principal.user_id;
  actor.name = principal.name;
  actor.unit_id = principal.unit_id;
  actor.unit_path = principal.unit_path;
  for (rpc::Role role : principal.roles) actor.roles.push_back(rpc::RoleName(role));
  return actor;
}

domain::Ticket DraftFromProto(const v1::Ticket& in) {
  domain::Ticket out;
  out.type = static_cast<domain::Type>(in.type());
  out.urgency = static_cast<domain::Urgency>(in.urgency());
  out.channel = static_cast<domain::Channel>(in.channel());
  out.handling = static_cast<domain::Handling>(in.handling());
  out.caller = {in.caller().name(), in.caller().phone(), in.caller().kind(), in.caller().work_unit(), in.caller().address(),
                in.caller().anonymous(), in.caller().confidential(), false};
  out.title = in.title();
  out.content = in.content();
  out.category_id = in.category_id();
  out.tags = ToVector(in.tags());
  out.area_code = in.area_code();
  out.place = in.place();
  out.longitude = in.longitude();
  out.latitude = in.latitude();
  out.party_complained_of = in.party_complained_of();
  out.line = in.line();
  out.call_id = in.call_id();
  out.recording_id = in.recording_id();
  out.parties_concerned = in.parties_concerned();
  out.nature = in.nature();
  if (in.has_occur_time()) out.occur_time = FromProto(in.occur_time());
  out.extra = {in.extra().begin(), in.extra().end()};
  for (const v1::Link& link : in.links()) out.links.push_back({link.ticket_id(), link.kind()});
  return out;
}

v1::Caller ToProto(const domain::Caller& in) {
  v1::Caller out;
  out.set_name(in.name);
  out.set_phone(in.phone);
  out.set_kind(in.kind);
  out.set_work_unit(in.work_unit);
  out.set_address(in.address);
  out.set_anonymous(in.anonymous);
  out.set_confidential(in.confidential);
  out.set_masked(in.masked);
  return out;
}

// What came of the ticket beside its plain loop.
static void LifeToProto(const domain::Ticket& in, v1::Ticket& out) {
  for (const domain::Link& link : in.links) {
    v1::Link& one = *out.add_links();
    one.set_ticket_id(link.ticket_id);
    one.set_kind(link.kind);
  }
  out.set_nature(in.nature);
  out.set_parties_concerned(in.parties_concerned);
  if (in.occur_time != absl::InfinitePast()) *out.mutable_occur_time() = ToProto(in.occur_time);
  for (const auto& [field, value] : in.extra) (*out.mutable_extra())[field] = value;
  out.set_process_version(in.process_version);
  out.set_responsible_unit_id(in.responsible.id);
  for (const domain::Opinion& opinion : in.opinions) {
    v1::Opinion& one = *out.add_opinions();
    one.set_unit_id(opinion.unit_id);
    one.set_text(opinion.text);
  }
  out.set_return_count(in.return_count);
  out.set_return_barred(in.return_barred);
  out.set_return_closed(in.return_closed);
  if (in.extension_due != absl::InfinitePast()) *out.mutable_extension_due_time() = ToProto(in.extension_due);
  out.set_extension_count(in.extension_count);
  out.set_approvals_given(in.approvals_given);
  out.set_outcome(in.outcome);
  out.mutable_attachment_ids()->Assign(in.evidence.begin(), in.evidence.end());
  out.set_opinion_risk(in.opinion_risk);
  out.set_leader_instructed(in.leader_instructed);
  out.set_supervision_level(in.supervision_level);
  out.set_supervised(in.supervised);
  out.set_group_ticket_id(in.group_id);
  out.set_handover_body(in.handover_body);
  out.set_handover_status(in.handover_status);
  out.set_handover_reference(in.handover_reference);
  out.set_repeat_mark(static_cast<v1::RepeatMark>(in.repeat_mark));
  out.set_rating(in.rating);
  out.set_rating_state(static_cast<v1::RatingState>(in.rating_state));
  out.set_published(in.published);
  out.set_close_reason(in.close_reason);
  out.set_reopen_count(in.reopen_count);
}

v1::Ticket ToProto(const domain::Ticket& in, const domain::Actor& reader, bool in_list) {
  v1::Ticket out;
  out.set_ticket_id(in.id);
  out.set_number(in.number);
  out.set_acceptance_number(in.acceptance_number);
  out.set_type(static_cast<v1::TicketType>(in.type));
  out.set_state(static_cast<v1::TicketState>(in.state));
  out.set_urgency(static_cast<v1::Urgency>(in.urgency));
  out.set_channel(static_cast<v1::Channel>(in.channel));
  out.set_handling(static_cast<v1::Handling>(in.handling));
  *out.mutable_caller() = ToProto(domain::VisibleCaller(reader, in));
  out.set_title(in.title);
  out.set_content(in_list ? FirstCharacters(in.content, domain::kListContent) : in.content);
  out.set_category_id(in.category_id);
  out.mutable_tags()->Assign(in.tags.begin(), in.tags.end());
  out.set_area_code(in.area_code);
  out.set_place(in.place);
  out.set_longitude(in.longitude);
  out.set_latitude(in.latitude);
  out.set_party_complained_of(in.party_complained_of);
  out.set_line(in.line);
  out.set_call_id(in.call_id);
  out.set_recording_id(in.recording_id);
  out.set_unit_id(in.unit.id);
  for (const domain::UnitRef& unit : in.co_units) out.add_co_unit_ids(unit.id);
  out.set_answer(in.answer);
  out.set_solved(in.solved);
  out.set_satisfaction(in.satisfaction);
  for (const domain::Limit& limit : in.limits) {
    v1::Limit& one = *out.add_limits();
    one.set_clock_id(limit.clock_id);
    one.set_step(limit.step);
    if (limit.due != absl::InfiniteFuture()) *one.mutable_due_time() = ToProto(limit.due);
    if (limit.warn != absl::InfiniteFuture()) *one.mutable_warn_time() = ToProto(limit.warn);
    one.set_light(static_cast<v1::LimitLight>(limit.light));
  }
  out.set_light(static_cast<v1::LimitLight>(in.light));
  out.set_refuse_reason(in.refuse_reason);
  out.set_created_by(in.created_by);
  *out.mutable_create_time() = ToProto(in.create_time);
  *out.mutable_update_time() = ToProto(in.update_time);
  if (in.close_time != absl::InfinitePast()) *out.mutable_close_time() = ToProto(in.close_time);
  out.set_etag(absl::StrCat(in.version));
  out.set_rework_count(in.rework_count);
  LifeToProto(in, out);
  return out;
}

v1::HistoryEntry ToProto(const HistoryEntry& in) {
  v1::HistoryEntry out;
  out.set_sequence(in.sequence);
  *out.mutable_time() = ToProto(in.time);
  out.set_actor_id(in.actor_id);
  out.set_actor_name(in.actor_name);
  out.set_actor_unit_id(in.actor_unit_id);
  out.set_action(in.action);
  out.set_note(in.note);
  for (const auto& [field, value] : in.changes) (*out.mutable_changes())[field] = value;
  out.set_state(static_cast<v1::TicketState>(in.state));
  out.set_digest(in.digest);
  out.set_version(in.version);
  return out;
}

v1::Notice ToProto(const Notice& in) {
  v1::Notice out;
  out.set_notice_id(in.notice_id);
  out.set_ticket_id(in.ticket_id);
  out.set_kind(in.kind);
  out.set_addressee(in.addressee);
  out.set_text(in.text);
  out.set_status(in.status);
  *out.mutable_create_time() = ToProto(in.create_time);
  return out;
}

v1::Category ToProto(const Category& in) {
  v1::Category out;
  out.set_category_id(in.id);
  out.set_parent_id(in.parent_id);
  out.set_name(in.name);
  out.set_name_en(in.name_en);
  out.mutable_tags()->Assign(in.tags.begin(), in.tags.end());
  out.set_default_unit_id(in.default_unit_id);
  out.set_script(in.script);
  out.set_order(in.order);
  return out;
}

Category FromProto(const v1::Category& in) {
  return {in.category_id(), in.parent_id(), in.name(), in.name_en(), ToVector(in.tags()), in.default_unit_id(), in.script(), in.order()};
}

v1::Line ToProto(const Line& in) {
  v1::Line out;
  out.set_line(in.line);
  out.set_name(in.name);
  out.set_name_en(in.name_en);
  out.set_mode(in.mode);
  out.set_unit_id(in.unit_id);
  out.set_expert_seats(in.expert_seats);
  return out;
}

Line FromProto(const v1::Line& in) { return {in.line(), in.name(), in.name_en(), in.mode(), in.unit_id(), in.expert_seats()}; }

}  // namespace hotline::ticket
