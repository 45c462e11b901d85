#include <catch2/catch.hpp>

#include "services/telephony/sip/limits.h"
#include "services/telephony/sip/sdp.h"

using namespace hotline::telephony;

namespace {

const LocalAudio kLocal{.address = "192.0.2.9", .port = 4000};

std::string Offer(const std::string& media) { return "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n" + media; }

NegotiatedAudio Agree(const std::string& media, const LocalAudio& local = kLocal) {
  const auto sdp = ParseSdp(Offer(media));
  REQUIRE(sdp);
  const auto agreement = MatchOffer(*sdp, local);
  REQUIRE(agreement);
  return agreement->audio;
}

bool Fits(const std::string& media) {
  const auto sdp = ParseSdp(Offer(media));
  return sdp && MatchOffer(*sdp, kLocal);
}

}  // namespace

TEST_CASE("sdp: a plain offer") {
  const auto audio = Agree("m=audio 6000 RTP/AVP 0 8 96\r\na=rtpmap:96 telephone-event/8000\r\na=ptime:30\r\n");
  CHECK(audio.remote_address == "192.0.2.1");
  CHECK(audio.remote_port == 6000);
  CHECK(audio.codec == Codec::kPcmu);  // the peer's first choice among ours
  CHECK(audio.payload_type == 0);
  CHECK(audio.telephone_event_send == 96);
  CHECK(audio.telephone_event_receive == 96);
  CHECK(audio.ptime_ms == 30);
  CHECK(audio.direction == Direction::kSendRecv);
}

TEST_CASE("sdp: dynamic payload types, other codecs and other clock rates") {
  const auto audio = Agree("m=audio 6000 RTP/AVP 18 97 98\r\na=rtpmap:18 G729/8000\r\na=rtpmap:97 pcma/16000\r\na=rtpmap:98 pcma/8000\r\n");
  CHECK(audio.payload_type == 98);
  CHECK(audio.codec == Codec::kPcma);
  CHECK_FALSE(audio.telephone_event_send);
  CHECK_FALSE(Fits("m=audio 6000 RTP/AVP 18\r\n"));
  CHECK_FALSE(Fits("m=audio 6000 RTP/SAVP 8\r\n"));
  CHECK_FALSE(Fits("m=audio 0 RTP/AVP 8\r\n"));
  CHECK_FALSE(Fits("m=video 6000 RTP/AVP 8\r\n"));
  CHECK_FALSE(Fits("m=audio 6000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000/2\r\n"));
  CHECK_FALSE(Fits("m=audio 6000 RTP/AVP 8\r\nc=IN IP4 media.example.com\r\n"));  // a name is never looked up
}

TEST_CASE("sdp: hold") {
  const auto direction = [](const std::string& attribute, Direction ours = Direction::kSendRecv) {
    auto local = kLocal;
    local.direction = ours;
    return Agree("m=audio 6000 RTP/AVP 8\r\n" + attribute, local).direction;
  };
  CHECK(direction("a=sendonly\r\n") == Direction::kRecvOnly);
  CHECK(direction("a=recvonly\r\n") == Direction::kSendOnly);
  CHECK(direction("a=inactive\r\n") == Direction::kInactive);
  CHECK(direction("c=IN IP4 0.0.0.0\r\n") == Direction::kRecvOnly);
  CHECK(direction("a=sendonly\r\n", Direction::kSendOnly) == Direction::kInactive);
  CHECK(direction("", Direction::kSendOnly) == Direction::kSendOnly);
  const auto sdp = ParseSdp(Offer("a=sendonly\r\nm=audio 6000 RTP/AVP 8\r\n"));
  REQUIRE(sdp);
  CHECK(MatchOffer(*sdp, kLocal)->audio.direction == Direction::kRecvOnly);
}

TEST_CASE("sdp: the answer has the offer's streams, one taken, the others refused") {
  const auto sdp = ParseSdp(Offer("m=video 7000 RTP/AVP 96 97\r\na=rtpmap:96 H264/90000\r\nm=audio 6000 RTP/AVP 8 101\r\n"
                                  "a=rtpmap:101 telephone-event/8000\r\na=sendonly\r\nm=image 8000 udptl t38\r\n"));
  REQUIRE(sdp);
  const auto agreement = MatchOffer(*sdp, kLocal);
  REQUIRE(agreement);
  CHECK(BuildAnswer(*sdp, *agreement, kLocal, {7, 3}) ==
        "v=0\r\no=hotline 7 3 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
        "m=video 0 RTP/AVP 96 97\r\n"
        "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=recvonly\r\n"
        "m=image 0 udptl t38\r\n");
}

