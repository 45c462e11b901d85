// A private database of analytics and the events of a small day, made by hand: 2 March 2026 in Shanghai.
#pragma once

#include <catch2/catch.hpp>

#include <functional>
#include <string>
#include <vector>

#include "hotline/events/v1/agent.pb.h"
#include "hotline/events/v1/directory.pb.h"
#include "hotline/events/v1/sla.pb.h"
#include "hotline/events/v1/telephony.pb.h"
#include "hotline/events/v1/ticket.pb.h"
#include "libs/postgres/transaction.h"
#include "libs/testing/private_postgres.h"
#include "services/analytics/events.h"
#include "services/analytics/postgres_store.h"

namespace hotline::analytics {

namespace ev = hotline::events::v1;
namespace tk = hotline::ticket::v1;
namespace ag = hotline::agent_state::v1;

inline const absl::Time kMidnight = absl::FromUnixSeconds(1'772'380'800);  // 2026-03-02 00:00 +08:00

// A time of the day, e.g. At(9, 10).
inline absl::Time At(int hour, int minute, double second = 0) {
  return kMidnight + absl::Hours(hour) + absl::Minutes(minute) + absl::Seconds(second);
}

inline google::protobuf::Timestamp Stamp(absl::Time time) {
  google::protobuf::Timestamp stamp;
  stamp.set_seconds(absl::ToUnixSeconds(time));
  stamp.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(stamp.seconds()))));
  return stamp;
}

// --- telephony ---

inline events::Event Offered(const std::string& call, absl::Time time, const std::string& direction = "inbound") {
  ev::CallOffered data;
  data.set_call_id(call);
  data.set_direction(direction);
  data.set_called_line("12345");
  *data.mutable_time() = Stamp(time);
  return events::Make("telephony", call, data, time);
}

inline events::Event Connected(const std::string& call, absl::Time time, const std::string& agent, int wait_ms,
                               const std::string& direction = "inbound") {
  ev::CallConnected data;
  data.set_call_id(call);
  data.set_direction(direction);
  data.set_agent_id(agent);
  if (direction == "inbound") data.set_queue_id("general");
  data.set_wait_ms(wait_ms);
  *data.mutable_time() = Stamp(time);
  return events::Make("telephony", call, data, time);
}

// `change` sets what is special; by default a call that only heard the menu.
inline events::Event Ended(const std::string& call, absl::Time start, absl::Time end, const std::string& outcome,
                           const std::function<void(ev::CallEnded&)>& change = {}) {
  ev::CallEnded data;
  data.set_call_id(call);
  data.set_direction("inbound");
  data.set_called_line("12345");
  data.set_outcome(outcome);
  data.set_end_reason("caller");
  *data.mutable_start_time() = Stamp(start);
  *data.mutable_end_time() = Stamp(end);
  if (change) change(data);
  return events::Make("telephony", call, data, end);
}

inline events::Event Served(const std::string& call, absl::Time start, absl::Time asked, const std::string& agent, int wait_ms, int talk_ms) {
  const absl::Time answered = asked + absl::Milliseconds(wait_ms);
  return Ended(call, start, answered + absl::Milliseconds(talk_ms), "agent", [&](ev::CallEnded& data) {
    data.set_queue_id("general");
    data.set_agent_id(agent);
    *data.mutable_enqueue_time() = Stamp(asked);
    *data.mutable_agent_answer_time() = Stamp(answered);
    data.set_wait_ms(wait_ms);
    data.set_talk_ms(talk_ms);
  });
}

inline events::Event Message(const std::string& recording, const std::string& purpose, absl::Time time) {
  ev::MessageLeft data;
  data.set_call_id("call-of-" + recording);
  data.set_recording_id(recording);
  data.set_purpose(purpose);
  *data.mutable_time() = Stamp(time);
  return events::Make("telephony", data.call_id(), data, time);
}

// --- ticket ---

struct Case {
  std::string id = {};
  tk::TicketType type = tk::TICKET_TYPE_COMPLAINT;
  tk::Channel channel = tk::CHANNEL_PHONE;
  std::string area = "990102";
  absl::Time created = At(9, 10);
  std::string unit = {};
  std::string path = {};
  int64_t sequence = 0;
};

template <class T>
events::Event Step(Case& ticket, absl::Time time, tk::TicketState state, const std::function<void(T&)>& change = {}) {
  T data;
  ev::TicketFacts& facts = *data.mutable_ticket();
  facts.set_ticket_id(ticket.id);
  facts.set_history_sequence(++ticket.sequence);
  facts.set_type(ticket.type);
  facts.set_state(state);
  facts.set_urgency(tk::URGENCY_ORDINARY);
  facts.set_channel(ticket.channel);
  facts.set_category_id("water.leak");
  facts.set_area_code(ticket.area);
  facts.set_unit_id(ticket.unit);
  facts.set_unit_path(ticket.path);
  facts.set_actor_id("agent-1");
  *facts.mutable_create_time() = Stamp(ticket.created);
  if (change) change(data);
  return events::Make("ticket", ticket.id, data, time);
}

