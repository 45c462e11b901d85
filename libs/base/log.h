// Logs: one JSON object a line on standard error; those below a warning go out together, 20 ms late at most. Thread-safe.
//   log::Info("ticket dispatched", {{"trace", context.trace_id()}, {"ticket", id}, {"attempt", 3}});
// gives {"time":"2025-06-15T12:00:00.123456Z","level":"info","service":"ticket","msg":"ticket dispatched","trace":...}.
// The message is a constant, what varies are fields. No names, phones, addresses or narrative: ids only.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace hotline::base::log {

enum class Level { kDebug, kInfo, kWarn, kError };

// Once, before threads start. Before it, lines carry the service "hotline" and level info and above.
void Init(std::string_view service, Level level);
bool Enabled(Level level);
// "debug", "info", "warn", "error"; false if it is none of them.
bool ParseLevel(std::string_view text, Level& level);

class Field {
 public:
  Field(std::string_view key, std::string_view value) : key_(key), value_(value) {}
  Field(std::string_view key, const char* value) : Field(key, std::string_view(value)) {}
  Field(std::string_view key, const std::string& value) : Field(key, std::string_view(value)) {}
  Field(std::string_view key, bool value) : key_(key), value_(value) {}
  Field(std::string_view key, double value) : key_(key), value_(value) {}
  // In milliseconds.
  Field(std::string_view key, absl::Duration value) : key_(key), value_(absl::ToDoubleMilliseconds(value)) {}
  // Code, message and reason, e.g. "UNAVAILABLE: cannot connect (NO_DATABASE)".
  Field(std::string_view key, const absl::Status& status);
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Field(std::string_view key, T value) : key_(key), value_(static_cast<int64_t>(value)) {}

  void AppendTo(std::string& line) const;  // ,"key":value

 private:
  std::string_view key_;
  std::variant<std::string_view, int64_t, double, bool, std::string> value_;
};

using Fields = std::initializer_list<Field>;

void Write(Level level, std::string_view message, Fields fields);
inline void Debug(std::string_view message, Fields fields = {}) { Write(Level::kDebug, message, fields); }
inline void Info(std::string_view message, Fields fields = {}) { Write(Level::kInfo, message, fields); }
inline void Warn(std::string_view message, Fields fields = {}) { Write(Level::kWarn, message, fields); }
inline void Error(std::string_view message, Fields fields = {}) { Write(Level::kError, message, fields); }

}  // namespace hotline::base::log
