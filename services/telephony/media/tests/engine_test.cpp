// The engine with real sockets: bridges, prompts, digits, recordings, moves, time-outs.
#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "libs/base/error.h"
#include "services/telephony/media/g711.h"
#include "services/telephony/media/libre.h"
#include "services/telephony/media/media_engine.h"
#include "services/telephony/media/tests/phone.h"
#include "services/telephony/media/tests/pump.h"
#include "services/telephony/media/tests/signal.h"
#include "services/telephony/media/wav.h"

namespace hotline::telephony::media {
namespace {

using testing::Phone;
using testing::Pump;
using testing::Rms;
using testing::ToneShare;

struct Libre {
  Libre() { libre_init(); }
  ~Libre() { libre_close(); }
} const libre;

struct TempDir {
  std::string path;
  TempDir() {
    char name[] = "/tmp/media_test_XXXXXX";
    path = mkdtemp(name);
  }
  ~TempDir() { std::filesystem::remove_all(path); }
};

struct Fixture {
  Pump pump;
  std::vector<MediaEvent> events;
  std::unique_ptr<MediaEngine> engine;
  TempDir dir;

  explicit Fixture(int threads = 1) {
    MediaOptions options;
    options.threads = threads;
    options.bind_address = "127.0.0.1";
    std::random_device random;
    const auto low = static_cast<uint16_t>(20000 + random() % 300 * 100);
    options.rtp_ports = {low, static_cast<uint16_t>(low + 199)};
    options.executor = [this](std::function<void()> task) { pump.Post(std::move(task)); };
    options.on_event = [this](const MediaEvent& event) { events.push_back(event); };
    auto started = MediaEngine::Start(std::move(options));
    REQUIRE(started.ok());
    engine = *std::move(started);
  }
  ~Fixture() { engine.reset(); }

