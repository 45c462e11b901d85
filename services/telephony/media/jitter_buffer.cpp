#include "services/telephony/media/jitter_buffer.h"

#include <algorithm>

#include "services/telephony/media/g711.h"

namespace hotline::telephony::media {
namespace {
constexpr int32_t Samples(int ms) { return ms * kSampleRate / 1000; }
}  // namespace

JitterBuffer::JitterBuffer(JitterOptions options) : options_(options) {
  // The ring must hold the largest delay plus a burst; a configuration beyond it is cut, not obeyed.
  options_.max_delay_ms = std::clamp(options_.max_delay_ms, kFrameMs, 300);
  options_.min_delay_ms = std::clamp(options_.min_delay_ms, kFrameMs, options_.max_delay_ms);
  options_.initial_delay_ms = std::clamp(options_.initial_delay_ms, options_.min_delay_ms, options_.max_delay_ms);
}

void JitterBuffer::Reset() {
  started_ = false;
  present_.reset();
  late_in_a_row_ = 0;
  pending_expand_ = 0;
  pending_shrink_ = false;
}

void JitterBuffer::Start(uint32_t ssrc, uint32_t timestamp, Law law) {
  Reset();
  started_ = true;
  waiting_ = true;
  ssrc_ = ssrc;
  law_ = law;
  base_ = timestamp;
  play_ = timestamp - static_cast<uint32_t>(Samples(options_.initial_delay_ms));
  window_ticks_ = 0;
  hold_ticks_ = 0;
  window_min_slack_.reset();
  window_max_slack_.reset();
  last_max_slack_ = Samples(options_.initial_delay_ms);
}

bool JitterBuffer::BlockPresent(uint32_t timestamp) const {
  return present_[((timestamp - base_) / kBlock) % kBlocks];
}

void JitterBuffer::Store(uint32_t timestamp, Law law, const uint8_t* payload, size_t samples) {
  if (law != law_) {  // The sender changed its codec in mid-stream (RFC 3264 allows it): keep the ring in one law.
    std::array<uint8_t, kRing> converted;
    TranscodeG711(law_, ring_.data(), kRing, law, converted.data());
    ring_ = converted;
    law_ = law;
  }
  for (size_t done = 0; done + kBlock <= samples; done += kBlock) {
    const uint32_t at = timestamp - base_ + static_cast<uint32_t>(done);
    present_.set((at / kBlock) % kBlocks);
    std::copy_n(payload + done, kBlock, ring_.data() + at % kRing);
  }
}

void JitterBuffer::Late(int32_t slack) {
  ++stats_.late;
  ++late_in_a_row_;
  const int needed = (-slack + kFrameSamples - 1) / kFrameSamples;
  const int delay_now = std::max(last_max_slack_, window_max_slack_.value_or(0)) / kFrameSamples;
  const int room = Samples(options_.max_delay_ms) / kFrameSamples - delay_now;
  pending_expand_ = std::max(pending_expand_, std::min(needed, room));
  pending_shrink_ = false;
  hold_ticks_ = kHoldTicks;
}

void JitterBuffer::Put(uint32_t ssrc, uint32_t timestamp, Law law, const uint8_t* payload, size_t samples) {
  samples -= samples % kBlock;
  if (samples == 0) return;
  if (!started_) {
    Start(ssrc, timestamp, law);
  } else if (ssrc != ssrc_ || ticks_without_packet_ > kIdleTicks) {
    ++stats_.resets;
    Start(ssrc, timestamp, law);
  }
  ticks_without_packet_ = 0;
  // Timestamps off the block grid are moved onto it: less than a millisecond, and only after a restart of the sender.
  timestamp = base_ + (timestamp - base_) / kBlock * kBlock;
  int32_t slack = static_cast<int32_t>(timestamp - play_);
  const int32_t end_slack = slack + static_cast<int32_t>(samples);
  if (end_slack > kRing || slack < -kRing || (slack < 0 && late_in_a_row_ >= kMaxLateInARow)) {
    ++stats_.resets;
    Start(ssrc, timestamp, law);
    slack = static_cast<int32_t>(timestamp - play_);
  }
  window_min_slack_ = std::min(window_min_slack_.value_or(slack), slack);
  window_max_slack_ = std::max(window_max_slack_.value_or(slack), slack);
  if (slack < 0) {
    Late(slack);
    const size_t skip = static_cast<size_t>(std::min<int32_t>(-slack, static_cast<int32_t>(samples)));
    if (skip >= samples) return;
    const size_t aligned = (skip + kBlock - 1) / kBlock * kBlock;
    if (aligned >= samples) return;
    Store(timestamp + static_cast<uint32_t>(aligned), law, payload + aligned, samples - aligned);
    return;
  }
  late_in_a_row_ = 0;
  if (BlockPresent(timestamp)) {
    ++stats_.duplicates;
    return;
  }
  Store(timestamp, law, payload, samples);
}

void JitterBuffer::EndWindow() {
  if (window_min_slack_) {
    const int32_t min_slack = *window_min_slack_;
    const bool worth = hold_ticks_ == 0 || min_slack >= Samples(options_.min_delay_ms) + 3 * kFrameSamples;
    if (min_slack - kFrameSamples >= Samples(options_.min_delay_ms) && worth) pending_shrink_ = true;
    last_max_slack_ = *window_max_slack_;
    stats_.delay_ms = last_max_slack_ * 1000 / kSampleRate;
  }
  window_ticks_ = 0;
  window_min_slack_.reset();
  window_max_slack_.reset();
}

JitterBuffer::Result JitterBuffer::Pull(Frame& frame) {
  if (!started_) return Result::kIdle;
  ++ticks_without_packet_;
  if (hold_ticks_ > 0) --hold_ticks_;
  if (++window_ticks_ >= kWindowTicks) EndWindow();
  if (pending_expand_ > 0) {  // Hold play-out: what is stored stays, everything later gets one frame more time.
    --pending_expand_;
    ++stats_.expanded;
    if (window_min_slack_) *window_min_slack_ += kFrameSamples;
    if (window_max_slack_) *window_max_slack_ += kFrameSamples;
    last_max_slack_ += kFrameSamples;
    frame.law = law_;
    return Result::kStretch;
  }
  if (waiting_ && static_cast<int32_t>(base_ - play_) >= kFrameSamples) {  // Still before the first packet's time.
    play_ += kFrameSamples;
    return Result::kIdle;
  }
  waiting_ = false;
  const bool blend = pending_shrink_;
  const int want = blend ? 2 * kFrameSamples : kFrameSamples;
  frame.law = law_;
  frame.missing.reset();
  size_t found = 0;
  for (int block = 0; block < want / kBlock; ++block) {
    const uint32_t at = play_ - base_ + static_cast<uint32_t>(block * kBlock);
    const size_t index = (at / kBlock) % kBlocks;
    if (present_[index]) {
      std::copy_n(ring_.data() + at % kRing, kBlock, frame.bytes.data() + block * kBlock);
      ++found;
    } else if (block < kFrameSamples / kBlock) {
      frame.missing.set(static_cast<size_t>(block));
    }
    if (block < kFrameSamples / kBlock) present_.reset(index);
  }
  if (blend && found == static_cast<size_t>(want / kBlock)) {
    for (int block = kFrameSamples / kBlock; block < want / kBlock; ++block) {
      const uint32_t at = play_ - base_ + static_cast<uint32_t>(block * kBlock);
      present_.reset((at / kBlock) % kBlocks);
    }
    pending_shrink_ = false;
    ++stats_.shrunk;
    play_ += 2 * kFrameSamples;
    window_min_slack_.reset();
    window_max_slack_.reset();
    last_max_slack_ -= kFrameSamples;
    return Result::kBlended;
  }
  play_ += kFrameSamples;
  if (frame.missing.none()) return Result::kFull;
  return frame.missing.all() ? Result::kMissing : Result::kPartial;
}

}  // namespace hotline::telephony::media
