// Moves the body of one request into an upload session: buffers of the pool, at most a window of
// them on their way.
#pragma once

#include "actors/interfaces.hpp"
#include "api/exchange.hpp"
#include "domain/upload.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace gantry::api {

/// Buffers of one upload that its session has not answered for yet. While all are out, the socket
/// is not read. Enough that the thread that hashes and the one that reads hardly wait for each
/// other: with 4 a single upload was a third slower.
inline constexpr std::size_t upload_window = 16;

/// Opens a chunk, moves all bytes of the body and closes it; a body that has come with the first
/// read goes in one message. What came before a connection broke stays in the upload. Errors: those
/// of begin_chunk, append_chunk and end_chunk; request_timeout, request_invalid.
boost::asio::awaitable<result<msg::upload_status>>
stream_chunk(exchange& ex, const upload_session_actor& session, chunk_announcement announced);

/// The same for the last chunk, and ends the upload. Errors: also those of finish_upload.
boost::asio::awaitable<result<msg::blob_reply>>
stream_last_chunk(exchange& ex, const upload_session_actor& session, chunk_announcement announced,
                  std::optional<digest> id);

} // namespace gantry::api
