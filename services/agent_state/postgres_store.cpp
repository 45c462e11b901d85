#include "services/agent_state/postgres_store.h"

#include "libs/base/error.h"
#include "libs/postgres/lease.h"
#include "libs/postgres/outbox.h"
#include "libs/postgres/transaction.h"
#include "services/agent_state/events.h"

namespace hotline::agent_state {
namespace {

constexpr char kLease[] = "states";

constexpr char kUpsert[] = R"sql(
    insert into agents (agent_id, version, state, reason, state_time, idle_since, contact_id, reservation_id,
      ended_reservation_id, outbound, next_state, next_reason, resume_state, resume_reason, line_owner, wrap_up_end,
      has_profile, skill_names, skill_levels, queue_group, wrap_up_seconds, display_name, employee_number)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
    on conflict (agent_id) do update set version = excluded.version, state = excluded.state, reason = excluded.reason,
      state_time = excluded.state_time, idle_since = excluded.idle_since, contact_id = excluded.contact_id,
      reservation_id = excluded.reservation_id, ended_reservation_id = excluded.ended_reservation_id,
      outbound = excluded.outbound, next_state = excluded.next_state, next_reason = excluded.next_reason,
      resume_state = excluded.resume_state, resume_reason = excluded.resume_reason, line_owner = excluded.line_owner,
      wrap_up_end = excluded.wrap_up_end, has_profile = excluded.has_profile, skill_names = excluded.skill_names,
      skill_levels = excluded.skill_levels, queue_group = excluded.queue_group,
      wrap_up_seconds = excluded.wrap_up_seconds, display_name = excluded.display_name,
      employee_number = excluded.employee_number)sql";

std::optional<std::string> StateOf(const std::optional<Target>& target) {
  return target ? std::optional<std::string>(StateName(target->state)) : std::nullopt;
}
std::optional<std::string> ReasonOf(const std::optional<Target>& target) {
  return target ? std::optional<std::string>(target->reason) : std::nullopt;
}

absl::Status SaveAgent(postgres::Transaction& tx, const Agent& agent) {
  const Profile profile = agent.profile ? *agent.profile : Profile{};
  std::vector<std::string> names;
  std::vector<int64_t> levels;
  for (const Skill& skill : profile.skills) {
    names.push_back(skill.name);
    levels.push_back(skill.level);
  }
  return tx.Query(kUpsert, {agent.id, agent.version, StateName(agent.state), agent.reason, agent.state_time,
                            agent.idle_since, agent.contact_id, agent.reservation_id, agent.ended_reservation_id,
                            agent.outbound, StateOf(agent.next), ReasonOf(agent.next), StateOf(agent.resume),
                            ReasonOf(agent.resume), agent.line_owner, agent.wrap_up_end, agent.profile != nullptr, names,
                            levels, profile.queue_group, absl::ToInt64Seconds(profile.wrap_up), profile.display_name,
                            profile.employee_number})
      .status();
}

std::optional<Target> TargetOf(const postgres::Row& row, std::string_view state, std::string_view reason) {
  const auto name = row.Get<std::optional<std::string>>(state);
  if (!name) return std::nullopt;
  return Target{StateFromName(*name).value_or(State::kReady), row.Get<std::optional<std::string>>(reason).value_or("")};
}

absl::StatusOr<Agent> AgentOf(const postgres::Row& row) {
  Agent agent;
  agent.id = row.Get<std::string>("agent_id");
  agent.version = row.Get<int64_t>("version");
  const std::optional<State> state = StateFromName(row.Get<std::string>("state"));
  if (!state) return base::Internal("STATE_UNKNOWN", "a stored agent has a state this version does not know");
  agent.state = *state;
  agent.reason = row.Get<std::string>("reason");
  agent.state_time = row.Get<absl::Time>("state_time");
  agent.idle_since = row.Get<absl::Time>("idle_since");
  agent.contact_id = row.Get<std::string>("contact_id");
  agent.reservation_id = row.Get<std::string>("reservation_id");
  agent.ended_reservation_id = row.Get<std::string>("ended_reservation_id");
  agent.outbound = row.Get<bool>("outbound");
  agent.next = TargetOf(row, "next_state", "next_reason");
  agent.resume = TargetOf(row, "resume_state", "resume_reason");
  agent.line_owner = row.Get<std::string>("line_owner");
  agent.wrap_up_end = row.Get<absl::Time>("wrap_up_end");
  if (!row.Get<bool>("has_profile")) return agent;
  Profile profile;
  const auto names = row.Get<std::vector<std::string>>("skill_names");
  const auto levels = row.Get<std::vector<int64_t>>("skill_levels");
  if (names.size() != levels.size()) return base::Internal("SKILLS_UNEVEN", "a stored profile has skills without levels");
  for (size_t i = 0; i < names.size(); ++i) profile.skills.push_back({names[i], static_cast<int>(levels[i])});
  profile.queue_group = row.Get<std::string>("queue_group");
  profile.wrap_up = absl::Seconds(row.Get<int64_t>("wrap_up_seconds"));
  profile.display_name = row.Get<std::string>("display_name");
  profile.employee_number = row.Get<std::string>("employee_number");
  agent.profile = std::make_shared<const Profile>(std::move(profile));
  return agent;
}

absl::Status SaveChange(postgres::Transaction& tx, const Change& change) {
  if (!change.forced_by.empty()) {
    HOTLINE_RETURN_IF_ERROR(tx.Query("insert into forced_changes (agent_id, state, forced_by, reason, time) values ($1, $2, $3, $4, $5)",
                                     {change.agent.id, StateName(change.agent.state), change.forced_by, change.forced_reason,
                                      change.agent.state_time})
                                .status());
  }
  if (const auto event = ToEvent(change)) return postgres::Outbox::Append(tx, *event);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Lease> PostgresStore::AcquireLease(const std::string& holder, absl::Duration ttl) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::LeaseState state, postgres::AcquireLease(pool_, kLease, holder, ttl));
  return Lease{state.held, state.epoch};
}

