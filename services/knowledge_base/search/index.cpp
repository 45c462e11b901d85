#include "services/knowledge_base/search/index.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include "services/knowledge_base/search/marks.h"
#include "services/knowledge_base/search/text.h"

namespace hotline::knowledge_base::search {
namespace {

// How much an occurrence counts by where it is.
constexpr float kTitle = 5, kKeyword = 4, kWholeKeyword = 6, kAnswer = 2, kBody = 1, kSingle = 1.5, kInitial = 3;
// Lengths, in characters, at which an occurrence counts just that much; in longer fields it counts less.
constexpr float kTitleLength = 12, kAnswerLength = 80, kBodyLength = 400;
constexpr size_t kMaxReadingSyllables = 4;
constexpr size_t kMaxInitials = 6;
// BM25's saturation; high, because occurrences are weighted already.
constexpr double kSaturation = 4;
// Hits that score less than this part of the best are noise.
constexpr double kNoise = 0.08;
constexpr size_t kCompactAfter = 500;

using Weights = std::unordered_map<std::string, float>;
struct Terms {
  Weights words, readings, initials;
};

float Norm(float weight, size_t length, float usual) { return weight / (0.4F + 0.6F * static_cast<float>(length) / usual); }

void AddText(std::u32string_view folded, float weight, float single, Weights& words) {
  for (const Run& run : Runs(folded)) {
    if (!run.han) {
      words[Encode(folded.substr(run.begin, run.end - run.begin))] += weight;
      continue;
    }
    for (size_t i = run.begin; i < run.end; ++i) {
      if (single > 0 && !IsFiller(folded[i])) words[Encode(folded.substr(i, 1))] += single;
      if (i + 1 < run.end) words[Encode(folded.substr(i, 2))] += weight;
    }
  }
}

// The pinyin and initials of every stretch of syllables.
void AddReadings(const std::vector<std::string>& syllables, float weight, Terms& terms) {
  for (size_t begin = 0; begin < syllables.size(); ++begin) {
    std::string reading, initials;
    for (size_t i = begin; i < syllables.size() && !syllables[i].empty() && i - begin < kMaxInitials; ++i) {
      const size_t count = i - begin + 1;
      reading += syllables[i];
      initials.push_back(syllables[i][0]);
      if (count <= kMaxReadingSyllables) terms.readings[reading] += count == 1 ? kSingle : weight;
      if (count >= 2) terms.initials[initials] += weight * kInitial / kTitle;
    }
  }
}

Terms Collect(const Document& document, const std::u32string& folded_title, const std::vector<std::string>& syllables) {
  Terms terms;
  AddText(folded_title, Norm(kTitle, folded_title.size(), kTitleLength), kSingle, terms.words);
  AddReadings(syllables, Norm(kTitle, folded_title.size(), kTitleLength), terms);
  for (const std::string& keyword : document.keywords) {
    const std::u32string folded = Fold(Decode(keyword));
    terms.words["k:" + Encode(folded)] += kWholeKeyword;
    AddText(folded, kKeyword, kSingle, terms.words);
    AddReadings(Syllables(folded), kWholeKeyword, terms);
  }
  const std::u32string answer = Fold(Decode(document.answer));
  AddText(answer, Norm(kAnswer, answer.size(), kAnswerLength), 0, terms.words);
  const std::u32string body = Fold(Decode(document.body)).substr(0, kIndexedBody);
  AddText(body, Norm(kBody, body.size(), kBodyLength), 0, terms.words);
  return terms;
}

}  // namespace

void Index::Put(Document document) {
  Slot slot;
  slot.title = Decode(document.title);
  const std::u32string folded = Fold(slot.title);
  slot.syllables = Syllables(folded);
  slot.text = PlainText(Decode(document.answer));
  const Terms terms = Collect(document, folded, slot.syllables);
  if (!slot.text.empty()) slot.text.push_back(U' ');
  slot.text += PlainText(Decode(document.body).substr(0, kIndexedBody));
  document.body.clear();
  std::vector<uint64_t> starts;
  for (const std::string& keyword : document.keywords) {
    const std::u32string characters = Fold(Decode(keyword));
    if (characters.size() >= 2) starts.push_back(Start(characters[0], characters[1]));
  }
  slot.document = std::move(document);

  const std::unique_lock lock(mutex_);
  RemoveLocked(slot.document.article_id);
  const auto number = static_cast<uint32_t>(slots_.size());
  for (const auto& [term, weight] : terms.words) terms_[term].push_back({number, weight});
  for (const uint64_t start : starts) keyword_starts_.insert(start);
  for (const auto& [term, weight] : terms.readings) readings_[term].push_back({number, weight});
  for (const auto& [term, weight] : terms.initials) initials_[term].push_back({number, weight});
  by_id_[slot.document.article_id] = number;
  slots_.push_back(std::move(slot));
}

void Index::Remove(std::string_view article_id) {
  const std::unique_lock lock(mutex_);
  RemoveLocked(article_id);
}

void Index::RemoveLocked(std::string_view article_id) {
  const auto found = by_id_.find(std::string(article_id));
  if (found == by_id_.end()) return;
  slots_[found->second] = Slot();
  slots_[found->second].live = false;
  by_id_.erase(found);
  ++dead_;
  if (dead_ > kCompactAfter && dead_ > by_id_.size() / 4) Compact();
}

// Closes the gaps that replaced and removed articles leave.
void Index::Compact() {
  std::vector<uint32_t> moved(slots_.size());
  std::vector<Slot> kept;
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].live) continue;
    moved[i] = static_cast<uint32_t>(kept.size());
    by_id_[slots_[i].document.article_id] = moved[i];
    kept.push_back(std::move(slots_[i]));
  }
  const auto rewrite = [&](auto& terms) {
    for (auto it = terms.begin(); it != terms.end();) {
      Postings& postings = it->second;
      std::erase_if(postings, [&](const Posting& posting) { return !slots_[posting.slot].live; });
      for (Posting& posting : postings) posting.slot = moved[posting.slot];
      it = postings.empty() ? terms.erase(it) : std::next(it);
    }
  };
  rewrite(terms_);
  rewrite(readings_);
  rewrite(initials_);
  slots_ = std::move(kept);
  dead_ = 0;
}

