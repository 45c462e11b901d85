#include "services/telephony/calls/leg_reporter.h"

#include <absl/time/clock.h>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "services/telephony/domain/limits.h"

namespace hotline::telephony {

using namespace boost::asio::experimental::awaitable_operators;

LegReporter::LegReporter(rpc::Node& node, const AgentStateClient& client, const std::string& instance)
    : node_(node),
      client_(client),
      telephony_id_(absl::StrCat(instance, "@", absl::ToUnixMillis(absl::Now()))),
      notice_(node.io().Next()) {}

void LegReporter::Start() { node_.tasks().Spawn(Run()); }

void LegReporter::Report(LegState leg) {
  agent_state::v1::LegReport report;
  report.set_number(next_++);
  report.set_telephony_id(telephony_id_);
  *report.mutable_leg() = leg;
  known_[leg.agent_id()] = {std::move(leg), report.number()};
  unacked_.push_back(std::move(report));
  if (unacked_.size() > kMaxUnackedLegs) {
    // agent_state is away for long: the snapshot that begins the next stream says it all.
    unacked_.clear();
    sent_ = 0;
    overflowed_ = true;
  }
  notice_.Give();
}

agent_state::v1::LegReport LegReporter::Snapshot() {
  agent_state::v1::LegReport report;
  report.set_number(next_++);
  report.set_telephony_id(telephony_id_);
  report.set_is_snapshot(true);
  for (auto& [agent, known] : known_) {
    *report.add_snapshot() = known.leg;
    known.number = report.number();
  }
  unacked_.clear();
  sent_ = 0;
  overflowed_ = false;
  return report;
}

void LegReporter::Acked(int64_t number) {
  while (!unacked_.empty() && unacked_.front().number() <= number) {
    unacked_.pop_front();
    if (sent_ > 0) --sent_;
  }
  for (auto it = known_.begin(); it != known_.end();) {
    Known& known = it->second;
    if (known.number <= number && known.leg.phase() == LegState::PHASE_ENDED) {
      const bool up = known.leg.line_up();
      LegState idle;
      idle.set_agent_id(it->first);
      idle.set_line_up(up);
      idle.set_phase(LegState::PHASE_IDLE);
      known.leg = std::move(idle);
    }
    const bool gone = known.number <= number && !known.leg.line_up() && known.leg.contact_id().empty();
    it = gone ? known_.erase(it) : std::next(it);
  }
}

boost::asio::awaitable<void> LegReporter::Run() {
  absl::Duration pause = kStreamRetryMin;
  const auto executor = co_await boost::asio::this_coro::executor;
  for (;;) {
    rpc::Context context(executor);
    Stream stream = client_.Open(context, &AgentStateClient::Api::ReportLegs);
    const absl::Time began = absl::Now();
    const bool written = co_await stream.Write(Snapshot());
    if (written) co_await (ReadAll(stream) || WriteAll(stream));
    (void)co_await stream.Finish();
    if (absl::Now() - began > kStreamSettled) pause = kStreamRetryMin;
    co_await rpc::Sleep(pause);
    pause = std::min(pause * 2, kStreamRetryMax);
  }
}

boost::asio::awaitable<void> LegReporter::ReadAll(Stream& stream) {
  for (agent_state::v1::LegAck ack;;) {
    const bool read = co_await stream.Read(ack);
    if (!read) co_return;
    Acked(ack.number());
  }
}

boost::asio::awaitable<void> LegReporter::WriteAll(Stream& stream) {
  for (;;) {
    while (sent_ < unacked_.size()) {
      agent_state::v1::LegReport report = unacked_[sent_++];
      const bool written = co_await stream.Write(std::move(report));
      if (!written) co_return;
    }
    if (overflowed_) co_return;
    co_await notice_.Wait();
  }
}

}  // namespace hotline::telephony
