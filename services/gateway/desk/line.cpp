#include "services/gateway/desk/line.h"

#include <algorithm>

#include "libs/base/log.h"

namespace hotline::gateway {

using namespace asio::experimental::awaitable_operators;  // NOLINT: the operators are the point

Line::Line(asio::any_io_executor executor, const Client& client, LineListener listener)
    : executor_(executor), client_(client), listener_(std::move(listener)), wake_(executor), stop_(executor) {}

void Line::Send(telephony::v1::LineRequest request) {
  if (request.has_attach()) {
    attach_ = std::move(request);
    if (running_) {
      restart_ = true;
      stop_.Give();
    } else {
      needs_run_ = running_ = true;
    }
    return;
  }
  if (!running_ || superseded_) return listener_.error("LINE_NOT_ATTACHED", "attach the line first");
  if (down_) return listener_.error("LINE_DOWN", "the line is interrupted; it comes back by itself");
  if (requests_.size() >= kMaxLineRequests) return listener_.error("LINE_BUSY", "too many requests at once");
  requests_.push_back(std::move(request));
  wake_.Give();
}

void Line::End() {
  ended_ = true;
  stop_.Give();
}

asio::awaitable<void> Line::Run() {
  while (!ended_) {
    restart_ = superseded_ = false;
    requests_.clear();
    requests_.push_back(attach_);
    wake_.Give();
    rpc::Context context(executor_);
    context.ActFor(listener_.token());
    Stream stream = client_.Open(context, &Client::Api::Attach);
    co_await (ReadEvents(stream) || WriteRequests(stream) || stop_.Wait());
    const absl::Status status = co_await stream.Finish();
    if (ended_) break;
    if (restart_) {
      co_await stop_.WaitFor(absl::ZeroDuration());  // a notice given after the stream had ended is not for the next one
      continue;
    }
    if (superseded_ || !AfterBreak(status)) break;
    co_await stop_.WaitFor(pause_);
    pause_ = std::min(pause_ * 2, kAttachRetryMax);
  }
  running_ = down_ = superseded_ = false;
}

bool Line::AfterBreak(const absl::Status& status) {
  if (!std::exchange(down_, true)) listener_.down();
  const bool refused = absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status);
  if (refused) listener_.error(base::Reason(status), "telephony does not give you a line");
  return !refused;
}

asio::awaitable<void> Line::ReadEvents(Stream& stream) {
  telephony::v1::LineEvent event;
  while (co_await stream.Read(event)) {
    pause_ = kAttachRetryMin;
    if (std::exchange(down_, false)) listener_.up();
    superseded_ = event.has_superseded();
    listener_.event(event);
    if (superseded_) co_return;  // the line is another tab's now, whatever this stream would still do
  }
}

asio::awaitable<void> Line::WriteRequests(Stream& stream) {
  for (;;) {
    while (requests_.empty()) co_await wake_.Wait();
    telephony::v1::LineRequest request = std::move(requests_.front());
    requests_.pop_front();
    const bool written = co_await stream.Write(std::move(request));
    if (!written) co_return;
  }
}

}  // namespace hotline::gateway
