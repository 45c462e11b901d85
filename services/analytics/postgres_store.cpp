// Reading sums: one statement per source of facts, made from the registry's sums and groupings.
#include "services/analytics/postgres_store.h"

#include "libs/base/error.h"
#include "libs/postgres/transaction.h"
#include "services/analytics/domain/errors.h"

namespace hotline::analytics {
namespace {

using postgres::Param;
using postgres::Params;

// Where a source's facts lie. `f` is the fact, `t` the ticket it is about, `u` the unit as it stands now.
struct SourceSql {
  std::string_view from = {};
  std::string_view time = {};          // empty: as of now
  std::string_view where = {};
  std::string_view agent = {};
  std::string_view ticket = {};   // the alias that has type, channel, category and area; empty: none
  std::string_view path = {};     // of the unit
};

SourceSql SqlOf(Source source) {
  switch (source) {
    case Source::kCalls: return {.from = "calls f", .time = "f.offered_at", .agent = "f.agent_id"};
    case Source::kTickets:
      return {.from = "tickets f left join units u on u.unit_id = f.unit_id", .time = "f.created_at", .agent = "f.created_by",
              .ticket = "f", .path = "coalesce(u.path, f.unit_path)"};
    case Source::kOpen:
      // LATE stands for the tickets that are late; see LateSql.
      return {.from = "tickets f left join units u on u.unit_id = f.unit_id left join LATE late on late.ticket_id = f.ticket_id",
              .time = "", .where = "f.state not in ('closed', 'archived', 'refused')", .ticket = "f",
              .path = "coalesce(u.path, f.unit_path)"};
    case Source::kSteps:
      return {.from = "ticket_steps f join tickets t on t.ticket_id = f.ticket_id left join units u on u.unit_id = f.unit_id",
              .time = "f.at", .agent = "f.actor_id", .ticket = "t", .path = "coalesce(u.path, f.unit_path)"};
    case Source::kClocks:
      // The ticket's own event may come later: another source.
      return {.from = "clocks f left join tickets t on t.ticket_id = f.ticket_id left join units u on u.unit_id = f.unit_id",
              .time = "f.stopped_at", .where = "f.stop_reason = 'done' and not f.is_window", .ticket = "t",
              .path = "coalesce(u.path, '')"};
    case Source::kRatings: return {.from = "ratings f", .time = "f.at", .agent = "f.agent_id"};
    case Source::kMessages: return {.from = "messages f", .time = "f.at"};
    case Source::kAgentTime: return {.from = "agent_states f", .time = "f.ended_at", .agent = "f.agent_id"};
  }
  return {};
}

class Statement {
 public:
  Statement(const SumQuery& query, const StoreOptions& options) : query_(query), options_(options) {}

  std::string Make(Source source, const std::vector<Sum>& sums) {
    const SourceSql sql = SqlOf(source);
    std::string select, group;
    for (size_t i = 0; i < query_.groupings.size(); ++i) {
      select += GroupSql(sql, query_.groupings[i]) + " as g" + std::to_string(i) + ", ";
      group += (i == 0 ? " group by " : ", ") + std::to_string(i + 1);
    }
    for (const Sum sum : sums) {
      if (sum != sums.front()) select += ", ";
      select += "coalesce(" + SumSql(sum) + ", 0)::float8 as s" + std::to_string(static_cast<int>(sum));
    }
    std::string where = " where true";
    if (!sql.time.empty()) {
      where += And(std::string(sql.time) + " >= " + Bind(query_.from));
      where += And(std::string(sql.time) + " < " + Bind(query_.to));
    }
    if (!sql.where.empty()) where += And(std::string(sql.where));
    if (query_.unit_path) where += And("starts_with(" + std::string(sql.path) + ", " + Bind(*query_.unit_path) + ")");
    return "select " + select + " from " + From(sql) + where + group + " limit " + Bind(static_cast<int64_t>(kMaxRows + 1));
  }
  const Params& params() const { return params_; }

 private:
  static std::string And(const std::string& condition) { return " and " + condition; }
  std::string Bind(Param value) {
    params_.push_back(std::move(value));
    return "$" + std::to_string(params_.size());
  }

  std::string From(const SourceSql& sql) {
    std::string from(sql.from);
    if (const size_t place = from.find("LATE"); place != std::string::npos) {
      from.replace(place, 4, "(select distinct c.ticket_id from clocks c where c.stopped_at is null and not c.is_window and "
                             "(c.light = 'red' or c.due_at <= " + Bind(query_.now) + "))");
    }
    return from;
  }

