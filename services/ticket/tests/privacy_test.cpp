// TKT-15, PLT-5: what is taken out of a text before everybody may read it, and what is left alone.
#include <catch2/catch.hpp>

#include "services/ticket/domain/privacy.h"

namespace hotline::ticket::domain {
namespace {

struct Case {
  const char* text;
  const char* published;
  std::vector<std::string> kinds;
};

std::vector<std::string> Kinds(const Redacted& redacted) {
  std::vector<std::string> kinds;
  for (const PersonalFinding& finding : redacted.found) kinds.push_back(finding.kind);
  return kinds;
}

}  // namespace

TEST_CASE("TKT-15, PLT-5: personal data is taken out of a text to be published") {
  const std::vector<Case> cases = {
      // phones
      {"请回电13812345678。", "请回电***。", {"phone"}},
      {"手机138-1234-5678,或138 1234 5678", "手机***,或***", {"phone", "phone"}},
      {"+8613812345678打来", "***打来", {"phone"}},
      {"008613812345678", "***", {"phone"}},
      {"手机13812345678", "手机***", {"phone"}},
      {"座机010-62345678无人接", "座机***无人接", {"phone"}},
      {"办公电话0990-8100102", "办公电话***", {"phone"}},
      {"家里电话8100102没人接", "家里电话***没人接", {"phone"}},
      {"两个号:13812345678 13987654321", "两个号:*** ***", {"phone", "phone"}},
      // ID cards: GB 11643's own example and one that ends in X
      {"身份证11010519491231002X办理", "身份证***办理", {"id_card"}},
      {"号码是440524188001010014。", "号码是***。", {"id_card"}},
      {"身份证号码:110105194912310021", "身份证号码:***", {"id_card"}},  // mistyped, but said to be one
      {"老证110105491231002", "老证***", {"id_card"}},
      // bank cards
      {"退款到6222021234567890128", "退款到***", {"bank_card"}},
      {"卡4111 1111 1111 1111", "卡***", {"bank_card"}},
      {"收款账号1234567890123", "收款账号***", {"bank_card"}},
      // e-mail, plates, accounts
      {"写信到wang.xm@example.com.cn即可", "写信到***即可", {"email"}},
      {"微信号:wang_xm88", "微信号:***", {"account"}},
      {"加QQ1234567", "加QQ***", {"account"}},
      {"京A12345占道", "***占道", {"plate"}},
      {"粤B·D12345违停", "***违停", {"plate"}},
      {"车牌沪A1234警", "车牌***", {"plate"}},
      // addresses at the door
      {"中山路12号3栋2单元501室漏水", "中山路***漏水", {"address"}},
      {"阳光小区3-2-501停水", "阳光小区***停水", {"address"}},
      {"住在阳光小区5号楼", "住在阳光小区***", {"address"}},
      {"人民街88号门前", "人民街***门前", {"address"}},
      {"王家村3组15号", "王家村***", {"address"}},
      {"银河大厦B座1203室", "银河大厦***", {"address"}},
      {"幸福里十二栋三单元", "幸福里***", {"address"}},
      {"花园5栋501噪音", "花园***噪音", {"address"}},
      // names
      {"姓名:王小明,要求答复", "姓名:某某,要求答复", {"name"}},
      {"我叫张伟,住在城东", "我叫某某,住在城东", {"name"}},
      {"我叫欧阳建国。", "我叫某某。", {"name"}},
      {"本人李四反映噪音", "本人某某反映噪音", {"name"}},
      {"联系人:赵敏", "联系人:某某", {"name"}},
      {"请王小明先生回电", "请某某先生回电", {"name"}},
      {"投诉人陈强的车", "投诉人某某的车", {"name"}},
      // all at once
      {"我叫张伟,电话13812345678,住人民路5号2单元301室,车牌京A12345。", "我叫某某,电话***,住人民路***,车牌***。", {"name", "phone", "address", "plate"}},
  };
  for (const Case& one : cases) {
    const Redacted redacted = RemovePersonalData(one.text);
    INFO(one.text);
    CHECK(redacted.text == one.published);
    CHECK(Kinds(redacted) == one.kinds);
  }
}

TEST_CASE("TKT-15: what names nobody stays as it is") {
  for (const char* text : {
           "请拨打12345热线或110、119。", "工单编号20261122000017,受理号12345678。", "2026年11月22日收到,11月25日答复。", "2026-11-22至2026-12-01停水", "每吨3.5元,合计12800元。",
           "客服电话400-800-1234", "地铁3号线、6号公交", "12月5号上午10点", "第3号文件", "全楼12户居民停水", "一栋楼5层共30户", "王先生、李女士反映", "张某称",
           "本人于昨日反映", "本人高度重视", "本人常年居住", "我是业主", "我是方便面厂的", "联系人不详", "和王先生协商", "邮编100000", "GB 44189-2025", "国办发〔2020〕53号",
           "水压0.35兆帕", "经度116.397428,纬度39.90923", "面积1200平方米,投资1234567元", "京G6高速堵车", "订单号123456789012", "11月12号1200元", "关于中山路积水的答复", "5G基站", ""}) {
    const Redacted redacted = RemovePersonalData(text);
    INFO(text << " -> " << redacted.text);
    CHECK(redacted.text == text);
    CHECK(redacted.found.empty());
  }
}

TEST_CASE("TKT-15: findings keep what stood there; a broken text is not published") {
  const Redacted redacted = RemovePersonalData("电话138-1234-5678。");
  REQUIRE(redacted.found.size() == 1);
  CHECK(redacted.found[0] == PersonalFinding{"phone", "138-1234-5678"});
  CHECK(RemovePersonalData("\xff\xfe").text.empty());
  // Twice is the same as once.
  CHECK(RemovePersonalData(redacted.text).text == redacted.text);
}

TEST_CASE("PLT-5: check digits of ID cards and bank cards") {
  CHECK(IsIdCard("11010519491231002X"));
  CHECK(IsIdCard("11010519491231002x"));
  CHECK_FALSE(IsIdCard("110105194912310021"));
  CHECK_FALSE(IsIdCard("11010519491331002X"));  // a thirteenth month
  CHECK_FALSE(IsIdCard("1101051949123100"));
  CHECK(PassesLuhn("4111111111111111"));
  CHECK_FALSE(PassesLuhn("4111111111111112"));
  CHECK_FALSE(PassesLuhn(""));
}

}  // namespace hotline::ticket::domain
