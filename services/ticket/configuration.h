// What a city configures, put together for main(): the stores over one pool and what stands in memory of them. What is
// referred to outlives it.
#pragma once

#include "services/ticket/caller_record_service.h"
#include "services/ticket/caller_record_store.h"
#include "services/ticket/catalogue_service.h"
#include "services/ticket/catalogue_store.h"
#include "services/ticket/catalogue_suggest.h"
#include "services/ticket/category_tree.h"
#include "services/ticket/process_book.h"
#include "services/ticket/process_service.h"
#include "services/ticket/shown_audit.h"

namespace hotline::ticket {

struct Configuration {
  Configuration(postgres::Pool& pool, const Cipher& cipher, Store& store, const base::Clock& clock, absl::TimeZone zone)
      : catalogue(pool), callers(pool, cipher), process_store(pool), processes(process_store, clock), categories(store, clock),
        suggester(store, catalogue, categories, clock, zone), shown(callers) {}

  CatalogueStore catalogue;
  CallerRecordStore callers;
  ProcessStore process_store;
  ProcessBook processes;
  CategoryTree categories;
  Suggester suggester;
  ShownAudit shown;
};

// Its RPCs.
struct ConfigurationServices {
  ConfigurationServices(rpc::Node& node, rpc::Pool& pool, Store& store, Configuration& city)
      : catalogue(node, pool, store, city.catalogue, city.categories, city.suggester), processes(node, pool, city.process_store, city.processes),
        callers(node, pool, store, city.callers, city.processes, [](const domain::Ticket& ticket) { return ticket.repeat_mark == domain::RepeatMark::kConfirmed; }) {}

  CatalogueService catalogue;
  ProcessService processes;
  CallerRecordService callers;
};

}  // namespace hotline::ticket
