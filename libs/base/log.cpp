#include "libs/base/log.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>

#include "libs/base/error.h"

namespace hotline::base::log {
namespace {

constexpr size_t kMaxValue = 2000;  // bytes of one text in a line

// Lines of a busy moment go out together: whoever collects them pays for each writing. Warnings and errors go at once, with all before them.
constexpr std::chrono::milliseconds kGather{20};
constexpr size_t kGatherBytes = 32 * 1024;

class StandardError final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  // Until it is called every line goes at once. Again: nothing happens.
  void Gather() {
    if (gathers_.exchange(true)) return;
    std::atexit([] { Flush(); });
    // Signals are for the threads that wait for them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread([this] {
      while (true) {
        {
          std::unique_lock lock(mutex_);
          filled_.wait(lock, [this] { return !text_.empty(); });
        }
        std::this_thread::sleep_for(kGather);
        flush();
      }
    }).detach();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

 private:
  static void Flush();

  void sink_it_(const spdlog::details::log_msg& message) override {
    const bool first = text_.empty();
    text_.append(message.payload.data(), message.payload.size());
    text_ += '\n';
    if (!gathers_ || message.level >= spdlog::level::warn || text_.size() >= kGatherBytes) return flush_();
    if (first) filled_.notify_one();
  }

  void flush_() override {
    // Nobody can be told that the log is gone: what cannot be written is dropped.
    for (std::string_view rest = text_; !rest.empty();) {
      const ssize_t written = ::write(STDERR_FILENO, rest.data(), rest.size());
      if (written < 0 && errno != EINTR) break;
      if (written > 0) rest.remove_prefix(static_cast<size_t>(written));
    }
    text_.clear();
  }

  std::string text_;
  std::condition_variable filled_;
  std::atomic<bool> gathers_ = false;
};

struct State {
  std::string service = "hotline";
  std::shared_ptr<StandardError> sink = std::make_shared<StandardError>();
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
    made->logger = std::make_shared<spdlog::logger>("hotline", made->sink);
    made->logger->set_level(spdlog::level::info);
    return made;
  }();
  return state;
}

void StandardError::Flush() { Global().sink->flush(); }

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
  Global().sink->Gather();
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
