// Categories and lines.
#include "hotline/ticket/v1/ticket_service.grpc.pb.h"
#include "libs/base/error.h"
#include "services/ticket/convert.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/validate.h"
#include "services/ticket/service.h"

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

}  // namespace

CatalogueService::CatalogueService(rpc::Node& node, rpc::Pool& pool, Store& store, CategoryTree& categories)
    : PlainService(node, pool, v1::CatalogueService::service_full_name()), store_(store), categories_(categories) {
  Handle("ListCategories", &CatalogueService::ListCategories);
  Handle("PutCategory", &CatalogueService::PutCategory);
  Handle("ListLines", &CatalogueService::ListLines);
  Handle("PutLine", &CatalogueService::PutLine);
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

}  // namespace hotline::ticket
