#include "services/ticket/domain/document_template.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <array>
#include <set>

#include <nlohmann/json.hpp>

#include "libs/base/error.h"
#include "libs/base/text.h"
#include "services/ticket/domain/rights.h"

namespace hotline::ticket::domain {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxId = 40, kMaxColumns = 8, kMaxName = 60, kMaxMinLines = 30;

// The texts of each kind of block, in order.
const std::map<std::string, std::vector<std::string>>& BlockTexts() {
  static const std::map<std::string, std::vector<std::string>> kTexts = {
      {"red_head", {"text", "number"}}, {"title", {"text"}}, {"subtitle", {"text"}}, {"addressee", {"text"}}, {"paragraph", {"text"}},
      {"heading", {"text"}}, {"note", {"text"}}, {"form", {}}, {"signature", {"unit", "date"}}, {"copy_to", {"text", "printed_by", "date"}}};
  return kTexts;
}

absl::Status Bad(const std::string& where, std::string_view rule, std::string_view why) {
  return base::InvalidField(absl::StrCat("template.", where), rule, why);
}

bool IsName(std::string_view id) {
  return !id.empty() && id.size() <= kMaxId && id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

// Calls `found` for each {{name}}; false if one is not closed.
template <class Found>
bool ForEachPlaceholder(std::string_view text, Found found) {
  for (size_t at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at)) {
    const size_t end = text.find("}}", at);
    if (end == std::string_view::npos) return false;
    found(text.substr(at + 2, end - at - 2), at, end + 2);
    at = end + 2;
  }
  return true;
}

class Parser {
 public:
  absl::StatusOr<DocumentTemplate> Parse(std::string_view text) {
    if (text.size() > kMaxTemplateBytes) return Bad("body", "TOO_LONG", "64 KiB at most");
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return Bad("body", "BAD_FORMAT", "must be a JSON object");
    for (const auto& [key, value] : json.items()) {
      if (!std::set<std::string>{"template_id", "name", "name_en", "number", "audience", "fields", "blocks"}.contains(key)) Fail(key, "UNKNOWN_KEY", "is not known");
    }
    DocumentTemplate made;
    made.id = Text(json, "template_id", "template_id", kMaxId);
    if (!IsName(made.id)) Fail("template_id", "BAD_FORMAT", "1 to 40 of a-z, 0-9 and _");
    made.name = Text(json, "name", "name", kMaxName);
    if (made.name.empty()) Fail("name", "REQUIRED", "must be given");
    made.name_en = Text(json, "name_en", "name_en", kMaxName);
    made.number = Text(json, "number", "number", kMaxName);
    const std::string audience = Text(json, "audience", "audience", kMaxName);
    constexpr std::array<std::string_view, 3> kAudiences = {"unit", "centre", "outside"};
    const auto known = std::find(kAudiences.begin(), kAudiences.end(), audience);
    if (known == kAudiences.end()) Fail("audience", "UNKNOWN_VALUE", "must be unit, centre or outside");
    made.audience = static_cast<Audience>(known - kAudiences.begin() + 1);
    ReadFields(json, made);
    ReadBlocks(json, made);
    if (error_.ok()) CheckPlaceholders(made);
    if (!error_.ok()) return error_;
    return made;
  }

 private:
  void Fail(const std::string& where, std::string_view rule, std::string_view why) {
    if (error_.ok()) error_ = Bad(where, rule, why);
  }
  std::string Text(const Json& json, const char* key, const std::string& where, size_t max) {
    if (!json.contains(key)) return "";
    if (!json[key].is_string()) {
      Fail(where, "BAD_TYPE", "must be a text");
      return "";
    }
    std::string text = json[key].get<std::string>();
    if (!base::CheckText("x", text, 0, max).ok()) Fail(where, "BAD_TEXT", absl::StrCat("valid text of ", max, " characters at most"));
    return text;
  }
  const Json& List(const Json& json, const char* key, const std::string& where, size_t max) {
    static const Json kEmpty = Json::array();
    if (!json.contains(key)) return kEmpty;
    if (!json[key].is_array() || json[key].size() > max) {
      Fail(where, "BAD_LIST", absl::StrCat("must be a list of ", max, " at most"));
      return kEmpty;
    }
    return json[key];
  }

