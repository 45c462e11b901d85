#include "services/ticket/category_tree.h"

#include "libs/base/error.h"

namespace hotline::ticket {

absl::StatusOr<std::shared_ptr<const CategoryTree::Categories>> CategoryTree::All() {
  std::lock_guard lock(mutex_);
  const absl::Time now = clock_.Now();
  if (now - read_at_ < kCategoryAge && now >= read_at_) return categories_;
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<Category> read, store_.Categories());
  const auto categories = std::make_shared<Categories>();
  for (const Category& category : read) (*categories)[category.id] = category;
  categories_ = categories;  // whoever still reads the old ones keeps them
  read_at_ = now;
  return categories_;
}

void CategoryTree::Forget() {
  std::lock_guard lock(mutex_);
  read_at_ = absl::InfinitePast();
}

}  // namespace hotline::ticket
