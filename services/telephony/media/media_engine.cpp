#include "services/telephony/media/media_engine.h"

#include <arpa/inet.h>
#include <openssl/rand.h>

#include "services/telephony/media/errors.h"
#include "services/telephony/media/limits.h"
#include "services/telephony/media/rtp_transport.h"
#include "services/telephony/media/web_sdp.h"

namespace hotline::telephony::media {
namespace {

uint32_t RandomSsrc() {
  uint32_t value = 0;
  // A failing generator would leave zero, which is a valid if dull SSRC.
  (void)RAND_bytes(reinterpret_cast<unsigned char*>(&value), sizeof value);
  return value;
}

bool ParseIpv4(const std::string& text, uint32_t& ip) {
  in_addr address{};
  if (::inet_pton(AF_INET, text.c_str(), &address) != 1) return false;
  ip = ntohl(address.s_addr);
  return true;
}

absl::Status CheckRecording(const RecordingOptions& options) {
  if (options.path.empty() || options.path.size() > 4000) return InvalidMediaError("path", "empty or too long");
  if (options.max_ms <= 0 || options.max_ms > kMaxRecordingMs) return InvalidMediaError("max_ms", "out of range");
  if (options.silence_ms < 0) return InvalidMediaError("silence_ms", "must not be negative");
  return absl::OkStatus();
}

}  // namespace

MediaEngine::MediaEngine(MediaOptions options)
    : options_(std::move(options)),
      events_(std::make_shared<const EventSink>(options_.executor, options_.on_event)),
      ports_(std::make_shared<PortPool>(options_.rtp_ports)),
      writer_(std::make_unique<RecordingWriter>()) {}

absl::StatusOr<std::unique_ptr<MediaEngine>> MediaEngine::Start(MediaOptions options) {
  if (options.threads < 1 || options.threads > kMaxMediaThreads) return InvalidMediaError("threads", "out of range");
  if (!options.executor || !options.on_event) return InvalidMediaError("executor", "executor and event handler are needed");
  if (options.web_addresses.empty() || options.web_addresses.size() > static_cast<size_t>(kMaxAdvertisedAddresses)) {
    return InvalidMediaError("web_addresses", "one to eight are needed");
  }
  uint32_t ip = 0;
  for (const std::string& address : options.web_addresses) {
    if (!ParseIpv4(address, ip)) return InvalidMediaError("web_addresses", "not an IPv4 address");
  }
  if (!ParseIpv4(options.bind_address, ip)) return InvalidMediaError("bind_address", "not an IPv4 address");
  const int count = options.threads;
  std::unique_ptr<MediaEngine> engine(new MediaEngine(std::move(options)));
  if (absl::Status status = engine->ports_->Check(); !status.ok()) return status;
  auto certificate = Certificate::Make();
  if (!certificate.ok()) return certificate.status();
  for (int i = 0; i < count; ++i) {
    auto thread = MediaThread::Start(i, *certificate);
    if (!thread.ok()) return thread.status();
    engine->threads_.push_back(*std::move(thread));
  }
  return engine;
}

MediaEngine::~MediaEngine() { Stop(); }

void MediaEngine::Stop() {
  {
    std::lock_guard lock(mutex_);
    if (stopped_.exchange(true)) return;
  }
  for (auto& thread : threads_) thread->Stop();
  writer_.reset();
}

void MediaEngine::Complete(const Done& done, absl::Status status) const {
  if (done) events_->Run([done, status = std::move(status)] { done(status); });
}

void MediaEngine::ForgetLeg(LegId leg) {
  std::lock_guard lock(mutex_);
  leg_threads_.erase(leg);
}

void MediaEngine::OnLeg(LegId leg, Done done, std::function<absl::Status(MediaThread&, Leg&)> action) {
  std::lock_guard lock(mutex_);
  if (stopped_) return Complete(done, MediaStoppedError());
  auto it = leg_threads_.find(leg);
  if (it == leg_threads_.end()) return Complete(done, LegNotFoundError());
  const bool posted = threads_[static_cast<size_t>(it->second)]->Post([this, leg, done, action = std::move(action)](MediaThread& thread) {
    thread.WithLeg(leg, [this, done, action, &thread](Leg* found) {
      Complete(done, found != nullptr ? action(thread, *found) : LegNotFoundError());
    });
  });
  if (!posted) Complete(done, MediaBusyError());
}

absl::StatusOr<RtpLeg> MediaEngine::CreateRtpLeg(const RtpLegOptions& options, uint64_t placement) {
  if (stopped_) return MediaStoppedError();
  auto sockets = OpenSocketPair(*ports_, options_.bind_address);
  if (!sockets.ok()) return sockets.status();
  RtpLeg result{LegId{next_id_++}, sockets->port};
  auto transport = std::make_unique<RtpTransport>(*sockets, ports_, options.allow_other_host);
  std::lock_guard lock(mutex_);
  if (stopped_) return MediaStoppedError();
  MediaThread& thread = *threads_[static_cast<size_t>(ThreadOf(placement))];
  if (thread.counters().legs.load(std::memory_order_relaxed) >= kMaxLegsPerThread) return MediaBusyError();
  LegOptions leg_options{options_.jitter, options.format, options.rtp_timeout_ms, true, true};
  auto leg = std::make_shared<Leg>(result.id, RandomSsrc(), leg_options, std::move(transport), events_, *writer_, thread.now_ms());
  const bool posted = thread.Post([this, leg](MediaThread& t) {
    if (!t.Install(leg)) ForgetLeg(leg->id());
  });
  if (!posted) return MediaBusyError();
  leg_threads_[result.id] = thread.index();
  return result;
}

void MediaEngine::SetRemote(LegId leg, const RtpRemote& remote, Done done) {
  Endpoint rtp{0, remote.port};
  if (!ParseIpv4(remote.address, rtp.ip)) return Complete(done, InvalidMediaError("address", "not an IPv4 address"));
  if (remote.port == 0 && (remote.send || remote.receive)) return Complete(done, InvalidMediaError("port", "must not be zero"));
  const int event = remote.format.telephone_event;
  if (event > 127 || (event >= 0 && event < 96)) return Complete(done, InvalidMediaError("telephone_event", "must be a dynamic payload type"));
  const Endpoint rtcp = remote.rtcp_port != 0 ? Endpoint{rtp.ip, remote.rtcp_port} : Endpoint{};
  OnLeg(leg, std::move(done), [rtp, rtcp, remote](MediaThread& thread, Leg& found) -> absl::Status {
    auto* transport = dynamic_cast<RtpTransport*>(&found.transport());
    if (transport == nullptr) return InvalidMediaError("leg", "not an RTP leg");
    transport->SetRemote(rtp, rtcp);
    found.Configure(remote.format, remote.send, remote.receive, thread.now_ms());
    return absl::OkStatus();
  });
}

void MediaEngine::CreateWebLeg(std::string_view offer_sdp, const WebLegOptions& options, uint64_t placement,
                               std::function<void(absl::StatusOr<WebLeg>)> done) {
  const auto fail = [this, done](absl::Status status) { events_->Run([done, status] { done(status); }); };
  auto offer = ParseWebOffer(offer_sdp);
  if (!offer.ok()) return fail(offer.status());
  std::lock_guard lock(mutex_);
  if (stopped_) return fail(MediaStoppedError());
  const LegId id{next_id_++};
  MediaThread& thread = *threads_[static_cast<size_t>(ThreadOf(placement))];
  const bool posted = thread.Post([this, id, offer = *std::move(offer), options, done](MediaThread& t) { OpenWebLeg(t, id, offer, options, done); });
  if (!posted) return fail(MediaBusyError());
  leg_threads_[id] = thread.index();
}

void MediaEngine::OpenWebLeg(MediaThread& thread, LegId id, const WebOffer& offer, const WebLegOptions& options,
                             const std::function<void(absl::StatusOr<WebLeg>)>& done) {
  WebTransportOptions transport_options{options_.bind_address, offer.fingerprint, offer.ice_ufrag, options.connect_timeout_ms,
                                        options.consent_timeout_ms};
  auto transport = WebTransport::Make(std::move(transport_options), thread.dtls().get(), ports_, thread.now_ms());
  if (!transport.ok()) {
    ForgetLeg(id);
    events_->Run([done, status = transport.status()] { done(status); });
    return;
  }
  WebAnswerInput answer;
  answer.session_id = id.value;
  const bool want_alaw = options_.web_law == Law::kAlaw;
  answer.law = (want_alaw && offer.alaw) || !offer.ulaw ? Law::kAlaw : Law::kUlaw;
  answer.port = (*transport)->port();
  answer.ssrc = RandomSsrc();
  answer.cname = "hotline-" + std::to_string(answer.ssrc);
  answer.ice_ufrag = (*transport)->ufrag();
  answer.ice_pwd = (*transport)->pwd();
  answer.fingerprint = thread.dtls().fingerprint();
  answer.addresses = options_.web_addresses;
  LegOptions leg_options;
  leg_options.jitter = options_.jitter;
  leg_options.format = {answer.law, offer.telephone_event, false};
  leg_options.rtp_timeout_ms = options.rtp_timeout_ms;
  leg_options.send = offer.peer_receives;
  leg_options.receive = offer.peer_sends;
  auto leg = std::make_shared<Leg>(id, answer.ssrc, leg_options, *std::move(transport), events_, *writer_, thread.now_ms());
  absl::StatusOr<WebLeg> result = WebLeg{id, WriteWebAnswer(offer, answer)};
  if (!thread.Install(std::move(leg))) {
    ForgetLeg(id);
    result = MediaBusyError();
  }
  events_->Run([done, result = std::move(result)] { done(result); });
}

void MediaEngine::CloseLeg(LegId leg, std::function<void(absl::StatusOr<LegStats>)> done) {
  const auto answer = [this, done](absl::StatusOr<LegStats> result) {
    if (done) events_->Run([done, result = std::move(result)] { done(result); });
  };
  std::lock_guard lock(mutex_);
  if (stopped_) return answer(MediaStoppedError());
  auto node = leg_threads_.extract(leg);
  if (node.empty()) return answer(LegNotFoundError());
  threads_[static_cast<size_t>(node.mapped())]->PostAlways([leg, answer](MediaThread& thread) {
    thread.WithLeg(leg, [leg, answer, &thread](Leg* found) {
      if (found == nullptr) return answer(LegNotFoundError());
      LegStats stats = found->Stats();
      stats.thread = thread.index();
      thread.CloseLeg(leg);
      answer(stats);
    });
  });
}

void MediaEngine::GetStats(LegId leg, std::function<void(absl::StatusOr<LegStats>)> done) {
  auto stats = std::make_shared<LegStats>();
  OnLeg(
      leg, [done, stats](absl::Status status) { status.ok() ? done(*stats) : done(status); },
      [stats](MediaThread& thread, Leg& found) {
        *stats = found.Stats();
        stats->thread = thread.index();
        return absl::OkStatus();
      });
}

void MediaEngine::MoveLocked(LegId leg, int& from, int to) {
  if (from == to) return;
  MediaThread& target = *threads_[static_cast<size_t>(to)];
  target.PostAlways([leg](MediaThread& thread) { thread.ExpectLeg(leg); });
  threads_[static_cast<size_t>(from)]->PostAlways([leg, &target](MediaThread& thread) {
    thread.SendAway(leg, [leg, &target](std::shared_ptr<Leg> moving) {
      target.PostAlways([leg, moving](MediaThread& arrived) { arrived.Arrive(leg, moving); });
    });
  });
  from = to;
}

void MediaEngine::MoveLeg(LegId leg, uint64_t placement, Done done) {
  {
    std::lock_guard lock(mutex_);
    if (stopped_) return Complete(done, MediaStoppedError());
    auto it = leg_threads_.find(leg);
    if (it == leg_threads_.end()) return Complete(done, LegNotFoundError());
    MoveLocked(leg, it->second, ThreadOf(placement));
  }
  OnLeg(leg, std::move(done), [](MediaThread&, Leg&) { return absl::OkStatus(); });
}

void MediaEngine::SendDigits(LegId leg, std::string_view digits, int digit_ms, int pause_ms, Done done) {
  OnLeg(leg, std::move(done),
        [text = std::string(digits), digit_ms, pause_ms](MediaThread&, Leg& found) { return found.SendDigits(text, digit_ms, pause_ms); });
}

BridgeId MediaEngine::CreateBridge(uint64_t placement) {
  const BridgeId id{next_id_++};
  std::lock_guard lock(mutex_);
  if (stopped_) return id;
  const int index = ThreadOf(placement);
  bridge_threads_[id] = index;
  threads_[static_cast<size_t>(index)]->PostAlways([id](MediaThread& thread) { thread.AddBridge(id); });
  return id;
}

void MediaEngine::DestroyBridge(BridgeId bridge) {
  std::lock_guard lock(mutex_);
  auto node = bridge_threads_.extract(bridge);
  if (node.empty() || stopped_) return;
  threads_[static_cast<size_t>(node.mapped())]->PostAlways([bridge](MediaThread& thread) { thread.RemoveBridge(bridge); });
}

void MediaEngine::BridgeAdd(BridgeId bridge, LegId leg, JoinGains gains, Done done) {
  {
    std::lock_guard lock(mutex_);
    if (stopped_) return Complete(done, MediaStoppedError());
    auto where = bridge_threads_.find(bridge);
    if (where == bridge_threads_.end()) return Complete(done, BridgeNotFoundError());
    auto it = leg_threads_.find(leg);
    if (it == leg_threads_.end()) return Complete(done, LegNotFoundError());
    MoveLocked(leg, it->second, where->second);
  }
  OnLeg(leg, std::move(done), [bridge, gains](MediaThread& thread, Leg& found) -> absl::Status {
    Bridge* target = thread.FindBridge(bridge);
    if (target == nullptr) return BridgeNotFoundError();
    if (found.bridge != target) {
      if (target->members.size() >= static_cast<size_t>(kMaxBridgeMembers)) return BridgeFullError();
      thread.LeaveBridge(found);
      found.bridge = target;
      found.bridge_index = target->members.size();
      target->members.push_back(&found);
      target->frames.push_back(&found.heard());
      target->gains.Add();
    }
    for (size_t other = 0; other < target->members.size(); ++other) {
      target->gains.Set(found.bridge_index, other, gains.speak);
      target->gains.Set(other, found.bridge_index, gains.hear);
    }
    return absl::OkStatus();
  });
}

void MediaEngine::BridgeRemove(LegId leg, Done done) {
  OnLeg(leg, std::move(done), [](MediaThread& thread, Leg& found) {
    thread.LeaveBridge(found);
    return absl::OkStatus();
  });
}

void MediaEngine::SetGain(BridgeId bridge, LegId speaker, LegId listener, double gain, Done done) {
  if (!(gain >= 0 && gain <= kMaxGain)) return Complete(done, InvalidMediaError("gain", "out of range"));
  OnLeg(speaker, std::move(done), [bridge, listener, gain](MediaThread& thread, Leg& found) -> absl::Status {
    Bridge* target = thread.FindBridge(bridge);
    if (target == nullptr) return BridgeNotFoundError();
    Leg* other = thread.FindLeg(listener);
    if (other == nullptr || other->bridge != target || found.bridge != target) return NotMemberError();
    target->gains.Set(found.bridge_index, other->bridge_index, gain);
    return absl::OkStatus();
  });
}

PlayId MediaEngine::Play(LegId leg, Playlist playlist, Done done) {
  const PlayId id{next_id_++};
  if (absl::Status status = CheckPlaylist(playlist); !status.ok()) {
    Complete(done, status);
    return id;
  }
  OnLeg(leg, std::move(done), [id, playlist = std::move(playlist)](MediaThread&, Leg& found) {
    found.Play(id, playlist);
    return absl::OkStatus();
  });
  return id;
}

void MediaEngine::StopPlay(LegId leg, PlayId play, Done done) {
  OnLeg(leg, std::move(done), [play](MediaThread&, Leg& found) {
    found.StopPlay(play);
    return absl::OkStatus();
  });
}

RecordingId MediaEngine::StartRecording(LegId leg, RecordingOptions options, Done done) {
  const RecordingId id{next_id_++};
  if (absl::Status status = CheckRecording(options); !status.ok()) {
    Complete(done, status);
    return id;
  }
  OnLeg(leg, std::move(done),
        [id, options = std::move(options)](MediaThread&, Leg& found) { return found.StartRecording(id, options); });
  return id;
}

void MediaEngine::StopRecording(LegId leg, RecordingId recording, Done done) {
  OnLeg(leg, std::move(done), [recording](MediaThread&, Leg& found) { return found.StopRecording(recording); });
}

MediaMetrics MediaEngine::Metrics() const {
  MediaMetrics sum;
  for (const auto& thread : threads_) {
    const ThreadCounters& c = thread->counters();
    sum.ticks += c.ticks.load(std::memory_order_relaxed);
    sum.missed_ticks += c.missed_ticks.load(std::memory_order_relaxed);
    sum.late_ticks += c.late_ticks.load(std::memory_order_relaxed);
    sum.max_late_us = std::max(sum.max_late_us, c.max_late_us.load(std::memory_order_relaxed));
    sum.busy_us += c.busy_us.load(std::memory_order_relaxed);
    sum.packets_in += c.packets_in.load(std::memory_order_relaxed);
    sum.packets_out += c.packets_out.load(std::memory_order_relaxed);
    sum.strangers += c.strangers.load(std::memory_order_relaxed);
    sum.send_errors += c.send_errors.load(std::memory_order_relaxed);
    sum.refused_commands += c.refused_commands.load(std::memory_order_relaxed);
    sum.realtime_threads += c.realtime.load(std::memory_order_relaxed) ? 1 : 0;
    sum.legs += c.legs.load(std::memory_order_relaxed);
    sum.bridges += c.bridges.load(std::memory_order_relaxed);
  }
  sum.ports = ports_->capacity();
  sum.ports_in_use = ports_->in_use();
  return sum;
}

}  // namespace hotline::telephony::media
