// One call's way through a flow, pure: inputs in, effects out, and a state small enough to travel as the checkpoint of every
// action (DESIGN: ivr keeps calls in memory only). Not thread-safe; one Dialogue per call.
//
//   Dialogue dialogue(flow, call);
//   for (const Effect& effect : dialogue.Begin(now)) ...
//   for (const Effect& effect : dialogue.Handle(Digit{'1'}, now)) ...
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "services/ivr/domain/flow.h"

namespace hotline::ivr {

inline constexpr size_t kMaxCheckpointBytes = 16 * 1024;
inline constexpr size_t kMaxVariableBytes = 2000;
inline constexpr int kMinMessageMs = 1000;       // shorter recordings are none
inline constexpr int kMaxStepsInARow = 50;       // without waiting: a fault of the flow that Check did not see
inline constexpr int kOtherAgentAfterLineLost = 3;  // times a caller is queued again when agents' lines are lost

// ---- what happens
struct Digit { char key; };
struct PlayEnded { std::string action_id; };
struct RecordEnded { std::string action_id; std::string recording_id; int duration_ms = 0; };
struct TimerFired { int timer = 0; };
struct TicketMade { std::string acceptance_number; std::string query_pin; std::string ticket_id; };
struct TicketFailed {};
struct QueryAnswered { bool pin_required = false; std::string state; std::string reply; std::string ticket_id; };
struct QueryFailed { bool too_many = false; };
struct QueuePosition { int position = 0; int expected_wait_seconds = -1; };
struct QueueOffer { std::string offer_id; std::string agent_id; int ring_seconds = 15; };
struct QueueFailed {};
enum class ConnectResult { kAnswered, kNoAnswer, kRejected, kFailed };
struct ConnectEnded { std::string offer_id; ConnectResult result = ConnectResult::kFailed; };
struct AgentLeft { std::string agent_id; bool to_rating = false; bool line_lost = false; };
struct HoursAnswer { bool open = true; };
using Input = std::variant<Digit, PlayEnded, RecordEnded, TimerFired, TicketMade, TicketFailed, QueryAnswered, QueryFailed,
                           QueuePosition, QueueOffer, QueueFailed, ConnectEnded, AgentLeft, HoursAnswer>;

// ---- what is to be done
struct DoAnswer {};
struct DoPlay { std::string action_id; std::vector<std::string> prompts; bool interruptible = true; bool then_music = false; };
struct DoRecord { std::string action_id; int max_seconds = 0; std::string end_digits; int silence_seconds = 0; bool beep = true; std::string purpose; };
struct DoMusic {};
struct DoHangUp {};
struct SetTimer { int timer = 0; int seconds = 0; };  // replaces the one before
struct MakeTicket { std::string recording_id; std::string purpose; };
struct AskTicket { std::string number; std::string pin; };
struct EnterQueue { std::string queue_id; absl::Time first_enqueue_time; bool first_in_line = false; std::vector<std::string> excluded_agents; };
struct LeaveQueue {};
struct DoConnect { std::string offer_id; std::string agent_id; int ring_seconds = 15; std::string queue_id; absl::Time enqueue_time; };
struct CancelConnect { std::string offer_id; };
struct TellOfferResult { std::string offer_id; ConnectResult result = ConnectResult::kFailed; };
struct StoreRating { std::string agent_id; int score = 0; };
struct StorePoll { std::string poll; std::string question; char key = 0; };
struct AskHours {};
struct DoNote { std::string outcome; std::string queue_id; absl::Time enqueue_time; bool left_queue = false; std::string ticket_id; };
using Effect = std::variant<DoAnswer, DoPlay, DoRecord, DoMusic, DoHangUp, SetTimer, MakeTicket, AskTicket, EnterQueue,
                            LeaveQueue, DoConnect, CancelConnect, TellOfferResult, StoreRating, StorePoll, AskHours, DoNote>;
using Effects = std::vector<Effect>;

// Where in its step the call is.
enum class Phase {
  kPrompt,     // prompts play, keys count
  kWaitKey,    // prompts are over, keys count until the timer
  kRecording,
  kAsking,     // waits for a ticket, a query or the hours
  kQueued,
  kRinging,    // queued, and an agent is rung
  kTalking,
  kEnding,     // last prompts, then the end
};

inline constexpr int kMinutesUnknown = -1;
inline constexpr absl::Duration kPlaceSaidEvery = absl::Seconds(15);  // when the position changed
inline constexpr absl::Duration kWaitSaidEvery = absl::Seconds(60);   // when only the expected wait did

class Dialogue {
 public:
  struct Call {
    std::string flow_id;
    int version = 0;
  };
  Dialogue(std::shared_ptr<const Flow> flow, Call call) : flow_(std::move(flow)), call_(std::move(call)) {}

  // A new call: answers and enters the first step.
  Effects Begin(absl::Time now);
  // A call whose stream broke: `agent_connected` and `recording` are what telephony says still runs.
  Effects Resume(const std::string& checkpoint, bool agent_connected, bool recording, absl::Time now);
  Effects Handle(const Input& input, absl::Time now);

  // Enough to go on from here; at most kMaxCheckpointBytes. The flow and version it names are needed to restore it.
  std::string Checkpoint() const;
  static absl::StatusOr<Call> CallOf(const std::string& checkpoint);

  const std::string& step() const { return step_; }
  Phase phase() const { return phase_; }
  bool over() const { return over_; }

 private:
  struct Handler;

  void Enter(const std::string& step, absl::Time now, Effects& out);
  void EnterMenu(const Step& step, bool again, Effects& out);
  void EnterQueueStep(const Step& step, absl::Time now, Effects& out);
  void EnterRecord(const Step& step, Effects& out);
  void Play(const std::vector<std::string>& prompts, bool interruptible, bool then_music, Effects& out);
  void Wrong(const Step& step, absl::Time now, Effects& out);
  void Key(const Step& step, char key, absl::Time now, Effects& out);
  void CollectKey(const Step& step, char key, absl::Time now, Effects& out);
  void End(Effects& out);
  void TellPlace(absl::Time now, Effects& out);
  void LeaveQueueFor(const std::string& step, absl::Time now, Effects& out);
  void StartTimer(int seconds, Effects& out);
  void Set(const std::string& name, std::string value);
  std::string Get(const std::string& name) const;
  std::vector<std::string> Expand(const std::vector<std::string>& prompts) const;
  std::string NewAction();
  const Step& Current() const;

  const std::shared_ptr<const Flow> flow_;
  const Call call_;
  std::string step_;
  Phase phase_ = Phase::kPrompt;
  std::map<std::string, std::string> variables_;
  std::string digits_;
  int tries_ = 0;
  int actions_ = 0;
  int timer_ = 0;
  int in_a_row_ = 0;
  int lines_lost_ = 0;
  bool over_ = false;
  std::string awaited_;  // action whose end is awaited
  std::optional<absl::Time> enqueue_time_;
  std::string offer_id_;
  std::string agent_id_;
  std::vector<std::string> excluded_agents_;
  bool first_in_line_ = false;
  // What a waiting caller was told: an announcement is never cut off by the next, and the place is not said all the time.
  bool announcing_ = false;
  std::optional<QueuePosition> unsaid_place_;
  int said_position_ = 0;
  int said_minutes_ = kMinutesUnknown;
  absl::Time place_said_ = absl::InfinitePast();
  std::string trailing_keys_;  // the end key of a number that was complete without it: dropped when it comes next
};

}  // namespace hotline::ivr
