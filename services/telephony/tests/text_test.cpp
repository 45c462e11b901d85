#include <catch2/catch.hpp>

#include "services/telephony/sip/body.h"
#include "services/telephony/sip/dialog.h"
#include "services/telephony/sip/limits.h"
#include "services/telephony/sip/text.h"
#include "services/telephony/sip/trunk.h"

using namespace hotline::telephony;

TEST_CASE("text: user parts are cleaned or dropped") {
  CHECK(CleanUser("+8613800000001") == "+8613800000001");
  CHECK(CleanUser("%31%32") == "12");
  CHECK(CleanUser("12345;phone-context=+86") == "12345");
  CHECK(CleanUser("12%0d%0aX: y").empty());
  CHECK(CleanUser("a b").empty());
  CHECK(CleanUser("1%00").empty());
  CHECK(CleanUser("%3").empty());
  CHECK(CleanUser(std::string(kMaxUserBytes + 1, '1')).empty());
  CHECK(CleanUser("").empty());
}

TEST_CASE("text: numbers to dial") {
  CHECK(IsDialable("10086"));
  CHECK(IsDialable("+86*1#"));
  CHECK_FALSE(IsDialable(""));
  CHECK_FALSE(IsDialable("+"));
  CHECK_FALSE(IsDialable("1+2"));
  CHECK_FALSE(IsDialable("12a"));
}

TEST_CASE("text: display names keep what can be shown") {
  CHECK(CleanDisplay("热线 12345", 128) == "热线 12345");
  CHECK(CleanDisplay("热线", 4) == "热");
  CHECK(CleanDisplay("a\"b\\c<d>\r\ne\x7f", 128) == "abcde");
  CHECK(CleanDisplay("\xff\xc0\x80ok\xed\xa0\x80", 128) == "ok");
  CHECK(IsUtf8("热"));
  CHECK_FALSE(IsUtf8("\xe7\x83"));
}

