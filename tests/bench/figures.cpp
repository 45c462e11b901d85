#include "tests/bench/figures.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include <nlohmann/json.hpp>

namespace hotline::bench {
namespace {

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(2);
}

Clock::duration Seconds(double seconds) { return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds)); }

}  // namespace

Arguments::Arguments(int argc, char** argv) {
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if (!name.starts_with("--") || i + 1 >= argc) Fail("arguments are pairs of --name and value");
    values_[name.substr(2)] = argv[i + 1];
  }
}

std::string Arguments::Text(const std::string& name) const {
  const auto it = values_.find(name);
  if (it == values_.end()) Fail("--" + name + " is missing");
  return it->second;
}

std::string Arguments::Text(const std::string& name, const std::string& otherwise) const {
  const auto it = values_.find(name);
  return it == values_.end() ? otherwise : it->second;
}

int Arguments::Int(const std::string& name, int otherwise) const {
  const auto it = values_.find(name);
  return it == values_.end() ? otherwise : std::atoi(it->second.c_str());
}

std::string Arguments::File(const std::string& name) const {
  std::ifstream in(Text(name));
  if (!in) Fail("cannot read " + Text(name));
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

double Percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<size_t>(share * static_cast<double>(values.size())))];
}

Count::Count(double warm_up_seconds, double seconds) : begin_(Clock::now() + Seconds(warm_up_seconds)), end_(begin_ + Seconds(seconds)) {}

std::string Count::TakeItem() {
  if (items_.empty()) {
    end_ = std::min(end_, Clock::now());
    return "";
  }
  std::string item = std::move(items_.back());
  items_.pop_back();
  return item;
}

void Count::Done(Clock::time_point began, bool good, const std::string& error) {
  if (!good) {
    ++failed_;
    if (first_error_.empty()) first_error_ = error;
    return;
  }
  const Clock::time_point now = Clock::now();
  if (now < begin_ || now >= end_) return;
  ++done_;
  milliseconds_.push_back(std::chrono::duration<double, std::milli>(now - began).count());
}

void Count::Print(const std::string& name) {
  const double seconds = std::chrono::duration<double>(end_ - begin_).count();
  if (seconds <= 0) Fail("it was over before it was measured");
  const nlohmann::json line = {{"name", name},
                               {"per_second", static_cast<double>(done_) / seconds},
                               {"failed", failed_},
                               {"first_error", first_error_},
                               {"p50_ms", Percentile(milliseconds_, 0.5)},
                               {"p99_ms", Percentile(milliseconds_, 0.99)}};
  std::cout << line.dump() << "\n";
}

}  // namespace hotline::bench
