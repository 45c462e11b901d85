#include "services/knowledge_base/search/synonyms.h"

#include "libs/base/error.h"
#include "libs/base/json_reader.h"
#include "libs/base/text.h"
#include "services/knowledge_base/search/text.h"

namespace hotline::knowledge_base::search {

absl::StatusOr<Synonyms> Synonyms::Load(const std::string& path) {
  Synonyms synonyms;
  if (path.empty()) return synonyms;
  HOTLINE_ASSIGN_OR_RETURN(base::JsonReader root, base::JsonReader::FromFile(path));
  std::vector<base::JsonReader> groups = root.Objects("groups");
  if (groups.size() > kMaxSynonymGroups) root.Fail("groups", "TOO_MANY", "at most 5000 groups");
  for (base::JsonReader& group : groups) {
    const std::vector<std::string> words = group.Strings("words");
    if (words.size() < 2 || words.size() > kMaxSynonymWords) group.Fail("words", "OUT_OF_RANGE", "2 to 20 words");
    for (const std::string& word : words) {
      if (!base::CheckText("words", word, 2, kMaxSynonymCharacters).ok()) group.Fail("words", "BAD_VALUE", "2 to 20 characters");
    }
    synonyms.Add(words);
  }
  HOTLINE_RETURN_IF_ERROR(root.Finish());
  return synonyms;
}

void Synonyms::Add(const std::vector<std::string>& words) {
  std::vector<std::u32string> folded;
  for (const std::string& word : words) folded.push_back(Fold(Decode(word)));
  for (const std::u32string& word : folded) {
    if (word.size() < 2) continue;
    beginnings_.emplace(word[0], word[1]);
    std::vector<std::u32string>& others = others_[word];
    for (const std::u32string& other : folded) {
      if (other != word) others.push_back(other);
    }
  }
}

const std::vector<std::u32string>* Synonyms::Of(const std::u32string& word) const {
  const auto found = others_.find(word);
  return found == others_.end() ? nullptr : &found->second;
}

}  // namespace hotline::knowledge_base::search
