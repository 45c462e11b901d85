// What the media plane tells its user, and the way it does: every event and completion is posted to the executor the
// user gave, so that user code never runs on a media thread. Plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <variant>

#include "services/telephony/media/dtmf.h"
#include "services/telephony/media/playlist.h"
#include "services/telephony/media/recorder.h"
#include "services/telephony/media/transport.h"
#include "services/telephony/media/types.h"

namespace hotline::telephony::media {

struct DigitEvent {            // A key was pressed by the leg.
  LegId leg;
  char digit;
  DigitSource source;
};
struct RtpTimeoutEvent {       // Nothing has come for the configured time; sent once until packets come again.
  LegId leg;
  int silent_ms;
};
struct RtpResumedEvent {       // Packets came again after a time-out.
  LegId leg;
};
struct PlayFinishedEvent {     // Exactly one for every Play that was accepted.
  LegId leg;
  PlayId play;
  PlayEnd end;
  int64_t played_ms;
};
struct RecordingFinishedEvent {  // Exactly one for every recording that was accepted; the file has its final name.
  LegId leg;
  RecordingId recording;
  RecordingResult result;
};
struct WebConnectedEvent {     // ICE and DTLS are up; audio flows.
  LegId leg;
};
struct WebLostEvent {          // The browser is gone; the leg stays until it is closed.
  LegId leg;
  WebLostReason reason;
};
using MediaEvent = std::variant<DigitEvent, RtpTimeoutEvent, RtpResumedEvent, PlayFinishedEvent, RecordingFinishedEvent, WebConnectedEvent,
                                WebLostEvent>;

// Runs a task on the user's loop; must be thread-safe, must not run it at once, and must outlive the engine.
using Executor = std::function<void(std::function<void()>)>;
using EventHandler = std::function<void(const MediaEvent&)>;

// Thread-safe.
class EventSink {
 public:
  EventSink(Executor executor, EventHandler handler) : executor_(std::move(executor)), handler_(std::move(handler)) {}
  void Emit(MediaEvent event) const {
    executor_([handler = handler_, event = std::move(event)] { handler(event); });
  }
  void Run(std::function<void()> task) const { executor_(std::move(task)); }

 private:
  const Executor executor_;
  const EventHandler handler_;
};

}  // namespace hotline::telephony::media
