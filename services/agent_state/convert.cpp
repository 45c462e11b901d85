#include "services/agent_state/convert.h"

#include <algorithm>
#include <array>
#include <set>

#include "libs/base/error.h"
#include "libs/base/text.h"
#include "services/agent_state/domain/limits.h"
#include "services/agent_state/events.h"

namespace hotline::agent_state {
namespace {

namespace pb = hotline::agent_state::v1;

// What an agent may say when setting itself not ready (示忙).
constexpr std::array<std::string_view, 5> kOwnReasons = {"break", "meal", "training", "meeting", "other"};

absl::Status CheckName(std::string_view field, std::string_view name, size_t max) {
  const bool good = !name.empty() && name.size() <= max && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
  return good ? absl::OkStatus() : base::InvalidField(field, "BAD_FORMAT", "of a-z, 0-9, '.', '-', '_'");
}

}  // namespace

pb::Agent ToProto(const Agent& agent) {
  pb::Agent out;
  out.set_agent_id(agent.id);
  out.set_state(ToProto(agent.state));
  out.set_reason(agent.reason);
  *out.mutable_state_time() = ToTimestamp(agent.state_time);
  if (agent.state == State::kReady) *out.mutable_ready_time() = ToTimestamp(agent.idle_since);
  if (agent.profile) {
    pb::AgentProfile& profile = *out.mutable_profile();
    for (const Skill& skill : agent.profile->skills) {
      pb::Skill& added = *profile.add_skills();
      added.set_name(skill.name);
      added.set_level(skill.level);
    }
    profile.set_queue_group(agent.profile->queue_group);
    profile.set_wrap_up_seconds(static_cast<int32_t>(absl::ToInt64Seconds(agent.profile->wrap_up)));
    profile.set_display_name(agent.profile->display_name);
    profile.set_employee_number(agent.profile->employee_number);
  }
  out.set_contact_id(agent.contact_id);
  if (agent.state == State::kReserved) out.set_reservation_id(agent.reservation_id);
  if (agent.next) {
    out.set_next_state(ToProto(agent.next->state));
    out.set_next_reason(agent.next->reason);
  }
  out.set_line_up(agent.line_up);
  out.set_version(agent.version);
  return out;
}

absl::Status CheckId(std::string_view field, std::string_view id) {
  if (id.empty()) return base::InvalidField(field, "REQUIRED", "an id is needed");
  if (id.size() > kMaxId) return base::InvalidField(field, "TOO_LONG", "an id has at most 64 characters");
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < 127; });
  return plain ? absl::OkStatus() : base::InvalidField(field, "BAD_FORMAT", "an id has no spaces or signs beyond ASCII");
}

absl::StatusOr<Profile> ParseProfile(const pb::AgentProfile& in) {
  Profile profile;
  if (static_cast<size_t>(in.skills_size()) > kMaxSkills) return base::InvalidField("profile.skills", "TOO_MANY", "at most 50");
  std::set<std::string> seen;
  for (int i = 0; i < in.skills_size(); ++i) {
    const std::string field = "profile.skills[" + std::to_string(i) + "]";
    HOTLINE_RETURN_IF_ERROR(CheckName(field + ".name", in.skills(i).name(), kMaxSkillName));
    if (in.skills(i).level() < kMinSkillLevel || in.skills(i).level() > kMaxSkillLevel) {
      return base::InvalidField(field + ".level", "OUT_OF_RANGE", "1 to 10");
    }
    if (!seen.insert(in.skills(i).name()).second) return base::InvalidField(field + ".name", "DUPLICATE", "named twice");
    profile.skills.push_back({in.skills(i).name(), in.skills(i).level()});
  }
  if (!in.queue_group().empty()) {
    HOTLINE_RETURN_IF_ERROR(CheckName("profile.queue_group", in.queue_group(), kMaxGroupName));
    profile.queue_group = in.queue_group();
  }
  profile.wrap_up = absl::Seconds(in.wrap_up_seconds());
  if (profile.wrap_up < absl::ZeroDuration() || profile.wrap_up > kMaxWrapUp) {
    return base::InvalidField("profile.wrap_up_seconds", "OUT_OF_RANGE", "0 to 600");
  }
  HOTLINE_RETURN_IF_ERROR(base::CheckText("profile.display_name", in.display_name(), 0, kMaxDisplayName));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("profile.employee_number", in.employee_number(), 0, kMaxEmployeeNumber));
  profile.display_name = in.display_name();
  profile.employee_number = in.employee_number();
  return profile;
}

absl::StatusOr<Target> ParseMyState(const pb::SetMyStateRequest& request) {
  if (request.state() == pb::AGENT_STATE_READY) return Target{State::kReady, {}};
  if (request.state() != pb::AGENT_STATE_NOT_READY) return base::InvalidField("state", "NOT_ALLOWED", "READY or NOT_READY");
  const std::string reason = request.reason().empty() ? std::string(kReasonOther) : request.reason();
  if (std::find(kOwnReasons.begin(), kOwnReasons.end(), reason) == kOwnReasons.end()) {
    return base::InvalidField("reason", "NOT_ALLOWED", "break, meal, training, meeting or other");
  }
  return Target{State::kNotReady, reason};
}

