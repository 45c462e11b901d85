#include "services/telephony/events.h"

namespace hotline::telephony {

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp out;
  const int64_t micros = absl::ToUnixMicros(time);  // what PostgreSQL keeps
  int64_t seconds = micros / 1'000'000, rest = micros % 1'000'000;
  if (rest < 0) {
    rest += 1'000'000;
    --seconds;
  }
  out.set_seconds(seconds);
  out.set_nanos(static_cast<int32_t>(rest * 1000));
  return out;
}

absl::Time FromTimestamp(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

events::v1::CallEnded EndedEvent(const v1::Call& call) {
  events::v1::CallEnded event;
  event.set_call_id(call.call_id());
  event.set_direction(call.direction());
  // The line dialled is ours; what an agent dialled is a citizen's number.
  if (call.direction() == "inbound") event.set_called_line(call.called_number());
  event.set_trunk_id(call.trunk_id());
  event.set_queue_id(call.queue_id());
  event.set_agent_id(call.agent_id());
  event.set_outcome(call.outcome());
  event.set_end_reason(call.end_reason());
  *event.mutable_start_time() = call.start_time();
  if (call.has_enqueue_time()) *event.mutable_enqueue_time() = call.enqueue_time();
  if (call.has_agent_answer_time()) *event.mutable_agent_answer_time() = call.agent_answer_time();
  *event.mutable_end_time() = call.end_time();
  event.set_wait_ms(call.wait_ms());
  event.set_talk_ms(call.talk_ms());
  event.set_ticket_id(call.ticket_id());
  return event;
}

events::v1::RecordingKept KeptEvent(const v1::Recording& recording) {
  events::v1::RecordingKept event;
  event.set_call_id(recording.call_id());
  event.set_recording_id(recording.recording_id());
  event.set_kind(recording.kind());
  event.set_duration_ms(recording.duration_ms());
  return event;
}

events::v1::MessageLeft LeftEvent(const v1::Recording& recording) {
  events::v1::MessageLeft event;
  event.set_call_id(recording.call_id());
  event.set_recording_id(recording.recording_id());
  event.set_purpose(recording.purpose());
  event.set_duration_ms(recording.duration_ms());
  *event.mutable_time() = ToTimestamp(FromTimestamp(recording.start_time()) + absl::Milliseconds(recording.duration_ms()));
  return event;
}

}  // namespace hotline::telephony
