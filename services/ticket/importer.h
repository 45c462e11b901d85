// Registers the rows of imports in the background, a batch in each transaction (TKT-18). One thread a process; replicas may run
// it at the same time: a batch is kept by whoever found the import where it stood, and what a killed process leaves is gone on
// with by the next. The stores and the tree outlive it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

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
  absl::StatusOr<Progress> RunRows(postgres::Transaction& tx, const Import& import, const domain::SheetColumns& columns, const std::vector<Row>& rows);
  // Registers the row; what is wrong with it comes back as text.
  absl::Status RunRow(postgres::Transaction& tx, const Import& import, const domain::SheetColumns& columns, const Row& row,
                      const std::map<std::string, domain::Unit>& units, Progress& progress);
  // The id of a category named by id or name; empty and a violation if there is none.
  absl::Status FindCategory(const std::string& named, domain::Create& create, domain::Violations& found);
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