TEST_CASE("sdp: our offer and its answer, which may number the digits differently") {
  const auto offer = ParseSdp(BuildOffer(kLocal, {1, 1}));
  REQUIRE(offer);
  CHECK(MatchOffer(*offer, kLocal)->audio.codec == Codec::kPcma);
  const auto answer = ParseSdp(Offer("m=audio 6000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\na=recvonly\r\n"));
  REQUIRE(answer);
  const auto audio = MatchAnswer(*answer, kLocal)->audio;
  CHECK(audio.telephone_event_send == 96);
  CHECK(audio.telephone_event_receive == 101);
  CHECK(audio.direction == Direction::kSendOnly);
}

TEST_CASE("sdp: IPv6") {
  auto local = kLocal;
  local.address = "2001:db8::9";
  CHECK(BuildOffer(local, {1, 1}).find("c=IN IP6 2001:db8::9\r\n") != std::string::npos);
  const auto sdp = ParseSdp("v=0\no=- 1 1 IN IP6 ::1\ns=-\nc=IN IP6 2001:db8::1\nt=0 0\nm=audio 6000 RTP/AVP 8\n");
  REQUIRE(sdp);
  CHECK(MatchOffer(*sdp, local)->audio.remote_address == "2001:db8::1");
}

TEST_CASE("sdp: audio goes to one address of our own family") {
  const auto fits_at = [](const std::string& connection) { return Fits("m=audio 6000 RTP/AVP 8\r\nc=IN " + connection + "\r\n"); };
  CHECK(fits_at("IP4 192.0.2.7"));
  CHECK_FALSE(fits_at("IP6 2001:db8::1"));
  CHECK_FALSE(fits_at("IP4 224.0.0.1"));
  CHECK_FALSE(fits_at("IP4 255.255.255.255"));
  const auto sdp = ParseSdp("v=0\no=- 1 1 IN IP6 ::1\ns=-\nc=IN IP6 ff02::1\nt=0 0\nm=audio 6000 RTP/AVP 8\n");
  auto local = kLocal;
  local.address = "2001:db8::9";
  REQUIRE(sdp);
  CHECK_FALSE(MatchOffer(*sdp, local));
}

TEST_CASE("sdp: malformed descriptions are refused") {
  CHECK_FALSE(ParseSdp(""));
  CHECK_FALSE(ParseSdp("hello"));
  CHECK_FALSE(ParseSdp("o=- 1 1 IN IP4 192.0.2.1\r\nv=0\r\n"));
  CHECK_FALSE(ParseSdp(Offer("")));                                        // no stream
  CHECK_FALSE(ParseSdp(Offer("m=audio 70000 RTP/AVP 8\r\n")));
  CHECK_FALSE(ParseSdp(Offer("m=audio 6000 RTP/AVP 200\r\n")));
  CHECK_FALSE(ParseSdp(Offer("m=audio 6000 RTP/AVP\r\n")));
  CHECK_FALSE(ParseSdp(Offer("m=audio 6000 RTP/AVP 8\r\na=rtpmap:8 PCMA\r\n")));
  CHECK_FALSE(ParseSdp(Offer("m=audio 6000 RTP/AVP 8\r\nc=IN IP4 ::1\r\n")));
  CHECK_FALSE(ParseSdp(Offer("m=audio 6000 RTP/AVP 8\r\nrubbish\r\n")));
  CHECK_FALSE(ParseSdp(Offer("m=audio 6000 RTP/AVP 8\r\na=x:" + std::string(kMaxSdpBytes, 'x') + "\r\n")));
  std::string many;
  for (std::size_t i = 0; i <= kMaxSdpMediaLines; ++i) many += "m=audio 6000 RTP/AVP 8\r\n";
  CHECK_FALSE(ParseSdp(Offer(many)));
}
