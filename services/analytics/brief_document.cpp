#include "services/analytics/brief_document.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include <cmath>

namespace hotline::analytics {
namespace {

using document::Block;
using document::Chart;
using document::Paragraph;
using document::Style;
using document::Table;

const std::map<std::string, std::string>& TypeNames() {
  static const std::map<std::string, std::string> kNames = {{"consultation", "咨询"}, {"help", "求助"}, {"complaint", "投诉"},
                                                            {"report", "举报"}, {"suggestion", "建议"}, {"praise", "表扬"}};
  return kNames;
}

std::string NameIn(const std::map<std::string, std::string>& names, const std::string& key) {
  const auto found = names.find(key);
  return found == names.end() || found->second.empty() ? key : found->second;
}

std::string Day(absl::CivilDay day, bool year = true) {
  return absl::StrCat(year ? absl::StrCat(day.year(), "年") : "", day.month(), "月", day.day(), "日");
}

std::optional<double> Of(std::string_view measure, const Sums& sums) { return Compute(*FindMeasure(measure), sums); }
double Count(std::string_view measure, const Sums& sums) { return Of(measure, sums).value_or(0); }
std::string Whole(double value) { return absl::StrFormat("%.0f", value); }

class Writer {
 public:
  explicit Writer(const BriefFacts& facts) : f_(facts) {}

  document::Document Write() {
    const bool week = f_.period == BriefPeriod::kWeek;
    document::Document made{.title = BriefTitle(f_), .create_time = f_.now, .blocks = {}};
    blocks_ = &made.blocks;
    Add(document::RedHead{"12345热线舆情简报", absl::StrCat(f_.year, "年第", f_.issue, "期（", week ? "周报" : "月报", "）")});
    Add(document::Title{BriefTitle(f_)});
    Overview();
    Distribution();
    Topics();
    Units();
    Add(Paragraph{.text = absl::StrCat("注：数据截至", absl::FormatTime("%Y-%m-%d %H:%M", f_.now, f_.zone), "；上期指", Day(f_.days.before), "至",
                                       Day(f_.days.first - 1), "。按时率为在时限内完成的环节占比，解决率、满意率以回访结果计。"), .style = Style::kNote});
    return made;
  }

 private:
  void Add(Block block) { blocks_->push_back(std::move(block)); }
  void Say(std::string text) { Add(Paragraph{.text = std::move(text)}); }
  void Head(std::string text) { Add(Paragraph{.text = std::move(text), .style = Style::kHeading}); }
  const std::map<std::vector<std::string>, Sums>& Groups(Grouping grouping, bool before = false) const {
    static const std::map<std::vector<std::string>, Sums> kNone;
    const auto& all = before ? f_.groups_before : f_.groups;
    const auto found = all.find(grouping);
    return found == all.end() ? kNone : found->second;
  }
  std::string RateText(std::string_view measure, std::string_view name) const {
    const auto now = Of(measure, f_.total), before = Of(measure, f_.total_before);
    if (!now) return "";
    const std::string change = PointsCompared(now, before);
    return absl::StrCat(std::string(name), Percent(now), change.empty() ? "" : absl::StrCat("（", change, "）"));
  }

