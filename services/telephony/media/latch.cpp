#include "services/telephony/media/latch.h"

namespace hotline::telephony::media {

void Latch::Signal(Endpoint remote) {
  if (remote == signalled_) return;
  signalled_ = remote;
  remote_ = remote;
  state_ = State::kLearning;
  candidate_ = {};
  candidate_packets_ = 0;
  seen_ = 0;
}

bool Latch::Accept(Endpoint source) {
  if (state_ == State::kLatched) return source == remote_;
  if (!signalled_) return false;  // Nothing is expected before the peer's SDP.
  ++seen_;
  if (source.ip == signalled_.ip) {
    remote_ = source;
    state_ = State::kLatched;
    return true;
  }
  if (!allow_other_host_ || seen_ > kLearnPackets) return false;
  candidate_packets_ = source == candidate_ ? candidate_packets_ + 1 : 1;
  candidate_ = source;
  if (candidate_packets_ < kProofPackets) return false;
  remote_ = source;
  state_ = State::kLatched;
  return true;
}

}  // namespace hotline::telephony::media
