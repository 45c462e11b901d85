// Tells agent_state what happens to agents' lines and legs, whoever else is dead: numbered, over one stream that is opened
// again whenever it breaks and begins with a snapshot of all. Io thread only.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <deque>
#include <map>
#include <string>

#include "hotline/agent_state/v1/agent_state.grpc.pb.h"
#include "libs/rpc/client.h"
#include "libs/rpc/node.h"
#include "libs/rpc/notice.h"

namespace hotline::telephony {

using AgentStateClient = rpc::Client<agent_state::v1::AgentService>;
using LegState = agent_state::v1::LegState;

class LegReporter {
 public:
  LegReporter(rpc::Node& node, const AgentStateClient& client, const std::string& instance);

  void Start();
  // A change of an agent's line or leg; `leg` is the whole present state. An ended leg is in the snapshots until
  // agent_state has acknowledged it.
  void Report(LegState leg);
  size_t unacked() const { return unacked_.size(); }

 private:
  using Stream = rpc::ClientStream<agent_state::v1::LegReport, agent_state::v1::LegAck>;
  struct Known {
    LegState leg;
    int64_t number = 0;  // of its last report
  };
  boost::asio::awaitable<void> Run();
  boost::asio::awaitable<void> ReadAll(Stream& stream);
  boost::asio::awaitable<void> WriteAll(Stream& stream);
  agent_state::v1::LegReport Snapshot();
  void Acked(int64_t number);

  rpc::Node& node_;
  const AgentStateClient& client_;
  const std::string telephony_id_;
  rpc::Notice notice_;
  std::map<std::string, Known> known_;  // by agent
  std::deque<agent_state::v1::LegReport> unacked_;
  size_t sent_ = 0;  // of unacked_
  int64_t next_ = 1;
  bool overflowed_ = false;
};

}  // namespace hotline::telephony