  void Overview() {
    const double now = Count("tickets_created", f_.total), before = Count("tickets_created", f_.total_before);
    Head("一、总体情况");
    std::vector<std::string> rates;
    for (const auto& [measure, name] : {std::pair{"on_time_rate", "按时率"}, {"solved_rate", "解决率"}, {"satisfied_rate", "满意率"}}) {
      if (std::string text = RateText(measure, name); !text.empty()) rates.push_back(std::move(text));
    }
    const std::string connect = RateText("connect_rate", "接通率");
    Say(absl::StrCat("本期热线呼入", Whole(Count("calls_offered", f_.total)), "个", connect.empty() ? "" : absl::StrCat("，", connect), "；受理诉求", Whole(now),
                     "件，较上期", Compared(now, before, "件"), "；派单", Whole(Count("tickets_dispatched", f_.total)), "件，办结", Whole(Count("tickets_closed", f_.total)), "件。",
                     rates.empty() ? "" : absl::StrCat("办理", absl::StrJoin(rates, "，"), "。"), "截至目前在办", Whole(Count("tickets_open", f_.total)), "件，其中超期",
                     Whole(Count("tickets_overdue", f_.total)), "件。"));
    Table table{.header = {"指标", "本期", "上期", "变化"}, .rows = {}, .widths = {2.2, 1.2, 1.2, 2}};
    for (const auto& [measure, unit] : {std::pair{"calls_offered", "个"}, {"tickets_created", "件"}, {"tickets_dispatched", "件"}, {"tickets_closed", "件"},
                                        {"returns_requested", "次"}, {"reworks", "件"}}) {
      const double a = Count(measure, f_.total), b = Count(measure, f_.total_before);
      table.rows.push_back({std::string(FindMeasure(measure)->title), Whole(a), Whole(b), Compared(a, b, unit)});
    }
    for (const char* measure : {"connect_rate", "answered_in_15s_rate", "on_time_rate", "solved_rate", "satisfied_rate"}) {
      const auto a = Of(measure, f_.total), b = Of(measure, f_.total_before);
      const std::string change = PointsCompared(a, b);
      table.rows.push_back({std::string(FindMeasure(measure)->title), Percent(a), Percent(b), change.empty() ? "—" : change});
    }
    Add(std::move(table));
    ByDay();
  }

  void ByDay() {
    const auto value = [&](bool before, absl::CivilDay day) {
      const auto& days = Groups(Grouping::kDay, before);
      const auto found = days.find({absl::StrCat(absl::ToUnixSeconds(absl::FromCivil(day, f_.zone)))});
      return found == days.end() ? 0.0 : Count("tickets_created", found->second);
    };
    Chart chart{.kind = Chart::Kind::kLine, .title = "每日受理诉求（件）", .labels = {}, .series = {{"本期", {}}, {"上期", {}}}};
    const absl::CivilDay today = absl::ToCivilDay(f_.now, f_.zone);
    for (absl::CivilDay day = f_.days.first; day < f_.days.end; ++day) {
      chart.labels.push_back(absl::StrCat(day.month(), "/", day.day()));
      chart.series[0].values.push_back(day > today ? NAN : value(false, day));
      const absl::CivilDay earlier = f_.days.before + (day - f_.days.first);
      chart.series[1].values.push_back(earlier < f_.days.first ? value(true, earlier) : NAN);
    }
    Add(std::move(chart));
  }

  void Bars(const char* title, Grouping grouping, const std::map<std::string, std::string>& names) {
    Chart chart{.kind = Chart::Kind::kBars, .title = title, .labels = {}, .series = {{"本期", {}}, {"上期", {}}}};
    for (const BriefRow& row : Rank(Groups(grouping), Groups(grouping, true))) {
      chart.labels.push_back(NameIn(names, row.key));
      chart.series[0].values.push_back(row.Created());
      chart.series[1].values.push_back(row.Created(true));
    }
    if (!chart.labels.empty()) Add(std::move(chart));
  }