size_t Index::size() const {
  const std::shared_lock lock(mutex_);
  return by_id_.size();
}

double Index::Idf(const Postings& postings) const {
  const auto all = static_cast<double>(slots_.size());
  const double with = std::min(all, static_cast<double>(postings.size()));
  return std::log(1 + (all - with + 0.5) / (with + 0.5));
}

std::vector<double> Index::Score(const Plan& plan) const {
  std::vector<double> scores(slots_.size());
  for (const bool weak : {false, true}) {
    for (const Term& term : plan.terms) {
      if (term.weak != weak) continue;
      const double idf = term.weight * Idf(*term.postings) * (kSaturation + 1);
      for (const Posting& posting : *term.postings) {
        if (weak && scores[posting.slot] == 0) continue;
        scores[posting.slot] += idf * posting.weight / (kSaturation + posting.weight);
      }
    }
  }
  return scores;
}

Answer Index::Search(const Query& query) const {
  const std::u32string folded = Fold(Decode(query.text));
  const std::shared_lock lock(mutex_);
  Plan plan = MakePlan(folded);
  KeepMostTelling(plan);
  Answer answer;
  answer.words = plan.words;
  std::vector<double> scores = Score(plan);
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < scores.size(); ++i) {
    if (scores[i] <= 0 || !slots_[i].live) continue;
    if (query.filter && !query.filter(slots_[i].document)) continue;
    if (query.boost) scores[i] *= query.boost(slots_[i].document);
    found.push_back(i);
  }
  const auto better = [&](uint32_t a, uint32_t b) {
    if (scores[a] != scores[b]) return scores[a] > scores[b];
    return slots_[a].document.article_id < slots_[b].document.article_id;
  };
  const size_t shown = std::min(query.limit, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<long>(shown), found.end(), better);
  for (size_t i = 0; i < shown && scores[found[i]] >= kNoise * scores[found[0]]; ++i) {
    answer.hits.push_back(MakeHit(slots_[found[i]], scores[found[i]], plan));
  }
  return answer;
}

Hit Index::MakeHit(const Slot& slot, double score, const Plan& plan) {
  Found marks;
  for (const Term& term : plan.terms) {
    if (term.weak) continue;
    if (term.kind == Kind::kReading) marks.readings.push_back(term.text);
    if (term.kind == Kind::kInitials) marks.initials.push_back(term.text);
    if (term.kind == Kind::kWord) marks.words.push_back(Decode(term.text));
  }
  Hit hit;
  const Document& document = slot.document;
  hit.article_id = document.article_id;
  hit.title = Encode(WithMarks(slot.title, Marked(Fold(slot.title), slot.syllables, marks)));
  hit.excerpt = Encode(Excerpt(slot.text, Marked(Fold(slot.text), {}, marks), kMaxExcerpt));
  hit.answer = document.answer;
  hit.unit_id = document.unit_id;
  hit.category_id = document.category_id;
  hit.expire_time = document.expire_time;
  hit.score = score;
  return hit;
}

}  // namespace hotline::knowledge_base::search
