#include "services/sla_timer/domain/policy.h"

#include <algorithm>
#include <iterator>
#include <set>

#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "libs/base/text.h"
#include "services/sla_timer/domain/errors.h"

namespace hotline::sla_timer {
namespace {

bool IsIdentifier(std::string_view text, size_t min, size_t max, bool digits) {
  return text.size() >= min && text.size() <= max && std::all_of(text.begin(), text.end(), [digits](char c) {
           return (c >= 'a' && c <= 'z') || c == '_' || (digits && c >= '0' && c <= '9');
         });
}

absl::Status CheckLimit(const std::string& field, const Limit& limit, bool none_allowed) {
  if (limit.kind == LimitKind::kNone) {
    if (none_allowed) return absl::OkStatus();
    return errors::Invalid(field + ".kind", "NOT_ALLOWED", "an extension has a length");
  }
  if (limit.kind == LimitKind::kSameWorkingDay) {
    if (limit.amount != 0) return errors::Invalid(field + ".amount", "NOT_ALLOWED", "the same working day has no amount");
    if (limit.outside_minute < 0 || limit.outside_minute >= calendar::kMinutesPerDay) {
      return errors::Invalid(field + ".outsideBy", "BAD_FORMAT", "HH:MM");
    }
    return absl::OkStatus();
  }
  if (limit.amount < 1 || limit.amount > kMaxAmount) {
    return errors::Invalid(field + ".amount", "OUT_OF_RANGE", absl::StrCat("1 to ", kMaxAmount));
  }
  if (limit.unit == LimitUnit::kNone) return errors::Invalid(field + ".unit", "REQUIRED", "the unit of the amount");
  return absl::OkStatus();
}

absl::Status CheckRule(const std::string& field, const Rule& rule) {
  for (size_t size : {rule.types.size(), rule.urgencies.size(), rule.channels.size(), rule.categories.size()}) {
    if (size > kMaxMatches) return errors::Invalid(field, "TOO_MANY", absl::StrCat("at most ", kMaxMatches, " values"));
  }
  for (const std::string& category : rule.categories) {
    if (category.empty()) return errors::Invalid(field + ".categories", "REQUIRED", "a category id");
  }
  HOTLINE_RETURN_IF_ERROR(CheckLimit(field + ".limit", rule.limit, true));
  if (rule.warn_percent < 1 || rule.warn_percent > 99) {
    return errors::Invalid(field + ".warnPercent", "OUT_OF_RANGE", "1 to 99, or 0 for the default");
  }
  if (rule.warn_before < absl::ZeroDuration()) {
    return errors::Invalid(field + ".warnBeforeMinutes", "OUT_OF_RANGE", "not negative");
  }
  if (rule.max_extensions < 0 || rule.max_extensions > kMaxExtensions) {
    return errors::Invalid(field + ".maxExtensions", "OUT_OF_RANGE", absl::StrCat("0 to ", kMaxExtensions));
  }
  if (rule.max_extension) HOTLINE_RETURN_IF_ERROR(CheckLimit(field + ".maxExtension", *rule.max_extension, false));
  return base::CheckText(field + ".basis", rule.basis, 0, 200);
}

absl::Status CheckRung(const std::string& field, const Rung& rung) {
  static constexpr std::string_view kAddressees[] = {"unit", "unit_lead", "unit_head", "county", "supervision", "leader"};
  if (!IsIdentifier(rung.measure, 1, 32, false)) {
    return errors::Invalid(field + ".measure", "BAD_FORMAT", "1 to 32 of a-z and '_'");
  }
  if (!rung.document.empty() && !IsIdentifier(rung.document, 1, 32, false)) {
    return errors::Invalid(field + ".document", "BAD_FORMAT", "1 to 32 of a-z and '_'");
  }
  if (rung.after) {
    HOTLINE_RETURN_IF_ERROR(CheckLimit(field + ".after", *rung.after, false));
    if (rung.after->kind == LimitKind::kSameWorkingDay) {
      return errors::Invalid(field + ".after.kind", "NOT_ALLOWED", "natural or working");
    }
  }
  if (rung.addressees.size() > kMaxAddressees) {
    return errors::Invalid(field + ".addressees", "TOO_MANY", absl::StrCat("at most ", kMaxAddressees));
  }
  for (const std::string& addressee : rung.addressees) {
    if (std::find(std::begin(kAddressees), std::end(kAddressees), addressee) == std::end(kAddressees)) {
      return errors::Invalid(field + ".addressees", "BAD_VALUE", "unit, unit_lead, unit_head, county, supervision or leader");
    }
  }
  HOTLINE_RETURN_IF_ERROR(base::CheckText(field + ".name", rung.name, 0, 50));
  return base::CheckText(field + ".nameEn", rung.name_en, 0, 50);
}

absl::Status CheckStep(const std::string& field, const Step& step) {
  if (!IsIdentifier(step.step, 1, 32, false)) {
    return errors::Invalid(field + ".step", "BAD_FORMAT", "1 to 32 of a-z and '_'");
  }
  HOTLINE_RETURN_IF_ERROR(base::CheckText(field + ".name", step.name, 0, 50));
  HOTLINE_RETURN_IF_ERROR(base::CheckText(field + ".nameEn", step.name_en, 0, 50));
  if (step.start.empty()) return errors::Invalid(field + ".start", "REQUIRED", "what starts the clock");
  for (const auto* triggers : {&step.start, &step.stop, &step.pause, &step.resume, &step.reopen}) {
    if (Contains(*triggers, Trigger::kNone)) return errors::Invalid(field, "REQUIRED", "an unspecified trigger");
  }
  if (step.states.size() > kMaxMatches || std::count(step.states.begin(), step.states.end(), 0) > 0) {
    return errors::Invalid(field + ".states", "BAD_VALUE", "states of a ticket");
  }
  if (step.rules.empty() || step.rules.size() > kMaxRules) {
    return errors::Invalid(field + ".rules", "OUT_OF_RANGE", absl::StrCat("1 to ", kMaxRules, " rules"));
  }
  for (size_t i = 0; i < step.rules.size(); ++i) {
    HOTLINE_RETURN_IF_ERROR(CheckRule(absl::StrCat(field, ".rules[", i, "]"), step.rules[i]));
  }
  return absl::OkStatus();
}

bool OneOf(const std::vector<int>& wanted, int value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

// "water" covers "water" and "water.leak", not "waterway".
bool Covers(std::string_view category, std::string_view id) {
  return id.substr(0, category.size()) == category && (id.size() == category.size() || id[category.size()] == '.');
}

bool Fits(const Rule& rule, const Classification& ticket) {
  const bool category = rule.categories.empty() ||
                        std::any_of(rule.categories.begin(), rule.categories.end(),
                                    [&](const std::string& c) { return Covers(c, ticket.category_id); });
  return category && OneOf(rule.types, ticket.type) && OneOf(rule.channels, ticket.channel) &&
         OneOf(rule.urgencies, ticket.urgency == 0 ? kUrgencyOrdinary : ticket.urgency);
}

absl::Duration Unit(LimitUnit unit) {
  if (unit == LimitUnit::kSecond) return absl::Seconds(1);
  return unit == LimitUnit::kMinute ? absl::Minutes(1) : absl::Hours(1);
}

}  // namespace

absl::Status Validate(const Policy& policy) {
  if (!IsIdentifier(policy.policy_id, 2, 40, true)) {
    return errors::Invalid("policy.policyId", "BAD_FORMAT", "2 to 40 of a-z, 0-9 and '_'");
  }
  HOTLINE_RETURN_IF_ERROR(base::CheckText("policy.name", policy.name, 1, 50));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("policy.nameEn", policy.name_en, 0, 50));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("policy.description", policy.description, 0, 500));
  if (policy.steps.empty() || policy.steps.size() > kMaxSteps) {
    return errors::Invalid("policy.steps", "OUT_OF_RANGE", absl::StrCat("1 to ", kMaxSteps, " steps"));
  }
  if (policy.ladder.size() > kMaxLadder) {
    return errors::Invalid("policy.ladder", "TOO_MANY", absl::StrCat("at most ", kMaxLadder, " measures"));
  }
  for (size_t i = 0; i < policy.ladder.size(); ++i) {
    HOTLINE_RETURN_IF_ERROR(CheckRung(absl::StrCat("policy.ladder[", i, "]"), policy.ladder[i]));
  }
  std::set<std::string> seen;
  for (size_t i = 0; i < policy.steps.size(); ++i) {
    const std::string field = absl::StrCat("policy.steps[", i, "]");
    HOTLINE_RETURN_IF_ERROR(CheckStep(field, policy.steps[i]));
    if (!seen.insert(policy.steps[i].step).second) {
      return errors::Invalid(field + ".step", "DUPLICATE", "each step is there once");
    }
  }
  return absl::OkStatus();
}

