// The pure rules: targets, ranges, rate limits, origins.
#include <catch2/catch.hpp>

#include "libs/base/error.h"
#include "services/gateway/domain/map_tiles.h"
#include "services/gateway/domain/range.h"
#include "services/gateway/domain/rate_limiter.h"
#include "services/gateway/domain/url.h"

namespace hotline::gateway {
namespace {

TEST_CASE("percent escapes are decoded strictly") {
  CHECK(PercentDecode("a%2Fb", false) == "a/b");
  CHECK(PercentDecode("%E6%B0%B4+1", true) == "水 1");
  CHECK(PercentDecode("a+b", false) == "a+b");
  for (const char* bad : {"%", "%2", "%zz", "%00", "%ff"}) CHECK_FALSE(PercentDecode(bad, false).has_value());
}

TEST_CASE("a query is a list of parameters, in order, repeated names included") {
  const auto query = ParseQuery("states=A&states=B&query=%E6%B0%B4&empty=&bare");
  REQUIRE(query.ok());
  REQUIRE(query->size() == 5);
  CHECK((*query)[1].value == "B");
  CHECK((*query)[2].value == "水");
  CHECK((*query)[4].name == "bare");
  CHECK(base::FieldViolations(ParseQuery("a=%zz").status())[0].field == "a");
  std::string many;
  for (int i = 0; i < 300; ++i) many += "a=1&";
  CHECK_FALSE(ParseQuery(many).ok());
}

TEST_CASE("field paths are told in lowerCamelCase") {
  CHECK(LowerCamelPath("caller.phone_number") == "caller.phoneNumber");
  CHECK(LowerCamelPath("items[2].unit_id") == "items[2].unitId");
  CHECK(LowerCamelPath("pageSize") == "pageSize");
}

TEST_CASE("a page of the same host or a listed origin may connect, others not") {
  CHECK(OriginAllowed("https://hotline.example", "hotline.example", {}));
  CHECK(OriginAllowed("http://127.0.0.1:8080", "127.0.0.1:8080", {}));
  CHECK_FALSE(OriginAllowed("https://evil.example", "hotline.example", {}));
  CHECK_FALSE(OriginAllowed("https://hotline.example.evil", "hotline.example", {}));
  CHECK_FALSE(OriginAllowed("null", "hotline.example", {}));
  CHECK_FALSE(OriginAllowed("http://", "", {}));
  CHECK(OriginAllowed("https://portal.example", "hotline.example", {"https://portal.example"}));
}

TEST_CASE("TKT-2: tiles are loaded from the hosts that were named, and the policy allows images from there alone") {
  CHECK(TileOrigin("https://tiles.example/{z}/{x}/{y}.png") == "https://tiles.example");
  CHECK(TileOrigin("http://10.1.2.3:8080/wmts?layer=vec&z={z}&x={x}&y={y}&tk=0a1b") == "http://10.1.2.3:8080");
  CHECK(TileOrigin("/tiles/{z}/{x}/{y}") == "");
  for (const char* bad : {"", "tiles/{z}/{x}/{y}", "https://tiles.example", "https://{s}.tiles.example/{z}/{x}/{y}", "https://tiles.example/{z}/{x}/{y}/{y}",
                          "https://tiles.example/{z}/{x}", "https://*/{z}/{x}/{y}", "https://*.example/{z}/{x}/{y}", "https:///{z}/{x}/{y}", "//tiles.example/{z}/{x}/{y}",
                          "https://user@tiles.example/{z}/{x}/{y}", "https://tiles.example:/{z}/{x}/{y}", "https://tiles.example:80a/{z}/{x}/{y}",
                          "https://tiles.example/{z}/{x}/{y};script-src *", "https://tiles.example /{z}/{x}/{y}", "javascript:/{z}/{x}/{y}", "data:image/{z}/{x}/{y}",
                          "https://tiles.example/{z}/{x}/{y}\r\nX: y", "https://瓦片.example/{z}/{x}/{y}"}) {
    INFO(bad);
    CHECK_FALSE(TileOrigin(bad).has_value());
  }
  CHECK_FALSE(TileOrigin("https://tiles.example/{z}/{x}/{y}" + std::string(500, 'a')).has_value());

  const auto images = [](const std::vector<std::string>& tiles) {
    const std::string policy = ContentSecurityPolicy(tiles);
    const size_t at = policy.find("img-src");
    return policy.substr(at, policy.find(';', at) - at);
  };
  CHECK(images({}) == "img-src 'self' data: blob:");
  CHECK(images({"/tiles/{z}/{x}/{y}"}) == "img-src 'self' data: blob:");
  CHECK(images({"https://b.example/a/{z}/{x}/{y}", "https://b.example/b/{z}/{x}/{y}", "https://a.example/{z}/{x}/{y}"}) ==
        "img-src 'self' data: blob: https://a.example https://b.example");
}

TEST_CASE("one range of bytes is understood, everything else is answered whole") {
  const auto resolved = [](const char* header, int64_t size) {
    const auto asked = ParseRange(header);
    REQUIRE(asked.has_value());
    return Resolve(*asked, size);
  };
  CHECK(resolved("bytes=0-", 10)->length == 10);
  CHECK(resolved("bytes=2-4", 10)->first == 2);
  CHECK(resolved("bytes=2-4", 10)->length == 3);
  CHECK(resolved("bytes=5-99", 10)->length == 5);
  CHECK(resolved("bytes=-3", 10)->first == 7);
  CHECK(resolved("bytes=-30", 10)->length == 10);
  CHECK_FALSE(resolved("bytes=10-", 10).has_value());
  CHECK_FALSE(resolved("bytes=-0", 10).has_value());
  CHECK_FALSE(resolved("bytes=0-", 0).has_value());
  for (const char* other : {"", "bytes=", "bytes=-", "items=1-2", "bytes=4-2", "bytes=1-2,4-5", "bytes=a-b", "bytes=--3", "bytes=99999999999999999999-"}) {
    CHECK_FALSE(ParseRange(other).has_value());
  }
}

TEST_CASE("a bucket gives its burst at once and its rate over time") {
  RateLimiter limiter({.per_second = 10, .burst = 3}, 100);
  absl::Time now = absl::FromUnixSeconds(1'000);
  for (int i = 0; i < 3; ++i) CHECK(limiter.Take("a", now) == absl::ZeroDuration());
  CHECK(limiter.Take("a", now) == absl::Milliseconds(100));
  CHECK(limiter.Take("b", now) == absl::ZeroDuration());
  CHECK(limiter.Take("a", now + absl::Milliseconds(100)) == absl::ZeroDuration());
  CHECK(limiter.Take("a", now - absl::Hours(1)) > absl::ZeroDuration());  // a clock step gives nothing
}

TEST_CASE("the table of buckets is bounded and forgets who was idle longest") {
  RateLimiter limiter({.per_second = 1, .burst = 1}, 2);
  const absl::Time now = absl::FromUnixSeconds(1'000);
  CHECK(limiter.Take("a", now) == absl::ZeroDuration());
  CHECK(limiter.Take("b", now) == absl::ZeroDuration());
  CHECK(limiter.Take("a", now) > absl::ZeroDuration());
  CHECK(limiter.Take("c", now) == absl::ZeroDuration());  // b goes
  CHECK(limiter.size() == 2);
  CHECK(limiter.Take("a", now) > absl::ZeroDuration());
}

TEST_CASE("no limit means no limit") {
  RateLimiter limiter({.per_second = 0, .burst = 0}, 2);
  for (int i = 0; i < 1000; ++i) REQUIRE(limiter.Take("a", absl::UnixEpoch()) == absl::ZeroDuration());
}

}  // namespace
}  // namespace hotline::gateway
