#include "services/ticket/document_store.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <filesystem>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/json_reader.h"
#include "libs/base/log.h"
#include "services/ticket/domain/errors.h"

namespace hotline::ticket {
namespace {

using postgres::Row;
using postgres::Transaction;

constexpr char kNumberTaken[] = "NUMBER_TAKEN";  // never leaves this file
constexpr char kTemplateColumns[] = "template_id, version, body, updated_by, update_time";
constexpr char kDocumentColumns[] = "document_id, ticket_id, template_id, template_version, number, year, sequence, title, pages, size, sha256, stored_as,"
                                    " shows_caller, created_by, create_time";

TemplateRecord TemplateFrom(const Row& row) {
  return {row.Get<std::string>("template_id"), row.Get<int64_t>("version"), row.Get<std::string>("body"), row.Get<std::string>("updated_by"),
          row.Get<absl::Time>("update_time")};
}

std::vector<TemplateRecord> TemplatesFrom(const postgres::Result& rows) {
  std::vector<TemplateRecord> templates;
  for (const Row row : rows) templates.push_back(TemplateFrom(row));
  return templates;
}

DocumentRecord DocumentFrom(const Row& row) {
  DocumentRecord d;
  d.id = row.Get<std::string>("document_id");
  d.ticket_id = row.Get<std::string>("ticket_id");
  d.template_id = row.Get<std::string>("template_id");
  d.template_version = row.Get<int64_t>("template_version");
  d.number = row.Get<std::string>("number");
  d.year = row.Get<int32_t>("year");
  d.sequence = row.Get<int32_t>("sequence");
  d.title = row.Get<std::string>("title");
  d.pages = row.Get<int32_t>("pages");
  d.size = row.Get<int64_t>("size");
  d.sha256 = row.Get<std::string>("sha256");
  d.stored_as = row.Get<std::string>("stored_as");
  d.shows_caller = row.Get<bool>("shows_caller");
  d.created_by = row.Get<std::string>("created_by");
  d.create_time = row.Get<absl::Time>("create_time");
  return d;
}

absl::StatusOr<std::optional<DocumentRecord>> ByRequest(Transaction& tx, const Request& request, const std::string& ticket_id, const std::string& template_id) {
  if (request.request_id.empty()) return std::nullopt;
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query(absl::StrCat("SELECT ", kDocumentColumns, " FROM documents WHERE request_id = $1"), {request.request_id}));
  if (rows.empty()) return std::nullopt;
  DocumentRecord found = DocumentFrom(rows[0]);
  if (found.ticket_id != ticket_id || found.template_id != template_id || found.created_by != request.actor.id) return domain::RequestIdReused();
  return found;
}

}  // namespace

absl::StatusOr<std::vector<TemplateRecord>> DocumentStore::Templates() {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat("SELECT DISTINCT ON (template_id) ", kTemplateColumns,
                                                                    " FROM document_templates ORDER BY template_id, version DESC")));
  return TemplatesFrom(rows);
}

absl::StatusOr<std::vector<TemplateRecord>> DocumentStore::TemplateVersions(const std::string& template_id, int64_t before, int limit) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat("SELECT ", kTemplateColumns, " FROM document_templates WHERE template_id = $1"
                                                                    " AND ($2 = 0 OR version < $2) ORDER BY version DESC LIMIT $3"), {template_id, before, limit}));
  return TemplatesFrom(rows);
}

absl::StatusOr<TemplateRecord> DocumentStore::Template(const std::string& template_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat("SELECT ", kTemplateColumns, " FROM document_templates WHERE template_id = $1"
                                                                    " ORDER BY version DESC LIMIT 1"), {template_id}));
  if (rows.empty()) return domain::TemplateNotFound(template_id);
  return TemplateFrom(rows[0]);
}

