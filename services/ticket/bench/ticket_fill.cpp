// Writes tickets as a city has them after years, for tests/bench: registered over five years, nearly all archived, the newest
// open with limits; Chinese texts with frequent and rare words; callers of whom some call often; encrypted, hashed, keyed and
// chained as the service does it.
// Usage: ticket_fill --count N --open M --places FILE --out DIR. FILE is JSON: master_key, units (id, path), categories, areas,
// agents. DIR has a file or pipe for each table, written in COPY's text form; the columns are those of tests/bench/fill.py.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "libs/base/digest.h"
#include "libs/base/id.h"
#include "services/ticket/cipher.h"
#include "services/ticket/domain/search_keys.h"
#include "services/ticket/history_store.h"

namespace {

using namespace hotline;           // NOLINT: a program of one file
using namespace hotline::ticket;   // NOLINT

constexpr double kYears = 5;
constexpr const char* kRoads[] = {"人民", "中山", "解放", "建设", "和平", "文化", "胜利", "新华", "长江", "黄河", "泰山", "青年", "工业", "朝阳", "东风", "光明", "振兴", "迎宾",
                                  "花园", "学府", "滨河", "环城", "向阳", "友谊", "幸福", "团结", "民主", "前进", "红旗", "松江", "鼓楼", "南门", "北关", "西湖", "凤凰", "龙泉"};
constexpr const char* kEstates[] = {"阳光", "锦绣", "翡翠", "金色", "御景", "碧水", "绿城", "万和", "恒盛", "名仕", "香榭", "紫薇", "丽景", "盛世", "江南", "书香", "天鹅", "银河"};
constexpr const char* kEstateEnds[] = {"花园", "小区", "家园", "公馆", "新城", "雅苑", "名邸", "华府"};
// What is the matter: what the title says, what the text says. Frequent ones first.
constexpr const char* kMatters[][2] = {
    {"噪音扰民", "楼下烧烤店夜间营业到凌晨两点，音响声音很大，影响居民休息"}, {"路灯不亮", "东侧三盏路灯从上周五起不亮，晚上行人看不清台阶，存在安全隐患"},
    {"小区停水", "从昨晚八点开始停水，没有接到任何通知，家里有老人和孩子，生活不便"}, {"物业不作为", "物业公司长期不清理楼道杂物，电梯故障也不维修，业主多次反映无果"},
    {"垃圾堆放", "垃圾桶旁堆放大量生活垃圾无人清运，气味难闻，蚊蝇滋生"}, {"违章停车", "多辆机动车占用消防通道和盲道停放，消防车无法通行"},
    {"供暖不热", "室内温度只有十四度，测温后供热公司一直没有处理"}, {"井盖缺失", "非机动车道上一个污水井盖破损缺失，骑车经过非常危险"},
    {"道路破损", "路面坑洼不平，雨天积水严重，车辆经过泥水四溅"}, {"拖欠工资", "在工地干活三个月，包工头拖欠农民工工资，电话打不通"},
    {"燃气泄漏", "楼道内闻到很重的燃气味，怀疑燃气管道老化泄漏"}, {"食品安全", "在超市购买的熟食已经过期变质，要求退款时商家拒绝"},
    {"健身卡退费", "健身房关门停业，办理的年卡无法退费，负责人失联"}, {"公交不到站", "公交车过站不停，等了四十分钟没有上车，耽误上班"},
    {"社保咨询", "咨询灵活就业人员养老保险如何缴纳，需要带哪些材料"}, {"医保报销", "异地就医的住院费用如何报销，需要在哪里备案"},
    {"公积金提取", "租房提取住房公积金需要什么手续，多长时间到账"}, {"户口迁移", "孩子上学需要迁移户口，咨询落户条件和办理流程"},
    {"违章建筑", "顶楼住户私自搭建阳光房，影响整栋楼的结构安全"}, {"工地扬尘", "建筑工地施工没有洒水降尘，运渣车不遮盖，灰尘很大"},
    {"树木遮挡", "行道树枝叶过于茂密，遮挡交通信号灯和居民窗户"}, {"犬只伤人", "邻居遛狗不牵绳，孩子被狗咬伤，希望有关部门处理"},
    {"学校收费", "学校要求家长购买指定的校服和教辅材料，收费不透明"}, {"房产证办理", "交房五年仍未办理不动产权证，开发商一直推脱"},
    {"噪声污染", "工厂夜间排放噪声和刺鼻气味，窗户不敢打开"}, {"污水外溢", "下水道堵塞，污水从井口外溢流到路面，臭气熏天"},
    {"电梯困人", "电梯三天内两次困人，维保单位没有及时到场"}, {"充电桩安装", "申请安装新能源汽车充电桩，物业不同意盖章"},
    {"出租车拒载", "出租车司机拒载并且不打表，要求核实处理"}, {"快递丢失", "快递显示已签收但本人没有收到，投诉后没有答复"},
    {"网络诈骗", "接到冒充客服的诈骗电话，已经转账，请求帮助"}, {"河道污染", "河水发黑发臭，水面漂浮死鱼，疑似上游企业偷排"},
    {"表扬民警", "民警热心帮助走失老人回家，特此提出表扬"}, {"古树保护", "村口百年银杏树被施工挖断根系，希望保护古树名木"},
    {"非法集资", "某投资公司承诺高额回报，现在无法兑付本金"}, {"核酸证明", "单位要求提供核酸检测证明，咨询检测点位置"},
};
constexpr const char* kWishes[] = {"请尽快派人处理", "希望有关部门核实并回复", "要求给予合理解释", "请相关单位到现场查看", "希望尽快解决", "要求严肃查处"};
// Words that few tickets have come from pairs of these.
constexpr const char* kRare[] = {"鑫", "祺", "翊", "焱", "骏", "铂", "瀚", "霖", "昊", "晟", "琪", "麒", "烁", "峻", "榕", "澜", "曦", "臻", "煜", "珩", "睿", "彧", "湛", "泓", "桓", "邺", "瑾", "璟", "烨", "钧"};
constexpr const char* kTrades[] = {"商贸", "餐饮", "置业", "科技", "物流", "装饰", "教育", "汽修"};
constexpr const char* kSurnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"};
constexpr const char* kGiven[] = {"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀英", "霞", "平"};

class Random {
 public:
  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(engine_); }
  double Part() { return std::uniform_real_distribution<double>(0, 1)(engine_); }
  // The first are the most frequent: about like words of a language.
  size_t Skewed(size_t n) { return static_cast<size_t>(static_cast<double>(n) * std::pow(Part(), 2.5)); }
  template <class T, size_t kN>
  T OneOf(T (&choices)[kN]) { return choices[Below(kN)]; }

