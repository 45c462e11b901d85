// The citizen's side of a call: a telephone that a test drives, and what it hears, recognised by the prompts' own audio.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CAP_MS, sip, waitFor } from "./harness.mjs";

const data = process.env.SUITE_DATA;
const here = new URL(".", import.meta.url).pathname;
const RATE = 8000; // bytes of A-law a second
const SLICE = 240; // 30 ms: long enough to be found in one prompt alone
const LOUD = 1000; // of 32768: a slice quieter than this says nothing
const AUDIBLE_DBFS = -45;
let calls = 0;

// As telephony encodes prompts (G.711 A-law of the sample's magnitude).
function alaw(sample) {
  const m = Math.min(Math.abs(sample), 32767) >> 4;
  const exponent = m < 16 ? 0 : 28 - Math.clz32(m);
  const code = m < 16 ? m : (exponent << 4) | ((m >> (exponent - 1)) & 15);
  return (code ^ 0x55) | (sample < 0 ? 0 : 0x80);
}

function linear(byte) {
  const code = (byte ^ 0x55) & 0x7f;
  const exponent = code >> 4;
  const m = (((code & 15) << 1) | 1) + (exponent ? 32 : 0);
  return (exponent ? m << (exponent - 1) : m) << 3;
}

export function dbfs(bytes) {
  if (bytes.length === 0) return -100;
  let power = 0;
  for (const byte of bytes) power += linear(byte) ** 2;
  return Math.max(-100, 20 * Math.log10(Math.sqrt(power / bytes.length) / 32768));
}

// The prompts that ivr has spoken, as A-law bytes, by id.
function readPrompts() {
  const prompts = new Map();
  const directory = join(data, "prompts");
  for (const file of readdirSync(directory)) {
    const name = /^(.*)-[0-9a-f]{16}\.wav$/.exec(file)?.[1];
    if (!name) continue;
    const wav = readFileSync(join(directory, file));
    const pcm = wav.subarray(wav.indexOf("data") + 8);
    const bytes = Buffer.alloc(pcm.length >> 1);
    for (let i = 0; i < bytes.length; i++) bytes[i] = alaw(pcm.readInt16LE(2 * i));
    prompts.set(name, bytes);
  }
  return prompts;
}

let prompts;
const slicesOf = new Map();

// Pieces of a prompt, in order, that no other prompt has; a lost packet may take some of them.
function slices(id) {
  prompts ??= readPrompts();
  if (slicesOf.has(id)) return slicesOf.get(id);
  const own = prompts.get(id);
  assert.ok(own, `no prompt ${id}`);
  const found = [];
  const step = Math.max(SLICE, Math.floor(own.length / 24));
  for (let at = 0; at + SLICE <= own.length; at += step) {
    const piece = own.subarray(at, at + SLICE);
    if (Math.sqrt(piece.reduce((sum, b) => sum + linear(b) ** 2, 0) / SLICE) < LOUD) continue;
    if (own.indexOf(piece) !== at || [...prompts].some(([other, bytes]) => other !== id && bytes.includes(piece))) continue;
    found.push({ at, piece });
  }
  assert.ok(found.length > 0, `nothing of prompt ${id} is its own`);
  slicesOf.set(id, found);
  return found;
}

// Where the prompt begins in what was heard after `from`, or -1. `whole`: only when its last pieces were heard too.
export function findPrompt(heard, id, from = 0, whole = true) {
  const own = slices(id);
  const tail = own.slice(-Math.max(2, own.length >> 2));
  for (const { at, piece } of whole ? tail : own) {
    const place = heard.indexOf(piece, from);
    if (place >= 0 && place - at >= from - SLICE) return place - at;
  }
  return -1;
}
// How far into a prompt its last sound of its own is; the silence that prompts end with may be cut off by the next.
const soundLength = (id) => slices(id).at(-1).at + SLICE;

