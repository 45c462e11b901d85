#include "services/telephony/calls/line.h"

#include <boost/asio/post.hpp>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/log.h"
#include "services/telephony/calls/call.h"
#include "services/telephony/calls/exchange.h"
#include "services/telephony/domain/errors.h"
#include "services/telephony/domain/limits.h"
#include "services/telephony/events.h"

namespace hotline::telephony {

void Tab::Push(v1::LineEvent event) {
  if (closed) return;
  if (outbox.size() >= kMaxLineOutbox) return Close();  // the page does not read: it attaches again
  outbox.push_back(std::move(event));
  notice.Give();
}

Line::Line(Exchange& exchange, std::string agent_id)
    : x_(exchange), agent_id_(std::move(agent_id)), tab_grace_(exchange.executor()), media_grace_(exchange.executor()) {}

void Line::Attach(std::shared_ptr<Tab> tab) {
  if (tab_ != nullptr) {
    v1::LineEvent event;
    event.mutable_superseded()->set_tab_id(tab->tab_id);
    tab_->Push(std::move(event));
    tab_->Close();
  }
  tab_ = std::move(tab);
  tab_grace_.Cancel();
  Publish();
  ReportLine();
}

void Line::Detach(const std::shared_ptr<Tab>& tab) {
  if (tab_ != tab) return;
  tab_.reset();
  if (closed_) return;
  tab_grace_.Start(kLineGrace, [this] {
    // While agent and caller hear each other the page is away, or the gateway, but not the agent: the call goes on, and
    // is lost when audio ends as well.
    if (auto call = call_.lock(); call != nullptr && !(connected_ && call->AgentTalks())) call->OnLineLost();
    CheckGone();
  });
}

// Neither page nor call: the line is no more.
void Line::CheckGone() {
  ReportLine();
  if (tab_ != nullptr || busy() || dialling_) return;
  Close();
  x_.ForgetLine(agent_id_);
}

void Line::Close() {
  closed_ = true;
  tab_grace_.Cancel();  // a running timer would hold up the end of the process
  media_grace_.Cancel();
  if (tab_) tab_->Close();
  if (leg_) x_.media().CloseLeg(leg_);
  leg_ = {};
  connected_ = false;
  ReportLine();
}

void Line::Publish() {
  ++version_;
  if (tab_ == nullptr) return;
  v1::LineEvent event;
  v1::LineState& state = *event.mutable_state();
  state.set_media_connected(connected_);
  if (has_view_) *state.mutable_call() = view_;
  state.set_version(version_);
  tab_->Push(std::move(event));
}

void Line::Report(LegState leg) {
  leg.set_agent_id(agent_id_);
  leg.set_line_up(up());
  *leg.mutable_time() = ToTimestamp(absl::Now());
  reported_up_ = leg.line_up();
  x_.legs().Report(std::move(leg));
}

void Line::ReportLine() {
  if (reported_up_ == up()) return;
  if (auto call = call_.lock()) return call->ReportAgentLeg();
  LegState leg;
  if (up()) leg.set_phase(LegState::PHASE_IDLE);
  Report(std::move(leg));
}

void Line::TakeCall(const std::shared_ptr<Call>& call, v1::LineCall view) {
  call_ = call;
  view_ = std::move(view);
  has_view_ = true;
}

void Line::ReleaseCall() {
  call_.reset();
  media_grace_.Cancel();
  if (tab_ != nullptr || tab_grace_.running()) return;
  // The page went during the call and did not come back. Posted: the call is not done with the line yet.
  boost::asio::post(x_.executor(), [self = shared_from_this()] {
    if (!self->tab_grace_.running()) self->CheckGone();
  });
}

void Line::Refuse(const std::shared_ptr<Tab>& tab, const char* kind, const absl::Status& status) {
  v1::LineEvent event;
  v1::LineError& error = *event.mutable_error();
  error.set_reason(base::Reason(status));
  if (error.reason().empty()) error.set_reason("FAILED");
  error.set_message(std::string(status.message()));
  error.set_request_kind(kind);
  tab->Push(std::move(event));
}

void Line::OnRequest(const std::shared_ptr<Tab>& tab, const v1::LineRequest& request) {
  if (tab != tab_) return;
  if (request.has_ping()) {
    v1::LineEvent event;
    event.mutable_pong()->set_number(request.ping().number());
    return tab->Push(std::move(event));
  }
  if (request.has_sdp_offer()) return Offer(tab, request.sdp_offer());
  if (request.has_dial()) return Dial(tab, request.dial());
  if (request.kind_case() == v1::LineRequest::KIND_NOT_SET || request.has_attach()) return;
  const absl::Status status = Command(request);
  const auto* field = v1::LineRequest::descriptor()->FindFieldByNumber(request.kind_case());
  if (!status.ok()) Refuse(tab, field->name().c_str(), status);
}

absl::Status Line::Command(const v1::LineRequest& request) {
  const std::shared_ptr<Call> call = call_.lock();
  const auto is = [&](const std::string& id) { return call != nullptr && call->id() == id; };
  switch (request.kind_case()) {
    case v1::LineRequest::kAnswer:
      if (!is(request.answer().call_id())) return errors::NoSuchCall();
      return connected_ ? call->OnLineAnswer() : errors::LineDown();
    case v1::LineRequest::kReject: return is(request.reject().call_id()) ? call->OnLineReject() : errors::NoSuchCall();
    case v1::LineRequest::kHangUp: return is(request.hang_up().call_id()) ? call->OnLineHangUp(false) : errors::NoSuchCall();
    case v1::LineRequest::kToRating: return is(request.to_rating().call_id()) ? call->OnLineHangUp(true) : errors::NoSuchCall();
    case v1::LineRequest::kHold: return is(request.hold().call_id()) ? call->OnLineHold(true) : errors::NoSuchCall();
    case v1::LineRequest::kResume: return is(request.resume().call_id()) ? call->OnLineHold(false) : errors::NoSuchCall();
    case v1::LineRequest::kMute: return is(request.mute().call_id()) ? call->OnLineMute(request.mute().muted()) : errors::NoSuchCall();
    case v1::LineRequest::kSendDigit:
      return is(request.send_digit().call_id()) ? call->OnLineDigit(request.send_digit().digit()) : errors::NoSuchCall();
    default: return absl::OkStatus();
  }
}

// ---- media

void Line::Offer(const std::shared_ptr<Tab>& tab, const v1::SdpOffer& offer) {
  const auto call = call_.lock();
  media::WebLegOptions options;
  x_.media().CreateWebLeg(offer.sdp(), options, call ? call->placement() : x_.NextPlacement(),
                          [self = shared_from_this(), tab, id = offer.negotiation_id()](absl::StatusOr<media::WebLeg> leg) {
                            if (!leg.ok()) return self->Refuse(tab, "sdp_offer", leg.status());
                            if (self->tab_ != tab) return self->x_.media().CloseLeg(leg->id);
                            self->TakeLeg(leg->id);
                            v1::LineEvent event;
                            event.mutable_sdp_answer()->set_sdp(leg->answer_sdp);
                            event.mutable_sdp_answer()->set_negotiation_id(id);
                            tab->Push(std::move(event));
                          });
}

// The new connection takes the place of the former, under the running call too.
void Line::TakeLeg(media::LegId leg) {
  if (leg_) {
    x_.ForgetWebLeg(leg_);
    x_.media().CloseLeg(leg_);
    if (connected_) MediaDown();
  }
  leg_ = leg;
  x_.AddWebLeg(leg, shared_from_this());
}

void Line::OnWebConnected(media::LegId leg) {
  if (leg != leg_) return;
  connected_ = true;
  media_grace_.Cancel();
  if (auto call = call_.lock()) call->OnLineMedia(true);
  Publish();
  ReportLine();
}

void Line::OnWebLost(media::LegId leg) {
  if (leg != leg_) return;
  x_.ForgetWebLeg(leg_);
  x_.media().CloseLeg(leg_);
  leg_ = {};
  MediaDown();
}

void Line::MediaDown() {
  connected_ = false;
  if (auto call = call_.lock()) {
    call->OnLineMedia(false);
    media_grace_.Start(kLineGrace, [this] {
      if (auto lost = call_.lock()) lost->OnLineLost();
    });
  }
  Publish();
  ReportLine();
}

// ---- dialling

void Line::Dial(const std::shared_ptr<Tab>& tab, const v1::Dial& request) {
  if (!base::IsValidId(request.request_id())) {
    return Refuse(tab, "dial", base::InvalidField("dial.request_id", "BAD_FORMAT", "a UUID in lower case"));
  }
  if (x_.DialledBefore(agent_id_, request.request_id())) return Publish();
  if (busy() || dialling_) return Refuse(tab, "dial", errors::LineBusy());
  if (!up()) return Refuse(tab, "dial", errors::LineDown());
  if (absl::Status status = x_.CheckDial(agent_id_, request.number()); !status.ok()) return Refuse(tab, "dial", status);
  dialling_ = true;
  x_.RememberDial(agent_id_, request.request_id());
  x_.node().tasks().Spawn(Reserve(shared_from_this(), tab, request));
}

boost::asio::awaitable<void> Line::Reserve(std::shared_ptr<Line> self, std::shared_ptr<Tab> tab, v1::Dial request) {
  rpc::Context context(co_await boost::asio::this_coro::executor);
  agent_state::v1::ReserveRequest reserve;
  const std::string call_id = base::NewId();
  reserve.set_agent_id(agent_id_);
  reserve.set_contact_id(call_id);
  reserve.set_reservation_id(base::NewId());
  reserve.set_ttl_seconds(static_cast<int32_t>(absl::ToInt64Seconds(kDialReservation)));
  reserve.set_outbound(true);
  absl::StatusOr<agent_state::v1::ReserveResponse> reserved =
      co_await x_.agents().Call(context, &AgentStateClient::Api::Reserve, reserve, {.timeout = kReservePatience, .idempotent = true});
  dialling_ = false;
  if (!reserved.ok()) {
    x_.ForgetDial(agent_id_, request.request_id());
    Refuse(tab, "dial", reserved.status());
    co_return;
  }
  x_.StartOutbound(self, call_id, request.number(), request.ticket_id(), reserve.reservation_id());
}

}  // namespace hotline::telephony
