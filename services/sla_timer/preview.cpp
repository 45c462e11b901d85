#include "services/sla_timer/preview.h"

#include <utility>
#include <vector>

#include "libs/base/error.h"
#include "services/sla_timer/clock_proto.h"

namespace hotline::sla_timer {
namespace {

void Add(const Clock& before, const Change& change, absl::Time now, v1::Preview& out) {
  if (change.kind == ChangeKind::kUpdated) return;
  out.set_moved(out.moved() + 1);
  const bool none = change.kind == ChangeKind::kStopped;
  const bool running = before.state == ClockState::kRunning;
  const bool late = running && before.due_time <= now;
  const bool later_late = running && !none && change.clock.due_time <= now;
  if (!late && later_late) out.set_become_overdue(out.become_overdue() + 1);
  if (late && !later_late) out.set_stop_being_overdue(out.stop_being_overdue() + 1);
  if (out.examples_size() >= kMaxExamples) return;
  v1::PreviewedClock* example = out.add_examples();
  example->set_clock_id(before.clock_id);
  example->set_ticket_id(before.ticket_id);
  example->set_step(before.step);
  SetTimestamp(before.due_time, example->mutable_due_before());
  if (!none) SetTimestamp(change.clock.due_time, example->mutable_due_after());
}

}  // namespace

absl::Status CountMoves(Store& store, ClockQuery query, absl::Time now, const DecideOne& decide, const std::function<bool()>& enough,
                        v1::Preview& out) {
  query.limit = kPreviewPage;
  for (;;) {
    HOTLINE_ASSIGN_OR_RETURN(const std::vector<Clock> clocks, store.ListClocks(query));
    for (const Clock& clock : clocks) {
      HOTLINE_ASSIGN_OR_RETURN(const Change change, decide(clock));
      Add(clock, change, now, out);
    }
    out.set_examined(out.examined() + static_cast<int64_t>(clocks.size()));
    out.set_complete(clocks.size() < static_cast<size_t>(kPreviewPage));
    if (out.complete() || out.examined() >= kMaxPreviewed || enough()) return absl::OkStatus();
    query.after = std::pair(clocks.back().due_time, clocks.back().clock_id);
  }
}

}  // namespace hotline::sla_timer
