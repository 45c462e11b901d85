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
  std::string line;
  std::string call_id;
  std::string recording_id;
  UnitRef unit;                    // lead unit; empty before dispatch
  std::vector<UnitRef> co_units;
  State return_from = State::kNone;  // where a refused return goes back to
  std::string answer;
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
  std::vector<std::string> linked;
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
