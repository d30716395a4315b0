// Moves the body of one request into an upload session, in buffers of the pool. The number of
// buffers in flight is bounded.
#pragma once

#include "actors/interfaces.hpp"
#include "api/exchange.hpp"
#include "api/upload_limit.hpp"
#include "domain/upload.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace gantry::api {

/// The most buffers of one upload that its session has not answered yet. While all are in use, the
/// socket is not read. With this many, the thread that hashes and the one that reads hardly wait
/// for each other: with 4, a single upload was a third slower.
inline constexpr std::size_t upload_window = 16;

/// Opens a chunk, moves all bytes of the body and closes it. If the first read brings the whole
/// body, one message does all of this. If the connection breaks, the upload keeps the bytes that
/// arrived. Errors: those of begin_chunk, append_chunk and end_chunk; those of `limit`;
/// request_timeout, request_invalid.
boost::asio::awaitable<result<msg::upload_status>> stream_chunk(exchange& ex,
                                                                const upload_session_actor& session,
                                                                chunk_announcement announced,
                                                                upload_limit limit);

/// Moves the last chunk as `stream_chunk` does, and ends the upload. Errors: also those of
/// finish_upload.
boost::asio::awaitable<result<msg::blob_reply>>
stream_last_chunk(exchange& ex, const upload_session_actor& session, chunk_announcement announced,
                  std::optional<digest> id, upload_limit limit);

} // namespace gantry::api
