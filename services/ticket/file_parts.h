// Everything of attachments, documents and signed heads of histories that the program runs, wired together. Made and destroyed by main's thread; what it
// is given outlives it.
#pragma once

#include <memory>

#include "libs/hosting/storage.h"
#include "services/ticket/attachment_service.h"
#include "services/ticket/config.h"
#include "services/ticket/configuration.h"
#include "services/ticket/document_service.h"
#include "services/ticket/document_writer.h"
#include "services/ticket/history_signer.h"

namespace hotline::ticket {

class FileParts {
 public:
  static absl::StatusOr<std::unique_ptr<FileParts>> Make(runtime::Process& process, rpc::Node& node, postgres::Pool& database, Store& store,
                                                         const Cipher& cipher, const Config& config, Configuration& city) {
    HOTLINE_ASSIGN_OR_RETURN(FileVault vault, FileVault::Open(config.attachments_dir));
    HOTLINE_ASSIGN_OR_RETURN(auto types, MediaTypes::Load());
    HOTLINE_ASSIGN_OR_RETURN(HeadsDirectory heads, HeadsDirectory::Open(config.history_heads_dir, config.history_key));
    std::unique_ptr<FileParts> parts(new FileParts(process, node, database, store, cipher, config, city, std::move(vault), std::move(types), std::move(heads)));
    HOTLINE_RETURN_IF_ERROR(SeedTemplates(parts->document_store_, config.templates_dir, process.clock().Now()));
    return parts;
  }

  rpc::ServiceBase& attachments() { return attachments_; }
  rpc::ServiceBase& documents() { return documents_; }
  DocumentStore& document_store() { return document_store_; }
  void Start() {
    keeper_.Start();
    writer_.Start();
    signer_.Start();
  }
  void Stop() {
    signer_.Stop();
    writer_.Stop();
    keeper_.Stop();
  }

 private:
  using Types = typename decltype(MediaTypes::Load())::value_type;
  FileParts(runtime::Process& process, rpc::Node& node, postgres::Pool& database, Store& store, const Cipher& cipher, const Config& config,
            Configuration& city, FileVault vault, Types types, HeadsDirectory heads)
      : vault_(std::move(vault)), types_(std::move(types)), scanner_(config.virus_scanner.empty() ? nullptr : MakeClamd(config.virus_scanner)),
        files_(database, cipher), keeper_(files_, vault_, scanner_.get(), process.clock(), &process.metrics()),
        pool_("files", kFileThreads, kFileQueue, &process.metrics()), attachments_(node, pool_, store, files_, vault_, keeper_, *types_),
        document_store_(database), maker_(store, document_store_, files_, vault_, city.processes, {config.time_zone, config.centre_name}),
        documents_(node, pool_, store, document_store_, files_, vault_, maker_, city.shown),
        writer_(store, document_store_, maker_, city.processes, process.clock(), config.time_zone, &process.metrics()),
        heads_(std::move(heads)), heads_store_(database), signer_(heads_store_, heads_, config.history_pace, process.clock(), &process.metrics()) {}

  const FileVault vault_;
  const Types types_;
  const decltype(MakeClamd("")) scanner_;
  AttachmentStore files_;
  AttachmentKeeper keeper_;
  rpc::Pool pool_;
  AttachmentService attachments_;
  DocumentStore document_store_;
  DocumentMaker maker_;
  DocumentService documents_;
  DocumentWriter writer_;
  const HeadsDirectory heads_;
  HistoryHeadsStore heads_store_;
  HistorySigner signer_;
};

}  // namespace hotline::ticket
