// What the phone bar shows, as a pure function of what happened. The line's whole state comes from telephony with every
// change; the page only remembers whether it can still hear telephony.
import type { LineCall, LineError, LineEvent } from "@/api/types";
import { num } from "@/lib/format";

export type LinePhase =
  | "off" // not signed in as an agent
  | "attaching" // asked for the line, no answer yet
  | "up" // telephony tells this page the line's state
  | "down" // telephony is unreachable
  | "elsewhere"; // another tab has the line

export type Microphone = "unknown" | "asking" | "granted" | "denied" | "missing";
export type Quality = "unknown" | "good" | "fair" | "poor";

export interface PhoneState {
  line: LinePhase;
  version: number; // of the last LineState; -1 right after attaching
  mediaConnected: boolean;
  call: LineCall | null;
  // The last call that ended here, until the next begins: the form of a ticket outlives its call.
  lastCall: LineCall | null;
  error: LineError | null;
  microphone: Microphone;
  quality: Quality;
}

export const INITIAL: PhoneState = {
  line: "off",
  version: -1,
  mediaConnected: false,
  call: null,
  lastCall: null,
  error: null,
  microphone: "unknown",
  quality: "unknown",
};

export type PhoneAction =
  | { kind: "attach" }
  | { kind: "detach" }
  | { kind: "elsewhere" }
  | { kind: "linkLost" }
  | { kind: "lineDown" }
  | { kind: "lineUp" }
  | { kind: "event"; event: LineEvent }
  | { kind: "microphone"; microphone: Microphone }
  | { kind: "quality"; quality: Quality }
  | { kind: "refused"; error: LineError }
  | { kind: "clearError" };

export function reduce(state: PhoneState, action: PhoneAction): PhoneState {
  switch (action.kind) {
    case "attach":
      // A restarted telephony counts from the beginning.
      return { ...state, line: "attaching", version: -1, error: null };
    case "detach":
      return { ...INITIAL, microphone: state.microphone };
    case "elsewhere":
      return { ...state, line: "elsewhere", call: null, mediaConnected: false, quality: "unknown" };
    case "linkLost":
      // The call goes on without the socket; what is shown stays until telephony is heard again.
      return state.line === "up" || state.line === "down" ? { ...state, line: "attaching" } : state;
    case "lineDown":
      return state.line === "elsewhere" || state.line === "off" ? state : { ...state, line: "down", mediaConnected: false };
    case "lineUp":
      return state.line === "elsewhere" || state.line === "off" ? state : { ...state, line: "attaching", version: -1 };
    case "event":
      return onEvent(state, action.event);
    case "microphone":
      return { ...state, microphone: action.microphone };
    case "quality":
      return state.quality === action.quality ? state : { ...state, quality: action.quality };
    case "refused":
      return { ...state, error: action.error };
    case "clearError":
      return state.error ? { ...state, error: null } : state;
  }
}

function onEvent(state: PhoneState, event: LineEvent): PhoneState {
  if (state.line === "off" || state.line === "elsewhere") return state;
  if (event.superseded) return reduce(state, { kind: "elsewhere" });
  if (event.error) return { ...state, error: event.error };
  if (!event.state) return state;
  const version = num(event.state.version);
  if (version < state.version) return state; // overtaken
  const call = event.state.call?.callId ? event.state.call : null;
  const ended = call?.phase === "PHASE_ENDED" || (!call && !!state.call);
  return {
    ...state,
    line: "up",
    version,
    mediaConnected: event.state.mediaConnected ?? false,
    call: call?.phase === "PHASE_ENDED" ? null : call,
    lastCall: ended ? (call ?? state.call) : call ? null : state.lastCall,
    quality: call ? state.quality : "unknown",
    error: call && call.callId !== state.call?.callId ? null : state.error,
  };
}

export interface Can {
  answer: boolean;
  reject: boolean;
  hangUp: boolean;
  hold: boolean;
  resume: boolean;
  mute: boolean;
  toRating: boolean;
  digits: boolean;
  dial: boolean;
}

// What may be done now; the keys and the buttons ask the same.
export function can(state: PhoneState): Can {
  const up = state.line === "up";
  const phase = up ? state.call?.phase : undefined;
  const talking = phase === "PHASE_TALKING";
  const held = phase === "PHASE_HELD";
  return {
    answer: phase === "PHASE_RINGING",
    reject: phase === "PHASE_RINGING",
    hangUp: talking || held || phase === "PHASE_DIALLING",
    hold: talking,
    resume: held,
    mute: talking,
    toRating: (talking || held) && !state.call?.outbound,
    digits: talking,
    dial: up && !state.call,
  };
}

// The microphone is on the line only while somebody may hear it.
export function microphoneOpen(state: PhoneState): boolean {
  const phase = state.call?.phase;
  return phase === "PHASE_TALKING" || phase === "PHASE_HELD";
}

export interface Sample {
  received: number;
  lost: number;
  jitterMs: number;
}

// From what changed between two samples of the receiver's statistics.
export function qualityOf(before: Sample, now: Sample): Quality {
  const received = now.received - before.received;
  const lost = now.lost - before.lost;
  if (received <= 0) return "poor";
  const share = Math.max(0, lost) / (received + Math.max(0, lost));
  if (share > 0.05 || now.jitterMs > 80) return "poor";
  if (share > 0.01 || now.jitterMs > 30) return "fair";
  return "good";
}

// Dialled numbers as people write them, reduced to what Dial takes; empty when it is not a number.
export function dialNumber(text: string): string {
  const digits = text.replace(/[\s\-()\uff08\uff09+]/g, "");
  return /^\d{3,20}$/.test(digits) ? digits : "";
}
