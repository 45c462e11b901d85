// The RPCs of imports and exports. Handlers run on the pool's threads, those of streams on a pool of their own: a client that reads
// slowly holds a thread. What is referred to outlives the service.
#pragma once

#include "hotline/ticket/v1/exchange_service.pb.h"
#include "libs/rpc/plain_service.h"
#include "services/ticket/exchange_store.h"
#include "services/ticket/importer.h"
#include "services/ticket/list_filter.h"

namespace hotline::ticket {

inline constexpr size_t kStreamThreads = 4;  // files of imports and exports on their way
inline constexpr size_t kStreamQueue = 16;

class ExchangeService final : public rpc::PlainService {
 public:
  ExchangeService(rpc::Node& node, rpc::Pool& pool, rpc::Pool& streams, Store& store, ExchangeStore& imports, Importer& importer, CategoryTree& categories, absl::TimeZone zone);

 private:
  absl::Status ImportTickets(rpc::Context& context, rpc::PlainReader<v1::ImportTicketsRequest>& reader, v1::Import& response);
  absl::Status GetImport(rpc::Context& context, const v1::GetImportRequest& request, v1::Import& response);
  absl::Status ListImports(rpc::Context& context, const v1::ListImportsRequest& request, v1::ListImportsResponse& response);
  absl::Status ReadImportReport(rpc::Context& context, const v1::ReadImportReportRequest& request, rpc::PlainWriter<v1::SheetPiece>& writer);
  absl::Status ReadImportTemplate(rpc::Context& context, const v1::ReadImportTemplateRequest& request, rpc::PlainWriter<v1::SheetPiece>& writer);
  absl::Status ExportTickets(rpc::Context& context, const v1::ExportTicketsRequest& request, rpc::PlainWriter<v1::SheetPiece>& writer);

  // The import, if it is the caller's to see.
  absl::StatusOr<Import> Visible(const domain::Actor& actor, const std::string& import_id);

  const base::Clock& clock_;
  Store& store_;
  ExchangeStore& imports_;
  Importer& importer_;
  CategoryTree& categories_;
  const absl::TimeZone zone_;
};

}  // namespace hotline::ticket
