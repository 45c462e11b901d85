#include "services/knowledge_base/library.h"

#include <chrono>
#include <utility>
#include <vector>

#include "libs/base/error.h"
#include "libs/base/log.h"
#include "libs/base/text.h"

namespace hotline::knowledge_base {
namespace {

constexpr size_t kMaskedDigits = 5;  // numbers so long may be a telephone's or a person's

std::string MaskNumbers(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    if (end - i >= kMaskedDigits) {
      out += "*";
    } else {
      out += text.substr(i, std::max<size_t>(end - i, 1));
    }
    i = std::max(end, i + 1);
  }
  return out;
}

search::Document ToDocument(PublishedArticle article) {
  Content& content = article.content;
  return {.article_id = std::move(article.article_id),
          .title = std::move(content.title),
          .keywords = std::move(content.keywords),
          .answer = std::move(content.answer),
          .body = std::move(content.body),
          .unit_id = std::move(content.unit_id),
          .category_id = std::move(content.category_id),
          .open_to_public = content.open_to_public,
          .effective_time = content.effective_time,
          .expire_time = content.expire_time};
}

}  // namespace

Library::Library(Store& store, search::Synonyms synonyms, const base::Clock& clock, runtime::Metrics& metrics)
    : store_(store),
      clock_(clock),
      index_(std::move(synonyms)),
      indexed_(metrics.Gauge("hotline_knowledge_base_indexed_articles", "Published articles in the index.")),
      failures_(metrics.Counter("hotline_knowledge_base_refresh_failures_total", "Refreshes of the index that failed.")),
      misses_total_(metrics.Counter("hotline_knowledge_base_search_misses_total", "Searches that found nothing.")) {}

absl::Status Library::LoadBatch(const std::vector<std::string>& ids) {
  HOTLINE_ASSIGN_OR_RETURN(std::vector<PublishedArticle> articles, store_.LoadPublished(ids));
  for (PublishedArticle& article : articles) {
    versions_[article.article_id] = article.version;
    index_.Put(ToDocument(std::move(article)));
  }
  return absl::OkStatus();
}

absl::Status Library::Refresh() {
  const std::lock_guard lock(refresh_mutex_);
  HOTLINE_ASSIGN_OR_RETURN(const Changes changes, store_.ChangesSince(mark_));
  std::vector<std::string> wanted;
  for (const auto& [id, published] : changes.articles) {
    const auto known = versions_.find(id);
    if (published == 0) {
      index_.Remove(id);
      if (known != versions_.end()) versions_.erase(known);
    } else if (known == versions_.end() || known->second != published) {
      wanted.push_back(id);
    }
  }
  for (size_t i = 0; i < wanted.size(); i += kLoadBatch) {
    const auto begin = wanted.begin() + static_cast<long>(i);
    HOTLINE_RETURN_IF_ERROR(LoadBatch({begin, begin + static_cast<long>(std::min(kLoadBatch, wanted.size() - i))}));
  }
  if (!changes.units.empty()) {
    const std::unique_lock units(units_mutex_);
    for (const auto& [id, path] : changes.units) paths_[id] = path;
  }
  mark_ = changes.mark;  // Only now: what failed half-way is read again.
  indexed_.Set(static_cast<double>(index_.size()));
  return absl::OkStatus();
}

std::string Library::PathOf(std::string_view unit_id) const {
  const std::shared_lock lock(units_mutex_);
  const auto found = paths_.find(std::string(unit_id));
  return found == paths_.end() ? std::string() : found->second;
}

void Library::Missed(std::string_view text) {
  const std::string masked = MaskNumbers(base::Trim(text));
  misses_total_.Increment();
  const std::lock_guard lock(misses_mutex_);
  if (misses_.size() >= kMaxMissesInMemory && !misses_.contains(masked)) return;
  Miss& miss = misses_[masked];
  miss.text = masked;
  miss.last_time = clock_.Now();
  ++miss.times;
}

absl::Status Library::Flush() {
  std::vector<Miss> misses;
  {
    const std::lock_guard lock(misses_mutex_);
    for (auto& [text, miss] : misses_) misses.push_back(std::move(miss));
    misses_.clear();
  }
  if (misses.empty()) return absl::OkStatus();
  return store_.AddMisses(misses);
}

void Library::Start(absl::Duration refresh) {
  thread_ = std::thread([this, refresh] { Run(refresh); });
}

void Library::Run(absl::Duration refresh) {
  std::unique_lock lock(stop_mutex_);
  bool failing = false;
  while (!stopping_.wait_for(lock, absl::ToChronoMilliseconds(refresh), [this] { return stop_; })) {
    lock.unlock();
    absl::Status status = Refresh();
    if (status.ok()) status = Flush();
    if (!status.ok()) failures_.Increment();
    if (!status.ok() && !failing) base::log::Warn("index is not kept in step", {{"error", status}});
    failing = !status.ok();
    lock.lock();
  }
}

void Library::Stop() {
  {
    const std::lock_guard lock(stop_mutex_);
    stop_ = true;
  }
  stopping_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace hotline::knowledge_base
