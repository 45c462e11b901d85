// The one WebSocket of the page (/v1/desk): signs in with the token in its first frame, comes back by itself with growing
// pauses, keeps the subscriptions of the screens that are open.
import { freshToken, session } from "@/api/session";
import type { Agent, LineEvent, LineRequest, QueueFigure, Wallboard } from "@/api/types";
import { uuid } from "@/lib/format";
import { createStore } from "@/lib/store";

export type Topic = "agent" | "agents" | "queues" | "wallboard" | "tickets";

export interface DeskEvent {
  id?: string;
  source?: string;
  type?: string;
  time?: string;
  subject?: string;
  data?: Record<string, unknown>;
}

export type ServerFrame =
  | { type: "ready"; userId?: string }
  | { type: "line"; event: LineEvent }
  | { type: "lineDown" }
  | { type: "lineUp" }
  | { type: "agent"; agent: Agent }
  | { type: "agents"; agents?: Agent[]; snapshot?: boolean }
  | { type: "queues"; figures?: QueueFigure[] }
  | { type: "wallboard"; wallboard: Wallboard }
  | { type: "event"; event: DeskEvent }
  | { type: "error"; reason?: string; message?: string }
  | { type: "pong" };

export type ClientFrame =
  | { type: "auth"; token: string; tabId: string }
  | { type: "line"; request: LineRequest }
  | { type: "subscribe"; topics: Topic[] }
  | { type: "refresh"; token: string }
  | { type: "ping" };

export interface Link {
  state: "off" | "connecting" | "ready" | "lost";
  attempt: number; // failed attempts since the last good connection
  retryAtMs: number; // when the next attempt starts, while lost
}

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 15_000;
const PING_MS = 10_000;
const SILENCE_MS = 25_000;

// The pause before attempt n (1, 2, …), spread so that a restarted gateway is not met by all desks at once.
export function retryDelayMs(attempt: number, random: number): number {
  const whole = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1));
  return Math.round(whole * (0.5 + random / 2));
}

type Handler = (frame: ServerFrame) => void;

export class DeskSocket {
  readonly link = createStore<Link>({ state: "off", attempt: 0, retryAtMs: 0 });
  readonly tabId = uuid();
  private socket: WebSocket | null = null;
  private handlers = new Set<Handler>();
  private topics = new Map<Topic, number>();
  private wanted = false;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private heardAtMs = 0;
  private sentToken = "";

  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.connect();
    globalThis.addEventListener?.("online", this.retryNow);
  }

  stop(): void {
    this.wanted = false;
    globalThis.removeEventListener?.("online", this.retryNow);
    clearTimeout(this.retryTimer);
    this.drop();
    this.link.set({ state: "off", attempt: 0, retryAtMs: 0 });
  }

  listen(handler: Handler): () => void {
    this.handlers.add(handler);
    return () => void this.handlers.delete(handler);
  }

  subscribe(topic: Topic): () => void {
    const count = this.topics.get(topic) ?? 0;
    this.topics.set(topic, count + 1);
    if (count === 0) this.sendTopics();
    return () => {
      const left = (this.topics.get(topic) ?? 1) - 1;
      if (left > 0) this.topics.set(topic, left);
      else {
        this.topics.delete(topic);
        this.sendTopics();
      }
    };
  }

  // False when there is no connection: the caller says so instead of losing the request silently.
  send(frame: ClientFrame): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  retryNow = (): void => {
    if (!this.wanted || this.link.get().state === "ready") return;
    clearTimeout(this.retryTimer);
    this.drop();
    this.connect();
  };

  private sendTopics(): void {
    if (this.link.get().state === "ready") this.send({ type: "subscribe", topics: [...this.topics.keys()] });
  }

  private connect(): void {
    const { attempt } = this.link.get();
    this.link.set({ state: "connecting", attempt, retryAtMs: 0 });
    freshToken().then(
      (token) => this.open(token),
      () => this.lost(),
    );
  }

  private open(token: string): void {
    if (!this.wanted) return;
    const url = new URL("/v1/desk", globalThis.location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.socket = socket;
    this.sentToken = token;
    this.heardAtMs = Date.now();
    socket.onopen = () => this.send({ type: "auth", token, tabId: this.tabId });
    socket.onmessage = (message) => {
      if (this.socket === socket) this.heard(message.data as string);
    };
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
    clearInterval(this.pingTimer);
    this.pingTimer = setInterval(() => this.beat(), PING_MS);
  }

  private heard(data: string): void {
    this.heardAtMs = Date.now();
    let frame: ServerFrame;
    try {
      frame = JSON.parse(data) as ServerFrame;
    } catch {
      return; // a frame of a newer gateway that is not JSON is not for this page
    }
    if (frame.type === "ready") {
      this.link.set({ state: "ready", attempt: 0, retryAtMs: 0 });
      this.sendTopics();
    }
    for (const handler of [...this.handlers]) handler(frame);
  }

  private beat(): void {
    if (Date.now() - this.heardAtMs > SILENCE_MS) {
      this.lost();
      return;
    }
    this.send({ type: "ping" });
    const token = session.get()?.accessToken;
    if (!token) return;
    void freshToken().then(
      (fresh) => {
        if (fresh !== this.sentToken && this.send({ type: "refresh", token: fresh })) this.sentToken = fresh;
      },
      () => undefined, // the REST side shows that the session is over
    );
  }

  private drop(): void {
    clearInterval(this.pingTimer);
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onclose = null;
      socket.close();
    }
  }

  private lost(): void {
    this.drop();
    if (!this.wanted) return;
    const attempt = this.link.get().attempt + 1;
    const delay = retryDelayMs(attempt, Math.random());
    this.link.set({ state: "lost", attempt, retryAtMs: Date.now() + delay });
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.connect(), delay);
  }
}

export const desk = new DeskSocket();
