// The events that a fact becomes. Pure functions. Ids only: no numbers of callers.
#pragma once

#include <absl/time/time.h>

#include "hotline/events/v1/telephony.pb.h"
#include "hotline/telephony/v1/telephony.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace hotline::telephony {

google::protobuf::Timestamp ToTimestamp(absl::Time time);
absl::Time FromTimestamp(const google::protobuf::Timestamp& time);

events::v1::CallEnded EndedEvent(const v1::Call& call);
events::v1::RecordingKept KeptEvent(const v1::Recording& recording);
events::v1::MessageLeft LeftEvent(const v1::Recording& recording);

}  // namespace hotline::telephony
