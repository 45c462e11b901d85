// One nailed-up peer connection: audio both ways, G.711 first. The microphone's track is put on the sender only during a
// call, so an idle line sends nothing.
import type { Sample } from "./state";

const DISCONNECTED_GRACE_MS = 3000;

export interface PeerEvents {
  onRemoteStream(stream: MediaStream): void;
  onBroken(): void; // the connection is gone for good: a new peer is needed
}

export class Peer {
  private readonly pc = new RTCPeerConnection();
  private readonly transceiver: RTCRtpTransceiver;
  private grace: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(private readonly events: PeerEvents) {
    this.transceiver = this.pc.addTransceiver("audio", { direction: "sendrecv" });
    preferG711(this.transceiver);
    this.pc.ontrack = (event) => this.events.onRemoteStream(event.streams[0] ?? new MediaStream([event.track]));
    this.pc.onconnectionstatechange = () => this.watch();
  }

  get connected(): boolean {
    return this.pc.connectionState === "connected";
  }

  // The answering side is ICE-lite: it needs none of our candidates, so nothing is waited for.
  async offer(): Promise<string> {
    await this.pc.setLocalDescription(await this.pc.createOffer());
    return this.pc.localDescription?.sdp ?? "";
  }

  async accept(sdp: string): Promise<void> {
    if (!this.closed && this.pc.signalingState === "have-local-offer") await this.pc.setRemoteDescription({ type: "answer", sdp });
  }

  async send(track: MediaStreamTrack | null): Promise<void> {
    if (!this.closed && this.transceiver.sender.track !== track) await this.transceiver.sender.replaceTrack(track);
  }

  async sample(): Promise<Sample | null> {
    if (this.closed) return null;
    let found: Sample | null = null;
    for (const report of (await this.transceiver.receiver.getStats()).values()) {
      const r = report as { type: string; packetsReceived?: number; packetsLost?: number; jitter?: number };
      if (r.type !== "inbound-rtp") continue;
      found = { received: r.packetsReceived ?? 0, lost: r.packetsLost ?? 0, jitterMs: (r.jitter ?? 0) * 1000 };
    }
    return found;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.grace);
    this.pc.onconnectionstatechange = null;
    this.pc.ontrack = null;
    this.pc.close();
  }

  private watch(): void {
    clearTimeout(this.grace);
    const state = this.pc.connectionState;
    if (state === "failed" || state === "closed") this.events.onBroken();
    else if (state === "disconnected") this.grace = setTimeout(() => this.events.onBroken(), DISCONNECTED_GRACE_MS);
  }
}

function preferG711(transceiver: RTCRtpTransceiver): void {
  const all = RTCRtpReceiver.getCapabilities("audio")?.codecs ?? [];
  const wanted = ["audio/pcma", "audio/pcmu", "audio/telephone-event"];
  const chosen = wanted.flatMap((mime) => all.filter((codec) => codec.mimeType.toLowerCase() === mime && codec.clockRate === 8000));
  // Browsers without G.711 do not exist; one that hides its list keeps its own order.
  if (chosen.length > 0) transceiver.setCodecPreferences(chosen);
}
