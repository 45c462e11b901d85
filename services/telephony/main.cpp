// hotline-telephony: calls, agents' lines, recordings. It serves calls whatever else is down.
#include "services/telephony/backend.h"
#include "services/telephony/calls/exchange.h"
#include "services/telephony/config.h"
#include "services/telephony/media/libre.h"
#include "services/telephony/service.h"

namespace hotline::telephony {
namespace {

constexpr size_t kFileThreads = 4;
constexpr size_t kFileQueue = 4096;

// libre's process-wide state, older than every loop and thread that uses it.
struct Libre {
  Libre() { libre_init(); }
  ~Libre() { libre_close(); }
};

absl::Status Run(runtime::Process& process, const Config& config) {
  const Libre libre;
  HOTLINE_ASSIGN_OR_RETURN(auto node, rpc::Node::Create(process));
  HOTLINE_ASSIGN_OR_RETURN(auto spool, Spool::Open(config.spool_dir));
  HOTLINE_ASSIGN_OR_RETURN(auto backend, Backend::Start(process, *node, *spool, config.migrations_dir));
  rpc::Pool pool("files", kFileThreads, kFileQueue, &process.metrics());
  HOTLINE_ASSIGN_OR_RETURN(auto exchange, Exchange::Start(config, *node, pool, *spool));
  LineService lines(*node, *exchange);
  CallService calls(*node, *exchange, pool, backend->store(), backend->ready());
  absl::Status status = node->Start({&lines, &calls, &backend->event_source()});
  if (status.ok()) {
    process.health().Start();
    process.WaitForStop();
    exchange->Drain(config.call_drain);
  }
  node->Stop();
  process.health().Stop();
  pool.Join();
  return status;
}

}  // namespace
}  // namespace hotline::telephony

int main(int argc, char** argv) {
  using namespace hotline;
  return runtime::Main<telephony::Config>(argc, argv, "telephony", telephony::ReadConfig, telephony::Run);
}
