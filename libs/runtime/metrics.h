// The process's Prometheus metrics. Names: hotline_<service>_<noun>_<unit>. Asking twice for the same name and labels gives
// the same metric, so callers need no bookkeeping, but on hot paths keep the reference. Thread-safe. References live as long
// as the Metrics.
#pragma once

#include <absl/status/status.h>

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace prometheus {
class Exposer;
}

namespace hotline::runtime {

using Labels = std::map<std::string, std::string>;

// Bucket bounds for latencies, in seconds: 0.5 ms to 10 s.
const std::vector<double>& LatencyBuckets();

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  prometheus::Counter& Counter(const std::string& name, const std::string& help, const Labels& labels = {});
  prometheus::Gauge& Gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  prometheus::Histogram& Histogram(const std::string& name, const std::string& help, const Labels& labels = {},
                                   const std::vector<double>& buckets = LatencyBuckets());
  const std::shared_ptr<prometheus::Registry>& registry() const { return registry_; }

  // Everything in the text format that Prometheus reads.
  std::string Text() const;

  // Serves /metrics at "127.0.0.1:9101". UNAVAILABLE if it cannot listen there.
  absl::Status Expose(const std::string& address);
  // The port it listens on, 0 if none; for tests that expose port 0.
  int port() const;
  // Begins to stop serving, which takes 1.7 s, on a thread that the destructor waits for.
  void StopExposing();

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  std::unique_ptr<prometheus::Exposer> exposer_;
  std::thread stopper_;
};

}  // namespace hotline::runtime
