#include "libs/rpc/dynamic_client.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>  // how messages are serialised, which the generic stub does not include

#include <vector>

#include "libs/rpc/client.h"

namespace hotline::rpc {
namespace {

using google::protobuf::Message;

constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";
// HealthCheckResponse {status: 1}, the only answer that means SERVING; Debian ships no generated code for it.
constexpr char kServing[] = "\x08\x01";

}  // namespace

struct DynamicClient::Stubs {
  explicit Stubs(const Peer& peer) : messages(peer.channel), bytes(peer.channel) {}
  grpc::TemplatedGenericStub<Message, Message> messages;
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> bytes;
};

DynamicClient::DynamicClient(Peer peer) : peer_(std::move(peer)), stubs_(std::make_unique<Stubs>(peer_)) {}
DynamicClient::~DynamicClient() = default;

asio::awaitable<absl::Status> DynamicClient::Call(const Context& context, const std::string& path, const Message& request,
                                                  Message& response, CallOptions options) const {
  internal::ClientUnaryCall call(context);
  context.Prepare(call.grpc_context, options, kDefaultCallTimeout);
  if (peer_.identity != nullptr) call.grpc_context.AddMetadata(kServiceTokenKey, peer_.identity->Token());
  stubs_->messages.PrepareUnaryCall(&call.grpc_context, path, grpc::StubOptions(), &request, &response, &call);
  call.StartCall();
  co_return co_await call.Finish();
}

asio::awaitable<std::string> DynamicClient::CheckHealth(const Context& context, absl::Duration timeout) const {
  internal::ClientUnaryCall call(context);
  CallOptions options;
  options.timeout = timeout;
  context.Prepare(call.grpc_context, options, timeout);
  const grpc::ByteBuffer request(nullptr, 0);
  grpc::ByteBuffer response;
  stubs_->bytes.PrepareUnaryCall(&call.grpc_context, kHealthCheck, grpc::StubOptions(), &request, &response, &call);
  call.StartCall();
  const absl::Status status = co_await call.Finish();
  if (!status.ok()) co_return "UNREACHABLE";
  std::vector<grpc::Slice> slices;
  std::string text;
  if (response.Dump(&slices).ok()) {
    for (const auto& slice : slices) text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  co_return text == kServing ? "SERVING" : "NOT_SERVING";
}

}  // namespace hotline::rpc