absl::StatusOr<TemplateRecord> DocumentStore::PutTemplate(const std::string& template_id, const std::string& body, int64_t expected, const std::string& by,
                                                          absl::Time now) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<TemplateRecord> {
    HOTLINE_RETURN_IF_ERROR(tx.Lock("document_templates"));
    HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT coalesce(max(version) FILTER (WHERE template_id = $1), 0) AS newest,"
                                                       " count(DISTINCT template_id) AS count FROM document_templates", {template_id}));
    const int64_t newest = rows[0].Get<int64_t>("newest");
    if (newest != expected) return base::EtagMismatch("document_template", template_id);
    if (newest == 0 && rows[0].Get<int64_t>("count") >= kMaxTemplates) return base::ResourceExhausted("TOO_MANY_TEMPLATES", "there are 100 templates");
    HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO document_templates (template_id, version, body, updated_by, update_time) VALUES ($1, $2, $3, $4, $5)",
                                       {template_id, newest + 1, body, by, now}).status());
    return TemplateRecord{template_id, newest + 1, body, by, now};
  });
}

absl::StatusOr<std::optional<DocumentRecord>> DocumentStore::FindRequest(const Request& request, const std::string& ticket_id, const std::string& template_id) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) { return ByRequest(tx, request, ticket_id, template_id); }, {.read_only = true});
}

absl::StatusOr<DocumentRecord> DocumentStore::Add(const Request& request, DocumentRecord record, Make make, With with) {
  for (int tries = 0;; ++tries) {
    const bool held = tries == kFreeTries;
    record.id = base::NewId();  // a file of its own for each try
    if (!held) {
      HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT coalesce(max(last), 0) + 1 AS next FROM document_numbers WHERE template_id = $1 AND year = $2",
                                                           {record.template_id, record.year}));
      record.sequence = rows[0].Get<int32_t>("next");
      HOTLINE_RETURN_IF_ERROR(make(record));
    }
    absl::StatusOr<DocumentRecord> kept = Keep(request, record, held, make, with);
    if (kept.ok() || held || !base::HasReason(kept.status(), kNumberTaken)) return kept;
  }
}

absl::StatusOr<DocumentRecord> DocumentStore::Keep(const Request& request, DocumentRecord& record, bool held, Make make, With with) {
  std::optional<DocumentRecord> earlier;
  absl::StatusOr<DocumentRecord> kept = postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<DocumentRecord> {
    // Others may be making theirs for as long as a busy machine takes.
    HOTLINE_RETURN_IF_ERROR(tx.SetStatementTimeout(kNumberWait));
    // Others of the same template wait until this one is kept or given up, which gives the number back.
    HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("INSERT INTO document_numbers AS n (template_id, year, last) VALUES ($1, $2, 1)"
                                                       " ON CONFLICT (template_id, year) DO UPDATE SET last = n.last + 1 RETURNING last",
                                                       {record.template_id, record.year}));
    HOTLINE_ASSIGN_OR_RETURN(earlier, ByRequest(tx, request, record.ticket_id, record.template_id));
    if (earlier) return base::Aborted("ALREADY_MADE", earlier->id);  // rolls back, so that the number stays free
    const auto next = rows[0].Get<int32_t>("last");
    if (held) {
      record.id = base::NewId();  // a file of its own for each run
      record.sequence = next;
      HOTLINE_RETURN_IF_ERROR(make(record));
    } else if (next != record.sequence) {
      return base::Aborted(kNumberTaken, "another document has the number");
    }
    HOTLINE_RETURN_IF_ERROR(with(tx, record));
    const std::optional<std::string> request_id = request.request_id.empty() ? std::nullopt : std::optional(request.request_id);
    const absl::Status added =
        tx.Execute("INSERT INTO documents (document_id, ticket_id, request_id, template_id, template_version, number, year, sequence, title, pages, size, sha256,"
                   " stored_as, shows_caller, created_by, create_time) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
                   {record.id, record.ticket_id, request_id, record.template_id, record.template_version, record.number, record.year, record.sequence,
                    record.title, record.pages, record.size, record.sha256, record.stored_as, record.shows_caller, record.created_by, record.create_time}).status();
    if (postgres::IsUniqueViolation(added, "documents_request_id_key")) return domain::RequestIdReused();
    HOTLINE_RETURN_IF_ERROR(added);
    return record;
  }, {.idempotent = !request.request_id.empty()});
  // A commit whose answer was lost, run again: what is there is this one.
  if (!kept.ok() && earlier && earlier->id == record.id) return *earlier;
  return kept;
}

