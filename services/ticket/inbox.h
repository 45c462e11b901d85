// What other services' events do to tickets: clocks of sla_timer, messages of telephony, units of directory. Each handler is
// idempotent and runs in the transaction that moves the consumer's offset. Documents that the ladder asks for are only written
// down as jobs here: making them takes seconds (document_writer.h). Used by the consumer's one thread; the store and
// the clock outlive it.
#pragma once

#include "hotline/events/v1/sla.pb.h"
#include "libs/base/clock.h"
#include "libs/events/event.h"
#include "services/ticket/document_store.h"
#include "services/ticket/peers.h"
#include "services/ticket/process_source.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

inline constexpr char kConsumer[] = "ticket";

class Inbox {
 public:
  Inbox(Store& store, DocumentStore& documents, CallLookup calls, ProcessSource& processes, const base::Clock& clock)
      : store_(store), documents_(documents), calls_(std::move(calls)), processes_(processes), clock_(clock) {}

  // For ConsumerOptions.handler; refers to this.
  events::Handlers Handlers();

 private:
  template <class T>
  absl::Status Clock(postgres::Transaction& tx, const events::Event& event, const T& data);
  absl::Status WindowClosed(postgres::Transaction& tx, const events::Event& event, const std::string& ticket_id);
  absl::Status Escalated(postgres::Transaction& tx, const events::Event& event, const hotline::events::v1::SlaClockEscalated& data);
  absl::Status Message(postgres::Transaction& tx, const events::Event& event, const std::string& call_id, const std::string& recording_id,
                       const std::string& purpose);

  absl::StatusOr<domain::Change> DecideOn(const domain::Ticket& ticket, const domain::Command& command, const Request& request);

  Store& store_;
  DocumentStore& documents_;
  const CallLookup calls_;
  ProcessSource& processes_;
  const base::Clock& clock_;
};

}  // namespace hotline::ticket
