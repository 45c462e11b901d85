#include "services/analytics/brief_service.h"

#include <absl/strings/str_cat.h>

#include <array>
#include <memory>

#include "hotline/ticket/v1/catalogue_service.grpc.pb.h"
#include "libs/base/digest.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/log.h"
#include "libs/base/page.h"

namespace hotline::analytics {
namespace {

std::string DayText(absl::CivilDay day) { return absl::FormatCivilTime(day); }

v1::Brief ToProto(const BriefRecord& in) {
  v1::Brief out;
  out.set_brief_id(in.id);
  out.set_period(static_cast<v1::BriefPeriod>(in.period));
  out.set_first_day(DayText(in.first_day));
  out.set_last_day(DayText(in.last_day));
  out.set_issue(in.issue);
  out.set_year(in.year);
  out.set_title(in.title);
  out.set_pages(in.pages);
  out.set_size(in.size);
  out.set_created_by(in.created_by);
  out.mutable_create_time()->set_seconds(absl::ToUnixSeconds(in.created));
  return out;
}

}  // namespace

CategoryNames AskTicket(rpc::Peer ticket) {
  using Catalogue = rpc::Client<hotline::ticket::v1::CatalogueService>;
  auto client = std::make_shared<Catalogue>(std::move(ticket));
  return [client](const rpc::Context& context) {
    std::map<std::string, std::string> names;
    const auto answer = rpc::SyncCall(*client, context, &Catalogue::Blocking::ListCategories, {},
                                      {.timeout = kCategoryNamesTimeout, .idempotent = true, .as_service = true});
    if (!answer.ok()) {
      base::log::Warn("a brief names categories by their ids", {{"error", answer.status()}});
      return names;
    }
    for (const auto& category : answer->categories()) names[category.category_id()] = category.name();
    return names;
  };
}

BriefService::BriefService(rpc::Node& node, rpc::Pool& pool, Store& store, BriefStore& briefs, CategoryNames categories, absl::TimeZone zone)
    : PlainService(node, pool, v1::BriefService::service_full_name()),
      clock_(node.clock()), store_(store), briefs_(briefs), categories_(std::move(categories)), zone_(zone) {
  Handle("CreateBrief", &BriefService::Create);
  Handle("ListBriefs", &BriefService::List);
  Handle("ReadBrief", &BriefService::Read);
}

absl::Status BriefService::Gather(const rpc::Context& context, BriefFacts& facts) {
  const auto ask = [&](absl::CivilDay from, absl::CivilDay to, std::vector<Grouping> groupings) {
    SumQuery query{.from = absl::FromCivil(from, zone_), .to = absl::FromCivil(to, zone_), .now = facts.now, .groupings = groupings};
    for (const std::string_view name : BriefMeasures()) {
      const Measure& measure = *FindMeasure(name);
      if (!groupings.empty() && !measure.Allows(groupings[0])) continue;
      query.sums.insert({measure.numerator, measure.denominator});
    }
    return store_.QuerySums(query);
  };
  for (const bool before : {false, true}) {
    const absl::CivilDay from = before ? facts.days.before : facts.days.first, to = before ? facts.days.first : facts.days.end;
    HOTLINE_ASSIGN_OR_RETURN(Groups total, ask(from, to, {}));
    (before ? facts.total_before : facts.total) = std::move(total[{}]);
    for (const Grouping grouping : {Grouping::kDay, Grouping::kType, Grouping::kCategory, Grouping::kUnit, Grouping::kArea}) {
      HOTLINE_ASSIGN_OR_RETURN((before ? facts.groups_before : facts.groups)[grouping], ask(from, to, {grouping}));
    }
  }
  facts.category_names = categories_(context);
  HOTLINE_ASSIGN_OR_RETURN(facts.unit_names, briefs_.UnitNames());
  HOTLINE_ASSIGN_OR_RETURN(facts.area_names, briefs_.AreaNames());
  return absl::OkStatus();
}

absl::Status BriefService::Create(rpc::Context& context, const v1::CreateBriefRequest& request, v1::Brief& response) {
  if (request.period() != v1::BRIEF_PERIOD_WEEK && request.period() != v1::BRIEF_PERIOD_MONTH)
    return base::InvalidField("period", "UNKNOWN_VALUE", "must be a week or a month");
  if (!request.request_id().empty() && !base::IsValidId(request.request_id())) return base::InvalidField("request_id", "BAD_FORMAT", "must be a UUID in lower case");
  BriefFacts facts;
  facts.period = static_cast<BriefPeriod>(request.period());
  facts.now = clock_.Now();
  facts.zone = zone_;
  HOTLINE_ASSIGN_OR_RETURN(facts.days, DaysOf(facts.period, request.date(), absl::ToCivilDay(facts.now, zone_)));
  facts.year = static_cast<int>(absl::ToCivilDay(facts.now, zone_).year());
  HOTLINE_RETURN_IF_ERROR(Gather(context, facts));  // before an issue is held
  BriefRecord record{.id = base::NewId(), .request_id = request.request_id(), .period = static_cast<int>(request.period()), .first_day = facts.days.first,
                     .last_day = facts.days.end - 1, .year = facts.year, .title = BriefTitle(facts), .created_by = context.principal().user_id, .created = facts.now};
  HOTLINE_ASSIGN_OR_RETURN(const BriefRecord made, briefs_.Add(record, [&](BriefRecord& next) -> absl::Status {
    facts.issue = next.issue;
    HOTLINE_ASSIGN_OR_RETURN(document::Rendered rendered, document::Render(BriefDocument(facts)));
    next.pages = rendered.pages;
    next.size = static_cast<int64_t>(rendered.pdf.size());
    next.sha256 = base::Sha256Hex(rendered.pdf);
    next.pdf = std::move(rendered.pdf);
    return absl::OkStatus();
  }));
  response = ToProto(made);
  return absl::OkStatus();
}

absl::Status BriefService::List(rpc::Context&, const v1::ListBriefsRequest& request, v1::ListBriefsResponse& response) {
  const base::PageQuery query("briefs", {});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), kDefaultBriefPage, kMaxBriefPage));
  if (!page.after.empty() && !base::IsValidId(page.after)) return base::InvalidField("page_token", "BAD_PAGE_TOKEN", "is not a token of this list");
  HOTLINE_ASSIGN_OR_RETURN(std::vector<BriefRecord> briefs, briefs_.List(page.after, page.size + 1));
  if (briefs.size() > static_cast<size_t>(page.size)) {
    briefs.pop_back();
    response.set_next_page_token(query.Token(briefs.back().id));
  }
  for (const BriefRecord& brief : briefs) *response.add_briefs() = ToProto(brief);
  return absl::OkStatus();
}

