// From what was typed to the terms that are looked up.
#include <algorithm>
#include <cmath>

#include "services/knowledge_base/search/index.h"
#include "services/knowledge_base/search/text.h"

namespace hotline::knowledge_base::search {
namespace {

constexpr double kWholeWord = 1.5;  // a keyword as a whole, against 1 for a pair of characters
constexpr double kSynonym = 0.6;    // of what the word itself would count
constexpr double kSingleCharacter = 0.15;
constexpr double kFillerPair = 0.2;
constexpr double kLatinWord = 1.2;
constexpr double kUnfinished = 0.6;  // pinyin whose end is still to be typed
constexpr double kInitialsWeight = 0.8;
constexpr size_t kMaxReading = 24;   // letters of four syllables
constexpr size_t kMaxLetters = 60;   // of one stretch of pinyin
constexpr size_t kMaxWordsTold = 20;

bool IsLetters(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

void Index::AddTerm(Term term, Plan& plan) {
  const auto [place, added] = plan.places.try_emplace(term.postings, plan.terms.size());
  if (added) {
    plan.terms.push_back(std::move(term));
    return;
  }
  Term& there = plan.terms[place->second];
  there.weight = std::max(there.weight, term.weight);
  there.weak = there.weak && term.weak;
}

bool Index::AddWord(const std::string& key, double weight, bool weak, Plan& plan) const {
  const auto found = terms_.find(key);
  if (found == terms_.end()) return false;
  AddTerm({&found->second, weight, weak, Kind::kWord, key.starts_with("k:") ? key.substr(2) : key}, plan);
  return true;
}

bool Index::IsKeyword(std::u32string_view word) const { return terms_.contains("k:" + Encode(word)); }

void Index::PlanSynonyms(const std::u32string& word, Plan& plan) const {
  const std::vector<std::u32string>* others = synonyms_.Of(word);
  if (others == nullptr) return;
  for (const std::u32string& other : *others) {
    AddWord("k:" + Encode(other), kWholeWord * kSynonym, false, plan);
    // A longer synonym counts by its parts, which together count like one pair.
    const double weight = kSynonym / static_cast<double>(other.size() - 1);
    for (size_t i = 0; i + 1 < other.size(); ++i) {
      AddWord(Encode(std::u32string_view(other).substr(i, 2)), weight, other.size() > 2, plan);
    }
  }
}

void Index::PlanHan(std::u32string_view run, Plan& plan) const {
  for (size_t i = 0; i < run.size(); ++i) {
    if (run.size() == 1 || !IsFiller(run[i])) {
      AddWord(Encode(run.substr(i, 1)), run.size() == 1 ? 1 : kSingleCharacter, run.size() > 1, plan);
    }
    if (i + 1 == run.size()) break;
    const int fillers = IsFiller(run[i]) + IsFiller(run[i + 1]);
    if (fillers < 2) AddWord(Encode(run.substr(i, 2)), fillers == 0 ? 1 : kFillerPair, fillers > 0, plan);
    const bool keyword = keyword_starts_.contains(Start(run[i], run[i + 1]));
    const bool synonym = synonyms_.Begins(run[i], run[i + 1]);
    if (!keyword && !synonym) continue;
    for (size_t length = 2; length <= kMaxWordCharacters && i + length <= run.size(); ++length) {
      const std::u32string word(run.substr(i, length));
      if (keyword) AddWord("k:" + Encode(word), kWholeWord, false, plan);
      if (synonym) PlanSynonyms(word, plan);
    }
  }
}

// Cuts letters into readings that some title or keyword has, the longest first; the end may be unfinished.
bool Index::PlanPinyin(const std::string& letters, Plan& plan) const {
  if (letters.size() < 2 || letters.size() > kMaxLetters || !IsLetters(letters)) return false;
  std::vector<std::map<std::string, Postings>::const_iterator> parts;
  size_t at = 0;
  while (at < letters.size()) {
    auto best = readings_.end();
    for (size_t length = std::min(kMaxReading, letters.size() - at); length > 0 && best == readings_.end(); --length) {
      best = readings_.find(letters.substr(at, length));
    }
    if (best == readings_.end()) break;
    parts.push_back(best);
    at += best->first.size();
  }
  const std::string rest = letters.substr(at);
  std::vector<std::map<std::string, Postings>::const_iterator> unfinished;
  if (!rest.empty()) {
    // The last whole part may be the beginning of a longer one too: "ting" + "sh" is "tingsh…".
    const std::string open = parts.empty() ? rest : parts.back()->first + rest;
    for (auto it = readings_.lower_bound(open); it != readings_.end() && it->first.starts_with(open); ++it) {
      unfinished.push_back(it);
      if (unfinished.size() == kMaxPrefixTerms) break;
    }
    if (unfinished.empty()) return false;
    if (!parts.empty()) parts.pop_back();
  }
  for (const auto& part : parts) AddTerm({&part->second, 1, parts.size() > 1 && part->first.size() < 4, Kind::kReading, part->first}, plan);
  for (const auto& part : unfinished) AddTerm({&part->second, kUnfinished, false, Kind::kReading, part->first}, plan);
  return true;
}

void Index::PlanLatin(const std::vector<std::string>& group, Plan& plan) const {
  std::string joined;
  bool words = false;
  for (const std::string& token : group) {
    joined += token;
    words = AddWord(token, kLatinWord, false, plan) || words;
    AddWord("k:" + token, kWholeWord, false, plan);
    plan.words.push_back(token);
  }
  if (words) return;
  if (!PlanPinyin(joined, plan) && group.size() > 1) {
    for (const std::string& token : group) PlanPinyin(token, plan);
  }
  if (const auto found = initials_.find(joined); found != initials_.end()) {
    AddTerm({&found->second, kInitialsWeight, false, Kind::kInitials, joined}, plan);
  }
}

// For the eye: known words, the longest first, and what is left between them.
void Index::ListWords(std::u32string_view run, Plan& plan) const {
  std::u32string rest;
  const auto flush = [&] {
    if (!rest.empty()) plan.words.push_back(Encode(rest));
    rest.clear();
  };
  for (size_t i = 0; i < run.size() && plan.words.size() < kMaxWordsTold;) {
    size_t length = std::min(kMaxWordCharacters, run.size() - i);
    for (; length > 1; --length) {
      const std::u32string word(run.substr(i, length));
      if (IsKeyword(word) || synonyms_.Of(word) != nullptr) break;
    }
    if (length > 1) {
      flush();
      plan.words.push_back(Encode(run.substr(i, length)));
    } else if (IsFiller(run[i])) {
      flush();
    } else {
      rest.push_back(run[i]);
    }
    i += length;
  }
  flush();
}

Index::Plan Index::MakePlan(std::u32string_view folded) const {
  Plan plan;
  std::vector<std::string> latin;
  size_t latin_end = 0;
  const auto end_latin = [&] {
    if (!latin.empty()) PlanLatin(latin, plan);
    latin.clear();
  };
  for (const Run& run : Runs(folded)) {
    const std::u32string_view text = folded.substr(run.begin, run.end - run.begin);
    if (run.han) {
      end_latin();
      PlanHan(text, plan);
      ListWords(text, plan);
      continue;
    }
    if (run.begin != latin_end + 1) end_latin();  // "ting shui" and "xi'an" belong together
    latin.push_back(Encode(text));
    latin_end = run.end;
  }
  end_latin();
  if (plan.words.size() > kMaxWordsTold) plan.words.resize(kMaxWordsTold);
  return plan;
}

void Index::KeepMostTelling(Plan& plan) const {
  if (plan.terms.size() <= kMaxQueryTerms) return;
  const auto telling = [this](const Term& term) { return term.weight * Idf(*term.postings); };
  std::nth_element(plan.terms.begin(), plan.terms.begin() + kMaxQueryTerms, plan.terms.end(),
                   [&](const Term& a, const Term& b) { return telling(a) > telling(b); });
  plan.terms.resize(kMaxQueryTerms);
  plan.places.clear();
}

}  // namespace hotline::knowledge_base::search