  void ReadFields(const Json& json, DocumentTemplate& made) {
    for (const Json& one : List(json, "fields", "fields", kMaxTemplateFields)) {
      const std::string where = absl::StrCat("fields[", made.fields.size(), "]");
      TemplateField field;
      if (!one.is_object()) return Fail(where, "BAD_TYPE", "must be an object");
      field.id = Text(one, "id", absl::StrCat(where, ".id"), kMaxId);
      field.name = Text(one, "name", absl::StrCat(where, ".name"), kMaxName);
      const auto& builtin = BuiltinPlaceholders();
      const bool taken = std::find(builtin.begin(), builtin.end(), field.id) != builtin.end() ||
                         std::any_of(made.fields.begin(), made.fields.end(), [&](const TemplateField& other) { return other.id == field.id; });
      if (!IsName(field.id) || taken) Fail(absl::StrCat(where, ".id"), "BAD_FORMAT", "1 to 40 of a-z, 0-9 and _, not used otherwise");
      for (const char* key : {"required", "multiline"}) {
        if (one.contains(key) && !one[key].is_boolean()) return Fail(absl::StrCat(where, ".", key), "BAD_TYPE", "must be true or false");
      }
      field.required = one.value("required", false);
      field.multiline = one.value("multiline", false);
      if (one.contains("max")) {
        if (!one["max"].is_number_unsigned() || one["max"].get<size_t>() < 1 || one["max"].get<size_t>() > kMaxFieldText)
          return Fail(absl::StrCat(where, ".max"), "OUT_OF_RANGE", "1 to 10000");
        field.max = one["max"].get<size_t>();
      }
      made.fields.push_back(std::move(field));
    }
  }

  void ReadBlocks(const Json& json, DocumentTemplate& made) {
    const Json& blocks = List(json, "blocks", "blocks", kMaxTemplateBlocks);
    if (blocks.empty()) Fail("blocks", "REQUIRED", "a document has at least one block");
    for (const Json& one : blocks) {
      const std::string where = absl::StrCat("blocks[", made.blocks.size(), "]");
      if (!one.is_object()) return Fail(where, "BAD_TYPE", "must be an object");
      TemplateBlock block;
      block.kind = Text(one, "kind", absl::StrCat(where, ".kind"), kMaxId);
      const auto known = BlockTexts().find(block.kind);
      if (known == BlockTexts().end()) return Fail(absl::StrCat(where, ".kind"), "UNKNOWN_VALUE", "no such kind of block");
      std::set<std::string> keys(known->second.begin(), known->second.end());
      keys.insert("kind");
      if (block.kind == "form") keys.insert({"rows", "widths", "min_lines"});
      for (const auto& [key, value] : one.items()) {
        if (!keys.contains(key)) return Fail(absl::StrCat(where, ".", key), "UNKNOWN_KEY", "is not known");
      }
      for (const std::string& key : known->second) block.texts.push_back(Text(one, key.c_str(), absl::StrCat(where, ".", key), kMaxTemplateText));
      if (block.kind == "form") ReadForm(one, where, block);
      made.blocks.push_back(std::move(block));
    }
  }

  void ReadForm(const Json& json, const std::string& where, TemplateBlock& block) {
    for (const Json& row : List(json, "rows", absl::StrCat(where, ".rows"), kMaxTemplateRows)) {
      std::vector<std::string> cells;
      if (!row.is_array() || row.empty() || row.size() > kMaxColumns) return Fail(absl::StrCat(where, ".rows"), "BAD_LIST", "a row has 1 to 8 cells");
      for (const Json& cell : row) {
        if (!cell.is_string() || !base::CheckText("x", cell.get<std::string>(), 0, kMaxTemplateText).ok())
          return Fail(absl::StrCat(where, ".rows"), "BAD_TEXT", "cells are texts");
        cells.push_back(cell.get<std::string>());
      }
      block.rows.push_back(std::move(cells));
    }
    for (const Json& width : List(json, "widths", absl::StrCat(where, ".widths"), kMaxColumns)) {
      if (!width.is_number() || width.get<double>() <= 0 || width.get<double>() > 100) return Fail(absl::StrCat(where, ".widths"), "OUT_OF_RANGE", "above 0, 100 at most");
      block.widths.push_back(width.get<double>());
    }
    for (const Json& lines : List(json, "min_lines", absl::StrCat(where, ".min_lines"), kMaxTemplateRows)) {
      if (!lines.is_number_unsigned() || lines.get<size_t>() > kMaxMinLines) return Fail(absl::StrCat(where, ".min_lines"), "OUT_OF_RANGE", "0 to 30");
      block.min_lines.push_back(lines.get<int>());
    }
  }

