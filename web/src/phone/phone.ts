// The phone of this tab: attaches the agent's line through the desk socket, keeps one peer connection, and does what the
// buttons and keys ask. All decisions are in state.ts; this file only moves messages and media.
import type { Agent, LineRequest } from "@/api/types";
import { desk, type ServerFrame } from "@/desk/socket";
import { num, uuid } from "@/lib/format";
import { createStore } from "@/lib/store";
import { Peer } from "./peer";
import { startRinging, stopRinging } from "./ring";
import { can, dialNumber, INITIAL, microphoneOpen, type PhoneAction, qualityOf, reduce, type Sample } from "./state";

const ANSWER_WAIT_MS = 5000;
const RENEGOTIATE_MS = 1000;
const MAX_RENEGOTIATE_MS = 15_000;
const SAMPLE_MS = 2000;
const PROBE_MS = 150;

export const phone = createStore(INITIAL);
export const myAgent = createStore<Agent | null>(null);

// Replies of REST and frames of the socket may overtake each other.
export function noteAgent(agent: Agent): void {
  const known = myAgent.get();
  if (known?.agentId === agent.agentId && num(known?.version) > num(agent.version)) return;
  myAgent.set(agent);
}

let wanted = false;
let starts = 0; // tells one start from a later one
let peer: Peer | null = null;
let negotiationId = "";
let failures = 0;
let offerTimer: ReturnType<typeof setTimeout> | undefined;
let sampleTimer: ReturnType<typeof setInterval> | undefined;
let microphone: MediaStream | null = null;
let lastSample: Sample | null = null;
let audio: HTMLAudioElement | null = null;
let stopListening: (() => void)[] = [];
let channel: BroadcastChannel | null = null;

function dispatch(action: PhoneAction): void {
  phone.update((state) => reduce(state, action));
  applyMedia();
}

// Makes ring tone and microphone follow the state.
function applyMedia(): void {
  const state = phone.get();
  if (state.line === "up" && state.call?.phase === "PHASE_RINGING" && !state.call.outbound) startRinging();
  else stopRinging();
  const track = microphone?.getAudioTracks()[0] ?? null;
  if (track) track.enabled = !state.call?.muted;
  void peer?.send(microphoneOpen(state) ? track : null);
}

function line(request: LineRequest): boolean {
  const sent = desk.send({ type: "line", request });
  if (!sent) dispatch({ kind: "refused", error: { reason: "NOT_CONNECTED", requestKind: Object.keys(request)[0] ?? "" } });
  return sent;
}

// --- attaching

// Asks the other tabs of this browser whether one of them has the line.
async function heldElsewhere(): Promise<boolean> {
  if (!channel) return false;
  const here = channel;
  return new Promise((done) => {
    const answer = (event: MessageEvent) => {
      if ((event.data as { kind?: string }).kind === "mine") finish(true);
    };
    const timer = setTimeout(() => finish(false), PROBE_MS);
    const finish = (held: boolean) => {
      clearTimeout(timer);
      here.removeEventListener("message", answer);
      done(held);
    };
    here.addEventListener("message", answer);
    here.postMessage({ kind: "whose" });
  });
}

function attach(): void {
  if (phone.get().line === "elsewhere") return;
  dispatch({ kind: "attach" });
  line({ attach: { tabId: desk.tabId } });
}

// After agent sign-in, or when a reloaded page finds its agent signed in.
export async function startPhone(): Promise<void> {
  if (wanted) return;
  wanted = true;
  starts += 1;
  const mine = starts;
  if (typeof BroadcastChannel === "function") {
    channel = new BroadcastChannel("hotline.phone");
    channel.addEventListener("message", (event: MessageEvent) => {
      const { line: phase } = phone.get();
      if ((event.data as { kind?: string }).kind === "whose" && (phase === "up" || phase === "attaching" || phase === "down"))
        channel?.postMessage({ kind: "mine" });
    });
  }
  const held = await heldElsewhere();
  if (!wanted || mine !== starts) return;
  // Not before the other tabs have been asked: a socket that is ready earlier would take the line, and its call, from the
  // tab that has it.
  stopListening = [desk.listen(onFrame), desk.link.subscribe(onLink)];
  sampleTimer = setInterval(() => void measure(), SAMPLE_MS);
  if (held) {
    dispatch({ kind: "elsewhere" });
    return;
  }
  void openMicrophone();
  if (desk.link.get().state === "ready") attach();
  else dispatch({ kind: "attach" });
}

export function stopPhone(): void {
  if (!wanted) return;
  wanted = false;
  stopListening.forEach((stop) => stop());
  stopListening = [];
  clearInterval(sampleTimer);
  dropPeer();
  microphone?.getTracks().forEach((track) => track.stop());
  microphone = null;
  channel?.close();
  channel = null;
  dispatch({ kind: "detach" });
}

// This tab takes the line over from another.
export function takeOver(): void {
  dispatch({ kind: "detach" });
  void openMicrophone();
  attach();
}

