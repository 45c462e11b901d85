// What all downloads have in common: who may, by token or by ticket, ranges (RFC 9110 section 14), and bytes that come piece by
// piece from another service; and what uploads share.
//
// A ticket is the user's token, what it opens and an end in a sealed box, whose key comes from the gateway's own signing key:
// replicas open each other's, nobody else does, and the service behind is asked with the user's own rights. Used on the
// executor of the gateway.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "libs/rpc/client.h"
#include "services/gateway/domain/range.h"
#include "services/gateway/rest/rest_api.h"

namespace hotline::gateway {

inline constexpr absl::Duration kAudioTicketLife = absl::Minutes(5);
inline constexpr size_t kMaxAudioTicketBytes = 8 << 10;
inline constexpr absl::Duration kFirstPieceTimeout = absl::Seconds(10);

// Seals and opens tickets. Constant, thread-safe.
class TicketBox {
 public:
  explicit TicketBox(const rpc::SigningKey& key);
  std::string Seal(const std::string& recording_id, const std::string& token, absl::Time until) const;
  // The token within. UNAUTHENTICATED TICKET_INVALID for a forged, expired or another recording's ticket.
  absl::StatusOr<std::string> Open(const std::string& ticket, const std::string& recording_id, absl::Time now) const;

 private:
  std::array<uint8_t, 32> key_;
};

// The caller of a download of `what`: by the ticket in the query (`t`), or by the request's own token.
asio::awaitable<absl::StatusOr<Caller>> AdmitDownload(const Request& request, RestApi& rest, Authenticator& authenticator, const TicketBox& box,
                                                      const access::v1::Access& access, const std::string& what, absl::Time now);
// The answer to whoever asked for a ticket of `what`: {ticket, expireTime, url}.
Response TicketAnswer(const TicketBox& box, const Caller& caller, const std::string& what, const std::string& url, absl::Time now);

// The header that names a file (RFC 6266): in UTF-8, percent-encoded, with an ASCII stand-in for those who do not read that.
std::string Disposition(bool shown, const std::string& name);

// Counts an upload while it is under way.
class Counted {
 public:
  explicit Counted(int& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  int& count_;
};

// A request's body passed on to a service as it comes: `first` says what it is, each piece is put where `set_piece` says, and a
// whole body ends with its size. A broken one is an error; leaving then cancels the call, so that half a file is not kept.
template <class Message, class Answer>
asio::awaitable<absl::StatusOr<Answer>> PassOn(const Request& request, rpc::ClientWriter<Message, Answer> out, Message first,
                                               void (*set_piece)(Message&, std::string)) {
  bool going = co_await out.Write(std::move(first));
  int64_t size = 0;
  for (bool more = true; going && more;) {
    absl::StatusOr<std::string> piece = co_await request.stream->Next();
    if (!piece.ok()) co_return piece.status();
    more = !piece->empty();
    size += static_cast<int64_t>(piece->size());
    Message next;
    if (more) {
      set_piece(next, *std::move(piece));
    } else {
      next.set_total_size(size);
    }
    going = co_await out.Write(std::move(next));
  }
  co_return co_await out.Finish();  // a service that has had enough says why
}

// What stands between prefix and suffix of a path, decoded; empty if it is not one segment.
std::string SegmentIn(std::string_view path, std::string_view prefix, std::string_view suffix);

// The bytes asked for of a file of `size` bytes with this entity tag: all, a part, or none that it has.
struct Asked {
  bool partial = false;
  std::optional<ByteRange> range;  // absent: 416
};
Asked AskedBytes(const Request& request, const std::string& etag, int64_t size);
// The headers of the answer: 206 with its range, 200, or 416.
Response RangeAnswer(const Asked& asked, const std::string& etag, int64_t size, const std::string& trace_id);

// The bytes of a stream of messages that have `data`, of which the first has been read already. With kUnknownLength all that
// come; a stream that does not end well is an error then.
template <class Message>
class PieceSource final : public BodySource {
 public:
  PieceSource(std::shared_ptr<rpc::Context> context, rpc::ClientReader<Message> stream, std::string first, int64_t length)
      : context_(std::move(context)), stream_(std::move(stream)), first_(std::move(first)), left_(length) {}

  asio::awaitable<absl::StatusOr<std::string>> Next() override {
    std::string bytes = std::exchange(first_, {});
    Message piece;
    while (bytes.empty() && left_ != 0) {
      const bool more = co_await stream_.Read(piece);
      if (!more && left_ == kUnknownLength) {
        left_ = 0;
        const absl::Status status = co_await stream_.Finish();
        if (!status.ok()) co_return status;
      } else if (!more) {
        co_return absl::DataLossError("the bytes ended early");
      } else {
        bytes = std::move(*piece.mutable_data());
      }
    }
    if (left_ <= 0) co_return bytes;
    if (static_cast<int64_t>(bytes.size()) > left_) bytes.resize(static_cast<size_t>(left_));
    left_ -= static_cast<int64_t>(bytes.size());
    co_return bytes;
  }

 private:
  const std::shared_ptr<rpc::Context> context_;
  rpc::ClientReader<Message> stream_;
  std::string first_;
  int64_t left_;
};

}  // namespace hotline::gateway
