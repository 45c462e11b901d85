#include "services/telephony/tests/agent_line.h"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <cmath>

#include "libs/testing/wait.h"

namespace hotline::telephony::testing {

using namespace boost::asio::experimental::awaitable_operators;
using hotline::testing::WaitUntil;
using Client = rpc::Client<v1::LineService>;

// One attached page. Its coroutine keeps it alive; requests are posted to the io thread.
struct AgentLine::Stream : std::enable_shared_from_this<AgentLine::Stream> {
  Stream(AgentLine& l, boost::asio::any_io_executor e) : line(l), executor(e), notice(e) {}

  boost::asio::awaitable<void> Run(std::shared_ptr<Stream> self, std::string token) {
    rpc::Context context(executor);
    context.ActFor(std::move(token));
    auto call = line.client_.Open(context, &Client::Api::Attach);
    co_await (ReadAll(call) || WriteAll(call));
    if (!closed) (void)co_await call.Finish();
  }
  boost::asio::awaitable<void> ReadAll(rpc::ClientStream<v1::LineRequest, v1::LineEvent>& call) {
    for (v1::LineEvent event;;) {
      const bool read = co_await call.Read(event);
      if (!read) co_return;
      std::lock_guard lock(line.mutex_);
      line.events_.push_back(event);
    }
  }
  boost::asio::awaitable<void> WriteAll(rpc::ClientStream<v1::LineRequest, v1::LineEvent>& call) {
    for (;;) {
      while (!requests.empty()) {
        v1::LineRequest request = std::move(requests.front());
        requests.pop_front();
        const bool written = co_await call.Write(std::move(request));
        if (!written) co_return;
      }
      if (closed) co_return;
      co_await notice.Wait();
    }
  }
  void Send(v1::LineRequest request) {
    boost::asio::post(executor, [self = shared_from_this(), request = std::move(request)] {
      self->requests.push_back(request);
      self->notice.Give();
    });
  }

  void Close() {
    boost::asio::post(executor, [self = shared_from_this()] {
      self->closed = true;
      self->notice.Give();
    });
  }

  AgentLine& line;
  const boost::asio::any_io_executor executor;
  rpc::Notice notice;
  std::deque<v1::LineRequest> requests;
  bool closed = false;
};

AgentLine::AgentLine(rpc::TestNetwork& network, Telephony& telephony, std::string agent_id)
    : network_(network), agent_id_(std::move(agent_id)), node_(network, "gateway"), client_(telephony.PeerFor("gateway")) {
  Attach("tab-1");
}

AgentLine::~AgentLine() {
  browser_.reset();
  stream_.reset();
  node_->Stop();
}

void AgentLine::Attach(const std::string& tab_id) {
  stream_ = std::make_shared<Stream>(*this, node_->io().Next());
  const std::string token = network_.UserToken({.user_id = agent_id_, .roles = {access::v1::ROLE_AGENT}, .unit_path = "/root/"});
  node_->tasks().Spawn(stream_->Run(stream_, token));
  Send([&](v1::LineRequest& r) { r.mutable_attach()->set_tab_id(tab_id); });
}

void AgentLine::Detach() { stream_->Close(); }

void AgentLine::OpenBrowser() {
  browser_ = std::make_unique<Browser>([this](const std::string& sdp) { return OnOffer(sdp); });
}

// On the browser's thread.
std::string AgentLine::OnOffer(const std::string& sdp) {
  const std::string id = "n" + std::to_string(++offers_);
  Send([&](v1::LineRequest& r) {
    r.mutable_sdp_offer()->set_sdp(sdp);
    r.mutable_sdp_offer()->set_negotiation_id(id);
  });
  std::string answer;
  WaitUntil([&] {
    std::lock_guard lock(mutex_);
    for (const v1::LineEvent& event : events_) {
      if (event.has_sdp_answer() && event.sdp_answer().negotiation_id() == id) answer = event.sdp_answer().sdp();
    }
    return !answer.empty();
  });
  return answer;
}

void AgentLine::Send(const std::function<void(v1::LineRequest&)>& fill) {
  v1::LineRequest request;
  fill(request);
  stream_->Send(std::move(request));
}

v1::LineState AgentLine::State() const {
  std::lock_guard lock(mutex_);
  v1::LineState last;
  for (const v1::LineEvent& event : events_) {
    if (event.has_state()) last = event.state();
  }
  return last;
}

bool AgentLine::Reaches(const std::function<bool(const v1::LineState&)>& predicate) {
  return WaitUntil([&] { return predicate(State()); });
}

bool AgentLine::GetsError(const std::string& reason) {
  return WaitUntil([&] {
    std::lock_guard lock(mutex_);
    return std::any_of(events_.begin(), events_.end(), [&](const v1::LineEvent& e) { return e.has_error() && e.error().reason() == reason; });
  });
}

bool AgentLine::Superseded() const {
  std::lock_guard lock(mutex_);
  return std::any_of(events_.begin(), events_.end(), [](const v1::LineEvent& e) { return e.has_superseded(); });
}

bool AgentLine::PageHears(double hertz) {
  return WaitUntil([&] {
    const auto report = browser_->Report();
    return report.value("rms", 0.0) > 0.02 && std::abs(report.value("hertz", 0.0) - hertz) < 30;
  });
}

}  // namespace hotline::telephony::testing
