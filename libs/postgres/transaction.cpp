#include "libs/postgres/transaction.h"

#include <absl/random/random.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>

namespace hotline::postgres {
namespace {

// Pauses before the second, third... run double from these; the sum over kMaxAttempts after a lost connection (1.5 s) is
// what a supervisor needs to restart a server.
constexpr absl::Duration kConflictBackoff = absl::Milliseconds(5);
constexpr absl::Duration kConnectionBackoff = absl::Milliseconds(50);

const char* BeginText(const TransactionOptions& options) {
  switch (options.isolation) {
    case Isolation::kReadCommitted: return options.read_only ? "begin read only" : "begin";
    case Isolation::kRepeatableRead:
      return options.read_only ? "begin isolation level repeatable read read only" : "begin isolation level repeatable read";
    case Isolation::kSerializable:
      return options.read_only ? "begin isolation level serializable read only" : "begin isolation level serializable";
  }
  return "begin";
}

absl::Duration Pause(const absl::Status& status, int attempt) {
  thread_local absl::InsecureBitGen random;
  const absl::Duration base = IsConflict(status) ? kConflictBackoff : kConnectionBackoff;
  // Between half and the whole, so that those who collided do not meet again.
  return base * (1 << (attempt - 1)) * absl::Uniform(random, 0.5, 1.0);
}

}  // namespace

absl::StatusOr<Result> Transaction::Query(std::string_view sql, const Params& params) {
  if (!first_error_.ok()) return first_error_;
  absl::StatusOr<Result> result = connection_.Query(sql, params);
  if (!result.ok()) first_error_ = result.status();
  return result;
}

absl::StatusOr<int64_t> Transaction::Execute(std::string_view sql, const Params& params) {
  const absl::StatusOr<Result> result = Query(sql, params);
  if (!result.ok()) return result.status();
  return result->affected();
}

absl::Status Transaction::Later(std::string_view sql, const Params& params, std::optional<Result>* answer) {
  if (!first_error_.ok()) return first_error_;
  first_error_ = connection_.Send(sql, params, answer);
  return first_error_;
}

absl::Status Transaction::SetStatementTimeout(absl::Duration timeout) {
  return Query("select set_config('statement_timeout', $1, true)", {absl::StrCat(absl::ToInt64Milliseconds(timeout))})
      .status();
}

absl::Status Transaction::Lock(std::string_view name) {
  return Query("select pg_advisory_xact_lock(hashtextextended(current_schema() || '/' || $1, 0))", {name}).status();
}

absl::StatusOr<bool> Transaction::TryLock(std::string_view name) {
  const auto result =
      Query("select pg_try_advisory_xact_lock(hashtextextended(current_schema() || '/' || $1, 0)) as locked", {name});
  if (!result.ok()) return result.status();
  return (*result)[0].Get<bool>("locked");
}

// One run of a transaction on one session.
class TransactionRunner {
 public:
  static absl::Status Run(Pool& pool, absl::FunctionRef<absl::Status(Transaction&)> body,
                          const TransactionOptions& options) {
    absl::StatusOr<Pool::Loan> loan = pool.Checkout(options.deadline);
    if (!loan.ok()) return loan.status();
    Connection& connection = **loan;
    if (absl::Status begun = connection.Send(BeginText(options)); !begun.ok()) return begun;
    Transaction tx(connection);
    absl::Status status = RunBody(tx, body);
    for (Connection::Sent& one : connection.sent_) one.answer = nullptr;  // whoever asked is gone
    // What the server said tells whether another run may help, whatever the body has made of it; and a transaction with a
    // failed statement cannot be committed even if the body says OK.
    if (status.ok() || IsRepeatable(tx.first_error_)) status = tx.first_error_;
    if (!status.ok()) {
      Rollback(connection);
      return status;
    }
    status = Commit(connection, options);
    if (status.ok() && tx.notify_outbox_) pool.NotifyOutbox();
    return status;
  }

  static bool IsRepeatable(const absl::Status& status) { return IsConflict(status) || IsConnectionFailure(status); }

 private:
  static absl::Status RunBody(Transaction& tx, absl::FunctionRef<absl::Status(Transaction&)> body) {
    try {
      return body(tx);
    } catch (const ColumnError& error) {
      return internal::MakeError(absl::StatusCode::kInternal, kReasonQuery, error.what());
    } catch (...) {
      for (Connection::Sent& one : tx.connection_.sent_) one.answer = nullptr;
      Rollback(tx.connection_);
      throw;
    }
  }

  // A session whose rollback failed is not given back to the pool (Connection::Alive), so the answer does not matter.
  static void Rollback(Connection& connection) {
    // What was sent before is answered, or fails, on the way.
    if (!connection.sent_.empty()) connection.Finish().IgnoreError();
    if (!connection.Untouched()) connection.Query("rollback").IgnoreError();
  }

  static absl::Status Commit(Connection& connection, const TransactionOptions& options) {
    const absl::StatusOr<Result> done = connection.Query("commit");
    if (!done.ok()) {
      // An answer that names a statement sent before: the server did not come to the commit.
      if (connection.Answered()) Rollback(connection);
      if (connection.Answered() || !IsConnectionFailure(done.status()) || options.read_only) return done.status();
      return internal::MakeError(absl::StatusCode::kUnavailable, kReasonCommitUnknown,
                                 "the connection was lost while committing; the change may or may not have been made");
    }
    if (done->tag() == "COMMIT") return absl::OkStatus();
    return internal::MakeError(absl::StatusCode::kInternal, kReasonQuery, "the server rolled back instead of committing");
  }
};

namespace internal {

absl::Status RunTransaction(Pool& pool, absl::FunctionRef<absl::Status(Transaction&)> body,
                            const TransactionOptions& options) {
  const absl::Time started = absl::Now();
  absl::Status status;
  int attempt = 1;
  for (;; ++attempt) {
    status = TransactionRunner::Run(pool, body, options);
    const bool again = TransactionRunner::IsRepeatable(status) || (IsCommitUnknown(status) && options.idempotent);
    if (!again || attempt == kMaxAttempts) break;
    const absl::Duration pause = Pause(status, attempt);
    if (absl::Now() + pause > options.deadline) break;
    absl::SleepFor(pause);
  }
  pool.options().observer->OnTransaction(absl::Now() - started, attempt, status);
  return status;
}

}  // namespace internal
}  // namespace hotline::postgres
