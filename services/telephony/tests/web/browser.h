// A real headless Chromium on a page served by the test. The page drives itself and reports over HTTP, so that no
// driver is needed. The page's reports are read, and scripts given to it, from the test's thread.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>

namespace hotline::telephony::testing {

class Browser {
 public:
  // Answers an offer with SDP, or with "" for a refusal. Called on the server's thread; may block.
  using OfferHandler = std::function<std::string(const std::string& sdp)>;

  explicit Browser(OfferHandler on_offer);
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  nlohmann::json Report() const;   // The last one; an empty object before the first.
  void Run(std::string script);    // On the page, with its next report.
  void Kill();                     // As a crash would: no goodbye.

 private:
  void Serve();
  void Answer(int connection);
  std::string Handle(const std::string& method, const std::string& path, const std::string& body, int& status);
  void Launch();

  OfferHandler on_offer_;
  std::string page_;
  std::string profile_;
  int listener_ = -1;
  uint16_t port_ = 0;
  pid_t child_ = -1;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  nlohmann::json report_ = nlohmann::json::object();
  std::string script_;
  std::thread server_;
};

}  // namespace hotline::telephony::testing
