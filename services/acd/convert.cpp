#include "services/acd/convert.h"

#include <algorithm>

#include "libs/base/error.h"

namespace hotline::acd {
namespace {

absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

absl::Status CheckId(const std::string& field, const std::string& id) {
  if (id.empty()) return base::InvalidField(field, "REQUIRED", "an id is needed");
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < 127; });
  if (id.size() > kMaxContactId || !plain) return base::InvalidField(field, "BAD_FORMAT", "at most 64 plain characters");
  return absl::OkStatus();
}

Activity ActivityOf(hotline::agent_state::v1::AgentState state) {
  namespace as = hotline::agent_state::v1;
  switch (state) {
    case as::AGENT_STATE_READY: return Activity::kReady;
    case as::AGENT_STATE_NOT_READY: return Activity::kNotReady;
    case as::AGENT_STATE_RESERVED:
    case as::AGENT_STATE_TALKING:
    case as::AGENT_STATE_WRAP_UP: return Activity::kBusy;
    default: return Activity::kSignedOut;
  }
}

}  // namespace

v1::Queue ToProto(const Queue& queue) {
  v1::Queue out;
  out.set_queue_id(queue.id);
  out.set_name(queue.name);
  out.set_name_en(queue.name_en);
  out.set_queue_group(queue.group);
  for (const std::string& skill : queue.required_skills) out.add_required_skills(skill);
  out.set_minimum_level(queue.minimum_level);
  out.set_strategy(static_cast<v1::Strategy>(static_cast<int>(queue.strategy) + 1));
  out.set_priority(queue.priority);
  out.set_ring_seconds(queue.ring_seconds);
  out.set_capacity(queue.capacity);
  out.set_target_seconds(queue.target_seconds);
  out.set_etag(queue.etag);
  for (const Ring& ring : queue.rings) {
    v1::Ring& added = *out.add_rings();
    added.set_after_seconds(ring.after_seconds);
    added.set_minimum_level(ring.minimum_level);
  }
  return out;
}

v1::QueueFigure ToProto(const std::string& queue_id, const Figure& figure) {
  v1::QueueFigure out;
  out.set_queue_id(queue_id);
  out.set_waiting(figure.waiting);
  out.set_longest_wait_seconds(static_cast<int32_t>(absl::ToInt64Seconds(figure.longest_wait)));
  out.set_agents_ready(figure.ready);
  out.set_agents_busy(figure.busy);
  out.set_agents_not_ready(figure.not_ready);
  return out;
}

v1::EnqueueUpdate ToProto(const Offer& offer) {
  v1::EnqueueUpdate update;
  update.mutable_offer()->set_offer_id(offer.id);
  update.mutable_offer()->set_agent_id(offer.agent_id);
  update.mutable_offer()->set_ring_seconds(offer.ring_seconds);
  return update;
}

v1::EnqueueUpdate ToProto(const Place& place) {
  v1::EnqueueUpdate update;
  update.mutable_position()->set_position(place.position);
  update.mutable_position()->set_expected_wait_seconds(place.expected_wait_seconds);
  update.mutable_position()->set_agents_on_duty(place.agents_on_duty);
  return update;
}

absl::StatusOr<Queue> ParseQueue(const v1::Queue& in) {
  if (!v1::Strategy_IsValid(in.strategy())) return base::InvalidField("queue.strategy", "NOT_ALLOWED", "not a strategy");
  Queue queue;
  queue.id = in.queue_id();
  queue.name = in.name();
  queue.name_en = in.name_en();
  queue.group = in.queue_group();
  queue.required_skills.assign(in.required_skills().begin(), in.required_skills().end());
  queue.minimum_level = in.minimum_level();
  queue.strategy = in.strategy() == 0 ? Strategy::kLongestIdle : static_cast<Strategy>(in.strategy() - 1);
  queue.priority = in.priority();
  queue.ring_seconds = in.ring_seconds();
  queue.capacity = in.capacity();
  queue.target_seconds = in.target_seconds();
  queue.etag = in.etag();
  for (const v1::Ring& ring : in.rings()) queue.rings.push_back({ring.after_seconds(), ring.minimum_level()});
  HOTLINE_RETURN_IF_ERROR(Complete(queue));
  return queue;
}

absl::StatusOr<Entry> ParseEnter(const v1::Enter& in) {
  Entry entry;
  HOTLINE_RETURN_IF_ERROR(CheckId("enter.contact_id", in.contact_id()));
  HOTLINE_RETURN_IF_ERROR(CheckId("enter.queue_id", in.queue_id()));
  if (in.priority() < 0 || in.priority() > kMaxPriority) return base::InvalidField("enter.priority", "OUT_OF_RANGE", "0 to 100");
  if (static_cast<size_t>(in.skills_size()) > kMaxContactSkills) return base::InvalidField("enter.skills", "TOO_MANY", "at most 10");
  if (static_cast<size_t>(in.excluded_agent_ids_size()) > kMaxExcludedAgents) {
    return base::InvalidField("enter.excluded_agent_ids", "TOO_MANY", "at most 50");
  }
  for (int i = 0; i < in.skills_size(); ++i) HOTLINE_RETURN_IF_ERROR(CheckId("enter.skills[" + std::to_string(i) + "]", in.skills(i)));
  for (int i = 0; i < in.excluded_agent_ids_size(); ++i) {
    HOTLINE_RETURN_IF_ERROR(CheckId("enter.excluded_agent_ids[" + std::to_string(i) + "]", in.excluded_agent_ids(i)));
  }
  if (!in.preferred_agent_id().empty()) HOTLINE_RETURN_IF_ERROR(CheckId("enter.preferred_agent_id", in.preferred_agent_id()));
  entry.contact_id = in.contact_id();
  entry.queue_id = in.queue_id();
  entry.skills.assign(in.skills().begin(), in.skills().end());
  entry.priority = in.priority();
  if (in.has_first_enqueue_time()) entry.first_enqueue_time = FromTimestamp(in.first_enqueue_time());
  entry.preferred_agent_id = in.preferred_agent_id();
  entry.first_in_line = in.first_in_line();
  entry.excluded_agent_ids.assign(in.excluded_agent_ids().begin(), in.excluded_agent_ids().end());
  return entry;
}

absl::StatusOr<Result> ParseResult(const v1::OfferResult& in) {
  switch (in.result()) {
    case v1::OfferResult::RESULT_ANSWERED: return Result::kAnswered;
    case v1::OfferResult::RESULT_NO_ANSWER: return Result::kNoAnswer;
    case v1::OfferResult::RESULT_REJECTED: return Result::kRejected;
    case v1::OfferResult::RESULT_FAILED: return Result::kFailed;
    default: return base::InvalidField("offer_result.result", "NOT_ALLOWED", "answered, no answer, rejected or failed");
  }
}

std::string GroupOf(const hotline::agent_state::v1::Agent& agent) {
  return agent.profile().queue_group().empty() ? std::string(kDefaultGroup) : agent.profile().queue_group();
}

AgentView ViewOf(const hotline::agent_state::v1::Agent& agent) {
  AgentView view;
  view.id = agent.agent_id();
  view.version = agent.version();
  view.activity = ActivityOf(agent.state());
  view.routable = agent.has_profile();
  view.line_up = agent.line_up();
  if (agent.has_ready_time()) view.ready_time = FromTimestamp(agent.ready_time());
  for (const auto& skill : agent.profile().skills()) view.skills[skill.name()] = skill.level();
  return view;
}

}  // namespace hotline::acd
