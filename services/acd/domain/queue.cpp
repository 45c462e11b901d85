#include "services/acd/domain/queue.h"

#include <algorithm>
#include <map>
#include <set>

#include "libs/base/error.h"
#include "libs/base/text.h"

namespace hotline::acd {
namespace {

bool IsName(std::string_view text, size_t min, size_t max, std::string_view punctuation) {
  if (text.size() < min || text.size() > max) return false;
  return std::all_of(text.begin(), text.end(), [punctuation](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || punctuation.find(c) != std::string_view::npos;
  });
}

struct Faults {
  std::vector<base::FieldViolation> all;

  void Add(std::string field, std::string rule, std::string description) {
    all.push_back({"queue." + std::move(field), std::move(rule), std::move(description)});
  }
  void Range(const std::string& field, int value, int min, int max) {
    if (value < min || value > max) Add(field, "OUT_OF_RANGE", std::to_string(min) + " to " + std::to_string(max));
  }
  void Text(const std::string& field, std::string_view text, size_t min) {
    const absl::Status status = base::CheckText("queue." + field, text, min, kMaxQueueName);
    for (base::FieldViolation& fault : base::FieldViolations(status)) all.push_back(std::move(fault));
  }
};

void CheckRings(const Queue& queue, Faults& faults) {
  if (queue.rings.size() > kMaxRings) faults.Add("rings", "TOO_MANY", "at most " + std::to_string(kMaxRings));
  int after = 0;
  for (size_t i = 0; i < queue.rings.size(); ++i) {
    const std::string field = "rings[" + std::to_string(i) + "]";
    faults.Range(field + ".after_seconds", queue.rings[i].after_seconds, 1, kMaxRingAfterSeconds);
    faults.Range(field + ".minimum_level", queue.rings[i].minimum_level, 0, kMaxLevel);
    if (queue.rings[i].after_seconds <= after) faults.Add(field + ".after_seconds", "NOT_ASCENDING", "later than the ring before");
    after = queue.rings[i].after_seconds;
  }
}

}  // namespace

absl::Status Complete(Queue& queue) {
  if (queue.group.empty()) queue.group = std::string(kDefaultGroup);
  if (queue.minimum_level == 0) queue.minimum_level = 1;
  if (queue.ring_seconds == 0) queue.ring_seconds = kDefaultRingSeconds;
  if (queue.capacity == 0) queue.capacity = kDefaultCapacity;
  if (queue.target_seconds == 0) queue.target_seconds = kDefaultTargetSeconds;
  Faults faults;
  if (!IsName(queue.id, kMinQueueId, kMaxQueueId, "-_")) faults.Add("queue_id", "BAD_FORMAT", "2 to 64 of a-z, 0-9, '-', '_'");
  if (!IsName(queue.group, 1, kMaxQueueId, "-_")) faults.Add("queue_group", "BAD_FORMAT", "1 to 64 of a-z, 0-9, '-', '_'");
  faults.Text("name", queue.name, 1);
  faults.Text("name_en", queue.name_en, 0);
  if (queue.required_skills.size() > kMaxRequiredSkills) {
    faults.Add("required_skills", "TOO_MANY", "at most " + std::to_string(kMaxRequiredSkills));
  }
  std::set<std::string> seen;
  for (size_t i = 0; i < queue.required_skills.size(); ++i) {
    const std::string field = "required_skills[" + std::to_string(i) + "]";
    if (!IsName(queue.required_skills[i], 1, kMaxSkillName, "-_.")) faults.Add(field, "BAD_FORMAT", "of a-z, 0-9, '-', '_', '.'");
    if (!seen.insert(queue.required_skills[i]).second) faults.Add(field, "DUPLICATE", "named twice");
  }
  faults.Range("minimum_level", queue.minimum_level, 1, kMaxLevel);
  faults.Range("priority", queue.priority, 0, kMaxPriority);
  faults.Range("ring_seconds", queue.ring_seconds, kMinRingSeconds, kMaxRingSeconds);
  faults.Range("capacity", queue.capacity, 1, kMaxCapacity);
  faults.Range("target_seconds", queue.target_seconds, 1, kMaxTargetSeconds);
  CheckRings(queue, faults);
  return faults.all.empty() ? absl::OkStatus() : base::InvalidFields(std::move(faults.all));
}

Asked AskedOf(const Queue& queue, const std::vector<std::string>& extra, size_t rings) {
  size_t skills = queue.required_skills.size();
  int level = queue.minimum_level;
  for (size_t i = 0; i < rings && i < queue.rings.size(); ++i) {
    level = queue.rings[i].minimum_level;
    if (level == 0 && skills > 1) --skills;  // one skill always stays: the queue is about something
  }
  std::map<std::string, int> asked;
  for (size_t i = 0; i < skills; ++i) asked[queue.required_skills[i]] = std::max(level, 1);
  for (const std::string& skill : extra) asked.emplace(skill, 1);
  return {asked.begin(), asked.end()};
}

size_t OpenRings(const Queue& queue, absl::Duration wait) {
  size_t open = 0;
  while (open < queue.rings.size() && absl::Seconds(queue.rings[open].after_seconds) <= wait) ++open;
  return open;
}

}  // namespace hotline::acd
