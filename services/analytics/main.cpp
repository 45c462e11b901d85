// hotline-analytics: wiring only.
#include "libs/base/log.h"
#include "libs/hosting/storage.h"
#include "services/analytics/board.h"
#include "services/analytics/brief_service.h"
#include "services/analytics/config.h"
#include "services/analytics/events.h"
#include "services/analytics/postgres_store.h"
#include "services/analytics/service.h"

namespace hotline::analytics {
namespace {

absl::Status Run(runtime::Process& process, const Config& config) {
  HOTLINE_ASSIGN_OR_RETURN(auto node, rpc::Node::Create(process));
  HOTLINE_ASSIGN_OR_RETURN(auto storage, hosting::Storage::Open(process, *node, config.migrations_dir));
  PostgresStore store(storage->pool(), {config.zone_name, config.answer_target});
  HOTLINE_ASSIGN_OR_RETURN(const bool shown, store.PublishViews());
  if (!shown) base::log::Info("there is no schema bi to write to; BI tools read the views analytics.bi_*");
  rpc::Pool pool("store", kStoreThreads, kStoreQueue, &process.metrics());
  Board board(*node, pool, store, config.zone);
  FigureService service(*node, pool, store, board, config.zone);
  BriefStore brief_store(storage->pool());
  BriefService briefs(*node, pool, store, brief_store, AskTicket(node->peer("ticket")), config.zone);
  storage->Consume(kConsumer, {std::begin(kEventSources), std::end(kEventSources)}, MakeHandlers(store));
  storage->Start();
  board.Start();
  absl::Status served = node->Serve(process, {&service, &briefs, &storage->event_source()});
  storage->Stop();  // The consumer's handlers use the store, which goes first.
  return served;
}

}  // namespace
}  // namespace hotline::analytics

int main(int argc, char** argv) {
  using namespace hotline;
  return runtime::Main<analytics::Config>(argc, argv, "analytics", analytics::ReadConfig, analytics::Run);
}