TEST_CASE("text: splitting respects quotes and brackets") {
  CHECK(SplitOutsideQuotes(R"(a, "b,\"c" ,<d,e>)", ',') == std::vector<std::string_view>{"a", R"("b,\"c")", "<d,e>"});
  CHECK(Parameter(";a=1;b=\"x;y\";lr", "B") == "x;y");
  CHECK(Parameter(";a=1;lr", "lr") == "");
  CHECK_FALSE(Parameter(";a=1", "b"));
}

TEST_CASE("text: numbers and tokens") {
  CHECK(ParseNumber("255", 255) == 255);
  CHECK_FALSE(ParseNumber("256", 255));
  CHECK_FALSE(ParseNumber("-1", 255));
  CHECK_FALSE(ParseNumber("1 ", 255));
  CHECK_FALSE(ParseNumber("99999999999999999999999", UINT64_MAX));
  CHECK(IsToken("!interesting-Method0123456789_*+`.%indeed'~"));
  CHECK_FALSE(IsToken("a b"));
  CHECK_FALSE(IsToken(std::string_view("a\0b", 3)));
}

TEST_CASE("text: address blocks") {
  const auto contains = [](const char* block, const char* address) { return ParseCidr(block)->Contains(*ParseAddress(address)); };
  CHECK(contains("192.0.2.0/25", "192.0.2.127"));
  CHECK_FALSE(contains("192.0.2.0/25", "192.0.2.128"));
  CHECK(contains("0.0.0.0/0", "203.0.113.9"));
  CHECK(contains("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
  CHECK_FALSE(contains("0.0.0.0/0", "::1"));
  CHECK(contains("192.0.2.1", "192.0.2.1"));
  CHECK_FALSE(ParseCidr("192.0.2.0/33"));
  CHECK_FALSE(ParseCidr("192.0.2/24"));
  CHECK_FALSE(ParseCidr("carrier.example"));
}

TEST_CASE("text: endpoints of URIs are addresses, never names") {
  CHECK(EndpointOfUri("sip:x@192.0.2.1") == Endpoint{"192.0.2.1", 5060, Transport::kUdp});
  CHECK(EndpointOfUri("sip:x@192.0.2.1:5070;transport=TCP;lr") == Endpoint{"192.0.2.1", 5070, Transport::kTcp});
  CHECK(EndpointOfUri("sip:x@[2001:db8::1]:5070") == Endpoint{"2001:db8::1", 5070, Transport::kUdp});
  CHECK_FALSE(EndpointOfUri("sip:x@carrier.example"));
  CHECK_FALSE(EndpointOfUri("sip:x@192.0.2.1;transport=tls"));
  CHECK_FALSE(EndpointOfUri("tel:+86"));
  CHECK(Unfold("a\r\n b") == "a   b");
}

TEST_CASE("text: digits by INFO") {
  CHECK(ParseDtmfRelay("Signal=5\r\nDuration=250\r\n")->digit == '5');
  CHECK(ParseDtmfRelay("signal = #\n")->duration_ms == 160);
  CHECK(ParseDtmfRelay("Signal=b")->digit == 'B');
  CHECK_FALSE(ParseDtmfRelay("Signal=x"));
  CHECK_FALSE(ParseDtmfRelay("Signal=12"));
  CHECK_FALSE(ParseDtmfRelay(""));
}

TEST_CASE("trunk: dial rules, the longest prefix decides") {
  TrunkConfig config;
  config.id = "t";
  config.dial_rules = {{"", 0, "9"}, {"00", 2, "+"}, {"0086", 4, "0"}};
  REQUIRE(Trunk::Validate(config).ok());
  const Trunk trunk(config);
  CHECK(trunk.Dialled("10086") == "910086");
  CHECK(trunk.Dialled("0044123") == "+44123");
  CHECK(trunk.Dialled("008613900000002") == "013900000002");
  config.dial_rules.clear();
  CHECK_FALSE(Trunk(config).Dialled("10086"));
}

TEST_CASE("trunk: a bad configuration names its field") {
  const auto message = [](const std::function<void(TrunkConfig&)>& spoil) {
    TrunkConfig config;
    config.id = "t";
    spoil(config);
    return std::string(Trunk::Validate(config).message());
  };
  CHECK(message([](TrunkConfig&) {}).empty());
  CHECK(message([](TrunkConfig& c) { c.id = "a b"; }).find(".id:") != std::string::npos);
  CHECK(message([](TrunkConfig& c) { c.peers = {"x"}; }).find(".peers:") != std::string::npos);
  CHECK(message([](TrunkConfig& c) { c.target = Endpoint{"carrier.example", 5060, Transport::kUdp}; }).find(".target.address:") != std::string::npos);
  CHECK(message([](TrunkConfig& c) { c.from_domain = "a\r\nb"; }).find(".from_domain:") != std::string::npos);
  CHECK(message([](TrunkConfig& c) { c.credentials = Credentials{"a\"b", ""}; }).find(".credentials.username:") != std::string::npos);
  CHECK(message([](TrunkConfig& c) { c.dial_rules = {{"x", 0, ""}}; }).find(".dial_rules.prefix:") != std::string::npos);
}

TEST_CASE("limits: new calls a second, and log lines") {
  CallRate rate(2);
  CHECK(rate.Take(1'000));
  CHECK(rate.Take(1'000));
  CHECK_FALSE(rate.Take(1'000));
  CHECK(rate.Take(1'500));
  CHECK_FALSE(rate.Take(1'500));
  CHECK(rate.Take(60'000));
  CHECK(rate.Take(60'000));
  CHECK_FALSE(rate.Take(60'000));

  RefusalLog log;
  std::uint64_t suppressed = 0;
  CHECK(log.ShouldLog(1'000, suppressed));
  CHECK_FALSE(log.ShouldLog(1'001, suppressed));
  CHECK_FALSE(log.ShouldLog(1'002, suppressed));
  CHECK(log.ShouldLog(1'000 + kRefusalLogIntervalMs, suppressed));
  CHECK(suppressed == 2);
}
