#include "libs/runtime/metrics.h"

#include <prometheus/exposer.h>
#include <prometheus/text_serializer.h>

#include <exception>

#include "libs/base/error.h"
#include "libs/base/log.h"

namespace hotline::runtime {

constexpr size_t kExposerThreads = 1;

const std::vector<double>& LatencyBuckets() {
  static const std::vector<double> buckets{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
  return buckets;
}

Metrics::Metrics() : registry_(std::make_shared<prometheus::Registry>()) {}

Metrics::~Metrics() {
  StopExposing();
  if (stopper_.joinable()) stopper_.join();
}

prometheus::Counter& Metrics::Counter(const std::string& name, const std::string& help, const Labels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*registry_).Add(labels);
}

prometheus::Gauge& Metrics::Gauge(const std::string& name, const std::string& help, const Labels& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*registry_).Add(labels);
}

prometheus::Histogram& Metrics::Histogram(const std::string& name, const std::string& help, const Labels& labels,
                                          const std::vector<double>& buckets) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(*registry_).Add(labels, buckets);
}

std::string Metrics::Text() const { return prometheus::TextSerializer().Serialize(registry_->Collect()); }

absl::Status Metrics::Expose(const std::string& address) {
  try {
    exposer_ = std::make_unique<prometheus::Exposer>(address, kExposerThreads);
    exposer_->RegisterCollectable(registry_);
  } catch (const std::exception& error) {
    base::log::Error("the metrics port cannot be opened", {{"address", address}, {"error", error.what()}});
    return base::Unavailable("METRICS_PORT", "cannot listen on the metrics address " + address);
  }
  return absl::OkStatus();
}

int Metrics::port() const {
  if (exposer_ == nullptr) return 0;
  const auto ports = exposer_->GetListeningPorts();
  return ports.empty() ? 0 : ports.front();
}

void Metrics::StopExposing() {
  if (exposer_ == nullptr) return;
  stopper_ = std::thread([exposer = std::move(exposer_)]() mutable { exposer.reset(); });
}

}  // namespace hotline::runtime
