// A store on a database of its own, with two units and a clock that stands still.
#pragma once

#include <catch2/catch.hpp>

#include "libs/base/clock.h"
#include "libs/postgres/outbox.h"
#include "libs/testing/private_postgres.h"
#include "services/ticket/domain/decide.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/postgres_store.h"
#include "services/ticket/tests/domain_fixture.h"

namespace hotline::ticket {

inline constexpr char kMasterKey[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

struct StoreFixture {
  base::ManualClock clock{absl::FromUnixSeconds(1'790'000'000)};
  postgres::ConnectionOptions database = testing::PrivatePostgres::Shared().CreateDatabase("ticket", "services/ticket/migrations");
  postgres::Pool pool{{.connection = database}};
  Cipher cipher = *Cipher::FromHex(kMasterKey);
  PostgresStore store{pool, cipher, {absl::UTCTimeZone(), 8}};

  StoreFixture() {
    for (const domain::Unit& unit : {domain::WaterUnit(), domain::WaterOffice(), domain::GasUnit()}) REQUIRE(store.PutUnit(unit).ok());
  }

  Request By(const domain::Actor& actor, std::string rpc = "Test", std::string request_id = "") {
    return {actor, clock.Now(), "", std::move(rpc), std::move(request_id)};
  }
  absl::StatusOr<Registered> Create(const Request& request, domain::Ticket draft, std::optional<domain::Dispatch> dispatch = std::nullopt) {
    return store.Create(request, [&](const Numbers& numbers) {
      draft.id = numbers.ticket_id;
      draft.number = numbers.number;
      draft.acceptance_number = numbers.acceptance_number;
      domain::Create create{draft};
      create.dispatch = dispatch;
      return domain::Decide(nullptr, create, request.actor, request.now, domain::DefaultProcess(create.draft.type));
    });
  }
  domain::Ticket Made(domain::Ticket draft = domain::Draft(), std::optional<domain::Dispatch> dispatch = std::nullopt) {
    absl::StatusOr<Registered> made = Create(By(domain::Agent()), std::move(draft), std::move(dispatch));
    INFO(made.status());
    REQUIRE(made.ok());
    return made->ticket;
  }
  domain::Ticket Dispatched() { return Made(domain::Draft(), domain::Dispatch{domain::WaterUnit()}); }
  absl::StatusOr<domain::Ticket> Do(const domain::Ticket& ticket, const domain::Command& command, const domain::Actor& actor, std::string request_id = "") {
    const Request request = By(actor, std::string(domain::CommandName(command)), std::move(request_id));
    return store.Change(request, ticket.id, [&](const domain::Ticket& now) { return domain::Decide(&now, command, actor, request.now, domain::DefaultProcess(now.type)); });
  }
  std::vector<std::string> Actions(const domain::Ticket& ticket) {
    std::vector<std::string> actions;
    const auto entries = store.History(ticket.id, 0, 500);
    for (const HistoryEntry& entry : *entries) actions.push_back(entry.action);
    return actions;
  }
  int64_t Count(const std::string& sql, const postgres::Params& params = {}) {
    const auto rows = pool.Read(sql, params);
    INFO(rows.status());
    REQUIRE(rows.ok());
    return (*rows)[0].Get<int64_t>("count");
  }
  // Types of the events in the outbox, in the order they were written.
  std::vector<std::string> Events() {
    std::vector<std::string> types;
    const auto rows = pool.Read("SELECT type FROM outbox ORDER BY id");
    INFO(rows.status());
    REQUIRE(rows.ok());
    for (const auto row : *rows) {
      const auto type = row.Get<std::string>("type");
      types.push_back(type.substr(type.rfind('.') + 1));
    }
    return types;
  }
};

}  // namespace hotline::ticket
