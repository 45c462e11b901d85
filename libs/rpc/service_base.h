// What both kinds of service have in common: methods registered by name, checked against the proto file and the access
// option, and passed through the gate.
#pragma once

#include <google/protobuf/descriptor.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/server_callback.h>

#include <deque>
#include <memory>
#include <string>

#include "libs/rpc/gate.h"

namespace hotline::rpc {

class ServiceBase : public grpc::Service {
 public:
  // Throws std::logic_error if a method of the service has no handler or no access option. Before the server is built.
  void CheckComplete() const;
  const std::string& full_name() const { return descriptor_->full_name(); }

 protected:
  // `full_name` is the generated Foo::service_full_name(). Throws std::logic_error if there is no such service.
  ServiceBase(Gate& gate, const std::string& full_name);

  // Checks the handler's signature against the proto file. Throws std::logic_error if it does not fit.
  const MethodInfo& Declare(const std::string& name, const google::protobuf::Descriptor* request,
                            const google::protobuf::Descriptor* response, bool client_streams, bool server_streams);
  // Registers it as generated code would. Takes `handler` over.
  void Register(const MethodInfo& method, grpc::internal::RpcMethod::RpcType type, grpc::internal::MethodHandler* handler);

  const Gate& gate() const { return gate_; }

 private:
  const MethodInfo* Find(const std::string& name) const;
  [[noreturn]] void Fail(const std::string& method, const char* what) const;

  Gate& gate_;
  const google::protobuf::ServiceDescriptor* const descriptor_;
  std::deque<std::unique_ptr<MethodInfo>> methods_;
};

}  // namespace hotline::rpc
