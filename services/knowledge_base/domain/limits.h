// The limits of the knowledge base, in one place. Lengths are in characters.
#pragma once

#include <cstddef>

namespace hotline::knowledge_base {

inline constexpr size_t kMaxArticleId = 64;
inline constexpr size_t kMaxUnitId = 64;
inline constexpr size_t kMaxCategoryId = 64;
inline constexpr size_t kMaxTitle = 200;
inline constexpr size_t kMaxBody = 50'000;
inline constexpr size_t kMaxAnswer = 2'000;
inline constexpr size_t kMaxKeywords = 30;
inline constexpr size_t kMaxKeyword = 30;
inline constexpr size_t kMaxNote = 500;
inline constexpr size_t kMaxRetireReason = 200;
inline constexpr size_t kMaxQuery = 100;
inline constexpr size_t kMaxSuggestText = 5'000;
inline constexpr size_t kMaxImport = 200;
inline constexpr int kMaxVersions = 1'000;     // of one article
inline constexpr int kMaxArticles = 50'000;    // they are searched in memory
inline constexpr size_t kMaxContributors = 50;  // to one version

}  // namespace hotline::knowledge_base
