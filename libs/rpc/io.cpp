#include "libs/rpc/io.h"

#include "libs/base/log.h"

namespace hotline::rpc {

void internal::LogTaskFailure(std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& caught) {
    base::log::Error("a background task ended by an exception", {{"what", caught.what()}});
  } catch (...) {
    base::log::Error("a background task ended by an unknown exception");
  }
}

Pool::Pool(const std::string& name, size_t threads, size_t queue_limit, runtime::Metrics* metrics)
    : name_(name), limit_(threads + queue_limit), threads_(threads) {
  if (metrics == nullptr) return;
  depth_ = &metrics->Gauge("hotline_pool_pending", "work queued or running in a pool of threads", {{"pool", name}});
  refused_ = &metrics->Counter("hotline_pool_refused_total", "work refused because the queue was full", {{"pool", name}});
}

bool Pool::Enter() {
  if (pending_.fetch_add(1) >= limit_) {
    --pending_;
    if (refused_ != nullptr) refused_->Increment();
    return false;
  }
  if (depth_ != nullptr) depth_->Increment();
  return true;
}

void Pool::Leave() {
  --pending_;
  if (depth_ != nullptr) depth_->Decrement();
}

absl::Status Pool::FullError() const {
  return base::ResourceExhausted("POOL_FULL", "the service has too much to do: try again later", {{"pool", name_}});
}

}  // namespace hotline::rpc
