// Browser legs against a real headless Chromium: its fake microphone beeps, its page measures what it hears.
#include <catch2/catch.hpp>

#include <cmath>
#include <future>
#include <iostream>
#include <random>

#include "libs/base/error.h"
#include "services/telephony/media/libre.h"
#include "services/telephony/media/media_engine.h"
#include "services/telephony/media/tests/phone.h"
#include "services/telephony/media/tests/pump.h"
#include "services/telephony/media/tests/signal.h"
#include "services/telephony/tests/web/browser.h"

namespace hotline::telephony::media {
namespace {

using Clock = std::chrono::steady_clock;

struct Libre {
  Libre() { libre_init(); }
  ~Libre() { libre_close(); }
} const libre;

struct Fixture {
  testing::Pump pump;
  std::vector<MediaEvent> events;
  std::vector<LegId> legs;
  std::vector<Clock::time_point> offered;
  std::function<std::string(std::string)> tamper = [](std::string sdp) { return sdp; };
  WebLegOptions web_options;
  std::unique_ptr<MediaEngine> engine;
  std::unique_ptr<telephony::testing::Browser> browser;

  explicit Fixture(Law law) {
    web_options.consent_timeout_ms = 8000;
    MediaOptions options;
    options.threads = 2;
    options.web_law = law;
    std::random_device random;
    const auto low = static_cast<uint16_t>(50000 + random() % 100 * 100);
    options.rtp_ports = {low, static_cast<uint16_t>(low + 99)};
    options.executor = [this](std::function<void()> task) { pump.Post(std::move(task)); };
    options.on_event = [this](const MediaEvent& event) { events.push_back(event); };
    auto started = MediaEngine::Start(std::move(options));
    REQUIRE(started.ok());
    engine = *std::move(started);
    browser = std::make_unique<telephony::testing::Browser>([this](const std::string& sdp) { return OnOffer(sdp); });
  }
  ~Fixture() {
    engine->Stop();  // First: an offer that waits for an answer gets an error now.
    pump.Until([] { return true; });
    browser.reset();
    engine.reset();
  }

  // On the browser's thread; the answer comes over the pump.
  std::string OnOffer(const std::string& sdp) {
    auto answer = std::make_shared<std::promise<std::string>>();
    auto future = answer->get_future();
    pump.Post([this, sdp, answer] {
      offered.push_back(Clock::now());
      engine->CreateWebLeg(tamper(sdp), web_options, 0, [this, answer](absl::StatusOr<WebLeg> leg) {
        if (leg.ok()) legs.push_back(leg->id);
        answer->set_value(leg.ok() ? leg->answer_sdp : "");
      });
    });
    return future.wait_for(std::chrono::seconds(30)) == std::future_status::ready ? future.get() : "";
  }
  template <typename Event>
  size_t Count() const {
    return static_cast<size_t>(std::count_if(events.begin(), events.end(), [](const MediaEvent& e) { return std::holds_alternative<Event>(e); }));
  }
  WebLostReason LastLost() const {
    for (auto it = events.rbegin(); it != events.rend(); ++it) {
      if (const auto* lost = std::get_if<WebLostEvent>(&*it)) return lost->reason;
    }
    FAIL("no leg was lost");
    return {};
  }
  LegStats Stats(LegId leg) {
    std::optional<LegStats> stats;
    engine->GetStats(leg, [&](absl::StatusOr<LegStats> result) { stats = result.value_or(LegStats{}); });
    REQUIRE(pump.Until([&] { return stats.has_value(); }));
    return *stats;
  }
  void RequirePageHears(double hertz) {
    const bool heard = pump.Until([&] {
      const auto report = browser->Report();
      return report.value("rms", 0.0) > 0.02 && std::abs(report.value("hertz", 0.0) - hertz) < 30 && report.value("level", 0.0) > 0.02;
    });
    INFO(browser->Report().dump());
    REQUIRE(heard);
  }
  // The beeps of the fake microphone arrive: louder than any codec noise.
  void RequireLegHears(LegId leg) {
    const bool heard = pump.Until([&] { return Stats(leg).stream.in_rms > 300; });
    INFO(browser->Report().dump());
    REQUIRE(heard);
  }
};

void TwoWay(Law law) {
  Fixture f(law);
  REQUIRE(f.pump.Until([&] { return f.Count<WebConnectedEvent>() == 1; }));
  const auto set_up = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - f.offered.back()).count();
  const LegId leg = f.legs.back();
  f.engine->Play(leg, {{MakeTone(1000, 1000, 0)}, 0, 0, 0, false});
  f.RequirePageHears(1000);
  f.RequireLegHears(leg);
  CHECK(f.browser->Report()["problems"].empty());
  CHECK(f.browser->Report().value("dtls", "") == "connected");

  f.browser->Run("connection.getSenders()[0].dtmf.insertDTMF('59#', 120, 80)");
  std::string digits;
  REQUIRE(f.pump.Until([&] {
    digits.clear();
    for (const MediaEvent& event : f.events) {
      if (const auto* digit = std::get_if<DigitEvent>(&event)) digits += digit->digit;
    }
    return digits.size() >= 3;
  }));
  CHECK(digits == "59#");

