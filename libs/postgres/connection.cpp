#include "libs/postgres/connection.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <atomic>

#include "libs/base/error.h"
#include "libs/base/log.h"
#include "libs/postgres/error.h"

namespace hotline::postgres {
namespace {

std::string_view OrEmpty(const char* text) { return text ? std::string_view(text) : std::string_view(); }

// A value inside libpq's `options`, where blanks and backslashes end or escape.
std::string OptionValue(std::string_view value) {
  return absl::StrReplaceAll(absl::string_view(value.data(), value.size()), {{"\\", "\\\\"}, {" ", "\\ "}});
}

std::string SessionOptions(const ConnectionOptions& options) {
  std::string text = absl::StrCat(// Statements here take milliseconds: compiling them or starting workers for them costs more than it can save.
                                  "-c timezone=UTC -c datestyle=ISO -c intervalstyle=iso_8601 -c jit=off -c max_parallel_workers_per_gather=0 -c statement_timeout=",
                                  absl::ToInt64Milliseconds(options.statement_timeout));
  if (!options.schema.empty()) absl::StrAppend(&text, " -c search_path=", OptionValue(options.schema));
  return text;
}

bool CouldBeStalePlan(std::string_view sql_state) {
  // "cached plan must not change result type" after another replica's migration, or a statement the server has forgotten.
  return sql_state == "0A000" || sql_state == "26000";
}

// At most once a second: while the database is away every request tries.
void LogConnectFailure(const char* detail) {
  static std::atomic<int64_t> last_second = 0;
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  if (last_second.exchange(now) != now) base::log::Warn("cannot connect to the database", {{"detail", detail}});
}

absl::Status ConnectionLost(std::string_view sql_state = {}) {
  return internal::MakeError(absl::StatusCode::kUnavailable, kReasonConnectionLost,
                             "the connection to the database was lost", sql_state);
}

}  // namespace

// --- Result ---------------------------------------------------------------------------------------------------------

void Result::Clear::operator()(pg_result* result) const { PQclear(result); }

Result::Result(pg_result* result) : result_(result), rows_(static_cast<size_t>(PQntuples(result))) {
  for (int i = 0; i < PQnfields(result); ++i) columns_.push_back(PQfname(result, i));
}

int64_t Result::affected() const {
  const char* text = PQcmdTuples(result_.get());
  return *text ? internal::Parse<int64_t>(text) : 0;
}

std::string_view Result::tag() const { return OrEmpty(PQcmdStatus(result_.get())); }

std::optional<std::string_view> Row::Text(std::string_view column) const {
  const auto& columns = result_->columns_;
  const auto found = std::find(columns.begin(), columns.end(), column);
  if (found == columns.end()) throw ColumnError(absl::StrCat("no column ", std::string(column)));
  const int index = static_cast<int>(found - columns.begin());
  pg_result* result = result_->result_.get();
  if (PQgetisnull(result, row_, index)) return std::nullopt;
  return std::string_view(PQgetvalue(result, row_, index), static_cast<size_t>(PQgetlength(result, row_, index)));
}

std::string_view Row::NotNull(std::string_view column) const {
  const std::optional<std::string_view> text = Text(column);
  if (!text) throw ColumnError(absl::StrCat("column ", std::string(column), " is null"));
  return *text;
}

// --- Connection -----------------------------------------------------------------------------------------------------

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const ConnectionOptions& options) {
  const std::string timeout = absl::StrCat(absl::ToInt64Seconds(kConnectTimeout));
  const std::string session = SessionOptions(options);
  std::vector<const char*> keys = {"dbname", "client_encoding", "connect_timeout", "application_name", "options",
                                   "keepalives_idle", "tcp_user_timeout"};
  std::vector<const char*> values = {options.conninfo.c_str(), "UTF8", timeout.c_str(), options.application_name.c_str(),
                                     session.c_str(), "30", "30000"};
  const auto add_unless_empty = [&](const char* key, const std::string& value) {
    if (value.empty()) return;
    keys.push_back(key);
    values.push_back(value.c_str());
  };
  add_unless_empty("user", options.user);
  add_unless_empty("password", options.password);
  keys.push_back(nullptr);
  values.push_back(nullptr);
  PGconn* connection = PQconnectdbParams(keys.data(), values.data(), /*expand_dbname=*/1);
  std::unique_ptr<Connection> owner(new Connection(connection));
  if (PQstatus(connection) != CONNECTION_OK) {
    // libpq's message names hosts and roles, never the password: for the log, not for clients.
    LogConnectFailure(PQerrorMessage(connection));
    return internal::MakeError(absl::StatusCode::kUnavailable, kReasonUnavailable, "the database cannot be reached");
  }
  PQsetNoticeProcessor(connection, [](void*, const char*) {}, nullptr);
  return owner;
}

