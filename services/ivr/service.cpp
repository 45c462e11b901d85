#include "services/ivr/service.h"

#include <filesystem>

#include "libs/base/json_reader.h"
#include "libs/base/log.h"
#include "libs/base/text.h"

namespace hotline::ivr {
namespace {

constexpr size_t kMaxFlowName = 100;
constexpr size_t kMaxFlowId = 64;

std::string EtagOf(int64_t version) { return absl::StrCat("d", version); }

absl::StatusOr<int64_t> DraftVersion(std::string_view field, const std::string& etag) {
  int64_t version = 0;
  if (etag.empty()) return version;
  if (etag[0] != 'd' || !absl::SimpleAtoi(etag.substr(1), &version) || version < 1) {
    return base::InvalidField(field, "BAD_FORMAT", "the etag that was read");
  }
  return version;
}

void Fill(const FlowRow& row, bool with_definition, pb::Flow& out) {
  out.set_flow_id(row.flow_id);
  out.set_name(row.name);
  out.set_version(row.version);
  out.set_published_version(row.published_version);
  if (with_definition) out.set_definition_json(row.definition);
  out.set_etag(EtagOf(row.draft_version));
  if (row.publish_time) out.mutable_publish_time()->set_seconds(absl::ToUnixSeconds(*row.publish_time));
}

absl::Status CheckFlowId(std::string_view id) {
  const bool good = !id.empty() && id.size() <= kMaxFlowId && id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string_view::npos;
  return good ? absl::OkStatus() : base::InvalidField("flow.flow_id", "BAD_FORMAT", "1 to 64 characters of a-z, 0-9, '-' and '_'");
}

absl::StatusOr<std::vector<Fault>> FaultsOf(const std::string& definition, const std::vector<std::string>& prompts) {
  const auto flow = Flow::Parse(definition);
  if (flow.ok()) return (*flow)->Check(prompts);
  std::vector<Fault> faults;
  for (const auto& violation : base::FieldViolations(flow.status())) {
    faults.push_back({"", violation.reason, violation.field + ": " + violation.description});
  }
  if (faults.empty()) faults.push_back({"", base::Reason(flow.status()), std::string(flow.status().message())});
  return faults;
}

}  // namespace

DialogueService::DialogueService(rpc::Node& node, SessionDeps& deps)
    : Service(node, pb::DialogueService::service_full_name()),
      deps_(deps),
      calls_(node.metrics().Gauge("hotline_ivr_calls", "Calls in conversation")) {
  Handle("Converse", &DialogueService::Converse);
}

DialogueService::Done DialogueService::Converse(rpc::Context& context, rpc::Stream<pb::CallEvent, pb::Action>& stream) {
  struct Counted {
    explicit Counted(prometheus::Gauge& gauge) : gauge(gauge) { gauge.Increment(); }
    ~Counted() { gauge.Decrement(); }
    prometheus::Gauge& gauge;
  } counted(calls_);
  Session session(context, stream, deps_);
  absl::Status status = co_await session.Run();
  co_return status;
}

PromptService::PromptService(rpc::Node& node, rpc::Pool& pool, PromptLibrary& prompts)
    : PlainService(node, pool, pb::PromptService::service_full_name()), prompts_(prompts) {
  Handle("GetPrompt", &PromptService::GetPrompt);
  Handle("ListPrompts", &PromptService::ListPrompts);
}

absl::Status PromptService::GetPrompt(rpc::Context&, const pb::GetPromptRequest& request, pb::GetPromptResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(Prompt prompt, prompts_.Get(request.prompt_id()));
  response.set_wav(std::move(prompt.wav));
  response.set_digest(prompt.digest);
  return absl::OkStatus();
}

absl::Status PromptService::ListPrompts(rpc::Context&, const pb::ListPromptsRequest&, pb::ListPromptsResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const auto digests, prompts_.Digests());
  for (const auto& [name, digest] : digests) {
    pb::PromptInfo& info = *response.add_prompts();
    info.set_prompt_id(name);
    info.set_digest(digest);
  }
  return absl::OkStatus();
}

FlowService::FlowService(rpc::Node& node, rpc::Pool& pool, Store& store, FlowCache& cache, PromptLibrary& prompts)
    : PlainService(node, pool, pb::FlowService::service_full_name()),
      store_(store), cache_(cache), prompts_(prompts), clock_(node.clock()) {
  Handle("ListFlows", &FlowService::ListFlows);
  Handle("GetFlow", &FlowService::GetFlow);
  Handle("PutFlow", &FlowService::PutFlow);
  Handle("CheckFlow", &FlowService::CheckFlow);
  Handle("PublishFlow", &FlowService::PublishFlow);
  Handle("GetPollResults", &FlowService::GetPollResults);
}

absl::Status FlowService::ListFlows(rpc::Context&, const pb::ListFlowsRequest&, pb::ListFlowsResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<FlowRow> rows, store_.ListFlows());
  for (const FlowRow& row : rows) Fill(row, false, *response.add_flows());
  return absl::OkStatus();
}

