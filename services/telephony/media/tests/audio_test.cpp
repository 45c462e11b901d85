// Jitter buffer, concealment, mixer, WAV, prompts, playlists, level: all without a socket.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include "libs/base/error.h"
#include "services/telephony/media/g711.h"
#include "services/telephony/media/jitter_buffer.h"
#include "services/telephony/media/limits.h"
#include "services/telephony/media/mixer.h"
#include "services/telephony/media/playlist.h"
#include "services/telephony/media/plc.h"
#include "services/telephony/media/prompt.h"
#include "services/telephony/media/tests/signal.h"
#include "services/telephony/media/wav.h"

namespace hotline::telephony::media {
namespace {

using testing::Rms;
using testing::Sine;
using testing::ToneShare;
using Result = JitterBuffer::Result;

constexpr uint32_t kSsrc = 77;

// Every payload byte of the frame that starts at timestamp t says which frame it is.
uint8_t Mark(uint32_t timestamp) { return static_cast<uint8_t>(timestamp / 160); }
void PutFrame(JitterBuffer& buffer, uint32_t timestamp, size_t samples = 160, uint32_t ssrc = kSsrc) {
  std::vector<uint8_t> payload(samples);
  for (size_t i = 0; i < samples; ++i) payload[i] = Mark(timestamp + static_cast<uint32_t>(i));
  buffer.Put(ssrc, timestamp, Law::kAlaw, payload.data(), payload.size());
}
// What comes out: the marks of full frames, -1 for missing, -2 for idle, -3 for stretched.
int PullMark(JitterBuffer& buffer) {
  JitterBuffer::Frame frame;
  switch (buffer.Pull(frame)) {
    case Result::kFull: return frame.bytes[0];
    case Result::kBlended: return frame.bytes[0];
    case Result::kPartial: return -4;
    case Result::kMissing: return -1;
    case Result::kStretch: return -3;
    case Result::kIdle: return -2;
  }
  return -5;
}
std::vector<int> Heard(const std::vector<int>& marks) {
  std::vector<int> heard;
  for (int m : marks) {
    if (m >= 0) heard.push_back(m);
  }
  return heard;
}

TEST_CASE("jitter buffer plays frames in order after its first delay") {
  JitterBuffer buffer;
  std::vector<int> marks;
  for (uint32_t i = 0; i < 20; ++i) {
    PutFrame(buffer, i * 160);
    marks.push_back(PullMark(buffer));
  }
  CHECK(marks[0] == -2);
  CHECK(marks[1] == -2);
  for (int i = 2; i < 20; ++i) CHECK(marks[static_cast<size_t>(i)] == i - 2);
}

TEST_CASE("jitter buffer puts reordered packets right and drops duplicates") {
  JitterBuffer buffer;
  const uint32_t order[] = {0, 2, 1, 3, 5, 4, 4, 6, 7, 9, 8, 10};
  std::vector<int> marks;
  for (uint32_t n : order) {
    PutFrame(buffer, n * 160);
    marks.push_back(PullMark(buffer));
  }
  const std::vector<int> heard = Heard(marks);
  for (size_t i = 0; i < heard.size(); ++i) CHECK(heard[i] == static_cast<int>(i));
  CHECK(heard.size() >= 8);
  CHECK(buffer.stats().duplicates == 1);
  CHECK(buffer.stats().late == 0);
}

TEST_CASE("jitter buffer takes any packet time") {
  for (size_t samples : {80u, 160u, 240u, 320u, 480u}) {
    JitterBuffer buffer;
    uint32_t sent = 0;
    std::vector<int> marks;
    for (uint32_t tick = 0; tick < 60; ++tick) {
      while (sent < (tick + 1) * 160) {
        PutFrame(buffer, sent, samples);
        sent += static_cast<uint32_t>(samples);
      }
      marks.push_back(PullMark(buffer));
    }
    const std::vector<int> heard = Heard(marks);
    CAPTURE(samples);
    REQUIRE(heard.size() > 50);
    for (size_t i = 1; i < heard.size(); ++i) CHECK(heard[i] == heard[i - 1] + 1);
  }
}

TEST_CASE("jitter buffer marks a lost packet and goes on") {
  JitterBuffer buffer;
  int missing = 0;
  for (uint32_t i = 0; i < 50; ++i) {
    if (i != 20) PutFrame(buffer, i * 160);
    missing += PullMark(buffer) == -1 ? 1 : 0;
  }
  CHECK(missing == 1);
}

TEST_CASE("jitter buffer grows for late packets, within its bound, and shrinks again") {
  JitterBuffer buffer({20, 40, 200});
  // Ten seconds in which every eighth packet is 100 ms late.
  std::map<uint32_t, std::vector<uint32_t>> arrivals;
  constexpr uint32_t kJittery = 500, kTotal = 3000;
  for (uint32_t i = 0; i < kTotal; ++i) arrivals[i < kJittery && i % 8 == 3 ? i + 5 : i].push_back(i);
  int bad_late = 0;
  int bad_first = 0;
  for (uint32_t tick = 0; tick < kTotal; ++tick) {
    for (uint32_t n : arrivals[tick]) PutFrame(buffer, n * 160);
    const int mark = PullMark(buffer);
    if (mark == -1 || mark == -4) ++(tick < 100 ? bad_first : bad_late);
    if (tick == kJittery) {
      CHECK(buffer.stats().delay_ms >= 80);
      CHECK(buffer.stats().delay_ms <= 220);
    }
  }
  CHECK(bad_first <= 5);
  CHECK(bad_late == 0);
  CHECK(buffer.stats().expanded >= 3);
  CHECK(buffer.stats().shrunk >= 2);
  CHECK(buffer.stats().delay_ms <= 60);
}

TEST_CASE("jitter buffer absorbs clock drift both ways without running away") {
  for (int direction : {-1, 1}) {
    JitterBuffer buffer;
    uint32_t sent = 0;
    int lost = 0;
    // 500 ppm: one frame in 2,000; an hour of it.
    for (uint32_t tick = 0; tick < 180'000; ++tick) {
      const bool odd = tick % 2000 == 1999;
      const int packets = odd ? 1 + direction : 1;
      for (int p = 0; p < packets; ++p) PutFrame(buffer, 160 * sent++);
      const int mark = PullMark(buffer);
      if (mark == -1 || mark == -4) ++lost;
    }
    CAPTURE(direction);
    CHECK(lost <= 100);  // At most about one concealed frame for each that the slow sender is behind.
    CHECK(buffer.stats().delay_ms <= 120);
    CHECK(buffer.stats().resets == 0);
  }
}

TEST_CASE("jitter buffer starts anew for a new source and for a jump of the timestamp") {
  JitterBuffer buffer;
  for (uint32_t i = 0; i < 20; ++i) {
    PutFrame(buffer, i * 160);
    PullMark(buffer);
  }
  std::vector<int> marks;
  for (uint32_t i = 0; i < 10; ++i) {
    PutFrame(buffer, 1'000'000'000 + i * 160, 160, 99);
    marks.push_back(PullMark(buffer));
  }
  CHECK(Heard(marks).size() >= 7);
  marks.clear();
  for (uint32_t i = 0; i < 30; ++i) {  // Same source, timestamps far behind: a restarted sender.
    PutFrame(buffer, 5'000 * 160 + i * 160, 160, 99);
    marks.push_back(PullMark(buffer));
  }
  CHECK(Heard(marks).size() >= 15);
  CHECK(buffer.stats().resets >= 2);
}

TEST_CASE("jitter buffer survives timestamp wrap and hostile timestamps") {
  JitterBuffer buffer;
  std::vector<int> marks;
  for (uint32_t i = 0; i < 100; ++i) {
    PutFrame(buffer, 0xFFFFFFFFu - 160 * 50 + 1 + i * 160);
    marks.push_back(PullMark(buffer));
  }
  CHECK(Heard(marks).size() == 98);
  std::mt19937 random(5);
  for (int i = 0; i < 20'000; ++i) {
    PutFrame(buffer, random(), 8 + random() % 900, random() % 3);
    PullMark(buffer);
  }
}

TEST_CASE("concealment carries a tone over one lost frame") {
  LossConcealer concealer;
  const auto tone = Sine(400, 160 * 12);
  std::vector<int16_t> heard;
  for (int f = 0; f < 12; ++f) {
    int16_t frame[160];
    std::copy_n(tone.data() + f * 160, 160, frame);
    if (f == 6) {
      concealer.Conceal(frame);
    } else {
      CHECK(concealer.Good(frame) == (f == 7));
    }
    heard.insert(heard.end(), frame, frame + 160);
  }
  CHECK(Rms(heard.data() + 6 * 160, 160) > 0.7 * Rms(heard.data() + 5 * 160, 160));
  CHECK(ToneShare(heard, 400) > 0.97);
  int largest_step = 0;
  for (size_t i = 1; i < heard.size(); ++i) largest_step = std::max(largest_step, std::abs(heard[i] - heard[i - 1]));
  CHECK(largest_step < 5200);  // The tone itself steps by 2,500: no click beyond twice that.
}

TEST_CASE("concealment fades to silence in a long gap") {
  LossConcealer concealer;
  auto tone = Sine(300, 800);
  for (int f = 0; f < 5; ++f) concealer.Good(tone.data() + f * 160);
  int16_t frame[160];
  double last = 1e9;
  for (int f = 0; f < 3; ++f) {
    concealer.Conceal(frame);
    CHECK(Rms(frame, 160) < last);
    last = Rms(frame, 160);
  }
  concealer.Conceal(frame);
  CHECK(Rms(frame, 160) == 0);
  CHECK(concealer.faded());
}

AudioFrame FrameOf(double hertz, double amplitude = 8000) {
  AudioFrame frame;
  const auto tone = Sine(hertz, 160, amplitude);
  std::copy(tone.begin(), tone.end(), frame.pcm.begin());
  frame.silent = false;
  return frame;
}

TEST_CASE("mixer: two parties hear each other unchanged, coded bytes included") {
  GainMatrix gains;
  gains.Add();
  gains.Add();
  AudioFrame a = FrameOf(1000), b = FrameOf(500);
  EnsureCoded(a, Law::kUlaw);
  const std::vector<const AudioFrame*> speakers{&a, &b};
  AudioFrame out;
  MixFor(gains, 1, speakers, out);
  CHECK(out.pcm == a.pcm);
  CHECK(out.coded_valid);
  CHECK(out.coded == a.coded);
  MixFor(gains, 0, speakers, out);
  CHECK(out.pcm == b.pcm);
}

TEST_CASE("mixer: conference minus self, whisper, listen, and limiting") {
  GainMatrix gains;
  for (int i = 0; i < 3; ++i) gains.Add();  // 0 caller, 1 agent, 2 supervisor
  const AudioFrame caller = FrameOf(500, 4000), agent = FrameOf(900, 4000), supervisor = FrameOf(1300, 4000);
  const std::vector<const AudioFrame*> speakers{&caller, &agent, &supervisor};
  AudioFrame out;
  const auto heard = [&](size_t listener, size_t sample) {
    MixFor(gains, listener, speakers, out);
    return out.pcm[sample];
  };
  CHECK(heard(0, 33) == agent.pcm[33] + supervisor.pcm[33]);
  CHECK(heard(2, 33) == agent.pcm[33] + caller.pcm[33]);
  gains.Set(2, 0, 0);  // Whisper: the caller no longer hears the supervisor.
  CHECK(heard(0, 33) == agent.pcm[33]);
  CHECK(heard(1, 33) == caller.pcm[33] + supervisor.pcm[33]);
  gains.Set(2, 1, 0);  // Listen only.
  CHECK(heard(1, 33) == caller.pcm[33]);
  gains.Set(0, 1, 0.5);
  CHECK(std::abs(heard(1, 33) - caller.pcm[33] / 2) <= 1);
  const AudioFrame loud = FrameOf(500, 30000);
  const std::vector<const AudioFrame*> shouting{&loud, &loud, &loud};
  gains.Set(0, 2, 4);
  MixFor(gains, 2, shouting, out);
  CHECK(*std::max_element(out.pcm.begin(), out.pcm.end()) == 32767);
  CHECK(*std::min_element(out.pcm.begin(), out.pcm.end()) == -32767);
  gains.RemoveSwap(0);  // The supervisor takes place 0.
  CHECK(gains.size() == 2);
  CHECK(gains.Get(0, 1) == 0);
  CHECK(gains.Get(1, 0) == 1);
}

TEST_CASE("G.711 goes both ways and takes the extremes") {
  for (Law law : {Law::kAlaw, Law::kUlaw}) {
    const int16_t in[] = {-32768, -32767, -1000, -1, 0, 1, 1000, 32767};
    uint8_t coded[8];
    int16_t out[8];
    EncodeG711(law, in, 8, coded);
    DecodeG711(law, coded, 8, out);
    for (int i = 0; i < 8; ++i) CHECK(std::abs(out[i] - in[i]) <= 1100);
    uint8_t other[8], back[8];
    const Law to = law == Law::kAlaw ? Law::kUlaw : Law::kAlaw;
    TranscodeG711(law, coded, 8, to, other);
    TranscodeG711(to, other, 8, law, back);
    int16_t again[8];
    DecodeG711(law, back, 8, again);
    for (int i = 0; i < 8; ++i) CHECK(std::abs(again[i] - out[i]) <= 1100);
  }
}

std::string PcmWav(int rate, int channels, const std::vector<int16_t>& samples, uint16_t tag = 1, uint16_t bits = 16) {
  std::string s = "RIFF";
  const auto put = [&s](uint32_t v, int n) {
    for (int i = 0; i < n; ++i) s += static_cast<char>(v >> (8 * i));
  };
  const auto bytes = static_cast<uint32_t>(samples.size() * 2);
  put(36 + 10 + bytes, 4);
  s += "WAVE";
  s += "LIST";  // A chunk to be skipped, of odd length.
  put(1, 4);
  s += std::string(2, 'x');
  s += "fmt ";
  put(16, 4);
  put(tag, 2);
  put(static_cast<uint32_t>(channels), 2);
  put(static_cast<uint32_t>(rate), 4);
  put(static_cast<uint32_t>(rate * channels * 2), 4);
  put(static_cast<uint32_t>(channels * 2), 2);
  put(bits, 2);
  s += "data";
  put(bytes, 4);
  s.append(reinterpret_cast<const char*>(samples.data()), bytes);
  return s;
}
absl::Status LoadStatus(const std::string& wav) {
  return PromptFromWav(reinterpret_cast<const uint8_t*>(wav.data()), wav.size()).status();
}

TEST_CASE("WAV: good files load, bad ones say why") {
  const auto tone = Sine(1000, 1600);
  const std::string good = PcmWav(8000, 1, tone);
  auto prompt = PromptFromWav(reinterpret_cast<const uint8_t*>(good.data()), good.size());
  REQUIRE(prompt.ok());
  CHECK((*prompt)->duration_ms() == 200);
  CHECK((*prompt)->alaw.size() == (*prompt)->ulaw.size());
  for (const std::string& bad : {std::string(), std::string("RIFFxxxxWAVE"), good.substr(0, 40), good.substr(0, good.size() - 10),
                                 PcmWav(16000, 1, tone), PcmWav(8000, 2, tone), PcmWav(8000, 3, tone), PcmWav(8000, 1, {}),
                                 PcmWav(8000, 1, tone, 3, 32), PcmWav(8000, 1, tone, 1, 8), "RIFX" + good.substr(4)}) {
    CHECK(base::Reason(LoadStatus(bad)) == "INVALID_WAV");
  }
  for (size_t cut = 0; cut < good.size(); cut += 7) (void)LoadStatus(good.substr(0, cut));  // Never reads past the end.
  std::mt19937 random(11);
  for (int i = 0; i < 2000; ++i) {
    std::string broken = good;
    for (int k = 0; k < 4; ++k) broken[random() % 60] = static_cast<char>(random());
    (void)LoadStatus(broken);
  }
}

struct TempDir {
  std::string path;
  TempDir() {
    char name[] = "/tmp/media_test_XXXXXX";
    path = mkdtemp(name);
  }
  ~TempDir() { std::filesystem::remove_all(path); }
};

TEST_CASE("WAV repair sets the header from the file's length and removes what holds no audio") {
  TempDir dir;
  const std::string part = dir.path + "/call.wav.part";
  {
    std::ofstream out(part, std::ios::binary);
    uint8_t header[kAlawHeaderBytes];
    WriteAlawHeader(header, 2, 0);  // As after the first moment of a recording that was killed.
    out.write(reinterpret_cast<char*>(header), sizeof header);
    out << std::string(16001, '\x55');  // A torn last sample.
    std::ofstream(dir.path + "/empty.wav.part") << "RI";
    std::ofstream(dir.path + "/other.txt") << "kept";
  }
  auto repaired = RepairRecordings(dir.path);
  REQUIRE(repaired.ok());
  REQUIRE(repaired->size() == 2);
  std::ifstream in(dir.path + "/call.wav", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  auto wav = ParseWav(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  REQUIRE(wav.ok());
  CHECK(wav->channels == 2);
  CHECK(wav->data_bytes == 16000);
  CHECK(std::filesystem::exists(dir.path + "/other.txt"));
  CHECK_FALSE(std::filesystem::exists(dir.path + "/empty.wav"));
  CHECK(RepairRecordings(dir.path)->empty());
  CHECK_FALSE(RepairRecordings(dir.path + "/none").ok());
}

TEST_CASE("prompt store keeps what was used last within its bound") {
  PromptStore store(3 * 2 * 8000);
  const PromptPtr second = SilencePrompt(1000);
  for (const char* id : {"a", "b", "c"}) store.Put(id, second);
  CHECK(store.Get("a").ok());
  store.Put("d", second);
  CHECK(base::Reason(store.Get("b").status()) == "PROMPT_NOT_FOUND");
  CHECK(store.Get("a").ok());
  CHECK(store.bytes() == 3 * 16000);
  store.Remove("a");
  CHECK(store.bytes() == 2 * 16000);
  CHECK(base::Reason(store.LoadFile("x", "/nowhere.wav").status()) == "PROMPT_NOT_FOUND");
  const std::string wav = PcmWav(8000, 1, Sine(440, 800));
  CHECK(store.LoadBytes("w", wav).ok());
  CHECK(*store.Get("w") == *store.LoadBytes("w", "not read again"));
}

TEST_CASE("tones have the frequency and cadence asked for") {
  const PromptPtr ring = RingbackTone();
  CHECK(ring->duration_ms() == 5000);
  std::vector<int16_t> pcm(ring->alaw.size());
  DecodeG711(Law::kAlaw, ring->alaw.data(), pcm.size(), pcm.data());
  CHECK(ToneShare({pcm.begin(), pcm.begin() + 8000}, 450) > 0.95);
  CHECK(Rms(pcm.data() + 8000, 32000) < 10);
}

int64_t PlayOut(Player& player, std::vector<uint8_t>* coded = nullptr) {
  const uint8_t* frame = nullptr;
  const uint8_t* alaw = nullptr;
  int64_t frames = 0;
  while (frames < 100'000 && player.Next(Law::kUlaw, &frame, &alaw)) {
    ++frames;
    if (coded != nullptr) coded->insert(coded->end(), frame, frame + 160);
  }
  return frames;
}

TEST_CASE("playlist: sequence, gap, loops, start, stop") {
  const PromptPtr a = MakeTone(500, 100, 0), b = MakeTone(900, 60, 0);
  Player once({{a, b}, 1, 0, 0, false});
  std::vector<uint8_t> coded;
  CHECK(PlayOut(once, &coded) == 8);
  CHECK(once.played_ms() == 160);
  CHECK(std::equal(a->ulaw.begin(), a->ulaw.end(), coded.begin()));
  CHECK(std::equal(b->ulaw.begin(), b->ulaw.end(), coded.begin() + static_cast<ptrdiff_t>(a->ulaw.size())));
  Player gaps({{a, b}, 2, 200, 0, false});
  CHECK(PlayOut(gaps) == 16 + 3 * 10);
  Player late({{a, b}, 1, 0, 120, false});
  CHECK(PlayOut(late) == 2);
  Player forever({{a}, 0, 0, 0, false});
  CHECK(PlayOut(forever) == 100'000);
  forever.Stop();
  CHECK(PlayOut(forever) == 0);
  CHECK(base::Reason(CheckPlaylist({})) == "INVALID_FIELD");
  CHECK_FALSE(CheckPlaylist({{a}, -1}).ok());
  CHECK_FALSE(CheckPlaylist({{nullptr}, 1}).ok());
  CHECK_FALSE(CheckPlaylist({std::vector<PromptPtr>(kMaxPlaylistItems + 1, a), 1}).ok());
  CHECK(CheckPlaylist({{a}, 1}).ok());
}

}  // namespace
}  // namespace hotline::telephony::media