  // A connected browser leg goes to the thread of the call it is given, and both hear each other there.
  testing::Phone caller(Law::kAlaw);
  caller.SendTone(1700);
  auto sip = f.engine->CreateRtpLeg({}, 1);
  REQUIRE(sip.ok());
  f.engine->SetRemote(sip->id, {"127.0.0.1", caller.port(), 0, {}, true, true});
  caller.CallPort(sip->port);
  const BridgeId bridge = f.engine->CreateBridge(1);
  f.engine->BridgeAdd(bridge, sip->id);
  f.engine->BridgeAdd(bridge, leg);
  f.engine->StopPlay(leg);
  f.RequirePageHears(1700);
  CHECK(f.Stats(leg).thread == 1);
  REQUIRE(f.pump.Until([&] { return testing::Rms(caller.Heard()) > 300; }));
  REQUIRE(f.pump.Until([&] { return f.browser->Report().value("roundTrip", -1.0) >= 0; }));
  const LegStats stats = f.Stats(leg);
  CHECK(stats.stream.lost == 0);
  std::cout << "browser leg " << (law == Law::kAlaw ? "PCMA" : "PCMU") << ": connected " << set_up << " ms after its offer, in "
            << stats.stream.in_rms << " out " << stats.stream.out_rms << " rms, jitter " << stats.stream.jitter_ms << " ms, buffer "
            << stats.stream.buffer.delay_ms << " ms, concealed " << stats.stream.concealed_frames << ", round trip "
            << stats.stream.round_trip_ms << " ms\n";
}

TEST_CASE("browser leg: audio both ways, digits, moved to its call's thread, PCMA") { TwoWay(Law::kAlaw); }
TEST_CASE("browser leg: audio both ways, digits, moved to its call's thread, PCMU") { TwoWay(Law::kUlaw); }

TEST_CASE("browser leg: a reloaded page is noticed and comes back, a killed one is noticed") {
  Fixture f(Law::kAlaw);
  REQUIRE(f.pump.Until([&] { return f.Count<WebConnectedEvent>() == 1; }));
  f.RequireLegHears(f.legs[0]);
  f.browser->Run("location.reload()");
  REQUIRE(f.pump.Until([&] { return f.Count<WebConnectedEvent>() == 2; }));
  const auto back = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - f.offered[1]).count();
  std::cout << "reloaded page: connected " << back << " ms after its new offer\n";
  REQUIRE(f.pump.Until([&] { return f.Count<WebLostEvent>() == 1; }));
  std::cout << "old leg lost, reason " << static_cast<int>(f.LastLost()) << "\n";
  f.engine->CloseLeg(f.legs[0]);
  f.RequireLegHears(f.legs[1]);
  f.browser->Kill();
  REQUIRE(f.pump.Until([&] { return f.Count<WebLostEvent>() == 2; }));
  CHECK(f.LastLost() == WebLostReason::kConsentExpired);
}

TEST_CASE("browser leg: a certificate other than the offered one is refused") {
  Fixture f(Law::kAlaw);
  f.tamper = [](std::string sdp) {
    const size_t at = sdp.find("sha-256 ") + 8;
    sdp.replace(at, 5, sdp.compare(at, 5, "00:00") == 0 ? "11:11" : "00:00");
    return sdp;
  };
  REQUIRE(f.pump.Until([&] { return f.Count<WebLostEvent>() == 1; }));
  CHECK(f.LastLost() == WebLostReason::kFingerprintMismatch);
  CHECK(f.Count<WebConnectedEvent>() == 0);
  CHECK(f.Stats(f.legs[0]).can_send == false);
}

TEST_CASE("browser leg: one that never comes is given up, and a broken offer gets its name") {
  Fixture f(Law::kAlaw);
  REQUIRE(f.pump.Until([&] { return f.Count<WebConnectedEvent>() == 1; }));
  std::string good;
  f.tamper = [&good](std::string sdp) { return good = std::move(sdp); };
  f.browser->Run("call()");
  REQUIRE(f.pump.Until([&] { return !good.empty() && f.legs.size() == 2; }));
  WebLegOptions impatient;
  impatient.connect_timeout_ms = 300;
  f.events.clear();
  std::optional<absl::StatusOr<WebLeg>> result;
  f.engine->CreateWebLeg(good, impatient, 0, [&](absl::StatusOr<WebLeg> leg) { result = std::move(leg); });
  REQUIRE(f.pump.Until([&] { return result.has_value() && f.Count<WebLostEvent>() == 1; }));
  CHECK(f.LastLost() == WebLostReason::kConnectTimeout);
  result.reset();
  f.engine->CreateWebLeg("v=0\r\nnonsense", {}, 0, [&](absl::StatusOr<WebLeg> leg) { result = std::move(leg); });
  REQUIRE(f.pump.Until([&] { return result.has_value(); }));
  CHECK(base::Reason(result->status()) == "INVALID_SDP");
}

}  // namespace
}  // namespace hotline::telephony::media
