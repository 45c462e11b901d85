#include "services/telephony/calls/exchange.h"

#include <absl/time/clock.h>

#include <filesystem>
#include <future>

#include <nlohmann/json.hpp>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/log.h"
#include "services/telephony/calls/call.h"
#include "services/telephony/calls/line.h"
#include "services/telephony/calls/recordings.h"
#include "services/telephony/domain/errors.h"
#include "services/telephony/domain/limits.h"
#include "services/telephony/events.h"
#include "services/telephony/media/wav.h"

namespace hotline::telephony {

namespace fs = std::filesystem;

Exchange::Exchange(const Config& config, rpc::Node& node, rpc::Pool& pool, Spool& spool)
    : config_(config),
      node_(node),
      pool_(pool),
      spool_(spool),
      executor_(node.io().Next()),
      dialogues_(node.peer("ivr")),
      agents_(node.peer("agent_state")),
      prompts_(node, pool, PromptBook::Client(node.peer("ivr")), {config.prompts_dir, config.builtin_dir}),
      legs_(node, agents_, config.instance),
      quota_(config.dials_per_hour),
      metrics_timer_(executor_),
      active_calls_(node.metrics().Gauge("hotline_telephony_calls", "Calls running now")),
      builtin_calls_(node.metrics().Counter("hotline_telephony_builtin_total", "Calls that got the built-in announcement")) {}

absl::StatusOr<std::unique_ptr<Exchange>> Exchange::Start(const Config& config, rpc::Node& node, rpc::Pool& pool, Spool& spool) {
  std::unique_ptr<Exchange> exchange(new Exchange(config, node, pool, spool));
  std::error_code error;
  fs::create_directories(config.recordings_dir, error);
  if (error) return base::FailedPrecondition("NO_RECORDINGS_DIR", "cannot make the directory of recordings");
  exchange->FinishInterrupted();
  HOTLINE_RETURN_IF_ERROR(exchange->StartMedia());
  for (const TrunkSettings& trunk : config.trunks) exchange->trunks_up_[trunk.sip.id] = true;
  // On the io thread, so that nothing arrives before everything is there.
  std::promise<absl::Status> started;
  boost::asio::post(exchange->executor_, [&, x = exchange.get()] {
    x->prompts_.Start();
    x->legs_.Start();
    auto sip = SipPort::Start(config.sip, x->executor_, *x);
    if (sip.ok()) x->sip_ = *std::move(sip);
    if (sip.ok()) x->ShowMetrics();
    started.set_value(sip.status());
  });
  absl::Status status = started.get_future().get();
  if (status.ok()) return exchange;
  node.Stop();  // the tasks just begun use what goes away now
  return status;
}

absl::Status Exchange::StartMedia() {
  media::MediaOptions options;
  options.threads = config_.media_threads;
  options.bind_address = config_.media_bind_address;
  options.rtp_ports = {config_.rtp_port_low, config_.rtp_port_high};
  options.web_addresses = config_.web_addresses;
  options.executor = [io = executor_](std::function<void()> task) { boost::asio::post(io, std::move(task)); };
  options.on_event = [this](const media::MediaEvent& event) { OnMediaEvent(event); };
  HOTLINE_ASSIGN_OR_RETURN(media_, media::MediaEngine::Start(std::move(options)));
  return absl::OkStatus();
}

// The node has stopped: nothing runs on the io thread any more, and what SIP and media post last is never run.
Exchange::~Exchange() {
  sip_.reset();
  if (media_) media_->Stop();
}

void Exchange::Drain(absl::Duration patience) {
  if (sip_ && !draining_.exchange(true)) sip_->StopTakingCalls();
  const absl::Time give_up = absl::Now() + patience;
  const auto wait = [this](absl::Time until) {
    while (active_ > 0 && absl::Now() < until) absl::SleepFor(absl::Milliseconds(20));
  };
  wait(give_up);
  boost::asio::post(executor_, [this] {
    const auto calls = calls_;
    for (const auto& [id, call] : calls) call->Shutdown();
  });
  wait(absl::Now() + kCallEndGrace + absl::Seconds(1));
  // Pages are sent away, or their streams would hold up the end of the server.
  std::promise<void> closed;
  boost::asio::post(executor_, [this, &closed] {
    metrics_timer_.Cancel();
    const auto lines = lines_;
    for (const auto& [id, line] : lines) line->Close();
    closed.set_value();
  });
  closed.get_future().wait();
}

// ---- what an earlier process left

// Spools the recordings of an interrupted call, as far as their files hold something; whether a message was among them.
bool Exchange::KeepInterrupted(const nlohmann::json& recordings) {
  bool message = false;
  for (const auto& item : recordings) {
    if (!item.is_string()) continue;
    auto kept = ParseRecordingFact(item.get<std::string>());
    if (!kept.ok()) continue;
    const std::string path = config_.recordings_dir + "/" + kept->path;
    const auto file = InspectRecording(path);
    if (!file.ok()) continue;
    const int64_t duration_ms = file->data_bytes / file->channels / (media::kSampleRate / 1000);
    const bool is_message = kept->recording.kind() == "message";
    if (duration_ms < (is_message ? absl::ToInt64Milliseconds(kShortestMessage) : 1)) continue;
    kept->recording.set_duration_ms(static_cast<int32_t>(duration_ms));
    if (!Measure(path, kept->recording).ok() || !MeasureLevels(path, kept->recording).ok()) continue;
    message = message || IsMessageLeft(kept->recording);
    spool_.Put(kFactRecording, RecordingFact(*kept));
  }
  return message;
}

void Exchange::FinishInterrupted() {
  const auto repaired = media::RepairRecordings(config_.recordings_dir);
  if (!repaired.ok()) base::log::Error("recordings cannot be repaired", {{"error", repaired.status()}});
  for (const Spool::OpenCall& open : spool_.OpenCalls()) {
    const auto root = nlohmann::json::parse(open.json, nullptr, false);
    v1::Call call;
    if (!root.is_object() || !root.contains("call") || !root["call"].is_string() || !FromJson(root["call"].get<std::string>(), call).ok()) {
      base::log::Error("the record of an interrupted call is unreadable", {{"call", open.call_id}});
      spool_.RemoveOpenCall(open.call_id);
      continue;
    }
    const bool message = KeepInterrupted(root.value("recordings", nlohmann::json::array()));
    *call.mutable_end_time() = ToTimestamp(open.saved_at);
    call.set_end_reason("failed");
    if (call.outcome().empty()) call.set_outcome(call.has_agent_answer_time() ? "agent" : message ? "mailbox" : "abandoned");
    for (v1::CallLeg& leg : *call.mutable_legs()) {
      if (leg.has_end_time()) continue;
      *leg.mutable_end_time() = call.end_time();
      leg.set_end_reason("failed");
    }
    if (call.has_answer_time()) {
      call.set_billable_ms(static_cast<int32_t>(absl::ToInt64Milliseconds(open.saved_at - FromTimestamp(call.answer_time()))));
    }
    spool_.Put(kFactEnded, ToJson(call));
    spool_.RemoveOpenCall(open.call_id);
    base::log::Warn("finished the record of an interrupted call", {{"call", open.call_id}});
  }
}

// ---- SIP

std::shared_ptr<Call> Exchange::CallOf(SessionId session) const {
  const auto it = sessions_.find(session);
  return it == sessions_.end() ? nullptr : it->second.lock();
}

void Exchange::OnInvite(SessionId session, const InviteInfo& info) {
  auto call = std::make_shared<Call>(*this, base::NewId(), NextPlacement());
  calls_[call->id()] = call;
  active_ = calls_.size();
  AddSession(session, call);
  call->StartInbound(session, info);
}
void Exchange::OnProgress(SessionId session, int code, const std::optional<NegotiatedAudio>& audio) {
  if (const auto call = CallOf(session)) call->OnProgress(session, code, audio);
}
void Exchange::OnAnswered(SessionId session, const NegotiatedAudio& audio) {
  if (const auto call = CallOf(session)) call->OnAnswered(session, audio);
}
void Exchange::OnOffer(SessionId session, const NegotiatedAudio& audio) {
  if (const auto call = CallOf(session)) call->OnOffer(session, audio);
}
void Exchange::OnInfoDigit(SessionId session, char digit) {
  if (const auto call = CallOf(session)) call->OnKey(digit);
}
void Exchange::OnSessionEnded(SessionId session, const EndInfo& info) {
  const auto call = CallOf(session);
  sessions_.erase(session);
  if (call) call->OnSessionEnded(session, info);
}
void Exchange::OnTrunkState(const std::string& trunk, bool up) {
  trunks_up_[trunk] = up;
  base::log::Info("a trunk changed", {{"trunk", trunk}, {"up", up}});
}

// ---- media

void Exchange::OnMediaEvent(const media::MediaEvent& event) {
  const auto call_of = [this](media::LegId leg) {
    const auto it = legs_of_calls_.find(leg);
    return it == legs_of_calls_.end() ? nullptr : it->second.lock();
  };
  if (const auto* digit = std::get_if<media::DigitEvent>(&event)) {
    if (const auto call = call_of(digit->leg)) call->OnKey(digit->digit);
  } else if (const auto* play = std::get_if<media::PlayFinishedEvent>(&event)) {
    if (const auto call = call_of(play->leg)) call->OnPlayFinished(play->play);
  } else if (const auto* silent = std::get_if<media::RtpTimeoutEvent>(&event)) {
    if (const auto call = call_of(silent->leg)) call->OnRtpTimeout(silent->leg);
  } else if (const auto* recorded = std::get_if<media::RecordingFinishedEvent>(&event)) {
    const auto it = recordings_.find(recorded->recording);
    if (const auto call = it == recordings_.end() ? nullptr : it->second.lock()) call->OnRecordingFinished(recorded->recording, recorded->result);
  } else if (const auto* connected = std::get_if<media::WebConnectedEvent>(&event)) {
    const auto it = web_legs_.find(connected->leg);
    if (const auto line = it == web_legs_.end() ? nullptr : it->second.lock()) line->OnWebConnected(connected->leg);
  } else if (const auto* lost = std::get_if<media::WebLostEvent>(&event)) {
    const auto it = web_legs_.find(lost->leg);
    if (const auto line = it == web_legs_.end() ? nullptr : it->second.lock()) line->OnWebLost(lost->leg);
  }
}

std::string Exchange::NewRecordingPath(const std::string& recording_id) {
  const std::string day = absl::FormatTime("%Y%m%d", absl::Now(), absl::UTCTimeZone());
  std::error_code error;
  fs::create_directories(config_.recordings_dir + "/" + day, error);  // a failure shows when the file is opened
  return day + "/" + recording_id + ".wav";
}

void Exchange::KeepRecording(KeptRecording kept, std::function<void()> spooled) {
  const auto work = [this, kept = std::make_shared<KeptRecording>(std::move(kept)), spooled = std::move(spooled)] {
    const absl::Status status = Measure(config_.recordings_dir + "/" + kept->path, kept->recording);
    if (!status.ok()) base::log::Error("a recording cannot be read back", {{"recording", kept->recording.recording_id()}, {"error", status}});
    spool_.Put(kFactRecording, RecordingFact(*kept));
    boost::asio::post(executor_, spooled);
  };
  if (!pool_.TryPost(work)) work();  // a full pool must not cost a recording
}

void Exchange::AddSession(SessionId session, const std::shared_ptr<Call>& call) {
  sessions_[session] = call;
  keys_[call.get()].sessions.push_back(session);
}

void Exchange::AddLeg(media::LegId leg, const std::shared_ptr<Call>& call) {
  legs_of_calls_[leg] = call;
  keys_[call.get()].legs.push_back(leg);
}

void Exchange::Forget(const std::shared_ptr<Call>& call) {
  if (const auto keys = keys_.extract(call.get())) {
    for (const SessionId session : keys.mapped().sessions) sessions_.erase(session);
    for (const media::LegId leg : keys.mapped().legs) legs_of_calls_.erase(leg);
  }
  ended_[call->id()] = call->record();
  ended_order_.push_back(call->id());
  if (ended_order_.size() > kMaxEndedCalls) {
    ended_.erase(ended_order_.front());
    ended_order_.pop_front();
  }
  calls_.erase(call->id());
  active_ = calls_.size();
}

// ---- dialling

DialRequest Exchange::MakeDial(const std::string& number, LocalAudio audio) const {
  DialRequest request;
  request.trunk = config_.dial_trunk;
  request.number = number;
  for (const TrunkSettings& trunk : config_.trunks) {
    if (trunk.sip.id == request.trunk) request.caller = trunk.caller_id;
  }
  request.audio = std::move(audio);
  request.ring_timeout_ms = static_cast<uint64_t>(absl::ToInt64Milliseconds(config_.dial_ring));
  return request;
}

absl::Status Exchange::CheckDial(const std::string& agent_id, const std::string& number) {
  if (draining_) return errors::NotServing();
  if (!MayDial(number, config_.dial_prefixes)) return errors::NotAllowed();
  return quota_.Take(agent_id, absl::Now()) ? absl::OkStatus() : errors::QuotaExceeded();
}

void Exchange::RememberDial(const std::string& agent_id, const std::string& request_id) {
  dials_.insert(agent_id + " " + request_id);
  dial_order_.push_back(agent_id + " " + request_id);
  if (dial_order_.size() > kMaxRememberedDials) {
    dials_.erase(dial_order_.front());
    dial_order_.pop_front();
  }
}

void Exchange::StartOutbound(const std::shared_ptr<Line>& line, const std::string& call_id, const std::string& number,
                             const std::string& ticket_id, const std::string& reservation_id) {
  auto call = std::make_shared<Call>(*this, call_id, NextPlacement());
  calls_[call->id()] = call;
  active_ = calls_.size();
  call->StartOutbound(line, number, ticket_id, reservation_id);
}

// ---- for services

std::shared_ptr<Line> Exchange::FindLine(const std::string& agent_id) const {
  const auto it = lines_.find(agent_id);
  return it == lines_.end() ? nullptr : it->second;
}

absl::StatusOr<std::shared_ptr<Line>> Exchange::OpenLine(const std::string& agent_id) {
  if (draining_) return errors::NotServing();
  auto line = FindLine(agent_id);
  if (line) return line;
  if (lines_.size() >= kMaxLines) return errors::TooManyLines();
  line = std::make_shared<Line>(*this, agent_id);
  lines_[agent_id] = line;
  return line;
}

const v1::Call* Exchange::FindRecord(const std::string& call_id) const {
  if (const auto it = calls_.find(call_id); it != calls_.end()) return &it->second->record();
  const auto it = ended_.find(call_id);
  return it == ended_.end() ? nullptr : &it->second;
}

std::vector<v1::Call> Exchange::ActiveCalls() const {
  std::vector<v1::Call> calls;
  for (const auto& [id, call] : calls_) calls.push_back(call->record());
  return calls;
}

v1::ListTrunksResponse Exchange::Trunks() const {
  v1::ListTrunksResponse response;
  for (const TrunkSettings& settings : config_.trunks) {
    v1::Trunk& trunk = *response.add_trunks();
    trunk.set_trunk_id(settings.sip.id);
    trunk.set_name(settings.name);
    const auto up = trunks_up_.find(settings.sip.id);
    trunk.set_up(up == trunks_up_.end() || up->second);
    trunk.set_capacity(static_cast<int32_t>(settings.sip.capacity));
    for (const auto& [id, call] : calls_) {
      if (call->record().trunk_id() == settings.sip.id) trunk.set_active_calls(trunk.active_calls() + 1);
    }
  }
  return response;
}

void Exchange::ShowMetrics() {
  const auto show = [this](const char* name, const char* help, double value) { node_.metrics().Gauge(name, help).Set(value); };
  active_calls_.Set(static_cast<double>(calls_.size()));
  show("hotline_telephony_lines", "Agents' lines attached or in a call", static_cast<double>(lines_.size()));
  show("hotline_telephony_leg_reports_unacked", "Reports that agent_state has not acknowledged", static_cast<double>(legs_.unacked()));
  if (sip_) {
    const SipCounters& sip = sip_->counters();
    show("hotline_telephony_invites_in", "INVITEs received since the start", static_cast<double>(sip.invites_in));
    show("hotline_telephony_invites_out", "INVITEs sent since the start", static_cast<double>(sip.invites_out));
    show("hotline_telephony_refused_overload", "Calls refused with 503", static_cast<double>(sip.refused_overload));
    show("hotline_telephony_refused_source", "Requests refused because no trunk has their address", static_cast<double>(sip.refused_source));
    show("hotline_telephony_refused_malformed", "Requests refused by the strict check", static_cast<double>(sip.refused_malformed));
  }
  const media::MediaMetrics media = media_->Metrics();
  show("hotline_telephony_media_late_ticks", "20 ms ticks that began late", static_cast<double>(media.late_ticks));
  show("hotline_telephony_media_missed_ticks", "20 ms ticks skipped", static_cast<double>(media.missed_ticks));
  show("hotline_telephony_media_legs", "Media legs now", static_cast<double>(media.legs));
  show("hotline_telephony_rtp_ports_in_use", "RTP port pairs in use", static_cast<double>(media.ports_in_use));
  const Spool::Stats spool = spool_.stats();
  show("hotline_telephony_spool_waiting", "Facts not yet in the database", static_cast<double>(spool.waiting));
  show("hotline_telephony_spool_unsaved", "Facts not yet on disk", static_cast<double>(spool.unsaved));
  show("hotline_telephony_spool_moved_aside", "Facts moved aside", static_cast<double>(spool.moved_aside));
  show("hotline_telephony_spool_lost", "Facts lost for want of disk and memory", static_cast<double>(spool.lost));
  metrics_timer_.Start(absl::Seconds(1), [this] { ShowMetrics(); });
}

}  // namespace hotline::telephony
