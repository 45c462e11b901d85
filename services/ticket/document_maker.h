// Makes documents of tickets from templates, for people's requests and for the service's own (escalation). Thread-safe; blocks on
// the database and the disk. What is referred to outlives this.
#pragma once

#include "libs/document/document.h"
#include "services/ticket/attachment_store.h"
#include "services/ticket/document_store.h"
#include "services/ticket/file_vault.h"
#include "services/ticket/process_source.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

class DocumentMaker {
 public:
  struct Options {
    absl::TimeZone zone;
    std::string centre_name;  // who signs
  };
  DocumentMaker(Store& tickets, DocumentStore& documents, AttachmentStore& files, const FileVault& vault, ProcessSource& processes, Options options)
      : tickets_(tickets), documents_(documents), files_(files), vault_(vault), processes_(processes), options_(std::move(options)) {}

  // Without a number, not kept; by `body` unless it is empty. DOCUMENT_NOT_ALLOWED, DOCUMENT_TEMPLATE_NOT_FOUND, or what is at fault.
  // `shows_caller`: it names the caller unmasked.
  absl::StatusOr<document::Rendered> Preview(const Request& request, const domain::Ticket& ticket, const std::string& template_id, const domain::Values& fields,
                                             const std::string& body, bool& shows_caller);
  // With the next number, on disk, in the database and in the ticket's history; once a request id.
  absl::StatusOr<DocumentRecord> Create(const Request& request, const domain::Ticket& ticket, const std::string& template_id, const domain::Values& fields);

 private:
  struct Prepared {
    TemplateRecord record;
    domain::DocumentTemplate parsed;
    domain::Values values;
    bool shows_caller = false;
  };
  absl::StatusOr<Prepared> Prepare(const Request& request, const domain::Ticket& ticket, TemplateRecord record, const domain::Values& fields);
  absl::Status Note(postgres::Transaction& tx, const Request& request, const DocumentRecord& made);
  absl::StatusOr<domain::Values> ValuesOf(const Request& request, const domain::Ticket& ticket, const domain::Caller& caller);

  Store& tickets_;
  DocumentStore& documents_;
  AttachmentStore& files_;
  const FileVault& vault_;
  ProcessSource& processes_;
  const Options options_;
};

// The template's blocks with the values in place. A paragraph whose placeholders are all empty is left out.
document::Document FillDocument(const domain::DocumentTemplate& document_template, const domain::Values& values, absl::Time create_time);
// "2026年11月30日18时", "2026年11月30日".
std::string ChineseHour(absl::Time time, absl::TimeZone zone);
std::string ChineseDay(absl::Time time, absl::TimeZone zone);

}  // namespace hotline::ticket
