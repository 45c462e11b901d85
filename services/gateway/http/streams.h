// The connections of the HTTP library, with and without TLS. Included by the few files that compile against it.
#pragma once

#ifndef BOOST_BEAST_SEPARATE_COMPILATION
#error "the HTTP library's own code is compiled once, in http/beast.cpp"
#endif

#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <memory>

#include "services/gateway/http/frames.h"

namespace hotline::gateway {
namespace beast = boost::beast;

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using HttpRequest = beast::http::request<beast::http::string_body>;

// Answers the upgrade `request`; null if that fails.
asio::awaitable<std::unique_ptr<Frames>> AcceptFrames(PlainStream stream, HttpRequest request);
asio::awaitable<std::unique_ptr<Frames>> AcceptFrames(TlsStream stream, HttpRequest request);

}  // namespace hotline::gateway
