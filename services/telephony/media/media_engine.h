// The media plane of the telephony service: K media threads and an asynchronous, thread-safe API over them.
//
// Calls return at once; results and events come through the executor given in MediaOptions, in the order in which they
// happened on the leg's thread. A leg is placed by a number of the caller's choice (its call), so that the legs of one
// call share a thread; BridgeAdd moves a leg that is elsewhere, connected browser legs included. Commands for one leg
// are carried out in the order given, also across a move.
//
// libre_init() must have been called by the process before Start, and libre_close() only after the engine is gone.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "services/telephony/media/events.h"
#include "services/telephony/media/leg.h"
#include "services/telephony/media/media_thread.h"
#include "services/telephony/media/port_pool.h"

namespace hotline::telephony::media {

struct MediaOptions {
  int threads = 1;
  std::string bind_address = "0.0.0.0";
  PortRange rtp_ports;
  std::vector<std::string> web_addresses = {"127.0.0.1"};  // ICE candidates, IPv4, most preferred first.
  JitterOptions jitter;
  Law web_law = Law::kAlaw;     // Preferred towards browsers; A-law spares transcoding with Chinese trunks.
  Executor executor;
  EventHandler on_event;
};

struct RtpLegOptions {
  StreamFormat format;
  bool allow_other_host = true;  // Latch onto an address that was not signalled (phones behind NAT); false for trunks.
  int rtp_timeout_ms = 30'000;   // 0 never.
};
struct RtpLeg {
  LegId id;
  uint16_t port = 0;             // RTP; RTCP is the one above.
};
// What the peer's SDP says.
struct RtpRemote {
  std::string address;           // IPv4
  uint16_t port = 0;
  uint16_t rtcp_port = 0;        // 0: port + 1
  StreamFormat format;
  bool send = true;              // We may send.
  bool receive = true;           // We expect to receive; false on hold, when silence is no fault.
};
struct WebLegOptions {
  int connect_timeout_ms = 15'000;
  int consent_timeout_ms = 10'000;
  int rtp_timeout_ms = 0;        // Consent already tells whether the browser lives.
};
struct WebLeg {
  LegId id;
  std::string answer_sdp;
};
// With what gains a leg joins; single pairs are set by SetGain afterwards.
struct JoinGains {
  double speak = 1.0;            // To every present member.
  double hear = 1.0;             // Of every present member.
};

struct MediaMetrics {
  uint64_t ticks = 0, missed_ticks = 0, late_ticks = 0, max_late_us = 0, busy_us = 0;
  uint64_t packets_in = 0, packets_out = 0, strangers = 0, send_errors = 0, refused_commands = 0;
  int64_t legs = 0, bridges = 0;
  size_t ports_in_use = 0, ports = 0;
  int realtime_threads = 0;      // Media threads that got real-time priority.
};

class MediaEngine {
 public:
  using Done = std::function<void(absl::Status)>;

  static absl::StatusOr<std::unique_ptr<MediaEngine>> Start(MediaOptions options);
  ~MediaEngine();
  MediaEngine(const MediaEngine&) = delete;
  MediaEngine& operator=(const MediaEngine&) = delete;
  // Closes every leg, completes every recording, joins all threads. Later calls answer MEDIA_STOPPED.
  void Stop();

  // Legs. CreateRtpLeg binds in the caller's thread (microseconds), because the answer needs the port now.
  absl::StatusOr<RtpLeg> CreateRtpLeg(const RtpLegOptions& options, uint64_t placement);
  void SetRemote(LegId leg, const RtpRemote& remote, Done done = {});
  void CreateWebLeg(std::string_view offer_sdp, const WebLegOptions& options, uint64_t placement,
                    std::function<void(absl::StatusOr<WebLeg>)> done);
  void CloseLeg(LegId leg, std::function<void(absl::StatusOr<LegStats>)> done = {});
  void GetStats(LegId leg, std::function<void(absl::StatusOr<LegStats>)> done);
  void MoveLeg(LegId leg, uint64_t placement, Done done = {});
  void SendDigits(LegId leg, std::string_view digits, int digit_ms = 100, int pause_ms = 100, Done done = {});

  // Bridges.
  BridgeId CreateBridge(uint64_t placement);
  void DestroyBridge(BridgeId bridge);
  void BridgeAdd(BridgeId bridge, LegId leg, JoinGains gains = {}, Done done = {});
  void BridgeRemove(LegId leg, Done done = {});
  void SetGain(BridgeId bridge, LegId speaker, LegId listener, double gain, Done done = {});

  // Sources. A new Play replaces the running one. The end is a PlayFinishedEvent; if `done` gets an error there is none.
  PlayId Play(LegId leg, Playlist playlist, Done done = {});
  void StopPlay(LegId leg, PlayId play = {}, Done done = {});

  // Recording. The end is a RecordingFinishedEvent; if `done` gets an error there is none.
  RecordingId StartRecording(LegId leg, RecordingOptions options, Done done = {});
  void StopRecording(LegId leg, RecordingId recording, Done done = {});

  MediaMetrics Metrics() const;
  int threads() const { return static_cast<int>(threads_.size()); }

 private:
  explicit MediaEngine(MediaOptions options);
  int ThreadOf(uint64_t placement) const { return static_cast<int>(placement % threads_.size()); }
  void Complete(const Done& done, absl::Status status) const;
  void OnLeg(LegId leg, Done done, std::function<absl::Status(MediaThread&, Leg&)> action);
  void MoveLocked(LegId leg, int& from, int to);
  void OpenWebLeg(MediaThread& thread, LegId id, const struct WebOffer& offer, const WebLegOptions& options,
                  const std::function<void(absl::StatusOr<WebLeg>)>& done);
  void ForgetLeg(LegId leg);

  const MediaOptions options_;
  std::shared_ptr<const EventSink> events_;
  std::shared_ptr<PortPool> ports_;
  std::unique_ptr<RecordingWriter> writer_;
  std::vector<std::unique_ptr<MediaThread>> threads_;
  std::atomic<uint64_t> next_id_{1};
  std::atomic<bool> stopped_{false};
  // Where everything is. Commands are posted under this lock, so that their order is the order of the calls.
  mutable std::mutex mutex_;
  std::unordered_map<LegId, int> leg_threads_;
  std::unordered_map<BridgeId, int> bridge_threads_;
};

}  // namespace hotline::telephony::media
