// hotline-directory: units, users, rights, sign-in.
#include "libs/hosting/storage.h"
#include "services/directory/bootstrap.h"
#include "services/directory/config.h"
#include "services/directory/postgres_store.h"
#include "services/directory/service.h"

namespace hotline::directory {
namespace {

// Hashing a password takes a thread for 0.1 s, so there are more threads than database sessions need.
constexpr size_t kHandlerThreads = 8;
constexpr size_t kHandlerQueue = 256;

absl::Status Run(runtime::Process& process, const Config& config) {
  HOTLINE_ASSIGN_OR_RETURN(const rpc::SigningKey key, rpc::SigningKey::Load(config.signing_key_file));
  if (key.kid() != rpc::kDirectoryKid) return base::FailedPrecondition("WRONG_KEY", "signing_key_file is not of kid \"directory\"");
  HOTLINE_ASSIGN_OR_RETURN(auto node, rpc::Node::Create(process));
  HOTLINE_ASSIGN_OR_RETURN(auto storage, hosting::Storage::Open(process, *node, config.migrations_dir));
  PostgresStore store(storage->pool());
  HOTLINE_RETURN_IF_ERROR(Bootstrap(store, config, process.clock().Now()));
  rpc::Pool pool("handlers", kHandlerThreads, kHandlerQueue, &process.metrics());
  AuthService auth(*node, pool, store, key);
  UnitService units(*node, pool, store);
  UserService users(*node, pool, store);
  storage->Start();
  return node->Serve(process, {&auth, &units, &users, &storage->event_source()});
}

}  // namespace
}  // namespace hotline::directory

int main(int argc, char** argv) {
  using namespace hotline;
  return runtime::Main<directory::Config>(argc, argv, "directory", directory::ReadConfig, directory::Run);
}
