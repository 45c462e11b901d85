// The errors of acd by name. Pure functions.
#pragma once

#include <absl/status/status.h>

#include <string_view>

namespace hotline::acd::errors {

absl::Status QueueNotFound(std::string_view id);   // NOT_FOUND QUEUE_NOT_FOUND
absl::Status QueueFull(std::string_view id);       // RESOURCE_EXHAUSTED QUEUE_FULL
absl::Status NotActive();                          // UNAVAILABLE NOT_ACTIVE
absl::Status ContactReplaced();                    // ABORTED CONTACT_REPLACED
absl::Status EnterFirst();                         // FAILED_PRECONDITION ENTER_FIRST
absl::Status EnteredAlready();                     // FAILED_PRECONDITION ENTERED_ALREADY
absl::Status QueueGroupFixed();                    // FAILED_PRECONDITION QUEUE_GROUP_FIXED
absl::Status TooManyQueues();                      // RESOURCE_EXHAUSTED TOO_MANY_QUEUES
absl::Status GroupNotServed(std::string_view group);  // INVALID_ARGUMENT, queue.queue_group

}  // namespace hotline::acd::errors