  // A leg in talk with the phone.
  LegId Connect(Phone& phone, uint64_t placement = 0, StreamFormat format = {}, RtpLegOptions options = {}) {
    options.format = format;
    auto leg = engine->CreateRtpLeg(options, placement);
    REQUIRE(leg.ok());
    Require([&](MediaEngine::Done done) {
      engine->SetRemote(leg->id, {"127.0.0.1", phone.port(), 0, format, true, true}, std::move(done));
    });
    phone.CallPort(leg->port);
    return leg->id;
  }
  absl::Status Call(const std::function<void(MediaEngine::Done)>& call) {
    std::optional<absl::Status> result;
    call([&result](absl::Status status) { result = std::move(status); });
    REQUIRE(pump.Until([&] { return result.has_value(); }));
    return *result;
  }
  void Require(const std::function<void(MediaEngine::Done)>& call) {
    const absl::Status status = Call(call);
    INFO(status.ToString());
    REQUIRE(status.ok());
  }
  void Join(BridgeId bridge, LegId leg, JoinGains gains = {}) {
    Require([&](MediaEngine::Done done) { engine->BridgeAdd(bridge, leg, gains, std::move(done)); });
  }
  LegStats Stats(LegId leg) {
    std::optional<LegStats> stats;
    engine->GetStats(leg, [&](absl::StatusOr<LegStats> result) { stats = result.value(); });
    REQUIRE(pump.Until([&] { return stats.has_value(); }));
    return *stats;
  }
  template <typename Event>
  const Event* Find() const {
    for (const MediaEvent& event : events) {
      if (const auto* found = std::get_if<Event>(&event)) return found;
    }
    return nullptr;
  }
  template <typename Event>
  Event Await() {
    REQUIRE(pump.Until([&] { return Find<Event>() != nullptr; }));
    return *Find<Event>();
  }
  std::string Digits() const {
    std::string digits;
    for (const MediaEvent& event : events) {
      if (const auto* digit = std::get_if<DigitEvent>(&event)) digits += digit->digit;
    }
    return digits;
  }
  // The phone hears the tone, and nothing much else, for half a second.
  void RequireHears(Phone& phone, double hertz) {
    double share = 0;
    const bool heard = pump.Until([&] {
      const auto samples = phone.Heard();
      if (samples.size() < 4000) return false;
      share = ToneShare({samples.end() - 4000, samples.end()}, hertz);
      return share > 0.9 && Rms(samples.data() + samples.size() - 4000, 4000) > 1000;
    });
    CAPTURE(hertz, share);
    REQUIRE(heard);
  }
  void RequireSilent(Phone& phone) {
    REQUIRE(pump.Until([&] {
      const auto samples = phone.Heard();
      return samples.size() >= 4000 && Rms(samples.data() + samples.size() - 4000, 4000) < 50;
    }));
  }
};

struct Stereo {
  std::vector<int16_t> left, right;
};
Stereo ReadRecording(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  auto wav = ParseWav(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  REQUIRE(wav.ok());
  Stereo out;
  for (size_t i = 0; i < wav->data_bytes; i += static_cast<size_t>(wav->channels)) {
    int16_t s;
    DecodeG711(Law::kAlaw, wav->data + i, 1, &s);
    out.left.push_back(s);
    if (wav->channels == 2) {
      DecodeG711(Law::kAlaw, wav->data + i + 1, 1, &s);
      out.right.push_back(s);
    }
  }
  return out;
}

TEST_CASE("two bridged legs carry tones both ways, are recorded on both channels, and measured") {
  Fixture f;
  Phone caller(Law::kAlaw), agent(Law::kUlaw);
  caller.SendTone(1000);
  agent.SendTone(1500);
  const LegId a = f.Connect(caller, 0, {Law::kAlaw, 101, false});
  const LegId b = f.Connect(agent, 0, {Law::kUlaw, 101, false});
  const BridgeId bridge = f.engine->CreateBridge(0);
  f.Join(bridge, a);
  f.Join(bridge, b);
  const std::string path = f.dir.path + "/call.wav";
  f.engine->StartRecording(a, {path});
  f.RequireHears(caller, 1500);
  f.RequireHears(agent, 1000);
  REQUIRE(f.pump.Until([&] { return caller.RtcpHeard() > 0 && agent.RtcpHeard() > 0; }));
  const LegStats stats = f.Stats(a);
  CHECK(stats.stream.in_rms > 4000);
  CHECK(stats.stream.out_rms > 3000);
  CHECK(stats.stream.packets_in > 20);
  CHECK(stats.strangers == 0);
  f.engine->CloseLeg(a);
  const auto finished = f.Await<RecordingFinishedEvent>();
  CHECK(finished.result.status.ok());
  CHECK(finished.result.end == RecordingEnd::kLegClosed);
  CHECK(finished.result.left_rms > 1000);
  CHECK(finished.result.right_rms > 1000);
  const Stereo audio = ReadRecording(path);
  CHECK(audio.left.size() / 8 == static_cast<size_t>(finished.result.duration_ms));
  CHECK(Rms(audio.left) == Approx(finished.result.left_rms).epsilon(0.01));
  REQUIRE(audio.left.size() > 4000);
  CHECK(ToneShare({audio.left.end() - 4000, audio.left.end()}, 1000) > 0.9);
  CHECK(ToneShare({audio.right.end() - 4000, audio.right.end()}, 1500) > 0.9);
  agent.Forget();
  f.RequireSilent(agent);
  CHECK(base::Reason(f.Call([&](auto done) { f.engine->StopPlay(a, {}, done); })) == "LEG_NOT_FOUND");
}

TEST_CASE("a prompt is heard, its end is told, and music goes on until it is replaced or stopped") {
  Fixture f;
  Phone caller;
  const LegId leg = f.Connect(caller);
  const PlayId welcome = f.engine->Play(leg, {{MakeTone(700, 1200, 0)}, 1, 0, 0, false});
  f.RequireHears(caller, 700);
  auto finished = f.Await<PlayFinishedEvent>();
  CHECK(finished.play == welcome);
  CHECK(finished.end == PlayEnd::kCompleted);
  CHECK(finished.played_ms == 1200);
  f.events.clear();
  const PlayId music = f.engine->Play(leg, {{MakeTone(600, 200, 0)}, 0, 0, 0, false});
  f.RequireHears(caller, 600);
  f.engine->Play(leg, {{RingbackTone()}, 0, 0, 0, false});
  finished = f.Await<PlayFinishedEvent>();
  CHECK(finished.play == music);
  CHECK(finished.end == PlayEnd::kReplaced);
  CHECK(finished.played_ms >= 400);
  f.RequireHears(caller, 450);
  f.events.clear();
  f.Require([&](auto done) { f.engine->StopPlay(leg, {}, done); });
  CHECK(f.Await<PlayFinishedEvent>().end == PlayEnd::kStopped);
  caller.Forget();
  f.RequireSilent(caller);
  CHECK(base::Reason(f.Call([&](auto done) { f.engine->Play(leg, {}, done); })) == "INVALID_FIELD");
}

TEST_CASE("music on hold replaces the bridge, an announcement over the bridge is mixed onto it") {
  Fixture f;
  Phone caller, agent;
  agent.SendTone(1500, 6000);
  const LegId a = f.Connect(caller), b = f.Connect(agent);
  const BridgeId bridge = f.engine->CreateBridge(0);
  f.Join(bridge, a);
  f.Join(bridge, b);
  f.RequireHears(caller, 1500);
  f.engine->Play(a, {{MakeTone(600, 200, 0)}, 0, 0, 0, false});
  f.RequireHears(caller, 600);
  f.engine->Play(a, {{MakeTone(800, 200, 0, 6000)}, 0, 0, 0, true});
  REQUIRE(f.pump.Until([&] {
    const auto heard = caller.Heard();
    if (heard.size() < 4000) return false;
    const std::vector<int16_t> last(heard.end() - 4000, heard.end());
    return ToneShare(last, 800) > 0.35 && ToneShare(last, 1500) > 0.35;
  }));
}

TEST_CASE("digits come by telephone-event, in band without it, and once when they come both ways") {
  Fixture f;
  Phone phone;
  const LegId leg = f.Connect(phone, 0, {Law::kAlaw, 101, true});
  phone.SendEvents("12345#");
  REQUIRE(f.pump.Until([&] { return f.Digits().size() >= 6; }));
  CHECK(f.Digits() == "12345#");
  f.Require([&](auto done) { f.engine->SendDigits(leg, "97*", 80, 60, done); });
  REQUIRE(f.pump.Until([&] { return phone.EventsHeard() == "97*"; }));
  CHECK(base::Reason(f.Call([&](auto done) { f.engine->SendDigits(leg, "9x", 80, 60, done); })) == "INVALID_FIELD");

  Phone plain;
  const LegId old = f.Connect(plain, 0, {Law::kAlaw, -1, false});
  const BridgeId bridge = f.engine->CreateBridge(0);
  f.Join(bridge, leg);
  f.Join(bridge, old);
  f.events.clear();
  // The engine sends tones to a peer without telephone-event; that peer's microphone is played back by an in-band leg.
  f.Require([&](auto done) { f.engine->SendDigits(old, "147", 100, 100, done); });
  std::string in_band;
  REQUIRE(f.pump.Until([&] {
    in_band.clear();
    InBandDetector detector([&](char digit) { in_band += digit; });
    const auto heard = plain.Heard();
    detector.Feed(heard.data(), heard.size());
    return in_band.size() >= 3;
  }));
  CHECK(in_band == "147");
}

TEST_CASE("silence of the network is told once, and its end") {
  Fixture f;
  Phone phone;
  phone.SendTone(500);
  RtpLegOptions options;
  options.rtp_timeout_ms = 400;
  const LegId leg = f.Connect(phone, 0, {}, options);
  REQUIRE(f.pump.Until([&] { return f.Stats(leg).stream.packets_in > 5; }));
  phone.Hush(true);
  CHECK(f.Await<RtpTimeoutEvent>().silent_ms >= 400);
  phone.Hush(false);
  CHECK(f.Await<RtpResumedEvent>().leg == leg);
  // On hold nothing is expected.
  f.Require([&](auto done) { f.engine->SetRemote(leg, {"127.0.0.1", phone.port(), 0, {}, true, false}, done); });
  f.events.clear();
  phone.Hush(true);
  const auto ticks = f.engine->Metrics().ticks;
  REQUIRE(f.pump.Until([&] { return f.engine->Metrics().ticks > ticks + 50; }));
  CHECK(f.Find<RtpTimeoutEvent>() == nullptr);
}

TEST_CASE("a stranger's packets neither are heard nor turn the audio away") {
  Fixture f;
  Phone phone, listener, stranger;
  phone.SendTone(1000);
  stranger.SendTone(2000);
  RtpLegOptions trunk;
  trunk.allow_other_host = false;
  trunk.format = {};
  auto leg = f.engine->CreateRtpLeg(trunk, 0);
  REQUIRE(leg.ok());
  f.Require([&](auto done) { f.engine->SetRemote(leg->id, {"127.0.0.1", phone.port(), 0, {}, true, true}, done); });
  phone.CallPort(leg->port);
  REQUIRE(f.pump.Until([&] { return f.Stats(leg->id).stream.packets_in > 5; }));
  stranger.CallPort(leg->port);
  const LegId other = f.Connect(listener);
  const BridgeId bridge = f.engine->CreateBridge(0);
  f.Join(bridge, leg->id);
  f.Join(bridge, other);
  REQUIRE(f.pump.Until([&] { return stranger.Sent() > 20; }));
  f.RequireHears(listener, 1000);
  CHECK(stranger.HeardSamples() == 0);
}

TEST_CASE("legs of different threads meet in a bridge, move in mid-talk, and keep the order of commands") {
  Fixture f(3);
  Phone caller, agent;
  caller.SendTone(1000);
  agent.SendTone(1500);
  const LegId a = f.Connect(caller, 0), b = f.Connect(agent, 1);
  CHECK(f.Stats(a).thread == 0);
  CHECK(f.Stats(b).thread == 1);
  const std::string path = f.dir.path + "/moved.wav";
  const RecordingId recording = f.engine->StartRecording(a, {path});
  const BridgeId bridge = f.engine->CreateBridge(2);
  f.Join(bridge, a);
  f.Join(bridge, b);
  f.RequireHears(caller, 1500);
  f.RequireHears(agent, 1000);
  CHECK(f.Stats(a).thread == 2);
  for (uint64_t i = 0; i < 60; ++i) {  // Without waiting in between: the commands pile up behind the moves.
    f.engine->MoveLeg(a, i);
    f.engine->Play(a, {{SilencePrompt(20 + 20 * static_cast<int>(i))}, 0, 0, 0, false});
  }
  f.engine->BridgeAdd(bridge, a);
  f.engine->StopPlay(a);
  REQUIRE(f.pump.Until([&] {
    return std::count_if(f.events.begin(), f.events.end(), [](const MediaEvent& e) { return std::get_if<PlayFinishedEvent>(&e) != nullptr; }) == 60;
  }));
  uint64_t last = 0;
  for (const MediaEvent& event : f.events) {
    const auto* end = std::get_if<PlayFinishedEvent>(&event);
    if (end == nullptr) continue;
    CHECK(end->play.value > last);
    last = end->play.value;
  }
  caller.Forget();
  agent.Forget();
  f.RequireHears(caller, 1500);
  f.RequireHears(agent, 1000);
  CHECK(f.Stats(a).thread == 2);
  f.engine->StopRecording(a, recording);
  CHECK(f.Await<RecordingFinishedEvent>().result.end == RecordingEnd::kStopped);
  CHECK(ToneShare(ReadRecording(path).left, 1000) > 0.7);
}

TEST_CASE("a supervisor listens, whispers and barges in by gains alone") {
  Fixture f;
  Phone caller, agent, supervisor;
  caller.SendTone(600, 4000);
  agent.SendTone(1000, 4000);
  supervisor.SendTone(1400, 4000);
  const LegId c = f.Connect(caller), a = f.Connect(agent), s = f.Connect(supervisor);
  const BridgeId bridge = f.engine->CreateBridge(0);
  f.Join(bridge, c);
  f.Join(bridge, a);
  f.Join(bridge, s, {0, 1});  // Listen.
  f.RequireHears(caller, 1000);
  f.RequireHears(agent, 600);
  const auto hears_two = [&](Phone& phone, double one, double two) {
    return f.pump.Until([&] {
      const auto heard = phone.Heard();
      if (heard.size() < 4000) return false;
      const std::vector<int16_t> last(heard.end() - 4000, heard.end());
      return ToneShare(last, one) > 0.35 && ToneShare(last, two) > 0.35;
    });
  };
  CHECK(hears_two(supervisor, 600, 1000));
  f.Require([&](auto done) { f.engine->SetGain(bridge, s, a, 1, done); });  // Whisper.
  CHECK(hears_two(agent, 600, 1400));
  caller.Forget();
  f.RequireHears(caller, 1000);
  f.Require([&](auto done) { f.engine->SetGain(bridge, s, c, 1, done); });  // Barge in.
  CHECK(hears_two(caller, 1000, 1400));
  f.Require([&](auto done) { f.engine->BridgeRemove(a, done); });  // Take over.
  caller.Forget();
  f.RequireHears(caller, 1400);
  CHECK(base::Reason(f.Call([&](auto done) { f.engine->SetGain(bridge, s, a, 1, done); })) == "NOT_A_MEMBER");
  CHECK(base::Reason(f.Call([&](auto done) { f.engine->SetGain(bridge, s, c, 5, done); })) == "INVALID_FIELD");
}

TEST_CASE("a message ends by silence, by length, and by a full disk, and the call goes on") {
  Fixture f;
  Phone phone;
  phone.SendTone(500);
  const LegId leg = f.Connect(phone);
  REQUIRE(f.pump.Until([&] { return f.Stats(leg).stream.packets_in > 10; }));
  RecordingOptions message{f.dir.path + "/message.wav", false, 60'000, 600, 200};
  f.engine->StartRecording(leg, message);
  const auto ticks = f.engine->Metrics().ticks;
  REQUIRE(f.pump.Until([&] { return f.engine->Metrics().ticks > ticks + 50; }));
  CHECK(f.Find<RecordingFinishedEvent>() == nullptr);
  phone.SendTone(0, 0);
  auto result = f.Await<RecordingFinishedEvent>().result;
  CHECK(result.end == RecordingEnd::kSilence);
  CHECK(result.left_rms > 1000);
  const Stereo audio = ReadRecording(message.path);
  CHECK(audio.right.empty());
  CHECK(ToneShare(audio.left, 500) > 0.9);

  f.events.clear();
  message.path = f.dir.path + "/short.wav";
  message.max_ms = 300;
  message.silence_ms = 0;
  f.engine->StartRecording(leg, message);
  result = f.Await<RecordingFinishedEvent>().result;
  CHECK(result.end == RecordingEnd::kMaxLength);
  CHECK(result.duration_ms == 300);

  f.events.clear();
  message.max_ms = 60'000;
  message.path = f.dir.path + "/full.wav";
  std::filesystem::create_symlink("/dev/full", message.path + ".part");
  f.engine->StartRecording(leg, message);
  result = f.Await<RecordingFinishedEvent>().result;
  CHECK(result.end == RecordingEnd::kFailed);
  CHECK(base::Reason(result.status) == "DISK_FULL");
  f.events.clear();
  message.path = f.dir.path + "/nowhere/x.wav";
  f.engine->StartRecording(leg, message);
  CHECK(base::Reason(f.Await<RecordingFinishedEvent>().result.status) == "RECORDING_FILE_ERROR");
  f.engine->Play(leg, {{MakeTone(700, 1000, 0)}, 1, 0, 0, false});
  f.RequireHears(phone, 700);
  f.engine->StartRecording(leg, {f.dir.path + "/1.wav"});
  f.engine->StartRecording(leg, {f.dir.path + "/2.wav"});
  CHECK(base::Reason(f.Call([&](auto done) { f.engine->StartRecording(leg, {f.dir.path + "/3.wav"}, done); })) == "TOO_MANY_RECORDINGS");
  f.engine->Stop();
  CHECK(std::filesystem::exists(f.dir.path + "/2.wav"));
  CHECK(base::Reason(f.Call([&](auto done) { f.engine->StopPlay(leg, {}, done); })) == "MEDIA_STOPPED");
}

TEST_CASE("ports run out with a name, and come back") {
  Fixture f;
  std::vector<LegId> legs;
  absl::Status status;
  for (int i = 0; i < 200 && status.ok(); ++i) {
    auto leg = f.engine->CreateRtpLeg({}, 0);
    status = leg.status();
    if (leg.ok()) legs.push_back(leg->id);
  }
  CHECK(base::Reason(status) == "PORTS_EXHAUSTED");
  CHECK(legs.size() > 20);
  for (LegId leg : legs) f.engine->CloseLeg(leg);
  REQUIRE(f.pump.Until([&] { return f.engine->Metrics().ports_in_use == 0; }));
  CHECK(f.engine->CreateRtpLeg({}, 0).ok());
  CHECK(f.engine->Metrics().legs <= 1);
}

TEST_CASE("a recording whose process is killed is complete up to its last chunk after repair") {
  TempDir dir;
  int pipe_fds[2];
  REQUIRE(::pipe(pipe_fds) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    RecordingWriter writer;
    Recording recording(RecordingId{1}, {dir.path + "/killed.wav"}, writer);
    const auto tone = testing::Sine(1000, 160);
    uint8_t coded[160];
    EncodeG711(Law::kAlaw, tone.data(), 160, coded);
    for (int i = 0; i < 250; ++i) recording.Add(coded, coded);  // 5 s: two chunks written, one second still in memory.
    const std::string part = dir.path + "/killed.wav.part";
    std::error_code error;
    while (std::filesystem::file_size(part, error) != kAlawHeaderBytes + 64000 || error) std::this_thread::yield();
    (void)!::write(pipe_fds[1], "x", 1);
    for (;;) ::pause();
  }
  char byte;
  REQUIRE(::read(pipe_fds[0], &byte, 1) == 1);
  REQUIRE(::kill(child, SIGKILL) == 0);
  int wait_status = 0;
  REQUIRE(::waitpid(child, &wait_status, 0) == child);
  ::close(pipe_fds[0]);
  ::close(pipe_fds[1]);
  auto repaired = RepairRecordings(dir.path);
  REQUIRE(repaired.ok());
  REQUIRE(repaired->size() == 1);
  CHECK(repaired->front().duration_ms == 4000);
  const Stereo audio = ReadRecording(dir.path + "/killed.wav");
  CHECK(ToneShare(audio.left, 1000) > 0.95);
  CHECK(ToneShare(audio.right, 1000) > 0.95);
}

}  // namespace
}  // namespace hotline::telephony::media
