#include "services/knowledge_base/service.h"

#include <absl/strings/str_cat.h>

#include <set>

#include "libs/base/id.h"
#include "libs/base/log.h"
#include "libs/base/page.h"
#include "libs/base/text.h"
#include "services/knowledge_base/convert.h"
#include "services/knowledge_base/domain/errors.h"
#include "services/knowledge_base/domain/limits.h"

namespace hotline::knowledge_base {
namespace {

constexpr int kSearchDefault = 10, kSearchMost = 50;
constexpr int kSuggestDefault = 5, kSuggestMost = 20;
constexpr int kListDefault = 50, kListMost = 200;
constexpr size_t kMinMissCharacters = 2;  // shorter texts are still being typed
constexpr double kSameCategory = 1.5;
constexpr double kSameBranch = 1.2;  // of the tree of categories

constexpr char kSearchHelp[] = "Time to answer a search from memory.";

absl::StatusOr<size_t> PageSize(int asked, int otherwise, int most) {
  if (asked < 0 || asked > most) return base::InvalidField("page_size", "OUT_OF_RANGE", absl::StrCat("0 to ", most));
  return static_cast<size_t>(asked == 0 ? otherwise : asked);
}

// As times are kept.
absl::Time Micros(absl::Time time) { return absl::FromUnixMicros(absl::ToUnixMicros(time)); }

double CategoryBoost(const std::string& category_id, const std::string& chosen) {
  if (chosen.empty()) return 1;
  if (InCategory(category_id, chosen)) return kSameCategory;
  return InCategory(category_id, chosen.substr(0, chosen.find('.'))) ? kSameBranch : 1;
}

class Stopwatch {
 public:
  explicit Stopwatch(prometheus::Histogram& histogram) : histogram_(histogram) {}
  ~Stopwatch() { histogram_.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count()); }

