#include "libs/testing/private_postgres.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fcntl.h>

#include "libs/postgres/migrations.h"
#include "libs/postgres/provisioning.h"
#include "libs/testing/child_process.h"
#include "libs/testing/wait.h"

namespace hotline::testing {
namespace {

// The newest installed server.
std::string BinaryDirectory() {
  int newest = 0;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
    newest = std::max(newest, atoi(entry.path().filename().c_str()));
  }
  if (newest == 0) Die("PostgreSQL is not installed below /usr/lib/postgresql");
  return "/usr/lib/postgresql/" + std::to_string(newest) + "/bin";
}

// initdb takes a second and a half; its result is kept for the machine, below a name with the version and our user.
std::string TemplateDirectory() {
  const std::string binaries = BinaryDirectory();
  const std::string version = std::filesystem::path(binaries).parent_path().filename();
  const std::string cache = "/tmp/hotline-postgres-template-" + version + "-" + std::to_string(getuid());
  const int lock = open((cache + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock < 0 || flock(lock, LOCK_EX) != 0) Die("cannot lock " + cache);
  struct stat info;
  const bool present = stat((cache + "/complete").c_str(), &info) == 0;
  // Somebody else's directory of this name would be somebody else's superuser.
  if (present && info.st_uid != getuid()) Die(cache + " belongs to another user");
  if (!present) {
    RemoveDirectory(cache);
    const std::string directory = MakeTemporaryDirectory("pg", /*for_postgres=*/true);
    const int code = Run({{binaries + "/initdb", "-D", directory + "/data", "-U", "admin", "-A", "trust", "-E", "UTF8",
                           "--locale=C.UTF-8", "--no-sync", "--wal-segsize=4"},
                          directory + "/initdb.log",
                          /*as_postgres=*/true});
    if (code != 0) Die("initdb failed, see " + directory + "/initdb.log");
    if (mkdir(cache.c_str(), 0700) != 0) Die("cannot make " + cache);
    if (Run({{"cp", "-a", directory + "/data", cache + "/data"}, "/dev/null"}) != 0) Die("cannot fill " + cache);
    RemoveDirectory(directory);
    close(open((cache + "/complete").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  }
  close(lock);
  return cache + "/data";
}

std::unique_ptr<postgres::Connection> Connect(const postgres::ConnectionOptions& options) {
  auto connection = postgres::Connection::Open(options);
  if (!connection.ok()) Die("cannot connect to the private PostgreSQL");
  return *std::move(connection);
}

void Must(const absl::Status& status, const std::string& what) {
  if (!status.ok()) Die(what + ": " + status.ToString());
}

}  // namespace

PrivatePostgres::PrivatePostgres() : directory_(MakeTemporaryDirectory("pg", /*for_postgres=*/true)) {
  if (Run({{"cp", "-a", "--reflink=auto", TemplateDirectory(), directory_ + "/data"}, "/dev/null"}) != 0) {
    Die("cannot copy the template of PostgreSQL");
  }
  Start();
}

PrivatePostgres::~PrivatePostgres() {
  Stop(SIGQUIT);
  RemoveDirectory(directory_);
}

PrivatePostgres& PrivatePostgres::Shared() {
  static PrivatePostgres shared;
  return shared;
}

void PrivatePostgres::Start() {
  // After a kill -9 the server refuses to start until the last of its old processes is gone; then we try again.
  const auto start = [this] {
    pid_ = Spawn({{BinaryDirectory() + "/postgres", "-D", directory_ + "/data", "-k", directory_, "-c", "listen_addresses=",
                   "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "shared_buffers=32MB",
                   "-c", "min_wal_size=32MB", "-c", "autovacuum=off", "-c", "log_min_messages=error"},
                  directory_ + "/postgres.log",
                  /*as_postgres=*/true});
  };
  start();
  const bool ready = WaitUntil([&] {
    if (HasEnded(pid_)) start();
    return Run({{BinaryDirectory() + "/pg_isready", "-q", "-h", directory_, "-U", "admin"}, "/dev/null"}) == 0;
  });
  if (!ready) Die("PostgreSQL does not start, see " + directory_ + "/postgres.log");
}

void PrivatePostgres::Stop(int signal) {
  Kill(pid_, signal);
  pid_ = -1;
}

void PrivatePostgres::Kill9() { Stop(SIGKILL); }

void PrivatePostgres::Restart() {
  Stop(SIGINT);
  Start();
}

postgres::ConnectionOptions PrivatePostgres::AdminOptions(const std::string& database) const {
  return {.conninfo = "host=" + directory_ + " user=admin dbname=" + database};
}

postgres::ConnectionOptions PrivatePostgres::CreateDatabase(const std::string& schema, const std::string& migrations) {
  const std::lock_guard lock(mutex_);
  const std::string role = "hotline_" + schema;
  const auto options = [&](const std::string& database) {
    return postgres::ConnectionOptions{
        .conninfo = "host=" + directory_ + " dbname=" + database, .user = role, .schema = schema};
  };
  const std::unique_ptr<postgres::Connection> admin = Connect(AdminOptions());
  std::string& made_from = templates_[schema + "/" + migrations];
  if (made_from.empty()) {
    made_from = "template_" + std::to_string(templates_.size());
    Must(admin->ExecuteScript("create database " + made_from), "cannot create a database");
    Must(postgres::CreateRoleAndSchema(*Connect(AdminOptions(made_from)), {role, "", schema}), "cannot provision " + schema);
    const std::string directory = migrations.empty() ? "" : std::string(HOTLINE_SOURCE_DIR "/") + migrations;
    Must(postgres::Migrate(options(made_from), directory).status(), "cannot migrate " + schema);
  }
  const std::string database = "test_" + std::to_string(++next_database_);
  Must(admin->ExecuteScript("create database " + database + " template " + made_from), "cannot copy a database");
  return options(database);
}

}  // namespace hotline::testing