 private:
  std::mt19937_64 engine_{20261126};  // NOLINT: the same city in every run
};

class Table {
 public:
  explicit Table(const std::string& path) : file_(std::fopen(path.c_str(), "wb")) {
    if (!file_) throw std::runtime_error("cannot write " + path);
    std::setvbuf(file_.get(), nullptr, _IOFBF, 1 << 20);
  }
  void Row(const std::vector<std::string>& values) {
    const std::string line = absl::StrJoin(values, "\t") + "\n";
    if (std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size()) throw std::runtime_error("cannot write");
  }

 private:
  struct Close { void operator()(std::FILE* file) const { std::fclose(file); } };
  std::unique_ptr<std::FILE, Close> file_;
};

std::string Hex(std::string_view bytes) {
  std::string text = "\\\\x";
  for (char c : bytes) absl::StrAppend(&text, absl::Hex(static_cast<uint8_t>(c), absl::kZeroPad2));
  return text;
}
std::string Stamp(absl::Time time) { return absl::FormatTime("%Y-%m-%d %H:%M:%E6S+00", time, absl::UTCTimeZone()); }
template <class T>
std::string Array(const std::vector<T>& values) { return absl::StrCat("{", absl::StrJoin(values, ","), "}"); }

class City {
 public:
  City(const nlohmann::json& places, const std::string& out, size_t count, size_t open)
      : cipher_(*Cipher::FromHex(places.at("master_key").get<std::string>())), places_(places), count_(count), open_(open) {
    for (const char* name : {"tickets", "ticket_keys", "ticket_search", "history", "limits", "acceptance_numbers"}) tables_[name] = std::make_unique<Table>(out + "/" + name);
  }

