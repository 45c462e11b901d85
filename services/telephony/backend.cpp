#include "services/telephony/backend.h"

#include "libs/base/log.h"

namespace hotline::telephony {

absl::StatusOr<std::unique_ptr<Backend>> Backend::Start(runtime::Process& process, rpc::Node& node, Spool& spool, std::string migrations_dir) {
  HOTLINE_ASSIGN_OR_RETURN(auto storage, hosting::Storage::Prepare(process, node));
  std::unique_ptr<Backend> backend(new Backend(std::move(storage), spool, std::move(migrations_dir)));
  backend->thread_ = std::thread([b = backend.get()] { b->Prepare(); });
  return backend;
}

Backend::~Backend() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
  spool_.Stop();
  storage_->Stop();
}

void Backend::Prepare() {
  std::unique_lock lock(mutex_);
  for (bool told = false; !stop_;) {
    lock.unlock();
    const absl::Status status = storage_->Migrate(migrations_dir_);
    lock.lock();
    if (status.ok()) {
      storage_->Start();
      spool_.StartWorker([this](const std::vector<Fact>& facts) { return store_.Apply(facts); });
      ready_ = true;
      return;
    }
    if (!std::exchange(told, true)) base::log::Warn("the database is away; facts are spooled", {{"error", status}});
    changed_.wait_for(lock, absl::ToChronoMilliseconds(kRetry), [this] { return stop_; });
  }
}

}  // namespace hotline::telephony
