#include "libs/base/page.h"

#include <absl/strings/escaping.h>
#include <sodium.h>

#include <array>

#include "libs/base/error.h"

namespace hotline::base {
namespace {

constexpr size_t kDigestBytes = crypto_generichash_BYTES_MIN;

}  // namespace

PageQuery::PageQuery(std::string_view kind, const std::vector<std::string>& filter) {
  std::string text(kind);
  for (const std::string& part : filter) {
    text += '\0';
    text += std::to_string(part.size()) + ":" + part;
  }
  std::array<unsigned char, kDigestBytes> digest;
  crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
  digest_.assign(digest.begin(), digest.end());
}

absl::StatusOr<Page> PageQuery::Read(int page_size, std::string_view page_token, int size_default, int size_most) const {
  if (page_size < 0 || page_size > size_most) {
    return InvalidField("page_size", "OUT_OF_RANGE", "0 to " + std::to_string(size_most));
  }
  Page page{.after = "", .size = page_size == 0 ? size_default : page_size};
  if (page_token.empty()) return page;
  std::string raw;
  if (page_token.size() > kMaxPageToken || !absl::WebSafeBase64Unescape(absl::string_view(page_token.data(), page_token.size()), &raw) ||
      raw.size() <= kDigestBytes || raw.compare(0, kDigestBytes, digest_) != 0) {
    return InvalidField("page_token", "BAD_PAGE_TOKEN", "not a token of this query");
  }
  page.after = raw.substr(kDigestBytes);
  return page;
}

std::string PageQuery::Token(std::string_view after) const {
  return absl::WebSafeBase64Escape(digest_ + std::string(after));
}

}  // namespace hotline::base
