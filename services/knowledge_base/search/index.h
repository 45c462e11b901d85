// The published articles in memory, found by words, pinyin, initials and synonyms (KB-3).
//
// Chinese needs no dictionary here: a text is its pairs of neighbouring characters, keywords and titles also their single
// characters; whole keywords are terms of their own, and so are the pinyin and the initials of keywords and of stretches of
// titles. Ranking is BM25 over fields of different weight. Thread-safe: many readers, one writer; a reader waits for a writer
// as long as one article takes (milliseconds).
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "services/knowledge_base/search/synonyms.h"

namespace hotline::knowledge_base::search {

inline constexpr size_t kIndexedBody = 4'000;  // characters of a body that are searched
inline constexpr size_t kMaxQueryTerms = 64;   // of a text the most telling ones
inline constexpr size_t kMaxPrefixTerms = 32;  // readings that an unfinished pinyin may stand for
inline constexpr size_t kMaxExcerpt = 200;     // characters, marks included
inline constexpr char32_t kMarkBegin = 0x1;
inline constexpr char32_t kMarkEnd = 0x2;

struct Document {
  std::string article_id = {};
  std::string title = {};
  std::vector<std::string> keywords = {};
  std::string answer = {};
  std::string body = {};
  std::string unit_id = {};
  std::string category_id = {};
  bool open_to_public = false;
  std::optional<absl::Time> effective_time = {};
  std::optional<absl::Time> expire_time = {};
};

struct Hit {
  std::string article_id, title, excerpt, answer, unit_id, category_id;
  double score = 0;
  std::optional<absl::Time> expire_time;
};

struct Answer {
  std::vector<Hit> hits;           // best first
  std::vector<std::string> words;  // what was searched for
};

struct Query {
  std::string_view text;
  size_t limit = 10;
  // Which documents count; must not call the index. Empty: all.
  std::function<bool(const Document&)> filter = {};
  // Multiplies a document's score. Empty: 1.
  std::function<double(const Document&)> boost = {};
};

class Index {
 public:
  explicit Index(Synonyms synonyms) : synonyms_(std::move(synonyms)) {}

  // Adds the document or replaces the one with its id.
  void Put(Document document);
  void Remove(std::string_view article_id);
  size_t size() const;

  Answer Search(const Query& query) const;

 private:
  struct Posting {
    uint32_t slot;
    float weight;  // occurrences, weighted by field and its length
  };
  using Postings = std::vector<Posting>;
  struct Slot {
    Document document;
    std::u32string title, text;          // as written: the title; answer and body without Markdown
    std::vector<std::string> syllables;  // of the title
    bool live = true;
  };
  enum class Kind { kWord, kReading, kInitials };
  struct Term {
    const Postings* postings;
    double weight;
    bool weak;  // ranks, but does not make a hit
    Kind kind;
    std::string text;
  };
  // What a query text asks for.
  struct Plan {
    std::vector<Term> terms;  // each list of postings once
    std::unordered_map<const Postings*, size_t> places;
    std::vector<std::string> words;
  };

  // All under a lock of mutex_.
  Plan MakePlan(std::u32string_view folded) const;
  void PlanHan(std::u32string_view run, Plan& plan) const;
  void PlanSynonyms(const std::u32string& word, Plan& plan) const;
  void PlanLatin(const std::vector<std::string>& group, Plan& plan) const;
  bool PlanPinyin(const std::string& letters, Plan& plan) const;
  void ListWords(std::u32string_view run, Plan& plan) const;
  bool AddWord(const std::string& key, double weight, bool weak, Plan& plan) const;
  bool IsKeyword(std::u32string_view word) const;
  static uint64_t Start(char32_t first, char32_t second) { return (static_cast<uint64_t>(first) << 32) | second; }
  static void AddTerm(Term term, Plan& plan);
  void KeepMostTelling(Plan& plan) const;
  std::vector<double> Score(const Plan& plan) const;
  double Idf(const Postings& postings) const;
  static Hit MakeHit(const Slot& slot, double score, const Plan& plan);
  void RemoveLocked(std::string_view article_id);
  void Compact();

  const Synonyms synonyms_;
  mutable std::shared_mutex mutex_;
  std::vector<Slot> slots_;
  size_t dead_ = 0;
  std::unordered_map<std::string, uint32_t> by_id_;
  std::unordered_map<std::string, Postings> terms_;  // "停水", "水", "ktv", "k:停水" for whole keywords
  std::unordered_set<uint64_t> keyword_starts_;      // first two characters of keywords there are or were
  std::map<std::string, Postings> readings_;         // "tingshui"; ordered, for prefixes
  std::unordered_map<std::string, Postings> initials_;
};

}  // namespace hotline::knowledge_base::search
