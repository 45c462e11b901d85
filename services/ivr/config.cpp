#include "services/ivr/config.h"

namespace hotline::ivr {

Config ReadConfig(base::JsonReader& root) {
  Config config;
  config.common = runtime::ReadCommonConfig(root);
  config.migrations_dir = root.String("migrations_dir");
  config.flows_dir = root.String("flows_dir", "");
  base::JsonReader prompts = root.Object("prompts");
  config.prompts.texts_file = prompts.String("texts_file");
  config.prompts.cache_dir = prompts.String("cache_dir");
  config.prompts.recordings_dir = prompts.String("recordings_dir", "");
  config.prompts.voice = prompts.String("voice", config.prompts.voice);
  config.prompts.words_per_minute = static_cast<int>(prompts.Int("words_per_minute", 80, 400, config.prompts.words_per_minute));
  if (root.Has("hours")) {
    base::JsonReader hours = root.Object("hours");
    config.time_zone = hours.String("time_zone", config.time_zone);
    config.open_minute = static_cast<int>(hours.Int("open_minute", 0, 24 * 60, config.open_minute));
    config.close_minute = static_cast<int>(hours.Int("close_minute", 0, 24 * 60, config.close_minute));
    config.weekends = hours.Bool("weekends", config.weekends);
    absl::TimeZone zone;
    if (!absl::LoadTimeZone(config.time_zone, &zone)) hours.Fail("time_zone", "UNKNOWN_ZONE", "an IANA name");
  }
  return config;
}

bool OpenAt(const Config& config, absl::Time time) {
  absl::TimeZone zone;
  absl::LoadTimeZone(config.time_zone, &zone);  // checked when it was read
  const absl::CivilSecond local = absl::ToCivilSecond(time, zone);
  const absl::Weekday day = absl::GetWeekday(local);
  if (!config.weekends && (day == absl::Weekday::saturday || day == absl::Weekday::sunday)) return false;
  const int minute = local.hour() * 60 + local.minute();
  return minute >= config.open_minute && minute < config.close_minute;
}

}  // namespace hotline::ivr
