// PLT-6: forms and steps over gRPC, their versions, and what stands in memory.
#include "services/ticket/tests/configuration_fixture.h"

namespace hotline::ticket {
namespace {

using Processes = rpc::Client<v1::ProcessService>::Blocking;

struct ProcessFixture : ConfigurationFixture {
  absl::StatusOr<v1::Process> Get(v1::TicketType type, int64_t version = 0, bool draft = false) {
    v1::GetProcessRequest request;
    request.set_type(type);
    request.set_version(version);
    request.set_draft(draft);
    return Call(process_client, access::ROLE_OFFICER, &Processes::GetProcess, request);
  }
  absl::StatusOr<v1::Process> Put(const v1::Process& process, access::Role role = access::ROLE_ADMIN) {
    v1::PutProcessRequest request;
    *request.mutable_process() = process;
    return Call(process_client, role, &Processes::PutProcess, request);
  }
  absl::StatusOr<v1::Process> Publish(v1::TicketType type, const std::string& etag = "") {
    v1::PublishProcessRequest request;
    request.set_type(type);
    request.set_etag(etag);
    request.set_note("改版");
    return Call(process_client, access::ROLE_ADMIN, &Processes::PublishProcess, request);
  }
};

}  // namespace

TEST_CASE_METHOD(ProcessFixture, "PLT-6: a form is drafted, published in versions, and each version stays as it was") {
  v1::Process process = *Get(v1::TICKET_TYPE_COMPLAINT);
  CHECK(process.version() == 0);
  CHECK(process.return_decider() == "dispatcher");
  process.add_required("place");
  v1::FormField& shop = *process.add_fields();
  shop.set_field_id("shop");
  shop.set_name("商户名称");
  shop.set_kind(v1::FORM_FIELD_KIND_CHOICE);
  shop.add_choices("甲");
  shop.set_required(true);
  process.add_approvals("unit_lead");
  process.set_extension_decider("dispatcher");
  const auto draft = Put(process);
  INFO(draft.status());
  REQUIRE(draft.ok());
  CHECK(draft->draft());
  CHECK(processes.Current(domain::Type::kComplaint)->version == 0);
  CHECK(base::HasReason(Publish(v1::TICKET_TYPE_COMPLAINT, "9").status(), "ETAG_MISMATCH"));
  const auto first = Publish(v1::TICKET_TYPE_COMPLAINT, draft->etag());
  INFO(first.status());
  REQUIRE(first.ok());
  CHECK(first->version() == 1);
  CHECK(base::HasReason(Publish(v1::TICKET_TYPE_COMPLAINT).status(), "NOTHING_TO_PUBLISH"));
  CHECK(base::HasReason(Publish(v1::TICKET_TYPE_HELP).status(), "PROCESS_NOT_FOUND"));

  v1::Process next = *Get(v1::TICKET_TYPE_COMPLAINT, 0, true);
  CHECK(next.draft());
  next.set_callback(false);
  REQUIRE(Put(next).ok());
  CHECK(base::HasReason(Put(next).status(), "ETAG_MISMATCH"));
  REQUIRE(Publish(v1::TICKET_TYPE_COMPLAINT).ok());
  CHECK(Get(v1::TICKET_TYPE_COMPLAINT, 1)->callback());
  CHECK_FALSE(Get(v1::TICKET_TYPE_COMPLAINT)->callback());
  CHECK(base::HasReason(Get(v1::TICKET_TYPE_COMPLAINT, 3).status(), "PROCESS_NOT_FOUND"));

  // What running and new tickets are given: their own version, and the newest.
  CHECK(processes.Get(domain::Type::kComplaint, 1)->callback);
  CHECK_FALSE(processes.Current(domain::Type::kComplaint)->callback);
  const domain::Process kept = *processes.Get(domain::Type::kComplaint, 2);
  CHECK(kept.fields[0].choices == std::vector<std::string>{"甲"});
  CHECK(kept.approvals == std::vector<std::string>{"unit_lead"});
  CHECK(kept.extension_decider == domain::Decider::kDispatcher);
  CHECK(*processes.Get(domain::Type::kHelp, 0) == domain::DefaultProcess(domain::Type::kHelp));
  CHECK(base::HasReason(processes.Get(domain::Type::kHelp, 5).status(), "PROCESS_NOT_FOUND"));
  v1::ListProcessVersionsRequest versions;
  versions.set_type(v1::TICKET_TYPE_COMPLAINT);
  const auto listed = Call(process_client, access::ROLE_ADMIN, &Processes::ListProcessVersions, versions);
  REQUIRE(listed->processes_size() == 2);
  CHECK(listed->processes(0).version() == 2);
  CHECK(listed->processes(0).updated_by() == "ROLE_ADMIN");
  CHECK(Call(process_client, access::ROLE_AGENT, &Processes::ListProcesses, {})->processes_size() == 6);
  CHECK_FALSE(pool.Read("UPDATE process_versions SET note = '' RETURNING 1").ok());
}

TEST_CASE_METHOD(ProcessFixture, "PLT-6: a version published by another replica counts within seconds") {
  CHECK(processes.Current(domain::Type::kHelp)->version == 0);
  ProcessStore other(pool);
  domain::Process process = domain::DefaultProcess(domain::Type::kHelp);
  process.review = false;
  REQUIRE(other.PutDraft(process, std::nullopt, "admin-2", clock.Now()).ok());
  REQUIRE(other.Publish(domain::Type::kHelp, std::nullopt, "admin-2", "改", clock.Now()).ok());
  CHECK(processes.Current(domain::Type::kHelp)->version == 0);
  clock.Advance(kProcessAge);
  CHECK(processes.Current(domain::Type::kHelp)->version == 1);
}

TEST_CASE_METHOD(ProcessFixture, "PLT-6: a form at fault is refused with its fields, and only an administrator may change one") {
  v1::Process process = *Get(v1::TICKET_TYPE_HELP);
  process.add_required("colour");
  process.set_return_decider("mayor");
  process.set_max_rework(9);
  CHECK(Fields(Put(process).status()) == std::vector<std::string>{"process.required[0]", "process.return_decider", "process.max_rework"});
  CHECK(absl::IsPermissionDenied(Put(*Get(v1::TICKET_TYPE_HELP), access::ROLE_SUPERVISOR).status()));
  CHECK(Fields(Get(v1::TICKET_TYPE_UNSPECIFIED).status()) == std::vector<std::string>{"type"});
}

}  // namespace hotline::ticket
