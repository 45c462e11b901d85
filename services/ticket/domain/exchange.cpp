#include "services/ticket/domain/exchange.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/time.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "libs/base/text.h"
#include "libs/base/view.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"

namespace hotline::ticket::domain {
namespace {

struct Column {
  std::string_view key;
  std::string_view title;
  std::string_view example;
  bool required = false;
};
constexpr Column kColumns[] = {
    {"external_id", "外部编号", "2026-0001"}, {"type", "诉求类型", "投诉", true}, {"channel", "来源渠道", "来信"}, {"title", "标题", "人民路12号路灯不亮", true},
    {"content", "内容", "人民路与中山路口东侧第三盏路灯不亮，请维修。"}, {"category", "事项分类", "urban.lamp"}, {"area_code", "区域代码", "990102"},
    {"urgency", "紧急程度", "一般"}, {"caller_name", "来电人", "王小明"}, {"caller_phone", "联系电话", "13800001234"}, {"caller_kind", "来电人类别", "个人"},
    {"work_unit", "工作单位", ""}, {"address", "联系地址", ""}, {"anonymous", "匿名", "否"}, {"confidential", "保密", "否"}, {"place", "事发地点", "人民路12号"},
    {"party", "被反映方", ""}, {"tags", "标签", "路灯;市政"}, {"unit_id", "承办单位", ""}, {"answer", "直接答复", ""},
};
constexpr size_t kColumnCount = std::size(kColumns);

template <class T>
using Names = std::pair<std::string_view, T>;
constexpr Names<Type> kTypeNames[] = {{"咨询", Type::kConsultation}, {"求助", Type::kHelp}, {"投诉", Type::kComplaint},
                                      {"举报", Type::kReport}, {"建议", Type::kSuggestion}, {"表扬", Type::kPraise}};
constexpr Names<Channel> kChannelNames[] = {{"电话", Channel::kPhone}, {"语音自助", Channel::kIvr}, {"留言", Channel::kMailbox}, {"网站", Channel::kWeb}, {"短信", Channel::kSms},
                                            {"手机应用", Channel::kApp}, {"邮件", Channel::kEmail}, {"来信", Channel::kLetter}, {"自助终端", Channel::kKiosk}, {"在线客服", Channel::kChat},
                                            {"转办", Channel::kTransfer}, {"来访", Channel::kVisit}, {"领导交办", Channel::kLeader}};
constexpr Names<Urgency> kUrgencyNames[] = {{"一般", Urgency::kOrdinary}, {"紧急", Urgency::kUrgent}, {"特急", Urgency::kCritical}};
constexpr Names<std::string_view> kKindNames[] = {{"个人", "citizen"}, {"法人", "legal_person"}, {"其他组织", "organisation"}};
constexpr Names<bool> kYesNo[] = {{"是", true}, {"否", false}, {"TRUE", true}, {"FALSE", false}};
constexpr Names<State> kStateNames[] = {
    {"待转写", State::kTranscribe}, {"已受理", State::kAccepted}, {"已派单", State::kDispatched}, {"已签收", State::kSigned}, {"退单待定", State::kReturnRequested},
    {"已答复", State::kReplied}, {"待回访", State::kCallback}, {"已办结", State::kClosed}, {"已归档", State::kArchived}, {"不予受理", State::kRefused},
    {"待答复", State::kAnswerLater}, {"已呈报", State::kReportedUp}, {"协调中", State::kCoordination}, {"仲裁中", State::kArbitration}, {"审批中", State::kApproval},
    {"已并单", State::kMerged}, {"已移交", State::kHandedOver}};

using base::Sv;

template <class T, size_t kN>
std::string_view TitleOf(const Names<T> (&names)[kN], T value) {
  const auto found = std::find_if(std::begin(names), std::end(names), [&](const Names<T>& one) { return one.second == value; });
  return found == std::end(names) ? std::string_view() : found->first;
}

// The value of a cell that must be one of these, `otherwise` of an empty one.
template <class T, size_t kN>
T OneOf(const Names<T> (&names)[kN], std::string_view key, const std::string& cell, T otherwise, Violations& found) {
  if (cell.empty()) return otherwise;
  for (const Names<T>& one : names) {
    if (one.first == cell) return one.second;
  }
  std::string list;
  for (const Names<T>& one : names) absl::StrAppend(&list, list.empty() ? "" : "、", Sv(one.first));
  found.push_back({std::string(key), "UNKNOWN_VALUE", absl::StrCat("应为 must be one of: ", list)});
  return otherwise;
}

std::vector<std::string> Tags(std::string_view cell) {
  std::vector<std::string> tags;
  while (!cell.empty()) {
    size_t end = cell.size(), skip = 0;
    for (std::string_view mark : {";", "；", "、", ","}) {
      if (const size_t at = cell.find(mark); at < end) end = at, skip = mark.size();
    }
    if (const std::string_view tag = base::Trim(cell.substr(0, end)); !tag.empty()) tags.emplace_back(tag);
    cell.remove_prefix(end + skip);
  }
  return tags;
}

absl::Status BadTitle(const std::string& title, std::string_view rule, const std::string& description) {
  return base::Error(absl::StatusCode::kInvalidArgument, "BAD_TITLES", description, {{title, std::string(rule), description}});
}

}  // namespace

absl::StatusOr<SheetColumns> SheetColumns::FromTitles(const std::vector<std::string>& titles) {
  SheetColumns columns;
  columns.places_.assign(kColumnCount, -1);
  const std::vector<std::string> report = ReportTitles();
  for (size_t i = 0; i < titles.size(); ++i) {
    // A report that was mended comes back with its own columns.
    if (titles[i].empty() || std::find(report.begin(), report.end(), titles[i]) != report.end()) continue;
    const auto found = std::find_if(std::begin(kColumns), std::end(kColumns), [&](const Column& c) { return c.title == titles[i] || c.key == titles[i]; });
    if (found == std::end(kColumns)) return BadTitle(titles[i], "UNKNOWN_VALUE", "no such column: take the titles of the template");
    int& place = columns.places_[static_cast<size_t>(found - std::begin(kColumns))];
    if (place >= 0) return BadTitle(titles[i], "REPEATED", "the column is there twice");
    place = static_cast<int>(i);
  }
  for (size_t i = 0; i < kColumnCount; ++i) {
    if (kColumns[i].required && columns.places_[i] < 0) return BadTitle(std::string(kColumns[i].title), "REQUIRED", "the column must be there");
  }
  return columns;
}

std::string SheetColumns::Cell(const std::vector<std::string>& row, std::string_view key) const {
  const auto column = std::find_if(std::begin(kColumns), std::end(kColumns), [&](const Column& c) { return c.key == key; });
  const int place = places_[static_cast<size_t>(column - std::begin(kColumns))];
  return place >= 0 && static_cast<size_t>(place) < row.size() ? row[static_cast<size_t>(place)] : "";
}

std::vector<std::string> SheetColumns::InOrder(const std::vector<std::string>& row) const {
  std::vector<std::string> cells;
  for (const Column& column : kColumns) cells.push_back(Cell(row, column.key));
  return cells;
}

ImportRow ReadImportRow(const SheetColumns& columns, const std::vector<std::string>& row, Violations& found) {
  const auto cell = [&](std::string_view key) { return columns.Cell(row, key); };
  ImportRow read;
  read.external_id = cell("external_id");
  CheckText(found, "external_id", read.external_id, 0, kMaxCode);
  read.unit_id = cell("unit_id");
  read.category = cell("category");
  Ticket& draft = read.create.draft;
  draft.type = OneOf(kTypeNames, "type", cell("type"), Type::kUnspecified, found);
  draft.channel = OneOf(kChannelNames, "channel", cell("channel"), Channel::kLetter, found);
  draft.urgency = OneOf(kUrgencyNames, "urgency", cell("urgency"), Urgency::kOrdinary, found);
  draft.title = cell("title");
  draft.content = cell("content");
  draft.area_code = cell("area_code");
  draft.caller.name = cell("caller_name");
  draft.caller.phone = cell("caller_phone");
  draft.caller.kind = OneOf(kKindNames, "caller_kind", cell("caller_kind"), std::string_view(""), found);
  draft.caller.work_unit = cell("work_unit");
  draft.caller.address = cell("address");
  draft.caller.anonymous = OneOf(kYesNo, "anonymous", cell("anonymous"), false, found);
  draft.caller.confidential = OneOf(kYesNo, "confidential", cell("confidential"), false, found);
  draft.place = cell("place");
  draft.party_complained_of = cell("party");
  draft.tags = Tags(cell("tags"));
  read.create.answer = cell("answer");
  return read;
}

std::vector<std::string> TemplateTitles() {
  std::vector<std::string> titles;
  for (const Column& column : kColumns) titles.emplace_back(column.title);
  return titles;
}

std::vector<std::string> TemplateExample() {
  std::vector<std::string> cells;
  for (const Column& column : kColumns) cells.emplace_back(column.example);
  return cells;
}

std::vector<std::string> ReportTitles() { return {"行号", "错误"}; }

std::vector<std::string> ExportTitles() {
  return {"工单编号", "受理编号", "诉求类型", "状态", "来源渠道", "紧急程度", "标题", "内容", "事项分类", "区域代码", "来电人", "联系电话", "事发地点", "承办单位", "标签",
          "登记时间", "更新时间", "办结时间", "最近时限", "答复", "是否解决", "满意度"};
}

std::vector<std::string> ExportRow(const Ticket& t, std::string_view category_name, std::string_view unit_name, absl::TimeZone zone) {
  const auto time = [&](absl::Time at) {
    return at == absl::InfinitePast() || at == absl::InfiniteFuture() ? std::string() : absl::FormatTime("%Y-%m-%d %H:%M:%S", at, zone);
  };
  const bool over = t.close_time != absl::InfinitePast();
  return {t.number, t.acceptance_number, std::string(TypeTitle(t.type)), std::string(StateTitle(t.state)), std::string(TitleOf(kChannelNames, t.channel)),
          std::string(TitleOf(kUrgencyNames, t.urgency)), t.title, t.content, std::string(category_name), t.area_code, t.caller.name, t.caller.phone, t.place,
          std::string(unit_name), absl::StrJoin(t.tags, ";"), time(t.create_time), time(t.update_time), time(t.close_time), over ? "" : time(t.due_time), t.answer,
          over ? (t.solved ? "是" : "否") : "", t.satisfaction};
}

std::string_view TypeTitle(Type type) { return TitleOf(kTypeNames, type); }
std::string_view StateTitle(State state) { return TitleOf(kStateNames, state); }

}  // namespace hotline::ticket::domain
