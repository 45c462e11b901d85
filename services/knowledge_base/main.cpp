// hotline-knowledge-base: wiring only.
#include "libs/hosting/storage.h"
#include "services/knowledge_base/config.h"
#include "services/knowledge_base/postgres_store.h"
#include "services/knowledge_base/service.h"

namespace hotline::knowledge_base {
namespace {

absl::Status Run(runtime::Process& process, const Config& config) {
  HOTLINE_ASSIGN_OR_RETURN(search::Synonyms synonyms, search::Synonyms::Load(config.synonyms_file));
  HOTLINE_ASSIGN_OR_RETURN(auto node, rpc::Node::Create(process));
  HOTLINE_ASSIGN_OR_RETURN(auto storage, hosting::Storage::Open(process, *node, config.migrations_dir));
  PostgresStore store(storage->pool());
  Library library(store, std::move(synonyms), process.clock(), process.metrics());
  HOTLINE_RETURN_IF_ERROR(library.Refresh());
  rpc::Pool pool("handlers", static_cast<size_t>(config.handler_threads), static_cast<size_t>(config.handler_queue), &process.metrics());
  ArticleService articles(*node, pool, store, library);
  storage->Consume("knowledge_base", {"directory"}, PostgresStore::UnitEvents());
  storage->Start();
  library.Start(config.refresh);
  return node->Serve(process, {&articles, &storage->event_source()});
}

}  // namespace
}  // namespace hotline::knowledge_base

int main(int argc, char** argv) {
  using namespace hotline;
  return runtime::Main<knowledge_base::Config>(argc, argv, "knowledge_base", knowledge_base::ReadConfig, knowledge_base::Run);
}