  std::string GroupSql(const SourceSql& sql, Grouping grouping) {
    const auto ticket = [&sql](std::string_view column) {
      return "coalesce(" + std::string(sql.ticket) + "." + std::string(column) + ", '')";
    };
    const auto start_of = [&](std::string_view part) {
      return "extract(epoch from date_trunc('" + std::string(part) + "', " + std::string(sql.time) + ", " + Bind(options_.zone) +
             "))::bigint::text";
    };
    switch (grouping) {
      case Grouping::kHour: return start_of("hour");
      case Grouping::kDay: return start_of("day");
      case Grouping::kChannel: return ticket("channel");
      case Grouping::kType: return ticket("type");
      case Grouping::kCategory: return ticket("category_id");
      case Grouping::kArea: return ticket("area_code");
      case Grouping::kUnit: return "f.unit_id";
      case Grouping::kQueue: return "f.queue_id";
      case Grouping::kAgent: return std::string(sql.agent);
    }
    return "''";
  }

  static std::string Count(const std::string& condition) { return "count(*) filter (where " + condition + ")"; }
  static std::string Kind(const std::string& kind) { return Count("f.kind = '" + kind + "'"); }
  static std::string Seconds(const std::string& states) {
    return "sum(f.duration_ms) filter (where f.state in (" + states + ")) / 1000.0";
  }

  std::string SumSql(Sum sum) {
    const std::string in = "f.direction = 'inbound'", out = "f.direction = 'outbound'", met = " and f.connected_at is not null";
    switch (SourceOf(sum)) {
      case Source::kCalls: return CallSql(sum, in, out, met);
      case Source::kTickets: return "count(*)";
      case Source::kOpen: return sum == Sum::kTicketsOpen ? "count(*)" : "count(late.ticket_id)";
      case Source::kSteps: return StepSql(sum);
      case Source::kClocks: return sum == Sum::kClocksFinished ? "count(*)" : Count("f.on_time");
      case Source::kRatings: return sum == Sum::kCallsRated ? "count(*)" : Count("f.score <= 2");
      case Source::kMessages:
        return Count(sum == Sum::kMailboxMessages     ? "f.purpose = 'mailbox'"
                     : sum == Sum::kComplaintMessages ? "f.purpose = 'complaint'"
                                                      : "f.purpose = 'emergency'");
      case Source::kAgentTime: return AgentSql(sum);
    }
    return "0";
  }

  std::string CallSql(Sum sum, const std::string& in, const std::string& out, const std::string& met) {
    switch (sum) {
      case Sum::kCallsOffered: return Count(in);
      // Who was answered has asked, by whatever way.
      case Sum::kCallsRequested: return Count(in + " and (f.enqueued_at is not null or f.connected_at is not null)");
      case Sum::kCallsConnected: return Count(in + met);
      case Sum::kCallsAnsweredInTarget:
        return Count(in + met + " and f.wait_ms <= " + Bind(absl::ToInt64Milliseconds(options_.answer_target)));
      case Sum::kCallsAbandoned:
        return Count(in + " and f.outcome = 'abandoned' and f.enqueued_at is not null and f.connected_at is null");
      case Sum::kCallsWaitSeconds: return "sum(f.wait_ms) filter (where " + in + met + ") / 1000.0";
      case Sum::kCallsTalked: return Count(in + met + " and f.ended_at is not null");
      case Sum::kCallsTalkSeconds: return "sum(f.talk_ms) filter (where " + in + met + " and f.ended_at is not null) / 1000.0";
      case Sum::kCallsOutbound: return Count(out);
      case Sum::kCallsOutboundConnected: return Count(out + met);
      default: return "0";
    }
  }

  static std::string StepSql(Sum sum) {
    switch (sum) {
      case Sum::kTicketsDispatched: return "count(distinct f.ticket_id) filter (where f.kind = 'dispatched')";
      case Sum::kTicketsClosed: return Kind("closed");
      case Sum::kTicketsArchived: return Kind("archived");
      case Sum::kTicketsRefused: return Kind("refused");
      case Sum::kReturnsRequested: return Kind("return_requested");
      case Sum::kReworks: return Kind("reworked");
      case Sum::kCloseHours: return "sum(extract(epoch from f.at - t.created_at)) filter (where f.kind = 'closed') / 3600.0";
      case Sum::kCallbacks: return Kind("callback");
      case Sum::kCallbacksReached: return Count("f.kind = 'callback' and f.reached");
      case Sum::kCallbacksSolved: return Count("f.kind = 'callback' and f.reached and f.solved");
      case Sum::kCallbacksRated: return Count("f.kind = 'callback' and f.satisfaction <> ''");
      case Sum::kCallbacksSatisfied: return Count("f.kind = 'callback' and f.satisfaction in ('satisfied', 'very_satisfied')");
      default: return "0";
    }
  }

