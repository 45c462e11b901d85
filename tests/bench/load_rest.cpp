#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <cctype>

#include <absl/strings/str_cat.h>

#include "libs/base/id.h"
#include "tests/bench/load.h"

namespace hotline::bench {
namespace {

namespace asio = boost::asio;

constexpr char kFreshId[] = "@ID@";
constexpr char kItem[] = "@ITEM@";
constexpr int kOk = 200;

struct Template {
  std::string head;  // up to the length of the body
  std::string body;

  bool OfItems() const { return head.find(kItem) != std::string::npos; }
  std::string Fill(const std::string& item) const {
    std::string first = head;
    if (const size_t at = first.find(kItem); at != std::string::npos) first.replace(at, sizeof kItem - 1, item);
    std::string filled = body;
    if (const size_t at = filled.find(kFreshId); at != std::string::npos) filled.replace(at, sizeof kFreshId - 1, base::NewId());
    return absl::StrCat(first, "Content-Length: ", filled.size(), "\r\n\r\n", filled);
  }
};

// The value of Content-Length in a head; the gateway always sends one.
size_t LengthIn(const std::string& head) {
  std::string lower = head;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const size_t at = lower.find("content-length:");
  return at == std::string::npos ? 0 : std::stoul(lower.substr(at + 15));
}

asio::awaitable<void> Client(uint16_t port, Template request, Count& count) {
  asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
  socket.set_option(asio::ip::tcp::no_delay(true));
  std::string in;
  while (count.Running()) {
    const std::string item = request.OfItems() ? count.TakeItem() : "";
    if (request.OfItems() && item.empty()) break;
    const std::string out = request.Fill(item);
    const Clock::time_point began = Clock::now();
    co_await asio::async_write(socket, asio::buffer(out), asio::use_awaitable);
    const size_t head = co_await asio::async_read_until(socket, asio::dynamic_buffer(in), "\r\n\r\n", asio::use_awaitable);
    const size_t whole = head + LengthIn(in.substr(0, head));
    if (in.size() < whole) {
      co_await asio::async_read(socket, asio::dynamic_buffer(in), asio::transfer_exactly(whole - in.size()), asio::use_awaitable);
    }
    const bool good = in.size() > 12 && std::atoi(in.c_str() + 9) == kOk;
    count.Done(began, good, good ? "" : in);
    in.erase(0, whole);
  }
}

}  // namespace

void StartRest(const Arguments& arguments, asio::any_io_executor executor, Count& count) {
  Template request;
  request.head = absl::StrCat(arguments.Text("method"), " ", arguments.Text("path"), " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ",
                              arguments.File("token"), "\r\nContent-Type: application/json\r\n");
  if (!arguments.Text("body", "").empty()) request.body = arguments.File("body");
  const auto port = static_cast<uint16_t>(arguments.Int("port", 0));
  asio::co_spawn(executor, Client(port, std::move(request), count), [&count](std::exception_ptr error) {
    if (!error) return;
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& caught) {
      count.Done(Clock::now(), false, caught.what());
    }
  });
}

}  // namespace hotline::bench
