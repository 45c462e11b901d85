#include "services/acd/domain/errors.h"

#include "libs/base/error.h"

namespace hotline::acd::errors {

absl::Status QueueNotFound(std::string_view id) { return base::NotFound("queue", id); }
absl::Status QueueFull(std::string_view id) {
  return base::ResourceExhausted("QUEUE_FULL", "The queue takes no more contacts.", {{"queue_id", std::string(id)}});
}
absl::Status NotActive() {
  return base::Unavailable("NOT_ACTIVE", "This replica does not serve the queue group now; enter again.");
}
absl::Status ContactReplaced() { return base::Aborted("CONTACT_REPLACED", "The contact entered again on another stream."); }
absl::Status EnterFirst() { return base::FailedPrecondition("ENTER_FIRST", "A stream begins with `enter`."); }
absl::Status EnteredAlready() { return base::FailedPrecondition("ENTERED_ALREADY", "A stream is one contact's."); }
absl::Status QueueGroupFixed() {
  return base::FailedPrecondition("QUEUE_GROUP_FIXED", "A queue stays in its group; make a new queue instead.");
}
absl::Status TooManyQueues() { return base::ResourceExhausted("TOO_MANY_QUEUES", "No further queue can be added."); }
absl::Status GroupNotServed(std::string_view) {
  return base::InvalidField("queue.queue_group", "NOT_SERVED", "no acd of this installation serves the group");
}

}  // namespace hotline::acd::errors
