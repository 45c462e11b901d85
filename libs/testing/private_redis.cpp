#include "libs/testing/private_redis.h"

#include <signal.h>

#include <sstream>

#include "libs/testing/child_process.h"
#include "libs/testing/wait.h"

namespace hotline::testing {

PrivateRedis::PrivateRedis(bool durable) : directory_(MakeTemporaryDirectory("redis", false)), durable_(durable) { Start(); }

PrivateRedis::~PrivateRedis() {
  Kill9();
  RemoveDirectory(directory_);
}

PrivateRedis& PrivateRedis::Shared() {
  static PrivateRedis shared;
  return shared;
}

events::RedisOptions PrivateRedis::Options() const { return {.address = "unix:" + directory_ + "/redis.sock"}; }

void PrivateRedis::Start() {
  pid_ = Spawn({{"redis-server", "--port", "0", "--unixsocket", directory_ + "/redis.sock", "--dir", directory_, "--save", "",
                 "--appendonly", durable_ ? "yes" : "no", "--appendfsync", "always", "--databases", "1"},
                directory_ + "/redis.log"});
  const bool ready = WaitUntil([&] {
    if (HasEnded(pid_)) Die("Redis does not start, see " + directory_ + "/redis.log");
    events::Redis redis(Options());
    return redis.Connect().ok() && redis.Ping().ok();
  });
  if (!ready) Die("Redis does not answer");
}

void PrivateRedis::Kill9() {
  Kill(pid_, SIGKILL);
  pid_ = -1;
}

void PrivateRedis::Restart() {
  Kill(pid_, SIGTERM);
  Start();
}

void PrivateRedis::Wipe() {
  if (Run({{"redis-cli", "-s", directory_ + "/redis.sock", "flushall"}, "/dev/null"}) != 0) Die("cannot wipe Redis");
}

void PrivateRedis::SetUser(const std::string& user, const std::string& password, const std::string& rules) {
  std::vector<std::string> arguments = {"redis-cli", "-s", directory_ + "/redis.sock", "acl", "setuser", user, "on", ">" + password};
  std::istringstream words(rules);
  for (std::string word; words >> word;) arguments.push_back(word);
  if (Run({arguments, "/dev/null"}) != 0) Die("cannot add a Redis user");
}

}  // namespace hotline::testing