  static std::string AgentSql(Sum sum) {
    switch (sum) {
      case Sum::kTalkingSeconds: return Seconds("'talking'");
      case Sum::kWrapUpSeconds: return Seconds("'wrap_up'");
      case Sum::kReadySeconds: return Seconds("'ready'");
      case Sum::kNotReadySeconds: return Seconds("'not_ready'");
      case Sum::kBusySeconds: return Seconds("'reserved', 'talking', 'wrap_up'");
      case Sum::kStaffedSeconds: return Seconds("'reserved', 'talking', 'wrap_up', 'ready'");
      default: return "0";
    }
  }

  const SumQuery& query_;
  const StoreOptions& options_;
  Params params_;
};

absl::Status AddSource(postgres::Transaction& tx, const SumQuery& query, const StoreOptions& options, Source source, Groups& groups) {
  std::vector<Sum> sums = {};
  for (const Sum sum : query.sums) {
    if (sum != Sum::kNone && SourceOf(sum) == source) sums.push_back(sum);
  }
  if (sums.empty()) return absl::OkStatus();
  Statement statement(query, options);
  const std::string sql = statement.Make(source, sums);
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows, tx.Query(sql, statement.params()));
  for (const postgres::Row row : rows) {
    std::vector<std::string> group;
    for (size_t i = 0; i < query.groupings.size(); ++i) group.push_back(row.Get<std::string>("g" + std::to_string(i)));
    Sums values;
    bool any = query.groupings.empty();
    for (const Sum sum : sums) any = (values[sum] = row.Get<double>("s" + std::to_string(static_cast<int>(sum)))) != 0 || any;
    // A group that has facts, but none of those asked for, would be a row of zeros.
    if (any) groups[std::move(group)].merge(values);
  }
  return groups.size() > kMaxRows ? errors::TooManyRows(kMaxRows) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<Groups> PostgresStore::QuerySums(const SumQuery& query) {
  // One snapshot for all sources. It has no transaction id, so that no relay waits for it.
  const auto read = [&](postgres::Transaction& tx) -> absl::StatusOr<Groups> {
    HOTLINE_RETURN_IF_ERROR(tx.SetStatementTimeout(kQueryTimeout));
    Groups groups;
    for (const Source source : kSources) HOTLINE_RETURN_IF_ERROR(AddSource(tx, query, options_, source, groups));
    return groups;
  };
  return postgres::RunTransaction(pool_, read,
                                  {.isolation = postgres::Isolation::kRepeatableRead, .read_only = true, .idempotent = true});
}

absl::StatusOr<int64_t> PostgresStore::CallsNow(absl::Time now) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                           pool_.Read("select count(*) as running from calls where ended_at is null and offered_at > $1",
                                      {now - kLongestCall}));
  return rows[0].Get<int64_t>("running");
}

absl::StatusOr<int64_t> PostgresStore::Revision() {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                           pool_.Read("select coalesce(sum(sequence), 0)::bigint as revision from consumer_offsets"));
  return rows[0].Get<int64_t>("revision");
}

absl::StatusOr<std::optional<std::string>> PostgresStore::UnitPath(const std::string& unit_id) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows, pool_.Read("select path from units where unit_id = $1", {unit_id}));
  if (rows.empty()) return std::optional<std::string>();
  return std::optional<std::string>(rows[0].Get<std::string>("path"));
}

absl::StatusOr<bool> PostgresStore::PublishViews() {
  const auto publish = [](postgres::Transaction& tx) -> absl::StatusOr<bool> {
    HOTLINE_RETURN_IF_ERROR(tx.Lock("publish_bi"));  // Replicas start together.
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows, tx.Query("select publish_bi() as shown"));
    return rows[0].Get<bool>("shown");
  };
  return postgres::RunTransaction(pool_, publish, {.idempotent = true});
}

}  // namespace hotline::analytics
