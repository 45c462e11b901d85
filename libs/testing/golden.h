// Golden files: expected text kept in the tree beside the test. Safe from any thread.
#pragma once

#include <string>
#include <string_view>

namespace hotline::testing {

// Compares with the file (path relative to the root of the sources). Returns an empty string if equal, else what differs.
// With HOTLINE_UPDATE_GOLDEN=1 in the environment the file is written instead.
//   CHECK(testing::GoldenDifference("services/ticket/tests/golden/history.json", text) == "");
std::string GoldenDifference(std::string_view path, std::string_view actual);

}  // namespace hotline::testing
