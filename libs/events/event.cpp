#include "libs/events/event.h"

#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "libs/base/id.h"

namespace hotline::events {

std::string StreamOf(std::string_view source) { return "hotline.events." + std::string(source); }
std::string DeadLetterStreamOf(std::string_view consumer) { return "hotline.dead." + std::string(consumer); }

Event Make(std::string_view source, std::string_view subject, const google::protobuf::Message& data, absl::Time now,
           std::string_view traceparent) {
  Event event;
  event.set_id(base::NewId());
  event.set_source(std::string(source));
  event.set_type(data.GetDescriptor()->full_name());
  event.set_subject(std::string(subject));
  event.set_traceparent(std::string(traceparent));
  const int64_t seconds = absl::ToUnixSeconds(now);
  event.mutable_time()->set_seconds(seconds);
  event.mutable_time()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(now - absl::FromUnixSeconds(seconds))));
  event.mutable_data()->PackFrom(data);
  return event;
}

namespace internal {

absl::Status Unreadable(const Event& event) {
  return base::Error(absl::StatusCode::kInvalidArgument, "EVENT_UNREADABLE", "the payload of an event cannot be read", {},
                     {{"event", event.id()}, {"type", event.type()}});
}

}  // namespace internal

absl::Status Handlers::operator()(postgres::Transaction& tx, const Event& event) const {
  const auto found = by_type_.find(event.type());
  return found == by_type_.end() ? absl::OkStatus() : found->second(tx, event);
}

}  // namespace hotline::events
