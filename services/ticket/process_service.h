// The RPCs of forms and steps per type (PLT-6). What is referred to outlives the service.
#pragma once

#include "hotline/ticket/v1/process_service.pb.h"
#include "libs/rpc/plain_service.h"
#include "services/ticket/process_book.h"
#include "services/ticket/process_store.h"

namespace hotline::ticket {

class ProcessService final : public rpc::PlainService {
 public:
  ProcessService(rpc::Node& node, rpc::Pool& pool, ProcessStore& store, ProcessBook& book);

 private:
  absl::Status ListProcesses(rpc::Context& context, const v1::ListProcessesRequest& request, v1::ListProcessesResponse& response);
  absl::Status GetProcess(rpc::Context& context, const v1::GetProcessRequest& request, v1::Process& response);
  absl::Status ListProcessVersions(rpc::Context& context, const v1::ListProcessVersionsRequest& request, v1::ListProcessVersionsResponse& response);
  absl::Status PutProcess(rpc::Context& context, const v1::PutProcessRequest& request, v1::Process& response);
  absl::Status PublishProcess(rpc::Context& context, const v1::PublishProcessRequest& request, v1::Process& response);
  // What counts for the type now, with who published it.
  absl::StatusOr<KeptProcess> Current(domain::Type type);

  const base::Clock& clock_;
  ProcessStore& store_;
  ProcessBook& book_;
};

}  // namespace hotline::ticket
