// Addresses down to the door, and names.
#include <algorithm>
#include <array>

#include "services/ticket/domain/privacy.h"

namespace hotline::ticket::domain::internal {
namespace {

constexpr std::u32string_view kNumerals = U"一二三四五六七八九十百零〇";
// What is numbered at and below a house, the longer words first.
constexpr std::array<std::u32string_view, 14> kHouseUnits = {U"号楼", U"号院", U"号房", U"单元", U"号", U"栋", U"幢", U"座", U"楼", U"层", U"室", U"弄", U"组", U"户"};
constexpr std::array<std::u32string_view, 12> kRoads = {U"路", U"街", U"巷", U"道", U"胡同", U"弄", U"村", U"段", U"条", U"里", U"大院", U"屯"};
constexpr std::array<std::u32string_view, 15> kEstates = {U"小区", U"花园", U"家园", U"公寓", U"新村", U"苑", U"园", U"府", U"城", U"庭", U"湾", U"里", U"村", U"宿舍", U"大院"};
// After a bare number they say that it is a count and no room.
constexpr std::u32string_view kCounted = U"元人户米块年吨多平度兆万千百位次小天点分个名家台辆条余%月日";

template <size_t N>
bool AnyBefore(const Characters& text, size_t at, const std::array<std::u32string_view, N>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::u32string_view word) { return StandsBefore(text, at, word); });
}

