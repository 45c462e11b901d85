// What can go wrong with the database, as absl::Status with a stable reason.
//
// Every failure of libs/postgres is built here, with base::Reason() as below. SQLSTATE and the name of the constraint are
// payloads that libs/rpc does not carry abroad. Messages hold nothing of the server's words: those go to the log.
// Stateless; safe from any thread.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>

namespace hotline::postgres {

// Stable reasons; callers branch on these or on the predicates below, never on text.
inline constexpr std::string_view kReasonPoolFull = "DATABASE_POOL_FULL";                  // RESOURCE_EXHAUSTED
inline constexpr std::string_view kReasonUnavailable = "DATABASE_UNAVAILABLE";             // UNAVAILABLE: no connection could be made
inline constexpr std::string_view kReasonConnectionLost = "DATABASE_CONNECTION_LOST";      // UNAVAILABLE: nothing was committed
inline constexpr std::string_view kReasonCommitUnknown = "DATABASE_COMMIT_UNKNOWN";        // UNAVAILABLE: perhaps committed
inline constexpr std::string_view kReasonUnique = "DATABASE_UNIQUE_VIOLATION";             // ALREADY_EXISTS
inline constexpr std::string_view kReasonForeignKey = "DATABASE_FOREIGN_KEY_VIOLATION";    // FAILED_PRECONDITION
inline constexpr std::string_view kReasonConstraint = "DATABASE_CONSTRAINT_VIOLATION";     // FAILED_PRECONDITION: check, not null, exclusion
inline constexpr std::string_view kReasonSerialization = "DATABASE_SERIALIZATION_FAILURE"; // ABORTED
inline constexpr std::string_view kReasonDeadlock = "DATABASE_DEADLOCK";                   // ABORTED
inline constexpr std::string_view kReasonTimeout = "DATABASE_STATEMENT_TIMEOUT";           // DEADLINE_EXCEEDED: statement or lock timeout
inline constexpr std::string_view kReasonFull = "DATABASE_OUT_OF_RESOURCES";               // RESOURCE_EXHAUSTED: disk full, out of memory
inline constexpr std::string_view kReasonText = "DATABASE_TEXT_INVALID";                   // INVALID_ARGUMENT: a zero byte or bad UTF-8 in a text
inline constexpr std::string_view kReasonQuery = "DATABASE_QUERY_FAILED";                  // INTERNAL: everything else, a bug of ours
inline constexpr std::string_view kReasonMigration = "DATABASE_MIGRATION_REFUSED";         // FAILED_PRECONDITION
inline constexpr std::string_view kReasonLeaseLost = "DATABASE_LEASE_LOST";                // ABORTED: another holder has the lease
inline constexpr std::string_view kReasonOffsetMoved = "EVENT_OFFSET_MOVED";               // ABORTED: another replica applied the event

// Five characters, or empty when the failure did not come from the server.
std::string SqlStateOf(const absl::Status& status);
// Name of the violated constraint, or empty.
std::string ConstraintOf(const absl::Status& status);

// True for a unique violation, of the named constraint or index if one is given.
bool IsUniqueViolation(const absl::Status& status, std::string_view constraint = {});
bool IsForeignKeyViolation(const absl::Status& status, std::string_view constraint = {});
// Serialization failure or deadlock: the same transaction may well succeed when run again.
bool IsConflict(const absl::Status& status);
// No connection could be made, or it was lost before COMMIT was sent: nothing happened.
bool IsConnectionFailure(const absl::Status& status);
// COMMIT was sent and its answer never came.
bool IsCommitUnknown(const absl::Status& status);

namespace internal {
absl::Status MakeError(absl::StatusCode code, std::string_view reason, std::string_view message,
                       std::string_view sql_state = {}, std::string_view constraint = {});
// Maps an error report of the server by its SQLSTATE.
absl::Status FromSqlState(std::string_view sql_state, std::string_view constraint);
}  // namespace internal
}  // namespace hotline::postgres
