#include "services/ivr/domain/flow.h"

#include <algorithm>
#include <set>

#include "libs/base/error.h"
#include "libs/base/json_reader.h"

namespace hotline::ivr {
namespace {

const std::vector<std::pair<std::string, StepKind>>& Kinds() {
  static const auto* const kinds = new std::vector<std::pair<std::string, StepKind>>{
      {"play", StepKind::kPlay},       {"menu", StepKind::kMenu},     {"collect", StepKind::kCollect},
      {"record", StepKind::kRecord},
      {"ticket", StepKind::kTicket},   {"query", StepKind::kQuery},   {"queue", StepKind::kQueue},
      {"rate", StepKind::kRate},       {"poll", StepKind::kPoll},     {"hours", StepKind::kHours},
      {"hangup", StepKind::kHangup}};
  return *kinds;
}

std::vector<std::string> KindNames() {
  std::vector<std::string> names;
  for (const auto& [name, kind] : Kinds()) names.push_back(name);
  return names;
}

StepKind KindOf(const std::string& name) {
  for (const auto& [known, kind] : Kinds()) {
    if (known == name) return kind;
  }
  return StepKind::kHangup;
}

Step ReadStep(const std::string& name, base::JsonReader& reader) {
  Step step;
  step.name = name;
  step.kind = KindOf(reader.OneOf("do", KindNames()));
  step.prompts = reader.Strings("prompts");
  step.again = reader.Strings("again");
  for (const auto& [key, target] : reader.StringMap("keys")) {
    if (key.size() != 1 || std::string_view("0123456789*#").find(key) == std::string_view::npos) {
      reader.Fail("keys", "BAD_KEY", "keys are 0 to 9, * and #");
      continue;
    }
    step.keys[key[0]] = target;
  }
  step.next = reader.String("next", "");
  step.failed = reader.String("failed", "");
  step.pin_needed = reader.String("pin_needed", "");
  step.after = reader.String("after", "");
  step.into = reader.String("into", "");
  step.value = reader.String("value", "");
  step.pin = reader.String("pin", "");
  step.queue = reader.String("queue", "");
  step.purpose = reader.OneOf("purpose", {"", "mailbox", "complaint", "draft"}, "");
  step.poll = reader.String("poll", "");
  step.question = reader.String("question", "");
  step.end_digits = reader.String("end_digits", "");
  step.timeout_seconds = static_cast<int>(reader.Int("timeout_seconds", 1, kMaxTimeoutSeconds, step.timeout_seconds));
  step.tries = static_cast<int>(reader.Int("tries", 1, kMaxTries, step.tries));
  step.max_digits = static_cast<int>(reader.Int("max_digits", 1, kMaxDigits, step.max_digits));
  step.max_seconds = static_cast<int>(reader.Int("max_seconds", 1, kMaxRecordSeconds, step.max_seconds));
  step.silence_seconds = static_cast<int>(reader.Int("silence_seconds", 0, kMaxTimeoutSeconds, step.silence_seconds));
  step.beep = reader.Bool("beep", step.beep);
  step.interruptible = reader.Bool("interruptible", step.interruptible);
  return step;
}

std::vector<std::string> Targets(const Step& step) {
  std::vector<std::string> targets;
  for (const std::string* name : {&step.next, &step.failed, &step.pin_needed, &step.after}) {
    if (!name->empty()) targets.push_back(*name);
  }
  for (const auto& [key, target] : step.keys) targets.push_back(target);
  return targets;
}

// What the kind cannot do without.
std::vector<std::pair<const char*, bool>> Needs(const Step& step) {
  const auto has = [](const std::string& text) { return !text.empty(); };
  switch (step.kind) {
    case StepKind::kPlay: return {{"prompts", !step.prompts.empty()}, {"next", has(step.next)}};
    case StepKind::kMenu: return {{"prompts", !step.prompts.empty()}, {"keys", !step.keys.empty()}, {"next", has(step.next)}};
    case StepKind::kCollect: return {{"prompts", !step.prompts.empty()}, {"into", has(step.into)}, {"next", has(step.next)}, {"failed", has(step.failed)}};
    case StepKind::kRecord: return {{"into", has(step.into)}, {"purpose", has(step.purpose)}, {"next", has(step.next)}, {"failed", has(step.failed)}};
    case StepKind::kTicket: return {{"value", has(step.value)}, {"next", has(step.next)}, {"failed", has(step.failed)}};
    case StepKind::kQuery: return {{"value", has(step.value)}, {"next", has(step.next)}, {"pin_needed", has(step.pin_needed)}, {"failed", has(step.failed)}};
    case StepKind::kQueue: return {{"queue", has(step.queue)}, {"after", has(step.after)}, {"failed", has(step.failed)}};
    case StepKind::kRate: return {{"prompts", !step.prompts.empty()}, {"next", has(step.next)}};
    case StepKind::kPoll: return {{"prompts", !step.prompts.empty()}, {"poll", has(step.poll)}, {"question", has(step.question)}, {"next", has(step.next)}};
    case StepKind::kHours: return {{"next", has(step.next)}, {"failed", has(step.failed)}};
    case StepKind::kHangup: return {};
  }
  return {};
}

// Whether the prompt depends on variables, so that it cannot be looked up here.
bool IsMade(const std::string& prompt) {
  return prompt.empty() || std::string_view("$#%@").find(prompt[0]) != std::string_view::npos ||
         prompt.find('{') != std::string::npos;
}

// Whether the step, by itself, waits for something that takes the caller's or an agent's time.
bool Waits(const Step& step) {
  return step.kind != StepKind::kPlay && step.kind != StepKind::kHours &&
         step.kind != StepKind::kTicket && step.kind != StepKind::kQuery;
}

std::set<std::string> Reached(const Flow& flow) {
  std::set<std::string> reached;
  std::vector<std::string> open{flow.start()};
  while (!open.empty()) {
    const std::string name = open.back();
    open.pop_back();
    const Step* step = flow.Find(name);
    if (step == nullptr || !reached.insert(name).second) continue;
    for (const std::string& target : Targets(*step)) open.push_back(target);
  }
  return reached;
}

// Whether a caller who does nothing comes back to `start` over steps that never wait.
bool LoopsWithoutWaiting(const Flow& flow, const Step& start) {
  std::set<std::string> seen;
  std::vector<std::string> open{start.name};
  while (!open.empty()) {
    const Step* step = flow.Find(open.back());
    open.pop_back();
    if (step == nullptr || Waits(*step)) continue;
    for (const std::string& target : Targets(*step)) {
      if (target == start.name) return true;
      if (seen.insert(target).second) open.push_back(target);
    }
  }
  return false;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Flow>> Flow::Parse(std::string_view json) {
  if (json.size() > kMaxFlowBytes) return base::InvalidField("definition_json", "TOO_LONG", "at most 256 KB");
  auto root = base::JsonReader::Parse(json);
  if (!root.ok()) return base::InvalidField("definition_json", "BAD_FORMAT", "not a JSON object");
  auto flow = std::make_shared<Flow>();
  flow->start_ = root->String("start");
  flow->lines_ = root->Strings("lines");
  auto steps = root->ObjectMap("steps");
  if (steps.size() > kMaxSteps) return base::InvalidField("definition_json", "TOO_MANY", "at most 500 steps");
  for (auto& [name, reader] : steps) flow->steps_.emplace(name, ReadStep(name, reader));
  HOTLINE_RETURN_IF_ERROR(root->Finish());
  return std::shared_ptr<const Flow>(std::move(flow));
}

const Step* Flow::Find(const std::string& name) const {
  const auto found = steps_.find(name);
  return found == steps_.end() ? nullptr : &found->second;
}

std::vector<Fault> Flow::Check(const std::vector<std::string>& known_prompts) const {
  std::vector<Fault> faults;
  if (Find(start_) == nullptr) faults.push_back({"", "UNKNOWN_STEP", "start names no step"});
  const std::set<std::string> prompts(known_prompts.begin(), known_prompts.end());
  const std::set<std::string> reached = Reached(*this);
  for (const auto& [name, step] : steps_) {
    for (const auto& [field, given] : Needs(step)) {
      if (!given) faults.push_back({name, "REQUIRED", std::string(field) + " is missing"});
    }
    for (const std::string& target : Targets(step)) {
      if (Find(target) == nullptr) faults.push_back({name, "UNKNOWN_STEP", "leads to a step that is not there: " + target});
    }
    std::vector<std::string> heard = step.prompts;
    heard.insert(heard.end(), step.again.begin(), step.again.end());
    if (heard.size() > kMaxPromptsOfStep) faults.push_back({name, "TOO_MANY", "at most 20 prompts"});
    for (const std::string& prompt : heard) {
      if (!IsMade(prompt) && prompts.count(prompt) == 0) {
        faults.push_back({name, "UNKNOWN_PROMPT", "prompt that is not there: " + prompt});
      }
    }
    if (reached.count(name) == 0) faults.push_back({name, "UNREACHABLE", "no step leads here"});
    if (!Waits(step) && LoopsWithoutWaiting(*this, step)) {
      faults.push_back({name, "ENDLESS_LOOP", "comes back to itself without ever waiting for the caller"});
    }
  }
  return faults;
}

}  // namespace hotline::ivr
