// What a ticket is: plain values. The numbers of the enums are those of hotline/ticket/v1/ticket.proto.
// No invariants beyond what Decide (decide.h) keeps; copyable, not thread-safe.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::ticket::domain {

enum class Type { kUnspecified = 0, kConsultation = 1, kHelp = 2, kComplaint = 3, kReport = 4, kSuggestion = 5, kPraise = 6 };
inline constexpr int kTypes = 7;

enum class State {
  kNone = 0,  // before it exists
  kTranscribe = 1,
  kAccepted = 2,
  kDispatched = 3,
  kSigned = 4,
  kReturnRequested = 5,
  kReplied = 6,
  kCallback = 7,
  kClosed = 8,
  kArchived = 9,
  kRefused = 10,
  kAnswerLater = 11,
  kReportedUp = 12,
  kCoordination = 13,
  kArbitration = 14,
  kApproval = 15,
  kMerged = 16,
  kHandedOver = 17,
};
inline constexpr int kStates = 18;

enum class Urgency { kUnspecified = 0, kOrdinary = 1, kUrgent = 2, kCritical = 3 };
inline constexpr int kUrgencies = 4;

enum class Channel {
  kUnspecified = 0, kPhone = 1, kIvr = 2, kMailbox = 3, kWeb = 4, kSms = 5, kApp = 6,
  kEmail = 7, kLetter = 8, kKiosk = 9, kChat = 10, kTransfer = 11, kVisit = 12, kLeader = 13,
};
inline constexpr int kChannels = 14;

enum class Handling { kUnspecified = 0, kAnswer = 1, kPassOn = 2, kAssign = 3, kCoordinate = 4, kReportUp = 5 };
inline constexpr int kHandlings = 6;

enum class Light { kUnspecified = 0, kGreen = 1, kYellow = 2, kRed = 3 };
inline constexpr int kLights = 4;

// "accepted", "return_requested": for texts and metadata.
std::string_view StateName(State state);

struct Caller {
  std::string name;
  std::string phone;
  std::string kind;  // citizen, legal_person, organisation; empty means citizen
  std::string work_unit;
  std::string address;
  bool anonymous = false;
  bool confidential = false;
  bool masked = false;
  friend bool operator==(const Caller&, const Caller&) = default;
};

// A clock of sla_timer on the ticket, as last heard.
struct Limit {
  std::string clock_id;
  std::string step;
  absl::Time due = absl::InfiniteFuture();
  absl::Time warn = absl::InfiniteFuture();
  Light light = Light::kGreen;
  friend bool operator==(const Limit&, const Limit&) = default;
};

// A unit of the directory's tree, as last heard.
struct Unit {
  std::string id;
  std::string parent_id;
  std::string path;  // "/root/dept/office/"
  std::string name;
  bool active = false;
  int level = 0;
  std::string area_code;
  std::vector<std::string> tags;
  friend bool operator==(const Unit&, const Unit&) = default;
};

struct UnitRef {
  std::string id;
  std::string path;
  friend bool operator==(const UnitRef&, const UnitRef&) = default;
};

// Another ticket that belongs to this one (TKT-11).
struct Link {
  std::string ticket_id;
  std::string kind;  // duplicate, related, follow_up
  friend bool operator==(const Link&, const Link&) = default;
};

// What a co-handling unit contributes to the one reply (TKT-13).
struct Opinion {
  std::string unit_id;
  std::string text;
  friend bool operator==(const Opinion&, const Opinion&) = default;
};

// How an unreasonable repeated appeal stands (TKT-11): nothing follows from a mark that was not reviewed.
enum class RepeatMark { kNone = 0, kProposed = 1, kConfirmed = 2, kRejected = 3 };
inline constexpr int kRepeatMarks = 4;

// How a bad rating stands (STD-8).
enum class RatingState { kNone = 0, kToReview = 1, kUpheld = 2, kDismissed = 3 };
inline constexpr int kRatingStates = 4;

