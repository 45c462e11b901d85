// One session with PostgreSQL over libpq. Blocking: call it on pool threads, never on gRPC's.
//
// Not thread-safe: one thread at a time. Sessions run in UTC with ISO dates, on the given schema alone, with a statement
// timeout, and prepare each statement text once. Statements travel in libpq's pipeline mode: those that were only sent go to
// the server in one packet with the next one that is asked for.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "libs/postgres/result.h"
#include "libs/postgres/value.h"

struct pg_conn;

namespace hotline::postgres {

inline constexpr absl::Duration kConnectTimeout = absl::Seconds(3);
inline constexpr absl::Duration kStatementTimeout = absl::Seconds(10);
// Beyond this many different texts a session forgets all of its statements: something builds SQL out of values.
inline constexpr size_t kMaxPreparedStatements = 500;
// Sent statements that wait for the server at most; the next one makes the session hear them first.
inline constexpr size_t kMaxSentStatements = 64;

struct ConnectionOptions {
  // libpq's conninfo or URI: "host=/run/postgresql dbname=hotline user=hotline_ticket".
  std::string conninfo = {};
  // The service's role; empty leaves it to conninfo.
  std::string user = {};
  // Kept apart so that it can come from a file; empty means none or what conninfo says.
  std::string password = {};
  // search_path of the session: the service's own schema. Empty leaves the server's default.
  std::string schema = {};
  // Shown in pg_stat_activity.
  std::string application_name = "hotline";
  absl::Duration statement_timeout = kStatementTimeout;
};

class Connection {
 public:
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs one statement with $1, $2... bound. Outside a transaction it commits by itself.
  absl::StatusOr<Result> Query(std::string_view sql, const Params& params = {});
  // Sends a statement without waiting for it; Finish tells whether it worked. Nothing else may be done in between but Send
  // and Query, which finishes too. `answer`, if given, gets this statement's own answer when that is read, stays empty if the
  // server did not come to it, and must live until then.
  absl::Status Send(std::string_view sql, const Params& params = {}, std::optional<Result>* answer = nullptr);
  // The answer to the last statement sent, or the first error: the server does nothing that was sent after a failed statement.
  absl::StatusOr<Result> Finish();
  // Runs several statements without parameters, as one transaction unless they say otherwise (migrations).
  absl::Status ExecuteScript(const std::string& sql);

  // False once the session is known to be dead. Costs a poll(2), no round trip.
  bool Alive();
  // Waits for a notification on any channel of this session, for the other descriptor to become readable, or for time to
  // pass. True if a notification came.
  absl::StatusOr<bool> WaitForNotification(absl::Duration timeout, int other_fd = -1);

 private:
  friend class TransactionRunner;
  explicit Connection(pg_conn* connection) : connection_(connection) {}
  // What the server owes an answer to.
  struct Sent {
    std::string prepares;  // The key in prepared_ that this brings about; empty for a statement.
    bool fresh = false;    // Prepared by the message before it.
    std::optional<Result>* answer = nullptr;
  };
  // The name of the prepared statement; sends what prepares it when it is new.
  absl::StatusOr<std::string> Prepare(std::string_view sql, const Params& params, bool& fresh);
  absl::StatusOr<Result> Check(pg_result* result);
  // Everything that was sent is answered or lost.
  absl::StatusOr<Result> ReadAnswers();
  // True before anything was sent or done in a transaction.
  bool Untouched() const;
  // True while everything that was sent has got its answer: then what failed is known not to have been done.
  bool Answered() const;

  pg_conn* connection_;
  std::vector<Sent> sent_;
  std::unordered_map<std::string, std::string> prepared_;  // Text and parameter types to the statement's name.
  int64_t next_statement_ = 0;
  bool stale_ = false;  // Its prepared statements no longer fit the schema.
};

}  // namespace hotline::postgres