Connection::~Connection() { PQfinish(connection_); }

absl::StatusOr<Result> Connection::Check(pg_result* result) {
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return Result(result);
  const std::string sql_state(OrEmpty(PQresultErrorField(result, PG_DIAG_SQLSTATE)));
  std::string constraint(OrEmpty(PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME)));
  if (constraint.empty()) constraint = OrEmpty(PQresultErrorField(result, PG_DIAG_COLUMN_NAME));
  const std::string message(OrEmpty(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)));
  PQclear(result);
  if (PQstatus(connection_) != CONNECTION_OK || sql_state.empty()) return ConnectionLost(sql_state);
  absl::Status mapped = internal::FromSqlState(sql_state, constraint);
  if (mapped.code() == absl::StatusCode::kInternal || mapped.code() == absl::StatusCode::kResourceExhausted) {
    // Messages of class 22 (data exceptions) quote the value, which may be personal.
    base::log::Error("the database refused a statement",
                     {{"sqlstate", sql_state}, {"detail", sql_state.starts_with("22") ? "" : message.c_str()}});
  }
  return mapped;
}

absl::StatusOr<std::string> Connection::Prepare(std::string_view sql, const Params& params, bool& fresh) {
  std::string key(sql);
  std::vector<Oid> types;
  for (const Param& param : params) {
    types.push_back(param.type());
    absl::StrAppend(&key, "\x1f", param.type());
  }
  if (const auto found = prepared_.find(key); found != prepared_.end()) return found->second;
  if (prepared_.size() >= kMaxPreparedStatements) {
    prepared_.clear();
    if (!PQsendQueryParams(connection_, "deallocate all", 0, nullptr, nullptr, nullptr, nullptr, 0)) return ConnectionLost();
    sent_.push_back({});
  }
  std::string name = absl::StrCat("s", next_statement_++);
  if (!PQsendPrepare(connection_, name.c_str(), std::string(sql).c_str(), static_cast<int>(types.size()), types.data())) return ConnectionLost();
  prepared_.emplace(key, name);
  sent_.push_back({.prepares = std::move(key)});
  fresh = true;
  return name;
}

absl::Status Connection::Send(std::string_view sql, const Params& params, std::optional<Result>* answer) {
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
  for (const Param& param : params) {
    // libpq takes text up to the first zero byte: better refused than cut.
    if (!param.null() && !param.binary() && param.value().find('\0') != std::string::npos) {
      return internal::MakeError(absl::StatusCode::kInvalidArgument, kReasonText, "a text contains a zero byte");
    }
    values.push_back(param.null() ? nullptr : param.value().c_str());
    lengths.push_back(param.null() ? 0 : static_cast<int>(param.value().size()));
    formats.push_back(param.binary() ? 1 : 0);
  }
  if (sent_.size() >= kMaxSentStatements) {
    if (auto done = Finish(); !done.ok()) return done.status();
  }
  if (PQpipelineStatus(connection_) == PQ_PIPELINE_OFF && !PQenterPipelineMode(connection_)) return ConnectionLost();
  Sent statement;
  statement.answer = answer;
  const absl::StatusOr<std::string> name = Prepare(sql, params, statement.fresh);
  if (!name.ok()) return name.status();
  if (!PQsendQueryPrepared(connection_, name->c_str(), static_cast<int>(params.size()), values.data(), lengths.data(), formats.data(),
                           /*resultFormat=*/0)) {
    return ConnectionLost();
  }
  sent_.push_back(std::move(statement));
  return absl::OkStatus();
}

