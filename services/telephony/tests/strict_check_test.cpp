#include <catch2/catch.hpp>

#include <memory>

#include "services/telephony/sip/re_util.h"
#include "services/telephony/sip/strict_check.h"
#include "services/telephony/tests/torture_messages.h"

using namespace hotline::telephony;
using namespace hotline::telephony::testing;

namespace {

RePtr<sip_msg> Decode(const std::string& text) {
  RePtr<mbuf> buffer(mbuf_alloc(text.size()));
  mbuf_write_mem(buffer.get(), reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  buffer->pos = 0;
  sip_msg* message = nullptr;
  if (sip_msg_decode(&message, buffer.get()) != 0 || !message->req) {
    mem_deref(message);
    return nullptr;
  }
  return RePtr<sip_msg>(message);
}

std::string Response(const std::string& status, const std::string& lines) {
  return Wire("SIP/2.0 " + status + "\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\nFrom: <sip:a@b>;tag=1\nTo: <sip:c@d>;tag=2\nCall-ID: x\n" + lines +
              "Content-Length: 0\n\n");
}

bool ResponseGood(const std::string& text) {
  RePtr<mbuf> buffer(mbuf_alloc(text.size()));
  mbuf_write_mem(buffer.get(), reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  buffer->pos = 0;
  sip_msg* message = nullptr;
  if (sip_msg_decode(&message, buffer.get()) != 0) return false;
  const RePtr<sip_msg> owner(message);
  return CheckResponse(message);
}

}  // namespace

TEST_CASE("strict check: torture requests meet the fate RFC 4475 wants for them") {
  for (const auto& torture : TortureMessages()) {
    INFO(torture.name);
    const auto message = Decode(Wire(torture.text));
    if (torture.fate == Fate::kDropped) {
      CHECK_FALSE(message);
      continue;
    }
    CHECK(message);
    if (!message) continue;
    const auto refusal = CheckRequest(message.get());
    if (torture.fate == Fate::kAccepted) {
      INFO((refusal ? refusal->reason : ""));
      CHECK_FALSE(refusal);
    } else {
      REQUIRE(refusal);
      CHECK(refusal->code == torture.answer);
    }
  }
}

TEST_CASE("strict check: the body ends where Content-Length says") {
  const auto message = Decode(Wire("MESSAGE sip:a@b SIP/2.0\nContent-Length: 3\n\nabcdef"));
  REQUIRE(message);
  CHECK(MessageBody(message.get()) == "abc");
}

TEST_CASE("strict check: responses") {
  CHECK(ResponseGood(Response("200 OK", "CSeq: 1 INVITE\nContact: <sip:c@192.0.2.2>\n")));
  CHECK(ResponseGood(Response("100 ", "CSeq: 1 INVITE\n")));                                            // noreason
  CHECK(ResponseGood(Response("200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe", "CSeq: 1 INVITE\n")));               // unreason
  CHECK_FALSE(ResponseGood(Response("700 No", "CSeq: 1 INVITE\n")));
  CHECK_FALSE(ResponseGood(Response("503 Overloaded", "CSeq: 9292394834772304023312 OPTIONS\n")));      // scalarlg
  CHECK_FALSE(ResponseGood(Response("200 OK", "CSeq: 1 INVITE\nVia: SIP/2.0/UDP 192.0.2.255\n")));      // bcast
  CHECK_FALSE(ResponseGood(Response("200 OK", "CSeq: 1 INVITE\nContact: <sip:c@192.0.2.2>;;\n")));
  CHECK_FALSE(ResponseGood(Response("200 OK", "CSeq: 1 INVITE\nCSeq: 2 INVITE\n")));
}

TEST_CASE("strict check: every message cut at every byte neither crashes nor reads beyond its end") {
  for (const auto& torture : TortureMessages()) {
    const auto whole = Wire(torture.text);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      // A block of its own size lets AddressSanitizer see the first byte too many.
      if (const auto message = Decode(whole.substr(0, length))) (void)CheckRequest(message.get());
    }
  }
  SUCCEED();
}
