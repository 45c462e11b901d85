// What the knowledge base keeps. Thread-safe. Whoever changes an article gives the revision it decided on: ABORTED
// "ETAG_MISMATCH" if that is no longer the newest.
#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/knowledge_base/domain/article.h"

namespace hotline::knowledge_base {

struct ArticleFilter {
  Viewer viewer;
  std::string unit_id;      // subtree; empty: all
  std::string category_id;  // subtree; empty: all
  std::optional<State> state;
  absl::Time now;
  std::string after_title, after_id;  // beginning of the title and id of the last one seen
  int limit = 0;
};

struct Listed {
  Article article;  // `newest` is the version listed; without body
  std::string sort_title;
};

// What has changed since a mark.
struct Changes {
  std::string mark;                            // for the next time
  std::map<std::string, int> articles;         // id -> published version, 0: none
  std::map<std::string, std::string> units;    // id -> path
};

struct PublishedArticle {
  std::string article_id;
  int version = 0;
  Content content;
};

struct Miss {
  std::string text;
  int64_t times = 0;
  absl::Time last_time;
};

// From what an import finds to what it does with it; nothing if it is there already.
using DecideImport = std::function<absl::StatusOr<std::optional<Change>>(size_t index, const Imported& found)>;

class Store {
 public:
  virtual ~Store() = default;

  // Returns what an earlier create with this request id made by the same author, if there was one.
  virtual absl::StatusOr<Article> Create(const Change& change, std::string_view request_id) = 0;
  virtual absl::Status Save(const Change& change) = 0;
  // All or nothing; returns how many were written. `ids` in the order of the import.
  virtual absl::StatusOr<int> Import(const std::vector<std::string>& ids, const DecideImport& decide) = 0;
  virtual absl::StatusOr<Article> Get(std::string_view article_id) = 0;
  virtual absl::StatusOr<Version> GetVersion(std::string_view article_id, int number) = 0;
  virtual absl::StatusOr<std::vector<Listed>> List(const ArticleFilter& filter) = 0;

  // An empty mark: everything.
  virtual absl::StatusOr<Changes> ChangesSince(std::string_view mark) = 0;
  virtual absl::StatusOr<std::vector<PublishedArticle>> LoadPublished(const std::vector<std::string>& ids) = 0;

  // Adds up; the rarest are forgotten beyond kMaxMisses.
  virtual absl::Status AddMisses(const std::vector<Miss>& misses) = 0;
  // Most frequent first.
  virtual absl::StatusOr<std::vector<Miss>> ListMisses(int limit) = 0;
};

inline constexpr int kMaxMisses = 10'000;

}  // namespace hotline::knowledge_base
