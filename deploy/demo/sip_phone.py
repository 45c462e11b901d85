"""A small SIP telephone for demonstrations and checks: UDP, G.711 A-law, keys by RFC 4733 or as tones, one thread per call.

It is what `call` dials with and `answer` answers with, so that nobody needs a SIP phone to hear the hotline. It is no
model of a good user agent: no TCP, no authentication, no re-INVITE of its own (one that it receives is answered with the
same session). Python's standard library only. Addresses are loopback or this machine's own.
"""

import math
import os
import random
import re
import socket
import struct
import subprocess
import threading
import time
import wave

FRAME = 160  # samples of 20 ms at 8 kHz
MAX_MESSAGE = 8192
T1 = 0.5  # RFC 3261 timer T1, seconds


def _alaw_tables():
    def decode(code):
        code ^= 0x55
        exponent, mantissa = (code & 0x70) >> 4, code & 0x0F
        sample = (mantissa << 4) + 8
        if exponent:
            sample = (sample + 0x100) << (exponent - 1)
        return sample if code & 0x80 else -sample

    table = [decode(c) for c in range(256)]
    positive = sorted((s, c) for c, s in enumerate(table))
    encode, index = bytearray(65536), 0
    for value in range(-32768, 32768):
        while index + 1 < 256 and abs(positive[index + 1][0] - value) <= abs(positive[index][0] - value):
            index += 1
        encode[value & 0xFFFF] = positive[index][1]
    return table, bytes(encode)


ALAW_DECODE, ALAW_ENCODE = _alaw_tables()
SILENCE = bytes([ALAW_ENCODE[0]]) * FRAME
TONE_FRAMES, GAP_FRAMES = 5, 5  # of a key pressed as tones; ITU-T Q.24 asks for 40 ms of each at least
DTMF_ROWS, DTMF_COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477)


def encode_alaw(samples):
    return bytes(ALAW_ENCODE[s & 0xFFFF] for s in samples)


def tones(key):
    """The two tones of a key (ITU-T Q.23) and the pause after it, as A-law bytes."""
    row, column = divmod("123456789*0#".index(key), 3)
    low, high = (2 * math.pi * hertz / 8000 for hertz in (DTMF_ROWS[row], DTMF_COLUMNS[column]))
    count = TONE_FRAMES * FRAME
    return encode_alaw(int(6000 * math.sin(low * i) + 7500 * math.sin(high * i)) for i in range(count)) + SILENCE * GAP_FRAMES


def level_dbfs(alaw):
    """RMS of A-law bytes relative to full scale; -100 for silence."""
    if not alaw:
        return -100.0
    power = sum(ALAW_DECODE[b] ** 2 for b in alaw) / len(alaw)
    return -100.0 if power < 100 else 20 * math.log10(math.sqrt(power) / 32768)


