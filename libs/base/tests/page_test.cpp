#include "libs/base/page.h"

#include <catch2/catch.hpp>

#include "libs/base/error.h"

namespace hotline::base {
namespace {

TEST_CASE("a page token leads to the next page of its query") {
  const PageQuery query("units", {"root"});
  const auto first = query.Read(0, "", 200, 1000);
  REQUIRE(first.ok());
  CHECK(first->size == 200);
  CHECK(first->after.empty());
  const auto next = query.Read(5, query.Token("/root/a/"), 200, 1000);
  REQUIRE(next.ok());
  CHECK(next->size == 5);
  CHECK(next->after == "/root/a/");
}

TEST_CASE("a page token of another query, or no token at all, is refused by name") {
  const PageQuery query("units", {"root"});
  for (const std::string& token : {PageQuery("units", {"other"}).Token("x"), PageQuery("users", {"root"}).Token("x"),
                                   PageQuery("units", {"ro", "ot"}).Token("x"), std::string("%%%"), std::string("AAAA"),
                                   std::string(5000, 'A')}) {
    const auto page = query.Read(0, token, 200, 1000);
    REQUIRE_FALSE(page.ok());
    CHECK(FieldViolations(page.status()).at(0).field == "page_token");
    CHECK(FieldViolations(page.status()).at(0).reason == "BAD_PAGE_TOKEN");
  }
}

TEST_CASE("a page size out of range is refused by name") {
  const PageQuery query("units", {});
  CHECK(FieldViolations(query.Read(-1, "", 10, 100).status()).at(0).field == "page_size");
  CHECK_FALSE(query.Read(101, "", 10, 100).ok());
  CHECK(query.Read(100, "", 10, 100).ok());
}

}  // namespace
}  // namespace hotline::base
