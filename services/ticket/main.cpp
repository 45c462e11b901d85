// hotline-ticket: tickets and their closed loop. Wiring only.
#include <iostream>

#include "libs/hosting/storage.h"
#include "services/ticket/configuration.h"
#include "services/ticket/domain/decide.h"
#include "services/ticket/exchange_service.h"
#include "services/ticket/file_parts.h"
#include "services/ticket/followers.h"
#include "services/ticket/history_audit.h"
#include "services/ticket/inbox.h"
#include "services/ticket/postgres_store.h"
#include "services/ticket/service.h"

namespace hotline::ticket {
namespace {

absl::Status Run(runtime::Process& process, const Config& config) {
  HOTLINE_ASSIGN_OR_RETURN(const Cipher cipher, Cipher::FromHex(config.master_key));
  HOTLINE_ASSIGN_OR_RETURN(auto node, rpc::Node::Create(process));
  HOTLINE_ASSIGN_OR_RETURN(auto storage, hosting::Storage::Open(process, *node, config.migrations_dir));
  PostgresStore store(storage->pool(), cipher, {config.time_zone, config.acceptance_digits});
  Configuration city(storage->pool(), cipher, store, process.clock(), config.time_zone);
  HOTLINE_ASSIGN_OR_RETURN(const auto files, FileParts::Make(process, *node, storage->pool(), store, cipher, config, city));
  Inbox inbox(store, files->document_store(), AskTelephony(node->peer("telephony")), city.processes, process.clock());
  // Telephony's messages have a consumer of their own: while telephony cannot say who called, limits must not wait.
  storage->Consume("ticket", {"sla_timer", "directory"}, inbox.Handlers());
  storage->Consume("ticket_messages", {"telephony"}, inbox.Handlers());
  rpc::Pool pool("handlers", static_cast<size_t>(config.handler_threads), static_cast<size_t>(config.handler_queue), &process.metrics());
  TicketService tickets(*node, pool, store, {AskDirectory(node->peer("directory")), AskSlaTimer(node->peer("sla_timer"))}, city.categories, city.processes,
                        config.acceptance_digits, city.suggester, city.shown, city.callers);
  ConfigurationServices settings(*node, pool, store, city);
  ExchangeStore imports(storage->pool(), cipher);
  Importer importer(imports, store, city.categories, city.processes, process.clock());
  rpc::Pool streams("streams", kStreamThreads, kStreamQueue, &process.metrics());
  ExchangeService exchange(*node, pool, streams, store, imports, importer, city.categories, config.time_zone);
  storage->Start();
  files->Start();
  importer.Start();
  const Followers followers(store, city.processes, process.clock());
  const absl::Status status = node->Serve(process, {&tickets, &settings.catalogue, &settings.processes, &settings.callers, &files->attachments(),
                                                    &files->documents(), &exchange, &storage->event_source()});
  importer.Stop();
  files->Stop();
  storage->Stop();  // before the inbox that its consumers use
  return status;
}

}  // namespace
}  // namespace hotline::ticket

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--print-states") {  // docs/ticket-states.md
    std::cout << hotline::ticket::domain::PrintRules();
    return 0;
  }
  if (const auto status = hotline::runtime::Tool(argc, argv, "ticket", "--verify-history", hotline::ticket::ReadConfig, hotline::ticket::VerifyHistories)) return *status;
  return hotline::runtime::Main<hotline::ticket::Config>(argc, argv, "ticket", hotline::ticket::ReadConfig, hotline::ticket::Run);
}
