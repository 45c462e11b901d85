// Registers the rows of imports in the background, a batch in each transaction (TKT-18). One thread a process; replicas may run
// it at the same time: a batch is kept by whoever found the import where it stood, and what a killed process leaves is gone on
// with by the next. The stores and the tree outlive it.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "libs/base/clock.h"
#include "services/ticket/domain/exchange.h"
#include "services/ticket/exchange_store.h"
#include "services/ticket/process_source.h"
#include "services/ticket/service.h"

namespace hotline::ticket {

inline constexpr absl::Duration kImportPoll = absl::Seconds(2);  // for imports that another replica took in, or left

class Importer {
 public:
  Importer(ExchangeStore& imports, Store& store, CategoryTree& categories, ProcessSource& processes, const base::Clock& clock)
      : imports_(imports), store_(store), categories_(categories), processes_(processes), clock_(clock) {}
  ~Importer() { Stop(); }
  void Start();
  void Stop();
  // There is a new one.
  void Wake();
  // Works on what there is until nothing is left, on the caller's thread. What fails in passing is left for the next time.
  absl::Status RunAll();

 private:
  struct Row {
    int64_t number = 0;
    std::vector<std::string> cells;
  };
  absl::Status RunOne(Import import);
  absl::StatusOr<bool> RunBatch(Import& import, const domain::SheetColumns& columns, const std::vector<Row>& rows);
  // What rows are checked against, read once a batch.
  struct Known {
    std::map<std::string, domain::Unit> units;
    std::unordered_map<std::string, std::string> categories;  // ids by id and by name
    std::map<domain::Type, domain::Process> processes;
  };
  absl::StatusOr<Known> KnownFor(const domain::SheetColumns& columns, const std::vector<Row>& rows);
  // A row that is in order.
  struct Planned {
    domain::Create create;
    const domain::Process* process = nullptr;
    std::string request_id;
  };
  // What is wrong with the row comes back as text; empty if it is planned.
  absl::StatusOr<std::string> Plan(const Import& import, const Request& request, const domain::SheetColumns& columns, const Row& row, Known& known, Planned& planned);
  absl::Status RunRows(postgres::Transaction& tx, const Import& import, const Request& request, std::vector<Planned>& planned, Progress& progress);
  bool stopping();

  ExchangeStore& imports_;
  Store& store_;
  CategoryTree& categories_;
  ProcessSource& processes_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  bool woken_ = false;
  std::thread thread_;
};

}  // namespace hotline::ticket
