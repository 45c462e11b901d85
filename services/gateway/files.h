// Files of other services: attachments of tickets, documents and briefs as bytes with ranges, and uploads streamed through. Used
// on the executor of the gateway.
//
//   POST /v1/tickets/{ticketId}/attachments?fileName=…&fromCaller=…&requestId=…   the body is the file, Content-Type its type
//   GET  /v1/attachments/{id}/content    GET /v1/documents/{id}/content    GET /v1/briefs/{id}/content
//   POST …:contentTicket                 a ticket with which elements that send no headers open one file (download.h)
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hotline/analytics/v1/brief_service.grpc.pb.h"
#include "hotline/files/v1/files.pb.h"
#include "hotline/ticket/v1/attachment_service.grpc.pb.h"
#include "hotline/ticket/v1/document_service.grpc.pb.h"
#include "libs/rpc/client.h"
#include "services/gateway/download.h"
#include "services/gateway/rest/rest_api.h"

namespace hotline::gateway {

inline constexpr int64_t kMaxUploadBytes = 20 << 20;             // as the ticket service has it: refused before it is sent
inline constexpr int kMaxUploads = 64;                           // at the same time
inline constexpr absl::Duration kUploadTime = absl::Minutes(10);  // however slowly the bytes come

class Files {
 public:
  Files(rpc::Node& node, RestApi& rest, Authenticator& authenticator, const rpc::SigningKey& key);

  // Whether the request is one of ours.
  static bool Handles(std::string_view method, std::string_view path);
  // Whether its body is taken piece by piece, by Request::stream.
  static bool Streams(std::string_view method, std::string_view path);
  asio::awaitable<Response> Handle(const Request& request);

 private:
  using Attachments = rpc::Client<ticket::v1::AttachmentService>;
  using Documents = rpc::Client<ticket::v1::DocumentService>;
  using Briefs = rpc::Client<analytics::v1::BriefService>;
  using Pieces = rpc::ClientReader<files::v1::FilePiece>;
  // Where one kind of file comes from.
  struct Source {
    std::string prefix;  // "/v1/attachments/"
    bool inline_shown = false;  // made by the suite itself: a browser may show it
    access::v1::Access access;
    std::function<Pieces(const rpc::Context&, const files::v1::ReadFileRequest&, const rpc::CallOptions&)> open;  // empty: no such service here
  };
  struct Facts {
    int64_t size = 0;
    std::string media_type, file_name, sha256;
  };

  // A source of this service's RPC that reads files; `client` is filled if the service is a peer.
  template <class GrpcService, class Method>
  void AddSource(std::optional<rpc::Client<GrpcService>>& client, const char* peer, const std::string& prefix, bool inline_shown,
                 const char* name, Method method);
  const Source* SourceOf(std::string_view path) const;
  asio::awaitable<Response> Upload(const Request& request);
  asio::awaitable<absl::StatusOr<ticket::v1::Attachment>> Send(const Request& request, const rpc::Context& context, const ticket::v1::UploadInfo& info);
  asio::awaitable<Response> Content(const Request& request, const Source& source, std::string file_id);
  asio::awaitable<Response> MakeTicket(const Request& request, const Source& source, std::string file_id);
  asio::awaitable<absl::StatusOr<Facts>> FactsOf(const rpc::Context& context, const Source& source, const std::string& file_id);
  asio::awaitable<Response> Serve(const Request& request, const Source& source, std::shared_ptr<rpc::Context> context, std::string file_id);

  rpc::Node& node_;
  RestApi& rest_;
  Authenticator& authenticator_;
  const TicketBox box_;
  std::optional<Attachments> attachments_;
  std::optional<Documents> documents_;
  std::optional<Briefs> briefs_;
  access::v1::Access upload_access_;
  std::vector<Source> sources_;
  int uploads_ = 0;
};

}  // namespace hotline::gateway