  void Fill() {
    const absl::Duration step = absl::Hours(24 * 365.25 * kYears) / static_cast<double>(count_);
    for (size_t i = 0; i < count_; ++i) {
      now_ = end_ - step * static_cast<double>(count_ - i) - absl::Hours(1);
      Write(Registered(i), i);
    }
  }

 private:
  const std::string Place() {
    if (random_.Below(2)) return absl::StrCat(random_.OneOf(kRoads), "路", 1 + random_.Below(300), "号");
    return absl::StrCat(random_.OneOf(kEstates), random_.OneOf(kEstateEnds), 1 + random_.Below(40), "号楼");
  }

  domain::Ticket Registered(size_t i) {
    domain::Ticket t;
    t.id = base::NewId(base::ManualClock(now_));
    t.number = absl::StrFormat("%s%06d", absl::FormatTime("%Y%m%d", now_, absl::UTCTimeZone()), i % 1'000'000);
    t.acceptance_number = absl::StrFormat("%08d", (i * 48'271 + 11) % 100'000'000);
    t.type = static_cast<domain::Type>(1 + random_.Skewed(6));
    t.urgency = random_.Below(20) ? domain::Urgency::kOrdinary : domain::Urgency::kUrgent;
    t.channel = random_.Below(4) ? domain::Channel::kPhone : static_cast<domain::Channel>(1 + random_.Below(13));
    const auto& matter = kMatters[random_.Skewed(std::size(kMatters))];
    const std::string place = Place();
    t.title = place + matter[0];
    t.content = absl::StrCat("市民反映", place, "，", matter[1], "。", random_.OneOf(kWishes), "。");
    if (random_.Below(10) == 0) absl::StrAppend(&t.content, "涉及", random_.OneOf(kRare), random_.OneOf(kRare), random_.OneOf(kTrades), "有限公司。");
    const auto& categories = places_.at("categories");
    t.category_id = categories[random_.Skewed(categories.size())].get<std::string>();
    const auto& areas = places_.at("areas");
    t.area_code = areas[random_.Skewed(areas.size())].get<std::string>();
    const auto& agents = places_.at("agents");
    t.created_by = agents[random_.Below(agents.size())].get<std::string>();
    t.create_time = t.update_time = now_;
    const auto& units = places_.at("units");
    const auto& unit = units[random_.Skewed(units.size())];
    t.unit = {unit.at("id").get<std::string>(), unit.at("path").get<std::string>()};
    t.caller.name = absl::StrCat(random_.OneOf(kSurnames), random_.OneOf(kGiven), random_.Below(3) ? random_.OneOf(kGiven) : "");
    // One and a half million phones, some of which call again and again.
    t.caller.phone = absl::StrFormat("13%09d", random_.Below(3) ? random_.Below(1'500'000) * 577 : random_.Skewed(3000) * 91);
    Advance(t, i);
    return t;
  }

  // How far it has come: the newest are open, the older the fewer; a few were refused.
  void Advance(domain::Ticket& t, size_t i) {
    const double from_end = static_cast<double>(count_ - i) / static_cast<double>(std::max<size_t>(open_, 1));
    if (from_end < 1.25 && random_.Below(5) != 0) {
      static constexpr domain::State kOpen[] = {domain::State::kAccepted, domain::State::kDispatched, domain::State::kSigned, domain::State::kSigned, domain::State::kReplied,
                                                domain::State::kCallback};
      t.state = random_.OneOf(kOpen);
      if (t.state == domain::State::kAccepted) t.unit = {};
      t.due_time = end_ + absl::Hours(480 * random_.Part() - 48);
      t.light = t.due_time < end_ ? domain::Light::kRed : t.due_time < end_ + absl::Hours(24) ? domain::Light::kYellow : domain::Light::kGreen;
      t.update_time = now_ + (end_ - now_) * random_.Part();
      return;
    }
    t.state = random_.Below(50) == 0 ? domain::State::kRefused : from_end < 2 && random_.Below(4) == 0 ? domain::State::kClosed : domain::State::kArchived;
    if (t.state == domain::State::kRefused) t.unit = {};
    t.close_time = t.update_time = now_ + std::min(absl::Hours(24 * 12), end_ - now_) * random_.Part();
  }

  void Write(const domain::Ticket& t, size_t i) {
    std::vector<std::string> scope;
    for (const auto part : absl::StrSplit(t.unit.path, '/', absl::SkipEmpty())) scope.emplace_back(part);
    const Cipher::Sealed sealed = cipher_.Seal(t.id, {t.caller.name, t.caller.phone, "", "", "", "", ""});
    HistoryEntry entry;
    entry.sequence = 1;
    entry.time = absl::FromUnixMicros(absl::ToUnixMicros(t.update_time));
    entry.actor_id = t.created_by;
    entry.action = "created";
    entry.state = t.state;
    entry.sealed_digest = base::Sha256Hex(sealed.sealed);
    const std::string head = history::Digest("", t.id, entry);
    const auto number = [](auto value) { return absl::StrCat(static_cast<int>(value)); };
    tables_["tickets"]->Row({t.id, t.number, t.acceptance_number, number(t.type), number(t.state), number(t.urgency), number(t.channel), Hex(sealed.sealed),
                             cipher_.PhoneHash(t.caller.phone), cipher_.NameHash(t.caller.name), t.title, t.content, t.category_id, t.area_code, t.unit.id, t.unit.path,
                             Array(scope), t.created_by, Stamp(t.create_time), Stamp(t.update_time), t.close_time == absl::InfinitePast() ? "\\N" : Stamp(t.close_time),
                             cipher_.PinHash(t.id, cipher_.Pin(t.id)), head, t.due_time == absl::InfiniteFuture() ? "infinity" : Stamp(t.due_time), number(t.light)});
    tables_["ticket_keys"]->Row({t.id, Hex(sealed.wrapped_key)});
    tables_["ticket_search"]->Row({t.id, Array(domain::SearchKeys(t, scope))});
    tables_["history"]->Row({t.id, "1", Stamp(entry.time), entry.actor_id, "", "", entry.action, "", "{}", number(t.state), entry.sealed_digest, head});
    if (t.due_time != absl::InfiniteFuture())
      tables_["limits"]->Row({t.id, absl::StrCat("clock-", i), "handle", Stamp(t.due_time), Stamp(t.due_time - absl::Hours(24)), number(t.light), "1", "f"});
    tables_["acceptance_numbers"]->Row({t.acceptance_number, t.id, Stamp(t.create_time)});
  }

  const Cipher cipher_;
  const nlohmann::json places_;
  const size_t count_, open_;
  const absl::Time end_ = absl::Now();
  absl::Time now_;
  Random random_;
  std::map<std::string, std::unique_ptr<Table>> tables_;
};

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> options;
  for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  std::ifstream file(options["--places"]);
  try {
    City(nlohmann::json::parse(file), options["--out"], std::stoul(options["--count"]), std::stoul(options["--open"])).Fill();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ticket_fill: %s\n", error.what());
    return 1;
  }
  return 0;
}
