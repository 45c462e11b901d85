// BriefService over gRPC: plain handlers on the store's pool. What is referred to outlives the service.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "hotline/analytics/v1/brief_service.grpc.pb.h"
#include "libs/rpc/client.h"
#include "libs/rpc/plain_service.h"
#include "services/analytics/brief_document.h"
#include "services/analytics/brief_store.h"
#include "services/analytics/store.h"

namespace hotline::analytics {

inline constexpr int kDefaultBriefPage = 50;
inline constexpr int kMaxBriefPage = 200;
inline constexpr size_t kBriefPiece = 64 << 10;
inline constexpr absl::Duration kCategoryNamesTimeout = absl::Seconds(3);

// Names of categories by id, as ticket tells them; what it cannot tell is printed by its id.
using CategoryNames = std::function<std::map<std::string, std::string>(const rpc::Context&)>;
CategoryNames AskTicket(rpc::Peer ticket);

class BriefService final : public rpc::PlainService {
 public:
  BriefService(rpc::Node& node, rpc::Pool& pool, Store& store, BriefStore& briefs, CategoryNames categories, absl::TimeZone zone);

 private:
  absl::Status Create(rpc::Context& context, const v1::CreateBriefRequest& request, v1::Brief& response);
  absl::Status List(rpc::Context& context, const v1::ListBriefsRequest& request, v1::ListBriefsResponse& response);
  absl::Status Read(rpc::Context& context, const files::v1::ReadFileRequest& request, rpc::PlainWriter<files::v1::FilePiece>& out);
  absl::Status Gather(const rpc::Context& context, BriefFacts& facts);

  const base::Clock& clock_;
  Store& store_;
  BriefStore& briefs_;
  const CategoryNames categories_;
  const absl::TimeZone zone_;
};

}  // namespace hotline::analytics
