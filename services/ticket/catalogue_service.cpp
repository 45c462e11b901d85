// Categories, lines, scripts.
#include "services/ticket/catalogue_service.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "hotline/ticket/v1/catalogue_service.grpc.pb.h"
#include "libs/base/error.h"
#include "services/ticket/catalogue_convert.h"
#include "services/ticket/convert.h"
#include "services/ticket/domain/configuration_limits.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/validate.h"

namespace hotline::ticket {
namespace {

constexpr size_t kMinCategoryId = 2;

bool IsCategoryId(std::string_view id) {
  return id.size() >= kMinCategoryId && id.size() <= domain::kMaxCode && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

bool IsLine(std::string_view line) {
  return line.size() >= 3 && line.size() <= domain::kMaxPhoneDigits && std::all_of(line.begin(), line.end(), [](char c) { return c >= '0' && c <= '9'; });
}

absl::Status CheckCategory(const v1::Category& category) {
  domain::Violations bad;
  if (!IsCategoryId(category.category_id())) bad.push_back({"category.category_id", "BAD_FORMAT", "must be 2 to 64 characters of a-z, 0-9, '.', '-'"});
  if (!category.parent_id().empty() && !IsCategoryId(category.parent_id())) bad.push_back({"category.parent_id", "BAD_FORMAT", "must be a category id or empty"});
  domain::CheckText(bad, "category.name", category.name(), 1, domain::kMaxCategoryName);
  domain::CheckText(bad, "category.name_en", category.name_en(), 0, domain::kMaxName);
  domain::CheckTags(bad, "category.tags", {category.tags().begin(), category.tags().end()});
  domain::CheckCode(bad, "category.default_unit_id", category.default_unit_id(), false);
  domain::CheckText(bad, "category.script", category.script(), 0, domain::kMaxScript);
  if (category.order() < 0) bad.push_back({"category.order", "OUT_OF_RANGE", "must not be negative"});
  return domain::ToStatus(std::move(bad));
}

absl::Status CheckLine(const v1::Line& line) {
  domain::Violations bad;
  if (!IsLine(line.line())) bad.push_back({"line.line", "BAD_FORMAT", "must be 3 to 20 digits"});
  domain::CheckText(bad, "line.name", line.name(), 1, domain::kMaxName);
  domain::CheckText(bad, "line.name_en", line.name_en(), 0, domain::kMaxName);
  domain::CheckOneOf(bad, "line.mode", line.mode(), {"merged", "number_kept", "seats_kept"});
  domain::CheckCode(bad, "line.unit_id", line.unit_id(), false);
  return domain::ToStatus(std::move(bad));
}

absl::Status CheckScript(const Script& script) {
  domain::Violations bad;
  domain::CheckCode(bad, "script.script_id", script.id, true);
  domain::CheckCode(bad, "script.category_id", script.category_id, false);
  if (static_cast<int>(script.type) < 0 || static_cast<int>(script.type) >= domain::kTypes) bad.push_back({"script.type", "UNKNOWN_VALUE", "must be a known value"});
  if (script.order < 0) bad.push_back({"script.order", "OUT_OF_RANGE", "must not be negative"});
  domain::CheckText(bad, "script.title", script.title, 1, domain::kMaxTitle);
  if (script.steps.empty()) bad.push_back({"script.steps", "REQUIRED", "must have at least one step"});
  if (script.steps.size() > domain::kMaxScriptSteps) bad.push_back({"script.steps", "TOO_MANY", "must be at most 30"});
  for (size_t i = 0; i < script.steps.size() && i < domain::kMaxScriptSteps; ++i) {
    const std::string field = absl::StrCat("script.steps[", i, "]");
    domain::CheckOneOf(bad, field + ".kind", script.steps[i].kind, {"say", "ask", "check"});
    domain::CheckText(bad, field + ".text", script.steps[i].text, 1, domain::kMaxScriptText);
    domain::CheckCode(bad, field + ".field", script.steps[i].field, false);
  }
  return domain::ToStatus(std::move(bad));
}

// How far above the category each category is that its scripts count for; a ring in the tree ends where it closes.
std::map<std::string, int> Above(const CategoryTree::Categories& categories, const std::string& category_id) {
  std::map<std::string, int> distance;
  std::string id = category_id;
  while (!id.empty() && distance.emplace(id, static_cast<int>(distance.size())).second) {
    const auto category = categories.find(id);
    id = category == categories.end() ? "" : category->second.parent_id;
  }
  return distance;
}

}  // namespace

CatalogueService::CatalogueService(rpc::Node& node, rpc::Pool& pool, Store& store, CatalogueStore& catalogue, CategoryTree& categories, Suggester& suggester)
    : PlainService(node, pool, v1::CatalogueService::service_full_name()), clock_(node.clock()), store_(store), catalogue_(catalogue), categories_(categories),
      suggester_(suggester) {
  Handle("ListCategories", &CatalogueService::ListCategories);
  Handle("PutCategory", &CatalogueService::PutCategory);
  Handle("ListLines", &CatalogueService::ListLines);
  Handle("PutLine", &CatalogueService::PutLine);
  Handle("ListScripts", &CatalogueService::ListScripts);
  Handle("PutScript", &CatalogueService::PutScript);
  Handle("DeleteScript", &CatalogueService::DeleteScript);
  HandleEntries();
}

absl::Status CatalogueService::ListCategories(rpc::Context&, const v1::ListCategoriesRequest&, v1::ListCategoriesResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<Category> categories, store_.Categories());
  for (const Category& category : categories) *response.add_categories() = ToProto(category);
  return absl::OkStatus();
}

absl::Status CatalogueService::PutCategory(rpc::Context&, const v1::PutCategoryRequest& request, v1::Category& response) {
  HOTLINE_RETURN_IF_ERROR(CheckCategory(request.category()));
  HOTLINE_RETURN_IF_ERROR(store_.PutCategory(FromProto(request.category())));
  categories_.Forget();
  response = request.category();
  return absl::OkStatus();
}

absl::Status CatalogueService::ListLines(rpc::Context&, const v1::ListLinesRequest&, v1::ListLinesResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<Line> lines, store_.Lines());
  for (const Line& line : lines) *response.add_lines() = ToProto(line);
  return absl::OkStatus();
}

