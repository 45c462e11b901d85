#include "services/sla_timer/domain/words.h"

#include <absl/strings/str_cat.h>

namespace hotline::sla_timer {
namespace {

std::string English(int64_t count, const char* one) { return absl::StrCat(count, " ", one, count == 1 ? "" : "s"); }

void Append(Words& words, int64_t count, const char* zh, const char* en) {
  if (count == 0) return;
  absl::StrAppend(&words.zh, words.zh.empty() ? "" : " ", count, " ", zh);
  absl::StrAppend(&words.en, words.en.empty() ? "" : " ", English(count, en));
}

// `left` is not negative.
Words Length(absl::Duration left, absl::Duration day, bool working) {
  absl::Duration rest;
  Words words;
  const int64_t days = absl::IDivDuration(left, day, &rest);
  const int64_t hours = absl::IDivDuration(rest, absl::Hours(1), &rest);
  Append(words, days, working ? "个工作日" : "天", working ? "working day" : "day");
  Append(words, hours, "小时", "hour");
  if (days == 0) Append(words, absl::IDivDuration(rest, absl::Minutes(1), &rest), "分钟", "minute");
  if (words.zh.empty()) words = {"不足 1 分钟", "less than a minute"};
  return words;
}

}  // namespace

Words TimeLeftText(const Clock& clock, const calendar::Calendar& calendar, absl::Time now) {
  if (clock.state == ClockState::kStopped) return {};
  const TimeLeft both = Left(clock, calendar, now);
  const absl::Duration left = clock.working ? both.working : both.natural;
  // Working time does not tell what is over by a night alone; the limit itself does.
  const bool over = left < absl::ZeroDuration() || (clock.state == ClockState::kRunning && now > clock.due_time);
  Words words = Length(left < absl::ZeroDuration() ? -left : left, clock.working ? calendar.WorkingDayLength() : absl::Hours(24), clock.working);
  words.zh = absl::StrCat(over ? "超时 " : "剩余 ", words.zh);
  words.en = absl::StrCat(words.en, over ? " over" : " left");
  if (clock.state == ClockState::kPaused) words = {absl::StrCat("已暂停,", words.zh), absl::StrCat("paused, ", words.en)};
  return words;
}

}  // namespace hotline::sla_timer