absl::Status PostgresStore::ReleaseLease(const std::string& holder) { return postgres::ReleaseLease(pool_, kLease, holder); }

absl::StatusOr<Saved> PostgresStore::Load() {
  Saved saved;
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result agents, pool_.Read("select * from agents"));
  for (const postgres::Row row : agents) {
    HOTLINE_ASSIGN_OR_RETURN(Agent agent, AgentOf(row));
    saved.agents.push_back(std::move(agent));
  }
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result epochs, pool_.Read("select queue_group, epoch from group_epochs"));
  for (const postgres::Row row : epochs) saved.epochs[row.Get<std::string>("queue_group")] = row.Get<int64_t>("epoch");
  return saved;
}

absl::Status PostgresStore::Save(const Batch& batch, const std::string& holder, int64_t epoch) {
  std::map<std::string_view, const Agent*> last;  // in the order of ids, so that two writers cannot deadlock
  for (const Change& change : batch.changes) last[change.agent.id] = &change.agent;
  absl::Status status = postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) -> absl::Status {
    HOTLINE_RETURN_IF_ERROR(postgres::CheckLease(tx, kLease, holder, epoch));
    for (const auto& [id, agent] : last) HOTLINE_RETURN_IF_ERROR(SaveAgent(tx, *agent));
    for (const Change& change : batch.changes) HOTLINE_RETURN_IF_ERROR(SaveChange(tx, change));
    for (const auto& [group, newest] : batch.epochs) {
      HOTLINE_RETURN_IF_ERROR(tx.Query(R"sql(
          insert into group_epochs (queue_group, epoch) values ($1, $2)
          on conflict (queue_group) do update set epoch = greatest(group_epochs.epoch, excluded.epoch))sql",
                                       {group, newest})
                                  .status());
    }
    return absl::OkStatus();
  });
  // One of these very events is there: the whole batch was committed before, and only the answer was lost.
  if (absl::IsAlreadyExists(status)) return absl::OkStatus();
  return status;
}

}  // namespace hotline::agent_state
