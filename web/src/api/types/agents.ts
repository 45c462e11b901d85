import type { Int64, Timestamp } from "./scalars";

// What an agent is doing.
export type AgentState =
  | "AGENT_STATE_UNSPECIFIED" // never sent
  | "AGENT_STATE_SIGNED_OUT" // 签出
  | "AGENT_STATE_NOT_READY" // 示忙, with a reason
  | "AGENT_STATE_READY" // 示闲
  | "AGENT_STATE_RESERVED" // 振铃: being rung, or about to be
  | "AGENT_STATE_TALKING" // 通话
  | "AGENT_STATE_WRAP_UP"; // 话后整理

// What an agent can do.
export interface Skill {
  name?: string; // e.g. "general", "english", "expert.12348"
  level?: number; // 1 (beginner) to 10 (best)
}

// What an administrator sets for an agent.
export interface AgentProfile {
  skills?: Skill[]; // up to 50
  queueGroup?: string; // which acd serves the agent; empty means "city"
  wrapUpSeconds?: number; // time after a call before ready again, 0 to 600; 0 means none
  displayName?: string; // as colleagues see it
  employeeNumber?: string; // 工号, told to callers
}

// An agent now.
export interface Agent {
  agentId?: string; // the user id
  state?: AgentState; // now
  reason?: string; // why not ready: break, meal, training, meeting, no_answer, forced, line_lost
  stateTime?: Timestamp; // since when in this state
  readyTime?: Timestamp; // since when idle, for longest idle (ACD-2); unset unless ready
  profile?: AgentProfile; // as set
  contactId?: string; // the call in hand
  reservationId?: string; // while reserved
  nextState?: AgentState; // what follows the call if the agent chose it during the call
  nextReason?: string; // with next_state not ready
  lineUp?: boolean; // telephony can ring it: a browser line or a desk phone is connected
  version?: Int64; // grows with each change of this agent
}

// What SetMyState takes.
export interface SetMyStateRequest {
  state?: AgentState; // READY or NOT_READY
  reason?: string; // with NOT_READY: break, meal, training, meeting, other
}

// What ForceState takes.
export interface ForceStateRequest {
  agentId?: string; // whose
  state?: AgentState; // READY, NOT_READY or SIGNED_OUT
  reason?: string; // 2 to 100 characters
}

// What GetAgent takes.
export interface GetAgentRequest {
  agentId?: string; // a user id or "me"
}

// What ListAgents takes.
export interface ListAgentsRequest {
  queueGroup?: string; // only this group; empty: all
  pageSize?: number; // 1 to 5000, 0 means 500
  pageToken?: string; // of the previous answer
}

// What ListAgents answers.
export interface ListAgentsResponse {
  agents?: Agent[]; // by agent id
  nextPageToken?: string; // empty at the end
}

// What PutAgentProfile takes.
export interface PutAgentProfileRequest {
  agentId?: string; // whose, a user id
  profile?: AgentProfile; // whole
}

// What telephony knows of an agent's leg.
export type LegStatePhase =
  | "PHASE_UNSPECIFIED" // only the line is reported
  | "PHASE_IDLE" // line up, no call
  | "PHASE_RINGING" // being rung
  | "PHASE_TALKING" // answered
  | "PHASE_ENDED"; // the call's leg ended; end_reason says how