absl::Status BriefService::Read(rpc::Context&, const files::v1::ReadFileRequest& request, rpc::PlainWriter<files::v1::FilePiece>& out) {
  if (!base::IsValidId(request.file_id())) return base::NotFound("brief", request.file_id());
  if (request.offset() < 0) return base::InvalidField("offset", "OUT_OF_RANGE", "must not be negative");
  if (request.length() < 0) return base::InvalidField("length", "OUT_OF_RANGE", "must not be negative");
  HOTLINE_ASSIGN_OR_RETURN(const BriefRecord brief, briefs_.Get(request.file_id()));
  const auto size = static_cast<int64_t>(brief.pdf.size());
  int64_t at = std::min(request.offset(), size);
  const int64_t end = request.length() == 0 ? size : at + std::min(request.length(), size - at);
  files::v1::FilePiece piece;
  piece.set_total_size(size);
  piece.set_media_type("application/pdf");
  piece.set_file_name(absl::StrCat(brief.title, "（第", brief.issue, "期）.pdf"));
  piece.set_sha256(brief.sha256);
  do {
    piece.set_data(brief.pdf.substr(static_cast<size_t>(at), std::min(kBriefPiece, static_cast<size_t>(end - at))));
    at += static_cast<int64_t>(piece.data().size());
    if (!out.Write(std::exchange(piece, {}))) break;
  } while (at < end);
  return absl::OkStatus();
}

}  // namespace hotline::analytics
