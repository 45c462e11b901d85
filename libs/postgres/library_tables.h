// The tables every service's schema has because the libraries need them. Constant data.
#pragma once

#include <string_view>
#include <vector>

namespace hotline::postgres {

struct LibraryMigration {
  int number;
  std::string_view name;
  std::string_view sql;
};

// In order. An entry that was released is never changed; new needs are new entries.
const std::vector<LibraryMigration>& LibraryMigrations();

}  // namespace hotline::postgres
