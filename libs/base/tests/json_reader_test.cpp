#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <unistd.h>

#include "libs/base/error.h"
#include "libs/base/json_reader.h"

namespace hotline::base {
namespace {

JsonReader Read(const char* text) { return JsonReader::Parse(text).value(); }

// "path RULE" of every error.
std::vector<std::string> Errors(const absl::Status& status) {
  std::vector<std::string> all;
  for (const auto& violation : FieldViolations(status)) all.push_back(violation.field + " " + violation.reason);
  return all;
}

TEST_CASE("values are read by type and range") {
  auto root = Read(R"({"s": "x", "i": 5, "d": 0.5, "b": true, "t": "1m30s", "l": ["a", "b"], "m": {"k": "v"},
                       "o": {"n": 1}, "os": [{"n": 2}, {"n": 3}], "om": {"x": {"n": 4}}, "e": "red"})");
  CHECK(root.String("s") == "x");
  CHECK(root.Int("i", 1, 5) == 5);
  CHECK(root.Number("d", 0, 1) == 0.5);
  CHECK(root.Bool("b"));
  CHECK(root.Duration("t", absl::Seconds(1), absl::Hours(1)) == absl::Seconds(90));
  CHECK(root.Strings("l") == std::vector<std::string>{"a", "b"});
  CHECK(root.StringMap("m").at("k") == "v");
  CHECK(root.Object("o").Int("n", 0, 9) == 1);
  auto objects = root.Objects("os");
  REQUIRE(objects.size() == 2);
  CHECK(objects[1].Int("n", 0, 9) == 3);
  objects[0].Int("n", 0, 9);
  CHECK(root.ObjectMap("om").at("x").Int("n", 0, 9) == 4);
  CHECK(root.OneOf("e", {"red", "green"}) == "red");
  CHECK(root.Finish().ok());
}

TEST_CASE("defaults stand in for what is absent") {
  auto root = Read("{}");
  CHECK(root.String("s", "d") == "d");
  CHECK(root.Int("i", 1, 9, 7) == 7);
  CHECK(root.Bool("b", true));
  CHECK(root.Duration("t", absl::Seconds(1), absl::Hours(1), absl::Seconds(3)) == absl::Seconds(3));
  CHECK(root.Strings("l").empty());
  CHECK(root.OptionalSecret("password").empty());
  CHECK(root.Finish().ok());
}

TEST_CASE("every error is told with its path, unknown keys too") {
  auto root = Read(R"({"s": 1, "i": 10, "o": {"n": "x", "typo": 1}, "os": [{"n": 1, "more": 2}, 7], "extra": 0, "t": "5"})");
  root.String("s");
  root.Int("i", 1, 9);
  root.Object("o").Int("n", 0, 9);
  for (auto& object : root.Objects("os")) object.Int("n", 0, 9);
  root.String("missing");
  root.Object("gone").Int("quiet", 0, 9);
  root.Duration("t", absl::Seconds(1), absl::Hours(1));
  const auto status = root.Finish();
  CHECK(Reason(status) == "BAD_CONFIG");
  auto errors = Errors(status);
  std::sort(errors.begin(), errors.end());
  CHECK(errors == std::vector<std::string>{"extra UNKNOWN_KEY", "gone REQUIRED", "i OUT_OF_RANGE", "missing REQUIRED", "o.n BAD_TYPE",
                                           "o.typo UNKNOWN_KEY", "os[0].more UNKNOWN_KEY", "os[1] BAD_TYPE", "s BAD_TYPE",
                                           "t BAD_TYPE"});
}

TEST_CASE("numbers at the edges") {
  auto root = Read(R"({"big": 18446744073709551615, "real": 1.5, "min": -9223372036854775808})");
  root.Int("big", 0, INT64_MAX);
  root.Int("real", 0, 9);
  CHECK(root.Int("min", INT64_MIN, 0) == INT64_MIN);
  CHECK(Errors(root.Finish()) == std::vector<std::string>{"big OUT_OF_RANGE", "real BAD_TYPE"});
}

TEST_CASE("what is no JSON object is refused") {
  for (const char* text : {"", "[]", "7", "{", "{\"a\":1,}", "{\"a\":1} x", "{\"a\":1,\"a\":2}", "{\"o\":{\"k\":1,\"k\":1}}"}) {
    CHECK(Reason(JsonReader::Parse(text).status()) == "BAD_CONFIG");
  }
  CHECK(Reason(JsonReader::FromFile("/nonexistent/x.json").status()) == "FILE_NOT_READABLE");
}

TEST_CASE("secrets come from files or the environment only") {
  char path[] = "/tmp/hotline-secret-XXXXXX";
  const int file = mkstemp(path);
  REQUIRE(file >= 0);
  REQUIRE(write(file, " s3cret \n", 9) == 9);
  close(file);
  const std::string text = std::string(R"({"a_file": ")") + path + R"(", "b_env": "HOTLINE_TEST_SECRET", "c": "inline"})";
  setenv("HOTLINE_TEST_SECRET", "env", 1);
  auto root = Read(text.c_str());
  CHECK(root.Secret("a") == " s3cret");
  CHECK(root.Secret("b") == "env");
  root.Secret("c");
  std::remove(path);
  const auto errors = Errors(root.Finish());
  CHECK(errors == std::vector<std::string>{"c_file REQUIRED", "c UNKNOWN_KEY"});
}

TEST_CASE("a file is read whole up to its limit, and holds no more memory than it needs") {
  char path[] = "/tmp/hotline-file-XXXXXX";
  const int file = mkstemp(path);
  REQUIRE(file >= 0);
  close(file);
  constexpr size_t kBytes = 200'000;  // several pieces
  std::string content(kBytes, 'x');
  content.back() = 'y';
  std::ofstream(path, std::ios::binary) << content;
  const auto whole = ReadFile(path, size_t{64} << 20);
  REQUIRE(whole.ok());
  CHECK(*whole == content);
  CHECK(whole->capacity() < 2 * kBytes);
  CHECK(ReadFile(path, kBytes).ok());
  CHECK(Reason(ReadFile(path, kBytes - 1).status()) == "FILE_TOO_LARGE");
  std::remove(path);
  CHECK(Reason(ReadFile(path, kBytes).status()) == "FILE_NOT_READABLE");
}

}  // namespace
}  // namespace hotline::base
