// The RPCs of what tickets are filed under and sent by. Handlers run on the pool's threads; all state is in the stores. What
// is referred to outlives the service.
#pragma once

#include "hotline/ticket/v1/catalogue_service.pb.h"
#include "libs/rpc/plain_service.h"
#include "services/ticket/catalogue_store.h"
#include "services/ticket/catalogue_suggest.h"
#include "services/ticket/category_tree.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

class CatalogueService final : public rpc::PlainService {
 public:
  CatalogueService(rpc::Node& node, rpc::Pool& pool, Store& store, CatalogueStore& catalogue, CategoryTree& categories, Suggester& suggester);

 private:
  // catalogue_service.cpp
  absl::Status ListCategories(rpc::Context& context, const v1::ListCategoriesRequest& request, v1::ListCategoriesResponse& response);
  absl::Status PutCategory(rpc::Context& context, const v1::PutCategoryRequest& request, v1::Category& response);
  absl::Status ListLines(rpc::Context& context, const v1::ListLinesRequest& request, v1::ListLinesResponse& response);
  absl::Status PutLine(rpc::Context& context, const v1::PutLineRequest& request, v1::Line& response);
  absl::Status ListScripts(rpc::Context& context, const v1::ListScriptsRequest& request, v1::ListScriptsResponse& response);
  absl::Status PutScript(rpc::Context& context, const v1::PutScriptRequest& request, v1::Script& response);
  absl::Status DeleteScript(rpc::Context& context, const v1::DeleteScriptRequest& request, v1::DeleteScriptResponse& response);
  // catalogue_entries.cpp: the dispatch catalogue
  absl::Status ListCatalogueEntries(rpc::Context& context, const v1::ListCatalogueEntriesRequest& request, v1::ListCatalogueEntriesResponse& response);
  absl::Status PutCatalogueEntry(rpc::Context& context, const v1::PutCatalogueEntryRequest& request, v1::CatalogueEntry& response);
  absl::Status DeleteCatalogueEntry(rpc::Context& context, const v1::DeleteCatalogueEntryRequest& request, v1::DeleteCatalogueEntryResponse& response);
  absl::Status CheckCatalogue(rpc::Context& context, const v1::CheckCatalogueRequest& request, v1::CheckCatalogueResponse& response);
  absl::Status PublishCatalogue(rpc::Context& context, const v1::PublishCatalogueRequest& request, v1::CatalogueVersion& response);
  absl::Status ListCatalogueVersions(rpc::Context& context, const v1::ListCatalogueVersionsRequest& request, v1::ListCatalogueVersionsResponse& response);
  absl::Status GetCatalogueDiff(rpc::Context& context, const v1::GetCatalogueDiffRequest& request, v1::GetCatalogueDiffResponse& response);
  absl::Status SuggestForDraft(rpc::Context& context, const v1::SuggestForDraftRequest& request, v1::SuggestUnitsResponse& response);

  void HandleEntries();
  absl::StatusOr<std::vector<domain::Finding>> Check(const std::vector<domain::CatalogueEntry>& entries);

  const base::Clock& clock_;
  Store& store_;
  CatalogueStore& catalogue_;
  CategoryTree& categories_;
  Suggester& suggester_;
};

}  // namespace hotline::ticket
