// Where the steps and forms of a type come from (PLT-6). Thread-safe.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>

#include "services/ticket/domain/process.h"

namespace hotline::ticket {

class ProcessSource {
 public:
  virtual ~ProcessSource() = default;
  // What new tickets of the type run under.
  virtual absl::StatusOr<domain::Process> Current(domain::Type type) = 0;
  // What a running ticket was registered under. NOT_FOUND PROCESS_NOT_FOUND.
  virtual absl::StatusOr<domain::Process> Get(domain::Type type, int64_t version) = 0;
};

// What the software brings along, for every type.
class DefaultProcesses final : public ProcessSource {
 public:
  absl::StatusOr<domain::Process> Current(domain::Type type) override { return domain::DefaultProcess(type); }
  absl::StatusOr<domain::Process> Get(domain::Type type, int64_t) override { return domain::DefaultProcess(type); }
};

// The process that counts for a command on a ticket: its own, or that of the type it is about to be of.
absl::StatusOr<domain::Process> ProcessFor(ProcessSource& source, const domain::Ticket& ticket, const domain::Command& command);

}  // namespace hotline::ticket
