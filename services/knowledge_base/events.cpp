#include "services/knowledge_base/events.h"

#include "hotline/events/v1/knowledge_base.pb.h"

namespace hotline::knowledge_base {
namespace {

constexpr std::string_view kSource = "knowledge_base";

}  // namespace

std::optional<events::Event> EventOf(const Change& change) {
  const Article& article = change.after;
  const absl::Time now = article.newest.update_time;
  if (change.publishes) {
    hotline::events::v1::ArticlePublished data;
    data.set_article_id(article.article_id);
    data.set_version(article.newest.number);
    data.set_unit_id(article.newest.content.unit_id);
    data.set_category_id(article.newest.content.category_id);
    return events::Make(kSource, article.article_id, data, now);
  }
  if (change.takes_out) {
    hotline::events::v1::ArticleRetired data;
    data.set_article_id(article.article_id);
    return events::Make(kSource, article.article_id, data, now);
  }
  return std::nullopt;
}

}  // namespace hotline::knowledge_base