absl::Status CatalogueService::PutLine(rpc::Context&, const v1::PutLineRequest& request, v1::Line& response) {
  HOTLINE_RETURN_IF_ERROR(CheckLine(request.line()));
  HOTLINE_RETURN_IF_ERROR(store_.PutLine(FromProto(request.line())));
  response = request.line();
  return absl::OkStatus();
}

absl::Status CatalogueService::ListScripts(rpc::Context&, const v1::ListScriptsRequest& request, v1::ListScriptsResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<Script> scripts, catalogue_.Scripts());
  HOTLINE_ASSIGN_OR_RETURN(const auto categories, categories_.All());
  const bool all = request.type() == v1::TICKET_TYPE_UNSPECIFIED && request.category_id().empty();
  const std::map<std::string, int> above = Above(*categories, request.category_id());
  const int anywhere = static_cast<int>(above.size());
  std::vector<std::pair<std::tuple<int, int, size_t>, const Script*>> found;
  for (const Script& script : scripts) {
    const auto distance = above.find(script.category_id);
    const bool fits_category = all || script.category_id.empty() || distance != above.end();
    const bool fits_type = all || script.type == domain::Type::kUnspecified || static_cast<int>(script.type) == request.type();
    if (!fits_category || !fits_type) continue;
    found.push_back({{distance == above.end() ? anywhere : distance->second, script.type == domain::Type::kUnspecified ? 1 : 0, found.size()}, &script});
  }
  // As specific ones stay in their own order.
  if (!all) std::sort(found.begin(), found.end());
  for (const auto& [rank, script] : found) *response.add_scripts() = ToProto(*script);
  return absl::OkStatus();
}

absl::Status CatalogueService::PutScript(rpc::Context&, const v1::PutScriptRequest& request, v1::Script& response) {
  const Script script = FromProto(request.script());
  HOTLINE_RETURN_IF_ERROR(CheckScript(script));
  HOTLINE_ASSIGN_OR_RETURN(const auto expected, ReadEtag(request.script().etag(), "script.etag"));
  HOTLINE_ASSIGN_OR_RETURN(const auto categories, categories_.All());
  if (!script.category_id.empty() && !categories->contains(script.category_id)) return domain::CategoryNotFound("script.category_id");
  HOTLINE_ASSIGN_OR_RETURN(const Script kept, catalogue_.PutScript(script, expected));
  response = ToProto(kept);
  return absl::OkStatus();
}

absl::Status CatalogueService::DeleteScript(rpc::Context&, const v1::DeleteScriptRequest& request, v1::DeleteScriptResponse&) {
  HOTLINE_ASSIGN_OR_RETURN(const auto expected, ReadEtag(request.etag(), "etag"));
  return catalogue_.DeleteScript(request.script_id(), expected);
}

}  // namespace hotline::ticket
