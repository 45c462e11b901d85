// What every main() needs, so that it is wiring only:
//
//   int main(int argc, char** argv) {
//     return hotline::runtime::Main<ticket::Config>(argc, argv, "ticket", ticket::ReadConfig, ticket::Run);
//   }
//
// with `Config ReadConfig(base::JsonReader& root)`, where Config has a member `runtime::CommonConfig common`, and
// `absl::Status Run(runtime::Process&, const Config&)`, which works until process.WaitForStop() has returned.
// Usage of such a program: hotline-ticket --config FILE [--check-config] | --version. Exit status: 0 after SIGTERM or
// SIGINT, 1 if Run failed, 2 for a bad command line or configuration.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <functional>
#include <optional>
#include <string>

#include "libs/base/clock.h"
#include "libs/base/error.h"
#include "libs/base/json_reader.h"
#include "libs/runtime/config.h"
#include "libs/runtime/health.h"
#include "libs/runtime/metrics.h"

namespace hotline::runtime {

// One per process, made by Main before any other thread. Thread-safe where its parts are.
class Process {
 public:
  Process(std::string service, const CommonConfig& common) : service_(std::move(service)), common_(common) {}

  const std::string& service() const { return service_; }
  const CommonConfig& common() const { return common_; }
  const base::Clock& clock() const { return base::SystemClock::Get(); }
  Metrics& metrics() { return metrics_; }
  Health& health() { return health_; }

  // Returns when SIGTERM or SIGINT has come or RequestStop was called. Health then says "not serving" and the metrics port
  // is closing; what the caller does next is the drain. Called by one thread, once.
  void WaitForStop();
  // Ends the process in the same orderly way, from any thread, e.g. because it lost something it cannot work without.
  void RequestStop();

 private:
  const std::string service_;
  const CommonConfig common_;
  Metrics metrics_;
  Health health_{metrics_};
};

namespace internal {
// `load` fills the service's configuration and gives its common part; `run` does the work.
int MainImpl(int argc, char** argv, const char* service, const std::function<CommonConfig(base::JsonReader&)>& load,
             const std::function<absl::Status(Process&)>& run);
std::optional<int> ToolImpl(int argc, char** argv, const char* service, const char* flag, const std::function<CommonConfig(base::JsonReader&)>& load,
                            const std::function<absl::StatusOr<int>()>& run);
}  // namespace internal

template <class Config>
int Main(int argc, char** argv, const char* service, Config (*read)(base::JsonReader&),
         absl::Status (*run)(Process&, const Config&)) {
  Config config;
  return internal::MainImpl(
      argc, argv, service,
      [&](base::JsonReader& root) {
        config = read(root);
        return config.common;
      },
      [&](Process& process) { return run(process, config); });
}

// A command beside the service, on the same configuration: `hotline-ticket FLAG --config FILE`. Nothing if the flag is not among
// the arguments. Opens no ports, and ends by SIGINT as any command does. Exit status: what `run` says, 1 if it could not be
// done, 2 for a bad command line or configuration.
template <class Config>
std::optional<int> Tool(int argc, char** argv, const char* service, const char* flag, Config (*read)(base::JsonReader&),
                        absl::StatusOr<int> (*run)(const Config&)) {
  Config config;
  return internal::ToolImpl(
      argc, argv, service, flag,
      [&](base::JsonReader& root) {
        config = read(root);
        return config.common;
      },
      [&] { return run(config); });
}

}  // namespace hotline::runtime