absl::Status FlowService::GetFlow(rpc::Context&, const pb::GetFlowRequest& request, pb::Flow& response) {
  if (request.version() < 0) return base::InvalidField("version", "OUT_OF_RANGE", "0 for the draft, or a version");
  HOTLINE_ASSIGN_OR_RETURN(const FlowRow row, store_.GetFlow(request.flow_id(), request.version()));
  Fill(row, true, response);
  return absl::OkStatus();
}

absl::Status FlowService::PutFlow(rpc::Context&, const pb::PutFlowRequest& request, pb::Flow& response) {
  HOTLINE_RETURN_IF_ERROR(CheckFlowId(request.flow().flow_id()));
  HOTLINE_RETURN_IF_ERROR(base::CheckText("flow.name", request.flow().name(), 1, kMaxFlowName));
  if (request.flow().definition_json().size() > kMaxFlowBytes || !base::IsValidUtf8(request.flow().definition_json())) {
    return base::InvalidField("flow.definition_json", "TOO_LONG", "UTF-8 of at most 256 KB");
  }
  HOTLINE_ASSIGN_OR_RETURN(const int64_t version, DraftVersion("flow.etag", request.flow().etag()));
  FlowRow row;
  row.flow_id = request.flow().flow_id();
  row.name = request.flow().name();
  row.definition = request.flow().definition_json();
  row.draft_version = version;
  HOTLINE_ASSIGN_OR_RETURN(const FlowRow kept, store_.PutDraft(row));
  Fill(kept, true, response);
  return absl::OkStatus();
}

absl::Status FlowService::CheckFlow(rpc::Context&, const pb::CheckFlowRequest& request, pb::CheckFlowResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const FlowRow row, store_.GetFlow(request.flow_id(), 0));
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<Fault> faults, FaultsOf(row.definition, prompts_.Names()));
  for (const Fault& fault : faults) {
    pb::FlowFault& out = *response.add_faults();
    out.set_step(fault.step);
    out.set_reason(fault.reason);
    out.set_message(fault.message);
  }
  return absl::OkStatus();
}

absl::Status FlowService::PublishFlow(rpc::Context&, const pb::PublishFlowRequest& request, pb::Flow& response) {
  HOTLINE_ASSIGN_OR_RETURN(const FlowRow draft, store_.GetFlow(request.flow_id(), 0));
  HOTLINE_ASSIGN_OR_RETURN(const int64_t version, DraftVersion("etag", request.etag()));
  if (version != draft.draft_version) return base::EtagMismatch("flow", request.flow_id());
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<Fault> faults, FaultsOf(draft.definition, prompts_.Names()));
  if (!faults.empty()) {
    return base::FailedPrecondition("FLOW_FAULTY", "the draft has faults; see CheckFlow", {{"step", faults[0].step}, {"fault", faults[0].reason}});
  }
  HOTLINE_ASSIGN_OR_RETURN(const FlowRow published, store_.Publish(request.flow_id(), version, clock_.Now()));
  HOTLINE_RETURN_IF_ERROR(cache_.Refresh());
  Fill(published, true, response);
  return absl::OkStatus();
}

absl::Status FlowService::GetPollResults(rpc::Context&, const pb::GetPollResultsRequest& request,
                                         pb::GetPollResultsResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<PollCountRow> rows, store_.CountPoll(request.poll_id()));
  for (const PollCountRow& row : rows) {
    pb::PollCount& count = *response.add_counts();
    count.set_question_id(row.question_id);
    count.set_answer(row.answer);
    count.set_count(row.count);
  }
  return absl::OkStatus();
}

absl::Status BootstrapFlows(Store& store, const std::string& directory, const std::vector<std::string>& prompts, absl::Time now) {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<FlowRow> present, store.ListFlows());
  if (!present.empty() || directory.empty()) return absl::OkStatus();
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() != ".json") continue;
    FlowRow row;
    row.flow_id = entry.path().stem().string();
    row.name = row.flow_id;
    HOTLINE_RETURN_IF_ERROR(CheckFlowId(row.flow_id));
    HOTLINE_ASSIGN_OR_RETURN(row.definition, base::ReadFile(entry.path().string(), kMaxFlowBytes));
    HOTLINE_ASSIGN_OR_RETURN(const std::vector<Fault> faults, FaultsOf(row.definition, prompts));
    if (!faults.empty()) {
      return base::FailedPrecondition("FLOW_FAULTY", "flow " + row.flow_id + ", step " + faults[0].step + ": " + faults[0].message);
    }
    const auto draft = store.PutDraft(row);
    if (!draft.ok() && base::HasReason(draft.status(), "ETAG_MISMATCH")) continue;  // another replica was faster
    if (!draft.ok()) return draft.status();
    HOTLINE_RETURN_IF_ERROR(store.Publish(row.flow_id, draft->draft_version, now).status());
    base::log::Info("flow published", {{"flow", row.flow_id}});
  }
  return absl::OkStatus();
}

}  // namespace hotline::ivr
