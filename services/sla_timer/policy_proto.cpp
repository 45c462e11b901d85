#include "services/sla_timer/policy_proto.h"

#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <google/protobuf/util/json_util.h>

#include "libs/base/error.h"
#include "services/sla_timer/domain/errors.h"

namespace hotline::sla_timer {
namespace {

absl::StatusOr<Limit> LimitFromProto(const std::string& field, const v1::Limit& proto) {
  Limit limit;
  if (proto.kind() < v1::LIMIT_KIND_NONE || proto.kind() > v1::LIMIT_KIND_SAME_WORKING_DAY) {
    return errors::Invalid(field + ".kind", "REQUIRED", "how the limit is counted");
  }
  if (!v1::LimitUnit_IsValid(proto.unit())) return errors::Invalid(field + ".unit", "BAD_VALUE", "a known unit");
  limit.kind = static_cast<LimitKind>(proto.kind());
  limit.amount = proto.amount();
  limit.unit = static_cast<LimitUnit>(proto.unit());
  limit.same_time = proto.same_time();
  if (!proto.outside_by().empty()) limit.outside_minute = ParseMinute(proto.outside_by());
  return limit;
}

absl::StatusOr<Rule> RuleFromProto(const std::string& field, const v1::Rule& proto) {
  Rule rule;
  rule.types.assign(proto.types().begin(), proto.types().end());
  rule.urgencies.assign(proto.urgencies().begin(), proto.urgencies().end());
  rule.channels.assign(proto.channels().begin(), proto.channels().end());
  rule.categories.assign(proto.categories().begin(), proto.categories().end());
  HOTLINE_ASSIGN_OR_RETURN(rule.limit, LimitFromProto(field + ".limit", proto.limit()));
  if (proto.warn_percent() != 0) rule.warn_percent = proto.warn_percent();
  rule.warn_before = absl::Minutes(proto.warn_before_minutes());
  rule.max_extensions = proto.max_extensions();
  if (proto.has_max_extension()) {
    HOTLINE_ASSIGN_OR_RETURN(rule.max_extension, LimitFromProto(field + ".maxExtension", proto.max_extension()));
  }
  rule.statutory = proto.statutory();
  rule.basis = proto.basis();
  return rule;
}

// Unknown trigger numbers, which a newer program may have written, become kNone, and Validate names them.
std::vector<Trigger> Triggers(const google::protobuf::RepeatedField<int>& numbers) {
  std::vector<Trigger> triggers;
  for (int number : numbers) triggers.push_back(v1::Trigger_IsValid(number) ? static_cast<Trigger>(number) : Trigger::kNone);
  return triggers;
}

absl::StatusOr<Step> StepFromProto(const std::string& field, const v1::Step& proto) {
  Step step;
  step.step = proto.step();
  step.name = proto.name();
  step.name_en = proto.name_en();
  step.start = Triggers(proto.start());
  step.stop = Triggers(proto.stop());
  step.pause = Triggers(proto.pause());
  step.resume = Triggers(proto.resume());
  step.reopen = Triggers(proto.reopen());
  step.window = proto.window();
  for (int state : proto.states()) step.states.push_back(ticket::v1::TicketState_IsValid(state) ? state : 0);
  for (int i = 0; i < proto.rules_size(); ++i) {
    HOTLINE_ASSIGN_OR_RETURN(Rule rule, RuleFromProto(absl::StrCat(field, ".rules[", i, "]"), proto.rules(i)));
    step.rules.push_back(std::move(rule));
  }
  return step;
}

absl::StatusOr<Rung> RungFromProto(const std::string& field, const v1::Rung& proto) {
  Rung rung;
  rung.measure = proto.measure();
  if (proto.has_after()) {
    HOTLINE_ASSIGN_OR_RETURN(rung.after, LimitFromProto(field + ".after", proto.after()));
  }
  rung.document = proto.document();
  rung.addressees.assign(proto.addressees().begin(), proto.addressees().end());
  rung.name = proto.name();
  rung.name_en = proto.name_en();
  return rung;
}

static_assert(static_cast<int>(Trigger::kCoordinated) == v1::TRIGGER_COORDINATED && v1::Trigger_MAX == v1::TRIGGER_COORDINATED);
static_assert(static_cast<int>(LimitKind::kSameWorkingDay) == v1::LIMIT_KIND_SAME_WORKING_DAY);
static_assert(static_cast<int>(LimitUnit::kDay) == v1::LIMIT_UNIT_DAY);

}  // namespace

absl::StatusOr<Policy> FromProto(const v1::Policy& proto) {
  if (proto.ByteSizeLong() > kMaxPolicyBytes) return errors::Invalid("policy", "TOO_LONG", "a policy is small");
  Policy policy;
  policy.policy_id = proto.policy_id();
  policy.name = proto.name();
  policy.name_en = proto.name_en();
  policy.description = proto.description();
  policy.version = proto.version();
  for (int i = 0; i < proto.steps_size(); ++i) {
    HOTLINE_ASSIGN_OR_RETURN(Step step, StepFromProto(absl::StrCat("policy.steps[", i, "]"), proto.steps(i)));
    policy.steps.push_back(std::move(step));
  }
  for (int i = 0; i < proto.ladder_size(); ++i) {
    HOTLINE_ASSIGN_OR_RETURN(Rung rung, RungFromProto(absl::StrCat("policy.ladder[", i, "]"), proto.ladder(i)));
    policy.ladder.push_back(std::move(rung));
  }
  HOTLINE_RETURN_IF_ERROR(Validate(policy));
  return policy;
}

std::string ToJson(const v1::Policy& proto) {
  v1::Policy kept = proto;
  kept.clear_version();
  kept.clear_etag();
  kept.clear_update_time();
  kept.clear_updated_by();
  kept.clear_active();
  kept.clear_applies_to_open();
  std::string json;
  // Cannot fail: a Policy has no Any and its text was checked to be UTF-8.
  (void)google::protobuf::util::MessageToJsonString(kept, &json);
  return json;
}

absl::StatusOr<v1::Policy> FromJson(std::string_view json) {
  v1::Policy proto;
  const auto status = google::protobuf::util::JsonStringToMessage(std::string(json), &proto);
  if (!status.ok()) return errors::Invalid("policy", "BAD_FORMAT", std::string(status.message()));
  return proto;
}

int ParseMinute(std::string_view text) {
  const auto digit = [&](size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : -10'000; };
  if (text.size() != 5 || text[2] != ':') return -1;
  const int hour = digit(0) * 10 + digit(1);
  const int minute = digit(3) * 10 + digit(4);
  if (hour < 0 || minute < 0 || minute > 59 || hour * 60 + minute > 24 * 60) return -1;
  return hour * 60 + minute;
}

std::string FormatMinute(int minute) { return absl::StrFormat("%02d:%02d", minute / 60, minute % 60); }

}  // namespace hotline::sla_timer