  void CheckPlaceholders(const DocumentTemplate& made) {
    std::set<std::string_view> known(BuiltinPlaceholders().begin(), BuiltinPlaceholders().end());
    for (const TemplateField& field : made.fields) known.insert(field.id);
    const auto check = [&](const std::string& where, std::string_view text, const std::set<std::string_view>& allowed) {
      const bool closed = ForEachPlaceholder(text, [&](std::string_view name, size_t, size_t) {
        if (!allowed.contains(name)) Fail(where, "UNKNOWN_PLACEHOLDER", absl::StrCat("{{", absl::string_view(name.data(), std::min<size_t>(name.size(), kMaxId)), "}} is not known"));
      });
      if (!closed) Fail(where, "BAD_PLACEHOLDER", "a placeholder is not closed");
    };
    // A number that says neither year nor sequence would be the same on all.
    check("number", made.number, {"year", "sequence"});
    if (!made.number.empty() && (made.number.find("{{year}}") == std::string::npos || made.number.find("{{sequence}}") == std::string::npos))
      Fail("number", "BAD_FORMAT", "must have {{year}} and {{sequence}}");
    for (size_t i = 0; i < made.blocks.size(); ++i) {
      const std::string where = absl::StrCat("blocks[", i, "]");
      for (const std::string& text : made.blocks[i].texts) check(where, text, known);
      for (const auto& row : made.blocks[i].rows) {
        for (const std::string& cell : row) check(where, cell, known);
      }
    }
  }

  absl::Status error_;
};

}  // namespace

absl::StatusOr<DocumentTemplate> ParseTemplate(std::string_view json) { return Parser().Parse(json); }

const std::vector<std::string_view>& BuiltinPlaceholders() {
  static const std::vector<std::string_view> kNames = {
      "number", "year", "sequence", "date", "centre", "ticket_number", "acceptance_number", "ticket_type", "urgency", "channel", "title", "content",
      "category", "area", "place", "party", "caller_name", "caller_phone", "caller_address", "caller_work_unit", "unit", "co_units", "accepted", "due",
      "answer", "maker", "maker_unit"};
  return kNames;
}

std::string FillText(std::string_view text, const Values& values) {
  std::string filled;
  size_t done = 0;
  ForEachPlaceholder(text, [&](std::string_view name, size_t from, size_t to) {
    filled.append(text.substr(done, from - done));
    const auto value = values.find(std::string(name));
    if (value != values.end()) filled.append(value->second);
    done = to;
  });
  filled.append(text.substr(done));
  return filled;
}

absl::Status CheckFields(const DocumentTemplate& document_template, const Values& fields) {
  std::vector<base::FieldViolation> found;
  const auto name = [](const std::string& id) { return absl::StrCat("fields[", id.substr(0, kMaxId), "]"); };
  for (const auto& [id, value] : fields) {
    const auto& known = document_template.fields;
    if (std::none_of(known.begin(), known.end(), [&id = id](const TemplateField& field) { return field.id == id; }))
      found.push_back({name(id), "UNKNOWN_FIELD", "the template has no such field"});
  }
  for (const TemplateField& field : document_template.fields) {
    const auto value = fields.find(field.id);
    const std::string text = value == fields.end() ? "" : value->second;
    const absl::Status good = base::CheckText(name(field.id), text, field.required ? 1 : 0, field.max);
    for (const base::FieldViolation& violation : base::FieldViolations(good)) found.push_back(violation);
  }
  return found.empty() ? absl::OkStatus() : base::InvalidFields(std::move(found));
}

Caller CallerInDocument(const Actor& maker, const Ticket& ticket, Audience audience, bool& shown) {
  Actor reader;
  reader.roles = {"outside"};
  if (audience == Audience::kCentre) reader.roles = {"supervisor"};
  if (audience == Audience::kUnit) {
    reader.roles = {"officer"};
    reader.unit_id = ticket.unit.id;
    reader.unit_path = ticket.unit.path;
  }
  // A document that a service makes is read at the centre as well.
  Actor second = maker;
  if (maker.service) {
    second = Actor{};
    second.roles = {"supervisor"};
  }
  const Caller for_reader = VisibleCaller(reader, ticket), for_maker = VisibleCaller(second, ticket);
  shown = !for_reader.masked && !for_maker.masked;
  if (!for_reader.masked) return for_maker;
  if (for_maker.masked && for_maker.name.empty()) return for_maker;
  return for_reader;
}

bool MayMakeDocument(const Actor& actor, const Ticket& ticket, const DocumentTemplate& document_template) {
  if (actor.service) return true;
  if (!MaySee(actor, ticket)) return false;
  if (document_template.audience == Audience::kUnit && document_template.id == "acceptance_sheet") return true;
  return actor.Has("supervisor") || actor.Has("county_supervisor") || actor.Has("dispatcher") || actor.Has("team_lead") || actor.Has("admin");
}

absl::Status TemplateNotFound(std::string_view template_id) { return base::NotFound("document_template", template_id); }
absl::Status DocumentNotFound(std::string_view document_id) { return base::NotFound("document", document_id); }

}  // namespace hotline::ticket::domain
