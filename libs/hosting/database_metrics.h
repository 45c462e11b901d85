// A database pool's own account of itself as metrics. Thread-safe; `metrics` outlives it.
#pragma once

#include "libs/postgres/pool.h"
#include "libs/runtime/metrics.h"

namespace hotline::hosting {

class DatabaseMetrics final : public postgres::PoolObserver {
 public:
  explicit DatabaseMetrics(runtime::Metrics& metrics);
  void OnCheckout(absl::Duration waited) override;
  void OnFull() override;
  void OnConnect(bool succeeded) override;
  void OnConnectionLost() override;
  void OnTransaction(absl::Duration took, int attempts, const absl::Status& status) override;

 private:
  prometheus::Histogram &waited_, &took_;
  prometheus::Counter &full_, &lost_, &refused_, &repeated_, &failed_;
};

}  // namespace hotline::hosting
