#include "libs/testing/child_process.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace hotline::testing {
namespace {

const passwd* PostgresUser() {
  static const passwd* user = getuid() == 0 ? getpwnam("postgres") : nullptr;
  return user;
}

bool IsRunning(int pid) { return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM); }

// A killed test program leaves its directory behind; the next one sweeps.
void SweepLeftovers() {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/tmp", ignored)) {
    const std::string name = entry.path().filename();
    int pid = 0, end = 0;
    char kind[16];
    // `end` is set only if all of the pattern fits: other temporary directories may begin alike, "hotline-rpc-0mkBtC".
    sscanf(name.c_str(), "hotline-%15[a-z]-%d-%n", kind, &pid, &end);
    if (end > 0 && !IsRunning(pid)) RemoveDirectory(entry.path());
  }
}

[[noreturn]] void Exec(const Command& command, int parent) {
  if (command.as_postgres && PostgresUser() != nullptr) {
    const passwd* user = PostgresUser();
    if (setgroups(1, &user->pw_gid) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0) _exit(126);
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(126);
  setpgid(0, 0);  // A Ctrl-C meant for the test program must not reach the server before it.
  const int output = open(command.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output >= 0) {
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
  }
  std::vector<char*> arguments;
  for (const std::string& argument : command.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

void Die(const std::string& message) {
  fprintf(stderr, "libs/testing: %s\n", message.c_str());
  exit(70);
}

std::string MakeTemporaryDirectory(const std::string& kind, bool for_postgres) {
  static const bool swept = (SweepLeftovers(), true);
  (void)swept;
  std::string pattern = "/tmp/hotline-" + kind + "-" + std::to_string(getpid()) + "-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) Die("cannot make " + pattern);
  if (for_postgres && PostgresUser() != nullptr &&
      chown(pattern.c_str(), PostgresUser()->pw_uid, PostgresUser()->pw_gid) != 0) {
    Die("cannot give " + pattern + " to postgres");
  }
  return pattern;
}

void RemoveDirectory(const std::string& directory) {
  std::error_code ignored;  // Another sweeper may have been faster.
  std::filesystem::remove_all(directory, ignored);
}

int Spawn(const Command& command) {
  const int parent = getpid();
  const int pid = fork();
  if (pid < 0) Die("cannot fork");
  if (pid == 0) Exec(command, parent);
  return pid;
}

int Run(const Command& command) {
  int status = 0;
  waitpid(Spawn(command), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

void Kill(int pid, int signal) {
  if (pid <= 0) return;
  kill(pid, signal);
  waitpid(pid, nullptr, 0);
}

bool HasEnded(int pid) { return waitpid(pid, nullptr, WNOHANG) != 0; }

}  // namespace hotline::testing
