// Moves the body of a response to its connection: ranges of files and memory, streams, and
// responses that are delivered more slowly than the connection allows.
#pragma once

#include "http/response.hpp"
#include "net/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string_view>

namespace gantry::http {

/// The body if it is in memory in one piece, or empty; absent otherwise.
std::optional<std::string_view> text_of(const response& reply) noexcept;

/// Writes `head`, and the body unless `bodiless`, as `reply.delivery` says. A stream is written in
/// chunks if `in_chunks`. False if the connection must close, because it broke or the response was
/// cut.
boost::asio::awaitable<bool> write_response(net::connection& peer, std::string_view head,
                                            response& reply, bool bodiless, bool in_chunks);

} // namespace gantry::http
