// Every refusal of the knowledge base, by name. Reasons are stable; see knowledge_base.proto. Pure functions.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>

#include "libs/base/error.h"

namespace hotline::knowledge_base {

inline absl::Status ArticleNotFound(std::string_view id) { return base::NotFound("article", id); }
inline absl::Status ArticleEtagMismatch(std::string_view id) { return base::EtagMismatch("article", id); }
inline absl::Status ArticleExists(std::string_view id) {
  return base::AlreadyExists("ARTICLE_EXISTS", "another article has this id", {{"article_id", std::string(id)}});
}
inline absl::Status WrongState(std::string_view state, std::string_view command) {
  return base::FailedPrecondition("WRONG_STATE", "the article's state does not allow that",
                                  {{"state", std::string(state)}, {"command", std::string(command)}});
}
inline absl::Status OwnArticle() {
  return base::PermissionDenied("OWN_ARTICLE", "whoever wrote a version may not review it");
}
inline absl::Status UnitOutsideSubtree(std::string_view unit_id) {
  return base::PermissionDenied("UNIT_OUTSIDE_SUBTREE", "the unit is not yours or below it", {{"unit_id", std::string(unit_id)}});
}
inline absl::Status AlreadyExpired() {
  return base::FailedPrecondition("ALREADY_EXPIRED", "the expire time is over; change it before publishing");
}
inline absl::Status DraftOpen(std::string_view id) {
  return base::FailedPrecondition("DRAFT_OPEN", "the article has an unpublished version; publish or retire it first",
                                  {{"article_id", std::string(id)}});
}
inline absl::Status TooManyVersions(std::string_view id) {
  return base::ResourceExhausted("TOO_MANY_VERSIONS", "the article has as many versions as it may",
                                 {{"article_id", std::string(id)}});
}
inline absl::Status TooManyContributors(std::string_view id) {
  return base::ResourceExhausted("TOO_MANY_CONTRIBUTORS", "too many people wrote this version; publish it first",
                                 {{"article_id", std::string(id)}});
}
inline absl::Status ArticlesFull() {
  return base::ResourceExhausted("ARTICLES_FULL", "the knowledge base holds as many articles as it may");
}
inline absl::Status RequestIdReused() {
  return base::AlreadyExists("REQUEST_ID_REUSED", "this request id was used for something else");
}

}  // namespace hotline::knowledge_base
