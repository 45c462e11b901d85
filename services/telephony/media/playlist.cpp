#include "services/telephony/media/playlist.h"

#include <algorithm>
#include <array>

#include "services/telephony/media/errors.h"
#include "services/telephony/media/limits.h"

namespace hotline::telephony::media {
namespace {

template <uint8_t kByte>
const uint8_t* ConstantFrame() {
  static const auto frame = [] {
    std::array<uint8_t, kFrameSamples> bytes;
    bytes.fill(kByte);
    return bytes;
  }();
  return frame.data();
}

}  // namespace

absl::Status CheckPlaylist(const Playlist& playlist) {
  if (playlist.items.empty()) return InvalidMediaError("items", "the playlist is empty");
  if (playlist.items.size() > static_cast<size_t>(kMaxPlaylistItems)) return InvalidMediaError("items", "the playlist is too long");
  for (const PromptPtr& item : playlist.items) {
    if (item == nullptr || item->alaw.empty()) return InvalidMediaError("items", "a prompt is empty");
  }
  if (playlist.loops < 0) return InvalidMediaError("loops", "must not be negative");
  if (playlist.gap_ms < 0 || playlist.gap_ms > kMaxGapMs) return InvalidMediaError("gap_ms", "out of range");
  if (playlist.start_ms < 0) return InvalidMediaError("start_ms", "must not be negative");
  return absl::OkStatus();
}

Player::Player(Playlist playlist) : playlist_(std::move(playlist)), active_(true) {
  int64_t skip = playlist_.start_ms / kFrameMs * kFrameSamples;
  int64_t total = 0;
  for (const PromptPtr& item : playlist_.items) total += static_cast<int64_t>(item->alaw.size());
  skip %= total;
  while (skip >= static_cast<int64_t>(playlist_.items[item_]->alaw.size())) {
    skip -= static_cast<int64_t>(playlist_.items[item_]->alaw.size());
    ++item_;
  }
  offset_ = static_cast<size_t>(skip);
  prompt_ = playlist_.items[item_].get();
}

bool Player::StartItem() {
  if (item_ == playlist_.items.size()) {
    item_ = 0;
    ++pass_;
    if (playlist_.loops != 0 && pass_ >= playlist_.loops) return false;
  }
  prompt_ = playlist_.items[item_].get();
  return true;
}

bool Player::Next(Law law, const uint8_t** coded, const uint8_t** alaw) {
  if (!active_) return false;
  if (offset_ >= prompt_->alaw.size()) {
    ++item_;
    offset_ = 0;
    if (!StartItem()) {
      active_ = false;
      return false;
    }
    gap_left_ = (playlist_.gap_ms + kFrameMs - 1) / kFrameMs * kFrameSamples;
  }
  played_ms_ += kFrameMs;
  if (gap_left_ > 0) {
    gap_left_ -= kFrameSamples;
    *coded = law == Law::kAlaw ? ConstantFrame<kAlawSilence>() : ConstantFrame<kUlawSilence>();
    *alaw = ConstantFrame<kAlawSilence>();
    return true;
  }
  *coded = prompt_->coded(law).data() + offset_;
  *alaw = prompt_->alaw.data() + offset_;
  offset_ += kFrameSamples;
  ahead_ = *coded + kFrameSamples;
  return true;
}

}  // namespace hotline::telephony::media
