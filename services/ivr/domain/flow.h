// A flow as data (IVR-8): steps by name, each saying what is done and where it leads. Parsed and checked here; followed by
// dialogue.h. Pure; immutable after Parse, so one Flow serves all calls at the same time.
//
// A prompt is a name ("welcome"), a name with a variable in it ("state.{state}"), or made of a variable: "$number" reads its
// digits, "#position" reads it as a number up to 99, "%reply" speaks its text, "@message" plays the recording of this id.
// The JSON form, documented in services/ivr/README.md:
//   {"start": "welcome", "lines": ["12345"], "steps": {"welcome": {"do": "menu", ...}, ...}}
#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::ivr {

inline constexpr size_t kMaxFlowBytes = 256 * 1024;
inline constexpr size_t kMaxSteps = 500;
inline constexpr size_t kMaxPromptsOfStep = 20;
inline constexpr int kMaxTries = 9;
inline constexpr int kMaxTimeoutSeconds = 60;
inline constexpr int kMaxRecordSeconds = 600;
inline constexpr int kMaxDigits = 30;

enum class StepKind {
  kPlay,     // prompts, then `next`
  kMenu,     // prompts, one key -> keys[key]; no or another key: again, `tries` times, then `next`
  kCollect,  // prompts, digits up to `max_digits` or `end_key` into variable `into`, then `next`; nothing keyed: `failed`
  kRecord,   // a message into variable `into`; then `next`; nothing recorded: `failed`
  kTicket,   // makes a ticket of the recording in `value`: `next`, or `failed`
  kQuery,    // looks a ticket up by number in `value` and PIN in `pin`: `next`, `pin_needed`, `failed`
  kQueue,    // waits for an agent; `after` follows the agent's leaving, `failed` a queue that cannot take the call
  kRate,     // a key 1 to 5 as the rating of the agent; then `next`
  kPoll,     // one question: key into the counts of `poll`/`question`; then `next`
  kHours,    // `next` while the city's working hours run, else `failed`
  kHangup,   // the end
};

struct Step {
  std::string name;
  StepKind kind = StepKind::kHangup;
  std::vector<std::string> prompts;
  std::vector<std::string> again;   // prompts after a wrong or missing key; empty: the same prompts again
  std::map<char, std::string> keys;
  std::string next;
  std::string failed;
  std::string pin_needed;
  std::string after;
  std::string into;
  std::string value;
  std::string pin;
  std::string queue;
  std::string purpose;
  std::string poll;
  std::string question;
  std::string end_digits;
  int timeout_seconds = 6;
  int tries = 3;
  int max_digits = 8;
  int max_seconds = 180;
  int silence_seconds = 6;
  bool beep = true;
  bool interruptible = true;
};

// A fault of a flow: where, and the rule.
struct Fault {
  std::string step;
  std::string reason;
  std::string message;
  friend bool operator==(const Fault&, const Fault&) = default;
};

class Flow {
 public:
  // INVALID_ARGUMENT with the first thing that cannot be read. Faults of sense are found by Check.
  static absl::StatusOr<std::shared_ptr<const Flow>> Parse(std::string_view json);

  const std::string& start() const { return start_; }
  const std::vector<std::string>& lines() const { return lines_; }
  const std::map<std::string, Step>& steps() const { return steps_; }
  // Null if there is none.
  const Step* Find(const std::string& name) const;

  // Unknown steps, steps never reached, prompts that do not exist, menus without keys, loops that play without ever
  // waiting for the caller. Empty: may be published.
  std::vector<Fault> Check(const std::vector<std::string>& known_prompts) const;

 private:
  std::string start_;
  std::vector<std::string> lines_;
  std::map<std::string, Step> steps_;
};

}  // namespace hotline::ivr
