#include "libs/hosting/database_metrics.h"

namespace hotline::hosting {

DatabaseMetrics::DatabaseMetrics(runtime::Metrics& metrics)
    : waited_(metrics.Histogram("hotline_database_checkout_seconds", "Time until a database session was free")),
      took_(metrics.Histogram("hotline_database_transaction_seconds", "Time of a transaction with its repetitions")),
      full_(metrics.Counter("hotline_database_pool_full_total", "Requests refused because all sessions were in use")),
      lost_(metrics.Counter("hotline_database_connections_lost_total", "Sessions that were found dead")),
      refused_(metrics.Counter("hotline_database_connects_failed_total", "Sessions that could not be opened")),
      repeated_(metrics.Counter("hotline_database_transactions_repeated_total", "Further runs of transactions")),
      failed_(metrics.Counter("hotline_database_transactions_failed_total", "Transactions that did not commit")) {}

void DatabaseMetrics::OnCheckout(absl::Duration waited) { waited_.Observe(absl::ToDoubleSeconds(waited)); }
void DatabaseMetrics::OnFull() { full_.Increment(); }
void DatabaseMetrics::OnConnect(bool succeeded) {
  if (!succeeded) refused_.Increment();
}
void DatabaseMetrics::OnConnectionLost() { lost_.Increment(); }
void DatabaseMetrics::OnTransaction(absl::Duration took, int attempts, const absl::Status& status) {
  took_.Observe(absl::ToDoubleSeconds(took));
  repeated_.Increment(attempts - 1);
  if (!status.ok()) failed_.Increment();
}

}  // namespace hotline::hosting
