// One call: its trunk leg, the dialogue with ivr, what the other party hears, the agent's part, its record. It decides
// nothing that ivr decides; what it does by itself is what must happen when others are dead: music, the built-in
// announcement, the end of media, the record.
//
// Io thread only. Kept alive by the Exchange until its record is complete. By topic: call.cpp (life, trunk leg, record),
// call_sound.cpp (plays, music, recordings), call_ivr.cpp (actions, built-in dialogue, transfer), call_agent.cpp
// (ringing, talking, holding), call_outbound.cpp.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hotline/telephony/v1/telephony.pb.h"
#include "services/telephony/calls/dialogue.h"
#include "services/telephony/calls/io_timer.h"
#include "services/telephony/calls/leg_reporter.h"
#include "services/telephony/media/media_engine.h"
#include "services/telephony/sip/types.h"
#include "services/telephony/store.h"

namespace hotline::telephony {

class Exchange;
class Line;

class Call final : public std::enable_shared_from_this<Call>, public Dialogue::Owner {
 public:
  Call(Exchange& exchange, std::string id, uint64_t placement);
  ~Call() override;

  const std::string& id() const { return record_.call_id(); }
  uint64_t placement() const { return placement_; }
  const v1::Call& record() const { return record_; }

  void StartInbound(SessionId session, const InviteInfo& info);
  void StartOutbound(const std::shared_ptr<Line>& line, const std::string& number, const std::string& ticket_id,
                     const std::string& reservation_id);

  // From the trunk.
  void OnProgress(SessionId session, int code, const std::optional<NegotiatedAudio>& audio);
  void OnAnswered(SessionId session, const NegotiatedAudio& audio);
  void OnOffer(SessionId session, const NegotiatedAudio& audio);
  void OnSessionEnded(SessionId session, const EndInfo& info);
  void OnKey(char digit);

  // From the media plane.
  void OnPlayFinished(media::PlayId play);
  void OnRecordingFinished(media::RecordingId recording, const media::RecordingResult& result);
  void OnRtpTimeout(media::LegId leg);

  // From the agent's line.
  absl::Status OnLineAnswer();
  absl::Status OnLineReject();
  absl::Status OnLineHangUp(bool to_rating);
  absl::Status OnLineHold(bool hold);
  absl::Status OnLineMute(bool muted);
  absl::Status OnLineDigit(const std::string& digit);
  bool AgentTalks() const { return agent_.phase != Agent::Phase::kNone && agent_.phase != Agent::Phase::kRinging; }
  void OnLineMedia(bool up);  // the browser's audio came (back) or went
  void OnLineLost();          // and stayed away
  void ReportAgentLeg();

  // The process stops.
  void Shutdown();

 private:
  struct RecordOutcome {
    std::string recording_id;  // empty: nothing kept
    int duration_ms = 0;
    std::string reason, digit;
  };
  using PlayDone = std::function<void(bool interrupted, const std::string& failed_prompt)>;
  using RecordDone = std::function<void(const RecordOutcome&)>;

  // What the trunk's party hears, or says into a recording of its own.
  struct Sound {
    enum class Kind { kNone, kPlay, kMusic, kBeep, kRecord };
    Kind kind = Kind::kNone;
    uint64_t number = 0;
    std::string action_id;
    media::PlayId play;
    // plays
    std::vector<media::PromptPtr> items;
    bool resolved = false;
    bool interruptible = false, then_music = false, interrupted = false;
    std::string failed_prompt;
    PlayDone play_done;
    // recordings
    media::RecordingId recording;
    std::string purpose, end_digits, reason, digit;
    int max_ms = 0, silence_ms = 0;
    bool beep = false;
    RecordDone record_done;
  };
  struct RunningRecording {
    KeptRecording kept;
    std::string path;
    std::string reason, digit;  // why it was stopped by us
    RecordDone done;            // of a message
  };
  struct Agent {
    enum class Phase { kNone, kDialling, kRinging, kTalking, kHeld };
    Phase phase = Phase::kNone;
    std::shared_ptr<Line> line;
    std::string id, offer_id, action_id;
    int leg = -1;  // in record_.legs
    absl::Time answered_at;
    bool muted = false;
    bool media_lost = false;
  };
  struct Transfer {
    SessionId session = 0;
    media::LegId leg;
    std::string action_id;
    int cdr_leg = -1;
    bool answered = false;
    bool active = false;
  };

