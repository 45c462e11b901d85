// Tickets as rows of a table: the columns of imports and exports, and a row read into what is to be registered (TKT-18).
// Pure functions.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "services/ticket/domain/commands.h"
#include "services/ticket/domain/validate.h"

namespace hotline::ticket::domain {

// Which cell of a row is which column; -1: not there.
class SheetColumns {
 public:
  // From the row of titles: Chinese titles or keys, in any order. INVALID_ARGUMENT naming unknown, doubled or missing titles.
  static absl::StatusOr<SheetColumns> FromTitles(const std::vector<std::string>& titles);
  std::string Cell(const std::vector<std::string>& row, std::string_view key) const;
  // The row's cells under the columns of TemplateTitles.
  std::vector<std::string> InOrder(const std::vector<std::string>& row) const;

 private:
  std::vector<int> places_;  // by column
};

struct ImportRow {
  std::string external_id;   // the row's own number where it comes from: it is registered once however often it is sent
  std::string unit_id;       // where it goes at once; empty: registered only
  std::string category;      // id or name
  Create create;
};

// What the cells say; what is wrong in them is added to `found`, by the column's key.
ImportRow ReadImportRow(const SheetColumns& columns, const std::vector<std::string>& row, Violations& found);

// Titles of an import in Chinese, in order; an example row.
std::vector<std::string> TemplateTitles();
std::vector<std::string> TemplateExample();
// Titles of what an import's report has beside.
std::vector<std::string> ReportTitles();

std::vector<std::string> ExportTitles();
// `ticket` as its reader may see it.
std::vector<std::string> ExportRow(const Ticket& ticket, std::string_view category_name, std::string_view unit_name, absl::TimeZone zone);

std::string_view TypeTitle(Type type);
std::string_view StateTitle(State state);

}  // namespace hotline::ticket::domain
