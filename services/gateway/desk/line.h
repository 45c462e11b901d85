// One desk's line: the bidirectional stream to telephony, attached again whenever it breaks. Used on one executor.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "hotline/telephony/v1/telephony.grpc.pb.h"
#include "libs/rpc/client.h"
#include "libs/rpc/notice.h"

namespace hotline::gateway {
namespace asio = boost::asio;

inline constexpr size_t kMaxLineRequests = 64;
inline constexpr absl::Duration kAttachRetryMin = absl::Milliseconds(200);
inline constexpr absl::Duration kAttachRetryMax = absl::Seconds(5);

struct LineListener {
  std::function<std::string()> token;  // of the user, as of now
  std::function<void(const telephony::v1::LineEvent&)> event;
  std::function<void()> down;
  std::function<void()> up;
  std::function<void(std::string_view reason, std::string_view message)> error;
};

class Line {
 public:
  using Client = rpc::Client<telephony::v1::LineService>;
  Line(asio::any_io_executor executor, const Client& client, LineListener listener);

  // Sends it, or tells the listener why not. The first request is `attach`; a later one begins anew.
  void Send(telephony::v1::LineRequest request);
  // Serves the line until End, a refusal by telephony, or another tab takes it over. Whoever keeps the Line alive runs it
  // when TakeNeedsRun says so after a Send.
  asio::awaitable<void> Run();
  bool TakeNeedsRun() { return std::exchange(needs_run_, false); }
  void End();

 private:
  using Stream = rpc::ClientStream<telephony::v1::LineRequest, telephony::v1::LineEvent>;
  asio::awaitable<void> ReadEvents(Stream& stream);
  asio::awaitable<void> WriteRequests(Stream& stream);
  // False when there is nothing to try again.
  bool AfterBreak(const absl::Status& status);

  const asio::any_io_executor executor_;
  const Client& client_;
  const LineListener listener_;
  telephony::v1::LineRequest attach_;
  std::deque<telephony::v1::LineRequest> requests_;
  rpc::Notice wake_;  // there are requests
  rpc::Notice stop_;  // end, or begin anew
  absl::Duration pause_ = kAttachRetryMin;
  bool needs_run_ = false;
  bool running_ = false;
  bool ended_ = false;
  bool restart_ = false;
  bool superseded_ = false;
  bool down_ = false;
};

}  // namespace hotline::gateway
