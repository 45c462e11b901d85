#include <catch2/catch.hpp>

#include "services/telephony/sip/digest.h"

using namespace hotline::telephony;

TEST_CASE("digest: the examples of RFC 7616 §3.9.1") {
  const Credentials mufasa{"Mufasa", "Circle of Life"};
  const std::string cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
  const std::string common = R"(realm="http-auth@example.org", qop="auth, auth-int", )"
                             R"(nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS")";
  const auto md5 = ParseChallenge("Digest algorithm=MD5, " + common, false);
  const auto sha = ParseChallenge("Digest algorithm=SHA-256, " + common, false);
  REQUIRE(md5);
  REQUIRE(sha);
  CHECK(DigestResponse(*md5, mufasa, "GET", "/dir/index.html", cnonce, 1) == "8ca523f5e9506fed4657c9700eebdbec");
  CHECK(DigestResponse(*sha, mufasa, "GET", "/dir/index.html", cnonce, 1) == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

TEST_CASE("digest: without qop, as RFC 2069 has it") {
  const auto challenge = ParseChallenge(R"(digest realm="hotline.test",nonce="47364c23432d2e131a5fb210812c")", true);
  REQUIRE(challenge);
  CHECK(challenge->proxy);
  CHECK(DigestResponse(*challenge, {"hotline", "secret"}, "INVITE", "sip:13900000002@127.0.0.1", "", 0) == "46ff330556f75541310ee899954254ed");
}

TEST_CASE("digest: challenges that are not ours to answer") {
  CHECK_FALSE(ParseChallenge(R"(Basic realm="x")", false));
  CHECK_FALSE(ParseChallenge(R"(Digest realm="x")", false));                                          // no nonce
  CHECK_FALSE(ParseChallenge(R"(Digest nonce="x")", false));                                          // no realm
  CHECK_FALSE(ParseChallenge(R"(Digest realm="x", nonce="y", algorithm=AKAv1-MD5)", false));
  CHECK_FALSE(ParseChallenge(R"(Digest realm="x", nonce="y", qop="auth-int")", false));
  CHECK_FALSE(ParseChallenge("Digest realm=\"x\", nonce=\"y\r\nX: z\"", false));                      // would inject a header
  CHECK_FALSE(ParseChallenge("Digest realm=\"x\", nonce=\"" + std::string(600, 'a') + "\"", false));
}

TEST_CASE("digest: the client signs, counts, and does not try for ever") {
  DigestClient client(Credentials{"u", "p"});
  CHECK(client.Headers("INVITE", "sip:a@b").empty());
  const auto first = *ParseChallenge(R"(Digest realm="r", nonce="1", qop="auth")", false);
  CHECK(client.Learn({first}));
  CHECK(client.Headers("INVITE", "sip:a@b").find("nc=00000001") != std::string::npos);
  CHECK(client.Headers("BYE", "sip:a@b").find("nc=00000002") != std::string::npos);
  CHECK_FALSE(client.Learn({first}));  // the same nonce again: the password was wrong
  auto stale = first;
  stale.nonce = "2";
  stale.stale = true;
  CHECK(client.Learn({stale}));
  CHECK(client.Headers("BYE", "sip:a@b").find("nc=00000001") != std::string::npos);

  DigestClient nobody(std::nullopt);
  CHECK_FALSE(nobody.Learn({first}));
}

TEST_CASE("digest: of several algorithms the first known one is used (RFC 8760 §2.3)") {
  DigestClient client(Credentials{"u", "p"});
  auto sha = *ParseChallenge(R"(Digest realm="r", nonce="s", algorithm=SHA-256)", false);
  auto md5 = *ParseChallenge(R"(Digest realm="r", nonce="m", algorithm=MD5)", false);
  CHECK(client.Learn({sha, md5}));
  const auto headers = client.Headers("INVITE", "sip:a@b");
  CHECK(headers.find("algorithm=SHA-256") != std::string::npos);
  CHECK(headers.find("algorithm=MD5") == std::string::npos);
}
