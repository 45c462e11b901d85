#include "services/ticket/document_maker.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <array>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "services/ticket/domain/decide.h"
#include "services/ticket/domain/errors.h"

namespace hotline::ticket {
namespace {

using domain::DocumentTemplate;
using domain::TemplateBlock;
using domain::Ticket;
using domain::Values;

constexpr char kNoNumber[] = "〔    〕";  // where the number of a preview will be

constexpr std::array<const char*, domain::kTypes> kTypeNames = {"", "咨询", "求助", "投诉", "举报", "建议", "表扬"};
constexpr std::array<const char*, domain::kUrgencies> kUrgencyNames = {"", "一般", "紧急", "特急"};
constexpr std::array<const char*, domain::kChannels> kChannelNames = {"", "电话", "自动语音", "市长信箱", "网站", "短信", "手机应用", "电子邮件",
                                                                      "来信", "自助终端", "在线交谈", "其他热线转办", "来访", "领导交办"};

template <size_t N, class Enum>
std::string NameOf(const std::array<const char*, N>& names, Enum value) {
  const auto index = static_cast<size_t>(value);
  return index < N ? names[index] : "";
}

// Whether there are placeholders in the text and none of them has a value.
bool SaysNothing(const std::string& text, const Values& values) {
  if (text.find("{{") == std::string::npos) return text.empty();
  Values none;
  return domain::FillText(text, values) == domain::FillText(text, none);
}

document::Block ToBlock(const TemplateBlock& block, const Values& values) {
  const auto text = [&](size_t index) { return domain::FillText(block.texts[index], values); };
  if (block.kind == "red_head") return document::RedHead{text(0), text(1)};
  if (block.kind == "title") return document::Title{text(0)};
  if (block.kind == "subtitle") return document::Subtitle{text(0)};
  if (block.kind == "addressee") return document::Addressee{text(0)};
  if (block.kind == "heading") return document::Paragraph{.text = text(0), .style = document::Style::kHeading};
  if (block.kind == "note") return document::Paragraph{.text = text(0), .style = document::Style::kNote};
  if (block.kind == "signature") return document::Signature{text(0), text(1)};
  if (block.kind == "copy_to") return document::CopyTo{SaysNothing(block.texts[0], values) ? "" : text(0), text(1), text(2)};
  if (block.kind == "form") {
    document::Table table{.widths = block.widths, .min_lines = block.min_lines};
    for (const auto& row : block.rows) {
      std::vector<std::string> cells;
      for (const std::string& cell : row) cells.push_back(domain::FillText(cell, values));
      table.rows.push_back(std::move(cells));
    }
    return table;
  }
  return document::Paragraph{.text = text(0)};
}

}  // namespace

std::string ChineseDay(absl::Time time, absl::TimeZone zone) {
  const absl::CivilDay day = absl::ToCivilDay(time, zone);
  return absl::StrCat(day.year(), "年", day.month(), "月", day.day(), "日");
}

std::string ChineseHour(absl::Time time, absl::TimeZone zone) {
  const absl::CivilMinute minute = absl::ToCivilMinute(time, zone);
  return absl::StrCat(ChineseDay(time, zone), minute.hour(), "时", minute.minute() == 0 ? "" : absl::StrCat(minute.minute(), "分"));
}

document::Document FillDocument(const DocumentTemplate& document_template, const Values& values, absl::Time create_time) {
  document::Document made{.title = document_template.name, .create_time = create_time, .blocks = {}};
  for (const TemplateBlock& block : document_template.blocks) {
    const bool text = block.kind == "paragraph" || block.kind == "note" || block.kind == "subtitle";
    if (text && SaysNothing(block.texts[0], values)) continue;
    made.blocks.push_back(ToBlock(block, values));
  }
  return made;
}

absl::StatusOr<Values> DocumentMaker::ValuesOf(const Request& request, const Ticket& ticket, const domain::Caller& caller) {
  std::vector<std::string> ids = {ticket.unit.id, request.actor.unit_id};
  for (const domain::UnitRef& unit : ticket.co_units) ids.push_back(unit.id);
  HOTLINE_ASSIGN_OR_RETURN(const auto units, tickets_.FindUnits(ids));
  const auto unit_name = [&](const std::string& id) {
    const auto found = units.find(id);
    return found == units.end() ? id : found->second.name;
  };
  std::vector<std::string> co_units;
  for (const domain::UnitRef& unit : ticket.co_units) co_units.push_back(unit_name(unit.id));
  std::string category = ticket.category_id;
  if (!category.empty()) {
    HOTLINE_ASSIGN_OR_RETURN(const std::vector<Category> categories, tickets_.Categories());
    for (const Category& one : categories) category = one.id == ticket.category_id ? one.name : category;
  }
  return Values{
      {"year", absl::StrCat(absl::ToCivilDay(request.now, options_.zone).year())},
      {"date", ChineseDay(request.now, options_.zone)},
      {"centre", options_.centre_name},
      {"ticket_number", ticket.number},
      {"acceptance_number", ticket.acceptance_number},
      {"ticket_type", NameOf(kTypeNames, ticket.type)},
      {"urgency", NameOf(kUrgencyNames, ticket.urgency)},
      {"channel", NameOf(kChannelNames, ticket.channel)},
      {"title", ticket.title},
      {"content", ticket.content},
      {"category", category},
      {"area", ticket.area_code},
      {"place", ticket.place},
      {"party", ticket.party_complained_of},
      {"caller_name", caller.name},
      {"caller_phone", caller.phone},
      {"caller_address", caller.address},
      {"caller_work_unit", caller.work_unit},
      {"unit", unit_name(ticket.unit.id)},
      {"co_units", absl::StrJoin(co_units, "、")},
      {"accepted", ChineseHour(ticket.create_time, options_.zone)},
      {"due", ticket.due_time == absl::InfiniteFuture() ? "规定时限" : ChineseHour(ticket.due_time, options_.zone)},
      {"answer", ticket.answer},
      {"maker", request.actor.service ? "" : request.actor.name},
      {"maker_unit", unit_name(request.actor.unit_id)},
  };
}

absl::StatusOr<DocumentMaker::Prepared> DocumentMaker::Prepare(const Request& request, const Ticket& ticket, TemplateRecord record, const Values& fields) {
  Prepared prepared;
  prepared.record = std::move(record);
  HOTLINE_ASSIGN_OR_RETURN(prepared.parsed, domain::ParseTemplate(prepared.record.body));
  if (!domain::MayMakeDocument(request.actor, ticket, prepared.parsed)) {
    return base::PermissionDenied("DOCUMENT_NOT_ALLOWED", "documents of this kind are for the centre to make");
  }
  HOTLINE_RETURN_IF_ERROR(domain::CheckFields(prepared.parsed, fields));
  bool shown = false;
  const domain::Caller caller = domain::CallerInDocument(request.actor, ticket, prepared.parsed.audience, shown);
  // Only a document that prints the caller can show them.
  prepared.shows_caller = shown && prepared.record.body.find("{{caller_") != std::string::npos;
  HOTLINE_ASSIGN_OR_RETURN(prepared.values, ValuesOf(request, ticket, caller));
  prepared.values.insert(fields.begin(), fields.end());
  return prepared;
}

absl::StatusOr<document::Rendered> DocumentMaker::Preview(const Request& request, const Ticket& ticket, const std::string& template_id, const Values& fields,
                                                          const std::string& body, bool& shows_caller) {
  TemplateRecord record{template_id, 0, body, "", request.now};
  if (body.empty()) {
    HOTLINE_ASSIGN_OR_RETURN(record, documents_.Template(template_id));
  }
  HOTLINE_ASSIGN_OR_RETURN(Prepared prepared, Prepare(request, ticket, std::move(record), fields));
  shows_caller = prepared.shows_caller;
  prepared.values["number"] = kNoNumber;
  return document::Render(FillDocument(prepared.parsed, prepared.values, request.now));
}

absl::Status DocumentMaker::Note(postgres::Transaction& tx, const Request& request, const DocumentRecord& made) {
  const domain::NoteDocument command{made.id, made.template_id, made.title, made.number, ""};
  Request noting = request;
  noting.request_id.clear();  // the document's, not the entry's
  return tickets_.Change(tx, noting, made.ticket_id, [&](const Ticket& ticket) -> absl::StatusOr<domain::Change> {
    HOTLINE_ASSIGN_OR_RETURN(const domain::Process process, ProcessFor(processes_, ticket, command));
    return domain::Decide(&ticket, command, request.actor, request.now, process);
  }).status();
}

absl::StatusOr<DocumentRecord> DocumentMaker::Create(const Request& request, const Ticket& ticket, const std::string& template_id, const Values& fields) {
  HOTLINE_ASSIGN_OR_RETURN(const auto earlier, documents_.FindRequest(request, ticket.id, template_id));
  if (earlier) return *earlier;
  HOTLINE_ASSIGN_OR_RETURN(TemplateRecord newest, documents_.Template(template_id));
  HOTLINE_ASSIGN_OR_RETURN(Prepared prepared, Prepare(request, ticket, std::move(newest), fields));
  DocumentRecord record;
  record.ticket_id = ticket.id;
  record.template_id = template_id;
  record.template_version = prepared.record.version;
  record.title = prepared.parsed.name;
  record.year = static_cast<int>(absl::ToCivilDay(request.now, options_.zone).year());
  record.shows_caller = prepared.shows_caller;
  record.created_by = request.actor.id;
  record.create_time = request.now;
  std::string stored_last;
  const absl::StatusOr<DocumentRecord> made = documents_.Add(request, record, [&](DocumentRecord& next) -> absl::Status {
    if (!stored_last.empty()) vault_.Remove(stored_last).IgnoreError();
    prepared.values["sequence"] = absl::StrCat(next.sequence);
    next.number = domain::FillText(prepared.parsed.number, prepared.values);
    prepared.values["number"] = next.number;
    HOTLINE_ASSIGN_OR_RETURN(const document::Rendered rendered, document::Render(FillDocument(prepared.parsed, prepared.values, request.now)));
    HOTLINE_ASSIGN_OR_RETURN(const FileKey key, files_.KeyOf(next.ticket_id, next.id));
    HOTLINE_ASSIGN_OR_RETURN(FileVault::Writer writer, vault_.Create(next.id, key, request.now));
    HOTLINE_RETURN_IF_ERROR(writer.Append(rendered.pdf));
    HOTLINE_ASSIGN_OR_RETURN(const FileVault::Stored stored, writer.Complete());
    next.pages = rendered.pages;
    next.size = stored.size;
    next.sha256 = stored.sha256;
    next.stored_as = stored_last = stored.path;
    return absl::OkStatus();
  }, [&](postgres::Transaction& tx, const DocumentRecord& next) { return Note(tx, request, next); });
  if (made.ok()) return made;
  // A commit that nobody knows of may have kept it: then the sweep decides.
  if (!stored_last.empty() && !postgres::IsCommitUnknown(made.status())) vault_.Remove(stored_last).IgnoreError();
  if (!base::HasReason(made.status(), "ALREADY_MADE")) return made.status();
  HOTLINE_ASSIGN_OR_RETURN(const auto other, documents_.FindRequest(request, ticket.id, template_id));
  if (!other) return made.status();
  return *other;
}

}  // namespace hotline::ticket
