// Pages of a list (google.aip.dev/158): the size asked for, and tokens bound to the query, so that a token of one query is
// refused by another. A token says where the next page begins; it is no secret and no right. Pure; thread-safe.
//
//   const base::PageQuery query("units", {request.parent_id()});
//   HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), 200, 1000));
//   ... read page.size + 1 rows after page.after; with more than page.size of them: query.Token(last row shown)
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

namespace hotline::base {

inline constexpr size_t kMaxPageToken = 1024;

struct Page {
  std::string after;  // key of the last row of the page before; empty for the first page
  int size = 0;
};

class PageQuery {
 public:
  // `kind` and everything that selects or orders rows.
  PageQuery(std::string_view kind, const std::vector<std::string>& filter);

  // INVALID_ARGUMENT naming page_size (OUT_OF_RANGE) or page_token (BAD_PAGE_TOKEN).
  absl::StatusOr<Page> Read(int page_size, std::string_view page_token, int size_default, int size_most) const;
  std::string Token(std::string_view after) const;

 private:
  std::string digest_;
};

}  // namespace hotline::base
