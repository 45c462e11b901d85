#include <boost/asio/experimental/awaitable_operators.hpp>

#include "services/telephony/calls/line.h"
#include "services/telephony/domain/errors.h"
#include "services/telephony/domain/limits.h"
#include "services/telephony/service.h"

namespace hotline::telephony {
namespace {

using namespace boost::asio::experimental::awaitable_operators;
using Stream = rpc::Stream<v1::LineRequest, v1::LineEvent>;

boost::asio::awaitable<void> ReadAll(Stream& stream, std::shared_ptr<Line> line, std::shared_ptr<Tab> tab) {
  for (v1::LineRequest request;;) {
    const bool read = co_await stream.Read(request);
    if (!read) co_return;
    line->OnRequest(tab, request);
  }
}

boost::asio::awaitable<void> WriteAll(Stream& stream, std::shared_ptr<Tab> tab) {
  for (;;) {
    while (!tab->outbox.empty()) {
      v1::LineEvent event = std::move(tab->outbox.front());
      tab->outbox.pop_front();
      const bool written = co_await stream.Write(std::move(event));
      if (!written) co_return;
    }
    if (tab->closed) co_return;
    co_await tab->notice.Wait();
  }
}

// However the stream ends, the line knows.
struct Attached {
  Attached(std::shared_ptr<Line> l, std::shared_ptr<Tab> t) : line(std::move(l)), tab(std::move(t)) { line->Attach(tab); }
  ~Attached() { line->Detach(tab); }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;
  std::shared_ptr<Line> line;
  std::shared_ptr<Tab> tab;
};

}  // namespace

LineService::LineService(rpc::Node& node, Exchange& exchange) : Service(node, v1::LineService::service_full_name()), x_(exchange) {
  Handle("Attach", &LineService::Attach);
}

LineService::Done LineService::Attach(rpc::Context& context, Stream& stream) {
  v1::LineRequest first;
  const absl::StatusOr<bool> read = co_await rpc::WithTimeout(kAttachPatience, stream.Read(first));
  if (!read.ok()) co_return read.status();
  if (!*read || !first.has_attach()) co_return errors::AttachFirst();
  const std::string& tab_id = first.attach().tab_id();
  if (tab_id.empty() || tab_id.size() > kMaxTabId) co_return base::InvalidField("attach.tab_id", "BAD_FORMAT", "1 to 64 characters");
  HOTLINE_CO_ASSIGN_OR_RETURN(const std::shared_ptr<Line> line, x_.OpenLine(context.principal().user_id));
  const Attached attached(line, std::make_shared<Tab>(context.executor(), tab_id));
  co_await (ReadAll(stream, line, attached.tab) || WriteAll(stream, attached.tab));
  co_return absl::OkStatus();
}

}  // namespace hotline::telephony