bool IsUpper(char32_t c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool IsNumeral(char32_t c) { return IsDigit(c) || kNumerals.find(c) != std::u32string_view::npos; }

struct Numbered {
  size_t end = 0;      // behind the unit
  size_t digits = 0;   // characters of the number
  std::u32string_view unit;
};

// A number with a letter before or behind, and its unit: "12号", "A座", "十二栋", "3甲号".
bool ReadNumbered(const Characters& text, size_t at, Numbered& out) {
  size_t i = at;
  if (i < text.plain.size() && IsUpper(text.plain[i])) ++i;
  while (i < text.plain.size() && (IsNumeral(text.plain[i]) || (text.plain[i] == '-' && i > at && i + 1 < text.plain.size() && IsDigit(text.plain[i + 1])))) ++i;
  if (i < text.plain.size() && i > at && IsUpper(text.plain[i]) && !IsUpper(text.plain[i - 1])) ++i;
  if (i == at) return false;
  for (std::u32string_view unit : kHouseUnits) {
    if (!StandsAt(text, i, unit)) continue;
    out = {i + unit.size(), i - at, unit};
    return true;
  }
  return false;
}

bool Encloses(std::u32string_view unit) { return unit == U"号楼" || unit == U"栋" || unit == U"幢" || unit == U"单元" || unit == U"座" || unit == U"楼"; }
bool IsCountUnit(std::u32string_view unit) { return unit == U"户" || unit == U"层" || unit == U"组" || unit == U"楼"; }

// A bare room number: three or four digits that count nothing.
size_t RoomAt(const Characters& text, size_t at) {
  size_t end = at;
  while (end < text.plain.size() && IsDigit(text.plain[end])) ++end;
  if (end - at < 3 || end - at > 4) return at;
  return end < text.plain.size() && kCounted.find(text.plain[end]) != std::u32string_view::npos ? at : end;
}

// "3-2-501" right behind the name of an estate.
size_t HyphenatedAt(const Characters& text, size_t at) {
  size_t end = at, groups = 0;
  while (end < text.plain.size()) {
    const size_t start = end;
    while (end < text.plain.size() && IsDigit(text.plain[end])) ++end;
    if (end == start) break;
    ++groups;
    if (end + 1 >= text.plain.size() || text.plain[end] != '-' || !IsDigit(text.plain[end + 1])) break;
    ++end;
  }
  return groups >= 2 && groups <= 4 ? end : at;
}

// The end of the address that begins at `at`, or `at`.
size_t AddressAt(const Characters& text, size_t at) {
  const bool estate = AnyBefore(text, at, kEstates);
  if (estate && HyphenatedAt(text, at) > at) return HyphenatedAt(text, at);
  Numbered one;
  if (!ReadNumbered(text, at, one)) return at;
  // "12户居民", "5层楼": a count.
  const Numbered first = one;
  size_t end = one.end, items = 1;
  bool counted = IsCountUnit(one.unit);
  while (true) {
    Numbered next;
    size_t from = end;
    if (from < text.plain.size() && text.plain[from] == ' ') ++from;
    if (ReadNumbered(text, from, next)) {
      if (next.unit == U"户" && next.digits < 3) break;
      end = next.end;
      counted = counted && IsCountUnit(next.unit);
      one = next;
      ++items;
      continue;
    }
    if (Encloses(one.unit) && RoomAt(text, from) > from) {
      end = RoomAt(text, from);
      counted = false;
      ++items;
    }
    break;
  }
  if (items > 1) return counted ? at : end;
  const bool line = StandsAt(text, end, U"线") || StandsAt(text, end, U"文") || StandsAt(text, end, U"公交") || StandsAt(text, end, U"台");
  if (first.unit == U"号") return AnyBefore(text, at, kRoads) && !line ? end : at;
  if (first.unit == U"室" || first.unit == U"号房") return first.digits >= 3 ? end : at;
  const bool house = first.unit == U"号楼" || first.unit == U"栋" || first.unit == U"幢" || first.unit == U"单元" || first.unit == U"号院";
  return house && (estate || AnyBefore(text, at, kRoads)) ? end : at;
}

constexpr std::u32string_view kSurnames =
    U"王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛"
    U"尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申詹欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛"
    U"曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戈景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬";
constexpr std::array<std::u32string_view, 8> kCompoundSurnames = {U"欧阳", U"上官", U"司马", U"诸葛", U"皇甫", U"尉迟", U"慕容", U"司徒"};
// A name follows these, whatever comes behind it.
constexpr std::array<std::u32string_view, 14> kNameWords = {U"姓名", U"我叫", U"名叫", U"叫做", U"联系人", U"当事人", U"投诉人", U"举报人", U"反映人", U"来电人", U"户主", U"经办人", U"被投诉人", U"法人代表"};
// These are followed by a name now and then.
constexpr std::array<std::u32string_view, 4> kSelfWords = {U"本人", U"我是", U"本人叫", U"本人是"};
// What may stand behind a name.
constexpr std::u32string_view kBehindName = U" ,.;:!?()\n\t,。;:!?、()《》“”住家电身男女系是的在反投举于现年因手,和与说称";
constexpr std::array<std::u32string_view, 4> kTitles = {U"先生", U"女士", U"小姐", U"同志"};
// Surnames that begin everyday words far more often than names.
constexpr std::array<std::u32string_view, 34> kNotNames = {
    U"于昨", U"于今", U"于本", U"于上", U"于前", U"于当", U"于去", U"于早", U"于晚", U"于年", U"高度", U"高中", U"方便", U"万分", U"何时", U"向", U"平", U"安全", U"严重",
    U"时常", U"应该", U"全", U"成年", U"连续", U"关于", U"关注", U"易", U"解", U"路过", U"农", U"古", U"包", U"单", U"党"};

bool IsHan(char32_t c) { return c >= 0x4e00 && c <= 0x9fff; }

bool EndsName(const Characters& text, size_t at) {
  return at >= text.plain.size() || !IsHan(text.plain[at]) || kBehindName.find(text.plain[at]) != std::u32string_view::npos;
}

size_t SurnameAt(const Characters& text, size_t at) {
  for (std::u32string_view surname : kCompoundSurnames) {
    if (StandsAt(text, at, surname)) return surname.size();
  }
  return at < text.plain.size() && kSurnames.find(text.plain[at]) != std::u32string_view::npos ? 1 : 0;
}

// The end of the name that begins at `at`, or `at`. `strict`: only if something ends it that ends names.
size_t NameAt(const Characters& text, size_t at, bool strict) {
  if (strict && std::any_of(kNotNames.begin(), kNotNames.end(), [&](std::u32string_view word) { return StandsAt(text, at, word); })) return at;
  const size_t surname = SurnameAt(text, at);
  if (surname == 0) return at;
  size_t given = 0;
  while (given < 2 && at + surname + given < text.plain.size() && IsHan(text.plain[at + surname + given])) ++given;
  // "王某", "李先生": unnamed already.
  if (given == 0 || text.plain[at + surname] == U'某') return at;
  if (std::any_of(kTitles.begin(), kTitles.end(), [&](std::u32string_view title) { return StandsAt(text, at + surname, title); })) return at;
  for (size_t length = 1; length <= given; ++length) {
    if (EndsName(text, at + surname + length)) return at + surname + length;
  }
  return strict ? at : at + surname + given;
}

size_t SkipColon(const Characters& text, size_t at) {
  for (std::u32string_view word : {U"是", U"为", U"叫"}) {
    if (StandsAt(text, at, word)) ++at;
  }
  while (at < text.plain.size() && (text.plain[at] == ':' || text.plain[at] == ' ')) ++at;
  return at;
}

// "王小明先生": the whole name before a title; "王先生" tells nobody's name.
void FindTitled(const Characters& text, size_t at, std::vector<Part>& parts) {
  if (std::none_of(kTitles.begin(), kTitles.end(), [&](std::u32string_view title) { return StandsAt(text, at, title); })) return;
  if (at == 0 || SurnameAt(text, at - 1) == 1) return;
  for (size_t length : {3U, 2U}) {
    if (at < length || !std::all_of(text.plain.begin() + static_cast<ptrdiff_t>(at - length), text.plain.begin() + static_cast<ptrdiff_t>(at), IsHan)) continue;
    if (text.plain[at - 1] == U'某' || SurnameAt(text, at - length) == 0) continue;
    parts.push_back({at - length, at, "name"});
    return;
  }
}

}  // namespace

void FindAddresses(const Characters& text, std::vector<Part>& parts) {
  for (size_t i = 0; i < text.plain.size();) {
    const bool inside = i > 0 && IsNumeral(text.plain[i]) && IsNumeral(text.plain[i - 1]);
    const bool day = i > 0 && (text.plain[i - 1] == U'月' || text.plain[i - 1] == U'第');
    const size_t end = inside || day ? i : AddressAt(text, i);
    if (end > i) parts.push_back({i, end, "address"});
    i = std::max(end, i + 1);
  }
}

void FindNames(const Characters& text, std::vector<Part>& parts) {
  const auto find_behind = [&](size_t i, std::u32string_view word, bool strict) {
    if (!StandsAt(text, i, word)) return;
    const size_t begin = SkipColon(text, i + word.size());
    const size_t end = NameAt(text, begin, strict);
    if (end > begin) parts.push_back({begin, end, "name"});
  };
  for (size_t i = 0; i < text.plain.size(); ++i) {
    for (std::u32string_view word : kNameWords) find_behind(i, word, /*strict=*/word != U"姓名" && word != U"我叫" && word != U"名叫");
    for (std::u32string_view word : kSelfWords) find_behind(i, word, /*strict=*/true);
    FindTitled(text, i, parts);
  }
}

}  // namespace hotline::ticket::domain::internal