def speech(text, cache_dir):
    """`text` spoken by espeak-ng in Mandarin, as A-law bytes."""
    raw = os.path.join(cache_dir, "speech.wav")
    subprocess.run(["espeak-ng", "-v", "cmn", "-s", "150", "-w", raw, text], check=True, stdout=subprocess.DEVNULL)
    out = subprocess.run(["sox", raw, "-t", "raw", "-r", "8000", "-c", "1", "-b", "16", "-e", "signed", "-"],
                         check=True, stdout=subprocess.PIPE).stdout
    return encode_alaw(struct.unpack("<%dh" % (len(out) // 2), out))


def save_wav(path, alaw):
    with wave.open(path, "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(8000)
        f.writeframes(struct.pack("<%dh" % len(alaw), *(ALAW_DECODE[b] for b in alaw)))


class Message:
    """A SIP message, parsed leniently: this is a test phone, not a border element."""

    def __init__(self, data):
        head, _, self.body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
        self.first = lines[0]
        self.headers = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers.append((name.strip().lower(), value.strip()))
        self.status = int(self.first.split()[1]) if self.first.startswith("SIP/2.0 ") else 0
        self.method = "" if self.status else self.first.split(" ", 1)[0]

    def get(self, name):
        short = {"via": "v", "from": "f", "to": "t", "call-id": "i", "contact": "m"}.get(name)
        return next((v for n, v in self.headers if n in (name, short)), "")

    def all(self, name):
        return [v for n, v in self.headers if n == name]


def parse_sdp(body):
    """(address, port, payload type of telephone-event or None) of the audio stream."""
    address = re.search(r"^c=IN IP4 (\S+)", body, re.M)
    port = re.search(r"^m=audio (\d+)", body, re.M)
    event = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", body, re.M | re.I)
    return (address.group(1) if address else "", int(port.group(1)) if port else 0, int(event.group(1)) if event else None)


class Media:
    """RTP of one call: plays what is queued or silence, sends keys, keeps what it hears. `inband`: knows no
    telephone-event, so that keys are tones in the audio."""

    def __init__(self, address, inband=False):
        self.inband = inband
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.socket.settimeout(0.005)
        self.address, self.port = address, self.socket.getsockname()[1]
        self.peer, self.event_type = None, 101
        self.heard, self.playing, self.keys = bytearray(), b"", []
        self.packets_in, self.loop_speech = 0, b""
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def sdp(self):
        types, events = ("8", "") if self.inband else ("8 101", "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n")
        return ("v=0\r\no=- %d 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP %s\r\n"
                "a=rtpmap:8 PCMA/8000\r\n%sa=ptime:20\r\na=sendrecv\r\n") % (
                    random.randrange(1 << 31), self.address, self.address, self.port, types, events)

    def start(self, sdp_body):
        address, port, event = parse_sdp(sdp_body)
        self.peer = (address, port)
        self.event_type = event or self.event_type
        if not self.thread.is_alive() and not self.stopped.is_set():
            self.thread.start()

    def stop(self):
        self.stopped.set()
        if self.thread.is_alive():
            self.thread.join(2)
        self.socket.close()

    def _receive(self, until):
        while time.monotonic() < until:
            try:
                packet, _ = self.socket.recvfrom(2048)
            except (socket.timeout, ConnectionError):
                continue
            if len(packet) > 12 and packet[0] >> 6 == 2 and packet[1] & 0x7F == 8:
                self.packets_in += 1
                self.heard += packet[12:]

    def _run(self):
        sequence, stamp, ssrc = random.randrange(1 << 15), random.randrange(1 << 30), random.randrange(1 << 32)
        next_tick = time.monotonic()
        key, key_step, key_stamp, tone = None, 0, 0, b""
        while not self.stopped.is_set():
            if self.inband and self.keys and not tone:
                tone = tones(self.keys.pop(0))
            if key is None and self.keys and not self.inband:
                key, key_step, key_stamp = self.keys.pop(0), 0, stamp
            if key is not None:  # RFC 4733 §2.5: 100 ms of event, the end sent three times
                end = key_step >= 5
                payload = struct.pack("!BBH", "0123456789*#".index(key), (0x80 if end else 0) | 10, min(key_step + 1, 5) * FRAME)
                header = struct.pack("!BBHII", 0x80, self.event_type | (0x80 if key_step == 0 else 0), sequence & 0xFFFF, key_stamp, ssrc)
                key_step += 1
                if key_step == 8:
                    key = None
            else:
                if not self.playing and self.loop_speech:
                    self.playing = self.loop_speech
                if tone:
                    payload, tone = tone[:FRAME], tone[FRAME:]
                else:
                    payload, self.playing = self.playing[:FRAME], self.playing[FRAME:]
                payload = payload if len(payload) == FRAME else (payload + SILENCE)[:FRAME]
                header = struct.pack("!BBHII", 0x80, 8, sequence & 0xFFFF, stamp & 0xFFFFFFFF, ssrc)
            try:
                self.socket.sendto(header + payload, self.peer)
            except OSError:
                pass  # the other side is gone; its BYE tells
            sequence, stamp = sequence + 1, stamp + FRAME
            next_tick += 0.02
            self._receive(next_tick)


class Phone:
    """One UDP socket and the calls on it."""

    def __init__(self, address, port=0):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.address, self.port = address, self.socket.getsockname()[1]
        self.calls, self.on_invite, self.lock = {}, None, threading.Lock()
        threading.Thread(target=self._run, daemon=True).start()

    def send(self, text, to):
        self.socket.sendto(text.encode(), to)

    def reply(self, request, status, reason, to, tag="", body=""):
        lines = ["SIP/2.0 %d %s" % (status, reason)] + ["Via: " + v for v in request.all("via")]
        lines += ["Record-Route: " + v for v in request.all("record-route")]
        target = request.get("to") + (";tag=" + tag if tag and "tag=" not in request.get("to") else "")
        lines += ["From: " + request.get("from"), "To: " + target, "Call-ID: " + request.get("call-id"),
                  "CSeq: " + request.get("cseq"), "Contact: <sip:phone@%s:%d>" % (self.address, self.port)]
        lines += (["Content-Type: application/sdp"] if body else []) + ["Content-Length: %d" % len(body)]
        self.send("\r\n".join(lines) + "\r\n\r\n" + body, to)

    def _run(self):
        while True:
            data, source = self.socket.recvfrom(MAX_MESSAGE)
            if not data.strip():
                continue
            try:
                message = Message(data)
            except (ValueError, IndexError):
                continue
            with self.lock:
                call = self.calls.get(message.get("call-id"))
            if call is not None:
                call.handle(message, source)
            elif message.method == "INVITE" and self.on_invite:
                call = Call(self, source, message.get("call-id"))
                self.calls[call.call_id] = call
                threading.Thread(target=self.on_invite, args=(call, message, source), daemon=True).start()
            elif message.method == "OPTIONS":
                self.reply(message, 200, "OK", source, "options")
            elif message.method and message.method != "ACK":
                self.reply(message, 481, "Call/Transaction Does Not Exist", source, "none")


class Call:
    """A call of a Phone. `ended` is set when either side hung up or the call failed; `status` is its final response."""

    def __init__(self, phone, proxy, call_id=None, inband=False):
        self.phone, self.proxy = phone, proxy
        self.call_id = call_id or "%032x@%s" % (random.getrandbits(128), phone.address)
        self.tag, self.branch = "%x" % random.getrandbits(40), ""
        self.media = Media(phone.address, inband)
        self.status, self.ended, self.answered = 0, threading.Event(), threading.Event()
        self.ended_by, self.cseq, self.remote, self.local = "", 1, "", ""
        self.target, self.invite_text, self.routes = "", "", []

    def dial(self, number, caller):
        self.remote = "<sip:%s@%s:%d>" % (number, *self.proxy)
        self.local = "<sip:%s@%s:%d>;tag=%s" % (caller, self.phone.address, self.phone.port, self.tag)
        self.target = "sip:%s@%s:%d" % (number, *self.proxy)
        self.branch = "z9hG4bK%x" % random.getrandbits(60)
        self.phone.calls[self.call_id] = self
        self.invite_text = self._request("INVITE", self.cseq, self.branch, self.media.sdp())
        threading.Thread(target=self._retransmit, daemon=True).start()

    def _retransmit(self):
        wait = T1
        while wait <= 64 * T1 and not self.status and not self.ended.is_set():
            self.phone.send(self.invite_text, self.proxy)
            time.sleep(wait)
            wait *= 2
        if not self.status and not self.ended.is_set():
            self._finish("timeout")

    def _request(self, method, cseq, branch, body=""):
        lines = ["%s %s SIP/2.0" % (method, self.target),
                 "Via: SIP/2.0/UDP %s:%d;branch=%s;rport" % (self.phone.address, self.phone.port, branch),
                 "Max-Forwards: 70", "From: " + self.local, "To: " + self.remote, "Call-ID: " + self.call_id,
                 "CSeq: %d %s" % (cseq, method), "Contact: <sip:phone@%s:%d>" % (self.phone.address, self.phone.port)]
        lines += ["Route: " + r for r in self.routes]
        lines += (["Content-Type: application/sdp"] if body else []) + ["Content-Length: %d" % len(body)]
        return "\r\n".join(lines) + "\r\n\r\n" + body

    def handle(self, message, source):
        if message.status:
            self._handle_response(message)
        elif message.method == "BYE":
            self.phone.reply(message, 200, "OK", source)
            self._finish("remote")
        elif message.method == "CANCEL":
            self.phone.reply(message, 200, "OK", source)
            self._finish("remote")
        elif message.method == "INVITE" and self.answered.is_set():
            self.media.start(message.body) if message.body else None
            self.phone.reply(message, 200, "OK", source, self.tag, self.media.sdp())
        elif message.method in ("OPTIONS", "UPDATE", "INFO"):
            self.phone.reply(message, 200, "OK", source)

    def _handle_response(self, message):
        if "INVITE" not in message.get("cseq"):
            return
        if message.status < 200:
            self.status = self.status or message.status
            return
        self.status, self.remote = message.status, message.get("to")
        if message.status < 300:
            contact = re.search(r"<([^>]+)>", message.get("contact"))
            self.target = contact.group(1) if contact else self.target
            self.routes = list(reversed(message.all("record-route")))
            self.phone.send(self._request("ACK", self.cseq, "z9hG4bK%x" % random.getrandbits(60)), self.proxy)
            if not self.answered.is_set():
                self.media.start(message.body)
                self.answered.set()
        else:
            self.phone.send(self._request("ACK", self.cseq, self.branch), self.proxy)
            self._finish("refused")

    def accept(self, invite, source):
        contact = re.search(r"<([^>]+)>", invite.get("contact"))
        self.target = contact.group(1) if contact else ""
        self.local = invite.get("to") + ";tag=" + self.tag
        self.remote, self.proxy, self.status = invite.get("from"), source, 200
        self.phone.reply(invite, 200, "OK", source, self.tag, self.media.sdp())
        self.media.start(invite.body)
        self.answered.set()

    def hang_up(self):
        if self.ended.is_set():
            return
        if self.answered.is_set():
            self.cseq += 1
            self.phone.send(self._request("BYE", self.cseq, "z9hG4bK%x" % random.getrandbits(60)), self.proxy)
        elif self.invite_text:
            self.phone.send(self._request("CANCEL", self.cseq, self.branch), self.proxy)
        self._finish("local")

    def _finish(self, by):
        if not self.ended.is_set():
            self.ended_by = by
            self.ended.set()
            threading.Thread(target=self.media.stop, daemon=True).start()
