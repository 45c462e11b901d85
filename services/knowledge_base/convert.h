// Articles between their proto and domain forms. Pure functions.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "hotline/knowledge_base/v1/knowledge_base.pb.h"
#include "services/knowledge_base/domain/article.h"
#include "services/knowledge_base/search/index.h"

namespace hotline::knowledge_base {

namespace pb = hotline::knowledge_base::v1;

// Checked; errors name the field below `prefix`. Times are cut to microseconds, as they are kept.
absl::StatusOr<Content> ContentOf(std::string_view prefix, const pb::Article& article);
// `for_editors` adds the review note.
void ToProto(const std::string& article_id, int64_t revision, const Version& version, bool for_editors, pb::Article& out);
void ToProto(const search::Answer& answer, pb::SearchArticlesResponse& out);

std::string Etag(int64_t revision);
absl::StatusOr<int64_t> RevisionOf(std::string_view field, const std::string& etag);
// Nothing for UNSPECIFIED.
absl::StatusOr<std::optional<State>> StateFrom(std::string_view field, pb::ArticleState state);

}  // namespace hotline::knowledge_base
