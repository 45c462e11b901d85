// PLT-6: forms and steps as a city configures them.
#include <catch2/catch.hpp>

#include "services/ticket/domain/process.h"
#include "services/ticket/tests/domain_fixture.h"

namespace hotline::ticket::domain {
namespace {

Process Form() {
  Process process = DefaultProcess(Type::kComplaint);
  process.required = {"category_id", "caller.phone"};
  process.fields = {
      {"shop", "商户名称", "Shop", FieldKind::kText, true, {}, 10},
      {"amount", "涉及金额", "Amount", FieldKind::kNumber},
      {"bought_on", "购买日期", "Bought on", FieldKind::kDate},
      {"way", "购买方式", "Way", FieldKind::kChoice, true, {"线上", "线下"}},
      {"receipt", "有无票据", "Receipt", FieldKind::kYesNo},
      {"contact", "商户电话", "Contact", FieldKind::kPhone},
  };
  return process;
}

// "field rule" of each.
std::vector<std::string> Told(const Violations& bad) {
  std::vector<std::string> told;
  for (const base::FieldViolation& violation : bad) told.push_back(violation.field + " " + violation.reason);
  return told;
}

}  // namespace

TEST_CASE("PLT-6: a form that is filled in as it asks is accepted") {
  CHECK(CheckProcess(Form()).empty());
  Ticket draft = Draft();
  draft.category_id = "market.refund";
  CHECK(CheckForm(Form(), draft, {{"shop", "好再来"}, {"amount", "-12.50"}, {"bought_on", "2026-11-01"}, {"way", "线上"}, {"receipt", "true"}, {"contact", "13812345678"}}).empty());
  CHECK(CheckForm(Form(), draft, {{"shop", "好再来"}, {"way", "线下"}, {"amount", ""}}).empty());
  CHECK(CheckForm(DefaultProcess(Type::kHelp), {}, {}).empty());
}

TEST_CASE("PLT-6: what is missing, unknown or of the wrong kind is told all at once") {
  Ticket draft = Draft();
  draft.caller.phone = " ";
  CHECK(Told(CheckForm(Form(), draft, {})) == std::vector<std::string>{"ticket.category_id REQUIRED", "ticket.caller.phone REQUIRED", "ticket.extra[shop] REQUIRED",
                                                                       "ticket.extra[way] REQUIRED"});
  draft = Draft();
  draft.category_id = "market";
  CHECK(Told(CheckForm(Form(), draft,
                       {{"shop", "一二三四五六七八九十多"}, {"amount", "1.2.3"}, {"bought_on", "2026-02-30"}, {"way", "别处"}, {"receipt", "yes"}, {"contact", "abc"}, {"colour", "红"}})) ==
        std::vector<std::string>{"ticket.extra[shop] TOO_LONG", "ticket.extra[amount] BAD_FORMAT", "ticket.extra[bought_on] BAD_FORMAT", "ticket.extra[way] UNKNOWN_VALUE",
                                 "ticket.extra[receipt] BAD_FORMAT", "ticket.extra[contact] BAD_FORMAT", "ticket.extra[colour] UNKNOWN_FIELD"});
}

TEST_CASE("PLT-6, TKT-2: whoever wishes to stay unnamed is not asked for a name") {
  Process process = DefaultProcess(Type::kReport);
  process.required = {"caller.name"};
  Ticket draft = Draft(Type::kReport);
  draft.caller.name = "";
  CHECK(Told(CheckForm(process, draft, {})) == std::vector<std::string>{"ticket.caller.name REQUIRED"});
  draft.caller.anonymous = true;
  CHECK(CheckForm(process, draft, {}).empty());
}

TEST_CASE("PLT-6: every built-in field that may be required is told when it is missing") {
  Process process = DefaultProcess(Type::kHelp);
  process.required = {"area_code", "caller.address", "caller.name", "caller.phone", "category_id", "content", "party_complained_of", "place", "tags"};
  CHECK(CheckProcess(process).empty());
  CHECK(CheckForm(process, {}, {}).size() == process.required.size());
}

TEST_CASE("PLT-6: a process at fault is not published") {
  const auto told = [](auto change) {
    Process process = Form();
    change(process);
    return Told(CheckProcess(process));
  };
  using Told1 = std::vector<std::string>;
  CHECK(told([](Process& p) { p.type = Type::kUnspecified; }) == Told1{"process.type REQUIRED"});
  CHECK(told([](Process& p) { p.required = {"colour"}; }) == Told1{"process.required[0] UNKNOWN_VALUE"});
  CHECK(told([](Process& p) { p.required = {"place", "place"}; }) == Told1{"process.required[1] DUPLICATE"});
  CHECK(told([](Process& p) { p.fields[1].id = "shop"; }) == Told1{"process.fields[1].field_id DUPLICATE"});
  CHECK(told([](Process& p) { p.fields[1].id = "Betrag!"; }) == Told1{"process.fields[1].field_id BAD_FORMAT"});
  CHECK(told([](Process& p) { p.fields[0].name = ""; }) == Told1{"process.fields[0].name REQUIRED"});
  CHECK(told([](Process& p) { p.fields[3].choices = {}; }) == Told1{"process.fields[3].choices REQUIRED"});
  CHECK(told([](Process& p) { p.fields[3].choices = {"线上", "线上"}; }) == Told1{"process.fields[3].choices[1] DUPLICATE"});
  CHECK(told([](Process& p) { p.fields[0].choices = {"a"}; }) == Told1{"process.fields[0].choices NOT_ALLOWED"});
  CHECK(told([](Process& p) { p.fields[0].max_length = 1001; }) == Told1{"process.fields[0].max_length OUT_OF_RANGE"});
  CHECK(told([](Process& p) { p.fields[1].max_length = 5; }) == Told1{"process.fields[1].max_length NOT_ALLOWED"});
  CHECK(told([](Process& p) { p.fields[1].kind = static_cast<FieldKind>(9); }) == Told1{"process.fields[1].kind UNKNOWN_VALUE"});
  CHECK(told([](Process& p) { p.fields.resize(51); }) == Told1{"process.fields TOO_MANY"});
  CHECK(told([](Process& p) { p.approvals = {"mayor"}; }) == Told1{"process.approvals UNKNOWN_VALUE"});
  CHECK(told([](Process& p) { p.approvals = {"unit_head", "unit_lead"}; }) == Told1{"process.approvals BAD_FORMAT"});
  CHECK(told([](Process& p) { p.approvals = {"unit_lead", "unit_head"}; }).empty());
  CHECK(told([](Process& p) { p.return_decider = static_cast<Decider>(0); }) == Told1{"process.return_decider UNKNOWN_VALUE"});
  CHECK(told([](Process& p) { p.extension_decider = static_cast<Decider>(3); }) == Told1{"process.extension_decider UNKNOWN_VALUE"});
  CHECK(told([](Process& p) { p.arbitration_after = 0; }) == Told1{"process.arbitration_after OUT_OF_RANGE"});
  CHECK(told([](Process& p) { p.max_rework = 6; }) == Told1{"process.max_rework OUT_OF_RANGE"});
  CHECK(told([](Process& p) { p.reopen_days = -1; }) == Told1{"process.reopen_days OUT_OF_RANGE"});
}

}  // namespace hotline::ticket::domain
