#include "libs/postgres/pool.h"

#include <algorithm>

#include "libs/postgres/error.h"

namespace hotline::postgres {
namespace {

PoolObserver& SilentObserver() {
  static PoolObserver observer;
  return observer;
}

PoolOptions WithObserver(PoolOptions options) {
  if (options.observer == nullptr) options.observer = &SilentObserver();
  return options;
}

}  // namespace

Pool::Pool(PoolOptions options) : options_(WithObserver(std::move(options))) {}
Pool::~Pool() = default;

Pool::Loan::~Loan() {
  if (pool_ != nullptr) pool_->GiveBack(std::move(connection_));
}

absl::StatusOr<Pool::Loan> Pool::Checkout(absl::Time deadline) {
  const absl::Time started = absl::Now();
  const absl::Time give_up = std::min(deadline, started + options_.checkout_timeout);
  std::unique_ptr<Connection> connection;
  {
    std::unique_lock lock(mutex_);
    const auto free = [this] { return in_use_ < options_.max_connections; };
    if (!returned_.wait_until(lock, absl::ToChronoTime(give_up), free)) {
      options_.observer->OnFull();
      return internal::MakeError(absl::StatusCode::kResourceExhausted, kReasonPoolFull,
                                 "all database connections are in use");
    }
    ++in_use_;
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  Loan loan(this, std::move(connection));  // From here on the place is given back whatever happens.
  options_.observer->OnCheckout(absl::Now() - started);
  if (loan.connection_ != nullptr && !loan.connection_->Alive()) {
    options_.observer->OnConnectionLost();
    loan.connection_.reset();
  }
  if (loan.connection_ == nullptr) {
    auto opened = Connection::Open(options_.connection);
    options_.observer->OnConnect(opened.ok());
    if (!opened.ok()) return opened.status();
    loan.connection_ = *std::move(opened);
  }
  return loan;
}

void Pool::GiveBack(std::unique_ptr<Connection> connection) {
  if (connection != nullptr && !connection->Alive()) {
    options_.observer->OnConnectionLost();
    connection.reset();
  }
  {
    const std::lock_guard lock(mutex_);
    --in_use_;
    if (connection != nullptr) idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

absl::StatusOr<Result> Pool::Read(std::string_view sql, const Params& params, absl::Time deadline) {
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<Loan> loan = Checkout(deadline);
    if (!loan.ok()) return loan.status();
    absl::StatusOr<Result> result = (*loan)->Query(sql, params);
    if (result.ok() || attempt == 2 || !IsConnectionFailure(result.status())) return result;
  }
}

absl::Status Pool::Ping(absl::Time deadline) { return Read("select 1", {}, deadline).status(); }

void Pool::SetOutboxListener(std::function<void()> listener) {
  const std::lock_guard lock(listener_mutex_);
  listener_ = std::move(listener);
}

void Pool::NotifyOutbox() {
  const std::lock_guard lock(listener_mutex_);
  if (listener_) listener_();
}

int Pool::in_use() const {
  const std::lock_guard lock(mutex_);
  return in_use_;
}

}  // namespace hotline::postgres
