import type { Int64, Timestamp } from "./scalars";

// What the browser says.
export interface LineRequest {
  attach?: AttachLine; // first message
  sdpOffer?: SdpOffer; // a new peer connection for this line; replaces the former
  answer?: Answer; // take the ringing call
  reject?: Reject; // refuse the ringing call
  hangUp?: HangUp; // end the agent's part of the call
  hold?: Hold; // the caller hears music
  resume?: Resume; // back to the caller
  dial?: Dial; // an outbound call
  toRating?: ToRating; // hand the caller over to the rating (TEL-1)
  sendDigit?: SendDigit; // a key towards the other party
  mute?: Mute; // the agent is not heard
  ping?: Ping; // answered by pong
}

// Opens a line.
export interface AttachLine {
  tabId?: string; // chosen by the page, a UUID; tells tabs apart
}

// WebRTC offer of the browser.
export interface SdpOffer {
  sdp?: string; // up to 16 KB
  negotiationId?: string; // returned with the answer
}

// Takes the ringing call.
export interface Answer {
  callId?: string; // which
}

// Refuses the ringing call.
export interface Reject {
  callId?: string; // which
}

// Ends the agent's part.
export interface HangUp {
  callId?: string; // which
}

// Holds.
export interface Hold {
  callId?: string; // which
}

// Resumes.
export interface Resume {
  callId?: string; // which
}

// Dials out. The agent is reserved first; refused with LineError "AGENT_NOT_READY", "NUMBER_NOT_ALLOWED", "QUOTA_EXCEEDED".
export interface Dial {
  number?: string; // digits, 3 to 20
  ticketId?: string; // what it is about; empty if nothing
  requestId?: string; // a UUID that makes a repetition harmless
}

// Hands the caller over to the rating.
export interface ToRating {
  callId?: string; // which
}

// Sends a key.
export interface SendDigit {
  callId?: string; // which
  digit?: string; // 0-9, *, #
}

// Mutes or unmutes the agent.
export interface Mute {
  callId?: string; // which
  muted?: boolean; // true: not heard
}

// Asks whether the line lives.
export interface Ping {
  number?: Int64; // returned
}

// What the browser is told.
export interface LineEvent {
  state?: LineState; // after attach and with every change
  sdpAnswer?: SdpAnswer; // to an offer
  error?: LineError; // a request could not be done
  superseded?: Superseded; // another tab has the line; last message
  pong?: Pong; // to a ping
}

// The whole state of the line; the page shows just this.
export interface LineState {
  mediaConnected?: boolean; // DTLS is up
  call?: LineCall; // unset when idle
  version?: Int64; // grows
}

// What it is doing.
export type LineCallPhase =
  | "PHASE_UNSPECIFIED" // never sent
  | "PHASE_RINGING" // inbound, may be answered
  | "PHASE_DIALLING" // outbound, the other side is being called
  | "PHASE_TALKING" // both hear each other
  | "PHASE_HELD" // the other side hears music
  | "PHASE_ENDED"; // over; end_reason says how

// The call on a line.
export interface LineCall {
  callId?: string; // which
  phase?: LineCallPhase; // now
  outbound?: boolean; // the agent dialled
  remoteNumber?: string; // unmasked: the agent needs it (TKT-17)
  calledNumber?: string; // what the caller dialled
  queueId?: string; // where it waited
  ticketId?: string; // of an outbound call
  startTime?: Timestamp; // of the call
  answerTime?: Timestamp; // of the agent's answer
  waitMs?: number; // in the queue until ringing
  endReason?: string; // hangup, remote_hangup, no_answer, busy, failed, cancelled, to_rating
  muted?: boolean; // the agent is not heard
}

// WebRTC answer.
export interface SdpAnswer {
  sdp?: string; // ICE-lite, DTLS-SRTP, G.711
  negotiationId?: string; // of the offer
}

// A refused request.
export interface LineError {
  reason?: string; // stable
  message?: string; // a sentence
  requestKind?: string; // e.g. "dial"
}