export class Citizen {
  constructor({ from, inband = false, local = "127.0.0.1", to = "12345" }) {
    this.file = join(data, `heard-${++calls}.alaw`);
    writeFileSync(this.file, "");
    const args = ["--server", sip, "--from", from, "--to", to, "--local", local, "--heard", this.file, ...(inband ? ["--inband"] : [])];
    this.child = spawn(join(here, "citizen.py"), args, { stdio: ["pipe", "pipe", "inherit"] });
    this.child.stdin.on("error", () => undefined); // the call ended as a command was given
    this.events = [];
    this.mark = 0; // up to here the test has listened
    createInterface({ input: this.child.stdout }).on("line", (line) => this.events.push(JSON.parse(line)));
    this.over = new Promise((done) => this.child.on("close", done));
  }

  command(line) {
    this.child.stdin.write(`${line}\n`);
    return this;
  }
  press(keys) {
    return this.command(`press ${keys}`);
  }
  say(file) {
    return this.command(`say ${file}`);
  }
  keepSaying(file) {
    return this.command(`repeat ${file}`);
  }
  heard() {
    return readFileSync(this.file);
  }
  event(name) {
    return this.events.find((e) => e.event === name);
  }
  async answered() {
    await waitFor("the answer", () => this.event("answered") ?? this.event("ended"));
    assert.ok(this.event("answered"), `not answered: ${JSON.stringify(this.events)}`);
    return this;
  }

  // Waits until the prompts were heard to their ends, in this order, after what was listened to before.
  async hears(...ids) {
    for (const id of ids) await this.#until(id, true);
    return this;
  }
  // As soon as the prompt has begun: a citizen who knows the menu does not wait.
  async hearsBegin(id) {
    await this.#until(id, false);
    return this;
  }
  async hearsOneOf(...ids) {
    return waitFor(`one of ${ids}`, () => ids.find((id) => findPrompt(this.heard(), id, this.mark - RATE, false) >= 0));
  }
  async #until(id, whole) {
    const place = await waitFor(`the prompt ${id}`, () => {
      const found = findPrompt(this.heard(), id, this.mark, whole);
      if (found < 0 && this.event("ended")) throw new Error(`the call ended before ${id} was heard: ${JSON.stringify(this.events)}`);
      return found < 0 ? 0 : found + 1;
    });
    this.mark = whole ? place - 1 + soundLength(id) : place;
  }

  // Digits as they are read out, one after another.
  async hearsDigits(count) {
    let digits = "";
    while (digits.length < count) {
      const [digit, place] = await waitFor(`digit ${digits.length + 1}`, () => this.#nextDigit());
      digits += digit;
      this.mark = place + soundLength(`digit.${digit}`);
    }
    return digits;
  }
  #nextDigit() {
    const heard = this.heard();
    let best = null;
    for (let d = 0; d <= 9; d++) {
      const place = findPrompt(heard, `digit.${d}`, this.mark);
      if (place >= 0 && (!best || place < best[1])) best = [String(d), place];
    }
    return best;
  }

  // Its own words, played back to it.
  async hearsItself(file) {
    const words = readFileSync(file);
    const piece = words.subarray(words.length >> 1, (words.length >> 1) + SLICE);
    const place = await waitFor("its own words", () => this.heard().indexOf(piece, this.mark) + 1);
    this.mark = place;
    return this;
  }
  // Until what it was told to say is said.
  async hasSpoken() {
    await waitFor("the end of its own words", () => this.event("spoken"));
    this.events = this.events.filter((e) => e.event !== "spoken");
    return this;
  }

  // Sound of at least so many seconds after what was listened to before, in which no half second is silent.
  async hearsSoundFor(seconds) {
    return waitFor("sound", () => {
      const tail = this.heard().subarray(this.mark);
      if (this.event("ended")) throw new Error("the call ended");
      for (let from = 0; from + seconds * RATE <= tail.length; from += RATE / 2) {
        const levels = [];
        for (let at = from; at < from + seconds * RATE; at += RATE / 2) levels.push(dbfs(tail.subarray(at, at + RATE / 2)));
        if (levels.every((level) => level > AUDIBLE_DBFS)) return { dbfs: dbfs(tail.subarray(from, from + seconds * RATE)) };
      }
      return null;
    });
  }

  async hangUp() {
    this.command("hang-up");
    return this.ended();
  }
  async ended(capMs = CAP_MS) {
    return waitFor("the end of the call", () => this.event("ended"), capMs);
  }
}
