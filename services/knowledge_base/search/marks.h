// Marks what was found in what is shown. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hotline::knowledge_base::search {

// What was found: words, and pinyin or initials of words.
struct Found {
  std::vector<std::u32string> words;  // folded
  std::vector<std::string> readings;
  std::vector<std::string> initials;
};

// For each character whether it belongs to something found. `syllables` may be empty.
std::vector<bool> Marked(std::u32string_view folded, const std::vector<std::string>& syllables, const Found& found);
// The text with marks around the marked stretches.
std::u32string WithMarks(std::u32string_view text, const std::vector<bool>& marked);
// At most `limit` characters around the first marked place, marks included.
std::u32string Excerpt(std::u32string_view text, const std::vector<bool>& marked, size_t limit);

}  // namespace hotline::knowledge_base::search
