// The ivr of the calls bench: answers every call at once and waits for the caller's hang-up. One real Converse stream a
// call, checked and counted. Usage: bench_ivr --address unix:PATH --keys keys.json --key ivr.jwk; ends when its input
// does and prints one JSON line.
#include <boost/asio/awaitable.hpp>

#include <cstdio>
#include <iostream>

#include "hotline/ivr/v1/dialogue.grpc.pb.h"
#include "libs/rpc/node.h"
#include "libs/rpc/service.h"

namespace {

using namespace hotline;  // NOLINT: a program of one file
using Done = boost::asio::awaitable<absl::Status>;

// Counted on the one io thread, read when it has ended.
struct Counts {
  uint64_t arrived = 0, hung_up = 0, broken = 0, open = 0, most_open = 0;
};

class Dialogues final : public rpc::Service {
 public:
  Dialogues(rpc::Node& node, Counts& counts) : Service(node, ivr::v1::DialogueService::service_full_name()), counts_(counts) {
    Handle("Converse", &Dialogues::Converse);
  }

 private:
  Done Converse(rpc::Context&, rpc::Stream<ivr::v1::CallEvent, ivr::v1::Action>& stream) {
    ivr::v1::CallEvent event;
    const bool first = co_await stream.Read(event);
    if (!first || !event.has_arrived()) co_return base::InvalidField("arrived", "REQUIRED", "the first message");
    ++counts_.arrived;
    counts_.most_open = std::max(counts_.most_open, ++counts_.open);
    ivr::v1::Action action;
    action.set_action_id("1");
    action.set_checkpoint("answered");
    action.mutable_answer();
    const bool written = co_await stream.Write(std::move(action));
    bool hung_up = false;
    while (written && !hung_up) {
      const bool read = co_await stream.Read(event);
      if (!read) break;
      hung_up = event.has_hung_up();
    }
    --counts_.open;
    ++(hung_up ? counts_.hung_up : counts_.broken);
    co_return absl::OkStatus();
  }
  Counts& counts_;
};

class Prompts final : public rpc::Service {
 public:
  explicit Prompts(rpc::Node& node) : Service(node, ivr::v1::PromptService::service_full_name()) {
    Handle("GetPrompt", &Prompts::GetPrompt);
    Handle("ListPrompts", &Prompts::ListPrompts);
  }

 private:
  Done GetPrompt(rpc::Context&, const ivr::v1::GetPromptRequest& request, ivr::v1::GetPromptResponse&) {
    co_return base::NotFound("prompt", request.prompt_id());
  }
  Done ListPrompts(rpc::Context&, const ivr::v1::ListPromptsRequest&, ivr::v1::ListPromptsResponse&) { co_return absl::OkStatus(); }
};

std::string Argument(int argc, char** argv, const std::string& name) {
  for (int i = 1; i + 1 < argc; i += 2) {
    if (name == argv[i]) return argv[i + 1];
  }
  std::fprintf(stderr, "%s is missing\n", name.c_str());
  std::exit(2);
}

}  // namespace

int main(int argc, char** argv) {
  base::log::Init("bench_ivr", base::log::Level::kError);
  rpc::NodeOptions options;
  options.listen = Argument(argc, argv, "--address");
  options.keys = rpc::KeySet::Load(Argument(argc, argv, "--keys")).value();
  options.key = rpc::SigningKey::Load(Argument(argc, argv, "--key")).value();
  runtime::Metrics metrics;
  runtime::Health health(metrics);
  rpc::Node node(std::move(options), metrics, health);
  Counts counts;
  Dialogues dialogues(node, counts);
  Prompts prompts(node);
  if (const absl::Status status = node.Start({&dialogues, &prompts}); !status.ok()) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    return 1;
  }
  std::puts("ready");
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  node.Stop();
  const nlohmann::json line = {{"arrived", counts.arrived}, {"hung_up", counts.hung_up}, {"broken", counts.broken}, {"most_open", counts.most_open}};
  std::cout << line.dump() << "\n";
  return 0;
}
