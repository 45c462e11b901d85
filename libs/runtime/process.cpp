#include "libs/runtime/process.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <vector>

#include "libs/base/log.h"

namespace hotline::runtime {
namespace {

namespace log = base::log;

constexpr int kBadUsage = 2;

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

int Usage(const char* program) {
  std::fprintf(stderr, "usage: %s --config FILE [--check-config]\n       %s --version\n", program, program);
  return kBadUsage;
}

struct Arguments {
  std::string config;
  bool check = false;
  bool version = false;
};

bool Parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
      arguments.config = argv[++i];
    } else if (std::strcmp(argv[i], "--check-config") == 0) {
      arguments.check = true;
    } else if (std::strcmp(argv[i], "--version") == 0) {
      arguments.version = true;
    } else {
      return false;
    }
  }
  return arguments.version || !arguments.config.empty();
}

absl::Status Load(const std::string& file, const std::function<CommonConfig(base::JsonReader&)>& load, CommonConfig& common) {
  auto root = base::JsonReader::FromFile(file);
  absl::Status status = root.status();
  if (status.ok()) {
    common = load(*root);
    status = root->Finish();
  }
  if (!status.ok()) log::Error("bad configuration", {{"file", file}, {"error", status}});
  return status;
}

}  // namespace

void Process::WaitForStop() {
  const sigset_t signals = StopSignals();
  int signal = 0;
  sigwait(&signals, &signal);
  log::Info("stopping", {{"signal", strsignal(signal)}});
  health_.Drain();
  metrics_.StopExposing();
}

// The signal is blocked in every thread, so it only wakes WaitForStop.
void Process::RequestStop() { kill(getpid(), SIGTERM); }

namespace internal {

std::optional<int> ToolImpl(int argc, char** argv, const char* service, const char* flag, const std::function<CommonConfig(base::JsonReader&)>& load,
                            const std::function<absl::StatusOr<int>()>& run) {
  std::vector<char*> rest(argv, argv + argc);
  const auto found = std::find_if(rest.begin(), rest.end(), [&](const char* argument) { return std::strcmp(argument, flag) == 0; });
  if (found == rest.end()) return std::nullopt;
  rest.erase(found);
  Arguments arguments;
  if (!Parse(static_cast<int>(rest.size()), rest.data(), arguments) || arguments.version) {
    std::fprintf(stderr, "usage: %s %s --config FILE\n", argv[0], flag);
    return kBadUsage;
  }
  log::Init(service, log::Level::kWarn);
  CommonConfig common;
  if (const absl::Status status = Load(arguments.config, load, common); !status.ok()) return kBadUsage;
  if (arguments.check) return 0;
  try {
    const absl::StatusOr<int> status = run();
    if (status.ok()) return *status;
    log::Error("the command failed", {{"error", status.status()}});
  } catch (const std::exception& error) {
    log::Error("the command failed", {{"error", error.what()}});
  }
  return 1;
}

int MainImpl(int argc, char** argv, const char* service, const std::function<CommonConfig(base::JsonReader&)>& load,
             const std::function<absl::Status(Process&)>& run) {
  Arguments arguments;
  if (!Parse(argc, argv, arguments)) return Usage(argv[0]);
  if (arguments.version) {
    std::printf("%s %s\n", service, HOTLINE_VERSION);
    return 0;
  }
  log::Init(service, log::Level::kInfo);
  CommonConfig common;
  absl::Status status = Load(arguments.config, load, common);
  if (!status.ok()) return kBadUsage;
  if (arguments.check) return 0;

  // Before any thread starts, so that all inherit it.
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  log::Init(service, common.log_level);
  Process process(service, common);
  if (!common.metrics.empty()) status = process.metrics().Expose(common.metrics);
  log::Info("starting", {{"version", HOTLINE_VERSION}, {"pid", getpid()}});
  try {
    if (status.ok()) status = run(process);
  } catch (const std::exception& error) {
    status = base::Internal("EXCEPTION", error.what());
  }
  if (!status.ok()) {
    log::Error("the service failed", {{"error", status}});
    return 1;
  }
  log::Info("stopped");
  return 0;
}

}  // namespace internal
}  // namespace hotline::runtime
