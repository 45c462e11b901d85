#include "services/ticket/domain/ticket.h"

#include <algorithm>
#include <array>

namespace hotline::ticket::domain {

std::string_view StateName(State state) {
  constexpr std::array<std::string_view, kStates> kNames = {"none", "transcribe", "accepted", "dispatched", "signed", "return_requested",
                                                            "replied", "callback", "closed", "archived", "refused", "answer_later", "reported_up",
                                                            "coordination", "arbitration", "approval", "merged", "handed_over"};
  const auto index = static_cast<size_t>(state);
  return index < kNames.size() ? kNames[index] : "unknown";
}

bool Actor::Has(std::string_view role) const { return std::find(roles.begin(), roles.end(), role) != roles.end(); }

}  // namespace hotline::ticket::domain
