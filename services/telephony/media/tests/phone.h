// A small RTP telephone for tests: sends 20 ms frames of whatever it is told and keeps what it hears, paced by a
// timerfd on a thread of its own. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "services/telephony/media/dtmf.h"
#include "services/telephony/media/types.h"

namespace hotline::telephony::media::testing {

class Phone {
 public:
  explicit Phone(Law law = Law::kAlaw);
  ~Phone();
  Phone(const Phone&) = delete;
  Phone& operator=(const Phone&) = delete;

  uint16_t port() const { return port_; }
  void CallPort(uint16_t media_port);       // Where to send; begins sending.
  void SendTone(double hertz, double amplitude = 8000);  // 0 Hz is silence.
  void SendEvents(std::string_view digits);
  void Hush(bool hush) { hush_ = hush; }    // Stops the packets altogether.
  std::vector<int16_t> Heard() const;       // Since the last Forget.
  size_t HeardSamples() const;
  void Forget();
  std::string EventsHeard() const;
  size_t RtcpHeard() const { return rtcp_; }
  size_t Sent() const { return sent_; }     // Packets.

 private:
  void Run();
  void Send();
  void Receive();

  const Law law_;
  int fd_ = -1;
  int rtcp_fd_ = -1;
  int timer_ = -1;
  uint16_t port_ = 0;
  std::atomic<uint16_t> target_{0};
  std::atomic<double> hertz_{0};
  std::atomic<double> amplitude_{0};
  std::atomic<bool> hush_{false};
  std::atomic<bool> stop_{false};
  std::atomic<size_t> rtcp_{0};
  std::atomic<size_t> sent_{0};
  mutable std::mutex mutex_;
  std::vector<int16_t> heard_;
  std::string events_heard_;
  TelephoneEventReceiver event_receiver_;
  TelephoneEventSender event_sender_;
  uint16_t sequence_ = 100;
  uint32_t timestamp_ = 5000;
  uint64_t phase_ = 0;
  std::thread thread_;
};

}  // namespace hotline::telephony::media::testing
