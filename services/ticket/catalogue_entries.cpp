// The dispatch catalogue (STD-6): its draft, its check, its versions, and the units it suggests (TKT-6).
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include <algorithm>

#include "hotline/ticket/v1/catalogue_service.grpc.pb.h"
#include "libs/base/error.h"
#include "libs/base/page.h"
#include "services/ticket/catalogue_convert.h"
#include "services/ticket/catalogue_service.h"
#include "services/ticket/domain/configuration_errors.h"
#include "services/ticket/domain/configuration_limits.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/validate.h"

namespace hotline::ticket {

void CatalogueService::HandleEntries() {
  Handle("ListCatalogueEntries", &CatalogueService::ListCatalogueEntries);
  Handle("PutCatalogueEntry", &CatalogueService::PutCatalogueEntry);
  Handle("DeleteCatalogueEntry", &CatalogueService::DeleteCatalogueEntry);
  Handle("CheckCatalogue", &CatalogueService::CheckCatalogue);
  Handle("PublishCatalogue", &CatalogueService::PublishCatalogue);
  Handle("ListCatalogueVersions", &CatalogueService::ListCatalogueVersions);
  Handle("GetCatalogueDiff", &CatalogueService::GetCatalogueDiff);
  Handle("SuggestForDraft", &CatalogueService::SuggestForDraft);
}

absl::Status CatalogueService::ListCatalogueEntries(rpc::Context&, const v1::ListCatalogueEntriesRequest& request, v1::ListCatalogueEntriesResponse& response) {
  if (request.version() < 0) return base::InvalidField("version", "OUT_OF_RANGE", "must not be negative");
  HOTLINE_ASSIGN_OR_RETURN(const CatalogueDraft draft, catalogue_.Draft());
  response.set_etag(absl::StrCat(draft.revision));
  if (request.version() == 0 && !request.current()) {
    for (const DraftEntry& entry : draft.entries) *response.add_entries() = ToProto(entry);
    return absl::OkStatus();
  }
  int64_t version = request.version();
  if (version == 0) {
    HOTLINE_ASSIGN_OR_RETURN(version, catalogue_.PublishedVersion());
  }
  HOTLINE_ASSIGN_OR_RETURN(const PublishedCatalogue published, catalogue_.Published(version));
  for (const domain::CatalogueEntry& entry : published.entries) *response.add_entries() = ToProto(entry);
  response.set_version(published.version);
  return absl::OkStatus();
}

absl::Status CatalogueService::PutCatalogueEntry(rpc::Context& context, const v1::PutCatalogueEntryRequest& request, v1::CatalogueEntry& response) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::CatalogueEntry entry, FromProto(request.entry()));
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(domain::CheckEntry(entry)));
  HOTLINE_ASSIGN_OR_RETURN(const auto expected, ReadEtag(request.entry().etag(), "entry.etag"));
  HOTLINE_ASSIGN_OR_RETURN(const DraftEntry kept, catalogue_.PutEntry(entry, expected, context.principal().user_id, clock_.Now()));
  response = ToProto(kept);
  return absl::OkStatus();
}

absl::Status CatalogueService::DeleteCatalogueEntry(rpc::Context&, const v1::DeleteCatalogueEntryRequest& request, v1::DeleteCatalogueEntryResponse&) {
  HOTLINE_ASSIGN_OR_RETURN(const auto expected, ReadEtag(request.etag(), "etag"));
  return catalogue_.DeleteEntry(request.entry_id(), expected);
}

absl::StatusOr<std::vector<domain::Finding>> CatalogueService::Check(const std::vector<domain::CatalogueEntry>& entries) {
  HOTLINE_ASSIGN_OR_RETURN(const auto categories, categories_.All());
  HOTLINE_ASSIGN_OR_RETURN(const auto units, store_.FindUnits(domain::UnitsOf(entries)));
  return domain::CheckCatalogue(entries, NodesOf(*categories), units, suggester_.Today());
}

absl::Status CatalogueService::CheckCatalogue(rpc::Context&, const v1::CheckCatalogueRequest&, v1::CheckCatalogueResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const CatalogueDraft draft, catalogue_.Draft());
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<domain::Finding> findings, Check(EntriesOf(draft)));
  for (const domain::Finding& finding : findings) *response.add_findings() = ToProto(finding);
  response.set_etag(absl::StrCat(draft.revision));
  return absl::OkStatus();
}

