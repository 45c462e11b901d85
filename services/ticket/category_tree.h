// The category tree in memory. Thread-safe; the store and the clock outlive it.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "libs/base/clock.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

// How old the category tree in memory may be; every replica sees a changed one after this.
inline constexpr absl::Duration kCategoryAge = absl::Seconds(2);

// The category tree, read from the store when it is old.
class CategoryTree {
 public:
  using Categories = std::map<std::string, Category>;

  CategoryTree(Store& store, const base::Clock& clock) : store_(store), clock_(clock) {}
  absl::StatusOr<std::shared_ptr<const Categories>> All();
  void Forget();

 private:
  Store& store_;
  const base::Clock& clock_;
  std::mutex mutex_;
  absl::Time read_at_ = absl::InfinitePast();
  std::shared_ptr<const Categories> categories_ = std::make_shared<Categories>();
};

}  // namespace hotline::ticket
