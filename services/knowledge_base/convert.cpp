#include "services/knowledge_base/convert.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "libs/base/text.h"

namespace hotline::knowledge_base {
namespace {

constexpr int64_t kFirstSecond = 0;             // 1970
constexpr int64_t kLastSecond = 253402300799;   // 9999

absl::StatusOr<std::optional<absl::Time>> TimeOf(const std::string& field, bool given, const google::protobuf::Timestamp& time) {
  if (!given) return std::nullopt;
  if (time.seconds() < kFirstSecond || time.seconds() > kLastSecond || time.nanos() < 0 || time.nanos() > 999'999'999) {
    return base::InvalidField(field, "OUT_OF_RANGE", "a time between 1970 and 9999");
  }
  return absl::FromUnixMicros(time.seconds() * 1'000'000 + time.nanos() / 1'000);
}

void SetTime(const std::optional<absl::Time>& time, google::protobuf::Timestamp* (pb::Article::*mutable_field)(), pb::Article& out) {
  if (!time) return;
  const int64_t micros = absl::ToUnixMicros(*time);
  (out.*mutable_field)()->set_seconds(micros / 1'000'000);
  (out.*mutable_field)()->set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1'000));
}

}  // namespace

absl::StatusOr<Content> ContentOf(std::string_view prefix, const pb::Article& article) {
  const std::string path(prefix);
  Content content{.unit_id = article.unit_id(),
                  .category_id = article.category_id(),
                  .kind = article.kind(),
                  .title = std::string(base::Trim(article.title())),
                  .body = article.body(),
                  .answer = article.answer(),
                  .keywords = {article.keywords().begin(), article.keywords().end()},
                  .open_to_public = article.public_(),
                  .effective_time = {},
                  .expire_time = {}};
  HOTLINE_ASSIGN_OR_RETURN(content.effective_time, TimeOf(path + "effective_time", article.has_effective_time(), article.effective_time()));
  HOTLINE_ASSIGN_OR_RETURN(content.expire_time, TimeOf(path + "expire_time", article.has_expire_time(), article.expire_time()));
  HOTLINE_RETURN_IF_ERROR(CheckContent(prefix, content));
  return content;
}

void ToProto(const std::string& article_id, int64_t revision, const Version& version, bool for_editors, pb::Article& out) {
  const Content& content = version.content;
  out.set_article_id(article_id);
  out.set_version(version.number);
  out.set_state(static_cast<pb::ArticleState>(static_cast<int>(version.state) + 1));
  out.set_unit_id(content.unit_id);
  out.set_category_id(content.category_id);
  out.set_kind(content.kind);
  out.set_title(content.title);
  out.set_body(content.body);
  out.set_answer(content.answer);
  for (const std::string& keyword : content.keywords) out.add_keywords(keyword);
  out.set_public_(content.open_to_public);
  SetTime(content.effective_time, &pb::Article::mutable_effective_time, out);
  SetTime(content.expire_time, &pb::Article::mutable_expire_time, out);
  SetTime(version.update_time, &pb::Article::mutable_update_time, out);
  out.set_author_id(version.author_id);
  out.set_reviewer_id(version.reviewer_id);
  out.set_etag(Etag(revision));
  if (for_editors) out.set_review_note(version.note);
}

void ToProto(const search::Answer& answer, pb::SearchArticlesResponse& out) {
  for (const search::Hit& hit : answer.hits) {
    pb::ArticleHit& to = *out.add_hits();
    to.set_article_id(hit.article_id);
    to.set_title(hit.title);
    to.set_excerpt(hit.excerpt);
    to.set_answer(hit.answer);
    to.set_unit_id(hit.unit_id);
    to.set_category_id(hit.category_id);
    to.set_score(hit.score);
    if (hit.expire_time) to.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(*hit.expire_time));
  }
  for (const std::string& word : answer.words) out.add_words(word);
}

std::string Etag(int64_t revision) { return absl::StrCat("v", revision); }

absl::StatusOr<int64_t> RevisionOf(std::string_view field, const std::string& etag) {
  int64_t revision = 0;
  if (etag.size() < 2 || etag[0] != 'v' || !absl::SimpleAtoi(etag.substr(1), &revision) || revision < 1) {
    return base::InvalidField(field, etag.empty() ? "REQUIRED" : "BAD_FORMAT", "the etag that was read");
  }
  return revision;
}

absl::StatusOr<std::optional<State>> StateFrom(std::string_view field, pb::ArticleState state) {
  if (state == pb::ARTICLE_STATE_UNSPECIFIED) return std::nullopt;
  if (!pb::ArticleState_IsValid(state)) return base::InvalidField(field, "UNKNOWN_VALUE", "a state of an article");
  return static_cast<State>(static_cast<int>(state) - 1);
}

}  // namespace hotline::knowledge_base
