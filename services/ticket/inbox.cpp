#include "services/ticket/inbox.h"

#include <absl/strings/str_cat.h>

#include "hotline/events/v1/directory.pb.h"
#include "hotline/events/v1/sla.pb.h"
#include "hotline/events/v1/telephony.pb.h"
#include "libs/base/error.h"
#include "libs/base/log.h"
#include "services/ticket/convert.h"
#include "services/ticket/domain/decide.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/validate.h"

namespace hotline::ticket {
namespace {

namespace ev = hotline::events::v1;

// As sla_timer's contract and its policies name them.
constexpr char kWindowClosed[] = "window_closed";
constexpr char kReturnStep[] = "return";

domain::Actor ServiceActor(std::string_view service) {
  domain::Actor actor;
  actor.id = absl::StrCat("service:", absl::string_view(service.data(), service.size()));
  actor.name = std::string(service);
  actor.service = true;
  return actor;
}

domain::Light LightOf(const std::string& light) {
  return light == "red" ? domain::Light::kRed : light == "yellow" ? domain::Light::kYellow : domain::Light::kGreen;
}

ClockFacts FactsOf(const ev::SlaClockFacts& facts) {
  ClockFacts clock;
  clock.ticket_id = facts.ticket_id();
  clock.limit.clock_id = facts.clock_id();
  clock.limit.step = facts.step();
  if (facts.has_due_time()) clock.limit.due = FromProto(facts.due_time());
  if (facts.has_warn_time()) clock.limit.warn = FromProto(facts.warn_time());
  clock.limit.light = LightOf(facts.light());
  clock.version = facts.version();
  clock.window = facts.window();
  return clock;
}

domain::Ticket MessageDraft(const std::string& call_id, const std::string& recording_id, const std::string& purpose, const CallerOfCall& caller) {
  domain::Ticket draft;
  draft.channel = purpose == "complaint" ? domain::Channel::kIvr : domain::Channel::kMailbox;
  // What it is about is known only when it is written down (TKT-23).
  draft.type = purpose == "complaint" ? domain::Type::kComplaint : domain::Type::kHelp;
  // The caller met a hotline that could not answer, and waits for a call back (STD-5).
  draft.urgency = purpose == "emergency" ? domain::Urgency::kUrgent : domain::Urgency::kOrdinary;
  draft.title = purpose == "complaint" ? "自动投诉录音(待整理)" : purpose == "emergency" ? "无人应答时的留言(待整理)" : "市长信箱留言(待整理)";
  draft.call_id = call_id;
  draft.recording_id = recording_id;
  draft.caller.phone = domain::PresentedNumber(caller.phone);
  draft.line = domain::PresentedNumber(caller.line);
  return draft;
}

}  // namespace

template <class T>
absl::Status Inbox::Clock(postgres::Transaction& tx, const events::Event& event, const T& data) {
  const ClockFacts clock = FactsOf(data.clock());
  if constexpr (std::is_same_v<T, ev::SlaClockStopped>) {
    return store_.RemoveClock(tx, clock);
  } else {
    const absl::Time now = clock_.Now();
    const Request request{ServiceActor("sla_timer"), now, event.traceparent(), "", ""};
    return store_.PutClock(tx, request, clock, [&](const domain::Ticket& ticket) { return DecideOn(ticket, domain::Alarm{clock.limit}, request); });
  }
}

absl::StatusOr<domain::Change> Inbox::DecideOn(const domain::Ticket& ticket, const domain::Command& command, const Request& request) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::Process process, ProcessFor(processes_, ticket, command));
  return domain::Decide(&ticket, command, request.actor, request.now, process);
}

absl::Status Inbox::WindowClosed(postgres::Transaction& tx, const events::Event& event, const std::string& ticket_id) {
  const Request request{ServiceActor("sla_timer"), clock_.Now(), event.traceparent(), "", ""};
  return store_.ChangeIfOpen(tx, request, ticket_id,
                             [&](const domain::Ticket& ticket) { return DecideOn(ticket, domain::CloseReturnWindow{}, request); });
}