const Step* FindStep(const Policy& policy, std::string_view step) {
  auto it = std::find_if(policy.steps.begin(), policy.steps.end(), [&](const Step& s) { return s.step == step; });
  return it == policy.steps.end() ? nullptr : &*it;
}

const Rule* FindRule(const Step& step, const Classification& ticket) {
  for (bool statutory : {true, false}) {  // The law goes before the city (SLA-11).
    for (const Rule& rule : step.rules) {
      if (rule.statutory == statutory && Fits(rule, ticket)) return &rule;
    }
  }
  return nullptr;
}

bool Contains(const std::vector<Trigger>& triggers, Trigger trigger) {
  return std::find(triggers.begin(), triggers.end(), trigger) != triggers.end();
}

bool CountsWorkingTime(const Limit& limit) { return limit.kind == LimitKind::kWorking || limit.kind == LimitKind::kSameWorkingDay; }

absl::Time DueTime(const Limit& limit, const calendar::Calendar& calendar, absl::Time start) {
  switch (limit.kind) {
    case LimitKind::kNone:
      return absl::InfiniteFuture();
    case LimitKind::kNatural:
      if (limit.unit == LimitUnit::kDay) return calendar.AddNaturalDays(start, limit.amount);
      return start + limit.amount * Unit(limit.unit);
    case LimitKind::kWorking:
      if (limit.unit == LimitUnit::kDay) {
        return calendar.AddWorkingDays(start, limit.amount,
                                       limit.same_time ? calendar::DayEnd::kSameTime : calendar::DayEnd::kEndOfDay);
      }
      return calendar.AddWorkingDuration(start, limit.amount * Unit(limit.unit));
    case LimitKind::kSameWorkingDay:
      if (calendar.IsWithinWorkingDay(start)) return calendar.WorkingDayEnd(start);
      return calendar.NextWorkingDayAt(start, limit.outside_minute);
  }
  return absl::InfiniteFuture();
}

absl::Time RungTime(const Policy& policy, size_t rung, const calendar::Calendar& calendar, absl::Time due) {
  if (rung >= policy.ladder.size()) return absl::InfiniteFuture();
  absl::Time time = due;
  for (size_t i = 0; i <= rung; ++i) {
    if (policy.ladder[i].after) time = std::max(time, DueTime(*policy.ladder[i].after, calendar, due));
  }
  return time;
}

}  // namespace hotline::sla_timer
