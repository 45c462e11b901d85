// Documents and their templates in the database. Thread-safe; blocks.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

#include "libs/postgres/pool.h"
#include "libs/postgres/transaction.h"
#include "services/ticket/domain/document_template.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

inline constexpr int kMaxTemplates = 100;
inline constexpr int kMaxListedDocuments = 200;
inline constexpr absl::Duration kNumberWait = absl::Seconds(60);  // for others that take a number of the same template

struct TemplateRecord {
  std::string id;
  int64_t version = 0;
  std::string body;
  std::string updated_by;
  absl::Time update_time;
};

struct DocumentRecord {
  std::string id;
  std::string ticket_id;
  std::string template_id;
  int64_t template_version = 0;
  std::string number;
  int year = 0;
  int sequence = 0;
  std::string title;
  int pages = 0;
  int64_t size = 0;
  std::string sha256;
  std::string stored_as;
  bool shows_caller = false;
  std::string created_by;
  absl::Time create_time;
};

class DocumentStore {
 public:
  explicit DocumentStore(postgres::Pool& pool) : pool_(pool) {}

  absl::StatusOr<std::vector<TemplateRecord>> Templates();
  // The newest version. DOCUMENT_TEMPLATE_NOT_FOUND.
  absl::StatusOr<TemplateRecord> Template(const std::string& template_id);
  // The version after `expected` (0: none yet). ETAG_MISMATCH if that is not the newest; TOO_MANY_TEMPLATES.
  absl::StatusOr<TemplateRecord> PutTemplate(const std::string& template_id, const std::string& body, int64_t expected, const std::string& by, absl::Time now);

  // The document of an earlier request with this id. REQUEST_ID_REUSED if it was another ticket's, template's or person's.
  absl::StatusOr<std::optional<DocumentRecord>> FindRequest(const Request& request, const std::string& ticket_id, const std::string& template_id);
  // Takes the next number, has the document made with it (number and the rest of the record filled in by `make`, its file on disk)
  // and keeps it; if that fails, the number was never taken. `make` may be run again.
  using Make = absl::FunctionRef<absl::Status(DocumentRecord&)>;
  absl::StatusOr<DocumentRecord> Add(const Request& request, DocumentRecord record, Make make);
  absl::StatusOr<DocumentRecord> Get(const std::string& document_id);
  absl::StatusOr<std::vector<DocumentRecord>> List(const std::string& ticket_id);

 private:
  postgres::Pool& pool_;
};

// Puts every template of the directory that the store has no version of. An invalid one is an error that is logged with its file.
absl::Status SeedTemplates(DocumentStore& store, const std::string& directory, absl::Time now);

}  // namespace hotline::ticket
