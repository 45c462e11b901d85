// Making and opening events. Pure functions; safe from any thread.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/message.h>

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "hotline/events/v1/event.pb.h"
#include "libs/postgres/transaction.h"

namespace hotline::events {

using Event = hotline::events::v1::Event;

// `hotline.events.<source>`, the stream of one source.
std::string StreamOf(std::string_view source);
// `hotline.dead.<consumer>`, what a consumer could not apply.
std::string DeadLetterStreamOf(std::string_view consumer);

// An event with a fresh id about `data`, ready for postgres::Outbox::Append.
Event Make(std::string_view source, std::string_view subject, const google::protobuf::Message& data, absl::Time now,
           std::string_view traceparent = {});

// Whether the payload is a T.
template <class T>
bool Is(const Event& event) { return event.type() == T::descriptor()->full_name(); }

// The payload; INVALID_ARGUMENT EVENT_UNREADABLE if it is not a well-formed T.
template <class T>
absl::StatusOr<T> Unpack(const Event& event);

namespace internal {
absl::Status Unreadable(const Event& event);
}

// What a durable consumer does with each event, in a transaction that also moves its offset. See consumer.h for how errors
// are treated.
using Handler = std::function<absl::Status(postgres::Transaction&, const Event&)>;

// A Handler made of one function per type; types without a function are skipped, as newer versions require.
//
//   events::Handlers handlers;
//   handlers.On<hotline::events::v1::TicketDispatched>(
//       [this](postgres::Transaction& tx, const Event& event, const hotline::events::v1::TicketDispatched& data) {...});
//   consumer = Consumer({.handler = handlers, ...});
class Handlers {
 public:
  template <class T, class Fn>
  Handlers& On(Fn fn) {
    by_type_[std::string(T::descriptor()->full_name())] = [fn = std::move(fn)](postgres::Transaction& tx,
                                                                               const Event& event) -> absl::Status {
      const absl::StatusOr<T> data = Unpack<T>(event);
      if (!data.ok()) return data.status();
      return fn(tx, event, *data);
    };
    return *this;
  }
  absl::Status operator()(postgres::Transaction& tx, const Event& event) const;

 private:
  std::unordered_map<std::string, Handler> by_type_;
};

template <class T>
absl::StatusOr<T> Unpack(const Event& event) {
  T data;
  if (!event.data().UnpackTo(&data)) return internal::Unreadable(event);
  return data;
}

}  // namespace hotline::events
