// Words that mean the same to citizens: 停水, 断水, 没水. Immutable after loading; safe from any thread.
#pragma once

#include <absl/status/statusor.h>

#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hotline::knowledge_base::search {

inline constexpr size_t kMaxSynonymGroups = 5'000;
inline constexpr size_t kMaxSynonymWords = 20;        // of a group
inline constexpr size_t kMaxWordCharacters = 8;       // the longest word that is looked for in a text
inline constexpr size_t kMaxSynonymCharacters = 20;

class Synonyms {
 public:
  // {"groups": [{"words": ["停水", "断水"]}]}; an empty path gives none. INVALID_ARGUMENT "BAD_CONFIG" names what is wrong.
  static absl::StatusOr<Synonyms> Load(const std::string& path);

  void Add(const std::vector<std::string>& words);
  // The other words of the groups this folded word is in; null if there are none.
  const std::vector<std::u32string>* Of(const std::u32string& word) const;
  // Whether some word begins with these two characters: a cheap question before the dear one.
  bool Begins(char32_t first, char32_t second) const { return beginnings_.contains({first, second}); }

 private:
  std::unordered_map<std::u32string, std::vector<std::u32string>> others_;
  std::set<std::pair<char32_t, char32_t>> beginnings_;
};

}  // namespace hotline::knowledge_base::search
