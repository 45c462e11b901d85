// What the load generators share: arguments, counting within the measured time, percentiles.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace hotline::bench {

using Clock = std::chrono::steady_clock;

// `--name value` pairs.
class Arguments {
 public:
  Arguments(int argc, char** argv);
  // Ends the program when a required one is missing.
  std::string Text(const std::string& name) const;
  std::string Text(const std::string& name, const std::string& otherwise) const;
  int Int(const std::string& name, int otherwise) const;
  // The content of the file that the argument names.
  std::string File(const std::string& name) const;

 private:
  std::map<std::string, std::string> values_;
};

// The value below which `share` of them lie; sorts. 0 when there are none.
double Percentile(std::vector<double>& values, double share);

// Answers counted between the end of the warm-up and the end. Used by one thread.
class Count {
 public:
  Count(double warm_up_seconds, double seconds);
  bool Running() const { return Clock::now() < end_; }
  // What requests are about, each taken once; when all are taken, the measured time ends. Empty: none is left.
  void SetItems(std::vector<std::string> items) { items_ = std::move(items); }
  std::string TakeItem();
  // One request that was answered; what fails counts whenever it was.
  void Done(Clock::time_point began, bool good, const std::string& error);
  // One JSON line.
  void Print(const std::string& name);
  uint64_t failed() const { return failed_; }

 private:
  const Clock::time_point begin_;
  Clock::time_point end_;
  std::vector<std::string> items_;
  uint64_t done_ = 0, failed_ = 0;
  std::string first_error_;
  std::vector<double> milliseconds_;
};

}  // namespace hotline::bench
