#include "services/ticket/followers.h"

#include "libs/base/error.h"
#include "libs/base/log.h"
#include "services/ticket/domain/decide.h"

namespace hotline::ticket {

absl::StatusOr<int> FollowOnce(Store& store, ProcessSource& processes, absl::Time now) {
  Request request{{}, now, "", "FollowGroup", ""};
  request.actor.id = "service:ticket";
  request.actor.name = "ticket";
  request.actor.service = true;
  return store.FollowGroups(request, kFollowBatch, [&](const domain::Ticket& member, const domain::Ticket& group) -> absl::StatusOr<Store::Pair> {
    const domain::FollowGroup command{group.state, group.answer, group.outcome, group.refuse_reason, group.unit};
    HOTLINE_ASSIGN_OR_RETURN(const domain::Process process, ProcessFor(processes, member, command));
    HOTLINE_ASSIGN_OR_RETURN(domain::Change change, domain::Decide(&member, command, request.actor, now, process));
    return Store::Pair{std::move(change), std::nullopt};
  });
}

Followers::Followers(Store& store, ProcessSource& processes, const base::Clock& clock)
    : store_(store), processes_(processes), clock_(clock), thread_([this] { Run(); }) {}

Followers::~Followers() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Followers::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const absl::StatusOr<int> followed = FollowOnce(store_, processes_, clock_.Now());
    if (!followed.ok()) base::log::Warn("members of group cases wait", {{"error", std::string(followed.status().message())}});
    lock.lock();
    if (followed.ok() && *followed > 0) continue;
    wake_.wait_for(lock, absl::ToChronoMilliseconds(kFollowPace), [this] { return stopping_; });
  }
}

}  // namespace hotline::ticket
