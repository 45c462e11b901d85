// The stream to ivr of one call. It is opened again, with the last checkpoint, as often as it breaks; what could not be sent
// before a break is sent after it. Io thread only. Keeps itself alive while its coroutine runs.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <boost/asio/awaitable.hpp>

#include <deque>
#include <memory>

#include "hotline/ivr/v1/dialogue.grpc.pb.h"
#include "libs/rpc/client.h"
#include "libs/rpc/node.h"
#include "libs/rpc/notice.h"

namespace hotline::telephony {

using IvrClient = rpc::Client<ivr::v1::DialogueService>;

class Dialogue final : public std::enable_shared_from_this<Dialogue> {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual ivr::v1::Arrived MakeArrived() = 0;
    virtual void OnAction(const ivr::v1::Action& action) = 0;
    // A stream has lived for a while or brought an action: ivr is there.
    virtual void OnServed() = 0;
    // The stream is over without our doing; OK if ivr ended it. It is opened again unless the owner calls Close.
    virtual void OnBroken(const absl::Status& status) = 0;
  };

  // The owner must outlive this, or call Close.
  Dialogue(rpc::Node& node, const IvrClient& client, Owner& owner);

  void Start();
  void Send(ivr::v1::CallEvent event);
  // Sends what waits, and ends the stream. The owner hears nothing more.
  void Close();
  // Whether a stream is open that ivr seems to serve.
  bool served() const { return served_; }

 private:
  using Stream = rpc::ClientStream<ivr::v1::CallEvent, ivr::v1::Action>;
  boost::asio::awaitable<void> Run(std::shared_ptr<Dialogue> self);
  boost::asio::awaitable<void> Converse(Stream& stream);
  boost::asio::awaitable<void> ReadAll(Stream& stream);
  boost::asio::awaitable<void> WriteAll(Stream& stream);
  boost::asio::awaitable<void> Settle();
  void SetServed();

  rpc::Node& node_;
  const IvrClient& client_;
  Owner* owner_;  // null after Close
  rpc::Notice notice_;
  std::deque<ivr::v1::CallEvent> outbox_;
  bool served_ = false;
};

}  // namespace hotline::telephony
