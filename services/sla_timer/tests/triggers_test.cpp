// What starts, holds and ends the clocks of the presets, through the whole life of a ticket (TKT-4).
#include "services/sla_timer/tests/fixture.h"

namespace hotline::sla_timer {
namespace {

using enum Trigger;

TEST_CASE("SLA-3: the county's contact clock ends when the citizen was spoken with, not when it was tried") {
  TicketCase ticket(Preset("county"));
  ticket.Tell(kDispatched, "2026-03-02 09:00", false, state::kDispatched);
  CHECK(ticket.Tell(kContactTried, "2026-03-02 09:10", false, state::kDispatched).empty());
  CHECK(ticket.Tell(kSigned, "2026-03-02 09:12", false, state::kSigned).empty());
  CHECK(Told(ticket.Tell(kContacted, "2026-03-02 09:20", false, state::kSigned)) == "contact:stopped(done)");
  CHECK(ticket.The("contact").light == Light::kGreen);
  CHECK(ticket.The("reply").state == ClockState::kRunning);
}

TEST_CASE("SLA-4, STD-9: progress is feedback in swift, and the reply may follow; elsewhere it is not") {
  TicketCase swift(Preset("swift"), {type::kHelp, urgency::kCritical, 1, ""});
  swift.Tell(kDispatched, "2026-03-02 09:00", false, state::kDispatched);
  CHECK(Told(swift.Tell(kProgressReported, "2026-03-02 10:00", false, state::kSigned)) == "reply:stopped(done)");
  CHECK(swift.Tell(kReplied, "2026-03-09 10:00", false, state::kReplied).empty());
  TicketCase standard(Preset("standard"));
  standard.Tell(kDispatched, "2026-03-02 09:00", false, state::kDispatched);
  standard.Tell(kSigned, "2026-03-02 09:30", false, state::kSigned);
  CHECK(standard.Tell(kProgressReported, "2026-03-02 10:00", false, state::kSigned).empty());
}

TEST_CASE("TKT-5, TKT-6, CH-11: the dispatch clock stands still with the leaders") {
  TicketCase ticket(Preset("standard"));
  ticket.Tell(kCreated, "2026-03-02 09:00", false, state::kAccepted);
  CHECK(Told(ticket.Tell(kReportedUp, "2026-03-02 10:00", false, state::kReportedUp)) == "dispatch:moved(paused)");
  CHECK(ticket.Wait("2026-03-05 10:00").empty());
  CHECK(Told(ticket.Tell(kInstructed, "2026-03-05 10:00", false, state::kAccepted)) == "dispatch:moved(resumed)");
  CHECK(Told(ticket.Tell(kCoordinated, "2026-03-05 10:10", false, state::kCoordination)) == "dispatch:moved(paused)");
  CHECK(Told(ticket.Tell(kDispatched, "2026-03-06 10:10", false, state::kDispatched)) == "dispatch:stopped(done) sign:started reply:started");
  CHECK(ticket.The("dispatch").light == Light::kGreen);
}

TEST_CASE("TKT-11: a merged ticket runs no clocks; when it leaves the group it waits for dispatch") {
  TicketCase ticket(Preset("standard"));
  ticket.Tell(kDispatched, "2026-03-02 09:00", false, state::kDispatched);
  CHECK(Told(ticket.Tell(kMerged, "2026-03-02 09:30", false, state::kMerged)) == "sign:stopped(merged) reply:stopped(merged)");
  CHECK(ticket.Wait("2026-04-02 09:30").empty());
  CHECK(ticket.Tell(kReviewRejected, "2026-03-03 09:30", false, state::kMerged).empty());
  CHECK(Told(ticket.Tell(kSplit, "2026-03-03 09:30", false, state::kAccepted)) == "dispatch:started");
}

TEST_CASE("TKT-12: handed over, handed back, or done by the other body") {
  TicketCase ticket(Preset("standard"));
  ticket.Tell(kDispatched, "2026-03-02 09:00", false, state::kDispatched);
  ticket.Tell(kSigned, "2026-03-02 09:30", false, state::kSigned);
  CHECK(Told(ticket.Tell(kHandedOver, "2026-03-02 10:00", false, state::kHandedOver)) == "reply:stopped(done) return:stopped(done)");
  CHECK(Told(ticket.Tell(kHandoverDeclined, "2026-03-03 10:00", false, state::kAccepted)) == "dispatch:started");
  CHECK(Told(ticket.Tell(kHandedOver, "2026-03-03 11:00", false, state::kHandedOver)) == "dispatch:stopped(done)");
  CHECK(Told(ticket.Tell(kHandoverDone, "2026-03-05 11:00", false, state::kCallback)) == "callback:started");
}

TEST_CASE("TKT-19, TKT-10: answered later; taken up again with the unit or before dispatch") {
  TicketCase later(Preset("standard"), {type::kConsultation, 1, 1, ""});
  later.Tell(kCreated, "2026-03-02 09:00", false, state::kAccepted);
  CHECK(Told(later.Tell(kDeferred, "2026-03-02 09:10", false, state::kAnswerLater)) == "dispatch:stopped(done) answer:started");
  CHECK(Told(later.Tell(kNone, "2026-03-02 15:00", true, state::kClosed)) == "answer:stopped(ended)");
  CHECK(later.The("answer").light == Light::kGreen);
  CHECK(Told(later.Tell(kReopened, "2026-03-04 09:00", false, state::kAccepted)) == "dispatch:started");
  TicketCase unit(Preset("standard"));
  CHECK(Told(unit.Tell(kReopened, "2026-03-04 09:00", false, state::kSigned)) == "reply:started");
  CHECK(Told(unit.Tell(kReplied, "2026-03-04 10:00", false, state::kCallback)) == "reply:stopped(done) callback:started");  // No review.
}

TEST_CASE("TKT-7, TKT-27: arbitration, another unit, and a ticket that goes up to the city") {
  TicketCase ticket(Preset("standard"));
  ticket.unit_path = "/city/roads/";
  ticket.Tell(kDispatched, "2026-03-02 09:00", false, state::kDispatched);
  // A unit dispatches on to one of its own: the limit of the reply stays.
  ticket.unit = "unit-1-1";
  ticket.unit_path = "/city/roads/north/";
  CHECK(Told(ticket.Tell(kDispatched, "2026-03-02 09:30", false, state::kDispatched)) == "sign:updated reply:updated");
  CHECK(Told(ticket.Tell(kReturnRequested, "2026-03-02 10:00", false, state::kArbitration)) == "sign:moved(paused)");
  // The supervision centre names another: it gets limits of its own.
  ticket.unit = "unit-2";
  ticket.unit_path = "/city/water/";
  CHECK(Told(ticket.Tell(kDispatched, "2026-03-03 10:00", false, state::kDispatched)) ==
        "sign:stopped(superseded) reply:stopped(superseded) sign:started reply:started");
  CHECK(Text(ticket.The("sign").due_time) == "2026-03-03 12:00" );
  // The same unit is named: its clock goes on.
  ticket.Tell(kReturnRequested, "2026-03-03 11:00", false, state::kArbitration);
  CHECK(Told(ticket.Tell(kDispatched, "2026-03-03 14:00", false, state::kDispatched)) == "sign:moved(resumed)");
  // Passed up without an event of its own: the unit's clocks end with its turn.
  CHECK(Told(ticket.Tell(kNone, "2026-03-03 14:30", false, state::kAccepted)) == "sign:stopped(done) reply:stopped(done)");
}

TEST_CASE("TKT-25: the reply's limit runs on while it waits for approval inside the unit") {
  TicketCase ticket(Preset("standard"));
  ticket.Tell(kDispatched, "2026-03-02 09:00", false, state::kDispatched);
  ticket.Tell(kSigned, "2026-03-02 09:30", false, state::kSigned);
  CHECK(ticket.Tell(kNone, "2026-03-04 09:30", false, state::kApproval).empty());
  CHECK(Told(ticket.Tell(kReplied, "2026-03-05 09:30", false, state::kReplied)) == "reply:stopped(done) return:stopped(done)");
}

}  // namespace
}  // namespace hotline::sla_timer