absl::StatusOr<Result> Connection::ReadAnswers() {
  absl::StatusOr<Result> answer = ConnectionLost();
  bool failed = false;
  for (const Sent& one : sent_) {
    pg_result* result = PQgetResult(connection_);
    if (result == nullptr) return failed ? std::move(answer) : ConnectionLost();
    if (PQresultStatus(result) == PGRES_PIPELINE_ABORTED) {
      PQclear(result);
      if (!one.prepares.empty()) prepared_.erase(one.prepares);
    } else if (absl::StatusOr<Result> checked = Check(result); checked.ok()) {
      if (one.answer != nullptr) {
        one.answer->emplace(*std::move(checked));
        answer = Result(nullptr);  // nothing that is anybody else's
      } else {
        answer = *std::move(checked);
      }
    } else {
      if (!one.prepares.empty()) prepared_.erase(one.prepares);
      answer = checked.status();
      failed = true;
      if (one.prepares.empty() && !one.fresh && CouldBeStalePlan(SqlStateOf(answer.status()))) {
        stale_ = true;  // A fresh session prepares anew; if the error is real it comes again.
        answer = ConnectionLost(SqlStateOf(answer.status()));
      }
    }
    // Each statement's answers end with none.
    while ((result = PQgetResult(connection_)) != nullptr) {
      const bool lost = PQstatus(connection_) != CONNECTION_OK;
      PQclear(result);
      if (lost) return failed ? std::move(answer) : ConnectionLost();
    }
  }
  pg_result* end = PQgetResult(connection_);
  const bool whole = PQresultStatus(end) == PGRES_PIPELINE_SYNC;
  PQclear(end);
  if (!whole || !PQexitPipelineMode(connection_)) {
    stale_ = true;
    if (!failed) return ConnectionLost();
  }
  return answer;
}

absl::StatusOr<Result> Connection::Finish() {
  absl::StatusOr<Result> answer = ConnectionLost();
  if (PQpipelineSync(connection_)) answer = ReadAnswers();
  sent_.clear();
  return answer;
}

absl::StatusOr<Result> Connection::Query(std::string_view sql, const Params& params) {
  if (absl::Status status = Send(sql, params); !status.ok()) return status;
  return Finish();
}

absl::Status Connection::ExecuteScript(const std::string& sql) { return Check(PQexec(connection_, sql.c_str())).status(); }

bool Connection::Untouched() const { return sent_.empty() && PQtransactionStatus(connection_) == PQTRANS_IDLE; }

bool Connection::Answered() const { return PQstatus(connection_) == CONNECTION_OK && PQpipelineStatus(connection_) == PQ_PIPELINE_OFF; }

bool Connection::Alive() {
  if (stale_ || !sent_.empty() || PQpipelineStatus(connection_) != PQ_PIPELINE_OFF) return false;
  if (PQstatus(connection_) != CONNECTION_OK || PQtransactionStatus(connection_) != PQTRANS_IDLE) return false;
  // An idle session has something to read when the server has said good-bye (or sent a notice, hence the loop).
  pollfd readable{PQsocket(connection_), POLLIN, 0};
  while (poll(&readable, 1, 0) > 0) {
    if (!PQconsumeInput(connection_) || PQstatus(connection_) != CONNECTION_OK) return false;
  }
  return true;
}

absl::StatusOr<bool> Connection::WaitForNotification(absl::Duration timeout, int other_fd) {
  const absl::Time deadline = absl::Now() + timeout;
  while (true) {
    bool notified = false;
    while (PGnotify* notification = PQnotifies(connection_)) {
      PQfreemem(notification);
      notified = true;
    }
    if (notified) return true;
    const absl::Duration left = std::max(deadline - absl::Now(), absl::ZeroDuration());
    pollfd fds[] = {{PQsocket(connection_), POLLIN, 0}, {other_fd, POLLIN, 0}};
    const int ready = poll(fds, other_fd < 0 ? 1 : 2, static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1)))));
    if (ready > 0 && fds[0].revents != 0 && (!PQconsumeInput(connection_) || PQstatus(connection_) != CONNECTION_OK)) {
      return ConnectionLost();
    }
    if (ready > 0 && other_fd >= 0 && fds[1].revents != 0) return false;
    if (ready == 0) return false;
  }
}

}  // namespace hotline::postgres
