// Templates of documents (TKT-14, TKT-24): data that a city changes. Text with placeholders such as {{number}}, checked before it
// is used. Pure; plain values.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "services/ticket/domain/ticket.h"

namespace hotline::ticket::domain {

inline constexpr size_t kMaxTemplateBytes = 64 << 10;
inline constexpr size_t kMaxTemplateBlocks = 100;
inline constexpr size_t kMaxTemplateFields = 20;
inline constexpr size_t kMaxTemplateText = 4000;  // characters of one text
inline constexpr size_t kMaxTemplateRows = 40;
inline constexpr size_t kMaxFieldText = 10'000;   // characters; a template may say less

// Who will read it, and so whose eyes the caller's data are for: a handling unit, the centre and the city's leaders, or outsiders.
enum class Audience { kUnit = 1, kCentre = 2, kOutside = 3 };

// What whoever makes the document writes.
struct TemplateField {
  std::string id;    // the placeholder; a-z, 0-9 and '_'
  std::string name;  // Chinese, for the form
  bool required = false;
  size_t max = 2000;  // characters
  bool multiline = false;
};

struct TemplateBlock {
  std::string kind;  // red_head, title, subtitle, addressee, paragraph, heading, note, form, signature, copy_to
  std::vector<std::string> texts;  // by kind, see kBlockTexts in the .cpp; of a form: none
  std::vector<std::vector<std::string>> rows;
  std::vector<double> widths;
  std::vector<int> min_lines;
};

struct DocumentTemplate {
  std::string id;
  std::string name;
  std::string name_en;
  std::string number;  // "云热函〔{{year}}〕{{sequence}}号"
  Audience audience = Audience::kCentre;
  std::vector<TemplateField> fields;
  std::vector<TemplateBlock> blocks;
};

// From its JSON. INVALID_ARGUMENT naming what is wrong: unknown keys and kinds, UNKNOWN_PLACEHOLDER with its name, texts too long.
absl::StatusOr<DocumentTemplate> ParseTemplate(std::string_view json);

using Values = std::map<std::string, std::string>;
// The placeholders that every template may use, beside its own fields.
const std::vector<std::string_view>& BuiltinPlaceholders();
// Every placeholder replaced by its value, or by nothing if there is none. Values are text: what looks like a placeholder in them stays.
std::string FillText(std::string_view text, const Values& values);
// INVALID_ARGUMENT naming fields[id]: REQUIRED, TOO_LONG, UNKNOWN_FIELD …
absl::Status CheckFields(const DocumentTemplate& document_template, const Values& fields);

// The caller as document's readers may know them; whoever makes it sees no more than they may either, or a document would be a
// way to see. `shown` tells whether it is unmasked.
Caller CallerInDocument(const Actor& maker, const Ticket& ticket, Audience audience, bool& shown);
// Urging notices and orders are for those who supervise, mediation and hand-over for the centre, forms for whoever sees the ticket.
bool MayMakeDocument(const Actor& actor, const Ticket& ticket, const DocumentTemplate& document_template);

absl::Status TemplateNotFound(std::string_view template_id);  // NOT_FOUND DOCUMENT_TEMPLATE_NOT_FOUND
absl::Status DocumentNotFound(std::string_view document_id);  // NOT_FOUND DOCUMENT_NOT_FOUND

}  // namespace hotline::ticket::domain
