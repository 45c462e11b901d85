#include "services/ticket/document_writer.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <map>

#include "libs/base/error.h"
#include "libs/base/log.h"
#include "services/ticket/domain/decide.h"

namespace hotline::ticket {
namespace {

// A try later will find the same.
bool IsFinal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsNotFound(status) || absl::IsPermissionDenied(status) || absl::IsFailedPrecondition(status) ||
         absl::IsAlreadyExists(status);
}

// To whom copies go, beside the unit itself.
std::string CopiesOf(const std::vector<std::string>& addressees) {
  static const std::map<std::string, std::string> kNames = {{"unit_lead", "单位业务负责人"}, {"unit_head", "单位主要负责人"}, {"county", "属地县区"},
                                                            {"supervision", "督查中心"}, {"leader", "市分管领导"}};
  std::vector<std::string> copies;
  for (const std::string& role : addressees) {
    if (const auto name = kNames.find(role); name != kNames.end()) copies.push_back(name->second);
  }
  return absl::StrJoin(copies, "、");
}

}  // namespace

domain::Values LadderFields(const domain::DocumentTemplate& document_template, const DocumentJob& job, absl::Time now, absl::TimeZone zone) {
  const std::string late = job.due == absl::InfiniteFuture()
                               ? absl::StrCat("截至", ChineseHour(now, zone), "，已超过规定时限。")
                               : absl::StrCat("截至", ChineseHour(now, zone), "，已超过", ChineseHour(job.due, zone), "的时限。");
  const domain::Values known = {{"reason", late}, {"problem", late}, {"facts", late}, {"copies", CopiesOf(job.addressees)}};
  domain::Values fields;
  for (const domain::TemplateField& field : document_template.fields) {
    const auto value = known.find(field.id);
    if (value != known.end() && !value->second.empty()) fields.insert(*value);
  }
  return fields;
}

void DocumentWriter::Start() { thread_ = std::thread([this] { Loop(); }); }

void DocumentWriter::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void DocumentWriter::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const absl::StatusOr<bool> wrote = WriteOne();
    if (!wrote.ok()) base::log::Warn("documents of the ladder wait", {{"error", wrote.status()}});
    if (metrics_ != nullptr) {
      const absl::StatusOr<int64_t> waiting = documents_.WaitingJobs();
      if (waiting.ok()) metrics_->Gauge("hotline_ticket_document_jobs", "Documents that the ladder asked for and that are not made yet").Set(static_cast<double>(*waiting));
    }
    lock.lock();
    if (wrote.ok() && *wrote) continue;
    wake_.wait_for(lock, absl::ToChronoMilliseconds(kWriterPace), [this] { return stopping_; });
  }
}

void DocumentWriter::Count(const char* result) {
  if (metrics_ != nullptr) metrics_->Counter("hotline_ticket_ladder_documents_total", "Documents of the ladder, by result", {{"result", result}}).Increment();
}

absl::StatusOr<bool> DocumentWriter::WriteOne() {
  HOTLINE_ASSIGN_OR_RETURN(const std::optional<DocumentJob> job, documents_.ClaimJob(clock_.Now()));
  if (!job) return false;
  Request request{{}, clock_.Now(), "", "WriteDocument", job->request_id};
  request.actor.id = "service:ticket";
  request.actor.name = "ticket";
  request.actor.service = true;
  const absl::Status made = Make(request, *job);
  if (made.ok()) {
    Count("made");
    HOTLINE_RETURN_IF_ERROR(documents_.FinishJob(job->request_id));
    return true;
  }
  base::log::Warn("a document of the ladder was not made", {{"ticket", job->ticket_id}, {"template", job->template_id}, {"try", job->tries}, {"error", made}});
  if (IsFinal(made) || job->tries >= kJobTries) {
    HOTLINE_RETURN_IF_ERROR(GiveUp(request, *job, made));
    Count("given_up");
    return true;
  }
  Count("failed");
  HOTLINE_RETURN_IF_ERROR(documents_.RetryJob(job->request_id, clock_.Now() + kJobRetry * job->tries));
  return true;
}

absl::Status DocumentWriter::Make(const Request& request, const DocumentJob& job) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, tickets_.Get(job.ticket_id));
  HOTLINE_ASSIGN_OR_RETURN(const TemplateRecord record, documents_.Template(job.template_id));
  HOTLINE_ASSIGN_OR_RETURN(const domain::DocumentTemplate parsed, domain::ParseTemplate(record.body));
  return maker_.Create(request, ticket, job.template_id, LadderFields(parsed, job, request.now, zone_)).status();
}

absl::Status DocumentWriter::GiveUp(const Request& request, const DocumentJob& job, const absl::Status& reason) {
  const domain::NoteDocument command{"", job.template_id, "", "", base::Reason(reason)};
  return documents_.GiveUpJob(job.request_id, [&](postgres::Transaction& tx) -> absl::Status {
    Request noting = request;
    noting.request_id.clear();
    const absl::Status noted = tickets_.Change(tx, noting, job.ticket_id, [&](const domain::Ticket& ticket) -> absl::StatusOr<domain::Change> {
      HOTLINE_ASSIGN_OR_RETURN(const domain::Process process, ProcessFor(processes_, ticket, command));
      return domain::Decide(&ticket, command, request.actor, request.now, process);
    }).status();
    return absl::IsNotFound(noted) ? absl::OkStatus() : noted;  // its key may be destroyed
  });
}

}  // namespace hotline::ticket
