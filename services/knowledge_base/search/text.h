// Chinese text as search sees it: folded characters (simplified, half-width, lower case), runs of Han characters and words,
// and their pinyin. Folding keeps one character for one, so that places found in folded text are places in the original.
// Pure functions over tables that are built once (about 0.2 s); thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::knowledge_base::search {

// Invalid UTF-8 becomes U+FFFD.
std::u32string Decode(std::string_view utf8);
std::string Encode(std::u32string_view text);

bool IsHan(char32_t c);
// A letter or digit that is not Han.
bool IsWordCharacter(char32_t c);
// Carries no meaning in a question: 的, 了, 吗, 怎, …
bool IsFiller(char32_t c);

std::u32string Fold(std::u32string text);

// A stretch of Han characters or of letters and digits.
struct Run {
  bool han = false;
  size_t begin = 0;
  size_t end = 0;
};
std::vector<Run> Runs(std::u32string_view folded);

// The pinyin of each character without tones, chosen by context (重庆 is chong qing); empty for what is not Han.
std::vector<std::string> Syllables(std::u32string_view folded);

// Markdown's signs and line breaks as single spaces.
std::u32string PlainText(std::u32string_view markdown);

}  // namespace hotline::knowledge_base::search
