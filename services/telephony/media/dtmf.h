// Digits: RFC 4733 telephone-events both ways, in-band detection and generation, and the joining of the two when a
// peer sends a digit both ways at once. Everything here is driven by packets, frames and ticks given to it; nothing
// keeps time of its own. Not thread-safe; lives on one media thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "services/telephony/media/rtp_packet.h"
#include "services/telephony/media/types.h"

namespace hotline::telephony::media {

enum class DigitSource : uint8_t { kTelephoneEvent, kInBand };

// RFC 4733 section 3.2: events 0..15 are 0-9 * # A-D.
std::optional<char> DigitOfEvent(uint8_t event);
std::optional<uint8_t> EventOfDigit(char digit);

// Receives telephone-events. A digit is reported at its first packet, whichever of its packets that is, so that losing
// the start, the middle or all three end packets still gives exactly one digit.
class TelephoneEventReceiver {
 public:
  // The digit newly pressed, or nullopt for repetitions, continuations, stale and foreign events.
  std::optional<char> Receive(const RtpView& packet);

 private:
  bool any_ = false;
  uint8_t event_ = 0;
  uint32_t timestamp_ = 0;  // Of the running or last event.
  uint32_t duration_ = 0;
  bool ended_ = false;
};

// Sends queued digits as telephone-events: one packet per tick while a digit lasts, then the end packet three times
// (RFC 4733 section 2.5.1.4), then a pause.
class TelephoneEventSender {
 public:
  struct Packet {
    bool marker = false;
    uint32_t timestamp = 0;
    uint8_t payload[4] = {};
  };
  // False when the queue is full or a digit is not one; nothing is queued then.
  bool Queue(std::string_view digits, int digit_ms, int pause_ms);
  bool active() const { return !queue_.empty(); }
  // True while the running digit takes the place of audio.
  bool sounding() const { return active() && phase_ != Phase::kPause; }
  // The packet of this tick, or nullopt in pauses. `now` is the RTP timestamp of this tick's audio frame.
  std::optional<Packet> Tick(uint32_t now);

 private:
  enum class Phase { kStart, kSounding, kEnd, kPause };
  struct Item {
    uint8_t event;
    int duration_samples;
    int pause_ticks;
  };
  Packet Make(bool marker, bool end) const;

  std::deque<Item> queue_;
  Phase phase_ = Phase::kStart;
  uint32_t start_ = 0;
  int elapsed_ = 0;
  int ends_sent_ = 0;
  int pause_left_ = 0;
};

// Sends queued digits as tones, for peers without telephone-event.
class ToneDigitSender {
 public:
  bool Queue(std::string_view digits, int digit_ms, int pause_ms);
  bool active() const { return !queue_.empty(); }
  void Fill(int16_t* frame);

 private:
  struct Item {
    double low, high;
    int samples, pause;
  };
  std::deque<Item> queue_;
  int position_ = 0;
};

// Finds digits in audio, one stream. Decides as librem's dtmf_dec does, at a third of its cost: the correlation with the
// eight frequencies is computed for many of them at once, where Goertzel's recurrence has each sample wait for the last.
class InBandDetector {
 public:
  using Handler = std::function<void(char)>;
  explicit InBandDetector(Handler handler) : handler_(std::move(handler)) {}
  InBandDetector(const InBandDetector&) = delete;
  InBandDetector& operator=(const InBandDetector&) = delete;
  void Feed(const int16_t* frame, size_t samples);

  static constexpr size_t kBlock = 102;  // Samples judged together, 12.75 ms.
  static constexpr size_t kTones = 8;    // The keypad's rows, then its columns.

 private:
  void Correlate(const int16_t* samples, size_t count);
  char Digit() const;
  void EndBlock();

  Handler handler_;
  std::array<float, 2 * kTones> sums_{};  // Real parts, then imaginary ones, of the running block.
  int64_t energy_ = 0;
  size_t filled_ = 0;
  char digit_ = 0;     // Held, 0 none.
  char previous_ = 0;  // Of the block before.
};

// Lets one key press through once although it is seen both as an event and as a tone: each report cancels one report of
// the same digit by the other source within the window.
class DigitJoiner {
 public:
  // True when the digit is new and to be reported.
  bool Accept(char digit, DigitSource source, uint64_t now_ms);

 private:
  static constexpr uint64_t kWindowMs = 500;
  static constexpr size_t kMaxUnpaired = 16;
  struct Unpaired {
    char digit;
    DigitSource source;
    uint64_t at_ms;
  };
  std::deque<Unpaired> unpaired_;
};

}  // namespace hotline::telephony::media
