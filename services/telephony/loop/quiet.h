// Limits what libre writes to stderr; see quiet.cpp. Safe from any thread.
#pragma once

#include <cstdint>

namespace hotline::telephony {

// Lines of libre's that were not written. The loop refers to it, which makes the linker keep the replacement.
std::uint64_t LibreLinesLeftOut();

}  // namespace hotline::telephony