export async function openMicrophone(): Promise<void> {
  if (microphone) return;
  if (!navigator.mediaDevices) {
    dispatch({ kind: "microphone", microphone: "missing" }); // neither https nor localhost
    return;
  }
  dispatch({ kind: "microphone", microphone: "asking" });
  try {
    microphone = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
    dispatch({ kind: "microphone", microphone: "granted" });
  } catch (error) {
    const missing = error instanceof DOMException && error.name === "NotFoundError";
    dispatch({ kind: "microphone", microphone: missing ? "missing" : "denied" });
  }
}

// Whether a caller would hear this agent: asks for the microphone once more if need be. Another tab's line is its own matter.
export async function microphoneReady(): Promise<boolean> {
  if (phone.get().line === "elsewhere") return true;
  await openMicrophone();
  return microphone !== null;
}

function onLink(): void {
  const { state } = desk.link.get();
  if (state === "lost" || state === "connecting") dispatch({ kind: "linkLost" });
}

function onFrame(frame: ServerFrame): void {
  switch (frame.type) {
    case "ready":
      attach();
      return;
    case "lineDown":
      clearTimeout(offerTimer);
      dispatch({ kind: "lineDown" });
      return;
    case "lineUp":
      dispatch({ kind: "lineUp" });
      if (phone.get().line === "attaching") void negotiate();
      return;
    case "line":
      onLine(frame);
      return;
    default:
      return;
  }
}

function onLine(frame: Extract<ServerFrame, { type: "line" }>): void {
  const before = phone.get().line;
  dispatch({ kind: "event", event: frame.event });
  const now = phone.get().line;
  if (now === "elsewhere") {
    dropPeer();
    return;
  }
  // A reconnected socket keeps its media; a new page or a new telephony needs an offer.
  if (before !== "up" && now === "up" && !(peer?.connected && phone.get().mediaConnected)) void negotiate();
  const { sdpAnswer } = frame.event;
  if (sdpAnswer && sdpAnswer.negotiationId === negotiationId) void acceptAnswer(sdpAnswer.sdp ?? "");
}

// --- media

function dropPeer(): void {
  clearTimeout(offerTimer);
  peer?.close();
  peer = null;
  lastSample = null;
}

async function negotiate(): Promise<void> {
  dropPeer();
  const mine = uuid();
  negotiationId = mine;
  const next = new Peer({ onRemoteStream: play, onBroken: () => renegotiateLater() });
  peer = next;
  applyMedia();
  let sdp: string;
  try {
    sdp = await next.offer();
  } catch {
    renegotiateLater();
    return;
  }
  if (peer !== next || negotiationId !== mine) return;
  if (desk.send({ type: "line", request: { sdpOffer: { sdp, negotiationId: mine } } }))
    offerTimer = setTimeout(() => renegotiateLater(), ANSWER_WAIT_MS);
}

async function acceptAnswer(sdp: string): Promise<void> {
  clearTimeout(offerTimer);
  try {
    await peer?.accept(sdp);
    failures = 0;
  } catch {
    renegotiateLater();
  }
}

function renegotiateLater(): void {
  clearTimeout(offerTimer);
  failures += 1;
  const delay = Math.min(MAX_RENEGOTIATE_MS, RENEGOTIATE_MS * 2 ** (failures - 1));
  offerTimer = setTimeout(() => {
    // Without a line the next attach makes the offer.
    if (wanted && phone.get().line === "up") void negotiate();
  }, delay);
}

function play(stream: MediaStream): void {
  if (!audio) {
    audio = document.createElement("audio");
    audio.autoplay = true;
    audio.id = "phone-audio";
    document.body.append(audio);
  }
  audio.srcObject = stream;
  void audio.play().catch(() => undefined); // the browser starts it with the first key or click
}

async function measure(): Promise<void> {
  if (phone.get().call?.phase !== "PHASE_TALKING" || !peer) {
    lastSample = null;
    return;
  }
  const now = await peer.sample();
  if (now && lastSample) dispatch({ kind: "quality", quality: qualityOf(lastSample, now) });
  lastSample = now;
}

// --- what the agent asks for; each does nothing when it may not be done now

const callId = () => phone.get().call?.callId ?? "";

export function answer(): void {
  if (can(phone.get()).answer) line({ answer: { callId: callId() } });
}
export function hangUpOrReject(): void {
  const may = can(phone.get());
  if (may.reject) line({ reject: { callId: callId() } });
  else if (may.hangUp) line({ hangUp: { callId: callId() } });
}
export function toggleHold(): void {
  const may = can(phone.get());
  if (may.hold) line({ hold: { callId: callId() } });
  else if (may.resume) line({ resume: { callId: callId() } });
}
export function toggleMute(): void {
  const { call } = phone.get();
  if (call && can(phone.get()).mute) line({ mute: { callId: callId(), muted: !call.muted } });
}
export function toRating(): void {
  if (can(phone.get()).toRating) line({ toRating: { callId: callId() } });
}
export function sendDigit(digit: string): void {
  if (can(phone.get()).digits && /^[0-9*#]$/.test(digit)) line({ sendDigit: { callId: callId(), digit } });
}
export function dial(text: string, ticketId = ""): boolean {
  const number = dialNumber(text);
  if (!number || !can(phone.get()).dial) return false;
  dispatch({ kind: "clearError" });
  return line({ dial: { number, ticketId, requestId: uuid() } });
}
export function clearPhoneError(): void {
  dispatch({ kind: "clearError" });
}