absl::StatusOr<Target> ParseForce(const pb::ForceStateRequest& request) {
  HOTLINE_RETURN_IF_ERROR(CheckId("agent_id", request.agent_id()));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("reason", request.reason(), kMinForceReason, kMaxForceReason));
  if (request.state() == pb::AGENT_STATE_READY) return Target{State::kReady, {}};
  if (request.state() == pb::AGENT_STATE_NOT_READY) return Target{State::kNotReady, std::string(kReasonForced)};
  if (request.state() == pb::AGENT_STATE_SIGNED_OUT) return Target{State::kSignedOut, {}};
  return base::InvalidField("state", "NOT_ALLOWED", "READY, NOT_READY or SIGNED_OUT");
}

absl::StatusOr<Reserve> ParseReserve(const pb::ReserveRequest& request) {
  HOTLINE_RETURN_IF_ERROR(CheckId("agent_id", request.agent_id()));
  HOTLINE_RETURN_IF_ERROR(CheckId("contact_id", request.contact_id()));
  HOTLINE_RETURN_IF_ERROR(CheckId("reservation_id", request.reservation_id()));
  const absl::Duration ttl = absl::Seconds(request.ttl_seconds());
  if (ttl < kMinReservation || ttl > kMaxReservation) return base::InvalidField("ttl_seconds", "OUT_OF_RANGE", "1 to 120");
  if (request.epoch() < 0) return base::InvalidField("epoch", "OUT_OF_RANGE", "not negative");
  if (!request.queue_group().empty()) {
    HOTLINE_RETURN_IF_ERROR(CheckName("queue_group", request.queue_group(), kMaxGroupName));
  }
  return Reserve{request.contact_id(), request.reservation_id(), ttl, request.outbound()};
}

absl::StatusOr<Release> ParseRelease(const pb::ReleaseRequest& request) {
  HOTLINE_RETURN_IF_ERROR(CheckId("agent_id", request.agent_id()));
  HOTLINE_RETURN_IF_ERROR(CheckId("reservation_id", request.reservation_id()));
  if (request.outcome() == "cancelled") return Release{request.reservation_id(), Outcome::kCancelled};
  if (request.outcome() == "failed") return Release{request.reservation_id(), Outcome::kFailed};
  if (request.outcome() == "no_answer") return Release{request.reservation_id(), Outcome::kNoAnswer};
  return base::InvalidField("outcome", "NOT_ALLOWED", "cancelled, failed or no_answer");
}

namespace {

absl::StatusOr<LegReport::Entry> ParseLeg(const std::string& field, const pb::LegState& in) {
  LegReport::Entry entry;
  HOTLINE_RETURN_IF_ERROR(CheckId(field + ".agent_id", in.agent_id()));
  entry.agent_id = in.agent_id();
  entry.leg.line_up = in.line_up();
  switch (in.phase()) {
    case pb::LegState::PHASE_IDLE: entry.leg.phase = LegPhase::kIdle; break;
    case pb::LegState::PHASE_RINGING: entry.leg.phase = LegPhase::kRinging; break;
    case pb::LegState::PHASE_TALKING: entry.leg.phase = LegPhase::kTalking; break;
    case pb::LegState::PHASE_ENDED: entry.leg.phase = LegPhase::kEnded; break;
    default: entry.leg.phase = LegPhase::kUnknown;
  }
  const bool in_call = entry.leg.phase == LegPhase::kRinging || entry.leg.phase == LegPhase::kTalking;
  if (in_call || !in.contact_id().empty()) HOTLINE_RETURN_IF_ERROR(CheckId(field + ".contact_id", in.contact_id()));
  if (!in.reservation_id().empty()) HOTLINE_RETURN_IF_ERROR(CheckId(field + ".reservation_id", in.reservation_id()));
  entry.leg.contact_id = in.contact_id();
  entry.leg.reservation_id = in.reservation_id();
  entry.leg.end_reason = in.end_reason();
  return entry;
}

}  // namespace

absl::StatusOr<LegReport> ParseReport(const pb::LegReport& in) {
  HOTLINE_RETURN_IF_ERROR(CheckId("telephony_id", in.telephony_id()));
  if (in.number() < 1) return base::InvalidField("number", "OUT_OF_RANGE", "1 or more");
  LegReport report;
  report.telephony_id = in.telephony_id();
  report.number = in.number();
  report.snapshot = in.is_snapshot();
  if (!report.snapshot) {
    HOTLINE_ASSIGN_OR_RETURN(LegReport::Entry entry, ParseLeg("leg", in.leg()));
    report.legs.push_back(std::move(entry));
    return report;
  }
  if (static_cast<size_t>(in.snapshot_size()) > kMaxAgents) return base::InvalidField("snapshot", "TOO_MANY", "at most 10000 lines");
  for (int i = 0; i < in.snapshot_size(); ++i) {
    HOTLINE_ASSIGN_OR_RETURN(LegReport::Entry entry, ParseLeg("snapshot[" + std::to_string(i) + "]", in.snapshot(i)));
    report.legs.push_back(std::move(entry));
  }
  return report;
}

}  // namespace hotline::agent_state
