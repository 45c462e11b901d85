// Makes the PDF documents of every shipped template again and again, for tests/bench: how many a second, how long each takes, how much
// memory. Beside it, in turn, a bare page: the same text given to Pango once, in one layout, and its lines drawn by Cairo.
// Usage: ticket_documents --templates DIR [--seconds S] [--characters N] [--out DIR]. N: of what people wrote, in each such place.
// With --out the documents are written there, to be looked at.
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "services/ticket/document_maker.h"
#include "services/ticket/domain/document_template.h"

namespace {

using namespace hotline;          // NOLINT: a program of one file
using namespace hotline::ticket;  // NOLINT

constexpr double kA4Width = 595.28, kA4Height = 841.89, kMargin = 79, kSize = 16, kPitch = 29;
constexpr std::string_view kSentences[] = {
    "市民反映，解放路88号“幸福家园”小区从11月25日20:30起停水，物业（云州市某某物业服务有限公司）没有张贴通知，电话0990-12345678无人接听。",
    "家里有老人和孩子，生活十分不便；楼上邻居也没有水，3号楼、5号楼同样如此，估计影响800户左右。",
    "诉求人已向供水企业报修两次（报修单号WX-20261125-00917），答复“正在处理”，至今没有结果。",
    "要求尽快恢复供水，并说明原因、工期和临时供水安排；抢修期间请安排送水车，每天不少于2次！",
    "周边道路施工单位是否办理了开挖手续？请有关部门核实后书面回复，并向全体业主公示。"};

// So many characters of what people write, in paragraphs.
std::string Written(size_t characters) {
  std::string text;
  size_t count = 0;
  for (size_t i = 0; count < characters; ++i) {
    for (const char c : kSentences[i % std::size(kSentences)]) {
      if ((c & 0xc0) != 0x80 && ++count > characters) return text;
      text += c;
    }
    if (i % 4 == 3) text += '\n';
  }
  return text;
}

domain::Values ValuesFor(const domain::DocumentTemplate& one, size_t characters) {
  domain::Values values = {{"year", "2026"}, {"date", "2026年11月26日"}, {"centre", "云州市12345政务服务便民热线中心"}, {"ticket_number", "20261126000017"},
      {"acceptance_number", "40718223"}, {"ticket_type", "投诉"}, {"urgency", "紧急"}, {"channel", "电话"}, {"title", "幸福家园小区3号楼、5号楼连续两天停水，物业和供水企业互相推诿，要求尽快恢复供水"},
      {"category", "停水"}, {"area", "990102"}, {"place", "鼓楼区解放路街道解放路88号幸福家园小区3号楼2单元门前（靠近中山公园东门公交站）"}, {"party", "云州市某某物业服务有限公司"}, {"caller_name", "张某某"},
      {"caller_phone", "13900000001"}, {"caller_address", "解放路88号3号楼2单元501"}, {"caller_work_unit", "云州市第三人民医院"}, {"unit", "云州水务集团"},
      {"co_units", "云州市水务局、云州市住房和城乡建设局、鼓楼区人民政府、解放路街道办事处"}, {"accepted", "2026年11月26日9时5分"}, {"due", "2026年11月30日18时"}, {"answer", ""}, {"maker", "唐督办"},
      {"maker_unit", "云州市政务服务热线中心"}, {"sequence", "1017"}, {"content", Written(characters)}};
  for (const domain::TemplateField& field : one.fields) values[field.id] = field.multiline ? Written(std::min(characters, field.max)) : Written(std::min<size_t>({characters, field.max, 40}));
  values["number"] = domain::FillText(one.number, values);
  return values;
}

// The text of a document, a block or cell a line.
std::string TextOf(const document::Document& made) {
  struct Reader {
    std::string text;
    void Add(const std::string& more) { absl::StrAppend(&text, more, more.empty() ? "" : "\n"); }
    void operator()(const document::RedHead& b) { Add(b.issuer), Add(b.number); }
    void operator()(const document::Title& b) { Add(b.text); }
    void operator()(const document::Subtitle& b) { Add(b.text); }
    void operator()(const document::Addressee& b) { Add(b.text); }
    void operator()(const document::Paragraph& b) { Add(b.text); }
    void operator()(const document::Table& b) {
      for (const auto& row : b.rows) {
        for (const std::string& cell : row) Add(cell);
      }
    }
    void operator()(const document::Chart&) {}
    void operator()(const document::Signature& b) { Add(b.unit), Add(b.date); }
    void operator()(const document::CopyTo& b) { Add(b.copies), Add(b.printed_by), Add(b.date); }
  } reader;
  for (const document::Block& block : made.blocks) std::visit(reader, block);
  return reader.text;
}

cairo_status_t Append(void* closure, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

// One layout, its lines one under the other, a new page when one is full: what Pango and Cairo take by themselves.
size_t BarePdf(const std::string& text) {
  std::string pdf;
  cairo_surface_t* surface = cairo_pdf_surface_create_for_stream(Append, &pdf, kA4Width, kA4Height);
  cairo_t* cairo = cairo_create(surface);
  PangoLayout* layout = pango_cairo_create_layout(cairo);
  PangoFontDescription* font = pango_font_description_from_string("Noto Serif CJK SC");
  pango_font_description_set_absolute_size(font, kSize * PANGO_SCALE);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
  pango_layout_set_width(layout, static_cast<int>((kA4Width - 2 * kMargin) * PANGO_SCALE));
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
  double y = kMargin;
  for (GSList* line = pango_layout_get_lines_readonly(layout); line != nullptr; line = line->next, y += kPitch) {
    if (y > kA4Height - kMargin) cairo_show_page(cairo), y = kMargin;
    cairo_move_to(cairo, kMargin, y);
    pango_cairo_show_layout_line(cairo, static_cast<PangoLayoutLine*>(line->data));
  }
  g_object_unref(layout);
  cairo_destroy(cairo);
  cairo_surface_finish(surface);
  if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) throw std::runtime_error("the bare page could not be drawn");
  cairo_surface_destroy(surface);
  return pdf.size();
}

// From /proc: kB of "VmRSS" or "VmHWM", as MiB.
double Memory(const std::string& which) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(which)) return std::stod(line.substr(line.find(':') + 1)) / 1024;
  }
  return 0;
}

