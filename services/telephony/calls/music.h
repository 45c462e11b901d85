// Music on hold, made by a program so that nobody's rights are touched, and the tones that stand in for missing
// announcements. Pure.
#pragma once

#include "services/telephony/media/prompt.h"

namespace hotline::telephony {

// A soft tune of half a minute, to be looped.
media::PromptPtr HoldMusic();

}  // namespace hotline::telephony
