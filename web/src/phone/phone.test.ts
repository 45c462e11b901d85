import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ClientFrame, Link, ServerFrame } from "@/desk/socket";

// What the page's socket is for the phone: frames out, frames in, and whether it is ready.
const socket = vi.hoisted(() => ({
  sent: [] as ClientFrame[],
  handlers: new Set<(frame: ServerFrame) => void>(),
  state: "connecting" as Link["state"],
}));
vi.mock("@/desk/socket", () => ({
  desk: {
    tabId: "tab-2",
    link: { get: () => ({ state: socket.state }), subscribe: () => () => undefined },
    listen: (handler: (frame: ServerFrame) => void) => {
      socket.handlers.add(handler);
      return () => socket.handlers.delete(handler);
    },
    send: (frame: ClientFrame) => socket.sent.push(frame) > 0,
  },
}));

import { microphoneReady, phone, startPhone, stopPhone } from "./phone";

const becomeReady = () => {
  socket.state = "ready";
  socket.handlers.forEach((handler) => handler({ type: "ready" }));
};
const attached = () => socket.sent.filter((frame) => frame.type === "line" && frame.request.attach).length;

// Another tab of this browser, which answers for the line if it has it.
class Channel {
  static hasLine = false;
  private readonly listeners = new Set<(event: MessageEvent) => void>();
  addEventListener(_: string, listener: (event: MessageEvent) => void) {
    this.listeners.add(listener);
  }
  removeEventListener(_: string, listener: (event: MessageEvent) => void) {
    this.listeners.delete(listener);
  }
  postMessage() {
    becomeReady(); // the socket is faster than the other tab
    if (Channel.hasLine) this.listeners.forEach((listener) => listener({ data: { kind: "mine" } } as MessageEvent));
  }
  close() {
    this.listeners.clear();
  }
}

describe("the phone of a second tab", () => {
  beforeEach(() => {
    stopPhone();
    socket.sent.length = 0;
    socket.handlers.clear();
    socket.state = "connecting";
    vi.stubGlobal("BroadcastChannel", Channel);
    vi.stubGlobal("navigator", {}); // no microphone
  });

  it("leaves the line, and the call on it, to the tab that has it", async () => {
    Channel.hasLine = true;
    await startPhone();
    expect(phone.get().line).toBe("elsewhere");
    expect(attached()).toBe(0);
    becomeReady(); // nor when the socket comes back later
    expect(attached()).toBe(0);
  });

  it("attaches once when no tab has the line", async () => {
    Channel.hasLine = false;
    await startPhone();
    expect(phone.get().line).toBe("attaching");
    expect(attached()).toBe(1);
  });

  it("is not ready for callers without a microphone, is with one, and leaves another tab's to it", async () => {
    Channel.hasLine = false;
    await startPhone();
    expect(await microphoneReady()).toBe(false);
    expect(phone.get().microphone).toBe("missing");
    const refuse = vi.fn().mockRejectedValue(new DOMException("", "NotAllowedError"));
    vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: refuse } });
    expect(await microphoneReady()).toBe(false);
    expect(phone.get().microphone).toBe("denied");
    refuse.mockResolvedValue({ getAudioTracks: () => [{}], getTracks: () => [{ stop: vi.fn() }] });
    expect(await microphoneReady()).toBe(true);
    stopPhone();
    vi.stubGlobal("navigator", {});
    Channel.hasLine = true;
    await startPhone();
    expect(await microphoneReady()).toBe(true);
  });

  it("does nothing more when it was stopped while it asked", async () => {
    Channel.hasLine = false;
    const started = startPhone();
    stopPhone();
    await started;
    expect(phone.get().line).toBe("off");
    expect(attached()).toBe(0);
    expect(socket.handlers.size).toBe(0);
  });
});
