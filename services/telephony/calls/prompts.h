// Prompts at hand: in memory, else on this machine's disk, else asked of ivr. Fixed prompts are fetched ahead, at the start
// and whenever ivr's have changed, so that calls go on while ivr is dead. Io thread only; files are read on the pool.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "hotline/ivr/v1/dialogue.grpc.pb.h"
#include "libs/rpc/client.h"
#include "libs/rpc/node.h"
#include "services/telephony/media/prompt.h"

namespace hotline::telephony {

class PromptBook {
 public:
  using Client = rpc::Client<ivr::v1::PromptService>;
  struct Dirs {
    std::string prompts;     // our copies of ivr's fixed prompts; made if need be
    std::string builtin;     // announcement.wav and thanks.wav for when nothing else answers
  };

  PromptBook(rpc::Node& node, rpc::Pool& pool, Client client, Dirs dirs);

  // Loads music and built-in announcements and begins to fetch.
  void Start();

  // What could be had of the ids within kPromptPatience, in order, and the first that could not be had. `recording` finds
  // the file of a "recording:<id>". `done` may be called at once.
  using Resolved = std::function<void(std::vector<media::PromptPtr> items, std::string failed_id)>;
  void Resolve(std::vector<std::string> ids, std::function<std::string(const std::string& id)> recording, Resolved done);

  const media::PromptPtr& music() const { return music_; }
  const media::PromptPtr& beep() const { return beep_; }
  const media::PromptPtr& ringback() const { return ringback_; }
  // Words if the installation has them, else tones.
  const media::PromptPtr& announcement() const { return announcement_; }
  const media::PromptPtr& thanks() const { return thanks_; }

 private:
  boost::asio::awaitable<void> ResolveAll(std::vector<std::string> ids, std::function<std::string(const std::string&)> recording, Resolved done);
  boost::asio::awaitable<media::PromptPtr> Get(std::string id, std::function<std::string(const std::string&)> recording);
  boost::asio::awaitable<absl::Status> Fetch(std::string id, bool keep);
  boost::asio::awaitable<void> KeepFetching();
  boost::asio::awaitable<absl::Status> FetchAll();
  std::string PathOf(const std::string& id) const;

  rpc::Node& node_;
  rpc::Pool& pool_;
  const Client client_;
  const Dirs dirs_;
  media::PromptStore store_;
  std::map<std::string, std::string> digests_;  // of the fixed prompts on disk, by id
  media::PromptPtr music_, beep_, ringback_, announcement_, thanks_;
};

}  // namespace hotline::telephony
