// The table of decide.h as a page for people.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <vector>

#include "services/ticket/domain/decide.h"

namespace hotline::ticket::domain {
namespace {

std::string_view RelationName(Relation relation) {
  switch (relation) {
    case Relation::kCentre: return "the centre";
    case Relation::kLead: return "lead unit";
    case Relation::kCentreOrLead: return "the centre, lead unit";
    case Relation::kCoUnit: return "co-handling unit";
    case Relation::kSees: return "whoever sees it";
    case Relation::kService: return "a service";
    case Relation::kSupervision: return "supervision";
    case Relation::kLeader: return "leader, supervision";
    case Relation::kDecider: return "the decider of the process";
  }
  return "";
}

std::vector<std::string> Names(uint32_t states) {
  std::vector<std::string> names;
  for (int i = 0; i < kStates; ++i) {
    if (states & (1u << i)) names.emplace_back(StateName(static_cast<State>(i)));
  }
  return names;
}

// A few states by name, most of them by those that are missing.
std::string Set(uint32_t states) {
  constexpr int kFew = 10;
  const std::vector<std::string> names = Names(states);
  if (states == kEveryState) return "all";
  if (states == (kEveryState & ~kEndedStates)) return "all open";
  if (names.size() <= kFew) return absl::StrJoin(names, ", ");
  return absl::StrCat("all but ", absl::StrJoin(Names(kEveryState & ~states), ", "));
}

}  // namespace

std::string PrintRules() {
  std::string page =
      "# The life of a ticket\n\nPrinted by `hotline-ticket --print-states` from the table in `services/ticket/domain/decide.cpp`; a test holds the two together.\n"
      "The process of the ticket's type (PLT-6) says which of the ways are taken.\n\n| command | by | from | to | what |\n|---|---|---|---|---|\n";
  for (const Rule& rule : Rules()) {
    const auto sv = [](std::string_view text) { return absl::string_view(text.data(), text.size()); };
    absl::StrAppend(&page, "| ", sv(rule.command), " | ", sv(RelationName(rule.by)), " | ", rule.from == Bit(State::kNone) ? "(none)" : Set(rule.from), " | ",
                    rule.to == 0 ? "unchanged" : Set(rule.to), " | ", sv(rule.why), " |\n");
  }
  absl::StrAppend(&page, "\n```mermaid\nstateDiagram-v2\n");
  for (const Rule& rule : Rules()) {
    // Those that may be given nearly everywhere would make the drawing unreadable.
    if (rule.to == 0 || rule.command == "instruct" || rule.command == "withdraw") continue;
    for (const std::string& from : Names(rule.from)) {
      for (const std::string& to : Names(rule.to)) {
        if (from != to) absl::StrAppend(&page, "  ", from == "none" ? "[*]" : from, " --> ", to, ": ", absl::string_view(rule.command.data(), rule.command.size()), "\n");
      }
    }
  }
  absl::StrAppend(&page, "```\n");
  return page;
}

}  // namespace hotline::ticket::domain
