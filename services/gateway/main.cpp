// hotline-gateway: the only door from outside.
#include <cstdio>
#include <cstring>

#include "services/gateway/config.h"
#include "services/gateway/gateway.h"
#include "services/gateway/rest/openapi.h"

namespace hotline::gateway {
namespace {

absl::Status Run(runtime::Process& process, const Config& config) {
  HOTLINE_ASSIGN_OR_RETURN(auto node, rpc::Node::Create(process));
  HOTLINE_ASSIGN_OR_RETURN(auto keys, rpc::KeySet::Load(config.common.keys_file));
  HOTLINE_ASSIGN_OR_RETURN(const auto key, rpc::SigningKey::Load(config.common.service_key_file));
  StaticFiles pages;
  if (!config.web_dir.empty()) {
    HOTLINE_ASSIGN_OR_RETURN(pages, StaticFiles::Load(config.web_dir));
  }
  Gateway gateway(*node, std::move(keys), key, config, std::move(pages));
  HOTLINE_RETURN_IF_ERROR(node->Start({}));
  process.health().Start();
  HOTLINE_RETURN_IF_ERROR(gateway.Start());
  process.WaitForStop();
  gateway.Stop();
  node->Stop();
  process.health().Stop();
  return absl::OkStatus();
}

}  // namespace
}  // namespace hotline::gateway

int main(int argc, char** argv) {
  using namespace hotline;
  if (argc == 2 && std::strcmp(argv[1], "--print-openapi") == 0) {  // for the web client's build
    return std::fputs(gateway::OpenApi().c_str(), stdout) < 0 ? 1 : 0;
  }
  return runtime::Main<gateway::Config>(argc, argv, "gateway", gateway::ReadConfig, gateway::Run);
}