struct Ticket {
  std::string id;
  std::string number;
  std::string acceptance_number;
  Type type = Type::kUnspecified;
  State state = State::kNone;
  Urgency urgency = Urgency::kOrdinary;
  Channel channel = Channel::kUnspecified;
  Handling handling = Handling::kUnspecified;
  Caller caller;
  std::string title;
  std::string content;
  std::string category_id;
  std::vector<std::string> tags;
  std::string area_code;
  std::string place;
  double longitude = 0;
  double latitude = 0;
  std::string party_complained_of;
  std::string parties_concerned;   // others whom the matter concerns (TKT-2)
  std::string nature;              // another view of the matter (TKT-1): dispute, livelihood, accident; or empty
  absl::Time occur_time = absl::InfinitePast();  // when it happened; InfinitePast: not said
  std::map<std::string, std::string> extra;      // values of the form's own fields, by field id (PLT-6)
  int64_t process_version = 0;     // of the steps and the form it was registered under (PLT-6)
  std::string line;
  std::string call_id;
  std::string recording_id;
  UnitRef unit;                    // lead unit; empty before dispatch
  std::vector<UnitRef> co_units;
  // First asked stays responsible until another unit signs (首接负责, STD-6); empty before the first dispatch.
  UnitRef responsible;
  std::vector<Opinion> opinions;   // of co-handling units on the present handling, at most one each
  State return_from = State::kNone;  // where a refused return goes back to
  int return_count = 0;            // returns asked for so far (TKT-7)
  bool return_barred = false;      // arbitration has named the unit for good
  bool return_closed = false;      // the time in which it could be returned is over
  absl::Time extension_due = absl::InfinitePast();  // promised in the pending request (TKT-8); InfinitePast: none pends
  int extension_count = 0;         // granted so far
  int approvals_given = 0;         // inside the unit on the waiting reply (TKT-25)
  std::string answer;
  std::string outcome;             // of the reply: resolved, explained, not_feasible; empty before
  std::vector<std::string> evidence;  // attachments of the reply (TKT-9)
  bool opinion_risk = false;       // a backlash of public opinion is feared (TKT-9)
  bool leader_instructed = false;  // 批办件
  int supervision_level = 0;       // of the hardest measure so far (SLA-8); 0: none
  bool supervised = false;         // under supervision now
  std::string group_id;            // the group case it follows; empty: none
  std::string handover_body;       // with whom outside it is (TKT-12); empty: nobody
  std::string handover_status;     // sent, received, in_process, done, declined
  std::string handover_reference;  // the other body's own number
  RepeatMark repeat_mark = RepeatMark::kNone;
  int rating = 0;                  // the citizen's own of the matter, 1 best to 5; 0: none (one a matter, STD-8)
  RatingState rating_state = RatingState::kNone;
  std::string published;           // text on the portal, free of personal data (TKT-15); empty: not published
  std::string close_reason;        // answered, called_back, not_called_back, withdrawn, group, handed_over; empty while open
  int reopen_count = 0;
  bool solved = false;
  std::string satisfaction;
  std::string refuse_reason;
  std::string created_by;
  absl::Time create_time = absl::UnixEpoch();
  absl::Time update_time = absl::UnixEpoch();
  absl::Time close_time = absl::InfinitePast();  // InfinitePast: not closed
  int64_t version = 0;        // grows by one with every command; the etag
  int64_t history_count = 0;  // entries so far
  int rework_count = 0;
  std::vector<Link> links;
  std::vector<Limit> limits;
  Light light = Light::kUnspecified;  // the worst of them
  absl::Time due_time = absl::InfiniteFuture();  // the nearest of them
  friend bool operator==(const Ticket&, const Ticket&) = default;
};

// Who does something. Roles are lower-case names as in tokens ("unit_lead").
struct Actor {
  std::string id;
  std::string name;
  std::string unit_id;
  std::string unit_path;
  std::vector<std::string> roles = {};
  bool service = false;  // a service on its own behalf
  bool Has(std::string_view role) const;
};

}  // namespace hotline::ticket::domain
