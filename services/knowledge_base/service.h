// The gRPC service of the knowledge base. Plain handlers on the pool's threads; everything it uses outlives it.
#pragma once

#include "hotline/knowledge_base/v1/knowledge_base.grpc.pb.h"
#include "libs/rpc/plain_service.h"
#include "services/knowledge_base/library.h"
#include "services/knowledge_base/store.h"

namespace hotline::knowledge_base {

namespace pb = hotline::knowledge_base::v1;

class ArticleService final : public rpc::PlainService {
 public:
  ArticleService(rpc::Node& node, rpc::Pool& pool, Store& store, Library& library);

 private:
  absl::Status SearchArticles(rpc::Context& context, const pb::SearchArticlesRequest& request, pb::SearchArticlesResponse& response);
  absl::Status SuggestArticles(rpc::Context& context, const pb::SuggestArticlesRequest& request, pb::SearchArticlesResponse& response);
  absl::Status GetArticle(rpc::Context& context, const pb::GetArticleRequest& request, pb::Article& response);
  absl::Status ListArticles(rpc::Context& context, const pb::ListArticlesRequest& request, pb::ListArticlesResponse& response);
  absl::Status CreateArticle(rpc::Context& context, const pb::CreateArticleRequest& request, pb::Article& response);
  absl::Status UpdateArticle(rpc::Context& context, const pb::UpdateArticleRequest& request, pb::Article& response);
  absl::Status SubmitArticle(rpc::Context& context, const pb::SubmitArticleRequest& request, pb::Article& response);
  absl::Status ReviewArticle(rpc::Context& context, const pb::ReviewArticleRequest& request, pb::Article& response);
  absl::Status RetireArticle(rpc::Context& context, const pb::RetireArticleRequest& request, pb::Article& response);
  absl::Status ImportArticles(rpc::Context& context, const pb::ImportArticlesRequest& request, pb::ImportArticlesResponse& response);

  Viewer ViewerOf(const rpc::Context& context) const;
  bool MayEditUnit(const Viewer& viewer, const std::string& unit_id) const;
  // The article at the revision of the etag, if the caller may edit it.
  absl::StatusOr<Article> LoadForEdit(const Viewer& viewer, const std::string& article_id, const std::string& etag_field,
                                      const std::string& etag);
  // Writes what a command decided, brings the index in step and answers.
  absl::Status Finish(const absl::StatusOr<Change>& change, pb::Article& response);
  void RefreshIndex();

  Store& store_;
  Library& library_;
  const base::Clock& clock_;
  prometheus::Histogram& search_seconds_;
  prometheus::Histogram& suggest_seconds_;
};

}  // namespace hotline::knowledge_base