// Another tab has the line.
export interface Superseded {
  tabId?: string; // which
}

// Answers a ping.
export interface Pong {
  number?: Int64; // of the ping
}

// A call, and when it is over its CDR (TEL-3).
export interface Call {
  callId?: string; // UUIDv7
  direction?: string; // inbound, outbound
  trunkId?: string; // through which trunk
  callerNumber?: string; // masked by role
  calledNumber?: string; // masked by role for outbound calls
  startTime?: Timestamp; // INVITE
  answerTime?: Timestamp; // 200 OK by ivr or by the called party
  enqueueTime?: Timestamp; // asked for an agent; unset if never
  agentAnswerTime?: Timestamp; // an agent answered; unset if never
  endTime?: Timestamp; // unset while it runs
  queueId?: string; // last queue
  agentId?: string; // last agent
  endReason?: string; // caller, agent, system, rtp_timeout, rejected, no_answer, busy, failed
  sipCode?: number; // final response of a call never answered
  outcome?: string; // agent, mailbox, self_service, abandoned, refused, overload
  waitMs?: number; // enqueue to agent answer or to leaving
  talkMs?: number; // with agents
  billableMs?: number; // answer to end
  ticketId?: string; // made in it or what it is about
  legs?: CallLeg[]; // in order of start
  sipCallId?: string; // of the trunk's leg
}

// One leg of a call.
export interface CallLeg {
  legId?: string; // UUIDv7
  kind?: string; // trunk, agent
  agentId?: string; // of an agent's leg
  startTime?: Timestamp; // ringing or INVITE
  answerTime?: Timestamp; // unset if never
  endTime?: Timestamp; // unset while it runs
  endReason?: string; // as in LegState.end_reason of agent_state
  packetsIn?: number; // RTP received
  packetsOut?: number; // RTP sent
  packetsLost?: number; // of those expected
  jitterMs?: number; // RFC 3550, at the end
}

// A recording.
export interface Recording {
  recordingId?: string; // UUIDv7
  callId?: string; // of which call
  kind?: string; // call (stereo: left the citizen, right the service), message (mono)
  purpose?: string; // call, mailbox, complaint
  startTime?: Timestamp; // of the recording
  durationMs?: number; // of the recording
  sizeBytes?: Int64; // of the WAV that ReadRecording yields
  digest?: string; // hex SHA-256 of the WAV
  levelLeftDbfs?: number; // RMS over speech of the left or only channel; -100 when silent
  levelRightDbfs?: number; // RMS of the right channel; -100 when silent
}

// What GetCall takes.
export interface GetCallRequest {
  callId?: string; // which
}

// What ListCalls takes.
export interface ListCallsRequest {
  startTimeFrom?: Timestamp; // inclusive
  startTimeTo?: Timestamp; // exclusive
  agentId?: string; // only this agent's; agents see only their own
  number?: string; // whole number of the other party
  pageSize?: number; // 1 to 500, 0 means 50
  pageToken?: string; // of the previous answer
}

// What ListCalls answers.
export interface ListCallsResponse {
  calls?: Call[]; // newest first
  nextPageToken?: string; // empty at the end
}

// What ListActiveCalls takes.
export interface ListActiveCallsRequest {
  pageSize?: number; // 1 to 5000, 0 means 500
}

// What ListActiveCalls answers.
export interface ListActiveCallsResponse {
  calls?: Call[]; // oldest first
  total?: number; // of all running calls
}

// What ListRecordings takes.
export interface ListRecordingsRequest {
  callId?: string; // of which call
  recordingId?: string; // or just this one
}

// What ListRecordings answers.
export interface ListRecordingsResponse {
  recordings?: Recording[]; // oldest first
}

// What ListTrunks answers.
export interface ListTrunksResponse {
  trunks?: Trunk[]; // by id
}

// A trunk.
export interface Trunk {
  trunkId?: string; // as configured
  name?: string; // for people
  up?: boolean; // OPTIONS are answered, or it is not watched
  activeCalls?: number; // now
  capacity?: number; // calls at most
}
