// hotline-ticket: tickets and their closed loop. Wiring only.
#include <iostream>

#include "libs/hosting/storage.h"
#include "services/ticket/attachment_service.h"
#include "services/ticket/cipher.h"
#include "services/ticket/config.h"
#include "services/ticket/domain/decide.h"
#include "services/ticket/document_service.h"
#include "services/ticket/events.h"
#include "services/ticket/followers.h"
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
  DefaultProcesses processes;
  Inbox inbox(store, AskTelephony(node->peer("telephony")), processes, process.clock());
  // Telephony's messages have a consumer of their own: while telephony cannot say who called, limits must not wait.
  storage->Consume("ticket", {"sla_timer", "directory"}, inbox.Handlers());
  storage->Consume("ticket_messages", {"telephony"}, inbox.Handlers());
  rpc::Pool pool("handlers", static_cast<size_t>(config.handler_threads), static_cast<size_t>(config.handler_queue), &process.metrics());
  CategoryTree categories(store, process.clock());
  TicketService tickets(*node, pool, store, AskDirectory(node->peer("directory")), categories, processes, config.acceptance_digits);
  CatalogueService catalogue(*node, pool, store, categories);
  HOTLINE_ASSIGN_OR_RETURN(const FileVault vault, FileVault::Open(config.attachments_dir));
  HOTLINE_ASSIGN_OR_RETURN(const auto types, MediaTypes::Load());
  const auto scanner = config.virus_scanner.empty() ? nullptr : MakeClamd(config.virus_scanner);
  AttachmentStore files(storage->pool(), cipher);
  AttachmentKeeper keeper(files, vault, scanner.get(), process.clock(), &process.metrics());
  rpc::Pool file_pool("files", kFileThreads, kFileQueue, &process.metrics());
  AttachmentService attachments(*node, file_pool, store, files, vault, keeper, *types);
  DocumentStore document_store(storage->pool());
  HOTLINE_RETURN_IF_ERROR(SeedTemplates(document_store, config.templates_dir, process.clock().Now()));
  DocumentMaker maker(store, document_store, files, vault, {config.time_zone, config.centre_name});
  DocumentService documents(*node, file_pool, store, document_store, files, vault, maker);
  storage->Start();
  keeper.Start();
  const Followers followers(store, processes, process.clock());
  const absl::Status status = node->Serve(process, {&tickets, &catalogue, &attachments, &documents, &storage->event_source()});
  keeper.Stop();
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
  return hotline::runtime::Main<hotline::ticket::Config>(argc, argv, "ticket", hotline::ticket::ReadConfig, hotline::ticket::Run);
}