  // call.cpp
  bool OpenLeg(media::LegId& leg, uint16_t& port);
  LocalAudio Audio(uint16_t port) const;
  void Configure(media::LegId leg, const NegotiatedAudio& audio);
  void Answer();
  void End(const std::string& reason, const std::string& hung_up);
  void Settle();
  void Complete();
  void SaveOpen();
  int AddLeg(const char* kind, const std::string& agent_id);
  void EndLeg(int leg, const std::string& reason);
  std::string Outcome() const;

  // call_sound.cpp
  void Play(std::string action_id, std::vector<std::string> ids, bool interruptible, bool then_music, PlayDone done);
  void PlayItems(std::vector<media::PromptPtr> items, PlayDone done);
  void BeginPlay();
  void FinishPlay(bool interrupted);
  void StartMusic();
  void Record(Sound sound);
  void BeginRecording();
  void StopRecording(const std::string& reason, const std::string& digit);
  void StopSound();
  void OnMediaReady();
  void StartCallRecording();
  void StopCallRecording();
  media::RecordingId NewRecording(const char* kind, const std::string& purpose, const std::string& agent_id, media::RecordingOptions options,
                                  RecordDone done);
  void Keep(RunningRecording& running, const media::RecordingResult& result, RecordOutcome& outcome);

  // call_ivr.cpp
  ivr::v1::Arrived MakeArrived() override;
  void OnAction(const ivr::v1::Action& action) override;
  void OnServed() override;
  void OnBroken(const absl::Status& status) override;
  void DoPlay(const ivr::v1::Action& action);
  void DoRecord(const ivr::v1::Action& action);
  void DoHangUp(const ivr::v1::HangUp& action);
  void DoNote(const ivr::v1::Note& note);
  void DoTransfer(const ivr::v1::Action& action);
  void OnTransferProgress(const std::optional<NegotiatedAudio>& audio);
  void OnTransferAnswered(const NegotiatedAudio& audio);
  void OnTransferEnded(const EndInfo& info);
  void Tell(ivr::v1::CallEvent event);
  void StartBuiltin();
  void BuiltinRecord();

  // call_agent.cpp
  void DoConnect(const ivr::v1::Action& action);
  void DoCancelConnect(const std::string& offer_id);
  void TellConnect(const std::string& action_id, const std::string& offer_id, ivr::v1::ConnectDone::Result result);
  void Talk();
  void Join();
  void Part();
  void EndAgent(const std::string& leg_reason, const std::string& line_reason);
  v1::LineCall View(v1::LineCall::Phase phase) const;

  // call_outbound.cpp
  void OnDialled(const struct DialResult& result);
  void OnOutboundProgress(const std::optional<NegotiatedAudio>& audio);
  void OnOutboundAnswered(const NegotiatedAudio& audio);
  void OnOutboundEnded(const EndInfo& info);

  Exchange& x_;
  const uint64_t placement_;
  v1::Call record_;
  SessionId session_ = 0;
  media::LegId leg_;
  uint16_t port_ = 0;
  int trunk_leg_ = -1;
  bool answered_ = false;     // 200 is sent, or the called party's has come
  bool media_ready_ = false;  // we know where audio goes
  bool ending_ = false;
  bool complete_ = false;
  bool leg_closing_ = false;
  std::string hung_up_;

  std::shared_ptr<Dialogue> dialogue_;
  std::string checkpoint_;
  bool served_ = false;      // ivr has given an action
  bool left_to_ivr_ = false;  // the agent has hung up, and ivr has not said yet how to go on
  bool builtin_ = false;
  std::string outcome_;      // as ivr noted it
  absl::Time left_queue_ = absl::InfiniteFuture();
  IoTimer patience_, ring_timer_, end_timer_;

  Sound sound_;
  uint64_t sounds_ = 0;
  std::map<media::RecordingId, RunningRecording> recordings_;
  std::map<std::string, std::string> keeping_;   // facts of finished recordings that are not in the spool yet, by recording id
  std::map<std::string, std::string> messages_;  // paths of this call's own messages, by recording id
  media::RecordingId call_recording_;
  media::BridgeId bridge_;
  Agent agent_;
  Transfer transfer_;
};

}  // namespace hotline::telephony
