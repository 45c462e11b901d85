#include "services/ticket/importer.h"

#include <absl/strings/str_cat.h>

#include "libs/base/digest.h"
#include "libs/base/error.h"
#include "libs/base/log.h"
#include "services/ticket/domain/decide.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"

namespace hotline::ticket {
namespace {

// Ends the reading of a file without an error of the file.
absl::Status Elsewhere() { return absl::AbortedError("the import is worked on elsewhere"); }
absl::Status Interrupted() { return absl::CancelledError("stopping"); }

// A row's own number is unique for the unit that sends it: a mended file, a second file and a repeated one name the same row.
std::string RequestIdOf(const Import& import, const std::string& external_id) {
  if (external_id.empty()) return "";
  return absl::StrCat("import:", base::Sha256Hex(absl::StrCat(import.actor.unit_id, "\n", external_id)).substr(0, 48));
}

std::string Describe(const domain::Violations& found) {
  std::string text;
  for (const base::FieldViolation& one : found) absl::StrAppend(&text, text.empty() ? "" : "; ", one.field, " ", one.reason, ": ", one.description);
  return text;
}

std::string Describe(const absl::Status& status) {
  const auto found = base::FieldViolations(status);
  if (!found.empty()) return Describe(found);
  return absl::StrCat(base::Reason(status), ": ", absl::string_view(status.message().data(), status.message().size()));
}

}  // namespace

void Importer::Start() {
  thread_ = std::thread([this] {
    absl::Time forget = absl::InfinitePast();
    std::unique_lock lock(mutex_);
    while (!stop_) {
      woken_ = false;
      lock.unlock();
      absl::Status status = RunAll();
      if (const absl::Time now = clock_.Now(); status.ok() && now - forget > absl::Hours(1)) {
        status = imports_.Forget(now - domain::kImportKeep);
        forget = now;
      }
      if (!status.ok() && !absl::IsCancelled(status) && !absl::IsAborted(status)) base::log::Warn("an import waits", {{"reason", base::Reason(status)}});
      lock.lock();
      wake_.wait_for(lock, absl::ToChronoMilliseconds(kImportPoll), [this] { return stop_ || woken_; });
    }
  });
}

void Importer::Stop() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Importer::Wake() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  wake_.notify_all();
}

bool Importer::stopping() {
  std::lock_guard lock(mutex_);
  return stop_;
}

absl::Status Importer::RunAll() {
  for (;;) {
    HOTLINE_ASSIGN_OR_RETURN(const std::optional<Import> next, imports_.Next());
    if (!next) return absl::OkStatus();
    HOTLINE_RETURN_IF_ERROR(RunOne(*next));
  }
}

absl::Status Importer::RunOne(Import import) {
  HOTLINE_ASSIGN_OR_RETURN(const std::string file, imports_.File(import.id));
  std::optional<domain::SheetColumns> columns;
  std::vector<Row> batch;
  absl::Status outside;  // of the database, not of the file
  const auto flush = [&]() -> absl::Status {
    if (batch.empty()) return absl::OkStatus();
    if (stopping()) return outside = Interrupted();
    const absl::StatusOr<bool> mine = RunBatch(import, *columns, batch);
    batch.clear();
    return outside = !mine.ok() ? mine.status() : *mine ? absl::OkStatus() : Elsewhere();
  };
  absl::Status read = ReadSheet(import.format, file, [&](int64_t number, std::vector<std::string>& cells) -> absl::Status {
    if (!columns) {
      HOTLINE_ASSIGN_OR_RETURN(columns, domain::SheetColumns::FromTitles(cells));
      return absl::OkStatus();
    }
    if (number <= import.last_row) return absl::OkStatus();
    batch.push_back({number, std::move(cells)});
    return batch.size() < static_cast<size_t>(domain::kImportBatch) ? absl::OkStatus() : flush();
  });
  if (read.ok()) read = flush();
  if (!outside.ok()) return outside;
  // The file was looked through when it came; whatever is wrong with it now will be so the next time.
  return imports_.Finish(import, read.ok() ? "" : Describe(read), clock_.Now());
}

