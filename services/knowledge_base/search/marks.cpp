#include "services/knowledge_base/search/marks.h"

#include <algorithm>

#include "services/knowledge_base/search/index.h"

namespace hotline::knowledge_base::search {
namespace {

constexpr size_t kBeforeFirst = 20;  // characters shown before the first found word

// Marks the stretch of syllables from `begin` that spells `reading`, if there is one.
void MarkReading(const std::vector<std::string>& syllables, size_t begin, std::string_view reading, bool initials,
                 std::vector<bool>& marked) {
  size_t at = 0;
  for (size_t i = begin; i < syllables.size() && !syllables[i].empty() && at < reading.size(); ++i) {
    const std::string_view part = initials ? std::string_view(syllables[i]).substr(0, 1) : std::string_view(syllables[i]);
    if (!reading.substr(at).starts_with(part)) return;
    at += part.size();
    if (at == reading.size()) std::fill(marked.begin() + static_cast<long>(begin), marked.begin() + static_cast<long>(i) + 1, true);
  }
}

}  // namespace

std::vector<bool> Marked(std::u32string_view folded, const std::vector<std::string>& syllables, const Found& found) {
  std::vector<bool> marked(folded.size());
  for (const std::u32string& word : found.words) {
    if (word.empty()) continue;
    for (size_t at = folded.find(word); at != std::u32string_view::npos; at = folded.find(word, at + 1)) {
      std::fill_n(marked.begin() + static_cast<long>(at), word.size(), true);
    }
  }
  for (size_t i = 0; i < syllables.size(); ++i) {
    for (const std::string& reading : found.readings) MarkReading(syllables, i, reading, false, marked);
    for (const std::string& initials : found.initials) MarkReading(syllables, i, initials, true, marked);
  }
  return marked;
}

std::u32string WithMarks(std::u32string_view text, const std::vector<bool>& marked) {
  std::u32string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (marked[i] && (i == 0 || !marked[i - 1])) out.push_back(kMarkBegin);
    out.push_back(text[i]);
    if (marked[i] && (i + 1 == text.size() || !marked[i + 1])) out.push_back(kMarkEnd);
  }
  return out;
}

std::u32string Excerpt(std::u32string_view text, const std::vector<bool>& marked, size_t limit) {
  const auto first = static_cast<size_t>(std::find(marked.begin(), marked.end(), true) - marked.begin());
  const size_t begin = first == text.size() || first < kBeforeFirst ? 0 : first - kBeforeFirst;
  std::u32string out;
  if (begin > 0) out.push_back(U'…');
  size_t i = begin;
  // Room is kept for the mark that ends a stretch and for the sign that the text goes on.
  for (; i < text.size() && out.size() + 4 <= limit; ++i) {
    if (marked[i] && (i == begin || !marked[i - 1])) out.push_back(kMarkBegin);
    out.push_back(text[i]);
    if (marked[i] && (i + 1 == text.size() || !marked[i + 1])) out.push_back(kMarkEnd);
  }
  if (i > begin && i < text.size() && marked[i - 1] && marked[i]) out.push_back(kMarkEnd);
  if (i < text.size()) out.push_back(U'…');
  return out;
}

}  // namespace hotline::knowledge_base::search
