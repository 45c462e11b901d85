#include <catch2/catch.hpp>

#include <set>

#include "libs/base/clock.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/text.h"

namespace hotline::base {
namespace {

TEST_CASE("an error carries reason, fields and metadata") {
  const auto status = Error(absl::StatusCode::kInvalidArgument, "BAD_TICKET", "no good", {{"a.b", "TOO_LONG", "too long"}},
                            {{"kind", "ticket"}});
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK(Reason(status) == "BAD_TICKET");
  CHECK(HasReason(status, "BAD_TICKET"));
  CHECK(FieldViolations(status) == std::vector<FieldViolation>{{"a.b", "TOO_LONG", "too long"}});
  CHECK(Metadata(status) == ErrorMetadata{{"kind", "ticket"}});
}

TEST_CASE("statuses made elsewhere have no reason") {
  CHECK(Reason(absl::InternalError("x")).empty());
  CHECK(FieldViolations(absl::OkStatus()).empty());
  absl::Status odd = absl::InternalError("x");
  odd.SetPayload("type.hotline/error.v1", absl::Cord("[not an object"));
  CHECK(Reason(odd).empty());
  CHECK(Metadata(odd).empty());
}

TEST_CASE("errors are bounded and always valid text") {
  std::vector<FieldViolation> many(100, {"f", "R", "\xff\xfe"});
  const auto status = Error(absl::StatusCode::kInternal, "X", std::string(10000, 'x'), many);
  CHECK(status.message().size() == kMaxErrorText);
  CHECK(FieldViolations(status).size() == kMaxFieldViolations);
  CHECK(IsValidUtf8(FieldViolations(status)[0].description));
}

TEST_CASE("named errors") {
  CHECK(Reason(NotFound("flow_version", "1")) == "FLOW_VERSION_NOT_FOUND");
  CHECK(Metadata(NotFound("ticket", "42"))["id"] == "42");
  CHECK(EtagMismatch("ticket", "1").code() == absl::StatusCode::kAborted);
  CHECK(Reason(EtagMismatch("ticket", "1")) == "ETAG_MISMATCH");
  CHECK(FieldViolations(InvalidField("phone", "BAD_FORMAT", "digits only"))[0].field == "phone");
}

TEST_CASE("the macros leave on error and pass values on") {
  auto half = [](int n) -> absl::StatusOr<int> {
    if (n % 2 != 0) return InvalidField("n", "ODD", "must be even");
    return n / 2;
  };
  auto quarter = [&](int n) -> absl::StatusOr<int> {
    HOTLINE_ASSIGN_OR_RETURN(const int once, half(n));
    HOTLINE_RETURN_IF_ERROR(absl::OkStatus());
    return half(once);
  };
  CHECK(*quarter(8) == 2);
  CHECK(Reason(quarter(6).status()) == "INVALID_FIELD");
  CHECK(Reason(quarter(7).status()) == "INVALID_FIELD");
}

TEST_CASE("ids are UUIDv7, unique and ordered by time") {
  ManualClock clock(absl::FromUnixMillis(0x0123456789ab));
  const std::string id = NewId(clock);
  CHECK(id.substr(0, 15) == "01234567-89ab-7");
  CHECK(std::string("89ab").find(id[19]) != std::string::npos);
  CHECK(IsValidId(id));
  std::set<std::string> ids;
  std::string last;
  for (int i = 0; i < 1000; ++i) {
    clock.Advance(absl::Microseconds(1));
    const std::string next = NewId(clock);
    CHECK(next > last);
    ids.insert(last = next);
  }
  CHECK(ids.size() == 1000);
  CHECK_FALSE(IsValidId(""));
  CHECK_FALSE(IsValidId("01234567-89AB-7000-8000-000000000000"));
  CHECK_FALSE(IsValidId("01234567089ab-7000-8000-000000000000"));
}

TEST_CASE("random digits and tokens have the asked length") {
  CHECK(RandomDigits(8).size() == 8);
  CHECK(RandomDigits(8).find_first_not_of("0123456789") == std::string::npos);
  CHECK(RandomHex(16).size() == 32);
  CHECK(RandomHex(16) != RandomHex(16));
  CHECK_THROWS_AS(RandomDigits(1000), std::invalid_argument);
  std::set<char> seen;
  for (char c : RandomDigits(32) + RandomDigits(32) + RandomDigits(32) + RandomDigits(32)) seen.insert(c);
  CHECK(seen.size() >= 8);
}

TEST_CASE("UTF-8 is checked strictly") {
  CHECK(IsValidUtf8("plain 张三 \xf0\x9f\x98\x80"));
  for (const char* bad : {"\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                          "\xf8\x88\x80\x80\x80", "\xe5\xbc"}) {
    CHECK_FALSE(IsValidUtf8(bad));
  }
  CHECK(CodePoints("张三a") == 3);
  CHECK(TruncateUtf8("张三", 5) == "张");
  CHECK(TruncateUtf8("ab", 5) == "ab");
  CHECK(Trim(" \xe3\x80\x80\t张 三 \n") == "张 三");
  CHECK(Trim(" \n") == "");
}

TEST_CASE("text limits count characters and name the rule") {
  auto rule = [](std::string_view text, size_t min, size_t max) -> std::string {
    const auto status = CheckText("title", text, min, max);
    return status.ok() ? "" : FieldViolations(status).at(0).reason;
  };
  CHECK(rule("张三", 1, 2) == "");
  CHECK(rule("张三丰", 1, 2) == "TOO_LONG");
  CHECK(rule("", 1, 2) == "REQUIRED");
  CHECK(rule("", 0, 2) == "");
  CHECK(rule("a", 2, 3) == "TOO_SHORT");
  CHECK(rule("\xff", 1, 2) == "BAD_UTF8");
  CHECK(rule(std::string("a\0b", 3), 1, 9) == "CONTROL_CHARACTER");
  CHECK(rule("a\nb", 1, 9) == "");
}

TEST_CASE("masks") {
  CHECK(MaskPhone("13812341234") == "138****1234");
  CHECK(MaskPhone("02512345678") == "025****5678");
  CHECK(MaskPhone("12345") == "***45");
  CHECK(MaskPhone("") == "");
  CHECK(MaskName("张三") == "张*");
  CHECK(MaskName("欧阳修") == "欧*");
  CHECK(MaskName("Ann") == "A*");
  CHECK(MaskName(" ") == "");
}

}  // namespace
}  // namespace hotline::base
