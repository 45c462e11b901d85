// Everything of attachments and documents that the program runs, wired together. Made and destroyed by main's thread; what it
// is given outlives it.
#pragma once

#include <memory>

#include "libs/hosting/storage.h"
#include "services/ticket/attachment_service.h"
#include "services/ticket/config.h"
#include "services/ticket/document_service.h"

namespace hotline::ticket {

class FileParts {
 public:
  static absl::StatusOr<std::unique_ptr<FileParts>> Make(runtime::Process& process, rpc::Node& node, postgres::Pool& database, Store& store,
                                                         const Cipher& cipher, const Config& config) {
    HOTLINE_ASSIGN_OR_RETURN(FileVault vault, FileVault::Open(config.attachments_dir));
    HOTLINE_ASSIGN_OR_RETURN(auto types, MediaTypes::Load());
    std::unique_ptr<FileParts> parts(new FileParts(process, node, database, store, cipher, config, std::move(vault), std::move(types)));
    HOTLINE_RETURN_IF_ERROR(SeedTemplates(parts->document_store_, config.templates_dir, process.clock().Now()));
    return parts;
  }

  rpc::ServiceBase& attachments() { return attachments_; }
  rpc::ServiceBase& documents() { return documents_; }
  void Start() { keeper_.Start(); }
  void Stop() { keeper_.Stop(); }

 private:
  using Types = typename decltype(MediaTypes::Load())::value_type;
  FileParts(runtime::Process& process, rpc::Node& node, postgres::Pool& database, Store& store, const Cipher& cipher, const Config& config,
            FileVault vault, Types types)
      : vault_(std::move(vault)), types_(std::move(types)), scanner_(config.virus_scanner.empty() ? nullptr : MakeClamd(config.virus_scanner)),
        files_(database, cipher), keeper_(files_, vault_, scanner_.get(), process.clock(), &process.metrics()),
        pool_("files", kFileThreads, kFileQueue, &process.metrics()), attachments_(node, pool_, store, files_, vault_, keeper_, *types_),
        document_store_(database), maker_(store, document_store_, files_, vault_, {config.time_zone, config.centre_name}),
        documents_(node, pool_, store, document_store_, files_, vault_, maker_) {}

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
};

}  // namespace hotline::ticket
