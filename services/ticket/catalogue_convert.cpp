#include "services/ticket/catalogue_convert.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "services/ticket/convert.h"

namespace hotline::ticket {
namespace {

static_assert(static_cast<int>(domain::FieldKind::kText) == v1::FORM_FIELD_KIND_TEXT && static_cast<int>(domain::FieldKind::kPhone) == v1::FORM_FIELD_KIND_PHONE);

const char* DeciderName(domain::Decider decider) { return decider == domain::Decider::kSupervisor ? "supervisor" : "dispatcher"; }
// An unknown name is no decider, which the check tells.
domain::Decider DeciderFrom(const std::string& name) {
  return name == "supervisor" ? domain::Decider::kSupervisor : name == "dispatcher" ? domain::Decider::kDispatcher : static_cast<domain::Decider>(0);
}

absl::StatusOr<std::optional<absl::CivilDay>> ReadDay(const std::string& text, std::string_view field) {
  if (text.empty()) return std::optional<absl::CivilDay>();
  const std::optional<absl::CivilDay> day = domain::ParseDay(text);
  if (!day) return base::InvalidField(field, "BAD_FORMAT", "must be a date as 2026-12-01");
  return day;
}

}  // namespace

absl::StatusOr<std::optional<int64_t>> ReadEtag(const std::string& etag, std::string_view field) {
  if (etag.empty()) return std::optional<int64_t>();
  int64_t version = 0;
  if (!absl::SimpleAtoi(etag, &version)) return base::InvalidField(field, "BAD_FORMAT", "must be an etag as read");
  return std::optional(version);
}

v1::CatalogueEntry ToProto(const domain::CatalogueEntry& in) {
  v1::CatalogueEntry out;
  out.set_entry_id(in.id);
  out.set_category_id(in.category_id);
  out.set_area_code(in.area_code);
  out.set_type(static_cast<v1::TicketType>(in.type));
  out.set_unit_id(in.unit_id);
  out.mutable_co_unit_ids()->Assign(in.co_unit_ids.begin(), in.co_unit_ids.end());
  out.set_sure(in.sure);
  out.set_effective_from(domain::DayText(in.from));
  out.set_effective_to(domain::DayText(in.to));
  out.set_note(in.note);
  return out;
}

v1::CatalogueEntry ToProto(const DraftEntry& in) {
  v1::CatalogueEntry out = ToProto(in.entry);
  out.set_etag(absl::StrCat(in.version));
  out.set_updated_by(in.updated_by);
  *out.mutable_update_time() = ToProto(in.update_time);
  return out;
}

absl::StatusOr<domain::CatalogueEntry> FromProto(const v1::CatalogueEntry& in) {
  domain::CatalogueEntry out{in.entry_id(), in.category_id(), in.area_code(), static_cast<domain::Type>(in.type()), in.unit_id()};
  out.co_unit_ids.assign(in.co_unit_ids().begin(), in.co_unit_ids().end());
  out.sure = in.sure();
  HOTLINE_ASSIGN_OR_RETURN(out.from, ReadDay(in.effective_from(), "entry.effective_from"));
  HOTLINE_ASSIGN_OR_RETURN(out.to, ReadDay(in.effective_to(), "entry.effective_to"));
  out.note = in.note();
  return out;
}

v1::CatalogueFinding ToProto(const domain::Finding& in) {
  v1::CatalogueFinding out;
  out.set_error(in.error);
  out.set_rule(in.rule);
  out.mutable_entry_ids()->Assign(in.entry_ids.begin(), in.entry_ids.end());
  out.set_subject(in.subject);
  out.set_text(in.text);
  return out;
}

v1::CatalogueVersion ToProto(const CatalogueVersion& in) {
  v1::CatalogueVersion out;
  out.set_version(in.version);
  *out.mutable_publish_time() = ToProto(in.publish_time);
  out.set_published_by(in.published_by);
  out.set_note(in.note);
  out.set_entries(in.entries);
  out.set_added(in.added);
  out.set_changed(in.changed);
  out.set_removed(in.removed);
  return out;
}

v1::Script ToProto(const Script& in) {
  v1::Script out;
  out.set_script_id(in.id);
  out.set_type(static_cast<v1::TicketType>(in.type));
  out.set_category_id(in.category_id);
  out.set_order(in.order);
  out.set_title(in.title);
  for (const ScriptStep& step : in.steps) {
    v1::ScriptStep& one = *out.add_steps();
    one.set_kind(step.kind);
    one.set_text(step.text);
    one.set_field(step.field);
  }
  out.set_etag(absl::StrCat(in.version));
  return out;
}

Script FromProto(const v1::Script& in) {
  Script out{in.script_id(), static_cast<domain::Type>(in.type()), in.category_id(), in.order(), in.title(), {}, 0};
  for (const v1::ScriptStep& step : in.steps()) out.steps.push_back({step.kind(), step.text(), step.field()});
  return out;
}

v1::Process ToProto(const KeptProcess& in) {
  const domain::Process& process = in.process;
  v1::Process out;
  out.set_type(static_cast<v1::TicketType>(process.type));
  out.set_version(process.version);
  out.mutable_required()->Assign(process.required.begin(), process.required.end());
  for (const domain::FormField& field : process.fields) {
    v1::FormField& one = *out.add_fields();
    one.set_field_id(field.id);
    one.set_name(field.name);
    one.set_name_en(field.name_en);
    one.set_kind(static_cast<v1::FormFieldKind>(field.kind));
    one.set_required(field.required);
    one.mutable_choices()->Assign(field.choices.begin(), field.choices.end());
    one.set_max_length(field.max_length);
  }
  out.set_review(process.review);
  out.set_callback(process.callback);
  out.mutable_approvals()->Assign(process.approvals.begin(), process.approvals.end());
  out.set_return_decider(DeciderName(process.return_decider));
  out.set_extension_decider(DeciderName(process.extension_decider));
  out.set_arbitration_after(process.arbitration_after);
  out.set_max_rework(process.max_rework);
  out.set_reopen_days(process.reopen_days);
  out.set_draft(in.draft);
  if (in.draft) out.set_etag(absl::StrCat(in.revision));
  out.set_note(in.note);
  out.set_updated_by(in.updated_by);
  if (in.update_time != absl::InfinitePast()) *out.mutable_update_time() = ToProto(in.update_time);
  return out;
}

domain::Process FromProto(const v1::Process& in) {
  domain::Process out;
  out.type = static_cast<domain::Type>(in.type());
  out.required.assign(in.required().begin(), in.required().end());
  for (const v1::FormField& field : in.fields()) {
    out.fields.push_back({field.field_id(), field.name(), field.name_en(), static_cast<domain::FieldKind>(field.kind()), field.required(),
                          {field.choices().begin(), field.choices().end()}, field.max_length()});
  }
  out.review = in.review();
  out.callback = in.callback();
  out.approvals.assign(in.approvals().begin(), in.approvals().end());
  out.return_decider = DeciderFrom(in.return_decider());
  out.extension_decider = DeciderFrom(in.extension_decider());
  out.arbitration_after = in.arbitration_after();
  out.max_rework = in.max_rework();
  out.reopen_days = in.reopen_days();
  return out;
}

v1::RepeatRule ToProto(const domain::RepeatRule& in) {
  v1::RepeatRule out;
  out.set_enabled(in.enabled);
  out.set_count(in.count);
  out.set_days(in.days);
  out.set_same_category(in.same_category);
  out.set_only_handled(in.only_handled);
  out.set_etag(absl::StrCat(in.version));
  return out;
}

domain::RepeatRule FromProto(const v1::RepeatRule& in) { return {0, in.enabled(), in.count(), in.days(), in.same_category(), in.only_handled()}; }

v1::Ban ToProto(const Ban& in, absl::Time now) {
  v1::Ban out;
  out.set_ban_id(in.id);
  out.set_ticket_id(in.ticket_id);
  out.set_reason(in.reason);
  *out.mutable_until_time() = ToProto(in.until);
  out.set_created_by(in.created_by);
  *out.mutable_create_time() = ToProto(in.create_time);
  out.set_lifted_by(in.lifted_by);
  if (in.lift_time != absl::InfinitePast()) *out.mutable_lift_time() = ToProto(in.lift_time);
  out.set_lift_reason(in.lift_reason);
  out.set_active(in.lifted_by.empty() && in.until > now);
  return out;
}

v1::CallerAuditEntry ToProto(const Look& in) {
  v1::CallerAuditEntry out;
  out.set_audit_id(in.id);
  out.set_ticket_id(in.ticket_id);
  out.set_actor_id(in.actor_id);
  out.set_actor_unit_id(in.actor_unit_id);
  out.set_kind(in.kind);
  out.set_reason(in.reason);
  *out.mutable_time() = ToProto(in.time);
  return out;
}

v1::SuggestUnitsResponse ToProto(const Suggested& in) {
  v1::SuggestUnitsResponse out;
  for (size_t i = 0; i < in.suggestions.size(); ++i) {
    const domain::Suggestion& suggestion = in.suggestions[i];
    v1::UnitSuggestion& one = *out.add_suggestions();
    one.set_unit_id(suggestion.unit_id);
    one.set_rule(suggestion.rule);
    one.set_reason(suggestion.reason);
    one.set_score(suggestion.score);
    one.mutable_co_unit_ids()->Assign(suggestion.co_unit_ids.begin(), suggestion.co_unit_ids.end());
    one.set_source(suggestion.source);
    one.set_unit_name(in.unit_names[i]);
  }
  out.set_sure(in.sure);
  return out;
}

}  // namespace hotline::ticket