 private:
  prometheus::Histogram& histogram_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

ArticleService::ArticleService(rpc::Node& node, rpc::Pool& pool, Store& store, Library& library)
    : PlainService(node, pool, pb::ArticleService::service_full_name()),
      store_(store),
      library_(library),
      clock_(node.clock()),
      search_seconds_(node.metrics().Histogram("hotline_knowledge_base_search_seconds", kSearchHelp, {{"kind", "search"}})),
      suggest_seconds_(node.metrics().Histogram("hotline_knowledge_base_search_seconds", kSearchHelp, {{"kind", "suggest"}})) {
  Handle("SearchArticles", &ArticleService::SearchArticles);
  Handle("SuggestArticles", &ArticleService::SuggestArticles);
  Handle("GetArticle", &ArticleService::GetArticle);
  Handle("ListArticles", &ArticleService::ListArticles);
  Handle("CreateArticle", &ArticleService::CreateArticle);
  Handle("UpdateArticle", &ArticleService::UpdateArticle);
  Handle("SubmitArticle", &ArticleService::SubmitArticle);
  Handle("ReviewArticle", &ArticleService::ReviewArticle);
  Handle("RetireArticle", &ArticleService::RetireArticle);
  Handle("ImportArticles", &ArticleService::ImportArticles);
}

Viewer ArticleService::ViewerOf(const rpc::Context& context) const {
  const rpc::Principal& principal = context.principal();
  Viewer viewer;
  if (!principal.is_user()) {
    viewer.public_only = principal.calling_service != "ticket";
    return viewer;
  }
  viewer.user_id = principal.user_id;
  viewer.edits = principal.HasAnyRole({access::v1::ROLE_KNOWLEDGE_EDITOR, access::v1::ROLE_KNOWLEDGE_REVIEWER, access::v1::ROLE_ADMIN});
  viewer.everywhere = principal.HasRole(access::v1::ROLE_ADMIN);
  viewer.unit_id = principal.unit_id;
  viewer.unit_path = principal.unit_path;
  return viewer;
}

bool ArticleService::MayEditUnit(const Viewer& viewer, const std::string& unit_id) const {
  return MayEdit(viewer, unit_id, library_.PathOf(unit_id));
}

absl::Status ArticleService::SearchArticles(rpc::Context& context, const pb::SearchArticlesRequest& request,
                                            pb::SearchArticlesResponse& response) {
  const Stopwatch stopwatch(search_seconds_);
  HOTLINE_RETURN_IF_ERROR(base::CheckText("query", base::Trim(request.query()), 1, kMaxQuery));
  HOTLINE_ASSIGN_OR_RETURN(const size_t limit, PageSize(request.page_size(), kSearchDefault, kSearchMost));
  const Viewer viewer = ViewerOf(context);
  const absl::Time now = clock_.Now();
  const std::string unit_path = request.unit_id().empty() ? "" : library_.PathOf(request.unit_id());
  const auto visible = [&](const search::Document& document) {
    if ((document.effective_time && now < *document.effective_time) || (document.expire_time && *document.expire_time <= now)) return false;
    if (viewer.public_only && !document.open_to_public) return false;
    if (!request.category_id().empty() && !InCategory(document.category_id, request.category_id())) return false;
    if (request.unit_id().empty() || document.unit_id == request.unit_id()) return true;
    return !unit_path.empty() && library_.PathOf(document.unit_id).starts_with(unit_path);
  };
  ToProto(library_.index().Search({.text = request.query(), .limit = limit, .filter = visible}), response);
  const bool everywhere = request.unit_id().empty() && request.category_id().empty();
  if (response.hits().empty() && everywhere && base::CodePoints(base::Trim(request.query())) >= kMinMissCharacters) {
    library_.Missed(request.query());
  }
  return absl::OkStatus();
}

absl::Status ArticleService::SuggestArticles(rpc::Context& context, const pb::SuggestArticlesRequest& request,
                                             pb::SearchArticlesResponse& response) {
  const Stopwatch stopwatch(suggest_seconds_);
  HOTLINE_RETURN_IF_ERROR(base::CheckText("text", request.text(), 0, kMaxSuggestText));
  HOTLINE_ASSIGN_OR_RETURN(const size_t limit, PageSize(request.page_size(), kSuggestDefault, kSuggestMost));
  const Viewer viewer = ViewerOf(context);
  const absl::Time now = clock_.Now();
  const auto visible = [&](const search::Document& document) {
    return (!document.effective_time || *document.effective_time <= now) && (!document.expire_time || now < *document.expire_time) &&
           (!viewer.public_only || document.open_to_public);
  };
  const auto boost = [&](const search::Document& document) { return CategoryBoost(document.category_id, request.category_id()); };
  ToProto(library_.index().Search({.text = request.text(), .limit = limit, .filter = visible, .boost = boost}), response);
  return absl::OkStatus();
}

absl::Status ArticleService::GetArticle(rpc::Context& context, const pb::GetArticleRequest& request, pb::Article& response) {
  if (request.version() < 0) return base::InvalidField("version", "OUT_OF_RANGE", "0 or a version's number");
  HOTLINE_ASSIGN_OR_RETURN(Article article, store_.Get(request.article_id()));
  const Viewer viewer = ViewerOf(context);
  const bool editable = MayEditUnit(viewer, article.newest.content.unit_id);
  const int number = request.version() != 0 ? request.version() : editable ? article.newest.number : article.published;
  if (number == 0 || (!editable && number != article.published)) return ArticleNotFound(request.article_id());
  if (number != article.newest.number) {
    HOTLINE_ASSIGN_OR_RETURN(article.newest, store_.GetVersion(request.article_id(), number));
  }
  const Content& content = article.newest.content;
  const bool readable = InForce(content, clock_.Now()) && (content.open_to_public || !viewer.public_only);
  if (!editable && !readable) return ArticleNotFound(request.article_id());
  ToProto(article.article_id, article.revision, article.newest, editable, response);
  return absl::OkStatus();
}

absl::Status ArticleService::ListArticles(rpc::Context& context, const pb::ListArticlesRequest& request, pb::ListArticlesResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const std::optional<State> state, StateFrom("state", request.state()));
  const base::PageQuery query("articles", {request.unit_id(), request.category_id(), absl::StrCat(request.state())});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), kListDefault, kListMost));
  const size_t cut = page.after.find('\n');  // titles have no line breaks
  ArticleFilter filter;
  filter.viewer = ViewerOf(context);
  filter.unit_id = request.unit_id();
  filter.category_id = request.category_id();
  filter.state = state;
  filter.now = clock_.Now();
  filter.after_title = page.after.substr(0, cut);
  filter.after_id = cut == std::string::npos ? "" : page.after.substr(cut + 1);
  filter.limit = page.size + 1;
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<Listed> listed, store_.List(filter));
  for (size_t i = 0; i < listed.size(); ++i) {
    const Article& article = listed[i].article;
    if (response.articles_size() == page.size) {
      response.set_next_page_token(query.Token(listed[i - 1].sort_title + "\n" + listed[i - 1].article.article_id));
      break;
    }
    ToProto(article.article_id, article.revision, article.newest, MayEditUnit(filter.viewer, article.newest.content.unit_id),
            *response.add_articles());
  }
  return absl::OkStatus();
}

absl::Status ArticleService::CreateArticle(rpc::Context& context, const pb::CreateArticleRequest& request, pb::Article& response) {
  const Viewer viewer = ViewerOf(context);
  pb::Article asked = request.article();
  if (asked.unit_id().empty()) asked.set_unit_id(viewer.unit_id);
  HOTLINE_ASSIGN_OR_RETURN(Content content, ContentOf("article.", asked));
  if (!request.request_id().empty() && !base::IsValidId(request.request_id())) {
    return base::InvalidField("request_id", "BAD_FORMAT", "a UUID");
  }
  if (!MayEditUnit(viewer, content.unit_id)) return UnitOutsideSubtree(content.unit_id);
  const Change change = Create(base::NewId(clock_), std::move(content), viewer.user_id, Micros(clock_.Now()));
  HOTLINE_ASSIGN_OR_RETURN(const Article article, store_.Create(change, request.request_id()));
  ToProto(article.article_id, article.revision, article.newest, true, response);
  return absl::OkStatus();
}

