// A server started by a test: dies with the test program, whatever ends it. Used by one thread at a time.
#pragma once

#include <string>
#include <vector>

namespace hotline::testing {

// Makes /tmp/hotline-<kind>-<pid>-XXXXXX (short enough for socket paths), and removes such directories of programs that no
// longer run. Given to the user postgres if `for_postgres` and we are root.
std::string MakeTemporaryDirectory(const std::string& kind, bool for_postgres);
void RemoveDirectory(const std::string& directory);

// Exits with a message: without its servers a test program is of no use.
[[noreturn]] void Die(const std::string& message);

struct Command {
  std::vector<std::string> arguments = {};
  std::string output = {};            // A file for standard output and error.
  bool as_postgres = false;      // PostgreSQL refuses root.
};

// Starts it; it gets SIGKILL when the calling thread ends.
int Spawn(const Command& command);
// Starts it and waits; its exit code.
int Run(const Command& command);
// Sends the signal and waits for the end.
void Kill(int pid, int signal);
// True once it has ended by itself (and was collected).
bool HasEnded(int pid);

}  // namespace hotline::testing