absl::Status CatalogueService::PublishCatalogue(rpc::Context& context, const v1::PublishCatalogueRequest& request, v1::CatalogueVersion& response) {
  domain::Violations bad;
  domain::CheckText(bad, "note", request.note(), 1, domain::kMaxNote);
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(std::move(bad)));
  HOTLINE_ASSIGN_OR_RETURN(const auto expected, ReadEtag(request.etag(), "etag"));
  categories_.Forget();  // checked against the tree as it is now
  HOTLINE_ASSIGN_OR_RETURN(const CatalogueDraft draft, catalogue_.Draft());
  if (expected && *expected != draft.revision) return domain::ConfigurationChanged("catalogue");
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<domain::Finding> findings, Check(EntriesOf(draft)));
  const auto errors = std::count_if(findings.begin(), findings.end(), [](const domain::Finding& finding) { return finding.error; });
  if (errors > 0) return domain::CatalogueHasErrors(static_cast<size_t>(errors));
  // Whoever edits meanwhile makes this fail.
  HOTLINE_ASSIGN_OR_RETURN(const CatalogueVersion made, catalogue_.Publish(draft.revision, context.principal().user_id, request.note(), clock_.Now()));
  suggester_.Forget();
  response = ToProto(made);
  return absl::OkStatus();
}

absl::Status CatalogueService::ListCatalogueVersions(rpc::Context&, const v1::ListCatalogueVersionsRequest& request, v1::ListCatalogueVersionsResponse& response) {
  const base::PageQuery query("catalogue_versions", {});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), domain::kDefaultVersionPage, domain::kMaxVersionPage));
  int64_t before = 0;
  if (!page.after.empty() && !absl::SimpleAtoi(page.after, &before)) return domain::BadPageToken();
  HOTLINE_ASSIGN_OR_RETURN(std::vector<CatalogueVersion> versions, catalogue_.Versions(before, page.size + 1));
  if (versions.size() > static_cast<size_t>(page.size)) {
    versions.pop_back();
    response.set_next_page_token(query.Token(absl::StrCat(versions.back().version)));
  }
  for (const CatalogueVersion& version : versions) *response.add_versions() = ToProto(version);
  return absl::OkStatus();
}

absl::Status CatalogueService::GetCatalogueDiff(rpc::Context&, const v1::GetCatalogueDiffRequest& request, v1::GetCatalogueDiffResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const PublishedCatalogue before, catalogue_.Published(request.from_version()));
  std::vector<domain::CatalogueEntry> after;
  if (request.to_version() == 0) {
    HOTLINE_ASSIGN_OR_RETURN(const CatalogueDraft draft, catalogue_.Draft());
    after = EntriesOf(draft);
  } else {
    HOTLINE_ASSIGN_OR_RETURN(PublishedCatalogue published, catalogue_.Published(request.to_version()));
    after = std::move(published.entries);
  }
  for (const domain::EntryChange& change : domain::Diff(before.entries, after)) {
    v1::CatalogueChange& one = *response.add_changes();
    one.set_kind(change.before && change.after ? "changed" : change.after ? "added" : "removed");
    if (change.before) *one.mutable_before() = ToProto(*change.before);
    if (change.after) *one.mutable_after() = ToProto(*change.after);
  }
  return absl::OkStatus();
}

absl::Status CatalogueService::SuggestForDraft(rpc::Context&, const v1::SuggestForDraftRequest& request, v1::SuggestUnitsResponse& response) {
  SuggestionFacts facts{{static_cast<domain::Type>(request.type()), request.category_id(), request.area_code()}, {request.tags().begin(), request.tags().end()}, request.text()};
  domain::Violations bad;
  domain::CheckCode(bad, "category_id", facts.matter.category_id, false);
  domain::CheckCode(bad, "area_code", facts.matter.area_code, false);
  domain::CheckTags(bad, "tags", facts.tags);
  domain::CheckText(bad, "text", facts.text, 0, domain::kMaxContent);
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(std::move(bad)));
  HOTLINE_ASSIGN_OR_RETURN(const Suggested suggested, suggester_.Suggest(facts));
  response = ToProto(suggested);
  return absl::OkStatus();
}

}  // namespace hotline::ticket
