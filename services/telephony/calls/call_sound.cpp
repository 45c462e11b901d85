// What the trunk's party hears, and recordings.
#include <absl/time/clock.h>

#include <cstdio>

#include "libs/base/id.h"
#include "libs/base/log.h"
#include "services/telephony/calls/call.h"
#include "services/telephony/calls/exchange.h"
#include "services/telephony/calls/recordings.h"
#include "services/telephony/domain/limits.h"
#include "services/telephony/events.h"

namespace hotline::telephony {
namespace {

const char* ReasonOf(media::RecordingEnd end) {
  switch (end) {
    case media::RecordingEnd::kMaxLength: return "max_length";
    case media::RecordingEnd::kSilence: return "silence";
    case media::RecordingEnd::kFailed: return "disk_full";
    default: return "hangup";
  }
}

}  // namespace

void Call::Play(std::string action_id, std::vector<std::string> ids, bool interruptible, bool then_music, PlayDone done) {
  StopSound();
  sound_.kind = Sound::Kind::kPlay;
  sound_.number = ++sounds_;
  sound_.action_id = std::move(action_id);
  sound_.interruptible = interruptible;
  sound_.then_music = then_music;
  sound_.play_done = std::move(done);
  const auto recording = [weak = weak_from_this()](const std::string& id) {
    const auto self = weak.lock();
    const auto it = self ? self->messages_.find(id) : std::map<std::string, std::string>::iterator();
    return self && it != self->messages_.end() ? it->second : std::string();
  };
  x_.prompts().Resolve(std::move(ids), recording,
                       [weak = weak_from_this(), number = sound_.number](std::vector<media::PromptPtr> items, std::string failed) {
                         const auto self = weak.lock();
                         if (!self || self->sound_.number != number) return;
                         self->sound_.items = std::move(items);
                         self->sound_.failed_prompt = std::move(failed);
                         self->sound_.resolved = true;
                         self->BeginPlay();
                       });
}

void Call::PlayItems(std::vector<media::PromptPtr> items, PlayDone done) {
  StopSound();
  sound_.kind = Sound::Kind::kPlay;
  sound_.number = ++sounds_;
  sound_.items = std::move(items);
  sound_.resolved = true;
  sound_.play_done = std::move(done);
  BeginPlay();
}

// Waits for the prompts and for the caller's media, whichever is later.
void Call::BeginPlay() {
  if (!sound_.resolved || !media_ready_) return;
  if (sound_.items.empty()) return FinishPlay(false);
  sound_.play = x_.media().Play(leg_, {.items = std::move(sound_.items)}, [weak = weak_from_this(), number = sound_.number](absl::Status status) {
    const auto self = weak.lock();
    if (self && !status.ok() && self->sound_.number == number) self->FinishPlay(false);
  });
}

void Call::FinishPlay(bool interrupted) {
  const Sound done = std::exchange(sound_, {});
  if (ending_) return;
  if (done.then_music) StartMusic();
  if (done.play_done) done.play_done(interrupted, done.failed_prompt);
}

void Call::OnPlayFinished(media::PlayId play) {
  if (play != sound_.play || ending_) return;
  if (sound_.kind == Sound::Kind::kPlay) return FinishPlay(sound_.interrupted);
  if (sound_.kind == Sound::Kind::kBeep) BeginRecording();
}

void Call::StartMusic() {
  if (sound_.kind == Sound::Kind::kMusic) return;
  StopSound();
  sound_.kind = Sound::Kind::kMusic;
  sound_.number = ++sounds_;
  if (media_ready_) sound_.play = x_.media().Play(leg_, {.items = {x_.prompts().music()}, .loops = 0});
}

// Whatever sounds or is recorded makes place for what comes next.
void Call::StopSound() {
  if (sound_.kind == Sound::Kind::kNone) return;
  Sound old = std::exchange(sound_, {});
  if (old.kind == Sound::Kind::kRecord && old.recording) {
    if (const auto it = recordings_.find(old.recording); it != recordings_.end()) it->second.reason = "replaced";
    x_.media().StopRecording(leg_, old.recording);
    return;
  }
  if (old.play) x_.media().StopPlay(leg_, old.play);
  if (old.kind == Sound::Kind::kPlay && old.play_done) old.play_done(true, old.failed_prompt);
  if ((old.kind == Sound::Kind::kBeep || old.kind == Sound::Kind::kRecord) && old.record_done) old.record_done({"", 0, "replaced", ""});
}

void Call::OnMediaReady() {
  if (std::exchange(media_ready_, true)) return;
  switch (sound_.kind) {
    case Sound::Kind::kPlay: return BeginPlay();
    case Sound::Kind::kMusic:
      sound_ = {};
      return StartMusic();
    case Sound::Kind::kBeep:
    case Sound::Kind::kRecord: return Record(std::exchange(sound_, {}));
    case Sound::Kind::kNone: return;
  }
}

void Call::OnKey(char digit) {
  if (ending_) return;
  const std::string key(1, digit);
  if (!builtin_ && dialogue_) {
    ivr::v1::CallEvent event;
    event.mutable_digit()->set_digit(key);
    *event.mutable_digit()->mutable_time() = ToTimestamp(absl::Now());
    Tell(std::move(event));
  }
  if (sound_.kind == Sound::Kind::kPlay && sound_.interruptible && !sound_.interrupted) {
    sound_.interrupted = true;
    if (sound_.play) x_.media().StopPlay(leg_, sound_.play);
    else FinishPlay(true);
  } else if (sound_.kind == Sound::Kind::kRecord && sound_.end_digits.find(digit) != std::string::npos) {
    StopRecording("digit", key);
  } else if (sound_.kind == Sound::Kind::kBeep && sound_.end_digits.find(digit) != std::string::npos) {
    const Sound old = std::exchange(sound_, {});
    if (old.play) x_.media().StopPlay(leg_, old.play);
    if (old.record_done) old.record_done({"", 0, "digit", key});
  }
}

// ---- the caller's messages

void Call::Record(Sound sound) {
  StopSound();
  sound_ = std::move(sound);
  sound_.number = ++sounds_;
  sound_.kind = sound_.beep ? Sound::Kind::kBeep : Sound::Kind::kRecord;
  if (!media_ready_) return;
  if (!sound_.beep) return BeginRecording();
  sound_.play = x_.media().Play(leg_, {.items = {x_.prompts().beep()}}, [weak = weak_from_this(), number = sound_.number](absl::Status status) {
    const auto self = weak.lock();
    if (self && !status.ok() && self->sound_.number == number) self->BeginRecording();
  });
}

void Call::BeginRecording() {
  sound_.kind = Sound::Kind::kRecord;
  sound_.play = {};
  media::RecordingOptions options;
  options.stereo = false;
  options.max_ms = sound_.max_ms;
  options.silence_ms = sound_.silence_ms;
  const uint64_t number = sound_.number;
  sound_.recording = NewRecording("message", sound_.purpose, "", std::move(options), [this, number, done = sound_.record_done](const RecordOutcome& outcome) {
    if (sound_.number == number) sound_ = {};
    if (done) done(outcome);
    // Nobody may be there to say what comes next.
    if (!ending_ && !builtin_ && sound_.kind == Sound::Kind::kNone && dialogue_ && !dialogue_->served()) StartMusic();
  });
}

void Call::StopRecording(const std::string& reason, const std::string& digit) {
  const auto it = recordings_.find(sound_.recording);
  if (it == recordings_.end()) return;
  it->second.reason = reason;
  it->second.digit = digit;
  x_.media().StopRecording(leg_, sound_.recording);
}

media::RecordingId Call::NewRecording(const char* kind, const std::string& purpose, const std::string& agent_id, media::RecordingOptions options,
                                      RecordDone done) {
  RunningRecording running;
  v1::Recording& recording = running.kept.recording;
  recording.set_recording_id(base::NewId());
  recording.set_call_id(id());
  recording.set_kind(kind);
  recording.set_purpose(purpose);
  *recording.mutable_start_time() = ToTimestamp(absl::Now());
  running.kept.agent_id = agent_id;
  running.kept.path = x_.NewRecordingPath(recording.recording_id());
  running.path = x_.config().recordings_dir + "/" + running.kept.path;
  running.done = std::move(done);
  options.path = running.path;
  const auto handle = std::make_shared<media::RecordingId>();
  const media::RecordingId id = x_.media().StartRecording(leg_, std::move(options), [weak = weak_from_this(), handle](absl::Status status) {
    const auto self = weak.lock();
    if (!self || status.ok()) return;
    base::log::Error("a recording could not begin", {{"call", self->id()}, {"error", status}});
    media::RecordingResult failed;
    failed.end = media::RecordingEnd::kFailed;
    failed.status = status;
    self->OnRecordingFinished(*handle, failed);
  });
  *handle = id;
  x_.AddRecording(id, shared_from_this());
  recordings_.emplace(id, std::move(running));
  SaveOpen();
  return id;
}

void Call::StartCallRecording() {
  if (call_recording_) return;
  call_recording_ = NewRecording("call", "call", agent_.id, {}, {});
}

void Call::StopCallRecording() {
  if (!call_recording_) return;
  x_.media().StopRecording(leg_, call_recording_);
  call_recording_ = {};
}

void Call::OnRecordingFinished(media::RecordingId recording, const media::RecordingResult& result) {
  const auto it = recordings_.find(recording);
  if (it == recordings_.end()) return;
  RunningRecording running = std::move(it->second);
  recordings_.erase(it);
  x_.ForgetRecording(recording);
  if (recording == call_recording_) call_recording_ = {};
  RecordOutcome outcome;
  outcome.reason = running.reason.empty() ? ReasonOf(result.end) : running.reason;
  outcome.digit = running.digit;
  Keep(running, result, outcome);
  SaveOpen();
  if (running.done) running.done(outcome);
  Settle();
}

void Call::Keep(RunningRecording& running, const media::RecordingResult& result, RecordOutcome& outcome) {
  v1::Recording& recording = running.kept.recording;
  const bool message = recording.kind() == "message";
  if (!result.status.ok()) {
    base::log::Error("a recording failed", {{"call", id()}, {"recording", recording.recording_id()}, {"error", result.status}});
    return;
  }
  const int64_t shortest = message ? absl::ToInt64Milliseconds(kShortestMessage) : 1;
  if (result.duration_ms < shortest) {
    std::remove(running.path.c_str());
    return;
  }
  recording.set_duration_ms(static_cast<int32_t>(result.duration_ms));
  recording.set_level_left_dbfs(Dbfs(result.left_rms));
  recording.set_level_right_dbfs(message ? -100 : Dbfs(result.right_rms));
  outcome.recording_id = recording.recording_id();
  outcome.duration_ms = recording.duration_ms();
  if (message) messages_[recording.recording_id()] = running.path;
  // Until it is in the spool it stays in the record of the open call, which the next process reads if this one dies.
  keeping_[recording.recording_id()] = RecordingFact(running.kept);
  x_.KeepRecording(std::move(running.kept), [self = shared_from_this(), id = outcome.recording_id] {
    self->keeping_.erase(id);
    self->SaveOpen();
    self->Settle();
  });
}

}  // namespace hotline::telephony
