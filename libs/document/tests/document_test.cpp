// Documents read back with poppler's tools, as anybody's viewer would read them.
#include <catch2/catch.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "libs/base/error.h"
#include "libs/document/document.h"
#include "libs/document/testing.h"

namespace hotline::document {
namespace {

// Output of a tool over the PDF, whose name stands where @ does.
std::string Tool(const std::string& pdf, std::string command) {
  char name[] = "/tmp/hotline-document-XXXXXX";
  const int fd = ::mkstemp(name);
  REQUIRE(fd >= 0);
  std::ofstream(name, std::ios::binary) << pdf;
  command.replace(command.find('@'), 1, name);
  std::string output;
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  char bytes[4096];
  for (size_t got = 0; (got = std::fread(bytes, 1, sizeof bytes, pipe)) > 0;) output.append(bytes, got);
  ::pclose(pipe);
  ::close(fd);
  std::remove(name);
  return output;
}

std::string TextOf(const std::string& pdf) { return Tool(pdf, "pdftotext -layout @ -"); }

// Without white space: where lines end is the layout's business.
std::string Joined(std::string text) {
  std::string joined;
  for (const char c : text) {
    if (c != ' ' && c != '\n' && c != '\f') joined += c;
  }
  return joined;
}

Rendered Made(std::vector<Block> blocks) {
  Document document{.title = "试验", .create_time = absl::FromUnixSeconds(1'790'000'000), .blocks = std::move(blocks)};
  const auto rendered = Render(document);
  INFO(rendered.status());
  REQUIRE(rendered.ok());
  static int number = 0;
  // For whoever wants to look at them.
  if (const char* directory = std::getenv("HOTLINE_DOCUMENTS_DIR")) {
    std::ofstream(std::string(directory) + "/document" + std::to_string(++number) + ".pdf", std::ios::binary) << rendered->pdf;
  }
  return *rendered;
}

std::string Repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("TKT-14: a letter's Chinese text comes back from the PDF as it went in, with its fonts embedded") {
  const std::string body = "贵单位承办的工单（编号20261126000017）已超过办理期限，请于2026年11月30日18时前办结，并将办理结果报12345热线中心。";
  const Rendered letter = Made({RedHead{"云州市12345政务服务便民热线中心", "云热函〔2026〕17号"}, Title{"关于限期办理小区停水诉求的函"}, Addressee{"市水务局："},
                                Paragraph{.text = body}, Signature{"云州市12345政务服务便民热线中心", "2026年11月26日"},
                                CopyTo{"抄送：市政府督查室。", "云州市热线中心", "2026年11月26日印发"}});
  CHECK(letter.pages == 1);
  const std::string text = Joined(TextOf(letter.pdf));
  for (const std::string& part : {std::string("云热函〔2026〕17号"), std::string("关于限期办理小区停水诉求的函"), std::string("市水务局："), body,
                                  std::string("抄送：市政府督查室。"), std::string("2026年11月26日印发"), std::string("—1—")}) {
    INFO(part << "\n" << text);
    CHECK(text.find(part) != std::string::npos);
  }
  const std::string fonts = Tool(letter.pdf, "pdffonts @");
  CHECK(fonts.find("NotoSerifCJKsc") != std::string::npos);
  CHECK(fonts.find(" no  ") == std::string::npos);  // not embedded, or without Unicode
  const std::string info = Tool(letter.pdf, "pdfinfo @");
  CHECK(info.find("试验") != std::string::npos);
  CHECK(info.find("A4") != std::string::npos);
}

TEST_CASE("TKT-14: no line begins with a closing mark or ends with an opening one, and full lines are flush") {
  // Lengths are chosen so that marks fall on the edge in some line.
  std::string text;
  for (int i = 1; i < 60; ++i) text += Repeated("字", i % 13 + 1) + (i % 3 == 0 ? "，" : i % 3 == 1 ? "。”" : "（注）、“");
  text += "完。";
  const Rendered made = Made({Paragraph{.text = text}});
  std::string lines = TextOf(made.pdf);
  size_t checked = 0;
  for (size_t start = 0; start < lines.size();) {
    const size_t end = std::min(lines.find('\n', start), lines.size());
    std::string line = lines.substr(start, end - start);
    start = end + 1;
    line.erase(0, std::min(line.find_first_not_of(" \f"), line.size()));
    if (line.empty() || line.find("—") != std::string::npos) continue;
    ++checked;
    for (const char* mark : {"，", "。", "”", "）", "、"}) {
      INFO(line);
      CHECK_FALSE(line.starts_with(mark));
    }
    for (const char* mark : {"“", "（"}) {
      INFO(line);
      CHECK_FALSE(line.ends_with(mark));
    }
  }
  CHECK(checked > 10);
  // Every line but the last ends within a point of the right edge: 28 + 156 mm = 521.6 pt.
  const std::string boxes = Tool(made.pdf, "pdftotext -bbox-layout @ -");
  size_t flush = 0, all = 0;
  for (size_t at = boxes.find("<line "); at != std::string::npos; at = boxes.find("<line ", at + 1)) {
    const double right = std::atof(boxes.c_str() + boxes.find("xMax=\"", at) + 6);
    ++all;
    flush += right > 520.5 && right < 522.7;
  }
  INFO(boxes);
  CHECK(flush + 3 >= all);
}

TEST_CASE("TKT-14: long content flows over pages, in paragraphs and in tables, and none of it is lost") {
  const std::string sentence = "群众反映的问题应当依法依规按时办理，";
  const Rendered letter = Made({Title{"长文"}, Paragraph{.text = Repeated(sentence, 600)}});
  CHECK(letter.pages > 15);
  const std::string info = Tool(letter.pdf, "pdfinfo @");
  CHECK(info.find("Pages:           " + std::to_string(letter.pages)) != std::string::npos);
  std::string text = Joined(TextOf(letter.pdf));
  for (int page = letter.pages; page > 0; --page) {
    const std::string number = "—" + std::to_string(page) + "—";
    INFO(number);
    REQUIRE(text.find(number) != std::string::npos);
    text.erase(text.find(number), number.size());
  }
  CHECK(text == "长文" + Repeated(sentence, 600));

  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < 120; ++i) rows.push_back({"单位" + std::to_string(i), std::to_string(i * 7), "100%"});
  const Rendered table = Made({Table{.header = {"承办单位", "工单量", "按时率"}, .rows = rows}});
  CHECK(table.pages > 2);
  const std::string cells = Joined(TextOf(table.pdf));
  CHECK(cells.find("单位119833100%") != std::string::npos);
  size_t headers = 0;
  for (size_t at = cells.find("承办单位工单量按时率"); at != std::string::npos; at = cells.find("承办单位工单量按时率", at + 1)) ++headers;
  CHECK(headers == static_cast<size_t>(table.pages));  // the head of the table is on each page

  const Rendered form = Made({Table{.rows = {{"诉求内容", Repeated(sentence, 300)}}, .widths = {1, 5}}});
  CHECK(form.pages > 3);
}

TEST_CASE("TKT-14: who signs and who gets copies are never on a page without text, and no line of a paragraph stands alone on one") {
  const std::string ends = Repeated("尾", 10), word = "字";
  const auto run = [&](const std::string& text, bool from_end) {  // of 字
    size_t count = 0;
    while ((count + 1) * word.size() <= text.size() && text.compare(from_end ? text.size() - (count + 1) * word.size() : count * word.size(), word.size(), word) == 0) ++count;
    return count;
  };
  for (int paragraphs = 1; paragraphs <= 30; ++paragraphs) {
    // In one text, of three lines (26, 28 and 10 characters) and of four, so that every place of the page's foot comes up.
    std::string text;
    for (int i = 0; i < paragraphs; ++i) text += (i == 0 ? "" : "\n") + Repeated(word, i % 3 == 1 ? 82 : 54) + ends;
    const Rendered made = Made({Title{"通知"}, Paragraph{.text = text}, Paragraph{.text = "特此通知。"}, Signature{"云州市热线中心", "2026年11月26日"},
                                CopyTo{"抄送：市政府督查室。", "云州市热线中心", "2026年11月26日印发"}});
    std::string left = TextOf(made.pdf);
    for (int page = 1; page <= made.pages; ++page) {
      const std::string one = left.substr(0, left.find('\f'));
      left.erase(0, one.size() + 1);
      const std::string joined = Joined(one);
      INFO(paragraphs << " paragraphs, page " << page << ":\n" << one);
      if (joined.find("抄送") != std::string::npos) CHECK(joined.find("热线中心2026年11月26日") != std::string::npos);
      if (joined.find("2026年11月26日") != std::string::npos) CHECK(joined.find("特此通知。") != std::string::npos);
      const std::string body = joined.substr(0, joined.rfind("—" + std::to_string(page) + "—"));
      if (page > 1) CHECK(joined.find(ends) != 0);
      if (page > 1 && joined.find("特此通知") != 0) CHECK(run(joined, false) >= 28);
      if (page < made.pages) CHECK((run(body, true) == 0 || run(body, true) == 54));
    }
  }
}

TEST_CASE("TKT-14: a form's row that goes on on the next page says what it is, with two lines at least") {
  for (int characters = 1000; characters < 1600; characters += 29) {
    const Rendered form = Made({Table{.rows = {{"诉求内容", Repeated("字", characters)}}, .widths = {1, 5}}});
    REQUIRE(form.pages == 2);
    const std::string text = TextOf(form.pdf);
    const std::string second = Joined(text.substr(text.find('\f')));
    INFO(second);
    CHECK(second.find("（续）") != std::string::npos);
    CHECK(second.find("诉求内容") != std::string::npos);
    CHECK(second.find(Repeated("字", 16)) != std::string::npos);
  }
}

TEST_CASE("what people write is text: no markup, no control characters, no turned lines") {
  const Rendered made = Made({Paragraph{.text = "<b>粗</b> & <span size='99999'> &amp; \x01\x02\x7f停\xe2\x80\xae水\xe2\x80\xac\xe2\x80\xa8下一行 \xff\xc3("}});
  const std::string text = Joined(TextOf(made.pdf));
  INFO(text);
  CHECK(text.find("<b>粗</b>&<spansize='99999'>&amp;停水下一行") != std::string::npos);
  CHECK(CleanText("a\xe2\x80\xae\xe2\x81\xa6" "b\r\nc\td\x1b[31m") == "ab\nc d[31m");
  CHECK(CleanText(std::string("a\0b", 3)).size() <= 5);
}

TEST_CASE("the same document gives the same bytes, in every thread") {
  const auto draw = [] {
    Document document{.title = "同", .create_time = absl::FromUnixSeconds(5), .blocks = {}};
    document.blocks = {Title{"相同的文件"}, Paragraph{.text = Repeated("内容，", 300)}, Table{.rows = {{"甲", "乙"}}, .widths = {1, 3}},
                       Chart{.kind = Chart::Kind::kBars, .title = "图", .labels = {"一", "二"}, .series = {{"本期", {1, 2}}, {"上期", {2, NAN}}}},
                       Chart{.kind = Chart::Kind::kLine, .title = "图", .labels = {"一", "二"}, .series = {{"本期", {0.5, 0.7}}}, .percent = true}};
    return Render(document)->pdf;
  };
  const std::string first = draw();
  std::string second;
  std::thread other([&] { second = draw(); });
  const std::string third = draw();
  other.join();
  CHECK(first == second);
  CHECK(first == third);
  CHECK(TextOf(first).find("70.0%") == std::string::npos);
}

TEST_CASE("a document that is too long is refused, one that is nearly is made in bounded time") {
  const auto reason = [](std::vector<Block> blocks) {
    return base::Reason(Render(Document{.title = "", .create_time = absl::UnixEpoch(), .blocks = std::move(blocks)}).status());
  };
  CHECK(reason({Paragraph{.text = std::string(kMaxText + 1, 'x')}}) == "DOCUMENT_TOO_LONG");
  CHECK(reason({Paragraph{.text = std::string(30'000, '\n') + "完"}}) == "DOCUMENT_TOO_LONG");  // pages
  CHECK(reason({Table{.rows = {std::vector<std::string>(kMaxColumns + 1, "x")}}}) == "DOCUMENT_TOO_LONG");
  const auto start = std::chrono::steady_clock::now();
  CHECK(Made({Paragraph{.text = Repeated("长", 60'000)}, Paragraph{.text = std::string(100'000, 'x')}}).pages > 90);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));  // a second or two on a quiet machine
}

TEST_CASE("empty lines at the end of a text leave no gap") {
  CHECK(Made({Paragraph{.text = "停水两天。\n \n"}, Table{.rows = {{"内容", "停水\n\n"}}}}).pdf == Made({Paragraph{.text = "停水两天。"}, Table{.rows = {{"内容", "停水"}}}}).pdf);
}

TEST_CASE("an empty document is one page") { CHECK(Made({}).pages == 1); }

}  // namespace hotline::document
