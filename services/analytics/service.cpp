#include "services/analytics/service.h"

#include "libs/base/error.h"
#include "services/analytics/domain/errors.h"
#include "services/analytics/domain/figures.h"

namespace hotline::analytics {
namespace {

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

// Those whose work is the whole city. Heads of units and county supervisors see their own subtree (PLT-1).
bool SeesCity(const rpc::Principal& principal) {
  return principal.HasAnyRole({access::v1::ROLE_ANALYST, access::v1::ROLE_LEADER, access::v1::ROLE_SUPERVISOR,
                               access::v1::ROLE_TEAM_LEAD, access::v1::ROLE_ADMIN});
}

Asked AskedOf(const v1::QueryFiguresRequest& request) {
  Asked asked;
  if (request.has_from_time()) asked.from = FromProto(request.from_time());
  if (request.has_to_time()) asked.to = FromProto(request.to_time());
  asked.measures.assign(request.measures().begin(), request.measures().end());
  asked.groupings.assign(request.group_by().begin(), request.group_by().end());
  return asked;
}

std::string_view NameOf(Grouping grouping) {
  for (const GroupingInfo& info : Groupings()) {
    if (info.grouping == grouping) return info.name;
  }
  return "";
}

void FillRow(const Query& query, const std::vector<std::string>& group, const Sums& sums, absl::TimeZone zone, v1::FigureRow& row) {
  for (size_t i = 0; i < query.groupings.size(); ++i) {
    (*row.mutable_group())[std::string(NameOf(query.groupings[i]))] = GroupValue(query.groupings[i], group[i], zone);
  }
  for (const Measure* measure : query.measures) {
    if (const auto value = Compute(*measure, sums)) (*row.mutable_figures())[std::string(measure->name)] = *value;
  }
}

}  // namespace

FigureService::FigureService(rpc::Node& node, rpc::Pool& pool, Store& store, Board& board, absl::TimeZone zone)
    : Service(node, v1::FigureService::service_full_name()), pool_(pool), store_(store), board_(board), clock_(node.clock()), zone_(zone) {
  Handle("QueryFigures", &FigureService::QueryFigures);
  Handle("GetWallboard", &FigureService::GetWallboard);
  Handle("WatchWallboard", &FigureService::WatchWallboard);
  Handle("ListMeasures", &FigureService::ListMeasures);
}

absl::StatusOr<std::optional<std::string>> FigureService::Reach(const rpc::Principal& principal, const std::string& unit_id) const {
  const bool city = SeesCity(principal);
  if (unit_id.empty()) {
    if (city) return std::optional<std::string>();
    if (!principal.CanSeeUnit(principal.unit_path)) return errors::UnitOutOfReach();
    return std::optional<std::string>(principal.unit_path);
  }
  HOTLINE_ASSIGN_OR_RETURN(const std::optional<std::string> path, store_.UnitPath(unit_id));
  // To those who may not see it, a unit that does not exist is no different.
  if (!city && (!path || !principal.CanSeeUnit(*path))) return errors::UnitOutOfReach();
  if (!path) return errors::UnknownUnit();
  return path;
}

absl::Status FigureService::Answer(const rpc::Principal& principal, const v1::QueryFiguresRequest& request,
                                   v1::QueryFiguresResponse& response) const {
  HOTLINE_ASSIGN_OR_RETURN(const std::optional<std::string> reach, Reach(principal, request.unit_id()));
  Asked asked = AskedOf(request);
  asked.units_only = reach.has_value();
  for (const std::string& name : asked.measures) {
    const Measure* measure = FindMeasure(name);
    if (!SeesCity(principal) && measure != nullptr && !measure->OfUnits()) return errors::CentreOnly();
  }
  const absl::Time now = clock_.Now();
  HOTLINE_ASSIGN_OR_RETURN(const Query query, Check(asked, now, zone_));
  SumQuery sums{.from = query.from, .to = query.to, .now = now, .groupings = query.groupings, .unit_path = reach};
  for (const Measure* measure : query.measures) {
    sums.sums.insert(measure->numerator);
    sums.sums.insert(measure->denominator);
  }
  HOTLINE_ASSIGN_OR_RETURN(const Groups groups, store_.QuerySums(sums));
  for (const auto& [group, values] : groups) FillRow(query, group, values, zone_, *response.add_rows());
  return absl::OkStatus();
}

FigureService::Done FigureService::QueryFigures(rpc::Context& context, const v1::QueryFiguresRequest& request,
                                                v1::QueryFiguresResponse& response) {
  const auto answer = [&] { return Answer(context.principal(), request, response); };
  const absl::Status status = co_await pool_.Run(answer);
  co_return status;
}

FigureService::Done FigureService::GetWallboard(rpc::Context& context, const v1::GetWallboardRequest&, v1::Wallboard& response) {
  if (!board_.current() && board_.watchers() < kMaxWatchers) {
    Board::Watcher watcher(board_, context.executor());
    co_await watcher.notice().WaitFor(context.TimeLeft(kFirstBoard));
  }
  if (!board_.current()) co_return errors::WallboardNotReady();
  response = *board_.current();
  co_return absl::OkStatus();
}

FigureService::Done FigureService::WatchWallboard(rpc::Context& context, const v1::WatchWallboardRequest&, rpc::Writer<v1::Wallboard>& out) {
  if (board_.watchers() >= kMaxWatchers) co_return errors::TooManyWatchers();
  Board::Watcher watcher(board_, context.executor());
  for (uint64_t told = 0;;) {
    if (board_.version() == told) {
      co_await watcher.notice().Wait();
      continue;
    }
    told = board_.version();
    v1::Wallboard board = *board_.current();
    const bool written = co_await out.Write(std::move(board));
    if (!written) co_return absl::OkStatus();
  }
}

FigureService::Done FigureService::ListMeasures(rpc::Context&, const v1::ListMeasuresRequest&, v1::ListMeasuresResponse& response) {
  for (const Measure& measure : Measures()) {
    v1::Measure& out = *response.add_measures();
    out.set_name(std::string(measure.name));
    out.set_title(std::string(measure.title));
    out.set_title_en(std::string(measure.title_en));
    out.set_definition(std::string(measure.definition));
    out.set_ratio(measure.ratio);
    for (const GroupingInfo& info : Groupings()) {
      if (measure.Allows(info.grouping)) out.add_groupings(std::string(info.name));
    }
  }
  for (const GroupingInfo& info : Groupings()) {
    v1::Measure& out = *response.add_groupings();
    out.set_name(std::string(info.name));
    out.set_title(std::string(info.title));
    out.set_title_en(std::string(info.title_en));
    out.set_definition(std::string(info.definition));
  }
  co_return absl::OkStatus();
}

}  // namespace hotline::analytics