absl::StatusOr<DocumentRecord> DocumentStore::Get(const std::string& document_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat("SELECT ", kDocumentColumns, " FROM documents WHERE document_id = $1"), {document_id}));
  if (rows.empty()) return domain::DocumentNotFound(document_id);
  return DocumentFrom(rows[0]);
}

absl::StatusOr<std::vector<DocumentRecord>> DocumentStore::List(const std::string& ticket_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat("SELECT ", kDocumentColumns, " FROM documents WHERE ticket_id = $1"
                                                                    " ORDER BY document_id DESC LIMIT $2"), {ticket_id, kMaxListedDocuments}));
  std::vector<DocumentRecord> documents;
  for (const Row row : rows) documents.push_back(DocumentFrom(row));
  return documents;
}

absl::Status DocumentStore::Queue(Transaction& tx, const DocumentJob& job, absl::Time now) {
  return tx.Execute("INSERT INTO document_jobs (request_id, ticket_id, template_id, addressees, due_time, tries, next_time, create_time)"
                    " VALUES ($1, $2, $3, $4, $5, 0, $6, $6) ON CONFLICT DO NOTHING",
                    {job.request_id, job.ticket_id, job.template_id, job.addressees, job.due, now}).status();
}

absl::StatusOr<std::optional<DocumentJob>> DocumentStore::ClaimJob(absl::Time now) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<std::optional<DocumentJob>> {
    HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("UPDATE document_jobs SET tries = tries + 1, next_time = $2 WHERE request_id ="
                                                       " (SELECT request_id FROM document_jobs WHERE next_time <= $1 ORDER BY next_time, request_id LIMIT 1"
                                                       " FOR UPDATE SKIP LOCKED) RETURNING *",
                                                       {now, now + kJobLease}));
    if (rows.empty()) return std::nullopt;
    const Row row = rows[0];
    return DocumentJob{row.Get<std::string>("request_id"), row.Get<std::string>("ticket_id"), row.Get<std::string>("template_id"),
                       row.Get<std::vector<std::string>>("addressees"), row.Get<absl::Time>("due_time"), row.Get<int32_t>("tries")};
  });
}

absl::Status DocumentStore::FinishJob(const std::string& request_id) {
  return GiveUpJob(request_id, [](Transaction&) { return absl::OkStatus(); });
}

absl::Status DocumentStore::GiveUpJob(const std::string& request_id, absl::FunctionRef<absl::Status(Transaction&)> with) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    HOTLINE_ASSIGN_OR_RETURN(const int64_t gone, tx.Execute("DELETE FROM document_jobs WHERE request_id = $1", {request_id}));
    return gone == 0 ? absl::OkStatus() : with(tx);
  }, {.idempotent = true});
}

absl::Status DocumentStore::RetryJob(const std::string& request_id, absl::Time when) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) {
    return tx.Execute("UPDATE document_jobs SET next_time = $2 WHERE request_id = $1", {request_id, when}).status();
  }, {.idempotent = true});
}

absl::StatusOr<int64_t> DocumentStore::WaitingJobs() {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT count(*) AS n FROM document_jobs"));
  return rows[0].Get<int64_t>("n");
}

absl::Status SeedTemplates(DocumentStore& store, const std::string& directory, absl::Time now) {
  std::error_code error;
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path().string());
  }
  if (error) return base::FailedPrecondition("TEMPLATES_UNREADABLE", "templates_dir cannot be read");
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    HOTLINE_ASSIGN_OR_RETURN(const std::string body, base::ReadFile(file, domain::kMaxTemplateBytes));
    const auto parsed = domain::ParseTemplate(body);
    if (!parsed.ok()) {
      base::log::Error("a template cannot be used", {{"file", file}, {"error", parsed.status()}});
      return parsed.status();
    }
    const absl::StatusOr<TemplateRecord> there = store.Template(parsed->id);
    if (there.ok()) continue;
    if (!absl::IsNotFound(there.status())) return there.status();
    const absl::Status put = store.PutTemplate(parsed->id, body, 0, "preset", now).status();
    // Another replica that starts at the same time may have been faster.
    if (!put.ok() && !base::HasReason(put, "ETAG_MISMATCH")) return put;
  }
  return absl::OkStatus();
}

}  // namespace hotline::ticket
