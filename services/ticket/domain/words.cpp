#include "services/ticket/domain/words.h"

#include <absl/strings/ascii.h>

#include <set>

#include "libs/base/text.h"
#include "services/ticket/domain/limits.h"

namespace hotline::ticket::domain {
namespace {

constexpr size_t kMaxWord = 40;  // bytes of a Latin word that count

enum class Kind { kSeparator, kLatin, kIdeograph };

size_t Length(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

Kind KindOf(std::string_view character) {
  if (character.size() == 1) return absl::ascii_isalnum(static_cast<unsigned char>(character[0])) ? Kind::kLatin : Kind::kSeparator;
  // General punctuation, CJK punctuation and full-width forms of ASCII separate.
  if (character.starts_with("\xe2\x80") || character.starts_with("\xe3\x80") || character.starts_with("\xef\xbc") || character.starts_with("\xef\xbd"))
    return Kind::kSeparator;
  return Kind::kIdeograph;
}

// Calls run(kind, characters) for each run of one kind.
template <class Fn>
void EachRun(std::string_view text, Fn run) {
  std::vector<std::string_view> characters;
  Kind kind = Kind::kSeparator;
  for (size_t i = 0; i < text.size();) {
    const std::string_view character = text.substr(i, Length(text[i]));
    const Kind next = KindOf(character);
    if (next != kind) {
      if (kind != Kind::kSeparator) run(kind, characters);
      characters.clear();
      kind = next;
    }
    characters.push_back(character);
    i += character.size();
  }
  if (kind != Kind::kSeparator) run(kind, characters);
}

std::string Latin(const std::vector<std::string_view>& characters) {
  std::string word;
  for (std::string_view character : characters) {
    if (word.size() < kMaxWord) word.push_back(absl::ascii_tolower(static_cast<unsigned char>(character[0])));
  }
  return word;
}

}  // namespace

std::vector<std::string> IndexWords(std::string_view text) {
  if (!base::IsValidUtf8(text)) return {};
  std::set<std::string> words;
  EachRun(text, [&](Kind kind, const std::vector<std::string_view>& characters) {
    if (kind == Kind::kLatin) {
      words.insert(Latin(characters));
      return;
    }
    for (size_t i = 0; i < characters.size(); ++i) {
      words.emplace(characters[i]);
      if (i + 1 < characters.size()) words.insert(std::string(characters[i]) + std::string(characters[i + 1]));
    }
  });
  return {words.begin(), words.end()};
}

std::vector<std::string> QueryWords(std::string_view query) {
  if (!base::IsValidUtf8(query)) return {};
  std::set<std::string> words;
  EachRun(query, [&](Kind kind, const std::vector<std::string_view>& characters) {
    if (kind == Kind::kLatin) words.insert(Latin(characters));
    else if (characters.size() == 1) words.emplace(characters[0]);
    for (size_t i = 0; kind == Kind::kIdeograph && i + 1 < characters.size(); ++i)
      words.insert(std::string(characters[i]) + std::string(characters[i + 1]));
  });
  return {words.begin(), words.end()};
}

std::vector<std::string> QueryTerms(std::string_view query) {
  std::vector<std::string> terms;
  std::string_view rest = base::Trim(query);
  while (!rest.empty() && terms.size() < kMaxQueryTerms) {
    size_t end = rest.size();
    for (const std::string_view space : {std::string_view(" "), std::string_view("\t"), std::string_view("\n"), std::string_view("\xe3\x80\x80")})
      end = std::min(end, rest.find(space));
    terms.emplace_back(rest.substr(0, end));
    rest = base::Trim(rest.substr(end));
  }
  return terms;
}

}  // namespace hotline::ticket::domain
