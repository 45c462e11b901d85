#include "services/ticket/domain/process.h"

namespace hotline::ticket::domain {

Process DefaultProcess(Type type) {
  Process process;
  process.type = type;
  return process;
}

Violations CheckForm(const Process&, const Ticket&, const std::map<std::string, std::string>&) { return {}; }

}  // namespace hotline::ticket::domain
