#include "services/telephony/calls/dialogue.h"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "services/telephony/domain/limits.h"

namespace hotline::telephony {

using namespace boost::asio::experimental::awaitable_operators;

Dialogue::Dialogue(rpc::Node& node, const IvrClient& client, Owner& owner)
    : node_(node), client_(client), owner_(&owner), notice_(node.io().Next()) {}

void Dialogue::Start() { node_.tasks().Spawn(Run(shared_from_this())); }

void Dialogue::Send(ivr::v1::CallEvent event) {
  if (owner_ == nullptr) return;
  if (event.has_digit() && outbox_.size() >= kMaxQueuedEvents) return;
  outbox_.push_back(std::move(event));
  notice_.Give();
}

void Dialogue::Close() {
  owner_ = nullptr;
  notice_.Give();
}

void Dialogue::SetServed() {
  if (served_ || owner_ == nullptr) return;
  served_ = true;
  owner_->OnServed();
}

boost::asio::awaitable<void> Dialogue::Run(std::shared_ptr<Dialogue> self) {
  absl::Duration pause = kStreamRetryMin;
  const auto executor = co_await boost::asio::this_coro::executor;
  while (owner_ != nullptr) {
    rpc::Context context(executor);
    Stream stream = client_.Open(context, &IvrClient::Api::Converse);
    const absl::Time began = absl::Now();
    co_await Converse(stream);
    served_ = false;
    const absl::Status status = co_await stream.Finish();
    if (owner_ == nullptr) break;
    owner_->OnBroken(status);
    if (owner_ == nullptr) break;
    if (absl::Now() - began > kStreamSettled) pause = kStreamRetryMin;
    co_await rpc::Sleep(pause);
    pause = std::min(pause * 2, kStreamRetryMax);
  }
}

boost::asio::awaitable<void> Dialogue::Converse(Stream& stream) {
  ivr::v1::CallEvent first;
  *first.mutable_arrived() = owner_->MakeArrived();
  const bool written = co_await stream.Write(std::move(first));
  if (!written) co_return;
  co_await (ReadAll(stream) || WriteAll(stream) || Settle());
  if (owner_ != nullptr) co_return;
  // The call is over and ivr knows: it ends the stream, or is left behind.
  stream.WritesDone();
  co_await (ReadAll(stream) || rpc::Sleep(kStreamGoodbye));
}

boost::asio::awaitable<void> Dialogue::ReadAll(Stream& stream) {
  for (ivr::v1::Action action;;) {
    const bool read = co_await stream.Read(action);
    if (!read) co_return;
    SetServed();
    if (owner_ != nullptr) owner_->OnAction(action);
  }
}

boost::asio::awaitable<void> Dialogue::WriteAll(Stream& stream) {
  for (;;) {
    while (!outbox_.empty()) {
      const bool written = co_await stream.Write(outbox_.front());
      if (!written) co_return;
      outbox_.pop_front();
    }
    if (owner_ == nullptr) co_return;
    co_await notice_.Wait();
  }
}

boost::asio::awaitable<void> Dialogue::Settle() {
  co_await rpc::Sleep(kStreamSettled);
  SetServed();
  co_await rpc::Sleep(absl::Hours(24 * 365));  // the other branches end the stream
}

}  // namespace hotline::telephony
