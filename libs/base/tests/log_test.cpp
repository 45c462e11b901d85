// Lines reach standard error: gathered, but neither held back nor lost when the program ends.
#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>

#include "libs/base/log.h"

namespace hotline::base {
namespace {

// A process whose standard error is read here; ends with the test.
class Writer {
 public:
  explicit Writer(const std::function<void()>& work) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    std::cout.flush();  // or the child writes it too
    pid_ = fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      dup2(ends[1], STDERR_FILENO);
      close(ends[0]);
      close(ends[1]);
      log::Init("test", log::Level::kInfo);
      work();
      std::exit(0);
    }
    close(ends[1]);
    from_ = ends[0];
  }
  ~Writer() {
    close(from_);
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  // All up to this text; waits for it.
  std::string ReadTo(const std::string& end) {
    std::string text;
    char c = 0;
    while (!text.ends_with(end) && read(from_, &c, 1) == 1) text += c;
    return text;
  }

 private:
  pid_t pid_ = 0;
  int from_ = -1;
};

size_t Lines(const std::string& text) { return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')); }

TEST_CASE("log lines come without anything after them, in order") {
  Writer writer([] {
    for (int i = 0; i < 3; ++i) log::Info("line", {{"number", i}});
    pause();
  });
  const std::string text = writer.ReadTo("\"number\":2}\n");
  CHECK(Lines(text) == 3);
  CHECK(text.starts_with("{\"time\":\""));
  CHECK(text.find("\"number\":0") < text.find("\"number\":1"));
}

TEST_CASE("a warning takes what was logged before it along, whatever happens then") {
  Writer writer([] {
    for (int i = 0; i < 50; ++i) log::Info("line", {{"number", i}});
    log::Warn("bad");
    raise(SIGKILL);
  });
  CHECK(Lines(writer.ReadTo("never")) == 51);
}

TEST_CASE("a program that ends loses no line, and many are no more than few") {
  Writer writer([] {
    for (int i = 0; i < 5000; ++i) log::Info("line", {{"number", i}});
  });
  const std::string text = writer.ReadTo("never");
  CHECK(Lines(text) == 5000);
  CHECK(text.ends_with("\"number\":4999}\n"));
}

}  // namespace
}  // namespace hotline::base
