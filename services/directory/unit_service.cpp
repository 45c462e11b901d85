#include <google/protobuf/util/field_mask_util.h>

#include "libs/base/page.h"
#include "services/directory/domain/errors.h"
#include "services/directory/domain/rules.h"
#include "services/directory/service.h"

namespace hotline::directory {
namespace {

constexpr int kUnitPageDefault = 200;
constexpr int kUnitPageMost = 1000;

Unit FromProto(const pb::Unit& unit) {
  return {.unit_id = unit.unit_id(),
          .parent_id = unit.parent_id(),
          .path = "",
          .level = unit.level(),
          .name = unit.name(),
          .name_en = unit.name_en(),
          .kind = unit.kind(),
          .tags = {unit.tags().begin(), unit.tags().end()},
          .area_code = unit.area_code(),
          .phone = unit.phone(),
          .active = unit.active(),
          .version = 1};
}

}  // namespace

std::string Etag(int64_t version) { return absl::StrCat("v", version); }

absl::StatusOr<int64_t> VersionOf(std::string_view field, const std::string& etag) {
  int64_t version = 0;
  if (etag.size() < 2 || etag[0] != 'v' || !absl::SimpleAtoi(etag.substr(1), &version) || version < 1) {
    return base::InvalidField(field, etag.empty() ? "REQUIRED" : "BAD_FORMAT", "the etag that was read");
  }
  return version;
}

void MergeByMask(const google::protobuf::Message& from, const google::protobuf::FieldMask& mask, google::protobuf::Message& to) {
  google::protobuf::util::FieldMaskUtil::MergeOptions options;
  options.set_replace_repeated_fields(true);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(from, mask, options, &to);
}

pb::Unit ToProto(const Unit& unit) {
  pb::Unit out;
  out.set_unit_id(unit.unit_id);
  out.set_parent_id(unit.parent_id);
  out.set_path(unit.path);
  out.set_level(unit.level);
  out.set_name(unit.name);
  out.set_name_en(unit.name_en);
  out.set_kind(unit.kind);
  for (const std::string& tag : unit.tags) out.add_tags(tag);
  out.set_area_code(unit.area_code);
  out.set_phone(unit.phone);
  out.set_active(unit.active);
  out.set_etag(Etag(unit.version));
  return out;
}

UnitService::UnitService(rpc::Node& node, rpc::Pool& pool, Store& store)
    : PlainService(node, pool, pb::UnitService::service_full_name()), store_(store) {
  Handle("ListUnits", &UnitService::ListUnits);
  Handle("GetUnit", &UnitService::GetUnit);
  Handle("CreateUnit", &UnitService::CreateUnit);
  Handle("UpdateUnit", &UnitService::UpdateUnit);
}

absl::Status UnitService::ListUnits(rpc::Context&, const pb::ListUnitsRequest& request, pb::ListUnitsResponse& response) {
  const base::PageQuery query("units", {request.parent_id()});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), kUnitPageDefault, kUnitPageMost));
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<Unit> units,
                           store_.ListUnits({.parent_id = request.parent_id(), .after = page.after, .limit = page.size + 1}));
  for (const Unit& unit : units) {
    if (response.units_size() == page.size) {
      response.set_next_page_token(query.Token(response.units().rbegin()->path()));
      break;
    }
    *response.add_units() = ToProto(unit);
  }
  return absl::OkStatus();
}

absl::Status UnitService::GetUnit(rpc::Context&, const pb::GetUnitRequest& request, pb::Unit& response) {
  HOTLINE_ASSIGN_OR_RETURN(const Unit unit, store_.GetUnit(request.unit_id()));
  response = ToProto(unit);
  return absl::OkStatus();
}

absl::Status UnitService::CreateUnit(rpc::Context&, const pb::CreateUnitRequest& request, pb::Unit& response) {
  const Unit wanted = FromProto(request.unit());
  HOTLINE_RETURN_IF_ERROR(CheckUnit(wanted));
  if (!request.request_id().empty()) HOTLINE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  HOTLINE_ASSIGN_OR_RETURN(const Unit unit, store_.CreateUnit(wanted, request.request_id()));
  response = ToProto(unit);
  return absl::OkStatus();
}

absl::Status UnitService::UpdateUnit(rpc::Context&, const pb::UpdateUnitRequest& request, pb::Unit& response) {
  HOTLINE_ASSIGN_OR_RETURN(const int64_t version, VersionOf("unit.etag", request.unit().etag()));
  HOTLINE_ASSIGN_OR_RETURN(const Unit current, store_.GetUnit(request.unit().unit_id()));
  pb::Unit merged = request.unit();
  if (request.update_mask().paths_size() > 0) {
    if (!google::protobuf::util::FieldMaskUtil::IsValidFieldMask<pb::Unit>(request.update_mask())) {
      return base::InvalidField("update_mask", "UNKNOWN_FIELD", "names a field that a unit does not have");
    }
    merged = ToProto(current);
    MergeByMask(request.unit(), request.update_mask(), merged);
  }
  if (merged.parent_id() != current.parent_id) {
    return base::InvalidField("unit.parent_id", "IMMUTABLE", "a unit keeps its place in the tree");
  }
  Unit wanted = FromProto(merged);
  wanted.version = version;
  HOTLINE_RETURN_IF_ERROR(CheckUnit(wanted));
  HOTLINE_ASSIGN_OR_RETURN(const Unit unit, store_.UpdateUnit(wanted));
  response = ToProto(unit);
  return absl::OkStatus();
}

}  // namespace hotline::directory
