// Tickets in and out as tables (TKT-18): ExchangeService's files, streamed through. Used on the executor of the gateway.
//
//   POST /v1/ticketImports?fileName=…&dryRun=…&requestId=…   the body is the file, Content-Type text/csv or that of XLSX
//   GET  /v1/ticketImports/{importId}/report?format=…        GET /v1/ticketImportTemplate?format=…
//   GET  /v1/ticketExport?filter.states=…&…&reason=…&format=…
//
// `format` is csv (default) or xlsx; the other parameters are the fields of the RPC's request.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hotline/ticket/v1/exchange_service.grpc.pb.h"
#include "libs/rpc/client.h"
#include "services/gateway/download.h"
#include "services/gateway/rest/rest_api.h"

namespace hotline::gateway {

inline constexpr int64_t kMaxImportBytes = int64_t{1} << 30;       // as the ticket service has it: refused before it is sent
inline constexpr int kMaxImportUploads = 4;                        // at the same time
inline constexpr absl::Duration kImportTime = absl::Minutes(30);   // however slowly the bytes come
// An export is gathered whole before its first byte is sent.
inline constexpr absl::Duration kSheetTime = absl::Minutes(10);

class Sheets {
 public:
  Sheets(rpc::Node& node, RestApi& rest);

  // Whether the request is one of ours.
  static bool Handles(std::string_view method, std::string_view path);
  // Whether its body is taken piece by piece, by Request::stream.
  static bool Streams(std::string_view method, std::string_view path);
  asio::awaitable<Response> Handle(const Request& request);

 private:
  using Exchange = rpc::Client<ticket::v1::ExchangeService>;

  asio::awaitable<Response> Import(const Request& request);
  asio::awaitable<absl::StatusOr<ticket::v1::Import>> Send(const Request& request, const rpc::Context& context, const ticket::v1::ImportInfo& info);
  // One of the files that are read: `ask` is its request, filled by the query.
  template <class Ask, class Method>
  asio::awaitable<Response> Read(const Request& request, Ask ask, const char* rpc, Method method);
  template <class Ask, class Method>
  asio::awaitable<Response> Answer(const Request& request, const Caller& caller, Ask ask, Method method);
  static access::v1::Access AccessOfRpc(const char* rpc);

  rpc::Node& node_;
  RestApi& rest_;
  std::optional<Exchange> exchange_;
  int uploads_ = 0;
};

}  // namespace hotline::gateway
