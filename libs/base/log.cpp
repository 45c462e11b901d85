#include "libs/base/log.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <cstdio>
#include <memory>

#include "libs/base/error.h"

namespace hotline::base::log {
namespace {

constexpr size_t kMaxValue = 2000;  // bytes of one text in a line

struct State {
  std::string service = "hotline";
  std::shared_ptr<spdlog::logger> logger;
};

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug: return spdlog::level::debug;
    case Level::kInfo: return spdlog::level::info;
    case Level::kWarn: return spdlog::level::warn;
    case Level::kError: return spdlog::level::err;
  }
  return spdlog::level::err;
}

const char* Name(Level level) {
  switch (level) {
    case Level::kDebug: return "debug";
    case Level::kInfo: return "info";
    case Level::kWarn: return "warn";
    case Level::kError: return "error";
  }
  return "error";
}

// Never destroyed: threads may log while the process exits.
State& Global() {
  static State& state = *[] {
    auto* made = new State;
    made->logger = std::make_shared<spdlog::logger>("hotline", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->logger->set_pattern("%v");
    made->logger->set_level(spdlog::level::info);
    return made;
  }();
  return state;
}

void AppendText(std::string& line, std::string_view text) {
  line += '"';
  for (char c : text.substr(0, kMaxValue)) {
    switch (c) {
      case '"': line += "\\\""; break;
      case '\\': line += "\\\\"; break;
      case '\n': line += "\\n"; break;
      case '\r': line += "\\r"; break;
      case '\t': line += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char escaped[8];
          std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
          line += escaped;
        } else {
          line += c;
        }
    }
  }
  line += '"';
}

}  // namespace

void Init(std::string_view service, Level level) {
  Global().service = std::string(service);
  Global().logger->set_level(ToSpdlog(level));
}

bool Enabled(Level level) { return Global().logger->should_log(ToSpdlog(level)); }

bool ParseLevel(std::string_view text, Level& level) {
  for (Level candidate : {Level::kDebug, Level::kInfo, Level::kWarn, Level::kError}) {
    if (text == Name(candidate)) {
      level = candidate;
      return true;
    }
  }
  return false;
}

Field::Field(std::string_view key, const absl::Status& status) : key_(key) {
  std::string text = status.ToString(absl::StatusToStringMode::kWithNoExtraData);
  if (const std::string reason = Reason(status); !reason.empty()) absl::StrAppend(&text, " (", reason, ")");
  value_ = std::move(text);
}

void Field::AppendTo(std::string& line) const {
  line += ',';
  AppendText(line, key_);
  line += ':';
  if (const auto* text = std::get_if<std::string_view>(&value_)) {
    AppendText(line, *text);
  } else if (const auto* own = std::get_if<std::string>(&value_)) {
    AppendText(line, *own);
  } else if (const auto* number = std::get_if<int64_t>(&value_)) {
    absl::StrAppend(&line, *number);
  } else if (const auto* real = std::get_if<double>(&value_)) {
    if (std::isfinite(*real)) {
      absl::StrAppend(&line, *real);
    } else {
      line += "null";  // JSON has no infinity
    }
  } else {
    line += std::get<bool>(value_) ? "true" : "false";
  }
}

void Write(Level level, std::string_view message, Fields fields) {
  if (!Enabled(level)) return;
  std::string line = absl::StrCat(
      "{\"time\":\"", absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone()), "\",\"level\":\"",
      Name(level), "\",\"service\":");
  AppendText(line, Global().service);
  line += ",\"msg\":";
  AppendText(line, message);
  for (const Field& field : fields) field.AppendTo(line);
  line += '}';
  Global().logger->log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace hotline::base::log