inline events::Event CalledBack(Case& ticket, absl::Time time, bool reached, bool solved, const std::string& satisfaction) {
  return Step<ev::TicketCallbackRecorded>(ticket, time, tk::TICKET_STATE_CALLBACK, [&](ev::TicketCallbackRecorded& data) {
    data.set_reached(reached);
    data.set_solved(solved);
    data.set_satisfaction(satisfaction);
  });
}

inline events::Event Rated(const std::string& call, const std::string& agent, int score, absl::Time time) {
  ev::CallRated data;
  data.set_call_id(call);
  data.set_agent_id(agent);
  data.set_score(score);
  *data.mutable_time() = Stamp(time);
  return events::Make("ticket", call, data, time);
}

// --- sla_timer ---

inline ev::SlaClockFacts ClockFacts(const std::string& clock, const std::string& ticket, const std::string& step, const std::string& unit,
                                    int64_t version, absl::Time due, const std::string& light = "green") {
  ev::SlaClockFacts facts;
  facts.set_clock_id(clock);
  facts.set_ticket_id(ticket);
  facts.set_step(step);
  facts.set_unit_id(unit);
  facts.set_version(version);
  facts.set_light(light);
  *facts.mutable_start_time() = Stamp(At(9, 0));
  *facts.mutable_due_time() = Stamp(due);
  return facts;
}

template <class T>
events::Event Clock(const ev::SlaClockFacts& facts, absl::Time time) {
  T data;
  *data.mutable_clock() = facts;
  return events::Make("sla_timer", facts.ticket_id(), data, time);
}

inline events::Event Stopped(const ev::SlaClockFacts& facts, absl::Time time, const std::string& reason, bool on_time) {
  ev::SlaClockStopped data;
  *data.mutable_clock() = facts;
  *data.mutable_stop_time() = Stamp(time);
  data.set_reason(reason);
  data.set_on_time(on_time);
  return events::Make("sla_timer", facts.ticket_id(), data, time);
}

// --- agent_state, directory ---

inline events::Event Agent(const std::string& agent, ag::AgentState from, ag::AgentState to, int64_t duration_ms, absl::Time time) {
  ev::AgentStateChanged data;
  data.set_agent_id(agent);
  data.set_previous_state(from);
  data.set_state(to);
  data.set_previous_duration_ms(duration_ms);
  *data.mutable_time() = Stamp(time);
  return events::Make("agent_state", agent, data, time);
}

inline events::Event Unit(const std::string& unit, const std::string& path, int64_t sequence) {
  ev::UnitChanged data;
  data.set_unit_id(unit);
  data.set_path(path);
  data.set_name(unit);
  data.set_active(true);
  events::Event event = events::Make("directory", unit, data, At(0, 0));
  event.set_sequence(sequence);
  return event;
}

class World {
 public:
  World()
      : options_(testing::PrivatePostgres::Shared().CreateDatabase("analytics", "services/analytics/migrations")),
        pool_({.connection = options_}),
        store_(pool_, {}),
        handlers_(MakeHandlers(store_)) {
    REQUIRE(absl::LoadTimeZone("Asia/Shanghai", &zone_));
  }

  absl::Status Apply(const events::Event& event) {
    return postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) { return handlers_(tx, event); });
  }
  void Tell(const std::vector<events::Event>& all) {
    for (const events::Event& event : all) {
      const absl::Status status = Apply(event);
      INFO(event.type() << ": " << status);
      REQUIRE(status.ok());
    }
  }

  // All sums of a period, by groupings; of a subtree only those that units have.
  Groups Ask(std::vector<Grouping> groupings = {}, std::optional<std::string> path = {}, absl::Time from = kMidnight,
             absl::Time to = kMidnight + absl::Hours(24)) {
    SumQuery query{.from = from, .to = to, .now = At(12, 0), .groupings = groupings, .unit_path = path};
    for (const Measure& measure : Measures()) {
      bool fits = !path || measure.OfUnits();
      for (const Grouping grouping : groupings) fits = fits && measure.Allows(grouping);
      if (fits) query.sums.insert({measure.numerator, measure.denominator});
    }
    const absl::StatusOr<Groups> groups = store_.QuerySums(query);
    INFO(groups.status());
    REQUIRE(groups.ok());
    return *groups;
  }
  // One measure of the whole day; -1 if there is nothing to divide by.
  double Figure(std::string_view name) { return ComputeOr(name, Ask().at({}), -1); }

  const postgres::ConnectionOptions& options() const { return options_; }
  postgres::Pool& pool() { return pool_; }
  PostgresStore& store() { return store_; }
  absl::TimeZone zone() const { return zone_; }

 private:
  postgres::ConnectionOptions options_;
  postgres::Pool pool_;
  PostgresStore store_;
  events::Handlers handlers_;
  absl::TimeZone zone_;
};

}  // namespace hotline::analytics
