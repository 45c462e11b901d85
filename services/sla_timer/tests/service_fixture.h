// A private database of sla_timer, a `ticket` that publishes, and reading what sla_timer has told.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hotline/events/v1/sla.pb.h"
#include "hotline/events/v1/ticket.pb.h"
#include "libs/base/id.h"
#include "libs/events/event.h"
#include "libs/events/relay.h"
#include "libs/postgres/outbox.h"
#include "libs/testing/private_postgres.h"
#include "libs/testing/private_redis.h"
#include "libs/testing/wait.h"
#include "services/sla_timer/events.h"
#include "services/sla_timer/postgres_store.h"
#include "services/sla_timer/seed.h"
#include "services/sla_timer/tests/fixture.h"

namespace hotline::sla_timer {

namespace pb = hotline::events::v1;
namespace ticket_pb = hotline::ticket::v1;
using testing::PrivatePostgres;
using testing::PrivateRedis;
using testing::WaitUntil;

inline const std::string kPresets = std::string(HOTLINE_SOURCE_DIR) + "/services/sla_timer/presets";
inline const std::string kHolidays = std::string(HOTLINE_SOURCE_DIR) + "/deploy/demo/data/china-holidays.csv";

// `standard` with natural limits so short that a test can wait for them: yellow after half of it.
inline v1::Policy QuickPolicy(int seconds, const std::string& id = "quick") {
  v1::Policy policy = *FromJson(PresetJson("standard"));
  policy.set_policy_id(id);
  while (policy.ladder_size() > 1) policy.mutable_ladder()->RemoveLast();  // The urging notice at once.
  for (v1::Step& step : *policy.mutable_steps()) {
    for (v1::Rule& rule : *step.mutable_rules()) {
      rule.mutable_limit()->Clear();
      rule.mutable_limit()->set_kind(v1::LIMIT_KIND_NATURAL);
      rule.mutable_limit()->set_amount(seconds);
      rule.mutable_limit()->set_unit(v1::LIMIT_UNIT_SECOND);
      rule.set_warn_percent(50);
    }
  }
  return policy;
}

// The database of sla_timer, with the presets, the holidays, and `quick`.
class Database {
 public:
  explicit Database(PrivatePostgres& server = PrivatePostgres::Shared(), int quick_seconds = 1)
      : options_(server.CreateDatabase("sla_timer", "services/sla_timer/migrations")), pool_({.connection = options_}), store_(pool_) {
    REQUIRE(SeedPolicies(store_, kPresets, absl::Now()).ok());
    REQUIRE(SeedHolidays(store_, kHolidays, absl::Now()).ok());
    REQUIRE(store_.PutPolicy("quick", ToJson(QuickPolicy(quick_seconds)), 0, "test", absl::Now()).ok());
  }

  const postgres::ConnectionOptions& options() const { return options_; }
  postgres::Pool& pool() { return pool_; }
  PostgresStore& store() { return store_; }

  // How often each thing was told: "sign:SlaClockWarned" -> count, for one ticket or, with "", all.
  std::map<std::string, int> Told(const std::string& ticket_id = {}) {
    std::map<std::string, int> told;
    const auto rows = pool_.Read("SELECT subject, type, payload FROM outbox");
    if (!rows.ok()) return told;  // While the server is down; callers wait.
    for (const postgres::Row row : *rows) {
      pb::Event event;
      REQUIRE(event.ParseFromString(row.Get<postgres::Bytes>("payload").value));
      if (!ticket_id.empty() && event.subject() != ticket_id) continue;
      ++told[StepOf(event) + ":" + event.type().substr(std::string("hotline.events.v1.").size())];
    }
    return told;
  }

 private:
  template <class T>
  static bool Read(const pb::Event& event, std::string& step) {
    if (!events::Is<T>(event)) return false;
    step = events::Unpack<T>(event)->clock().step();
    return true;
  }
  static std::string StepOf(const pb::Event& event) {
    std::string step;
    REQUIRE((Read<pb::SlaClockStarted>(event, step) || Read<pb::SlaClockWarned>(event, step) || Read<pb::SlaClockOverdue>(event, step) ||
             Read<pb::SlaClockStopped>(event, step) || Read<pb::SlaClockMoved>(event, step) || Read<pb::SlaClockEscalated>(event, step)));
    return step;
  }

  postgres::ConnectionOptions options_;
  postgres::Pool pool_;
  PostgresStore store_;
};

inline pb::TicketFacts Facts(const std::string& ticket_id, ticket_pb::TicketState state,
                             ticket_pb::TicketType type = ticket_pb::TICKET_TYPE_HELP) {
  pb::TicketFacts facts;
  facts.set_ticket_id(ticket_id);
  facts.set_type(type);
  facts.set_state(state);
  facts.set_urgency(ticket_pb::URGENCY_ORDINARY);
  facts.set_channel(ticket_pb::CHANNEL_PHONE);
  facts.set_category_id("road.light");
  if (state >= ticket_pb::TICKET_STATE_DISPATCHED) {
    facts.set_unit_id("unit-1");
    facts.set_unit_path("/city/roads/");
  }
  return facts;
}

// An event of `ticket` whose payload has the facts; `change` sets what else it says.
template <class T>
pb::Event TicketEvent(const pb::TicketFacts& facts, absl::Time time, const std::function<void(T&)>& change = {}) {
  T data;
  *data.mutable_ticket() = facts;
  if (change) change(data);
  return events::Make(kTicketSource, facts.ticket_id(), data, time);
}

}  // namespace hotline::sla_timer
