// A PostgreSQL of the test's own: a unix socket in a temporary directory, no TCP, fsync off, gone at exit even if the test
// process is killed.
//
// Use PrivatePostgres::Shared() with a database per test; make one of your own only to kill or restart it. Starting takes
// about 0.3 s: the data directory is copied from one that is made once per machine and version. Thread-safe, but call
// Restart on the main thread: a server dies with the thread that started it.
#pragma once

#include <memory>
#include <mutex>
#include <map>
#include <string>

#include "libs/postgres/connection.h"
#include "libs/postgres/pool.h"

namespace hotline::testing {

class PrivatePostgres {
 public:
  PrivatePostgres();   // Starts; aborts the process with a message if that fails.
  ~PrivatePostgres();  // Stops and removes everything.
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;

  // One server per test program, started on first use.
  static PrivatePostgres& Shared();

  // A new database with the role and schema of a service, its migrations applied, and the options to connect as that role.
  // `migrations` is relative to the root of the sources ("services/ticket/migrations"); empty applies the library's tables alone.
  // Databases of the same service are copied from a template, which takes about 50 ms.
  postgres::ConnectionOptions CreateDatabase(const std::string& schema, const std::string& migrations = {});

  // As superuser, in the named database.
  postgres::ConnectionOptions AdminOptions(const std::string& database = "postgres") const;

  // Kills the postmaster with SIGKILL and waits until all of its processes are gone.
  void Kill9();
  // Stops what still runs and starts again on the same data.
  void Restart();

  const std::string& directory() const { return directory_; }

 private:
  void Start();
  void Stop(int signal);
  std::string directory_;
  int pid_ = -1;
  std::mutex mutex_;
  int next_database_ = 0;
  std::map<std::string, std::string> templates_;
};

}  // namespace hotline::testing
