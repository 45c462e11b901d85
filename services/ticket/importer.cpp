#include "services/ticket/importer.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <set>

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
        status = imports_.Forget(now - domain::kImportKeep, now);
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
  SheetReader reader(import.format, import.encoding, [&](int64_t number, std::vector<std::string>& cells) -> absl::Status {
    if (!columns) {
      HOTLINE_ASSIGN_OR_RETURN(columns, domain::SheetColumns::FromTitles(cells));
      return absl::OkStatus();
    }
    if (number <= import.last_row) return absl::OkStatus();
    batch.push_back({number, std::move(cells)});
    return batch.size() < static_cast<size_t>(domain::kImportBatch) ? absl::OkStatus() : flush();
  });
  absl::Status read;
  for (int64_t number = 0; read.ok() && number < import.pieces; ++number) {
    const absl::StatusOr<std::string> piece = imports_.Piece(import.id, number);
    // Another replica may have finished it.
    if (!piece.ok()) return piece.status();
    read = reader.Feed(*piece);
  }
  if (read.ok()) read = reader.Finish();
  if (read.ok()) read = flush();
  if (!outside.ok()) return outside;
  // The file was looked through when it came; whatever is wrong with it now will be so the next time.
  return imports_.Finish(import, read.ok() ? "" : Describe(read), clock_.Now());
}

absl::StatusOr<Importer::Known> Importer::KnownFor(const domain::SheetColumns& columns, const std::vector<Row>& rows) {
  Known known;
  std::set<std::string> unit_ids;
  for (const Row& row : rows) {
    if (std::string unit = columns.Cell(row.cells, "unit_id"); !unit.empty()) unit_ids.insert(std::move(unit));
  }
  if (!unit_ids.empty()) {
    HOTLINE_ASSIGN_OR_RETURN(known.units, store_.FindUnits({unit_ids.begin(), unit_ids.end()}));
  }
  HOTLINE_ASSIGN_OR_RETURN(const auto categories, categories_.All());
  for (const auto& [id, category] : *categories) known.categories[category.name] = id;
  for (const auto& [id, category] : *categories) known.categories[id] = id;
  return known;
}

absl::StatusOr<bool> Importer::RunBatch(Import& import, const domain::SheetColumns& columns, const std::vector<Row>& rows) {
  HOTLINE_ASSIGN_OR_RETURN(Known known, KnownFor(columns, rows));
  const Request request{import.actor, clock_.Now(), "", "ImportTickets", ""};
  Progress planned_progress;
  planned_progress.last_row = rows.back().number;
  planned_progress.rows = static_cast<int64_t>(rows.size());
  std::vector<Planned> planned;
  for (const Row& row : rows) {
    Planned one;
    HOTLINE_ASSIGN_OR_RETURN(std::string wrong, Plan(import, request, columns, row, known, one));
    if (wrong.empty()) planned.push_back(std::move(one));
    else planned_progress.refusals.push_back({row.number, columns.InOrder(row.cells), std::move(wrong)});
  }
  return imports_.Advance(import, request.now, [&](postgres::Transaction& tx) -> absl::StatusOr<Progress> {
    Progress progress = planned_progress;
    HOTLINE_RETURN_IF_ERROR(RunRows(tx, import, request, planned, progress));
    return progress;
  });
}

absl::StatusOr<std::string> Importer::Plan(const Import& import, const Request& request, const domain::SheetColumns& columns, const Row& row, Known& known,
                                           Planned& planned) {
  domain::Violations found;
  domain::ImportRow read = domain::ReadImportRow(columns, row.cells, found);
  domain::Create& create = read.create;
  if (!read.category.empty()) {
    const auto category = known.categories.find(read.category);
    if (category == known.categories.end()) found.push_back({"category", "NOT_FOUND", "必须是已有事项分类 must name a category"});
    else create.draft.category_id = category->second;
  }
  if (!read.unit_id.empty()) {
    const auto unit = known.units.find(read.unit_id);
    if (unit == known.units.end()) found.push_back({"unit_id", "NOT_FOUND", "必须是已有单位 must name a unit of the directory"});
    else create.dispatch.emplace().lead = unit->second;
  }
  for (const base::FieldViolation& one : domain::Check(create)) found.push_back(one);
  if (!found.empty()) return Describe(found);
  auto process = known.processes.find(create.draft.type);
  if (process == known.processes.end()) {
    HOTLINE_ASSIGN_OR_RETURN(domain::Process current, processes_.Current(create.draft.type));
    process = known.processes.emplace(create.draft.type, std::move(current)).first;
  }
  // Decided once before anything is written: a refused row must leave nothing behind.
  const absl::Status refused = domain::Decide(nullptr, create, request.actor, request.now, process->second).status();
  planned = {std::move(create), &process->second, RequestIdOf(import, read.external_id)};
  return refused.ok() ? "" : Describe(refused);
}

absl::Status Importer::RunRows(postgres::Transaction& tx, const Import& import, const Request& request, std::vector<Planned>& planned, Progress& progress) {
  if (import.dry_run) {
    progress.created = static_cast<int64_t>(planned.size());
    return absl::OkStatus();
  }
  std::vector<std::string> request_ids;
  for (const Planned& one : planned) request_ids.push_back(one.request_id);
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<bool> made, store_.CreateAll(tx, request, request_ids, [&](size_t place, const Numbers& numbers) {
    Planned& one = planned[place];
    one.create.draft.id = numbers.ticket_id;
    one.create.draft.number = numbers.number;
    one.create.draft.acceptance_number = numbers.acceptance_number;
    return domain::Decide(nullptr, one.create, request.actor, request.now, *one.process);
  }));
  progress.created = std::count(made.begin(), made.end(), true);
  progress.repeated = static_cast<int64_t>(made.size()) - progress.created;
  return absl::OkStatus();
}

}  // namespace hotline::ticket