absl::StatusOr<bool> Importer::RunBatch(Import& import, const domain::SheetColumns& columns, const std::vector<Row>& rows) {
  return imports_.Advance(import, clock_.Now(), [&](postgres::Transaction& tx) { return RunRows(tx, import, columns, rows); });
}

absl::StatusOr<Progress> Importer::RunRows(postgres::Transaction& tx, const Import& import, const domain::SheetColumns& columns, const std::vector<Row>& rows) {
  Progress progress;
  progress.last_row = rows.back().number;
  progress.rows = static_cast<int64_t>(rows.size());
  std::vector<std::string> unit_ids;
  for (const Row& row : rows) {
    if (std::string unit = columns.Cell(row.cells, "unit_id"); !unit.empty()) unit_ids.push_back(std::move(unit));
  }
  std::map<std::string, domain::Unit> units;
  if (!unit_ids.empty()) {
    HOTLINE_ASSIGN_OR_RETURN(units, store_.FindUnits(unit_ids));
  }
  for (const Row& row : rows) HOTLINE_RETURN_IF_ERROR(RunRow(tx, import, columns, row, units, progress));
  return progress;
}

absl::Status Importer::FindCategory(const std::string& named, domain::Create& create, domain::Violations& found) {
  if (named.empty()) return absl::OkStatus();
  HOTLINE_ASSIGN_OR_RETURN(const auto all, categories_.All());
  for (const auto& [id, category] : *all) {
    if (id == named || category.name == named) create.draft.category_id = id;
  }
  if (create.draft.category_id.empty()) found.push_back({"category", "NOT_FOUND", "必须是已有事项分类 must name a category"});
  return absl::OkStatus();
}

absl::Status Importer::RunRow(postgres::Transaction& tx, const Import& import, const domain::SheetColumns& columns, const Row& row,
                              const std::map<std::string, domain::Unit>& units, Progress& progress) {
  domain::Violations found;
  domain::ImportRow read = domain::ReadImportRow(columns, row.cells, found);
  domain::Create& create = read.create;
  HOTLINE_RETURN_IF_ERROR(FindCategory(read.category, create, found));
  if (!read.unit_id.empty()) {
    const auto unit = units.find(read.unit_id);
    if (unit == units.end()) found.push_back({"unit_id", "NOT_FOUND", "必须是已有单位 must name a unit of the directory"});
    else create.dispatch.emplace().lead = unit->second;
  }
  for (const base::FieldViolation& one : domain::Check(create)) found.push_back(one);
  const Request request{import.actor, clock_.Now(), "", "ImportTickets", RequestIdOf(import, read.external_id)};
  HOTLINE_ASSIGN_OR_RETURN(const domain::Process process, processes_.Current(create.draft.type));
  // Decided once before anything is written: a refused row must leave nothing behind.
  absl::Status refused = found.empty() ? domain::Decide(nullptr, create, request.actor, request.now, process).status() : absl::OkStatus();
  if (!found.empty() || !refused.ok()) {
    progress.refusals.push_back({row.number, columns.InOrder(row.cells), found.empty() ? Describe(refused) : Describe(found)});
    return absl::OkStatus();
  }
  if (import.dry_run) {
    ++progress.created;
    return absl::OkStatus();
  }
  HOTLINE_ASSIGN_OR_RETURN(const Registered made, store_.Create(tx, request, [&](const Numbers& numbers) {
    create.draft.id = numbers.ticket_id;
    create.draft.number = numbers.number;
    create.draft.acceptance_number = numbers.acceptance_number;
    return domain::Decide(nullptr, create, request.actor, request.now, process);
  }));
  ++(made.repeated ? progress.repeated : progress.created);
  return absl::OkStatus();
}

}  // namespace hotline::ticket
