// Transactions with bounded retry.
//
//   absl::Status status = postgres::RunTransaction(pool, [&](postgres::Transaction& tx) -> absl::Status { ... });
//   absl::StatusOr<Ticket> ticket = postgres::RunTransaction(pool, [&](postgres::Transaction& tx) -> absl::StatusOr<Ticket> { ... });
//
// The function commits by returning OK and rolls back by returning an error, which RunTransaction passes on. It is run again
// after a serialization failure, a deadlock, or a connection lost before COMMIT, so it must have no effect but through `tx`.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "libs/postgres/connection.h"
#include "libs/postgres/error.h"
#include "libs/postgres/pool.h"

namespace hotline::postgres {

// Runs of one transaction at most, the first included.
inline constexpr int kMaxAttempts = 6;

enum class Isolation { kReadCommitted, kRepeatableRead, kSerializable };

struct TransactionOptions {
  Isolation isolation = Isolation::kReadCommitted;
  bool read_only = false;
  // Running it twice does no harm (everything is keyed by request or event id): a COMMIT whose answer was lost may be
  // tried again. Otherwise the caller gets UNAVAILABLE, DATABASE_COMMIT_UNKNOWN.
  bool idempotent = false;
  // No attempt begins after this.
  absl::Time deadline = absl::InfiniteFuture();
};

// An open transaction; lives inside RunTransaction. Not thread-safe.
class Transaction {
 public:
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // Runs one statement. After an error the transaction is lost: return the error.
  absl::StatusOr<Result> Query(std::string_view sql, const Params& params = {});
  // The same, for the number of affected rows.
  absl::StatusOr<int64_t> Execute(std::string_view sql, const Params& params = {});
  // Runs one statement without waiting for its answer, in order with the others: it travels with the next Query or Execute,
  // or with the commit, and its error is theirs. For what the function need not know at once; saves a round trip.
  // `answer`, if given, gets the statement's own answer with that of the next Query or Execute; not with the commit.
  absl::Status Later(std::string_view sql, const Params& params = {}, std::optional<Result>* answer = nullptr);

  // For the rest of this transaction.
  absl::Status SetStatementTimeout(absl::Duration timeout);
  // Waits for the advisory lock of this name, held until the transaction ends. Names are per schema, hashed to 64 bits.
  absl::Status Lock(std::string_view name);
  absl::StatusOr<bool> TryLock(std::string_view name);

  // Makes the commit wake this process's relay (Outbox::Append calls it).
  void NotifyOutboxOnCommit() { notify_outbox_ = true; }

 private:
  friend class TransactionRunner;
  explicit Transaction(Connection& connection) : connection_(connection) {}

  Connection& connection_;
  absl::Status first_error_;
  bool notify_outbox_ = false;
};

namespace internal {
absl::Status RunTransaction(Pool& pool, absl::FunctionRef<absl::Status(Transaction&)> body,
                            const TransactionOptions& options);
}

// `fn` returns absl::Status or absl::StatusOr<T>; so does RunTransaction.
template <class Fn>
auto RunTransaction(Pool& pool, Fn&& fn, const TransactionOptions& options = {}) {
  using Answer = std::invoke_result_t<Fn&, Transaction&>;
  if constexpr (std::is_same_v<Answer, absl::Status>) {
    return internal::RunTransaction(pool, fn, options);
  } else {
    std::optional<Answer> answer;
    const absl::Status status = internal::RunTransaction(
        pool, [&](Transaction& tx) { answer.emplace(fn(tx)); return answer->status(); }, options);
    if (!status.ok()) return Answer(status);
    return *std::move(answer);
  }
}

}  // namespace hotline::postgres
