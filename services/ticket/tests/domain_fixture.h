// Actors, units and tickets for the tests of the domain. Values only.
#pragma once

#include <catch2/catch.hpp>

#include "libs/base/error.h"
#include "services/ticket/domain/decide.h"

namespace hotline::ticket::domain {

inline absl::Time At(int64_t seconds) { return absl::FromUnixSeconds(1'790'000'000 + seconds); }

inline Actor Agent() { return {"agent-1", "接线员", "city", "/city/", {"agent"}}; }
inline Actor Dispatcher() { return {"dispatcher-1", "派单员", "city", "/city/", {"dispatcher"}}; }
inline Actor Supervisor() { return {"supervisor-1", "督办", "city", "/city/", {"supervisor"}}; }
inline Actor Officer() { return {"officer-1", "经办人", "water", "/city/water/", {"officer"}}; }
inline Actor OtherOfficer() { return {"officer-2", "经办人", "gas", "/city/gas/", {"officer"}}; }
inline Actor Service() { return {"service:ivr", "ivr", "", "", {}, true}; }

inline Unit WaterUnit() { return {"water", "city", "/city/water/", "水务局", true, 2, "", {"供水", "漏水"}}; }
inline Unit WaterOffice() { return {"water-east", "water", "/city/water/water-east/", "水务局东区所", true, 3, "990102", {"漏水"}}; }
inline Unit GasUnit() { return {"gas", "city", "/city/gas/", "燃气公司", true, 2, "", {"燃气"}}; }

inline Actor Lead() { return {"lead-1", "业务负责人", "water", "/city/water/", {"unit_lead"}}; }
inline Actor Head() { return {"head-1", "分管领导", "water", "/city/water/", {"unit_head"}}; }
inline Actor Leader() { return {"leader-1", "市领导", "city", "/city/", {"leader"}}; }

// The process that the software brings along, for any type.
inline absl::StatusOr<Change> Decide(const Ticket* current, const Command& command, const Actor& actor, absl::Time now) {
  return Decide(current, command, actor, now, DefaultProcess(current != nullptr ? current->type : std::get<Create>(command).draft.type));
}

inline Ticket Draft(Type type = Type::kComplaint) {
  Ticket ticket;
  ticket.id = "0192f0c0-0000-7000-8000-000000000001";
  ticket.number = "20261122000001";
  ticket.acceptance_number = "12345678";
  ticket.type = type;
  ticket.channel = Channel::kPhone;
  ticket.title = "小区停水";
  ticket.content = "从昨晚起停水";
  ticket.caller.name = "张三";
  ticket.caller.phone = "13812345678";
  return ticket;
}

inline Ticket Made(const Create& create, const Actor& actor = Agent()) {
  absl::StatusOr<Change> change = Decide(nullptr, create, actor, At(0));
  REQUIRE(change.ok());
  return change->after;
}

// A ticket in the asked state, with the water bureau as lead unit where it has one.
inline Ticket InState(State state) {
  Ticket ticket = Made({Draft()});
  ticket.state = state;
  constexpr uint32_t kWithoutUnit = Bit(State::kTranscribe) | Bit(State::kAccepted) | Bit(State::kRefused) | Bit(State::kAnswerLater) |
                                    Bit(State::kReportedUp) | Bit(State::kCoordination) | Bit(State::kMerged) | Bit(State::kHandedOver);
  if ((kWithoutUnit & Bit(state)) == 0) ticket.unit = ticket.responsible = {"water", "/city/water/"};
  if (state == State::kReturnRequested || state == State::kArbitration) ticket.return_from = State::kSigned;
  if (state == State::kMerged) ticket.group_id = "0192f0c0-0000-7000-8000-000000000002";
  if (state == State::kHandedOver) ticket.handover_body = "110";
  if (IsEnded(state)) ticket.close_time = At(1);
  return ticket;
}

inline std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const base::FieldViolation& violation : base::FieldViolations(status)) fields.push_back(violation.field);
  return fields;
}

}  // namespace hotline::ticket::domain
