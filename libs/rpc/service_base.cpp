#include "libs/rpc/service_base.h"

#include <stdexcept>

namespace hotline::rpc {

ServiceBase::ServiceBase(Gate& gate, const std::string& full_name)
    : gate_(gate), descriptor_(google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(full_name)) {
  if (descriptor_ == nullptr) throw std::logic_error("no such service: " + full_name);
}

void ServiceBase::CheckComplete() const {
  for (int i = 0; i < descriptor_->method_count(); ++i) {
    const MethodInfo* method = Find(descriptor_->method(i)->name());
    if (method == nullptr) Fail(descriptor_->method(i)->name(), "has no handler");
    if (!method->has_access) Fail(descriptor_->method(i)->name(), "has no access option");
  }
}

const MethodInfo& ServiceBase::Declare(const std::string& name, const google::protobuf::Descriptor* request,
                                       const google::protobuf::Descriptor* response, bool client_streams,
                                       bool server_streams) {
  const auto* method = descriptor_->FindMethodByName(name);
  if (method == nullptr || Find(name) != nullptr) Fail(name, "is unknown, or has two handlers");
  if (method->input_type() != request || method->output_type() != response ||
      method->client_streaming() != client_streams || method->server_streaming() != server_streams) {
    Fail(name, "has a handler of another signature");
  }
  methods_.push_back(gate_.Describe(*method));
  return *methods_.back();
}

void ServiceBase::Register(const MethodInfo& method, grpc::internal::RpcMethod::RpcType type,
                           grpc::internal::MethodHandler* handler) {
  AddMethod(new grpc::internal::RpcServiceMethod(method.path.c_str(), type, nullptr));  // gRPC keeps only the pointer
  MarkMethodCallback(static_cast<int>(methods_.size()) - 1, handler);
}

const MethodInfo* ServiceBase::Find(const std::string& name) const {
  for (const auto& method : methods_) {
    if (method->full_name == descriptor_->full_name() + "/" + name) return method.get();
  }
  return nullptr;
}

void ServiceBase::Fail(const std::string& method, const char* what) const {
  throw std::logic_error(descriptor_->full_name() + "." + method + " " + what);
}

}  // namespace hotline::rpc