absl::StatusOr<Article> ArticleService::LoadForEdit(const Viewer& viewer, const std::string& article_id,
                                                    const std::string& etag_field, const std::string& etag) {
  HOTLINE_ASSIGN_OR_RETURN(const int64_t revision, RevisionOf(etag_field, etag));
  HOTLINE_ASSIGN_OR_RETURN(Article article, store_.Get(article_id));
  if (!MayEditUnit(viewer, article.newest.content.unit_id)) return UnitOutsideSubtree(article.newest.content.unit_id);
  if (article.revision != revision) return ArticleEtagMismatch(article_id);
  return article;
}

absl::Status ArticleService::Finish(const absl::StatusOr<Change>& change, pb::Article& response) {
  HOTLINE_RETURN_IF_ERROR(change.status());
  HOTLINE_RETURN_IF_ERROR(store_.Save(*change));
  if (change->publishes || change->takes_out) RefreshIndex();
  ToProto(change->after.article_id, change->after.revision, change->after.newest, true, response);
  return absl::OkStatus();
}

// What was written is written; the index finds it at the next refresh if it cannot now.
void ArticleService::RefreshIndex() {
  if (const absl::Status status = library_.Refresh(); !status.ok()) base::log::Warn("index not refreshed", {{"error", status}});
}

absl::Status ArticleService::UpdateArticle(rpc::Context& context, const pb::UpdateArticleRequest& request, pb::Article& response) {
  const Viewer viewer = ViewerOf(context);
  HOTLINE_ASSIGN_OR_RETURN(Content content, ContentOf("article.", request.article()));
  HOTLINE_ASSIGN_OR_RETURN(Article article,
                           LoadForEdit(viewer, request.article().article_id(), "article.etag", request.article().etag()));
  if (!MayEditUnit(viewer, content.unit_id)) return UnitOutsideSubtree(content.unit_id);
  return Finish(Edit(std::move(article), std::move(content), viewer.user_id, Micros(clock_.Now())), response);
}

absl::Status ArticleService::SubmitArticle(rpc::Context& context, const pb::SubmitArticleRequest& request, pb::Article& response) {
  const Viewer viewer = ViewerOf(context);
  HOTLINE_ASSIGN_OR_RETURN(Article article, LoadForEdit(viewer, request.article_id(), "etag", request.etag()));
  return Finish(Submit(std::move(article), viewer.user_id, Micros(clock_.Now())), response);
}

absl::Status ArticleService::ReviewArticle(rpc::Context& context, const pb::ReviewArticleRequest& request, pb::Article& response) {
  const Viewer viewer = ViewerOf(context);
  HOTLINE_ASSIGN_OR_RETURN(Article article, LoadForEdit(viewer, request.article_id(), "etag", request.etag()));
  return Finish(Review(std::move(article), request.accepted(), request.note(), viewer.user_id, Micros(clock_.Now())), response);
}

absl::Status ArticleService::RetireArticle(rpc::Context& context, const pb::RetireArticleRequest& request, pb::Article& response) {
  const Viewer viewer = ViewerOf(context);
  HOTLINE_ASSIGN_OR_RETURN(Article article, LoadForEdit(viewer, request.article_id(), "etag", request.etag()));
  return Finish(Retire(std::move(article), request.reason(), viewer.user_id, Micros(clock_.Now())), response);
}

absl::Status ArticleService::ImportArticles(rpc::Context& context, const pb::ImportArticlesRequest& request,
                                            pb::ImportArticlesResponse& response) {
  if (request.articles().empty() || request.articles_size() > static_cast<int>(kMaxImport)) {
    return base::InvalidField("articles", "OUT_OF_RANGE", absl::StrCat("1 to ", kMaxImport, " articles"));
  }
  std::vector<std::string> ids;
  std::vector<Content> contents;
  std::set<std::string_view> seen;
  for (int i = 0; i < request.articles_size(); ++i) {
    const pb::Article& article = request.articles(i);
    const std::string prefix = absl::StrCat("articles[", i, "].");
    HOTLINE_RETURN_IF_ERROR(CheckArticleId(prefix + "article_id", article.article_id()));
    if (!seen.insert(article.article_id()).second) return base::InvalidField(prefix + "article_id", "DUPLICATE", "each article once");
    HOTLINE_ASSIGN_OR_RETURN(Content content, ContentOf(prefix, article));
    ids.push_back(article.article_id());
    contents.push_back(std::move(content));
  }
  const std::string user_id = context.principal().user_id;
  const absl::Time now = Micros(clock_.Now());
  const auto decide = [&](size_t index, const Imported& found) { return Import(ids[index], found, contents[index], user_id, now); };
  HOTLINE_ASSIGN_OR_RETURN(const int imported, store_.Import(ids, decide));
  if (imported > 0) RefreshIndex();
  response.set_imported(imported);
  response.set_unchanged(request.articles_size() - imported);
  return absl::OkStatus();
}

}  // namespace hotline::knowledge_base
