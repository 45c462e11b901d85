#include "libs/testing/golden.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace hotline::testing {

std::string GoldenDifference(std::string_view path, std::string_view actual) {
  const std::filesystem::path file = std::filesystem::path(HOTLINE_SOURCE_DIR) / path;
  if (const char* update = getenv("HOTLINE_UPDATE_GOLDEN"); update != nullptr && std::string_view(update) == "1") {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << actual;
    return "";
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return "there is no " + std::string(path) + "; run with HOTLINE_UPDATE_GOLDEN=1 to make it";
  std::stringstream text;
  text << stream.rdbuf();
  std::istringstream expected_lines(text.str()), actual_lines{std::string(actual)};
  if (text.str() == actual) return "";
  std::string expected_line, actual_line;
  for (int line = 1;; ++line) {
    const bool more_expected = static_cast<bool>(std::getline(expected_lines, expected_line));
    const bool more_actual = static_cast<bool>(std::getline(actual_lines, actual_line));
    if (!more_expected && !more_actual) return "the ends of the last lines differ";
    if (more_expected == more_actual && expected_line == actual_line) continue;
    return "line " + std::to_string(line) + "\n  expected: " + (more_expected ? expected_line : "(end)") +
           "\n  actual:   " + (more_actual ? actual_line : "(end)");
  }
}

}  // namespace hotline::testing
