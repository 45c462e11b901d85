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
inline constexpr int kMaxTemplateVersionPage = 50;  // bodies have up to 64 KiB
inline constexpr int kMaxListedDocuments = 200;
inline constexpr absl::Duration kNumberWait = absl::Seconds(60);  // for others that take a number of the same template
// Documents are made with the number that comes next while nobody waits for it. Whoever finds it taken afterwards makes theirs
// anew, so often; then the number is held meanwhile, so that everybody comes to an end.
inline constexpr int kFreeTries = 2;
// The ladder's documents: how long one that makes a document may take before another does, how often it is tried, and when again.
inline constexpr absl::Duration kJobLease = absl::Minutes(2);
inline constexpr int kJobTries = 20;
inline constexpr absl::Duration kJobRetry = absl::Seconds(30);  // times the tries so far

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

// A document that the ladder asked for (SLA-8), made by whoever takes it first.
struct DocumentJob {
  std::string request_id;   // of the rung: whatever is told twice is made once
  std::string ticket_id;
  std::string template_id;
  std::vector<std::string> addressees = {};  // roles, as the ladder names them
  absl::Time due = absl::InfiniteFuture();   // the limit that has passed
  int tries = 0;            // this one included
};

class DocumentStore {
 public:
  explicit DocumentStore(postgres::Pool& pool) : pool_(pool) {}

  absl::StatusOr<std::vector<TemplateRecord>> Templates();
  // The newest version. DOCUMENT_TEMPLATE_NOT_FOUND.
  absl::StatusOr<TemplateRecord> Template(const std::string& template_id);
  // At most `limit` versions before `before` (0: from the newest), newest first.
  absl::StatusOr<std::vector<TemplateRecord>> TemplateVersions(const std::string& template_id, int64_t before, int limit);
  // The version after `expected` (0: none yet). ETAG_MISMATCH if that is not the newest; TOO_MANY_TEMPLATES.
  absl::StatusOr<TemplateRecord> PutTemplate(const std::string& template_id, const std::string& body, int64_t expected, const std::string& by, absl::Time now);

  // The document of an earlier request with this id. REQUEST_ID_REUSED if it was another ticket's, template's or person's.
  absl::StatusOr<std::optional<DocumentRecord>> FindRequest(const Request& request, const std::string& ticket_id, const std::string& template_id);
  // Has the document made with the next number (number and the rest of the record filled in by `make`, its file on disk) and
  // keeps it together with what `with` writes; numbers have no holes, whatever fails. `make` may be run again. ALREADY_MADE if
  // the request id's document is there.
  using Make = absl::FunctionRef<absl::Status(DocumentRecord&)>;
  using With = absl::FunctionRef<absl::Status(postgres::Transaction&, const DocumentRecord&)>;
  absl::StatusOr<DocumentRecord> Add(const Request& request, DocumentRecord record, Make make, With with);
  absl::StatusOr<DocumentRecord> Get(const std::string& document_id);
  absl::StatusOr<std::vector<DocumentRecord>> List(const std::string& ticket_id);

  // A document to be made, in the transaction of the rung; once a request id.
  absl::Status Queue(postgres::Transaction& tx, const DocumentJob& job, absl::Time now);
  // The one that has waited longest, for kJobLease; nothing if none is due.
  absl::StatusOr<std::optional<DocumentJob>> ClaimJob(absl::Time now);
  absl::Status FinishJob(const std::string& request_id);
  // The same, together with what `with` writes.
  absl::Status GiveUpJob(const std::string& request_id, absl::FunctionRef<absl::Status(postgres::Transaction&)> with);
  absl::Status RetryJob(const std::string& request_id, absl::Time when);
  absl::StatusOr<int64_t> WaitingJobs();

 private:
  absl::StatusOr<DocumentRecord> Keep(const Request& request, DocumentRecord& record, bool held, Make make, With with);

  postgres::Pool& pool_;
};

// Puts every template of the directory that the store has no version of. An invalid one is an error that is logged with its file.
absl::Status SeedTemplates(DocumentStore& store, const std::string& directory, absl::Time now);

}  // namespace hotline::ticket
