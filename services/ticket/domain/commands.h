// What can be asked of a ticket, and what comes of it. Plain values.
#pragma once

#include <absl/status/statusor.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "services/ticket/domain/ticket.h"

namespace hotline::ticket::domain {

// What the rule about repeats found of the caller as a command was given: the ticket is proposed as an unreasonable repeat,
// once, and a person reviews it (TKT-11).
struct RepeatProposal {
  std::string reason = {};  // for the reviewer
  std::string rule = {};    // "repeat_rule:<version>"
};

// Where it goes. The units were looked up by the service; Decide judges them.
struct Dispatch {
  Unit lead = {};
  std::vector<Unit> co_units = {};
  std::string note = {};
  std::string rule = {};  // what proposed or decided it, e.g. "catalogue:12/water.leak"; empty: a person
  std::optional<RepeatProposal> repeat = {};
};

struct Create {
  Ticket draft = {};            // ids and numbers given by the service, state, times and unit ignored
  std::string answer = {};      // closes a consultation at once (TKT-5)
  std::string article_id = {};
  std::optional<Dispatch> dispatch = {};  // registers and dispatches in one step
  bool answer_later = false;    // a consultation that cannot be answered now (TKT-19)
  std::optional<RepeatProposal> repeat = {};
};

struct Amend {
  Type type = Type::kUnspecified;  // unset and empty fields stay as they are
  std::string title = {};
  std::string content = {};
  std::string category_id = {};
  Urgency urgency = Urgency::kUnspecified;
  std::string area_code = {};
  std::string place = {};
  std::vector<std::string> tags = {};
  std::string note = {};
  std::string caller_name = {};
  std::string caller_phone = {};
  std::string party_complained_of = {};
  std::map<std::string, std::string> extra = {};  // these fields of the form; the others stay
  std::optional<double> longitude = {};  // with latitude, or neither; both 0: no place is known any more
  std::optional<double> latitude = {};
  std::optional<RepeatProposal> repeat = {};
};

// --- intake and dispatch, by the centre ---
struct Refuse { std::string reason = {}; std::string note = {}; std::string referred_to = {}; };
struct Defer { std::string note = {}; };                               // taken down to be answered later (TKT-19)
struct Answer { std::string text = {}; std::string article_id = {}; bool told = false; };  // told: the citizen knows it already
struct Coordinate { std::string note = {}; };                          // with the leading group (TKT-6)
struct ReportUp { std::string to = {}; std::string text = {}; };       // to the leaders (TKT-5)
struct Instruct { std::string text = {}; };                            // by a leader (CH-11)
struct HandOver { std::string body = {}; std::string note = {}; };     // to a body outside (TKT-12, TKT-24)
struct UpdateHandover { std::string status = {}; std::string reference = {}; std::string note = {}; };
struct SetUrgency { Urgency urgency = Urgency::kUnspecified; std::string note = {}; };
struct SetConfidential { bool confidential = false; std::string note = {}; };
struct Withdraw { std::string note = {}; };                            // the citizen takes it back

// --- the unit ---
struct Sign {};
struct RequestReturn { std::string reason = {}; std::string suggested_unit_id = {}; };
struct DecideReturn { bool accepted = false; std::string note = {}; bool improper = false; };  // improper counts in the assessment
struct Arbitrate { Dispatch to = {}; bool improper = false; };         // the note of `to` says why
struct PassUp { std::string reason = {}; };                            // to the city platform (TKT-27)
struct Contact { bool reached = false; std::string note = {}; };       // spoke with the citizen (SLA-3)
struct ReportProgress { std::string text = {}; bool tell_citizen = false; };
struct GiveOpinion { std::string text = {}; };                         // a co-handling unit (TKT-13)
struct Mediate { bool agreed = false; std::string text = {}; };        // 调解 (TKT-24)
struct RequestExtension { absl::Time due = absl::InfinitePast(); std::string reason = {}; };
struct DecideExtension { bool accepted = false; absl::Time due = absl::InfinitePast(); std::string note = {}; };  // due: InfinitePast grants what was asked
struct Reply {
  std::string text = {};
  std::string internal_note = {};
  std::string outcome = {};                  // resolved, explained, not_feasible; empty: resolved
  std::vector<std::string> evidence = {};    // attachment ids, checked by the service
};
struct Approve { bool accepted = false; std::string note = {}; };

// --- review, call back, end ---
struct Review { bool accepted = false; std::string note = {}; bool opinion_risk = false; };
struct Callback {
  bool reached = false;
  bool solved = false;
  std::string satisfaction = {};             // with the handling, and overall
  std::string note = {};
  std::string call_id = {};
  std::string satisfaction_result = {};      // with the result; may be empty
  std::string satisfaction_attitude = {};    // with the attitude; may be empty
  std::string channel = {};                  // phone, sms, web; empty: phone
};
struct Archive {};
struct Reopen { std::string reason = {}; };
struct RateMatter { int score = 0; std::string comment = {}; };        // the citizen's own rating, 1 best to 5 (STD-8)
struct ReviewRating { bool upheld = false; std::string note = {}; };
struct Publish { std::string text = {}; };                             // free of personal data, checked by the service too (TKT-15)
struct Unpublish { std::string note = {}; };

// --- supervision ---
struct Remark { std::string kind = {}; std::string text = {}; };       // remark, urging
struct Supervise {
  std::string measure = {};                  // as in kMeasures
  std::string text = {};
  std::string clock_id = {};                 // of the overdue clock, when the ladder took it
  std::vector<std::string> addressees = {};  // unit, unit_lead, unit_head, county, supervision, leader; empty: unit and unit_lead
};
struct EndSupervision { std::string note = {}; };

// --- other tickets ---
struct Merge { std::string group_id = {}; std::string group_number = {}; std::string note = {}; };
struct Split { std::string note = {}; };
// The group case came to its result: the member takes it over. By the service.
struct FollowGroup { State group_state = State::kNone; std::string answer = {}; std::string outcome = {}; std::string refuse_reason = {}; UnitRef unit = {}; };
struct LinkTo { std::string other_id = {}; std::string kind = {}; std::string note = {}; };
struct Unlink { std::string other_id = {}; std::string note = {}; };
struct MarkRepeat { std::string reason = {}; };
struct ReviewRepeat { bool confirmed = false; std::string note = {}; };

// --- what services tell ---
struct Rate { std::string call_id = {}; std::string agent_id = {}; int score = 0; };
// A limit of sla_timer is near (yellow) or passed (red) (SLA-7, SLA-8).
struct Alarm { Limit limit = {}; };
struct CloseReturnWindow {};  // the time in which a unit may return it is over (TKT-7)

// --- what was done beside the ticket and is named in its history (TKT-16) ---
// A document was made of it (TKT-14), or could not be: then `failure` is the reason.
struct NoteDocument {
  std::string document_id = {};
  std::string template_id = {};
  std::string title = {};
  std::string number = {};
  std::string failure = {};
};
// Its caller was banned on its account, or a ban was lifted (TKT-11).
struct NoteBan { std::string ban_id = {}; bool lifted = false; absl::Time until = absl::InfinitePast(); std::string reason = {}; };

using Command = std::variant<Create, Amend, Dispatch, Refuse, Defer, Answer, Coordinate, ReportUp, Instruct, HandOver, UpdateHandover, SetUrgency,
                             SetConfidential, Withdraw, Sign, RequestReturn, DecideReturn, Arbitrate, PassUp, Contact, ReportProgress, GiveOpinion,
                             Mediate, RequestExtension, DecideExtension, Reply, Approve, Review, Callback, Archive, Reopen, RateMatter, ReviewRating,
                             Publish, Unpublish, Remark, Supervise, EndSupervision, Merge, Split, FollowGroup, LinkTo, Unlink, MarkRepeat,
                             ReviewRepeat, Rate, Alarm, CloseReturnWindow, NoteDocument, NoteBan>;

// The measures of supervision (SLA-8), from mild to hard.
struct Measure { std::string_view id; int level; std::string_view name; };
inline constexpr std::array<Measure, 5> kMeasures = {{
    {"urging_notice", 1, "催办通知"}, {"supervision_order", 2, "督办单"}, {"criticism", 3, "通报批评"}, {"coordination_meeting", 4, "专题协调"}, {"talk", 5, "约谈"},
}};

// The fact told to other services with a history entry.
enum class Fact {
  kCreated, kDispatched, kSigned, kReturnRequested, kReturnDecided, kReplied, kReviewed, kCallbackRecorded,
  kReworked, kClosed, kRefused, kArchived, kAmended, kRated, kExtensionRequested, kExtensionDecided, kContacted,
  kProgressReported, kSupervised, kHandedOver, kHandoverUpdated, kMerged, kSplit, kReopened, kReportedUp, kInstructed, kDeferred,
};

// One entry of the history and the fact it tells; `sequence` counts from the ticket's history_count.
struct Step {
  int64_t sequence = 0;
  std::string action;
  std::string note;
  // Every field of the ticket that the step changed, with its new value (fields.h), and particulars of the step under names
  // that no field has. Of a personal field only that it changed: "*".
  std::map<std::string, std::string> changes;
  bool personal = false;  // a personal field is among them
  State state = State::kNone;  // after it
  // The ticket's classification after this step; a command may make several.
  UnitRef unit;
  int rework_count = 0;
  int supervision_level = 0;
  RepeatMark repeat_mark = RepeatMark::kNone;
  Fact fact = Fact::kAmended;
  // Particulars of the fact.
  bool accepted = false;
  bool reached = false;
  bool solved = false;
  bool answered_at_once = false;
  std::string satisfaction;
  std::string reason;
  std::string call_id;
  std::string agent_id;
  int score = 0;
  absl::Time due = absl::InfinitePast();
  std::string measure;
  std::string clock_id;
  std::string body;
  std::string status;
};

// What the suite owes someone (DESIGN §1): kept until a sender is connected.
struct NoticeDraft {
  std::string kind;       // warning, overdue, urging, receipt, result, extension, progress, supervision, handover
  std::string addressee;  // unit id, "unit_lead:<unit id>", "unit_head:<unit id>", "county:<unit id>", "centre",
                          // "supervision", "leader", "body:<code>" or "citizen"
  std::string text;
};

struct Change {
  Ticket after;
  std::vector<Step> steps;  // at least one
  std::vector<NoticeDraft> notices;
};

}  // namespace hotline::ticket::domain
