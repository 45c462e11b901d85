// FigureService over gRPC. Coroutines on the node's one io thread; SQL runs on the pool.
#pragma once

#include "hotline/analytics/v1/analytics.grpc.pb.h"
#include "libs/rpc/service.h"
#include "services/analytics/board.h"

namespace hotline::analytics {

inline constexpr size_t kStoreThreads = 4;
inline constexpr size_t kStoreQueue = 64;
inline constexpr absl::Duration kFirstBoard = absl::Seconds(5);  // GetWallboard waits so long for the first figures

class FigureService final : public rpc::Service {
 public:
  // What it is given is not owned and outlives the server. The node has one io thread.
  FigureService(rpc::Node& node, rpc::Pool& pool, Store& store, Board& board, absl::TimeZone zone);

 private:
  Done QueryFigures(rpc::Context& context, const v1::QueryFiguresRequest& request, v1::QueryFiguresResponse& response);
  Done GetWallboard(rpc::Context& context, const v1::GetWallboardRequest& request, v1::Wallboard& response);
  Done WatchWallboard(rpc::Context& context, const v1::WatchWallboardRequest& request, rpc::Writer<v1::Wallboard>& out);
  Done ListMeasures(rpc::Context& context, const v1::ListMeasuresRequest& request, v1::ListMeasuresResponse& response);

  // The subtree that the answer is limited to; nothing: the whole city. Blocks.
  absl::StatusOr<std::optional<std::string>> Reach(const rpc::Principal& principal, const std::string& unit_id) const;
  absl::Status Answer(const rpc::Principal& principal, const v1::QueryFiguresRequest& request, v1::QueryFiguresResponse& response) const;

  rpc::Pool& pool_;
  Store& store_;
  Board& board_;
  const base::Clock& clock_;
  const absl::TimeZone zone_;
};

}  // namespace hotline::analytics
