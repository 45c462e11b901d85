#include "services/analytics/board.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "libs/base/error.h"
#include "libs/base/log.h"
#include "services/analytics/events.h"

namespace hotline::analytics {
namespace {

namespace agents_pb = hotline::agent_state::v1;
namespace log = base::log;
using Steady = std::chrono::steady_clock;

// All that the wallboard shows of a period, by the registry's definitions.
constexpr std::string_view kToday[] = {"calls_offered", "calls_requested_agent", "calls_connected", "answered_in_15s",
                                       "calls_abandoned", "answered_in_15s_rate", "tickets_created", "tickets_open",
                                       "tickets_overdue", "tickets_closed", "on_time_rate", "solved_rate", "satisfied_rate",
                                       "callbacks_recorded", "messages_left"};
constexpr std::string_view kConnectRate = "connect_rate";

std::set<Sum> SumsOf(std::span<const std::string_view> names) {
  std::set<Sum> sums;
  for (const std::string_view name : names) {
    const Measure* measure = FindMeasure(name);
    if (measure == nullptr) continue;
    sums.insert(measure->numerator);
    sums.insert(measure->denominator);
  }
  return sums;
}

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  out->set_seconds(seconds);
  out->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

void FillToday(const Sums& sums, v1::Wallboard& board) {
  const auto count = [&sums](std::string_view name) { return static_cast<int64_t>(ComputeOr(name, sums, 0)); };
  const auto rate = [&sums](std::string_view name) { return ComputeOr(name, sums, kUnknown); };
  board.set_calls_offered(count("calls_offered"));
  board.set_calls_requested_agent(count("calls_requested_agent"));
  board.set_calls_connected(count("calls_connected"));
  board.set_answered_in_15s(count("answered_in_15s"));
  board.set_calls_abandoned(count("calls_abandoned"));
  board.set_answered_in_15s_rate(rate("answered_in_15s_rate"));
  board.set_tickets_created(count("tickets_created"));
  board.set_tickets_open(count("tickets_open"));
  board.set_tickets_overdue(count("tickets_overdue"));
  board.set_tickets_closed(count("tickets_closed"));
  board.set_on_time_rate(rate("on_time_rate"));
  board.set_solved_rate(rate("solved_rate"));
  board.set_satisfied_rate(rate("satisfied_rate"));
  board.set_callbacks_recorded(count("callbacks_recorded"));
  board.set_messages_left(count("messages_left"));
}

// One count by one grouping; the `most` largest.
absl::Status FillGroups(Store& store, SumQuery query, Sum sum, Grouping grouping, size_t most, google::protobuf::Map<std::string, int64_t>& out) {
  query.sums = {sum};
  query.groupings = {grouping};
  HOTLINE_ASSIGN_OR_RETURN(const Groups groups, store.QuerySums(query));
  std::vector<std::pair<double, std::string>> counts;
  for (const auto& [group, sums] : groups) {
    const double count = sums.at(sum);
    if (count > 0 && !group[0].empty()) counts.emplace_back(-count, group[0]);
  }
  std::sort(counts.begin(), counts.end());
  if (counts.size() > most) counts.resize(most);
  for (const auto& [count, name] : counts) out[name] = static_cast<int64_t>(-count);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Wallboard> LoadFigures(Store& store, absl::Time now, absl::TimeZone zone) {
  // What happened in this very moment belongs to it.
  const absl::Time end = now + absl::Seconds(1);
  SumQuery today{.from = DayStart(now, zone), .to = end, .now = now, .sums = SumsOf(kToday)};
  HOTLINE_ASSIGN_OR_RETURN(const Groups sums, store.QuerySums(today));
  SumQuery day{.from = now - absl::Hours(24), .to = end, .now = now, .sums = SumsOf({&kConnectRate, 1})};
  HOTLINE_ASSIGN_OR_RETURN(const Groups last24, store.QuerySums(day));
  HOTLINE_ASSIGN_OR_RETURN(const int64_t calls_now, store.CallsNow(now));
  v1::Wallboard board;
  FillToday(sums.begin()->second, board);
  board.set_connect_rate_24h(ComputeOr(kConnectRate, last24.begin()->second, kUnknown));
  board.set_calls_now(static_cast<int32_t>(calls_now));
  HOTLINE_RETURN_IF_ERROR(FillGroups(store, today, Sum::kTicketsCreated, Grouping::kType, kMaxRows, *board.mutable_tickets_by_type()));
  HOTLINE_RETURN_IF_ERROR(FillGroups(store, today, Sum::kTicketsDispatched, Grouping::kUnit, kUnitsShown, *board.mutable_tickets_by_unit()));
  HOTLINE_RETURN_IF_ERROR(FillGroups(store, today, Sum::kTicketsCreated, Grouping::kArea, kMaxRows, *board.mutable_tickets_by_area()));
  SetTime(now, board.mutable_time());
  return board;
}

Board::Board(rpc::Node& node, rpc::Pool& pool, Store& store, absl::TimeZone zone)
    : node_(node), pool_(pool), store_(store), zone_(zone), background_(node.io().Next()), acd_(node.peer("acd")),
      agent_state_(node.peer("agent_state")) {}

void Board::Start() {
  node_.tasks().Spawn(KeepFigures());
  node_.tasks().Spawn(FollowQueues());
  node_.tasks().Spawn(FollowAgents());
}

asio::awaitable<void> Board::KeepFigures() {
  for (;;) {
    co_await Refresh();
    Publish();
    co_await rpc::Sleep(kBoardPace);
  }
}

asio::awaitable<void> Board::Refresh() {
  // The revision is read before the figures: what is applied in between is seen again.
  const auto ask = [this] { return store_.Revision(); };
  const absl::StatusOr<int64_t> revision = co_await pool_.Run(ask);
  absl::Status status = revision.status();
  const absl::Time now = node_.clock().Now();
  const absl::CivilDay day = absl::ToCivilDay(now, zone_);
  const bool old = !figures_ || day != loaded_day_ || Steady::now() - loaded_at_ >= absl::ToChronoNanoseconds(kRefresh);
  const Steady::time_point began = Steady::now();
  if (revision.ok() && began >= rested_at_ && (old || *revision != revision_)) {
    const auto load = [this, now] { return LoadFigures(store_, now, zone_); };
    absl::StatusOr<v1::Wallboard> figures = co_await pool_.Run(load);
    status = figures.status();
    if (figures.ok()) {
      figures_ = *std::move(figures);
      revision_ = *revision;
      loaded_at_ = Steady::now();
      rested_at_ = loaded_at_ + std::min<Steady::duration>(kFiguresRest * (loaded_at_ - began), absl::ToChronoNanoseconds(kRefresh));
      loaded_day_ = day;
    }
  }
  if (!status.ok() && !store_away_) log::Warn("the wallboard's figures could not be computed; the last ones stay", {{"status", status}});
  store_away_ = !status.ok();
}

asio::awaitable<void> Board::FollowQueues() {
  for (bool known = true;;) {
    auto stream = acd_.Open(background_, &Acd::Api::WatchQueues, hotline::acd::v1::WatchQueuesRequest());
    for (hotline::acd::v1::QueueFigures figures;;) {
      const bool read = co_await stream.Read(figures);
      if (!read) break;
      waiting_ = 0;
      for (const auto& figure : figures.figures()) waiting_ += figure.waiting();
      queues_heard_ = Steady::now();
      known = true;
    }
    const absl::Status status = co_await stream.Finish();
    if (std::exchange(known, false)) log::Warn("acd cannot be followed; nobody knows who waits", {{"status", status}});
    co_await rpc::Sleep(kFollowRetry);
  }
}

asio::awaitable<void> Board::FollowAgents() {
  for (bool known = true;;) {
    auto stream = agent_state_.Open(background_, &AgentState::Api::WatchAgents, agents_pb::WatchAgentsRequest());
    for (agents_pb::AgentUpdate update;;) {
      const bool read = co_await stream.Read(update);
      if (!read) break;
      TakeAgents(update);
      known = true;
    }
    agents_followed_ = false;
    const absl::Status status = co_await stream.Finish();
    if (std::exchange(known, false)) log::Warn("agent_state cannot be followed; agents are not shown", {{"status", status}});
    co_await rpc::Sleep(kFollowRetry);
  }
}

void Board::TakeAgents(const agents_pb::AgentUpdate& update) {
  if (update.snapshot()) agents_.clear();
  for (const agents_pb::Agent& agent : update.agents()) agents_[agent.agent_id()] = agent.state();
  agents_followed_ = true;
  agents_heard_ = Steady::now();
}

void Board::Publish() {
  if (!figures_) return;
  v1::Wallboard board = *figures_;
  const auto fresh = [](const std::optional<Steady::time_point>& heard) {
    return heard && Steady::now() - *heard < absl::ToChronoNanoseconds(kLiveGrace);
  };
  board.set_waiting_now(fresh(queues_heard_) ? waiting_ : kUnknown);
  // A quiet stream is a true one; only after it broke does time count.
  if (agents_followed_) agents_heard_ = Steady::now();
  if (fresh(agents_heard_)) {
    for (const auto& [id, state] : agents_) {
      const bool here = state != agents_pb::AGENT_STATE_UNSPECIFIED && state != agents_pb::AGENT_STATE_SIGNED_OUT;
      if (here) ++(*board.mutable_agents_by_state())[EnumText(agents_pb::AgentState_Name(state), "AGENT_STATE_", state)];
    }
  }
  const auto same = [](v1::Wallboard a, v1::Wallboard b) {
    a.clear_time();
    b.clear_time();
    return google::protobuf::util::MessageDifferencer::Equals(a, b);
  };
  // What is not known to be true still is neither told again nor given this moment's time.
  const bool again = !store_away_ && Steady::now() - told_at_ >= absl::ToChronoNanoseconds(kTellAgain);
  if (current_ && !again && same(*current_, board)) return;
  if (store_away_ && current_) *board.mutable_time() = current_->time();
  else SetTime(node_.clock().Now(), board.mutable_time());
  told_at_ = Steady::now();
  current_ = std::move(board);
  ++version_;
  for (rpc::Notice* notice : watchers_) notice->Give();
}

}  // namespace hotline::analytics
