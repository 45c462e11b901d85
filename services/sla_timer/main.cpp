// hotline-sla-timer: wiring only.
#include "libs/hosting/storage.h"
#include "services/sla_timer/config.h"
#include "services/sla_timer/events.h"
#include "services/sla_timer/postgres_store.h"
#include "services/sla_timer/seed.h"
#include "services/sla_timer/service.h"
#include "services/sla_timer/ticket_consumer.h"

namespace hotline::sla_timer {
namespace {

absl::Status Run(runtime::Process& process, const Config& config) {
  HOTLINE_ASSIGN_OR_RETURN(auto node, rpc::Node::Create(process));
  HOTLINE_ASSIGN_OR_RETURN(auto storage, hosting::Storage::Open(process, *node, config.migrations_dir));
  PostgresStore store(storage->pool());
  HOTLINE_RETURN_IF_ERROR(SeedPolicies(store, config.presets_dir, Micros(process.clock().Now())));
  HOTLINE_RETURN_IF_ERROR(SeedHolidays(store, config.holidays_file, Micros(process.clock().Now())));
  HOTLINE_RETURN_IF_ERROR(SeedHours(store, config.rules, Micros(process.clock().Now())));
  Rules rules(store, config.rules);
  HOTLINE_RETURN_IF_ERROR(rules.Load());
  Wheel wheel(store, rules, process.clock(), process.metrics());
  rpc::Pool pool("handlers", kHandlerThreads, kHandlerQueue, &process.metrics());
  PolicyService policies(*node, pool, store, rules, wheel);
  CalendarService calendars(*node, pool, store, rules, wheel);
  ClockService clocks(*node, pool, store, rules, wheel);
  storage->Consume(kSource, {kTicketSource}, TicketHandler(rules, wheel, process.clock()));
  storage->Start();
  wheel.Start();
  absl::Status served = node->Serve(process, {&policies, &calendars, &clocks, &storage->event_source()});
  storage->Stop();  // The consumer's handler uses the wheel, which goes first.
  return served;
}

}  // namespace
}  // namespace hotline::sla_timer

int main(int argc, char** argv) {
  using namespace hotline;
  return runtime::Main<sla_timer::Config>(argc, argv, "sla_timer", sla_timer::ReadConfig, sla_timer::Run);
}