struct Timed {
  std::vector<double> ms;
  double total = 0;
  template <class Work>
  void Once(const Work& work) {
    const absl::Time began = absl::Now();
    work();
    ms.push_back(absl::ToDoubleMilliseconds(absl::Now() - began));
    total += ms.back();
  }
  double PerSecond() const { return 1000 * static_cast<double>(ms.size()) / total; }
  double Percentile(double share) {
    std::sort(ms.begin(), ms.end());
    return ms[std::min(ms.size() - 1, static_cast<size_t>(share * static_cast<double>(ms.size())))];
  }
};

nlohmann::json Measure(const std::string& path, double seconds, size_t characters, const std::string& out) {
  std::ostringstream body;
  body << std::ifstream(path).rdbuf();
  const auto parsed = domain::ParseTemplate(body.str());
  if (!parsed.ok()) throw std::runtime_error(path + ": " + std::string(parsed.status().message()));
  const domain::Values values = ValuesFor(*parsed, characters);
  const absl::Time now = absl::FromUnixSeconds(1'790'000'000);
  document::Rendered rendered;
  const auto make = [&] {
    auto made = document::Render(FillDocument(*parsed, values, now));
    if (!made.ok()) throw std::runtime_error(path + ": " + std::string(made.status().message()));
    rendered = *std::move(made);
  };
  const std::string text = TextOf(FillDocument(*parsed, values, now));
  make(), BarePdf(text);  // Fonts are looked for and read the first time.
  Timed documents, bare;
  while (documents.total + bare.total < 1000 * seconds) {
    documents.Once(make);
    bare.Once([&] { BarePdf(text); });
  }
  if (!out.empty()) std::ofstream(absl::StrCat(out, "/", parsed->id, ".pdf"), std::ios::binary) << rendered.pdf;
  return {{"template", parsed->id}, {"pages", rendered.pages}, {"bytes", rendered.pdf.size()}, {"made", documents.ms.size()}, {"per_second", documents.PerSecond()},
          {"p50_ms", documents.Percentile(0.5)}, {"p99_ms", documents.Percentile(0.99)}, {"bare_per_second", bare.PerSecond()}, {"bare_p99_ms", bare.Percentile(0.99)}};
}

int Run(const std::map<std::string, std::string>& options) {
  const auto option = [&](const std::string& name, const std::string& otherwise) { return options.contains(name) ? options.at(name) : otherwise; };
  const double seconds = std::stod(option("--seconds", "2"));
  const size_t characters = std::stoul(option("--characters", "300"));
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(options.at("--templates"))) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  nlohmann::json result = {{"templates", nlohmann::json::array()}, {"start_mb", Memory("VmRSS")}};
  for (const std::string& path : paths) result["templates"].push_back(Measure(path, seconds, characters, option("--out", "")));
  result["end_mb"] = Memory("VmRSS");
  result["peak_mb"] = Memory("VmHWM");
  std::printf("%s\n", result.dump().c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> options;
  for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  try {
    return Run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ticket_documents: %s\n", error.what());
    return 1;
  }
}
