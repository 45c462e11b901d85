// All calls and lines of this process, and what they share: the SIP port, the media engine, prompts, the spool, the
// reports to agent_state. Calls and lines live on the node's one io thread and nowhere else; SIP and media post plain data
// to it.
//
// Start, Drain and the destructor belong to the thread that made it; the rest to the io thread.
#pragma once

#include <absl/status/statusor.h>

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "hotline/telephony/v1/telephony.pb.h"
#include "libs/rpc/io.h"
#include "libs/rpc/node.h"
#include "services/telephony/calls/dialogue.h"
#include "services/telephony/calls/io_timer.h"
#include "services/telephony/calls/leg_reporter.h"
#include "services/telephony/calls/prompts.h"
#include "services/telephony/calls/sip_port.h"
#include "services/telephony/config.h"
#include "services/telephony/domain/dialling.h"
#include "services/telephony/media/media_engine.h"
#include "services/telephony/spool/spool.h"
#include "services/telephony/store.h"

namespace hotline::telephony {

class Call;
class Line;
struct Tab;

class Exchange final : private SipListener {
 public:
  // Finishes what an earlier process left, starts media and signalling and takes calls from then on. All references must
  // outlive it; `pool` runs file work.
  static absl::StatusOr<std::unique_ptr<Exchange>> Start(const Config& config, rpc::Node& node, rpc::Pool& pool, Spool& spool);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Refuses new calls (503) and lets the running ones go on for at most `patience`; then hangs up and sends pages away.
  // Stop the node next, then destroy this.
  void Drain(absl::Duration patience);

  const std::vector<Endpoint>& sip_endpoints() const { return sip_->endpoints(); }

  // For calls and lines.
  boost::asio::any_io_executor executor() const { return executor_; }
  const Config& config() const { return config_; }
  rpc::Node& node() { return node_; }
  Spool& spool() { return spool_; }
  SipPort& sip() { return *sip_; }
  media::MediaEngine& media() { return *media_; }
  PromptBook& prompts() { return prompts_; }
  LegReporter& legs() { return legs_; }
  const IvrClient& dialogues() const { return dialogues_; }
  const AgentStateClient& agents() const { return agents_; }
  uint64_t NextPlacement() { return next_placement_++; }
  void AddSession(SessionId session, const std::shared_ptr<Call>& call);
  void AddLeg(media::LegId leg, const std::shared_ptr<Call>& call);
  void AddWebLeg(media::LegId leg, const std::shared_ptr<Line>& line) { web_legs_[leg] = line; }
  void ForgetWebLeg(media::LegId leg) { web_legs_.erase(leg); }
  void AddRecording(media::RecordingId id, const std::shared_ptr<Call>& call) { recordings_[id] = call; }
  void ForgetRecording(media::RecordingId id) { recordings_.erase(id); }
  // "20250615/<id>.wav", whose directory exists then.
  std::string NewRecordingPath(const std::string& recording_id);
  // Measures the file on the pool and spools the recording; then `spooled`, on the io thread.
  void KeepRecording(KeptRecording kept, std::function<void()> spooled);
  void Forget(const std::shared_ptr<Call>& call);
  DialRequest MakeDial(const std::string& number, LocalAudio audio) const;
  void StartOutbound(const std::shared_ptr<Line>& line, const std::string& call_id, const std::string& number, const std::string& ticket_id,
                     const std::string& reservation_id);
  absl::Status CheckDial(const std::string& agent_id, const std::string& number);
  bool DialledBefore(const std::string& agent_id, const std::string& request_id) const { return dials_.contains(agent_id + " " + request_id); }
  void RememberDial(const std::string& agent_id, const std::string& request_id);
  void ForgetDial(const std::string& agent_id, const std::string& request_id) { dials_.erase(agent_id + " " + request_id); }
  void CountBuiltin() { builtin_calls_.Increment(); }

  // For services.
  std::shared_ptr<Line> FindLine(const std::string& agent_id) const;
  absl::StatusOr<std::shared_ptr<Line>> OpenLine(const std::string& agent_id);
  void ForgetLine(const std::string& agent_id) { lines_.erase(agent_id); }
  const v1::Call* FindRecord(const std::string& call_id) const;  // running, or ended a moment ago
  std::vector<v1::Call> ActiveCalls() const;                     // oldest first
  v1::ListTrunksResponse Trunks() const;
  bool draining() const { return draining_; }

 private:
  Exchange(const Config& config, rpc::Node& node, rpc::Pool& pool, Spool& spool);
  absl::Status StartMedia();
  void FinishInterrupted();
  bool KeepInterrupted(const nlohmann::json& recordings);
  void OnMediaEvent(const media::MediaEvent& event);
  void ShowMetrics();
  std::shared_ptr<Call> CallOf(SessionId session) const;

  void OnInvite(SessionId session, const InviteInfo& info) override;
  void OnProgress(SessionId session, int code, const std::optional<NegotiatedAudio>& audio) override;
  void OnAnswered(SessionId session, const NegotiatedAudio& audio) override;
  void OnOffer(SessionId session, const NegotiatedAudio& audio) override;
  void OnInfoDigit(SessionId session, char digit) override;
  void OnSessionEnded(SessionId session, const EndInfo& info) override;
  void OnTrunkState(const std::string& trunk, bool up) override;

  const Config& config_;
  rpc::Node& node_;
  rpc::Pool& pool_;
  Spool& spool_;
  const boost::asio::any_io_executor executor_;
  const IvrClient dialogues_;
  const AgentStateClient agents_;
  PromptBook prompts_;
  LegReporter legs_;
  DialQuota quota_;
  std::unique_ptr<media::MediaEngine> media_;
  std::unique_ptr<SipPort> sip_;
  uint64_t next_placement_ = 0;
  std::atomic<bool> draining_{false};
  std::atomic<size_t> active_{0};

  // By which keys a call is found, so that it can be forgotten without a look at all the others.
  struct Keys {
    std::vector<SessionId> sessions;
    std::vector<media::LegId> legs;
  };
  std::map<std::string, std::shared_ptr<Call>> calls_;  // by id, which is by time
  std::unordered_map<const Call*, Keys> keys_;
  std::unordered_map<SessionId, std::weak_ptr<Call>> sessions_;
  std::unordered_map<media::LegId, std::weak_ptr<Call>> legs_of_calls_;
  std::unordered_map<media::LegId, std::weak_ptr<Line>> web_legs_;
  std::unordered_map<media::RecordingId, std::weak_ptr<Call>> recordings_;
  std::unordered_map<std::string, std::shared_ptr<Line>> lines_;
  std::unordered_map<std::string, v1::Call> ended_;
  std::deque<std::string> ended_order_;
  std::set<std::string> dials_;
  std::deque<std::string> dial_order_;
  std::map<std::string, bool> trunks_up_;
  IoTimer metrics_timer_;
  prometheus::Gauge& active_calls_;
  prometheus::Counter& builtin_calls_;
};

}  // namespace hotline::telephony