  void Distribution() {
    Head("二、诉求分布");
    const std::vector<BriefRow> types = Rank(Groups(Grouping::kType), Groups(Grouping::kType, true));
    const std::vector<BriefRow> categories = Rank(Groups(Grouping::kCategory), Groups(Grouping::kCategory, true), 3);
    const double total = Count("tickets_created", f_.total);
    std::vector<std::string> shares, most;
    for (const BriefRow& row : types) {
      if (row.Created() > 0) shares.push_back(absl::StrFormat("%s%.0f件（占%.1f%%）", NameIn(TypeNames(), row.key), row.Created(), row.Created() / std::max(1.0, total) * 100));
    }
    for (const BriefRow& row : categories) {
      if (row.Created() > 0) most.push_back(absl::StrCat(NameIn(f_.category_names, row.key), Whole(row.Created()), "件"));
    }
    Say(shares.empty() ? "本期没有受理诉求。" : absl::StrCat("按诉求类型，", absl::StrJoin(shares, "，"), "。",
                                                             most.empty() ? "" : absl::StrCat("诉求较集中的事项为", absl::StrJoin(most, "、"), "。")));
    Bars("诉求类型（件）", Grouping::kType, TypeNames());
    Bars("事项分类（件）", Grouping::kCategory, f_.category_names);
    Bars("区域（件）", Grouping::kArea, f_.area_names);
  }

  void Topics() {
    Head("三、热点问题");
    const std::vector<BriefRow> hot = Hot(Groups(Grouping::kCategory), Groups(Grouping::kCategory, true));
    if (hot.empty()) return Say("本期没有增长明显的事项。");
    for (size_t i = 0; i < hot.size(); ++i) {
      const double now = hot[i].Created(), before = hot[i].Created(true);
      Say(absl::StrCat(i + 1, ". ", NameIn(f_.category_names, hot[i].key), "：本期", Whole(now), "件，", before == 0 ? "上期没有受理" : absl::StrCat("较上期", Compared(now, before, "件")), "。"));
    }
  }

  void Units() {
    Head("四、承办单位办理情况");
    Table table{.header = {"承办单位", "受理", "办结", "按时率", "解决率", "满意率", "超期"}, .rows = {}, .widths = {2.6, 1, 1, 1.2, 1.2, 1.2, 1}};
    for (const BriefRow& row : Rank(Groups(Grouping::kUnit), Groups(Grouping::kUnit, true))) {
      table.rows.push_back({NameIn(f_.unit_names, row.key), Whole(row.Created()), Whole(Count("tickets_closed", row.now)), Percent(Of("on_time_rate", row.now)),
                            Percent(Of("solved_rate", row.now)), Percent(Of("satisfied_rate", row.now)), Whole(Count("tickets_overdue", row.now))});
    }
    if (table.rows.empty()) return Say("本期没有派单。");
    std::vector<std::pair<double, std::string>> late;
    for (const auto& [group, sums] : Groups(Grouping::kUnit)) {
      const double overdue = Count("tickets_overdue", sums);
      if (overdue > 0 && !group[0].empty()) late.emplace_back(-overdue, absl::StrCat(NameIn(f_.unit_names, group[0]), Whole(overdue), "件"));
    }
    std::sort(late.begin(), late.end());
    std::vector<std::string> names;
    for (size_t i = 0; i < late.size() && i < kBriefRows; ++i) names.push_back(late[i].second);
    Say(names.empty() ? "目前没有超期工单。" : absl::StrCat("目前有超期工单的单位：", absl::StrJoin(names, "、"), "。"));
    Add(std::move(table));
  }

  const BriefFacts& f_;
  std::vector<Block>* blocks_ = nullptr;
};

}  // namespace

std::vector<std::string_view> BriefMeasures() {
  return {"calls_offered", "connect_rate", "answered_in_15s_rate", "tickets_created", "tickets_dispatched", "tickets_closed", "returns_requested", "reworks",
          "tickets_open", "tickets_overdue", "on_time_rate", "solved_rate", "satisfied_rate"};
}

std::string BriefTitle(const BriefFacts& facts) {
  if (facts.period == BriefPeriod::kMonth) return absl::StrCat(facts.days.first.year(), "年", facts.days.first.month(), "月热线诉求情况分析");
  const absl::CivilDay last = facts.days.end - 1;
  return absl::StrCat(Day(facts.days.first), "至", Day(last, last.year() != facts.days.first.year()), "热线诉求情况分析");
}

document::Document BriefDocument(const BriefFacts& facts) { return Writer(facts).Write(); }

}  // namespace hotline::analytics