absl::Status Inbox::Escalated(postgres::Transaction& tx, const events::Event& event, const ev::SlaClockEscalated& data) {
  HOTLINE_RETURN_IF_ERROR(Clock(tx, event, data));
  const ClockFacts clock = FactsOf(data.clock());
  // A limit that was moved away and has passed again begins its ladder anew: the limit belongs to the rung's name.
  const Request request{ServiceActor("sla_timer"), clock_.Now(), event.traceparent(), "Escalate",
                        absl::StrCat("sla:", clock.limit.clock_id, ":", data.level(), ":", absl::ToUnixSeconds(clock.limit.due))};
  const domain::Supervise command{data.measure(), "", clock.limit.clock_id, {data.addressees().begin(), data.addressees().end()}};
  bool taken = false;
  HOTLINE_RETURN_IF_ERROR(store_.ChangeIfOpen(tx, request, clock.ticket_id, [&](const domain::Ticket& ticket) {
    taken = true;
    return DecideOn(ticket, command, request);
  }));
  if (!taken || data.document().empty()) return absl::OkStatus();
  return documents_.Queue(tx, {request.request_id, clock.ticket_id, data.document(), command.addressees, clock.limit.due}, request.now);
}

absl::Status Inbox::Message(postgres::Transaction& tx, const events::Event& event, const std::string& call_id, const std::string& recording_id,
                            const std::string& purpose) {
  const Request request{ServiceActor("ticket"), clock_.Now(), event.traceparent(), "CreateTicket", absl::StrCat("recording:", recording_id)};
  HOTLINE_ASSIGN_OR_RETURN(const bool known, store_.KnowsRequest(tx, request.request_id));
  if (known) return absl::OkStatus();
  absl::StatusOr<CallerOfCall> caller = calls_(call_id);
  if (absl::IsNotFound(caller.status())) {
    base::log::Warn("a message's call is not known to telephony", {{"call", call_id}, {"recording", recording_id}});
    caller = CallerOfCall{};
  }
  // Whatever else is wrong, the event must come again: a message is never lost.
  if (!caller.ok()) return domain::CallUnknownNow();
  domain::Create create;
  create.draft = MessageDraft(call_id, recording_id, purpose, *caller);
  HOTLINE_ASSIGN_OR_RETURN(const domain::Process process, processes_.Current(create.draft.type));
  return store_.Create(tx, request, [&](const Numbers& numbers) {
    create.draft.id = numbers.ticket_id;
    create.draft.number = numbers.number;
    create.draft.acceptance_number = numbers.acceptance_number;
    return domain::Decide(nullptr, create, request.actor, request.now, process);
  }).status();
}

events::Handlers Inbox::Handlers() {
  using postgres::Transaction;
  using events::Event;
  events::Handlers handlers;
  handlers.On<ev::SlaClockStarted>([this](Transaction& tx, const Event& event, const ev::SlaClockStarted& data) { return Clock(tx, event, data); });
  handlers.On<ev::SlaClockWarned>([this](Transaction& tx, const Event& event, const ev::SlaClockWarned& data) { return Clock(tx, event, data); });
  handlers.On<ev::SlaClockOverdue>([this](Transaction& tx, const Event& event, const ev::SlaClockOverdue& data) { return Clock(tx, event, data); });
  handlers.On<ev::SlaClockMoved>([this](Transaction& tx, const Event& event, const ev::SlaClockMoved& data) { return Clock(tx, event, data); });
  handlers.On<ev::SlaClockStopped>([this](Transaction& tx, const Event& event, const ev::SlaClockStopped& data) -> absl::Status {
    HOTLINE_RETURN_IF_ERROR(Clock(tx, event, data));
    const bool return_over = data.reason() == kWindowClosed && data.clock().step() == kReturnStep;
    return return_over ? WindowClosed(tx, event, data.clock().ticket_id()) : absl::OkStatus();
  });
  handlers.On<ev::SlaClockEscalated>([this](Transaction& tx, const Event& event, const ev::SlaClockEscalated& data) { return Escalated(tx, event, data); });
  handlers.On<ev::MessageLeft>([this](Transaction& tx, const Event& event, const ev::MessageLeft& data) {
    return Message(tx, event, data.call_id(), data.recording_id(), data.purpose());
  });
  handlers.On<ev::UnitChanged>([this](Transaction& tx, const Event&, const ev::UnitChanged& data) {
    return store_.PutUnit(tx, {data.unit_id(), data.parent_id(), data.path(), data.name(), data.active(), data.level(), data.area_code(),
                               {data.tags().begin(), data.tags().end()}});
  });
  return handlers;
}

}  // namespace hotline::ticket
