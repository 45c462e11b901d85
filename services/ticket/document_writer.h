// Makes the documents that the ladder asks for (SLA-8): the consumer of events only writes a job down with the rung, here they
// are taken one by one and rendered, so that a slow document holds up neither limits nor callers. One thread in every replica;
// a job whose maker died is taken by another after kJobLease, and the request id keeps it from being made twice. Start and Stop
// by one thread; everything it is given outlives it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "libs/base/clock.h"
#include "libs/runtime/metrics.h"
#include "services/ticket/document_maker.h"
#include "services/ticket/document_store.h"

namespace hotline::ticket {

inline constexpr absl::Duration kWriterPace = absl::Seconds(1);  // between looks that found nothing

class DocumentWriter {
 public:
  // How times are written in the documents.
  DocumentWriter(Store& tickets, DocumentStore& documents, DocumentMaker& maker, ProcessSource& processes, const base::Clock& clock, absl::TimeZone zone,
                 runtime::Metrics* metrics = nullptr)
      : tickets_(tickets), documents_(documents), maker_(maker), processes_(processes), clock_(clock), zone_(zone), metrics_(metrics) {}
  ~DocumentWriter() { Stop(); }
  DocumentWriter(const DocumentWriter&) = delete;
  DocumentWriter& operator=(const DocumentWriter&) = delete;

  void Start();
  void Stop();

  // Takes one job and does it; false if none is due. An error is one of the database: the job comes again.
  absl::StatusOr<bool> WriteOne();

 private:
  void Loop();
  absl::Status Make(const Request& request, const DocumentJob& job);
  // Cannot be made at all, or was tried too often: the ticket's history says so.
  absl::Status GiveUp(const Request& request, const DocumentJob& job, const absl::Status& reason);
  void Count(const char* result);

  Store& tickets_;
  DocumentStore& documents_;
  DocumentMaker& maker_;
  ProcessSource& processes_;
  const base::Clock& clock_;
  const absl::TimeZone zone_;
  runtime::Metrics* const metrics_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

// What the ladder fills into the fields that the template has, by the ids of the shipped templates.
domain::Values LadderFields(const domain::DocumentTemplate& document_template, const DocumentJob& job, absl::Time now, absl::TimeZone zone);

}  // namespace hotline::ticket
