#include "libs/base/error.h"
#include "services/ticket/cipher.h"
#include "services/ticket/tests/store_fixture.h"

namespace hotline::ticket {
namespace {

constexpr char kTicket[] = "0192f0c0-0000-7000-8000-000000000001";
constexpr char kOther[] = "0192f0c0-0000-7000-8000-000000000002";
const Personal kPersonal{"张三", "13812345678", "某厂", "解放路1号", "解放路2号", "李四", "邻居王五"};

}  // namespace

TEST_CASE("PLT-5: personal data opens with its own key, under its own ticket, unchanged only") {
  const Cipher cipher = *Cipher::FromHex(kMasterKey);
  const Cipher::Sealed sealed = cipher.Seal(kTicket, kPersonal);
  CHECK(sealed.sealed.find("13812345678") == std::string::npos);
  CHECK(*cipher.Open(kTicket, sealed.wrapped_key, sealed.sealed) == kPersonal);
  CHECK(base::HasReason(cipher.Open(kOther, sealed.wrapped_key, sealed.sealed).status(), "CALLER_UNREADABLE"));
  CHECK(base::HasReason(cipher.Open(kTicket, cipher.Seal(kTicket, kPersonal).wrapped_key, sealed.sealed).status(), "CALLER_UNREADABLE"));
  std::string changed = sealed.sealed;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  CHECK(base::HasReason(cipher.Open(kTicket, sealed.wrapped_key, changed).status(), "CALLER_UNREADABLE"));
  CHECK(base::HasReason(cipher.Open(kTicket, "", "").status(), "CALLER_UNREADABLE"));
  Personal moved = kPersonal;
  moved.place = "和平路3号";
  CHECK(*cipher.Open(kTicket, sealed.wrapped_key, *cipher.Reseal(kTicket, sealed.wrapped_key, moved)) == moved);
  const Cipher stranger = *Cipher::FromHex(std::string(64, 'a'));
  CHECK(base::HasReason(stranger.Open(kTicket, sealed.wrapped_key, sealed.sealed).status(), "CALLER_UNREADABLE"));
}

TEST_CASE("IVR-5: the PIN is four digits, the ticket's own, and kept as a hash") {
  const Cipher cipher = *Cipher::FromHex(kMasterKey);
  const std::string pin = cipher.Pin(kTicket);
  CHECK(pin.size() == domain::Draft().acceptance_number.size() / 2);
  CHECK(pin == cipher.Pin(kTicket));
  CHECK(cipher.PinHash(kTicket, pin) != cipher.PinHash(kOther, pin));
  CHECK(cipher.PinHash(kTicket, pin).find(pin + pin) == std::string::npos);
  CHECK(cipher.PhoneHash("+8613812345678") == cipher.PhoneHash("13812345678"));
  CHECK(cipher.PhoneHash("").empty());
}

TEST_CASE("a master key is 64 hexadecimal digits") {
  for (const std::string& bad : {std::string(), std::string("zz"), std::string(63, 'a'), std::string(66, 'a'), std::string(64, 'g')})
    CHECK(base::FieldViolations(Cipher::FromHex(bad).status()).at(0).field == "master_key");
}

}  // namespace hotline::ticket
