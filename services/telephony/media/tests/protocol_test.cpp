// RTP, RTCP, digits, latching, ports and the browser's SDP: all without a peer.
#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmath>
#include <numbers>
#include <random>

#include "libs/base/error.h"
#include "services/telephony/media/dtmf.h"
#include "services/telephony/media/latch.h"
#include "services/telephony/media/libre.h"
#include "services/telephony/media/limits.h"
#include "services/telephony/media/port_pool.h"
#include "services/telephony/media/rtcp.h"
#include "services/telephony/media/rtp_packet.h"
#include "services/telephony/media/rtp_stream.h"
#include "services/telephony/media/rtp_transport.h"
#include "services/telephony/media/tests/signal.h"
#include "services/telephony/media/web_sdp.h"

namespace hotline::telephony::media {
namespace {

TEST_CASE("RTP headers: written ones parse, broken ones do not") {
  uint8_t packet[40] = {};
  WriteRtpHeader({true, 101, 65535, 0xDEADBEEF, 42}, packet);
  auto view = ParseRtp(packet, 16);
  REQUIRE(view);
  CHECK(view->header.marker);
  CHECK(view->header.payload_type == 101);
  CHECK(view->header.sequence == 65535);
  CHECK(view->header.timestamp == 0xDEADBEEF);
  CHECK(view->payload_bytes == 4);
  CHECK_FALSE(ParseRtp(packet, 11));
  packet[0] = 0x40;
  CHECK_FALSE(ParseRtp(packet, 16));
  packet[0] = 0x8F;  // 15 contributing sources do not fit.
  CHECK_FALSE(ParseRtp(packet, 40));
  packet[0] = 0x90;  // An extension of 65535 words does not fit.
  packet[14] = packet[15] = 0xFF;
  CHECK_FALSE(ParseRtp(packet, 40));
  packet[0] = 0xA0;  // Padding longer than the packet, and of zero length.
  packet[39] = 200;
  CHECK_FALSE(ParseRtp(packet, 40));
  packet[39] = 0;
  CHECK_FALSE(ParseRtp(packet, 40));
  packet[39] = 4;
  CHECK(ParseRtp(packet, 40)->payload_bytes == 24);
}

std::vector<uint8_t> EventPacket(uint8_t event, uint32_t timestamp, uint16_t duration, bool end, bool marker = false) {
  std::vector<uint8_t> packet(16);
  WriteRtpHeader({marker, 101, 0, timestamp, 1}, packet.data());
  packet[12] = event;
  packet[13] = end ? 0x8A : 0x0A;
  Write16(packet.data() + 14, duration);
  return packet;
}
std::string Receive(TelephoneEventReceiver& receiver, const std::vector<std::vector<uint8_t>>& packets) {
  std::string digits;
  for (const auto& packet : packets) {
    if (auto digit = receiver.Receive(*ParseRtp(packet.data(), packet.size()))) digits += *digit;
  }
  return digits;
}

TEST_CASE("telephone-event: one digit however its packets are lost") {
  std::vector<std::vector<uint8_t>> press;
  for (uint16_t d = 160; d <= 800; d += 160) press.push_back(EventPacket(5, 1000, d, false, d == 160));
  for (int i = 0; i < 3; ++i) press.push_back(EventPacket(5, 1000, 960, true));
  for (unsigned mask = 1; mask < 256; ++mask) {  // Every subset of the eight packets but the empty one.
    TelephoneEventReceiver receiver;
    std::vector<std::vector<uint8_t>> kept;
    for (unsigned i = 0; i < 8; ++i) {
      if (mask & (1u << i)) kept.push_back(press[i]);
    }
    CHECK(Receive(receiver, kept) == "5");
  }
}

TEST_CASE("telephone-event: repeated digits, lost ends, reordering, long presses, foreign events") {
  TelephoneEventReceiver receiver;
  CHECK(Receive(receiver, {EventPacket(1, 1000, 160, false), EventPacket(1, 1000, 320, false)}) == "1");      // Ends lost.
  CHECK(Receive(receiver, {EventPacket(1, 3000, 160, false, true), EventPacket(1, 3000, 480, true)}) == "1");  // Again 1.
  CHECK(Receive(receiver, {EventPacket(1, 1000, 480, true)}) == "");                                           // Stale.
  CHECK(Receive(receiver, {EventPacket(11, 5000, 160, true)}) == "#");
  CHECK(Receive(receiver, {EventPacket(16, 6000, 160, true), EventPacket(200, 7000, 160, true)}) == "");  // Flash, modem.
  // RFC 4733 section 2.5.1.3: a key held longer than 8 s comes in segments.
  CHECK(Receive(receiver, {EventPacket(9, 10000, 160, false, true), EventPacket(9, 10000, 65520, false),
                           EventPacket(9, 10000 + 65520, 160, false), EventPacket(9, 10000 + 65520, 800, true)}) == "9");
  CHECK(Receive(receiver, {EventPacket(9, 10000 + 65520 + 4000, 160, false, true)}) == "9");
  std::vector<uint8_t> cut = EventPacket(3, 200000, 160, false);
  cut.resize(14);
  CHECK(Receive(receiver, {cut}) == "");
}

TEST_CASE("telephone-event: what is sent is received, with marker and three ends") {
  TelephoneEventSender sender;
  REQUIRE(sender.Queue("159*0#D", 100, 60));
  CHECK_FALSE(sender.Queue("12x", 100, 60));
  CHECK_FALSE(sender.Queue(std::string(kMaxQueuedDigits, '1'), 100, 60));
  TelephoneEventReceiver receiver;
  std::string digits;
  uint32_t timestamp = 50;
  int ends = 0;
  int markers = 0;
  for (int tick = 0; tick < 400 && sender.active(); ++tick, timestamp += 160) {
    auto packet = sender.Tick(timestamp);
    if (!packet) continue;
    ends += (packet->payload[1] & 0x80) ? 1 : 0;
    markers += packet->marker ? 1 : 0;
    std::vector<uint8_t> wire(16);
    WriteRtpHeader({packet->marker, 101, 0, packet->timestamp, 1}, wire.data());
    std::copy_n(packet->payload, 4, wire.begin() + 12);
    if (auto digit = receiver.Receive(*ParseRtp(wire.data(), wire.size()))) digits += *digit;
  }
  CHECK(digits == "159*0#D");
  CHECK(ends == 21);
  CHECK(markers == 7);
  CHECK_FALSE(sender.active());
}

std::string DetectTones(std::string_view digits, double noise_rms, double gain, uint32_t seed) {
  ToneDigitSender sender;
  REQUIRE(sender.Queue(digits, 100, 100));
  std::string heard;
  InBandDetector detector([&heard](char digit) { heard += digit; });
  for (int tick = 0; tick < 2000 && sender.active(); ++tick) {
    std::vector<int16_t> frame(160);
    sender.Fill(frame.data());
    for (int16_t& s : frame) s = static_cast<int16_t>(s * gain);
    testing::AddNoise(frame, noise_rms, seed * 10'000 + static_cast<uint32_t>(tick));
    detector.Feed(frame.data(), frame.size());
  }
  return heard;
}

TEST_CASE("in-band digits are found, through noise too, and none in noise or tones") {
  CHECK(DetectTones("1234567890*#ABCD", 0, 1, 1) == "1234567890*#ABCD");
  CHECK(DetectTones("1234567890*#", 400, 1, 2) == "1234567890*#");     // About 25 dB below the tones.
  CHECK(DetectTones("1122334455", 100, 0.25, 3) == "1122334455");     // A quiet line.
  int false_digits = 0;
  InBandDetector detector([&](char) { ++false_digits; });
  std::vector<int16_t> noise(8000 * 20, 0);
  testing::AddNoise(noise, 3000, 4);
  for (size_t at = 0; at + 160 <= noise.size(); at += 160) detector.Feed(noise.data() + at, 160);
  const auto tone = testing::Sine(1000, 8000);
  for (size_t at = 0; at + 160 <= tone.size(); at += 160) detector.Feed(tone.data() + at, 160);
  CHECK(false_digits == 0);
}

// Digits and near misses: wrong pitch, twist, noise, speech-like tones, any length and phase.
std::vector<int16_t> DoubtfulDigit(std::mt19937& random) {
  static constexpr double kLow[] = {697, 770, 852, 941, 650, 1000}, kHigh[] = {1209, 1336, 1477, 1633, 1100, 2000};
  const auto between = [&random](double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); };
  const double detune = random() % 3 == 0 ? between(0.96, 1.04) : 1;
  const double amplitude = std::exp(between(std::log(30.0), std::log(14000.0)));
  const double twist = std::exp(between(-1.2, 1.2));
  const int samples = 80 + static_cast<int>(random() % 1200);
  auto out = testing::Sine(kLow[random() % 6] * detune, samples, amplitude, static_cast<int>(random() % 1000));
  const auto high = testing::Sine(kHigh[random() % 6] * detune, samples, amplitude * twist, static_cast<int>(random() % 1000));
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<int16_t>(std::clamp(out[i] + high[i], -32767, 32767));
  testing::AddNoise(out, random() % 2 == 0 ? 1 : amplitude * between(0, 0.5), random());
  out.resize(out.size() + random() % 800);
  return out;
}

TEST_CASE("the in-band detector decides as librem's does") {
  std::string ours, theirs;
  InBandDetector detector([&ours](char digit) { ours += digit; });
  dtmf_dec* reference = nullptr;
  const auto on_digit = [](char digit, void* arg) { *static_cast<std::string*>(arg) += digit; };
  REQUIRE(dtmf_dec_alloc(&reference, kSampleRate, 1, on_digit, &theirs) == 0);
  std::mt19937 random(7);
  std::vector<int16_t> line;
  for (int i = 0; i < 3000; ++i) {
    const auto digit = DoubtfulDigit(random);
    line.insert(line.end(), digit.begin(), digit.end());
  }
  for (size_t at = 0; at + kFrameSamples <= line.size(); at += kFrameSamples) {
    detector.Feed(line.data() + at, kFrameSamples);
    dtmf_dec_probe(reference, line.data() + at, kFrameSamples);
    REQUIRE(ours == theirs);
  }
  mem_deref(reference);
  CHECK(ours.size() > 300);
}

TEST_CASE("one key press seen both ways counts once") {
  DigitJoiner joiner;
  const auto event = DigitSource::kTelephoneEvent, tone = DigitSource::kInBand;
  CHECK(joiner.Accept('1', event, 1000));
  CHECK_FALSE(joiner.Accept('1', tone, 1060));
  CHECK(joiner.Accept('1', event, 1200));  // Pressed again at once.
  CHECK_FALSE(joiner.Accept('1', tone, 1260));
  CHECK(joiner.Accept('2', tone, 1400));   // The tone first.
  CHECK_FALSE(joiner.Accept('2', event, 1450));
  CHECK(joiner.Accept('2', event, 1600));
  CHECK(joiner.Accept('3', event, 2000));
  CHECK(joiner.Accept('3', tone, 2600));   // Too far apart to be one.
}

TEST_CASE("reception statistics count loss, wrap and jitter") {
  ReceptionStats stats;
  CHECK_FALSE(stats.TakeBlock());
  uint64_t at = 1'000'000;
  for (uint32_t i = 0; i < 200; ++i, at += 20'000) {
    if (i % 10 == 5) continue;
    stats.Packet(9, static_cast<uint16_t>(65500 + i), i * 160, at);
  }
  auto block = stats.TakeBlock();
  REQUIRE(block);
  CHECK(block->cumulative_lost == 20);
  CHECK(std::abs(block->fraction_lost - 26) <= 1);
  CHECK(block->extended_highest == 65500 + 199);
  CHECK(block->jitter == 0);
  for (uint32_t i = 200; i < 300; ++i, at += 20'000) stats.Packet(9, static_cast<uint16_t>(65500 + i), i * 160, at + (i % 2) * 10'000);
  block = stats.TakeBlock();
  CHECK(block->fraction_lost == 0);
  CHECK(stats.jitter_ms() > 8);
  CHECK(stats.jitter_ms() < 11);
}

TEST_CASE("RTCP: what is written parses, and truncations do not crash") {
  RtcpReport report;
  report.ssrc = 5;
  report.cname = "someone";
  report.sender = SenderInfo{NtpOfUnixMicros(1'700'000'000'500'000), 1234, 10, 1600};
  report.block = ReceptionStats::Block{7, 51, -3, 70000, 80};
  report.last_sr = 0x12345678;
  report.delay_since_last_sr = 65536;
  report.bye = true;
  const auto bytes = EncodeRtcp(report);
  CHECK(bytes.size() % 4 == 0);
  CHECK(LooksLikeRtcp(bytes.data(), bytes.size()));
  auto parsed = ParseRtcp(bytes.data(), bytes.size(), 7);
  REQUIRE(parsed);
  CHECK(parsed->bye);
  CHECK(*parsed->sr_ntp_middle == NtpMiddle(report.sender->ntp));
  REQUIRE(parsed->about_us);
  CHECK(parsed->about_us->fraction_lost == 51);
  CHECK(parsed->about_us->cumulative_lost == -3);
  CHECK(parsed->about_us->jitter == 80);
  CHECK_FALSE(ParseRtcp(bytes.data(), bytes.size(), 8)->about_us);
  for (size_t n = 0; n < bytes.size(); ++n) {
    const std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(n));
    (void)ParseRtcp(cut.data(), cut.size(), 7);
  }
}

TEST_CASE("two RTP streams measure the round trip between them") {
  RtpStream a(1, "a", {}, {}), b(2, "b", {}, {});
  uint8_t packet[RtpStream::kMaxPacketBytes];
  const std::vector<uint8_t> audio(160, kAlawSilence);
  uint64_t now = 1'700'000'000'000'000;
  for (int i = 0; i < 10; ++i) {
    const size_t n = a.MakePacket(audio.data(), packet);
    CHECK(b.ReceiveRtp(packet, n, now + static_cast<uint64_t>(i) * 20'000));
    const size_t m = b.MakePacket(audio.data(), packet);
    CHECK(a.ReceiveRtp(packet, m, now + static_cast<uint64_t>(i) * 20'000));
  }
  auto sr = a.MakeReport(now, false);
  CHECK(b.ReceiveRtcp(sr.data(), sr.size(), now + 30'000));
  auto rr = b.MakeReport(now + 500'000, false);
  CHECK(a.ReceiveRtcp(rr.data(), rr.size(), now + 540'000));
  CHECK(a.Stats().round_trip_ms == Approx(70).margin(1));
  CHECK(a.Stats().remote_loss == 0);
  CHECK_FALSE(a.ReceiveRtp(reinterpret_cast<const uint8_t*>("junk"), 4, now));
  CHECK(a.Stats().malformed == 1);
}

TEST_CASE("latch: the signalled host at once, another after proof, strangers never") {
  const Endpoint phone{0x0A000001, 4000}, nat{0xC0000201, 6000}, stranger{0x7F000001, 9};
  Latch plain(false);
  CHECK_FALSE(plain.Accept(phone));  // Before its SDP nothing is expected.
  plain.Signal(phone);
  CHECK_FALSE(plain.Accept(stranger));
  CHECK(plain.Accept({phone.ip, 4444}));
  CHECK(plain.remote().port == 4444);
  CHECK_FALSE(plain.Accept(phone));
  for (int i = 0; i < 200; ++i) CHECK_FALSE(plain.Accept(stranger));
  plain.Signal(phone);  // The same address again, as in a session refresh.
  CHECK(plain.remote().port == 4444);
  plain.Signal({phone.ip, 5000});
  CHECK(plain.remote().port == 5000);
  Latch learning(true);
  learning.Signal(phone);
  CHECK_FALSE(learning.Accept(nat));
  CHECK_FALSE(learning.Accept(stranger));  // Breaks the row.
  CHECK_FALSE(learning.Accept(nat));
  CHECK_FALSE(learning.Accept(nat));
  CHECK(learning.Accept(nat));
  CHECK(learning.remote() == nat);
  CHECK_FALSE(learning.Accept(phone));
  Latch flooded(true);
  flooded.Signal(phone);
  for (int i = 0; i < 60; ++i) CHECK_FALSE(flooded.Accept({stranger.ip, static_cast<uint16_t>(i + 1)}));
  for (int i = 0; i < 10; ++i) CHECK_FALSE(flooded.Accept(nat));  // The time to learn is over.
  CHECK(flooded.Accept(phone));
}

struct CountingSink final : TransportSink {
  std::string types;  // Payload types in order, and R for RTCP.
  void OnRtp(const uint8_t* data, size_t, uint64_t arrival_us) override {
    CHECK(arrival_us > 0);
    types += static_cast<char>('0' + (data[1] & 0x7f));
  }
  void OnRtcp(const uint8_t*, size_t, uint64_t) override { types += 'R'; }
  void OnConnected() override {}
  void OnLost(WebLostReason) override {}
};

struct Sender {
  int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  explicit Sender(const char* address, uint16_t target, uint16_t own_port = 0) {
    sockaddr_in local{};
    local.sin_family = to.sin_family = AF_INET;
    local.sin_port = htons(own_port);
    REQUIRE(::inet_pton(AF_INET, address, &local.sin_addr) == 1);
    REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&local), sizeof local) == 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(target);
  }
  ~Sender() { ::close(fd); }
  void Send(uint8_t type) {
    uint8_t packet[172] = {};
    WriteRtpHeader({false, type, 1, 160, 7}, packet);
    REQUIRE(::sendto(fd, packet, sizeof packet, 0, reinterpret_cast<sockaddr*>(&to), sizeof to) == sizeof packet);
  }
  Endpoint endpoint() const {
    sockaddr_in local{};
    socklen_t size = sizeof local;
    REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size) == 0);
    return {ntohl(local.sin_addr.s_addr), ntohs(local.sin_port)};
  }
  int Received() const {
    uint8_t packet[512];
    int count = 0;
    while (::recv(fd, packet, sizeof packet, MSG_DONTWAIT) > 0) ++count;
    return count;
  }
};

struct Talk {  // A transport and one packet either way with whoever it is told.
  std::shared_ptr<PortPool> pool = std::make_shared<PortPool>(PortRange{28000, 28999});
  SocketPair sockets;
  std::unique_ptr<RtpTransport> transport;
  CountingSink sink;
  PacketCounters counters;
  explicit Talk(bool allow_other_host, const std::string& bind_address = "127.0.0.1") {
    auto opened = OpenSocketPair(*pool, bind_address);
    REQUIRE(opened.ok());
    sockets = *opened;
    transport = std::make_unique<RtpTransport>(sockets, pool, allow_other_host);
    transport->SetSink(&sink);
  }
  size_t Heard() {  // Whatever is there, over the ticks it takes.
    const size_t before = sink.types.size();
    for (int tick = 0; tick < 8; ++tick) transport->Poll(0, counters);
    return sink.types.size() - before;
  }
  void Say() {
    const uint8_t packet[172] = {0x80, 8};
    transport->SendRtp(packet, sizeof packet, counters);
  }
};

TEST_CASE("RTP transport: once latched only the peer is heard, and a newly signalled one again by the rules") {
  Talk talk(true);
  const uint16_t port = talk.sockets.port;
  Sender phone("127.0.0.1", port), transfer("127.0.0.3", port), nat("127.0.0.4", port), stranger("127.0.0.2", port);
  talk.transport->SetRemote(phone.endpoint(), {});
  talk.Say();  // Before anything was heard.
  CHECK(phone.Received() == 1);
  stranger.Send(8);
  phone.Send(8);
  stranger.Send(8);  // In the queue when the phone is latched onto.
  CHECK(talk.Heard() == 1);
  CHECK(talk.counters.strangers == 2);
  for (int i = 0; i < 3; ++i) stranger.Send(8);
  phone.Send(8);
  talk.Say();
  CHECK(talk.Heard() == 1);
  CHECK(phone.Received() == 1);
  // The call is transferred: from another host now, and by SDP.
  talk.transport->SetRemote(transfer.endpoint(), {});
  phone.Send(8);
  transfer.Send(8);
  talk.Say();
  CHECK(talk.Heard() == 1);
  CHECK(transfer.Received() == 1);
  CHECK(phone.Received() == 0);
  // And once more, to a phone whose SDP names an address behind its NAT.
  talk.transport->SetRemote({0x0A000001, 4000}, {});
  for (int i = 0; i < 3; ++i) nat.Send(8);
  CHECK(talk.Heard() == 1);
  talk.Say();
  CHECK(nat.Received() == 1);
  nat.Send(8);
  transfer.Send(8);
  CHECK(talk.Heard() == 1);
  CHECK(talk.counters.send_errors == 0);
}

TEST_CASE("RTP transport: a peer whose port is closed for a while costs no packet of later ones") {
  for (const char* address : {"127.0.0.1", "0.0.0.0"}) {
    Talk talk(false, address);
    auto phone = std::make_unique<Sender>("127.0.0.1", talk.sockets.port);
    const Endpoint endpoint = phone->endpoint();
    talk.transport->SetRemote(endpoint, {});
    phone->Send(8);
    CHECK(talk.Heard() == 1);
    phone.reset();
    talk.Say();  // Answered by ICMP.
    phone = std::make_unique<Sender>("127.0.0.1", talk.sockets.port, endpoint.port);
    phone->Send(8);
    talk.transport->Poll(0, talk.counters);
    CHECK(talk.sink.types.size() == 2);
    phone.reset();
    talk.Say();
    phone = std::make_unique<Sender>("127.0.0.1", talk.sockets.port, endpoint.port);
    talk.Say();
    CHECK(phone->Received() == 1);
    CHECK(talk.counters.send_errors == 0);
  }
}

TEST_CASE("RTP transport: a bunch is read within as many ticks, and what is no audio does not hold audio up") {
  auto pool = std::make_shared<PortPool>(PortRange{27000, 27999});
  auto sockets = OpenSocketPair(*pool, "127.0.0.1");
  REQUIRE(sockets.ok());
  RtpTransport transport(*sockets, pool, false);
  CountingSink sink;
  transport.SetSink(&sink);
  transport.SetRemote({INADDR_LOOPBACK, 9}, {});
  Sender phone("127.0.0.1", sockets->port);
  PacketCounters counters;
  transport.Poll(0, counters);
  CHECK(sink.types.empty());
  for (uint8_t type : {1, 2, 3, 4}) phone.Send(type);
  for (size_t tick = 1; tick <= 4; ++tick) {
    transport.Poll(0, counters);
    CHECK(sink.types.size() >= tick);
  }
  CHECK(sink.types == "1234");
  phone.Send(72);  // RTCP on the same port (RFC 5761).
  phone.Send(6);
  transport.Poll(0, counters);
  CHECK(sink.types == "1234R6");
  // Packets having come in a bunch, the next ones are not left for later.
  for (uint8_t type : {7, 8, 9}) phone.Send(type);
  transport.Poll(0, counters);
  CHECK(sink.types == "1234R6789");
  CHECK(counters.in == 9);
}

TEST_CASE("port pool gives even ports until it is empty") {
  PortPool pool({20001, 20007});
  CHECK(pool.capacity() == 3);
  const uint16_t a = *pool.Take(), b = *pool.Take(), c = *pool.Take();
  CHECK(a == 20002);
  CHECK(b == 20004);
  CHECK(c == 20006);
  CHECK(base::Reason(pool.Take().status()) == "PORTS_EXHAUSTED");
  pool.Give(b);
  pool.Give(b);
  pool.Give(1);
  CHECK(pool.in_use() == 2);
  CHECK(*pool.Take() == 20004);
  CHECK_FALSE(PortPool({20001, 20002}).Check().ok());
}

const std::string kOffer =
    "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\na=msid-semantic: WMS\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 13 110 126\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:a1B2\r\n"
    "a=ice-pwd:0123456789abcdefghijklmn\r\na=ice-options:trickle\r\na=fingerprint:sha-256 "
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff\r\na=setup:actpass\r\na=mid:0\r\n"
    "a=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\n";

std::string Replace(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("browser offer: what matters is read, and the answer refuses the rest") {
  auto offer = ParseWebOffer(kOffer);
  REQUIRE(offer.ok());
  CHECK(offer->alaw);
  CHECK(offer->ulaw);
  CHECK(offer->telephone_event == 126);
  CHECK(offer->ice_ufrag == "a1B2");
  CHECK(offer->fingerprint[1] == 0x11);
  CHECK(offer->fingerprint[31] == 0xFF);
  CHECK(offer->bundled);
  CHECK(offer->sections.size() == 2);
  const std::string answer = WriteWebAnswer(*offer, {1, Law::kAlaw, 5000, 9, "c", "uuuu", "pppp", "AA:BB", {"127.0.0.1", "192.168.1.2"}});
  for (const char* line : {"a=group:BUNDLE 0\r\n", "m=audio 5000 UDP/TLS/RTP/SAVPF 8 126\r\n", "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n",
                           "a=setup:passive\r\n", "a=ice-lite\r\n", "a=rtcp-mux\r\n", " 127.0.0.1 5000 typ host\r\n", " 192.168.1.2 5000 typ host\r\n"}) {
    CAPTURE(line);
    CHECK(answer.find(line) != std::string::npos);
  }
}

TEST_CASE("browser offer: every fault has its name") {
  const auto reason = [](const std::string& sdp) { return base::Reason(ParseWebOffer(sdp).status()); };
  CHECK(reason("") == "INVALID_SDP");
  CHECK(reason("hello\r\n") == "INVALID_SDP");
  CHECK(reason("v=1\r\n") == "INVALID_SDP");
  CHECK(reason("v=0\r\n") == "SDP_NOT_ACCEPTABLE");
  CHECK(reason(std::string(kMaxSdpBytes + 1, 'a')) == "SDP_TOO_LARGE");
  CHECK(reason("v=0\r\n" + [] { std::string s; for (int i = 0; i < kMaxSdpLines; ++i) s += "a=x\n"; return s; }()) == "SDP_TOO_LARGE");
  CHECK(reason(Replace(kOffer, "m=audio 9", "m=audio x")) == "INVALID_SDP");
  CHECK(reason(Replace(kOffer, "m=audio 9", "m=audio 70000")) == "INVALID_SDP");
  CHECK(reason(Replace(kOffer, "a=ice-ufrag:a1B2\r\n", "")) == "INVALID_SDP");
  CHECK(reason(Replace(kOffer, "a1B2", "a\"B2")) == "INVALID_SDP");
  CHECK(reason(Replace(kOffer, "0123456789abcdefghijklmn", "short")) == "INVALID_SDP");
  CHECK(reason(Replace(kOffer, ":ee:ff", ":ee")) == "INVALID_SDP");
  CHECK(reason(Replace(kOffer, "ee:ff", "ee:fg")) == "INVALID_SDP");
  CHECK(reason(Replace(kOffer, "sha-256", "sha-1")) == "INVALID_SDP");
  CHECK(reason(Replace(kOffer, "a=setup:actpass\r\n", "")) == "INVALID_SDP");
  CHECK(reason(Replace(kOffer, "actpass", "passive")) == "SDP_NOT_ACCEPTABLE");
  CHECK(reason(Replace(kOffer, "a=rtcp-mux\r\n", "")) == "SDP_NOT_ACCEPTABLE");
  CHECK(reason(Replace(kOffer, "111 0 8 13", "111 13")) == "SDP_NOT_ACCEPTABLE");
  CHECK(reason(Replace(kOffer, "UDP/TLS/RTP/SAVPF", "RTP/AVP")) == "SDP_NOT_ACCEPTABLE");
  CHECK(reason(Replace(kOffer, "a=mid:0", std::string("a=mid:0\0", 8))) == "INVALID_SDP");
  std::mt19937 random(3);
  for (int i = 0; i < 5000; ++i) {  // Whatever comes, it is answered, not crashed on.
    std::string broken = kOffer;
    for (unsigned k = 0; k < 1 + random() % 8; ++k) broken[random() % broken.size()] = static_cast<char>(random());
    if (i % 3 == 0) broken.resize(random() % broken.size());
    auto offer = ParseWebOffer(broken);
    if (!offer.ok()) CHECK_FALSE(base::Reason(offer.status()).empty());
  }
}

}  // namespace
}  // namespace hotline::telephony::media
